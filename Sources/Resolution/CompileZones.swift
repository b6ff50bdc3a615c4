// Compiling hosted zones: every name above a record exists (RFC 4592 2.2.2), and of routed sets one is served.
import Cloud
import DNSWire

extension Draft {
  mutating func addZones() {
    for id in world.hostedZones.keys.sorted() {
      if let zone = world.hostedZones[id] { add(zone) }
    }
  }

  /// Adds a zone and lets those see it who are meant to.
  mutating func add(_ zone: HostedZone) {
    let index = addZone(zone)
    let labels = zone.name.labelCount
    let bit = UInt64(1) << UInt64(min(labels, 63))
    if zone.isPrivate {
      for id in zone.vpcIDs {
        guard let vpc = rowOf.vpc[id] else { continue }
        apexes.set(zone.name, in: vpc, to: index)
        vpcRows[Int(vpc)].zoneLabels |= bit
      }
    } else {
      apexes.set(zone.name, in: Space.publicZones, to: index)
      publicZoneLabels |= bit
    }
    guard expectsChanges else { return }
    rowOf.zone[zone.id] = RowNumbers.ZonePlace(name: zone.name, isPrivate: zone.isPrivate, vpcIDs: Set(zone.vpcIDs))
  }

  mutating func addZone(_ zone: HostedZone) -> UInt32 {
    let index = UInt32(zoneRows.count)
    var hasWildcard = false
    var hasDNAME = false
    var hasDelegation = false
    var soa: (minimum: UInt32, data: [UInt8])?
    var wildcards: [(parent: Name, node: UInt32)] = []
    for (owner, sets) in namesOfZone(zone) {
      let first = UInt32(setRows.count)
      for set in sets {
        addSet(set)
        if set.type == .soa { soa = negativeSOA(set) }
      }
      let isCut = !zone.isPrivate && owner != zone.name && sets.contains { $0.type == .ns }
      let node = addNode(firstSet: first, hasDelegation: isCut)
      nodes.set(owner, in: index, to: node)
      hasDNAME = hasDNAME || sets.contains { $0.type == .dname }
      hasDelegation = hasDelegation || isCut
      if owner.isWildcard, let parent = owner.parent {
        hasWildcard = true
        wildcards.append((parent, node))
      }
    }
    for wildcard in wildcards {
      if let parent = nodes.value(of: wildcard.parent, in: index) { nodeRows[Int(parent)].wildcard = wildcard.node }
    }
    let negative = addSet(.soa, ttl: soa?.minimum ?? 0, soa.map { [$0.data] } ?? [])
    zoneRows.append(
      ZoneRow(
        name: addName(zone.name), isPrivate: zone.isPrivate, hasWildcard: hasWildcard, hasDNAME: hasDNAME,
        hasDelegation: hasDelegation, labelCount: UInt8(zone.name.labelCount), negativeSOA: negative,
        identifier: identifiers.add(zone.id)))
    return index
  }

  /// The sets that are served at each name, empty non-terminals included. A world keeps the sets in canonical order: at
  /// the apex first, those of one name together, and before those of the names below it.
  private func namesOfZone(_ zone: HostedZone) -> [(Name, [ResourceRecordSet])] {
    var names: [(Name, [ResourceRecordSet])] = []
    var existing: Set<Name> = []
    var next = zone.recordSets.startIndex
    while next < zone.recordSets.endIndex {
      let owner = zone.recordSets[next].name
      let end = zone.recordSets[next...].firstIndex { $0.name != owner } ?? zone.recordSets.endIndex
      names.append((owner, served(Array(zone.recordSets[next..<end]))))
      next = end
      existing.insert(owner)
      guard owner.wire.count > zone.name.wire.count else { continue }
      var above = owner.parent
      while let name = above, name.wire.count > zone.name.wire.count, existing.insert(name).inserted {
        names.append((name, []))
        above = name.parent
      }
    }
    return names
  }

