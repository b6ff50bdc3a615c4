// Endpoints of databases, caches, clusters and load balancers, and the settings that all names share.
import TestSupport
import Testing

@Suite("Services")
struct ServiceStories {
  static let host = "10.0.0.9"
  static let internet = "192.0.2.1"
  static let rds = "abc.us-east-1.rds.amazonaws.com"

  static func stage(_ more: String) throws -> Stage {
    try Stage(
      """
      Region: us-east-1
      Vpcs:
        - VpcId: vpc-00000001
          CidrBlock: 10.0.0.0/16
          EnableDnsHostnames: true
          Ipv6CidrBlockAssociationSet: [{Ipv6CidrBlock: "2001:db8:100::/56"}]
        - {VpcId: vpc-00000002, CidrBlock: 172.20.0.0/16, EnableDnsHostnames: true}
      Instances:
        - {InstanceId: i-00000004, PrivateIpAddress: 10.112.0.9}

      """ + more)
  }

  /// The last values of several questions in a row.
  static func turns(_ stage: Stage, _ name: String, _ count: Int) throws -> [String] {
    try (0..<count).map { _ in try stage.reply(name, from: host)?.values.last ?? "" }
  }

  @Test("RDS: public is a CNAME that each asker sees his side of, private is an address, Classic is public (rows 8–10)")
  func databases() throws {
    let stage = try Self.stage(
      """
      DBInstances:
        - DBInstanceIdentifier: open
          Endpoint: {Address: open.\(Self.rds)}
          PubliclyAccessible: true
          DBSubnetGroup: {VpcId: vpc-00000001}
          PrivateIpAddress: 10.0.0.10
          PublicIpAddress: 203.0.113.10
        - DBInstanceIdentifier: shut
          Endpoint: {Address: shut.\(Self.rds)}
          DBSubnetGroup: {VpcId: vpc-00000001}
          PrivateIpAddress: 10.0.0.11
        - DBInstanceIdentifier: old
          Endpoint: {Address: old.\(Self.rds)}
          PrivateIpAddress: 10.9.0.12
          PublicIpAddress: 203.0.113.12
        - {DBInstanceIdentifier: lost, Endpoint: {Address: lost.\(Self.rds)}, DBSubnetGroup: {VpcId: vpc-00000001}}
        - DBInstanceIdentifier: half
          Endpoint: {Address: half.\(Self.rds)}
          PubliclyAccessible: true
          DBSubnetGroup: {VpcId: vpc-00000001}
          PrivateIpAddress: 10.0.0.13
      """)
    func ask(_ label: String, _ type: String = "A", from source: String) throws -> String {
      try stage.ask("\(label).\(Self.rds)", type, from: source)
    }
    let ec2 = "ec2-203-0-113-10.compute-1.amazonaws.com"
    let cname = "open.\(Self.rds) 5 CNAME \(ec2)"
    #expect(try ask("open", from: Self.host) == "NOERROR: \(cname), \(ec2) 20 A 10.0.0.10")
    #expect(try ask("open", from: Self.internet) == "NOERROR: \(cname), \(ec2) 60 A 203.0.113.10")
    #expect(try ask("open", from: "10.112.0.9") == "NOERROR: \(cname), \(ec2) 60 A 203.0.113.10")
    #expect(try ask("open", "AAAA", from: Self.host) == "NOERROR: \(cname); by compute-1.amazonaws.com 60")
    #expect(try ask("open", "CNAME", from: Self.host) == "NOERROR: \(cname)")
    for source in [Self.host, Self.internet, "10.112.0.9", "172.20.0.9"] {
      #expect(try ask("shut", from: source) == "NOERROR: shut.\(Self.rds) 5 A 10.0.0.11")
      #expect(try ask("shut", "AAAA", from: source) == "NODATA; by \(Self.rds) 60")
    }
    #expect(try ask("old", from: Self.host).hasSuffix(" 60 A 203.0.113.12"))
    #expect(try ask("old", from: "10.112.0.9").hasSuffix(" 20 A 10.9.0.12"))
    // Decision 22.
    for label in ["lost", "half"] {
      let reply = try #require(try stage.reply("\(label).\(Self.rds)", from: Self.host))
      #expect(reply.words == "SERVFAIL; EDE 0")
      #expect(reply.extendedError?.text == "the world does not tell the address of this resource")
    }
    #expect(try ask("nobody", from: Self.host) == "REFUSED; EDE 20")
    #expect(try ask("x.shut", from: Self.host) == "REFUSED; EDE 20")
  }

