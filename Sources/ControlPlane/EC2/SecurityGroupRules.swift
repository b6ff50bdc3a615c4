// Rules of security groups: authorized, revoked, described. No answer depends on them (R15).
import Cloud

extension QueryService {
  static let securityGroupRuleOperations: [String: Operation] = [
    "AuthorizeSecurityGroupIngress": { (call: inout Call, parameters) throws(AWSError) in
      try call.authorize(parameters, isEgress: false)
    },
    "AuthorizeSecurityGroupEgress": { (call: inout Call, parameters) throws(AWSError) in
      try call.authorize(parameters, isEgress: true)
    },
    "RevokeSecurityGroupIngress": { (call: inout Call, parameters) throws(AWSError) in
      try call.revoke(parameters, isEgress: false)
    },
    "RevokeSecurityGroupEgress": { (call: inout Call, parameters) throws(AWSError) in
      try call.revoke(parameters, isEgress: true)
    },
    "DescribeSecurityGroupRules": { (call: inout Call, parameters) throws(AWSError) in
      try call.describeSecurityGroupRules(parameters)
    },
  ]
}

extension Parameters {
  fileprivate func ruleDescription() throws(AWSError) -> String? {
    try text("Description", octets: CallLimits.keptOctets)
  }
}

extension AWSError {
  fileprivate static func tooManyRules(_ id: ID<SecurityGroup>, _ most: Int) -> AWSError {
    AWSError("RulesPerSecurityGroupLimitExceeded", "The security group '\(id)' can have \(most) rules at most")
  }
}

extension Call {
  private mutating func group(_ parameters: Parameters, isEgress: Bool) throws(AWSError) -> SecurityGroup {
    let group = try securityGroup(parameters)
    guard !isEgress || group.vpcID != nil else {
      throw .invalid("GroupId", group.id.rawValue, "a group of EC2-Classic has no rules for outbound traffic")
    }
    return group
  }

  fileprivate mutating func authorize(_ parameters: Parameters, isEgress: Bool) throws(AWSError) -> [XML] {
    var group = try group(parameters, isEgress: isEgress)
    var rules = (isEgress ? group.egress : group.ingress).rules
    let new = try self.rules(parameters, of: group)
    guard !new.isEmpty else { throw .missing("IpPermissions") }
    guard Set(new).count == new.count else {
      throw .invalid("ipPermissions", group.id.rawValue, "The same permission must not appear multiple times")
    }
    let known = Set(rules)
    if let rule = new.first(where: known.contains) {
      throw AWSError("InvalidPermission.Duplicate", "the specified rule \(rule.words) already exists")
    }
    rules += new
    let most = group.vpcID == nil ? Quotas.rulesOfClassicGroup : Quotas.rulesOfGroup
    // AWS counts rules of IPv6 ranges apart from the others.
    let ofIPv6 = rules.count { $0.peer.isIPv6 }
    guard max(ofIPv6, rules.count - ofIPv6) <= most else { throw .tooManyRules(group.id, most) }
    if isEgress { group.egress = .init(rules) } else { group.ingress = .init(rules) }
    try apply(.replace(.securityGroup(group)))
    let items = new.map { members(of: $0, of: group, isEgress: isEgress) }
    return [XML("return", true), .list("securityGroupRuleSet", items)]
  }

  fileprivate mutating func revoke(_ parameters: Parameters, isEgress: Bool) throws(AWSError) -> [XML] {
    var group = try group(parameters, isEgress: isEgress)
    var rules = (isEgress ? group.egress : group.ingress).rules
    var gone = try self.rules(parameters, of: group)
    let ids = try parameters.texts("SecurityGroupRuleId")
    let named = ids.isEmpty ? [] : rules.map { ($0.id(of: group.id, isEgress: isEgress), $0) }
    let byID = Dictionary(named) { first, _ in first }
    for id in ids {
      guard let rule = byID[id] else {
        throw AWSError("InvalidSecurityGroupRuleId.NotFound", "The security group rule ID '\(id)' does not exist")
      }
      gone.append(rule)
    }
    guard !gone.isEmpty else { throw .missing("IpPermissions") }
    let known = Set(rules)
    let unknown = gone.filter { !known.contains($0) }
    // Only EC2-Classic and a default VPC take what they do not know, and say so.
    guard unknown.isEmpty || group.vpcID.map({ world.vpcs[$0]?.isDefault ?? false }) ?? true else {
      throw AWSError(
        "InvalidPermission.NotFound", "The specified rule does not exist in this security group.")
    }
    let all = Set(gone)
    rules.removeAll { all.contains($0) }
    if isEgress { group.egress = .init(rules) } else { group.ingress = .init(rules) }
    try apply(.replace(.securityGroup(group)))
    let permissions = [SecurityGroup.Permission](unknown)
    return [XML("return", true), .list("unknownIpPermissionSet", permissions.map { members(of: $0) })]
  }

