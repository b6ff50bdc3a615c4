// A datagram, or a message over TCP, from parse to answer; and a second one right behind it, which must get the answer
// that it gets from a worker that has answered nothing yet.
import DNSWire
import Resolution

public final class PacketReader: Reader {
  public static let name = "packet"

  private enum Bit {
    static let explains: UInt8 = 0x20
    static let hasSecond: UInt8 = 0x40
    /// Names of others are asked for, so that questions have needs.
    static let forwards: UInt8 = 0x80
  }

  private let plain = Compiler.compile(Sample.world, generation: 1)
  private let explaining = Compiler.compile(Sample.world, generation: 2, explains: true)
  private let asking: Asking
  private var scratch = Scratch.ofServer()
  private var room = [UInt8](repeating: 0xa5, count: Limits.tcpOctets)
  private var otherRoom = [UInt8](repeating: 0x5a, count: Limits.tcpOctets)

  /// Messages that were answered, or left without an answer.
  public private(set) var count: UInt64 = 0
  /// Those with a cookie that the server has given.
  public private(set) var validCookies: UInt64 = 0

  public init() { asking = Asking(plain.tables) }

  /// Who asks, how, and the message; where there is a second one, the first has its length before it.
  public func read(_ octets: Span<UInt8>) throws(Breach) {
    var input = Input()
    let who = input.octet(octets)
    let how = input.octet(octets)
    let snapshot = how & Bit.explains != 0 ? explaining : plain
    let arrival = asking.arrival(who, how)
    guard how & Bit.hasSecond != 0 else {
      let message = octets.extracting(input.rest(octets))
      _ = try ask(snapshot, arrival, message, &scratch, &room)
      // Whoever asks: libFuzzer's own work for an input is many times ours.
      for other in 0..<UInt8(asking.sourceCount) where other != who {
        _ = try ask(snapshot, asking.arrival(other, how), message, &scratch, &room)
      }
      return
    }
    let next = asking.arrival(input.octet(octets), how)
    guard let first = input.part(octets) else { return }
    let second = octets.extracting(input.rest(octets))
    let reach = how & Bit.forwards != 0 ? Reach.everything : .nothing
    scratch = .ofServer(reach: reach)
    var fresh = Scratch.ofServer(reach: reach)
    defer { scratch.reach = .nothing }
    _ = try ask(snapshot, arrival, octets.extracting(first), &scratch, &room)
    let count = try ask(snapshot, next, second, &scratch, &room)
    let validity = scratch.validity
    let freshCount = try ask(snapshot, next, second, &fresh, &otherRoom)
    try demand((scratch.need == nil) == (fresh.need == nil), "a need of another question")
    try demand(
      scratch.lastAskerWasUnknown == fresh.lastAskerWasUnknown && scratch.hopCount == fresh.hopCount,
      "something of another question")
    guard case .generation = validity else { return }
    try demand(count == freshCount, "\(count) octets after another question, else \(freshCount)")
    for index in 0..<count {
      try demand(room[index] == otherRoom[index], "octet \(index) is another one after another question")
    }
  }

  private func ask(
    _ snapshot: Snapshot, _ arrival: Arrival, _ question: Span<UInt8>, _ scratch: inout Scratch, _ room: inout [UInt8]
  ) throws(Breach) -> Int {
    let size = min(question.count, room.count)
    for index in 0..<size { room[index] = question[index] }
    var span = room.mutableSpan
    let count = answer(
      snapshot.tables, generation: snapshot.generation, arrival, messageOf: size, in: &span, scratch: &scratch)
    self.count += 1
    if case .valid = scratch.cookieState { validCookies += 1 }
    guard count > 0 else { return 0 }
    try demand(scratch.need == nil, "a reply and a need")
    let shape = try inspect(reply: count, in: span.span, to: question.extracting(0..<size), arrival)
    try demand(count <= limit(arrival, scratch.query), "\(count) octets are more than the client takes")
    try demand(shape.code <= 6 || shape.code == 16 || shape.code == 23, "code \(shape.code)")
    try demand(shape.hasOPT == scratch.query.hasEDNS, "EDNS on one side only")
    return count
  }

  private func limit(_ arrival: Arrival, _ query: Query) -> Int {
    arrival.isTCP ? Limits.tcpOctets : query.hasEDNS ? min(Int(query.payloadSize), Limits.largestUDPOctets) : 512
  }
}