  @Test("The interface RDSNetworkInterface tells the address of the one database of its VPC (S33, decision 22)")
  func databaseInterface() throws {
    let interface = """
      NetworkInterfaces:
        - NetworkInterfaceId: eni-00000001
          VpcId: vpc-00000001
          Description: RDSNetworkInterface
          PrivateIpAddresses: [{PrivateIpAddress: 10.0.0.20, Primary: true, Association: {PublicIp: 203.0.113.20}}]
      DBInstances:
        - DBInstanceIdentifier: one
          Endpoint: {Address: one.\(Self.rds)}
          PubliclyAccessible: PUBLIC
          DBSubnetGroup: {VpcId: vpc-00000001}

      """
    let shut = try Self.stage(interface.replacing("PUBLIC", with: "false"))
    #expect(try shut.ask("one.\(Self.rds)", from: Self.internet) == "NOERROR: one.\(Self.rds) 5 A 10.0.0.20")
    let open = try Self.stage(interface.replacing("PUBLIC", with: "true"))
    #expect(try open.ask("one.\(Self.rds)", from: Self.internet).hasSuffix(" 60 A 203.0.113.20"))
    #expect(try open.ask("one.\(Self.rds)", from: Self.host).hasSuffix(" 20 A 10.0.0.20"))
    // Two databases: nobody can tell whose interface it is.
    let two = try Self.stage(
      interface.replacing("PUBLIC", with: "false")
        + "  - {DBInstanceIdentifier: two, Endpoint: {Address: two.\(Self.rds)}, "
        + "DBSubnetGroup: {VpcId: vpc-00000001}}\n"
    )
    #expect(try two.ask("one.\(Self.rds)", from: Self.host) == "SERVFAIL; EDE 0")
  }

