// A world that is written and read again is the same world, and is written the same way.
import Cloud
import DNSWire
import Foundation
import TestSupport
import Testing

@testable import WorldFile

private let tests = URL(filePath: #filePath).deletingLastPathComponent()
private let zones = tests.deletingLastPathComponent().deletingLastPathComponent().appending(path: "zones")

func text(of world: World) -> String {
  var octets: [UInt8] = []
  WorldWriter.write(world) { octets += $0 }
  return String(decoding: octets, as: UTF8.self)
}

@Suite struct RoundTrips {
  /// What was read from the text of the world, after it was found to be the world itself.
  @discardableResult
  private func checkRoundTrip(_ world: World, _ comment: Comment? = nil) throws -> World {
    let written = text(of: world)
    let again = try load(written, "world.json")
    let before = Set(world.resourcesInOrder)
    let after = Set(again.resourcesInOrder)
    #expect(before.subtracting(after).isEmpty, comment)
    #expect(after.subtracting(before).isEmpty, comment)
    #expect(text(of: again) == written, comment)
    return again
  }

  @Test(arguments: ["classic-resolver", "failover", "peering", "three-tier"])
  func sampleWorld(_ name: String) throws {
    try checkRoundTrip(try WorldFile.load([zones.appending(path: name).path]).world)
  }

  @Test func whatTheAWSCommandPrints() throws {
    try checkRoundTrip(try WorldFile.load([tests.appending(path: "Fixtures/aws").path]).world)
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func randomWorld(_ seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    try checkRoundTrip(RandomWorld(using: &numbers).world)
  }

  @Test func emptyWorld() throws {
    #expect(text(of: World()) == "{}\n")
    try checkRoundTrip(World())
  }

  @Test func everyKindAndMember() throws {
    let world = try WorldFile.load([tests.appending(path: "Fixtures/everything.yaml").path]).world
    let kinds = Set(world.resourcesInOrder.map { String(describing: $0).prefix { $0 != "(" } })
    #expect(kinds.count == 22, "\(kinds.sorted())")
    #expect(Set(world.storedResources.keys.map(\.kind)) == Set(StoredResource.Kind.allCases))
    try checkRoundTrip(world)
  }

  /// Kept members of items that stand at the top of a file, and in lists of their own in what is written.
  private static let kept: [String] = [
    #"{"ResolverRule":{"Id":"r1","DomainName":"x.","RuleType":"SYSTEM","Foo":NESTED}}"#,
    #"{"HostedZone":{"Id":"Z1","Name":"x.","Foo":NESTED}}"#,
    #"{"HostedZone":{"Id":"Z1","Name":"x."},"ResourceRecordSets":[{"Name":"a.x.","Type":"A","#
      + #""AliasTarget":{"DNSName":"b.y."},"Foo":NESTED}]}"#,
    #"{"Instances":[{"InstanceId":"i-1","PrivateIpAddress":"10.0.0.9","Foo":NESTED}]}"#,
    #"{"TargetGroups":[{"TargetGroupArn":"group","Foo":NESTED}]}"#,
    #"{"VpcPeeringConnections":[{"VpcPeeringConnectionId":"pcx-1","RequesterVpcInfo":{"VpcId":"vpc-1"},"#
      + #""AccepterVpcInfo":{"VpcId":"vpc-2"},"Status":{"Code":"deleted"},"Foo":NESTED}]}"#,
    #"{"DBInstances":[{"DBInstanceIdentifier":"db","Foo":NESTED}]}"#,
    #"{"DBClusters":[{"DBClusterIdentifier":"db","Foo":NESTED}]}"#,
    #"{"Clusters":[{"ClusterIdentifier":"stats","Foo":NESTED}]}"#,
    #"{"CacheClusters":[{"CacheClusterId":"cache","Foo":NESTED}]}"#,
    #"{"LoadBalancers":[{"LoadBalancerArn":"lb","DNSName":"lb.example.com","Foo":NESTED}]}"#,
  ]

  @Test("What is kept is as deep as can be written in any list, and no deeper", arguments: kept.indices)
  func nesting(index: Int) throws {
    func nested(_ levels: Int) -> String {
      let pairs = levels / 2
      return String(repeating: #"{"a":["#, count: pairs) + "1" + String(repeating: "]}", count: pairs)
    }
    let world = try load(Self.kept[index].replacing("NESTED", with: nested(100)), "world.json")
    #expect(text(of: world).contains("Foo"))
    try checkRoundTrip(world)
    for levels in [102, 126] {
      let found = try problems(Self.kept[index].replacing("NESTED", with: nested(levels)), "world.json")
      #expect(found.count == 1 && found[0].hasPrefix("world.json:1:"), "\(found)")
      #expect(found.first?.contains("levels deep") == true, "\(found)")
    }
  }

  @Test func aWorldWithoutClassic() throws {
    let world = try load("{SupportedPlatforms: [VPC], Settings: {TTL: {Cache: 7}, LargestUDPPayload: 1400}}")
    let again = try checkRoundTrip(world)
    #expect(again.supportedPlatforms == ["VPC"] && again.settings.timesToLive.cache == 7)
  }

  /// Data that a zone file may hold, and that no text stands for or only text of other octets.
  @Test(arguments: [
    "APL", "NSEC3 \\# 11 0100000001AA0105000140", "NSEC3 \\# 10 01000000000105000140",
    "LOC \\# 16 00020304800000008000000080000000", "WKS \\# 7 0A000001060000", "TYPE65280 \\# 0",
  ])
  func oddData(_ record: String) throws {
    let desk = try Desk()
    try desk.put("world.yaml", "HostedZones: [{Id: Z, Name: example.com, ZoneFile: z.zone}]")
    try desk.put("z.zone", "a 60 \(record)\n")
    let world = try WorldFile.load([desk.path + "/world.yaml"]).world
    #expect(world.hostedZones[ID("Z")]?.recordSets.count == 3)
    try checkRoundTrip(world)
  }

  @Test func theTextIsFitForGit() throws {
    let world = try load(
      """
      Vpcs: [{VpcId: vpc-2, CidrBlock: 10.1.0.0/16}, {VpcId: vpc-1, CidrBlock: 10.0.0.0/16}]
      Instances: [{InstanceId: i-1, VpcId: vpc-1, PrivateIpAddress: 10.0.0.5, KeyName: mine}]
      """)
    let lines = text(of: world).split(separator: "\n")
    #expect(
      lines.prefix(8) == [
        "{", "  \"Instances\": [", "    {", "      \"InstanceId\": \"i-1\",", "      \"VpcId\": \"vpc-1\",",
        "      \"PrivateIpAddress\": \"10.0.0.5\",", "      \"KeyName\": \"mine\"", "    }",
      ])
    #expect(lines.firstIndex { $0.contains("vpc-1\"") }! < lines.firstIndex { $0.contains("\"vpc-2\"") }!)
  }

  @Test func aGeneratedInstanceStaysOne() throws {
    let world = try load(
      """
      Region: eu-west-1
      Vpcs: [{VpcId: vpc-1, CidrBlock: 10.0.0.0/16}]
      Instances: [{InstanceId: i-1, VpcId: vpc-1, PrivateIpAddress: 10.0.0.5, PublicIpAddress: 203.0.113.5}]
      """)
    let instance = try #require(world.instances[ID("i-1")])
    #expect(
      WorldWriter.item(of: .instance(instance)).body
        == #"{"InstanceId":"i-1","VpcId":"vpc-1","PrivateIpAddress":"10.0.0.5","PublicIpAddress":"203.0.113.5"}"#)
  }
}

@Suite struct DetailsOfItems {
  @Test func whatNoAnswerDependsOnIsKept() throws {
    let world = try load(
      """
      DBInstances:
        - {DBInstanceIdentifier: orders, Engine: postgres, AllocatedStorage: 20, StorageEncrypted: true,
           DBInstanceArn: "arn:aws:rds:eu-west-1:123456789012:db:orders", DBParameterGroups: [{DBParameterGroupName: g}],
           Endpoint: {Address: orders.x.eu-west-1.rds.amazonaws.com, Port: 5432, HostedZoneId: Z2R}}
      """)
    let details = try #require(world.dbInstances[ID("orders")]?.details)
    #expect(
      details == [
        "Engine": .text("postgres"), "AllocatedStorage": .number("20"), "StorageEncrypted": .boolean(true),
        "DBInstanceArn": .text("arn:aws:rds:eu-west-1:123456789012:db:orders"),
        "DBParameterGroups": .list([.mapping(["DBParameterGroupName": .text("g")])]),
        "Endpoint": .mapping(["HostedZoneId": .text("Z2R")]),
      ])
  }

  @Test func whatFollowsFromOtherFactsIsNot() throws {
    let instance = try #require(
      try load(
        """
        Instances:
          - {InstanceId: i-1, PrivateIpAddress: 10.1.2.3, PrivateDnsName: ip-10-1-2-3.ec2.internal, KeyName: mine,
             StateTransitionReason: "", PublicDnsName: "", State: {Code: 16, Name: running}, RamdiskId: null,
             Placement: {AvailabilityZone: us-east-1a, Tenancy: default}}
        """
      ).instances[ID("i-1")])
    #expect(
      instance.details == ["KeyName": .text("mine"), "Placement": .mapping(["Tenancy": .text("default")])])
  }

  @Test func whatTwoFilesSayDifferentlyIsNotKept() throws {
    let world = try load(
      """
      CacheClusters:
        - {CacheClusterId: c, CacheClusterStatus: available, Engine: redis}
        - {CacheClusterId: c, CacheClusterStatus: modifying, Engine: redis}
      """)
    #expect(world.cacheClusters[ID("c")]?.details == ["Engine": .text("redis")])
  }

  @Test func numbersThatJSONDoesNotKnowAreTexts() throws {
    let details = try load("LaunchConfigurations: [{LaunchConfigurationName: a, X: 0x10, Y: 007, Z: -1.5e3, W: .5}]")
      .storedResources[StoredResource.Key(.launchConfiguration, "a")]
    #expect(details == ["X": .text("0x10"), "Y": .text("007"), "Z": .number("-1.5e3"), "W": .text(".5")])
  }

  @Test func anEscapedNameIsAName() throws {
    let world = try load(
      #"{"DBInstances": [{"DBInstanceIdentifier": "a", "\u0045ngine": "x\"\u0001", "DB\u004eame": "y"}]}"#, "w.json")
    #expect(world.dbInstances[ID("a")]?.details == ["Engine": .text("x\"\u{1}"), "DBName": .text("y")])
    #expect(try load(text(of: world), "w.json").dbInstances[ID("a")] == world.dbInstances[ID("a")])
  }
}
