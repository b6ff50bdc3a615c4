// Who has asked too much: answers are limited by the prefix that they go to (RRL), packets by the interface that sends
// them, as Amazon does (decision 12). Both are off unless asked for. docs/decisions/0016 tells why it is so.
import DNSWire
import Resolution
import Synchronization

extension Server {
  /// Limits the answers over UDP, so that forged questions cannot turn the server against who did not ask them.
  public struct RateLimit: Sendable {
    /// Answers a second to the addresses of one prefix.
    public var answers: Int
    /// Each so-many-th question past that is answered with TC alone: who really asks comes back over TCP. 0 for none.
    public var slip = 2
    public var ipv4Prefix = 24
    public var ipv6Prefix = 56
    /// Askers without a limit.
    public var exempt: [AddressRange] = []

    public static var answersAllowed: ClosedRange<Int> { 1...1_000_000 }
    public static var slipAllowed: ClosedRange<Int> { 0...100 }
    public static var ipv4PrefixAllowed: ClosedRange<Int> { 1...32 }
    public static var ipv6PrefixAllowed: ClosedRange<Int> { 1...128 }

    public init(answers: Int) { self.answers = answers }
  }
}

/// What the workers of a server count together.
final class SharedCounts: Sendable {
  /// Answers of a prefix.
  let answers: SecondCounts?
  /// Packets of an interface.
  let packets: SecondCounts?
  /// Connections of a client; `nil` where one may have them all.
  let connections: ConnectionCounts?
  /// Connections of all, and the most of them.
  private let open = Atomic<Int>(0)
  private let openLimit: Int
  /// Of the seconds that an entry can tell apart, the half in which old ones were forgotten last.
  private let term = Atomic<UInt64>(0)
  /// Nobody outside knows which addresses share an entry.
  private let key = UInt64.random(in: .min ... .max)

  init(_ options: Server.Options) {
    answers = options.rateLimit == nil ? nil : SecondCounts()
    packets = options.packetQuota == nil ? nil : SecondCounts()
    connections = options.connectionsPerClient < options.connections ? ConnectionCounts() : nil
    openLimit = options.connections
  }

  /// Counts one more connection, while there are not too many.
  func takePlace() -> Bool {
    guard open.add(1, ordering: .relaxed).newValue > openLimit else { return true }
    givePlaceBack()
    return false
  }

  /// Lets go of what was counted so long ago that its second would be taken for a later one. The first worker who is
  /// there does it for all: one that has slept would take away what the others have counted since.
  func forgetOld(before second: UInt64) {
    let term = second &>> SecondCounts.memoryBits
    let known = self.term.load(ordering: .relaxed)
    guard term > known,
      self.term.compareExchange(expected: known, desired: term, ordering: .relaxed).exchanged
    else { return }
    answers?.forget()
    packets?.forget()
  }

  func givePlaceBack() { open.subtract(1, ordering: .relaxed) }

  func hash(_ high: UInt64, _ low: UInt64) -> UInt64 { mix(mix(key, high), low) }
}

/// A worker's view of the limits.
struct Admission: ~Copyable {
  enum Verdict: BitwiseCopyable { case answer, truncate, drop }

  /// Whether anybody's questions are counted.
  let isOn: Bool
  private let counts: SharedCounts
  private let limit: Int
  private let slip: Int
  private let ipv4Prefix: Int
  private let ipv6Prefix: Int
  private let exempt: AddressRanges
  private let quota: Int
  private var second: UInt64 = 0
  /// Milliseconds of the coarse clock at which counts begin anew.
  var secondEnds: Int64 { Int64(bitPattern: (second &+ 1) &* 1000) }
  /// Who was over the quota.
  var throttled: ReportedSources
  /// Whose packets are not even received.
  var shutOut = ShutOut()
  /// For some turns more has come in than the worker takes in one.
  var isBehind = false

  init(_ options: Server.Options, _ counts: SharedCounts, throttled: ReportedSourceList) {
    self.counts = counts
    let rateLimit = options.rateLimit
    limit = rateLimit?.answers ?? .max
    slip = rateLimit?.slip ?? 0
    ipv4Prefix = rateLimit?.ipv4Prefix ?? 0
    ipv6Prefix = rateLimit?.ipv6Prefix ?? 0
    exempt = AddressRanges(rateLimit?.exempt ?? [])
    quota = options.packetQuota ?? .max
    isOn = rateLimit != nil || options.packetQuota != nil
    self.throttled = ReportedSources(throttled)
  }

