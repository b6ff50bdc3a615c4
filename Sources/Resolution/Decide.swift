// Who asks × what name: the order in which the rules are asked. Every answer and every explanation passes here.
import DNSWire

extension Tables {
  /// The verdict on one name for one asker, of whom `isSilent` and `isForeign` are known to be false.
  @_noLocks
  borrowing func decide(_ asker: Asker, _ name: inout FoldedName, _ type: RecordType) -> Verdict {
    let zone = privateHostedZone(asker, &name)
    let domain = autodefinedDomain(for: asker, &name)
    // The most specific domain wins; on equal names a Resolver rule beats a private zone, and a private zone an
    // autodefined domain (semantics 3.4).
    if let verdict = resolverRule(asker, &name, zone: zone, domain: domain) { return verdict }
    if let domain {
      let row = domainRows[Int(domain)]
      if let zone, zoneRows[Int(zone)].labelCount >= row.labelCount || !isAutodefined(row, asker) {
        return answer(fromZone: zone, &name, type, .privateHostedZone)
      }
      if let zone = publicHostedZone(&name), zoneRows[Int(zone)].labelCount > row.labelCount {
        return answer(fromPublicZone: zone, &name, type)
      }
      if let verdict = decide(asker, &name, type, domain: domain, row) { return verdict }
    }
    if let zone { return answer(fromZone: zone, &name, type, .privateHostedZone) }
    if let verdict = serviceEndpoint(&name, type) { return verdict }
    if let verdict = publicReverse(&name, type) { return verdict }
    if let zone = publicHostedZone(&name) { return answer(fromPublicZone: zone, &name, type) }
    return publicDNS()
  }

  @_noLocks
  private borrowing func decide(
    _ asker: Asker, _ name: inout FoldedName, _ type: RecordType, domain index: UInt32, _ row: DomainRow
  ) -> Verdict? {
    var verdict: Verdict?
    switch row.kind {
    case .publicCompute:
      verdict = publicHostname(asker, &name, type, domain: index, row)
    case .privateCompute:
      verdict = privateHostname(asker, &name, type, domain: index, row)
      if verdict == nil { verdict = resourceName(asker, &name, type, domain: index) }
    case .privateReverse:
      verdict = privateReverse(asker, &name, type, domain: index)
    case .local:
      verdict = localName(&name, type, row)
    case .empty, .absent:
      break
    }
    return verdict ?? autodefinedDomain(&name, type, domain: index, row)
  }

  /// The autodefined domain that a name lies in.
  @_noLocks
  private borrowing func autodefinedDomain(for asker: Asker, _ name: inout FoldedName) -> UInt32? {
    if let found = rangeReverseDomain(asker, &name) { return found }
    return domains.findMostSpecific(&name, labels: domainLabels, in: Space.common)
  }

  /// Whether the domain stands among the autodefined rules of the asker's view, and so can beat a private zone or a
  /// Resolver rule. DNS hostnames make them, for the VPC's own Region and its peers' (semantics 3.4).
  @_noLocks
  borrowing func isAutodefined(_ row: DomainRow, _ asker: Asker) -> Bool {
    switch row.kind {
    case .local: return true
    case .absent: return false
    case .privateReverse: return asker.view != none && hasAutodefinedReverse(asker)
    case .publicCompute, .privateCompute, .empty:
      guard asker.view != none else { return false }
      return vpcs[Int(asker.view)].region == row.region || hasPeer(of: asker, in: row.region)
    }
  }
}
