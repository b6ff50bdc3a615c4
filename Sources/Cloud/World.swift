// The cloud as it is: every resource by its id. `apply` is the only way to change it, and refuses what AWS would
// refuse.
import DNSWire

public struct World: Sendable {
  /// `EC2` and `VPC`, or `VPC` alone (S5, S131).
  public internal(set) var supportedPlatforms: Set<String> = ["EC2", "VPC"]
  public internal(set) var vpcs: [ID<VPC>: VPC] = [:]
  public internal(set) var subnets: [ID<Subnet>: Subnet] = [:]
  /// The route 10.0.0.0/8 → local is in them exactly when the VPC reaches EC2-Classic (S41–S43, S51).
  public internal(set) var routeTables: [ID<RouteTable>: RouteTable] = [:]
  public internal(set) var dhcpOptions: [ID<DHCPOptions>: DHCPOptions] = [:]
  public internal(set) var securityGroups: [ID<SecurityGroup>: SecurityGroup] = [:]
  public internal(set) var networkInterfaces: [ID<NetworkInterface>: NetworkInterface] = [:]
  public internal(set) var elasticIPs: [IPv4Address: ElasticIP] = [:]
  public internal(set) var instances = ResourceTable<Instance>()
  /// By the linked instance: an instance has at most one link (S53).
  public internal(set) var classicLinks: [ID<Instance>: ClassicLink] = [:]
  public internal(set) var peerings: [ID<VPCPeeringConnection>: VPCPeeringConnection] = [:]
  public internal(set) var dbInstances: [ID<DBInstance>: DBInstance] = [:]
  public internal(set) var dbClusters: [ID<DBCluster>: DBCluster] = [:]
  public internal(set) var redshiftClusters: [ID<RedshiftCluster>: RedshiftCluster] = [:]
  public internal(set) var cacheClusters: [ID<CacheCluster>: CacheCluster] = [:]
  public internal(set) var loadBalancers: [ID<LoadBalancer>: LoadBalancer] = [:]
  public internal(set) var hostedZones: [ID<HostedZone>: HostedZone] = [:]
  public internal(set) var resolverRules: [ID<ResolverRule>: ResolverRule] = [:]
  public internal(set) var resolverConfigs: [ID<VPC>: ResolverConfig] = [:]
  /// What no answer depends on.
  public internal(set) var storedResources: [StoredResource.Key: Details] = [:]
  public internal(set) var requesters: [Requester] = []
  public internal(set) var settings = Settings()

  // What the checks look up instead of searching, so that a million additions stay linear. All of it follows from the
  // resources alone: `enroll` notes what each adds, and takes the same away.
  var addresses = AddressLedger()
  /// The VPCs in the order of `vpcBounds`.
  var vpcRows = IDTable<VPC>()
  /// What each address of a VPC is checked against: a dictionary hands out nothing but copies of whole VPCs.
  var vpcBounds: [VPCBounds] = []
  /// The default VPC of each account in a Region.
  var defaultVPCs: [DefaultVPCPlace: ID<VPC>] = [:]
  /// Of each VPC, the interfaces that databases use (S33), and the databases.
  var databaseInterfaceIDs: [ID<VPC>: [ID<NetworkInterface>]] = [:]
  var databaseCounts: [ID<VPC>: Int] = [:]
  var endpoints: [Name: String] = [:]
  var vpcUses = UseCounts<VPC>()
  var subnetUses = UseCounts<Subnet>()
  var groupUses = UseCounts<SecurityGroup>()
  var dhcpUses = UseCounts<DHCPOptions>()
  var regionUses = RegionCounts()
  var subnetIDs: [ID<VPC>: [ID<Subnet>]] = [:]
  var groupIDs: [ID<VPC>: [ID<SecurityGroup>]] = [:]
  /// The groups whose rules name a group, which need not be there.
  var groupsThatName: [ID<SecurityGroup>: [ID<SecurityGroup>]] = [:]
  var interfaceIDs: [ID<Instance>: [ID<NetworkInterface>]] = [:]
  var balancerIDs: [ID<Instance>: [ID<LoadBalancer>]] = [:]
  /// The peerings that have not ended.
  var peeringIDs: [ID<VPC>: [ID<VPCPeeringConnection>]] = [:]
  var routeTableIDs: [ID<VPC>: [ID<RouteTable>]] = [:]
  var routeTableOfSubnet: [ID<Subnet>: ID<RouteTable>] = [:]
  var linkCounts: [ID<VPC>: Int] = [:]
  /// Sides of active peerings that let the VPC reach the peer's linked instances (S51).
  var classicPeeringCounts: [ID<VPC>: Int] = [:]
  var livePeerings: [PairOfVPCs: ID<VPCPeeringConnection>] = [:]
  var zonesByNameAndVPC: [NameOnVPC: ID<HostedZone>] = [:]
  var rulesByDomainAndVPC: [NameOnVPC: ID<ResolverRule>] = [:]
  var requesterSources: Set<RequesterKey> = []
  /// Those of instances and VPCs.
  var requestersOf: [Requester.Identity: [Requester]] = [:]

  /// What changes have touched, where somebody wants to know.
  var effects: Effects?

  public init() {}

  /// What changes have touched since the last call, or since the first one, from which on they are noted.
  public mutating func takeEffects() -> Effects {
    var taken = effects ?? Effects()
    addresses.takeNotes(into: &taken)
    effects = Effects()
    return taken
  }

