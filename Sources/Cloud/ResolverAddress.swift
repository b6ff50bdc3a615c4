// Semantics 2.1: the addresses at which Amazon's resolver is reached, from EC2-Classic and from a VPC.
import DNSWire

public enum ResolverAddress {
  /// EC2-Classic's, whatever a VPC has there (S64).
  public static let classic = IPv4Address(172, 16, 0, 23)
  /// Each VPC has its own here, beside base + 2.
  public static let linkLocal = IPv4Address(169, 254, 169, 253)
  /// The same, fd00:ec2::253, from where there is IPv6.
  public static let linkLocalIPv6 = IPv6Address(rawValue: 0xfd00_0ec2 << 96 | 0x253)

  /// Base + 2 of the VPC's primary range.
  public static func basePlusTwo(of vpc: VPC) -> IPv4Address {
    IPv4Address(rawValue: vpc.cidrBlock.address.rawValue &+ 2)
  }
}
