// Doors: wildcard listeners, IPv6, networks that share a range, and sources that may name the asker.
import TestSupport
import Testing

@Suite(
  "In a namespace, listeners", .serialized,
  .enabled("user namespaces are forbidden here, or unshare or ip is missing", { Namespace.canRunOrMust }))
struct NamespaceListenerTests {
  @Test("0.0.0.0 and [::] answer from the address that was asked, which also says in which network")
  func wildcard() throws {
    let world = try ChangeableWorld.threeTier()
    let namespace = try Namespace(.ourselves, addresses: Place.addresses)
    let server = try namespace.serve(
      world: world.path, listeners: ["0.0.0.0:53", "[::]:53", "[\(Place.linkLocalIPv6)]:53"])
    for (asker, resolver, answer, network) in [
      (Place.web, Place.classicResolver, "10.0.0.5", "EC2-Classic us-east-1"),
      (Place.someClassicHost, Place.classicResolver, "203.0.113.25", "EC2-Classic us-east-1"),
      (Place.application, Place.resolver, "10.0.0.5", "vpc-1a2b3c4d"),
      (Place.peer, Place.peerResolver, "10.0.0.5", "vpc-9a9a9a9a"),
      (Place.web, Place.resolver, "REFUSED", "vpc-1a2b3c4d"),
      (Place.application, Place.linkLocal, "10.0.0.5", "any"),
      // A machine may have other addresses.
      (Place.application, Place.internet, "10.0.0.5", "any"),
      (Place.applicationIPv6, Place.linkLocalIPv6, "10.0.0.5", "any"),
      (Place.internetIPv6, Place.linkLocalIPv6, "203.0.113.25", "any"),
      (Place.applicationIPv6, Place.internetIPv6, "10.0.0.5", "any"),
    ] {
      // dig takes an answer from another address for a forgery, warns and waits for a better one.
      #expect(
        try server.told(from: asker, at: resolver, [Named.application]) == [answer], "\(asker) at \(resolver)")
      let says = try server.whoami(from: asker, at: resolver)
      #expect(says.contains("network \(network)") && says.contains("listener \(resolver)#53"), "\(says)")
    }
    let says = try server.whoami(from: Place.applicationIPv6, at: Place.linkLocalIPv6)
    #expect(says.contains("asker i-0bbb0002") && says.contains("source \(Place.applicationIPv6)"), "\(says)")
  }

  @Test("drill sees the same, over UDP and TCP")
  func drill() throws {
    let world = try ChangeableWorld.threeTier()
    let namespace = try Namespace(.ourselves, addresses: Place.addresses)
    _ = try namespace.serve(world: world.path, listeners: Place.resolvers + ["[\(Place.linkLocalIPv6)]:53"])
    for (asker, resolver, answer) in [
      (Place.web, Place.classicResolver, "10.0.0.5"), (Place.batch, Place.classicResolver, "203.0.113.25"),
      (Place.application, Place.resolver, "10.0.0.5"), (Place.internet, Place.linkLocal, "203.0.113.25"),
      (Place.applicationIPv6, Place.linkLocalIPv6, "10.0.0.5"),
    ] {
      for transport in [["-u"], ["-t"]] {
        let family = asker.contains(":") ? "-6" : "-4"
        let (output, status) = try namespace.run(
          ["drill", family, "-I", asker] + transport + [Named.application, "@" + resolver, "A"])
        let answers = output.split(separator: "\n").filter { $0.hasPrefix(Named.application) }
        let data = answers.map { $0.split(separator: "\t").last ?? "" }
        #expect(status == 0 && data == [Substring(answer)], "\(asker) \(transport): \(output)")
      }
    }
  }

  @Test("Two VPCs with one range: each has its own door; at a common one nobody can tell, and both are the internet")
  func oneRangeTwice() throws {
    let world = try Folder([WorldTextFile(name: "world.yaml", text: Self.twins)])
    let asker = "10.0.0.5"
    let server = try Namespace(.ourselves, addresses: [asker + "/32", "10.0.0.77/32", "10.112.0.9/32"])
      .serve(world: world.path, listeners: ["127.0.0.2:53=vpc-aaaa0001", "127.0.0.3:53=vpc-bbbb0002", "127.0.0.4:53"])
    let first = "ec2-203-0-113-11.compute-1.amazonaws.com"
    let second = "ec2-203-0-113-22.compute-1.amazonaws.com"
    let names = ["app.corp.internal", first, second]
    #expect(try server.told(from: asker, at: "127.0.0.2", names) == ["10.0.1.11", "10.0.0.5", "203.0.113.22"])
    #expect(try server.told(from: asker, at: "127.0.0.3", names) == ["10.0.1.22", "203.0.113.11", "10.0.0.5"])
    #expect(try server.told(from: asker, at: "127.0.0.4", names) == ["NXDOMAIN", "203.0.113.11", "203.0.113.22"])
    #expect(try server.told(from: "10.0.0.77", at: "127.0.0.3", names)[0] == "10.0.1.22")
    #expect(try server.told(from: "10.0.0.77", at: "127.0.0.4", names)[0] == "NXDOMAIN")
    let ambiguous = "found by nothing: several networks have this address"
    #expect(try server.whoami(from: asker, at: "127.0.0.2").contains("asker i-0aaa0001"))
    #expect(try server.whoami(from: asker, at: "127.0.0.3").contains("asker i-0bbb0002"))
    #expect(try server.whoami(from: asker, at: "127.0.0.4").contains(ambiguous))
  }

  @Test("A trusted source names the asker by EDNS Client Subnet: full length only, echoed with its scope (RFC 7871)")
  func clientSubnet() throws {
    let world = try ChangeableWorld.threeTier()
    let namespace = try Namespace(.ourselves, addresses: Place.addresses)
    let server = try namespace.serve(
      world: world.path, listeners: ["127.0.0.1:53", Place.classicResolver + ":53"], ["--trust", "127.0.0.0/24=ecs"])
    func ask(_ subnet: String, from source: String = "127.0.0.1", at resolver: String = "127.0.0.1") throws
      -> [DigReply]
    {
      try server.dig(from: source, at: resolver, [[Named.application, "A", "+subnet=" + subnet]])
    }
    for (subnet, answer, echo) in [
      ("10.0.0.5/32", "10.0.0.5", "10.0.0.5/32/32"), ("10.112.0.9/32", "10.0.0.5", "10.112.0.9/32/32"),
      ("10.112.0.77/32", "203.0.113.25", "10.112.0.77/32/32"), ("10.0.0.0/24", "203.0.113.25", "10.0.0.0/24/0"),
      ("0.0.0.0/0", "203.0.113.25", "0.0.0.0/0/0"),
      ("2001:db8:1a2b::5/128", "10.0.0.5", "2001:db8:1a2b::5/128/128"),
      ("2001:db8:1a2b::/56", "203.0.113.25", "2001:db8:1a2b::/56/0"),
    ] {
      for reply in try ask(subnet) {
        #expect(reply.gist == answer && reply.clientSubnet == echo, "\(subnet): \(reply.text)")
      }
    }
    let named = try server.dig(
      from: "127.0.0.1", at: "127.0.0.1", [["whoami.", "TXT", "-c", "CH", "+subnet=10.0.0.5/32"]])[1]
    #expect(named.answer.first?.data.contains("\"source 10.0.0.5\"") == true, "\(named.text)")
    // Whoever is not trusted is who he is, whatever he says.
    for reply in try ask("10.0.0.5/32", from: "127.0.1.13") + ask("10.0.0.5/32", from: Place.internet) {
      #expect(reply.gist == "203.0.113.25" && reply.clientSubnet.isEmpty, "\(reply.text)")
    }
    for reply in try ask("10.0.0.5/32", from: Place.batch, at: Place.classicResolver) {
      #expect(reply.gist == "203.0.113.25" && reply.clientSubnet.isEmpty, "\(reply.text)")
    }
  }

  private static let twins = """
    Region: us-east-1
    Vpcs:
      - {VpcId: vpc-aaaa0001, CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}
      - {VpcId: vpc-bbbb0002, CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}
    Instances:
      - {InstanceId: i-0aaa0001, VpcId: vpc-aaaa0001, PrivateIpAddress: 10.0.0.5, PublicIpAddress: 203.0.113.11}
      - {InstanceId: i-0bbb0002, VpcId: vpc-bbbb0002, PrivateIpAddress: 10.0.0.5, PublicIpAddress: 203.0.113.22}
    HostedZones:
      - Id: /hostedzone/ZA
        Name: corp.internal.
        Config: {PrivateZone: true}
        VPCs: [{VPCRegion: us-east-1, VPCId: vpc-aaaa0001}]
        ResourceRecordSets:
          - {Name: app.corp.internal., Type: A, TTL: 60, ResourceRecords: [{Value: 10.0.1.11}]}
      - Id: /hostedzone/ZB
        Name: corp.internal.
        Config: {PrivateZone: true}
        VPCs: [{VPCRegion: us-east-1, VPCId: vpc-bbbb0002}]
        ResourceRecordSets:
          - {Name: app.corp.internal., Type: A, TTL: 60, ResourceRecords: [{Value: 10.0.1.22}]}

    """
}
