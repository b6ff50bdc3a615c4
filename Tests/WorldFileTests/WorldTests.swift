// Each rule of the world file (world.md 1) that no real output shows.
import Cloud
import DNSWire
import Testing

@testable import WorldFile

@Suite struct Worlds {
  @Test func theExampleOfTheContract() throws {
    let desk = try Desk()
    try desk.put(
      "world.yaml",
      """
      Region: us-east-1
      Vpcs:
        - {VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true, ClassicLinkEnabled: true, ClassicLinkDnsSupported: true}
      Instances:
        - {InstanceId: i-0aaa0001, PrivateIpAddress: 10.112.0.9, PublicIpAddress: 203.0.113.9}                       # EC2-Classic
        - {InstanceId: i-0bbb0002, VpcId: vpc-1a2b3c4d, PrivateIpAddress: 10.0.0.5, PublicIpAddress: 203.0.113.25}
      ClassicLinkInstances:
        - {InstanceId: i-0aaa0001, VpcId: vpc-1a2b3c4d, Groups: [{GroupId: sg-2b2b2b2b}]}
      SecurityGroups:
        - {GroupId: sg-2b2b2b2b, GroupName: web, VpcId: vpc-1a2b3c4d}
      HostedZones:
        - {Id: /hostedzone/Z1, Name: corp.internal., Config: {PrivateZone: true}, VPCs: [{VPCRegion: us-east-1, VPCId: vpc-1a2b3c4d}], ZoneFile: corp.internal.zone}
      Requesters:
        - {SourceAddress: 127.0.1.11, InstanceId: i-0aaa0001}
        - {SourceAddress: 127.0.1.12, InstanceId: i-0bbb0002}
      """)
    try desk.put("corp.internal.zone", "db 300 IN A 10.0.0.40\n")
    let loaded = try WorldFile.load([desk.path + "/world.yaml"])
    let world = loaded.world
    #expect(loaded.files == [desk.path + "/world.yaml", desk.path + "/corp.internal.zone"])
    #expect(world.instances.count == 2 && world.classicLinks.count == 1 && world.requesters.count == 2)
    let zone = try #require(world.hostedZones[ID("Z1")])
    let database = try Name("db.corp.internal")
    #expect(zone.recordSets.first { $0.name == database }?.content == .records([[10, 0, 0, 40]]))
    #expect(loaded.place(of: .instance, "i-0bbb0002")?.line == 6)
    #expect(loaded.place(of: .hostedZone, "/hostedzone/Z1")?.line == 12)
    #expect(loaded.place(of: world.requesters[1])?.line == 15)
    #expect(loaded.place(of: .vpc, "vpc-1a2b3c4d")?.column == 5)
  }

  @Test func defaultsOfAnEmptyWorld() throws {
    let world = try load("")
    #expect(world.supportedPlatforms == ["EC2", "VPC"] && world.vpcs.isEmpty && world.settings == Settings())
  }

