// Platforms, VPCs, subnets, DHCP options and security groups.
import DNSWire

/// Where one VPC may be the default one.
struct DefaultVPCPlace: Hashable {
  var ownerID: String
  var region: Region

  init(_ vpc: VPC) { (ownerID, region) = (vpc.ownerID, vpc.region) }
}

extension World {
  mutating func setSupportedPlatforms(_ platforms: Set<String>) throws(Refusal) {
    guard platforms == ["VPC"] || platforms == ["EC2", "VPC"] else {
      throw Refusal(.unknownPlatforms(platforms.sorted()), member: "SupportedPlatforms")  // S131
    }
    if !platforms.contains("EC2"), let (kind, id) = someUserOfClassic {
      throw Refusal(.classicNotSupported(kind: kind, id: id), member: "SupportedPlatforms")  // S5
    }
    supportedPlatforms = platforms
  }

  /// Something that needs EC2-Classic. A search, because platforms change once in a world's life.
  private var someUserOfClassic: (kind: String, id: String)? {
    if let one = instances.values.first(where: \.isClassic) { return ("instance", one.id.rawValue) }
    if let one = vpcs.values.first(where: \.classicLinkEnabled) { return ("VPC", one.id.rawValue) }
    if let one = securityGroups.values.first(where: { $0.vpcID == nil }) { return ("security group", one.id.rawValue) }
    if let one = elasticIPs.values.first(where: { $0.domain == .standard }) {
      return ("Elastic IP address", one.publicIP.description)
    }
    if let one = dbInstances.values.first(where: { $0.vpcID == nil }) { return ("DB instance", one.id.rawValue) }
    if let one = redshiftClusters.values.first(where: { $0.vpcID == nil }) {
      return ("Redshift cluster", one.id.rawValue)
    }
    if let one = cacheClusters.values.first(where: { $0.vpcID == nil }) { return ("cache cluster", one.id.rawValue) }
    if let one = loadBalancers.values.first(where: { $0.vpcID == nil }) { return ("load balancer", one.id.rawValue) }
    for one in requesters { if case .classic = one.identity { return ("requester", one.source.description) } }
    return nil
  }

  mutating func add(_ options: DHCPOptions) throws(Refusal) {
    try refuseSecond(options.id, in: dhcpOptions, kind: "DHCP options set", member: "DhcpOptionsId")
    try check(options.region)
    dhcpOptions[options.id] = options
  }

  mutating func add(_ vpc: VPC) throws(Refusal) {
    try refuseSecond(vpc.id, in: vpcs, kind: "VPC", member: "VpcId")
    try check(vpc)
    vpcs[vpc.id] = vpc
    enroll(vpc, true)
  }

  func check(_ vpc: VPC) throws(Refusal) {
    try check(vpc.region)
    try checkRanges(of: vpc)
    // AWS writes "default" for a VPC without DHCP options (semantics 2.4).
    if let id = vpc.dhcpOptionsID, id.rawValue != "default" {
      _ = try find(id, in: dhcpOptions, kind: "DHCP options set", member: "DhcpOptionsId")
    }
    if vpc.isDefault, let other = defaultVPCs[DefaultVPCPlace(vpc)], other != vpc.id {
      throw Refusal(.secondDefaultVPC(other), member: "IsDefault")
    }
    if vpc.classicLinkEnabled { try checkCanReachClassic(vpc) }
  }

  mutating func enroll(_ vpc: VPC, _ isThere: Bool) {
    if isThere {
      _ = vpcRows.add(vpc.id)
      vpcBounds.append(VPCBounds(vpc))
    } else if let row = vpcRows.remove(vpc.id) {
      vpcBounds.swapAt(row, vpcBounds.count - 1)
      vpcBounds.removeLast()
    }
    if vpc.isDefault { defaultVPCs[DefaultVPCPlace(vpc)] = isThere ? vpc.id : nil }
    if let id = vpc.dhcpOptionsID { dhcpUses.add(isThere ? 1 : -1, to: id) }
    regionUses.add(isThere ? 1 : -1, to: vpc.region)
  }

