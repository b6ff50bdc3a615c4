// Hosted zones: made, read, removed (semantics 3.1, 3.3).
import Cloud
import DNSWire
import WorldFile

extension RESTService {
  static let hostedZoneOperations: [String: Operation] = [
    "CreateHostedZone": { (call: inout Call, parameters) throws(AWSError) in
      try createHostedZone(&call, parameters)
    },
    "GetHostedZone": { (call: inout Call, parameters) throws(AWSError) in
      let zone = try call.hostedZone(parameters)
      guard zone.isPrivate else { return [call.xml(zone), .delegationSet(of: zone)] }
      var vpcs: [[XML]] = []
      for id in zone.vpcIDs { vpcs.append(call.members(ofVPC: id)) }
      return [call.xml(zone), .list("VPCs", of: "VPC", vpcs)]
    },
    "UpdateHostedZoneComment": { (call: inout Call, parameters) throws(AWSError) in
      var zone = try call.hostedZone(parameters)
      zone.comment = try parameters.comment("Comment")
      try call.apply(.replace(.hostedZone(zone)))
      return [call.xml(zone)]
    },
    "DeleteHostedZone": { (call: inout Call, parameters) throws(AWSError) in
      let zone = try call.hostedZone(parameters)
      guard zone.recordSets.allSatisfy({ $0.name == zone.name && ($0.type == .soa || $0.type == .ns) }) else {
        throw AWSError(
          "HostedZoneNotEmpty",
          "The specified hosted zone contains non-required resource record sets and so cannot be deleted.")
      }
      let authorizations = ResourceID.stored(zone.authorizationKey)
      if call.world[authorizations] != nil { try call.apply(.remove(authorizations)) }
      try call.apply(.remove(.hostedZone(zone.id)))
      return [call.changeInfo()]
    },
    "GetHostedZoneLimit": { (call: inout Call, parameters) throws(AWSError) in
      let zone = try call.hostedZone(parameters)
      let type = try parameters.required("Type")
      let value: Int
      let count: Int
      switch type {
      case "MAX_RRSETS_BY_ZONE": (value, count) = (Quotas.defaultRecordSetsPerHostedZone, zone.recordSets.count)
      case "MAX_VPCS_ASSOCIATED_BY_ZONE" where zone.isPrivate:
        (value, count) = (Quotas.vpcsPerHostedZone, zone.vpcIDs.count)
      case "MAX_VPCS_ASSOCIATED_BY_ZONE":
        throw AWSError("HostedZoneNotPrivate", "The hosted zone \(zone.id) is public")
      default:
        throw .invalid("Type", type, "it must be MAX_RRSETS_BY_ZONE or MAX_VPCS_ASSOCIATED_BY_ZONE")
      }
      return [XML("Limit", [XML("Type", type), XML("Value", value)]), XML("Count", count)]
    },
  ]

  private static func createHostedZone(_ call: inout Call, _ parameters: Parameters) throws(AWSError) -> [XML] {
    guard let name = try parameters.domainName("Name") else { throw .missing("Name") }
    guard !name.isRoot else { throw AWSError("InvalidDomainName", "The domain name '.' is reserved") }
    let reference = try parameters.required("CallerReference")
    guard reference.utf16.count <= Route53Limits.callerReference else {
      throw .invalid("CallerReference", reference, "it has at most \(Route53Limits.callerReference) characters")
    }
    let vpc = parameters.has("VPC") ? try call.vpc(parameters) : nil
    let isPrivate = try parameters.boolean("HostedZoneConfig.PrivateZone") ?? (vpc != nil)
    guard isPrivate == (vpc != nil) else {
      throw .invalidInput(
        isPrivate
          ? "When you're creating a private hosted zone (when you specify true for PrivateZone), you must also "
            + "specify values for VPCId and VPCRegion."
          : "When you specify values for VPCId and VPCRegion, PrivateZone must be true.")
    }
    if let vpc, vpc.ownerID != call.caller.account { throw .notAuthorized(vpc.id) }
    let comment = try parameters.comment("HostedZoneConfig.Comment")
    for zone in call.hostedZones where zone.details.text("CallerReference") == reference {
      throw AWSError(
        "HostedZoneAlreadyExists", "A hosted zone has already been created with the specified caller reference.")
    }
    var zone = HostedZone(
      id: call.allocator.hostedZoneID(), name: name, isPrivate: isPrivate, vpcIDs: vpc.map { [$0.id] } ?? [])
    zone.details["CallerReference"] = .text(reference)
    zone.comment = comment
    zone.ownerID = call.caller.account
    try call.apply(.addHostedZone(zone))
    // With the SOA and NS sets that it has got.
    zone = call.world.hostedZones[zone.id] ?? zone
    let result = [call.xml(zone), call.changeInfo()]
    guard let vpc else { return result + [.delegationSet(of: zone)] }
    return result + [XML("VPC", call.members(ofVPC: vpc.id))]
  }
}

