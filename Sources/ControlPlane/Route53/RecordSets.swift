// The record sets of a zone: changed in batches, listed by pages.
import Cloud
import DNSWire
import WorldFile

extension RESTService {
  static let recordSetOperations: [String: Operation] = [
    "ChangeResourceRecordSets": { (call: inout Call, parameters) throws(AWSError) in
      let zone = try call.hostedZone(parameters)
      let comment = try parameters.comment("ChangeBatch.Comment")
      let request = try RecordSetRequest(parameters, for: zone)
      try RecordSetBatch.apply(request, to: &call)
      return [call.changeInfo(comment: comment)]
    },
    "ListResourceRecordSets": { (call: inout Call, parameters) throws(AWSError) in
      let zone = try call.hostedZone(parameters)
      let size = try parameters.pageSize("MaxItems", most: Route53Limits.recordSetsOfPage)
      var start = RecordSetPlace()
      if let name = try parameters.domainName("StartRecordName") { start.name = name }
      // Any type: a page may end before one that Route 53 does not store, but a zone file has.
      let type = try parameters.parsed("StartRecordType", "it must be a record type") { RecordType($0) }
      start.type = type?.description ?? ""
      start.identifier = parameters.text("StartRecordIdentifier") ?? ""
      guard start.type.isEmpty || parameters.has("StartRecordName") else {
        throw .invalidInput("The input is not valid: StartRecordType needs a StartRecordName")
      }
      guard start.identifier.isEmpty || !start.type.isEmpty else {
        throw .invalidInput("The input is not valid: StartRecordIdentifier needs a StartRecordType")
      }
      let sets = zone.recordSets(from: start, count: size + 1)
      let next = sets.count > size ? sets.last : nil
      let items = sets.prefix(size).map { XML("ResourceRecordSet", $0.members(in: zone)) }
      return [
        XML("ResourceRecordSets", items), XML("IsTruncated", next != nil),
        XML("NextRecordName", optional: next?.name.route53),
        XML("NextRecordType", optional: next?.type.description),
        XML("NextRecordIdentifier", optional: next?.setIdentifier), XML("MaxItems", size),
      ].compactMap(\.self)
    },
  ]
}

/// Where a list of record sets may begin: by name, then the type's letters, then the identifier.
private struct RecordSetPlace: Comparable {
  var name = Name.root
  var type = ""
  var identifier = ""

  init() {}

  init(_ set: ResourceRecordSet) {
    name = set.name
    type = set.type.description
    identifier = set.setIdentifier ?? ""
  }

  static func < (left: Self, right: Self) -> Bool {
    (left.name, left.type, left.identifier) < (right.name, right.type, right.identifier)
  }
}

extension HostedZone {
  /// At most so many sets, the first of them at a place or behind it. A world keeps them in the order of the names.
  fileprivate func recordSets(from start: RecordSetPlace, count: Int) -> [ResourceRecordSet] {
    var index = firstIndex(from: start.name)
    var result: [ResourceRecordSet] = []
    while index < recordSets.count, result.count < count {
      let name = recordSets[index].name
      let end = recordSets[index...].firstIndex { $0.name != name } ?? recordSets.count
      let ofName = recordSets[index..<end].sorted { RecordSetPlace($0) < RecordSetPlace($1) }
      result += ofName.drop { RecordSetPlace($0) < start }
      index = end
    }
    return Array(result.prefix(count))
  }

  /// The sets of one name.
  func recordSets(of name: Name) -> ArraySlice<ResourceRecordSet> {
    recordSets[firstIndex(from: name)...].prefix { $0.name == name }
  }

  private func firstIndex(from name: Name) -> Int {
    var range = 0..<recordSets.count
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      range = recordSets[middle].name < name ? (middle + 1)..<range.upperBound : range.lowerBound..<middle
    }
    return range.lowerBound
  }
}

extension ResourceRecordSet {
  fileprivate func members(in zone: HostedZone) -> [XML] {
    var members = [XML("Name", name.route53), XML("Type", type.description)]
    if let setIdentifier { members.append(XML("SetIdentifier", setIdentifier)) }
    switch policy {
    case .simple: break
    case .multivalue: members.append(XML("MultiValueAnswer", true))
    case .weighted(let weight): members.append(XML("Weight", weight))
    case .failover(let isPrimary): members.append(XML("Failover", isPrimary ? "PRIMARY" : "SECONDARY"))
    case .latency(let region): members.append(XML("Region", region))
    case .geolocation(let place): members.append(XML("GeoLocation", .mapping(place.members.mapValues { .text($0) })))
    }
    switch content {
    case .records(let values):
      members.append(XML("TTL", Int(ttl)))
      members.append(
        .list("ResourceRecords", of: "ResourceRecord", values.map { [XML("Value", Self.value(type, $0))] }))
    case .alias(let target):
      let kept = details["AliasTarget"]?.members ?? [:]
      let own = target.isEqualToOrBelow(zone.name) ? zone.id.rawValue : ""
      members.append(
        XML(
          "AliasTarget",
          [
            XML("HostedZoneId", kept.text("HostedZoneId") ?? own), XML("DNSName", target.route53),
            XML("EvaluateTargetHealth", kept.boolean("EvaluateTargetHealth") ?? false),
          ]))
    }
    if let healthCheckID { members.append(XML("HealthCheckId", healthCheckID)) }
    return members
  }
}
