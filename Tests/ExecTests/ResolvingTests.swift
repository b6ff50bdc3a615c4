// Programs that know nothing of us resolve names as they would on the instance.
import Foundation
import TestSupport
import Testing

/// Names of zones/three-tier.
enum Named {
  static let application = "ec2-203-0-113-25.compute-1.amazonaws.com"
  static let orders = "orders.c9akciq32abc.us-east-1.rds.amazonaws.com"
  static let privateZone = "db.corp.internal"
}

let supportOff = ["--set", "vpc-1a2b3c4d:ClassicLinkDnsSupported=false"]

@Suite(
  "exec, what programs resolve",
  .enabled("user namespaces are forbidden here, or unshare or ip is missing", { UserNamespaces.canRunOrMust }))
struct ResolvingTests {
  /// Root can also prove that no right was needed.
  static let users = geteuid() == 0 && UserNamespaces.programMayMakeThem ? [false, true] : [false]

  private static let programs: [[String]] = [
    ["getent", "hosts", Named.orders], ["getent", "ahostsv4", Named.orders], ["dig", "+short", Named.orders],
    ["dig", "+short", "+tcp", Named.orders],
    [
      "/usr/bin/python3", "-c",
      "import socket; print(socket.getaddrinfo('\(Named.orders)', 80, flags=socket.AI_ADDRCONFIG)[0][4][0])",
    ],
  ]

  @Test("A linked instance gets the database's private address; without DNS support the public one", arguments: users)
  func linked(asNobody: Bool) throws {
    let stage = try Stage(zones: "three-tier")
    for program in Self.programs {
      let on = try stage.run("i-0aaa0001", ["--"] + program, asNobody: asNobody)
      #expect(on.status == 0 && on.said.contains("10.0.0.110"), "\(program): \(on)")
      let off = try stage.run("i-0aaa0001", supportOff + ["--"] + program, asNobody: asNobody)
      #expect(off.status == 0 && off.said.contains("203.0.113.110"), "\(program): \(off)")
      #expect(!off.said.contains("10.0.0.110"))
    }
  }

