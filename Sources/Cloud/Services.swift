// Databases, caches and load balancers: what their endpoint names point to.
import DNSWire

/// An RDS or Aurora instance.
public struct DBInstance: Hashable, Sendable {
  public var id: ID<DBInstance>
  public var region: Region
  public var endpoint: Name?
  public var publiclyAccessible: Bool
  public var multiAZ = false
  /// `nil`: on the EC2-Classic platform.
  public var vpcID: ID<VPC>?
  public var clusterID: ID<DBCluster>?
  /// What lets clients in (S95): the `VpcSecurityGroups`.
  public var securityGroupIDs: [ID<SecurityGroup>] = []
  /// That of the endpoint; `nil` when it is not known.
  public var port: Int?
  public var privateIPAddress: IPv4Address?
  public var publicIPAddress: IPv4Address?
  public var standbyPrivateIPAddress: IPv4Address?
  public var standbyPublicIPAddress: IPv4Address?
  public var tags: [Tag] = []
  /// What AWS's describe call prints beside, by its member names; no answer depends on it.
  public var details: Details = [:]

  public init(id: ID<DBInstance>, region: Region, publiclyAccessible: Bool) {
    self.id = id
    self.region = region
    self.publiclyAccessible = publiclyAccessible
  }
}

/// An Aurora cluster.
public struct DBCluster: Hashable, Sendable {
  public struct Member: Hashable, Sendable {
    public var instanceID: ID<DBInstance>
    public var isWriter: Bool
    public init(instanceID: ID<DBInstance>, isWriter: Bool) {
      self.instanceID = instanceID
      self.isWriter = isWriter
    }
  }
  public var id: ID<DBCluster>
  public var region: Region
  public var endpoint: Name?
  public var readerEndpoint: Name?
  public var members: [Member] = []
  /// What lets clients in to every member (S95): the `VpcSecurityGroups`.
  public var securityGroupIDs: [ID<SecurityGroup>] = []
  /// That of both endpoints; `nil` when it is not known.
  public var port: Int?
  public var tags: [Tag] = []
  /// What AWS's describe call prints beside, by its member names; no answer depends on it.
  public var details: Details = [:]

  public init(id: ID<DBCluster>, region: Region) {
    self.id = id
    self.region = region
  }
}

/// A Redshift cluster; the endpoint points to its leader node.
public struct RedshiftCluster: Hashable, Sendable {
  public var id: ID<RedshiftCluster>
  public var region: Region
  public var endpoint: Name?
  public var publiclyAccessible: Bool
  /// `nil`: on the EC2-Classic platform.
  public var vpcID: ID<VPC>?
  /// What lets clients in (S95): the `VpcSecurityGroups`.
  public var securityGroupIDs: [ID<SecurityGroup>] = []
  /// That of the endpoint; `nil` when it is not known.
  public var port: Int?
  /// Of the leader, or of the only node.
  public var privateIPAddress: IPv4Address?
  public var publicIPAddress: IPv4Address?
  public var tags: [Tag] = []
  /// What AWS's describe call prints beside, by its member names; no answer depends on it.
  public var details: Details = [:]

  public init(id: ID<RedshiftCluster>, region: Region, publiclyAccessible: Bool) {
    self.id = id
    self.region = region
    self.publiclyAccessible = publiclyAccessible
  }
}

/// An ElastiCache cluster.
public struct CacheCluster: Hashable, Sendable {
  public struct Node: Hashable, Sendable {
    public var id: String
    public var endpoint: Name?
    public var privateIPAddress: IPv4Address?
    /// Only on the EC2-Classic platform: in a VPC a node has no public address (S136).
    public var publicIPAddress: IPv4Address?
    public init(id: String) { self.id = id }

    /// AWS's ids are four digits, from 0001.
    public static func id(_ number: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }
  }
  public var id: ID<CacheCluster>
  public var region: Region
  public var configurationEndpoint: Name?
  /// `nil`: on the EC2-Classic platform.
  public var vpcID: ID<VPC>?
  public var nodes: [Node] = []
  /// What lets clients in (S135): the `SecurityGroups`.
  public var securityGroupIDs: [ID<SecurityGroup>] = []
  /// That of every node; `nil` when it is not known.
  public var port: Int?
  public var tags: [Tag] = []
  /// What AWS's describe call prints beside, by its member names; no answer depends on it.
  public var details: Details = [:]

  public init(id: ID<CacheCluster>, region: Region) {
    self.id = id
    self.region = region
  }
}

/// A Classic, application or network load balancer.
public struct LoadBalancer: Hashable, Sendable {
  public enum Scheme: String, Hashable, Sendable {
    case internetFacing = "internet-facing"
    case `internal`
  }
  public enum Generation: Hashable, Sendable {
    /// Elastic Load Balancing version 1: the plain name has A only, `ipv6.` and `dualstack.` exist.
    case classic
    /// Version 2: `dualStack` says whether the plain name has AAAA as well.
    case v2(dualStack: Bool)
  }
  /// The ARN of a version 2 load balancer, the name of a Classic one.
  public var id: ID<LoadBalancer>
  public var region: Region
  public var dnsName: Name
  public var scheme: Scheme
  public var generation: Generation
  /// `nil`: on the EC2-Classic platform.
  public var vpcID: ID<VPC>?
  /// `IpAddress` of each zone.
  public var publicAddresses: [IPv4Address] = []
  /// `PrivateIPv4Address` of each zone.
  public var privateAddresses: [IPv4Address] = []
  public var ipv6Addresses: [IPv6Address] = []
  /// Registered EC2 instances (S25): of its VPC, linked to it, or of EC2-Classic as the balancer itself.
  public var instanceIDs: [ID<Instance>] = []
  public var tags: [Tag] = []
  /// What AWS's describe call prints beside, by its member names; no answer depends on it.
  public var details: Details = [:]

  public init(id: ID<LoadBalancer>, region: Region, dnsName: Name, scheme: Scheme, generation: Generation) {
    self.id = id
    self.region = region
    self.dnsName = dnsName
    self.scheme = scheme
    self.generation = generation
  }
}
