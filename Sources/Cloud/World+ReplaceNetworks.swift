// Replacing what a network is made of: VPCs with their ranges, subnets, route tables, groups, peerings.
import DNSWire

extension World {
  mutating func replace(_ new: DHCPOptions) throws(Refusal) {
    let old = try find(new.id, in: dhcpOptions, kind: "DHCP options set", member: "DhcpOptionsId")
    try keep(
      old.configurations == new.configurations && old.region == new.region && old.ownerID == new.ownerID,
      kind: "DHCP options set", id: new.id.rawValue,
      member: "DhcpConfigurations")
    dhcpOptions[new.id] = new
  }

  mutating func replace(_ new: VPC) throws(Refusal) {
    let old = try findVPC(new.id)
    try checkIdentity(of: new, insteadOf: old)
    if new.enableDnsHostnames, !old.enableDnsHostnames, !new.enableDnsSupport {
      throw Refusal(.hostnamesNeedSupport(new.id), member: "EnableDnsHostnames")  // semantics 2.2
    }
    if old.classicLinkEnabled, !new.classicLinkEnabled, let count = linkCounts[new.id] {
      throw Refusal(.instancesAreLinked(new.id, count: count), member: "VpcId")  // S22
    }
    try check(new)
    if old.cidrBlocks != new.cidrBlocks { try checkRanges(of: new, insteadOf: old) }
    if old.ipv6CIDRBlocks != new.ipv6CIDRBlocks { try checkIPv6Ranges(of: new) }
    enroll(old, false)
    vpcs[new.id] = new
    enroll(new, true)
    renewLocalRoutes(of: new, insteadOf: old)
    renewRoutesToClassic(of: new.id)  // S41, S43
    if old.ipv6CIDRBlocks != new.ipv6CIDRBlocks { effects?.ipv6Addresses = true }
  }

  private func checkIdentity(of new: VPC, insteadOf old: VPC) throws(Refusal) {
    let id = new.id.rawValue
    try keep(old.region == new.region && old.ownerID == new.ownerID, kind: "VPC", id: id, member: "OwnerId")
    try keep(old.cidrBlock == new.cidrBlock, kind: "VPC", id: id, member: "CidrBlock")
    try keep(old.isDefault == new.isDefault, kind: "VPC", id: id, member: "IsDefault")
    // ModifyVpcTenancy leads from dedicated to default only.
    let keepsTenancy = old.instanceTenancy == new.instanceTenancy || new.instanceTenancy == .default
    try keep(keepsTenancy, kind: "VPC", id: id, member: "InstanceTenancy")
  }

  /// A range goes when nothing lies in it, and comes when it does not meet a peer's.
  private func checkRanges(of new: VPC, insteadOf old: VPC) throws(Refusal) {
    let member = "CidrBlockAssociationSet"
    for range in old.secondaryCIDRBlocks where !new.cidrBlocks.contains(where: { $0.contains(range) }) {
      for id in subnetIDs[new.id] ?? [] where subnets[id]?.cidrBlock?.overlaps(range) == true {
        throw Refusal(.rangeInUse(new.id, range: range.description, by: id.rawValue), member: member)
      }
      if let holder = addresses.holder(in: range, of: .vpc(new.id)) {
        throw Refusal(.rangeInUse(new.id, range: range.description, by: holder.description), member: member)
      }
    }
    for id in peeringIDs[new.id] ?? [] {
      guard let peering = peerings[id], peering.isActive else { continue }
      let other = peering.requester.vpcID == new.id ? peering.accepter : peering.requester
      try checkRanges(new, try findVPC(other.vpcID))
    }
    if reachesClassic(new.id),
      let range = new.secondaryCIDRBlocks.first(where: { range in
        !old.cidrBlocks.contains(range) && range.conflictsWithClassic
      })
    {
      throw Refusal(.rangeConflictsWithClassic(new.id, range), member: member)  // S44, S51
    }
    if reachesClassic(new.id), let (table, route) = conflictingRoute(of: new, besides: old) {
      throw Refusal(.routeInsideClassicRange(table, route.destination), member: member)  // S45, S51
    }
  }

  /// The local routes of ranges that go are no conflict: they go too.
  private func conflictingRoute(
    of new: VPC, besides old: VPC
  ) -> (table: ID<RouteTable>, route: RouteTable.Route)? {
    var both = new
    both.secondaryCIDRBlocks += old.secondaryCIDRBlocks
    return conflictingRoute(of: both)
  }

  private func checkIPv6Ranges(of new: VPC) throws(Refusal) {
    for (address, entry) in addresses.ipv6Addresses(of: .vpc(new.id))
    where !new.ipv6CIDRBlocks.contains(where: { $0.contains(address) }) {
      let user = entry.holder?.description ?? address.description
      throw Refusal(
        .rangeInUse(new.id, range: address.description, by: user), member: "Ipv6CidrBlockAssociationSet")
    }
  }

