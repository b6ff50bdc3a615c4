// The HTTP server around the endpoint: started and stopped from a program that is not async itself.
import Dispatch
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// Serves the endpoint on one address until it is stopped.
public final class APIServer: Sendable {
  /// Why it does not listen.
  public struct StartFailure: Error, CustomStringConvertible {
    public var description: String
  }

  /// The port that it got.
  public let port: Int
  private let group: ServiceGroup
  private let ended: DispatchSemaphore

  private init(port: Int, group: ServiceGroup, ended: DispatchSemaphore) {
    self.port = port
    self.group = group
    self.ended = ended
  }

  /// Listens, or says why not; blocks until it is known.
  /// - Parameter port: 0 chooses one.
  public static func start(
    _ endpoint: Endpoint, host: String, port: Int, logger: Logger
  ) throws(StartFailure) -> APIServer {
    let known = DispatchSemaphore(value: 0)
    let ended = DispatchSemaphore(value: 0)
    let shared = Outcome()
    var quiet = logger
    // Its own lines are about sockets, not about calls.
    quiet.logLevel = max(logger.logLevel, .error)
    let connections = endpoint.asksForToken ? CallerConnections() : nil
    let application = Application(
      responder: endpoint,
      // Its own timeout would not do: `PeerPatience` says why.
      server: HTTPServerBuilder { responder in
        GuardedChannel(
          channel: HTTP1Channel(
            responder: responder,
            configuration: .init(additionalChannelHandlers: connections.map { [$0.newHandler()] } ?? [])))
      },
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: port), serverName: "classiclink-dns",
        availableConnectionsDelegate: MaximumAvailableConnections(CallLimits.connections)),
      onServerRunning: { channel in
        shared.settle(.success(channel.localAddress?.port ?? port))
        known.signal()
      }, logger: quiet)
    var configuration = ServiceGroupConfiguration(services: [application], logger: quiet)
    // A peer that never ends its request must not keep us from ending.
    configuration.maximumGracefulShutdownDuration = .seconds(CallLimits.stopSeconds)
    let group = ServiceGroup(configuration: configuration)
    Task.detached {
      do {
        try await group.run()
      } catch {
        shared.settle(.failure(StartFailure(description: "\(host):\(port): \(error)")))
        known.signal()
      }
      ended.signal()
    }
    known.wait()
    return APIServer(port: try shared.settled(), group: group, ended: ended)
  }

  /// Answers what has come in, and ends. Blocks until then.
  public func stop() {
    let group = group
    Task.detached { await group.triggerGracefulShutdown() }
    ended.wait()
  }

  /// What the server's task tells the thread that waits for it.
  private final class Outcome: Sendable {
    private let result = Mutex<Result<Int, StartFailure>?>(nil)

    func settle(_ new: Result<Int, StartFailure>) { result.withLock { if $0 == nil { $0 = new } } }

    func settled() throws(StartFailure) -> Int {
      try (result.withLock { $0 } ?? .failure(StartFailure(description: "it did not start"))).get()
    }
  }
}
