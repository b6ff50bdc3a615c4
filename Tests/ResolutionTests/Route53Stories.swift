// Route 53's record sets: aliases and routing policies (semantics 3.3).
import Cloud
import DNSWire
import Resolution
import TestSupport
import Testing

@Suite("Route 53 record sets")
struct Route53Stories {
  static let host = ZoneWorld.host

  /// Two private zones, `corp.example` with `sets`, and load balancers to point to.
  static func stage(_ sets: [String], other: [String] = []) throws -> Stage {
    func mail(_ name: String) -> String { "Name: \(name)., Type: MX, TTL: 300, ResourceRecords: [{Value: 10 mail}]" }
    func list(_ sets: [String]) -> String { sets.map { "\n      - {\($0)}" }.joined() }
    return try Stage(
      """
      Region: us-east-1
      Vpcs:
        - {VpcId: vpc-00000001, CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}
      Instances:
        - {InstanceId: i-00000001, VpcId: vpc-00000001, PrivateIpAddress: 10.0.0.5, PublicIpAddress: 203.0.113.25}
      LoadBalancerDescriptions:
        - LoadBalancerName: web
          DNSName: web-1.us-east-1.elb.amazonaws.com
          Scheme: internet-facing
          VPCId: vpc-00000001
          LoadBalancerAddresses: [{IpAddress: 203.0.113.81}, {IpAddress: 203.0.113.82}]
      HostedZones:
        - Id: Z1
          Name: corp.example.
          VPCs: [{VPCRegion: us-east-1, VPCId: vpc-00000001}]
          ResourceRecordSets:\(list(sets + [mail("corp.example")]))
        - Id: Z2
          Name: other.test.
          VPCs: [{VPCRegion: us-east-1, VPCId: vpc-00000001}]
          ResourceRecordSets:\(list(other + [mail("other.test")]))
      """)
  }

  static func address(_ name: String, _ address: String, ttl: Int = 300, _ more: String = "") -> String {
    "Name: \(name)., Type: A, TTL: \(ttl), ResourceRecords: [{Value: \(address)}]\(more)"
  }

  static func alias(_ name: String, to target: String, type: String = "A") -> String {
    "Name: \(name)., Type: \(type), AliasTarget: {HostedZoneId: Z9, DNSName: \(target)., EvaluateTargetHealth: false}"
  }

  // MARK: Aliases

