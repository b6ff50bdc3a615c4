// VPCs, subnets, route tables, peering and the calls that change them.
import Cloud
import DNSWire
import Testing

@Suite struct NetworkTests {
  @Test func aRangeHasSixteenToTwentyEightBits() throws {
    var world = try World(.addVPC(vpc("vpc-a", "10.0.0.0/16")), .addVPC(vpc("vpc-b", "10.0.0.0/28")))
    world.refuses(.addVPC(vpc("vpc-c", "10.0.0.0/15")), .rangeSize(range("10.0.0.0/15")), member: "CidrBlock")
    world.refuses(
      .addVPC(vpc("vpc-c", "10.0.0.0/16") { $0.secondaryCIDRBlocks = [range("10.1.0.0/29")] }),
      .rangeSize(range("10.1.0.0/29")), member: "CidrBlockAssociationSet")
    world.refuses(
      .addVPC(vpc("vpc-c", "10.0.0.0/16") { $0.secondaryCIDRBlocks = [range("10.0.4.0/24")] }),
      .rangesOverlap(range("10.0.0.0/16"), range("10.0.4.0/24")))
  }

  @Test func noVPCHasTheAddressOfAllHosts() throws {
    var world = World()
    world.refuses(
      .addVPC(vpc("vpc-a", "255.255.255.240/28")), .rangeWithBroadcast(range("255.255.255.240/28")),
      member: "CidrBlock",
      reads: "255.255.255.240/28 holds 255.255.255.255, the address of all hosts: no VPC can have it (RFC 919)")
    world.refuses(
      .addVPC(vpc("vpc-a", "10.0.0.0/16") { $0.secondaryCIDRBlocks = [range("255.255.0.0/16")] }),
      .rangeWithBroadcast(range("255.255.0.0/16")), member: "CidrBlockAssociationSet")
    try world.apply(.addVPC(vpc("vpc-a", "255.255.255.224/28")))
  }

  @Test func oneDefaultVPCAnAccountAndRegion() throws {
    var world = try World(.addVPC(vpc("vpc-a", "172.31.0.0/16") { $0.isDefault = true }))
    world.refuses(
      .addVPC(vpc("vpc-b", "172.31.0.0/16") { $0.isDefault = true }), .secondDefaultVPC(ID("vpc-a")))
    try world.apply(
      .addVPC(vpc("vpc-b", "172.31.0.0/16") { ($0.isDefault, $0.region) = (true, Region("eu-west-1")) }))
  }

  @Test func dhcpOptionsExistOrAreDefault() throws {
    var world = World()
    world.refuses(
      .addVPC(vpc("vpc-a", "10.0.0.0/16") { $0.dhcpOptionsID = ID("dopt-1") }),
      .notFound(kind: "DHCP options set", id: "dopt-1"), member: "DhcpOptionsId")
    try world.apply(.addVPC(vpc("vpc-a", "10.0.0.0/16") { $0.dhcpOptionsID = ID("default") }))
    try world.apply(.addDHCPOptions(DHCPOptions(id: ID("dopt-1"))))
    try world.apply(.addVPC(vpc("vpc-b", "10.0.0.0/16") { $0.dhcpOptionsID = ID("dopt-1") }))
    world.refuses(
      .addDHCPOptions(DHCPOptions(id: ID("dopt-1"))), .alreadyExists(kind: "DHCP options set", id: "dopt-1"))
  }

