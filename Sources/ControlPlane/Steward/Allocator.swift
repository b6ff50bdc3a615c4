// Ids and addresses for new resources, as AWS would have chosen them.
import Cloud
import DNSWire

/// Where addresses come from that nobody asked for.
public struct AddressPools: Sendable {
  /// Public addresses of VPCs. RFC 2544's range for benchmarks: no host on the internet has them, so a test that
  /// follows one reaches nobody.
  public var vpc: CIDRBlock
  /// Public addresses of EC2-Classic: the two pools are apart (semantics 4.5).
  public var classic: CIDRBlock

  public init(vpc: CIDRBlock, classic: CIDRBlock) {
    self.vpc = vpc
    self.classic = classic
  }

  public static let standard = AddressPools(
    vpc: CIDRBlock(cut: IPv4Address(rawValue: 0xc612_0000), toPrefixLength: 16),
    classic: CIDRBlock(cut: IPv4Address(rawValue: 0xc613_0000), toPrefixLength: 16))
}

struct Allocator: Sendable {
  var pools = AddressPools.standard
  private var random = SystemRandomNumberGenerator()
  /// The lowest address of a subnet that may be free: below it all are held, or were given before.
  private var next: [ID<Subnet>: UInt32] = [:]

  init(pools: AddressPools = .standard) { self.pools = pools }

  /// Addresses at each end of a subnet that AWS keeps for itself: network, router, DNS, reserve; broadcast.
  private static let reservedAtStart: UInt32 = 4
  private static let reservedAtEnd: UInt32 = 1
  /// Tries before a pool is searched from its beginning.
  private static let tries = 64

  /// A new id of AWS's long form, such as `vpc-0` and 16 hexadecimal digits.
  mutating func id<Kind>(_ prefix: String) -> ID<Kind> { ID("\(prefix)-0\(hexadecimal(16))") }

  mutating func hexadecimal(_ digits: Int) -> String {
    var text = ""
    for _ in 0..<digits { text.append(Character(UnicodeScalar(Self.digits[Int.random(in: 0..<16, using: &random)]))) }
    return text
  }

  /// Lower-case letters and digits, as in the middle of an endpoint's name (`db.HASH.us-east-1.rds…`).
  mutating func token(_ count: Int) -> String {
    var text = ""
    for _ in 0..<count { text.append(Character(UnicodeScalar(Self.letters[Int.random(in: 0..<36, using: &random)]))) }
    return text
  }

  private static let digits = Array("0123456789abcdef".utf8)
  private static let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)

  /// The addresses of a subnet's range that AWS gives away, as numbers.
  static func usable(_ range: CIDRBlock) -> ClosedRange<UInt32> {
    (range.address.rawValue + reservedAtStart)...(range.last.rawValue - reservedAtEnd)
  }

  /// An address that somebody chooses: those that AWS keeps are refused. Whether it is of the subnet, the world looks.
  static func check(_ address: IPv4Address, in subnet: Subnet) throws(AWSError) {
    guard let range = subnet.cidrBlock, range.contains(address) else { return }
    guard !usable(range).contains(address.rawValue) else { return }
    throw AWSError("InvalidParameterValue", "Address \(address) is in subnet's reserved address range")
  }

  /// A free private address of a subnet.
  /// - Parameter others: What the same call is going to use: nobody holds that yet.
  /// - Throws: `InsufficientFreeAddressesInSubnet`
  mutating func privateAddress(
    in subnet: Subnet, besides others: [IPv4Address] = [], _ world: borrowing World
  ) throws(AWSError) -> IPv4Address {
    guard let range = subnet.cidrBlock else {
      throw AWSError("InvalidSubnetID.NotFound", "The subnet \(subnet.id) has no range of IPv4 addresses")
    }
    let usable = Self.usable(range)
    let (first, last) = (usable.lowerBound, usable.upperBound)
    let start = max(first, next[subnet.id] ?? first)
    for candidates in [start...max(start, last), first...last] {
      for number in candidates where number <= last {
        let address = IPv4Address(rawValue: number)
        if !world.isHeld(address, inVPC: subnet.vpcID), !others.contains(address) {
          next[subnet.id] = number + 1
          return address
        }
      }
    }
    throw AWSError(
      "InsufficientFreeAddressesInSubnet", "There are not enough free addresses in subnet '\(subnet.id)'")
  }

  /// A private address of EC2-Classic: another one at each start (semantics 4.5).
  mutating func classicAddress(
    in region: Region, besides others: [IPv4Address] = [], _ world: borrowing World
  ) throws(AWSError) -> IPv4Address {
    try draw(from: .ec2Classic) { !world.isHeld($0, inClassicOf: region) && !others.contains($0) }
  }

  mutating func publicAddress(
    _ domain: ElasticIP.Domain, besides others: [IPv4Address] = [], _ world: borrowing World
  ) throws(AWSError) -> IPv4Address {
    let pool = domain == .vpc ? pools.vpc : pools.classic
    return try draw(from: pool) { !world.isHeld(publicAddress: $0) && !others.contains($0) }
  }

  /// A /56 for a VPC, of RFC 3849's range for documentation: no host on the internet has an address of it.
  mutating func ipv6Range(_ world: borrowing World) throws(AWSError) -> IPv6CIDRBlock {
    let taken = world.vpcs.values.flatMap(\.ipv6CIDRBlocks)
    for _ in 0..<Self.tries {
      let number = UInt128(Self.documentation << 24 | UInt64.random(in: 1..<(1 << 24), using: &random)) << 72
      if let range = IPv6CIDRBlock(address: IPv6Address(rawValue: number), prefixLength: 56),
        !taken.contains(where: { $0.overlaps(range) })
      {
        return range
      }
    }
    throw AWSError("InsufficientAddressCapacity", "Not enough available ranges of IPv6 addresses")
  }

  /// 2001:db8::/32.
  private static let documentation: UInt64 = 0x2001_0db8

  private mutating func draw(
    from pool: CIDRBlock, _ isFree: (IPv4Address) -> Bool
  ) throws(AWSError) -> IPv4Address {
    let range = (pool.address.rawValue + 1)...(pool.last.rawValue - 1)
    for _ in 0..<Self.tries {
      let address = IPv4Address(rawValue: UInt32.random(in: range, using: &random))
      if isFree(address), !Self.looksReserved(address) { return address }
    }
    for number in range where !Self.looksReserved(IPv4Address(rawValue: number)) {
      let address = IPv4Address(rawValue: number)
      if isFree(address) { return address }
    }
    throw AWSError("InsufficientAddressCapacity", "Not enough available addresses to satisfy your request")
  }

  /// Ends in 0 or 255: free to use, but people take it for a network's own. And 10.0/16, 10.1/16 are what VPCs with
  /// ClassicLink have.
  private static func looksReserved(_ address: IPv4Address) -> Bool {
    let last = address.rawValue & 0xff
    return last == 0 || last == 255 || address.rawValue >> 17 == 0x0a00_0000 >> 17
  }
}
