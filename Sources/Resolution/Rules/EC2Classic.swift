// Rows 2, 3 and 10 of a1–a3 (VPC user guide 2018): inside EC2-Classic, the public hostname of a Classic instance is
// private.

extension Tables {
  @_noLocks
  borrowing func bothAreClassic(_ asker: Asker, _ target: PublicAddressRow) -> Bool {
    rules.contains(.ec2Classic) && asker.isClassic && target.isClassic && target.region(self) == asker.region
  }
}

extension Tables {
  @_noLocks
  borrowing func ec2ClassicReason(_ verdict: Verdict) -> Reason {
    if verdict.isNoData { return Reason(.row17, .addressOnly) }
    guard verdict.instance != none else { return Reason(.row10, .inClassicPrivate) }
    let isLinked = links.find(verdict.instance, in: 0) ?? none != none
    return Reason(isLinked ? .row2 : .row3, instances[Int(verdict.instance)].identifier, .inClassicPrivate)
  }
}
