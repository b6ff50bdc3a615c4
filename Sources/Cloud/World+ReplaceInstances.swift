// Replacing instances, network interfaces and Elastic IP addresses: what others show of them goes along.
import DNSWire

extension World {
  mutating func replace(_ replacement: Instance) throws(Refusal) {
    var new = replacement
    let old = try find(new.id, in: instances, kind: "instance", member: "InstanceId")
    try checkIdentity(of: new, insteadOf: old)
    // A launch may end; everything else has a change of its own.
    guard old.state == new.state || (old.state, new.state) == (.pending, .running) else {
      throw Refusal(.instanceState(new.id, old.state), member: "InstanceId")
    }
    guard old.state == .stopped || old.instanceType == new.instanceType && hostnameType(old) == hostnameType(new)
    else { throw Refusal(.instanceNotStopped(new.id, old.state), member: "InstanceType") }
    try keepElasticIPs(of: .instance(new.id), Array(old.addresses), Array(new.addresses))
    enroll(old, false)
    do { try check(new) } catch {
      enroll(old, true)
      throw error
    }
    let network = Network(vpcID: new.vpcID, region: new.region)
    new.addresses = AddressPairs(completed(Array(new.addresses), in: network))
    enroll(new, true)
    instances.update(new.id) { $0 = new }
  }

  private func checkIdentity(of new: Instance, insteadOf old: Instance) throws(Refusal) {
    let id = new.id.rawValue
    try keep(old.vpcID == new.vpcID, kind: "instance", id: id, member: "VpcId")
    try keep(old.subnetID == new.subnetID, kind: "instance", id: id, member: "SubnetId")
    try keep(old.region == new.region, kind: "instance", id: id, member: "Placement")
    try keep(old.availabilityZone == new.availabilityZone, kind: "instance", id: id, member: "Placement")
    try keep(old.ownerID == new.ownerID, kind: "instance", id: id, member: "OwnerId")
    try keep(
      old.addresses.isEmpty && !old.isClassic || old.privateIPAddress == new.privateIPAddress, kind: "instance",
      id: id, member: "PrivateIpAddress")
    guard !old.isClassic || old.securityGroupIDs == new.securityGroupIDs else {
      throw Refusal(.classicGroupsFixed(new.id), member: "SecurityGroups")  // semantics 4.5
    }
  }

  private func hostnameType(_ instance: Instance) -> PrivateDnsNameOptions.HostnameType {
    let launch = instance.subnetID.flatMap { subnets[$0]?.privateDnsNameOptionsOnLaunch }
    return (instance.privateDnsNameOptions ?? launch ?? PrivateDnsNameOptions()).hostnameType
  }

  /// The private address of an Elastic IP address stays until that is disassociated.
  private func keepElasticIPs(
    of holder: AddressHolder, _ old: [AddressPair], _ new: [AddressPair]
  ) throws(Refusal) {
    for pair in old {
      guard let address = pair.publicAddress, elasticIPs[address]?.target == holder,
        !new.contains(where: { $0.privateAddress == pair.privateAddress })
      else { continue }
      throw Refusal(
        .addressInUse(.v4(pair.privateAddress), by: .elasticIP(address)), member: "PrivateIpAddress")
    }
  }

  /// Attaching and detaching tells the Elastic IP addresses of the interface.
  mutating func replace(_ new: NetworkInterface) throws(Refusal) {
    let old = try find(new.id, in: networkInterfaces, kind: "network interface", member: "NetworkInterfaceId")
    try keep(
      old.vpcID == new.vpcID && old.subnetID == new.subnetID, kind: "network interface", id: new.id.rawValue,
      member: "SubnetId")
    try keepElasticIPs(of: .networkInterface(new.id), old.addresses, new.addresses)
    enroll(old, false)
    do { try check(new) } catch {
      enroll(old, true)
      throw error
    }
    put(new)
    effects?.note(old)
    effects?.note(new)
    guard old.instanceID != new.instanceID else { return }
    for address in old.addresses.compactMap(\.publicAddress)
    where elasticIPs[address]?.networkInterfaceID == new.id && elasticIPs[address]?.instanceID == old.instanceID {
      elasticIPs[address]?.instanceID = new.instanceID
    }
  }

  /// Associates, disassociates and moves. The public address that the target was given at its launch is released.
  mutating func replace(_ new: ElasticIP) throws(Refusal) {
    let address = new.publicIP
    guard let old = elasticIPs[address] else {
      throw Refusal(.notFound(kind: "Elastic IP address", id: address.description), member: "PublicIp")
    }
    try keep(
      old.region == new.region && old.domain == new.domain && old.ownerID == new.ownerID, kind: "Elastic IP address",
      id: address.description,
      member: "Domain")
    // A service shows the address as its own: it lets go of it when it is modified or deleted.
    if let target = old.target, target != new.target || old.privateIPAddress != new.privateIPAddress,
      let service = service(holdingPublicAddress: address)
    {
      throw Refusal(.addressOfService(address, service), member: "AssociationId")
    }
    let side = privateSide(of: old)
    enroll(old, false)
    elasticIPs[address] = nil
    if let side { show(nil, at: side.address, in: side.network) }
    do {
      try associate(new)
    } catch {
      if let side { show(address, at: side.address, in: side.network) }
      elasticIPs[address] = old
      enroll(old, true)
      throw error
    }
  }

  private mutating func associate(_ new: ElasticIP) throws(Refusal) {
    let target = try target(of: new)
    if let target {
      let known = addresses[target.privateAddress, in: target.network]?.partner
      let isReleased = known.map { elasticIPs[$0] == nil } ?? false
      if isReleased { show(nil, at: target.privateAddress, in: target.network) }
      do { try check(new, with: target) } catch {
        if isReleased { show(known, at: target.privateAddress, in: target.network) }
        throw error
      }
    }
    elasticIPs[new.publicIP] = new
    if let target { show(new.publicIP, at: target.privateAddress, in: target.network) }
    enroll(new, true)
  }
}
