// What goes when nothing needs it, and what AWS holds back.
import Cloud
import DNSWire
import Testing

@Suite struct RemoveTests {
  @Test func aVPCGoesWhenNothingIsLeftInIt() throws {
    var world = try World(
      .addVPC(vpc("vpc-1", "10.0.0.0/16") { $0.classicLinkEnabled = true }),
      .addRouteTable(table("rtb-1", "vpc-1") { $0.isMain = true }),
      .addSecurityGroup(group("sg-0", "vpc-1") { $0.name = "default" }), .addSecurityGroup(group("sg-1", "vpc-1")),
      .addSubnet(subnet("subnet-1", "vpc-1", "10.0.0.0/24")), .addHostedZone(privateZone("Z1", "corp", "vpc-1")),
      .addInstance(classic("i-1", pair("10.112.0.9"))), .attachClassicLink(link("i-1", "vpc-1", "sg-1")),
      .setResolverConfig(ResolverConfig(vpcID: ID("vpc-1"), autodefinedReverse: false)),
      .addRequester(Requester(source: .v4(range("127.0.0.5/32")), identity: .vpc(ID("vpc-1")))))
    func stays(_ user: String, sourceLocation: SourceLocation = #_sourceLocation) {
      world.refuses(
        .remove(.vpc(ID("vpc-1"))), .dependency(kind: "VPC", id: "vpc-1", by: user), member: "VpcId",
        sourceLocation: sourceLocation)
    }
    stays("subnet-1")
    try world.apply(.remove(.subnet(ID("subnet-1"))))
    stays("linked instances (1)")
    world.refuses(.remove(.securityGroup(ID("sg-1"))), .groupInUse(ID("sg-1"), count: 1))
    try world.apply(.remove(.classicLink(ID("i-1"))))
    stays("sg-1")
    try world.apply(.remove(.securityGroup(ID("sg-1"))))
    stays("instances, interfaces, services, zones or rules (1)")
    world.refuses(
      .remove(.routeTable(ID("rtb-1"))), .dependency(kind: "route table", id: "rtb-1", by: "the main routes of vpc-1"))
    world.refuses(.remove(.securityGroup(ID("sg-0"))), .defaultGroup(ID("sg-0")))
    try world.apply(.remove(.hostedZone(ID("Z1"))))
    try world.apply(.remove(.vpc(ID("vpc-1"))))
    #expect(world.resources.map(\.id) == [.supportedPlatforms, .settings, .instance(ID("i-1"))])
    world.refuses(.remove(.vpc(ID("vpc-1"))), .notFound(kind: "VPC", id: "vpc-1"))
  }

  @Test func aPeeringHoldsItsVPCsUntilItEnds() throws {
    var world = try World(
      .addVPC(vpc("vpc-1", "10.0.0.0/16")), .addVPC(vpc("vpc-2", "172.31.0.0/16")),
      .addPeering(peering("pcx-1", "vpc-1", "vpc-2")))
    world.refuses(.remove(.vpc(ID("vpc-2"))), .dependency(kind: "VPC", id: "vpc-2", by: "pcx-1"))
    try world.apply(.replace(.peering(peering("pcx-1", "vpc-1", "vpc-2") { $0.status = "deleted" })))
    try world.apply(.remove(.vpc(ID("vpc-2"))))
  }

  @Test func aGroupThatANeighbourNamesStays() throws {
    var world = try World.small()
    try world.apply(.addSecurityGroup(group("sg-3", "vpc-1") { $0.ingress = [permission("sg-1", "sg-2", "sg-3")] }))
    world.refuses(.remove(.securityGroup(ID("sg-1"))), .groupNamedByRule(ID("sg-1"), ID("sg-3")))
    // Of another VPC: a stale rule is left (PEER-sg). Its own rule does not hold a group.
    try world.apply(.remove(.securityGroup(ID("sg-2"))))
    try world.apply(.remove(.securityGroup(ID("sg-3"))))
    try world.apply(.remove(.securityGroup(ID("sg-1"))))
  }

