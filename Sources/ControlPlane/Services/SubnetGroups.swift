// Groups of subnets, which RDS, Redshift and ElastiCache have each under a name of its own: stored, and asked where
// something new may stand.
import Cloud

/// What one service calls its groups of subnets.
struct SubnetGroups: Sendable {
  var kind: StoredResource.Kind
  /// An element of the list, such as `DBSubnetGroup`; the calls have it in their names.
  var element: String
  var descriptionMember: String
  var statusMember: String?
  /// The member with the ARN, and what stands before the name in it.
  var arn: (member: String, service: String, prefix: String)?
  /// Where tags are kept; `nil` where the service shows them by calls that we do not have.
  var tagMember: String?
  /// AWS's name for it in the parameter.
  var tags = "Tags"
  /// How many zones it must cover: RDS wants a place for the standby.
  var zones = 1
  var alreadyExists: String
  var notFound: String
  var inUse: String
  var tooFewZones = "InvalidSubnet"
  var elements: ElementNames
  /// Whether something stands in a group.
  var isUsed: @Sendable (borrowing Call, String) -> Bool

  /// The list, and the beginning of the calls' names.
  private var list: String { kind.rawValue }
  private var nameMember: String { kind.idMember }

  var operations: [String: Operation] {
    [
      "Create\(element)": { (call: inout Call, parameters) throws(AWSError) in
        let group = try create(&call, parameters)
        return [XML(element, members(group))]
      },
      "Delete\(element)": { (call: inout Call, parameters) throws(AWSError) in
        let group = try find(parameters.required(nameMember), call)
        guard !isUsed(call, group.name) else {
          throw AWSError(inUse, "The subnet group '\(group.name)' is in use")
        }
        try call.apply(.remove(.stored(group.key)))
        return []
      },
      "Describe\(list)": { (call: inout Call, parameters) throws(AWSError) in
        var groups =
          try parameters.text(nameMember).map { name throws(AWSError) in [try find(name, call)] }
          ?? call.stored(kind)
        if tagMember == "Tags" { groups = try parameters.sift(groups) { Call.tags($0.details, "Tags") } }
        return try PageNames.marker.list(list, of: element, groups, parameters, by: \.name, members)
      },
    ]
  }

  private func create(_ call: inout Call, _ parameters: Parameters) throws(AWSError) -> StoredResource {
    let name = try parameters.required(nameMember).lowercased()
    guard name != "default", name.utf8.count <= 255,
      name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || " ._-".contains($0)) })
    else {
      throw .invalid(
        nameMember, name,
        "it has at most 255 letters, digits, spaces, periods, underscores or hyphens, "
          + "and is not default")
    }
    guard call.stored(kind, name) == nil else {
      throw AWSError(alreadyExists, "The subnet group '\(name)' already exists")
    }
    let subnets = try chosen(parameters, call)
    var details: Details = [
      "Region": .text(call.region.code), "VpcId": .text(subnets[0].vpcID.rawValue),
      descriptionMember: .text(try parameters.required(descriptionMember)),
      "Subnets": .list(subnets.map(Self.detail)),
    ]
    if let statusMember { details[statusMember] = .text("Complete") }
    if let arn { details[arn.member] = .text(call.names.arn(arn.service, "\(arn.prefix):\(name)")) }
    if let tagMember {
      let given = try parameters.tags(tags)
      try Parameters.check(given)
      if !given.isEmpty { details[tagMember] = .tags(given) }
    }
    let group = call.newStored(kind, name, details)
    try call.apply(.addStored(group))
    return group
  }

  /// Subnets of one VPC, in enough zones.
  private func chosen(_ parameters: Parameters, _ call: borrowing Call) throws(AWSError) -> [Subnet] {
    var subnets: [Subnet] = []
    for id: ID<Subnet> in try parameters.ids("SubnetIds") {
      guard let subnet = call.world.subnets[id], call.sees(vpcID: subnet.vpcID) else {
        throw AWSError("InvalidSubnet", "The subnet ID '\(id)' does not exist")
      }
      guard subnet.vpcID == subnets.first?.vpcID ?? subnet.vpcID, !subnets.contains(subnet) else {
        throw AWSError("InvalidSubnet", "The subnets of a group are different ones of the same VPC: \(id)")
      }
      subnets.append(subnet)
    }
    guard !subnets.isEmpty else { throw .missing("SubnetIds") }
    // A subnet whose zone a world does not tell counts as one of its own.
    let known = Set(subnets.compactMap(\.availabilityZone)).count
    guard known + subnets.count(where: { $0.availabilityZone == nil }) >= zones else {
      throw AWSError(
        tooFewZones, "The subnet group doesn't meet Availability Zone (AZ) coverage requirement: at least \(zones) AZs")
    }
    return subnets.sorted { $0.id < $1.id }
  }

  private static func detail(_ subnet: Subnet) -> Detail {
    .mapping([
      "SubnetIdentifier": .text(subnet.id.rawValue), "SubnetStatus": .text("Active"),
      "SubnetAvailabilityZone": .mapping(subnet.availabilityZone.map { ["Name": .text($0)] } ?? [:]),
    ])
  }

  func find(_ name: String, _ call: borrowing Call) throws(AWSError) -> StoredResource {
    guard let group = call.stored(kind, name.lowercased()) else {
      throw AWSError(notFound, "The subnet group '\(name)' does not exist")
    }
    return group
  }

  /// Where something new stands that names a group, or none.
  func placement(_ name: String?, _ call: borrowing Call) throws(AWSError) -> Placement {
    let usual = call.defaultPlacement()
    guard let name, name != "default" || usual.vpcID == nil else {
      guard usual.vpcID != nil || call.supportsClassic else {
        throw AWSError(notFound, "No subnet group is named, and the account has neither a default VPC nor EC2-Classic")
      }
      return usual
    }
    let group = try find(name, call)
    let subnets = group.details.mappings("Subnets").compactMap { $0.text("SubnetIdentifier") }
      .compactMap { call.world.subnets[ID($0)] }
    guard let first = subnets.first else {
      throw AWSError("InvalidVPCNetworkStateFault", "No subnet of the group '\(name)' exists any more")
    }
    return Placement(vpcID: first.vpcID, subnets: subnets, groupName: group.name)
  }

  /// Where more of something goes that stands already: into the subnets of its group, or where a world does not tell
  /// that, into any of its VPC.
  func placement(in vpcID: ID<VPC>?, _ name: String?, _ call: borrowing Call) throws(AWSError) -> Placement {
    guard let vpcID else { return .classic }
    guard let group = name.flatMap({ call.stored(kind, $0) }) else {
      return Placement(vpcID: vpcID, subnets: call.subnets(of: vpcID))
    }
    return try placement(group.name, call)
  }

  // MARK: XML

  private func members(_ group: StoredResource) -> [XML] {
    [XML(nameMember, group.name)]
      + XML.members(group.details, elements, besides: tagMember == "Tags" ? [] : [tagMember ?? ""])
  }

  /// The group that something stands in, with all that it says.
  func xml(_ name: String?, _ call: borrowing Call) -> XML? {
    guard let name else { return nil }
    if let group = call.stored(kind, name) { return XML(element, members(group)) }
    let usual = call.defaultPlacement()
    guard name == "default", let vpcID = usual.vpcID else { return nil }
    var details: Details = [
      "VpcId": .text(vpcID.rawValue), descriptionMember: .text("default"),
      "Subnets": .list(usual.subnets.map(Self.detail)),
    ]
    if let statusMember { details[statusMember] = .text("Complete") }
    return XML(element, members(StoredResource(kind, name, details)))
  }
}
