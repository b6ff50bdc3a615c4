// Network interfaces and Elastic IP addresses: both repeat addresses that an instance or a service shows too.
import DNSWire

extension World {
  /// The interfaces of an instance, by their ids.
  public func networkInterfaces(of id: ID<Instance>) -> [NetworkInterface] {
    (interfaceIDs[id] ?? []).sorted().compactMap { networkInterfaces[$0] }
  }

  mutating func add(_ interface: NetworkInterface) throws(Refusal) {
    try refuseSecond(
      interface.id, in: networkInterfaces, kind: "network interface", member: "NetworkInterfaceId")
    try check(interface)
    put(interface)
  }

  /// An interface that has been checked, with the Elastic IP addresses of its private ones.
  mutating func put(_ interface: NetworkInterface) {
    var interface = interface
    interface.addresses = completed(interface.addresses, in: .vpc(interface.vpcID))
    networkInterfaces[interface.id] = interface
    enroll(interface, true)
  }

  func check(_ interface: NetworkInterface) throws(Refusal) {
    let vpc = try findVPC(interface.vpcID)
    let subnet = try findSubnet(interface.subnetID, of: vpc.id)
    if let id = interface.instanceID {
      let instance = try find(id, in: instances, kind: "instance", member: "Attachment")
      guard !instance.isClassic else { throw Refusal(.classicInstanceInVPC(id), member: "Attachment") }
      guard instance.vpcID == vpc.id else {
        throw Refusal(.inAnotherVPC(kind: "instance", id: id.rawValue, vpc.id), member: "Attachment")
      }
    }
    try checkGroups(interface.securityGroupIDs, of: vpc.id, member: "Groups")
    try check(interface.addresses, inside: subnet, member: "PrivateIpAddresses")
    let network = Network.vpc(vpc.id)
    let holder = AddressHolder.networkInterface(interface.id)
    try check(interface.holdings, of: holder, in: network, attachment: interface.instanceID)
    try check(
      interface.ipv6Addresses, of: holder, in: network, attachment: interface.instanceID, member: "Ipv6Addresses")
  }

  mutating func enroll(_ interface: NetworkInterface, _ isThere: Bool) {
    let network = Network.vpc(interface.vpcID)
    let holder = AddressHolder.networkInterface(interface.id)
    enroll(interface.holdings, of: holder, in: network, isThere)
    enroll(interface.ipv6Addresses, of: holder, in: network, isThere)
    let step = isThere ? 1 : -1
    vpcUses.add(step, to: interface.vpcID)
    if let id = interface.subnetID { subnetUses.add(step, to: id) }
    groupUses.add(step, to: interface.securityGroupIDs)
    if let id = interface.instanceID { interfaceIDs.set(interface.id, of: id, isThere) }
    enrollDatabaseInterface(interface, isThere)
  }

  mutating func add(_ elasticIP: ElasticIP) throws(Refusal) {
    let address = elasticIP.publicIP
    guard elasticIPs[address] == nil else {
      throw Refusal(.alreadyExists(kind: "Elastic IP address", id: address.description), member: "PublicIp")
    }
    try check(elasticIP.region)
    guard elasticIP.domain == .vpc || supportsClassic else {
      throw Refusal(.classicNotSupported(kind: "Elastic IP address", id: address.description), member: "Domain")  // S5
    }
    let target = try target(of: elasticIP)
    if let target {
      try check(elasticIP, with: target)
    } else if let entry = addresses[publicAddress: address], let holder = entry.holder {
      throw Refusal(.addressInUse(.v4(address), by: holder), member: "PublicIp")
    }
    elasticIPs[address] = elasticIP
    if let target { show(address, at: target.privateAddress, in: target.network) }
    enroll(elasticIP, true)
  }

  /// The target shows the address by now, if there is one.
  mutating func enroll(_ elasticIP: ElasticIP, _ isThere: Bool) {
    let address = elasticIP.publicIP
    addresses.reserve(address, isThere)
    regionUses.add(isThere ? 1 : -1, to: elasticIP.region)
    if let (privateAddress, network) = privateSide(of: elasticIP) {
      addresses.associate(address, with: privateAddress, in: network, isThere)
    }
  }

  /// The private address to which an Elastic IP address leads, as its target shows it.
  func privateSide(of elasticIP: ElasticIP) -> (address: IPv4Address, network: Network)? {
    let pairs: [AddressPair]
    let network: Network
    switch elasticIP.target {
    case .networkInterface(let id)?:
      guard let interface = networkInterfaces[id] else { return nil }
      (pairs, network) = (interface.addresses, .vpc(interface.vpcID))
    case .instance(let id)?:
      guard let instance = instances[id] else { return nil }
      (pairs, network) = (Array(instance.addresses), Network(vpcID: instance.vpcID, region: instance.region))
    default: return nil
    }
    return pairs.first { $0.publicAddress == elasticIP.publicIP }.map { ($0.privateAddress, network) }
  }

  /// The address leads nowhere any more; its target goes on without it.
  mutating func disassociate(_ publicAddress: IPv4Address) {
    guard let elasticIP = elasticIPs[publicAddress], let (privateAddress, network) = privateSide(of: elasticIP) else {
      return
    }
    addresses.associate(publicAddress, with: privateAddress, in: network, false)
    show(nil, at: privateAddress, in: network)
    elasticIPs[publicAddress]?.instanceID = nil
    elasticIPs[publicAddress]?.networkInterfaceID = nil
    elasticIPs[publicAddress]?.privateIPAddress = nil
  }

