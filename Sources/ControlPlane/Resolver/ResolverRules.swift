// Resolver rules (semantics 3.4): made, read, changed, removed.
import Cloud
import DNSWire

extension JSONService {
  static let resolverRuleOperations: [String: JSONOperation] = [
    "CreateResolverRule": { (call: inout Call, parameters) throws(AWSError) in
      try createResolverRule(&call, parameters)
    },
    "GetResolverRule": { (call: inout Call, parameters) throws(AWSError) in
      if parameters.text("ResolverRuleId") == internetResolver {
        return ["ResolverRule": .mapping(internetResolverRule(in: call.region))]
      }
      return ["ResolverRule": .mapping(call.members(of: try call.resolverRule(parameters)))]
    },
    "UpdateResolverRule": { (call: inout Call, parameters) throws(AWSError) in
      var rule = try call.resolverRule(parameters)
      guard let config = parameters.structure("Config") else { throw .missing("Config") }
      if let name = try config.resolverName() { rule.details["Name"] = .text(name) }
      if config.has("TargetIps") {
        rule.targets = try config.targets()
        guard !rule.targets.isEmpty else { throw .missing("Config.TargetIps") }
      }
      if let id = config.text("ResolverEndpointId") {
        guard rule.kind != .system else { throw .endpointOfSystemRule }
        try call.checkOutbound(id)
        rule.details["ResolverEndpointId"] = .text(id)
      }
      rule.details["ModificationTime"] = .text(call.now.description)
      try call.apply(.replace(.resolverRule(rule)))
      return ["ResolverRule": .mapping(call.members(of: rule))]
    },
    "DeleteResolverRule": { (call: inout Call, parameters) throws(AWSError) in
      let rule = try call.resolverRule(parameters)
      guard rule.vpcIDs.isEmpty else {
        throw AWSError(
          "ResourceInUseException", "The rule '\(rule.id)' is associated with VPCs: disassociate it from them first")
      }
      try call.apply(.remove(.resolverRule(rule.id)))
      return ["ResolverRule": .mapping(call.members(of: rule, status: "DELETING"))]
    },
    "ListResolverRules": { (call: inout Call, parameters) throws(AWSError) in
      var items: [Details] = []
      for rule in call.resolverRules { items.append(call.members(of: rule)) }
      // In a world of AWS's own output it stands among the others.
      if !call.resolverRules.contains(where: { $0.id.rawValue == internetResolver }) {
        items.append(internetResolverRule(in: call.region))
      }
      return try parameters.page(
        "ResolverRules", items,
        filters: [
          "CreatorRequestId": "CreatorRequestId", "DomainName": "DomainName", "Name": "Name",
          "ResolverEndpointId": "ResolverEndpointId", "Status": "Status", "TYPE": "RuleType",
        ])
    },
  ]

  /// AWS's own rule, by which names are resolved that nothing else decides (semantics 3.4).
  private static let internetResolver = "rslvr-autodefined-rr-internet-resolver"

  private static func internetResolverRule(in region: Region) -> Details {
    [
      "Id": .text(internetResolver), "DomainName": .text("."), "Name": .text("Internet Resolver"),
      "RuleType": .text("RECURSIVE"), "Status": .text("COMPLETE"), "OwnerId": .text("Route 53 Resolver"),
      "Arn": .text("arn:aws:route53resolver:\(region)::autodefined-rule/\(internetResolver)"),
      "ShareStatus": .text("NOT_SHARED"),
    ]
  }

