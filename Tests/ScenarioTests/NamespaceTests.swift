// The stories of ClassicLink DNS where they happen: the resolvers on their own addresses and port 53, every asker at
// its own private address, dig and drill as the peers. Nothing but a network namespace is needed, and no right.
import Testing

@Suite(
  "In a namespace, at the real addresses", .serialized,
  .enabled("user namespaces are forbidden here, or unshare or ip is missing", { Namespace.canRunOrMust }))
struct NamespaceTests {
  private static let withoutSupport: [(asker: String, resolver: String, name: String, answer: String)] = [
    (Place.web, Place.classicResolver, Named.application, "203.0.113.25"),  // S17
    (Place.application, Place.resolver, Named.web, "203.0.113.9"),  // S18
    (Place.web, Place.classicResolver, Named.orders, "203.0.113.110"),  // S28
    (Place.web, Place.classicResolver, Named.sales, "203.0.113.130"),  // S28
    (Place.web, Place.classicResolver, Named.ledger, "10.0.1.120"),  // S29
    (Place.web, Place.classicResolver, Named.ordersPrivate, "10.0.0.110"),  // S30
    (Place.web, Place.classicResolver, Named.privateZone, "NXDOMAIN"),  // S76: not in force, and decision 15
    (Place.web, Place.classicResolver, Named.publicZone, "203.0.113.25"),
  ]
  private static let withSupport: [(asker: String, resolver: String, name: String, answer: String)] = [
    (Place.web, Place.classicResolver, Named.application, "10.0.0.5"),  // S74
    (Place.application, Place.resolver, Named.web, "10.112.0.9"),  // S74
    (Place.web, Place.classicResolver, Named.orders, "10.0.0.110"),  // S30
    (Place.web, Place.classicResolver, Named.sales, "10.0.0.130"),  // S30
    (Place.web, Place.classicResolver, Named.ledger, "10.0.1.120"),  // S29
    (Place.web, Place.classicResolver, Named.ordersPrivate, "10.0.0.110"),  // S30
    (Place.web, Place.classicResolver, Named.privateZone, "10.0.1.6"),  // S76
    (Place.web, Place.classicResolver, Named.publicZone, "10.0.0.5"),  // R14
  ]
  /// What the switch does not change.
  private static let always: [(asker: String, resolver: String, name: String, answer: String)] = [
    (Place.batch, Place.classicResolver, Named.application, "203.0.113.25"),
    (Place.batch, Place.classicResolver, Named.web, "10.112.0.9"),
    (Place.batch, Place.classicResolver, Named.privateZone, "NXDOMAIN"),
    (Place.web, Place.classicResolver, Named.sessions, "10.0.1.140"),  // S136
    (Place.application, Place.resolver, Named.sessions, "10.0.1.140"),  // S136
    (Place.internet, Place.linkLocal, Named.sessions, "10.0.1.140"),  // S136: never a public address
    (Place.application, Place.resolver, Named.application, "10.0.0.5"),
    (Place.application, Place.resolver, Named.privateZone, "10.0.1.6"),
    (Place.application, Place.resolver, Named.peer, "172.31.0.5"),
    (Place.peer, Place.peerResolver, Named.application, "10.0.0.5"),
    (Place.peer, Place.peerResolver, Named.web, "203.0.113.9"),
    (Place.neighbour, Place.neighbourResolver, Named.application, "203.0.113.25"),
    (Place.internet, Place.linkLocal, Named.application, "203.0.113.25"),
  ]

  /// Asks every line of a table, one `dig` an asker.
  private func check(
    _ server: NamespaceServer, _ table: [(asker: String, resolver: String, name: String, answer: String)],
    _ state: String
  ) throws {
    for (_, lines) in Dictionary(grouping: table, by: { $0.asker + " " + $0.resolver }) {
      let told = try server.told(from: lines[0].asker, at: lines[0].resolver, lines.map(\.name))
      for (line, answer) in zip(lines, told) {
        #expect(answer == line.answer, "\(line.name) from \(line.asker) at \(line.resolver), \(state)")
      }
    }
  }

  @Test(
    "DNS support off, on and off again, without restart or relink: S17, S18, S28-S30, S74, S76, S77, S136",
    arguments: Namespace.User.available)
  func classicLinkDNSSupport(user: Namespace.User) throws {
    let world = try ChangeableWorld.threeTier()
    try world.setClassicLinkDNS(false)
    let server = try Namespace(user, addresses: Place.addresses).serve(world: world.path, listeners: Place.resolvers)
    try check(server, Self.withoutSupport + Self.always, "support off")
    try world.setClassicLinkDNS(true)
    try server.reload(generation: 2)
    try check(server, Self.withSupport + Self.always, "support on")
    try world.setClassicLinkDNS(false)
    try server.reload(generation: 3)
    try check(server, Self.withoutSupport + Self.always, "support off again")
  }

