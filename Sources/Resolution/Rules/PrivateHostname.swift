// S14, S30; rows 5, 5b, 6, decision 1: `ip-A-B-C-D…` is synthesised from the name, for the addresses that the asker may
// see (R1).
import DNSWire

extension Tables {
  @_noLocks
  borrowing func privateHostname(
    _ asker: Asker, _ name: inout FoldedName, _ type: RecordType, domain index: UInt32, _ domain: DomainRow
  ) -> Verdict? {
    guard rules.contains(.privateHostname), name.labelCount == Int(domain.labelCount) + 1,
      let address = name.hostnameAddress(.ip),
      let found = privateHostnameOwner(asker, address), found.region == domain.region
    else { return nil }
    var verdict = Verdict(
      .address(IPv4Address(rawValue: address), ttl: timesToLive.privateHostname), .privateHostname)
    verdict.vpc = found.vpc
    verdict.peer = found.peer
    if type != .a, type != .any { verdict.outcome = .noData(.domain(index)) }
    return verdict
  }

  /// The Region in whose domain the `ip-…` name of an address resolves for the asker, and whose it is.
  @_noLocks
  borrowing func privateHostnameOwner(
    _ asker: Asker, _ address: UInt32
  ) -> (region: UInt16, vpc: UInt32, peer: UInt32)? {
    guard asker.hasPrivateHostnames else { return nil }
    // A linked instance with DNS support is under the rules of its VPC (R11).
    if asker.view != none, has(asker.view, address) { return (vpcs[Int(asker.view)].region, asker.view, none) }
    if let peer = peering(from: asker, toAddress: address) {
      let vpc = peers[Int(peer)].vpc
      return (vpcs[Int(vpc)].region, vpc, peer)
    }
    return isRFC1918(address) ? (asker.region, none, none) : nil
  }
}

/// 10/8, 172.16/12 or 192.168/16 (RFC 1918 3).
@_noLocks
func isRFC1918(_ address: UInt32) -> Bool {
  address >> 24 == 10 || address >> 20 == 0xac1 || address >> 16 == 0xc0a8
}

extension Tables {
  @_noLocks
  borrowing func privateHostnameReason(_ asker: Asker, _ verdict: Verdict) -> Reason {
    if verdict.isNoData { return Reason(.row17, .addressOnly) }
    guard case .address(let address, _) = verdict.outcome else { return Reason(.row5, .madeFromName) }
    var citation = Citation.row5
    if !isRFC1918(address.rawValue) {
      citation = .row5b
    } else if isClassicInstance(address) {
      citation = .row6
    } else if asker.linkedVPC != none, has(asker.linkedVPC, address.rawValue) {
      // From a linked instance the private hostname works with DNS support and without (S30).
      citation = .s30
    }
    if verdict.peer != none { return Reason(citation, peers[Int(verdict.peer)].identifier, .peeringOnPrivate) }
    if verdict.vpc != none { return Reason(citation, vpcIdentifier(verdict.vpc), .rangeHasAddress) }
    return Reason(citation, .madeFromName)
  }

  @_noLocks
  borrowing func isClassicInstance(_ address: IPv4Address) -> Bool {
    if case .some = askerAddresses.find(address.rawValue, in: Network.classic.rawValue) { return true }
    return false
  }
}
