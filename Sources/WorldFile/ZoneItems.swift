// Hosted zones and their records, from master files and in Route 53's shape.
import Cloud
import DNSWire
import ZoneFile

/// A record set with the place where it stands.
struct PlacedRecordSet {
  var set: ResourceRecordSet
  var spot: Spot
  /// The item in Route 53's shape; `nil` for what a master file holds.
  var members: Members?
}

extension Item {
  /// The zone without its records. A zone that does not say whether it is private is so when it has VPCs.
  /// `regionOfVPC` checks what the item says about its VPCs.
  func hostedZone(_ regionOfVPC: RegionOfVPC) -> HostedZone? {
    guard let name = members.required("Name", members.domainName("Name", octalEscapes: true)) else { return nil }
    let vpcs = members.list("VPCs").compactMap { vpc -> ID<VPC>? in
      guard let id: ID<VPC> = vpc.required("VPCId", vpc.id("VPCId")) else { return nil }
      if let given = vpc.text("VPCRegion"), let region = regionOfVPC(id), region.code != given {
        vpc.report.error(vpc.spot(of: "VPCRegion"), "\(id) is in \(region), not in \(given)")
      }
      return id
    }
    let isPrivate = members.members("Config")?.boolean("PrivateZone") ?? !vpcs.isEmpty
    var zone = HostedZone(id: ID(id), name: name, isPrivate: isPrivate, vpcIDs: vpcs.sorted())
    zone.details = members.details(besides: .hostedZone)
    if accountID != WorldFile.defaultAccountID { zone.details["OwnerId"] = .text(accountID) }
    return zone
  }
}

/// The records of a master file as simple record sets, one a name and type.
func recordSets(of records: [ZoneRecord], file: Int, report: Report) -> [PlacedRecordSet] {
  struct Key: Hashable {
    var name: Name
    var type: RecordType
  }
  var indices: [Key: Int] = [:]
  var result: [PlacedRecordSet] = []
  // They go into their set when all are there: one by one, each would copy those before it.
  var values: [[[UInt8]]] = []
  for entry in records {
    let record = entry.record
    let spot = Spot(file: file, line: entry.line, column: entry.column)
    let key = Key(name: record.owner, type: record.type)
    if let index = indices[key] {
      if result[index].set.ttl != record.ttl {
        // RFC 2181 5.2: the records of a set have one TTL.
        let lowest = min(result[index].set.ttl, record.ttl)
        report.warning(spot, "\(record.owner) \(record.type) has more than one TTL; \(lowest) is taken for all")
        result[index].set.ttl = lowest
      }
      values[index].append(record.data)
    } else {
      indices[key] = result.count
      let set = ResourceRecordSet(name: record.owner, type: record.type, ttl: record.ttl, content: .records([]))
      result.append(PlacedRecordSet(set: set, spot: spot))
      values.append([record.data])
    }
  }
  for index in result.indices { result[index].set.content = .records(values[index]) }
  return result
}

extension ResourceRecordSet {
  /// Octets of the longest answer with these records: header, question and OPT record, names in the data whole.
  private var answerOctets: Int {
    guard case .records(let values) = content else { return 0 }
    let question = name.wire.count + 4
    let optRecord = 11
    // Of each record a pointer to the question's name, type, class, TTL, length, and the data.
    return Limits.headerOctets + question + optRecord + values.reduce(0) { $0 + 12 + $1.count }
  }

  /// What to say of records that no message can hold (RFC 1035 4.2.2); they go together or not at all.
  var sizeWarning: String? {
    guard answerOctets > Limits.tcpOctets else { return nil }
    return "\(name) \(type) fits into no message: its answer takes \(answerOctets) octets, "
      + "\(Limits.tcpOctets) are the most, so it is SERVFAIL"
  }
}

extension Members {
  /// `ResourceRecordSets` in Route 53's shape.
  func recordSets() -> [PlacedRecordSet] {
    list("ResourceRecordSets").compactMap { item in
      item.recordSet().map { PlacedRecordSet(set: $0, spot: item.spot, members: item) }
    }
  }

  private func recordSet() -> ResourceRecordSet? {
    let before = report.errorCount
    let name = required("Name", domainName("Name", octalEscapes: true))
    let type = required("Type", parsed("Type", "a record type") { RecordType($0) })
    let policy = policy()
    guard let name, let type, let (content, ttl) = content(type) else { return nil }
    var set = ResourceRecordSet(name: name, type: type, ttl: ttl, content: content)
    set.policy = policy
    set.setIdentifier = looseText("SetIdentifier")
    set.isHealthy = boolean("Healthy") ?? true
    set.details = details(besides: .recordSet)
    return report.errorCount == before ? set : nil
  }

  /// Records with their TTL, or an alias, which takes its target's.
  private func content(_ type: RecordType) -> (ResourceRecordSet.Content, UInt32)? {
    if let alias = members("AliasTarget") {
      for name in ["ResourceRecords", "TTL"] where has(name) {
        report.error(spot(of: name), "\(name) and AliasTarget exclude each other")
      }
      guard let target = alias.required("DNSName", alias.domainName("DNSName", octalEscapes: true)) else { return nil }
      return (.alias(target), 0)
    }
    guard has("ResourceRecords") else {
      report.error(spot, "ResourceRecords or AliasTarget is missing")
      return nil
    }
    let ttl = required("TTL", integer("TTL", in: Self.ttlRange))
    let values = list("ResourceRecords").compactMap { $0.recordData(type) }
    return ttl.map { (.records(values), UInt32($0)) }
  }

  private func recordData(_ type: RecordType) -> [UInt8]? {
    guard let text = required("Value", text("Value")) else { return nil }
    do throws(ZoneProblem) {
      return try ZoneFile.recordData(type: type, text: decimalEscapes(text))
    } catch {
      report.error(spot(of: "Value"), "not a value of type \(type): \(error.message)")
      return nil
    }
  }

  /// 0–255 (R53API).
  private static let weights = 0...255

  private func policy() -> ResourceRecordSet.Policy {
    var policies: [ResourceRecordSet.Policy] = []
    if boolean("MultiValueAnswer") == true { policies.append(.multivalue) }
    if let weight = integer("Weight", in: Self.weights) { policies.append(.weighted(weight)) }
    if let role = parsed("Failover", "PRIMARY or SECONDARY", { ["PRIMARY", "SECONDARY"].contains($0) ? $0 : nil }) {
      policies.append(.failover(isPrimary: role == "PRIMARY"))
    }
    if let region = text("Region") { policies.append(.latency(Region(region))) }
    if let location = members("GeoLocation") {
      let place = GeoLocation(
        continent: location.text("ContinentCode"), country: location.text("CountryCode"),
        subdivision: location.text("SubdivisionCode"))
      if place == nil { report.error(location.spot, "a GeoLocation has \(GeoLocation.expected)") }
      if let place { policies.append(.geolocation(place)) }
    }
    for name in ["CidrRoutingConfig", "GeoProximityLocation"] where has(name) {
      report.error(spot(of: name), "\(name) is not supported: a private zone cannot have it (semantics 3.3)")
    }
    if policies.count > 1 { report.error(spot, "a record set has one routing policy, this one has \(policies.count)") }
    return policies.first ?? .simple
  }
}
