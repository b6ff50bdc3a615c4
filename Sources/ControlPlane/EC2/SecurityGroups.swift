// Security groups of VPCs and of EC2-Classic: made, described, removed.
import Cloud

extension QueryService {
  static let securityGroupOperations: [String: Operation] = [
    "CreateSecurityGroup": { (call: inout Call, parameters) throws(AWSError) in
      let group = try call.createSecurityGroup(parameters)
      return [XML("return", true), XML("groupId", group.id), .tags(group.tags)]
    },
    "DeleteSecurityGroup": { (call: inout Call, parameters) throws(AWSError) in
      let group = try call.securityGroup(parameters)
      try call.apply(.remove(.securityGroup(group.id)))
      return [XML("return", true), XML("groupId", group.id)]
    },
    "DescribeSecurityGroups": { (call: inout Call, parameters) throws(AWSError) in
      try call.describeSecurityGroups(parameters)
    },
  ]
}

extension SecurityGroup {
  fileprivate static let longestText = 255

  /// The group that an account has in EC2-Classic of a Region: its members reach each other.
  fileprivate static func classicDefault(_ id: ID<SecurityGroup>, ownerID: String, _ region: Region) -> SecurityGroup {
    var group = SecurityGroup(id: id, name: "default", ownerID: ownerID, vpcID: nil)
    group.region = region
    group.groupDescription = "default group"
    group.ingress = ["icmp", "tcp", "udp"].map { ipProtocol in
      var permission = Permission(ipProtocol: ipProtocol)
      permission.fromPort = ipProtocol == "icmp" ? -1 : 0
      permission.toPort = ipProtocol == "icmp" ? -1 : Int(UInt16.max)
      permission.groupIDs = [id]
      return permission
    }
    return group
  }
}

extension Call {
  var supportsClassic: Bool { world.supportedPlatforms.contains("EC2") }

  /// The caller's default VPC in his Region.
  var defaultVPC: VPC? { world.vpcs.values.first { $0.isDefault && sees($0) } }

  /// The network of a group or instance for which none is named: the default VPC, else EC2-Classic (decision 23).
  func network(_ vpcID: ID<VPC>?) throws(AWSError) -> VPC? {
    if let vpcID { return try vpc(vpcID) }
    if let vpc = defaultVPC { return vpc }
    guard supportsClassic else {
      throw AWSError("VPCIdNotSpecified", "No default VPC for this user")
    }
    return nil
  }

  func securityGroup(named name: String, in vpcID: ID<VPC>?, of owner: String) -> SecurityGroup? {
    world.securityGroups.values.first {
      $0.name == name && $0.vpcID == vpcID && $0.ownerID == owner && ($0.region ?? region) == region
    }
  }

  /// The group `default`; in EC2-Classic it is made when somebody first needs it.
  mutating func defaultSecurityGroup(in vpcID: ID<VPC>?) throws(AWSError) -> SecurityGroup {
    if let group = securityGroup(named: "default", in: vpcID, of: caller.account) { return group }
    let group =
      if let vpcID { SecurityGroup.default(allocator.id("sg"), of: try vpc(vpcID)) } else {
        SecurityGroup.classicDefault(allocator.id("sg"), ownerID: caller.account, region)
      }
    try apply(.addSecurityGroup(group))
    return group
  }

  /// By `GroupId`, or by `GroupName` in EC2-Classic and in the default VPC.
  mutating func securityGroup(_ parameters: Parameters) throws(AWSError) -> SecurityGroup {
    if let id: ID<SecurityGroup> = try parameters.optionalEC2ID("GroupId", .securityGroup) {
      return try securityGroup(id)
    }
    guard let name = parameters.text("GroupName"), !name.isEmpty else { throw .missing("GroupId") }
    return try securityGroup(named: name)
  }

  mutating func securityGroup(named name: String, of owner: String? = nil) throws(AWSError) -> SecurityGroup {
    let network = try network(nil)
    if name == "default", owner == nil || owner == caller.account {
      return try defaultSecurityGroup(in: network?.id)
    }
    guard let group = securityGroup(named: name, in: network?.id, of: owner ?? caller.account) else {
      throw AWSError(
        "InvalidGroup.NotFound",
        "The security group '\(name)' does not exist" + (network.map { " in default VPC '\($0.id)'" } ?? ""))
    }
    return group
  }

