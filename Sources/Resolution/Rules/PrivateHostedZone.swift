// S76; row 15, decision 5: the most specific private zone associated with the asker's VPC decides, and nothing falls
// through it.
import DNSWire

extension Tables {
  /// The zone and its number of labels; a view is there only when the VPC has both attributes (semantics 2.2).
  @_noLocks
  borrowing func privateHostedZone(_ asker: Asker, _ name: inout FoldedName) -> UInt32? {
    guard rules.contains(.privateHostedZone), asker.view != none else { return nil }
    return apexes.findMostSpecific(&name, labels: vpcs[Int(asker.view)].zoneLabels, in: asker.view)
  }
}

extension Tables {
  @_noLocks
  borrowing func privateHostedZoneReason(_ asker: Asker, _ verdict: Verdict) -> Reason {
    let citation: Citation = asker.isClassic ? .s76 : .row15
    return Reason(citation, zoneRows[Int(verdict.zone)].identifier, zoneWords(verdict, found: .privateZone))
  }
}
