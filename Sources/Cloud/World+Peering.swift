// Peering connections and the options of their two sides.
import DNSWire

/// Two VPCs, whichever asked the other.
struct PairOfVPCs: Hashable {
  var first: ID<VPC>
  var second: ID<VPC>

  init(_ one: ID<VPC>, _ other: ID<VPC>) {
    (first, second) = one < other ? (one, other) : (other, one)
  }
}

extension VPCPeeringConnection {
  /// Over for good. AWS goes on describing it for a while, and its VPCs may be gone.
  var hasEnded: Bool { ["deleted", "deleting", "expired", "failed", "rejected"].contains(status) }

  fileprivate var sides: [Side] { [requester, accepter] }

  fileprivate var hasClassicLinkOptions: Bool {
    sides.contains {
      $0.options.allowEgressFromLocalClassicLinkToRemoteVpc || $0.options.allowEgressFromLocalVpcToRemoteClassicLink
    }
  }

  /// The sides that get the route to EC2-Classic (S51).
  fileprivate var vpcsThatReachClassic: [ID<VPC>] {
    isActive ? sides.filter(\.options.allowEgressFromLocalVpcToRemoteClassicLink).map(\.vpcID) : []
  }
}

extension World {
  mutating func add(_ peering: VPCPeeringConnection) throws(Refusal) {
    try refuseSecond(peering.id, in: peerings, kind: "VPC peering connection", member: "VpcPeeringConnectionId")
    try check(peering)
    peerings[peering.id] = peering
    enroll(peering, true)
    renewRoutesToClassic(ofSidesOf: peering)
  }

  func check(_ peering: VPCPeeringConnection) throws(Refusal) {
    try check(peering.details)
    guard !peering.hasEnded else { return }
    let requester = try findVPC(peering.requester.vpcID, member: "RequesterVpcInfo")
    let accepter = try findVPC(peering.accepter.vpcID, member: "AccepterVpcInfo")
    guard requester.id != accepter.id else {
      throw Refusal(.peeringWithItself(requester.id), member: "AccepterVpcInfo")
    }
    if let other = livePeerings[PairOfVPCs(requester.id, accepter.id)] {
      throw Refusal(.alreadyPeered(requester.id, accepter.id, other), member: "VpcPeeringConnectionId")
    }
    for (vpc, member) in [(requester.id, "RequesterVpcInfo"), (accepter.id, "AccepterVpcInfo")] {
      try refuseMore(
        "peering connections of \(vpc)", (peeringIDs[vpc]?.count ?? 0) + 1, than: Quotas.peeringsOfVPC, member: member)
    }
    if peering.isActive { try checkRanges(requester, accepter) }
    try checkClassicLinkOptions(of: peering, requester, accepter)
  }

  mutating func enroll(_ peering: VPCPeeringConnection, _ isThere: Bool) {
    guard !peering.hasEnded else { return }
    livePeerings[PairOfVPCs(peering.requester.vpcID, peering.accepter.vpcID)] = isThere ? peering.id : nil
    for side in peering.sides { peeringIDs.set(peering.id, of: side.vpcID, isThere) }
    for id in peering.vpcsThatReachClassic {
      let count = classicPeeringCounts[id, default: 0] + (isThere ? 1 : -1)
      classicPeeringCounts[id] = count > 0 ? count : nil
    }
  }

  /// A DNS option that is already on stays when hostnames are turned off later; only turning it on is checked.
  mutating func modifyOptions(
    of id: ID<VPCPeeringConnection>, requester: VPCPeeringConnection.Options?,
    accepter: VPCPeeringConnection.Options?
  ) throws(Refusal) {
    let old = try find(id, in: peerings, kind: "VPC peering connection", member: "VpcPeeringConnectionId")
    guard old.isActive else {
      throw Refusal(.peeringNotActive(id, status: old.status), member: "VpcPeeringConnectionId")
    }
    guard requester != nil || accepter != nil else { throw Refusal(.nothingToModify(id)) }
    var new = old
    if let requester { new.requester.options = requester }
    if let accepter { new.accepter.options = accepter }
    try checkDnsOptions(old, new)
    try checkClassicLinkOptions(of: new, try findVPC(new.requester.vpcID), try findVPC(new.accepter.vpcID))
    put(new, insteadOf: old)
  }

  mutating func put(_ peering: VPCPeeringConnection, insteadOf old: VPCPeeringConnection) {
    enroll(old, false)
    peerings[peering.id] = peering
    enroll(peering, true)
    renewRoutesToClassic(ofSidesOf: peering)
  }

  func checkRanges(_ requester: VPC, _ accepter: VPC) throws(Refusal) {
    for one in requester.cidrBlocks {
      for other in accepter.cidrBlocks where one.overlaps(other) {
        throw Refusal(.peersOverlap(one, other), member: "AccepterVpcInfo")
      }
    }
  }

  func checkDnsOptions(_ old: VPCPeeringConnection, _ new: VPCPeeringConnection) throws(Refusal) {
    let ends = (try findVPC(new.requester.vpcID), try findVPC(new.accepter.vpcID))
    try checkDnsOption(
      old.requester.options, new.requester.options, of: new.id, ends, member: "RequesterPeeringConnectionOptions")
    try checkDnsOption(
      old.accepter.options, new.accepter.options, of: new.id, ends, member: "AccepterPeeringConnectionOptions")
  }

  private func checkDnsOption(
    _ old: VPCPeeringConnection.Options, _ new: VPCPeeringConnection.Options, of id: ID<VPCPeeringConnection>,
    _ ends: (VPC, VPC), member: String
  ) throws(Refusal) {
    guard new.allowDnsResolutionFromRemoteVpc, !old.allowDnsResolutionFromRemoteVpc else { return }
    for vpc in [ends.0, ends.1] where !vpc.enableDnsHostnames {
      throw Refusal(.peerHostnamesDisabled(id, vpc.id), member: member)  // semantics 4.3
    }
  }

  private func checkClassicLinkOptions(
    of peering: VPCPeeringConnection, _ requester: VPC, _ accepter: VPC
  ) throws(Refusal) {
    guard !peering.hasClassicLinkOptions || requester.region == accepter.region else {
      throw Refusal(.classicLinkAcrossRegions(peering.id), member: "VpcPeeringConnectionId")
    }
    for vpc in [requester, accepter] where peering.vpcsThatReachClassic.contains(vpc.id) {
      if let (table, route) = conflictingRoute(of: vpc) {
        throw Refusal(.routeInsideClassicRange(table, route.destination), member: "PeeringOptions")  // S51, PEER-cl
      }
    }
  }

  private mutating func renewRoutesToClassic(ofSidesOf peering: VPCPeeringConnection) {
    for side in peering.sides { renewRoutesToClassic(of: side.vpcID) }  // S51
  }
}
