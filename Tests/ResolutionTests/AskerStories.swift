// Who asks (world.md 2): networks, ranges, Requesters, listeners.
import DNSWire
import Resolution
import TestSupport
import Testing

@Suite("Askers")
struct AskerStories {
  /// Two VPCs that share 10.0.0.0/16 and the address 10.0.0.5, a third inside EC2-Classic's 10/8, a linked instance.
  static let text = """
    Region: us-east-1
    Vpcs:
      - VpcId: vpc-0000000a
        CidrBlock: 10.0.0.0/16
        EnableDnsHostnames: true
        ClassicLinkEnabled: true
        ClassicLinkDnsSupported: true
        CidrBlockAssociationSet: [{CidrBlock: 100.64.0.0/24}]
        Ipv6CidrBlockAssociationSet: [{Ipv6CidrBlock: "2001:db8:a00::/56"}]
      - {VpcId: vpc-0000000b, CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}
      - VpcId: vpc-0000000c
        CidrBlock: 172.31.0.0/16
        EnableDnsHostnames: true
        CidrBlockAssociationSet: [{CidrBlock: 10.0.64.0/20}]
      - {VpcId: vpc-0000000d, CidrBlock: 172.30.0.0/16, EnableDnsSupport: false}
    SecurityGroups:
      - {GroupId: sg-0000000a, GroupName: web, VpcId: vpc-0000000a}
    Instances:
      - {InstanceId: i-0000000a, VpcId: vpc-0000000a, PrivateIpAddress: 10.0.0.5, Ipv6Address: "2001:db8:a00::5"}
      - {InstanceId: i-0000000b, VpcId: vpc-0000000b, PrivateIpAddress: 10.0.0.5}
      - {InstanceId: i-000000a6, VpcId: vpc-0000000a, PrivateIpAddress: 10.0.0.6}
      - {InstanceId: i-0000000c, VpcId: vpc-0000000c, PrivateIpAddress: 172.31.0.5}
      - {InstanceId: i-00000001, PrivateIpAddress: 10.112.0.9, PublicIpAddress: 203.0.113.9}
      - {InstanceId: i-00000002, PrivateIpAddress: 10.113.0.9}
      - {InstanceId: i-00000003, PrivateIpAddress: 10.0.0.6}
    ClassicLinkInstances:
      - {InstanceId: i-00000001, VpcId: vpc-0000000a, Groups: [{GroupId: sg-0000000a}]}
    Requesters:
      - {SourceAddress: 127.0.0.11, InstanceId: i-0000000a}
      - {SourceAddress: 127.0.0.12, VpcId: vpc-0000000b}
      - {SourceAddress: 127.0.0.13, Network: classic}
      - {SourceCidr: 127.0.1.0/24, Network: internet}
      - {SourceCidr: 127.0.1.128/25, VpcId: vpc-0000000c}
      - {SourceAddress: 127.0.1.200, InstanceId: i-00000001}
      - {SourceAddress: 100.64.0.7, Network: internet}
      - {SourceAddress: 172.31.0.5, VpcId: vpc-0000000a}
      - {SourceAddress: "::1", InstanceId: i-00000001}
    """

  /// The strings of whoami, in order.
  static func whoami(_ stage: Stage, _ source: String, on network: Network = .any) throws -> [String] {
    let reply = try #require(try stage.reply("whoami", "TXT", from: source, on: network, class: 3))
    #expect(reply.answer.count == 1)
    let text = try #require(reply.values.first)
    return text.dropFirst().dropLast().split(separator: "\" \"").map { String($0) }
  }

  static let requester = "found by a Requesters line"

