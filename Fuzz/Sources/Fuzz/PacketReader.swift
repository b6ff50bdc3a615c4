// A datagram or a message over TCP, from parse to answer. The answer parses, belongs to its question, and keeps its size;
// an answer is never answered.
import DNSWire
import Resolution

enum PacketReader: Reader {
  static let name = "packet"

  private static let snapshot = Compiler.compile(sample, generation: 1, explains: true)
  nonisolated(unsafe) private static var scratch = Scratch()
  nonisolated(unsafe) private static var room = [UInt8](repeating: 0, count: Limits.tcpOctets)
  private static let sources: [IPAddress] = [
    .v4(IPv4Address(127, 0, 1, 11)), .v4(IPv4Address(127, 0, 1, 12)), .v4(IPv4Address(127, 0, 1, 13)),
    .v4(IPv4Address(8, 8, 8, 8)), .v6(IPv6Address(rawValue: 1)),
  ]

  /// The first octet says who asks and how; the others are the message.
  static func read(_ octets: [UInt8]) {
    guard let how = octets.first else { return }
    let message = octets.dropFirst().prefix(Limits.tcpOctets)
    let isTCP = how & 0x80 != 0
    let arrival = Arrival(
      source: sources[Int(how & 0x0f) % sources.count], destination: .v4(IPv4Address(127, 0, 0, 1)), port: 53,
      network: how & 0x20 != 0 ? .classic : .any, isTCP: isTCP, trustsClientSubnet: how & 0x40 != 0)
    unsafe room.replaceSubrange(0..<message.count, with: message)
    var span = unsafe room.mutableSpan
    let count = unsafe answer(
      snapshot.tables, generation: 1, arrival, messageOf: message.count, in: &span, scratch: &scratch)
    guard count > 0 else { return }
    let reply = unsafe Array(room[..<count])
    let asked = Array(message)
    demand(asked.count >= Limits.headerOctets, "an answer to no header")
    demand(asked[2] & 0x80 == 0, "an answer to an answer")
    demand(reply[0] == asked[0] && reply[1] == asked[1], "another id")
    demand(reply[2] & 0x80 != 0, "no answer")
    guard let response = Response(reply) else { return demand(false, "an answer that cannot be read") }
    if response.question != nil, response.code == .noError || response.code == .nxDomain {
      // The question comes back to the octet.
      let end = min(asked.count, reply.count)
      var at = Limits.headerOctets
      while at < end, asked[at] != 0 { at += 1 + Int(asked[at]) }
      demand(at + 5 <= end && asked[12..<at + 5] == reply[12..<at + 5], "another question")
    }
    demand(isTCP || count <= Limits.largestUDPOctets, "more than any UDP answer has")
    if !isTCP, !response.hasEDNS { demand(count <= Limits.plainUDPOctets, "more than 512 octets without EDNS") }
  }
}
