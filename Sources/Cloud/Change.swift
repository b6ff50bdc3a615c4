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
}
