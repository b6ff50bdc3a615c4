// Traps of VPCs and their attributes: each with the neighbour that is allowed, and what clears it.
import Cloud
import DNSWire
import Testing
import Traps

@Suite("Traps of networks")
struct NetworkTrapTests {
  // MARK: The Classic resolver's address (S64, S65)

  /// A VPC whose DHCP options name `server`; with a linked instance when it is enabled for ClassicLink.
  private func conflict(_ cidr: String, _ server: String?, isEnabled: Bool, isLinked: Bool = false) throws -> [Finding]
  {
    var world = World()
    if let server { try world.apply(options("dopt-1", server)) }
    try world.apply(
      vpc("vpc-1", cidr) {
        $0.classicLinkEnabled = isEnabled
        $0.dhcpOptionsID = server.map { _ in ID("dopt-1") }
      })
    if isLinked {
      for change in [group("sg-1", in: "vpc-1"), instance("i-1", "10.9.0.9"), link("i-1", to: "vpc-1", "sg-1")] {
        try world.apply(change)
      }
    }
    return Trap.classicResolverAddress.findings(in: world)
  }

  @Test("S64: a VPC that sends its hosts to 172.16.0.23, which linked instances reach in EC2-Classic only")
  func classicResolver() throws {
    let finding = try conflict("172.16.0.0/16", "172.16.0.23", isEnabled: true, isLinked: true).one()
    #expect(finding.item == .vpc(ID("vpc-1")))
    #expect(finding.message.hasPrefix("dopt-1 of vpc-1 (172.16.0.0/16) names a DNS server at 172.16.0.23"))
    #expect(finding.message.contains("linked i-1 cannot reach it"))
    #expect(finding.mend.contains("another address of vpc-1"))
    #expect(finding.trap.references == ["S64", "S65"])
  }

  @Test("S65: the server on another address leaves only the weaker warning, and only with ClassicLink")
  func otherAddress() throws {
    let weaker = try conflict("172.16.0.0/16", "172.16.0.53", isEnabled: true).one()
    #expect(weaker.message.contains("is enabled for ClassicLink and holds 172.16.0.23"))
    #expect(try conflict("172.16.0.0/16", "172.16.0.53", isEnabled: false).isEmpty)
    #expect(try conflict("172.16.0.0/16", nil, isEnabled: false).isEmpty)
    #expect(try !conflict("172.16.0.0/16", "172.16.0.23", isEnabled: false).isEmpty)
  }

  @Test("A VPC of another range may name 172.16.0.23 or be enabled")
  func otherRange() throws {
    #expect(try conflict("172.17.0.0/16", "172.16.0.23", isEnabled: true, isLinked: true).isEmpty)
    #expect(try conflict("172.16.1.0/24", "172.16.0.23", isEnabled: true).isEmpty)
  }

  // MARK: Ranges

  @Test("S46: a publicly routable range", arguments: ["54.0.0.0/16", "172.32.0.0/16", "100.128.0.0/16"])
  func publicRange(cidr: String) throws {
    let finding = try findings(.publicRange, vpc("vpc-1", cidr)).one()
    #expect(finding.message.contains("vpc-1 has the publicly routable range \(cidr)"))
  }

  @Test(
    "S47: private ranges, and those of carriers, are none",
    arguments: ["10.0.0.0/16", "172.31.0.0/16", "192.168.0.0/16", "100.64.0.0/16"])
  func privateRange(cidr: String) throws {
    #expect(try findings(.publicRange, vpc("vpc-1", cidr)).isEmpty)
  }

  @Test("A secondary range counts, and linked instances are named")
  func secondaryRange() throws {
    let finding = try findings(
      .publicRange,
      vpc("vpc-1", "172.31.0.0/16") {
        $0.secondaryCIDRBlocks = [range("54.0.0.0/24")]
        $0.classicLinkEnabled = true
      }, group("sg-1", in: "vpc-1"), instance("i-1", "10.9.0.9"), link("i-1", to: "vpc-1", "sg-1")
    ).one()
    #expect(finding.message.contains("54.0.0.0/24: linked i-1 would"))
  }

