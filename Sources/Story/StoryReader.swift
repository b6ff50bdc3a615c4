// From the text of a story to its passages: every line is looked at, and every mistake is told at once.
import DNSWire
import Resolution
import WorldFile

struct StoryReader {
  /// What makes a line a command, as it makes a code block in Markdown.
  private static let indent = "    "
  private static let commands = ["ask", "expect", "because", "set", "unset", "reset"]
  /// Their answers are addresses and names, which `expect` can say.
  private static let types: [RecordType] = [.a, .aaaa, .cname, .ptr]

  private let file: String
  private(set) var passages: [Story.Passage] = []
  private(set) var problems: [Problem] = []

  private var line = 0
  private var prose: [String] = []
  private var overrides: [Override] = []
  /// A question whose `expect` is still to come, and then whose `because` may come.
  private var asked: (question: Question, line: Int)?
  private var mayExplain = false

  init(file: String) { self.file = file }

  mutating func read(_ text: String) {
    for (index, content) in text.lines.enumerated() {
      line = index + 1
      if content.contains("\t") { report("a tab: write spaces", at: content) }
      if content.hasPrefix(Self.indent), content.contains(where: { $0 != " " }) {
        if prose.last?.isEmpty == false {
          report("an empty line stands between prose and a command, or Markdown takes it for prose", at: content)
        }
        endProse()
        command(content)
      } else {
        if content.contains(where: { $0 != " " }) { mayExplain = false }
        prose.append(String(content))
      }
    }
    endProse()
    missExpectation()
  }

  private mutating func endProse() {
    while prose.last?.isEmpty == true { prose.removeLast() }
    let lines = prose.drop { $0.isEmpty }
    prose = []
    if !lines.isEmpty { passages.append(.prose(Array(lines))) }
  }

  private mutating func command(_ content: Substring) {
    guard content.prefix(while: { $0 == " " }).count == Self.indent.count else {
      report("a command stands after four spaces exactly", at: content)
      return
    }
    let words = content.split(separator: " ")
    let rest = Array(words.dropFirst())
    let command = String(words[0])
    if !["expect", "because"].contains(command) { missExpectation() }
    switch command {
    case "ask": ask(rest, content)
    case "expect": expect(rest, content)
    case "because": because(rest, content)
    case "set": set(content)
    case "unset": unset(rest, content)
    case "reset":
      if !rest.isEmpty { report("reset stands alone", at: content) }
      overrides = []
      passages.append(.change(.reset))
    default:
      report("\"\(command)\" is no command; they are \(Self.commands.joined(separator: ", "))", at: content)
    }
    mayExplain = command == "expect"
  }

  // MARK: Questions

  private mutating func ask(_ words: [Substring], _ content: Substring) {
    var words = words
    var resolver: IPAddress?
    if words.count > 2, words[words.count - 2] == "at" {
      resolver = IPAddress(String(words[words.count - 1]))
      if resolver == nil { report("\"\(words[words.count - 1])\" is no address of a resolver", at: content) }
      words.removeLast(2)
    }
    guard words.count == 2 || words.count == 3 else {
      report("a question is written: ask WHO [TYPE] NAME [at ADDRESS]", at: content)
      // The expectation that follows is no mistake.
      asked = (Question(who: .internet, name: .root), line)
      return
    }
    var question = Question(who: Who(String(words[0])), name: .root, resolver: resolver)
    if words.count == 3 {
      if let type = RecordType(words[1]), Self.types.contains(where: { $0 == type }) {
        question.type = type
      } else {
        report("a story asks for A, AAAA, CNAME and PTR, not \"\(words[1])\"", at: content)
      }
    }
    do throws(Name.TextError) {
      question.name = try Name(words[words.count - 1])
    } catch {
      report("\"\(words[words.count - 1])\" is no name: \(error)", at: content)
    }
    asked = (question, line)
  }

