// Shorthands for the stories: a world in a few lines, and what a trap says about it.
import Cloud
import DNSWire
import Testing
import Traps

func name(_ text: String) -> Name { (try? Name(text)) ?? .root }
func range(_ text: String) -> CIDRBlock { CIDRBlock(text) ?? .ec2Classic }
func address(_ text: String) -> IPv4Address { IPv4Address(text) ?? IPv4Address(0, 0, 0, 0) }

/// A VPC with both attributes on, unless `edit` says otherwise.
func vpc(_ id: String, _ cidr: String, _ edit: (inout VPC) -> Void = { _ in }) -> Change {
  var vpc = VPC(id: ID(id), region: .usEast1, ownerID: "123456789012", cidrBlock: range(cidr))
  vpc.enableDnsHostnames = true
  edit(&vpc)
  return .addVPC(vpc)
}

/// A DHCP options set that hands out DNS servers.
func options(_ id: String, _ servers: String...) -> Change {
  var options = DHCPOptions(id: ID(id))
  options.configurations["domain-name-servers"] = servers
  return .addDHCPOptions(options)
}

/// An instance of a VPC, or of EC2-Classic.
func instance(
  _ id: String, in vpc: String? = nil, _ privateAddress: String, _ publicAddress: String? = nil,
  groups: [String] = [], region: Region = .usEast1
) -> Change {
  var instance = Instance(id: ID(id), region: region, ownerID: "123456789012")
  instance.vpcID = vpc.map { ID($0) }
  instance.securityGroupIDs = groups.map { ID($0) }
  instance.addresses = [
    AddressPair(privateAddress: address(privateAddress), publicAddress: publicAddress.map(address))
  ]
  return .addInstance(instance)
}

func rule(_ ipProtocol: String, _ ports: ClosedRange<Int>?, from ranges: String...) -> SecurityGroup.Permission {
  var rule = SecurityGroup.Permission(ipProtocol: ipProtocol)
  rule.fromPort = ports?.lowerBound
  rule.toPort = ports?.upperBound
  rule.ipRanges = ranges.map(range)
  return rule
}

func group(_ id: String, in vpc: String?, _ ingress: SecurityGroup.Permission...) -> Change {
  var group = SecurityGroup(id: ID(id), name: id, ownerID: "123456789012", vpcID: vpc.map { ID($0) })
  group.ingress = ingress
  return .addSecurityGroup(group)
}

func link(_ instance: String, to vpc: String, _ group: String) -> Change {
  .attachClassicLink(ClassicLink(instanceID: ID(instance), vpcID: ID(vpc), securityGroupIDs: [ID(group)]))
}

/// The network interface of a service.
func interface(_ id: String, in vpc: String, _ text: String, _ privateAddress: String, group: String) -> Change {
  var interface = NetworkInterface(id: ID(id), vpcID: ID(vpc))
  interface.networkInterfaceDescription = text
  interface.addresses = [AddressPair(privateAddress: address(privateAddress), publicAddress: nil)]
  interface.securityGroupIDs = [ID(group)]
  return .addNetworkInterface(interface)
}

func database(_ id: String, in vpc: String?, _ edit: (inout DBInstance) -> Void) -> Change {
  var database = DBInstance(id: ID(id), region: .usEast1, publiclyAccessible: false)
  database.vpcID = vpc.map { ID($0) }
  database.endpoint = name("\(id).c1.us-east-1.rds.amazonaws.com")
  edit(&database)
  return .addDBInstance(database)
}

func a(_ owner: String, _ text: String) -> ResourceRecordSet {
  let octets = (0..<4).map { address(text).octet($0) }
  return ResourceRecordSet(name: name(owner), type: .a, ttl: 60, content: .records([octets]))
}

func cname(_ owner: String, _ target: String, type: RecordType = .cname) -> ResourceRecordSet {
  ResourceRecordSet(name: name(owner), type: type, ttl: 60, content: .records([name(target).wire]))
}

func alias(_ owner: String, _ target: String) -> ResourceRecordSet {
  ResourceRecordSet(name: name(owner), type: .a, ttl: 60, content: .alias(name(target)))
}

/// A zone that is private when it has VPCs.
func zone(_ id: String, _ text: String, on vpcs: [String] = [], _ sets: ResourceRecordSet...) -> Change {
  var zone = HostedZone(id: ID(id), name: name(text), isPrivate: !vpcs.isEmpty, vpcIDs: vpcs.map { ID($0) })
  zone.recordSets = sets
  return .addHostedZone(zone)
}

func requester(_ source: String, _ identity: Requester.Identity) -> Change {
  .addRequester(Requester(source: .v4(range(source)), identity: identity))
}

/// What one trap says about the world that the changes make.
func findings(_ trap: Trap, _ changes: Change...) throws -> [Finding] {
  var world = World()
  for change in changes { try world.apply(change) }
  return trap.findings(in: world)
}

extension [Finding] {
  /// The only one there is.
  func one(sourceLocation: SourceLocation = #_sourceLocation) throws -> Finding {
    try #require(count == 1, "\(self)", sourceLocation: sourceLocation)
    return self[0]
  }
}
