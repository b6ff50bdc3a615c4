// Semantics 3.1 (R53LIM): Route 53 takes so many record sets in a zone only when it is asked for a higher quota.
import Cloud

extension World {
  func largeZones() -> [Finding] {
    zones(where: \.exceedsDefaultQuota).map { zone in
      Finding(
        .largeZone, .hostedZone(zone.id),
        "\(zone.name) (\(zone.id)) has \(zone.recordSets.count) record sets; the default quota of Route 53 is "
          + "\(Quotas.defaultRecordSetsPerHostedZone)",
        mend: "ask AWS for a higher quota, or split the zone")
    }
  }
}
