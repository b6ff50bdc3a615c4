// The traps: states that AWS accepts, and that surprise people when names resolve. One case a file of Catalog.
import Cloud

/// A kind of trap. Its raw value is how outputs name it; it never changes.
public enum Trap: String, CaseIterable, Hashable, Sendable {
  case classicResolverAddress = "classic-resolver-address"
  case publicRange = "public-range"
  case idleClassicLinkDNS = "idle-classiclink-dns"
  case hostnamesWithoutSupport = "hostnames-without-support"
  case idlePeeringDNS = "idle-peering-dns"
  case sharedRange = "shared-range"
  case sharedAddress = "shared-address"
  case sharedSource = "shared-source"
  case shadowedZone = "shadowed-zone"
  case invisibleZone = "invisible-zone"
  case danglingAlias = "dangling-alias"
  case largeZone = "large-zone"
  case fixedDatabaseAddress = "fixed-database-address"
  case publicPathOfLink = "public-path-of-link"
  case unknownAddress = "unknown-address"
  case openServicePort = "open-service-port"
  case dnsTargetProtocol = "dns-target-protocol"

  /// What it is about, in a few words.
  public var title: String {
    switch self {
    case .classicResolverAddress: "a VPC holds the address of EC2-Classic's resolver"
    case .publicRange: "a VPC has a publicly routable range"
    case .idleClassicLinkDNS: "ClassicLink DNS support without its prerequisites"
    case .hostnamesWithoutSupport: "DNS hostnames without DNS resolution"
    case .idlePeeringDNS: "DNS resolution of a peering without its prerequisites"
    case .sharedRange: "two VPCs share a range"
    case .sharedAddress: "two networks share an address"
    case .sharedSource: "one source stands for askers of two networks"
    case .shadowedZone: "a private zone hides names of a public one"
    case .invisibleZone: "a private zone that its VPC does not see"
    case .danglingAlias: "an alias to a name that nobody has"
    case .largeZone: "more record sets than Route 53's default quota"
    case .fixedDatabaseAddress: "a record that does not follow a failover"
    case .publicPathOfLink: "linked instances reach a database by its public address"
    case .unknownAddress: "an endpoint without a known address"
    case .openServicePort: "a database or cache port that is open to everybody"
    case .dnsTargetProtocol: "a DNS server that does not take both TCP and UDP"
    }
  }

  /// The statements (`S64`) that speak of it; where there are none, the row, reason or decision of docs/semantics.md;
  /// nothing where a quota of AWS speaks for itself.
  public var references: [String] {
    switch self {
    case .classicResolverAddress: ["S64", "S65"]
    case .publicRange: ["S46", "S47"]
    case .idleClassicLinkDNS: ["S75"]
    case .hostnamesWithoutSupport: ["decision 6"]
    case .idlePeeringDNS: ["row 1"]
    case .sharedRange, .sharedAddress, .sharedSource: ["decision 7"]
    case .shadowedZone: ["decision 5"]
    case .invisibleZone: ["R10"]
    case .danglingAlias: ["decision 13"]
    case .largeZone: []
    case .fixedDatabaseAddress: ["S31"]
    case .publicPathOfLink: ["S28", "S30"]
    case .unknownAddress: ["decision 22"]
    case .openServicePort: ["S95", "S96", "S135", "S137"]
    case .dnsTargetProtocol: ["S106", "S107"]
    }
  }

  /// Every place in the world where the trap lies, in the order of the ids.
  public func findings(in world: World) -> [Finding] {
    switch self {
    case .classicResolverAddress: world.classicResolverAddresses()
    case .publicRange: world.publicRanges()
    case .idleClassicLinkDNS: world.idleClassicLinkDNS()
    case .hostnamesWithoutSupport: world.hostnamesWithoutSupport()
    case .idlePeeringDNS: world.idlePeeringDNS()
    case .sharedRange: world.sharedRanges()
    case .sharedAddress: world.sharedAddresses()
    case .sharedSource: world.sharedSources()
    case .shadowedZone: world.shadowedZones()
    case .invisibleZone: world.invisibleZones()
    case .danglingAlias: world.danglingAliases()
    case .largeZone: world.largeZones()
    case .fixedDatabaseAddress: world.fixedDatabaseAddresses()
    case .publicPathOfLink: world.publicPathsOfLinks()
    case .unknownAddress: world.unknownAddresses()
    case .openServicePort: world.openServicePorts()
    case .dnsTargetProtocol: world.dnsTargetProtocols()
    }
  }
}

extension World {
  /// What every trap finds, in the order of `Trap.allCases`.
  public func findings() -> [Finding] { Trap.allCases.flatMap { $0.findings(in: self) } }
}
