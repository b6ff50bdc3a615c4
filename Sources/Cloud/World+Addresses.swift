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
    var privateEntry: AddressLedger.Entry?
    if let address = holding.privateAddress {
      privateEntry = addresses[address, in: network]
      try check(
        privateEntry, of: .v4(address), partner: holding.publicAddress, holder, network, attachment,
        member: holding.privateMember)
    }
    // Who holds a private address holds the public one that it is mapped to.
    if let address = holding.publicAddress ?? privateEntry?.partner {
      let entry = publicEntry(address)
      try check(
        entry, of: .v4(address), partner: holding.privateAddress, holder, network, attachment,
        member: holding.publicMember)
      if let one = privateEntry?.resource, let other = entry?.resource, one != other {
        throw Refusal(.addressInUse(.v4(address), by: other), member: holding.publicMember.description)
      }
    }
  }

  /// The entry of a public address. A service may say only the private one that its interface maps to it.
  private func publicEntry(_ address: IPv4Address) -> AddressLedger.Entry? {
    guard var entry = addresses[publicAddress: address] else { return nil }
    if entry.resource == nil, let partner = entry.partner, let id = entry.interface,
      let interface = networkInterfaces[id]
    {
      entry.resource = addresses[partner, in: .vpc(interface.vpcID)]?.resource
    }
    return entry
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

  /// Notes that somebody has addresses, or has them no more.
  mutating func enroll(_ holdings: [Holding], of holder: AddressHolder, in network: Network, _ isThere: Bool) {
    for holding in holdings { enroll(holding, of: holder, in: network, isThere) }
  }

  mutating func enroll(_ holding: Holding, of holder: AddressHolder, in network: Network, _ isThere: Bool) {
    switch (holding.privateAddress, isThere) {
    case (let address?, true): addresses.record(address, in: network, holder, partner: holding.publicAddress)
    case (let address?, false): addresses.release(address, in: network, holder)
    case (nil, _): break
    }
    switch (holding.publicAddress, isThere) {
    case (let address?, true): addresses.record(publicAddress: address, holder, partner: holding.privateAddress)
    case (let address?, false): addresses.release(publicAddress: address, holder)
    case (nil, _): break
    }
  }

  mutating func enroll(
    _ ipv6Addresses: [IPv6Address], of holder: AddressHolder, in network: Network, _ isThere: Bool
  ) {
    for address in ipv6Addresses {
      if isThere {
        addresses.record(address, in: network, holder)
      } else {
        addresses.release(address, in: network, holder)
      }
    }
  }

  /// Writes a public address, or none, into the instance and the interface that hold the private one.
  mutating func show(_ publicAddress: IPv4Address?, at privateAddress: IPv4Address, in network: Network) {
    let entry = addresses[privateAddress, in: network]
    if case .instance(let id)? = entry?.resource,
      let index = instances[id]?.addresses.firstIndex(where: { $0.privateAddress == privateAddress })
    {
      var pair = AddressPair(privateAddress: privateAddress, publicAddress: nil)
      instances.update(id) {
        swap(&pair, &$0.addresses[index])
        $0.addresses[index].publicAddress = publicAddress
      }
      map(pair, to: publicAddress, of: .instance(id), in: network)
    }
    if let id = entry?.interface, let interface = networkInterfaces[id],
      let index = interface.addresses.firstIndex(where: { $0.privateAddress == privateAddress })
    {
      networkInterfaces[id]?.addresses[index].publicAddress = publicAddress
      map(interface.addresses[index], to: publicAddress, of: .networkInterface(id), in: network)
      effects?.note(interface)
    }
  }

  private mutating func map(
    _ pair: AddressPair, to publicAddress: IPv4Address?, of holder: AddressHolder, in network: Network
  ) {
    enroll(Holding(pair), of: holder, in: network, false)
    enroll(
      Holding(privateAddress: pair.privateAddress, publicAddress: publicAddress), of: holder, in: network, true)
  }

  /// With the Elastic IP addresses that are associated with the private ones.
  func completed(_ pairs: [AddressPair], in network: Network) -> [AddressPair] {
    guard !elasticIPs.isEmpty else { return pairs }
    return pairs.map { pair in
      guard pair.publicAddress == nil, let entry = addresses[pair.privateAddress, in: network], entry.isAssociated
      else { return pair }
      return AddressPair(privateAddress: pair.privateAddress, publicAddress: entry.partner)
    }
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
    if entry.resource == nil, entry.interface == nil {
      guard case .v4(let address) = address else { return nil }
      // Where an Elastic IP address leads to nobody, its target is being replaced.
      let isTarget = [address, entry.partner].contains { $0.flatMap { elasticIPs[$0]?.target } == holder }
      return isTarget ? nil : .elasticIP(address)
    }
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

/// What of a VPC seldom changes and is asked for every instance of a world.
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

  /// Whether something has the private address, in a VPC or in EC2-Classic of a Region.
  public func isHeld(_ address: IPv4Address, inVPC id: ID<VPC>) -> Bool { addresses[address, in: .vpc(id)] != nil }
  public func isHeld(_ address: IPv4Address, inClassicOf region: Region) -> Bool {
    addresses[address, in: .classic(region)] != nil
  }
  /// Whether something has the public address, an Elastic IP address without an instance included.
  public func isHeld(publicAddress address: IPv4Address) -> Bool { addresses[publicAddress: address] != nil }

  /// The resource that holds a public address, and the interface that shows it.
  public func holders(ofPublicAddress address: IPv4Address) -> [AddressHolder] {
    addresses[publicAddress: address]?.holders ?? []
  }

  /// The service that has a public address, itself or by the interface that shows its private one.
  public func service(holdingPublicAddress address: IPv4Address) -> AddressHolder? {
    publicEntry(address)?.service
  }

  /// The service whose private address an interface shows (S33): it alone says what becomes of the interface.
  public func service(of interface: NetworkInterface) -> AddressHolder? {
    interface.addresses.lazy.compactMap { addresses[$0.privateAddress, in: .vpc(interface.vpcID)]?.service }.first
  }

  /// The Regions of everything that has one.
  public var regions: Set<Region> { Set(regionUses.regions) }
}
