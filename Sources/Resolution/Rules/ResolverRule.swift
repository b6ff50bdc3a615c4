// Semantics 3.4, decisions 13 and 15: a Resolver rule of the VPC sends its domain to another server, where no more
// specific rule, private zone or autodefined domain has the name.
import Cloud
import DNSWire

extension Tables {
  /// The FORWARD or DELEGATE rule that has the name, given what else does: the most specific domain wins, on equal
  /// names the rule. SYSTEM and RECURSIVE let the resolver answer by itself: they end what a less specific one takes.
  @_noLocks
  borrowing func resolverRule(
    _ asker: Asker, _ name: inout FoldedName, zone: UInt32?, domain: UInt32?
  ) -> Verdict? {
    let vpc = vpcOfRules(asker)
    guard vpc != none, vpcs[Int(vpc)].ruleLabels != 0, rules.contains(.resolverRule),
      let index = ruleDomains.findMostSpecific(&name, labels: vpcs[Int(vpc)].ruleLabels, in: vpc)
    else { return nil }
    let row = ruleRows[Int(index)]
    guard row.forwards else { return nil }
    if let zone, zoneRows[Int(zone)].labelCount > row.labelCount { return nil }
    if let domain, domainRows[Int(domain)].labelCount > row.labelCount, isAutodefined(domainRows[Int(domain)], asker) {
      return nil
    }
    var verdict = Verdict(.elsewhere, .resolverRule)
    verdict.vpc = vpc
    verdict.resolverRule = index
    return verdict
  }

  /// The VPC whose rules an asker stands under. They need enableDnsSupport, without which nothing is answered anyway,
  /// and not DNS hostnames (decision 15). A linked instance has its VPC's with ClassicLink DNS support (R11).
  @_noLocks
  private borrowing func vpcOfRules(_ asker: Asker) -> UInt32 {
    asker.vpc != none ? asker.vpc : asker.view
  }
}

extension Tables {
  @_noLocks
  borrowing func resolverRuleReason(_ verdict: Verdict) -> Reason {
    Reason(.semantics34, ruleRows[Int(verdict.resolverRule)].identifier, .ruleForwards)
  }
}

extension Draft {
  mutating func addResolverRules() {
    for rule in world.resolverRules.values.sorted(by: { $0.id < $1.id }) {
      let index = UInt32(ruleRows.count)
      let labels = rule.domainName.labelCount
      let servers = Set(rule.targets.map { ServerAddress(address: $0.address, port: $0.port) })
      ruleRows.append(
        RuleRow(
          forwards: rule.kind == .forward || rule.kind == .delegate, labelCount: UInt8(labels),
          targets: rule.kind == .forward ? rowOfTargets(servers) : 0, identifier: identifiers.add(rule.id.rawValue)))
      for id in rule.vpcIDs {
        guard let vpc = rowOf.vpc[id] else { continue }
        // RECURSIVE is AWS's own: a rule of the user's for the same domain wins.
        if rule.kind == .recursive, ruleDomains.value(of: rule.domainName, in: vpc) != nil { continue }
        ruleDomains.set(rule.domainName, in: vpc, to: index)
        vpcRows[Int(vpc)].ruleLabels |= 1 << UInt64(min(labels, 63))
      }
    }
  }

  /// The row of a set of servers, in whatever order a rule has them.
  private mutating func rowOfTargets(_ servers: Set<ServerAddress>) -> UInt32 {
    if servers.isEmpty { return 0 }
    let sorted = servers.sorted { "\($0)" < "\($1)" }
    if let known = targetSets.firstIndex(of: sorted) { return UInt32(known) }
    targetSets.append(sorted)
    return UInt32(targetSets.count - 1)
  }
}
