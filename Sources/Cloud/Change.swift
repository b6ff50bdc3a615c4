// Everything that can happen to a world, as a value: a file, an API call and a what-if are all lists of these.
import DNSWire

public enum Change: Sendable {
  case setSupportedPlatforms(Set<String>)
  case setSettings(Settings)
  case addDHCPOptions(DHCPOptions)
  case addVPC(VPC)
  case addSubnet(Subnet)
  case addRouteTable(RouteTable)
  case addSecurityGroup(SecurityGroup)
  case addNetworkInterface(NetworkInterface)
  case addInstance(Instance)
  case addElasticIP(ElasticIP)
  /// AttachClassicLinkVpc
  case attachClassicLink(ClassicLink)
  case addPeering(VPCPeeringConnection)
  case addDBInstance(DBInstance)
  case addDBCluster(DBCluster)
  case addRedshiftCluster(RedshiftCluster)
  case addCacheCluster(CacheCluster)
  case addLoadBalancer(LoadBalancer)
  case addHostedZone(HostedZone)
  case addResolverRule(ResolverRule)
  case setResolverConfig(ResolverConfig)
  case addRequester(Requester)
  case addStored(StoredResource)

  /// The resource with the same id becomes this one.
  case replace(Resource)
  /// The resource goes; an instance is terminated, a link detached.
  case remove(ResourceID)

  /// ModifyVpcAttribute: one attribute a call (semantics 2.2).
  case modifyVPCAttribute(ID<VPC>, VPCAttribute)
  /// EnableVpcClassicLink
  case enableClassicLink(ID<VPC>)
  /// DisableVpcClassicLink
  case disableClassicLink(ID<VPC>)
  /// EnableVpcClassicLinkDnsSupport, DisableVpcClassicLinkDnsSupport
  case setClassicLinkDnsSupport(ID<VPC>, Bool)
  /// DetachClassicLinkVpc
  case detachClassicLink(ID<Instance>, ID<VPC>)
  /// ModifyVpcPeeringConnectionOptions; `nil` leaves a side as it is.
  case modifyPeeringOptions(
    ID<VPCPeeringConnection>, requester: VPCPeeringConnection.Options?, accepter: VPCPeeringConnection.Options?)
  /// StartInstances. In EC2-Classic the pair is the new one; in a VPC the private address stays and the public one is
  /// new.
  case startInstance(ID<Instance>, addresses: AddressPair?)
  /// StopInstances, to its end: the instance is stopped.
  case stopInstance(ID<Instance>)
  /// ModifyDBInstance
  case setDBInstancePubliclyAccessible(ID<DBInstance>, Bool)
  /// ModifyCluster of Redshift
  case setRedshiftClusterPubliclyAccessible(ID<RedshiftCluster>, Bool)
  /// RebootDBInstance with a forced failover: primary and standby change places (S31).
  case failover(ID<DBInstance>)
}

/// A DNS attribute of a VPC with its new value.
public enum VPCAttribute: Hashable, Sendable {
  case enableDnsSupport(Bool)
  case enableDnsHostnames(Bool)
}

extension Change {
  /// The change that adds a resource, or sets what is always there.
  public init(adding resource: Resource) {
    switch resource {
    case .supportedPlatforms(let platforms): self = .setSupportedPlatforms(platforms)
    case .settings(let settings): self = .setSettings(settings)
    case .dhcpOptions(let options): self = .addDHCPOptions(options)
    case .vpc(let vpc): self = .addVPC(vpc)
    case .subnet(let subnet): self = .addSubnet(subnet)
    case .routeTable(let table): self = .addRouteTable(table)
    case .securityGroup(let group): self = .addSecurityGroup(group)
    case .networkInterface(let interface): self = .addNetworkInterface(interface)
    case .instance(let instance): self = .addInstance(instance)
    case .elasticIP(let address): self = .addElasticIP(address)
    case .classicLink(let link): self = .attachClassicLink(link)
    case .peering(let peering): self = .addPeering(peering)
    case .dbInstance(let instance): self = .addDBInstance(instance)
    case .dbCluster(let cluster): self = .addDBCluster(cluster)
    case .redshiftCluster(let cluster): self = .addRedshiftCluster(cluster)
    case .cacheCluster(let cluster): self = .addCacheCluster(cluster)
    case .loadBalancer(let balancer): self = .addLoadBalancer(balancer)
    case .hostedZone(let zone): self = .addHostedZone(zone)
    case .resolverRule(let rule): self = .addResolverRule(rule)
    case .resolverConfig(let config): self = .setResolverConfig(config)
    case .requester(let requester): self = .addRequester(requester)
    case .stored(let stored): self = .addStored(stored)
    }
  }
}
