// A batch of changes on the record sets of a zone: all of it, or none and everything that is wrong with it.
import Cloud
import DNSWire
import WorldFile

struct RecordSetBatch {
  /// What tells record sets of a zone apart.
  fileprivate struct Key: Hashable {
    var name: Name
    var type: RecordType
    var identifier: String?
    init(_ set: ResourceRecordSet) {
      name = set.name
      type = set.type
      identifier = set.setIdentifier
    }
  }

  private let zone: HostedZone
  /// The sets as they stand after the changes so far, those that were touched at the end.
  private var sets: [ResourceRecordSet?]
  private var places: [Key: Int] = [:]
  /// Where the sets begin that were touched.
  private let firstTouched: Int
  private var faults: [String] = []
  private var told: Set<String> = []

  /// - Throws: `InvalidChangeBatch` with everything that is wrong.
  static func apply(_ request: RecordSetRequest, to call: inout Call) throws(AWSError) {
    var batch = Self(request.zone)
    for fault in request.faults { batch.add(fault) }
    batch.refuseContradictions(request.changes)
    for change in request.changes { batch.apply(change) }
    let zone = batch.changedZone()
    guard batch.faults.isEmpty else {
      batch.inspect(zone)
      throw .invalidChangeBatch(batch.faults)
    }
    do throws(AWSError) { try call.apply(.replace(.hostedZone(zone))) } catch {
      // The world has looked at every set itself: only what it refuses is looked at again, for all that is wrong.
      batch.inspect(zone)
      throw batch.faults.isEmpty ? error : .invalidChangeBatch(batch.faults)
    }
  }

  private init(_ zone: HostedZone) {
    self.zone = zone
    sets = zone.recordSets
    firstTouched = zone.recordSets.count
    places.reserveCapacity(sets.count)
    for (place, set) in zone.recordSets.enumerated() { places[Key(set)] = place }
  }

  /// One change a set, or a deletion before what comes in its place.
  private mutating func refuseContradictions(_ changes: [RecordSetChange]) {
    var actions: [Key: [RecordSetChange.Action]] = [:]
    for change in changes {
      let key = Key(change.set)
      let before = actions[key, default: []]
      actions[key, default: []].append(change.action)
      if before.isEmpty || before == [.delete] && change.action != .delete { continue }
      add(
        "The request contains an invalid set of changes for a resource record set "
          + "'\(change.set.type) \(change.set.name.route53)'")
    }
  }

  private mutating func add(_ fault: String) { if told.insert(fault).inserted { faults.append(fault) } }

  private mutating func apply(_ change: RecordSetChange) {
    let key = Key(change.set)
    let place = places[key]
    switch change.action {
    case .create:
      if place != nil { return add("Tried to create resource record set \(key.text) but it already exists") }
    case .upsert: break
    case .delete:
      guard let place, let set = sets[place] else {
        return add("Tried to delete resource record set \(key.text) but it was not found")
      }
      guard set.isSame(as: change.set) else {
        return add(
          "Tried to delete resource record set \(key.text) but the values provided do not match the current values")
      }
    }
    if let place { sets[place] = nil }
    places[key] = nil
    guard change.action != .delete else { return }
    places[key] = sets.count
    sets.append(change.set)
  }

  /// The zone with its new sets.
  private mutating func changedZone() -> HostedZone {
    var changed = zone
    changed.recordSets = sets.compactMap(\.self)
    if !changed.has(.soa) { add("A HostedZone must contain exactly one SOA record.") }
    if !changed.has(.ns) { add("A HostedZone must contain at least one NS record for the zone itself.") }
    return changed
  }

  /// Adds what the world would not take of the changed zone.
  private mutating func inspect(_ changed: HostedZone) {
    let untouched = sets[..<firstTouched].count { $0 != nil }
    for problem in changed.problems() { add(problem.text(in: changed, isTouched: problem.index >= untouched)) }
  }
}

extension RecordSetBatch.Key {
  fileprivate var text: String {
    let end = identifier.map { ", set identifier='\($0)'" } ?? ""
    return "[name='\(name.route53)', type='\(type)'\(end)]"
  }
}

extension HostedZone {
  fileprivate func has(_ type: RecordType) -> Bool { recordSets.contains { $0.type == type && $0.name == name } }
}

extension ResourceRecordSet {
  /// The same, in whichever order the values stand. What a world file does not say of an alias counts as the same.
  fileprivate func isSame(as other: Self) -> Bool {
    guard ttl == other.ttl, policy == other.policy, healthCheckID == other.healthCheckID else { return false }
    switch (content, other.content) {
    case (.records(let own), .records(let others)): return Set(own) == Set(others)
    case (.alias(let own), .alias(let others)):
      return own == others && (details["AliasTarget"] == nil || details["AliasTarget"] == other.details["AliasTarget"])
    default: return false
    }
  }
}
