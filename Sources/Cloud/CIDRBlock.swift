// Ranges of addresses in CIDR notation.
import DNSWire

/// An IPv4 range; the address is the first of the range.
public struct CIDRBlock: Hashable, Comparable, Sendable {
  public let address: IPv4Address
  /// 0–32.
  public let prefixLength: Int

  /// `nil` when host bits are set or the length is out of range.
  public init?(address: IPv4Address, prefixLength: Int) {
    guard (0...32).contains(prefixLength), address.rawValue & ~Self.mask(prefixLength) == 0 else { return nil }
    self.address = address
    self.prefixLength = prefixLength
  }

  /// `10.0.0.0/16`; `nil` for anything else, host bits included.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let address = IPv4Address(parts[0]), let length = Int(parts[1]), String(length) == parts[1]
    else { return nil }
    self.init(address: address, prefixLength: length)
  }

  private static func mask(_ length: Int) -> UInt32 { length == 0 ? 0 : ~UInt32(0) << UInt32(32 - length) }

  public var last: IPv4Address { IPv4Address(rawValue: address.rawValue | ~Self.mask(prefixLength)) }

  public func contains(_ other: IPv4Address) -> Bool { other >= address && other <= last }
  public func contains(_ other: CIDRBlock) -> Bool { other.prefixLength >= prefixLength && contains(other.address) }
  public func overlaps(_ other: CIDRBlock) -> Bool { contains(other) || other.contains(self) }

  public static func < (left: Self, right: Self) -> Bool {
    (left.address, left.prefixLength) < (right.address, right.prefixLength)
  }

  /// 10/8, 172.16/12 and 192.168/16 (RFC 1918).
  public static let rfc1918 = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].compactMap { CIDRBlock($0) }
  /// Ranges of which nobody has an address on the internet: private ones, and those of RFC 6890 that are for a host, a
  /// link or a group. The ranges for documentation and benchmarks are left out: worlds are made of them.
  public static let neverPublic =
    rfc1918
    + ["0.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4"].compactMap {
      CIDRBlock($0)
    }
  /// The private range of EC2-Classic (S41, S58).
  public static let ec2Classic = CIDRBlock.rfc1918[0]
  /// Every address.
  public static let everywhere = CIDRBlock(cut: IPv4Address(rawValue: 0), toPrefixLength: 0)

  /// The range of this length that the address lies in: its host bits are cut off.
  public init(cut address: IPv4Address, toPrefixLength length: Int) {
    prefixLength = min(max(length, 0), 32)
    self.address = IPv4Address(rawValue: address.rawValue & Self.mask(prefixLength))
  }
}

extension CIDRBlock: CustomStringConvertible {
  public var description: String { "\(address)/\(prefixLength)" }
}

/// An IPv6 range; the address is the first of the range.
public struct IPv6CIDRBlock: Hashable, Sendable {
  public let address: IPv6Address
  /// 0–128.
  public let prefixLength: Int

  /// `nil` when host bits are set or the length is out of range.
  public init?(address: IPv6Address, prefixLength: Int) {
    guard (0...128).contains(prefixLength), address.rawValue & ~Self.mask(prefixLength) == 0 else { return nil }
    self.address = address
    self.prefixLength = prefixLength
  }

  /// `2001:db8::/56`; `nil` for anything else, host bits included.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let address = IPv6Address(parts[0]), let length = Int(parts[1]), String(length) == parts[1]
    else { return nil }
    self.init(address: address, prefixLength: length)
  }

  private static func mask(_ length: Int) -> UInt128 { length == 0 ? 0 : ~UInt128(0) << UInt128(128 - length) }

  public var last: IPv6Address { IPv6Address(rawValue: address.rawValue | ~Self.mask(prefixLength)) }
  public func contains(_ other: IPv6Address) -> Bool { other >= address && other <= last }
  public func overlaps(_ other: IPv6CIDRBlock) -> Bool { contains(other.address) || other.contains(address) }
}

extension IPv6CIDRBlock: CustomStringConvertible {
  public var description: String { "\(address)/\(prefixLength)" }
}