  mutating func setTime(_ milliseconds: Int64) {
    let now = UInt64(bitPattern: milliseconds / 1000)
    guard now != second else { return }
    // Counts begin anew.
    if !shutOut.isEmpty { shutOut.end() }
    counts.forgetOld(before: now)
    second = now
  }

  /// What becomes of a question over UDP.
  /// - Parameter isDirect: Whether what comes from the asker's address is its own; looked at when it floods.
  /// - Parameter isProven: Whether the asker has shown that its address is not forged; looked at past the limit only.
  mutating func verdict(
    on asker: IPAddress, isDirect: @autoclosure () -> Bool, isProven: @autoclosure () -> Bool,
    trusted: borrowing TrustedSources, network: Network, listener: UInt16, _ counters: inout Counters
  ) -> Verdict {
    if let packets = counts.packets {
      let excess = packets.add(hash(asker.words), second: second) &- quota
      if excess > 0 {
        note(asker, network: network, listener: listener, &counters)
        // In this second it gets nothing any more.
        if excess > TransportLimits.shutOutExcess, isDirect() { shutOut.add(asker) }
        return .drop
      }
    }
    guard let answers = counts.answers else { return .answer }
    let bits = asker.isV6 ? ipv6Prefix : ipv4Prefix
    // Who is exempt takes nothing of what his neighbours get.
    guard !exempt.contains(asker) else { return .answer }
    var excess = answers.add(hash(asker.prefix(bits)), second: second) &- limit
    guard excess > 0 else { return .answer }
    let isProven = isProven()
    if isProven {
      excess = answers.add(client(asker, .proven), second: second) &- limit &* TransportLimits.provenTimes
      guard excess > 0 else { return .answer }
    }
    // While the worker keeps up, who is forged loses nothing by it: his own cookie and TC go on. Others of the prefix
    // ask little.
    if excess > TransportLimits.shutOutExcess, isBehind, isDirect(),
      answers.add(client(asker, .flood), second: second) > TransportLimits.shutOutOwn
    {
      shutOut(asker, trusted)
    }
    guard !isProven, slip > 0, excess % slip == 0 else {
      counters.note(.rateLimited)
      return .drop
    }
    return .truncate
  }

  private mutating func shutOut(_ asker: IPAddress, _ trusted: borrowing TrustedSources) {
    let subnet = subnet(of: asker)
    let isWhole = subnet.map { !exempt.overlaps($0) && !trusted.overlaps($0) } ?? false
    shutOut.add(asker, isSubnet: isWhole)
  }

  /// What one client has to ask from: in IPv6 a /64, where that has one limit as a whole.
  private func subnet(of asker: IPAddress) -> ClosedRange<IPv6Address>? { ipv6Prefix <= 64 ? asker.subnet : nil }

  /// What is counted of a client, apart from what is counted of its prefix.
  private enum Kind: UInt64 {
    case proven = 1
    case flood
  }

  private func client(_ asker: IPAddress, _ kind: Kind) -> UInt64 {
    let words = subnet(of: asker) == nil ? asker.words : asker.prefix(64)
    return counts.hash(hash(words), kind.rawValue)
  }

  /// Counts a packet of an interface; false when it is one too many.
  mutating func isInQuota(
    _ asker: IPAddress, network: Network, listener: UInt16, _ counters: inout Counters
  ) -> Bool {
    guard let packets = counts.packets, packets.add(hash(asker.words), second: second) > quota else { return true }
    note(asker, network: network, listener: listener, &counters)
    return false
  }

  private mutating func note(_ asker: IPAddress, network: Network, listener: UInt16, _ counters: inout Counters) {
    counters.note(.overQuota)
    throttled.note(asker, network: network, listener: listener)
  }

  private func hash(_ words: (high: UInt64, low: UInt64)) -> UInt64 { counts.hash(words.high, words.low) }
}

/// Who asks, which is read from the message only where the message may say it.
func who(
  _ arrival: Arrival, _ message: borrowing MutableSpan<UInt8>, count: Int, _ scratch: inout Scratch
) -> IPAddress {
  guard arrival.trustsClientSubnet, case .query = scratch.query.read(message, count: count, name: &scratch.name)
  else { return arrival.source }
  return arrival.asker(scratch.query)
}