  static let sources: [(source: String, asker: String, place: String, reason: String)] = [
    ("127.0.0.11", "asker i-0000000a", "in vpc-0000000a", requester),
    ("127.0.0.12", "asker some host in vpc-0000000b", "in vpc-0000000b", requester),
    ("127.0.0.13", "asker an unlinked EC2-Classic host of us-east-1", "EC2-Classic us-east-1", requester),
    ("127.0.1.5", "asker the internet", "", requester),
    ("127.0.1.129", "asker some host in vpc-0000000c", "in vpc-0000000c", requester),
    (
      "127.0.1.200", "asker i-00000001",
      "EC2-Classic us-east-1, linked to vpc-0000000a, ClassicLink DNS support in force", requester
    ),
    (
      "::1", "asker i-00000001", "EC2-Classic us-east-1, linked to vpc-0000000a, ClassicLink DNS support in force",
      requester
    ),
    ("172.31.0.5", "asker some host in vpc-0000000a", "in vpc-0000000a", requester),
    ("172.31.0.6", "asker some host in vpc-0000000c", "in vpc-0000000c", "found by the range of its VPC"),
    ("10.113.0.9", "asker i-00000002", "EC2-Classic us-east-1", "found by its private address"),
    ("2001:db8:a00::5", "asker i-0000000a", "in vpc-0000000a", "found by its private address"),
    ("2001:db8:a00::6", "asker some host in vpc-0000000a", "in vpc-0000000a", "found by the range of its VPC"),
    ("2001:db8:b00::6", "asker the internet", "", "found by nothing: the address is unknown"),
    (
      "172.30.0.9", "asker some host in vpc-0000000d", "in vpc-0000000d, without DNS support or DNS hostnames",
      "found by the range of its VPC"
    ),
    // Two networks have these.
    ("10.0.0.5", "asker the internet", "", "found by nothing: several networks have this address"),
    ("10.0.0.6", "asker the internet", "", "found by nothing: several networks have this address"),
    ("10.0.0.7", "asker the internet", "", "found by nothing: several networks have this address"),
    ("10.0.64.7", "asker the internet", "", "found by nothing: several networks have this address"),
    ("100.64.0.7", "asker the internet", "", requester),
    ("100.64.0.8", "asker some host in vpc-0000000a", "in vpc-0000000a", "found by the range of its VPC"),
    ("192.0.2.1", "asker the internet", "", "found by nothing: the address is unknown"),
    ("10.200.0.1", "asker the internet", "", "found by nothing: the address is unknown"),
  ]

  @Test(
    "On a listener of no network, the longest prefix tells who asks, and a Requesters line beats an instance",
    arguments: sources)
  func anyNetwork(source: String, asker: String, place: String, reason: String) throws {
    let words = try Self.whoami(try Stage(Self.text), source)
    #expect(words[0] == asker)
    #expect(words.contains(reason), "\(words)")
    #expect(place.isEmpty || words[1] == place, "\(words)")
    #expect(words.contains("network any"))
    #expect(words.contains("listener 127.0.0.1#5300") && words.contains("generation 7"))
  }

  @Test(
    "On a VPC's own listener the same address is somebody else, and nothing is ambiguous",
    arguments: [
      ("vpc-0000000a", "10.0.0.5", "asker i-0000000a"), ("vpc-0000000b", "10.0.0.5", "asker i-0000000b"),
      ("vpc-0000000a", "10.0.0.6", "asker i-000000a6"), ("vpc-0000000b", "10.0.0.6", "asker some host in vpc-0000000b"),
      ("vpc-0000000a", "10.0.64.7", "asker some host in vpc-0000000a"),
      ("vpc-0000000c", "10.0.64.7", "asker some host in vpc-0000000c"),
      // Requesters with Network: internet, inside the range.
      ("vpc-0000000a", "100.64.0.7", "asker the internet"),
      ("vpc-0000000a", "100.64.0.8", "asker some host in vpc-0000000a"),
      ("vpc-0000000a", "192.0.2.1", "asker the internet"),
    ])
  func scopedNetwork(vpc: String, source: String, asker: String) throws {
    let stage = try Stage(Self.text)
    let words = try Self.whoami(stage, source, on: try stage.network(vpc))
    #expect(words[0] == asker)
    #expect(words.contains("network \(vpc)"))
    #expect(!words.contains("asks the resolver of another network"))
    #expect(try !stage.ask("localhost", from: source, on: stage.network(vpc)).contains("REFUSED"))
  }

  @Test("Two Requesters lines that contradict each other name nobody; an address between two lines keeps its own owner")
  func requestersOfOneAddress() throws {
    let stage = try Stage(
      """
      Vpcs:
        - {VpcId: vpc-0000000a, CidrBlock: 10.0.0.0/24}
        - {VpcId: vpc-0000000b, CidrBlock: 10.1.0.0/24}
      Instances:
        - {InstanceId: i-0000000a, VpcId: vpc-0000000a, PrivateIpAddress: 10.0.0.6}
      Requesters:
        - {SourceAddress: 127.0.0.9, VpcId: vpc-0000000a}
        - {SourceAddress: 127.0.0.9, VpcId: vpc-0000000b}
        - {SourceAddress: 10.0.0.5, VpcId: vpc-0000000b}
        - {SourceAddress: 10.0.0.7, VpcId: vpc-0000000b}
      """)
    let a = try stage.network("vpc-0000000a")
    #expect(try Self.whoami(stage, "127.0.0.9")[0] == "asker the internet")
    #expect(try Self.whoami(stage, "127.0.0.9", on: a)[0] == "asker some host in vpc-0000000a")
    for source in ["10.0.0.5", "10.0.0.7"] {
      #expect(try Self.whoami(stage, source)[0] == "asker some host in vpc-0000000b")
      #expect(try Self.whoami(stage, source, on: a).contains("asks the resolver of another network"))
    }
    #expect(try Self.whoami(stage, "10.0.0.6")[0] == "asker i-0000000a")
    #expect(try Self.whoami(stage, "10.0.0.6", on: a)[0] == "asker i-0000000a")
    #expect(try Self.whoami(stage, "10.0.0.8")[0] == "asker some host in vpc-0000000a")
  }