  /// Where an Elastic IP address leads.
  struct Target {
    var holder: AddressHolder
    var network: Network
    /// The one that is named, else the primary.
    var privateAddress: IPv4Address
  }

  /// `nil` for an address that is associated with nothing.
  func target(of elasticIP: ElasticIP) throws(Refusal) -> Target? {
    var instance: Instance?
    if let id = elasticIP.instanceID {
      let found = try find(id, in: instances, kind: "instance", member: "InstanceId")
      guard found.region == elasticIP.region else {
        throw Refusal(
          .otherRegion(kind: "instance", id: id.rawValue, region: found.region, expected: elasticIP.region),
          member: "InstanceId")
      }
      guard elasticIP.domain == .standard || !found.isClassic else {
        throw Refusal(.vpcElasticIPOnClassicInstance(elasticIP.publicIP, id), member: "InstanceId")  // S59
      }
      guard elasticIP.domain == .vpc || found.isClassic else {
        throw Refusal(.classicElasticIPInVPC(elasticIP.publicIP), member: "InstanceId")
      }
      instance = found
    }
    if let id = elasticIP.networkInterfaceID {
      let interface = try find(id, in: networkInterfaces, kind: "network interface", member: "NetworkInterfaceId")
      guard elasticIP.domain == .vpc else {
        throw Refusal(.classicElasticIPInVPC(elasticIP.publicIP), member: "NetworkInterfaceId")
      }
      if let vpc = vpcs[interface.vpcID], vpc.region != elasticIP.region {
        throw Refusal(
          .otherRegion(kind: "network interface", id: id.rawValue, region: vpc.region, expected: elasticIP.region),
          member: "NetworkInterfaceId")
      }
      if let instance, interface.instanceID != instance.id {
        throw Refusal(.interfaceOfAnotherInstance(id, instance.id), member: "NetworkInterfaceId")
      }
      return try target(
        elasticIP, .networkInterface(id), .vpc(interface.vpcID), interface.addresses)
    }
    guard let instance else { return nil }
    return try target(
      elasticIP, .instance(instance.id), Network(vpcID: instance.vpcID, region: instance.region), instance.addresses)
  }

  private func target(
    _ elasticIP: ElasticIP, _ holder: AddressHolder, _ network: Network, _ pairs: some Collection<AddressPair>
  ) throws(Refusal) -> Target {
    let wanted = elasticIP.privateIPAddress
    guard let pair = pairs.first(where: { wanted == nil || $0.privateAddress == wanted }) else {
      throw Refusal(.notItsPrivateAddress(wanted, holder), member: "PrivateIpAddress")
    }
    return Target(holder: holder, network: network, privateAddress: pair.privateAddress)
  }

  /// The public address is going to join the holders of the private one.
  func check(_ elasticIP: ElasticIP, with target: Target) throws(Refusal) {
    let address = elasticIP.publicIP
    let entry = addresses[target.privateAddress, in: target.network]
    if let known = entry?.partner, known != address {
      throw Refusal(.addressMappedTwice(target.privateAddress, known, address), member: "PublicIp")
    }
    if entry?.partner == nil, let taken = addresses[publicAddress: address], let holder = taken.holder,
      !isService(holder, shownBy: target, taken, entry)
    {
      throw Refusal(.addressInUse(.v4(address), by: holder), member: "PublicIp")
    }
  }

  /// A service may name a public address without the private one; its interface then tells the other half.
  private func isService(
    _ holder: AddressHolder, shownBy target: Target, _ publicEntry: AddressLedger.Entry,
    _ privateEntry: AddressLedger.Entry?
  ) -> Bool {
    guard case .networkInterface(let id) = target.holder, let interface = networkInterfaces[id],
      publicEntry.partner == nil, publicEntry.interface == nil,
      privateEntry?.resource == nil || privateEntry?.resource == holder
    else { return false }
    return canShare(holder, network(of: holder), withInterfaceOf: interface.instanceID, network: target.network)
  }
}

extension AddressLedger.Entry {
  /// The resource and the interface, those that there are.
  var holders: [AddressHolder] { [resource, interface.map { .networkInterface($0) }].compactMap { $0 } }
  var holder: AddressHolder? { holders.first }
  /// The resource, unless it is an instance: its addresses are the caller's to move.
  var service: AddressHolder? {
    switch resource {
    case .dbInstance, .redshiftCluster, .cacheCluster, .loadBalancer: resource
    case .instance, .networkInterface, .elasticIP, nil: nil
    }
  }
}

extension ElasticIP {
  /// What the address is associated with.
  var target: AddressHolder? {
    networkInterfaceID.map { .networkInterface($0) } ?? instanceID.map { .instance($0) }
  }
}

extension NetworkInterface {
  fileprivate var holdings: [Holding] {
    addresses.map {
      Holding(
        privateAddress: $0.privateAddress, publicAddress: $0.publicAddress, privateMember: "PrivateIpAddresses",
        publicMember: "PrivateIpAddresses")
    }
  }
}
