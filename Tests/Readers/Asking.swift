// Who asks and how, as the first two octets of an input say it.
import DNSWire
import Resolution

/// The ways in which a message can arrive, made once.
struct Asking {
  private let sources: [IPAddress]
  private let networks: [Network]

  init(_ tables: borrowing Tables) {
    sources =
      (11...17).map { .v4(IPv4Address(127, 0, 1, $0)) } + [
        .v4(IPv4Address(10, 112, 0, 77)), .v4(IPv4Address(10, 0, 0, 200)), .v4(IPv4Address(10, 1, 0, 9)),
        .v4(IPv4Address(172, 31, 0, 9)), .v4(IPv4Address(203, 0, 113, 9)), .v4(IPv4Address(8, 8, 8, 8)),
        .v6(IPv6Address(rawValue: 1)), .v6(IPv6Address(rawValue: 0x2001_0db8_0003 << 80 | 5)),
        .v4(IPv4Address(172, 16, 0, 23)),
      ]
    networks =
      [.any, .any, .any, .classic]
      + ["vpc-1a2b3c4d", "vpc-00000003", "vpc-00000004", "vpc-00000005"].compactMap { tables.network(vpcID: $0) }
  }

  var sourceCount: Int { sources.count }

  /// - Parameters:
  ///   - who: The number of the source.
  ///   - how: TCP, a trusted Client Subnet option, and three bits of the network.
  func arrival(_ who: UInt8, _ how: UInt8) -> Arrival {
    Arrival(
      source: sources[Int(who) % sources.count], destination: .v4(IPv4Address(127, 0, 0, 1)), port: 53,
      network: networks[Int(how >> 2 & 7) % networks.count], isTCP: how & 1 != 0, trustsClientSubnet: how & 2 != 0)
  }
}

/// Codes that a reply may have (IANA, RCODEs).
private enum Code {
  static let formErr = 1
  static let (notImp, badVers, badCookie) = (4, 16, 23)
  /// Who asks nothing may still ask about his cookie (RFC 7873 5.4).
  static let ofNoQuestion = [0, formErr, badVers, badCookie]
  static let ofAnotherOpcode = [notImp, badVers]
}

/// What is true of every reply to any octets.
/// - Parameters:
///   - count: Octets of the reply, which stands in `room` where its question stood.
///   - mayBeProven: Other servers have been asked, so that there may be something to prove.
func inspect(
  reply count: Int, in room: Span<UInt8>, to question: Span<UInt8>, _ arrival: Arrival, mayBeProven: Bool = false
) throws(Breach) -> MessageShape {
  try demand(question.count >= Limits.headerOctets, "a reply to \(question.count) octets")
  try demand(count >= Limits.headerOctets && count <= Limits.tcpOctets, "a reply of \(count) octets")
  let reply = room.extracting(0..<count)
  try demand(question[2] & 0x80 == 0, "a reply to a reply")
  try demand(reply[0] == question[0] && reply[1] == question[1], "another id")
  try demand(reply[2] & 0x80 != 0, "a question, not a reply")
  // RD and CD have their meaning in a QUERY only: of another opcode nothing else comes back (docs/manners.md).
  let isQuery = question[2] & 0x78 == 0
  let echoed: UInt8 = isQuery ? 0x79 : 0x78
  try demand(reply[2] & 0x79 == question[2] & echoed, "another opcode, or another RD")
  try demand(reply[2] & 0x04 == 0, "AA is set")
  try demand(reply[3] & 0x80 != 0, "RA is not set")
  try demand(reply[3] & 0x40 == 0, "Z is set")
  try demand(mayBeProven || reply[3] & 0x20 == 0, "AD is set")
  try demand(reply[3] & 0x10 == (isQuery ? question[3] & 0x10 : 0), "another CD")
  let shape = try MessageShape(reply)
  // The question comes back to the octet, if there was one that could be read.
  try demand(shape.questionEnd <= question.count, "a longer question than was asked")
  for index in 12..<shape.questionEnd {
    try demand(reply[index] == question[index], "the question's octet \(index) is another one")
  }
  if isQuery, question[4] == 0, question[5] == 1 {
    try demand(shape.hasQuestion || shape.code == Code.formErr, "an answer to no question")
  } else {
    try demand(!shape.hasQuestion && shape.answerCount == 0, "an answer to what is no question")
    let codes = isQuery ? Code.ofNoQuestion : Code.ofAnotherOpcode
    try demand(codes.contains(shape.code), "code \(shape.code) to what is no question")
  }
  let isTruncated = reply[2] & 0x02 != 0
  try demand(!(arrival.isTCP && isTruncated), "TC over TCP")
  if !arrival.isTCP {
    try demand(count <= Limits.largestUDPOctets, "\(count) octets over UDP")
    try demand(shape.hasOPT || count <= Limits.plainUDPOctets, "\(count) octets to a client without EDNS")
  }
  return shape
}
