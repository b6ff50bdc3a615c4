// Everything that a world consists of, one value a resource: what a change touches, what the state keeps a row of, and
// what an export writes.
import DNSWire

/// A resource of a world, whole.
public enum Resource: Hashable, Sendable {
  case supportedPlatforms(Set<String>)
  case settings(Settings)
  case dhcpOptions(DHCPOptions)
  case vpc(VPC)
  case subnet(Subnet)
  case routeTable(RouteTable)
  case securityGroup(SecurityGroup)
  case networkInterface(NetworkInterface)
  case instance(Instance)
  case elasticIP(ElasticIP)
  case classicLink(ClassicLink)
  case peering(VPCPeeringConnection)
  case dbInstance(DBInstance)
  case dbCluster(DBCluster)
  case redshiftCluster(RedshiftCluster)
  case cacheCluster(CacheCluster)
  case loadBalancer(LoadBalancer)
  case hostedZone(HostedZone)
  case resolverRule(ResolverRule)
  case resolverConfig(ResolverConfig)
  case requester(Requester)
  case stored(StoredResource)
}

/// What tells one resource of a world from all others.
public enum ResourceID: Hashable, Sendable {
  case supportedPlatforms
  case settings
  case dhcpOptions(ID<DHCPOptions>)
  case vpc(ID<VPC>)
  case subnet(ID<Subnet>)
  case routeTable(ID<RouteTable>)
  case securityGroup(ID<SecurityGroup>)
  case networkInterface(ID<NetworkInterface>)
  case instance(ID<Instance>)
  /// By its public address.
  case elasticIP(IPv4Address)
  /// By the linked instance (S53).
  case classicLink(ID<Instance>)
  case peering(ID<VPCPeeringConnection>)
  case dbInstance(ID<DBInstance>)
  case dbCluster(ID<DBCluster>)
  case redshiftCluster(ID<RedshiftCluster>)
  case cacheCluster(ID<CacheCluster>)
  case loadBalancer(ID<LoadBalancer>)
  case hostedZone(ID<HostedZone>)
  case resolverRule(ID<ResolverRule>)
  case resolverConfig(ID<VPC>)
  /// A requester has no name of its own: it is all that it says.
  case requester(Requester)
  case stored(StoredResource.Key)
}

extension Resource {
  public var id: ResourceID {
    switch self {
    case .supportedPlatforms: .supportedPlatforms
    case .settings: .settings
    case .dhcpOptions(let options): .dhcpOptions(options.id)
    case .vpc(let vpc): .vpc(vpc.id)
    case .subnet(let subnet): .subnet(subnet.id)
    case .routeTable(let table): .routeTable(table.id)
    case .securityGroup(let group): .securityGroup(group.id)
    case .networkInterface(let interface): .networkInterface(interface.id)
    case .instance(let instance): .instance(instance.id)
    case .elasticIP(let address): .elasticIP(address.publicIP)
    case .classicLink(let link): .classicLink(link.instanceID)
    case .peering(let peering): .peering(peering.id)
    case .dbInstance(let instance): .dbInstance(instance.id)
    case .dbCluster(let cluster): .dbCluster(cluster.id)
    case .redshiftCluster(let cluster): .redshiftCluster(cluster.id)
    case .cacheCluster(let cluster): .cacheCluster(cluster.id)
    case .loadBalancer(let balancer): .loadBalancer(balancer.id)
    case .hostedZone(let zone): .hostedZone(zone.id)
    case .resolverRule(let rule): .resolverRule(rule.id)
    case .resolverConfig(let config): .resolverConfig(config.vpcID)
    case .requester(let requester): .requester(requester)
    case .stored(let stored): .stored(stored.key)
    }
  }
}