  @Test("Aurora: the writer's endpoint, and the readers' in turn; without a reader the writer reads")
  func aurora() throws {
    func world(readers: Int) throws -> Stage {
      var text = "DBInstances:\n"
      for index in 0...readers {
        text += """
            - DBInstanceIdentifier: m\(index)
              Endpoint: {Address: m\(index).\(Self.rds)}
              DBSubnetGroup: {VpcId: vpc-00000001}
              PrivateIpAddress: 10.0.0.\(30 + index)

          """
      }
      let members = (0...readers).map { "{DBInstanceIdentifier: m\($0), IsClusterWriter: \($0 == 0)}" }
      return try Self.stage(
        text + """
          DBClusters:
            - DBClusterIdentifier: c
              Endpoint: c.cluster-\(Self.rds)
              ReaderEndpoint: c.cluster-ro-\(Self.rds)
              DBClusterMembers: [\(members.joined(separator: ", "))]

          """)
    }
    let stage = try world(readers: 3)
    #expect(
      try stage.ask("c.cluster-\(Self.rds)", from: Self.internet)
        == "NOERROR: c.cluster-\(Self.rds) 5 CNAME m0.\(Self.rds), m0.\(Self.rds) 5 A 10.0.0.30")
    let turns = try Self.turns(stage, "c.cluster-ro-\(Self.rds)", 6)
    #expect(Set(turns) == ["10.0.0.31", "10.0.0.32", "10.0.0.33"])
    #expect(Array(turns[..<3]) == Array(turns[3...]))
    // One record at a time, whatever is asked.
    #expect(try stage.reply("c.cluster-ro-\(Self.rds)", "CNAME", from: Self.host)?.answer.count == 1)
    let alone = try world(readers: 0)
    #expect(Set(try Self.turns(alone, "c.cluster-ro-\(Self.rds)", 3)) == ["10.0.0.30"])
  }

  @Test("Redshift: the leader, public by its ec2- name, private by its address (rows 11, 11b)")
  func redshift() throws {
    let stage = try Self.stage(
      """
      Clusters:
        - ClusterIdentifier: open
          Endpoint: {Address: open.abc.us-east-1.redshift.amazonaws.com}
          VpcId: vpc-00000001
          PubliclyAccessible: true
          ClusterNodes:
            - {NodeRole: COMPUTE-0, PrivateIPAddress: 10.0.0.41, PublicIPAddress: 203.0.113.41}
            - {NodeRole: LEADER, PrivateIPAddress: 10.0.0.40, PublicIPAddress: 203.0.113.40}
        - ClusterIdentifier: shut
          Endpoint: {Address: shut.abc.us-east-1.redshift.amazonaws.com}
          VpcId: vpc-00000001
          ClusterNodes: [{NodeRole: SHARED, PrivateIPAddress: 10.0.0.42, PublicIPAddress: 203.0.113.42}]
      """)
    let (open, ec2) = ("open.abc.us-east-1.redshift.amazonaws.com", "ec2-203-0-113-40.compute-1.amazonaws.com")
    #expect(try stage.ask(open, from: Self.host) == "NOERROR: \(open) 60 CNAME \(ec2), \(ec2) 20 A 10.0.0.40")
    #expect(try stage.ask(open, from: Self.internet) == "NOERROR: \(open) 60 CNAME \(ec2), \(ec2) 60 A 203.0.113.40")
    let shut = "shut.abc.us-east-1.redshift.amazonaws.com"
    #expect(try stage.ask(shut, from: Self.internet) == "NOERROR: \(shut) 60 A 10.0.0.42")
  }

  @Test("Caches: each node has its name, the configuration endpoint leads to the nodes in turn (semantics 2.6)")
  func caches() throws {
    let suffix = "abc.0001.use1.cache.amazonaws.com"
    let stage = try Self.stage(
      """
      CacheClusters:
        - CacheClusterId: c
          VpcId: vpc-00000001
          ConfigurationEndpoint: {Address: c.abc.cfg.use1.cache.amazonaws.com}
          CacheNodes:
            - {CacheNodeId: "0001", Endpoint: {Address: n1.\(suffix)}, PrivateIpAddress: 10.0.0.51}
            - {CacheNodeId: "0002", Endpoint: {Address: n2.\(suffix)}, PrivateIpAddress: 10.0.0.52}
            - {CacheNodeId: "0003", Endpoint: {Address: n3.\(suffix)}, PrivateIpAddress: 10.0.0.53}
        - CacheClusterId: old
          CacheNodes:
            - {Endpoint: {Address: old.\(suffix)}, PrivateIpAddress: 10.9.0.54, PublicIpAddress: 203.0.113.54}
      """)
    #expect(try stage.ask("n2.\(suffix)", from: Self.internet) == "NOERROR: n2.\(suffix) 60 A 10.0.0.52")
    let turns = try Self.turns(stage, "c.abc.cfg.use1.cache.amazonaws.com", 6)
    #expect(Set(turns) == ["10.0.0.51", "10.0.0.52", "10.0.0.53"])
    #expect(Array(turns[..<3]) == Array(turns[3...]))
    let reply = try #require(try stage.reply("c.abc.cfg.use1.cache.amazonaws.com", from: Self.host))
    #expect(reply.answer.map(\.type) == [5, 1])
    #expect(try stage.ask("old.\(suffix)", from: Self.host).hasSuffix(" 60 A 203.0.113.54"))
    #expect(try stage.ask("old.\(suffix)", from: "10.112.0.9").hasSuffix(" 20 A 10.9.0.54"))
  }

  @Test("A client that asks for A and AAAA each time is led to every node as well")
  func rotationInPairs() throws {
    let suffix = "abc.0001.use1.cache.amazonaws.com"
    let stage = try Self.stage(
      """
      CacheClusters:
        - CacheClusterId: c
          VpcId: vpc-00000001
          ConfigurationEndpoint: {Address: c.abc.cfg.use1.cache.amazonaws.com}
          CacheNodes:
            - {CacheNodeId: "0001", Endpoint: {Address: n1.\(suffix)}, PrivateIpAddress: 10.0.0.51}
            - {CacheNodeId: "0002", Endpoint: {Address: n2.\(suffix)}, PrivateIpAddress: 10.0.0.52}
      """)
    var seen: Set<String> = []
    for _ in 0..<4 {
      seen.insert(try stage.reply("c.abc.cfg.use1.cache.amazonaws.com", from: Self.host)?.values.last ?? "")
      _ = try stage.ask("c.abc.cfg.use1.cache.amazonaws.com", "AAAA", from: Self.host)
    }
    #expect(seen == ["10.0.0.51", "10.0.0.52"])
  }

  @Test("Two configuration endpoints asked in turn are each led round, whatever else is asked in between")
  func rotationOfTwo() throws {
    let suffix = "abc.0001.use1.cache.amazonaws.com"
    func cluster(_ letter: String, _ first: Int) -> String {
      """
        - CacheClusterId: \(letter)
          VpcId: vpc-00000001
          ConfigurationEndpoint: {Address: \(letter).abc.cfg.use1.cache.amazonaws.com}
          CacheNodes:
            - {CacheNodeId: "0001", Endpoint: {Address: \(letter)1.\(suffix)}, PrivateIpAddress: 10.0.0.\(first)}
            - {CacheNodeId: "0002", Endpoint: {Address: \(letter)2.\(suffix)}, PrivateIpAddress: 10.0.0.\(first + 1)}

      """
    }
    let stage = try Self.stage("CacheClusters:\n" + cluster("k", 51) + cluster("m", 61))
    var seen: [String] = []
    for _ in 0..<4 {
      for letter in ["k", "m"] {
        // As clients do: every type that they care for, one after the other.
        for type in ["A", "AAAA", "TYPE65"] {
          let reply = try stage.reply("\(letter).abc.cfg.use1.cache.amazonaws.com", type, from: Self.host)
          if type == "A" { seen.append(reply?.values.last ?? "") }
        }
      }
    }
    #expect(Set(seen) == ["10.0.0.51", "10.0.0.52", "10.0.0.61", "10.0.0.62"])
    // Round and round, never the same node twice.
    #expect((0..<6).allSatisfy { seen[$0] != seen[$0 + 2] }, "\(seen)")
  }

  @Test("A Classic load balancer without IPv6: ipv6. is there and has no data; without any address nobody knows")
  func balancerWithoutIPv6() throws {
    let domain = "us-east-1.elb.amazonaws.com"
    let stage = try Self.stage(
      """
      LoadBalancerDescriptions:
        - LoadBalancerName: web
          DNSName: web-1.\(domain)
          Scheme: internet-facing
          VPCId: vpc-00000001
          LoadBalancerAddresses: [{IpAddress: 203.0.113.61}]
        - {LoadBalancerName: lost, DNSName: lost-1.\(domain), Scheme: internet-facing, VPCId: vpc-00000001}
      """)
    for type in ["A", "AAAA"] {
      #expect(try stage.ask("ipv6.web-1.\(domain)", type, from: Self.host) == "NODATA; by web-1.\(domain) 60")
    }
    #expect(try stage.ask("dualstack.web-1.\(domain)", "AAAA", from: Self.host) == "NODATA; by web-1.\(domain) 60")
    for prefix in ["", "dualstack.", "ipv6."] {
      #expect(try stage.ask("\(prefix)lost-1.\(domain)", "AAAA", from: Self.host) == "SERVFAIL; EDE 0")
    }
  }

  @Test(
    "Load balancers: public ones are public for all, internal ones private for all (rows 13, 14)",
    arguments: [host, internet, "10.112.0.9", "172.20.0.9"])
  func loadBalancers(source: String) throws {
    let domain = "us-east-1.elb.amazonaws.com"
    func addresses(_ number: Int, _ ipv6: String) -> String {
      "{IpAddress: 203.0.113.\(number), PrivateIPv4Address: 10.0.0.\(number), IPv6Address: \"\(ipv6)\"}"
    }
    let stage = try Self.stage(
      """
      LoadBalancerDescriptions:
        - LoadBalancerName: web
          DNSName: web-1.\(domain)
          Scheme: internet-facing
          VPCId: vpc-00000001
          LoadBalancerAddresses: [\(addresses(61, "2600::61")), \(addresses(62, "2600::62")), {IPv6Address: "2600::61"}]
        - LoadBalancerName: in
          DNSName: internal-in-1.\(domain)
          Scheme: internal
          VPCId: vpc-00000001
          LoadBalancerAddresses: [{PrivateIPv4Address: 10.0.0.63}]
      LoadBalancers:
        - LoadBalancerArn: arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/two/1
          DNSName: two-1.\(domain)
          Scheme: internet-facing
          VpcId: vpc-00000001
          IpAddressType: dualstack
          AvailabilityZones: [{LoadBalancerAddresses: [\(addresses(64, "2001:db8:100::64"))]}]
        - LoadBalancerArn: arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/in2/1
          DNSName: internal-in2-1.\(domain)
          Scheme: internal
          VpcId: vpc-00000001
          AvailabilityZones: [{LoadBalancerAddresses: [\(addresses(65, "2001:db8:100::65"))]}]
      """)
    func values(_ name: String, _ type: String = "A") throws -> [String] {
      try stage.reply("\(name).\(domain)", type, from: source)?.values ?? ["silence"]
    }
    #expect(try values("web-1") == ["203.0.113.61", "203.0.113.62"])
    #expect(try stage.ask("web-1.\(domain)", "AAAA", from: source) == "NODATA; by \(domain) 60")
    #expect(try values("dualstack.web-1") == ["203.0.113.61", "203.0.113.62"])
    #expect(try values("dualstack.web-1", "AAAA") == ["2600:0:0:0:0:0:0:61", "2600:0:0:0:0:0:0:62"])
    #expect(try values("ipv6.web-1", "AAAA") == ["2600:0:0:0:0:0:0:61", "2600:0:0:0:0:0:0:62"])
    #expect(try stage.ask("ipv6.web-1.\(domain)", "A", from: source) == "NODATA; by web-1.\(domain) 60")
    #expect(try values("internal-in-1") == ["10.0.0.63"])
    #expect(try stage.ask("dualstack.internal-in-1.\(domain)", from: source) == "REFUSED; EDE 20")
    #expect(try values("two-1") == ["203.0.113.64"])
    #expect(try values("two-1", "AAAA") == ["2001:db8:100:0:0:0:0:64"])
    #expect(try values("dualstack.two-1", "AAAA") == ["2001:db8:100:0:0:0:0:64"])
    #expect(try values("internal-in2-1") == ["10.0.0.65"])
    #expect(try stage.ask("internal-in2-1.\(domain)", "AAAA", from: source) == "NODATA; by \(domain) 60")
  }

  @Test("Every kind of name has the TTL that Settings gives it (decision 2)")
  func timesToLive() throws {
    let stage = try Self.stage(
      """
        - InstanceId: i-00000001
          VpcId: vpc-00000001
          PrivateIpAddress: 10.0.0.5
          PublicIpAddress: 203.0.113.25
          PrivateDnsNameOptions: {EnableResourceNameDnsARecord: true}
      DBInstances:
        - DBInstanceIdentifier: d
          Endpoint: {Address: d.\(Self.rds)}
          DBSubnetGroup: {VpcId: vpc-00000001}
          PrivateIpAddress: 10.0.0.10
      DBClusters:
        - DBClusterIdentifier: c
          Endpoint: c.cluster-\(Self.rds)
          DBClusterMembers: [{DBInstanceIdentifier: d, IsClusterWriter: true}]
      Clusters:
        - ClusterIdentifier: r
          Endpoint: {Address: r.redshift.amazonaws.com}
          VpcId: vpc-00000001
          ClusterNodes: [{NodeRole: LEADER, PrivateIPAddress: 10.0.0.11}]
      CacheClusters:
        - CacheClusterId: k
          VpcId: vpc-00000001
          CacheNodes: [{Endpoint: {Address: k.cache.amazonaws.com}, PrivateIpAddress: 10.0.0.12}]
      LoadBalancerDescriptions:
        - LoadBalancerName: l
          DNSName: l.elb.amazonaws.com
          Scheme: internal
          VPCId: vpc-00000001
          LoadBalancerAddresses: [{PrivateIPv4Address: 10.0.0.13}]
      Settings:
        TTL:
          PrivateHostname: 11
          PublicHostname: 12
          SplitHorizon: 13
          ResourceName: 14
          Pointer: 15
          Database: 16
          Redshift: 17
          Cache: 18
          LoadBalancer: 19
          Negative: 21
      """)
    func ttl(_ name: String, _ type: String = "A", from source: String = Self.host) throws -> UInt32? {
      try stage.reply(name, type, from: source)?.answer.first?.ttl
    }
    let ec2 = "ec2-203-0-113-25.compute-1.amazonaws.com"
    #expect(try ttl("ip-10-0-0-5.ec2.internal") == 11)
    #expect(try ttl(ec2, from: Self.internet) == 12)
    #expect(try ttl(ec2) == 13)
    #expect(try ttl("i-00000001.ec2.internal") == 14)
    #expect(try ttl("5.0.0.10.in-addr.arpa", "PTR") == 15)
    #expect(try ttl("25.113.0.203.in-addr.arpa", "PTR") == 15)
    #expect(try ttl("d.\(Self.rds)") == 16)
    #expect(try ttl("c.cluster-\(Self.rds)") == 16)
    #expect(try ttl("r.redshift.amazonaws.com") == 17)
    #expect(try ttl("k.cache.amazonaws.com") == 18)
    #expect(try ttl("l.elb.amazonaws.com") == 19)
    #expect(try stage.ask("nobody.ec2.internal", from: Self.host) == "NXDOMAIN; by ec2.internal 21")
    let soa = try #require(try stage.reply("nobody.ec2.internal", from: Self.host)?.authority.first)
    #expect(soa.text.hasSuffix(" 21"))
  }

  @Test("NegativeSOA: false leaves the SOA out of negative answers, and nowhere else (semantics 2.7)")
  func withoutSOA() throws {
    let stage = try Self.stage("Settings: {NegativeSOA: false}")
    #expect(try stage.ask("nobody.ec2.internal", from: Self.host) == "NXDOMAIN")
    #expect(try stage.ask("ip-10-0-0-5.ec2.internal", "AAAA", from: Self.host) == "NOERROR")
    #expect(try stage.ask("ec2.internal", "SOA", from: Self.host).hasPrefix("NOERROR: ec2.internal 60 SOA"))
  }

  @Test("No datagram is larger than LargestUDPPayload, and OPT tells AdvertisedUDPPayload (decision 21)")
  func payloads() throws {
    let zone = (0..<40).map { "{Value: 10.1.0.\($0)}" }.joined(separator: ", ")
    let stage = try Self.stage(
      """
      Settings: {LargestUDPPayload: 600, AdvertisedUDPPayload: 700}
      HostedZones:
        - Id: Z1
          Name: corp.example.
          VPCs: [{VPCRegion: us-east-1, VPCId: vpc-00000001}]
          ResourceRecordSets: [{Name: many.corp.example., Type: A, TTL: 300, ResourceRecords: [\(zone)]}]
      """)
    #expect(try stage.ask("many.corp.example", from: Self.host) == "NOERROR TC")
    #expect(try stage.reply("many.corp.example", from: Self.host, isTCP: true)?.answer.count == 40)
  }
}
