// The record sets of a batch of changes, read from a request (semantics 3.3).
import Cloud
import DNSWire
import WorldFile
import ZoneFile

/// One change of a batch.
struct RecordSetChange {
  enum Action: String, CaseIterable {
    case create = "CREATE"
    case upsert = "UPSERT"
    case delete = "DELETE"
  }
  var action: Action
  var set: ResourceRecordSet
}

/// Reads a batch to its end: what is wrong with names and values is gathered, and told all at once.
struct RecordSetRequest {
  let zone: HostedZone
  private(set) var changes: [RecordSetChange] = []
  private(set) var faults: [String] = []
  private var records = 0
  private var characters = 0

  /// - Throws: What does not have the form of a batch.
  init(_ parameters: Parameters, for zone: HostedZone) throws(AWSError) {
    self.zone = zone
    let entries = try parameters.structures("ChangeBatch.Changes")
    guard !entries.isEmpty else { throw .missing("ChangeBatch.Changes") }
    // Each has a record at least: there is no need to read them all.
    guard entries.count <= Route53Limits.recordsOfBatch else {
      throw .invalidChangeBatch(["Number of records limit of \(Route53Limits.recordsOfBatch) exceeded."])
    }
    for entry in entries { try add(entry) }
    if records > Route53Limits.recordsOfBatch {
      faults.append("Number of records limit of \(Route53Limits.recordsOfBatch) exceeded.")
    }
    if characters > Route53Limits.charactersOfBatch {
      faults.append("Number of characters limit of \(Route53Limits.charactersOfBatch) exceeded.")
    }
  }

  private mutating func add(_ entry: Parameters) throws(AWSError) {
    guard let action = try entry.choice("Action", RecordSetChange.Action.self) else {
      throw .missing(entry.name(of: "Action"))
    }
    guard let members = entry.structure("ResourceRecordSet") else {
      throw .missing(entry.name(of: "ResourceRecordSet"))
    }
    let name = try members.required("Name")
    let type = try members.recordType("Type")
    let isDeleted = action == .delete
    let identifier = isDeleted ? members.text("SetIdentifier") : try members.notEmpty("SetIdentifier")
    let context =
      "Change with [Action=\(action.rawValue), Name=\(name), Type=\(type), SetIdentifier=\(identifier ?? "null")]"
    let policy = try members.policy(context, isDeleted: isDeleted)
    if policy == nil, identifier != nil { throw .expectedPolicy("none", context) }
    if policy != nil, identifier == nil {
      throw .invalidInput("Invalid request: Missing field 'SetIdentifier' in \(context)")
    }
    let healthCheck = members.text("HealthCheckId")
    let weight = action == .upsert ? 2 : 1
    guard let content = try content(members, type, weight, context), let owner = read(name) else { return }
    var set = ResourceRecordSet(name: owner, type: type, ttl: content.ttl, content: content.content)
    set.details = content.details
    set.policy = policy ?? .simple
    set.setIdentifier = identifier
    if let healthCheck { try keep(healthCheck, of: &set) }
    // What is there is deleted whatever it is: a world may have what no call makes.
    if !isDeleted {
      if let identifier, identifier.utf16.count > Route53Limits.setIdentifier {
        throw .invalid(
          members.name(of: "SetIdentifier"), identifier, "it has at most \(Route53Limits.setIdentifier) characters")
      }
      if let fault = set.routingFault { faults.append("\(fault) in \(context)") }
    }
    changes.append(RecordSetChange(action: action, set: set))
  }

  /// There are no health checks but those that the record sets of a world name: such a one stays with its set, and with
  /// what it says.
  private func keep(_ healthCheck: String, of set: inout ResourceRecordSet) throws(AWSError) {
    let current = zone.recordSets(of: set.name).first {
      $0.type == set.type && $0.setIdentifier == set.setIdentifier && $0.healthCheckID == healthCheck
    }
    guard let current else { throw .noHealthCheck(healthCheck) }
    set.healthCheckID = healthCheck
    set.isHealthy = current.isHealthy
  }

  private typealias Content = (content: ResourceRecordSet.Content, ttl: UInt32, details: Details)

  /// `nil` after a fault.
  private mutating func content(
    _ members: Parameters, _ type: RecordType, _ weight: Int, _ context: String
  ) throws(AWSError) -> Content? {
    let values = try members.structures("ResourceRecords")
    let ttl = try members.integer("TTL", in: 0...Int(Quotas.longestTimeToLive))
    if let alias = members.structure("AliasTarget") {
      guard ttl == nil, values.isEmpty else { throw .expectedContent("more than one", context) }
      return try self.alias(alias, type)
    }
    guard let ttl, !values.isEmpty else { throw .expectedContent("none", context) }
    var data: [[UInt8]] = []
    for value in values {
      let text = try value.required("Value")
      records += weight
      characters += weight * text.unicodeScalars.count
      if let one = read(type, text) { data.append(one) }
    }
    return data.count == values.count ? (.records(data), UInt32(ttl), [:]) : nil
  }

  private mutating func alias(_ members: Parameters, _ type: RecordType) throws(AWSError) -> Content? {
    let id = try members.required("HostedZoneId")
    let text = try members.required("DNSName")
    guard let evaluates = try members.boolean("EvaluateTargetHealth") else {
      throw .missing(members.name(of: "EvaluateTargetHealth"))
    }
    guard let target = read(text) else { return nil }
    // Where the target's own zone is told, it must hold the name.
    guard target.isEqualToOrBelow(zone.name) == (id == zone.id.rawValue) else {
      faults.append(
        "Tried to create an alias that targets \(target.route53), type \(type) in zone \(id), but the alias target "
          + "name does not lie within the target zone")
      return nil
    }
    let rest: Details = ["HostedZoneId": .text(id), "EvaluateTargetHealth": .boolean(evaluates)]
    return (.alias(target), 0, ["AliasTarget": .mapping(rest)])
  }

