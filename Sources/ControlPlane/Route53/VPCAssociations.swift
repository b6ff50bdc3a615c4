// Private zones and the VPCs that see them, of one account or of two (semantics 3.1).
import Cloud
import DNSWire

extension RESTService {
  static let vpcAssociationOperations: [String: Operation] = [
    "AssociateVPCWithHostedZone": { (call: inout Call, parameters) throws(AWSError) in
      let comment = try parameters.comment("Comment")
      let (anyZone, vpc) = try call.association(parameters)
      var zone = anyZone
      guard zone.isPrivate else {
        throw AWSError(
          "PublicZoneVPCAssociation", "You're trying to associate a VPC with a public hosted zone: \(zone.id)")
      }
      let isOneAccount = zone.ownerID == vpc.ownerID
      guard vpc.ownerID == call.caller.account, isOneAccount || call.authorizes(zone, vpc.id) else {
        throw .notAuthorized(vpc.id)
      }
      guard !zone.vpcIDs.contains(vpc.id) else {
        throw AWSError(Refusal(.zoneNameTwice(zone.name, vpc.id, zone.id)), in: call.world)
      }
      zone.vpcIDs = (zone.vpcIDs + [vpc.id]).sorted()
      try call.apply(.replace(.hostedZone(zone)))
      return [call.changeInfo(comment: comment)]
    },
    "DisassociateVPCFromHostedZone": { (call: inout Call, parameters) throws(AWSError) in
      let comment = try parameters.comment("Comment")
      let (anyZone, vpc) = try call.association(parameters)
      var zone = anyZone
      guard zone.vpcIDs.contains(vpc.id) else {
        throw AWSError(
          "VPCAssociationNotFound", "The VPC \(vpc.id) is not associated with the hosted zone \(zone.id)")
      }
      zone.vpcIDs.removeAll { $0 == vpc.id }
      try call.apply(.replace(.hostedZone(zone)))
      return [call.changeInfo(comment: comment)]
    },
  ]

  static let authorizationOperations: [String: Operation] = [
    "CreateVPCAssociationAuthorization": { (call: inout Call, parameters) throws(AWSError) in
      let (zone, vpc) = try call.authorization(parameters)
      guard zone.isPrivate else {
        throw AWSError("PublicZoneVPCAssociation", "The hosted zone \(zone.id) is public")
      }
      var vpcs = call.authorizedVPCs(zone)
      if !vpcs.contains(vpc.id) { vpcs.append(vpc.id) }
      guard vpcs.count <= Route53Limits.authorizations else {
        throw AWSError(
          "TooManyVPCAssociationAuthorizations",
          "The hosted zone \(zone.id) has \(Route53Limits.authorizations) authorizations already")
      }
      try call.authorize(zone, vpcs)
      return [XML("HostedZoneId", zone.id), XML("VPC", call.members(ofVPC: vpc.id))]
    },
    "DeleteVPCAssociationAuthorization": { (call: inout Call, parameters) throws(AWSError) in
      let (zone, vpc) = try call.authorization(parameters)
      let vpcs = call.authorizedVPCs(zone)
      guard vpcs.contains(vpc.id) else {
        throw AWSError(
          "VPCAssociationAuthorizationNotFound",
          "The VPC \(vpc.id) is not authorized to be associated with the hosted zone \(zone.id)")
      }
      try call.authorize(zone, vpcs.filter { $0 != vpc.id })
      return []
    },
    "ListVPCAssociationAuthorizations": { (call: inout Call, parameters) throws(AWSError) in
      let zone = try call.hostedZone(parameters)
      let size = try parameters.pageSize("MaxResults", most: Route53Limits.authorizationsOfPage)
      let request = PageRequest(size: size, after: try parameters.route53Token())
      let page = request.page(call.authorizedVPCs(zone)) { $0.rawValue }
      var items: [[XML]] = []
      for id in page.items { items.append(call.members(ofVPC: id)) }
      return [
        XML("HostedZoneId", zone.id), XML("NextToken", optional: page.next), .list("VPCs", of: "VPC", items),
      ].compactMap(\.self)
    },
  ]
}

extension AWSError {
  static func notAuthorized(_ vpc: ID<VPC>) -> AWSError {
    AWSError("NotAuthorizedException", "The VPC: \(vpc) has not authorized to associate with your hosted zone.")
  }
}

extension HostedZone {
  /// Under which the VPCs are kept that its owner lets in.
  var authorizationKey: StoredResource.Key { StoredResource.Key(.vpcAssociationAuthorization, id.rawValue) }
}

extension Call {
  /// The zone and the VPC of a call; one of them is the caller's.
  fileprivate func association(_ parameters: Parameters) throws(AWSError) -> (HostedZone, VPC) {
    let zone = try anyHostedZone(parameters.required("Id"))
    let vpc = try vpc(parameters)
    if vpc.ownerID != caller.account { _ = try hostedZone(zone.id.rawValue) }
    return (zone, vpc)
  }

  /// The caller's zone, and anybody's VPC.
  fileprivate func authorization(_ parameters: Parameters) throws(AWSError) -> (HostedZone, VPC) {
    (try hostedZone(parameters), try vpc(parameters))
  }

  fileprivate func authorizedVPCs(_ zone: HostedZone) -> [ID<VPC>] {
    (world.storedResources[zone.authorizationKey] ?? [:]).mappings("VPCs").compactMap { $0.text("VPCId") }
      .map { ID($0) }
  }

  fileprivate func authorizes(_ zone: HostedZone, _ vpc: ID<VPC>) -> Bool { authorizedVPCs(zone).contains(vpc) }

  fileprivate mutating func authorize(_ zone: HostedZone, _ vpcs: [ID<VPC>]) throws(AWSError) {
    let key = zone.authorizationKey
    let isKept = world.storedResources[key] != nil
    guard !vpcs.isEmpty else {
      try apply(.remove(.stored(key)))
      return
    }
    var items: [Detail] = []
    for id in vpcs.sorted() {
      var item: Details = ["VPCId": .text(id.rawValue)]
      if let region = world.vpcs[id]?.region { item["VPCRegion"] = .text(region.code) }
      items.append(.mapping(item))
    }
    let stored = StoredResource(key.kind, key.id, ["VPCs": .list(items)])
    try apply(isKept ? .replace(.stored(stored)) : .addStored(stored))
  }
}
