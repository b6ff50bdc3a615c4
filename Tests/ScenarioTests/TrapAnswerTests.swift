// A trap tells the truth: where it is found the answers are what it says, and where it is mended they are not.
import TestSupport
import Testing
import Traps
import WorldFile

@Suite("Traps and answers")
struct TrapAnswerTests {
  struct Story: Sendable, CustomTestStringConvertible {
    let trap: Trap
    let world: String
    /// Text of the world, and what mends it.
    let mend: (String, String)
    let source: [UInt8]
    let question: String
    /// RCODE and addresses; `nil` for silence.
    let caught: Result?
    let mended: Result?
    var testDescription: String { trap.rawValue }
  }

  struct Result: Equatable, Sendable {
    var responseCode: Int
    var addresses: [String] = []
  }

  /// No `.internal` name exists outside its zone (decision 15).
  private static let unknown = Result(responseCode: 3)
  private static let zones = """
    HostedZones:
      - Id: Z1
        Name: corp.internal.
        Config: {PrivateZone: true}
        VPCs: [{VPCRegion: us-east-1, VPCId: vpc-1}]
        ResourceRecordSets:
          - {Name: db.corp.internal., Type: A, TTL: 5, ResourceRecords: [{Value: 10.0.0.6}]}

    """
  private static let seen = Result(responseCode: 0, addresses: ["10.0.0.6"])
  private static let vpc = "{VpcId: vpc-1, CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}"

  static let stories = [
    Story(
      trap: .sharedRange, world: "Vpcs: [\(vpc), {VpcId: vpc-2, CidrBlock: 10.0.0.0/16}]\n" + zones,
      mend: ("VpcId: vpc-2, CidrBlock: 10.0.0.0/16", "VpcId: vpc-2, CidrBlock: 10.1.0.0/16"), source: [10, 0, 0, 9],
      question: "db.corp.internal", caught: unknown, mended: seen),
    Story(
      trap: .sharedAddress,
      world: "Vpcs: [\(vpc)]\nInstances: [{InstanceId: i-1, PrivateIpAddress: 10.0.0.9}, "
        + "{InstanceId: i-2, VpcId: vpc-1, PrivateIpAddress: 10.0.0.9}]\n" + zones,
      mend: ("i-1, PrivateIpAddress: 10.0.0.9", "i-1, PrivateIpAddress: 10.9.0.9"), source: [10, 0, 0, 9],
      question: "db.corp.internal", caught: unknown, mended: seen),
    Story(
      trap: .sharedSource,
      world: "Vpcs: [\(vpc)]\nRequesters: [{SourceAddress: 127.0.1.1, VpcId: vpc-1}, "
        + "{SourceAddress: 127.0.1.1, Network: classic}]\n" + zones,
      mend: ("127.0.1.1, Network", "127.0.1.2, Network"), source: [127, 0, 1, 1], question: "db.corp.internal",
      caught: unknown, mended: seen),
    Story(
      trap: .invisibleZone,
      world: "Vpcs: [{VpcId: vpc-1, CidrBlock: 10.0.0.0/16, EnableDnsHostnames: false}]\n" + zones,
      mend: ("EnableDnsHostnames: false", "EnableDnsHostnames: true"), source: [10, 0, 0, 9],
      question: "db.corp.internal", caught: unknown, mended: seen),
    Story(
      trap: .hostnamesWithoutSupport,
      world: "Vpcs: [{VpcId: vpc-1, CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true, EnableDnsSupport: false}]\n"
        + zones,
      mend: ("EnableDnsSupport: false", "EnableDnsSupport: true"), source: [10, 0, 0, 9],
      question: "db.corp.internal", caught: nil, mended: seen),
    Story(
      trap: .shadowedZone,
      world: "Vpcs: [\(vpc)]\n" + zones
        + "  - {Id: Z2, Name: internal., ResourceRecordSets: [{Name: www.corp.internal., Type: A, TTL: 5, "
        + "ResourceRecords: [{Value: 10.0.0.6}]}]}\n",
      mend: ("Name: db.corp.internal.", "Name: www.corp.internal."), source: [10, 0, 0, 9],
      question: "www.corp.internal", caught: Result(responseCode: 3), mended: seen),
    Story(
      trap: .danglingAlias,
      world: "Vpcs: [\(vpc)]\n" + zones
        + "  - {Id: Z2, Name: example.com., ResourceRecordSets: [{Name: www.example.com., Type: A, AliasTarget: "
        + "{HostedZoneId: Z9, DNSName: d1.cloudfront.net., EvaluateTargetHealth: false}}]}\n",
      mend: ("d1.cloudfront.net.", "db.corp.internal."), source: [10, 0, 0, 9], question: "www.example.com",
      caught: Result(responseCode: 5), mended: seen),
    Story(
      trap: .unknownAddress,
      world: "Vpcs: [\(vpc)]\nDBInstances: [{DBInstanceIdentifier: orders, DBSubnetGroup: {VpcId: vpc-1}, "
        + "Endpoint: {Address: orders.c1.us-east-1.rds.amazonaws.com}}]\n",
      mend: ("orders, DBS", "orders, PrivateIpAddress: 10.0.0.6, DBS"), source: [10, 0, 0, 9],
      question: "orders.c1.us-east-1.rds.amazonaws.com", caught: Result(responseCode: 2), mended: seen),
    Story(
      trap: .publicPathOfLink, world: linked(support: false),
      mend: ("ClassicLinkDnsSupported: false", "ClassicLinkDnsSupported: true"), source: [10, 9, 0, 9],
      question: "orders.c1.us-east-1.rds.amazonaws.com",
      caught: Result(responseCode: 0, addresses: ["203.0.113.6"]), mended: seen),
    Story(
      trap: .idleClassicLinkDNS, world: linked(support: true, hostnames: false),
      mend: ("EnableDnsHostnames: false", "EnableDnsHostnames: true"), source: [10, 9, 0, 9],
      question: "orders.c1.us-east-1.rds.amazonaws.com",
      caught: Result(responseCode: 0, addresses: ["203.0.113.6"]), mended: seen),
  ]

