// Random zones asked beside NSD: what RFC 1034, RFC 4592 and RFC 6672 leave no choice about is the same from both.
import DNSWire
import Foundation
import TestSupport
import Testing

@Suite("Beside NSD")
struct DifferentialTests {
  /// More of them, and others: CLASSICLINK_DNS_ZONES=1000 CLASSICLINK_DNS_SEED=7 swift test --filter DifferentialTests
  private static func number(_ variable: String, else usual: UInt64) -> UInt64 {
    ProcessInfo.processInfo.environment["CLASSICLINK_DNS_\(variable)"].flatMap { UInt64($0) } ?? usual
  }
  private static let zoneCount = number("ZONES", else: 16)
  private static let firstSeed = number("SEED", else: 0)
  private static let questionsAZone = 40
  private static let types = ["A", "A", "TXT", "CNAME", "DNAME", "MX", "SOA", "NS"]

  private struct Zone {
    var seed: UInt64
    var labels: [String]
    var text: String

    /// A zone of its own name: one NSD has them all.
    init(seed: UInt64) {
      self.seed = seed
      labels = ["z\(seed)", "example"]
      var random = SeededNumbers(seed: seed)
      let zone = ReferenceZone(using: &random)
      let origin = labels.joined(separator: ".") + "."
      text =
        "@ 900 IN SOA ns.\(origin) mail.\(origin) 1 7200 900 1209600 60\n@ 900 IN NS ns.elsewhere.test.\n"
        + zone.text.replacing("corp.example.", with: origin)
    }

    var name: String { labels.joined(separator: ".") }
  }

  @Test("Wildcards, CNAME, DNAME, empty non-terminals and names that nobody has: NSD says the same")
  func lookups() throws {
    let zones = (0..<Self.zoneCount).map { Zone(seed: Self.firstSeed &+ $0) }
    let files = zones.map { zone in
      WorldTextFile(name: "\(zone.name).zone", text: "$ORIGIN \(zone.name).\n$TTL 300\n\(zone.text)\n")
    }
    let folder = try Folder(files)
    let nsd = try NSD(in: folder.path, zones: zip(zones, files).map { ($0.name, $1.name) })
    let socket = try LoopbackSocket(source: 0x7f00_0001, port: nsd.port, .udp)
    for zone in zones {
      let stage = try ZoneWorld.stage([zone.name + ".": zone.text])
      var random = SeededNumbers(seed: ~zone.seed)
      for _ in 0..<Self.questionsAZone {
        let depth = Int.random(in: 0...4, using: &random)
        let labels = (0..<depth).map { _ in ["a", "b", "c", "*"].randomElement(using: &random) ?? "a" }
        let name = (labels + zone.labels).joined(separator: ".")
        let type = Self.types.randomElement(using: &random) ?? "A"
        let packet = Message.question(id: 0xbeef, name: name, type: Message.types[type] ?? 1, payload: 4096)
        let theirs = try Reply(try socket.ask(packet))
        let ours = try #require(try stage.reply(name, type, from: ZoneWorld.host))
        // A question for the CNAME that follows from a DNAME: NSD ends there, we follow it as RFC 6672 3.2 has it.
        if type == "CNAME", theirs.answer.contains(where: { $0.type == 39 }) {
          #expect(theirs.answer.map(\.words).allSatisfy(Set(ours.answer.map(\.words)).contains))
          continue
        }
        // A DNAME that leads below itself renames without end, and RFC 6672 says nothing of where to stop: we do after
        // as many names as a chain has at most, NSD after the first one, BIND and Knot after some.
        if Self.isEndless(ours) {
          let (our, their) = (ours.answer.map(\.words), theirs.answer.map(\.words))
          #expect(
            !their.isEmpty && (our.starts(with: their) || their.starts(with: our)) && theirs.responseCode == 0,
            "CLASSICLINK_DNS_SEED=\(zone.seed) CLASSICLINK_DNS_ZONES=1, \(name) \(type) in\n\(zone.text)")
          continue
        }
        #expect(
          Self.said(ours) == Self.said(theirs, isCircle: Self.hasEndlessChain(ours)),
          "CLASSICLINK_DNS_SEED=\(zone.seed) CLASSICLINK_DNS_ZONES=1, \(name) \(type) in\n\(zone.text)")
      }
    }
  }

  /// A circle, or a chain that only the limit of hops has ended.
  private static func hasEndlessChain(_ reply: Reply) -> Bool {
    reply.extendedError?.text == "the chain is a circle or has too many hops"
  }

  private static func isEndless(_ reply: Reply) -> Bool {
    hasEndlessChain(reply) && reply.responseCode == 0 && reply.answer.contains { $0.type == 39 }
      && reply.answer.count { $0.type == 5 } == Limits.chainHops
  }

  /// Code, answers and the SOA of a negative answer; in no order, and without what a resolver leaves out (AA, NS beside
  /// an answer) or says besides (EDE).
  /// - Parameter isCircle: Where a circle through a wildcard closes, NSD writes a CNAME again; RFC 2181 5 has it once.
  private static func said(_ reply: Reply, isCircle: Bool = false) -> [String] {
    let negative = reply.authority.filter { $0.type == 6 }
    var names: Set<String> = []
    let answer = reply.answer.filter { !isCircle || $0.type != 5 || names.insert($0.words).inserted }
    return ["code \(reply.responseCode)"] + (answer + negative).map(\.words).sorted()
  }
}
