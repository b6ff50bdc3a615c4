// Resolver rules of a VPC against everything else that could answer there (semantics 3.4).
import TestSupport
import Testing

@Suite("Resolver rules")
struct ResolverRuleStories {
  static let host = "10.0.0.9"
  /// In a VPC without DNS hostnames (a5), with the same rules.
  static let plain = "10.1.0.9"
  /// In a VPC without rules.
  static let other = "10.2.0.9"
  static let linked = "10.112.0.9"
  static let unlinked = "10.113.0.9"

  static let forwarded = "REFUSED; EDE 20"

  /// A rule of a kind for a domain; a private zone's and a public zone's domains.
  static func stage(
    _ rules: [(kind: String, domain: String)], zone: String = "zone.test", public publicZone: String = "public.test",
    reverse: Bool = true, peersShowHostnames: Bool = false
  ) throws -> Stage {
    var text = """
      Region: us-east-1
      Vpcs:
        - VpcId: vpc-00000001
          CidrBlock: 10.0.0.0/16
          EnableDnsHostnames: true
          ClassicLinkEnabled: true
          ClassicLinkDnsSupported: true
        - {VpcId: vpc-00000002, CidrBlock: 10.1.0.0/16}
        - {VpcId: vpc-00000003, CidrBlock: 10.2.0.0/16, EnableDnsHostnames: true}
        - {VpcId: vpc-00000004, CidrBlock: 10.3.0.0/16, EnableDnsHostnames: true, Region: eu-west-1}
      VpcPeeringConnections:
        - VpcPeeringConnectionId: pcx-00000001
          RequesterVpcInfo: {VpcId: vpc-00000001}
          AccepterVpcInfo:
            VpcId: vpc-00000004
            PeeringOptions: {AllowDnsResolutionFromRemoteVpc: \(peersShowHostnames)}
      SecurityGroups:
        - {GroupId: sg-00000001, GroupName: web, VpcId: vpc-00000001}
      Instances:
        - {InstanceId: i-00000001, VpcId: vpc-00000001, PrivateIpAddress: 10.0.0.5, PublicIpAddress: 203.0.113.25}
        - {InstanceId: i-00000002, PrivateIpAddress: 10.112.0.9, PublicIpAddress: 203.0.113.9}
        - {InstanceId: i-00000003, PrivateIpAddress: 10.113.0.9}
        - InstanceId: i-00000004
          Region: eu-west-1
          VpcId: vpc-00000004
          PrivateIpAddress: 10.3.0.5
          PublicIpAddress: 203.0.113.45
      ClassicLinkInstances:
        - {InstanceId: i-00000002, VpcId: vpc-00000001, Groups: [{GroupId: sg-00000001}]}
      DBInstances:
        - DBInstanceIdentifier: d
          Endpoint: {Address: d.us-east-1.rds.amazonaws.com}
          DBSubnetGroup: {VpcId: vpc-00000001}
          PrivateIpAddress: 10.0.0.31
      ResolverConfigs:
        - {ResourceId: vpc-00000001, AutodefinedReverse: \(reverse ? "ENABLED" : "DISABLED")}
      HostedZones:
        - Id: Z1
          Name: \(zone).
          VPCs: [{VPCRegion: us-east-1, VPCId: vpc-00000001}]
          ResourceRecordSets:
            - {Name: www.\(zone)., Type: A, TTL: 300, ResourceRecords: [{Value: 10.0.0.7}]}
            - {Name: out.\(zone)., Type: CNAME, TTL: 300, ResourceRecords: [{Value: www.onprem.test.}]}
        - Id: Z2
          Name: \(publicZone).
          ResourceRecordSets:
            - {Name: www.\(publicZone)., Type: A, TTL: 300, ResourceRecords: [{Value: 203.0.113.7}]}

      """
    if !rules.isEmpty { text += "ResolverRules:\n" }
    for (index, rule) in rules.enumerated() {
      let targets = rule.kind == "FORWARD" ? ", TargetIps: [{Ip: 192.0.2.53}]" : ""
      text += "  - {Id: rslvr-rr-\(index), DomainName: \"\(rule.domain)\", RuleType: \(rule.kind)\(targets), "
      text += "VpcIds: [vpc-00000001, vpc-00000002]}\n"
    }
    return try Stage(text)
  }

  @Test("FORWARD and DELEGATE need another server, for the VPC's own hosts and nobody else")
  func whoHasRules() throws {
    for kind in ["FORWARD", "DELEGATE"] {
      let stage = try Self.stage([(kind, "public.test")])
      for source in [Self.host, Self.plain, Self.linked] {
        #expect(try stage.ask("www.public.test", from: source) == Self.forwarded, "\(kind), \(source)")
      }
      for source in [Self.other, Self.unlinked, "192.0.2.1"] {
        #expect(try stage.reply("www.public.test", from: source)?.values == ["203.0.113.7"], "\(kind), \(source)")
      }
      #expect(try stage.reply("www.zone.test", from: Self.host)?.values == ["10.0.0.7"])
    }
  }

  @Test(
    "The most specific domain wins; on equal names the rule beats the private zone",
    arguments: [
      ("test", false), ("zone.test", true), ("www.zone.test", true), ("x.www.zone.test", false), ("other.test", false),
    ])
  func againstPrivateZone(domain: String, isForwarded: Bool) throws {
    let words = try Self.stage([("FORWARD", domain)]).ask("www.zone.test", from: Self.host)
    #expect(words == (isForwarded ? Self.forwarded : "NOERROR: www.zone.test 300 A 10.0.0.7"))
  }