  /// min(TTL of the SOA, its MINIMUM) with the SOA's data (RFC 2308 5).
  private func negativeSOA(_ set: ResourceRecordSet) -> (UInt32, [UInt8])? {
    guard case .records(let records) = set.content, let data = records.first, data.count >= 4 else { return nil }
    let minimum = data.suffix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    return (min(set.ttl, minimum), data)
  }

  private mutating func addSet(_ set: ResourceRecordSet) {
    switch set.content {
    case .records(let records):
      addSet(set.type, ttl: set.ttl, records)
    case .alias(let target):
      let offset = UInt32(data.count)
      data.append(contentsOf: target.wire)
      setRows.append(
        SetRow(type: set.type, kind: .alias, count: 1, ttl: set.ttl, data: offset, size: UInt32(target.wire.count)))
    }
  }

  @discardableResult
  mutating func addSet(
    _ type: RecordType, ttl: UInt32, _ records: [[UInt8]], kind: SetRow.Kind = .records
  ) -> UInt32 {
    let offset = UInt32(data.count)
    for record in records {
      data.append(UInt8(truncatingIfNeeded: record.count >> 8))
      data.append(UInt8(truncatingIfNeeded: record.count))
      data.append(contentsOf: record)
    }
    var rotation: UInt16 = 0
    if case .rotating = kind {
      rotation = rowOf.rotatingSets
      rowOf.rotatingSets &+= 1
    }
    setRows.append(
      SetRow(
        type: type, kind: kind, rotation: rotation, count: UInt16(records.count), ttl: ttl, data: offset,
        size: UInt32(data.count) - offset))
    return UInt32(setRows.count - 1)
  }

  /// A node whose sets are the rows from `firstSet` on.
  mutating func addNode(firstSet: UInt32, hasDelegation: Bool = false) -> UInt32 {
    nodeRows.append(
      NodeRow(
        firstSet: firstSet, setCount: UInt16(UInt32(setRows.count) - firstSet), hasDelegation: hasDelegation,
        wildcard: none))
    return UInt32(nodeRows.count - 1)
  }
}

/// Of the sets of one name, those that are answered: of routed ones (weighted, failover, …) the first healthy member.
private func served(_ sets: [ResourceRecordSet]) -> [ResourceRecordSet] {
  if sets.count == 1, sets[0].policy == .simple { return sets }
  var types: [RecordType] = []
  var members: [RecordType: [ResourceRecordSet]] = [:]
  for set in sets {
    if members[set.type] == nil { types.append(set.type) }
    members[set.type, default: []].append(set)
  }
  return types.compactMap { choose(members[$0] ?? []) }
}

/// Values of a multivalue answer (Route 53 developer guide, "Multivalue answer routing").
private let multivalueLimit = 8

private func choose(_ members: [ResourceRecordSet]) -> ResourceRecordSet? {
  guard var first = members.first else { return nil }
  // When nothing is healthy, Route 53 treats everything as healthy.
  let healthy = members.contains(where: \.isHealthy) ? members.filter(\.isHealthy) : members
  switch first.policy {
  case .simple:
    return first
  case .multivalue:
    var values: [[UInt8]] = []
    for set in healthy {
      guard case .records(let records) = set.content else { continue }
      // A set has no record twice (RFC 2181 5).
      for record in records where values.count < multivalueLimit && !values.contains(record) { values.append(record) }
      if values.count == multivalueLimit { break }
    }
    // Aliases alone: one of them is served.
    if values.isEmpty { return healthy.first }
    first.content = .records(values)
    return first
  case .weighted:
    let weighing = healthy.filter { if case .weighted(let weight) = $0.policy { weight > 0 } else { false } }
    return weighing.first ?? healthy.first
  case .failover:
    let primaries = healthy.filter { if case .failover(let isPrimary) = $0.policy { isPrimary } else { false } }
    return primaries.first ?? healthy.first
  case .latency, .geolocation:
    return healthy.first
  }
}
