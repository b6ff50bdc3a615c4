// Row 16, decisions 15 and 17: the PTR of a private address is its `ip-…` name, wherever that name resolves for the
// asker.
import DNSWire

extension Tables {
  /// The most specific autodefined reverse domain that covers a reverse name for this asker (semantics 3.4).
  @_noLocks
  borrowing func rangeReverseDomain(_ asker: Asker, _ name: inout FoldedName) -> UInt32? {
    guard rules.contains(.privateReverse), asker.view != none, hasAutodefinedReverse(asker),
      let reverse = name.reverseBlock()
    else { return nil }
    if let found = rangeReverseDomain(of: asker.view, reverse, &name) { return found }
    guard rules.contains(.peeringDNS), asker.view == asker.vpc else { return nil }
    var last: UInt32?
    while let index = nextPeer(of: asker.vpc, after: last) {
      // Two VPCs have one peering: it is this row that says what they show each other.
      let peer = peers[Int(index)]
      if showsHostnames(peer), let found = rangeReverseDomain(of: peer.vpc, reverse, &name) { return found }
      last = index
    }
    return nil
  }

  @_noLocks
  private borrowing func rangeReverseDomain(
    of vpc: UInt32, _ reverse: ReverseAddress, _ name: inout FoldedName
  ) -> UInt32? {
    let row = vpcs[Int(vpc)]
    var index = row.firstRange
    while index < row.firstRange + UInt32(row.rangeCount) {
      let range = ranges[Int(index)]
      let octets = Int(range.reverseOctets)
      if reverse.octetCount >= octets {
        let mask = ~UInt32(0) << UInt32(32 - 8 * octets)
        let block = reverse.address & mask
        if block <= range.last, block | ~mask >= range.first {
          return domains.find(&name, fromLabel: name.labelCount - 2 - octets, in: Space.rangeReverse)
        }
      }
      index += 1
    }
    return nil
  }

  /// UpdateResolverConfig takes the reverse rules away, from linked instances too (semantics 3.4).
  @_noLocks
  borrowing func hasAutodefinedReverse(_ asker: Asker) -> Bool {
    asker.view == none || vpcs[Int(asker.view)].flags.has(.autodefinedReverse)
  }

  /// The answer for a name in one of these domains.
  @_noLocks
  borrowing func privateReverse(
    _ asker: Asker, _ name: inout FoldedName, _ type: RecordType, domain index: UInt32
  ) -> Verdict? {
    guard rules.contains(.privateReverse), let reverse = name.reverseAddress(),
      reverse.octetCount > Int(domainRows[Int(index)].labelCount) - 2, asker.hasPrivateHostnames,
      hasAutodefinedReverse(asker)
    else { return nil }
    guard reverse.octetCount == 4 else {
      // Every shorter name has names below it, so it exists and has no data.
      return Verdict(.noData(.domain(index)), .privateReverse)
    }
    guard let owner = privateHostnameOwner(asker, reverse.address) else { return nil }
    var verdict = Verdict(
      .pointer(IPv4Address(rawValue: reverse.address), region: owner.region, isPublic: false), .privateReverse)
    verdict.vpc = owner.vpc
    verdict.peer = owner.peer
    if type != .ptr, type != .any {
      verdict.outcome = .noData(.domain(index))
      verdict.shape = .bareAddress
    }
    return verdict
  }
}

extension Tables {
  @_noLocks
  borrowing func privateReverseReason(_ verdict: Verdict) -> Reason {
    guard verdict.isNoData else { return Reason(.row16, vpcIdentifier(verdict.vpc), .reverseOfPrivate) }
    if case .bareAddress = verdict.shape { return Reason(.row16, .pointerOnly) }
    return Reason(.row16, .reverseParent)
  }
}