  @Test(
    "Whoever is known to be elsewhere is REFUSED on a VPC's listener, EDE 18 (world.md 2.4)",
    arguments: [
      ("vpc-0000000a", "172.31.0.6"), ("vpc-0000000a", "10.112.0.9"), ("vpc-0000000c", "10.0.0.5"),
      ("vpc-0000000c", "172.31.0.5"), ("vpc-0000000b", "127.0.0.11"), ("vpc-0000000b", "2001:db8:a00::5"),
      ("vpc-0000000c", "127.0.0.13"),
    ])
  func foreignResolver(vpc: String, source: String) throws {
    let stage = try Stage(Self.text)
    let reply = try #require(try stage.reply("localhost", from: source, on: try stage.network(vpc)))
    #expect(reply.words == "REFUSED; EDE 18")
    #expect(reply.extendedError?.text == "the resolver of another network cannot be queried")
    // It may still ask who it is (decision 20).
    #expect(try Self.whoami(stage, source, on: stage.network(vpc)).contains("asks the resolver of another network"))
  }

  @Test(
    "The Classic resolver takes any host of 10/8 for a Classic one, and knows who is not (world.md 2.2)",
    arguments: [
      ("10.112.0.9", "asker i-00000001", false), ("10.0.0.6", "asker i-00000003", false),
      ("10.0.0.5", "asker an unlinked EC2-Classic host of us-east-1", false),
      ("10.200.0.1", "asker an unlinked EC2-Classic host of us-east-1", false),
      ("127.0.0.13", "asker an unlinked EC2-Classic host of us-east-1", false),
      ("172.31.0.6", "asker some host in vpc-0000000c", true), ("192.0.2.1", "asker the internet", false),
      ("127.0.0.12", "asker some host in vpc-0000000b", true), ("11.0.0.1", "asker the internet", false),
    ])
  func classicListener(source: String, asker: String, isForeign: Bool) throws {
    let stage = try Stage(Self.text)
    let words = try Self.whoami(stage, source, on: .classic)
    #expect(words[0] == asker)
    #expect(words.contains("network EC2-Classic us-east-1"))
    #expect(try stage.ask("localhost", from: source, on: .classic).hasPrefix("REFUSED; EDE 18") == isForeign)
  }

  @Test("A VPC without DNS support hears nothing but whoami (decisions 6, 20)")
  func silence() throws {
    let stage = try Stage(Self.text)
    #expect(try stage.ask("localhost", from: "172.30.0.9") == "silence")
    #expect(try stage.ask("localhost", from: "172.30.0.9", isTCP: true) == "silence")
    #expect(try Self.whoami(stage, "172.30.0.9")[0] == "asker some host in vpc-0000000d")
  }

  @Test("An id as long as a text can be is cut, and the reply stays whole")
  func longIdentifier() throws {
    let id = "i-" + String(repeating: "f", count: 253)
    let stage = try Stage("Instances:\n  - {InstanceId: \(id), PrivateIpAddress: 10.112.0.9}")
    let words = try Self.whoami(stage, "10.112.0.9")
    #expect(words[0] == String("asker \(id)".prefix(255)))
    #expect(words.last == "generation 7")
  }