  // MARK: Reading

  /// The rules of a call: `IpPermissions.N`, or one in the older flat parameters.
  private mutating func rules(
    _ parameters: Parameters, of group: SecurityGroup
  ) throws(AWSError) -> [SecurityGroupRule] {
    var rules: [SecurityGroupRule] = []
    var wanted = 0
    for permission in try parameters.structures("IpPermissions") {
      let rule = try SecurityGroupRule(permission, isClassic: group.vpcID == nil)
      var peers: [(peer: SecurityGroupRule.Peer, text: String?)] = []
      for range in try permission.structures("IpRanges") {
        peers.append((try Self.ipv4(range, "CidrIp"), try range.ruleDescription()))
      }
      for range in try permission.structures("Ipv6Ranges") {
        peers.append((try Self.ipv6(range, group), try range.ruleDescription()))
      }
      for list in try permission.structures("PrefixListIds") {
        peers.append((.prefixList(try list.required("PrefixListId")), try list.ruleDescription()))
      }
      let pairs = try permission.structures("Groups")
      // Each group is looked for: not more often than there can be rules.
      wanted += pairs.count
      guard wanted <= Quotas.rulesOfGroup else { throw .tooManyRules(group.id, Quotas.rulesOfGroup) }
      for pair in pairs {
        peers.append((.group(try peerGroup(pair, of: group)), try pair.ruleDescription()))
      }
      guard !peers.isEmpty else { throw .missing(permission.name(of: "IpRanges")) }
      rules += peers.map { peer in
        var rule = rule
        (rule.peer, rule.peerDescription) = (peer.peer, peer.text)
        return rule
      }
    }
    return rules + (try flatRule(parameters, of: group).map { [$0] } ?? [])
  }

  private mutating func flatRule(
    _ parameters: Parameters, of group: SecurityGroup
  ) throws(AWSError) -> SecurityGroupRule? {
    if let source = parameters.text("SourceSecurityGroupName") {
      let owner = parameters.text("SourceSecurityGroupOwnerId")
      let peer = try securityGroup(named: source, of: owner)
      // The old call lets everything in from a group, unless it says more.
      var rule = SecurityGroupRule(ipProtocol: "-1", peer: .group(peer.id))
      if parameters.has("IpProtocol") {
        rule = try SecurityGroupRule(parameters, isClassic: group.vpcID == nil)
        rule.peer = .group(peer.id)
      } else if group.vpcID == nil {
        throw .missing("IpProtocol")
      }
      return rule
    }
    guard parameters.has("IpProtocol") else { return nil }
    guard !parameters.has("IpPermissions") else {
      throw .invalidCombination("IpPermissions and IpProtocol may not be used together")
    }
    var rule = try SecurityGroupRule(parameters, isClassic: group.vpcID == nil)
    guard parameters.has("CidrIp") else { throw .missing("CidrIp") }
    rule.peer = try Self.ipv4(parameters, "CidrIp")
    return rule
  }

  private static func malformed(_ text: String) -> AWSError {
    AWSError("InvalidPermission.Malformed", "CIDR block \(text) is malformed")
  }

  private static func ipv4(_ parameters: Parameters, _ name: String) throws(AWSError) -> SecurityGroupRule.Peer {
    let text = try parameters.required(name)
    guard let range = CIDRBlock(text) else { throw malformed(text) }
    return .ipv4(range)
  }