  @Test(
    "On equal names the rule beats the autodefined domain; a less specific one loses, the root too",
    arguments: [
      (".", "ip-10-0-0-5.ec2.internal", false), ("internal", "ip-10-0-0-5.ec2.internal", false),
      ("ec2.internal", "ip-10-0-0-5.ec2.internal", true), ("com", "ec2-203-0-113-25.compute-1.amazonaws.com", false),
      ("compute-1.amazonaws.com", "ec2-203-0-113-25.compute-1.amazonaws.com", true),
      (".", "x.compute-1.internal", false), (".", "localhost", false), ("localhost", "localhost", true),
      (".", "5.0.0.10.in-addr.arpa", false), ("10.in-addr.arpa", "5.0.0.10.in-addr.arpa", false),
      ("0.10.in-addr.arpa", "5.0.0.10.in-addr.arpa", true), ("10.in-addr.arpa", "5.0.99.10.in-addr.arpa", true),
      // No rule of this VPC: names of public DNS, another Region's names, a name that public DNS does not have.
      (".", "d.us-east-1.rds.amazonaws.com", true), (".", "www.public.test", true), (".", "www.elsewhere.test", true),
      (".", "25.113.0.203.in-addr.arpa", true), (".", "db.corp.internal", true),
      (".", "ec2-203-0-113-45.eu-west-1.compute.amazonaws.com", true),
    ])
  func againstAutodefined(domain: String, asked: String, isForwarded: Bool) throws {
    let type = asked.hasSuffix("arpa") ? "PTR" : "A"
    let words = try Self.stage([("FORWARD", domain)]).ask(asked, type, from: Self.host)
    #expect((words == Self.forwarded) == isForwarded, "\(words)")
    // A linked instance with DNS support stands under the same rules (R11).
    #expect(
      (try Self.stage([("FORWARD", domain)]).ask(asked, type, from: Self.linked) == Self.forwarded) == isForwarded)
  }

  @Test("The domains of another Region are autodefined when a peer there shows its hostnames, for its own hosts only")
  func peerOfAnotherRegion() throws {
    let name = "ec2-203-0-113-45.eu-west-1.compute.amazonaws.com"
    let stage = try Self.stage([("FORWARD", ".")], peersShowHostnames: true)
    #expect(try stage.ask(name, from: Self.host) == "NOERROR: \(name) 20 A 10.3.0.5")
    #expect(try stage.ask(name, from: Self.linked) == Self.forwarded)
    // The same holds against a private zone.
    let shown = try Self.stage([], zone: "amazonaws.com", peersShowHostnames: true)
    #expect(try shown.ask(name, from: Self.host) == "NOERROR: \(name) 20 A 10.3.0.5")
    #expect(try Self.stage([], zone: "amazonaws.com").ask(name, from: Self.host) == "NXDOMAIN; by amazonaws.com 900")
  }

  @Test("Without DNS hostnames there are no autodefined domains, but localhost: a rule for the root takes all the rest")
  func withoutHostnames() throws {
    let stage = try Self.stage([("FORWARD", ".")])
    let names = ["ip-10-0-0-5.ec2.internal", "ec2-203-0-113-25.compute-1.amazonaws.com", "www.zone.test"]
    for name in names { #expect(try stage.ask(name, from: Self.plain) == Self.forwarded, "\(name)") }
    #expect(try stage.ask("5.0.0.10.in-addr.arpa", "PTR", from: Self.plain) == Self.forwarded)
    #expect(try stage.ask("localhost", from: Self.plain) == "NOERROR: localhost 3600 A 127.0.0.1")
  }

  @Test("Without autodefined reverse rules the root takes the reverse names too (UpdateResolverConfig)")
  func withoutReverse() throws {
    let stage = try Self.stage([("FORWARD", ".")], reverse: false)
    #expect(try stage.ask("5.0.0.10.in-addr.arpa", "PTR", from: Self.host) == Self.forwarded)
  }

  @Test("SYSTEM carves its domain out of a FORWARD rule, and a FORWARD rule below it stands again")
  func system() throws {
    let stage = try Self.stage([("FORWARD", "test"), ("SYSTEM", "public.test"), ("FORWARD", "deep.public.test")])
    #expect(try stage.ask("www.public.test", from: Self.host) == "NOERROR: www.public.test 300 A 203.0.113.7")
    #expect(try stage.ask("x.deep.public.test", from: Self.host) == Self.forwarded)
    #expect(try stage.ask("www.elsewhere.test", from: Self.host) == Self.forwarded)
    // SYSTEM takes nothing away by itself.
    #expect(try Self.stage([("SYSTEM", "zone.test")]).reply("www.zone.test", from: Self.host)?.values == ["10.0.0.7"])
  }

  @Test("AWS's own RECURSIVE rule for the root changes nothing, and a FORWARD rule beside it wins")
  func recursive() throws {
    let alone = try Self.stage([("RECURSIVE", ".")])
    #expect(try alone.ask("www.public.test", from: Self.host) == "NOERROR: www.public.test 300 A 203.0.113.7")
    for rules in [[("RECURSIVE", "."), ("FORWARD", ".")], [("FORWARD", "."), ("RECURSIVE", ".")]] {
      #expect(try Self.stage(rules).ask("www.public.test", from: Self.host) == Self.forwarded)
    }
  }

  @Test("A chain into a forwarded domain ends there (decision 13)")
  func chain() throws {
    let stage = try Self.stage([("FORWARD", "onprem.test")], public: "onprem.test")
    #expect(
      try stage.ask("out.zone.test", from: Self.host) == "NOERROR: out.zone.test 300 CNAME www.onprem.test; EDE 0")
  }
}
