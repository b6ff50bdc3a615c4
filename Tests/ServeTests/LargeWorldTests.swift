// Worlds that are too large for a page: every name of them is answered.
import Foundation
import TestSupport
import Testing

@Suite struct LargeWorldTests {
  private static let count = 10_000

  /// 10,000 instances, and a private zone of their VPC with two names for each.
  private static func world() -> String {
    var instances: [String] = []
    var records: [String] = []
    for host in 0..<count {
      let address = "10.0.\(host / 200).\(host % 200 + 10)"
      instances.append(
        #"{"InstanceId":"i-\#(host)","VpcId":"vpc-1","PrivateIpAddress":"\#(address)","#
          + #""PublicIpAddress":"52.0.\#(host / 200).\#(host % 200 + 10)"}"#)
      for (label, type, value) in [("host", "A", address), ("alias", "CNAME", "host-\(host).corp.internal.")] {
        records.append(
          #"{"Name":"\#(label)-\#(host).corp.internal.","Type":"\#(type)","TTL":60,"#
            + #""ResourceRecords":[{"Value":"\#(value)"}]}"#)
      }
    }
    return """
      {"Region":"us-east-1","Vpcs":[{"VpcId":"vpc-1","CidrBlock":"10.0.0.0/16","EnableDnsHostnames":true}],
      "Instances":[\(instances.joined(separator: ",\n"))],
      "HostedZones":[{"Id":"Z1","Name":"corp.internal.","Config":{"PrivateZone":true},"VPCs":[{"VPCId":"vpc-1"}],
      "ResourceRecordSets":[\(records.joined(separator: ",\n"))]}],
      "Requesters":[{"SourceAddress":"127.0.0.1","VpcId":"vpc-1"}]}
      """
  }

  @Test func `each of 20,000 names in one zone and of 10,000 instances is answered, before and after a reload`() throws
  {
    let folder = try Folder()
    try folder.write(Self.world(), to: "world.json")
    let serving = try Serving(folder, world: "world.json")
    for _ in 0..<2 {
      for host in stride(from: 0, to: Self.count, by: 487) {
        let address = "10.0.\(host / 200).\(host % 200 + 10)"
        let publicName = "ec2-52-0-\(host / 200)-\(host % 200 + 10).compute-1.amazonaws.com"
        #expect(try serving.ask("host-\(host).corp.internal") == [address])
        #expect(try serving.ask("alias-\(host).corp.internal").last == address)
        #expect(try serving.ask(publicName) == [address])
      }
      #expect(try serving.ask("host-\(Self.count).corp.internal") == [])
      if serving.log.contains("a new world is in force") { break }
      serving.program.signal(SIGHUP)
      try serving.waitForLog("a new world is in force")
    }
    serving.stop()
  }
}