  private static func ipv6(_ parameters: Parameters, _ group: SecurityGroup) throws(AWSError) -> SecurityGroupRule.Peer
  {
    let text = try parameters.required("CidrIpv6")
    guard let range = IPv6CIDRBlock(text) else { throw malformed(text) }
    guard group.vpcID != nil else { throw .invalid("CidrIpv6", text, "EC2-Classic has no IPv6") }  // S8
    return .ipv6(range)
  }

  /// A group of the same network, or of a peered VPC (S114); in EC2-Classic also one of another account.
  private mutating func peerGroup(
    _ pair: Parameters, of group: SecurityGroup
  ) throws(AWSError) -> ID<SecurityGroup> {
    let owner = pair.text("UserId")
    let id: ID<SecurityGroup>
    if let given: ID<SecurityGroup> = try pair.optionalEC2ID("GroupId", .securityGroup) {
      id = given
    } else if let name = pair.text("GroupName"), !name.isEmpty {
      guard let named = securityGroup(named: name, in: group.vpcID, of: owner ?? caller.account) else {
        throw .notFound("security group", name)
      }
      id = named.id
    } else {
      throw .missing(pair.name(of: "GroupId"))
    }
    guard let peer = world.securityGroups[id], owner == nil || owner == peer.ownerID,
      pair.text("VpcId").map({ $0 == peer.vpcID?.rawValue }) ?? true,
      peer.vpcID == group.vpcID || arePeered(peer.vpcID, group.vpcID)
    else { throw .notFound("security group", id) }
    return id
  }

  private func arePeered(_ one: ID<VPC>?, _ other: ID<VPC>?) -> Bool {
    guard let one, let other else { return false }
    return world.peerings.values.contains {
      let (requester, accepter) = ($0.requester.vpcID, $0.accepter.vpcID)
      return $0.isActive && (requester == one && accepter == other || requester == other && accepter == one)
    }
  }

  // MARK: Describing

  fileprivate func describeSecurityGroupRules(_ parameters: Parameters) throws(AWSError) -> [XML] {
    let filters = try Filters(parameters, names: ["group-id", "security-group-rule-id"])
    let ids = Set(try parameters.texts("SecurityGroupRuleId"))
    var items: [(id: String, group: ID<SecurityGroup>, members: [XML])] = []
    for group in try securityGroups([]) {
      for isEgress in [false, true] {
        for rule in (isEgress ? group.egress : group.ingress).rules {
          let id = rule.id(of: group.id, isEgress: isEgress)
          guard ids.isEmpty || ids.contains(id) else { continue }
          items.append((id, group.id, members(of: rule, of: group, isEgress: isEgress)))
        }
      }
    }
    if let id = ids.subtracting(items.map(\.id)).min() {
      throw AWSError("InvalidSecurityGroupRuleId.NotFound", "The security group rule ID '\(id)' does not exist")
    }
    items = filters.sift(items) { [$1 == "group-id" ? $0.group.rawValue : $0.id] }
    let page = try PageRequest(parameters).page(items) { $0.id }
    return [.list("securityGroupRuleSet", page.items.map(\.members))] + XML.nextToken(page.next)
  }

  private func members(of rule: SecurityGroupRule, of group: SecurityGroup, isEgress: Bool) -> [XML] {
    // AWS says -1 where a permission says nothing.
    var members = [
      XML("securityGroupRuleId", rule.id(of: group.id, isEgress: isEgress)), XML("groupId", group.id),
      XML("groupOwnerId", group.ownerID), XML("isEgress", isEgress), XML("ipProtocol", rule.ipProtocol),
      XML("fromPort", rule.fromPort ?? -1), XML("toPort", rule.toPort ?? -1), .tags([]),
    ]
    if let text = rule.peerDescription { members.append(XML("description", text)) }
    switch rule.peer {
    case .ipv4(let range): members.append(XML("cidrIpv4", range))
    case .ipv6(let range): members.append(XML("cidrIpv6", range))
    case .prefixList(let id): members.append(XML("prefixListId", id))
    case .group(let id):
      let owner = world.securityGroups[id]?.ownerID ?? group.ownerID
      members.append(XML("referencedGroupInfo", [XML("groupId", id), XML("userId", owner)]))
    }
    return members
  }
}