  @Test("The client sees the target's records under the alias's name, with the target's TTL")
  func aliases() throws {
    let lb = "web-1.us-east-1.elb.amazonaws.com"
    let stage = try Self.stage(
      [
        Self.address("www.corp.example", "10.0.0.7", ttl: 77), Self.alias("same.corp.example", to: "www.corp.example"),
        Self.alias("corp.example", to: lb), Self.alias("lb.corp.example", to: "dualstack." + lb),
        Self.alias("one.corp.example", to: "two.corp.example"), Self.alias("two.corp.example", to: "same.corp.example"),
        Self.alias("six.corp.example", to: lb, type: "AAAA"), Self.alias("far.corp.example", to: "www.other.test"),
        Self.alias("gone.corp.example", to: "gone.other.test"), Self.alias("away.corp.example", to: "www.away.test"),
        Self.alias("ec2.corp.example", to: "ec2-203-0-113-25.compute-1.amazonaws.com"),
        "Name: to.corp.example., Type: CNAME, TTL: 300, ResourceRecords: [{Value: six.corp.example.}]",
        "Name: on.corp.example., Type: CNAME, TTL: 300, ResourceRecords: [{Value: lb.corp.example.}]",
        "Name: toAway.corp.example., Type: CNAME, TTL: 300, ResourceRecords: [{Value: away.corp.example.}]",
      ], other: [Self.address("www.other.test", "10.0.0.8", ttl: 88)])
    func ask(_ name: String, _ type: String = "A") throws -> String { try stage.ask(name, type, from: Self.host) }
    #expect(try ask("same.corp.example") == "NOERROR: same.corp.example 77 A 10.0.0.7")
    #expect(try ask("one.corp.example") == "NOERROR: one.corp.example 77 A 10.0.0.7")
    #expect(try ask("far.corp.example") == "NOERROR: far.corp.example 88 A 10.0.0.8")
    #expect(try ask("corp.example") == "NOERROR: corp.example 60 A 203.0.113.81, corp.example 60 A 203.0.113.82")
    #expect(try ask("lb.corp.example").hasSuffix("lb.corp.example 60 A 203.0.113.82"))
    // The asker's view holds behind an alias too (R14).
    #expect(try ask("ec2.corp.example") == "NOERROR: ec2.corp.example 20 A 10.0.0.5")
    // The alias has one type; another one is NODATA, and so is a type that the target has not.
    #expect(try ask("same.corp.example", "MX") == "NODATA; by corp.example 900")
    #expect(try ask("six.corp.example", "AAAA") == "NODATA; by corp.example 900")
    #expect(try ask("gone.corp.example") == "NODATA; by corp.example 900")
    // Decision 13: there is no chain so far to show, and an empty NOERROR would be NODATA.
    #expect(try ask("away.corp.example") == "REFUSED; EDE 0")
    #expect(
      try stage.reply("away.corp.example", from: Self.host)?.extendedError?.text
        == "the chain leaves what this server knows, and no upstream is set")
    #expect(
      try ask("toAway.corp.example") == "NOERROR: toaway.corp.example 300 CNAME away.corp.example; EDE 0")
    // In a chain: the CNAME is seen, the alias is not.
    #expect(
      try ask("on.corp.example")
        == "NOERROR: on.corp.example 300 CNAME lb.corp.example, lb.corp.example 60 A 203.0.113.81, "
        + "lb.corp.example 60 A 203.0.113.82")
    #expect(
      try ask("to.corp.example", "AAAA")
        == "NOERROR: to.corp.example 300 CNAME six.corp.example; by corp.example 900")
  }

  @Test("Aliases in a circle across zones are a failure of the server, and a text says why (decision 13)")
  func aliasCircle() throws {
    let stage = try Self.stage(
      [
        Self.alias("a.corp.example", to: "b.other.test"),
        "Name: in.corp.example., Type: CNAME, TTL: 300, ResourceRecords: [{Value: a.corp.example.}]",
      ], other: [Self.alias("b.other.test", to: "a.corp.example")])
    #expect(try stage.ask("a.corp.example", from: Self.host) == "SERVFAIL; EDE 0")
    #expect(
      try stage.reply("a.corp.example", from: Self.host)?.extendedError?.text
        == "the chain is a circle or has too many hops")
    #expect(
      try stage.ask("in.corp.example", from: Self.host)
        == "NOERROR: in.corp.example 300 CNAME a.corp.example; EDE 0")
  }

  @Test("ANY of an alias is what the alias stands for, not what else the target has")
  func aliasAny() throws {
    let stage = try Self.stage([
      "Name: www.corp.example., Type: TXT, TTL: 300, ResourceRecords: [{Value: '\"a\"'}]",
      Self.address("www.corp.example", "10.0.0.7"), Self.address("www6.corp.example", "10.0.0.8"),
      Self.alias("same.corp.example", to: "www.corp.example"),
    ])
    #expect(try stage.ask("same.corp.example", "ANY", from: Self.host) == "NOERROR: same.corp.example 300 A 10.0.0.7")
  }

  @Test("Behind an alias for a CNAME the chain is a chain: its end decides code and SOA")
  func aliasForCNAME() throws {
    let stage = try Self.stage([
      "Name: old.corp.example., Type: CNAME, TTL: 300, ResourceRecords: [{Value: gone.other.test.}]",
      Self.alias("new.corp.example", to: "old.corp.example", type: "CNAME"),
    ])
    #expect(
      try stage.ask("new.corp.example", from: Self.host)
        == "NXDOMAIN: new.corp.example 300 CNAME gone.other.test; by other.test 900")
    #expect(
      try stage.ask("new.corp.example", "CNAME", from: Self.host)
        == "NOERROR: new.corp.example 300 CNAME gone.other.test")
  }

  // MARK: Policies

  /// Members of one set at `r.corp.example`: routing, and whether they are healthy.
  static func routed(_ members: [(policy: String, healthy: Bool)]) throws -> String {
    let sets = members.enumerated().map { index, member in
      address(
        "r.corp.example", "10.0.1.\(index)", ", SetIdentifier: s\(index), \(member.policy), Healthy: \(member.healthy)")
    }
    let reply = try stage(sets).reply("r.corp.example", from: host)
    return reply?.values.joined(separator: " ") ?? "silence"
  }

  @Test("Weighted: a member of weight 0 is served only when no other is healthy")
  func weighted() throws {
    #expect(try Self.routed([("Weight: 10", true), ("Weight: 20", true)]) == "10.0.1.0")
    #expect(try Self.routed([("Weight: 0", true), ("Weight: 20", true)]) == "10.0.1.1")
    #expect(try Self.routed([("Weight: 0", true), ("Weight: 20", false)]) == "10.0.1.0")
    #expect(try Self.routed([("Weight: 0", true), ("Weight: 0", true)]) == "10.0.1.0")
    #expect(try Self.routed([("Weight: 0", false), ("Weight: 20", false)]) == "10.0.1.1")
  }

  @Test("Failover: the secondary while the primary is unhealthy; the primary again when neither is healthy")
  func failover() throws {
    let (first, second) = ("Failover: PRIMARY", "Failover: SECONDARY")
    #expect(try Self.routed([(second, true), (first, true)]) == "10.0.1.1")
    #expect(try Self.routed([(second, true), (first, false)]) == "10.0.1.0")
    #expect(try Self.routed([(second, false), (first, false)]) == "10.0.1.1")
  }

  @Test("Latency and geolocation: the first healthy member, by its identifier")
  func latencyAndGeolocation() throws {
    #expect(try Self.routed([("Region: us-east-1", true), ("Region: eu-west-1", true)]) == "10.0.1.0")
    #expect(try Self.routed([("Region: us-east-1", false), ("Region: eu-west-1", true)]) == "10.0.1.1")
    let (default_, europe) = ("GeoLocation: {CountryCode: '*'}", "GeoLocation: {ContinentCode: EU}")
    #expect(try Self.routed([(default_, true), (europe, true)]) == "10.0.1.0")
    #expect(try Self.routed([(default_, false), (europe, true)]) == "10.0.1.1")
  }

  @Test("Multivalue: up to eight healthy values; all count when none is healthy")
  func multivalue() throws {
    let policy = "MultiValueAnswer: true"
    let ten = (0..<10).map { _ in (policy, true) }
    #expect(try Self.routed(ten).split(separator: " ").count == 8)
    let three = try Self.routed((0..<10).map { (policy, $0 % 4 == 1) })
    #expect(three == "10.0.1.1 10.0.1.5 10.0.1.9")
    #expect(try Self.routed([(policy, false), (policy, false)]) == "10.0.1.0 10.0.1.1")
  }

  @Test("Multivalue: a value that two members share is answered once (RFC 2181 5)")
  func multivalueTwins() throws {
    let more = ", MultiValueAnswer: true, SetIdentifier: "
    let stage = try Self.stage(
      ["a", "b", "c"].map { Self.address("r.corp.example", $0 == "c" ? "10.0.1.2" : "10.0.1.1", more + $0) })
    #expect(try stage.reply("r.corp.example", from: Self.host)?.values == ["10.0.1.1", "10.0.1.2"])
  }

  @Test("Multivalue: eight of fifty thousand values, which are not compared with each other")
  func multivalueMany() throws {
    let owner = try Name("r.corp.example")
    var zone = HostedZone(id: ID("Z1"), name: try Name("corp.example"), isPrivate: false, vpcIDs: [])
    zone.recordSets = (0..<50_000).map { index in
      let octets = [10, 1, UInt8(index >> 8), UInt8(index & 255)]
      var set = ResourceRecordSet(name: owner, type: .a, ttl: 60, content: .records([octets]))
      (set.policy, set.setIdentifier) = (.multivalue, "\(index)")
      return set
    }
    var world = World()
    try world.apply(.addHostedZone(zone))
    let stage = Stage(Compiler.compile(world, generation: 7))
    let values = try stage.reply("r.corp.example", from: "192.0.2.1")?.values ?? []
    #expect(values.count == 8 && values.allSatisfy { $0.hasPrefix("10.1.") })
  }

  @Test("Multivalue: aliases have no values of their own, so one of them is served")
  func multivalueAliases() throws {
    let stage = try Self.stage(
      ["a", "b"].map {
        Self.alias("r.corp.example", to: "www.other.test") + ", MultiValueAnswer: true, SetIdentifier: \($0)"
      }, other: [Self.address("www.other.test", "10.0.0.8")])
    #expect(try stage.ask("r.corp.example", from: Self.host) == "NOERROR: r.corp.example 300 A 10.0.0.8")
  }
}
