// Which resources a change may leave different: what is kept of them undoes it, and goes into the journal.
import DNSWire

extension World {
  /// Every resource whose value may be another one after the change, side effects included; asked before it is applied.
  public func touched(by change: Change) -> [ResourceID] {
    switch change {
    case .setSupportedPlatforms: [.supportedPlatforms]
    case .setSettings: [.settings]
    case .addDHCPOptions(let options): [.dhcpOptions(options.id)]
    case .addVPC(let vpc): [.vpc(vpc.id)]
    case .addSubnet(let subnet): [.subnet(subnet.id)]
    case .addRouteTable(let table): [.routeTable(table.id)]
    case .addSecurityGroup(let group): [.securityGroup(group.id)]
    case .addNetworkInterface(let interface): [.networkInterface(interface.id)]
    case .addInstance(let instance): [.instance(instance.id)]
    case .addElasticIP(let elasticIP): [.elasticIP(elasticIP.publicIP)] + showing(elasticIP)
    case .attachClassicLink(let link): [.classicLink(link.instanceID)]
    case .addPeering(let peering): touched(byPeering: peering)
    case .addDBInstance(let instance):
      [.dbInstance(instance.id)] + (instance.clusterID.map { [.dbCluster($0)] } ?? [])
    case .addDBCluster(let cluster): [.dbCluster(cluster.id)] + cluster.members.map { .dbInstance($0.instanceID) }
    case .addRedshiftCluster(let cluster): [.redshiftCluster(cluster.id)]
    case .addCacheCluster(let cluster): [.cacheCluster(cluster.id)]
    case .addLoadBalancer(let balancer): [.loadBalancer(balancer.id)]
    case .addHostedZone(let zone): [.hostedZone(zone.id)]
    case .addResolverRule(let rule): [.resolverRule(rule.id)]
    case .setResolverConfig(let config): [.resolverConfig(config.vpcID)]
    case .addRequester(let requester): [.requester(requester)]
    case .addStored(let stored): [.stored(stored.key)]
    case .replace(let resource): touched(byReplacing: resource)
    case .remove(let id): touched(byRemoving: id)
    case .modifyVPCAttribute(let id, _), .setClassicLinkDnsSupport(let id, _): [.vpc(id)]
    case .enableClassicLink(let id), .disableClassicLink(let id): [.vpc(id)] + routeTables(of: id)
    case .detachClassicLink(let id, _): touched(byUnlinking: id)
    case .modifyPeeringOptions(let id, _, _): [.peering(id)] + (peerings[id].map(touched(byPeering:)) ?? [])
    case .startInstance(let id, _), .stopInstance(let id): touched(byMoving: id)
    case .setDBInstancePubliclyAccessible(let id, _), .failover(let id): [.dbInstance(id)]
    case .setRedshiftClusterPubliclyAccessible(let id, _): [.redshiftCluster(id)]
    }
  }

  private func touched(byReplacing resource: Resource) -> [ResourceID] {
    let own = resource.id
    switch resource {
    case .vpc(let vpc): return [own] + routeTables(of: vpc.id)
    case .subnet(let subnet):
      let launched = subnets[subnet.id].map { instancesLaunched(in: subnet, insteadOf: $0) } ?? []
      return [own] + launched.map { .instance($0) }
    case .routeTable(let table): return [own] + (mainRouteTable(of: table.vpcID).map { [.routeTable($0)] } ?? [])
    case .networkInterface(let interface):
      let addresses = networkInterfaces[interface.id]?.addresses.compactMap(\.publicAddress) ?? []
      return [own] + addresses.filter { elasticIPs[$0] != nil }.map { .elasticIP($0) }
    case .elasticIP(let elasticIP):
      return [own] + showing(elasticIP) + (elasticIPs[elasticIP.publicIP].map { showing($0) } ?? [])
    case .peering(let peering): return touched(byPeering: peering)
    case .dbCluster(let cluster):
      let members = cluster.members + (dbClusters[cluster.id]?.members ?? [])
      return [own] + members.map { .dbInstance($0.instanceID) }
    default: return [own]
    }
  }

  private func touched(byRemoving id: ResourceID) -> [ResourceID] {
    switch id {
    case .vpc(let vpcID):
      return [id, .resolverConfig(vpcID)] + routeTables(of: vpcID)
        + (groupIDs[vpcID] ?? []).map { .securityGroup($0) }
        + (requestersOf[.vpc(vpcID)] ?? []).map { .requester($0) }
    case .subnet(let subnetID): return [id] + (routeTableOfSubnet[subnetID].map { [.routeTable($0)] } ?? [])
    case .networkInterface(let interfaceID): return [id] + neighbours(ofInterface: interfaceID)
    case .instance(let instanceID):
      return touched(byMoving: instanceID) + (requestersOf[.instance(instanceID)] ?? []).map { .requester($0) }
    case .elasticIP(let address): return [id] + (elasticIPs[address].map { showing($0) } ?? [])
    case .classicLink(let instanceID): return touched(byUnlinking: instanceID)
    case .dbInstance(let instanceID):
      return [id] + (dbInstances[instanceID]?.clusterID.map { [.dbCluster($0)] } ?? [])
    default: return [id]
    }
  }

  private func routeTables(of id: ID<VPC>) -> [ResourceID] { (routeTableIDs[id] ?? []).map { .routeTable($0) } }

  /// S51: its options decide over routes.
  private func touched(byPeering peering: VPCPeeringConnection) -> [ResourceID] {
    [.peering(peering.id)] + routeTables(of: peering.requester.vpcID) + routeTables(of: peering.accepter.vpcID)
  }

  private func touched(byUnlinking id: ID<Instance>) -> [ResourceID] {
    [.classicLink(id)] + (balancerIDs[id] ?? []).map { .loadBalancer($0) }
  }

  /// An instance that starts, stops or goes, with whatever shows its addresses: only its own interfaces can.
  private func touched(byMoving id: ID<Instance>) -> [ResourceID] {
    var all: [ResourceID] = [.instance(id)] + touched(byUnlinking: id)
    for pair in instances[id]?.addresses ?? [] { all += neighbours(of: pair) }
    for interface in interfaceIDs[id] ?? [] {
      all += [.networkInterface(interface)] + neighbours(ofInterface: interface)
    }
    return all
  }

  private func neighbours(ofInterface id: ID<NetworkInterface>) -> [ResourceID] {
    (networkInterfaces[id]?.addresses ?? []).flatMap { neighbours(of: $0) }
  }

  private func neighbours(of pair: AddressPair) -> [ResourceID] {
    guard let address = pair.publicAddress, let elasticIP = elasticIPs[address] else { return [] }
    return [.elasticIP(address)] + showing(elasticIP)
  }

  /// The instance and the interface that show an Elastic IP address, or are going to.
  private func showing(_ elasticIP: ElasticIP) -> [ResourceID] {
    [privateSide(of: elasticIP), future(of: elasticIP)].compactMap(\.self).flatMap { side in
      (addresses[side.address, in: side.network]?.holders ?? []).compactMap { holder -> ResourceID? in
        switch holder {
        case .instance(let id): .instance(id)
        case .networkInterface(let id): .networkInterface(id)
        case .elasticIP, .dbInstance, .redshiftCluster, .cacheCluster, .loadBalancer: nil
        }
      }
    }
  }

  /// Where it is going to lead, if that is not refused.
  private func future(of elasticIP: ElasticIP) -> (address: IPv4Address, network: Network)? {
    guard let target = try? target(of: elasticIP) else { return nil }
    return (target.privateAddress, target.network)
  }
}
