// Rows 1, 4, 5, 5b, 7, 16 of a8: AllowDnsResolutionFromRemoteVpc on the side that owns the name makes it private for
// the peer.

extension Tables {
  /// The peering that lets the asker, by itself in a VPC with both attributes, see the names of `vpc`, which needs both
  /// as well. A linked instance is not part of its VPC and has no peering (R3).
  @_noLocks
  borrowing func peering(from asker: Asker, to vpc: UInt32) -> UInt32? {
    guard rules.contains(.peeringDNS), vpc != none, asker.vpc != none, asker.view == asker.vpc else { return nil }
    var last: UInt32?
    while let index = nextPeer(of: asker.vpc, after: last) {
      if peers[Int(index)].vpc == vpc, showsHostnames(peers[Int(index)]) { return index }
      last = index
    }
    return nil
  }

  /// The same for whatever peer has the address in its ranges.
  @_noLocks
  borrowing func peering(from asker: Asker, toAddress address: UInt32) -> UInt32? {
    guard rules.contains(.peeringDNS), asker.vpc != none, asker.view == asker.vpc else { return nil }
    var last: UInt32?
    while let index = nextPeer(of: asker.vpc, after: last) {
      if showsHostnames(peers[Int(index)]), has(peers[Int(index)].vpc, address) { return index }
      last = index
    }
    return nil
  }

  /// Whether the other side lets this side see its hostnames, and can.
  @_noLocks
  borrowing func showsHostnames(_ peer: PeerRow) -> Bool {
    peer.allowsDNS && vpcs[Int(peer.vpc)].hasBothAttributes
  }

  /// The peering of `vpc` that follows another one, or its first: a way through all of them.
  @_noLocks
  borrowing func nextPeer(of vpc: UInt32, after last: UInt32?) -> UInt32? {
    let row = vpcs[Int(vpc)]
    var index = row.firstPeer
    if let last { index = last + 1 }
    return index < row.firstPeer + UInt32(row.peerCount) ? index : nil
  }

  /// Whether a peer in the Region shows the asker its hostnames.
  @_noLocks
  borrowing func hasPeer(of asker: Asker, in region: UInt16) -> Bool {
    guard rules.contains(.peeringDNS), asker.vpc != none, asker.view == asker.vpc else { return false }
    var last: UInt32?
    while let index = nextPeer(of: asker.vpc, after: last) {
      let peer = peers[Int(index)]
      if showsHostnames(peer), vpcs[Int(peer.vpc)].region == region { return true }
      last = index
    }
    return false
  }

  /// Whether a range of the VPC holds the address.
  @_noLocks
  borrowing func has(_ vpc: UInt32, _ address: UInt32) -> Bool {
    let row = vpcs[Int(vpc)]
    var index = row.firstRange
    while index < row.firstRange + UInt32(row.rangeCount) {
      let range = ranges[Int(index)]
      if range.first <= address, address <= range.last { return true }
      index += 1
    }
    return false
  }
}

extension Tables {
  @_noLocks
  borrowing func peeringDNSReason(_ asker: Asker, _ verdict: Verdict) -> Reason {
    if verdict.isNoData { return Reason(.row17, .addressOnly) }
    return Reason(.row1, peers[Int(verdict.peer)].identifier, .peeringOnPrivate)
  }

  /// Any peering between the asker's VPC and `vpc`, whatever its options.
  @_noLocks
  borrowing func peer(from asker: Asker, to vpc: UInt32) -> UInt32? {
    guard asker.vpc != none else { return nil }
    var last: UInt32?
    while let index = nextPeer(of: asker.vpc, after: last) {
      if peers[Int(index)].vpc == vpc { return index }
      last = index
    }
    return nil
  }
}
