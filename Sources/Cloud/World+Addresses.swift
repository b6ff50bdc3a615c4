// An address is held once: by a resource, by the interface that shows the same address, or by both together.
import DNSWire

/// A private address, the public one it is mapped to, or both, with the AWS members that say so.
struct Holding {
  var privateAddress: IPv4Address?
  var publicAddress: IPv4Address?
  var privateMember: StaticString = "PrivateIpAddress"
  var publicMember: StaticString = "PublicIpAddress"
}

extension World {
  /// Refuses addresses outside `network` and those that somebody else holds.
  /// - Parameter attachment: the instance of a network interface; of no use to other holders.
  func check(
    _ holdings: [Holding], of holder: AddressHolder, in network: Network, attachment: ID<Instance>? = nil
  ) throws(Refusal) {
    if holdings.count > 1 { try checkTwins(holdings, of: holder) }
    for holding in holdings { try check(holding, of: holder, in: network, attachment: attachment) }
  }

  func check(
    _ holding: Holding, of holder: AddressHolder, in network: Network, attachment: ID<Instance>? = nil
  ) throws(Refusal) {
    if let address = holding.privateAddress {
      try checkRange(address, in: network, member: holding.privateMember)
    }
    try checkHolders(holding, of: holder, in: network, attachment: attachment)
  }

  /// Refuses addresses that somebody else holds.
  func checkHolders(
    _ holding: Holding, of holder: AddressHolder, in network: Network, attachment: ID<Instance>? = nil
  ) throws(Refusal) {
    if let address = holding.privateAddress {
      try check(
        addresses[address, in: network], of: .v4(address), partner: holding.publicAddress, holder, network,
        attachment, member: holding.privateMember)
    }
    if let address = holding.publicAddress {
      try check(
        addresses[publicAddress: address], of: .v4(address), partner: holding.privateAddress, holder, network,
        attachment, member: holding.publicMember)
    }
  }

  func check(
    _ ipv6Addresses: [IPv6Address], of holder: AddressHolder, in network: Network, attachment: ID<Instance>? = nil,
    member: StaticString
  ) throws(Refusal) {
    var seen: Set<IPv6Address> = []
    for address in ipv6Addresses {
      guard seen.insert(address).inserted else {
        throw Refusal(.addressInUse(.v6(address), by: holder), member: member.description)
      }
      if case .vpc(let id) = network, let vpc = vpcs[id], !vpc.ipv6CIDRBlocks.contains(where: { $0.contains(address) })
      {
        throw Refusal(.addressOutsideVPC(.v6(address), id), member: member.description)
      }
      try check(
        addresses[address, in: network], of: .v6(address), partner: nil, holder, network, attachment, member: member)
    }
  }

  mutating func record(_ holdings: [Holding], of holder: AddressHolder, in network: Network) {
    for holding in holdings { record(holding, of: holder, in: network) }
  }

  mutating func record(_ holding: Holding, of holder: AddressHolder, in network: Network) {
    if let address = holding.privateAddress {
      addresses.record(address, in: network, holder, partner: holding.publicAddress)
    }
    if let address = holding.publicAddress {
      addresses.record(publicAddress: address, holder, partner: holding.privateAddress)
    }
  }

  mutating func record(_ ipv6Addresses: [IPv6Address], of holder: AddressHolder, in network: Network) {
    for address in ipv6Addresses { addresses.record(address, in: network, holder) }
  }

  func check(_ pairs: some Sequence<AddressPair>, inside subnet: Subnet?, member: String) throws(Refusal) {
    guard let subnet, let range = subnet.cidrBlock else { return }
    for pair in pairs where !range.contains(pair.privateAddress) {
      throw Refusal(.addressOutsideSubnet(.v4(pair.privateAddress), subnet.id), member: member)
    }
  }

  func checkTwins(_ holdings: [Holding], of holder: AddressHolder) throws(Refusal) {
    var privateAddresses: Set<IPv4Address> = []
    var publicAddresses: Set<IPv4Address> = []
    for holding in holdings {
      if let address = holding.privateAddress, !privateAddresses.insert(address).inserted {
        throw Refusal(.addressInUse(.v4(address), by: holder), member: holding.privateMember.description)
      }
      if let address = holding.publicAddress, !publicAddresses.insert(address).inserted {
        throw Refusal(.addressInUse(.v4(address), by: holder), member: holding.publicMember.description)
      }
    }
  }

