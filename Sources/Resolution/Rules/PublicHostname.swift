// S17, S18; rows 1–4, decision 16: `ec2-A-B-C-D…` is the public address, unless another rule shows this asker the
// private one.
import DNSWire

extension Tables {
  @_noLocks
  borrowing func publicHostname(
    _ asker: Asker, _ name: borrowing FoldedName, _ type: RecordType, domain index: UInt32, _ domain: DomainRow
  ) -> Verdict? {
    guard rules.contains(.publicHostname), name.labelCount == Int(domain.labelCount) + 1,
      let address = name.hostnameAddress(.ec2),
      let row = publicAddresses.find(address, in: 0)
    else { return nil }
    let target = publicAddressRows[Int(row)]
    guard target.region == domain.region else { return nil }
    var verdict = view(of: target, publicAddress: address, for: asker)
    // The name has A and never anything else (semantics 2.3, row 17).
    if type != .a, type != .any { verdict.outcome = .noData(.domain(index)) }
    return verdict
  }

  /// Which of its two addresses the asker sees, and by which rule.
  @_noLocks
  private borrowing func view(of target: PublicAddressRow, publicAddress: UInt32, for asker: Asker) -> Verdict {
    let shown = Verdict.Outcome.address(
      IPv4Address(rawValue: target.privateAddress), ttl: timesToLive.splitHorizon)
    var verdict = Verdict(
      .address(IPv4Address(rawValue: publicAddress), ttl: timesToLive.publicHostname), .publicHostname)
    verdict.vpc = target.vpc
    verdict.instance = target.instance
    guard target.privateAddress != none else { return verdict }
    if bothAreClassic(asker, target) {
      verdict.outcome = shown
      verdict.rule = .ec2Classic
    } else if let link = classicLink(from: asker, to: target) {
      verdict.outcome = shown
      verdict.rule = .classicLinkDNS
      verdict.vpc = asker.view
      verdict.link = link
    } else if isInSameVPC(asker, target) {
      verdict.outcome = shown
      verdict.rule = .sameVPC
    } else if let peer = peering(from: asker, to: target.vpc) {
      verdict.outcome = shown
      verdict.rule = .peeringDNS
      verdict.peer = peer
    }
    return verdict
  }
}

extension Tables {
  @_noLocks
  borrowing func publicHostnameReason(_ asker: Asker, _ verdict: Verdict) -> Reason {
    if verdict.isNoData { return Reason(.row17, .addressOnly) }
    let isLinkedTarget =
      verdict.instance != none && instances[Int(verdict.instance)].vpc == none && asker.vpc != none
      && links.find(verdict.instance, in: 0) == asker.vpc
    if isLinkedTarget || (asker.linkedVPC != none && asker.linkedVPC == verdict.vpc) {
      let vpc = isLinkedTarget ? asker.vpc : asker.linkedVPC
      let row = vpcs[Int(vpc)]
      if row.flags.has(.classicLinkDNS) { return Reason(.s75, row.identifier, .supportIdlePublic) }
      return Reason(isLinkedTarget ? .s18 : .s17, row.identifier, .supportOffPublic)
    }
    guard verdict.vpc != none else {
      if verdict.instance != none { return Reason(.row3, .otherNetworkPublic) }
      return Reason(.decision16, .noPrivateAddress)
    }
    if asker.vpc != none, asker.view == none {
      return Reason(.row1, vpcIdentifier(asker.vpc), .attributeOffPublic)
    }
    if let peer = peer(from: asker, to: verdict.vpc) {
      return Reason(.row1, peers[Int(peer)].identifier, .peeringOffPublic)
    }
    return Reason(.row1, vpcIdentifier(verdict.vpc), .otherVPCPublic)
  }
}
