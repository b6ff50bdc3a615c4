// VPC peering connections: asked for, accepted or not, and the options of each side (semantics 4.1–4.4).
import Cloud

extension QueryService {
  static let peeringOperations: [String: Operation] = [
    "CreateVpcPeeringConnection": { (call: inout Call, parameters) throws(AWSError) in
      try call.createPeering(parameters)
    },
    "AcceptVpcPeeringConnection": { (call: inout Call, parameters) throws(AWSError) in
      let peering = try call.peering(parameters.ec2ID("VpcPeeringConnectionId", .peering))
      try call.checkAnswers(peering, "accept")
      try call.become(peering, "active")
      return [XML("vpcPeeringConnection", call.members(of: call.world.peerings[peering.id] ?? peering))]
    },
    "RejectVpcPeeringConnection": { (call: inout Call, parameters) throws(AWSError) in
      let peering = try call.peering(parameters.ec2ID("VpcPeeringConnectionId", .peering))
      try call.checkAnswers(peering, "reject")
      try call.become(peering, "rejected")
      return .done
    },
    "DeleteVpcPeeringConnection": { (call: inout Call, parameters) throws(AWSError) in
      let peering = try call.peering(parameters.ec2ID("VpcPeeringConnectionId", .peering))
      guard peering.isActive || peering.isPending else { throw peering.wrongState("deleted") }
      try call.become(peering, "deleted")
      return .done
    },
    "DescribeVpcPeeringConnections": { (call: inout Call, parameters) throws(AWSError) in
      try call.describePeerings(parameters)
    },
    "ModifyVpcPeeringConnectionOptions": { (call: inout Call, parameters) throws(AWSError) in
      try call.modifyPeeringOptions(parameters)
    },
  ]
}

extension VPCPeeringConnection {
  /// Milliseconds that the other side has for its answer (AWS: seven days).
  fileprivate static let patience: Int64 = 7 * 24 * 3_600_000
  /// Milliseconds for which one that is over is still described (AWS: two hours to two days).
  fileprivate static let remembrance: Int64 = 2 * 3_600_000

  fileprivate var isPending: Bool { status == "pending-acceptance" }

  fileprivate func wrongState(_ next: String) -> AWSError {
    AWSError(
      "InvalidStateTransition",
      "Invalid state transition for \(id), attempted to transition from \(status) to \(next)")
  }

  /// AWS's sentence for a status.
  fileprivate func message(accepter: String?) -> String {
    switch status {
    case "pending-acceptance": "Pending Acceptance by \(accepter ?? "the accepter")"
    case "active": "Active"
    case "failed": "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range"
    default: status.prefix(1).uppercased() + status.dropFirst()
    }
  }
}

extension Call {
  fileprivate mutating func createPeering(_ parameters: Parameters) throws(AWSError) -> [XML] {
    let vpc = try vpc(parameters.ec2ID("VpcId", .vpc))
    let peerID: ID<VPC> = try parameters.ec2ID("PeerVpcId", .vpc)
    let owner = parameters.text("PeerOwnerId") ?? caller.account
    let region = parameters.text("PeerRegion").map { Region($0) } ?? caller.region
    guard let peer = world.vpcs[peerID], peer.ownerID == owner, peer.region == region else {
      throw .notFound("VPC", peerID)
    }
    var peering = VPCPeeringConnection(
      id: allocator.id("pcx"), requester: .init(vpcID: vpc.id), accepter: .init(vpcID: peer.id))
    peering.tags = try parameters.tagSpecifications("vpc-peering-connection")["vpc-peering-connection"] ?? []
    let overlaps = vpc.id != peer.id && vpc.cidrBlocks.contains { one in peer.cidrBlocks.contains(where: one.overlaps) }
    peering.status = overlaps ? "failed" : "pending-acceptance"
    peering.details["ExpirationTime"] = expiration(of: peering)
    try apply(.addPeering(peering))
    try forgetEndedPeerings()
    return [XML("vpcPeeringConnection", members(of: peering))]
  }

  /// Until when it waits for an answer, or is described after its end.
  private func expiration(of peering: VPCPeeringConnection) -> Detail? {
    guard !peering.isActive else { return nil }
    let span = peering.isPending ? VPCPeeringConnection.patience : VPCPeeringConnection.remembrance
    return .text(Timestamp(milliseconds: now.milliseconds + span).description)
  }

  /// Only the owner of the other VPC answers, in its Region.
  fileprivate func checkAnswers(_ peering: VPCPeeringConnection, _ verb: String) throws(AWSError) {
    guard sees(vpcID: peering.accepter.vpcID) else {
      throw AWSError(
        "OperationNotPermitted",
        "User \(caller.account) cannot \(verb) peering \(peering.id) in \(caller.region): the accepter does")
    }
    guard peering.isPending, !isOver(peering) else {
      throw peering.wrongState(verb == "accept" ? "active" : "rejected")
    }
  }

  fileprivate mutating func become(_ peering: VPCPeeringConnection, _ status: String) throws(AWSError) {
    var peering = peering
    peering.status = status
    peering.details["ExpirationTime"] = expiration(of: peering)
    try apply(.replace(.peering(peering)))
  }

  /// Nobody answered in time, or nobody has to know of it any more. Both texts are of one form: they compare as times.
  private func isOver(_ peering: VPCPeeringConnection) -> Bool {
    guard !peering.isActive, let end = peering.details.text("ExpirationTime") else { return false }
    return end <= now.description
  }

  private mutating func forgetEndedPeerings() throws(AWSError) {
    for peering in world.peerings.values.filter({ isOver($0) }) {
      if peering.isPending { try become(peering, "expired") } else { try apply(.remove(.peering(peering.id))) }
    }
  }

