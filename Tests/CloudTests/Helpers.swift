// A small cloud to tell stories about, and shorthands that a person can read.
import Cloud
import DNSWire
import Testing

let account = "123456789012"

func name(_ text: String) -> Name {
  (try? Name(text)) ?? .root
}

func range(_ text: String) -> CIDRBlock { CIDRBlock(text) ?? .ec2Classic }
func address(_ text: String) -> IPv4Address { IPv4Address(text) ?? IPv4Address(0, 0, 0, 0) }
func address6(_ text: String) -> IPv6Address { IPv6Address(text) ?? IPv6Address(rawValue: 0) }

func pair(_ privateAddress: String, _ publicAddress: String? = nil) -> AddressPair {
  AddressPair(privateAddress: address(privateAddress), publicAddress: publicAddress.map(address))
}

func vpc(_ id: String, _ cidr: String, _ edit: (inout VPC) -> Void = { _ in }) -> VPC {
  var vpc = VPC(id: ID(id), region: .usEast1, ownerID: account, cidrBlock: range(cidr))
  edit(&vpc)
  return vpc
}

func subnet(_ id: String, _ vpc: String, _ cidr: String, edit: (inout Subnet) -> Void = { _ in }) -> Subnet {
  var subnet = Subnet(id: ID(id), vpcID: ID(vpc))
  subnet.cidrBlock = range(cidr)
  edit(&subnet)
  return subnet
}

func group(
  _ id: String, _ vpc: String?, edit: (inout SecurityGroup) -> Void = { _ in }
) -> SecurityGroup {
  var group = SecurityGroup(id: ID(id), name: id, ownerID: account, vpcID: vpc.map { ID($0) })
  edit(&group)
  return group
}

/// A rule that lets a group in.
func permission(_ groups: String...) -> SecurityGroup.Permission {
  var permission = SecurityGroup.Permission(ipProtocol: "tcp")
  permission.groupIDs = groups.map { ID($0) }
  return permission
}

func table(
  _ id: String, _ vpc: String, _ routes: [(String, String)] = [], edit: (inout RouteTable) -> Void = { _ in }
) -> RouteTable {
  var table = RouteTable(id: ID(id), vpcID: ID(vpc))
  table.routes = routes.map { RouteTable.Route(destination: range($0), target: $1, origin: .createRoute) }
  edit(&table)
  return table
}

func classic(_ id: String, _ pairs: AddressPair..., edit: (inout Instance) -> Void = { _ in }) -> Instance {
  var instance = Instance(id: ID(id), region: .usEast1, ownerID: account)
  instance.addresses = AddressPairs(pairs)
  edit(&instance)
  return instance
}

func inside(
  _ vpc: String, _ id: String, _ pairs: AddressPair..., edit: (inout Instance) -> Void = { _ in }
) -> Instance {
  var instance = Instance(id: ID(id), region: .usEast1, ownerID: account)
  instance.vpcID = ID(vpc)
  instance.addresses = AddressPairs(pairs)
  edit(&instance)
  return instance
}

func interface(
  _ id: String, _ vpc: String, _ pairs: AddressPair..., of instance: String? = nil
) -> NetworkInterface {
  var interface = NetworkInterface(id: ID(id), vpcID: ID(vpc))
  interface.addresses = pairs
  interface.instanceID = instance.map { ID($0) }
  return interface
}

func elastic(
  _ text: String, _ domain: ElasticIP.Domain = .vpc, instance: String? = nil, interface: String? = nil,
  at privateAddress: String? = nil
) -> ElasticIP {
  var elastic = ElasticIP(publicIP: address(text), region: .usEast1, domain: domain)
  elastic.instanceID = instance.map { ID($0) }
  elastic.networkInterfaceID = interface.map { ID($0) }
  elastic.privateIPAddress = privateAddress.map(address)
  return elastic
}

func link(_ instance: String, _ vpc: String, _ groups: String...) -> ClassicLink {
  ClassicLink(instanceID: ID(instance), vpcID: ID(vpc), securityGroupIDs: groups.map { ID($0) })
}

func peering(
  _ id: String, _ one: String, _ other: String, edit: (inout VPCPeeringConnection) -> Void = { _ in }
) -> VPCPeeringConnection {
  var peering = VPCPeeringConnection(
    id: ID(id), requester: .init(vpcID: ID(one)), accepter: .init(vpcID: ID(other)))
  edit(&peering)
  return peering
}

func database(_ id: String, _ vpc: String?, _ edit: (inout DBInstance) -> Void = { _ in }) -> DBInstance {
  var database = DBInstance(id: ID(id), region: .usEast1, publiclyAccessible: false)
  database.vpcID = vpc.map { ID($0) }
  edit(&database)
  return database
}

func privateZone(_ id: String, _ text: String, _ vpcs: String..., sets: [ResourceRecordSet] = []) -> HostedZone {
  var zone = HostedZone(id: ID(id), name: name(text), isPrivate: true, vpcIDs: vpcs.map { ID($0) })
  zone.recordSets = sets
  return zone
}

extension World {
  init(_ changes: Change...) throws {
    self.init()
    for change in changes { try apply(change) }
  }

  /// vpc-1 (10.0/16, enabled, two groups), vpc-2 (172.31/16), i-classic, i-vpc in vpc-1.
  static func small() throws -> World {
    try World(
      .addVPC(vpc("vpc-1", "10.0.0.0/16") { $0.classicLinkEnabled = true }),
      .addVPC(vpc("vpc-2", "172.31.0.0/16")),
      .addSecurityGroup(group("sg-1", "vpc-1")), .addSecurityGroup(group("sg-2", "vpc-2")),
      .addSecurityGroup(group("sg-classic", nil)),
      .addInstance(classic("i-classic", pair("10.112.0.9", "203.0.113.9"))),
      .addInstance(inside("vpc-1", "i-vpc", pair("10.0.0.5", "203.0.113.25"))))
  }

  /// Makes the change and expects it to be refused for `reason`, and the refusal to read as `text` when one is given.
  mutating func refuses(
    _ change: Change, _ reason: Refusal.Reason, member: String? = nil, reads text: String? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    do {
      try apply(change)
      Issue.record("accepted: \(change)", sourceLocation: sourceLocation)
    } catch {
      #expect(error.reason == reason, sourceLocation: sourceLocation)
      if let member { #expect(error.member == member, sourceLocation: sourceLocation) }
      if let text { #expect(error.description == text, sourceLocation: sourceLocation) }
    }
  }
}
