// ClassicLink: who can be linked to what, and what undoes it.
import Cloud
import DNSWire
import Testing

@Suite struct ClassicLinkTests {
  @Test func aRunningClassicInstanceIsLinkedWithAGroupOfTheVPC() throws {
    var world = try World.small()
    try world.apply(.attachClassicLink(link("i-classic", "vpc-1", "sg-1")))
    #expect(world.classicLinks[ID("i-classic")]?.vpcID == ID("vpc-1"))
    #expect(world.instances[ID("i-classic")]?.vpcID == nil)  // S16
    #expect(world.instances[ID("i-classic")]?.privateIPAddress == address("10.112.0.9"))  // S14
  }

  @Test func theLinkNamesThingsThatExist() throws {
    var world = try World.small()
    world.refuses(
      .attachClassicLink(link("i-none", "vpc-1", "sg-1")), .notFound(kind: "instance", id: "i-none"),
      member: "InstanceId", reads: "there is no instance i-none")
    world.refuses(
      .attachClassicLink(link("i-classic", "vpc-none", "sg-1")), .notFound(kind: "VPC", id: "vpc-none"),
      member: "VpcId")
    world.refuses(
      .attachClassicLink(link("i-classic", "vpc-1", "sg-none")), .notFound(kind: "security group", id: "sg-none"),
      member: "Groups")
  }

  @Test func aVPCInstanceIsNotLinked() throws {  // S63
    var world = try World.small()
    world.refuses(
      .attachClassicLink(link("i-vpc", "vpc-1", "sg-1")), .notAClassicInstance(ID("i-vpc"), ID("vpc-1")),
      member: "InstanceId")
  }

  @Test(arguments: [Instance.State.pending, .stopping, .stopped, .shuttingDown])
  func onlyARunningInstanceIsLinked(_ state: Instance.State) throws {  // S69
    var world = try World.small()
    try world.apply(.addInstance(classic("i-0aaa0001") { $0.state = state }))
    world.refuses(
      .attachClassicLink(link("i-0aaa0001", "vpc-1", "sg-1")), .notRunning(ID("i-0aaa0001"), state),
      reads: "i-0aaa0001 is \(state.rawValue): only a running instance can be linked (S69)")
  }

  @Test func anInstanceHasOneLink() throws {  // S40, S53
    var world = try World.small()
    try world.apply(.attachClassicLink(link("i-classic", "vpc-1", "sg-1")))
    try world.apply(.enableClassicLink(ID("vpc-2")))
    world.refuses(
      .attachClassicLink(link("i-classic", "vpc-2", "sg-2")), .alreadyLinked(ID("i-classic"), ID("vpc-1")))
    world.refuses(
      .attachClassicLink(link("i-classic", "vpc-1", "sg-1")), .alreadyLinked(ID("i-classic"), ID("vpc-1")))
    try world.apply(.detachClassicLink(ID("i-classic"), ID("vpc-1")))
    try world.apply(.attachClassicLink(link("i-classic", "vpc-2", "sg-2")))
  }

  @Test func aLinkStaysInItsRegionAndAccount() throws {  // S1, S55
    var world = try World.small()
    var far = Instance(id: ID("i-far"), region: Region("eu-west-1"), ownerID: account)
    try world.apply(.addInstance(far))
    world.refuses(
      .attachClassicLink(link("i-far", "vpc-1", "sg-1")), .linkAcrossRegions(ID("i-far"), ID("vpc-1")),
      member: "VpcId")
    far = Instance(id: ID("i-foreign"), region: .usEast1, ownerID: "999999999999")
    try world.apply(.addInstance(far))
    world.refuses(
      .attachClassicLink(link("i-foreign", "vpc-1", "sg-1")), .linkAcrossAccounts(ID("i-foreign"), ID("vpc-1")))
  }

  @Test func theVPCMustBeEnabled() throws {  // S9
    var world = try World.small()
    world.refuses(
      .attachClassicLink(link("i-classic", "vpc-2", "sg-2")), .classicLinkNotEnabled(ID("vpc-2")), member: "VpcId")
    try world.apply(.enableClassicLink(ID("vpc-2")))
    try world.apply(.attachClassicLink(link("i-classic", "vpc-2", "sg-2")))
  }

  @Test func aLinkNeedsGroupsAndAllOfThatVPC() throws {  // S2
    var world = try World.small()
    world.refuses(.attachClassicLink(link("i-classic", "vpc-1")), .noGroup(ID("i-classic")), member: "Groups")
    world.refuses(
      .attachClassicLink(link("i-classic", "vpc-1", "sg-1", "sg-2")), .groupOfAnotherVPC(ID("sg-2"), ID("vpc-1")),
      member: "Groups", reads: "sg-2 is not a group of vpc-1 (S2)")
    world.refuses(
      .attachClassicLink(link("i-classic", "vpc-1", "sg-classic")), .groupOfAnotherVPC(ID("sg-classic"), ID("vpc-1")))
    #expect(world.classicLinks.isEmpty)
  }

