// Row 16b: the PTR of a public address of the world is its `ec2-…` name, for every asker alike (R17).
import DNSWire

extension Tables {
  @_noLocks
  borrowing func publicReverse(_ name: inout FoldedName, _ type: RecordType) -> Verdict? {
    guard rules.contains(.publicReverse), let reverse = name.reverseAddress(), reverse.octetCount == 4,
      let target = publicAddresses.find(reverse.address)
    else { return nil }
    var verdict = Verdict(
      .pointer(IPv4Address(rawValue: reverse.address), region: target.region(self), isPublic: true), .publicReverse)
    verdict.vpc = target.vpc
    verdict.instance = target.instance
    if type != .ptr, type != .any { verdict.outcome = .noData(.domain(publicReverseDomain)) }
    return verdict
  }
}

extension Tables {
  @_noLocks
  borrowing func publicReverseReason(_ verdict: Verdict) -> Reason {
    Reason(.row16b, verdict.isNoData ? .pointerOnly : .reverseOfPublic)
  }
}