  // MARK: Options

  fileprivate mutating func modifyPeeringOptions(_ parameters: Parameters) throws(AWSError) -> [XML] {
    let peering = try peering(parameters.ec2ID("VpcPeeringConnectionId", .peering))
    let requester = try options(parameters, "Requester", peering.requester)
    let accepter = try options(parameters, "Accepter", peering.accepter)
    try apply(.modifyPeeringOptions(peering.id, requester: requester?.options, accepter: accepter?.options))
    return [requester?.echo, accepter?.echo].compactMap(\.self)
  }

  /// The options of a side as they are to be, and what of them was given.
  private func options(
    _ parameters: Parameters, _ side: String, _ now: VPCPeeringConnection.Side
  ) throws(AWSError) -> (options: VPCPeeringConnection.Options, echo: XML)? {
    let name = side + "PeeringConnectionOptions"
    guard let given = parameters.structure(name) else { return nil }
    guard sees(vpcID: now.vpcID) else {
      throw AWSError(
        "OperationNotPermitted", "The options of \(now.vpcID) are changed by its owner, in its Region, not by you")
    }
    var options = now.options
    var echo: [XML] = []
    if let isOn = try given.boolean("AllowDnsResolutionFromRemoteVpc") {
      options.allowDnsResolutionFromRemoteVpc = isOn
      echo.append(XML("allowDnsResolutionFromRemoteVpc", isOn))
    }
    if let isOn = try given.boolean("AllowEgressFromLocalClassicLinkToRemoteVpc") {
      options.allowEgressFromLocalClassicLinkToRemoteVpc = isOn
      echo.append(XML("allowEgressFromLocalClassicLinkToRemoteVpc", isOn))
    }
    if let isOn = try given.boolean("AllowEgressFromLocalVpcToRemoteClassicLink") {
      options.allowEgressFromLocalVpcToRemoteClassicLink = isOn
      echo.append(XML("allowEgressFromLocalVpcToRemoteClassicLink", isOn))
    }
    return (options, XML(side.lowercased() + "PeeringConnectionOptions", echo))
  }

  // MARK: Describing

  fileprivate func describePeerings(_ parameters: Parameters) throws(AWSError) -> [XML] {
    let filters = try Filters(
      parameters,
      names: [
        "accepter-vpc-info.cidr-block", "accepter-vpc-info.owner-id", "accepter-vpc-info.vpc-id", "expiration-time",
        "requester-vpc-info.cidr-block", "requester-vpc-info.owner-id", "requester-vpc-info.vpc-id", "status-code",
        "status-message", "tag", "tag-key", "vpc-peering-connection-id",
      ])
    let all = try peerings(parameters.ec2IDs("VpcPeeringConnectionId", .peering)).filter { !isOver($0) }
    let page = try PageRequest(parameters).page(filters.sift(all) { values($0, ofFilter: $1) }) { $0.id.rawValue }
    return [.list("vpcPeeringConnectionSet", page.items.map { members(of: $0) })] + XML.nextToken(page.next)
  }

  private func values(_ peering: VPCPeeringConnection, ofFilter name: String) -> [String]? {
    func ofSide(_ side: VPCPeeringConnection.Side) -> [String]? {
      let vpc = world.vpcs[side.vpcID]
      return switch name.split(separator: ".").last {
      case "cidr-block": vpc?.cidrBlocks.map(\.description)
      case "owner-id": vpc.map { [$0.ownerID] }
      default: [side.vpcID.rawValue]
      }
    }
    return switch name {
    case "expiration-time": peering.details.text("ExpirationTime").map { [$0] }
    case "status-code": [peering.status]
    case "status-message": [peering.message(accepter: world.vpcs[peering.accepter.vpcID]?.ownerID)]
    case "vpc-peering-connection-id": [peering.id.rawValue]
    case _ where name.hasPrefix("accepter-vpc-info."): ofSide(peering.accepter)
    case _ where name.hasPrefix("requester-vpc-info."): ofSide(peering.requester)
    default: peering.tags.values(ofFilter: name)
    }
  }

  fileprivate func members(of peering: VPCPeeringConnection) -> [XML] {
    let message = peering.message(accepter: world.vpcs[peering.accepter.vpcID]?.ownerID)
    return [
      XML("vpcPeeringConnectionId", peering.id),
      XML("requesterVpcInfo", members(of: peering.requester, isOpen: true)),
      // What the accepter has is shown once it has accepted.
      XML("accepterVpcInfo", members(of: peering.accepter, isOpen: peering.isActive)),
      XML("status", [XML("code", peering.status), XML("message", message)]),
      XML("expirationTime", optional: peering.details.text("ExpirationTime")), .tags(peering.tags),
    ].compactMap(\.self)
  }

  private func members(of side: VPCPeeringConnection.Side, isOpen: Bool) -> [XML] {
    var members = [XML("vpcId", side.vpcID)]
    guard let vpc = world.vpcs[side.vpcID] else { return members }
    members += [XML("ownerId", vpc.ownerID), XML("region", vpc.region)]
    guard isOpen else { return members }
    let options = side.options
    return members + [
      XML("cidrBlock", vpc.cidrBlock), .list("cidrBlockSet", vpc.cidrBlocks.map { [XML("cidrBlock", $0)] }),
      XML(
        "peeringOptions",
        [
          XML("allowDnsResolutionFromRemoteVpc", options.allowDnsResolutionFromRemoteVpc),
          XML("allowEgressFromLocalClassicLinkToRemoteVpc", options.allowEgressFromLocalClassicLinkToRemoteVpc),
          XML("allowEgressFromLocalVpcToRemoteClassicLink", options.allowEgressFromLocalVpcToRemoteClassicLink),
        ]),
    ]
  }
}
