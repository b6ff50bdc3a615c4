// Rows 1, 8 and 11 of a4, a5: inside a VPC with both attributes, the public hostname of its own instances is private.

extension Tables {
  @_noLocks
  borrowing func isInSameVPC(_ asker: Asker, _ target: PublicAddressRow) -> Bool {
    rules.contains(.sameVPC) && asker.vpc != none && asker.view == asker.vpc && target.vpc == asker.vpc
  }
}

extension Tables {
  @_noLocks
  borrowing func sameVPCReason(_ verdict: Verdict) -> Reason {
    if verdict.isNoData { return Reason(.row17, .addressOnly) }
    return Reason(.row1, vpcIdentifier(verdict.vpc), .ownVPCPrivate)
  }
}