  @Test("resolv.conf names the resolver and the domain, and a short name is completed by it", arguments: users)
  func files(asNobody: Bool) throws {
    let stage = try Stage(zones: "three-tier")
    let script = "grep -v '#' /etc/resolv.conf; grep hosts: /etc/nsswitch.conf; getent hosts ip-10-0-0-5"
    let classic = try stage.run("i-0aaa0001", ["--", "sh", "-c", script], asNobody: asNobody)
    #expect(
      classic.lines.prefix(3) == ["nameserver 172.16.0.23", "search ec2.internal", "hosts: files dns"], "\(classic)")
    #expect(classic.said.hasSuffix("ip-10-0-0-5.ec2.internal\n"))
    let vpc = try stage.run("i-0bbb0002", ["--", "sh", "-c", script], asNobody: asNobody)
    #expect(vpc.lines.first == "nameserver 10.0.0.2", "\(vpc)")
  }

  @Test("A VPC's resolver is at 169.254.169.253 too, and the instance asks from its own address")
  func resolvers() throws {
    let stage = try Stage(zones: "three-tier")
    for resolver in ["10.0.0.2", "169.254.169.253"] {
      for transport in ["+notcp", "+tcp"] {
        let ended = try stage.run(
          "i-0bbb0002", ["--", "dig", "@" + resolver, transport, "+short", "ch", "txt", "whoami."])
        #expect(
          ended.said.contains("asker i-0bbb0002") && ended.said.contains("source 10.0.0.5")
            && ended.said.contains("network vpc-1a2b3c4d"), "\(resolver) \(transport): \(ended)")
      }
    }
    // What the kernel says, not what we say.
    let source = try stage.run("i-0bbb0002", ["--", "ip", "-o", "route", "get", "10.0.0.2"])
    #expect(source.said.contains("src 10.0.0.5"), "\(source)")
  }

  @Test("An instance with IPv6 has fd00:ec2::253")
  func version6() throws {
    let stage = try Stage(
      world: """
        Region: us-east-1
        Vpcs:
          - VpcId: vpc-1a2b3c4d
            CidrBlock: 10.0.0.0/16
            Ipv6CidrBlockAssociationSet: [{Ipv6CidrBlock: "2001:db8:1a2b::/56"}]
        Instances:
          - {InstanceId: i-0bbb0002, VpcId: vpc-1a2b3c4d, PrivateIpAddress: 10.0.0.5, Ipv6Address: "2001:db8:1a2b::5"}
        """)
    let ended = try stage.run(
      "i-0bbb0002", ["--", "dig", "@fd00:ec2::253", "+short", "ch", "txt", "whoami."])
    #expect(ended.said.contains("asker i-0bbb0002"), "\(ended)")
  }

  @Test("Who is no instance: a host of a VPC, of EC2-Classic, an address, the internet")
  func others() throws {
    let stage = try Stage(zones: "three-tier")
    for (who, answer) in [
      ("vpc-1a2b3c4d", "10.0.0.110"), ("vpc-5e6f7a8b", "203.0.113.110"), ("classic", "203.0.113.110"),
      ("10.0.0.5", "10.0.0.110"), ("10.0.0.77", "10.0.0.110"), ("internet", "203.0.113.110"),
    ] {
      let ended = try stage.run(who, ["--", "getent", "hosts", Named.orders])
      #expect(ended.said.hasPrefix(answer + " "), "\(who): \(ended)")
    }
  }

  @Test("Two VPCs with one range: each program is in its own")
  func twins() throws {
    let zone = { (id: String, vpc: String, address: String) in
      """
        - Id: /hostedzone/\(id)
          Name: corp.internal.
          Config: {PrivateZone: true}
          VPCs: [{VPCRegion: us-east-1, VPCId: \(vpc)}]
          ResourceRecordSets:
            - {Name: app.corp.internal., Type: A, TTL: 60, ResourceRecords: [{Value: \(address)}]}
      """
    }
    let stage = try Stage(
      world: """
        Region: us-east-1
        Vpcs:
          - {VpcId: vpc-aaaa0001, CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}
          - {VpcId: vpc-bbbb0002, CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}
        Instances:
          - {InstanceId: i-0aaa0001, VpcId: vpc-aaaa0001, PrivateIpAddress: 10.0.0.5}
          - {InstanceId: i-0bbb0002, VpcId: vpc-bbbb0002, PrivateIpAddress: 10.0.0.5}
        HostedZones:
        \(zone("ZA", "vpc-aaaa0001", "10.0.1.11"))
        \(zone("ZB", "vpc-bbbb0002", "10.0.1.22"))
        """)
    for (who, answer) in [("i-0aaa0001", "10.0.1.11"), ("i-0bbb0002", "10.0.1.22")] {
      let ended = try stage.run(who, ["--", "dig", "+short", "app.corp.internal"])
      #expect(ended.said == answer + "\n", "\(who): \(ended)")
    }
    let either = try stage.run("10.0.0.5", ["--", "true"])
    #expect(either.status == 125 && either.logged.contains("i-0aaa0001, i-0bbb0002"), "\(either)")
  }

  @Test("Fifty at once", arguments: [false, true])
  func fifty(throughServer: Bool) throws {
    let stage = try Stage(zones: "three-tier")
    let server = throughServer ? try APIServing(stage) : nil
    let place = server.map { ["--api", $0.url] } ?? ["--world", stage.world]
    let programs = try (0..<50).map { index in
      try Program(
        ["exec", "--from", index % 2 == 0 ? "i-0aaa0001" : "i-0bbb0002"] + place
          + ["--", "dig", "+short", "ch", "txt", "whoami."], in: stage.url)
    }
    for (index, program) in programs.enumerated() {
      let ended = stage.ended(program)
      let who = index % 2 == 0 ? "i-0aaa0001" : "i-0bbb0002"
      #expect(ended.status == 0 && ended.said.contains("asker \(who)"), "\(ended)")
    }
    server?.stop()
  }
}
