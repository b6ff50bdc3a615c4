// Decisions 4, 15, 19: the autodefined domains end here: a name in them that nobody has is NXDOMAIN, and never
// forwarded.
import DNSWire

extension Tables {
  @_noLocks
  borrowing func autodefinedDomain(
    _ name: inout FoldedName, _ type: RecordType, domain index: UInt32, _ domain: DomainRow
  ) -> Verdict? {
    guard rules.contains(.autodefinedDomain) else { return nil }
    guard name.labelCount == Int(domain.labelCount) else {
      var verdict = Verdict(.nxDomain(.domain(index)), .autodefinedDomain)
      verdict.shape = shape(ofMissing: &name, domain)
      return verdict
    }
    if type == .soa || type == .any { return Verdict(.records(syntheticSOA), .autodefinedDomain) }
    return Verdict(.noData(.domain(index)), .autodefinedDomain)
  }
}

extension Tables {
  /// What the name would be for an asker who has it.
  @_noLocks
  private borrowing func shape(ofMissing name: inout FoldedName, _ domain: DomainRow) -> Verdict.Shape {
    switch domain.kind {
    case .publicCompute:
      if case .some = name.hostnameAddress(.ec2) { return .noSuchAddress }
    case .privateCompute:
      if let address = name.hostnameAddress(.ip) {
        return isRFC1918(address) ? .hiddenHostname : .hiddenHostnameOutside
      }
      if case .some = resourceNames.find(&name, fromLabel: 0, in: 0) { return .hiddenResourceName }
    case .privateReverse:
      if let reverse = name.reverseAddress(), reverse.octetCount == 4 { return .hiddenReverse }
    case .local, .empty, .absent:
      break
    }
    return .plain
  }

  @_noLocks
  borrowing func autodefinedDomainReason(_ verdict: Verdict) -> Reason {
    switch verdict.shape {
    case .noSuchAddress: Reason(.decision16, .nobodyHasAddress)
    case .hiddenHostname: Reason(.row5, .hiddenHostname)
    case .hiddenHostnameOutside: Reason(.row5b, .hiddenHostname)
    case .hiddenResourceName: Reason(.row7, .hiddenResourceName)
    case .hiddenReverse: Reason(.row16, .hiddenReverse)
    default:
      verdict.isNoData ? Reason(.decision15, .zoneHasNoType) : Reason(.decision15, .notForThisAsker)
    }
  }
}
