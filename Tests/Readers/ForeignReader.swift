// What other servers say, written into an answer of ours: hostile replies to the questions that a question of a client
// leads to.
import DNSWire
import Resolution

public final class ForeignReader: Reader {
  public static let name = "foreign"

  private let snapshot = Compiler.compile(Sample.world, generation: 1, explains: true)
  private let asking: Asking
  private var scratch = Scratch.ofServer(reach: .everything)
  private var room = [UInt8](repeating: 0xa5, count: Limits.tcpOctets)

  public init() {
    asking = Asking(snapshot.tables)
  }

  /// Who asks, how, the question behind its length, then the replies: what is said of each in an octet, and the message
  /// behind its length.
  public func read(_ octets: Span<UInt8>) throws(Breach) {
    var input = Input()
    let who = input.octet(octets)
    let how = input.octet(octets)
    guard let asked = input.part(octets) else { return }
    let size = min(asked.count, room.count)
    for index in 0..<size { room[index] = octets[asked.lowerBound + index] }
    defer { scratch.answers.removeAll() }
    try Self.ask(
      snapshot, asking.arrival(who, how), octets.extracting(asked.lowerBound..<asked.lowerBound + size), octets, &input,
      &scratch, &room)
  }

  private static func ask(
    _ snapshot: Snapshot, _ arrival: Arrival, _ question: Span<UInt8>, _ octets: Span<UInt8>, _ input: inout Input,
    _ scratch: inout Scratch, _ room: inout [UInt8]
  ) throws(Breach) {
    var span = room.mutableSpan
    var count = answer(
      snapshot.tables, generation: 1, arrival, messageOf: question.count, in: &span, scratch: &scratch)
    var rounds = 0
    while let need = scratch.need {
      try demand(count == 0, "a reply and a need")
      rounds += 1
      try demand(rounds <= ForeignAnswers.most, "more questions to other servers than are allowed")
      add(octets, &input, need, &scratch)
      count = answerAgain(snapshot.tables, generation: 1, arrival, in: &span, scratch: &scratch)
    }
    guard count > 0 else { return }
    let shape = try inspect(reply: count, in: span.span, to: question, arrival, mayBeProven: true)
    try demand(shape.hasOPT == scratch.query.hasEDNS, "EDNS on one side only")
    let limit = scratch.query.hasEDNS ? min(Int(scratch.query.payloadSize), Limits.largestUDPOctets) : 512
    try demand(arrival.isTCP || count <= limit, "\(count) octets are more than the client takes")
  }

  /// What the next of the other servers says, if anything.
  private static func add(_ octets: Span<UInt8>, _ input: inout Input, _ need: Need, _ scratch: inout Scratch) {
    let manner = input.octet(octets)
    if manner & 0x80 == 0, let message = input.part(octets) {
      scratch.answers.add(
        message: octets.extracting(message), to: &scratch.name, need.type, of: need.targets,
        isSecure: manner & 1 != 0, isAliasOnly: manner & 2 != 0)
    } else {
      let fault = faults[Int(manner & 7) % faults.count]
      scratch.answers.add(fault, to: &scratch.name, need.type, of: need.targets)
    }
  }

  private static let faults: [ForeignAnswer.Fault] = [
    .noServer, .bogus, .notAsked, .ownAddress, .tooManyWait, .malformed,
  ]
}
