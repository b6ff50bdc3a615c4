// Where strangers reach the API, one address has a part of its connections and not all: without the token it can do
// nothing with them but keep others out.
import DNSWire
import NIOCore
import Synchronization

/// How many connections each address has; in IPv6 each /64, which a client has all of.
final class CallerConnections: Sendable {
  private let counts = Mutex<[IPAddress: Int]>([:])

  private static func client(_ address: SocketAddress?) -> IPAddress? {
    switch address?.ipAddress.flatMap({ IPAddress($0) }) {
    case .v6(let v6): .v6(v6.mappedIPv4 == nil ? IPv6Address(rawValue: v6.rawValue & ~UInt128(UInt64.max)) : v6)
    case let other: other
    }
  }

  /// Counts one more; false, and nothing is counted, when the address has `CallLimits.connectionsPerAddress` already.
  fileprivate func open(_ address: IPAddress) -> Bool {
    counts.withLock { counts in
      guard counts[address, default: 0] < CallLimits.connectionsPerAddress else { return false }
      counts[address, default: 0] += 1
      return true
    }
  }

  fileprivate func close(_ address: IPAddress) {
    counts.withLock { counts in
      let left = (counts[address] ?? 0) - 1
      counts[address] = left > 0 ? left : nil
    }
  }

  /// Stands in the pipeline of one connection, which it closes if it is one too many.
  func newHandler() -> any RemovableChannelHandler { Handler(self) }

  private final class Handler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let connections: CallerConnections
    private var address: IPAddress?

    init(_ connections: CallerConnections) { self.connections = connections }

    func channelActive(context: ChannelHandlerContext) {
      guard let peer = CallerConnections.client(context.remoteAddress) else { return context.fireChannelActive() }
      guard connections.open(peer) else { return context.close(promise: nil) }
      address = peer
      context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
      if let address { connections.close(address) }
      address = nil
      context.fireChannelInactive()
    }
  }
}