  @Test("DNS support is idle without DNS hostnames and without DNS resolution: S75")
  func prerequisites() throws {
    let world = try ChangeableWorld.threeTier()
    try world.change("EnableDnsHostnames: true", to: "EnableDnsHostnames: false")
    let server = try Namespace(.ourselves, addresses: Place.addresses)
      .serve(world: world.path, listeners: Place.resolvers)
    let fromWeb = Self.withoutSupport.filter { $0.asker == Place.web }
    try check(server, fromWeb, "hostnames off")
    try world.change("EnableDnsHostnames: false", to: "EnableDnsHostnames: true")
    try world.change("EnableDnsSupport: true", to: "EnableDnsSupport: false")
    try server.reload(generation: 2)
    try check(server, fromWeb, "resolution off")
    try world.change("EnableDnsSupport: false", to: "EnableDnsSupport: true")
    try server.reload(generation: 3)
    try check(server, Self.withSupport, "both on again")
  }

  @Test("Without DNS resolution the VPC's hosts hear nothing, over UDP and TCP, and everybody else is answered")
  func silence() throws {
    let world = try ChangeableWorld.threeTier()
    try world.change("EnableDnsSupport: true", to: "EnableDnsSupport: false")
    let namespace = try Namespace(.ourselves, addresses: Place.addresses)
    let server = try namespace.serve(world: world.path, listeners: Place.resolvers)
    for (asker, transport) in [(Place.application, "+notcp"), (Place.someHost, "+tcp")] {
      let (output, status) = try namespace.run(
        ["dig", "-b", asker, "@" + Place.resolver, transport, "+tries=1", "+time=1", Named.application])
      #expect(status == 9 && !output.contains("Got answer"), "\(asker) \(transport): \(output)")
    }
    // Decision 20: who asks is still told why.
    #expect(try server.whoami(from: Place.application, at: Place.resolver).first == "asker i-0bbb0002")
    #expect(try server.told(from: Place.web, at: Place.classicResolver, [Named.application]) == ["203.0.113.25"])
    #expect(
      try server.told(from: Place.neighbour, at: Place.neighbourResolver, [Named.application]) == ["203.0.113.25"])
  }

  @Test("The address says who asks, and whoami. says why", arguments: Namespace.User.available)
  func whoAsks(user: Namespace.User) throws {
    let world = try ChangeableWorld.threeTier()
    let server = try Namespace(user, addresses: Place.addresses).serve(world: world.path, listeners: Place.resolvers)
    let inForce = "EC2-Classic us-east-1, linked to vpc-1a2b3c4d, ClassicLink DNS support in force"
    let classic = "network EC2-Classic us-east-1"
    let expected: [(asker: String, resolver: String, says: [String])] = [
      (Place.web, Place.classicResolver, ["asker i-0aaa0001", inForce, "found by its private address", classic]),
      (Place.batch, Place.classicResolver, ["asker i-0ddd0004", "EC2-Classic us-east-1", classic]),
      (
        Place.someClassicHost, Place.classicResolver,
        ["asker an unlinked EC2-Classic host of us-east-1", "found by the EC2-Classic range"]
      ),
      (
        Place.application, Place.resolver,
        ["asker i-0bbb0002", "in vpc-1a2b3c4d", "found by its private address", "network vpc-1a2b3c4d"]
      ),
      (
        Place.someHost, Place.resolver,
        ["asker some host in vpc-1a2b3c4d", "found by the range of its VPC", "listener 10.0.0.2#53"]
      ),
      (Place.internet, Place.linkLocal, ["asker the internet", "found by nothing: the address is unknown"]),
      // 169.254.169.253 is every VPC's: only the source can say whose.
      (Place.application, Place.linkLocal, ["asker i-0bbb0002", "network any", "listener 169.254.169.253#53"]),
      (Place.neighbour, Place.linkLocal, ["asker some host in vpc-5e6f7a8b", "network any"]),
      (Place.peer, Place.linkLocal, ["asker i-0eee0005", "network any"]),
      (
        Place.web, Place.resolver,
        ["asker i-0aaa0001", "network vpc-1a2b3c4d", "asks the resolver of another network"]
      ),
    ]
    for (asker, resolver, says) in expected {
      let strings = try server.whoami(from: asker, at: resolver)
      #expect(strings.contains("source \(asker)"))
      for text in says { #expect(strings.contains(text), "\(asker) at \(resolver) got \(strings)") }
    }
    // What the link-local address answers is the asker's own view.
    let names = [Named.application, Named.privateZone]
    #expect(try server.told(from: Place.application, at: Place.linkLocal, names) == ["10.0.0.5", "10.0.1.6"])
    #expect(try server.told(from: Place.neighbour, at: Place.linkLocal, names) == ["203.0.113.25", "NXDOMAIN"])
    #expect(try server.told(from: Place.peer, at: Place.linkLocal, names) == ["10.0.0.5", "NXDOMAIN"])
    // An unlinked Classic host, named nowhere.
    #expect(
      try server.told(from: Place.someClassicHost, at: Place.classicResolver, [Named.web, Named.application])
        == ["10.112.0.9", "203.0.113.25"])
  }

  @Test("The resolver of another VPC is refused, and says so: world.md 2.4")
  func foreign() throws {
    let world = try ChangeableWorld.threeTier()
    let server = try Namespace(.ourselves, addresses: Place.addresses)
      .serve(world: world.path, listeners: Place.resolvers)
    for (asker, resolver) in [
      (Place.neighbour, Place.resolver), (Place.peer, Place.resolver), (Place.web, Place.resolver),
      (Place.batch, Place.resolver), (Place.application, Place.neighbourResolver),
      (Place.application, Place.peerResolver), (Place.neighbour, Place.classicResolver),
    ] {
      for reply in try server.dig(from: asker, at: resolver, [[Named.application, "A"], [Named.privateZone, "A"]]) {
        #expect(reply.status == "REFUSED" && reply.answer.isEmpty, "\(asker) at \(resolver): \(reply.text)")
        #expect(reply.extendedError.hasPrefix("18 (Prohibited): (the resolver of another network"))
      }
    }
  }

  @Test("One question, two askers, in both orders: nobody hears what was meant for the other")
  func order() throws {
    let world = try ChangeableWorld.threeTier()
    let server = try Namespace(.ourselves, addresses: Place.addresses)
      .serve(world: world.path, listeners: Place.resolvers)
    let linked = (asker: Place.web, answer: "10.0.0.5")
    let unlinked = (asker: Place.batch, answer: "203.0.113.25")
    for (asker, answer) in [linked, unlinked, unlinked, linked, unlinked, linked] {
      #expect(try server.told(from: asker, at: Place.classicResolver, [Named.application]) == [answer])
    }
  }

  @Test("S64: 172.16.0.23 is EC2-Classic's resolver for the linked instance; S65: moving the other one changes nothing")
  func classicResolver() throws {
    let world = try ChangeableWorld("classic-resolver")
    let (linked, inside) = ("10.200.1.9", "172.16.4.4")
    let addresses = [Place.classicResolver, "172.16.0.2", linked, inside].map { $0 + "/32" }
    let server = try Namespace(.ourselves, addresses: addresses)
      .serve(world: world.path, listeners: ["172.16.0.23:53", "172.16.0.2:53"])
    let names = ["build.lab.internal", "dns.lab.internal", "ec2-203-0-113-44.compute-1.amazonaws.com"]
    func check(generation: Int) throws {
      let answers = ["172.16.4.4", "172.16.0.23", "172.16.4.4"]
      #expect(try server.told(from: linked, at: Place.classicResolver, names) == answers)
      let says = try server.whoami(from: linked, at: Place.classicResolver)
      #expect(says.contains("asker i-0ccc0003") && says.contains("network EC2-Classic us-east-1"), "\(says)")
      #expect(says.contains("generation \(generation)"), "\(says)")
      #expect(try server.told(from: inside, at: "172.16.0.2", names) == answers)
      // EC2-Classic's resolver is not the VPC's.
      #expect(try server.told(from: inside, at: Place.classicResolver, ["build.lab.internal"]) == ["REFUSED"])
    }
    try check(generation: 1)
    try world.change("Values: [{Value: 172.16.0.23}]", to: "Values: [{Value: 172.16.0.53}]")
    try world.change("PrivateIpAddress: 172.16.0.23", to: "PrivateIpAddress: 172.16.0.53")
    try server.reload(generation: 2)
    try check(generation: 2)
  }
}
