// Something that is there, a little different or gone: what people do to a world that lives.
import Cloud
import DNSWire

func randomReplacement(_ dice: inout Dice, _ world: World) -> Change {
  // Settings and platforms seldom: they are always there.
  let resources = world.resources.dropFirst(dice.chance(20) ? 0 : 2)
  guard !resources.isEmpty else { return .remove(.vpc(ID(dice.id("vpc")))) }
  let kind = dice.roll(22)
  let alike = resources.filter { number(of: $0) == kind }
  let resource = dice.pick(Array(alike.isEmpty ? resources : ArraySlice(alike)))
  if dice.chance(3) { return .remove(resource.id) }
  return .replace(edited(resource, &dice, world))
}

/// The number of a resource's kind, so that a kind with many resources is not drawn more often.
private func number(of resource: Resource) -> Int {
  switch resource {
  case .supportedPlatforms: 0
  case .settings: 1
  case .dhcpOptions: 2
  case .vpc: 3
  case .subnet: 4
  case .routeTable: 5
  case .securityGroup: 6
  case .networkInterface: 7
  case .instance: 8
  case .elasticIP: 9
  case .classicLink: 10
  case .peering: 11
  case .dbInstance: 12
  case .dbCluster: 13
  case .redshiftCluster: 14
  case .cacheCluster: 15
  case .loadBalancer: 16
  case .hostedZone: 17
  case .resolverRule: 18
  case .resolverConfig: 19
  case .requester: 20
  case .stored: 21
  }
}

private func edited(_ resource: Resource, _ dice: inout Dice, _ world: World) -> Resource {
  switch resource {
  case .supportedPlatforms: return .supportedPlatforms(dice.chance(4) ? ["VPC"] : ["EC2", "VPC"])
  case .settings(var settings):
    settings.timesToLive.pointer = UInt32(dice.roll(9))
    return .settings(settings)
  case .vpc(var vpc):
    switch dice.roll(6) {
    case 0, 1: vpc.secondaryCIDRBlocks = (0..<dice.roll(3)).map { _ in range(dice.pick(cidrs)) }
    case 2: vpc.classicLinkEnabled.toggle()
    case 3: vpc.enableDnsHostnames.toggle()
    case 4: vpc.instanceTenancy = dice.pick([.default, .dedicated])
    default: vpc.tags = [Tag(key: "k", value: dice.id("v"))]
    }
    return .vpc(vpc)
  case .subnet(var subnet):
    if dice.chance(5) {
      subnet.availabilityZone = "c"
    } else {
      subnet.privateDnsNameOptionsOnLaunch = PrivateDnsNameOptions()
      subnet.privateDnsNameOptionsOnLaunch?.enableResourceNameDnsARecord = dice.chance(2)
    }
    return .subnet(subnet)
  case .routeTable(var table):
    switch dice.roll(4) {
    case 0: table.isMain.toggle()
    case 1: table.subnetIDs = [ID(dice.id("subnet"))]
    case 2: if !table.routes.isEmpty { table.routes.remove(at: dice.roll(table.routes.count)) }
    default:
      let destination = range(dice.pick(["10.7.0.0/16", "192.0.2.0/24", "10.0.0.0/16"]))
      table.routes.append(RouteTable.Route(destination: destination, target: "igw-1", origin: .createRoute))
    }
    return .routeTable(table)
  case .securityGroup(var group):
    group.ingress = dice.chance(3) ? [] : [permission(dice.id("sg"), dice.id("sg"))]
    if dice.chance(9) { group.name = "another" }
    return .securityGroup(group)
  case .networkInterface(var interface):
    switch dice.roll(4) {
    case 0: interface.instanceID = dice.chance(2) ? nil : ID(dice.id("i"))
    case 1: interface.addresses = [somePair(&dice)]
    case 2: interface.networkInterfaceDescription = "RDSNetworkInterface"
    default: interface.addresses.append(somePair(&dice))
    }
    return .networkInterface(interface)
  case .instance(let instance): return .instance(edited(instance, &dice, world))
  case .elasticIP(var elasticIP):
    (elasticIP.instanceID, elasticIP.networkInterfaceID, elasticIP.privateIPAddress) = (nil, nil, nil)
    if dice.chance(2) { elasticIP.instanceID = ID(dice.id("i")) }
    if dice.chance(3) { elasticIP.networkInterfaceID = ID(dice.id("eni")) }
    return .elasticIP(elasticIP)
  case .peering(var peering):
    peering.status = dice.pick(["active", "active", "pending-acceptance", "deleted", "rejected"])
    if dice.chance(3) { (peering.requester.options, peering.accepter.options) = (options(&dice), options(&dice)) }
    return .peering(peering)
  case .dbInstance(var database):
    if dice.chance(2) { database.privateIPAddress = privateAddress(&dice) }
    if dice.chance(2) { database.endpoint = name("\(dice.id("end")).example") }
    if dice.chance(5) { database.vpcID = ID(dice.id("vpc")) }
    return .dbInstance(database)
  case .dbCluster(var cluster):
    cluster.members = Set((0..<dice.roll(3)).map { _ in dice.id("db") }).sorted()
      .map { DBCluster.Member(instanceID: ID($0), isWriter: $0 == "db-2") }
    return .dbCluster(cluster)
  case .cacheCluster(var cluster):
    cluster.nodes[0].privateIPAddress = privateAddress(&dice)
    return .cacheCluster(cluster)
  case .loadBalancer(var balancer):
    balancer.instanceIDs = (0..<dice.roll(3)).map { _ in ID(dice.id("i")) }
    return .loadBalancer(balancer)
  case .hostedZone(var zone):
    switch dice.roll(3) {
    case 0: zone.vpcIDs = (0..<dice.roll(3)).map { _ in ID(dice.id("vpc")) }
    case 1: zone.recordSets.removeLast()
    default:
      let owner = name("\(dice.id("h")).\(zone.name)")
      zone.recordSets.append(
        ResourceRecordSet(name: owner, type: .a, ttl: 60, content: .records([[10, 0, 0, UInt8(dice.roll(9))]])))
    }
    return .hostedZone(zone)
  case .resolverRule(var rule):
    rule.vpcIDs = dice.chance(2) ? [] : [ID(dice.id("vpc"))]
    return .resolverRule(rule)
  case .resolverConfig(var config):
    config.autodefinedReverse.toggle()
    return .resolverConfig(config)
  case .stored(var stored):
    stored.details = ["Port": .number("\(dice.roll(9))")]
    return .stored(stored)
  case .dhcpOptions, .classicLink, .redshiftCluster, .requester: return resource
  }
}

private func edited(_ instance: Instance, _ dice: inout Dice, _ world: World) -> Instance {
  var instance = instance
  switch dice.roll(6) {
  case 0: instance.securityGroupIDs = [ID(dice.id("sg"))]
  case 1: if !instance.addresses.isEmpty { instance.addresses[0].publicAddress = nil }
  case 2: if !instance.addresses.isEmpty { instance.addresses[0].publicAddress = publicAddress(&dice) }
  case 3: if instance.addresses.count > 1 { instance.addresses.removeLast() }
  case 4: instance.addresses.append(somePair(&dice))
  default: instance.instanceType = dice.pick(["m3.large", "m1.small"])
  }
  return instance
}
