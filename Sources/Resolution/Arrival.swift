// What the transport knows of a packet before anybody has read it.
import DNSWire

/// The network in which a packet arrived: EC2-Classic, one VPC (by its index in the tables), or any.
public struct Network: RawRepresentable, Hashable, BitwiseCopyable, Sendable {
  public var rawValue: UInt32
  @_noLocks public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The listener belongs to no network: the source address alone says who asks (world.md 2.3).
  public static var any: Self { @_noLocks get { Self(rawValue: .max) } }
  public static var classic: Self { @_noLocks get { Self(rawValue: .max - 1) } }
}

/// Where a packet came from and on which door it knocked.
public struct Arrival: BitwiseCopyable, Sendable {
  public var source: IPAddress
  public var network: Network
  public var isTCP: Bool
  /// Where the packet arrived, for `whoami.`.
  public var destination: IPAddress
  public var port: UInt16
  /// An EDNS Client Subnet option of this source names the asker (world.md 2.5).
  public var trustsClientSubnet: Bool

  @_noLocks
  public init(
    source: IPAddress, destination: IPAddress, port: UInt16, network: Network, isTCP: Bool, trustsClientSubnet: Bool
  ) {
    self.source = source
    self.destination = destination
    self.port = port
    self.network = network
    self.isTCP = isTCP
    self.trustsClientSubnet = trustsClientSubnet
  }

  /// Who asks: the source, or whom the option of one that is trusted names in its place (world.md 2.5).
  @_noLocks
  public func asker(_ query: borrowing Query) -> IPAddress {
    guard trustsClientSubnet, let named = query.clientSubnetAddress else { return source }
    return named
  }
}
