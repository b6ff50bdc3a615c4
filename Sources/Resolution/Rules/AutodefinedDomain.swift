// Decisions 4, 15, 19: the autodefined domains end here: a name in them that nobody has is NXDOMAIN, and never
// forwarded.
import DNSWire

extension Tables {
  @_noLocks
  borrowing func autodefinedDomain(
    _ name: borrowing FoldedName, _ type: RecordType, domain index: UInt32, _ domain: DomainRow
  ) -> Verdict? {
    guard rules.contains(.autodefinedDomain) else { return nil }
    guard name.labelCount == Int(domain.labelCount) else {
      return Verdict(.nxDomain(.domain(index)), .autodefinedDomain)
    }
    if type == .soa || type == .any { return Verdict(.records(syntheticSOA), .autodefinedDomain) }
    return Verdict(.noData(.domain(index)), .autodefinedDomain)
  }
}
