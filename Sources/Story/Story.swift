// A story: a lesson on DNS that people read from top to bottom, and whose questions and answers a machine can check.
import DNSWire
import Resolution
import WorldFile

/// A Markdown text in which every line of a code block (four spaces) is a command:
///
///     ask i-0aaa0001 A ec2-203-0-113-25.compute-1.amazonaws.com
///     expect 10.0.0.5
///     because S74
///     set vpc-1a2b3c4d:ClassicLinkDnsSupported=false
///
/// - `ask WHO [TYPE] NAME [at ADDRESS]`: WHO as in `Who`; A unless a type is given; `at` the resolver of that address,
///   any unless given.
/// - `expect` the last values of the answer, or the whole chain (`a.example → b.example → 10.0.0.5`), or one of
///   `NXDOMAIN`, `NODATA`, `REFUSED`, `SERVFAIL`, `silence`.
/// - `because` S-numbers, `row 13`, `decision 6`, separated by commas: sources that the explanation must cite.
/// - `set` an override that stays in force until `unset` with its subject, or `reset`.
public struct Story: Sendable {
  /// Something on the way through a story.
  public enum Passage: Hashable, Sendable {
    /// Lines of Markdown, without the empty ones around them.
    case prose([String])
    case step(Step)
    case change(Change)
  }

  /// A question, and what should come back.
  public struct Step: Hashable, Sendable {
    public var question: Question
    /// What is set when the question is asked.
    public var overrides: [Override]
    public var expectation: Expectation
    /// `S74`, `row 13`, `decision 6`: all of them.
    public var citations: [String]
    /// Of the `ask`.
    public var line: Int
  }

  /// A command that changes the world of the questions that follow.
  public enum Change: Hashable, Sendable {
    case set(Override)
    case unset(subject: String)
    case reset
  }

  public let passages: [Passage]
  /// The first heading, without its mark; `nil` when there is none.
  public let title: String?

  public var steps: [Step] {
    passages.compactMap { if case .step(let step) = $0 { step } else { nil } }
  }

  /// - Parameter file: The path, for the places of problems.
  public init(_ text: String, file: String) throws(StoryFailure) {
    var reader = StoryReader(file: file)
    reader.read(text)
    guard reader.problems.isEmpty else { throw StoryFailure(problems: reader.problems) }
    passages = reader.passages
    title =
      reader.passages.lazy.compactMap { passage -> String? in
        guard case .prose(let lines) = passage else { return nil }
        return lines.first { $0.hasPrefix("# ") }.map { String($0.dropFirst(2)) }
      }.first
  }
}

/// Who asks for what, and where.
public struct Question: Hashable, Sendable {
  public var who: Who
  public var name: Name
  public var type: RecordType
  /// The address of the resolver that is asked; `nil`: the one that serves everybody.
  public var resolver: IPAddress?

  public init(who: Who, name: Name, type: RecordType = .a, resolver: IPAddress? = nil) {
    self.who = who
    self.name = name
    self.type = type
    self.resolver = resolver
  }
}

extension Question: CustomStringConvertible {
  /// As it stands in a story.
  public var description: String {
    "ask \(who) \(type) \(name)" + (resolver.map { " at \($0)" } ?? "")
  }
}

/// Every mistake of a story, each with its place.
public struct StoryFailure: Error, Sendable, CustomStringConvertible {
  public var problems: [Problem]

  public var description: String { problems.map(\.description).joined(separator: "\n") }
}
