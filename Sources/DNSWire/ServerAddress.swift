// Where another server is asked.

/// An address and a port, the same for UDP and TCP.
public struct ServerAddress: Hashable, Sendable {
  public var address: IPAddress
  public var port: UInt16

  /// Port 53 (RFC 1035 4.2).
  public static var defaultPort: UInt16 { 53 }

  public init(address: IPAddress, port: UInt16 = Self.defaultPort) {
    self.address = address
    self.port = port
  }
}

extension ServerAddress: CustomStringConvertible {
  /// `10.0.0.53`, `10.0.0.53:5353`, `[2001:db8::53]:5353`: the port where it is not 53.
  public var description: String {
    guard port != Self.defaultPort else { return "\(address)" }
    switch address {
    case .v4(let address): return "\(address):\(port)"
    case .v6(let address): return "[\(address)]:\(port)"
    }
  }
}