  @Test func subnetsLieInTheVPCSideBySide() throws {
    var world = try World.small()
    try world.apply(.addSubnet(subnet("subnet-1", "vpc-1", "10.0.0.0/24")))
    try world.apply(.addSubnet(subnet("subnet-2", "vpc-1", "10.0.1.0/24")))
    world.refuses(
      .addSubnet(subnet("subnet-3", "vpc-1", "10.0.1.128/25")),
      .subnetOverlaps(range("10.0.1.128/25"), ID("subnet-2")), member: "CidrBlock")
    world.refuses(
      .addSubnet(subnet("subnet-3", "vpc-1", "10.1.0.0/24")), .subnetOutsideVPC(range("10.1.0.0/24"), ID("vpc-1")))
    world.refuses(.addSubnet(subnet("subnet-3", "vpc-9", "10.1.0.0/24")), .notFound(kind: "VPC", id: "vpc-9"))
    world.refuses(.addSubnet(subnet("subnet-3", "vpc-1", "10.0.2.0/29")), .rangeSize(range("10.0.2.0/29")))
    try world.apply(.addSubnet(Subnet(id: ID("subnet-ipv6-only"), vpcID: ID("vpc-1"))))
  }

  @Test func aSubnetHasOneRouteTableAndAVPCOneMain() throws {
    var world = try World.small()
    try world.apply(.addSubnet(subnet("subnet-1", "vpc-1", "10.0.0.0/24")))
    try world.apply(.addSubnet(subnet("subnet-2", "vpc-2", "172.31.0.0/24")))
    var first = table("rtb-1", "vpc-1")
    (first.isMain, first.subnetIDs) = (true, [ID("subnet-1")])
    try world.apply(.addRouteTable(first))
    var second = table("rtb-2", "vpc-1")
    second.isMain = true
    world.refuses(.addRouteTable(second), .secondMainRouteTable(ID("vpc-1")))
    (second.isMain, second.subnetIDs) = (false, [ID("subnet-1")])
    world.refuses(.addRouteTable(second), .subnetHasRouteTable(ID("subnet-1"), ID("rtb-1")), member: "Associations")
    second.subnetIDs = [ID("subnet-2")]
    world.refuses(.addRouteTable(second), .subnetOfAnotherVPC(ID("subnet-2"), ID("vpc-1")))
    world.refuses(
      .addRouteTable(table("rtb-2", "vpc-1", [("0.0.0.0/0", "igw-1"), ("0.0.0.0/0", "nat-1")])),
      .routeTwice(range("0.0.0.0/0")))
    second.subnetIDs = []
    try world.apply(.addRouteTable(second))
  }

  @Test func hostnamesAreTurnedOnOnlyWithSupport() throws {  // semantics 2.2
    var world = try World(.addVPC(vpc("vpc-a", "10.0.0.0/16") { $0.enableDnsSupport = false }))
    world.refuses(
      .modifyVPCAttribute(ID("vpc-a"), .enableDnsHostnames(true)), .hostnamesNeedSupport(ID("vpc-a")),
      member: "EnableDnsHostnames")
    try world.apply(.modifyVPCAttribute(ID("vpc-a"), .enableDnsSupport(true)))
    try world.apply(.modifyVPCAttribute(ID("vpc-a"), .enableDnsHostnames(true)))
    // The other way round the state exists: support off, hostnames on.
    try world.apply(.modifyVPCAttribute(ID("vpc-a"), .enableDnsSupport(false)))
    #expect(world.vpcs[ID("vpc-a")]?.enableDnsHostnames == true)
    try world.apply(.modifyVPCAttribute(ID("vpc-a"), .enableDnsHostnames(false)))
    try world.apply(
      .addVPC(vpc("vpc-b", "10.0.0.0/16") { ($0.enableDnsSupport, $0.enableDnsHostnames) = (false, true) }))
    world.refuses(.modifyVPCAttribute(ID("vpc-x"), .enableDnsSupport(true)), .notFound(kind: "VPC", id: "vpc-x"))
  }
}

