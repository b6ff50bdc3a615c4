// Hosted zones, Resolver rules and Resolver configurations: which VPC sees which domain.
import DNSWire

extension World {
  mutating func add(_ zone: HostedZone) throws(Refusal) {
    try refuseSecond(zone.id, in: hostedZones, kind: "hosted zone", member: "Id")
    // What completes it must stand in it too: it is read again with that.
    let zone = zone.completed
    try check(zone)
    hostedZones[zone.id] = zone
    enroll(zone, true)
  }

  func check(_ zone: HostedZone) throws(Refusal) {
    try check(zone.details)
    guard !zone.name.isWildcard else { throw Refusal(.wildcardZone(zone.name), member: "Name") }
    try checkAssociations(of: zone)
    if let problem = zone.problems().first { throw problem.refusal }
  }

  mutating func enroll(_ zone: HostedZone, _ isThere: Bool) {
    for vpc in zone.vpcIDs {
      zonesByNameAndVPC[NameOnVPC(name: zone.name, vpcID: vpc)] = isThere ? zone.id : nil
      vpcUses.add(isThere ? 1 : -1, to: vpc)
    }
  }

  private func checkAssociations(of zone: HostedZone) throws(Refusal) {
    if zone.isPrivate, zone.vpcIDs.isEmpty {
      throw Refusal(.privateZoneWithoutVPC(zone.id), member: "VPCs")
    }
    if !zone.isPrivate, !zone.vpcIDs.isEmpty {
      throw Refusal(.publicZoneWithVPC(zone.id), member: "VPCs")
    }
    guard zone.vpcIDs.count <= Quotas.vpcsPerHostedZone else {
      throw Refusal(.tooManyVPCs(zone.vpcIDs.count), member: "VPCs")
    }
    try checkVPCs(zone.vpcIDs, member: "VPCs")
    for vpc in zone.vpcIDs {
      if let other = zonesByNameAndVPC[NameOnVPC(name: zone.name, vpcID: vpc)] {
        throw Refusal(.zoneNameTwice(zone.name, vpc, other), member: "Name")  // semantics 3.1
      }
    }
  }

  mutating func add(_ rule: ResolverRule) throws(Refusal) {
    try refuseSecond(rule.id, in: resolverRules, kind: "Resolver rule", member: "Id")
    try check(rule)
    resolverRules[rule.id] = rule
    enroll(rule, true)
  }

  mutating func enroll(_ rule: ResolverRule, _ isThere: Bool) {
    for vpc in rule.vpcIDs {
      vpcUses.add(isThere ? 1 : -1, to: vpc)
      guard rule.kind != .recursive else { continue }
      rulesByDomainAndVPC[NameOnVPC(name: rule.domainName, vpcID: vpc)] = isThere ? rule.id : nil
    }
  }

  func check(_ rule: ResolverRule) throws(Refusal) {
    try check(rule.details)
    switch rule.kind {
    case .forward:
      guard !rule.targets.isEmpty else { throw Refusal(.ruleWithoutTarget(rule.id), member: "TargetIps") }
    case .system, .recursive:
      guard rule.targets.isEmpty else { throw Refusal(.ruleWithTarget(rule.id, rule.kind), member: "TargetIps") }
    case .delegate: break
    }
    try checkVPCs(rule.vpcIDs, member: "VpcIds")
    // RECURSIVE is AWS's own rule for "."; a rule of the user's may stand beside it and wins (semantics 3.4).
    if rule.kind != .recursive {
      for vpc in rule.vpcIDs {
        if let other = rulesByDomainAndVPC[NameOnVPC(name: rule.domainName, vpcID: vpc)] {
          throw Refusal(.ruleDomainTwice(rule.domainName, vpc, other), member: "DomainName")
        }
      }
    }
  }

  mutating func set(_ config: ResolverConfig) throws(Refusal) {
    _ = try findVPC(config.vpcID, member: "ResourceId")
    resolverConfigs[config.vpcID] = config
  }

  private func checkVPCs(_ ids: [ID<VPC>], member: String) throws(Refusal) {
    var seen: Set<ID<VPC>> = []
    for id in ids {
      _ = try findVPC(id, member: member)
      guard seen.insert(id).inserted else { throw Refusal(.vpcTwice(id), member: member) }
    }
  }
}
