// What is wrong with the record sets of a zone: all of it, each with its place.
import DNSWire

extension HostedZone {
  /// A record set at fault, by its index in `recordSets`.
  public struct Problem: Hashable, Sendable {
    public var index: Int
    public var refusal: Refusal
  }

  /// Every problem, in the order of the record sets; empty when `World.apply` would take them.
  public func problems() -> [Problem] {
    var inspection = ZoneInspection(zone: self)
    inspection.run()
    return inspection.problems.sorted { $0.index < $1.index }
  }
}

private struct ZoneInspection {
  typealias Fault = Refusal.RecordSetFault

  /// A name and type.
  struct Key: Hashable {
    var name: Name
    var type: RecordType
  }

  let zone: HostedZone
  var problems: [HostedZone.Problem] = []
  /// Indices of the sets of a name and type.
  private var groups: [Key: [Int]] = [:]
  /// Of each name the first type that cannot stand beside a CNAME.
  private var rivalsOfCNAME: [Name: RecordType] = [:]
  private var dnames: Set<Name> = []

  init(zone: HostedZone) { self.zone = zone }

  mutating func run() {
    gather()
    for index in zone.recordSets.indices {
      checkPlace(index)
      checkContent(index)
      checkNeighbours(index)
    }
    for (key, indices) in groups { checkGroup(key, indices) }
  }

  private mutating func gather() {
    for (index, set) in zone.recordSets.enumerated() {
      groups[Key(name: set.name, type: set.type), default: []].append(index)
      if set.type != .cname, !set.type.mayStandBesideCNAME, rivalsOfCNAME[set.name] == nil {
        rivalsOfCNAME[set.name] = set.type
      }
      if set.type == .dname { dnames.insert(set.name) }
    }
  }

  private mutating func report(_ fault: Fault, at index: Int, member: String) {
    let set = zone.recordSets[index]
    let refusal = Refusal(.recordSet(name: set.name, type: set.type, fault), member: member)
    problems.append(HostedZone.Problem(index: index, refusal: refusal))
  }

  private mutating func checkPlace(_ index: Int) {
    let set = zone.recordSets[index]
    if !set.name.isEqualToOrBelow(zone.name) { report(.outsideZone(zone.name), at: index, member: "Name") }
    if !set.type.isData { report(.notADataType, at: index, member: "Type") }
    if set.type == .soa, set.name != zone.name { report(.soaBelowApex, at: index, member: "Name") }
    if set.type == .cname, set.name == zone.name { report(.cnameAtApex, at: index, member: "Type") }  // RFC 1034 3.6.2
    if set.type == .ns, set.name.isWildcard { report(.wildcardNS, at: index, member: "Name") }  // semantics 3.3
    if set.ttl > Quotas.longestTimeToLive { report(.timeToLive(set.ttl), at: index, member: "TTL") }
  }

  private mutating func checkContent(_ index: Int) {
    let set = zone.recordSets[index]
    switch set.content {
    case .records(let values):
      if values.isEmpty { report(.empty, at: index, member: "ResourceRecords") }
      if values.count > Quotas.valuesPerRecordSet {
        report(.tooManyValues(values.count), at: index, member: "ResourceRecords")
      }
      if set.type.isSingleton, values.count > 1 { report(.severalRecords, at: index, member: "ResourceRecords") }
      if values.count > 1, Set(values).count < values.count {
        report(.valueTwice, at: index, member: "ResourceRecords")
      }
      if !values.allSatisfy(set.type.fits) { report(.malformedValue, at: index, member: "ResourceRecords") }
    case .alias(let target):
      checkAlias(set, to: target, at: index)
    }
    if let member = set.details.tooDeepMember { report(.nestedTooDeep, at: index, member: member) }
  }

  private mutating func checkAlias(_ set: ResourceRecordSet, to target: Name, at index: Int) {
    if set.type == .soa || set.type == .ns { report(.aliasOfThisType, at: index, member: "Type") }
    guard target.isEqualToOrBelow(zone.name) else { return }
    if target == set.name {
      report(.aliasToItself, at: index, member: "AliasTarget")
    } else if groups[Key(name: target, type: set.type)] == nil {
      report(.aliasTargetMissing(target), at: index, member: "AliasTarget")  // semantics 3.3
    }
  }

  private mutating func checkNeighbours(_ index: Int) {
    let set = zone.recordSets[index]
    if set.type == .cname, let other = rivalsOfCNAME[set.name] {
      report(.cnameBesideOtherData(other), at: index, member: "Type")  // RFC 1034 3.6.2; a DNAME: RFC 6672 2.4
    }
    guard !dnames.isEmpty else { return }
    var ancestor = set.name.parent
    while let name = ancestor, name.isEqualToOrBelow(zone.name) {
      if dnames.contains(name) {
        report(.belowDNAME(name), at: index, member: "Name")  // RFC 6672 2.4
        return
      }
      ancestor = name.parent
    }
  }

  /// The sets of one name and type: one simple set, or several of one policy that their identifiers tell apart.
  private mutating func checkGroup(_ key: Key, _ indices: [Int]) {
    var identifiers: Set<String> = []
    var policyValues: Set<ResourceRecordSet.Policy> = []
    let first = zone.recordSets[indices[0]].policy
    for (position, index) in indices.enumerated() {
      let set = zone.recordSets[index]
      if position > 0, key.type == .soa {
        report(.severalRecords, at: index, member: "Type")
      } else if position > 0, !set.policy.isOfSameKind(as: first) {
        report(.mixedPolicies, at: index, member: "SetIdentifier")
      } else if position > 0, set.policy == .simple {
        report(.twice, at: index, member: "Name")
      }
      checkIdentifier(of: set, at: index, &identifiers)
      if case .weighted(let weight) = set.policy, !(0...Quotas.largestWeight).contains(weight) {
        report(.weight(weight), at: index, member: "Weight")
      }
      if set.policy.standsForOneSet, !policyValues.insert(set.policy).inserted {
        report(.policyValueTwice, at: index, member: set.policy.member)
      }
    }
  }

  private mutating func checkIdentifier(
    of set: ResourceRecordSet, at index: Int, _ identifiers: inout Set<String>
  ) {
    switch (set.policy, set.setIdentifier) {
    case (.simple, nil): break
    case (.simple, let text?): report(.setIdentifierUnexpected(text), at: index, member: "SetIdentifier")
    case (_, nil): report(.setIdentifierMissing, at: index, member: "SetIdentifier")
    case (_, let text?):
      if !identifiers.insert(text).inserted { report(.setIdentifierTwice(text), at: index, member: "SetIdentifier") }
    }
  }
}

extension ResourceRecordSet.Policy {
  /// The AWS member that chooses the policy; `Name` for a simple set, which has none.
  fileprivate var member: String {
    switch self {
    case .simple: "Name"
    case .multivalue: "MultiValueAnswer"
    case .weighted: "Weight"
    case .failover: "Failover"
    case .latency: "Region"
    case .geolocation: "GeoLocation"
    }
  }

  fileprivate func isOfSameKind(as other: Self) -> Bool { member == other.member }

  /// One set a role, Region or location; weights and multivalue answers may repeat.
  fileprivate var standsForOneSet: Bool {
    switch self {
    case .failover, .latency, .geolocation: true
    case .simple, .multivalue, .weighted: false
    }
  }
}
