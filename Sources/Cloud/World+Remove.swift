// Removing a resource: refused while something needs it; what cannot be without it goes along.
import DNSWire

extension World {
  mutating func remove(_ id: ResourceID) throws(Refusal) {
    switch id {
    case .supportedPlatforms, .settings: throw Refusal(.cannotRemove)
    case .dhcpOptions(let id):
      let options = try find(id, in: dhcpOptions, kind: "DHCP options set", member: "DhcpOptionsId")
      let count = dhcpUses[id]
      try refuseUsers(count > 0 ? "VPCs (\(count))" : nil, of: "DHCP options set", id.rawValue, "DhcpOptionsId")
      dhcpOptions[options.id] = nil
    case .vpc(let id): try remove(try findVPC(id))
    case .subnet(let id): try remove(try find(id, in: subnets, kind: "subnet", member: "SubnetId"))
    case .routeTable(let id):
      try remove(try find(id, in: routeTables, kind: "route table", member: "RouteTableId"))
    case .securityGroup(let id):
      try remove(try find(id, in: securityGroups, kind: "security group", member: "GroupId"))
    case .networkInterface(let id):
      let interface = try find(id, in: networkInterfaces, kind: "network interface", member: "NetworkInterfaceId")
      if let instanceID = interface.instanceID {
        throw Refusal(.interfaceAttached(id, instanceID), member: "NetworkInterfaceId")
      }
      removeInterface(id)
    case .instance(let id): try terminate(id)
    case .elasticIP(let address): try release(address)
    case .classicLink(let id):
      guard let link = classicLinks[id] else {
        throw Refusal(.notFound(kind: "link", id: id.rawValue), member: "InstanceId")
      }
      try detach(id, from: link.vpcID)
    case .peering(let id):
      let peering = try find(id, in: peerings, kind: "VPC peering connection", member: "VpcPeeringConnectionId")
      guard peering.hasEnded else {
        throw Refusal(
          .peeringTransition(id, from: peering.status, to: "nothing"), member: "VpcPeeringConnectionId")
      }
      peerings[id] = nil
    case .dbInstance, .dbCluster, .redshiftCluster, .cacheCluster, .loadBalancer: try removeService(id)
    case .hostedZone, .resolverRule, .resolverConfig: try removeDomain(id)
    case .requester(let requester):
      try find(requester)
      remove(requester)
    case .stored(let key):
      guard storedResources.removeValue(forKey: key) != nil else { throw key.isMissing }
    }
  }

  private func refuseUsers(_ users: String?, of kind: String, _ id: String, _ member: String) throws(Refusal) {
    if let users { throw Refusal(.dependency(kind: kind, id: id, by: users), member: member) }
  }

  /// Its main route table, its default group, its Resolver configuration and its `Requesters` lines go with it.
  private mutating func remove(_ vpc: VPC) throws(Refusal) {
    let tables = routeTableIDs[vpc.id] ?? []
    let groups = groupIDs[vpc.id] ?? []
    let users =
      subnetIDs[vpc.id]?.min()?.rawValue ?? linkCounts[vpc.id].map { "linked instances (\($0))" }
      ?? peeringIDs[vpc.id]?.min()?.rawValue
      ?? tables.filter { routeTables[$0]?.isMain == false }.min()?.rawValue
      ?? groups.filter { securityGroups[$0]?.isDefault == false }.min()?.rawValue
      ?? (vpcUses[vpc.id] > 0 ? "instances, interfaces, services, zones or rules (\(vpcUses[vpc.id]))" : nil)
    try refuseUsers(users, of: "VPC", vpc.id.rawValue, "VpcId")
    for id in tables {
      if let table = routeTables.removeValue(forKey: id) { enroll(table, false) }
    }
    for id in groups {
      if let group = securityGroups.removeValue(forKey: id) { enroll(group, false) }
    }
    removeRequesters(of: .vpc(vpc.id))
    resolverConfigs[vpc.id] = nil
    enroll(vpc, false)
    vpcs[vpc.id] = nil
  }

  private mutating func remove(_ subnet: Subnet) throws(Refusal) {
    let count = subnetUses[subnet.id]
    let users =
      count > 0 ? "instances or interfaces (\(count))" : balancerThatNeeds(subnet).map { "the load balancer \($0)" }
    try refuseUsers(users, of: "subnet", subnet.id.rawValue, "SubnetId")
    if let table = routeTableOfSubnet.removeValue(forKey: subnet.id) {
      routeTables[table]?.subnetIDs.removeAll { $0 == subnet.id }
    }
    enroll(subnet, false)
    subnets[subnet.id] = nil
  }

  private mutating func remove(_ table: RouteTable) throws(Refusal) {
    let users = table.isMain ? "the main routes of \(table.vpcID)" : table.subnetIDs.first?.rawValue
    try refuseUsers(users, of: "route table", table.id.rawValue, "RouteTableId")
    enroll(table, false)
    routeTables[table.id] = nil
  }

  /// A rule of another network may go on naming it (stale rules, PEER-sg).
  private mutating func remove(_ group: SecurityGroup) throws(Refusal) {
    guard !group.isDefault else { throw Refusal(.defaultGroup(group.id), member: "GroupId") }
    let count = groupUses[group.id]
    guard count == 0 else { throw Refusal(.groupInUse(group.id, count: count), member: "GroupId") }
    let others = (groupsThatName[group.id] ?? []).filter { securityGroups[$0]?.vpcID == group.vpcID }
    if let other = others.min() { throw Refusal(.groupNamedByRule(group.id, other), member: "GroupId") }
    enroll(group, false)
    securityGroups[group.id] = nil
  }

  /// TerminateInstances, to its end. The instance is unlinked (S21) and deregistered (S26), its interfaces go, its
  /// addresses are free, and `Requesters` lines that mean it are no more: AWS knows nothing of them, so they cannot
  /// hold it back.
  private mutating func terminate(_ id: ID<Instance>) throws(Refusal) {
    let instance = try find(id, in: instances, kind: "instance", member: "InstanceId")
    unlink(id)
    deregister(id)
    for pair in instance.addresses { if let address = pair.publicAddress { disassociate(address) } }
    for interface in interfaceIDs[id] ?? [] { removeInterface(interface) }
    removeRequesters(of: .instance(id))
    if let rest = instances[id] { enroll(rest, false) }
    instances.remove(id)
  }

  /// Its Elastic IP addresses lead nowhere afterwards.
  private mutating func removeInterface(_ id: ID<NetworkInterface>) {
    for pair in networkInterfaces[id]?.addresses ?? [] {
      if let address = pair.publicAddress, elasticIPs[address]?.target == .networkInterface(id) {
        disassociate(address)
      }
    }
    guard let interface = networkInterfaces.removeValue(forKey: id) else { return }
    enroll(interface, false)
    effects?.note(interface)
  }

  /// ReleaseAddress: in EC2-Classic it takes the address from its instance, in a VPC that is done before.
  private mutating func release(_ address: IPv4Address) throws(Refusal) {
    guard let elasticIP = elasticIPs[address] else {
      throw Refusal(.notFound(kind: "Elastic IP address", id: address.description), member: "PublicIp")
    }
    if elasticIP.domain == .vpc, let target = elasticIP.target {
      throw Refusal(.addressInUse(.v4(address), by: target), member: "AllocationId")
    }
    disassociate(address)
    if let rest = elasticIPs[address] { enroll(rest, false) }
    elasticIPs[address] = nil
  }
}

extension SecurityGroup {
  /// Made with its VPC or account, and gone with it.
  var isDefault: Bool { name == "default" }
}
