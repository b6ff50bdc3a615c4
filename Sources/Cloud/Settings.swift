// The numbers of semantics section 8 that a user may change, each with its default.
import DNSWire

/// Times to live in seconds, by kind of name (decision 2).
public struct TimesToLive: Hashable, Sendable {
  /// `ip-…` names.
  public var privateHostname: UInt32 = 60
  /// `ec2-…` names answered with the public address.
  public var publicHostname: UInt32 = 60
  /// `ec2-…` names answered with the private address.
  public var splitHorizon: UInt32 = 20
  /// `i-…` names.
  public var resourceName: UInt32 = 60
  public var pointer: UInt32 = 60
  /// RDS and Aurora, instances and clusters.
  public var database: UInt32 = 5
  public var redshift: UInt32 = 60
  public var cache: UInt32 = 60
  public var loadBalancer: UInt32 = 60
  /// The synthetic SOA of the autodefined domains, its MINIMUM included (decision 19).
  public var negative: UInt32 = 60
  public init() {}
}

public struct Settings: Hashable, Sendable {
  public var timesToLive = TimesToLive()
  /// Negative answers carry the SOA; Amazon's own leave it out when they come from a cache (semantics 2.7).
  public var negativeSOA = true
  /// The UDP payload size that we advertise (decision 21).
  public var advertisedUDPPayload = UInt16(Limits.advertisedUDPOctets)
  /// The most octets sent in a datagram (decision 21).
  public var largestUDPPayload = UInt16(Limits.largestUDPOctets)
  public init() {}
}
