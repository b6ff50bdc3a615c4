// Network interfaces and Elastic IP addresses: both repeat addresses that an instance or a service shows too.
import DNSWire

extension World {
  mutating func add(_ interface: NetworkInterface) throws(Refusal) {
    try refuseSecond(
      interface.id, in: networkInterfaces, kind: "network interface", member: "NetworkInterfaceId")
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
    let holdings = interface.addresses.map {
      Holding(
        privateAddress: $0.privateAddress, publicAddress: $0.publicAddress, privateMember: "PrivateIpAddresses",
        publicMember: "PrivateIpAddresses")
    }
    try check(holdings, of: holder, in: network, attachment: interface.instanceID)
    try check(
      interface.ipv6Addresses, of: holder, in: network, attachment: interface.instanceID, member: "Ipv6Addresses")
    record(holdings, of: holder, in: network)
    record(interface.ipv6Addresses, of: holder, in: network)
    networkInterfaces[interface.id] = interface
  }

  mutating func add(_ elasticIP: ElasticIP) throws(Refusal) {
    let address = elasticIP.publicIP
    guard elasticIPs[address] == nil else {
      throw Refusal(.alreadyExists(kind: "Elastic IP address", id: address.description), member: "PublicIp")
    }
    guard elasticIP.domain == .vpc || supportsClassic else {
      throw Refusal(.classicNotSupported(kind: "Elastic IP address", id: address.description), member: "Domain")  // S5
    }
    if let target = try target(of: elasticIP) {
      try associate(elasticIP, with: target)
    } else {
      if let entry = addresses[publicAddress: address], let holder = entry.holder {
        throw Refusal(.addressInUse(.v4(address), by: holder), member: "PublicIp")
      }
      addresses.reserve(address)
    }
    elasticIPs[address] = elasticIP
  }

  /// Where an Elastic IP address leads.
  private struct Target {
    var holder: AddressHolder
    var network: Network
    /// The one that is named, else the primary.
    var privateAddress: IPv4Address
  }

  /// `nil` for an address that is associated with nothing.
  private func target(of elasticIP: ElasticIP) throws(Refusal) -> Target? {
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

  /// The public address joins the holders of the private one, and they show it.
  private mutating func associate(_ elasticIP: ElasticIP, with target: Target) throws(Refusal) {
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
    for holder in entry?.holders ?? [] {
      addresses.record(publicAddress: address, holder, partner: target.privateAddress)
    }
    addresses.record(target.privateAddress, in: target.network, target.holder, partner: address)
    show(address, at: target.privateAddress, in: target.network)
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
}
