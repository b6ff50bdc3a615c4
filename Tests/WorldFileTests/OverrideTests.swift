// What-ifs: an override reads as if the file had been edited by hand, and a mistyped one never passes in silence.
import Cloud
import DNSWire
import Testing

@testable import WorldFile

@Suite struct Overrides {
  private let yaml = """
    Vpcs:
      - {VpcId: vpc-a, CidrBlock: 10.0.0.0/16, EnableDnsHostnames: {Value: true}, ClassicLinkEnabled: true}
      - {VpcId: vpc-b, CidrBlock: 172.31.0.0/16, ClassicLinkEnabled: true, EnableDnsHostnames: true}
      - {VpcId: vpc-c, CidrBlock: 192.168.0.0/16, ClassicLinkEnabled: true}
    SecurityGroups:
      - {GroupId: sg-a1, VpcId: vpc-a}
      - {GroupId: sg-a2, VpcId: vpc-a}
      - {GroupId: sg-b2, VpcId: vpc-b}
      - {GroupId: sg-b1, VpcId: vpc-b}
    Instances:
      - {InstanceId: i-1, PrivateIpAddress: 10.1.2.3, PublicIpAddress: 203.0.113.1}
      - {InstanceId: i-2, PrivateIpAddress: 10.1.2.4}
      - {InstanceId: i-3, VpcId: vpc-a, PrivateIpAddress: 10.0.0.5, Monitoring: {State: disabled}}
    ClassicLinkInstances:
      - {InstanceId: i-1, VpcId: vpc-a, Groups: [{GroupId: sg-a2}]}
    VpcPeeringConnections:
      - {VpcPeeringConnectionId: pcx-1, RequesterVpcInfo: {VpcId: vpc-a}, AccepterVpcInfo: {VpcId: vpc-b}}
    DBInstances:
      - {DBInstanceIdentifier: orders, PubliclyAccessible: true, DBSubnetGroup: {VpcId: vpc-a}}
      - {DBInstanceIdentifier: ledger}
    Clusters:
      - ClusterIdentifier: orders
        VpcId: vpc-a
        ClusterNodes: [{NodeRole: LEADER, PrivateIPAddress: 10.0.0.9}, {NodeRole: COMPUTE-0}]
    LoadBalancers:
      - {LoadBalancerArn: "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/app/1",
         LoadBalancerName: app, DNSName: app.example, Type: network, VpcId: vpc-a}
    HostedZones:
      - Id: /hostedzone/Z1
        Name: a.example.
        VPCs: [{VPCId: vpc-a}]
        ResourceRecordSets:
          - {Name: w.a.example., Type: A, TTL: 1, SetIdentifier: x, Weight: 1, ResourceRecords: [{Value: 10.0.0.1}]}
    Requesters:
      - {SourceAddress: 127.0.1.1, InstanceId: i-1}
      - {SourceAddress: "::1", InstanceId: i-2}
    """

  private func load(_ overrides: String...) throws -> World {
    let desk = try Desk()
    try desk.put("world.yaml", yaml)
    return try WorldFile.load([desk.path], setting: overrides.map { try Override($0) }).world
  }

  private func problems(_ overrides: String...) throws -> [String] {
    let desk = try Desk()
    try desk.put("world.yaml", yaml)
    let overrides = try overrides.map { try Override($0) }
    do throws(LoadFailure) {
      _ = try WorldFile.load([desk.path], setting: overrides)
      return []
    } catch {
      return error.problems.map { $0.description.replacing(desk.path + "/", with: "") }
    }
  }

  // MARK: What it does

  @Test func `an attribute is replaced in whatever form it stood, or added`() throws {
    let world = try load("vpc-a:EnableDnsHostnames=false", "vpc-a:ClassicLinkDnsSupported=true")
    #expect(world.vpcs[ID("vpc-a")]?.enableDnsHostnames == false)
    #expect(world.vpcs[ID("vpc-a")]?.classicLinkDnsSupported == true)
    #expect(world.vpcs[ID("vpc-b")]?.enableDnsHostnames == true)
    #expect(try load("vpc-a:EnableDnsHostnames={Value: false}").vpcs[ID("vpc-a")]?.enableDnsHostnames == false)
    #expect(try load("vpc-a:EnableDnsHostnames.Value=false").vpcs[ID("vpc-a")]?.enableDnsHostnames == false)
  }