  @Test func dhcpOptionsStayWithTheirVPC() throws {
    var world = try World(.addDHCPOptions(DHCPOptions(id: ID("dopt-1"))))
    try world.apply(.addVPC(vpc("vpc-1", "10.0.0.0/16") { $0.dhcpOptionsID = ID("dopt-1") }))
    world.refuses(
      .remove(.dhcpOptions(ID("dopt-1"))), .dependency(kind: "DHCP options set", id: "dopt-1", by: "VPCs (1)"))
    try world.apply(.replace(.vpc(vpc("vpc-1", "10.0.0.0/16"))))
    try world.apply(.remove(.dhcpOptions(ID("dopt-1"))))
  }

  @Test func aTerminatedInstanceLeavesNothingBehind() throws {  // S21, S26
    var world = try World.small()
    try world.apply(.addSubnet(subnet("subnet-1", "vpc-1", "10.0.0.0/24") { $0.availabilityZone = "us-east-1a" }))
    try world.apply(
      .addInstance(classic("i-2", pair("10.112.0.10")) { $0.availabilityZone = "us-east-1a" }))
    try world.apply(.attachClassicLink(link("i-2", "vpc-1", "sg-1")))
    try world.apply(.addElasticIP(elastic("203.0.113.80", .standard, instance: "i-2")))
    try world.apply(.addRequester(Requester(source: .v4(range("127.0.0.5/32")), identity: .instance(ID("i-2")))))
    try world.apply(.addLoadBalancer(balancer("shop", "vpc-1", "i-2", "i-vpc")))
    // Its zone has one subnet, without which the linked instance is out of reach (S25).
    world.refuses(
      .remove(.subnet(ID("subnet-1"))), .dependency(kind: "subnet", id: "subnet-1", by: "the load balancer shop"))
    try world.apply(.remove(.instance(ID("i-2"))))
    #expect(world.classicLinks.isEmpty && world.requesters.isEmpty)
    #expect(world.loadBalancers[ID("shop")]?.instanceIDs == [ID("i-vpc")])
    #expect(world.elasticIPs[address("203.0.113.80")]?.instanceID == nil)
    try world.apply(.addInstance(classic("i-3", pair("10.112.0.10"))))
    try world.apply(.remove(.subnet(ID("subnet-1"))))
    world.refuses(.remove(.instance(ID("i-2"))), .notFound(kind: "instance", id: "i-2"))
  }

  @Test func aTerminatedInstanceTakesItsInterfaces() throws {
    var world = try World.small()
    try world.apply(.addNetworkInterface(interface("eni-1", "vpc-1", pair("10.0.0.5"), of: "i-vpc")))
    try world.apply(.addNetworkInterface(interface("eni-2", "vpc-1", pair("10.0.0.6"), of: "i-vpc")))
    try world.apply(.addElasticIP(elastic("203.0.113.80", interface: "eni-2")))
    try world.apply(.remove(.instance(ID("i-vpc"))))
    #expect(world.networkInterfaces.isEmpty)
    #expect(world.elasticIPs[address("203.0.113.80")]?.networkInterfaceID == nil)
    try world.apply(.addInstance(inside("vpc-1", "i-3", pair("10.0.0.6", "203.0.113.25"))))
  }

  @Test func onlyWhoIsInReachIsRegistered() throws {  // S25
    var world = try World.small()
    let refused = Refusal.Reason.notRegistrable(ID("i-classic"), ID("shop"))
    world.refuses(.addLoadBalancer(balancer("shop", "vpc-1", "i-classic")), refused, member: "Instances")
    try world.apply(.attachClassicLink(link("i-classic", "vpc-1", "sg-1")))
    world.refuses(.addLoadBalancer(balancer("shop", "vpc-1", "i-classic")), refused)  // in no zone of the VPC
    world.refuses(
      .addLoadBalancer(balancer("shop", "vpc-2", "i-vpc")), .notRegistrable(ID("i-vpc"), ID("shop")))
    world.refuses(.addLoadBalancer(balancer("shop", "vpc-1", "i-vpc", "i-vpc")), .registeredTwice(ID("i-vpc")))
    try world.apply(.addLoadBalancer(balancer("shop", nil, "i-classic")))
  }

