// Which addresses lead to this very server: a question that is forwarded there would come back for ever.
import CLinux
import DNSWire
import Glibc

/// The listeners of a server, each with the port that it got.
struct OwnAddresses: Sendable {
  private let listeners: [Listener]

  private static let anyIPv4 = IPAddress.v4(IPv4Address(rawValue: 0))
  private static let anyIPv6 = IPAddress.v6(IPv6Address(rawValue: 0))

  init(_ listeners: [Listener]) { self.listeners = listeners }

  /// Whether a listener has this address, or takes it among all of this machine's.
  func contains(_ server: ServerAddress) -> Bool {
    listeners.contains { listener in
      guard listener.port == server.port else { return false }
      if listener.address == server.address { return true }
      // A packet to "any address" reaches this machine.
      if server.address == Self.anyIPv4 || server.address == Self.anyIPv6 { return true }
      return listener.isWildcard && listener.address.isV6 == server.address.isV6 && isLocal(server.address)
    }
  }

  /// Only what an interface of this machine has can be bound. What a packet to 0.0.0.0 reaches is this machine as well.
  private func isLocal(_ address: IPAddress) -> Bool {
    let descriptor = cl_socket(address.isV6 ? AF_INET6 : AF_INET, 0)
    guard descriptor >= 0 else { return false }
    defer { _ = close(descriptor) }
    var raw = cl_address()
    let length = unsafe address.write(port: 0, to: &raw)
    return unsafe cl_bind(descriptor, &raw, length) == 0
  }
}
