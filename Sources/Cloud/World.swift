// The cloud as it is: every resource by its id. `apply` is the only way to change it, and refuses what AWS would refuse.
import DNSWire

public struct World: Sendable {
  /// `EC2` and `VPC`, or `VPC` alone (S5, S131).
  public private(set) var supportedPlatforms: Set<String> = ["EC2", "VPC"]
  public private(set) var vpcs: [ID<VPC>: VPC] = [:]
  public private(set) var subnets: [ID<Subnet>: Subnet] = [:]
  public private(set) var routeTables: [ID<RouteTable>: RouteTable] = [:]
  public private(set) var dhcpOptions: [ID<DHCPOptions>: DHCPOptions] = [:]
  public private(set) var securityGroups: [ID<SecurityGroup>: SecurityGroup] = [:]
  public private(set) var networkInterfaces: [ID<NetworkInterface>: NetworkInterface] = [:]
  public private(set) var elasticIPs: [IPv4Address: ElasticIP] = [:]
  public private(set) var instances: [ID<Instance>: Instance] = [:]
  /// By the linked instance: an instance has at most one link (S53).
  public private(set) var classicLinks: [ID<Instance>: ClassicLink] = [:]
  public private(set) var peerings: [ID<VPCPeeringConnection>: VPCPeeringConnection] = [:]
  public private(set) var dbInstances: [ID<DBInstance>: DBInstance] = [:]
  public private(set) var dbClusters: [ID<DBCluster>: DBCluster] = [:]
  public private(set) var redshiftClusters: [ID<RedshiftCluster>: RedshiftCluster] = [:]
  public private(set) var cacheClusters: [ID<CacheCluster>: CacheCluster] = [:]
  public private(set) var loadBalancers: [ID<LoadBalancer>: LoadBalancer] = [:]
  public private(set) var hostedZones: [ID<HostedZone>: HostedZone] = [:]
  public private(set) var resolverRules: [ID<ResolverRule>: ResolverRule] = [:]
  public private(set) var resolverConfigs: [ID<VPC>: ResolverConfig] = [:]
  public private(set) var requesters: [Requester.Source: Requester] = [:]
  public private(set) var settings = Settings()

  public init() {}
}
