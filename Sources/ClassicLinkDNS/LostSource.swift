// Who asks is lost where every question comes from one gateway: a published port of a container, NAT, a proxy that
// says nothing. Then everybody gets the internet's view, and nobody would know why.
import Cloud
import DNSWire
import Transport

struct LostSource {
  /// Questions after which it is no chance.
  static let questions: UInt64 = 50
  /// Milliseconds between two looks, while it is not decided.
  static let interval: CInt = 1000

  /// Somebody unknown has asked, and it is not clear yet whether that is all there is.
  private(set) var isUndecided = false
  private var isDecided = false

  /// - Parameters:
  ///   - strangers: Every source so far that the world does not name.
  ///   - counters: What has been asked so far.
  /// - Returns: The gateway, once.
  mutating func look(_ strangers: Set<IPAddress>, _ counters: Counters) -> IPAddress? {
    guard !isDecided else { return nil }
    // A health check on the machine itself says nothing about the others.
    let sources = strangers.filter { !$0.isLoopback }
    let total = counters[.udpQueries] + counters[.tcpQueries]
    // What is no question has no asker: some of that comes by everywhere.
    isDecided = sources.count > 1 || 10 * counters[.strangers] < 9 * total
    guard !isDecided, let one = sources.first, one.isPrivate else {
      isUndecided = false
      return nil
    }
    isDecided = total >= Self.questions
    isUndecided = !isDecided
    return isDecided ? one : nil
  }
}

extension IPAddress {
  fileprivate var isLoopback: Bool {
    switch self {
    case .v4(let address): address.octet(0) == 127
    case .v6(let address): address.rawValue == 1
    }
  }

  /// As the gateways of containers and home networks are: RFC 1918, fc00::/7.
  fileprivate var isPrivate: Bool {
    switch self {
    case .v4(let address): CIDRBlock.rfc1918.contains { $0.contains(address) }
    case .v6(let address): address.octet(0) & 0xfe == 0xfc
    }
  }
}
