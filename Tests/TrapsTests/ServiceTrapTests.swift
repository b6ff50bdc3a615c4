// Traps of databases, caches and DNS servers: public paths, unknown addresses, open ports, half-open DNS.
import Cloud
import DNSWire
import Testing
import Traps

@Suite("Traps of services")
struct ServiceTrapTests {
  // MARK: Public addresses (S28, S30)

  private func link(
    dnsSupport: Bool = false, hostnames: Bool = true, isPublic: Bool = true, isLinked: Bool = true
  ) throws -> [Finding] {
    var world = World()
    var cluster = RedshiftCluster(id: ID("sales"), region: .usEast1, publiclyAccessible: isPublic)
    cluster.vpcID = ID("vpc-1")
    cluster.endpoint = name("sales.c1.us-east-1.redshift.amazonaws.com")
    for change in [
      vpc("vpc-1", "10.0.0.0/16") {
        $0.classicLinkEnabled = true
        $0.classicLinkDnsSupported = dnsSupport
        $0.enableDnsHostnames = hostnames
      },
      group("sg-1", in: "vpc-1"), instance("i-1", "10.9.0.9"), .addRedshiftCluster(cluster),
      database("orders", in: "vpc-1") {
        $0.publiclyAccessible = isPublic
        $0.privateIPAddress = address("10.0.0.110")
        $0.publicIPAddress = address("203.0.113.110")
      },
    ] { try world.apply(change) }
    if isLinked { try world.apply(TrapsTests.link("i-1", to: "vpc-1", "sg-1")) }
    return Trap.publicPathOfLink.findings(in: world)
  }

