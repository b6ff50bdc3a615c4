// Decision 5 (semantics 3.2): a private zone never falls through: names that only the public zone has are gone.
import Cloud
import DNSWire

extension World {
  /// One finding for each private zone and public zone of which it hides names.
  func shadowedZones() -> [Finding] {
    let publicZones = zones { !$0.isPrivate }
    guard !publicZones.isEmpty else { return [] }
    let privateZones = zones(where: \.isPrivate)
    return privateZones.flatMap { zone -> [Finding] in
      // A VPC without both attributes sees no private zone; another trap says so.
      let seeing = zone.vpcIDs.filter { vpcs[$0]?.hasBothAttributes == true }
      let overlapping = publicZones.filter {
        $0.name.isEqualToOrBelow(zone.name) || zone.name.isEqualToOrBelow($0.name)
      }
      guard !seeing.isEmpty, !overlapping.isEmpty else { return [] }
      // What a more specific private zone answers on every one of these VPCs is that zone's matter.
      let deeper = privateZones.filter { other in
        other.id != zone.id && other.name.isEqualToOrBelow(zone.name) && other.name != zone.name
          && seeing.allSatisfy(other.vpcIDs.contains)
      }
      let content = ZoneContent(zone)
      return overlapping.compactMap { publicZone in
        let hidden = publicZone.namesToMiss.filter { name in
          name.isEqualToOrBelow(zone.name) && !content.answers(name)
            && !deeper.contains { name.isEqualToOrBelow($0.name) }
        }
        guard !hidden.isEmpty else { return nil }
        return Finding(
          .shadowedZone, .hostedZone(zone.id),
          "private zone \(zone.name) hides \(list(hidden)) of the public zone \(publicZone.name) "
            + "(\(publicZone.id)) from \(list(seeing.sorted()))",
          mend: "add what the VPC needs of \(publicZone.id) to \(zone.id) too")
      }
    }
  }
}

extension HostedZone {
  /// The names of a zone in canonical order, without the apex when it has nothing but SOA and NS.
  fileprivate var namesToMiss: [Name] {
    var names: [Name] = []
    for set in recordSets where names.last != set.name {
      if set.name != name || recordSets.contains(where: { $0.name == name && $0.type != .soa && $0.type != .ns }) {
        names.append(set.name)
      }
    }
    return names
  }
}

/// Which names a zone answers: its own, and those that a wildcard or a DNAME makes.
struct ZoneContent {
  private let apex: Name
  private var owners: Set<Name> = []
  private var redirected: Set<Name> = []
  /// Owners and the names between them and the apex (RFC 4592 2.2.2).
  private var existing: Set<Name> = []

  init(_ zone: HostedZone) {
    apex = zone.name
    for set in zone.recordSets {
      owners.insert(set.name)
      if set.type == .dname { redirected.insert(set.name) }
      var name: Name? = set.name
      while let one = name, one.isEqualToOrBelow(apex), existing.insert(one).inserted { name = one.parent }
    }
  }

  func answers(_ name: Name) -> Bool {
    if owners.contains(name) { return true }
    var ancestor = name.parent
    while let one = ancestor, one.isEqualToOrBelow(apex) {
      if redirected.contains(one) { return true }  // RFC 6672 2.2
      if existing.contains(one) { return one.prepending(.wildcard).map(owners.contains) ?? false }  // RFC 4592 2.2.1
      ancestor = one.parent
    }
    return false
  }
}

extension Name {
  fileprivate static let wildcard = Name(labels: [[UInt8(ascii: "*")]]) ?? .root
}
