// Back to what was: resources as values, put into a world without asking its rules again; and all of them in an order
// in which they can be added.
import DNSWire

extension World {
  /// Sets resources back to what they were before changes; `nil`: there was none. Of several values of one resource the
  /// first one counts, which is the oldest. `touched(by:)` tells which resources to keep for this.
  public mutating func restore(_ before: [(ResourceID, Resource?)]) {
    var seen: Set<ResourceID> = []
    let before = before.filter { seen.insert($0.0).inserted }
    // All leave before any comes: each finds the others as they were when it came.
    for (id, _) in before {
      effects?.note(id)
      if let resource = self[id] { enroll(resource, false) }
    }
    for (id, resource) in before { put(resource, as: id) }
    for (_, resource) in before {
      if let resource { enroll(resource, true) }
    }
  }

  private mutating func enroll(_ resource: Resource, _ isThere: Bool) {
    switch resource {
    case .supportedPlatforms, .settings, .dhcpOptions, .resolverConfig, .stored: break
    case .vpc(let vpc): enroll(vpc, isThere)
    case .subnet(let subnet): enroll(subnet, isThere)
    case .routeTable(let table): enroll(table, isThere)
    case .securityGroup(let group): enroll(group, isThere)
    case .networkInterface(let interface):
      enroll(interface, isThere)
      effects?.note(interface)
    case .instance(let instance): enroll(instance, isThere)
    case .elasticIP(let elasticIP): enroll(elasticIP, isThere)
    case .classicLink(let link): enroll(link, isThere)
    case .peering(let peering): enroll(peering, isThere)
    case .dbInstance(let instance): enroll(instance, isThere)
    case .dbCluster(let cluster): enroll(cluster, isThere)
    case .redshiftCluster(let cluster): enroll(cluster, isThere)
    case .cacheCluster(let cluster): enroll(cluster, isThere)
    case .loadBalancer(let balancer): enroll(balancer, isThere)
    case .hostedZone(let zone): enroll(zone, isThere)
    case .resolverRule(let rule): enroll(rule, isThere)
    case .requester(let requester): enroll(requester, isThere)
    }
  }

  private mutating func put(_ resource: Resource?, as id: ResourceID) {
    switch id {
    case .supportedPlatforms: if case .supportedPlatforms(let platforms)? = resource { supportedPlatforms = platforms }
    case .settings: if case .settings(let settings)? = resource { self.settings = settings }
    case .dhcpOptions(let id): dhcpOptions[id] = if case .dhcpOptions(let one)? = resource { one } else { nil }
    case .vpc(let id): vpcs[id] = if case .vpc(let one)? = resource { one } else { nil }
    case .subnet(let id): subnets[id] = if case .subnet(let one)? = resource { one } else { nil }
    case .routeTable(let id): routeTables[id] = if case .routeTable(let one)? = resource { one } else { nil }
    case .securityGroup(let id): securityGroups[id] = if case .securityGroup(let one)? = resource { one } else { nil }
    case .networkInterface(let id):
      networkInterfaces[id] = if case .networkInterface(let one)? = resource { one } else { nil }
    case .instance(let id): put(resource, as: id)
    case .elasticIP(let address): elasticIPs[address] = if case .elasticIP(let one)? = resource { one } else { nil }
    case .classicLink(let id): classicLinks[id] = if case .classicLink(let one)? = resource { one } else { nil }
    case .peering(let id): peerings[id] = if case .peering(let one)? = resource { one } else { nil }
    case .dbInstance(let id): dbInstances[id] = if case .dbInstance(let one)? = resource { one } else { nil }
    case .dbCluster(let id): dbClusters[id] = if case .dbCluster(let one)? = resource { one } else { nil }
    case .redshiftCluster(let id):
      redshiftClusters[id] = if case .redshiftCluster(let one)? = resource { one } else { nil }
    case .cacheCluster(let id): cacheClusters[id] = if case .cacheCluster(let one)? = resource { one } else { nil }
    case .loadBalancer(let id): loadBalancers[id] = if case .loadBalancer(let one)? = resource { one } else { nil }
    case .hostedZone(let id): hostedZones[id] = if case .hostedZone(let one)? = resource { one } else { nil }
    case .resolverRule(let id): resolverRules[id] = if case .resolverRule(let one)? = resource { one } else { nil }
    case .resolverConfig(let id):
      resolverConfigs[id] = if case .resolverConfig(let one)? = resource { one } else { nil }
    case .requester(let requester):
      if let index = requesters.firstIndex(of: requester) { requesters.remove(at: index) }
      if case .requester(let one)? = resource { requesters.append(one) }
    case .stored(let key): storedResources[key] = if case .stored(let one)? = resource { one.details } else { nil }
    }
  }

  private mutating func put(_ resource: Resource?, as id: ID<Instance>) {
    guard case .instance(let instance)? = resource else { return instances.remove(id) }
    if instances.contains(id) {
      instances.update(id) { $0 = instance }
    } else {
      instances.add(instance, id)
    }
  }

  /// Every resource, each kind in the order of its ids. Whoever adds them one after the other gets an equal world.
  public var resources: [Resource] {
    var all: [Resource] = [.supportedPlatforms(supportedPlatforms), .settings(settings)]
    all.reserveCapacity(all.count + instances.count)
    all += dhcpOptions.keys.sorted().compactMap { self[.dhcpOptions($0)] }
    all += vpcs.keys.sorted().compactMap { self[.vpc($0)] }
    // Before the route tables, whose routes to EC2-Classic depend on them (S51).
    all += peerings.keys.sorted().compactMap { self[.peering($0)] }
    all += subnets.keys.sorted().compactMap { self[.subnet($0)] }
    all += routeTables.keys.sorted().compactMap { self[.routeTable($0)] }
    all += securityGroups.keys.sorted().compactMap { self[.securityGroup($0)] }
    all += instances.keys.sorted().compactMap { self[.instance($0)] }
    all += networkInterfaces.keys.sorted().compactMap { self[.networkInterface($0)] }
    all += elasticIPs.keys.sorted().compactMap { self[.elasticIP($0)] }
    all += classicLinks.keys.sorted().compactMap { self[.classicLink($0)] }
    // Before the clusters, which list them.
    all += dbInstances.keys.sorted().compactMap { self[.dbInstance($0)] }
    all += dbClusters.keys.sorted().compactMap { self[.dbCluster($0)] }
    all += redshiftClusters.keys.sorted().compactMap { self[.redshiftCluster($0)] }
    all += cacheClusters.keys.sorted().compactMap { self[.cacheCluster($0)] }
    all += loadBalancers.keys.sorted().compactMap { self[.loadBalancer($0)] }
    all += hostedZones.keys.sorted().compactMap { self[.hostedZone($0)] }
    all += resolverRules.keys.sorted().compactMap { self[.resolverRule($0)] }
    all += resolverConfigs.keys.sorted().compactMap { self[.resolverConfig($0)] }
    all += requesters.map { ($0.words, $0) }.sorted { $0.0 < $1.0 }.map { .requester($0.1) }
    all += storedResources.keys.sorted().compactMap { self[.stored($0)] }
    return all
  }
}
