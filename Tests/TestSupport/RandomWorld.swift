// A world by chance: changes that the model refuses are left out, so whatever is left is one that AWS would take.
public import Cloud
import DNSWire

public struct RandomWorld {
  public private(set) var world = World()
  /// What the world was asked to do, the refused changes too.
  public private(set) var changes: [Change] = []
  private static let account = "123456789012"

  public init(using random: inout some RandomNumberGenerator) {
    let regions = [Region.usEast1, .usEast1, Region("eu-west-1")]
    for index in 0..<4 {
      let b = UInt8.random(in: 0...2, using: &random)
      let base = Bool.random(using: &random) ? IPv4Address(10, b, 0, 0) : IPv4Address(100, 64, 0, 0)
      let length = [16, 20, 24].randomElement(using: &random) ?? 16
      guard let block = CIDRBlock("\(base)/\(length)") else { continue }
      var vpc = VPC(
        id: ID("vpc-0000000\(index)"), region: regions.randomElement(using: &random) ?? .usEast1,
        ownerID: Self.account, cidrBlock: block)
      vpc.enableDnsSupport = Int.random(in: 0..<6, using: &random) > 0
      vpc.enableDnsHostnames = vpc.enableDnsSupport && Bool.random(using: &random)
      vpc.ipv6CIDRBlocks = [IPv6CIDRBlock("2001:db8:100::/56")].compactMap(\.self)
      vpc.classicLinkEnabled = Bool.random(using: &random)
      vpc.classicLinkDnsSupported = Bool.random(using: &random)
      apply(.addVPC(vpc))
      apply(
        .addSecurityGroup(SecurityGroup(id: ID("sg-0000000\(index)"), name: "g", ownerID: Self.account, vpcID: vpc.id)))
      let config = ResolverConfig(vpcID: vpc.id, autodefinedReverse: Bool.random(using: &random))
      apply(.setResolverConfig(config))
    }
    addInstances(using: &random)
    addPeerings(using: &random)
    addServices(using: &random)
    for index in 0..<4 { addZone(index, using: &random) }
    addRequesters(using: &random)
  }

  private mutating func apply(_ change: Change) {
    changes.append(change)
    try? world.apply(change)
  }

  private func vpcID(using random: inout some RandomNumberGenerator) -> ID<VPC> {
    ID("vpc-0000000\(Int.random(in: 0..<4, using: &random))")
  }

  private mutating func addInstances(using random: inout some RandomNumberGenerator) {
    for index in 0..<20 {
      let isClassic = Int.random(in: 0..<3, using: &random) == 0
      let vpc = isClassic ? nil : world.vpcs[vpcID(using: &random)]
      var instance = Instance(id: ID("i-0000000\(index)"), region: vpc?.region ?? .usEast1, ownerID: Self.account)
      instance.vpcID = vpc?.id
      let base = vpc?.cidrBlock.address.rawValue ?? IPv4Address(10, 0, 0, 0).rawValue
      let address = IPv4Address(rawValue: base + UInt32.random(in: 4...12, using: &random))
      let isPublic = Bool.random(using: &random)
      let publicAddress = isPublic ? IPv4Address(203, 0, 113, UInt8.random(in: 0...12, using: &random)) : nil
      instance.addresses = [AddressPair(privateAddress: address, publicAddress: publicAddress)]
      instance.privateDnsNameOptions = PrivateDnsNameOptions()
      instance.privateDnsNameOptions?.enableResourceNameDnsARecord = Bool.random(using: &random)
      apply(.addInstance(instance))
      if isClassic {
        let number = Int.random(in: 0..<4, using: &random)
        apply(
          .attachClassicLink(
            ClassicLink(
              instanceID: instance.id, vpcID: ID("vpc-0000000\(number)"), securityGroupIDs: [ID("sg-0000000\(number)")])
          ))
      }
    }
  }