  /// A linked instance and a publicly accessible database.
  private static func linked(support: Bool, hostnames: Bool = true) -> String {
    """
    Vpcs:
      - {VpcId: vpc-1, CidrBlock: 10.0.0.0/16, EnableDnsHostnames: \(hostnames), ClassicLinkEnabled: true,
         ClassicLinkDnsSupported: \(support)}
    SecurityGroups: [{GroupId: sg-1, GroupName: linked, VpcId: vpc-1}]
    Instances: [{InstanceId: i-1, PrivateIpAddress: 10.9.0.9}]
    ClassicLinkInstances: [{InstanceId: i-1, VpcId: vpc-1, Groups: [{GroupId: sg-1}]}]
    DBInstances:
      - {DBInstanceIdentifier: orders, DBSubnetGroup: {VpcId: vpc-1}, PubliclyAccessible: true,
         Endpoint: {Address: orders.c1.us-east-1.rds.amazonaws.com}, PrivateIpAddress: 10.0.0.6,
         PublicIpAddress: 203.0.113.6}

    """
  }

  /// What the trap finds, and what the asker is told.
  private static func play(_ story: Story, _ text: String) throws -> (count: Int, result: Result?) {
    let files = [WorldTextFile(name: "world.yaml", text: "Region: us-east-1\n" + text)]
    let folder = try Folder(files)
    let world = try withExtendedLifetime(folder) { try WorldFile.load([folder.path]).world }
    let found = story.trap.findings(in: world)
    let packet = Message.question(id: 7, name: story.question, type: 1)
    let octets = try InProcess(files).ask(packet, from: Octets(story.source))
    guard !octets.isEmpty else { return (found.count, nil) }
    let (code, addresses) = try RuleTests.result(octets)
    return (found.count, Result(responseCode: code, addresses: addresses))
  }

  @Test("Where it is found, the answer is what it says; mended, it is gone", arguments: stories)
  func agreement(story: Story) throws {
    let (count, caught) = try Self.play(story, story.world)
    #expect(count == 1)
    #expect(caught == story.caught)
    let text = story.world.replacing(story.mend.0, with: story.mend.1)
    #expect(text != story.world)
    let (left, mended) = try Self.play(story, text)
    #expect(left == 0)
    #expect(mended == story.mended)
  }
}
