// Replacing a resource: the new one passes what adding it would, with the old one out of the way, and changes nothing
// that AWS has no call for.
import DNSWire

extension World {
  mutating func replace(_ resource: Resource) throws(Refusal) {
    switch resource {
    case .supportedPlatforms(let platforms): try setSupportedPlatforms(platforms)
    case .settings(let settings): self.settings = settings
    case .dhcpOptions(let options): try replace(options)
    case .vpc(let vpc): try replace(vpc)
    case .subnet(let subnet): try replace(subnet)
    case .routeTable(let table): try replace(table)
    case .securityGroup(let group): try replace(group)
    case .networkInterface(let interface): try replace(interface)
    case .instance(let instance): try replace(instance)
    case .elasticIP(let elasticIP): try replace(elasticIP)
    case .classicLink(let link):
      guard let old = classicLinks[link.instanceID] else {
        throw Refusal(.notLinked(link.instanceID, link.vpcID), member: "InstanceId")
      }
      throw Refusal(.alreadyLinked(old.instanceID, old.vpcID), member: "InstanceId")  // S40
    case .peering(let peering): try replace(peering)
    case .dbInstance(let instance): try replace(instance)
    case .dbCluster(let cluster): try replace(cluster)
    case .redshiftCluster(let cluster): try replace(cluster)
    case .cacheCluster(let cluster): try replace(cluster)
    case .loadBalancer(let balancer): try replace(balancer)
    case .hostedZone(let zone): try replace(zone)
    case .resolverRule(let rule): try replace(rule)
    case .resolverConfig(let config):
      guard resolverConfigs[config.vpcID] != nil else {
        throw Refusal(.notFound(kind: "Resolver configuration", id: config.vpcID.rawValue), member: "ResourceId")
      }
      try set(config)
    case .requester(let requester): try find(requester)  // It is all that it says.
    case .stored(let stored):
      guard storedResources[stored.key] != nil else { throw stored.key.isMissing }
      try check(stored.details)
      storedResources[stored.key] = stored.details
    }
  }

  /// Refuses to change what AWS has no call for.
  func keep(_ isSame: Bool, kind: String, id: String, member: String) throws(Refusal) {
    guard isSame else { throw Refusal(.cannotChange(kind: kind, id: id), member: member) }
  }

  private mutating func replace(_ new: DBInstance) throws(Refusal) {
    let old = try find(new.id, in: dbInstances, kind: "DB instance", member: "DBInstanceIdentifier")
    try keep(old.region == new.region, kind: "DB instance", id: new.id.rawValue, member: "AvailabilityZone")
    try keep(old.clusterID == new.clusterID, kind: "DB instance", id: new.id.rawValue, member: "DBClusterIdentifier")
    enroll(old, false)
    do { try check(new) } catch {
      enroll(old, true)
      throw error
    }
    dbInstances[new.id] = new
    enroll(new, true)
  }

  /// Who is no member any more belongs to no cluster.
  private mutating func replace(_ new: DBCluster) throws(Refusal) {
    let old = try find(new.id, in: dbClusters, kind: "DB cluster", member: "DBClusterIdentifier")
    try keep(old.region == new.region, kind: "DB cluster", id: new.id.rawValue, member: "AvailabilityZones")
    enroll(old, false)
    do { try check(new) } catch {
      enroll(old, true)
      throw error
    }
    dbClusters[new.id] = new.inOrder
    enroll(new, true)
    for member in old.members { dbInstances[member.instanceID]?.clusterID = nil }
    for member in new.members { dbInstances[member.instanceID]?.clusterID = new.id }
  }

  private mutating func replace(_ new: RedshiftCluster) throws(Refusal) {
    let old = try find(new.id, in: redshiftClusters, kind: "Redshift cluster", member: "ClusterIdentifier")
    try keep(
      old.region == new.region && old.vpcID == new.vpcID, kind: "Redshift cluster", id: new.id.rawValue,
      member: "VpcId")
    enroll(old, false)
    do { try check(new) } catch {
      enroll(old, true)
      throw error
    }
    redshiftClusters[new.id] = new
    enroll(new, true)
  }

  private mutating func replace(_ new: CacheCluster) throws(Refusal) {
    let old = try find(new.id, in: cacheClusters, kind: "cache cluster", member: "CacheClusterId")
    try keep(
      old.region == new.region && old.vpcID == new.vpcID, kind: "cache cluster", id: new.id.rawValue,
      member: "CacheSubnetGroupName")
    enroll(old, false)
    do { try check(new) } catch {
      enroll(old, true)
      throw error
    }
    cacheClusters[new.id] = new
    enroll(new, true)
  }

  private mutating func replace(_ new: LoadBalancer) throws(Refusal) {
    let old = try find(new.id, in: loadBalancers, kind: "load balancer", member: "LoadBalancerName")
    try keep(
      old.region == new.region && old.vpcID == new.vpcID, kind: "load balancer", id: new.id.rawValue, member: "VpcId")
    try keep(old.dnsName == new.dnsName, kind: "load balancer", id: new.id.rawValue, member: "DNSName")
    try keep(old.scheme == new.scheme, kind: "load balancer", id: new.id.rawValue, member: "Scheme")
    enroll(old, false)
    do { try check(new) } catch {
      enroll(old, true)
      throw error
    }
    loadBalancers[new.id] = new
    enroll(new, true)
  }

  private mutating func replace(_ new: HostedZone) throws(Refusal) {
    let old = try find(new.id, in: hostedZones, kind: "hosted zone", member: "Id")
    try keep(
      old.name == new.name && old.isPrivate == new.isPrivate, kind: "hosted zone", id: new.id.rawValue, member: "Name")
    for type in [RecordType.soa, .ns]
    where !new.recordSets.contains(where: { $0.name == new.name && $0.type == type }) {
      throw Refusal(.recordSet(name: new.name, type: type, .neededAtApex), member: "Type")
    }
    enroll(old, false)
    do { try check(new) } catch {
      enroll(old, true)
      throw error
    }
    hostedZones[new.id] = new.completed
    enroll(new, true)
  }

  private mutating func replace(_ new: ResolverRule) throws(Refusal) {
    let old = try find(new.id, in: resolverRules, kind: "Resolver rule", member: "Id")
    try keep(
      old.domainName == new.domainName && old.kind == new.kind, kind: "Resolver rule", id: new.id.rawValue,
      member: "DomainName")
    enroll(old, false)
    do { try check(new) } catch {
      enroll(old, true)
      throw error
    }
    resolverRules[new.id] = new
    enroll(new, true)
  }
}