  private static func createResolverRule(_ call: inout Call, _ parameters: Parameters) throws(AWSError) -> Details {
    let kinds: [String: ResolverRule.Kind] = ["FORWARD": .forward, "SYSTEM": .system]
    let requestID = try parameters.creatorRequestID()
    _ = try parameters.required("RuleType")
    // RECURSIVE is AWS's own, and delegation has no model here.
    guard let kind = try parameters.parsed("RuleType", "it must be FORWARD or SYSTEM", { kinds[$0] }) else {
      throw .missing("RuleType")
    }
    _ = try parameters.required("DomainName")
    guard let domain = try parameters.domainName("DomainName") else { throw .missing("DomainName") }
    for rule in call.resolverRules where rule.details.text("CreatorRequestId") == requestID {
      throw AWSError("ResourceExistsException", "The rule '\(rule.id)' was made with this CreatorRequestId")
    }
    var rule = ResolverRule(id: call.allocator.id("rslvr-rr"), domainName: domain, kind: kind)
    rule.details = Details(madeBy: call)
    rule.details["CreatorRequestId"] = .text(requestID)
    rule.details["ModificationTime"] = .text(call.now.description)
    if let name = try parameters.resolverName() { rule.details["Name"] = .text(name) }
    rule.details.tags = try parameters.resolverTags()
    rule.targets = try parameters.targets()
    if let id = parameters.text("ResolverEndpointId") {
      try call.checkOutbound(id)
      rule.details["ResolverEndpointId"] = .text(id)
    }
    guard (kind == .forward) == (rule.details["ResolverEndpointId"] != nil) else {
      throw kind == .forward ? .invalidCombination("A FORWARD rule needs a ResolverEndpointId") : .endpointOfSystemRule
    }
    try call.apply(.addResolverRule(rule))
    return ["ResolverRule": .mapping(call.members(of: rule))]
  }
}

extension Parameters {
  /// The port of a DNS server that is not told otherwise (RFC 1035 4.2).
  private static let dnsPort = 53

  /// `TargetIps`
  fileprivate func targets() throws(AWSError) -> [ResolverRule.Target] {
    var targets: [ResolverRule.Target] = []
    for entry in try structures("TargetIps") {
      let v4 = try entry.parsed("Ip", "it must be an IPv4 address") { IPv4Address($0) }
      let v6 = try entry.parsed("Ipv6", "it must be an IPv6 address") { IPv6Address($0) }
      guard (v4 == nil) != (v6 == nil), let address = v4.map({ IPAddress.v4($0) }) ?? v6.map({ .v6($0) }) else {
        throw .invalidCombination("A target has either an Ip or an Ipv6")
      }
      let port = try entry.integer("Port", in: 1...Int(UInt16.max)) ?? Self.dnsPort
      // Other protocols are left unread, and refused by name.
      if entry.text("Protocol").map({ $0 != "Do53" }) ?? false {
        throw .invalid(entry.name(of: "Protocol"), entry.text("Protocol") ?? "", "it must be Do53")
      }
      targets.append(ResolverRule.Target(address: address, port: UInt16(port)))
    }
    return targets
  }
}

extension AWSError {
  fileprivate static let endpointOfSystemRule = invalidCombination("A SYSTEM rule cannot have a ResolverEndpointId")
}

extension Call {
  /// The rules of the caller in his Region.
  var resolverRules: [ResolverRule] {
    var rules: [ResolverRule] = []
    for rule in world.resolverRules.values where sees(rule.details) { rules.append(rule) }
    return rules.sorted { $0.id < $1.id }
  }

  func resolverRule(_ parameters: Parameters) throws(AWSError) -> ResolverRule {
    let id: ID<ResolverRule> = try parameters.requiredID("ResolverRuleId")
    guard let rule = world.resolverRules[id], sees(rule.details) else {
      throw .resolverResourceNotFound("resolver rule", id.rawValue)
    }
    return rule
  }

  func members(of rule: ResolverRule, status: String = "COMPLETE") -> Details {
    var members: Details = [
      "Id": .text(rule.id.rawValue), "DomainName": .text(rule.domainName.route53),
      "RuleType": .text(rule.kind.rawValue), "Status": .text(status), "OwnerId": .text(rule.details.resolverOwner),
      "Arn": .text(resolverARN("resolver-rule", rule.id.rawValue, rule.details)), "ShareStatus": .text("NOT_SHARED"),
    ]
    if !rule.targets.isEmpty {
      members["TargetIps"] = .list(
        rule.targets.map { target in
          switch target.address {
          case .v4(let address): .mapping(["Ip": .text(address.description), "Port": .number(Int(target.port))])
          case .v6(let address): .mapping(["Ipv6": .text(address.description), "Port": .number(Int(target.port))])
          }
        })
    }
    return rule.details.shown.merging(members) { _, own in own }
  }
}