  fileprivate mutating func createSecurityGroup(_ parameters: Parameters) throws(AWSError) -> SecurityGroup {
    let name = try parameters.required("GroupName")
    let description = try parameters.required("GroupDescription")
    let network = try network(parameters.optionalEC2ID("VpcId", .vpc))
    for text in [name, description] {
      guard text.utf16.count <= SecurityGroup.longestText, text.allSatisfy(\.isASCII) else {
        throw .invalid("GroupName", text, "at most \(SecurityGroup.longestText) ASCII characters")
      }
    }
    guard !name.hasPrefix("sg-") else { throw .invalid("GroupName", name, "names do not begin with sg-") }
    guard name.lowercased() != "default" else {
      throw network == nil
        ? AWSError("InvalidGroup.Reserved", "The security group 'default' is reserved")
        : .invalid("GroupName", name, "Cannot use reserved security group name: default")
    }
    guard securityGroup(named: name, in: network?.id, of: caller.account) == nil else {
      throw AWSError("InvalidGroup.Duplicate", "The security group '\(name)' already exists")
    }
    var group = SecurityGroup(id: allocator.id("sg"), name: name, ownerID: caller.account, vpcID: network?.id)
    group.groupDescription = description
    if network == nil {
      group.region = region
      let count = world.securityGroups.values.count { $0.vpcID == nil && sees($0) }
      guard count < Quotas.classicGroups else {
        throw AWSError(
          "SecurityGroupLimitExceeded", "You have reached the limit of \(Quotas.classicGroups) security groups")
      }
    }
    if network != nil {
      var everything = SecurityGroup.Permission(ipProtocol: "-1")
      everything.ipRanges = [.everywhere]
      group.egress = [everything]
    }
    group.tags = try parameters.tagSpecifications("security-group")["security-group"] ?? []
    try apply(.addSecurityGroup(group))
    return group
  }

  // MARK: Describing

  fileprivate mutating func describeSecurityGroups(_ parameters: Parameters) throws(AWSError) -> [XML] {
    let filters = try Filters(
      parameters,
      names: [
        "description", "egress.ip-permission.cidr", "egress.ip-permission.from-port", "egress.ip-permission.group-id",
        "egress.ip-permission.group-name", "egress.ip-permission.protocol", "egress.ip-permission.to-port", "group-id",
        "group-name", "ip-permission.cidr", "ip-permission.from-port", "ip-permission.group-id",
        "ip-permission.group-name", "ip-permission.protocol", "ip-permission.to-port", "owner-id", "tag", "tag-key",
        "vpc-id",
      ])
    let ids: [ID<SecurityGroup>] = try parameters.ec2IDs("GroupId", .securityGroup)
    let names = try parameters.texts("GroupName")
    var groups = ids.isEmpty && !names.isEmpty ? [] : try securityGroups(ids)
    var known = Set(groups.map(\.id))
    for name in names {
      let group = try securityGroup(named: name)
      if known.insert(group.id).inserted { groups.append(group) }
    }
    return try describe(groups, filters, parameters)
  }

  private func describe(
    _ groups: [SecurityGroup], _ filters: Filters, _ parameters: Parameters
  ) throws(AWSError) -> [XML] {
    let page = try PageRequest(parameters).page(filters.sift(groups) { values($0, ofFilter: $1) }) { $0.id.rawValue }
    return [.list("securityGroupInfo", page.items.map { members(of: $0) })] + XML.nextToken(page.next)
  }

  private func values(_ group: SecurityGroup, ofFilter name: String) -> [String]? {
    switch name {
    case "description": return [group.groupDescription]
    case "group-id": return [group.id.rawValue]
    case "group-name": return [group.name]
    case "owner-id": return [group.ownerID]
    case "vpc-id": return group.vpcID.map { [$0.rawValue] }
    default: break
    }
    guard name.contains("ip-permission.") else { return group.tags.values(ofFilter: name) }
    let rules = (name.hasPrefix("egress.") ? group.egress : group.ingress).rules
    switch name.split(separator: ".").last {
    case "cidr":
      return rules.compactMap { if case .ipv4(let range) = $0.peer { range.description } else { nil } }
    case "from-port": return rules.compactMap { $0.fromPort.map { "\($0)" } }
    case "to-port": return rules.compactMap { $0.toPort.map { "\($0)" } }
    case "protocol": return rules.map(\.ipProtocol)
    case "group-id":
      return rules.compactMap { if case .group(let id) = $0.peer { id.rawValue } else { nil } }
    default:
      return rules.compactMap { if case .group(let id) = $0.peer { world.securityGroups[id]?.name } else { nil } }
    }
  }

  private func members(of group: SecurityGroup) -> [XML] {
    [
      XML("ownerId", group.ownerID), XML("groupId", group.id), XML("groupName", group.name),
      XML("groupDescription", group.groupDescription), XML("vpcId", optional: group.vpcID),
      .list("ipPermissions", group.ingress.map { members(of: $0) }),
      .list("ipPermissionsEgress", group.egress.map { members(of: $0) }), .tags(group.tags),
    ].compactMap(\.self)
  }

  func members(of permission: SecurityGroup.Permission) -> [XML] {
    func described(_ name: String, _ peer: some XMLValue) -> [XML] {
      [XML(name, peer), XML("description", optional: permission.descriptions[peer.description])].compactMap(\.self)
    }
    let groups = permission.groupIDs.map { id in
      let group = world.securityGroups[id]
      var members = described("groupId", id)
      members.append(XML("userId", group?.ownerID ?? caller.account))
      if let group, group.vpcID == nil { members.append(XML("groupName", group.name)) }
      return members
    }
    return [
      XML("ipProtocol", permission.ipProtocol), XML("fromPort", optional: permission.fromPort),
      XML("toPort", optional: permission.toPort), .list("groups", groups),
      .list("ipRanges", permission.ipRanges.map { described("cidrIp", $0) }),
      .list("ipv6Ranges", permission.ipv6Ranges.map { described("cidrIpv6", $0) }),
      .list("prefixListIds", permission.prefixListIDs.map { described("prefixListId", $0) }),
    ].compactMap(\.self)
  }
}
