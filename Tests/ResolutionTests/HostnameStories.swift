// `ec2-…`, `ip-…` and `i-…` names (semantics 2.3): spelling, Regions, owners.
import Cloud
import DNSWire
import TestSupport
import Testing

@testable import Resolution

/// Two Regions and China, EC2-Classic, a linked instance, addresses of every kind.
enum HostnameWorld {
  static let host = "10.0.0.9"
  static let internet = "192.0.2.1"

  static let text = """
    Region: us-east-1
    Vpcs:
      - VpcId: vpc-00000001
        CidrBlock: 10.0.0.0/16
        CidrBlockAssociationSet: [{CidrBlock: 100.64.0.0/26}, {CidrBlock: 198.18.128.0/17}]
        Ipv6CidrBlockAssociationSet: [{Ipv6CidrBlock: "2001:db8:100::/56"}]
        EnableDnsHostnames: true
      - {VpcId: vpc-00000002, CidrBlock: 172.20.0.0/16, EnableDnsHostnames: true, Region: eu-west-1}
      - {VpcId: vpc-00000003, CidrBlock: 192.168.0.0/16, EnableDnsHostnames: true, Region: cn-north-1}
      - {VpcId: vpc-00000004, CidrBlock: 100.96.0.0/16, EnableDnsHostnames: true}
      - {VpcId: vpc-00000005, CidrBlock: 172.21.0.0/16}
    VpcPeeringConnections:
      - VpcPeeringConnectionId: pcx-00000001
        RequesterVpcInfo: {VpcId: vpc-00000001}
        AccepterVpcInfo: {VpcId: vpc-00000004, PeeringOptions: {AllowDnsResolutionFromRemoteVpc: true}}
    Subnets:
      - SubnetId: subnet-00000001
        VpcId: vpc-00000001
        CidrBlock: 10.0.64.0/20
        PrivateDnsNameOptionsOnLaunch: {EnableResourceNameDnsARecord: true, EnableResourceNameDnsAAAARecord: true}
    Instances:
      - {InstanceId: i-00000001, VpcId: vpc-00000001, PrivateIpAddress: 10.0.0.5, PublicIpAddress: 203.0.113.25}
      - InstanceId: i-00000002
        Region: eu-west-1
        VpcId: vpc-00000002
        PrivateIpAddress: 172.20.0.5
        PublicIpAddress: 203.0.113.26
      - InstanceId: i-00000003
        Region: cn-north-1
        VpcId: vpc-00000003
        PrivateIpAddress: 192.168.0.5
        PublicIpAddress: 203.0.113.27
      - {InstanceId: i-00000004, PrivateIpAddress: 10.112.0.9, PublicIpAddress: 203.0.113.9}
      - InstanceId: i-00000005
        VpcId: vpc-00000001
        SubnetId: subnet-00000001
        PrivateIpAddress: 10.0.64.5
        Ipv6Address: "2001:db8:100::5"
      - InstanceId: i-00000006
        VpcId: vpc-00000001
        SubnetId: subnet-00000001
        PrivateIpAddress: 10.0.64.6
        PrivateDnsNameOptions: {EnableResourceNameDnsARecord: true, EnableResourceNameDnsAAAARecord: false}
      - InstanceId: i-00000007
        VpcId: vpc-00000001
        SubnetId: subnet-00000001
        PrivateIpAddress: 10.0.64.7
        State: {Name: stopped}
      - {InstanceId: i-00000008, VpcId: vpc-00000001, PrivateIpAddress: 10.0.0.8}
      - InstanceId: i-00000009
        VpcId: vpc-00000001
        SubnetId: subnet-00000001
        PrivateIpAddress: 10.0.64.9
    Addresses:
      - {PublicIp: 198.51.100.1, AllocationId: eipalloc-00000001, Domain: vpc}
      - {PublicIp: 198.51.100.2, AllocationId: eipalloc-00000002, Domain: vpc, InstanceId: i-00000008}
    """

  static func stage(_ text: String = text) throws -> Stage { try Stage(text) }
}

@Suite("Amazon's host names")
struct HostnameStories {
  static let host = HostnameWorld.host