  @Test("S28: linked instances get the public address of a public database while DNS support is off")
  func publicPath() throws {
    let found = try link()
    #expect(found.map(\.item) == [.dbInstance(ID("orders")), .redshiftCluster(ID("sales"))])
    #expect(
      found[0].message
        == "DB instance orders is publicly accessible, and linked i-1 reaches orders.c1.us-east-1.rds.amazonaws.com. "
        + "by its public address: ClassicLink DNS support of vpc-1 is off")
    #expect(found[0].mend == "turn on ClassicLink DNS support of vpc-1, or use its private IP address 10.0.0.110")
  }

  @Test("S30: with DNS support it is over; idle support does not help (S75)")
  func publicPathCleared() throws {
    #expect(try link(dnsSupport: true).isEmpty)
    #expect(try link(isPublic: false).isEmpty)
    #expect(try link(isLinked: false).isEmpty)
    let idle = try link(dnsSupport: true, hostnames: false)
    #expect(idle.count == 2)
    #expect(idle[0].message.hasSuffix("is idle"))
    #expect(idle[0].mend.hasPrefix("turn on EnableDnsHostnames of vpc-1"))
  }

  // MARK: Unknown addresses (decision 22)

  @Test("A database needs the address that its endpoint leads to")
  func unknownDatabase() throws {
    func world(_ isPublic: Bool, _ privateAddress: String?, _ publicAddress: String?) throws -> [Finding] {
      try findings(
        .unknownAddress, vpc("vpc-1", "10.0.0.0/16"),
        database("orders", in: "vpc-1") {
          $0.publiclyAccessible = isPublic
          $0.privateIPAddress = privateAddress.map(address)
          $0.publicIPAddress = publicAddress.map(address)
        })
    }
    let finding = try world(true, "10.0.0.1", nil).one()
    #expect(finding.message.contains("SERVFAIL: DB instance orders has no PublicIpAddress"))
    #expect(try world(false, nil, nil).one().message.contains("no PrivateIpAddress"))
    #expect(try world(true, nil, "203.0.113.1").isEmpty)
    #expect(try world(false, "10.0.0.1", nil).isEmpty)
  }

  @Test("S33: the one interface described RDSNetworkInterface tells it")
  func interfaceTells() throws {
    func world(_ text: String) throws -> [Finding] {
      try findings(
        .unknownAddress, vpc("vpc-1", "10.0.0.0/16"), group("sg-1", in: "vpc-1"),
        database("orders", in: "vpc-1") { _ in },
        interface("eni-1", in: "vpc-1", text, "10.0.0.1", group: "sg-1"))
    }
    #expect(try world("RDSNetworkInterface").isEmpty)
    #expect(try world("something else").count == 1)
  }

  @Test("Redshift leaders, cache nodes, clusters without members and load balancers")
  func otherServices() throws {
    func world(isKnown: Bool) throws -> [Finding] {
      var world = World()
      try world.apply(vpc("vpc-1", "10.0.0.0/16"))
      var cluster = RedshiftCluster(id: ID("sales"), region: .usEast1, publiclyAccessible: false)
      cluster.vpcID = ID("vpc-1")
      cluster.endpoint = name("sales.redshift.amazonaws.com")
      var cache = CacheCluster(id: ID("sessions"), region: .usEast1)
      cache.vpcID = ID("vpc-1")
      cache.nodes = [.init(id: "0001"), .init(id: "0002")]
      for index in 0...1 { cache.nodes[index].endpoint = name("sessions.000\(index + 1).cache.amazonaws.com") }
      var aurora = DBCluster(id: ID("ledger"), region: .usEast1)
      aurora.endpoint = name("ledger.cluster.rds.amazonaws.com")
      var balancer = LoadBalancer(
        id: ID("front"), region: .usEast1, dnsName: name("front.elb.amazonaws.com"), scheme: .internal,
        generation: .classic)
      balancer.vpcID = ID("vpc-1")
      if isKnown {
        cluster.privateIPAddress = address("10.0.0.1")
        cache.nodes[0].privateIPAddress = address("10.0.0.2")
        cache.nodes[1].privateIPAddress = address("10.0.0.3")
        balancer.privateAddresses = [address("10.0.0.4")]
        try world.apply(database("ledger-1", in: "vpc-1") { $0.privateIPAddress = address("10.0.0.5") })
        aurora.members = [.init(instanceID: ID("ledger-1"), isWriter: true)]
      }
      for change in [
        .addRedshiftCluster(cluster), .addCacheCluster(cache), .addDBCluster(aurora), .addLoadBalancer(balancer),
      ] as [Change] { try world.apply(change) }
      return Trap.unknownAddress.findings(in: world)
    }
    let found = try world(isKnown: false)
    #expect(Set(found.map(\.item.id)) == ["sales", "sessions", "ledger", "front"])
    #expect(found.contains { $0.message.contains("PrivateIpAddress of node 0001 and 0002") })
    #expect(try world(isKnown: true).isEmpty)
  }

  // MARK: Open ports (S95, S96, S135, S137)

  private func open(
    _ rule: SecurityGroup.Permission, on text: String = "RDSNetworkInterface", others: Change...
  ) throws -> [Finding] {
    var world = World()
    for change in [
      vpc("vpc-1", "10.0.0.0/16"), group("sg-1", in: "vpc-1", rule),
      interface("eni-1", in: "vpc-1", text, "10.0.0.9", group: "sg-1"),
    ] + others { try world.apply(change) }
    return Trap.openServicePort.findings(in: world)
  }

  @Test("S95: a database port open to everybody, by name, number or as part of all")
  func openDatabase() throws {
    for open in [
      rule("tcp", 3306...3306, from: "0.0.0.0/0"), rule("6", 3000...4000, from: "0.0.0.0/0"),
    ] {
      let finding = try self.open(open).one()
      #expect(finding.item == .securityGroup(ID("sg-1")))
      #expect(finding.message == "sg-1 of RDS lets everybody in on TCP 3306")
    }
    #expect(try open(rule("-1", nil, from: "0.0.0.0/0")).one().message.contains("1433, 1521, 3306 and 1 more"))
    #expect(try open(rule("tcp", 3306...3306, from: "10.0.0.0/16", "0.0.0.0/0")).count == 1)
  }

  @Test("S95: a range, another protocol and another port are allowed")
  func closedDatabase() throws {
    #expect(try open(rule("tcp", 3306...3306, from: "10.0.0.0/16")).isEmpty)
    #expect(try open(rule("udp", 3306...3306, from: "0.0.0.0/0")).isEmpty)
    #expect(try open(rule("tcp", 443...443, from: "0.0.0.0/0")).isEmpty)
    #expect(try open(rule("tcp", 3306...3306, from: "0.0.0.0/0"), on: "of an instance").isEmpty)
  }

  @Test("::/0 is everybody too")
  func openIPv6() throws {
    var open = rule("tcp", 5432...5432)
    open.ipv6Ranges = [IPv6CIDRBlock("::/0")].compactMap { $0 }
    #expect(try self.open(open).count == 1)
  }

  @Test("Each service has its own ports", arguments: [("ElastiCache sessions", 6379), ("Redshift", 5439)])
  func otherPorts(text: String, port: Int) throws {
    #expect(try open(rule("tcp", port...port, from: "0.0.0.0/0"), on: text).count == 1)
    #expect(try open(rule("tcp", 3306...3306, from: "0.0.0.0/0"), on: text).isEmpty)
  }

  @Test("S137: an instance with a public address in the same group is named; a private one is not")
  func exposed() throws {
    let finding = try open(
      rule("tcp", 6379...6379, from: "0.0.0.0/0"), on: "ElastiCache sessions",
      others: instance("i-1", in: "vpc-1", "10.0.0.5", "203.0.113.5", groups: ["sg-1"]),
      instance("i-2", in: "vpc-1", "10.0.0.6", groups: ["sg-1"]),
      instance("i-3", in: "vpc-1", "10.0.0.7", "203.0.113.7")
    ).one()
    #expect(finding.message.hasSuffix("on TCP 6379, and is on i-1, which the internet reaches"))
  }

  @Test("S137: of several groups each names the instances that are on it")
  func exposedByGroup() throws {
    var world = World()
    let open = rule("tcp", 3306...3306, from: "0.0.0.0/0")
    for change in [
      vpc("vpc-1", "10.0.0.0/16"), group("sg-1", in: "vpc-1", open), group("sg-2", in: "vpc-1", open),
      database("orders", in: "vpc-1") { $0.securityGroupIDs = [ID("sg-1"), ID("sg-2")] },
      instance("i-3", in: "vpc-1", "10.0.0.7", "203.0.113.7", groups: ["sg-1", "sg-2"]),
      instance("i-1", in: "vpc-1", "10.0.0.5", "203.0.113.5", groups: ["sg-1"]),
      instance("i-2", in: "vpc-1", "10.0.0.6", groups: ["sg-1", "sg-2"]),
    ] { try world.apply(change) }
    #expect(
      Trap.openServicePort.findings(in: world).map(\.message) == [
        "sg-1 of RDS lets everybody in on TCP 3306, and is on i-1 and i-3, which the internet reaches",
        "sg-2 of RDS lets everybody in on TCP 3306, and is on i-3, which the internet reaches",
      ])
  }

  @Test("An interface that has a database's address is the database's, whatever it says of itself")
  func byAddress() throws {
    let found = try open(
      rule("tcp", 5432...5432, from: "0.0.0.0/0"), on: "made by hand",
      others: database("orders", in: "vpc-1") { $0.privateIPAddress = address("10.0.0.9") })
    #expect(found.count == 1)
  }

  /// One group, open on `port`, and no interface: only what the services say of themselves.
  private func carried(open port: Int, by services: Change...) throws -> [Finding] {
    var world = World()
    for change in [
      vpc("vpc-1", "10.0.0.0/16"), group("sg-1", in: "vpc-1", rule("tcp", port...port, from: "0.0.0.0/0")),
    ] + services { try world.apply(change) }
    return Trap.openServicePort.findings(in: world)
  }

  @Test("S95: the groups that a database itself names, and its own port before the usual ones")
  func ownGroups() throws {
    func orders(_ port: Int?) -> Change {
      database("orders", in: "vpc-1") { ($0.securityGroupIDs, $0.port) = ([ID("sg-1")], port) }
    }
    #expect(try carried(open: 3307, by: orders(3307)).one().message == "sg-1 of RDS lets everybody in on TCP 3307")
    #expect(try carried(open: 3306, by: orders(3307)).isEmpty)
    #expect(try carried(open: 3306, by: orders(nil)).count == 1)
    // The interface of the same group does not bring the usual ports back.
    let itsInterface = interface("eni-1", in: "vpc-1", "RDSNetworkInterface", "10.0.0.9", group: "sg-1")
    #expect(try carried(open: 3306, by: orders(3307), itsInterface).isEmpty)
    #expect(try carried(open: 3306, by: itsInterface).count == 1)
  }

  @Test("S95, S135: so do Redshift, cache and Aurora clusters")
  func ownGroupsOfClusters() throws {
    var redshift = RedshiftCluster(id: ID("sales"), region: .usEast1, publiclyAccessible: false)
    (redshift.vpcID, redshift.securityGroupIDs, redshift.port) = (ID("vpc-1"), [ID("sg-1")], 5440)
    var cache = CacheCluster(id: ID("sessions"), region: .usEast1)
    (cache.vpcID, cache.securityGroupIDs, cache.port) = (ID("vpc-1"), [ID("sg-1")], 6380)
    var aurora = DBCluster(id: ID("ledger"), region: .usEast1)
    (aurora.securityGroupIDs, aurora.port) = ([ID("sg-1")], 3307)
    for (service, change, port) in [
      ("Redshift", .addRedshiftCluster(redshift), 5440), ("ElastiCache", .addCacheCluster(cache), 6380),
      ("RDS", .addDBCluster(aurora), 3307),
    ] as [(String, Change, Int)] {
      let message = try carried(open: port, by: change).one().message
      #expect(message == "sg-1 of \(service) lets everybody in on TCP \(port)")
      #expect(try carried(open: port + 1, by: change).isEmpty)
    }
  }

  @Test("A database that names no group has its interface's, at its own port")
  func ownPortOfAnInterface() throws {
    func orders(_ port: Int) -> Change {
      database("orders", in: "vpc-1") { ($0.privateIPAddress, $0.port) = (address("10.0.0.9"), port) }
    }
    let itsInterface = interface("eni-1", in: "vpc-1", "made by hand", "10.0.0.9", group: "sg-1")
    #expect(try carried(open: 3307, by: orders(3307), itsInterface).count == 1)
    #expect(try carried(open: 3306, by: orders(3307), itsInterface).isEmpty)
  }

  // MARK: DNS servers (S106, S107)

  private func forward(_ rules: SecurityGroup.Permission..., port: UInt16 = 53) throws -> [Finding] {
    var world = World()
    var group = SecurityGroup(id: ID("sg-1"), name: "dns", ownerID: "123456789012", vpcID: ID("vpc-1"))
    group.ingress = rules
    var rule = ResolverRule(id: ID("rslvr-rr-1"), domainName: name("corp.example."), kind: .forward)
    rule.targets = [.init(address: .v4(address("10.0.0.53")), port: port)]
    rule.vpcIDs = [ID("vpc-1")]
    for change in [
      vpc("vpc-1", "10.0.0.0/16"), .addSecurityGroup(group),
      instance("i-dns", in: "vpc-1", "10.0.0.53", groups: ["sg-1"]), .addResolverRule(rule),
    ] { try world.apply(change) }
    return Trap.dnsTargetProtocol.findings(in: world)
  }

  private let tcp = rule("tcp", 53...53, from: "10.0.0.0/16")
  private let udp = rule("17", 53...53, from: "10.0.0.0/16")

  @Test("S106: a target that lets in only UDP, only TCP, or neither")
  func halfOpen() throws {
    let finding = try forward(udp).one()
    #expect(finding.item == .resolverRule(ID("rslvr-rr-1")))
    #expect(
      finding.message
        == "rslvr-rr-1 names 10.0.0.53 as a DNS server: sg-1 of i-dns does not let in TCP 53")
    #expect(finding.mend == "allow inbound TCP 53 from the servers' clients in sg-1")
    #expect(try forward(tcp).one().message.hasSuffix("UDP 53"))
    #expect(try forward().one().message.hasSuffix("TCP 53 and UDP 53"))
  }

  @Test("S107: both, a rule for all, and the port of the target")
  func bothOpen() throws {
    #expect(try forward(tcp, udp).isEmpty)
    #expect(try forward(rule("-1", nil, from: "10.0.0.0/16")).isEmpty)
    #expect(try forward(tcp, udp, port: 5353).count == 1)
    #expect(
      try forward(
        rule("tcp", 5353...5353, from: "10.0.0.0/16"), rule("udp", 5353...5353, from: "10.0.0.0/16"), port: 5353
      )
      .isEmpty)
  }

  @Test("The servers of DHCP options are looked at in the VPC that has them")
  func dhcpServers() throws {
    func world(_ server: String) throws -> [Finding] {
      try findings(
        .dnsTargetProtocol, options("dopt-1", server), vpc("vpc-1", "10.0.0.0/16") { $0.dhcpOptionsID = ID("dopt-1") },
        group("sg-1", in: "vpc-1", udp), instance("i-dns", in: "vpc-1", "10.0.0.53", groups: ["sg-1"]),
        // Another VPC's host with the same address is not the one that is asked.
        vpc("vpc-2", "10.0.0.0/16"), group("sg-2", in: "vpc-2", tcp, udp),
        instance("i-other", in: "vpc-2", "10.0.0.53", groups: ["sg-2"]))
    }
    let finding = try world("10.0.0.53").one()
    #expect(finding.item == .dhcpOptions(ID("dopt-1")))
    #expect(finding.message.contains("sg-1 of i-dns does not let in TCP 53"))
    #expect(try world("10.0.0.54").isEmpty)
    #expect(try world("AmazonProvidedDNS").isEmpty)
  }

  @Test("S37: of a linked server the link's groups count")
  func linkedServer() throws {
    func world(_ rules: SecurityGroup.Permission...) throws -> [Finding] {
      var group = SecurityGroup(id: ID("sg-1"), name: "linked", ownerID: "123456789012", vpcID: ID("vpc-1"))
      group.ingress = rules
      return try findings(
        .dnsTargetProtocol, options("dopt-1", "10.9.0.53"),
        vpc("vpc-1", "10.0.0.0/16") {
          $0.dhcpOptionsID = ID("dopt-1")
          $0.classicLinkEnabled = true
        }, .addSecurityGroup(group), TrapsTests.group("sg-classic", in: nil, tcp, udp),
        instance("i-dns", "10.9.0.53", groups: ["sg-classic"]), TrapsTests.link("i-dns", to: "vpc-1", "sg-1"))
    }
    #expect(try world(udp).one().message.contains("sg-1 of i-dns"))
    #expect(try world(tcp, udp).isEmpty)
  }
}
