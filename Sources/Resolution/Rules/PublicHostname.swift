// S17, S18; rows 1–4, decision 16: `ec2-A-B-C-D…` is the public address, unless another rule shows this asker the
// private one.
import DNSWire

extension Tables {
  @_noLocks
  borrowing func publicHostname(
    _ asker: Asker, _ name: inout FoldedName, _ type: RecordType, domain index: UInt32, _ domain: DomainRow
  ) -> Verdict? {
    guard rules.contains(.publicHostname), name.labelCount == Int(domain.labelCount) + 1,
      let address = name.hostnameAddress(.ec2),
      let target = publicAddresses.find(address), target.region(self) == domain.region
    else { return nil }
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
    verdict.shape = shape(of: target)
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
  private borrowing func shape(of target: PublicAddressRow) -> Verdict.Shape {
    if target.privateAddress == none { return .bareAddress }
    if target.vpc != none { return .vpcAddress }
    return target.instance == none ? .classicService : .classicInstance
  }

  @_noLocks
  borrowing func publicHostnameReason(_ asker: Asker, _ verdict: Verdict) -> Reason {
    if verdict.isNoData { return Reason(.row17, .addressOnly) }
    switch verdict.shape {
    case .classicInstance: return publicHostnameReason(asker, classic: verdict.instance)
    case .classicService: return Reason(.row10, .otherNetworkPublic)
    case .vpcAddress: return publicHostnameReason(asker, vpc: verdict.vpc)
    default: return Reason(.decision16, .noPrivateAddress)
    }
  }

  @_noLocks
  private borrowing func publicHostnameReason(_ asker: Asker, classic instance: UInt32) -> Reason {
    let link = links.find(instance, in: 0) ?? none
    if link != none, link == asker.vpc {
      let row = vpcs[Int(link)]
      return row.flags.has(.classicLinkDNS)
        ? Reason(.s75, row.identifier, .supportIdlePublic) : Reason(.s18, row.identifier, .supportOffPublic)
    }
    let identifier = instances[Int(instance)].identifier
    if asker.isClassic { return Reason(.decision16, identifier, .otherRegionPublic) }
    return Reason(link == none ? .row3 : .row2, identifier, .otherNetworkPublic)
  }

  @_noLocks
  private borrowing func publicHostnameReason(_ asker: Asker, vpc: UInt32) -> Reason {
    if asker.linkedVPC == vpc {
      let row = vpcs[Int(vpc)]
      return row.flags.has(.classicLinkDNS)
        ? Reason(.s75, row.identifier, .supportIdlePublic) : Reason(.s17, row.identifier, .supportOffPublic)
    }
    if asker.vpc != none, asker.view == none {
      return Reason(.row1, vpcIdentifier(asker.vpc), .attributeOffPublic)
    }
    if let peer = peer(from: asker, to: vpc) {
      let row = peers[Int(peer)]
      return Reason(.row1, row.identifier, row.allowsDNS ? .peeringIdlePublic : .peeringOffPublic)
    }
    // A linked instance is no part of its VPC, and has nothing of the VPC's peers (R3).
    return Reason(asker.linkedVPC == none ? .row1 : .row4, vpcIdentifier(vpc), .otherVPCPublic)
  }
}