  @Test(
    "A public hostname is written in one way only",
    arguments: [
      ("ec2-203-0-113-25", true), ("EC2-203-0-113-25", true), ("ec2-203-000-113-25", false),
      ("ec2-203-0-113-025", false),
      ("ec2-0203-0-113-25", false), ("ec2-203-0-113-256", false), ("ec2-203-0-113", false),
      ("ec2-203-0-113-25-1", false),
      ("ec2-203-0-113-", false), ("ec2--203-0-113-25", false), ("ec2-203.0.113.25", false), ("ec2203-0-113-25", false),
      ("ec2-203-0-113-25x", false), ("ip-203-0-113-25", false), ("ec2-203-0-113-99", false),
      ("x.ec2-203-0-113-25", false),
      ("ec2-", false), ("ec2", false),
    ])
  func spelling(label: String, isName: Bool) throws {
    let stage = try HostnameWorld.stage()
    let name = label + ".compute-1.amazonaws.com"
    let expected =
      isName
      ? "NOERROR: ec2-203-0-113-25.compute-1.amazonaws.com 20 A 10.0.0.5" : "NXDOMAIN; by compute-1.amazonaws.com 60"
    #expect(try stage.ask(name, from: Self.host) == expected)
  }

  @Test(
    "A private hostname is written in one way only, and any RFC 1918 address has one (R1)",
    arguments: [
      ("ip-10-0-0-5", true), ("IP-10-0-0-5", true), ("ip-10-255-255-255", true), ("ip-172-16-0-0", true),
      ("ip-172-31-9-9", true), ("ip-172-32-0-1", false), ("ip-172-15-0-1", false), ("ip-192-168-1-1", true),
      ("ip-192-169-1-1", false), ("ip-9-0-0-1", false), ("ip-11-0-0-1", false), ("ip-010-0-0-5", false),
      ("ip-10-0-0-256", false), ("ip-10-0-0", false), ("ip-10-0-0-5-6", false), ("ip-10-0-0-5a", false),
      ("ip-100-64-0-1", true), ("ip-100-64-0-63", true), ("ip-100-64-0-64", false), ("ip-198-18-128-0", true),
      ("ip-198-18-127-255", false), ("ip-100-96-1-1", true), ("ec2-10-0-0-5", false), ("ip-999-1-1-1", false),
    ])
  func privateSpelling(label: String, isName: Bool) throws {
    let words = try HostnameWorld.stage().ask(label + ".ec2.internal", from: Self.host)
    let address = label.lowercased().dropFirst(3).replacing("-", with: ".")
    #expect(
      words == (isName ? "NOERROR: \(label.lowercased()).ec2.internal 60 A \(address)" : "NXDOMAIN; by ec2.internal 60")
    )
  }

  @Test("Each Region has its own suffix, and an address has a name in its Region's only")
  func regions() throws {
    let stage = try HostnameWorld.stage()
    let suffixes = [
      "203-0-113-25": "compute-1.amazonaws.com", "203-0-113-26": "eu-west-1.compute.amazonaws.com",
      "203-0-113-27": "cn-north-1.compute.amazonaws.com.cn",
    ]
    for (address, own) in suffixes {
      for suffix in suffixes.values {
        let words = try stage.ask("ec2-\(address).\(suffix)", from: HostnameWorld.internet)
        let shown = address.replacing("-", with: ".")
        #expect(
          words
            == (suffix == own
              ? "NOERROR: ec2-\(address).\(suffix) 60 A \(shown)" : "NXDOMAIN; by \(suffix) 60"))
      }
    }
    // Names that are none of these: another Region's, and us-east-1 spelt like the others.
    for name in ["eu-central-1.compute.amazonaws.com", "us-east-1.compute.amazonaws.com"] {
      #expect(try stage.ask("ec2-203-0-113-25.\(name)", from: Self.host) == "REFUSED; EDE 20")
    }
    #expect(
      try stage.ask("ec2-203-0-113-27.cn-north-1.compute.amazonaws.com", from: Self.host) == "REFUSED; EDE 20")
    #expect(try stage.ask("ip-10-0-0-5.us-east-1.compute.internal", from: Self.host) == "NXDOMAIN; by internal 60")
    #expect(
      try stage.ask("ip-172-20-0-5.eu-west-1.compute.internal", from: Self.host)
        == "NXDOMAIN; by eu-west-1.compute.internal 60")
    #expect(
      try stage.ask("ip-172-20-0-5.eu-west-1.compute.internal", from: "172.20.0.9")
        == "NOERROR: ip-172-20-0-5.eu-west-1.compute.internal 60 A 172.20.0.5")
    #expect(
      try stage.ask("ip-192-168-0-5.cn-north-1.compute.internal", from: "192.168.0.9")
        == "NOERROR: ip-192-168-0-5.cn-north-1.compute.internal 60 A 192.168.0.5")
  }

  @Test("Other types of a hostname are NODATA, ANY is the A record", arguments: ["AAAA", "MX", "TXT", "CNAME", "SOA"])
  func otherTypes(type: String) throws {
    let stage = try HostnameWorld.stage()
    for (label, domain) in [("ec2-203-0-113-25", "compute-1.amazonaws.com"), ("ip-10-0-0-5", "ec2.internal")] {
      #expect(try stage.ask("\(label).\(domain)", type, from: Self.host) == "NODATA; by \(domain) 60")
    }
    #expect(
      try stage.ask("ip-10-0-0-5.ec2.internal", "ANY", from: Self.host)
        == "NOERROR: ip-10-0-0-5.ec2.internal 60 A 10.0.0.5")
    #expect(try stage.ask("ip-9-0-0-5.ec2.internal", type, from: Self.host) == "NXDOMAIN; by ec2.internal 60")
  }

  @Test("An Elastic IP address has its name while nothing stands behind it, and takes it along when it moves")
  func elasticIP() throws {
    let (free, used) = ("ec2-198-51-100-1.compute-1.amazonaws.com", "ec2-198-51-100-2.compute-1.amazonaws.com")
    let stage = try HostnameWorld.stage()
    #expect(try stage.ask(free, from: Self.host) == "NOERROR: \(free) 60 A 198.51.100.1")
    #expect(try stage.ask(used, from: Self.host) == "NOERROR: \(used) 20 A 10.0.0.8")
    #expect(try stage.ask(used, from: HostnameWorld.internet) == "NOERROR: \(used) 60 A 198.51.100.2")
    let moved = try HostnameWorld.stage(
      HostnameWorld.text.replacing("Domain: vpc, InstanceId: i-00000008", with: "Domain: vpc, InstanceId: i-00000009"))
    #expect(try moved.ask(used, from: Self.host) == "NOERROR: \(used) 20 A 10.0.64.9")
  }

  @Test("Resource names: flags of the instance, else of its subnet; none while it is stopped (row 7, decision 18)")
  func resourceNames() throws {
    let stage = try HostnameWorld.stage()
    func ask(_ id: String, _ type: String, from host: String = Self.host) throws -> String {
      try stage.ask("\(id).ec2.internal", type, from: host)
    }
    #expect(try ask("i-00000005", "A") == "NOERROR: i-00000005.ec2.internal 60 A 10.0.64.5")
    #expect(try ask("I-00000005", "AAAA") == "NOERROR: i-00000005.ec2.internal 60 AAAA 2001:db8:100:0:0:0:0:5")
    #expect(try ask("i-00000005", "TXT") == "NODATA; by ec2.internal 60")
    #expect(try ask("i-00000006", "A") == "NOERROR: i-00000006.ec2.internal 60 A 10.0.64.6")
    #expect(try ask("i-00000006", "AAAA") == "NODATA; by ec2.internal 60")
    #expect(try ask("i-00000009", "AAAA") == "NODATA; by ec2.internal 60")
    #expect(try ask("i-00000007", "A") == "NXDOMAIN; by ec2.internal 60")
    #expect(try ask("i-00000001", "A") == "NXDOMAIN; by ec2.internal 60")
    #expect(try ask("i-00000004", "A") == "NXDOMAIN; by ec2.internal 60")
    #expect(try ask("x.i-00000005", "A") == "NXDOMAIN; by ec2.internal 60")
    // Only its own VPC knows it.
    #expect(try ask("i-00000005", "A", from: "100.96.0.9") == "NXDOMAIN; by ec2.internal 60")
    #expect(try ask("i-00000005", "A", from: "10.112.0.9") == "NXDOMAIN; by ec2.internal 60")
    #expect(try ask("i-00000005", "A", from: HostnameWorld.internet) == "NXDOMAIN; by ec2.internal 60")
  }

  @Test(
    "In a VPC without hostnames, and on the internet, no private name is there (a5, a10)",
    arguments: ["172.21.0.9", HostnameWorld.internet])
  func withoutHostnames(source: String) throws {
    let stage = try HostnameWorld.stage()
    for name in ["ip-10-0-0-5", "ip-172-21-0-5", "i-00000005"] {
      #expect(try stage.ask(name + ".ec2.internal", from: source) == "NXDOMAIN; by ec2.internal 60")
    }
    #expect(
      try stage.ask("ec2-203-0-113-25.compute-1.amazonaws.com", from: source)
        == "NOERROR: ec2-203-0-113-25.compute-1.amazonaws.com 60 A 203.0.113.25")
    #expect(try stage.ask("5.0.0.10.in-addr.arpa", "PTR", from: source) == "NXDOMAIN; by 10.in-addr.arpa 60")
    #expect(try stage.ask("0.10.in-addr.arpa", "PTR", from: source) == "NXDOMAIN; by 10.in-addr.arpa 60")
  }
}

