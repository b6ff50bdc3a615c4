// Compiling the domains that Amazon defines by itself (semantics 3.4), for every Region of the world.
import Cloud
import DNSWire

extension Draft {
  mutating func addRegions() {
    for (index, region) in regionsOfWorld(world).sorted().enumerated() {
      rowOf.region[region] = UInt16(index)
      let suffixes = RegionSuffixes(region)
      let publicDomain = addDomain(suffixes.publicDomain, .publicCompute, region: UInt16(index))
      let privateDomain = addDomain(suffixes.privateDomain, .privateCompute, region: UInt16(index))
      if region == .usEast1 { addDomain(name(["compute-1", "internal"]), .empty, region: UInt16(index)) }
      regionRows.append(
        RegionRow(
          publicSuffix: domainRows[Int(publicDomain)].name, privateSuffix: domainRows[Int(privateDomain)].name,
          identifier: identifiers.add(region.code)))
    }
    addDomain(name(["internal"]), .absent)
    addDomain(name(["10", "in-addr", "arpa"]), .privateReverse)
    for octet in 16...31 { addDomain(name([String(octet), "172", "in-addr", "arpa"]), .privateReverse) }
    addDomain(name(["168", "192", "in-addr", "arpa"]), .privateReverse)
    addDomain(name(["254", "169", "254", "169", "in-addr", "arpa"]), .privateReverse)
    for zone in localZones() {
      let index = addZone(zone)
      addDomain(zone.name, .local, zone: index)
    }
  }

  @discardableResult
  mutating func addDomain(
    _ domain: Name, _ kind: DomainRow.Kind, region: UInt16 = 0, zone: UInt32 = none, space: UInt32 = Space.common
  ) -> UInt32 {
    if let known = domains.value(of: domain, in: space) { return known }
    let index = UInt32(domainRows.count)
    domains.set(domain, in: space, to: index)
    let labels = domain.labelCount
    domainRows.append(
      DomainRow(kind: kind, labelCount: UInt8(labels), region: region, zone: zone, name: addName(domain)))
    if space == Space.common { domainLabels |= 1 << UInt64(min(labels, 63)) }
    return index
  }

  /// Offset in `data` of a name in wire form and lower case.
  mutating func addName(_ name: Name) -> UInt32 {
    let offset = UInt32(data.count)
    data.append(contentsOf: name.lowercased.wire)
    return offset
  }

  /// A domain that only owns the SOA of negative answers.
  mutating func addAuthority(_ domain: Name) -> UInt32 {
    addDomain(domain, .empty, space: Space.authorities)
  }
}

/// A world without any Region is one in us-east-1 (world.md 1).
func regionsOfWorld(_ world: World) -> Set<Region> { world.regions.isEmpty ? [.usEast1] : world.regions }

/// The zones that every resolver has for its own machine (RFC 6761 6.3, RFC 1912 4.1).
private func localZones() -> [HostedZone] {
  let localhost = name(["localhost"])
  let loopback4: [UInt8] = [127, 0, 0, 1]
  let loopback6 = [UInt8](repeating: 0, count: 15) + [1]
  func zone(_ apex: Name, _ records: [(Name, RecordType, [UInt8])]) -> HostedZone {
    var zone = HostedZone(id: ID("local"), name: apex, isPrivate: false, vpcIDs: [])
    let soa = (apex, RecordType.soa, localhost.wire + localhost.wire + [1, 3600, 900, 604_800, 3600].flatMap(octets))
    let ns = (apex, RecordType.ns, localhost.wire)
    zone.recordSets = ([soa, ns] + records).map { owner, type, data in
      ResourceRecordSet(name: owner, type: type, ttl: 3600, content: .records([data]))
    }
    return zone
  }
  func hosts(_ owner: Name) -> [(Name, RecordType, [UInt8])] { [(owner, .a, loopback4), (owner, .aaaa, loopback6)] }
  let reverse4 = name(["127", "in-addr", "arpa"])
  let zeros = Array(repeating: "0", count: 31)
  let reverse6 = name(["1"] + zeros + ["ip6", "arpa"])
  return [
    zone(localhost, hosts(localhost) + hosts(child("*", of: localhost))),
    zone(name(["localdomain"]), hosts(child("localhost", of: name(["localdomain"])))),
    zone(reverse4, [(name(["1", "0", "0"] + ["127", "in-addr", "arpa"]), .ptr, localhost.wire)]),
    zone(reverse6, [(reverse6, .ptr, localhost.wire)]),
    zone(name(["0"] + zeros + ["ip6", "arpa"]), []),
  ]
}

/// The SOA of Route 53 (semantics 3.3) with another MINIMUM.
func startOfAuthority(minimum: UInt32) -> [UInt8] {
  name(["ns-1536", "awsdns-00", "co", "uk"]).wire + name(["awsdns-hostmaster", "amazon", "com"]).wire
    + [1, 7200, 900, 1_209_600, minimum].flatMap(octets)
}

private func octets(_ number: UInt32) -> [UInt8] {
  [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
}