  @Test func whoIsUnlinkedIsDeregisteredAndWhoStopsInAVPCIsNot() throws {
    var world = try World.small()
    try world.apply(.addSubnet(subnet("subnet-1", "vpc-1", "10.0.0.0/24") { $0.availabilityZone = "us-east-1a" }))
    try world.apply(
      .addInstance(classic("i-2", pair("10.112.0.10")) { $0.availabilityZone = "us-east-1a" }))
    try world.apply(.attachClassicLink(link("i-2", "vpc-1", "sg-1")))
    try world.apply(.addLoadBalancer(balancer("shop", "vpc-1", "i-2", "i-vpc")))
    try world.apply(.addLoadBalancer(balancer("old", nil, "i-2")))
    try world.apply(.stopInstance(ID("i-vpc")))
    try world.apply(.stopInstance(ID("i-2")))
    #expect(world.loadBalancers[ID("shop")]?.instanceIDs == [ID("i-vpc")])
    #expect(world.loadBalancers[ID("old")]?.instanceIDs == [ID("i-2")])
  }

  @Test func aClusterGoesAfterItsMembersAndHasAWriterUntilThen() throws {
    var world = try World.small()
    for id in ["db-1", "db-2"] { try world.apply(.addDBInstance(database(id, "vpc-1"))) }
    var cluster = DBCluster(id: ID("c"), region: .usEast1)
    cluster.members = [.init(instanceID: ID("db-1"), isWriter: true), .init(instanceID: ID("db-2"), isWriter: false)]
    try world.apply(.addDBCluster(cluster))
    world.refuses(.remove(.dbCluster(ID("c"))), .clusterHasMembers(ID("c"), count: 2))
    try world.apply(.remove(.dbInstance(ID("db-1"))))
    #expect(world.dbClusters[ID("c")]?.members == [.init(instanceID: ID("db-2"), isWriter: true)])
    try world.apply(.remove(.dbInstance(ID("db-2"))))
    try world.apply(.remove(.dbCluster(ID("c"))))
  }

  @Test func whatIsAlwaysThereAndWhatIsNotThere() throws {
    var world = try World.small()
    world.refuses(.remove(.settings), .cannotRemove)
    let key = StoredResource.Key(.targetGroup, "arn:1")
    world.refuses(.remove(.stored(key)), .notFound(kind: "TargetGroups", id: "arn:1"), member: "TargetGroupArn")
    try world.apply(.addStored(StoredResource(.targetGroup, "arn:1")))
    world.refuses(
      .addStored(StoredResource(.targetGroup, "arn:1")), .alreadyExists(kind: "TargetGroups", id: "arn:1"))
    try world.apply(.replace(.stored(StoredResource(.targetGroup, "arn:1", ["Port": .number("80")]))))
    #expect(world.storedResources[key] == ["Port": .number("80")])
    try world.apply(.remove(.stored(key)))
    var rule = ResolverRule(id: ID("r"), domainName: name("corp"), kind: .system)
    rule.vpcIDs = [ID("vpc-1")]
    try world.apply(.addResolverRule(rule))
    world.refuses(.remove(.resolverRule(ID("r"))), .ruleAssociated(ID("r"), ID("vpc-1")))
    rule.vpcIDs = []
    try world.apply(.replace(.resolverRule(rule)))
    try world.apply(.remove(.resolverRule(ID("r"))))
  }

  private func balancer(_ id: String, _ vpc: String?, _ instances: String...) -> LoadBalancer {
    var balancer = LoadBalancer(
      id: ID(id), region: .usEast1, dnsName: name("\(id).elb.example"), scheme: .internetFacing, generation: .classic)
    balancer.vpcID = vpc.map { ID($0) }
    balancer.instanceIDs = instances.map { ID($0) }
    return balancer
  }
}