/// A resource that no answer depends on: it is kept and described, and nothing is made of it.
public struct StoredResource: Hashable, Sendable {
  /// What is kept, each by the name of the list that AWS's calls print.
  public enum Kind: String, Hashable, CaseIterable, Comparable, Sendable {
    case autoScalingGroup = "AutoScalingGroups"
    case cacheSecurityGroup = "CacheSecurityGroups"
    case cacheSubnetGroup = "CacheSubnetGroups"
    case clusterSubnetGroup = "ClusterSubnetGroups"
    case dbSubnetGroup = "DBSubnetGroups"
    case internetGateway = "InternetGateways"
    case launchConfiguration = "LaunchConfigurations"
    case listener = "Listeners"
    case resolverEndpoint = "ResolverEndpoints"
    case resolverQueryLogConfig = "ResolverQueryLogConfigs"
    case resolverQueryLogConfigAssociation = "ResolverQueryLogConfigAssociations"
    case targetGroup = "TargetGroups"
    /// Other accounts' VPCs that a private zone's owner lets in (list-vpc-association-authorizations).
    case vpcAssociationAuthorization = "VPCAssociationAuthorizations"

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// The member that holds the id.
    public var idMember: String {
      switch self {
      case .autoScalingGroup: "AutoScalingGroupName"
      case .cacheSecurityGroup: "CacheSecurityGroupName"
      case .cacheSubnetGroup: "CacheSubnetGroupName"
      case .clusterSubnetGroup: "ClusterSubnetGroupName"
      case .dbSubnetGroup: "DBSubnetGroupName"
      case .internetGateway: "InternetGatewayId"
      case .launchConfiguration: "LaunchConfigurationName"
      case .listener: "ListenerArn"
      case .resolverEndpoint, .resolverQueryLogConfig, .resolverQueryLogConfigAssociation: "Id"
      case .targetGroup: "TargetGroupArn"
      case .vpcAssociationAuthorization: "HostedZoneId"
      }
    }
  }

  public struct Key: Hashable, Comparable, Sendable {
    public var kind: Kind
    public var id: String
    public init(_ kind: Kind, _ id: String) {
      self.kind = kind
      self.id = id
    }
    public static func == (left: Self, right: Self) -> Bool {
      left.kind == right.kind && areSameOctets(left.id, right.id)
    }
    public static func < (left: Self, right: Self) -> Bool {
      left.kind == right.kind ? areOctetsLess(left.id, right.id) : left.kind < right.kind
    }
  }

  public var key: Key
  /// Every member but the id, as AWS's describe call prints it; what does not come from there begins with `Region`.
  public var details: Details

  public init(_ kind: Kind, _ id: String, _ details: Details = Details()) {
    key = Key(kind, id)
    self.details = details
  }
}

/// Members of a resource that change no answer, by their names in AWS's JSON: an engine, a key name, a time.
public typealias Details = [String: Detail]

public indirect enum Detail: Hashable, Sendable {
  case text(String)
  /// As it is written.
  case number(String)
  case boolean(Bool)
  case list([Detail])
  case mapping([String: Detail])

  public static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.text(let one), .text(let other)): areSameOctets(one, other)
    case (.number(let one), .number(let other)): one == other
    case (.boolean(let one), .boolean(let other)): one == other
    case (.list(let one), .list(let other)): one == other
    case (.mapping(let one), .mapping(let other)): one == other
    default: false
    }
  }
}

extension World {
  /// The resource with this id; `nil` when there is none. Settings and platforms are always there.
  public subscript(id: ResourceID) -> Resource? {
    switch id {
    case .supportedPlatforms: .supportedPlatforms(supportedPlatforms)
    case .settings: .settings(settings)
    case .dhcpOptions(let id): dhcpOptions[id].map { .dhcpOptions($0) }
    case .vpc(let id): vpcs[id].map { .vpc($0) }
    case .subnet(let id): subnets[id].map { .subnet($0) }
    case .routeTable(let id): routeTables[id].map { .routeTable($0) }
    case .securityGroup(let id): securityGroups[id].map { .securityGroup($0) }
    case .networkInterface(let id): networkInterfaces[id].map { .networkInterface($0) }
    case .instance(let id): instances[id].map { .instance($0) }
    case .elasticIP(let address): elasticIPs[address].map { .elasticIP($0) }
    case .classicLink(let id): classicLinks[id].map { .classicLink($0) }
    case .peering(let id): peerings[id].map { .peering($0) }
    case .dbInstance(let id): dbInstances[id].map { .dbInstance($0) }
    case .dbCluster(let id): dbClusters[id].map { .dbCluster($0) }
    case .redshiftCluster(let id): redshiftClusters[id].map { .redshiftCluster($0) }
    case .cacheCluster(let id): cacheClusters[id].map { .cacheCluster($0) }
    case .loadBalancer(let id): loadBalancers[id].map { .loadBalancer($0) }
    case .hostedZone(let id): hostedZones[id].map { .hostedZone($0) }
    case .resolverRule(let id): resolverRules[id].map { .resolverRule($0) }
    case .resolverConfig(let id): resolverConfigs[id].map { .resolverConfig($0) }
    case .requester(let requester): requesters.contains(requester) ? .requester(requester) : nil
    case .stored(let key): storedResources[key].map { .stored(StoredResource(key.kind, key.id, $0)) }
    }
  }
}