  /// Makes room for so many instances at once: tables that grow step by step are moved again and again.
  public mutating func reserveCapacity(instances count: Int) {
    instances.reserveCapacity(count)
    addresses.reserveCapacity(instances: count)
  }

  /// Makes one change, whole or not at all.
  public mutating func apply(_ change: consuming Change) throws(Refusal) {
    effects?.note(change)
    switch consume change {
    case .setSupportedPlatforms(let platforms): try setSupportedPlatforms(platforms)
    case .setSettings(let settings): self.settings = settings
    case .addDHCPOptions(let options): try add(options)
    case .addVPC(let vpc): try add(vpc)
    case .addSubnet(let subnet): try add(subnet)
    case .addRouteTable(let table): try add(table)
    case .addSecurityGroup(let group): try add(group)
    case .addNetworkInterface(let interface): try add(interface)
    case .addInstance(let instance): try add(instance)
    case .addElasticIP(let elasticIP): try add(elasticIP)
    case .attachClassicLink(let link): try attach(link)
    case .addPeering(let peering): try add(peering)
    case .addDBInstance(let instance): try add(instance)
    case .addDBCluster(let cluster): try add(cluster)
    case .addRedshiftCluster(let cluster): try add(cluster)
    case .addCacheCluster(let cluster): try add(cluster)
    case .addLoadBalancer(let balancer): try add(balancer)
    case .addHostedZone(let zone): try add(zone)
    case .addResolverRule(let rule): try add(rule)
    case .setResolverConfig(let config): try set(config)
    case .addRequester(let requester): try add(requester)
    case .addStored(let stored): try add(stored)
    case .replace(let resource): try replace(resource)
    case .remove(let id): try remove(id)
    case .modifyVPCAttribute(let vpc, let attribute): try modify(vpc, attribute)
    case .enableClassicLink(let vpc): try enableClassicLink(vpc)
    case .disableClassicLink(let vpc): try disableClassicLink(vpc)
    case .setClassicLinkDnsSupport(let vpc, let isOn): try setClassicLinkDnsSupport(vpc, isOn)
    case .detachClassicLink(let instance, let vpc): try detach(instance, from: vpc)
    case .modifyPeeringOptions(let peering, let requester, let accepter):
      try modifyOptions(of: peering, requester: requester, accepter: accepter)
    case .startInstance(let instance, let addresses): try start(instance, addresses)
    case .stopInstance(let instance): try stop(instance)
    case .setDBInstancePubliclyAccessible(let instance, let isPublic): try setPubliclyAccessible(instance, isPublic)
    case .setRedshiftClusterPubliclyAccessible(let cluster, let isPublic): try setPubliclyAccessible(cluster, isPublic)
    case .failover(let instance): try failOver(instance)
    }
  }
}

/// A zone name or a rule's domain on one VPC.
struct NameOnVPC: Hashable {
  var name: Name
  var vpcID: ID<VPC>
}

extension World {
  /// The resource of an id that something refers to.
  func find<Resource>(
    _ id: ID<Resource>, in resources: [ID<Resource>: Resource], kind: String, member: String
  ) throws(Refusal) -> Resource {
    guard let resource = resources[id] else { throw Refusal(.notFound(kind: kind, id: id.rawValue), member: member) }
    return resource
  }

  func find(
    _ id: ID<Instance>, in instances: ResourceTable<Instance>, kind: String, member: String
  ) throws(Refusal) -> Instance {
    guard let instance = instances[id] else { throw Refusal(.notFound(kind: kind, id: id.rawValue), member: member) }
    return instance
  }

  func findVPC(_ id: ID<VPC>, member: String = "VpcId") throws(Refusal) -> VPC {
    try find(id, in: vpcs, kind: "VPC", member: member)
  }

  /// The VPC of a regional resource; `nil` for one on the EC2-Classic platform.
  func findVPC(
    _ id: ID<VPC>?, of resource: @autoclosure () -> String, kind: String, region: Region, member: String = "VpcId"
  ) throws(Refusal) -> VPC? {
    guard let id else {
      guard supportsClassic else { throw Refusal(.classicNotSupported(kind: kind, id: resource()), member: member) }
      try check(region)
      return nil
    }
    let vpc = try findVPC(id, member: member)
    guard vpc.region == region else {
      throw Refusal(.otherRegion(kind: kind, id: resource(), region: region, expected: vpc.region), member: member)
    }
    return vpc
  }

  /// Of what is in a VPC the VPC's Region is checked.
  func check(_ region: Region) throws(Refusal) {
    guard region.isLabel else { throw Refusal(.notARegion(region), member: "Region") }
    guard regionUses.hasRoom(for: region) else {
      throw Refusal(.tooMany("Regions", regionUses.regions.count + 1, most: Quotas.regions), member: "Region")
    }
  }

  func refuseSecond<Resource, Value>(
    _ id: ID<Resource>, in resources: [ID<Resource>: Value], kind: String, member: String
  ) throws(Refusal) {
    guard resources[id] == nil else { throw Refusal(.alreadyExists(kind: kind, id: id.rawValue), member: member) }
  }

  /// Refuses more of something than can be counted in an answer, or be compared with each other.
  func refuseMore(
    _ what: @autoclosure () -> String, _ count: Int, than most: Int, member: String
  ) throws(Refusal) {
    guard count <= most else { throw Refusal(.tooMany(what(), count, most: most), member: member) }
  }

  var supportsClassic: Bool { supportedPlatforms.contains("EC2") }
}