@Suite struct PeeringTests {
  @Test func peersExistAndDiffer() throws {
    var world = try World.small()
    world.refuses(
      .addPeering(peering("pcx-1", "vpc-1", "vpc-9")), .notFound(kind: "VPC", id: "vpc-9"), member: "AccepterVpcInfo")
    world.refuses(.addPeering(peering("pcx-1", "vpc-1", "vpc-1")), .peeringWithItself(ID("vpc-1")))
    try world.apply(.addPeering(peering("pcx-1", "vpc-1", "vpc-2")))
    world.refuses(
      .addPeering(peering("pcx-2", "vpc-2", "vpc-1")), .alreadyPeered(ID("vpc-2"), ID("vpc-1"), ID("pcx-1")))
    world.refuses(
      .addPeering(peering("pcx-1", "vpc-1", "vpc-2")), .alreadyExists(kind: "VPC peering connection", id: "pcx-1"))
  }

  @Test func activePeersDoNotOverlap() throws {
    var world = try World(
      .addVPC(vpc("vpc-a", "10.0.0.0/16") { $0.secondaryCIDRBlocks = [range("100.64.0.0/16")] }),
      .addVPC(vpc("vpc-b", "10.1.0.0/16") { $0.secondaryCIDRBlocks = [range("100.64.8.0/24")] }))
    world.refuses(
      .addPeering(peering("pcx-1", "vpc-a", "vpc-b")), .peersOverlap(range("100.64.0.0/16"), range("100.64.8.0/24")))
    try world.apply(.addPeering(peering("pcx-1", "vpc-a", "vpc-b") { $0.status = "pending-acceptance" }))
  }

  @Test func aDeletedPeeringMayNameAVPCThatIsGone() throws {
    var world = try World.small()
    try world.apply(.addPeering(peering("pcx-1", "vpc-1", "vpc-gone") { $0.status = "deleted" }))
    try world.apply(.addPeering(peering("pcx-2", "vpc-1", "vpc-2") { $0.status = "rejected" }))
    try world.apply(.addPeering(peering("pcx-3", "vpc-1", "vpc-2")))
  }

  @Test func classicLinkOptionsStayInOneRegion() throws {
    var world = try World(
      .addVPC(vpc("vpc-a", "10.0.0.0/16")),
      .addVPC(vpc("vpc-b", "10.1.0.0/16") { $0.region = Region("eu-west-1") }))
    world.refuses(
      .addPeering(
        peering("pcx-1", "vpc-a", "vpc-b") { $0.requester.options.allowEgressFromLocalClassicLinkToRemoteVpc = true }),
      .classicLinkAcrossRegions(ID("pcx-1")))
    try world.apply(.addPeering(peering("pcx-1", "vpc-a", "vpc-b")))
    var options = VPCPeeringConnection.Options()
    options.allowEgressFromLocalVpcToRemoteClassicLink = true
    world.refuses(
      .modifyPeeringOptions(ID("pcx-1"), requester: nil, accepter: options), .classicLinkAcrossRegions(ID("pcx-1")))
  }

  @Test func optionsNeedAnActivePeering() throws {
    var world = try World.small()
    try world.apply(.addPeering(peering("pcx-1", "vpc-1", "vpc-2") { $0.status = "pending-acceptance" }))
    world.refuses(
      .modifyPeeringOptions(ID("pcx-1"), requester: .init(), accepter: nil),
      .peeringNotActive(ID("pcx-1"), status: "pending-acceptance"))
    world.refuses(
      .modifyPeeringOptions(ID("pcx-9"), requester: .init(), accepter: nil),
      .notFound(kind: "VPC peering connection", id: "pcx-9"))
  }

