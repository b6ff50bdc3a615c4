// One place where a trap lies: which thing it is about, what happens there, what to do.
import Cloud
import DNSWire

public struct Finding: Hashable, Sendable {
  public var trap: Trap
  public var item: Item
  /// One sentence without a final dot, ids in it.
  public var message: String
  /// What to do, as an order.
  public var mend: String

  /// The thing of the world that a finding is about.
  public enum Item: Hashable, Sendable {
    case vpc(ID<VPC>)
    case dhcpOptions(ID<DHCPOptions>)
    case securityGroup(ID<SecurityGroup>)
    case instance(ID<Instance>)
    case peering(ID<VPCPeeringConnection>)
    case dbInstance(ID<DBInstance>)
    case dbCluster(ID<DBCluster>)
    case redshiftCluster(ID<RedshiftCluster>)
    case cacheCluster(ID<CacheCluster>)
    case loadBalancer(ID<LoadBalancer>)
    case hostedZone(ID<HostedZone>)
    case resolverRule(ID<ResolverRule>)
    case requester(Requester)
  }

  init(_ trap: Trap, _ item: Item, _ message: String, mend: String) {
    self.trap = trap
    self.item = item
    self.message = message
    self.mend = mend
  }
}

extension Finding.Item {
  /// What AWS calls such a thing.
  public var kind: String {
    switch self {
    case .vpc: "VPC"
    case .dhcpOptions: "DHCP options set"
    case .securityGroup: "security group"
    case .instance: "instance"
    case .peering: "VPC peering connection"
    case .dbInstance: "DB instance"
    case .dbCluster: "DB cluster"
    case .redshiftCluster: "Redshift cluster"
    case .cacheCluster: "cache cluster"
    case .loadBalancer: "load balancer"
    case .hostedZone: "hosted zone"
    case .resolverRule: "Resolver rule"
    case .requester: "requester"
    }
  }

  /// The id; of a requester its source.
  public var id: String {
    switch self {
    case .vpc(let id): id.rawValue
    case .dhcpOptions(let id): id.rawValue
    case .securityGroup(let id): id.rawValue
    case .instance(let id): id.rawValue
    case .peering(let id): id.rawValue
    case .dbInstance(let id): id.rawValue
    case .dbCluster(let id): id.rawValue
    case .redshiftCluster(let id): id.rawValue
    case .cacheCluster(let id): id.rawValue
    case .loadBalancer(let id): id.rawValue
    case .hostedZone(let id): id.rawValue
    case .resolverRule(let id): id.rawValue
    case .requester(let requester): requester.source.text
    }
  }
}
