// ClassicLink: enabling a VPC, linking EC2-Classic instances to it, and the way back (S1–S22, S40–S63).
import DNSWire

extension CIDRBlock {
  /// The ranges inside 10/8 that a VPC with ClassicLink may have (S44, S58).
  private static let besideClassic = ["10.0.0.0/16", "10.1.0.0/16"].compactMap { CIDRBlock($0) }

  var conflictsWithClassic: Bool {
    overlaps(.ec2Classic) && !Self.besideClassic.contains { $0.contains(self) }
  }
}

extension World {
  /// Whether a VPC can be enabled for ClassicLink: account, tenancy, ranges, routes.
  func checkCanReachClassic(_ vpc: VPC) throws(Refusal) {
    guard supportsClassic else {
      throw Refusal(.classicNotSupported(kind: "VPC", id: vpc.id.rawValue), member: "ClassicLinkEnabled")  // S5
    }
    guard vpc.instanceTenancy == .default else {
      throw Refusal(.dedicatedTenancy(vpc.id), member: "InstanceTenancy")  // S56
    }
    for range in vpc.cidrBlocks where range.conflictsWithClassic {
      throw Refusal(.rangeConflictsWithClassic(vpc.id, range), member: "CidrBlock")  // S44, S58
    }
    if let (table, route) = conflictingRoute(of: vpc) {
      throw Refusal(.routeConflictsWithClassic(table, route.destination), member: "ClassicLinkEnabled")  // S44, S58
    }
  }

  mutating func enableClassicLink(_ id: ID<VPC>) throws(Refusal) {
    let vpc = try findVPC(id)
    try checkCanReachClassic(vpc)
    vpcs[id]?.classicLinkEnabled = true
    renewRoutesToClassic(of: id)  // S41
  }

  mutating func disableClassicLink(_ id: ID<VPC>) throws(Refusal) {
    _ = try findVPC(id)
    if let count = linkCounts[id] { throw Refusal(.instancesAreLinked(id, count: count), member: "VpcId") }  // S22
    vpcs[id]?.classicLinkEnabled = false
    renewRoutesToClassic(of: id)  // S43
  }

  /// Accepted whatever the VPC's attributes are, and idle until they hold (S75, decision 9).
  mutating func setClassicLinkDnsSupport(_ id: ID<VPC>, _ isOn: Bool) throws(Refusal) {
    _ = try findVPC(id)
    vpcs[id]?.classicLinkDnsSupported = isOn
  }

  mutating func attach(_ link: ClassicLink) throws(Refusal) {
    let instance = try find(link.instanceID, in: instances, kind: "instance", member: "InstanceId")
    let vpc = try findVPC(link.vpcID)
    if let home = instance.vpcID {
      throw Refusal(.notAClassicInstance(instance.id, home), member: "InstanceId")  // S63
    }
    guard instance.state == .running else {
      throw Refusal(.notRunning(instance.id, instance.state), member: "InstanceId")  // S69
    }
    if let other = classicLinks[instance.id] {
      throw Refusal(.alreadyLinked(instance.id, other.vpcID), member: "InstanceId")  // S40, S53
    }
    guard instance.region == vpc.region else {
      throw Refusal(.linkAcrossRegions(instance.id, vpc.id), member: "VpcId")  // S55
    }
    guard instance.ownerID == vpc.ownerID else {
      throw Refusal(.linkAcrossAccounts(instance.id, vpc.id), member: "VpcId")  // S55
    }
    guard vpc.classicLinkEnabled else { throw Refusal(.classicLinkNotEnabled(vpc.id), member: "VpcId") }  // S9
    guard !link.securityGroupIDs.isEmpty else { throw Refusal(.noGroup(instance.id), member: "Groups") }  // S2
    for id in link.securityGroupIDs where securityGroups[id].map({ $0.vpcID != vpc.id }) == true {
      throw Refusal(.groupOfAnotherVPC(id, vpc.id), member: "Groups")  // S2; one of EC2-Classic is none of the VPC's
    }
    try checkGroups(link.securityGroupIDs, of: vpc.id, member: "Groups")
    var link = link
    link.securityGroupIDs = Set(link.securityGroupIDs).sorted()
    classicLinks[instance.id] = link
    enroll(link, true)
  }

  mutating func enroll(_ link: ClassicLink, _ isThere: Bool) {
    let count = linkCounts[link.vpcID, default: 0] + (isThere ? 1 : -1)
    linkCounts[link.vpcID] = count > 0 ? count : nil
    groupUses.add(isThere ? 1 : -1, to: link.securityGroupIDs)
  }

  mutating func detach(_ instanceID: ID<Instance>, from vpcID: ID<VPC>) throws(Refusal) {
    _ = try find(instanceID, in: instances, kind: "instance", member: "InstanceId")
    _ = try findVPC(vpcID)
    guard let link = classicLinks[instanceID], link.vpcID == vpcID else {
      throw Refusal(.notLinked(instanceID, vpcID), member: "InstanceId")  // decision 10
    }
    unlink(instanceID)
  }

  /// Removes the link of an instance, if it has one (S20, S21, S54). Load balancers of the VPC reach it no more, and
  /// let it go: S25 lets them have linked instances only. AWS tells of a termination alone (S26).
  mutating func unlink(_ instanceID: ID<Instance>) {
    guard let link = classicLinks.removeValue(forKey: instanceID) else { return }
    enroll(link, false)
    deregister(instanceID, from: link.vpcID)
  }
}
