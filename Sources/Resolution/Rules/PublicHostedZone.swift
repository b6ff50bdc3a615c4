// PUBDNS of rows 15 and 15b, decision 15: the public zones of the world are the part of public DNS that we know.
import DNSWire

extension Tables {
  @_noLocks
  borrowing func publicHostedZone(_ name: inout FoldedName) -> UInt32? {
    guard rules.contains(.publicHostedZone) else { return nil }
    return apexes.findMostSpecific(&name, labels: publicZoneLabels, in: Space.publicZones)
  }
}

extension Tables {
  @_noLocks
  borrowing func publicHostedZoneReason(_ verdict: Verdict) -> Reason {
    Reason(.row15, zoneRows[Int(verdict.zone)].identifier, zoneWords(verdict, found: .publicZone))
  }
}
