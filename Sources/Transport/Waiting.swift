// Questions that wait for other servers: what is needed to answer each when its time comes, and how many a client has.
import CLinux
import DNSWire
import Glibc
import Resolution

/// How an answer gets back to who asked.
enum WayBack {
  /// A datagram to `peer`, with the control message of the question, which names the address that was asked.
  case datagram(peer: cl_address, control: Control, controlOctets: Int)
  /// A message of a connection, if that is still the one in the slot.
  case stream(slot: Int, incarnation: UInt32)

  typealias Control = (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)
}

/// One question.
struct WaitingQuestion {
  var query: Query
  var wayBack: WayBack
  var source: IPAddress
  var destination: IPAddress
  var sourcePort: UInt16
  var listener: UInt16
  /// Of the snapshot that decided what it needs.
  var generation: UInt64
  /// When it came, in milliseconds of the coarse clock.
  var since: Int64
  var need: Need
  /// The servers have failed, and are asked for the alias alone.
  var asksAlias = false
  /// Times that it has waited.
  var rounds = 1
  /// The next question of a client with the same hash, -1 behind the last.
  var next: Int32 = -1
}

/// The questions of one worker, each under the number of its inquiry.
struct WaitingTable: ~Copyable {
  /// Header, name, type and class; and the name that is asked for.
  private static var questionOctets: Int { Limits.headerOctets + Limits.nameOctets + 4 }
  private static var stride: Int { questionOctets + Limits.nameOctets }
  /// A power of two, so that a client's questions mostly stand alone in their chain.
  private static var chains: Int { 1024 }

  private var questions: [WaitingQuestion?]
  private var octets: [UInt8]
  /// The name that is taken out: names are read in a message, whose offsets have 16 bits.
  private var taken = [UInt8](repeating: 0, count: Limits.nameOctets)
  /// The first question of each chain, -1 for none.
  private var heads = [Int32](repeating: -1, count: Self.chains)
  private(set) var count = 0

  init(limit: Int) {
    questions = Array(repeating: nil, count: limit)
    octets = Array(repeating: 0, count: limit * Self.stride)
  }

  enum Admission { case welcome, duplicate, tooMany }

  /// Whether a question may wait: none twice, and not more than `share` of one address.
  /// - Parameters:
  ///   - row: Of the servers that it needs.
  ///   - room: Places that are left there: of those no address has more than are left.
  func admit(
    _ query: Query, _ asked: Forwarder.Asked, message: borrowing MutableSpan<UInt8>, share: Int, row: UInt32, room: Int
  ) -> Admission {
    guard count > 0 else { return .welcome }
    let arrival = asked.arrival
    var known = 0
    var knownThere = 0
    var place = heads[Self.chain(of: arrival.source)]
    while place >= 0, let question = questions[Int(place)] {
      if question.source.client == arrival.source.client {
        known += 1
        if question.need.targets == row { knownThere += 1 }
      }
      // A client that asks again with the same id gets one answer, as from a server that is slow.
      if !arrival.isTCP, question.source == arrival.source, question.sourcePort == asked.port,
        question.listener == asked.listener, question.destination == arrival.destination,
        question.query.id == query.id, question.query.type == query.type,
        hasQuestion(Int(place), message, query.questionEnd)
      {
        return .duplicate
      }
      place = question.next
    }
    return known < share && knownThere < room ? .welcome : .tooMany
  }

  private func hasQuestion(_ place: Int, _ message: borrowing MutableSpan<UInt8>, _ end: Int) -> Bool {
    guard questions[place]?.query.questionEnd == end else { return false }
    for index in Limits.headerOctets..<end where octets[place * Self.stride + index] != message[index] {
      return false
    }
    return true
  }

  /// Puts a question in the place of `number`, with the beginning of its message and the name that it needs.
  mutating func add(
    _ question: WaitingQuestion, _ message: borrowing MutableSpan<UInt8>, needing name: inout FoldedName, at number: Int
  ) {
    var question = question
    let chain = Self.chain(of: question.source)
    question.next = heads[chain]
    heads[chain] = Int32(number)
    questions[number] = question
    for index in 0..<question.query.questionEnd { octets[number * Self.stride + index] = message[index] }
    var end = number * Self.stride + Self.questionOctets
    for label in 0..<name.labelCount {
      octets[end] = UInt8(name.labelLength(label))
      for index in 0..<name.labelLength(label) { octets[end + 1 + index] = name.octet(index, ofLabel: label) }
      end += 1 + name.labelLength(label)
    }
    octets[end] = 0
    count += 1
  }

  /// Takes the question out of its place, with the beginning of its message and the name that it needs.
  mutating func take(
    _ number: Int, into message: inout MutableSpan<UInt8>, needing name: inout FoldedName
  ) -> WaitingQuestion? {
    guard let question = questions[number] else { return nil }
    for index in 0..<question.query.questionEnd { message[index] = octets[number * Self.stride + index] }
    let place = number * Self.stride + Self.questionOctets
    for index in taken.indices { taken[index] = octets[place + index] }
    let end = taken.count
    _ = name.read(taken.mutableSpan, count: end, at: 0)
    leaveChain(number, question)
    questions[number] = nil
    count -= 1
    return question
  }

  /// The numbers of the questions that came before a time.
  borrowing func numbers(before time: Int64) -> [Int] {
    questions.indices.filter { if let question = questions[$0] { question.since < time } else { false } }
  }

  private mutating func leaveChain(_ number: Int, _ question: WaitingQuestion) {
    let chain = Self.chain(of: question.source)
    var place = heads[chain]
    if place == Int32(number) {
      heads[chain] = question.next
    } else {
      while place >= 0, let one = questions[Int(place)], one.next != Int32(number) { place = one.next }
      if place >= 0 { questions[Int(place)]?.next = question.next }
    }
  }

  private static func chain(of source: IPAddress) -> Int {
    Int(truncatingIfNeeded: (source.client &* 0x9e37_79b9_7f4a_7c15) >> 54)
  }
}