  @Test func dnsOverPeeringNeedsHostnamesOnBothSides() throws {  // semantics 4.3
    var world = try World.small()
    try world.apply(.addPeering(peering("pcx-1", "vpc-1", "vpc-2")))
    var options = VPCPeeringConnection.Options()
    options.allowDnsResolutionFromRemoteVpc = true
    let change = Change.modifyPeeringOptions(ID("pcx-1"), requester: options, accepter: nil)
    world.refuses(change, .peerHostnamesDisabled(ID("pcx-1"), ID("vpc-1")))
    try world.apply(.modifyVPCAttribute(ID("vpc-1"), .enableDnsHostnames(true)))
    world.refuses(change, .peerHostnamesDisabled(ID("pcx-1"), ID("vpc-2")))
    try world.apply(.modifyVPCAttribute(ID("vpc-2"), .enableDnsHostnames(true)))
    try world.apply(change)
    // Hostnames turned off later: the state arises, the option stays, and nothing else is held up by it.
    try world.apply(.modifyVPCAttribute(ID("vpc-2"), .enableDnsHostnames(false)))
    try world.apply(change)
    #expect(world.peerings[ID("pcx-1")]?.requester.options.allowDnsResolutionFromRemoteVpc == true)
    world.refuses(
      .modifyPeeringOptions(ID("pcx-1"), requester: nil, accepter: nil), .nothingToModify(ID("pcx-1")))
  }

  @Test func aDescribedDnsOptionWithoutHostnamesIsAState() throws {
    var world = try World.small()
    try world.apply(
      .addPeering(peering("pcx-1", "vpc-1", "vpc-2") { $0.accepter.options.allowDnsResolutionFromRemoteVpc = true }))
  }

  @Test func theRouteToAPeersClassicInstances() throws {  // S51
    var world = try World.small()
    try world.apply(.addRouteTable(table("rtb-2", "vpc-2", [("172.31.0.0/16", "local")])))
    var options = VPCPeeringConnection.Options()
    options.allowEgressFromLocalVpcToRemoteClassicLink = true
    try world.apply(.addPeering(peering("pcx-1", "vpc-1", "vpc-2") { $0.accepter.options = options }))
    #expect(world.routeTables[ID("rtb-2")]?.routes.last == .toClassic)
    world.refuses(
      .addRouteTable(table("rtb-3", "vpc-2", [("10.0.0.0/16", "pcx-1")])),
      .routeInsideClassicRange(ID("rtb-3"), range("10.0.0.0/16")))
    try world.apply(.modifyPeeringOptions(ID("pcx-1"), requester: nil, accepter: .init()))
    #expect(world.routeTables[ID("rtb-2")]?.routes.count == 1)
    try world.apply(.addRouteTable(table("rtb-3", "vpc-2", [("10.0.0.0/16", "pcx-1")])))
    world.refuses(
      .modifyPeeringOptions(ID("pcx-1"), requester: nil, accepter: options),
      .routeInsideClassicRange(ID("rtb-3"), range("10.0.0.0/16")))
  }
  @Test func aRouteLeadsSomewhere() throws {
    var world = try World.small()
    world.refuses(
      .addRouteTable(table("rtb-2", "vpc-2", [("0.0.0.0/0", "")])), .routeWithoutTarget(range("0.0.0.0/0")),
      member: "Routes")
  }

  @Test func aRangeBesideThePeersClassicInstances() throws {  // S44, S51
    var world = try World.small()
    var options = VPCPeeringConnection.Options()
    options.allowEgressFromLocalVpcToRemoteClassicLink = true
    try world.apply(.addPeering(peering("pcx-1", "vpc-1", "vpc-2") { $0.accepter.options = options }))
    var vpc = try #require(world.vpcs[ID("vpc-2")])
    vpc.secondaryCIDRBlocks = [range("10.5.0.0/16")]
    world.refuses(.replace(.vpc(vpc)), .rangeConflictsWithClassic(ID("vpc-2"), range("10.5.0.0/16")))
  }

  @Test(arguments: ["", "us east", "über", "US-EAST-1", String(repeating: "a", count: 64)])
  func aRegionStandsInHostnames(code: String) throws {
    var world = World()
    world.refuses(.addVPC(vpc("vpc-9", "10.0.0.0/16") { $0.region = Region(code) }), .notARegion(Region(code)))
    world.refuses(.addInstance(classic("i-9") { $0.region = Region(code) }), .notARegion(Region(code)))
    #expect(RegionSuffixes(Region(code)).privateDomain != .root)
  }
}
