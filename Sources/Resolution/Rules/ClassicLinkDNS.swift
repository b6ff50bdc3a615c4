// S74, S75, S77; rows 1 and 2 of a3 and a4: with ClassicLink DNS support on, hostnames between linked instances and the
// VPC are private.

extension Tables {
  /// DNS support is on, and the VPC has both attributes without which it does nothing (S75).
  @_noLocks
  borrowing func hasClassicLinkDNS(_ vpc: UInt32) -> Bool {
    let row = vpcs[Int(vpc)]
    return rules.contains(.classicLinkDNS) && row.flags.has(.classicLink) && row.flags.has(.classicLinkDNS)
      && row.hasBothAttributes
  }

  /// The link through which the asker sees the target's private address: its own link to the target's VPC, or the
  /// target's link to the asker's VPC (S74 works in both directions). The linked instance's row.
  @_noLocks
  borrowing func classicLink(from asker: Asker, to target: PublicAddressRow) -> UInt32? {
    if asker.isClassic {
      return asker.view != none && asker.view == target.vpc ? asker.instance : nil
    }
    guard asker.view != none, target.isClassic, target.instance != none,
      links.find(target.instance, in: 0) == asker.view, hasClassicLinkDNS(asker.view)
    else { return nil }
    return target.instance
  }
}

extension Tables {
  @_noLocks
  borrowing func classicLinkDNSReason(_ asker: Asker, _ verdict: Verdict) -> Reason {
    if verdict.isNoData { return Reason(.row17, .addressOnly) }
    return Reason(.s74, vpcIdentifier(asker.view), .supportOnPrivate)
  }
}
