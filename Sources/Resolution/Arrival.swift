// What the transport knows of a packet before anybody has read it.
import DNSWire

/// The network in which a packet arrived: EC2-Classic, one VPC (by its index in the tables), or any.
public struct Network: RawRepresentable, Hashable, BitwiseCopyable, Sendable {
  public var rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The listener belongs to no network: the source address alone says who asks (world.md 2.3).
  public static var any: Self { Self(rawValue: .max) }
  public static var classic: Self { Self(rawValue: .max - 1) }
}

/// Where a packet came from and on which door it knocked.
public struct Arrival: BitwiseCopyable, Sendable {
  public var source: IPAddress
  public var network: Network
  public var isTCP: Bool
  /// Index of the listener, for `whoami.`.
  public var listener: UInt16
  /// An EDNS Client Subnet option of this source names the asker (world.md 2.5).
  public var trustsClientSubnet: Bool

  public init(source: IPAddress, network: Network, isTCP: Bool, listener: UInt16, trustsClientSubnet: Bool) {
    self.source = source
    self.network = network
    self.isTCP = isTCP
    self.listener = listener
    self.trustsClientSubnet = trustsClientSubnet
  }
}