  private mutating func expect(_ words: [Substring], _ content: Substring) {
    guard let (question, line) = asked else {
      report("expect follows an ask", at: content)
      return
    }
    asked = nil
    guard let expectation = expectation(words, content) else { return }
    passages.append(
      .step(
        Story.Step(
          question: question, overrides: overrides, expectation: expectation, citations: [], line: line)))
  }

  private mutating func expectation(_ words: [Substring], _ content: Substring) -> Expectation? {
    guard !words.isEmpty else {
      report("expect what? Addresses, names, or \(Reply.words.map(\.0).joined(separator: ", "))", at: content)
      return nil
    }
    if let reply = Reply.words.first(where: { [$0.0[...]] == words })?.1 { return .reply(reply) }
    var chain: [Name] = []
    var values: Set<Reply.Value> = []
    let parts = words.split(omittingEmptySubsequences: false) { ["→", "->"].contains($0) }
    for (index, part) in parts.enumerated() {
      let isLast = index == parts.count - 1
      if part.isEmpty || (!isLast && part.count > 1) {
        report("a chain has one name before each →", at: content)
        return nil
      }
      for word in part {
        guard let value = value(word, content) else { return nil }
        if isLast {
          values.insert(value)
        } else if case .name(let name) = value {
          chain.append(name)
        } else {
          report("\(word) is an address: only names lead on", at: content)
          return nil
        }
      }
    }
    return .found(chain: chain, values: values)
  }

  private mutating func value(_ word: Substring, _ content: Substring) -> Reply.Value? {
    if let address = IPAddress(String(word)) { return .address(address) }
    // One label, or digits alone, is a mistyped word or address.
    guard word.contains("."), word.contains(where: \.isLetter) else {
      report(
        "\"\(word)\" is neither an address nor a name nor one of \(Reply.words.map(\.0).joined(separator: ", "))",
        at: content)
      return nil
    }
    do throws(Name.TextError) {
      return .name(try Name(word))
    } catch {
      report("\"\(word)\" is no name: \(error)", at: content)
      return nil
    }
  }

  private mutating func because(_ words: [Substring], _ content: Substring) {
    guard mayExplain, case .step(var step)? = passages.last else {
      // After an expectation that was wrong itself there is nothing to add to.
      if !mayExplain { report("because follows an expect", at: content) }
      return
    }
    let text = words.joined(separator: " ")
    step.citations = text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
    for citation in step.citations where !citation.contains(#/^(S[1-9]\d*|row [1-9]\d*b?|decision [1-9]\d*)$/#) {
      report("\"\(citation)\" is no source such as S74, row 13 or decision 6", at: content)
    }
    passages[passages.count - 1] = .step(step)
  }

  /// A question without an expectation teaches nothing.
  private mutating func missExpectation() {
    guard let line = asked?.line else { return }
    asked = nil
    problems.append(
      Problem(file: file, line: line, column: Self.indent.count + 1, message: "ask is followed by expect"))
  }

  // MARK: Changes

  private mutating func set(_ content: Substring) {
    let text = content.dropFirst(Self.indent.count + "set".count).drop { $0 == " " }
    do throws(OverrideSyntaxError) {
      let override = try Override(String(text))
      overrides.removeAll { $0.subject == override.subject }
      overrides.append(override)
      passages.append(.change(.set(override)))
    } catch {
      report("\(error)", at: content)
    }
  }

  private mutating func unset(_ words: [Substring], _ content: Substring) {
    guard words.count == 1, overrides.contains(where: { $0.subject == words[0] }) else {
      let known = overrides.map(\.subject).joined(separator: ", ")
      report(
        "nothing of that name is set" + (known.isEmpty ? "" : "; what is set is \(known)"), at: content)
      return
    }
    overrides.removeAll { $0.subject == words[0] }
    passages.append(.change(.unset(subject: String(words[0]))))
  }

  private mutating func report(_ message: String, at content: Substring) {
    let column = content.prefix { $0 == " " }.count + 1
    problems.append(Problem(file: file, line: line, column: column, message: message))
  }
}
