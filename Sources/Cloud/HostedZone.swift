// A Route 53 hosted zone, public or private, with its record sets.
import DNSWire

/// A record set in Route 53's shape; what a master file holds becomes simple ones.
public struct ResourceRecordSet: Hashable, Sendable {
  public enum Policy: Hashable, Sendable {
    case simple
    /// Up to eight healthy values are answered.
    case multivalue
    case weighted(Int)
    case failover(isPrimary: Bool)
    case latency(Region)
    /// The location's text, `*` for the default one.
    case geolocation(GeoLocation)
  }
  public enum Content: Hashable, Sendable {
    /// RDATA octets of each record, at least one.
    case records([[UInt8]])
    /// The client sees the target's records (semantics 3.3).
    case alias(Name)
  }
  public var name: Name
  public var type: RecordType
  /// Seconds; an alias takes its target's.
  public var ttl: UInt32
  public var content: Content
  public var policy = Policy.simple
  /// Tells sets of one name and type apart when the policy is not `simple`.
  public var setIdentifier: String?
  /// What its health check says; unhealthy sets are served only when no other is left.
  public var isHealthy = true
  /// What AWS prints beside, by its member names, such as the rest of an `AliasTarget`; no answer depends on it.
  public var details: Details = [:]

  public init(name: Name, type: RecordType, ttl: UInt32, content: Content) {
    self.name = name
    self.type = type
    self.ttl = ttl
    self.content = content
  }
}

public struct HostedZone: Hashable, Sendable {
  /// Without the `/hostedzone/` prefix.
  public var id: ID<HostedZone>
  public var name: Name
  /// Associated VPCs, at least one in a private zone, none in a public one.
  public var vpcIDs: [ID<VPC>]
  public var isPrivate: Bool
  /// Sorted by name in canonical order, then type, then identifier; SOA and NS of the apex included once it is in a
  /// world.
  public var recordSets: [ResourceRecordSet] = []
  /// What AWS's describe call prints beside, by its member names; no answer depends on it.
  public var details: Details = [:]

  public init(id: ID<HostedZone>, name: Name, isPrivate: Bool, vpcIDs: [ID<VPC>]) {
    self.id = id
    self.name = name
    self.isPrivate = isPrivate
    self.vpcIDs = vpcIDs
  }
}

/// A Route 53 Resolver rule (semantics 3.4).
public struct ResolverRule: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable {
    case forward = "FORWARD"
    case system = "SYSTEM"
    case recursive = "RECURSIVE"
    case delegate = "DELEGATE"
  }
  public struct Target: Hashable, Sendable {
    public var address: IPAddress
    public var port: UInt16
    public init(address: IPAddress, port: UInt16) {
      self.address = address
      self.port = port
    }
  }
  public var id: ID<ResolverRule>
  public var domainName: Name
  public var kind: Kind
  public var targets: [Target] = []
  public var vpcIDs: [ID<VPC>] = []
  /// What AWS's describe call prints beside, by its member names; no answer depends on it.
  public var details: Details = [:]

  public init(id: ID<ResolverRule>, domainName: Name, kind: Kind) {
    self.id = id
    self.domainName = domainName
    self.kind = kind
  }
}

/// Whether a VPC has the autodefined reverse rules (semantics 3.4).
public struct ResolverConfig: Hashable, Sendable {
  public var vpcID: ID<VPC>
  public var autodefinedReverse: Bool
  public init(vpcID: ID<VPC>, autodefinedReverse: Bool) {
    self.vpcID = vpcID
    self.autodefinedReverse = autodefinedReverse
  }
}
