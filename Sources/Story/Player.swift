// Playing a story: each question is asked in some way, and each answer is held against what the story expects.
import DNSWire
import Resolution
import WorldFile

/// A way to ask: the same story can be decided, sent as packets, or told to a running server.
public protocol WayToAsk {
  /// What comes back when the overrides are in force; errors say why nobody could be asked.
  mutating func answer(_ question: Question, with overrides: [Override]) throws(CannotAsk) -> Told
}

/// What came back, and its reasons.
public struct Told: Hashable, Sendable {
  public var reply: Reply
  /// S-numbers, rows, decisions; `nil` from a way that gives no reasons.
  public var citations: [String]?
  /// The reason in words, for people; empty when there is none.
  public var reason: String

  public init(reply: Reply, citations: [String]? = nil, reason: String = "") {
    self.reply = reply
    self.citations = citations
    self.reason = reason
  }
}

/// Why a question could not be asked: the world was refused, or nobody is that asker.
public struct CannotAsk: Error, Hashable, Sendable, CustomStringConvertible {
  public var description: String
  public init(_ description: String) { self.description = description }
}

/// What one passage came to.
public enum Scene: Sendable {
  case prose([String])
  case change(Story.Change)
  case performance(Performance)
}

/// A step that was asked.
public struct Performance: Sendable {
  public var step: Story.Step
  /// `nil` when it could not be asked.
  public var told: Told?
  /// What is not as the story says, in words; empty when all of it is.
  public var faults: [String]

  public var isAsTold: Bool { faults.isEmpty }
}

/// The scenes of a story, one at a time.
public struct Player<Way: WayToAsk>: IteratorProtocol, Sequence {
  private var passages: ArraySlice<Story.Passage>
  private var way: Way

  public init(_ story: Story, way: Way) {
    passages = story.passages[...]
    self.way = way
  }

  public mutating func next() -> Scene? {
    switch passages.popFirst() {
    case .prose(let lines): .prose(lines)
    case .change(let change): .change(change)
    case .step(let step): .performance(perform(step))
    case nil: nil
    }
  }

  private mutating func perform(_ step: Story.Step) -> Performance {
    do throws(CannotAsk) {
      let told = try way.answer(step.question, with: step.overrides)
      return Performance(step: step, told: told, faults: step.faults(in: told))
    } catch {
      return Performance(step: step, told: nil, faults: ["\(error)"])
    }
  }
}

extension Story.Step {
  /// What differs from what the story says.
  func faults(in told: Told) -> [String] {
    var faults: [String] = []
    if !expectation.isMet(by: told.reply, to: question) { faults.append("expected \(expectation), got \(told.reply)") }
    if let given = told.citations {
      let missing = citations.filter { !given.contains($0) }
      if !missing.isEmpty {
        faults.append("expected \(missing.joined(separator: ", ")) among the reasons \(given.joined(separator: ", "))")
      }
    }
    return faults
  }
}