@Suite("Reverse names")
struct ReverseStories {
  @Test(
    "A PTR is there exactly where the ip- name is (decision 17)",
    arguments: [
      ("5.0.0.10", "ip-10-0-0-5.ec2.internal"), ("9.9.9.10", "ip-10-9-9-9.ec2.internal"),
      ("1.0.31.172", "ip-172-31-0-1.ec2.internal"), ("1.2.168.192", "ip-192-168-2-1.ec2.internal"),
      ("63.0.64.100", "ip-100-64-0-63.ec2.internal"), ("0.128.18.198", "ip-198-18-128-0.ec2.internal"),
      ("255.255.18.198", "ip-198-18-255-255.ec2.internal"), ("7.7.96.100", "ip-100-96-7-7.ec2.internal"),
    ])
  func pointers(octets: String, name: String) throws {
    let stage = try HostnameWorld.stage()
    #expect(
      try stage.ask(octets + ".in-addr.arpa", "PTR", from: HostnameWorld.host)
        == "NOERROR: \(octets).in-addr.arpa 60 PTR \(name)")
    #expect(try stage.ask(octets + ".in-addr.arpa", "ANY", from: HostnameWorld.host).hasSuffix("PTR \(name)"))
    #expect(try stage.ask(octets + ".in-addr.arpa", "A", from: HostnameWorld.host).hasPrefix("NODATA; by"))
    #expect(try stage.ask(name, from: HostnameWorld.host).hasPrefix("NOERROR: \(name) 60 A"))
  }

  @Test(
    "Names that are no address, and addresses that nobody has",
    arguments: [
      // The range's own domain covers the block, the range not all of it.
      ("64.0.64.100", "NXDOMAIN; by 0.64.100.in-addr.arpa 60"), ("0.64.100", "NODATA; by 0.64.100.in-addr.arpa 60"),
      ("x.0.64.100", "NXDOMAIN; by 0.64.100.in-addr.arpa 60"), ("1.1.64.100", "REFUSED; EDE 20"),
      ("0.10", "NODATA; by 0.10.in-addr.arpa 60"), ("0.0.10", "NODATA; by 0.10.in-addr.arpa 60"),
      ("9.10", "NODATA; by 10.in-addr.arpa 60"), ("x.10", "NXDOMAIN; by 10.in-addr.arpa 60"),
      ("256.9.9.10", "NXDOMAIN; by 10.in-addr.arpa 60"), ("05.9.9.10", "NXDOMAIN; by 10.in-addr.arpa 60"),
      ("1.5.0.0.10", "NXDOMAIN; by 0.10.in-addr.arpa 60"), ("0-25.9.9.10", "NXDOMAIN; by 10.in-addr.arpa 60"),
      ("254.169.254.169", "NODATA; by 254.169.254.169.in-addr.arpa 60"), ("1.1.1.1", "REFUSED; EDE 20"),
      ("172", "REFUSED; EDE 20"), ("15.172", "REFUSED; EDE 20"), ("32.172", "REFUSED; EDE 20"),
    ])
  func others(octets: String, words: String) throws {
    #expect(try HostnameWorld.stage().ask(octets + ".in-addr.arpa", "PTR", from: HostnameWorld.host) == words)
  }

  /// Ten thousand peerings are as many steps, not as many times as many. No world has two of one pair, so only rows
  /// that are made by hand show it: the first one is of a VPC that another row lets show its names.
  @Test("Each peering is looked at once: its own row says whether its peer's ranges are autodefined")
  func peersOnce() throws {
    var world = World()
    for (number, range) in ["10.0.0.0/16", "10.1.0.0/16", "10.1.1.0/24"].enumerated() {
      var vpc = VPC(
        id: ID("vpc-0000000\(number)"), region: .usEast1, ownerID: "1", cidrBlock: try #require(CIDRBlock(range)))
      vpc.enableDnsHostnames = true
      try world.apply(.addVPC(vpc))
    }
    func labelsOfDomain(_ peers: [(vpc: UInt32, allowsDNS: Bool)]) throws -> UInt8? {
      var draft = Draft(world, expectsChanges: false)
      draft.addEverything()
      draft.peerRows = peers.map { PeerRow(vpc: $0.vpc, allowsDNS: $0.allowsDNS, identifier: 0) }
      draft.vpcRows[0].peerCount = UInt16(peers.count)
      let tables = draft.finish(rules: RuleSet(without: []), explains: false)
      let host = tables.asker(source: .v4(IPv4Address(10, 0, 0, 9)), network: .any)
      var name = FoldedName()
      name.load(try Name("5.1.1.10.in-addr.arpa"))
      return tables.rangeReverseDomain(host, &name).map { tables.domainRows[Int($0)].labelCount }
    }
    #expect(try labelsOfDomain([(1, true), (2, true)]) == 4)
    #expect(try labelsOfDomain([(1, false), (2, true)]) == 5)
    #expect(try labelsOfDomain([(1, false), (2, false)]) == nil)
    #expect(try labelsOfDomain([(1, false), (2, true), (1, true)]) == 5)
  }

  @Test(
    "The PTR of a public address is its ec2- name, for everybody (R17)",
    arguments: [HostnameWorld.host, HostnameWorld.internet, "10.112.0.9", "172.21.0.9"])
  func publicPointers(source: String) throws {
    let stage = try HostnameWorld.stage()
    let names = [
      "25.113.0.203": "ec2-203-0-113-25.compute-1.amazonaws.com",
      "27.113.0.203": "ec2-203-0-113-27.cn-north-1.compute.amazonaws.com.cn",
      "1.100.51.198": "ec2-198-51-100-1.compute-1.amazonaws.com",
    ]
    for (octets, name) in names {
      #expect(
        try stage.ask(octets + ".in-addr.arpa", "PTR", from: source)
          == "NOERROR: \(octets).in-addr.arpa 60 PTR \(name)")
      #expect(try stage.ask(octets + ".in-addr.arpa", "TXT", from: source) == "NODATA; by in-addr.arpa 60")
    }
    #expect(try stage.ask("99.113.0.203.in-addr.arpa", "PTR", from: source) == "REFUSED; EDE 20")
  }

  @Test(
    "The names of this machine are answered here, for everybody (RFC 6761 6.3)",
    arguments: [HostnameWorld.host, HostnameWorld.internet])
  func localNames(source: String) throws {
    let stage = try HostnameWorld.stage()
    #expect(try stage.ask("localhost", from: source) == "NOERROR: localhost 3600 A 127.0.0.1")
    #expect(try stage.ask("a.b.localhost", "AAAA", from: source) == "NOERROR: a.b.localhost 3600 AAAA 0:0:0:0:0:0:0:1")
    #expect(try stage.ask("localhost", "MX", from: source) == "NODATA; by localhost 3600")
    #expect(try stage.ask("localhost.localdomain", from: source) == "NOERROR: localhost.localdomain 3600 A 127.0.0.1")
    #expect(
      try stage.ask("1.0.0.127.in-addr.arpa", "PTR", from: source)
        == "NOERROR: 1.0.0.127.in-addr.arpa 3600 PTR localhost")
    #expect(try stage.ask("2.0.0.127.in-addr.arpa", "PTR", from: source) == "NXDOMAIN; by 127.in-addr.arpa 3600")
    #expect(try stage.ask("0.127.in-addr.arpa", "PTR", from: source) == "NODATA; by 127.in-addr.arpa 3600")
    let zeros = String(repeating: "0.", count: 31)
    #expect(
      try stage.ask("1.\(zeros)ip6.arpa", "PTR", from: source) == "NOERROR: 1.\(zeros)ip6.arpa 3600 PTR localhost")
    #expect(try stage.ask("0.\(zeros)ip6.arpa", "PTR", from: source) == "NODATA; by 0.\(zeros)ip6.arpa 3600")
    #expect(try stage.ask("2.\(zeros)ip6.arpa", "PTR", from: source) == "REFUSED; EDE 20")
  }
}