  @Test("Two Classic instances of two Regions with one address cannot be told apart")
  func classicTwins() throws {
    let stage = try Stage(
      """
      Instances:
        - {InstanceId: i-00000001, PrivateIpAddress: 10.112.0.9, Region: us-east-1}
        - {InstanceId: i-00000002, PrivateIpAddress: 10.112.0.9, Region: eu-west-1}
      """)
    #expect(
      try Self.whoami(stage, "10.112.0.9").contains("found by nothing: several networks have this address"))
  }

  @Test("Nested Requesters lines: the inner one wins in its range, the outer one around it")
  func nestedRanges() throws {
    let stage = try Stage(
      """
      Region: us-east-1
      Vpcs:
        - {VpcId: vpc-0000000a, CidrBlock: 10.0.0.0/16}
        - {VpcId: vpc-0000000b, CidrBlock: 10.1.0.0/16}
      Requesters:
        - {SourceCidr: 0.0.0.0/0, Network: internet}
        - {SourceCidr: 192.168.0.0/16, VpcId: vpc-0000000a}
        - {SourceCidr: 192.168.4.0/22, VpcId: vpc-0000000b}
        - {SourceAddress: 192.168.4.0, Network: classic}
        - {SourceAddress: 192.168.7.255, Network: internet}
        - {SourceCidr: "::/0", VpcId: vpc-0000000a}
        - {SourceCidr: "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127", VpcId: vpc-0000000b}
      """)
    let expected = [
      "9.9.9.9": "the internet", "192.168.3.255": "some host in vpc-0000000a",
      "192.168.4.0": "an unlinked EC2-Classic host of us-east-1", "192.168.4.1": "some host in vpc-0000000b",
      "192.168.7.254": "some host in vpc-0000000b", "192.168.7.255": "the internet",
      "192.168.8.0": "some host in vpc-0000000a", "192.168.255.255": "some host in vpc-0000000a",
      "192.169.0.0": "the internet", "255.255.255.255": "the internet", "0.0.0.0": "the internet",
      "10.0.0.1": "some host in vpc-0000000a", "::": "some host in vpc-0000000a",
      "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff": "some host in vpc-0000000b",
      "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffd": "some host in vpc-0000000a",
    ]
    for (source, asker) in expected {
      #expect(try Self.whoami(stage, source)[0] == "asker " + asker, "\(source)")
    }
  }

  @Test(
    "A Requesters line does not hide that two networks share a range: it counts where no range is narrower",
    arguments: ["10.0.0.0/16", "10.0.0.0/20", "10.0.0.0/24", "10.0.0.8/29"])
  func requestersOfASharedRange(range: String) throws {
    let stage = try Stage(
      """
      Vpcs:
        - {VpcId: vpc-0000000a, CidrBlock: 10.0.0.0/16}
        - {VpcId: vpc-0000000b, CidrBlock: 10.0.0.0/24}
      Requesters:
        - {SourceCidr: \(range), VpcId: vpc-0000000a}
      """)
    let isNarrow = range.hasSuffix("/24") || range.hasSuffix("/29")
    let shared = isNarrow ? "asker some host in vpc-0000000a" : "asker the internet"
    for source in ["10.0.0.9", "10.0.1.9", "10.0.1.9", "10.0.0.9"] {
      let isShared = source == "10.0.0.9"
      let words = try Self.whoami(stage, source)
      #expect(words[0] == (isShared ? shared : "asker some host in vpc-0000000a"), "\(source)")
      #expect(words.contains("found by nothing: several networks have this address") == (isShared && !isNarrow))
    }
    // On its own listener each knows its own.
    #expect(try Self.whoami(stage, "10.0.0.9", on: stage.network("vpc-0000000a"))[0].hasSuffix("vpc-0000000a"))
  }

  @Test("A trusted source speaks for another by Client Subnet, and the option comes back (world.md 2.5)")
  func clientSubnet() throws {
    let stage = try Stage(Self.text)
    func ask(_ option: [UInt8], trusts: Bool = true) throws -> Reply {
      let packet = Message.question(id: 1, name: "whoami", type: 16, class: 3, payload: 1232, options: option)
      return try Reply(try stage.send(packet, from: "192.0.2.1", trustsSubnet: trusts))
    }
    let full: [UInt8] = [0, 8, 0, 8, 0, 1, 32, 0, 172, 31, 0, 6]
    let named = try ask(full)
    #expect(named.values[0].hasPrefix("\"asker some host in vpc-0000000c\""))
    #expect(named.additional[0].data == [0, 8, 0, 8, 0, 1, 32, 32, 172, 31, 0, 6])
    #expect(try ask(full, trusts: false).values[0].hasPrefix("\"asker the internet\""))
    #expect(try ask([0, 8, 0, 7, 0, 1, 24, 0, 172, 31, 0]).values[0].hasPrefix("\"asker the internet\""))
    // An option longer than any is not echoed, so that it cannot crowd out the answer.
    let bloated: [UInt8] = [0, 8, 1, 244, 0, 1, 32, 0] + [UInt8](repeating: 9, count: 496)
    let reply = try ask(bloated)
    #expect(reply.additional.map(\.data) == [[]])
  }
}