  // MARK: Attributes

  private static let idle: [(edit: @Sendable (inout VPC) -> Void, says: String, mend: String)] = [
    ({ $0.enableDnsHostnames = false }, "EnableDnsHostnames is off", "turn on EnableDnsHostnames of vpc-1"),
    ({ $0.classicLinkEnabled = false }, "is not enabled for ClassicLink", "enable vpc-1 for ClassicLink"),
    (
      {
        $0.enableDnsSupport = false
        $0.enableDnsHostnames = false
      }, "EnableDnsSupport is off and EnableDnsHostnames is off",
      "turn on EnableDnsSupport and EnableDnsHostnames of vpc-1"
    ),
  ]

  @Test("S75: ClassicLink DNS support that has no effect", arguments: idle.indices)
  func idleSupport(index: Int) throws {
    let (edit, says, mend) = Self.idle[index]
    func world(_ isOn: Bool, _ edit: (inout VPC) -> Void) throws -> [Finding] {
      try findings(
        .idleClassicLinkDNS,
        vpc("vpc-1", "10.0.0.0/16") {
          $0.classicLinkEnabled = true
          $0.classicLinkDnsSupported = isOn
          edit(&$0)
        })
    }
    let finding = try world(true, edit).one()
    #expect(finding.message.contains(says))
    #expect(finding.mend == mend)
    #expect(try world(false, edit).isEmpty)
    #expect(try world(true) { _ in }.isEmpty)
  }

  @Test("EnableDnsHostnames without EnableDnsSupport")
  func hostnames() throws {
    func world(_ support: Bool, _ hostnames: Bool) throws -> [Finding] {
      try findings(
        .hostnamesWithoutSupport,
        vpc("vpc-1", "10.0.0.0/16") {
          $0.enableDnsSupport = support
          $0.enableDnsHostnames = hostnames
        })
    }
    #expect(try world(false, true).count == 1)
    #expect(try world(true, true).isEmpty)
    #expect(try world(false, false).isEmpty)
    #expect(try world(true, false).isEmpty)
  }

  @Test("The DNS option of a peering needs both attributes in both VPCs")
  func peering() throws {
    func world(_ isOn: Bool, _ hostnames: Bool, status: String = "active") throws -> [Finding] {
      var peering = VPCPeeringConnection(
        id: ID("pcx-1"), requester: .init(vpcID: ID("vpc-1")), accepter: .init(vpcID: ID("vpc-2")))
      peering.requester.options.allowDnsResolutionFromRemoteVpc = isOn
      peering.status = status
      return try findings(
        .idlePeeringDNS, vpc("vpc-1", "10.0.0.0/16"),
        vpc("vpc-2", "172.31.0.0/16") { $0.enableDnsHostnames = hostnames }, .addPeering(peering))
    }
    let finding = try world(true, false).one()
    #expect(finding.item == .peering(ID("pcx-1")))
    #expect(finding.mend == "turn on EnableDnsHostnames of vpc-2")
    #expect(try world(true, true).isEmpty)
    #expect(try world(false, false).isEmpty)
    #expect(try world(true, false, status: "pending-acceptance").isEmpty)
  }

  // MARK: What two networks share

  @Test("Two VPCs with one range, and one inside the other's")
  func sharedRange() throws {
    let equal = try findings(.sharedRange, vpc("vpc-1", "10.0.0.0/16"), vpc("vpc-2", "10.0.0.0/16")).one()
    #expect(equal.item == .vpc(ID("vpc-2")))
    #expect(equal.message.hasPrefix("vpc-2 (10.0.0.0/16) and vpc-1 (10.0.0.0/16) share addresses"))
    #expect(equal.mend.contains("--listen ADDR=vpc-2 --listen ADDR=vpc-1"))
    let inside = try findings(.sharedRange, vpc("vpc-1", "10.0.4.0/24"), vpc("vpc-2", "10.0.0.0/16")).one()
    #expect(inside.item == .vpc(ID("vpc-1")))
    #expect(try findings(.sharedRange, vpc("vpc-1", "10.0.0.0/16"), vpc("vpc-2", "10.1.0.0/16")).isEmpty)
  }