  private mutating func read(_ name: String) -> Name? {
    do throws(NameFault) {
      return try Name(route53: name)
    } catch {
      faults.append("FATAL problem: \(error.code) (\(error.words)) encountered with '\(name)'")
      return nil
    }
  }

  private mutating func read(_ type: RecordType, _ text: String) -> [UInt8]? {
    if let fault = type.fault(of: text) {
      faults.append("Invalid Resource Record: 'FATAL problem: \(fault) encountered with '\(text)''")
      return nil
    }
    do throws(ZoneProblem) {
      return try ZoneFile.recordData(type: type, text: decimalEscapes(text))
    } catch {
      let fault = type.illegalData ?? "\(type)RRDATAIllegal (\(error.message))"
      faults.append("Invalid Resource Record: 'FATAL problem: \(fault) encountered with '\(text)''")
      return nil
    }
  }
}

extension RecordType {
  /// What Route 53 refuses in a value that a master file may hold.
  fileprivate func fault(of text: String) -> String? {
    if description == "TXT" || description == "SPF", !text.hasPrefix("\"") || !text.hasSuffix("\"") {
      return "InvalidCharacterString (Value should be enclosed in quotation marks)"
    }
    if octalEscapesAsDecimal(text) == nil {
      return "InvalidCharacterString (Value contains an escape that is not three octal digits up to 377)"
    }
    let words = text.split(whereSeparator: \.isWhitespace)
    // RFC 3597 5, and units of time.
    if words.first == "\\#" || self == .soa && !words.dropFirst(2).allSatisfy({ $0.allSatisfy(\.isWholeNumber) }) {
      return "\(self)RRDATAIllegal (Value is not the text of a record of type \(self))"
    }
    return nil
  }

  /// Route 53's own words for a value that is none.
  fileprivate var illegalData: String? {
    switch self {
    case .a: "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)"
    case .aaaa: "AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)"
    default: nil
    }
  }
}

extension Parameters {
  /// One of the types that Route 53 stores.
  func recordType(_ name: String) throws(AWSError) -> RecordType {
    let text = try required(name)
    guard let type = RecordType.route53.first(where: { $0.description == text }) else {
      let known = RecordType.route53.map(\.description).joined(separator: ", ")
      throw .invalidInput(
        "1 validation error detected: Value '\(text)' at '\(self.name(of: name))' failed to satisfy constraint: "
          + "Member must satisfy enum value set: [\(known)]")
    }
    return type
  }

  /// A text that has one character at least where it is given (R53API).
  fileprivate func notEmpty(_ name: String) throws(AWSError) -> String? {
    try parsed(name, "it must have length greater than or equal to 1") { $0.isEmpty ? nil : $0 }
  }

  /// The routing policy of a record set; `nil` for a simple one.
  fileprivate func policy(_ context: String, isDeleted: Bool) throws(AWSError) -> ResourceRecordSet.Policy? {
    var policies: [ResourceRecordSet.Policy] = []
    if let weight = try integer("Weight", in: 0...Quotas.largestWeight) { policies.append(.weighted(weight)) }
    if let code = text("Region") {
      // What is no label is nobody's Region, and an empty one would be no policy when the state is read again.
      guard isDeleted || Region(code).isLabel else {
        throw .invalid(name(of: "Region"), code, "it must be a Region's code, such as us-east-1")
      }
      policies.append(.latency(Region(code)))
    }
    let roles = ["PRIMARY": true, "SECONDARY": false]
    if let isPrimary = try parsed("Failover", "it must be PRIMARY or SECONDARY", { roles[$0] }) {
      policies.append(.failover(isPrimary: isPrimary))
    }
    if let location = structure("GeoLocation") {
      let place = GeoLocation(
        continent: location.text("ContinentCode"), country: location.text("CountryCode"),
        subdivision: location.text("SubdivisionCode"))
      guard let place else {
        throw .invalidInput("Invalid request: Expected \(GeoLocation.expected) in GeoLocation in \(context)")
      }
      policies.append(.geolocation(place))
    }
    if try boolean("MultiValueAnswer") == true { policies.append(.multivalue) }
    guard policies.count <= 1 else { throw .expectedPolicy("more than one", context) }
    return policies.first
  }
}

extension ResourceRecordSet {
  var healthCheckID: String? {
    get { details.text("HealthCheckId") }
    set { details["HealthCheckId"] = newValue.map { .text($0) } }
  }

  /// What Route 53 takes of no routed set (R53API).
  fileprivate var routingFault: String? {
    switch (policy, type, content) {
    case (.simple, _, _): return nil
    case (_, .soa, _), (_, .ns, _), (_, .ds, _): return "A record set of type \(type) cannot have a routing policy"
    case (.multivalue, .cname, _): return "A record set of type CNAME cannot be a multivalue answer"
    case (.multivalue, _, .alias): return "An alias cannot be a multivalue answer"
    default: return nil
    }
  }
}

extension AWSError {
  static func noHealthCheck(_ id: String) -> AWSError {
    AWSError("NoSuchHealthCheck", "No health check found with ID: \(id)")
  }

  fileprivate static func expectedContent(_ found: String, _ context: String) -> AWSError {
    invalidInput(
      "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or "
        + "TrafficPolicyInstanceId], but found \(found) in \(context)")
  }

  fileprivate static func expectedPolicy(_ found: String, _ context: String) -> AWSError {
    invalidInput(
      "Invalid request: Expected exactly one of [Weight, Region, Failover, GeoLocation, MultiValueAnswer, "
        + "GeoProximityLocation, or CidrRoutingConfig], but found \(found) in \(context)")
  }
}
