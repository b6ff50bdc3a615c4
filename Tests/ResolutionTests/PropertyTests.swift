// What is true of every world: random ones, from a seed that a failure names.
import Cloud
import DNSWire
import Resolution
import TestSupport
import Testing

@Suite("Random worlds")
struct PropertyTests {
  static let zoneCount: UInt64 = 60
  static let worldCount: UInt64 = 60

  @Test("A zone answers every short name as RFC 1034, RFC 4592 and RFC 6672 say", arguments: 0..<zoneCount)
  func zones(seed: UInt64) throws {
    var random = SeededNumbers(seed: seed)
    let zone = ReferenceZone(using: &random)
    let stage = try ZoneWorld.stage(["corp.example.": zone.text])
    var names: [[String]] = [[]]
    for depth in 0..<4 {
      for name in names where name.count == depth { names += ["a", "b", "c", "*"].map { [$0] + name } }
    }
    for name in names.shuffled(using: &random).prefix(120) {
      for type in ["A", "TXT", "CNAME", "DNAME"] {
        let asked = (name + ["corp", "example"]).joined(separator: ".")
        let words = try stage.ask(asked, type, from: ZoneWorld.host)
        let expected = zone.words(name, type)
        #expect(words == expected, "seed \(seed), \(asked) \(type) in\n\(zone.text)")
        if words != expected { return }
      }
    }
  }

  /// A question and who asks it.
  struct Question {
    var name: String
    var type: String
    var source: String
    var network: Network
    var isTCP: Bool
    var payload: UInt16?
  }

  @Test(
    "An answer never depends on what was asked before, has no record twice, and keeps its limit",
    arguments: 0..<worldCount)
  func order(seed: UInt64) throws {
    var random = SeededNumbers(seed: 1_000 + seed)
    let snapshot = Compiler.compile(RandomWorld(using: &random).world, generation: 1)
    let questions = (0..<80).map { _ in Self.question(snapshot, using: &random) }
    // `reply` throws when a record stands twice or the limit is overrun.
    func ask(_ order: [Int]) throws -> [Int: String] {
      let stage = Stage(snapshot)
      var said: [Int: String] = [:]
      for index in order {
        let one = questions[index]
        said[index] =
          try stage.reply(
            one.name, one.type, from: one.source, on: one.network, isTCP: one.isTCP, payload: one.payload)?.words
          ?? "silence"
      }
      return said
    }
    let forward = try ask(Array(questions.indices))
    let backward = try ask(questions.indices.reversed())
    let shuffled = try ask(questions.indices.shuffled(using: &random))
    for index in questions.indices {
      #expect(forward[index] == backward[index], "seed \(seed): \(questions[index])")
      #expect(forward[index] == shuffled[index], "seed \(seed): \(questions[index])")
      // One is enough to look at.
      if forward[index] != backward[index] || forward[index] != shuffled[index] { return }
    }
  }

  static func question(_ snapshot: Snapshot, using random: inout SeededNumbers) -> Question {
    let number = Int.random(in: 0...12, using: &random)
    let (b, c) = (Int.random(in: 0...3, using: &random), Int.random(in: 0...3, using: &random))
    let names = [
      "ec2-203-0-113-\(number).compute-1.amazonaws.com", "ec2-203-0-113-\(number).eu-west-1.compute.amazonaws.com",
      "ip-10-\(b)-\(c)-\(number).ec2.internal", "ip-100-64-\(c)-\(number).eu-west-1.compute.internal",
      "i-0000000\(number % 10).ec2.internal", "\(number).\(c).\(b).10.in-addr.arpa", "\(c).64.100.in-addr.arpa",
      "\(number).113.0.203.in-addr.arpa", "a.corp.example", "b.a.corp.example", "many.corp.example", "corp.example",
      "db\(b % 3).ab.us-east-1.rds.amazonaws.com", "lb\(c % 3).us-east-1.elb.amazonaws.com", "new.corp.example",
      "c.corp.example", "x.dev.corp.example", "localhost", "ec2.internal", "www.elsewhere.test", ".",
    ]
    let sources = [
      "10.\(b).\(c).\(number)", "100.64.\(c).\(number)", "192.0.2.\(number)", "127.0.0.\(number)",
      "2001:db8:100::\(number)",
    ]
    let networks = [.any, .any, .classic] + (0..<4).compactMap { snapshot.tables.network(vpcID: "vpc-0000000\($0)") }
    return Question(
      name: names.randomElement(using: &random) ?? ".",
      type: ["A", "A", "A", "PTR", "AAAA", "TXT", "ANY", "SOA", "CNAME", "DNAME"].randomElement(using: &random) ?? "A",
      source: sources.randomElement(using: &random) ?? "192.0.2.1",
      network: networks.randomElement(using: &random) ?? .any, isTCP: Bool.random(using: &random),
      payload: [nil, 512, 600, 1232, 4096].randomElement(using: &random) ?? nil)
  }
}