  @Test func detachingNeedsThatLink() throws {  // decision 10
    var world = try World.small()
    world.refuses(.detachClassicLink(ID("i-classic"), ID("vpc-1")), .notLinked(ID("i-classic"), ID("vpc-1")))
    try world.apply(.attachClassicLink(link("i-classic", "vpc-1", "sg-1")))
    world.refuses(.detachClassicLink(ID("i-classic"), ID("vpc-2")), .notLinked(ID("i-classic"), ID("vpc-2")))
    world.refuses(
      .detachClassicLink(ID("i-classic"), ID("vpc-none")), .notFound(kind: "VPC", id: "vpc-none"))
    try world.apply(.detachClassicLink(ID("i-classic"), ID("vpc-1")))
    #expect(world.classicLinks.isEmpty)
  }

  @Test func disablingWaitsForTheLastLink() throws {  // S22
    var world = try World.small()
    try world.apply(.addInstance(classic("i-second")))
    try world.apply(.attachClassicLink(link("i-classic", "vpc-1", "sg-1")))
    try world.apply(.attachClassicLink(link("i-second", "vpc-1", "sg-1")))
    world.refuses(
      .disableClassicLink(ID("vpc-1")), .instancesAreLinked(ID("vpc-1"), count: 2), member: "VpcId",
      reads: "ClassicLink of vpc-1 cannot be disabled while instances are linked (2) (S22)")
    try world.apply(.detachClassicLink(ID("i-classic"), ID("vpc-1")))
    world.refuses(.disableClassicLink(ID("vpc-1")), .instancesAreLinked(ID("vpc-1"), count: 1))
    try world.apply(.stopInstance(ID("i-second")))
    try world.apply(.disableClassicLink(ID("vpc-1")))
    #expect(world.vpcs[ID("vpc-1")]?.classicLinkEnabled == false)
  }

  @Test func aDedicatedVPCIsNotEnabled() throws {  // S56
    var world = World()
    let dedicated = vpc("vpc-d", "172.31.0.0/16") { $0.instanceTenancy = .dedicated }
    try world.apply(.addVPC(dedicated))
    world.refuses(.enableClassicLink(ID("vpc-d")), .dedicatedTenancy(ID("vpc-d")), member: "InstanceTenancy")
    world.refuses(
      .addVPC(vpc("vpc-e", "10.0.0.0/16") { ($0.instanceTenancy, $0.classicLinkEnabled) = (.dedicated, true) }),
      .dedicatedTenancy(ID("vpc-e")))
  }

  @Test(arguments: ["10.0.0.0/16", "10.1.0.0/16", "10.1.128.0/20", "172.16.0.0/16", "192.168.0.0/24", "11.0.0.0/16"])
  func theseRangesCanBeEnabled(_ cidr: String) throws {  // S44, S58
    var world = try World(.addVPC(vpc("vpc-a", cidr) { $0.classicLinkEnabled = true }), .addVPC(vpc("vpc-b", cidr)))
    try world.apply(.enableClassicLink(ID("vpc-b")))
    #expect(world.vpcs.values.allSatisfy { $0.classicLinkEnabled })
  }

  @Test(arguments: ["10.2.0.0/16", "10.90.0.0/16", "10.255.0.0/24"])
  func otherRangesInsideTenCannot(_ cidr: String) throws {  // S44, S58
    var world = try World(.addVPC(vpc("vpc-a", cidr)))
    let reason = Refusal.Reason.rangeConflictsWithClassic(ID("vpc-a"), range(cidr))
    world.refuses(.enableClassicLink(ID("vpc-a")), reason, member: "CidrBlock")
    var fresh = World()
    fresh.refuses(.addVPC(vpc("vpc-a", cidr) { $0.classicLinkEnabled = true }), reason)
    fresh.refuses(
      .addVPC(
        vpc("vpc-a", "10.0.0.0/16") { ($0.secondaryCIDRBlocks, $0.classicLinkEnabled) = ([range(cidr)], true) }),
      reason)
  }

  @Test func aConflictingRouteForbidsEnabling() throws {  // S44, S58
    var world = try World(
      .addVPC(vpc("vpc-a", "10.0.0.0/16")),
      .addRouteTable(table("rtb-a", "vpc-a", [("10.0.0.0/16", "local"), ("10.9.0.0/16", "pcx-1")])))
    world.refuses(
      .enableClassicLink(ID("vpc-a")), .routeConflictsWithClassic(ID("rtb-a"), range("10.9.0.0/16")))
    #expect(world.vpcs[ID("vpc-a")]?.classicLinkEnabled == false)
  }