  private func checkRanges(of vpc: VPC) throws(Refusal) {
    let most = Quotas.rangesOfVPC
    try refuseMore("ranges of \(vpc.id)", vpc.cidrBlocks.count, than: most, member: "CidrBlockAssociationSet")
    try refuseMore(
      "IPv6 ranges of \(vpc.id)", vpc.ipv6CIDRBlocks.count, than: most, member: "Ipv6CidrBlockAssociationSet")
    var earlier: [CIDRBlock] = []
    for range in vpc.cidrBlocks {
      let member = earlier.isEmpty ? "CidrBlock" : "CidrBlockAssociationSet"
      guard Quotas.vpcPrefixLengths.contains(range.prefixLength) else {
        throw Refusal(.rangeSize(range), member: member)
      }
      // The tables of answers have this number where there is no address.
      guard range.last.rawValue != .max else { throw Refusal(.rangeWithBroadcast(range), member: member) }
      if let other = earlier.first(where: range.overlaps) {
        throw Refusal(.rangesOverlap(other, range), member: member)
      }
      earlier.append(range)
    }
  }

  mutating func add(_ subnet: Subnet) throws(Refusal) {
    try refuseSecond(subnet.id, in: subnets, kind: "subnet", member: "SubnetId")
    let vpc = try findVPC(subnet.vpcID)
    if let range = subnet.cidrBlock {
      guard Quotas.vpcPrefixLengths.contains(range.prefixLength) else {
        throw Refusal(.rangeSize(range), member: "CidrBlock")
      }
      guard vpc.cidrBlocks.contains(where: { $0.contains(range) }) else {
        throw Refusal(.subnetOutsideVPC(range, vpc.id), member: "CidrBlock")
      }
      for sibling in subnetIDs[vpc.id] ?? [] where subnets[sibling]?.cidrBlock?.overlaps(range) == true {
        throw Refusal(.subnetOverlaps(range, sibling), member: "CidrBlock")
      }
    }
    subnets[subnet.id] = subnet
    enroll(subnet, true)
  }

  mutating func enroll(_ subnet: Subnet, _ isThere: Bool) {
    subnetIDs.set(subnet.id, of: subnet.vpcID, isThere)
  }

  mutating func add(_ group: SecurityGroup) throws(Refusal) {
    try refuseSecond(group.id, in: securityGroups, kind: "security group", member: "GroupId")
    if let id = group.vpcID {
      _ = try findVPC(id)
    } else if !supportsClassic {
      throw Refusal(.classicNotSupported(kind: "security group", id: group.id.rawValue), member: "GroupId")
    }
    if let region = group.region { try check(region) }
    // Groups that the rules name are not looked up: AWS keeps rules whose group is gone (stale rules, PEER-sg).
    securityGroups[group.id] = group
    enroll(group, true)
  }

  mutating func enroll(_ group: SecurityGroup, _ isThere: Bool) {
    if let id = group.vpcID { groupIDs.set(group.id, of: id, isThere) }
    for other in Set((group.ingress + group.egress).flatMap(\.groupIDs)) where other != group.id {
      groupsThatName.set(group.id, of: other, isThere)
    }
  }

  mutating func modify(_ id: ID<VPC>, _ attribute: VPCAttribute) throws(Refusal) {
    let vpc = try findVPC(id)
    switch attribute {
    case .enableDnsSupport(let isOn):
      vpcs[id]?.enableDnsSupport = isOn
    case .enableDnsHostnames(let isOn):
      guard !isOn || vpc.enableDnsSupport else {
        throw Refusal(.hostnamesNeedSupport(id), member: "EnableDnsHostnames")  // semantics 2.2
      }
      vpcs[id]?.enableDnsHostnames = isOn
    }
  }

  /// Refuses a subnet that is not there or belongs to another VPC.
  func findSubnet(_ id: ID<Subnet>?, of vpcID: ID<VPC>) throws(Refusal) -> Subnet? {
    guard let id else { return nil }
    let subnet = try find(id, in: subnets, kind: "subnet", member: "SubnetId")
    guard subnet.vpcID == vpcID else { throw Refusal(.subnetOfAnotherVPC(id, vpcID), member: "SubnetId") }
    return subnet
  }

  /// Refuses groups that are not there, or not of the VPC (`nil`: of EC2-Classic, in a Region).
  func checkGroups(
    _ ids: [ID<SecurityGroup>], of vpcID: ID<VPC>?, in region: Region? = nil, member: String
  ) throws(Refusal) {
    for id in ids {
      let group = try find(id, in: securityGroups, kind: "security group", member: member)
      switch (group.vpcID, vpcID) {
      case (nil, nil):
        guard let region, let other = group.region, other != region else { break }
        throw Refusal(
          .otherRegion(kind: "security group", id: id.rawValue, region: other, expected: region), member: member)
      case (.some, nil): throw Refusal(.vpcGroupInClassic(id), member: member)
      case (nil, .some): throw Refusal(.classicGroupInVPC(id), member: member)
      case (let one?, let other?):
        guard one == other else { throw Refusal(.groupOfAnotherVPC(id, other), member: member) }  // S2
      }
    }
  }
}
