// An explanation cannot lie: for every cell of the truth table it tells the packet's own answer, in the packet's own
// words, and names the rule without which the cell would be another.
import DNSWire
import Foundation
import Resolution
import TestSupport
import Testing
import WorldFile

@testable import ClassicLinkDNS

@Suite("Explanations, over the truth table")
struct ExplanationTests {
  static let variants = Array(WorldVariant.all.indices)

  /// A world of the truth table, compiled as `serve --explain` does.
  final class Explained {
    let world: TruthWorld
    let snapshot: Snapshot
    let ranges: PrivateRanges
    private var scratch = Scratch()

    init(_ variant: Int, seed: UInt64 = 4_100, switchedOff: Set<Rule> = []) throws {
      world = makeWorld(seed: seed + UInt64(variant), variant: WorldVariant.all[variant])
      let folder = try Folder(world.files)
      let loaded = try WorldFile.load([folder.path]).world
      ranges = PrivateRanges(loaded)
      snapshot = Compiler.compile(
        loaded, generation: 1, explains: true, switchedOff: switchedOff)
    }

    /// The packet that the asker gets over UDP with EDNS; `nil` for silence.
    func packet(_ one: TruthWorld.Case) throws -> Response? {
      let query = Query.message(name: try Name(one.question), type: try #require(RecordType(one.type)))
      let arrival = Arrival(
        source: .v4(IPv4Address(rawValue: one.door.source.number)), destination: .v4(IPv4Address(127, 0, 0, 1)),
        port: 53, network: .any, isTCP: false, trustsClientSubnet: false)
      var octets = query + [UInt8](repeating: 0, count: Limits.largestUDPOctets - query.count)
      var out = octets.mutableSpan
      let count = answer(
        snapshot.tables, generation: 1, arrival, messageOf: query.count, in: &out, scratch: &scratch)
      guard count > 0 else { return nil }
      let response: Response = try #require(Response(Array(octets[..<count])))
      return response
    }

    func explain(_ one: TruthWorld.Case) throws -> Explanation {
      let source = IPv4Address(rawValue: one.door.source.number)
      let asker = snapshot.tables.asker(source: .v4(source), network: .any)
      return snapshot.explain(asker, name: try Name(one.question), type: try #require(RecordType(one.type)))
    }
  }

  @Test("The packet, explain, its JSON and the matrix tell the same", arguments: variants)
  func agreement(variant: Int) throws {
    let explained = try Explained(variant)
    for one in explained.world.cases {
      let packet = try explained.packet(one)
      let explanation = try explained.explain(one)
      #expect(explanation.code == packet?.code, "\(one.line)")
      guard let packet else { continue }
      // A configuration endpoint names its nodes in turn, so two answers may differ there.
      if !one.line.name.contains("cfg") { #expect(explanation.answer == packet.answer, "\(one.line)") }
      #expect(explanation.authority == packet.authority, "\(one.line)")
      #expect(packet.extendedErrors.map(\.text) == [explanation.packetText], "\(one.line)")
      let text = try jsonText(ExplanationJSON(.internet, explanation, []))
      let json = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      let now = try #require(json["now"] as? [String: Any])
      #expect(now["code"] as? String == packet.code.description, "\(one.line)")
      #expect(now["reason"] as? String == packet.extendedErrors.first?.text, "\(one.line)")
      #expect((now["answer"] as? [[String: Any]])?.count == packet.answer.count, "\(one.line)")
      try expectCell(MatrixCell(explanation, explained.ranges), of: packet, one)
    }
  }

  /// A cell of the matrix shows the packet's addresses, or its code, and ends with the packet's words.
  private func expectCell(_ cell: MatrixCell, of packet: Response, _ one: TruthWorld.Case) throws {
    #expect(cell.code == packet.code.description, "\(one.line)")
    let reason = try #require(packet.extendedErrors.first?.text)
    #expect(reason.hasSuffix(cell.reason) || packet.code == .refused, "\(one.line): \(cell.reason), not in \(reason)")
    guard one.type == "A", !one.line.name.contains("cfg") else { return }
    let addresses = packet.answer.filter { $0.type == .a }.map { $0.data.map(String.init).joined(separator: ".") }
    #expect(Set(cell.values.map(\.text)) == Set(addresses), "\(one.line)")
    #expect((cell.kind == .answer) == !addresses.isEmpty, "\(one.line)")
  }

  @Test("Where a cell needs a rule, its explanation names the rule", arguments: Rule.allCases)
  func naming(rule: Rule) throws {
    for variant in Self.variants {
      let whole = try Explained(variant)
      let without = try Explained(variant, switchedOff: [rule])
      for one in whole.world.cases {
        let explanation = try whole.explain(one)
        guard !(try without.explain(one)).isSameAnswer(as: explanation) else { continue }
        #expect(explanation.hops.contains { $0.rules.contains(rule) }, "\(rule): \(one.line)")
      }
    }
  }

  /// Rows that differ only in which of two VPCs the table calls V.
  static func kind(_ row: String) -> String {
    switch row {
    case "4": "1"
    case "3": "2"
    case "15b": "15"
    default: row
    }
  }

  @Test("The row and the column are the table's own", arguments: variants)
  func places(variant: Int) throws {
    let explained = try Explained(variant)
    for one in explained.world.cases where one.expectation != nil {
      let explanation = try explained.explain(one)
      let rows = explanation.hops.compactMap(\.row)
      // A name that does not exist for the asker belongs to no row by itself.
      guard explanation.code == .noError, !rows.isEmpty else { continue }
      #expect(rows.map(Self.kind).contains(Self.kind(one.line.row)), "\(rows): \(one.line)")
      // The columns, for names that are V's own and nobody else's; a9 is a7, and an a3 that lost something is a2.
      guard !["3", "4", "5", "6", "10", "15b", "16", "16b", "17"].contains(one.line.row) else { continue }
      let columns = explanation.hops.map(\.column)
      let hasLost = one.line.asker == "a3" && one.line.world.values.contains { $0 != "on" }
      let isUnlinked = hasLost && one.line.world["link"] == "none"
      let column = one.line.asker == "a9" ? "a7" : isUnlinked ? "a1" : hasLost ? "a2" : one.line.asker
      #expect(columns.contains(column), "\(columns): \(one.line)")
    }
  }
}