extension Allocator {
  /// Such as `Z0123456789ABCDEFGHIJ`.
  mutating func hostedZoneID() -> ID<HostedZone> { ID("Z" + token(20).uppercased()) }
}

extension HostedZone {
  /// Whose it is, which no answer depends on.
  var ownerID: String {
    get { details.text("OwnerId") ?? WorldFile.defaultAccountID }
    set { details["OwnerId"] = newValue == WorldFile.defaultAccountID ? nil : .text(newValue) }
  }

  var comment: String? {
    get { details["Config"]?.members.text("Comment") }
    set {
      var config = details["Config"]?.members ?? [:]
      config["Comment"] = newValue.map { .text($0) }
      details["Config"] = config.isEmpty ? nil : .mapping(config)
    }
  }
}

extension Parameters {
  /// A comment, which no answer depends on; `nil` for none.
  func comment(_ name: String) throws(AWSError) -> String? {
    guard let comment = text(name), !comment.isEmpty else { return nil }
    guard comment.utf16.count <= Route53Limits.comment else {
      throw .invalid(name, comment, "it has at most \(Route53Limits.comment) characters")
    }
    return comment
  }
}

extension Call {
  /// Any zone, with or without the `/hostedzone/` that replies have.
  func anyHostedZone(_ text: String) throws(AWSError) -> HostedZone {
    let prefix = "/hostedzone/"
    let id = text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
    guard let zone = world.hostedZones[ID(id)] else {
      throw AWSError("NoSuchHostedZone", "No hosted zone found with ID: \(id)")
    }
    return zone
  }

  /// A zone of the caller's.
  func hostedZone(_ text: String) throws(AWSError) -> HostedZone {
    let zone = try anyHostedZone(text)
    guard zone.ownerID == caller.account else {
      throw AWSError("NoSuchHostedZone", "No hosted zone found with ID: \(zone.id)")
    }
    return zone
  }

  func hostedZone(_ parameters: Parameters) throws(AWSError) -> HostedZone {
    try hostedZone(parameters.required("Id"))
  }

  /// The VPC that `VPC` names, whosever it is.
  func vpc(_ parameters: Parameters) throws(AWSError) -> VPC {
    let id: ID<VPC> = try parameters.requiredID("VPC.VPCId")
    let region = try parameters.required("VPC.VPCRegion")
    guard let vpc = world.vpcs[id], vpc.region.code == region else {
      throw AWSError("InvalidVPCId", "The VPC ID \(id) is not valid in \(region)")
    }
    return vpc
  }

  /// The caller's zones.
  var hostedZones: [HostedZone] {
    let account = caller.account
    return world.hostedZones.values.filter { $0.ownerID == account }
  }

  func members(ofVPC id: ID<VPC>) -> [XML] {
    (world.vpcs[id].map { [XML("VPCRegion", $0.region)] } ?? []) + [XML("VPCId", id)]
  }

  func xml(_ zone: HostedZone) -> XML {
    let config = [XML("Comment", optional: zone.comment), XML("PrivateZone", zone.isPrivate)]
    var members = [
      XML("Id", "/hostedzone/\(zone.id)"), XML("Name", zone.name.route53),
      XML("CallerReference", zone.details.text("CallerReference") ?? ""), XML("Config", config.compactMap(\.self)),
      XML("ResourceRecordSetCount", zone.recordSets.count),
    ]
    if let service = zone.details["LinkedService"] { members.append(XML("LinkedService", service)) }
    return XML("HostedZone", members)
  }
}

extension XML {
  /// The name servers of a public zone, as its NS set says.
  static func delegationSet(of zone: HostedZone) -> XML {
    var servers: [String] = []
    for set in zone.recordSets where set.name == zone.name && set.type == .ns {
      guard case .records(let values) = set.content else { continue }
      servers += values.compactMap { Name(wire: $0) }.map { String($0.route53.dropLast()) }
    }
    return XML("DelegationSet", [.texts("NameServers", of: "NameServer", servers)])
  }
}
