// What a change has touched: names of things, so that who keeps something made from the world knows what to make anew.
import DNSWire

/// The resources and addresses that changes have touched since somebody last asked. Whether a thing is new, different
/// or gone shows in the world.
public struct Effects: Sendable {
  /// Added or removed VPCs, and those whose attributes, ClassicLink state or ranges changed.
  public var vpcs: Set<ID<VPC>> = []
  /// Added or removed instances, and those whose addresses, state or name options changed.
  public var instances: Set<ID<Instance>> = []
  /// Instances that were linked or unlinked.
  public var links: Set<ID<Instance>> = []
  public var privateAddresses: Set<PrivateAddress> = []
  public var publicAddresses: Set<IPv4Address> = []
  public var ipv6Addresses = false
  public var hostedZones: Set<ID<HostedZone>> = []
  public var peerings = false
  /// Databases, clusters, caches and load balancers, and the interfaces of databases.
  public var services = false
  public var resolverRules = false
  /// Platforms, settings, requesters: what everything else depends on, or what is not told apart.
  public var everything = false

  public init() {}

  /// An address in the network where it is held.
  public struct PrivateAddress: Hashable, Sendable {
    /// `nil` for EC2-Classic, which is one network for who asks.
    public var vpcID: ID<VPC>?
    public var address: IPv4Address

    public init(vpcID: ID<VPC>?, address: IPv4Address) {
      self.vpcID = vpcID
      self.address = address
    }
  }
}

extension Effects {
  /// What a change touches by its nature; the addresses are noted where they are recorded.
  mutating func note(_ change: borrowing Change) {
    switch copy change {
    case .addDHCPOptions, .addSubnet, .addRouteTable, .addSecurityGroup, .addStored: break
    case .addNetworkInterface(let interface): note(interface)
    case .addElasticIP: services = true
    case .setSupportedPlatforms, .setSettings, .addRequester: everything = true
    case .addVPC(let vpc): vpcs.insert(vpc.id)
    case .modifyVPCAttribute(let id, _), .enableClassicLink(let id), .disableClassicLink(let id),
      .setClassicLinkDnsSupport(let id, _):
      vpcs.insert(id)
    case .setResolverConfig(let config): vpcs.insert(config.vpcID)
    case .addInstance(let instance): instances.insert(instance.id)
    case .startInstance(let id, _): instances.insert(id)
    case .stopInstance(let id):
      instances.insert(id)
      links.insert(id)
    case .attachClassicLink(let link): links.insert(link.instanceID)
    case .detachClassicLink(let id, _): links.insert(id)
    case .addPeering, .modifyPeeringOptions: peerings = true
    case .addDBInstance, .addDBCluster, .addRedshiftCluster, .addCacheCluster, .addLoadBalancer,
      .setDBInstancePubliclyAccessible, .setRedshiftClusterPubliclyAccessible, .failover:
      services = true
    case .addHostedZone(let zone): hostedZones.insert(zone.id)
    case .addResolverRule: resolverRules = true
    case .replace(let resource): note(resource.id)
    case .remove(let id): note(id)
    }
  }

  /// What a resource that came, went or changed touches by its kind. An interface is noted itself, and tells more.
  mutating func note(_ id: ResourceID) {
    switch id {
    case .supportedPlatforms, .settings, .requester: everything = true
    case .vpc(let id), .resolverConfig(let id): vpcs.insert(id)
    case .instance(let id): instances.insert(id)
    case .classicLink(let id): links.insert(id)
    case .peering: peerings = true
    case .dbInstance, .dbCluster, .redshiftCluster, .cacheCluster, .loadBalancer: services = true
    case .hostedZone(let id): hostedZones.insert(id)
    case .resolverRule: resolverRules = true
    case .dhcpOptions, .subnet, .routeTable, .securityGroup, .networkInterface, .elasticIP, .stored: break
    }
  }

  /// A database's interface tells its addresses (S33).
  mutating func note(_ interface: NetworkInterface) {
    if interface.networkInterfaceDescription == NetworkInterface.databaseDescription { services = true }
  }
}