  /// Each range of a VPC has its local route in every table, as long as it is there.
  private mutating func renewLocalRoutes(of new: VPC, insteadOf old: VPC) {
    guard old.cidrBlocks != new.cidrBlocks else { return }
    let gone = old.cidrBlocks.filter { !new.cidrBlocks.contains($0) }
    let added = new.cidrBlocks.filter { !old.cidrBlocks.contains($0) }
    for id in routeTableIDs[new.id] ?? [] {
      routeTables[id]?.routes.removeAll { $0.target == "local" && gone.contains($0.destination) }
      for range in added where routeTables[id]?.routes.contains(where: { $0.destination == range }) == false {
        routeTables[id]?.routes.append(
          RouteTable.Route(destination: range, target: "local", origin: .createRouteTable))
      }
    }
  }

  /// Instances keep the options with which they were launched.
  mutating func replace(_ new: Subnet) throws(Refusal) {
    let old = try find(new.id, in: subnets, kind: "subnet", member: "SubnetId")
    let id = new.id.rawValue
    try keep(old.vpcID == new.vpcID, kind: "subnet", id: id, member: "VpcId")
    try keep(old.cidrBlock == new.cidrBlock, kind: "subnet", id: id, member: "CidrBlock")
    try keep(old.availabilityZone == new.availabilityZone, kind: "subnet", id: id, member: "AvailabilityZone")
    let launched = instancesLaunched(in: new, insteadOf: old)
    subnets[new.id] = new
    for id in launched {
      instances.update(id) { $0.privateDnsNameOptions = old.privateDnsNameOptionsOnLaunch ?? PrivateDnsNameOptions() }
    }
  }

  /// Instances that have the old options of their subnet. A search, because these options change seldom, and mostly
  /// before the first launch.
  func instancesLaunched(in new: Subnet, insteadOf old: Subnet) -> [ID<Instance>] {
    guard old.privateDnsNameOptionsOnLaunch != new.privateDnsNameOptionsOnLaunch, subnetUses[new.id] > 0 else {
      return []
    }
    return instances.values.filter { $0.subnetID == new.id && $0.privateDnsNameOptions == nil }.map(\.id)
  }

  /// A table that becomes the main one takes the place of that which was.
  mutating func replace(_ new: RouteTable) throws(Refusal) {
    let old = try find(new.id, in: routeTables, kind: "route table", member: "RouteTableId")
    try keep(old.vpcID == new.vpcID, kind: "route table", id: new.id.rawValue, member: "VpcId")
    try keep(!old.isMain || new.isMain, kind: "route table", id: new.id.rawValue, member: "Associations")
    for route in old.routes where route.target == "local" {
      guard new.routes.contains(where: { $0.destination == route.destination && $0.target == "local" }) else {
        throw Refusal(.localRoute(new.id, route.destination), member: "Routes")  // S41
      }
    }
    enroll(old, false)
    do { try check(new) } catch {
      enroll(old, true)
      throw error
    }
    if new.isMain, !old.isMain, let main = mainRouteTable(of: new.vpcID) { routeTables[main]?.isMain = false }
    routeTables[new.id] = new
    enroll(new, true)
    renewRouteToClassic(in: new.id, reachesClassic(new.vpcID))
  }

  mutating func replace(_ new: SecurityGroup) throws(Refusal) {
    let old = try find(new.id, in: securityGroups, kind: "security group", member: "GroupId")
    try keep(old.vpcID == new.vpcID, kind: "security group", id: new.id.rawValue, member: "VpcId")
    try keep(old.name == new.name, kind: "security group", id: new.id.rawValue, member: "GroupName")
    try keep(old.ownerID == new.ownerID, kind: "security group", id: new.id.rawValue, member: "OwnerId")
    try keep(old.region == new.region, kind: "security group", id: new.id.rawValue, member: "Region")
    enroll(old, false)
    securityGroups[new.id] = new
    enroll(new, true)
  }

  /// Accepting, rejecting and deleting are its status.
  mutating func replace(_ new: VPCPeeringConnection) throws(Refusal) {
    let old = try find(new.id, in: peerings, kind: "VPC peering connection", member: "VpcPeeringConnectionId")
    let isSame = old.requester.vpcID == new.requester.vpcID && old.accepter.vpcID == new.accepter.vpcID
    try keep(isSame, kind: "VPC peering connection", id: new.id.rawValue, member: "AccepterVpcInfo")
    guard old.canBecome(new.status) else {
      throw Refusal(
        .peeringTransition(new.id, from: old.status, to: new.status), member: "VpcPeeringConnectionId")
    }
    let keepsOptions = old.requester == new.requester && old.accepter == new.accepter
    guard keepsOptions || new.isActive else {
      throw Refusal(.peeringNotActive(new.id, status: new.status), member: "VpcPeeringConnectionId")
    }
    enroll(old, false)
    do {
      try check(new)
      if !keepsOptions { try checkDnsOptions(old, new) }
    } catch {
      enroll(old, true)
      throw error
    }
    enroll(old, true)
    put(new, insteadOf: old)
  }
}

extension VPCPeeringConnection {
  /// The states that AWS describes, each with those that may follow.
  private static let successors: [String: Set<String>] = [
    "initiating-request": ["pending-acceptance", "failed"],
    "pending-acceptance": ["provisioning", "active", "rejected", "expired", "deleting", "deleted", "failed"],
    "provisioning": ["active", "deleting", "deleted", "failed"],
    "active": ["deleting", "deleted"],
    "deleting": ["deleted"],
  ]

  fileprivate func canBecome(_ next: String) -> Bool {
    next == status || Self.successors[status]?.contains(next) == true
  }
}
