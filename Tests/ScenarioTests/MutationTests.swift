// Questions that dig sent, cut off everywhere and with every octet changed, through the whole way of an answer:
// whatever comes in, what goes out is a reply to it.
import DNSWire
import Foundation
import TestSupport
import Testing

@Suite("Damaged questions")
struct MutationTests {
  private static let queries: [[UInt8]] = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("DNSWireTests/Fixtures/queries.hex")
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
      let digits = Array(line)
      return stride(from: 0, to: digits.count, by: 2).map { UInt8(String(digits[$0...($0 + 1)]), radix: 16) ?? 0 }
    }
  }()

  /// The question with a Client Subnet option is tried with every value; for the others QueryTests
  /// does so, where it takes less time.
  private static let thorough = 4

  /// Each bit turned over, and what is special in a length, a pointer or a count.
  private static func values(for octet: UInt8) -> [UInt8] {
    (0..<8).map { octet ^ 1 << $0 } + [0, 0x0c, 0x3f, 0x40, 0xc0, 0xff]
  }

  /// What is wrong with the reply to `packet`; `nil` when nothing is.
  private static func fault(_ octets: [UInt8], to packet: [UInt8], isTCP: Bool) -> String? {
    let mayBeSilent = packet.count < 12 || packet[2] & 0x80 != 0
    if octets.isEmpty { return mayBeSilent ? nil : "no answer" }
    if mayBeSilent { return "an answer to what is no question" }
    let reply: Reply
    do { reply = try Reply(octets, mayLackQuestion: true) } catch { return "\(error)" }
    guard reply.isResponse, octets[..<2] == packet[..<2] else { return "no response, or another id" }
    let came = UInt16(packet[2]) << 8 | UInt16(packet[3])
    // AA, Z and AD never are.
    guard reply.flags & 0x7d70 == came & (came & 0x7800 == 0 ? 0x0110 : 0x7800) else { return "other flags" }
    guard reply.optionCodes != nil else { return "broken options" }
    if reply.question.isEmpty {
      guard [1, 4, 16].contains(reply.responseCode) else { return "no question, \(reply.responseCode)" }
    } else if reply.question[...] != packet[12..<(12 + reply.question.count)] {
      return "another question"
    }
    if isTCP { return reply.isTruncated ? "TC over TCP" : nil }
    guard octets.count > 512 else { return nil }
    return reply.opt != nil && octets.count <= 4096 ? nil : "\(octets.count) octets"
  }

  @Test("Each truncation and each change of an octet is answered as what it is", arguments: [false, true])
  func mutations(isTCP: Bool) throws {
    let names = ["world.yaml", "corp.internal.zone", "shop.example.zone"]
    let folder = SampleWorldTests.zones + "/three-tier/"
    let server = try InProcess(
      names.map { WorldTextFile(name: $0, text: try String(contentsOfFile: folder + $0, encoding: .utf8)) })
    #expect(Self.queries.count >= 12)
    // The linked instance, an instance, and nobody.
    let askers = [Octets([127, 0, 1, 11]), Octets([127, 0, 1, 12]), Octets([198, 51, 100, 7])]
    var told = 0
    func check(_ packet: [UInt8], _ asker: Octets) {
      let reply = server.ask(packet, from: asker, isTCP: isTCP, trustsClientSubnet: true)
      guard told < 20, let fault = Self.fault(reply, to: packet, isTCP: isTCP) else { return }
      told += 1
      Issue.record("\(fault): \(packet) from \(asker)")
    }
    for (index, query) in Self.queries.enumerated() {
      let asker = askers[index % askers.count]
      for count in 0...query.count { check(Array(query[..<count]), asker) }
      for place in query.indices {
        var changed = query
        for value in index == Self.thorough && !isTCP ? Array(0...255) : Self.values(for: query[place]) {
          changed[place] = value
          check(changed, asker)
        }
      }
    }
  }
}
