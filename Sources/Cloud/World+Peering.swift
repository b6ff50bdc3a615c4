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

  private var sides: [Side] { [requester, accepter] }

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
    if !peering.hasEnded {
      let requester = try findVPC(peering.requester.vpcID, member: "RequesterVpcInfo")
      let accepter = try findVPC(peering.accepter.vpcID, member: "AccepterVpcInfo")
      guard requester.id != accepter.id else {
        throw Refusal(.peeringWithItself(requester.id), member: "AccepterVpcInfo")
      }
      let pair = PairOfVPCs(requester.id, accepter.id)
      if let other = livePeerings[pair] {
        throw Refusal(.alreadyPeered(requester.id, accepter.id, other), member: "VpcPeeringConnectionId")
      }
      if peering.isActive { try checkRanges(requester, accepter) }
      try checkClassicLinkOptions(of: peering, requester, accepter)
      livePeerings[pair] = peering.id
    }
    peerings[peering.id] = peering
    count(peering.vpcsThatReachClassic, by: 1)
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
    let ends = (try findVPC(new.requester.vpcID), try findVPC(new.accepter.vpcID))
    try checkDnsOption(
      old.requester.options, new.requester.options, of: id, ends, member: "RequesterPeeringConnectionOptions")
    try checkDnsOption(
      old.accepter.options, new.accepter.options, of: id, ends, member: "AccepterPeeringConnectionOptions")
    try checkClassicLinkOptions(of: new, ends.0, ends.1)
    peerings[id] = new
    count(old.vpcsThatReachClassic, by: -1)
    count(new.vpcsThatReachClassic, by: 1)
  }

  private func checkRanges(_ requester: VPC, _ accepter: VPC) throws(Refusal) {
    for one in requester.cidrBlocks {
      for other in accepter.cidrBlocks where one.overlaps(other) {
        throw Refusal(.peersOverlap(one, other), member: "AccepterVpcInfo")
      }
    }
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

  private mutating func count(_ vpcIDs: [ID<VPC>], by step: Int) {
    for id in vpcIDs {
      classicPeeringCounts[id, default: 0] += step
      renewRoutesToClassic(of: id)  // S51
    }
  }
}
