// PUBDNS of rows 15 and 15b, decision 15: the public zones of the world are the part of public DNS that we know.
import DNSWire

extension Tables {
  @_noLocks
  borrowing func publicHostedZone(_ name: inout FoldedName) -> UInt32? {
    guard rules.contains(.publicHostedZone) else { return nil }
    return apexes.findMostSpecific(&name, labels: publicZoneLabels, in: Space.publicZones)
  }

  /// The verdict of a public zone that `name` lies in. The DS of its apex belongs to the zone above that delegates it,
  /// where that is ours too (RFC 4035 3.1.4.1); private zones delegate nothing (decision 5).
  @_noLocks
  borrowing func answer(fromPublicZone zone: UInt32, _ name: inout FoldedName, _ type: RecordType) -> Verdict {
    var owner = zone
    if type == .ds, let parent = parentZone(ofApex: &name, zone) { owner = parent }
    return answer(fromZone: owner, &name, type, .publicHostedZone)
  }

  /// The public zone above one whose apex is `name`, when it delegates it.
  @_noLocks
  private borrowing func parentZone(ofApex name: inout FoldedName, _ zone: UInt32) -> UInt32? {
    guard zoneRows[Int(zone)].labelCount == name.labelCount else { return nil }
    var label = 1
    while label <= name.labelCount {
      if let parent = apexes.find(&name, fromLabel: label, in: Space.publicZones) {
        guard let cut = nodes.find(&name, fromLabel: 0, in: parent), nodeRows[Int(cut)].hasDelegation else {
          return nil
        }
        return parent
      }
      label += 1
    }
    return nil
  }
}

extension Tables {
  @_noLocks
  borrowing func publicHostedZoneReason(_ verdict: Verdict) -> Reason {
    Reason(.row15, zoneRows[Int(verdict.zone)].identifier, zoneWords(verdict, found: .publicZone))
  }
}
