// Load balancers: the addresses of each, and which instances may be registered with it (S25, S26).
import DNSWire

extension World {
  mutating func add(_ balancer: LoadBalancer) throws(Refusal) {
    try refuseSecond(balancer.id, in: loadBalancers, kind: "load balancer", member: "DNSName")
    try check(balancer)
    loadBalancers[balancer.id] = balancer
    enroll(balancer, true)
  }

  func check(_ balancer: LoadBalancer) throws(Refusal) {
    try check(balancer.details)
    let vpcMember = if case .classic = balancer.generation { "VPCId" } else { "VpcId" }
    _ = try findVPC(
      balancer.vpcID, of: balancer.id.rawValue, kind: "load balancer", region: balancer.region, member: vpcMember)
    for count in [balancer.publicAddresses.count, balancer.privateAddresses.count, balancer.ipv6Addresses.count] {
      let member = LoadBalancer.addressMember.description
      try refuseMore("addresses of \(balancer.id)", count, than: Quotas.targetsOfName, member: member)
    }
    try checkEndpoints([(balancer.dnsName, "DNSName")])
    let network = Network(vpcID: balancer.vpcID, region: balancer.region)
    try check(balancer.holdings, of: .loadBalancer(balancer.id), in: network)
    try check(
      balancer.ownIPv6Addresses, of: .loadBalancer(balancer.id), in: network, member: LoadBalancer.addressMember)
    var seen: Set<ID<Instance>> = []
    for id in balancer.instanceIDs {
      let instance = try find(id, in: instances, kind: "instance", member: "Instances")
      guard seen.insert(id).inserted else { throw Refusal(.registeredTwice(id), member: "Instances") }
      guard canRegister(instance, with: balancer) else {
        throw Refusal(.notRegistrable(id, balancer.id), member: "Instances")
      }
    }
  }

  mutating func enroll(_ balancer: LoadBalancer, _ isThere: Bool) {
    let holder = AddressHolder.loadBalancer(balancer.id)
    let network = Network(vpcID: balancer.vpcID, region: balancer.region)
    enroll(balancer.holdings, of: holder, in: network, isThere)
    enroll(balancer.ownIPv6Addresses, of: holder, in: network, isThere)
    enroll(endpoints: [balancer.dnsName], of: holder.description, isThere)
    use(balancer.vpcID, balancer.region, [], isThere)
    for id in balancer.instanceIDs { balancerIDs.set(balancer.id, of: id, isThere) }
  }

  private func canRegister(_ instance: Instance, with balancer: LoadBalancer) -> Bool {
    guard instance.isClassic, let vpcID = balancer.vpcID else {
      return instance.vpcID == balancer.vpcID && instance.region == balancer.region
    }
    return classicLinks[instance.id]?.vpcID == vpcID && hasSubnet(vpcID, inZoneOf: instance)  // S25
  }

  private func hasSubnet(_ vpcID: ID<VPC>, inZoneOf instance: Instance) -> Bool {
    guard let zone = instance.availabilityZone else { return false }
    return subnetIDs[vpcID]?.contains { subnets[$0]?.availabilityZone == zone } ?? false
  }

  /// The load balancer that cannot do without a subnet: a linked instance of its zone is registered (S25).
  func balancerThatNeeds(_ subnet: Subnet) -> ID<LoadBalancer>? {
    guard let zone = subnet.availabilityZone else { return nil }
    let siblings = (subnetIDs[subnet.vpcID] ?? []).filter { subnets[$0]?.availabilityZone == zone }
    guard siblings.count == 1 else { return nil }
    return loadBalancers.values.filter { balancer in
      balancer.vpcID == subnet.vpcID
        && balancer.instanceIDs.contains { instances[$0]?.isClassic == true && instances[$0]?.availabilityZone == zone }
    }.map(\.id).min()
  }

  /// Takes an instance from every load balancer (S26), or a linked one from those of its VPC.
  mutating func deregister(_ instanceID: ID<Instance>, from vpcID: ID<VPC>? = nil) {
    for id in balancerIDs[instanceID] ?? [] where vpcID == nil || loadBalancers[id]?.vpcID == vpcID {
      loadBalancers[id]?.instanceIDs.removeAll { $0 == instanceID }
      balancerIDs.set(id, of: instanceID, false)
    }
  }
}

extension LoadBalancer {
  /// The member of a world file that holds the addresses.
  fileprivate static let addressMember: StaticString = "LoadBalancerAddresses"

  fileprivate var holdings: [Holding] {
    privateAddresses.map { Holding(privateAddress: $0, privateMember: Self.addressMember) }
      + publicAddresses.map { Holding(publicAddress: $0, publicMember: Self.addressMember) }
  }

  /// The IPv6 addresses of a Classic load balancer are AWS's own, not the VPC's.
  fileprivate var ownIPv6Addresses: [IPv6Address] {
    if case .v2 = generation { ipv6Addresses } else { [] }
  }
}