  @Test func `the last override of a member wins, and null takes a member away`() throws {
    let world = try load("vpc-a:EnableDnsHostnames=false", "vpc-a:EnableDnsHostnames=true", "i-1:PublicIpAddress=null")
    #expect(world.vpcs[ID("vpc-a")]?.enableDnsHostnames == true)
    #expect(world.instances[ID("i-1")]?.addresses.first?.publicAddress == nil)
  }

  @Test func `a member that two files give differently is settled`() throws {
    let desk = try Desk()
    try desk.put("1.yaml", "Vpcs: [{VpcId: vpc-a, CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}]")
    try desk.put("2.json", #"{"Vpcs": [{"VpcId": "vpc-a", "EnableDnsHostnames": false}]}"#)
    #expect(throws: LoadFailure.self) { try WorldFile.load([desk.path]) }
    let settled = try WorldFile.load([desk.path], setting: [Override("vpc-a:EnableDnsHostnames=true")])
    #expect(settled.world.vpcs[ID("vpc-a")]?.enableDnsHostnames == true)
    #expect(settled.files.count == 2)
  }

  @Test func `members of members, elements of lists, whole lists`() throws {
    let world = try load(
      "i-2:State.Name=stopped", "ledger:DBSubnetGroup.VpcId=vpc-b", "Z1:ResourceRecordSets[0].Healthy=false",
      "Clusters/orders:ClusterNodes[0].PrivateIPAddress=10.0.0.10", "i-3:SecurityGroups=[{GroupId: sg-a1}]")
    #expect(world.instances[ID("i-2")]?.state == .stopped)
    #expect(world.dbInstances[ID("ledger")]?.vpcID == ID("vpc-b"))
    #expect(world.hostedZones[ID("Z1")]?.recordSets.first { $0.setIdentifier == "x" }?.isHealthy == false)
    #expect(world.redshiftClusters[ID("orders")]?.privateIPAddress == IPv4Address(10, 0, 0, 10))
    #expect(world.instances[ID("i-3")]?.securityGroupIDs == [ID("sg-a1")])
  }

  @Test(arguments: [
    "app:Scheme=internal", "app.example:Scheme=internal", "LoadBalancers/app:Scheme=internal",
    "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/app/1:Scheme=internal",
  ])
  func `a load balancer goes by its ARN, its name and its DNS name`(text: String) throws {
    #expect(try load(text).loadBalancers.values.first?.scheme == .internal)
  }

  @Test func `a requester goes by its source, a zone by either spelling, settings by their name`() throws {
    let world = try load(
      "127.0.1.1:InstanceId=i-2", "::1:InstanceId=i-1", "/hostedzone/Z1:Name=b.example.", "Settings:NegativeSOA=false",
      "Settings:TTL.SplitHorizon=5", "Z1:ResourceRecordSets=[]")
    #expect(Set(world.requesters.map(\.identity)) == [.instance(ID("i-1")), .instance(ID("i-2"))])
    #expect(world.requesters.first { "\($0.source)".contains("127.0.1.1") }?.identity == .instance(ID("i-2")))
    #expect(world.hostedZones[ID("Z1")]?.name.description == "b.example.")
    #expect(world.settings.negativeSOA == false)
    #expect(world.settings.timesToLive.splitHorizon == 5)
  }

  @Test func `links: the old groups where they fit, else the first of the VPC`() throws {
    #expect(try load("i-1:ClassicLink=vpc-a").classicLinks[ID("i-1")]?.securityGroupIDs == [ID("sg-a2")])
    #expect(try load("i-2:ClassicLink=vpc-a").classicLinks[ID("i-2")]?.securityGroupIDs == [ID("sg-a1")])
    let moved = try load("i-1:ClassicLink=vpc-b").classicLinks[ID("i-1")]
    #expect(moved?.vpcID == ID("vpc-b"))
    #expect(moved?.securityGroupIDs == [ID("sg-b1")])
    #expect(try load("i-1:ClassicLink=none").classicLinks.isEmpty)
    #expect(
      try load("i-1:ClassicLink=none", "i-1:ClassicLink=vpc-a").classicLinks[ID("i-1")]?.securityGroupIDs == [
        ID("sg-a2")
      ])
    #expect(
      try load("ClassicLinkInstances/i-1:Groups=[{GroupId: sg-a1}]").classicLinks[ID("i-1")]?.securityGroupIDs == [
        ID("sg-a1")
      ])
  }

  @Test func `a link that was taken away has no place`() throws {
    let desk = try Desk()
    try desk.put("world.yaml", yaml)
    let override = try Override("i-1:ClassicLink=none")
    #expect(try WorldFile.load([desk.path]).place(of: .classicLink, "i-1")?.line == 15)
    #expect(try WorldFile.load([desk.path], setting: [override]).place(of: .classicLink, "i-1") == nil)
  }

  @Test(arguments: [
    "pcx-1:vpc-a:AllowDnsResolutionFromRemoteVpc=true", "pcx-1:Requester.AllowDnsResolutionFromRemoteVpc=true",
    "pcx-1:RequesterVpcInfo.PeeringOptions.AllowDnsResolutionFromRemoteVpc=true",
  ])
  func `peering options by VPC, by side, and in full`(text: String) throws {
    let peering = try load(text).peerings[ID("pcx-1")]
    #expect(peering?.requester.options.allowDnsResolutionFromRemoteVpc == true)
    #expect(peering?.accepter.options.allowDnsResolutionFromRemoteVpc == false)
    let other = try load(
      text.replacing("vpc-a", with: "vpc-b").replacing("Requester", with: "Accepter")
    ).peerings[ID("pcx-1")]
    #expect(other?.accepter.options.allowDnsResolutionFromRemoteVpc == true)
    #expect(other?.requester.options.allowDnsResolutionFromRemoteVpc == false)
  }

  @Test func `autodefined reverse rules of a VPC`() throws {
    #expect(try load("vpc-a:AutodefinedReverse=false").resolverConfigs[ID("vpc-a")]?.autodefinedReverse == false)
    let both = try load("vpc-a:AutodefinedReverse=false", "vpc-a:AutodefinedReverse=ENABLED")
    #expect(both.resolverConfigs[ID("vpc-a")]?.autodefinedReverse == true)
  }

  // MARK: What it refuses

  @Test(arguments: [
    (
      "vpc-a:EnableDnsHostname=false",
      #"no answer depends on "EnableDnsHostname" of Vpcs/vpc-a; did you mean "EnableDnsHostnames"?"#
    ),
    ("i-2:state.Name=stopped", #"no answer depends on "state" of Instances/i-2; did you mean "State"?"#),
    ("i-2:State.Nmae=stopped", #"no answer depends on "Nmae" of Instances/i-2; did you mean "Name"?"#),
    ("i-3:Monitoring.State=enabled", #"no answer depends on "Monitoring" of Instances/i-3"#),
    (
      "i-3:SecurityGroups=[{GroupID: sg-a1}]",
      #"no answer depends on "GroupID" of Instances/i-3; did you mean "GroupId"?"#
    ),
    ("vpc-a:EnableDnsHostnames={Vlaue: false}", "EnableDnsHostnames must be true or false, not a mapping"),
    ("i-2:State={Name: running, Cdoe: 16}", #"no answer depends on "Cdoe" of Instances/i-2"#),
    (
      "pcx-1:vpc-a:AllowDnsResolution=true",
      #"no answer depends on "AllowDnsResolution" of VpcPeeringConnections/pcx-1"#
    ),
    ("Settings:TTL.SplitHorizn=5", #"unknown setting "SplitHorizn"; did you mean "SplitHorizon"?"#),
    ("Clusters/orders:ClusterNodes[1].Foo=1", #"no answer depends on "Foo" of Clusters/orders"#),
    ("vpc-aa:EnableDnsSupport=false", "there is nothing with the id vpc-aa; did you mean vpc-a?"),
    (
      "DBInstances/order:PubliclyAccessible=false",
      "there is nothing with the id order in DBInstances; did you mean orders?"
    ),
    ("settings:NegativeSOA=false", "there is nothing with the id settings; did you mean Settings?"),
    (
      "orders:PubliclyAccessible=false",
      "orders is in Clusters and in DBInstances: write Clusters/orders or DBInstances/orders"
    ),
    (
      "pcx-1:vpc-c:AllowDnsResolutionFromRemoteVpc=true",
      "vpc-c is not a side of pcx-1, which is between vpc-b and vpc-a"
    ),
    ("vpc-a:EnableDnsSupport=nope", #"EnableDnsSupport must be true or false, not "nope""#),
    ("vpc-a:VpcId=vpc-z", "VpcId is what vpc-a is known by"),
    ("vpc-a:CidrBlock.Foo=1", "CidrBlock is a string and has no members"),
    ("Z1:VPCs.VPCId=vpc-b", "VPCs is a list of 1 element: write VPCs[0] for the first"),
    ("Z1:VPCs[3].VPCId=vpc-b", "VPCs has 1 element, counted from 0"),
    ("vpc-a:Tags[0].Key=x", "Tags is nothing, not a list"),
    ("i-2:ClassicLink=vpc-x", "there is no VPC vpc-x; did you mean vpc-a?"),
    ("i-2:ClassicLink=vpc-c", "vpc-c has no security group, and a link of i-2 needs one of it (S2)"),
    ("i-2:ClassicLink=false", "ClassicLink must be a VPC id or none, not a boolean"),
    ("i-3:ClassicLink=vpc-a", "i-3 is in vpc-a: only an EC2-Classic instance can be linked (S63)"),
    ("vpc-a:AutodefinedReverse=maybe", "AutodefinedReverse must be true or false, not a string"),
  ])
  func `errors say where and what was meant`(text: String, message: String) throws {
    #expect(try problems(text).contains("--set \(text): error: \(message)"))
  }

  @Test func `a refusal of the world is the same as for an edited file`() throws {
    #expect(
      try problems("vpc-a:ClassicLinkEnabled=false")
        == ["world.yaml:15:30: error: vpc-a is not enabled for ClassicLink (S9)"])
    #expect(
      try problems("i-1:State.Name=stopped")
        == ["world.yaml:15:18: error: i-1 is stopped: only a running instance can be linked (S69)"])
    #expect(
      try problems("pcx-1:vpc-a:AllowDnsResolutionFromRemoteVpc=true", "vpc-a:EnableDnsHostnames=false") == [])
  }

  @Test func `all errors are told at once`() throws {
    #expect(try problems("vpc-x:A=1", "vpc-a:Foo=1", "i-9:B=1").count == 3)
    #expect(try problems("vpc-a:Foo=1", "vpc-b:EnableDnsSupport=x").count == 2)
  }

  @Test(arguments: [
    ("vpc-a:EnableDnsSupport", "there is no value"), ("vpc-a=1", "there is no member"),
    (":A=1", "there is no id before the member"), ("vpc-a:=1", #""" is no member"#),
    ("vpc-a:A..B=1", #""A..B" is no member"#), ("vpc-a:A[x]=1", #""A[x]" is no member"#),
    ("vpc-a:\(String(repeating: "A.", count: 200))A=1", #""A.A.A."#),
    ("vpc-a:A=[1", "the value is no YAML"), ("vpc-a:A=1\n---\n2", "there is more than one value"),
    ("", "there is no value"),
  ])
  func `a text that is no override says why`(text: String, reason: String) {
    let error = #expect(throws: OverrideSyntaxError.self) { try Override(text) }
    #expect(error?.reason.hasPrefix(reason) == true)
    #expect(error?.description.contains("ID:Member=VALUE") == true)
  }
}