  @Test func regionAndAccountAreDefaultsOfTheirFile() throws {
    let desk = try Desk()
    try desk.put(
      "a.yaml", "Vpcs: [{VpcId: vpc-a, CidrBlock: 10.0.0.0/16}]\nRegion: eu-west-1\nAccountId: 111122223333\n")
    try desk.put("b.json", #"{"Vpcs": [{"VpcId": "vpc-b", "CidrBlock": "10.0.0.0/16"}]}"#)
    try desk.put(
      "c.yml", "Region: eu-west-1\nVpcs: [{VpcId: vpc-c, CidrBlock: 10.0.0.0/16, Region: ap-south-1, OwnerId: '9'}]")
    let world = try WorldFile.load([desk.path]).world
    #expect(world.vpcs[ID("vpc-a")]?.region == Region("eu-west-1"))
    #expect(world.vpcs[ID("vpc-a")]?.ownerID == "111122223333")
    #expect(world.vpcs[ID("vpc-b")]?.region == .usEast1)
    #expect(world.vpcs[ID("vpc-b")]?.ownerID == "123456789012")
    #expect(world.vpcs[ID("vpc-c")]?.region == Region("ap-south-1"))
    #expect(world.vpcs[ID("vpc-c")]?.ownerID == "9")
  }

  @Test func anARNOrAZoneImpliesTheRegion() throws {
    let world = try load(
      """
      Instances:
        - {InstanceId: i-a, PrivateIpAddress: 10.0.0.1, Placement: {AvailabilityZone: us-west-2-lax-1a}}
      DBInstances:
        - {DBInstanceIdentifier: d, DBInstanceArn: 'arn:aws-cn:rds:cn-north-1:1:db:d'}
      LoadBalancerDescriptions:
        - {LoadBalancerName: l, DNSName: l-1.eu-west-1.elb.amazonaws.com, AvailabilityZones: [eu-west-1b]}
      """)
    #expect(world.instances[ID("i-a")]?.region == Region("us-west-2"))
    #expect(world.dbInstances[ID("d")]?.region == Region("cn-north-1"))
    #expect(world.loadBalancers[ID("l")]?.region == Region("eu-west-1"))
  }

  @Test func anInstanceWithoutARegionIsWhereItsVPCIs() throws {
    let world = try load(
      """
      Vpcs: [{VpcId: vpc-a, CidrBlock: 10.0.0.0/16, Region: eu-west-1}]
      Subnets: [{SubnetId: subnet-a, VpcId: vpc-a, CidrBlock: 10.0.0.0/24}]
      Instances: [{InstanceId: i-a, SubnetId: subnet-a, PrivateIpAddress: 10.0.0.4}]
      """)
    #expect(world.instances[ID("i-a")]?.region == Region("eu-west-1"))
    #expect(world.instances[ID("i-a")]?.vpcID == ID("vpc-a"), "the subnet says so")
  }

  @Test func partsOfAnItemInSeveralFilesAndSyntaxes() throws {
    let desk = try Desk()
    try desk.put(
      "a.json", #"{"Vpcs": [{"VpcId": "vpc-a", "ClassicLinkDnsSupported": true, "EnableDnsSupport": {"Value": true}}]}"#
    )
    try desk.put(
      "b.yaml",
      "Vpcs: [{VpcId: vpc-a, CidrBlock: 172.16.0.0/16, EnableDnsSupport: true}, {VpcId: vpc-a, ClassicLinkEnabled: true}]"
    )
    try desk.put("c.json", #"{"VpcId": "vpc-a", "EnableDnsHostnames": {"Value": true}}"#)
    let vpc = try #require(try WorldFile.load([desk.path]).world.vpcs[ID("vpc-a")])
    #expect(vpc.classicLinkEnabled && vpc.classicLinkDnsSupported && vpc.enableDnsHostnames && vpc.enableDnsSupport)
  }

  @Test func valuesThatMeanTheSameAreEqual() throws {
    let world = try load(
      """
      HostedZones:
        - {Id: Z1, Name: Example.com}
        - {Id: /hostedzone/Z1, Name: example.com., Config: {PrivateZone: false}}
        - {Id: Z1, VPCs: []}
      """)
    #expect(world.hostedZones.count == 1)
  }

  @Test func partsThatDifferNameBothPlaces() throws {
    let desk = try Desk()
    try desk.put("a.json", #"{"Vpcs": [{"VpcId": "vpc-a", "CidrBlock": "10.0.0.0/16", "State": "available"}]}"#)
    try desk.put("b.yaml", "Vpcs:\n- VpcId: vpc-a\n  CidrBlock: 10.1.0.0/16\n  State: pending\n")
    #expect(try desk.problems() == ["b.yaml:3:14: error: CidrBlock differs from its value at a.json:1:43"])
  }

  @Test func twoLinksOfOneInstanceDiffer() throws {
    let text = """
      Vpcs: [{VpcId: vpc-a, CidrBlock: 172.16.0.0/16, ClassicLinkEnabled: true}, {VpcId: vpc-b, CidrBlock: 172.17.0.0/16, ClassicLinkEnabled: true}]
      SecurityGroups: [{GroupId: sg-a, VpcId: vpc-a}]
      Instances: [{InstanceId: i-a}, {InstanceId: i-a, VpcId: vpc-b, Groups: [{GroupId: sg-a}]}]
      ClassicLinkInstances: [{InstanceId: i-a, VpcId: vpc-a, Groups: [{GroupId: sg-a}]}]
      """
    #expect(try problems(text) == ["world.yaml:4:49: error: VpcId differs from its value at world.yaml:3:57"])
  }

  @Test func elasticAddressesReachTheirTargets() throws {
    let world = try load(
      """
      Vpcs: [{VpcId: vpc-a, CidrBlock: 172.16.0.0/16}]
      Instances:
        - {InstanceId: i-classic, PrivateIpAddress: 10.0.0.1}
        - {InstanceId: i-a, VpcId: vpc-a, NetworkInterfaces: [
            {NetworkInterfaceId: eni-2, Attachment: {DeviceIndex: 1}, PrivateIpAddresses: [{PrivateIpAddress: 172.16.0.9}]},
            {NetworkInterfaceId: eni-1, Attachment: {DeviceIndex: 0}, PrivateIpAddresses: [
              {PrivateIpAddress: 172.16.0.6, Primary: false, Association: {PublicIp: 203.0.113.6}},
              {PrivateIpAddress: 172.16.0.5, Primary: true}]}]}
      NetworkInterfaces:
        - {NetworkInterfaceId: eni-3, VpcId: vpc-a, PrivateIpAddresses: [{PrivateIpAddress: 172.16.0.30}]}
      Addresses:
        - {PublicIp: 203.0.113.1, Domain: standard, InstanceId: i-classic}
        - {PublicIp: 203.0.113.5, InstanceId: i-a, NetworkInterfaceId: eni-1, PrivateIpAddress: 172.16.0.5}
        - {PublicIp: 203.0.113.30, NetworkInterfaceId: eni-3}
      """)
    #expect(world.instances[ID("i-classic")]?.publicIPAddress == IPv4Address(203, 0, 113, 1))
    let pairs = world.instances[ID("i-a")]?.addresses.map {
      "\($0.privateAddress) \($0.publicAddress?.description ?? "-")"
    }
    #expect(pairs == ["172.16.0.5 203.0.113.5", "172.16.0.6 203.0.113.6", "172.16.0.9 -"])
    #expect(world.networkInterfaces[ID("eni-3")]?.addresses.first?.publicAddress == IPv4Address(203, 0, 113, 30))
  }

  @Test func oneTargetHasOnePublicAddress() throws {
    let text = """
      Instances: [{InstanceId: i-a, PrivateIpAddress: 10.0.0.1, PublicIpAddress: 203.0.113.9}]
      Addresses: [{PublicIp: 203.0.113.1, Domain: standard, InstanceId: i-a}]
      """
    #expect(
      try problems(text) == [
        "world.yaml:2:24: error: 10.0.0.1 of i-a has two public addresses, 203.0.113.9 and 203.0.113.1, see at world.yaml:1:13"
      ])
  }

  @Test func services() throws {
    let world = try load(
      """
      Clusters:
        - {ClusterIdentifier: one, ClusterNodes: [{NodeRole: SHARED, PrivateIPAddress: 10.0.0.1, PublicIPAddress: 203.0.113.1}]}
      CacheClusters:
        - CacheClusterId: c
          ConfigurationEndpoint: {Address: c.x.cfg.use1.cache.amazonaws.com}
          CacheNodes:
            - {Endpoint: {Address: c.x.0001.use1.cache.amazonaws.com}, PrivateIpAddress: 10.0.0.2, PublicIpAddress: 203.0.113.2}
      LoadBalancerDescriptions:
        - LoadBalancerName: l
          DNSName: l-1.us-east-1.elb.amazonaws.com
          Scheme: internet-facing
          AvailabilityZones: [us-east-1a]
          LoadBalancerAddresses: [{IpAddress: 203.0.113.3, IPv6Address: '2001:db8::3'}]
      DBInstances:
        - DBInstanceIdentifier: d
          MultiAZ: true
          PubliclyAccessible: true
          PrivateIpAddress: 10.0.0.4
          PublicIpAddress: 203.0.113.4
          StandbyPrivateIpAddress: 10.0.0.5
          StandbyPublicIpAddress: 203.0.113.5
      """)
    #expect(world.redshiftClusters[ID("one")]?.publicIPAddress == IPv4Address(203, 0, 113, 1))
    #expect(world.cacheClusters[ID("c")]?.nodes.first?.id == "0001")
    #expect(world.cacheClusters[ID("c")]?.nodes.first?.publicIPAddress == IPv4Address(203, 0, 113, 2))
    #expect(world.loadBalancers[ID("l")]?.publicAddresses == [IPv4Address(203, 0, 113, 3)])
    #expect(world.loadBalancers[ID("l")]?.ipv6Addresses.first == IPv6Address("2001:db8::3"))
    #expect(world.dbInstances[ID("d")]?.standbyPublicIPAddress == IPv4Address(203, 0, 113, 5))
  }

  @Test func requesters() throws {
    let world = try load(
      """
      Vpcs: [{VpcId: vpc-a, CidrBlock: 172.16.0.0/16}]
      Instances: [{InstanceId: i-a, PrivateIpAddress: 10.0.0.1}]
      Requesters:
        - {SourceAddress: 127.0.0.2, InstanceId: i-a}
        - {SourceAddress: 127.0.0.2, VpcId: vpc-a}
        - {SourceCidr: 127.0.2.0/24, Network: classic, Region: eu-west-1}
        - {SourceCidr: '2001:db8::/32', Network: internet}
        - {SourceAddress: '::1', VpcId: vpc-a}
      """)
    #expect(world.requesters.count == 5, "one source may ask in several networks")
    #expect(world.requesters.contains { $0.identity == .classic(Region("eu-west-1")) })
    #expect(world.requesters.contains { $0.source == .v6(IPv6CIDRBlock("::1/128")!) })
  }

  @Test func settings() throws {
    let desk = try Desk()
    try desk.put(
      "a.yaml", "Settings: {TTL: {PrivateHostname: 1, PublicHostname: 2, SplitHorizon: 3, ResourceName: 4, Pointer: 5}}"
    )
    try desk.put(
      "b.yaml",
      """
      Settings:
        TTL: {Database: 6, Redshift: 7, Cache: 8, LoadBalancer: 9, Negative: 0, Pointer: 5}
        NegativeSOA: false
        AdvertisedUDPPayload: 512
        LargestUDPPayload: 4096
      """)
    let settings = try WorldFile.load([desk.path]).world.settings
    let times = settings.timesToLive
    #expect(times.privateHostname == 1 && times.publicHostname == 2 && times.splitHorizon == 3)
    #expect(times.resourceName == 4 && times.pointer == 5 && times.database == 6 && times.redshift == 7)
    #expect(times.cache == 8 && times.loadBalancer == 9 && times.negative == 0)
    #expect(!settings.negativeSOA && settings.advertisedUDPPayload == 512 && settings.largestUDPPayload == 4096)
  }

  @Test func aZoneFromItsFileItsItemAndAPage() throws {
    let desk = try Desk()
    try desk.put("example.zone", "$TTL 60\nwww A 192.0.2.1\nwww A 192.0.2.2\nmail 30 A 192.0.2.3\n")
    try desk.put(
      "world.yaml",
      """
      HostedZones:
        - Id: Z1
          Name: example.com.
          ZoneFile: example.zone
          ResourceRecordSets:
            - {Name: m.example.com, Type: MX, TTL: 60, ResourceRecords: [{Value: 10 mail.example.com}]}
            - {Name: x.example.com, Type: A, SetIdentifier: p, Failover: PRIMARY, Healthy: false, TTL: 5, ResourceRecords: [{Value: 192.0.2.7}]}
            - {Name: x.example.com, Type: A, SetIdentifier: s, Failover: SECONDARY, TTL: 5, ResourceRecords: [{Value: 192.0.2.8}]}
            - {Name: g.example.com, Type: A, SetIdentifier: d, GeoLocation: {CountryCode: '*'}, TTL: 5, ResourceRecords: [{Value: 192.0.2.9}]}
            - {Name: g.example.com, Type: A, SetIdentifier: n, GeoLocation: {CountryCode: NO}, TTL: 5, ResourceRecords: [{Value: 192.0.2.9}]}
            - {Name: l.example.com, Type: A, SetIdentifier: e, Region: eu-west-1, TTL: 5, ResourceRecords: [{Value: 192.0.2.9}]}
            - {Name: v.example.com, Type: A, SetIdentifier: a, MultiValueAnswer: true, TTL: 5, ResourceRecords: [{Value: 192.0.2.9}]}
      """)
    try desk.put(
      "page.json",
      #"""
      {"ResourceRecordSets": [{"Name": "\\052.page.example.com.", "Type": "A", "AliasTarget": {"DNSName": "www.example.com."}}],
       "HostedZones": [{"Id": "/hostedzone/Z1"}]}
      """#)
    let zone = try #require(try WorldFile.load([desk.path]).world.hostedZones[ID("Z1")])
    func set(_ name: String) throws -> ResourceRecordSet? {
      let name = try Name(name)
      return zone.recordSets.first { $0.name == name }
    }
    #expect(try set("www.example.com")?.content == .records([[192, 0, 2, 1], [192, 0, 2, 2]]))
    #expect(try set("mail.example.com")?.ttl == 30)
    #expect(try set("m.example.com")?.content == .records([[0, 10] + Name("mail.example.com").wire]))
    #expect(try set("x.example.com")?.policy == .failover(isPrimary: true))
    #expect(try set("x.example.com")?.isHealthy == false)
    #expect(try set("g.example.com")?.policy == .geolocation(.country("*")))
    #expect(zone.recordSets.contains { $0.policy == .geolocation(.country("NO")) }, "Norway is no boolean")
    #expect(try set("l.example.com")?.policy == .latency(Region("eu-west-1")))
    #expect(try set("v.example.com")?.policy == .multivalue)
    #expect(try set("*.page.example.com")?.content == .alias(Name("www.example.com")))
    #expect(!zone.isPrivate)
  }

  @Test func resolverRulesAndTheirVPCs() throws {
    let world = try load(
      """
      Vpcs: [{VpcId: vpc-a, CidrBlock: 172.16.0.0/16}, {VpcId: vpc-b, CidrBlock: 172.16.0.0/16}]
      ResolverRules:
        - {Id: r, DomainName: example.com, RuleType: FORWARD, TargetIps: [{Ip: 192.0.2.1}, {Ipv6: '2001:db8::1', Port: 5353}], VpcIds: [vpc-b]}
      ResolverRuleAssociations: [{ResolverRuleId: r, VPCId: vpc-a}, {ResolverRuleId: r, VPCId: vpc-b}]
      ResolverConfigs: [{ResourceId: vpc-a, AutodefinedReverse: ENABLED}]
      """)
    let rule = try #require(world.resolverRules[ID("r")])
    #expect(rule.vpcIDs == [ID("vpc-a"), ID("vpc-b")])
    #expect(rule.targets.map(\.port) == [53, 5353])
    #expect(world.resolverConfigs[ID("vpc-a")]?.autodefinedReverse == true)
  }

  @Test func paginationAndUnusedMembersAreIgnored() throws {
    let world = try load(
      """
      NextToken: x
      ResponseMetadata: {HTTPStatusCode: 200}
      IsTruncated: false
      Vpcs: [{VpcId: vpc-a, CidrBlock: 172.16.0.0/16, Colour: {of: [the, sky]}}]
      """)
    #expect(world.vpcs.count == 1)
  }

  @Test func severalDocumentsInOneFileAreMerged() throws {
    let world = try load(
      """
      Region: eu-west-1
      Vpcs: [{VpcId: vpc-a, CidrBlock: 172.16.0.0/16}]
      ---
      Vpcs: [{VpcId: vpc-b, CidrBlock: 172.16.0.0/16}]
      """)
    #expect(world.vpcs[ID("vpc-a")]?.region == Region("eu-west-1"))
    #expect(world.vpcs[ID("vpc-b")]?.region == .usEast1, "defaults are those of a document")
  }
}
