// The way from any resource to its item, and all resources of a world in order.
import Cloud

extension WrittenItem {
  init(_ resource: Resource) {
    switch resource {
    case .supportedPlatforms(let platforms):
      self.init("SupportedPlatforms", value: .list(platforms.sorted().map { .text($0) }))
    case .settings(let settings): self.init(settings)
    case .dhcpOptions(let options): self.init(options)
    case .vpc(let vpc): self.init(vpc)
    case .subnet(let subnet): self.init(subnet)
    case .routeTable(let table): self.init(table)
    case .securityGroup(let group): self.init(group)
    case .networkInterface(let interface): self.init(interface)
    case .instance(let instance): self.init(instance)
    case .elasticIP(let address): self.init(address)
    case .classicLink(let link): self.init(link)
    case .peering(let peering): self.init(peering)
    case .dbInstance(let database): self.init(database)
    case .dbCluster(let cluster): self.init(cluster)
    case .redshiftCluster(let cluster): self.init(cluster)
    case .cacheCluster(let cluster): self.init(cluster)
    case .loadBalancer(let balancer): self.init(balancer)
    case .hostedZone(let zone): self.init(zone)
    case .resolverRule(let rule): self.init(rule)
    case .resolverConfig(let config): self.init(config)
    case .requester(let requester): self.init(requester)
    case .stored(let stored): self.init(stored)
    }
  }
}

extension World {
  /// Every resource, what others refer to before them.
  var resourcesInOrder: [Resource] {
    resourcesBeforeInstances + instances.values.map { .instance($0) } + resourcesBehindInstances
  }

  var resourcesBeforeInstances: [Resource] {
    var resources: [Resource] = [.supportedPlatforms(supportedPlatforms), .settings(settings)]
    resources += dhcpOptions.values.map { .dhcpOptions($0) }
    resources += vpcs.values.map { .vpc($0) }
    resources += subnets.values.map { .subnet($0) }
    resources += routeTables.values.map { .routeTable($0) }
    resources += securityGroups.values.map { .securityGroup($0) }
    return resources
  }

  var resourcesBehindInstances: [Resource] {
    var resources: [Resource] = []
    resources += networkInterfaces.values.map { .networkInterface($0) }
    resources += elasticIPs.values.map { .elasticIP($0) }
    resources += classicLinks.values.map { .classicLink($0) }
    resources += peerings.values.map { .peering($0) }
    resources += dbInstances.values.map { .dbInstance($0) }
    resources += dbClusters.values.map { .dbCluster($0) }
    resources += redshiftClusters.values.map { .redshiftCluster($0) }
    resources += cacheClusters.values.map { .cacheCluster($0) }
    resources += loadBalancers.values.map { .loadBalancer($0) }
    resources += hostedZones.values.map { .hostedZone($0) }
    resources += resolverRules.values.map { .resolverRule($0) }
    resources += resolverConfigs.values.map { .resolverConfig($0) }
    resources += requesters.map { .requester($0) }
    resources += storedResources.map { .stored(StoredResource($0.key.kind, $0.key.id, $0.value)) }
    return resources
  }
}