  private mutating func addServices(using random: inout some RandomNumberGenerator) {
    for index in 0..<3 {
      let vpc = world.vpcs[vpcID(using: &random)]
      let region = vpc?.region ?? .usEast1
      let base = vpc?.cidrBlock.address.rawValue ?? IPv4Address(10, 0, 0, 0).rawValue
      let number = UInt8.random(in: 0...12, using: &random)
      let publicAddress = IPv4Address(203, 0, 113, number)
      apply(.addElasticIP(ElasticIP(publicIP: IPv4Address(203, 0, 113, number), region: region, domain: .vpc)))
      var database = DBInstance(id: ID("db\(index)"), region: region, publiclyAccessible: index > 0)
      database.vpcID = vpc?.id
      database.endpoint = try? Name("db\(index).ab.us-east-1.rds.amazonaws.com")
      if index > 0 { database.publicIPAddress = publicAddress }
      apply(.addDBInstance(database))
      if let vpc {
        var interface = NetworkInterface(id: ID("eni-0000000\(index)"), vpcID: vpc.id)
        interface.networkInterfaceDescription = NetworkInterface.databaseDescription
        let address = IPv4Address(rawValue: base + UInt32(20 + index))
        interface.addresses = [AddressPair(privateAddress: address, publicAddress: index > 0 ? publicAddress : nil)]
        apply(.addNetworkInterface(interface))
      }
      guard let name = try? Name("lb\(index).us-east-1.elb.amazonaws.com") else { continue }
      var balancer = LoadBalancer(
        id: ID("lb\(index)"), region: region, dnsName: name, scheme: .internetFacing, generation: .classic)
      balancer.vpcID = vpc?.id
      balancer.publicAddresses = [IPv4Address(198, 51, 100, number)]
      apply(.addLoadBalancer(balancer))
    }
  }

  private mutating func addPeerings(using random: inout some RandomNumberGenerator) {
    for index in 0..<3 {
      var sides = [vpcID(using: &random), vpcID(using: &random)].map { VPCPeeringConnection.Side(vpcID: $0) }
      for side in sides.indices {
        sides[side].options.allowDnsResolutionFromRemoteVpc = Bool.random(using: &random)
      }
      apply(
        .addPeering(VPCPeeringConnection(id: ID("pcx-0000000\(index)"), requester: sides[0], accepter: sides[1])))
    }
  }

  private mutating func addZone(_ index: Int, using random: inout some RandomNumberGenerator) {
    let names = [
      "corp.example.", "corp.example.", "dev.corp.example.", "10.in-addr.arpa.", "internal.", "amazonaws.com.",
    ]
    let isPrivate = Int.random(in: 0..<3, using: &random) > 0
    guard let apex = try? Name(names.randomElement(using: &random) ?? ".") else { return }
    var zone = HostedZone(
      id: ID("Z\(index)"), name: apex, isPrivate: isPrivate, vpcIDs: isPrivate ? [vpcID(using: &random)] : [])
    func add(_ label: String, _ type: RecordType, _ data: [[UInt8]]) {
      guard let prefix = try? Name(label), let owner = apex.prepending(prefix) else { return }
      zone.recordSets.append(ResourceRecordSet(name: owner, type: type, ttl: 300, content: .records(data)))
    }
    let targets = ["a.corp.example.", "c.dev.corp.example.", "ec2-203-0-113-5.compute-1.amazonaws.com.", "gone.test."]
      .compactMap { try? Name($0).wire }
    add("a", .cname, [targets.randomElement(using: &random) ?? [0]])
    add("c", .dname, [targets.randomElement(using: &random) ?? [0]])
    add("many", .a, (0..<UInt8.random(in: 1...100, using: &random)).map { [10, 9, 9, $0] })
    if Bool.random(using: &random) { add("*", .a, [[10, 9, 9, 9]]) }
    apply(.addHostedZone(zone))
  }

  private mutating func addRequesters(using random: inout some RandomNumberGenerator) {
    for number in 0..<6 {
      guard let block = CIDRBlock("127.0.0.\(number)/32") else { continue }
      let identities: [Requester.Identity] = [
        .vpc(vpcID(using: &random)), .classic(.usEast1), .internet,
        .instance(ID("i-0000000\(Int.random(in: 0..<20, using: &random))")),
      ]
      apply(
        .addRequester(Requester(source: .v4(block), identity: identities.randomElement(using: &random) ?? .internet)))
    }
  }
}
