// Traps of hosted zones: what a private zone hides, where it is not seen, and what its records do not follow.
import Cloud
import DNSWire
import Testing
import Traps

@Suite("Traps of zones")
struct ZoneTrapTests {
  // MARK: An alias to nothing

  @Test("An alias to a name that nobody has: one finding a zone, with what leads where")
  func danglingAlias() throws {
    let finding = try findings(
      .danglingAlias,
      zone(
        "ZA", "example.com.", alias("www.example.com.", "d1.cloudfront.net."),
        alias("gone.example.com.", "gone.other.test."), a("here.example.com.", "203.0.113.1"),
        alias("same.example.com.", "here.example.com.")),
      zone("ZB", "other.test.", a("www.other.test.", "203.0.113.2"))
    ).one()
    #expect(finding.item == .hostedZone(ID("ZA")))
    #expect(
      finding.message
        == "gone.example.com. and www.example.com. of ZA are aliases of d1.cloudfront.net. and gone.other.test., which "
        + "nobody in this world has: no address is answered")
    #expect(
      finding.mend
        == "add what has d1.cloudfront.net. and gone.other.test. to the world, or point to a name of it")
  }

  @Test("A record of another zone, a load balancer under each of its names, a database and a hostname are somebody's")
  func aliasesOfSomebody() throws {
    var balancer = LoadBalancer(
      id: ID("web"), region: .usEast1, dnsName: name("web-1.us-east-1.elb.amazonaws.com."), scheme: .internetFacing,
      generation: .classic)
    balancer.publicAddresses = [address("203.0.113.3")]
    func findings(_ target: String) throws -> [Finding] {
      try TrapsTests.findings(
        .danglingAlias, vpc("vpc-1", "10.0.0.0/16"), database("orders", in: "vpc-1") { _ in },
        .addLoadBalancer(balancer), zone("ZB", "other.test.", a("*.other.test.", "203.0.113.2")),
        zone("ZA", "example.com.", on: ["vpc-1"], alias("www.example.com.", target)))
    }
    for target in [
      "web-1.us-east-1.elb.amazonaws.com.", "dualstack.web-1.us-east-1.elb.amazonaws.com.", "x.other.test.",
      "ipv6.web-1.us-east-1.elb.amazonaws.com.", "orders.c1.us-east-1.rds.amazonaws.com.",
      "ec2-203-0-113-25.compute-1.amazonaws.com.",
    ] { #expect(try findings(target).isEmpty, "\(target)") }
    #expect(try findings("web-2.us-east-1.elb.amazonaws.com.").count == 1)
  }

  // MARK: A private zone over a public one

  private let publicZone = zone(
    "ZPUBLIC", "example.com.", a("www.example.com.", "203.0.113.1"), a("mail.example.com.", "203.0.113.2"))

  private func shadow(_ privateZone: Change, _ others: Change..., hostnames: Bool = true) throws -> [Finding] {
    var world = World()
    try world.apply(vpc("vpc-1", "10.0.0.0/16") { $0.enableDnsHostnames = hostnames })
    for change in [publicZone, privateZone] + others { try world.apply(change) }
    return Trap.shadowedZone.findings(in: world)
  }

  @Test("One name: what only the public zone has is gone inside")
  func sameName() throws {
    let finding = try shadow(zone("ZIN", "example.com.", on: ["vpc-1"], a("www.example.com.", "10.0.0.1"))).one()
    #expect(finding.item == .hostedZone(ID("ZIN")))
    #expect(
      finding.message
        == "private zone example.com. hides mail.example.com. of the public zone example.com. (ZPUBLIC) from vpc-1")
    #expect(finding.mend == "add what the VPC needs of ZPUBLIC to ZIN too")
  }

  @Test("A private zone that has every name hides none")
  func complete() throws {
    let sets = [a("www.example.com.", "10.0.0.1"), a("mail.example.com.", "10.0.0.2")]
    #expect(try shadow(zone("ZIN", "example.com.", on: ["vpc-1"], sets[0], sets[1])).isEmpty)
    #expect(try shadow(zone("ZIN", "example.com.", on: ["vpc-1"], a("*.example.com.", "10.0.0.1"))).isEmpty)
    #expect(try shadow(zone("ZIN", "example.org.", on: ["vpc-1"])).isEmpty)
  }

  @Test("A wildcard does not reach below a name that exists (RFC 4592)")
  func wildcard() throws {
    let deep = zone("ZDEEP", "deep.example.com.", a("a.b.deep.example.com.", "203.0.113.3"))
    let finding = try shadow(
      zone(
        "ZIN", "example.com.", on: ["vpc-1"], a("*.example.com.", "10.0.0.1"), a("x.b.deep.example.com.", "10.0.0.2")),
      deep
    ).one()
    #expect(finding.message.contains("hides a.b.deep.example.com."))
  }

  @Test("A private zone above the public one hides all of it, one below what lies there")
  func aboveAndBelow() throws {
    let above = try shadow(zone("ZIN", "com.", on: ["vpc-1"])).one()
    #expect(above.message.contains("hides mail.example.com. and www.example.com. of"))
    #expect(try shadow(zone("ZIN", "dev.example.com.", on: ["vpc-1"])).isEmpty)
    let below = try shadow(zone("ZIN", "www.example.com.", on: ["vpc-1"]))
    // The apex of the private zone is the name: it exists.
    #expect(below.isEmpty)
    let under = try shadow(
      zone("ZIN", "example.com.", on: ["vpc-1"], a("mail.example.com.", "10.0.0.1")),
      zone("ZWWW", "www.example.com.", on: ["vpc-1"], a("www.example.com.", "10.0.0.2")))
    #expect(under.isEmpty, "a more specific private zone answers")
  }

  @Test("At most three names are listed")
  func many() throws {
    var world = World()
    try world.apply(vpc("vpc-1", "10.0.0.0/16"))
    var sets = HostedZone(id: ID("ZPUB"), name: name("example.com."), isPrivate: false, vpcIDs: [])
    sets.recordSets = (1...9).map { a("n\($0).example.com.", "203.0.113.\($0)") }
    try world.apply(.addHostedZone(sets))
    try world.apply(zone("ZIN", "example.com.", on: ["vpc-1"]))
    let finding = try Trap.shadowedZone.findings(in: world).one()
    #expect(finding.message.contains("n1.example.com., n2.example.com., n3.example.com. and 6 more"))
  }

  @Test("A zone that no VPC sees hides nothing")
  func unseen() throws {
    #expect(try shadow(zone("ZIN", "example.com.", on: ["vpc-1"]), hostnames: false).isEmpty)
  }

  // MARK: Visibility and size

  @Test("A private zone is invisible in a VPC that lacks an attribute")
  func invisible() throws {
    func world(_ hostnames: Bool) throws -> [Finding] {
      try findings(
        .invisibleZone, vpc("vpc-1", "10.0.0.0/16"),
        vpc("vpc-2", "10.1.0.0/16") { $0.enableDnsHostnames = hostnames },
        zone("ZIN", "corp.internal.", on: ["vpc-1", "vpc-2"]))
    }
    let finding = try world(false).one()
    #expect(
      finding.message == "private zone corp.internal. (ZIN) is invisible in vpc-2: EnableDnsHostnames is off")
    #expect(finding.mend == "turn on EnableDnsHostnames of vpc-2")
    #expect(try world(true).isEmpty)
  }

  @Test("More record sets than the default quota")
  func large() throws {
    func world(_ count: Int) throws -> [Finding] {
      var zone = HostedZone(id: ID("ZBIG"), name: name("example.com."), isPrivate: false, vpcIDs: [])
      zone.recordSets = (0..<count).map { a("n\($0).example.com.", "203.0.113.1") }
      return try findings(.largeZone, .addHostedZone(zone))
    }
    // Route 53's own SOA and NS make it two more.
    let quota = Quotas.defaultRecordSetsPerHostedZone
    #expect(try world(quota - 1).one().message.contains("\(quota + 1) record sets"))
    #expect(try world(quota - 2).isEmpty)
  }

  // MARK: Records that do not follow a failover (S31)

  private func fixed(_ set: ResourceRecordSet, multiAZ: Bool = true) throws -> [Finding] {
    try findings(
      .fixedDatabaseAddress, vpc("vpc-1", "10.0.0.0/16"),
      database("orders", in: "vpc-1") {
        $0.multiAZ = multiAZ
        $0.privateIPAddress = address("10.0.2.10")
        $0.standbyPrivateIPAddress = address("10.0.3.10")
      }, zone("ZIN", "corp.internal.", on: ["vpc-1"], set))
  }

  private static let leading = [
    a("db.corp.internal.", "10.0.2.10"), a("db.corp.internal.", "10.0.3.10"),
    cname("db.corp.internal.", "ip-10-0-2-10.ec2.internal."), alias("db.corp.internal.", "IP-10-0-2-10.ec2.internal."),
  ]

  @Test("S31: a record of the private address or the ip-... name", arguments: leading)
  func leads(set: ResourceRecordSet) throws {
    let finding = try fixed(set).one()
    #expect(finding.item == .hostedZone(ID("ZIN")))
    #expect(finding.message.contains("db.corp.internal. of ZIN leads to a private address"))
    #expect(finding.mend == "make it a CNAME of orders.c1.us-east-1.rds.amazonaws.com.")
    #expect(try fixed(set, multiAZ: false).isEmpty)
  }

  private static let harmless = [
    cname("db.corp.internal.", "orders.c1.us-east-1.rds.amazonaws.com."), a("db.corp.internal.", "10.0.2.11"),
    cname("db.corp.internal.", "ip-10-0-2-10.eu-west-1.compute.internal."),
    cname("db.corp.internal.", "ip-10-0-2-10.ec2.internal.", type: .ptr),
  ]

  @Test("The endpoint, another address, another Region's name and a PTR are no such record", arguments: harmless)
  func doesNotLead(set: ResourceRecordSet) throws {
    #expect(try fixed(set).isEmpty)
  }

  @Test("A member of a cluster of two fails over to the other, one that is alone does not")
  func clusterMember() throws {
    func world(_ count: Int) throws -> [Finding] {
      var world = World()
      try world.apply(vpc("vpc-1", "10.0.0.0/16"))
      var cluster = DBCluster(id: ID("ledger"), region: .usEast1)
      cluster.endpoint = name("ledger.cluster-c1.us-east-1.rds.amazonaws.com")
      for number in 1...count {
        try world.apply(
          database("ledger-\(number)", in: "vpc-1") { $0.privateIPAddress = address("10.0.2.\(number)") })
        cluster.members.append(.init(instanceID: ID("ledger-\(number)"), isWriter: number == 1))
      }
      try world.apply(.addDBCluster(cluster))
      try world.apply(zone("ZIN", "corp.internal.", on: ["vpc-1"], a("db.corp.internal.", "10.0.2.1")))
      return Trap.fixedDatabaseAddress.findings(in: world)
    }
    #expect(try world(2).one().mend == "make it a CNAME of ledger.cluster-c1.us-east-1.rds.amazonaws.com.")
    #expect(try world(1).isEmpty)
  }

  @Test("In a zone of another VPC with the same range, the address is somebody else")
  func otherVPC() throws {
    func world(_ cidr: String) throws -> [Finding] {
      try findings(
        .fixedDatabaseAddress, vpc("vpc-1", "10.0.0.0/16"), vpc("vpc-2", cidr),
        database("orders", in: "vpc-1") {
          $0.multiAZ = true
          $0.privateIPAddress = address("10.0.2.10")
        }, zone("ZIN", "corp.internal.", on: ["vpc-2"], a("db.corp.internal.", "10.0.2.10")))
    }
    #expect(try world("10.0.0.0/16").isEmpty)
    #expect(try world("10.1.0.0/16").count == 1)
  }
}
