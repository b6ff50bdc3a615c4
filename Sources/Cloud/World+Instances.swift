// Instances: what they refer to, and what starting and stopping does to their addresses and links.
import DNSWire

extension World {
  /// A stopped EC2-Classic instance is kept without its addresses: AWS took them when it stopped (semantics 4.5).
  mutating func add(_ instance: consuming Instance) throws(Refusal) {
    guard !instances.contains(instance.id) else {
      throw Refusal(.alreadyExists(kind: "instance", id: instance.id.rawValue), member: "InstanceId")
    }
    try check(instance)
    if instance.isClassic, instance.state == .stopped {
      instance.addresses = []
    } else if !elasticIPs.isEmpty {
      let network = Network(vpcID: instance.vpcID, region: instance.region)
      instance.addresses = AddressPairs(completed(Array(instance.addresses), in: network))
    }
    enroll(instance, true)
    instances.add(instance, instance.id)
  }

  func check(_ instance: Instance) throws(Refusal) {
    try check(instance.details)
    let vpcRow = instance.vpcID.flatMap { vpcRows.row(of: $0) }
    if let id = instance.vpcID, let vpcRow, vpcBounds[vpcRow].region == instance.region {
      if let subnetID = instance.subnetID {
        let subnet = try findSubnet(subnetID, of: id)
        // The others may belong to a second interface, in another subnet.
        try check(instance.addresses.prefix(1), inside: subnet, member: "PrivateIpAddress")
      }
    } else {
      _ = try findVPC(instance.vpcID, of: instance.id.rawValue, kind: "instance", region: instance.region)
      try checkClassic(instance)
    }
    try checkGroups(instance.securityGroupIDs, of: instance.vpcID, in: instance.region, member: "SecurityGroups")
    let network = Network(vpcID: instance.vpcID, region: instance.region)
    let holder = AddressHolder.instance(instance.id)
    if instance.addresses.count > 1 { try checkTwins(instance.addresses.map(Holding.init(_:)), of: holder) }
    for pair in instance.addresses {
      let isInVPC = vpcRow.map { vpcBounds[$0].contains(pair.privateAddress) } ?? false
      if !isInVPC { try checkRange(pair.privateAddress, in: network, member: "PrivateIpAddress") }
      try checkHolders(Holding(pair), of: holder, in: network)
    }
    if !instance.ipv6Addresses.isEmpty {
      try check(instance.ipv6Addresses, of: holder, in: network, member: "Ipv6Address")
    }
  }

  mutating func enroll(_ instance: Instance, _ isThere: Bool) {
    let network = Network(vpcID: instance.vpcID, region: instance.region)
    let holder = AddressHolder.instance(instance.id)
    for pair in instance.addresses { enroll(Holding(pair), of: holder, in: network, isThere) }
    if !instance.ipv6Addresses.isEmpty { enroll(instance.ipv6Addresses, of: holder, in: network, isThere) }
    let step = isThere ? 1 : -1
    if let id = instance.vpcID { vpcUses.add(step, to: id) }
    if let id = instance.subnetID { subnetUses.add(step, to: id) }
    groupUses.add(step, to: instance.securityGroupIDs)
    regionUses.add(step, to: instance.region)
  }

  private func checkClassic(_ instance: Instance) throws(Refusal) {
    guard instance.subnetID == nil else { throw Refusal(.classicInstanceInVPC(instance.id), member: "SubnetId") }
    guard instance.ipv6Addresses.isEmpty else {
      throw Refusal(.ipv6InClassic(instance.id), member: "Ipv6Address")  // S8
    }
    guard instance.addresses.count <= 1 else {
      throw Refusal(.severalAddressesInClassic(instance.id), member: "PrivateIpAddress")
    }
  }

  /// Starting does not link again (S54). An instance that runs stays as it is.
  mutating func start(_ id: ID<Instance>, _ pair: AddressPair?) throws(Refusal) {
    let instance = try find(id, in: instances, kind: "instance", member: "InstanceId")
    if instance.state == .running, pair == nil { return }
    guard instance.state == .stopped else { throw Refusal(.instanceState(id, instance.state), member: "InstanceId") }
    if let pair {
      if instance.isClassic { try take(pair, for: instance) } else { try map(pair, for: instance) }
    }
    instances.update(id) { $0.state = .running }
  }

  /// Stopping unlinks (S21, S54). An EC2-Classic instance loses its addresses and its Elastic IP address is free again;
  /// one in a VPC keeps the private addresses and the Elastic ones (semantics 4.5).
  mutating func stop(_ id: ID<Instance>) throws(Refusal) {
    let instance = try find(id, in: instances, kind: "instance", member: "InstanceId")
    guard instance.state != .shuttingDown else {
      throw Refusal(.instanceState(id, instance.state), member: "InstanceId")
    }
    unlink(id)
    if instance.isClassic { releaseAddresses(of: instance) } else { releasePublicAddresses(of: instance) }
    instances.update(id) { $0.state = .stopped }
  }

  /// A new address at each start (semantics 4.5); a stopped instance has none.
  private mutating func take(_ pair: AddressPair, for instance: Instance) throws(Refusal) {
    let network = Network.classic(instance.region)
    let holder = AddressHolder.instance(instance.id)
    try check(Holding(pair), of: holder, in: network)
    enroll(Holding(pair), of: holder, in: network, true)
    instances.update(instance.id) { $0.addresses = [pair] }
  }

  /// The private address stays, the public one is new.
  private mutating func map(_ pair: AddressPair, for instance: Instance) throws(Refusal) {
    guard instance.privateIPAddress == pair.privateAddress else {
      throw Refusal(.notItsPrivateAddress(pair.privateAddress, .instance(instance.id)), member: "PrivateIpAddress")
    }
    let network = Network(vpcID: instance.vpcID, region: instance.region)
    let entry = addresses[pair.privateAddress, in: network]
    guard let publicAddress = pair.publicAddress, publicAddress != entry?.partner else { return }
    if let known = entry?.partner {
      throw Refusal(.addressMappedTwice(pair.privateAddress, known, publicAddress), member: "PublicIpAddress")
    }
    if let taken = addresses[publicAddress: publicAddress] {
      let holder = taken.holder ?? .elasticIP(publicAddress)
      throw Refusal(.addressInUse(.v4(publicAddress), by: holder), member: "PublicIpAddress")
    }
    show(publicAddress, at: pair.privateAddress, in: network)
  }

  private mutating func releaseAddresses(of instance: Instance) {
    for pair in instance.addresses {
      if let publicAddress = pair.publicAddress, elasticIPs[publicAddress] != nil { disassociate(publicAddress) }
    }
    guard let rest = instances[instance.id]?.addresses else { return }
    enroll(
      rest.map(Holding.init(_:)), of: .instance(instance.id), in: .classic(instance.region), false)
    instances.update(instance.id) { $0.addresses = [] }
  }

  private mutating func releasePublicAddresses(of instance: Instance) {
    let network = Network(vpcID: instance.vpcID, region: instance.region)
    for pair in instance.addresses {
      let known = addresses[pair.privateAddress, in: network]?.partner
      guard let publicAddress = known, elasticIPs[publicAddress] == nil else { continue }
      show(nil, at: pair.privateAddress, in: network)
    }
  }
}

extension Holding {
  init(_ pair: AddressPair) {
    self.init(privateAddress: pair.privateAddress, publicAddress: pair.publicAddress)
  }
}
