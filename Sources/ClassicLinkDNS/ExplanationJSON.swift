// An explanation for programs; the schema is docs/explain-json.md and only grows.
import DNSWire
import Resolution
import ZoneFile

struct ExplanationJSON: Encodable {
  struct Line: Encodable {
    var name: String
    var ttl: UInt32
    var type: String
    var data: String

    init(_ record: Record) {
      name = "\(record.owner)"
      ttl = record.ttl
      type = "\(record.type)"
      data = ZoneFile.presentation(type: record.type, data: record.data) ?? ""
    }
  }
  struct Fact: Encodable {
    var subject: String
    var text: String
  }
  struct Hop: Encodable {
    var name: String
    var rule: String
    var rules: [String]
    var title: String
    var reason: String
    var citations: [String]
    var row: String?
    var column: String
    var facts: [Fact]

    init(_ hop: Explanation.Hop) {
      name = "\(hop.name)"
      rule = "\(hop.rule)"
      rules = hop.rules.map { "\($0)" }
      title = hop.rule.title
      reason = hop.reason
      citations = hop.citations
      row = hop.row
      column = hop.column
      facts = hop.facts.map { Fact(subject: $0.subject, text: $0.text) }
    }
  }
  struct Change: Encodable {
    var change: String
    var answer: Answer
  }
  struct Answer: Encodable {
    /// `null` when no answer is sent.
    var code: String?
    var answer: [Line]
    var authority: [Line]
    var error: String?
    var citations: [String]
    var reason: String
    var hops: [Hop]

    init(_ explanation: Explanation) {
      code = explanation.code?.description
      answer = explanation.answer.map(Line.init)
      authority = explanation.authority.map(Line.init)
      error = explanation.error?.text
      citations = explanation.allCitations
      reason = explanation.packetText
      hops = explanation.hops.map(Hop.init)
    }

    private enum Key: String, CodingKey { case code, answer, authority, error, citations, reason, hops }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      // Written out, so that "no answer" is a value and not a missing key.
      try container.encode(code, forKey: .code)
      try container.encode(answer, forKey: .answer)
      try container.encode(authority, forKey: .authority)
      try container.encodeIfPresent(error, forKey: .error)
      try container.encode(citations, forKey: .citations)
      try container.encode(reason, forKey: .reason)
      try container.encode(hops, forKey: .hops)
    }
  }
  struct Asker: Encodable {
    var who: String
    var description: [String]
    var column: String
  }

  var asker: Asker
  var name: String
  var type: String
  var now: Answer
  /// Left out when the world is too large to try, and with `--set`.
  var alternatives: [Change]?
  /// What `--set` said, and the answer that it makes.
  var set: [String]?
  var then: Answer?

  init(
    _ who: Who, _ explanation: Explanation, _ alternatives: [Alternative]?, setting: [String] = [],
    _ then: Explanation? = nil
  ) {
    asker = Asker(who: "\(who)", description: explanation.asker, column: explanation.column)
    name = "\(explanation.name)"
    type = "\(explanation.type)"
    now = Answer(explanation)
    set = setting.isEmpty ? nil : setting
    self.then = then.map(Answer.init)
    self.alternatives = alternatives?.map { Change(change: $0.change, answer: Answer($0.explanation)) }
  }
}
