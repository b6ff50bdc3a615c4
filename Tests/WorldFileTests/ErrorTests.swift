// Everything that can be wrong with a world, each with its exact place.
import Cloud
import Testing

@testable import WorldFile

@Suite struct WorldErrors {
  @Test func allErrorsAtOnce() throws {
    let desk = try Desk()
    try desk.put("a.yaml", "Vpc: []\nVpcs:\n  - {VpcId: vpc-a}\n  - {CidrBlock: 10.0.0.0/16}\n")
    try desk.put("b.json", "{\n  \"Instances\": [\n    {\"InstanceId\": 5}\n  ],\n  \"Instnaces\": []\n}")
    #expect(
      try desk.problems() == [
        "a.yaml:1:1: error: unknown key \"Vpc\"; did you mean \"Vpcs\"?",
        "a.yaml:3:5: error: CidrBlock is missing",
        "a.yaml:4:5: error: VpcId is missing",
        "b.json:3:20: error: InstanceId must be a string: write \"5\" in quotes",
        "b.json:5:3: error: unknown key \"Instnaces\"; did you mean \"Instances\"?",
      ])
  }

  @Test(arguments: [
    ("VPCS", "Vpcs"), ("hostedzones", "HostedZones"), ("Reservation", "Reservations"), ("Setting", "Settings"),
    ("LoadBalancer", "LoadBalancers"), ("regions", "Region"), ("DbInstances", "DBInstances"),
  ])
  func theNearestKey(_ typed: String, _ meant: String) throws {
    #expect(
      try problems("\(typed): []") == ["world.yaml:1:1: error: unknown key \"\(typed)\"; did you mean \"\(meant)\"?"])
  }

  @Test func aKeyLikeNoOther() throws {
    #expect(try problems("Bananas: 1") == ["world.yaml:1:1: error: unknown key \"Bananas\""])
  }

  /// A text and what is wrong with it.
  @Test(arguments: [
    // The top level
    ("Vpcs: 5", "1:7: error: Vpcs must be a list, not a number"),
    ("Vpcs: {VpcId: vpc-a}", "1:7: error: Vpcs must be a list, not a mapping"),
    ("Vpcs: [5]", "1:8: error: an element of Vpcs must be a mapping, not a number"),
    ("- 1", "1:1: error: a world file must be a mapping, not a list"),
    ("Region: [a]", "1:9: error: Region must be a string, not a list"),
    (
      "SupportedPlatforms: [VPC, EC3]",
      "1:21: error: the supported platforms are EC2 and VPC, or VPC alone, not EC3, VPC (S131)"
    ),
    ("Reservations: [{Instances: 1}]", "1:28: error: Instances must be a list, not 1"),
    ("VPCs: []", "1:1: error: VPCs stands beside a HostedZone; for a list of VPCs the key is \"Vpcs\""),
    (
      "ResourceRecordSets: []",
      "1:1: error: ResourceRecordSets does not say its zone: put it into an item of HostedZones, or beside the only zone of a file"
    ),
    // Wrong types and values of members
    ("Vpcs: [{VpcId: vpc-a}]", "1:8: error: CidrBlock is missing"),
    ("Vpcs: [{VpcId: vpc-a, CidrBlock: ''}]", "1:34: error: CidrBlock is empty"),
    (
      "Vpcs: [{VpcId: vpc-a, CidrBlock: 10}]",
      "1:34: error: CidrBlock must be an IPv4 range such as 10.0.0.0/16, without bits after the prefix, not 10"
    ),
    (
      "Vpcs: [{VpcId: vpc-a, CidrBlock: 10.0.0.1/16}]",
      "1:34: error: CidrBlock must be an IPv4 range such as 10.0.0.0/16, without bits after the prefix, not \"10.0.0.1/16\""
    ),
    (
      "Vpcs: [{VpcId: a, CidrBlock: 10.0.0.0/16, EnableDnsSupport: \"true\"}]",
      "1:61: error: EnableDnsSupport must be true or false, not \"true\""
    ),
    (
      "Vpcs: [{VpcId: a, CidrBlock: 10.0.0.0/16, EnableDnsHostnames: {Value: 1}}]",
      "1:63: error: EnableDnsHostnames must be true or false, not a mapping"
    ),
    (
      "Vpcs: [{VpcId: a, CidrBlock: 10.0.0.0/16, ClassicLinkEnabled: yes}]",
      "1:63: error: ClassicLinkEnabled must be true or false, not \"yes\""
    ),
    (
      "Vpcs: [{VpcId: a, CidrBlock: 10.0.0.0/16, InstanceTenancy: shared}]",
      "1:60: error: InstanceTenancy must be one of default, dedicated, host, not \"shared\""
    ),
    ("Vpcs: [{VpcId: a, CidrBlock: 10.0.0.0/16, Tags: [{Value: b}]}]", "1:50: error: Key is missing"),
    (
      "Instances: [{InstanceId: a, State: {Name: sleeping}}]",
      "1:43: error: Name must be one of pending, running, shutting-down, stopping, stopped, not \"sleeping\""
    ),
    ("Instances: [{InstanceId: a, State: running}]", "1:36: error: State must be a mapping, not \"running\""),
    (
      "Instances: [{InstanceId: a, PrivateIpAddress: 10.0.0.256}]",
      "1:47: error: PrivateIpAddress must be an IPv4 address, not \"10.0.0.256\""
    ),
    (
      "Instances: [{InstanceId: a, PublicIpAddress: 192.0.2.1}]",
      "1:46: error: PublicIpAddress needs a PrivateIpAddress"
    ),
    (
      "Instances: [{InstanceId: a, NetworkInterfaces: [{PrivateIpAddresses: [{Primary: true}]}]}]",
      "1:71: error: PrivateIpAddress is missing"
    ),
    (
      "Instances: [{InstanceId: a, SecurityGroups: [sg-1]}]",
      "1:46: error: an element of SecurityGroups must be a mapping, not a string"
    ),
    ("DBInstances: [{DBInstanceIdentifier: a, Endpoint: {Address: 'a..b'}}]", "1:61: error: Address: a label is empty"),
    ("Addresses: [{PublicIp: x}]", "1:24: error: PublicIp must be an IPv4 address, not \"x\""),
    (
      "RouteTables: [{RouteTableId: a, VpcId: b, Routes: [{DestinationCidrBlock: 10.0.0.0/8}]}]",
      "1:52: error: the route has no target such as GatewayId"
    ),
    ("VpcPeeringConnections: [{VpcPeeringConnectionId: a}]", "1:25: error: RequesterVpcInfo is missing"),
    ("LoadBalancers: [{LoadBalancerName: a}]", "1:17: error: DNSName is missing"),
    (
      "ResolverRules: [{Id: a, DomainName: b, RuleType: SEND}]",
      "1:50: error: RuleType must be one of FORWARD, SYSTEM, RECURSIVE, DELEGATE, not \"SEND\""
    ),
    (
      "ResolverConfigs: [{ResourceId: a, AutodefinedReverse: MAYBE}]",
      "1:55: error: AutodefinedReverse must be ENABLED or DISABLED, not \"MAYBE\""
    ),
    // Requesters
    (
      "Requesters: [{SourceAddress: 127.0.0.1}]",
      "1:14: error: exactly one of InstanceId, VpcId and Network must be given"
    ),
    (
      "Requesters: [{SourceAddress: 127.0.0.1, VpcId: a, Network: internet}]",
      "1:14: error: exactly one of InstanceId, VpcId and Network must be given"
    ),
    (
      "Requesters: [{SourceAddress: 127.0.0.0/8, Network: internet}]",
      "1:30: error: SourceAddress must be an IPv4 or IPv6 address, not \"127.0.0.0/8\""
    ),
    (
      "Requesters: [{SourceCidr: 127.0.0.1/8, Network: internet}]",
      "1:27: error: SourceCidr must be a range such as 10.0.0.0/16, without bits after the prefix, not \"127.0.0.1/8\""
    ),
    (
      "Requesters: [{SourceCidr: 127.0.0.0/8, Network: moon}]",
      "1:49: error: Network must be classic or internet, not \"moon\""
    ),
    (
      "Requesters: [{SourceAddress: 127.0.0.1, SourceCidr: 127.0.0.0/8, Network: internet}]",
      "1:53: error: SourceAddress and SourceCidr exclude each other"
    ),
    ("Requesters: [{Network: internet}]", "1:14: error: SourceAddress or SourceCidr is missing"),
    // Settings
    ("Settings: {NegativSOA: true}", "1:12: error: unknown setting \"NegativSOA\"; did you mean \"NegativeSOA\"?"),
    ("Settings: {TTL: {Databse: 1}}", "1:18: error: unknown setting \"Databse\"; did you mean \"Database\"?"),
    ("Settings: {TTL: {Cache: -1}}", "1:25: error: Cache must be a whole number from 0 to 2147483647, not -1"),
    (
      "Settings: {TTL: {Cache: 2147483648}}",
      "1:25: error: Cache must be a whole number from 0 to 2147483647, not 2147483648"
    ),
    ("Settings: {TTL: {Cache: '5'}}", "1:25: error: Cache must be a whole number from 0 to 2147483647, not \"5\""),
    (
      "Settings: {LargestUDPPayload: 511}",
      "1:31: error: LargestUDPPayload must be a whole number from 512 to 4096, not 511"
    ),
    (
      "Settings: {AdvertisedUDPPayload: 4097}",
      "1:34: error: AdvertisedUDPPayload must be a whole number from 512 to 4096, not 4097"
    ),
    // References
    ("Instances: [{InstanceId: a, VpcId: vpc-b}]", "1:36: error: there is no VPC vpc-b"),
    ("Instances: [{InstanceId: a, SecurityGroups: [{GroupId: sg-b}]}]", "1:56: error: there is no security group sg-b"),
    ("ClassicLinkInstances: [{InstanceId: i-a, VpcId: b, Groups: []}]", "1:37: error: there is no instance i-a"),
    ("Addresses: [{PublicIp: 192.0.2.1, InstanceId: i-a}]", "1:47: error: there is no instance i-a"),
    ("Requesters: [{SourceAddress: 127.0.0.1, InstanceId: i-a}]", "1:53: error: there is no instance i-a"),
    ("HostedZones: [{Id: Z, Name: a, VPCs: [{VPCId: vpc-b}]}]", "1:47: error: there is no VPC vpc-b"),
    ("ResolverRuleAssociations: [{ResolverRuleId: r, VPCId: b}]", "1:45: error: there is no Resolver rule r"),
    // Records
    (
      "HostedZones: [{Id: Z, Name: a, ResourceRecordSets: [{Name: b.a, Type: A, TTL: 1}]}]",
      "1:53: error: ResourceRecords or AliasTarget is missing"
    ),
    (
      "HostedZones: [{Id: Z, Name: a, ResourceRecordSets: [{Name: b.a, Type: A, ResourceRecords: []}]}]",
      "1:53: error: TTL is missing"
    ),
    (
      "HostedZones: [{Id: Z, Name: a, ResourceRecordSets: [{Name: b.a, Type: Q, TTL: 1, ResourceRecords: []}]}]",
      "1:71: error: Type must be a record type, not \"Q\""
    ),
    (
      "HostedZones: [{Id: Z, Name: a, ResourceRecordSets: [{Name: b.c, Type: A, TTL: 1, ResourceRecords: [{Value: 10.0.0.1}]}]}]",
      "1:60: error: "
    ),
    (
      "HostedZones: [{Id: Z, Name: a, ResourceRecordSets: [{Name: b.a, Type: A, TTL: 1, ResourceRecords: [{Value: x}]}]}]",
      "1:108: error: not a value of type A"
    ),
    (
      "HostedZones: [{Id: Z, Name: a, ResourceRecordSets: [{Name: b.a, Type: A, TTL: 1, Weight: 256, SetIdentifier: a, ResourceRecords: [{Value: 10.0.0.1}]}]}]",
      "1:90: error: Weight must be a whole number from 0 to 255, not 256"
    ),
    (
      "HostedZones: [{Id: Z, Name: a, ResourceRecordSets: [{Name: b.a, Type: A, TTL: 1, Weight: 1, Failover: PRIMARY, ResourceRecords: [{Value: 10.0.0.1}]}]}]",
      "1:53: error: a record set has one routing policy, this one has 2"
    ),
    (
      "HostedZones: [{Id: Z, Name: a, ResourceRecordSets: [{Name: b.a, Type: A, TTL: 1, CidrRoutingConfig: {}, ResourceRecords: [{Value: 10.0.0.1}]}]}]",
      "1:101: error: CidrRoutingConfig is not supported"
    ),
    ("HostedZones: [{Id: Z, Name: a, ZoneFile: nowhere.zone}]", "1:42: error: there is no file "),
    ("HostedZones: [{Id: Z, Name: a, Config: {PrivateZone: true}}]", "1:15: error: "),
    (#"HostedZones: [{Id: Z, Name: '\052.a'}]"#, "1:29: error: *.a. begins with a wildcard"),
  ])
  func one(_ text: String, _ expected: String) throws {
    let found = try problems(text)
    #expect(found.first?.hasPrefix("world.yaml:\(expected)") == true, "\(found)")
  }

  @Test(arguments: [
    "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1..2.3", "01.2.3.4", "1.2.3.00", "1.2.3.256", "1.2.3.4 ", "1.2.3.x",
    "-1.2.3.4", "1.2.3.4294967297",
  ])
  func addressesThatAreNone(_ text: String) throws {
    let found = try problems("Instances: [{InstanceId: a, PrivateIpAddress: '\(text)'}]")
    #expect(found == ["world.yaml:1:47: error: PrivateIpAddress must be an IPv4 address, not \"\(text)\""])
  }

  @Test func aDuplicateAddress() throws {
    let text = """
      {"Instances": [
        {"InstanceId": "i-a", "PrivateIpAddress": "10.0.0.1"},
        {"InstanceId": "i-b", "PrivateIpAddress": "10.0.0.1"}]}
      """
    #expect(try problems(text, "world.json") == ["world.json:3:45: error: 10.0.0.1 belongs to i-a already"])
  }

  @Test func aGroupOfAServiceIsMissedOnlyWhereGroupsAreListed() throws {
    let world = { (listed: String, named: String) in
      """
      Vpcs:
      - {VpcId: vpc-a, CidrBlock: 172.16.0.0/16}
      - {VpcId: vpc-b, CidrBlock: 172.16.0.0/16}
      SecurityGroups: [\(listed)]
      DBInstances:
      - DBInstanceIdentifier: orders
        DBSubnetGroup: {VpcId: vpc-a}
        VpcSecurityGroups: [{VpcSecurityGroupId: \(named)}]
      """
    }
    let (ofA, ofB) = ("{GroupId: sg-a, VpcId: vpc-a}", "{GroupId: sg-b, VpcId: vpc-b}")
    #expect(try problems(world(ofA, "sg-a")).isEmpty)
    #expect(try problems(world("", "sg-x")).isEmpty)
    #expect(try problems(world(ofB, "sg-x")).isEmpty)
    #expect(try problems(world(ofA, "sg-x")) == ["world.yaml:8:44: error: there is no security group sg-x"])
    #expect(try problems(world(ofB, "sg-b")).first?.hasPrefix("world.yaml:8:22: error: ") == true)
  }

  @Test func aLinkThatAWSWouldRefuse() throws {
    let world = { (state: String, enabled: Bool, group: String) in
      """
      Vpcs:
      - {VpcId: vpc-a, CidrBlock: 172.16.0.0/16, ClassicLinkEnabled: \(enabled)}
      - {VpcId: vpc-b, CidrBlock: 172.16.0.0/16}
      SecurityGroups: [{GroupId: sg-a, VpcId: vpc-a}, {GroupId: sg-b, VpcId: vpc-b}]
      Instances: [{InstanceId: i-a, State: {Name: \(state)}}]
      ClassicLinkInstances:
      - InstanceId: i-a
        VpcId: vpc-a
        Groups: [{GroupId: \(group)}]
      """
    }
    #expect(try problems(world("running", true, "sg-a")).isEmpty)
    #expect(try problems(world("stopped", true, "sg-a")).first?.hasPrefix("world.yaml:7:15: error:") == true)
    #expect(try problems(world("running", false, "sg-a")).first?.hasPrefix("world.yaml:8:10: error:") == true)
    #expect(try problems(world("running", true, "sg-b")).first?.hasPrefix("world.yaml:9:11: error:") == true)
  }

  @Test func aBrokenItemIsReportedOnceAndNotByWhatRefersToIt() throws {
    let text = """
      Vpcs: [{VpcId: vpc-a, CidrBlock: nonsense}]
      Subnets: [{SubnetId: subnet-a, VpcId: vpc-a}]
      Instances: [{InstanceId: i-a, VpcId: vpc-a, SubnetId: subnet-a}, {InstanceId: i-b, VpcId: vpc-x}]
      Requesters: [{SourceAddress: 127.0.0.1, InstanceId: i-a}]
      """
    let found = try problems(text)
    #expect(found.count == 2, "\(found)")
    #expect(found.first?.hasPrefix("world.yaml:1:34:") == true)
    #expect(found.last == "world.yaml:3:91: error: there is no VPC vpc-x")
  }

  @Test func anUnknownKeyHidesNoOtherError() throws {
    let text = """
      Vpc: []
      Vpcs: [{VpcId: vpc-a, CidrBlock: 10.0.0.1/16}]
      Instances: [{InstanceId: i-a, VpcId: vpc-b}]
      """
    #expect(
      try problems(text) == [
        "world.yaml:1:1: error: unknown key \"Vpc\"; did you mean \"Vpcs\"?",
        "world.yaml:2:34: error: CidrBlock must be an IPv4 range such as 10.0.0.0/16, without bits after the prefix, not \"10.0.0.1/16\"",
        "world.yaml:3:38: error: there is no VPC vpc-b",
      ])
  }

  /// Each text has one mistake, and something that refers to what it is about.
  @Test(arguments: [
    ("Vpc: [{VpcId: vpc-a, CidrBlock: 10.0.0.0/16}]", "1:1: error: unknown key"),
    ("Vpcs: {VpcId: vpc-a, CidrBlock: 10.0.0.0/16}", "1:7: error: Vpcs must be a list"),
    ("Vpcs: {vpc-a: {CidrBlock: 10.0.0.0/16}}", "1:7: error: Vpcs must be a list"),
    ("Vpcs: [vpc-a]", "1:8: error: an element of Vpcs must be a mapping"),
    ("Vpcs: [{Vpcid: vpc-a, CidrBlock: 10.0.0.0/16}]", "1:8: error: VpcId is missing"),
    ("Region: [x]\nVpcs: [{VpcId: vpc-a, CidrBlock: 10.0.0.0/16}]", "1:9: error: Region must be a string"),
    ("VPCs: [{VpcId: vpc-a, CidrBlock: 10.0.0.0/16}]", "1:1: error: VPCs stands beside a HostedZone"),
    (
      "Vpcs: [{VpcId: vpc-a, CidrBlock: 10.0.0.0/16}]\nSubnet: [{SubnetId: subnet-a, VpcId: vpc-a}]",
      "2:1: error: unknown key"
    ),
  ])
  func whatRefersToABrokenPartIsNotReported(_ text: String, _ expected: String) throws {
    let rest = """

      Instances: [{InstanceId: i-a, VpcId: vpc-a}, {InstanceId: i-b, SubnetId: subnet-a}]
      Subnets: [{SubnetId: subnet-a, VpcId: vpc-a}]
      HostedZones: [{Id: Z, Name: a, VPCs: [{VPCRegion: eu-west-1, VPCId: vpc-a}]}]
      Requesters: [{SourceAddress: 127.0.0.1, InstanceId: i-b}]
      """
    // The zone is where the VPC is not, unless the VPC is sound; and one subnet is enough.
    let isSound = text.contains("Subnet:")
    let more = isSound ? rest.replacing(#/Subnets.*/#, with: "").replacing("eu-west-1", with: "us-east-1") : rest
    let found = try problems(text + more)
    #expect(found.count == 1 && found[0].hasPrefix("world.yaml:\(expected)"), "\(found)")
  }

  @Test func aBrokenListHidesNoReferenceThatLeadsNowhere() throws {
    let text = """
      Reservation: [{OwnerId: '1', Instances: [{InstanceId: i-a, VpcId: vpc-a}]}]
      Requesters: [{SourceAddress: 127.0.0.1, InstanceId: i-a}, {SourceAddress: 127.0.0.2, InstanceId: i-b}]
      """
    #expect(
      try problems(text) == [
        "world.yaml:1:1: error: unknown key \"Reservation\"; did you mean \"Reservations\"?",
        "world.yaml:2:98: error: there is no instance i-b",
      ])
  }

  @Test func whatABrokenFileDoesNotSayIsNotMissed() throws {
    let desk = try Desk()
    try desk.put("a.json", "{\"Vpcs\": [{\"VpcId\": \"vpc-b\"},,")
    try desk.put("b.yaml", "Instances: [{InstanceId: i-a, VpcId: vpc-a}]")
    let found = try desk.problems()
    #expect(found.count == 1 && found[0].hasPrefix("a.json:1:"), "\(found)")
  }

  @Test func zoneFilesHaveTheirOwnPlaces() throws {
    let desk = try Desk()
    try desk.put("world.yaml", "HostedZones: [{Id: Z, Name: example.com, ZoneFile: z.zone}]")
    try desk.put("z.zone", "www 60 A 10.0.0.1\nbad 60 A 10.0.0\nalias 60 CNAME www\nalias 60 A 10.0.0.2\n")
    var found = try desk.problems("world.yaml")
    #expect(found.count == 1 && found[0].hasPrefix("z.zone:2:"), "\(found)")
    try desk.put("z.zone", "www 60 A 10.0.0.1\nalias 60 CNAME www\nalias 60 A 10.0.0.2\n")
    found = try desk.problems("world.yaml")
    #expect(found.count == 1 && found[0].hasPrefix("z.zone:2:1: error:"), "\(found)")
    try desk.put("z.zone", "www 60 A 10.0.0.1\nwww 30 A 10.0.0.2\n")
    found = try desk.problems("world.yaml")
    #expect(found == ["z.zone:2:1: warning: www.example.com. A has more than one TTL; 30 is taken for all"])
    #expect(try WorldFile.load([desk.path + "/world.yaml"]).warnings.count == 1)
  }

  @Test func recordsThatNoMessageHolds() throws {
    // RFC 1035 4.2.2: 65,535 octets, and all records of a set or none.
    func lines(_ count: Int) -> String {
      let text = String(repeating: "x", count: 240)
      return (0..<count).map { "www 60 TXT \"\($0 + 1_000)\(text)\"\n" }.joined()
    }
    let desk = try Desk()
    try desk.put("world.yaml", "HostedZones: [{Id: Z, Name: example.com, ZoneFile: z.zone}]")
    // Header 12, question 21, OPT 11; a record is 12 + 1 + 244 octets.
    try desk.put("z.zone", "a 60 A 10.0.0.1\n" + lines(254))
    #expect(try desk.problems("world.yaml").isEmpty)
    try desk.put("z.zone", "a 60 A 10.0.0.1\n" + lines(255))
    #expect(
      try desk.problems("world.yaml") == [
        "z.zone:2:1: warning: www.example.com. TXT fits into no message: its answer takes 65579 octets, 65535 are the "
          + "most, so it is SERVFAIL"
      ])
    try desk.put(
      "world.json",
      """
      {"HostedZones": [{"Id": "Z", "Name": "example.com", "ResourceRecordSets": [
      {"Name": "www.example.com", "Type": "TXT", "TTL": 60, "ResourceRecords": [
      \((0..<300).map { "{\"Value\": \"\($0)\(String(repeating: "y", count: 240))\"}" }.joined(separator: ",\n"))]}]}]}
      """)
    let found = try desk.problems("world.json")
    #expect(found.count == 1 && found[0].hasPrefix("world.json:2:1: warning: www.example.com. TXT fits"), "\(found)")
  }

  @Test func aVPCOfAnotherRegionInAZone() throws {
    let text = """
      Vpcs: [{VpcId: vpc-a, CidrBlock: 172.16.0.0/16}]
      HostedZones: [{Id: Z, Name: a, VPCs: [{VPCRegion: eu-west-1, VPCId: vpc-a}]}]
      """
    #expect(try problems(text) == ["world.yaml:2:51: error: vpc-a is in us-east-1, not in eu-west-1"])
  }

  @Test func filesThatSayDifferentThings() throws {
    let desk = try Desk()
    try desk.put(
      "a.yaml",
      "Region: eu-west-1\nSupportedPlatforms: [VPC]\nVpcs: [{VpcId: a, CidrBlock: 172.16.0.0/16}]\nSettings: {NegativeSOA: true}"
    )
    try desk.put(
      "b.yaml",
      "Region: eu-west-2\nSupportedPlatforms: [VPC, EC2]\nVpcs: [{VpcId: a, ClassicLinkEnabled: false}]\nSettings: {NegativeSOA: false}"
    )
    #expect(
      try desk.problems() == [
        "a.yaml:3:8: error: the files that hold this item have different Regions, eu-west-1 and eu-west-2",
        "b.yaml:2:21: error: the supported platforms differ from those at a.yaml:2:21",
        "b.yaml:4:25: error: NegativeSOA differs from its value at a.yaml:4:25",
      ])
  }

  @Test func syntaxErrors() throws {
    let desk = try Desk()
    try desk.put("a.json", "{\"Vpcs\": [\n  {\"VpcId\": \"ä\", }]}")
    try desk.put("b.json", #"{"Vpcs": [], "Vpcs": [], "Tags": {"a": 1, "a": 2}}"#)
    try desk.put("c.yaml", "Vpcs: [\n")
    try desk.put("d.yaml", [0x61, 0xff])
    try desk.put("e.json", "[]")
    let found = try desk.problems()
    #expect(found.contains("a.json:2:18: error: a member name in quotes must stand here"), "\(found)")
    #expect(found.contains("b.json:1:14: error: \"Vpcs\" stands twice in one mapping"))
    #expect(found.contains("b.json:1:43: error: \"a\" stands twice in one mapping"))
    #expect(found.contains { $0.hasPrefix("c.yaml:2:1: error:") }, "\(found)")
    #expect(found.contains("d.yaml: error: the file is not UTF-8"))
    #expect(found.contains("e.json:1:1: error: a world file must be a mapping, not a list"))
  }

  @Test func pathsThatAreNotThere() throws {
    let desk = try Desk()
    do throws(LoadFailure) {
      _ = try WorldFile.load([desk.path + "/none.yaml"])
      Issue.record("a missing file was loaded")
    } catch {
      #expect(error.isMissingFile && error.description.hasSuffix("none.yaml: error: no such file or folder"))
    }
    do throws(LoadFailure) {
      _ = try WorldFile.load([desk.path])
      Issue.record("an empty folder was loaded")
    } catch {
      #expect(!error.isMissingFile && error.problems.count == 1)
    }
  }
}
