// A private zone against the domains that Amazon defines by itself: the most specific one decides (semantics 3.4).
import TestSupport
import Testing

@Suite("Private zones and autodefined domains")
struct AutodefinedStories {
  static let host = ZoneWorld.host
  static let name = "ec2-203-0-113-25.compute-1.amazonaws.com"

  static func world(zone: String, reverse: Bool = true, database: Bool = false) throws -> Stage {
    try Stage(
      """
      Region: us-east-1
      Vpcs:
        - VpcId: vpc-00000001
          CidrBlock: 10.0.0.0/16
          CidrBlockAssociationSet: [{CidrBlock: 100.64.0.0/24}]
          EnableDnsHostnames: true
      Instances:
        - {InstanceId: i-00000001, VpcId: vpc-00000001, PrivateIpAddress: 10.0.0.5, PublicIpAddress: 203.0.113.25}
      DBInstances:
        - DBInstanceIdentifier: orders
          Endpoint: {Address: orders.abc.us-east-1.rds.amazonaws.com}
          PubliclyAccessible: false
          DBSubnetGroup: {VpcId: vpc-00000001}
          PrivateIpAddress: 10.0.0.77
      ResolverConfigs:
        - {ResourceId: vpc-00000001, AutodefinedReverse: \(reverse ? "ENABLED" : "DISABLED")}
      HostedZones:
        - Id: Z1
          Name: \(zone).
          VPCs: [{VPCRegion: us-east-1, VPCId: vpc-00000001}]
          ResourceRecordSets:
            - {Name: mark.\(zone)., Type: TXT, TTL: 300, ResourceRecords: [{Value: '"zone"'}]}
      """)
  }

  @Test(
    "On equal names the private zone wins, and a less specific one loses",
    arguments: [
      ("ec2.internal", "ip-10-0-0-5.ec2.internal", true), ("internal", "ip-10-0-0-5.ec2.internal", false),
      ("internal", "db.corp.internal", true), ("compute-1.amazonaws.com", name, true), ("amazonaws.com", name, false),
      ("com", name, false), (name, name, true), ("amazonaws.com", "orders.abc.us-east-1.rds.amazonaws.com", true),
      ("us-east-1.rds.amazonaws.com", "orders.abc.us-east-1.rds.amazonaws.com", true),
      ("localhost", "x.localhost", true),
      ("compute-1.internal", "x.compute-1.internal", true), ("internal", "x.compute-1.internal", false),
    ])
  func equalNames(zone: String, asked: String, zoneWins: Bool) throws {
    let stage = try Self.world(zone: zone)
    let words = try stage.ask(asked, from: Self.host)
    #expect(words.hasSuffix("; by \(zone) 900") == zoneWins, "\(words)")
    #expect(
      try stage.ask("mark.\(zone)", "TXT", from: Self.host) == "NOERROR: mark.\(zone) 300 TXT \"zone\"")
  }

  @Test("A private zone amazonaws.com hides databases, and not the ec2- names (decision 24)")
  func amazonaws() throws {
    let stage = try Self.world(zone: "amazonaws.com")
    #expect(try stage.ask(Self.name, from: Self.host) == "NOERROR: \(Self.name) 20 A 10.0.0.5")
    #expect(
      try stage.ask("orders.abc.us-east-1.rds.amazonaws.com", from: Self.host) == "NXDOMAIN; by amazonaws.com 900")
    #expect(
      try stage.ask("orders.abc.us-east-1.rds.amazonaws.com", from: ZoneWorld.internet)
        == "NOERROR: orders.abc.us-east-1.rds.amazonaws.com 5 A 10.0.0.77")
  }

  @Test(
    "Reverse zones: the VPC's own /16 is more specific than a zone 10.in-addr.arpa",
    arguments: [
      ("10.in-addr.arpa", "5.0.0.10.in-addr.arpa", false), ("10.in-addr.arpa", "5.0.99.10.in-addr.arpa", true),
      ("0.10.in-addr.arpa", "5.0.0.10.in-addr.arpa", true), ("0.0.10.in-addr.arpa", "5.0.0.10.in-addr.arpa", true),
      ("1.0.10.in-addr.arpa", "5.0.0.10.in-addr.arpa", false), ("in-addr.arpa", "5.0.0.10.in-addr.arpa", false),
      ("in-addr.arpa", "9.9.9.9.in-addr.arpa", true), ("64.100.in-addr.arpa", "5.0.64.100.in-addr.arpa", false),
      ("0.64.100.in-addr.arpa", "5.0.64.100.in-addr.arpa", true),
      ("64.100.in-addr.arpa", "5.1.64.100.in-addr.arpa", true),
      ("100.in-addr.arpa", "host.0.64.100.in-addr.arpa", false), ("10.in-addr.arpa", "host.0.10.in-addr.arpa", false),
      ("100.in-addr.arpa", "a.5.0.64.100.in-addr.arpa", false),
    ])
  func reverseZones(zone: String, asked: String, zoneWins: Bool) throws {
    let words = try Self.world(zone: zone).ask(asked, "PTR", from: Self.host)
    #expect(words.hasSuffix("; by \(zone) 900") == zoneWins, "\(words)")
  }

  @Test(
    "Without autodefined reverse rules even the least specific private zone has its way (UpdateResolverConfig)",
    arguments: ["10.in-addr.arpa", "in-addr.arpa", "arpa"])
  func disabledReverse(zone: String) throws {
    let stage = try Self.world(zone: zone, reverse: false)
    #expect(try stage.ask("5.0.0.10.in-addr.arpa", "PTR", from: Self.host) == "NXDOMAIN; by \(zone) 900")
  }

  @Test("Without autodefined reverse rules and without a zone nobody has the name, and it is asked nowhere else")
  func disabledReverseWithoutZone() throws {
    let stage = try Self.world(zone: "corp.example", reverse: false)
    #expect(try stage.ask("5.0.0.10.in-addr.arpa", "PTR", from: Self.host) == "NXDOMAIN; by 10.in-addr.arpa 60")
    #expect(
      try stage.ask("ip-10-0-0-5.ec2.internal", from: Self.host) == "NOERROR: ip-10-0-0-5.ec2.internal 60 A 10.0.0.5")
  }

  @Test("A domain has an SOA, at its apex only, and whatever else is not there is NODATA")
  func apexes() throws {
    let stage = try Self.world(zone: "corp.example")
    for domain in ["ec2.internal", "compute-1.amazonaws.com", "10.in-addr.arpa", "0.10.in-addr.arpa", "internal"] {
      #expect(
        try stage.reply(domain, "SOA", from: Self.host)?.answer.map(\.words) == [
          "\(domain) 60 SOA ns-1536.awsdns-00.co.uk awsdns-hostmaster.amazon.com 1 7200 900 1209600 60"
        ], "\(domain)")
      #expect(try stage.ask(domain, "A", from: Self.host) == "NODATA; by \(domain) 60", "\(domain)")
      #expect(try stage.ask(domain, "NS", from: Self.host) == "NODATA; by \(domain) 60", "\(domain)")
    }
  }
}
