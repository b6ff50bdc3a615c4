// Who asks × what name: the order in which the rules are asked. Every answer and every explanation passes here.
import DNSWire

extension Tables {
  /// The verdict on one name for one asker, of whom `isSilent` and `isForeign` are known to be false.
  @_noLocks
  borrowing func decide(_ asker: Asker, _ name: borrowing FoldedName, _ type: RecordType) -> Verdict {
    let zone = privateHostedZone(asker, name)
    let domain = autodefinedDomain(for: asker, name)
    // The most specific domain wins; on equal names a private zone beats an autodefined one (semantics 3.4).
    if let domain {
      let row = domainRows[Int(domain)]
      if let zone, zoneRows[Int(zone)].labelCount >= row.labelCount || !hasRule(asker, row) {
        return answer(fromZone: zone, name, type, .privateHostedZone)
      }
      if let zone = publicHostedZone(name), zoneRows[Int(zone)].labelCount > row.labelCount {
        return answer(fromZone: zone, name, type, .publicHostedZone)
      }
      if let verdict = decide(asker, name, type, domain: domain, row) { return verdict }
    }
    if let zone { return answer(fromZone: zone, name, type, .privateHostedZone) }
    if let verdict = serviceEndpoint(name, type) { return verdict }
    if let verdict = publicReverse(name, type) { return verdict }
    if let zone = publicHostedZone(name) { return answer(fromZone: zone, name, type, .publicHostedZone) }
    return publicDNS()
  }

  @_noLocks
  private borrowing func decide(
    _ asker: Asker, _ name: borrowing FoldedName, _ type: RecordType, domain index: UInt32, _ row: DomainRow
  ) -> Verdict? {
    var verdict: Verdict?
    switch row.kind {
    case .publicCompute:
      verdict = publicHostname(asker, name, type, domain: index, row)
    case .privateCompute:
      verdict = privateHostname(asker, name, type, domain: index, row)
      if verdict == nil { verdict = resourceName(asker, name, type, domain: index) }
    case .privateReverse:
      verdict = privateReverse(asker, name, type, domain: index)
    case .local:
      verdict = localName(name, type, row)
    case .empty:
      break
    }
    return verdict ?? autodefinedDomain(name, type, domain: index, row)
  }

  /// The autodefined domain that a name lies in.
  @_noLocks
  private borrowing func autodefinedDomain(for asker: Asker, _ name: borrowing FoldedName) -> UInt32? {
    if let found = rangeReverseDomain(asker, name) { return found }
    var count = name.labelCount
    while count > 0 {
      if domainLabels & (1 &<< UInt64(min(count, 63))) != 0,
        let found = domains.find(name, fromLabel: name.labelCount - count, in: Space.common)
      {
        return found
      }
      count -= 1
    }
    return nil
  }

  /// Whether the domain stands among the Resolver rules of the asker's view, and so can beat a private zone.
  @_noLocks
  private borrowing func hasRule(_ asker: Asker, _ row: DomainRow) -> Bool {
    switch row.kind {
    case .privateReverse: hasAutodefinedReverse(asker)
    default: true
    }
  }
}
