// Where strangers reach the API, one address has a part of its connections and not all: without the token it can do
// nothing with them but keep others out.
import NIOCore
import Synchronization

/// How many connections each address has.
final class CallerConnections: Sendable {
  private let counts = Mutex<[String: Int]>([:])

  /// Counts one more; false, and nothing is counted, when the address has `CallLimits.connectionsPerAddress` already.
  fileprivate func open(_ address: String) -> Bool {
    counts.withLock { counts in
      guard counts[address, default: 0] < CallLimits.connectionsPerAddress else { return false }
      counts[address, default: 0] += 1
      return true
    }
  }

  fileprivate func close(_ address: String) {
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
    private var address: String?

    init(_ connections: CallerConnections) { self.connections = connections }

    func channelActive(context: ChannelHandlerContext) {
      guard let peer = context.remoteAddress?.ipAddress else { return context.fireChannelActive() }
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
