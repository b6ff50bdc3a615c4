// Order never matters, between files or inside them; and no cut of a file ends in anything but a world or a problem.
import Cloud
import DNSWire
import Foundation
import Testing

@testable import WorldFile

/// SplitMix64: the same numbers for the same seed, everywhere.
private struct Seeded: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}

/// Items by key, as JSON, in which every reference leads to an item in some other place.
private let items: [(key: String, json: String)] = [
  ("Vpcs", #"{"VpcId": "vpc-a", "CidrBlock": "10.0.0.0/16", "DhcpOptionsId": "dopt-1"}"#),
  (
    "Vpcs",
    #"{"VpcId": "vpc-a", "ClassicLinkEnabled": true, "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]}"#
  ),
  (
    "Vpcs",
    #"{"VpcId": "vpc-a", "ClassicLinkDnsSupported": true, "Tags": [{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "1"}]}"#
  ),
  ("Vpcs", #"{"VpcId": "vpc-b", "CidrBlock": "172.31.0.0/16"}"#),
  (
    "DhcpOptions",
    #"{"DhcpOptionsId": "dopt-1", "DhcpConfigurations": [{"Key": "domain-name", "Values": [{"Value": "x"}]}]}"#
  ),
  ("Subnets", #"{"SubnetId": "subnet-a", "VpcId": "vpc-a", "CidrBlock": "10.0.0.0/24"}"#),
  ("RouteTables", #"{"RouteTableId": "rtb-a", "VpcId": "vpc-a", "Associations": [{"SubnetId": "subnet-a"}]}"#),
  ("SecurityGroups", #"{"GroupId": "sg-a", "VpcId": "vpc-a"}"#),
  ("Instances", #"{"InstanceId": "i-classic", "PrivateIpAddress": "10.1.2.3"}"#),
  ("Instances", #"{"InstanceId": "i-a", "SubnetId": "subnet-a", "PrivateIpAddress": "10.0.0.4"}"#),
  ("Instances", #"{"InstanceId": "i-classic", "VpcId": "vpc-a", "Groups": [{"GroupId": "sg-a"}]}"#),
  ("Addresses", #"{"PublicIp": "203.0.113.3", "Domain": "standard", "InstanceId": "i-classic"}"#),
  ("NetworkInterfaces", #"{"NetworkInterfaceId": "eni-a", "VpcId": "vpc-a", "PrivateIpAddress": "10.0.0.9"}"#),
  (
    "VpcPeeringConnections",
    #"{"VpcPeeringConnectionId": "pcx-a", "RequesterVpcInfo": {"VpcId": "vpc-a"}, "AccepterVpcInfo": {"VpcId": "vpc-b"}}"#
  ),
  (
    "DBInstances",
    #"{"DBInstanceIdentifier": "d", "DBSubnetGroup": {"VpcId": "vpc-a"}, "PrivateIpAddress": "10.0.0.9"}"#
  ),
  (
    "DBClusters",
    #"{"DBClusterIdentifier": "c", "DBClusterMembers": [{"DBInstanceIdentifier": "d", "IsClusterWriter": true}]}"#
  ),
  ("HostedZones", #"{"Id": "Z1", "Name": "a.b", "VPCs": [{"VPCId": "vpc-a"}, {"VPCId": "vpc-b"}]}"#),
  (
    "HostedZones",
    #"{"Id": "/hostedzone/Z1", "ResourceRecordSets": [{"Name": "c.a.b", "Type": "A", "TTL": 1, "ResourceRecords": [{"Value": "10.0.0.1"}]}]}"#
  ),
  ("HostedZones", #"{"Id": "Z1", "VPCs": [{"VPCId": "vpc-b"}, {"VPCId": "vpc-a"}]}"#),
  ("ResolverRules", #"{"Id": "r", "DomainName": "c", "RuleType": "SYSTEM"}"#),
  ("ResolverRuleAssociations", #"{"ResolverRuleId": "r", "VPCId": "vpc-b"}"#),
  ("ResolverRuleAssociations", #"{"ResolverRuleId": "r", "VPCId": "vpc-a"}"#),
  ("ResolverConfigs", #"{"ResourceId": "vpc-b", "AutodefinedReverse": "DISABLED"}"#),
  ("Requesters", #"{"SourceAddress": "127.0.0.9", "VpcId": "vpc-b"}"#),
  ("Requesters", #"{"SourceAddress": "127.0.0.1", "InstanceId": "i-a"}"#),
]

/// The items as one file.
private func file(_ items: [(key: String, json: String)], _ random: inout Seeded) -> String {
  let keys = Set(items.map(\.key)).sorted().shuffled(using: &random)
  let lists = keys.map { key in
    "\"\(key)\": [\(items.filter { $0.key == key }.map(\.json).joined(separator: ",\n"))]"
  }
  return "{\(lists.joined(separator: ",\n"))}"
}

@Suite struct Order {
  @Test(arguments: 0..<50)
  func neverMatters(_ seed: UInt64) throws {
    var random = Seeded(state: 0)
    let desk = try Desk()
    try desk.put("world.json", file(items, &random))
    let expected = portrait(try WorldFile.load([desk.path]).world)
    #expect(expected.resources.contains { $0.id == .instance(ID("i-classic")) })

    random = Seeded(state: seed)
    let scattered = try Desk()
    var hands = [[(key: String, json: String)]](repeating: [], count: Int.random(in: 1...5, using: &random))
    for item in items.shuffled(using: &random) {
      hands[Int.random(in: hands.indices, using: &random)].append(item)
    }
    var paths: [String] = []
    for (index, hand) in hands.enumerated() {
      let name = "\(index)." + (Bool.random(using: &random) ? "json" : "yaml")
      paths.append(try scattered.put(name, file(hand, &random)))
    }
    let world = try WorldFile.load(paths.shuffled(using: &random)).world
    #expect(portrait(world) == expected)
  }
}

@Suite struct Truncations {
  private func load(_ octets: ArraySlice<UInt8>, _ name: String, _ desk: Desk) throws -> Bool {
    let path = try desk.put(name, Array(octets))
    do throws(LoadFailure) {
      _ = try WorldFile.load([path])
      return true
    } catch {
      #expect(!error.problems.isEmpty)
      #expect(error.problems.allSatisfy { $0.line > 0 && $0.column > 0 || $0.message.contains("UTF-8") })
      return false
    }
  }

  @Test func everyCutOfAJSONWorld() throws {
    let desk = try Desk()
    var random = Seeded(state: 7)
    let text = Array(("\u{feff}" + file(items, &random).replacing("\"x\"", with: "\"\\ud83d\\ude00ä\\n\"")).utf8)
    for end in text.indices where try load(text[..<end], "world.json", desk) {
      Issue.record("a world that ends at \(end) was loaded")
    }
    #expect(try load(text[...], "world.json", desk))
  }

  @Test func everyCutOfAYAMLWorld() throws {
    let desk = try Desk()
    let text = Array(
      """
      \u{feff}# A world
      Region: us-east-1
      Vpcs:
        - &a {VpcId: vpc-a, CidrBlock: 10.0.0.0/16, "EnableDnsHostnames": true, Tags: [{Key: ä, Value: '😀'}]}
        - <<: *a
          VpcId: vpc-b
      Instances:
        - InstanceId: i-a
          PrivateIpAddress: "10.1.2.3\\n"
          VpcId: |
            vpc-a
      """.utf8)
    for end in text.indices { _ = try load(text[..<end], "world.yaml", desk) }
  }

  /// An octet changed somewhere is no reason to trap either.
  @Test(arguments: ["json", "yaml"])
  func octetsSpoiled(_ syntax: String) throws {
    let desk = try Desk()
    var random = Seeded(state: 11)
    let text = Array(file(items, &random).utf8)
    for index in stride(from: 0, to: text.count, by: 5) {
      var spoiled = text
      spoiled[index] = UInt8.random(in: 0...255, using: &random)
      _ = try load(spoiled[...], "world." + syntax, desk)
    }
  }
}