  func checkRange(_ address: IPv4Address, in network: Network, member: StaticString) throws(Refusal) {
    switch network {
    case .classic:
      guard CIDRBlock.ec2Classic.contains(address) else {
        throw Refusal(.addressOutsideClassic(address), member: member.description)
      }
    case .vpc(let id):
      guard let row = vpcRows.row(of: id), vpcBounds[row].contains(address) else {
        throw Refusal(.addressOutsideVPC(.v4(address), id), member: member.description)
      }
    }
  }

  private func check(
    _ entry: AddressLedger.Entry?, of address: IPAddress, partner: IPv4Address?, _ holder: AddressHolder,
    _ network: Network, _ attachment: ID<Instance>?, member: StaticString
  ) throws(Refusal) {
    guard let entry else { return }
    if let other = conflict(holder, with: entry, address, in: network, attachment) {
      throw Refusal(.addressInUse(address, by: other), member: member.description)
    }
    if case .v4(let address) = address, let partner, let known = entry.partner, known != partner {
      throw Refusal(.addressMappedTwice(address, known, partner), member: member.description)
    }
  }

  /// The holder of an entry with whom `holder` cannot share it.
  private func conflict(
    _ holder: AddressHolder, with entry: AddressLedger.Entry, _ address: IPAddress, in network: Network,
    _ attachment: ID<Instance>?
  ) -> AddressHolder? {
    if entry.resource == nil, entry.interface == nil, case .v4(let address) = address { return .elasticIP(address) }
    if case .networkInterface = holder {
      if let other = entry.interface { return .networkInterface(other) }
      guard let resource = entry.resource else { return nil }
      return canShare(resource, network, withInterfaceOf: attachment, network: self.network(of: resource))
        ? nil : resource
    }
    if let other = entry.resource { return other }
    guard let id = entry.interface, let interface = networkInterfaces[id] else { return nil }
    return canShare(holder, network, withInterfaceOf: interface.instanceID, network: .vpc(interface.vpcID))
      ? nil : .networkInterface(id)
  }

  /// An interface shows the addresses of its instance; one without an instance those of a service in its VPC (S33).
  func canShare(
    _ resource: AddressHolder, _ one: Network?, withInterfaceOf attachment: ID<Instance>?, network other: Network?
  ) -> Bool {
    guard one == other else { return false }
    return if case .instance(let id) = resource { id == attachment } else { attachment == nil }
  }

  func network(of holder: AddressHolder) -> Network? {
    switch holder {
    case .instance(let id): instances[id].map { Network(vpcID: $0.vpcID, region: $0.region) }
    case .networkInterface(let id): networkInterfaces[id].map { .vpc($0.vpcID) }
    case .dbInstance(let id): dbInstances[id].map { Network(vpcID: $0.vpcID, region: $0.region) }
    case .redshiftCluster(let id): redshiftClusters[id].map { Network(vpcID: $0.vpcID, region: $0.region) }
    case .cacheCluster(let id): cacheClusters[id].map { Network(vpcID: $0.vpcID, region: $0.region) }
    case .loadBalancer(let id): loadBalancers[id].map { Network(vpcID: $0.vpcID, region: $0.region) }
    case .elasticIP: nil
    }
  }
}

/// What of a VPC never changes and is asked for every instance of a world.
struct VPCBounds: Sendable {
  let region: Region
  private let first: CIDRBlock
  private let others: [CIDRBlock]

  init(_ vpc: VPC) {
    region = vpc.region
    first = vpc.cidrBlock
    others = vpc.secondaryCIDRBlocks
  }

  func contains(_ address: IPv4Address) -> Bool {
    first.contains(address) || others.contains { $0.contains(address) }
  }
}

extension World {
  /// The instances that hold a private address in a VPC, or in EC2-Classic, which has one network a Region.
  public func instances(holding address: IPv4Address, inVPC id: ID<VPC>?) -> [ID<Instance>] {
    let networks = id.map { [Network.vpc($0)] } ?? addresses.classicNetworks
    return networks.compactMap { network in
      if case .instance(let id)? = addresses[address, in: network]?.resource { return id }
      return nil
    }
  }

  /// The resource that holds a public address, and the interface that shows it.
  public func holders(ofPublicAddress address: IPv4Address) -> [AddressHolder] {
    addresses[publicAddress: address]?.holders ?? []
  }

  /// The Regions of all services, some of them more than once.
  public var serviceRegions: [Region] {
    dbInstances.values.map(\.region) + dbClusters.values.map(\.region) + redshiftClusters.values.map(\.region)
      + cacheClusters.values.map(\.region) + loadBalancers.values.map(\.region)
  }
}