  @Test func aConflictingRouteIsNotAddedAfterEnabling() throws {  // S45
    var world = try World.small()
    world.refuses(
      .addRouteTable(table("rtb-1", "vpc-1", [("10.9.0.0/16", "pcx-1")])),
      .routeInsideClassicRange(ID("rtb-1"), range("10.9.0.0/16")), member: "Routes")
    world.refuses(
      .addRouteTable(table("rtb-1", "vpc-1", [("10.0.0.0/8", "vgw-1")])),
      .routeInsideClassicRange(ID("rtb-1"), range("10.0.0.0/8")))
    try world.apply(
      .addRouteTable(
        table(
          "rtb-1", "vpc-1",
          [("10.0.0.0/16", "local"), ("10.0.0.0/8", "local"), ("0.0.0.0/0", "igw-1"), ("172.31.0.0/16", "pcx-1")])))
    #expect(world.routeTables[ID("rtb-1")]?.routes.count == 4)  // S41: the automatic route is no conflict
  }

  @Test func theRouteToClassicComesAndGoes() throws {  // S41–S43
    var world = try World(
      .addVPC(vpc("vpc-a", "10.0.0.0/16")),
      .addRouteTable(table("rtb-1", "vpc-a", [("10.0.0.0/16", "local")])), .enableClassicLink(ID("vpc-a")),
      .addRouteTable(table("rtb-2", "vpc-a", [("10.0.0.0/16", "local")])))
    for id in ["rtb-1", "rtb-2"] {
      #expect(world.routeTables[ID(id)]?.routes.last == .toClassic)
      #expect(world.routeTables[ID(id)]?.routes.count == 2)
    }
    try world.apply(.enableClassicLink(ID("vpc-a")))
    #expect(world.routeTables[ID("rtb-1")]?.routes.count == 2)
    try world.apply(.disableClassicLink(ID("vpc-a")))
    for id in ["rtb-1", "rtb-2"] {
      #expect(world.routeTables[ID(id)]?.routes.map(\.destination) == [range("10.0.0.0/16")])
    }
  }

  @Test func dnsSupportIsTakenWhateverTheAttributesAre() throws {  // S75, decision 9
    var world = try World(.addVPC(vpc("vpc-a", "10.2.0.0/16") { $0.enableDnsSupport = false }))
    try world.apply(.setClassicLinkDnsSupport(ID("vpc-a"), true))
    #expect(world.vpcs[ID("vpc-a")]?.classicLinkDnsSupported == true)
    try world.apply(.setClassicLinkDnsSupport(ID("vpc-a"), false))
    #expect(world.vpcs[ID("vpc-a")]?.classicLinkDnsSupported == false)
    world.refuses(.setClassicLinkDnsSupport(ID("vpc-x"), true), .notFound(kind: "VPC", id: "vpc-x"))
  }

  @Test func anAccountWithoutClassicHasNone() throws {  // S5, S131
    var world = try World(.setSupportedPlatforms(["VPC"]), .addVPC(vpc("vpc-a", "10.0.0.0/16")))
    world.refuses(
      .addInstance(classic("i-1")), .classicNotSupported(kind: "instance", id: "i-1"),
      reads: "the instance i-1 needs EC2-Classic, and the account supports VPC only (S5)")
    world.refuses(.enableClassicLink(ID("vpc-a")), .classicNotSupported(kind: "VPC", id: "vpc-a"))
    world.refuses(.addSecurityGroup(group("sg-1", nil)), .classicNotSupported(kind: "security group", id: "sg-1"))
    world.refuses(.addDBInstance(database("db-1", nil)), .classicNotSupported(kind: "DB instance", id: "db-1"))
    world.refuses(
      .addElasticIP(elastic("203.0.113.1", .standard)),
      .classicNotSupported(kind: "Elastic IP address", id: "203.0.113.1"))
    world.refuses(.setSupportedPlatforms(["EC2"]), .unknownPlatforms(["EC2"]))

    var old = try World.small()
    old.refuses(.setSupportedPlatforms(["VPC"]), .classicNotSupported(kind: "instance", id: "i-classic"))
  }

  @Test func anIdTwiceIsRefused() throws {
    var world = try World.small()
    world.refuses(
      .addVPC(vpc("vpc-1", "10.1.0.0/16")), .alreadyExists(kind: "VPC", id: "vpc-1"), member: "VpcId",
      reads: "the VPC vpc-1 is there twice")
    world.refuses(.addInstance(classic("i-vpc")), .alreadyExists(kind: "instance", id: "i-vpc"))
    world.refuses(
      .addSecurityGroup(group("sg-1", "vpc-2")), .alreadyExists(kind: "security group", id: "sg-1"))
  }
}