  @Test("A VPC is reported once, however many share its range")
  func manyShare() throws {
    var world = World()
    for number in 1...9 { try world.apply(vpc("vpc-\(number)", "10.0.0.0/16")) }
    #expect(Trap.sharedRange.findings(in: world).map(\.item.id) == (2...9).map { "vpc-\($0)" })
  }

  @Test("IPv6 ranges are compared too")
  func sharedIPv6Range() throws {
    func world(_ text: String) throws -> [Finding] {
      let blocks = [IPv6CIDRBlock("2001:db8:1::/56"), IPv6CIDRBlock(text)].compactMap { $0 }
      try #require(blocks.count == 2)
      return try findings(
        .sharedRange, vpc("vpc-1", "10.0.0.0/16") { $0.ipv6CIDRBlocks = [blocks[0]] },
        vpc("vpc-2", "10.1.0.0/16") { $0.ipv6CIDRBlocks = [blocks[1]] })
    }
    #expect(try world("2001:db8:1::/56").count == 1)
    #expect(try world("2001:db8:2::/56").isEmpty)
  }

  @Test("An EC2-Classic instance with the address of an instance of a VPC")
  func sharedAddress() throws {
    func world(_ inside: String) throws -> [Finding] {
      try findings(
        .sharedAddress, vpc("vpc-1", "10.0.0.0/16"), instance("i-1", "10.0.0.5"),
        instance("i-2", in: "vpc-1", inside))
    }
    let finding = try world("10.0.0.5").one()
    #expect(finding.item == .instance(ID("i-1")))
    #expect(finding.message.contains("i-1 in EC2-Classic and i-2 in vpc-1 have the address 10.0.0.5"))
    #expect(finding.mend.contains("--listen ADDR=classic --listen ADDR=vpc-1"))
    #expect(try world("10.0.0.6").isEmpty)
  }

  @Test("Two EC2-Classic instances of two Regions: no listener helps")
  func classicOfTwoRegions() throws {
    func world(_ other: String) throws -> [Finding] {
      try findings(
        .sharedAddress, instance("i-1", "10.0.0.5"), instance("i-2", other, region: Region("eu-west-1")))
    }
    let found = try world("10.0.0.5")
    #expect(found.map(\.item.id) == ["i-1", "i-2"])
    #expect(found.allSatisfy { $0.mend.contains("worlds of their own") })
    #expect(try world("10.0.0.6").isEmpty)
  }

  @Test("Requesters of two networks with one source")
  func sharedSource() throws {
    func world(_ source: String, _ identity: Requester.Identity) throws -> [Finding] {
      try findings(
        .sharedSource, vpc("vpc-1", "10.0.0.0/16"), vpc("vpc-2", "10.1.0.0/16"),
        requester("127.0.1.1/32", .vpc(ID("vpc-1"))), requester(source, identity))
    }
    let finding = try world("127.0.1.1/32", .vpc(ID("vpc-2"))).one()
    #expect(finding.item.id == "127.0.1.1")
    #expect(finding.message.contains("stands for askers in vpc-1 and in vpc-2"))
    #expect(try world("127.0.1.1/32", .classic(.usEast1)).count == 1)
    #expect(try world("127.0.1.2/32", .vpc(ID("vpc-2"))).isEmpty)
    #expect(try world("127.0.1.0/24", .vpc(ID("vpc-2"))).isEmpty)
  }

  @Test("EC2-Classic of two Regions has one listener")
  func classicSources() throws {
    let finding = try findings(
      .sharedSource, requester("127.0.1.1/32", .classic(.usEast1)),
      requester("127.0.1.1/32", .classic(Region("eu-west-1")))
    ).one()
    #expect(finding.message.contains("no listener can tell them apart"))
  }
}
