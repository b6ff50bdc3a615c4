// Where a service's nodes stand: in subnets of a VPC, with a network interface each (S33), or on the EC2-Classic
// platform.
import Cloud
import DNSWire

/// The network of a service.
struct Placement: Sendable {
  /// `nil`: the EC2-Classic platform.
  var vpcID: ID<VPC>?
  /// Those that may be used, by their ids; none on the EC2-Classic platform.
  var subnets: [Subnet] = []
  /// Of the group of subnets; `nil` without one.
  var groupName: String?

  static let classic = Placement()

  /// The first subnet of a zone, or the first of all.
  func subnet(in zone: String?) -> Subnet? {
    zone.map { zone in subnets.first { $0.availabilityZone == zone } } ?? subnets.first
  }

  /// A subnet for a standby: in another zone, else another subnet, else the same one.
  func subnet(apartFrom first: Subnet?) -> Subnet? {
    subnets.first { $0.availabilityZone != first?.availabilityZone } ?? subnets.first { $0.id != first?.id } ?? first
  }

  /// The subnet of the n-th node: one after the other.
  func subnet(ofNode number: Int) -> Subnet? { subnets.isEmpty ? nil : subnets[number % subnets.count] }

  var zones: [String] { Set(subnets.compactMap(\.availabilityZone)).sorted() }
}

extension Call {
  /// Without a group of subnets: the default VPC, else EC2-Classic.
  func defaultPlacement() -> Placement {
    guard let vpc = defaultVPC else { return .classic }
    return Placement(vpcID: vpc.id, subnets: subnets(of: vpc.id), groupName: "default")
  }

  func subnets(of vpcID: ID<VPC>) -> [Subnet] {
    world.subnets.values.filter { $0.vpcID == vpcID && $0.cidrBlock != nil }.sorted { $0.id < $1.id }
  }

  /// Security groups by their ids; without any, the one that each VPC has.
  /// - Throws: `code` for one that does not exist or is another network's.
  func securityGroups(
    _ ids: [ID<SecurityGroup>], in vpcID: ID<VPC>?, code: String
  ) throws(AWSError) -> [ID<SecurityGroup>] {
    guard let vpcID else {
      guard ids.isEmpty else {
        throw .invalidCombination("VPC security groups are not valid on the EC2-Classic platform")
      }
      return []
    }
    for id in ids {
      guard let group = world.securityGroups[id], sees(group), group.vpcID == vpcID else {
        throw AWSError(code, "The security group '\(id)' does not exist in \(vpcID)")
      }
    }
    guard ids.isEmpty else { return ids }
    let usual = world.securityGroups.values.filter { $0.vpcID == vpcID && $0.name == "default" }.map(\.id)
    return Array(usual.sorted().prefix(1))
  }

  /// A zone that the caller asks for must have a subnet that may be used.
  func check(_ zone: String?, _ placement: Placement, code: String) throws(AWSError) {
    guard let zone else { return }
    guard hasZone(zone), placement.vpcID == nil || placement.zones.contains(zone) else {
      throw AWSError(code, "\(zone) is not a valid availability zone for the subnets of the group")
    }
  }

  /// Free addresses for a node.
  /// - Parameters:
  ///   - subnet: `nil` on the EC2-Classic platform.
  ///   - others: Addresses that the same call is going to use.
  mutating func newAddresses(
    in subnet: Subnet?, isPublic: Bool, besides others: [AddressPair] = []
  ) throws(AWSError) -> AddressPair {
    let taken = others.map(\.privateAddress)
    let privateAddress =
      if let subnet {
        try allocator.privateAddress(in: subnet, besides: taken, world)
      } else {
        try allocator.classicAddress(in: region, besides: taken, world)
      }
    guard isPublic else { return AddressPair(privateAddress: privateAddress, publicAddress: nil) }
    let publicAddress = try allocator.publicAddress(
      subnet == nil ? .standard : .vpc, besides: others.compactMap(\.publicAddress), world)
    return AddressPair(privateAddress: privateAddress, publicAddress: publicAddress)
  }

  // MARK: Network interfaces

  /// The interface that shows a service's address (S33). There is none on the EC2-Classic platform.
  mutating func addInterface(
    _ description: String, _ pair: AddressPair, in subnet: Subnet?, _ groups: [ID<SecurityGroup>]
  ) throws(AWSError) {
    guard let subnet else { return }
    var interface = NetworkInterface(id: allocator.id("eni"), vpcID: subnet.vpcID)
    interface.subnetID = subnet.id
    interface.networkInterfaceDescription = description
    interface.addresses = [pair]
    interface.securityGroupIDs = groups
    try apply(.addNetworkInterface(interface))
  }

  /// The interfaces that show addresses of a service.
  func interfaces(holding addresses: [IPv4Address?], in vpcID: ID<VPC>?) -> [NetworkInterface] {
    guard let vpcID else { return [] }
    return addresses.compactMap { address in
      address.flatMap { world.networkInterface(holding: $0, inVPC: vpcID) }.flatMap { world.networkInterfaces[$0] }
    }
  }

  /// Takes the interfaces away, so that their service can go, or get other addresses.
  mutating func remove(_ interfaces: [NetworkInterface]) throws(AWSError) {
    for interface in interfaces { try apply(.remove(.networkInterface(interface.id))) }
  }

  mutating func setGroups(_ ids: [ID<SecurityGroup>], of interfaces: [NetworkInterface]) throws(AWSError) {
    for var interface in interfaces where interface.securityGroupIDs != ids {
      interface.securityGroupIDs = ids
      try apply(.replace(.networkInterface(interface)))
    }
  }

  mutating func associate(_ elasticIP: ElasticIP, with interface: NetworkInterface) throws(AWSError) {
    var elasticIP = elasticIP
    elasticIP.networkInterfaceID = interface.id
    elasticIP.privateIPAddress = interface.addresses.first?.privateAddress
    try apply(.replace(.elasticIP(elasticIP)))
  }

  /// The zone of the subnet in which a service's address lies.
  func zone(of address: IPv4Address?, in vpcID: ID<VPC>?) -> String? {
    interfaces(holding: [address], in: vpcID).first?.subnetID.flatMap { world.subnets[$0]?.availabilityZone }
  }
}
