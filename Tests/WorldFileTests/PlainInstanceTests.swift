// Instances that are decoded on the way: in every respect like those that go the general way.
import Cloud
import Testing

@testable import WorldFile

@Suite struct PlainInstances {
  private static let frame = (
    """
    {"Region": "eu-west-1", "AccountId": "111122223333",
     "Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}],
     "Instances": [
    """, "]}"
  )

  /// A member that nobody reads or keeps takes an item the general way.
  private static func general(_ item: String) -> String { item.dropLast() + #", "PublicDnsName": ""}"# }

  @Test(arguments: [
    #"{"InstanceId": "i-1", "VpcId": "vpc-1", "PrivateIpAddress": "10.0.0.9", "PublicIpAddress": "52.0.0.9"}"#,
    #"{"InstanceId": "i-1", "VpcId": "vpc-1", "PrivateIpAddress": "10.0.0.9"}"#,
    #"{"InstanceId": "i-1", "VpcId": "vpc-1"}"#, #"{"InstanceId": "i-1"}"#,
    #"{"PrivateIpAddress": "10.1.2.3", "InstanceId": "a name"}"#,
    #"{"InstanceId": "i-1", "PrivateIpAddress": ""}"#, #"{"InstanceId": "i-1", "VpcId": null}"#,
    #"{"InstanceId": "\u0069-1", "VpcId": "vpc-1"}"#, #"{"Instance\u0049d": "i-1", "VpcId": "vpc-1"}"#,
  ])
  func `the same world either way`(item: String) throws {
    let texts = [item, Self.general(item)].map { Self.frame.0 + $0 + Self.frame.1 }
    let worlds = try texts.map { try load($0, "world.json") }
    #expect(worlds[0].instances.count == 1)
    #expect(portrait(worlds[0]) == portrait(worlds[1]))
  }

  @Test(arguments: [
    #"{"InstanceId": "i-1", "VpcId": "vpc-2"}"#, #"{"InstanceId": "i-1", "PublicIpAddress": "52.0.0.9"}"#,
    #"{"InstanceId": "i-1", "VpcId": "vpc-1", "PrivateIpAddress": "10.1.0.9"}"#,
    #"{"InstanceId": "i-1", "PrivateIpAddress": "10.1.0.256"}"#, #"{"InstanceId": 1}"#, #"{"InstanceId": ""}"#,
    #"{"InstanceId": "i-1", "VpcId": 7}"#, #"{"InstanceId": "i-1", "InstanceId": "i-1"}"#, "{}", "[]",
    #"{"InstanceId": "i-1", "PrivateIpAddress": "10.0.0.1", "PrivateIpAddress": "10.0.0.2"}"#,
    #"{"InstanceId": "i-1"}, {"InstanceId": "i-1", "VpcId": "vpc-1"}"#,
    #"{"InstanceId": "i-1", "PrivateIpAddress": "10.0.0.1"}, {"InstanceId": "i-2", "PrivateIpAddress": "10.0.0.1"}"#,
  ])
  func `the same problems either way, at the same places`(item: String) throws {
    let other = item.hasSuffix("}") && item != "{}" ? Self.general(item) : item
    let problems = try [item, other].map { try WorldFileTests.problems(Self.frame.0 + $0 + Self.frame.1, "world.json") }
    #expect(problems[0] == problems[1])
  }
}
