// A VPC and what belongs to it: subnets, route tables, DHCP options.
import DNSWire

/// A virtual private cloud with its DNS attributes and its ClassicLink switches.
public struct VPC: Hashable, Sendable {
  public enum Tenancy: String, Hashable, CaseIterable, Sendable { case `default`, dedicated, host }

  public var id: ID<VPC>
  public var region: Region
  public var ownerID: String
  /// The primary range; its base + 2 is the Amazon DNS server (semantics 2.1).
  public var cidrBlock: CIDRBlock
  /// Ranges associated later, the primary left out.
  public var secondaryCIDRBlocks: [CIDRBlock] = []
  public var ipv6CIDRBlocks: [IPv6CIDRBlock] = []
  public var instanceTenancy = Tenancy.default
  public var dhcpOptionsID: ID<DHCPOptions>?
  public var isDefault = false
  /// The Amazon DNS server answers at all (semantics 2.2).
  public var enableDnsSupport = true
  /// Public hostnames are given and private hostnames resolve (semantics 2.2).
  public var enableDnsHostnames = false
  public var classicLinkEnabled = false
  public var classicLinkDnsSupported = false
  public var tags: [Tag] = []

  public init(id: ID<VPC>, region: Region, ownerID: String, cidrBlock: CIDRBlock) {
    self.id = id
    self.region = region
    self.ownerID = ownerID
    self.cidrBlock = cidrBlock
  }

  /// Primary and secondary ranges.
  public var cidrBlocks: [CIDRBlock] { [cidrBlock] + secondaryCIDRBlocks }
}

/// A range of a VPC in one Availability Zone.
public struct Subnet: Hashable, Sendable {
  public var id: ID<Subnet>
  public var vpcID: ID<VPC>
  public var cidrBlock: CIDRBlock?
  public var availabilityZone: String?
  /// An instance launched here gets a public address unless it says otherwise.
  public var mapPublicIPOnLaunch = false
  /// What an instance launched here gets unless it says otherwise.
  public var privateDnsNameOptionsOnLaunch: PrivateDnsNameOptions?
  public var tags: [Tag] = []

  public init(id: ID<Subnet>, vpcID: ID<VPC>) {
    self.id = id
    self.vpcID = vpcID
  }
}

/// Routes of some subnets of a VPC.
public struct RouteTable: Hashable, Sendable {
  public struct Route: Hashable, Sendable {
    public enum Origin: String, Hashable, Sendable {
      case createRouteTable = "CreateRouteTable"
      case createRoute = "CreateRoute"
      case enableVgwRoutePropagation = "EnableVgwRoutePropagation"
    }
    public var destination: CIDRBlock
    /// `local`, `igw-…`, `pcx-…`, …
    public var target: String
    public var origin: Origin
    public init(destination: CIDRBlock, target: String, origin: Origin) {
      self.destination = destination
      self.target = target
      self.origin = origin
    }
  }

  public var id: ID<RouteTable>
  public var vpcID: ID<VPC>
  public var isMain = false
  public var subnetIDs: [ID<Subnet>] = []
  /// IPv4 routes; other destinations do not matter here.
  public var routes: [Route] = []
  public var tags: [Tag] = []

  public init(id: ID<RouteTable>, vpcID: ID<VPC>) {
    self.id = id
    self.vpcID = vpcID
  }
}

/// A set of DHCP options (semantics 2.4).
public struct DHCPOptions: Hashable, Sendable {
  public var id: ID<DHCPOptions>
  public var region = Region.usEast1
  public var ownerID = Account.usual
  /// Values by key, such as `domain-name-servers`.
  public var configurations: [String: [String]] = [:]
  public var tags: [Tag] = []

  public init(id: ID<DHCPOptions>) { self.id = id }

  /// The DNS servers that are handed out, `AmazonProvidedDNS` left out.
  public var customDomainNameServers: [IPAddress] {
    (configurations["domain-name-servers"] ?? []).compactMap { IPAddress($0) }
  }
}
