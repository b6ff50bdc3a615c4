// What a living world lets people change, and what it refuses as AWS does.
import Cloud
import DNSWire
import Testing

@Suite struct ReplaceTests {
  @Test func aSecondaryRangeComesAndGoesWithItsLocalRoutes() throws {
    var world = try World.small()
    try world.apply(.addRouteTable(table("rtb-2", "vpc-2", [("172.31.0.0/16", "local")])))
    var changed = vpc("vpc-2", "172.31.0.0/16") { $0.secondaryCIDRBlocks = [range("192.168.0.0/24")] }
    try world.apply(.replace(.vpc(changed)))
    #expect(
      world.routeTables[ID("rtb-2")]?.routes.map(\.destination.description) == ["172.31.0.0/16", "192.168.0.0/24"])
    try world.apply(.addInstance(inside("vpc-2", "i-2", pair("192.168.0.9"))))
    changed.secondaryCIDRBlocks = []
    world.refuses(
      .replace(.vpc(changed)), .rangeInUse(ID("vpc-2"), range: "192.168.0.0/24", by: "i-2"),
      member: "CidrBlockAssociationSet", reads: "the range 192.168.0.0/24 of vpc-2 has i-2")
    try world.apply(.remove(.instance(ID("i-2"))))
    try world.apply(.addSubnet(subnet("subnet-2", "vpc-2", "192.168.0.0/25")))
    world.refuses(
      .replace(.vpc(changed)), .rangeInUse(ID("vpc-2"), range: "192.168.0.0/24", by: "subnet-2"))
    try world.apply(.remove(.subnet(ID("subnet-2"))))
    try world.apply(.replace(.vpc(changed)))
    #expect(world.routeTables[ID("rtb-2")]?.routes.count == 1)
  }

  @Test func aRangeInsideClassicIsRefusedOnAnEnabledVPC() throws {  // S44, S58, semantics 4.4
    var world = try World.small()
    world.refuses(
      .replace(
        .vpc(
          vpc("vpc-1", "10.0.0.0/16") {
            $0.classicLinkEnabled = true
            $0.secondaryCIDRBlocks = [range("10.7.0.0/16")]
          })), .rangeConflictsWithClassic(ID("vpc-1"), range("10.7.0.0/16")))
    try world.apply(.addPeering(peering("pcx-1", "vpc-1", "vpc-2")))
    world.refuses(
      .replace(.vpc(vpc("vpc-2", "172.31.0.0/16") { $0.secondaryCIDRBlocks = [range("10.0.0.0/20")] })),
      .peersOverlap(range("10.0.0.0/20"), range("10.0.0.0/16")))
  }

  @Test func aVPCKeepsWhatItIs() throws {
    var world = try World.small()
    let fixed = Refusal.Reason.cannotChange(kind: "VPC", id: "vpc-2")
    world.refuses(.replace(.vpc(vpc("vpc-2", "172.30.0.0/16"))), fixed, member: "CidrBlock")
    world.refuses(
      .replace(.vpc(vpc("vpc-2", "172.31.0.0/16") { $0.region = Region("eu-west-1") })), fixed, member: "OwnerId")
    world.refuses(
      .replace(.vpc(vpc("vpc-2", "172.31.0.0/16") { $0.instanceTenancy = .dedicated })), fixed,
      member: "InstanceTenancy")
    world.refuses(
      .replace(.vpc(vpc("vpc-2", "172.31.0.0/16") { ($0.enableDnsSupport, $0.enableDnsHostnames) = (false, true) })),
      .hostnamesNeedSupport(ID("vpc-2")))
    world.refuses(.replace(.vpc(vpc("vpc-9", "172.31.0.0/16"))), .notFound(kind: "VPC", id: "vpc-9"))
    try world.apply(.attachClassicLink(link("i-classic", "vpc-1", "sg-1")))
    world.refuses(.replace(.vpc(vpc("vpc-1", "10.0.0.0/16"))), .instancesAreLinked(ID("vpc-1"), count: 1))  // S22
  }

  @Test func routesInsideClassicAndTheAutomaticOneStay() throws {  // S41, S45
    var world = try World.small()
    try world.apply(.addRouteTable(table("rtb-1", "vpc-1", [("10.0.0.0/16", "local")])))
    let old = try #require(world.routeTables[ID("rtb-1")])
    var new = old
    new.routes.append(RouteTable.Route(destination: range("10.5.0.0/16"), target: "pcx-1", origin: .createRoute))
    world.refuses(.replace(.routeTable(new)), .routeInsideClassicRange(ID("rtb-1"), range("10.5.0.0/16")))
    new = old
    new.routes.removeAll { $0 == .toClassic }
    world.refuses(.replace(.routeTable(new)), .localRoute(ID("rtb-1"), range("10.0.0.0/8")))
    new = old
    new.routes.append(RouteTable.Route(destination: range("0.0.0.0/0"), target: "igw-1", origin: .createRoute))
    try world.apply(.replace(.routeTable(new)))
    #expect(world.routeTables[ID("rtb-1")]?.routes.count == 3)
  }

  @Test func anotherTableBecomesTheMainOne() throws {
    var world = try World.small()
    try world.apply(.addRouteTable(table("rtb-1", "vpc-2") { $0.isMain = true }))
    try world.apply(.addRouteTable(table("rtb-2", "vpc-2")))
    world.refuses(
      .replace(.routeTable(table("rtb-1", "vpc-2"))), .cannotChange(kind: "route table", id: "rtb-1"))
    try world.apply(.replace(.routeTable(table("rtb-2", "vpc-2") { $0.isMain = true })))
    #expect(world.routeTables[ID("rtb-1")]?.isMain == false)
    #expect(world.routeTables[ID("rtb-2")]?.isMain == true)
  }

  @Test func classicGroupsAreFixedAndLinksToo() throws {  // semantics 4.5, S40
    var world = try World.small()
    world.refuses(
      .replace(
        .instance(
          classic("i-classic", pair("10.112.0.9", "203.0.113.9")) {
            $0.securityGroupIDs = [ID("sg-classic")]
          })), .classicGroupsFixed(ID("i-classic")))
    try world.apply(.attachClassicLink(link("i-classic", "vpc-1", "sg-1")))
    world.refuses(
      .replace(.classicLink(link("i-classic", "vpc-1", "sg-1"))), .alreadyLinked(ID("i-classic"), ID("vpc-1")))
  }

  @Test func aTypeChangesWhileTheInstanceIsStopped() throws {
    var world = try World.small()
    var instance = inside("vpc-1", "i-vpc", pair("10.0.0.5", "203.0.113.25")) { $0.instanceType = "m3.large" }
    world.refuses(.replace(.instance(instance)), .instanceNotStopped(ID("i-vpc"), .running))
    world.refuses(
      .replace(.instance(inside("vpc-2", "i-vpc", pair("172.31.0.5")))), .cannotChange(kind: "instance", id: "i-vpc"))
    instance.state = .stopped
    world.refuses(.replace(.instance(instance)), .instanceState(ID("i-vpc"), .running))
    try world.apply(.stopInstance(ID("i-vpc")))
    instance.addresses = [pair("10.0.0.5")]
    try world.apply(.replace(.instance(instance)))
    #expect(world.instances[ID("i-vpc")]?.instanceType == "m3.large")
  }

  @Test func launchOptionsOfASubnetDoNotReachWhoWasLaunched() throws {
    var world = try World.small()
    try world.apply(.addSubnet(subnet("subnet-2", "vpc-2", "172.31.0.0/20")))
    try world.apply(.addInstance(inside("vpc-2", "i-2", pair("172.31.0.9")) { $0.subnetID = ID("subnet-2") }))
    var options = PrivateDnsNameOptions()
    options.enableResourceNameDnsARecord = true
    try world.apply(
      .replace(.subnet(subnet("subnet-2", "vpc-2", "172.31.0.0/20") { $0.privateDnsNameOptionsOnLaunch = options })))
    #expect(world.instances[ID("i-2")]?.privateDnsNameOptions == PrivateDnsNameOptions())
  }

  @Test func anElasticIPMovesAndIsShown() throws {
    var world = try World.small()
    try world.apply(.addElasticIP(elastic("203.0.113.80")))
    // The address that the instance was given at its launch is released.
    try world.apply(.replace(.elasticIP(elastic("203.0.113.80", instance: "i-vpc"))))
    #expect(world.instances[ID("i-vpc")]?.publicIPAddress == address("203.0.113.80"))
    try world.apply(.addInstance(inside("vpc-2", "i-2", pair("172.31.0.9", "203.0.113.25"))))
    try world.apply(.replace(.elasticIP(elastic("203.0.113.80", instance: "i-2"))))
    #expect(world.instances[ID("i-vpc")]?.publicIPAddress == nil)
    #expect(world.instances[ID("i-2")]?.publicIPAddress == address("203.0.113.80"))
    world.refuses(
      .replace(.elasticIP(elastic("203.0.113.80", instance: "i-classic"))),
      .vpcElasticIPOnClassicInstance(address("203.0.113.80"), ID("i-classic")))  // S59
    #expect(world.instances[ID("i-2")]?.publicIPAddress == address("203.0.113.80"))
    world.refuses(
      .remove(.elasticIP(address("203.0.113.80"))),
      .addressInUse(.v4(address("203.0.113.80")), by: .instance(ID("i-2"))))
    try world.apply(.replace(.elasticIP(elastic("203.0.113.80"))))
    #expect(world.instances[ID("i-2")]?.publicIPAddress == nil)
    try world.apply(.remove(.elasticIP(address("203.0.113.80"))))
    try world.apply(.addInstance(inside("vpc-1", "i-3", pair("10.0.0.8", "203.0.113.80"))))
  }

  @Test func anInterfaceIsAttachedWithItsElasticIP() throws {
    var world = try World.small()
    try world.apply(.addNetworkInterface(interface("eni-1", "vpc-1", pair("10.0.0.7"))))
    try world.apply(.addElasticIP(elastic("203.0.113.80", interface: "eni-1")))
    try world.apply(
      .replace(.networkInterface(interface("eni-1", "vpc-1", pair("10.0.0.7"), of: "i-vpc"))))
    #expect(world.networkInterfaces[ID("eni-1")]?.addresses == [pair("10.0.0.7", "203.0.113.80")])
    #expect(world.elasticIPs[address("203.0.113.80")]?.instanceID == ID("i-vpc"))
    world.refuses(
      .replace(.networkInterface(interface("eni-1", "vpc-1", pair("10.0.0.8"), of: "i-vpc"))),
      .addressInUse(.v4(address("10.0.0.7")), by: .elasticIP(address("203.0.113.80"))))
    world.refuses(
      .remove(.networkInterface(ID("eni-1"))), .interfaceAttached(ID("eni-1"), ID("i-vpc")))
  }

  @Test func aPeeringIsAcceptedChangedAndDeleted() throws {  // S51
    var world = try World.small()
    try world.apply(.addRouteTable(table("rtb-2", "vpc-2")))
    var connection = peering("pcx-1", "vpc-1", "vpc-2") { $0.status = "pending-acceptance" }
    try world.apply(.addPeering(connection))
    connection.accepter.options.allowEgressFromLocalVpcToRemoteClassicLink = true
    world.refuses(
      .replace(.peering(connection)), .peeringNotActive(ID("pcx-1"), status: "pending-acceptance"))
    connection.status = "active"
    try world.apply(.replace(.peering(connection)))
    #expect(world.routeTables[ID("rtb-2")]?.routes == [.toClassic])
    world.refuses(
      .remove(.peering(ID("pcx-1"))), .peeringTransition(ID("pcx-1"), from: "active", to: "nothing"))
    connection.status = "rejected"
    world.refuses(
      .replace(.peering(connection)), .peeringTransition(ID("pcx-1"), from: "active", to: "rejected"))
    connection.status = "deleted"
    try world.apply(.replace(.peering(connection)))
    #expect(world.routeTables[ID("rtb-2")]?.routes == [])
    try world.apply(.remove(.peering(ID("pcx-1"))))
  }

  @Test func aPeeringThatOverlapsIsNotAccepted() throws {
    var world = try World.small()
    try world.apply(.addVPC(vpc("vpc-3", "10.0.0.0/20")))
    var connection = peering("pcx-1", "vpc-1", "vpc-3") { $0.status = "pending-acceptance" }
    try world.apply(.addPeering(connection))
    connection.status = "active"
    world.refuses(.replace(.peering(connection)), .peersOverlap(range("10.0.0.0/16"), range("10.0.0.0/20")))
  }

  @Test func aZoneKeepsItsTopAndItsLastVPC() throws {  // semantics 3.1
    var world = try World.small()
    try world.apply(.addHostedZone(privateZone("Z1", "corp", "vpc-1")))
    try world.apply(.addHostedZone(privateZone("Z2", "corp", "vpc-2")))
    var zone = try #require(world.hostedZones[ID("Z1")])
    let owner = name("www.corp")
    zone.recordSets.append(ResourceRecordSet(name: owner, type: .a, ttl: 60, content: .records([[10, 0, 0, 1]])))
    try world.apply(.replace(.hostedZone(zone)))
    world.refuses(.remove(.hostedZone(ID("Z1"))), .zoneNotEmpty(ID("Z1"), count: 1))
    zone.vpcIDs = []
    world.refuses(.replace(.hostedZone(zone)), .privateZoneWithoutVPC(ID("Z1")))
    zone.vpcIDs = [ID("vpc-1"), ID("vpc-2")]
    world.refuses(.replace(.hostedZone(zone)), .zoneNameTwice(name("corp"), ID("vpc-2"), ID("Z2")))
    zone.vpcIDs = [ID("vpc-1")]
    zone.recordSets.removeAll { $0.type == .ns }
    world.refuses(
      .replace(.hostedZone(zone)), .recordSet(name: name("corp"), type: .ns, .neededAtApex))
    zone = try #require(world.hostedZones[ID("Z1")])
    zone.recordSets.removeAll { $0.name == owner }
    try world.apply(.replace(.hostedZone(zone)))
    try world.apply(.remove(.hostedZone(ID("Z1"))))
    try world.apply(.addHostedZone(privateZone("Z3", "corp", "vpc-1")))
  }
}
