// R10, row 15 (a5): a VPC sees its private zones only with both DNS attributes on.
import Cloud

extension World {
  func invisibleZones() -> [Finding] {
    sortedZones.filter(\.isPrivate).compactMap { zone in
      let blind = zone.vpcIDs.sorted().compactMap { vpcs[$0] }.filter { !$0.hasBothAttributes }
      guard !blind.isEmpty else { return nil }
      let attributes = Set(blind.flatMap(\.missingAttributes)).sorted()
      return Finding(
        .invisibleZone, .hostedZone(zone.id),
        "private zone \(zone.name) (\(zone.id)) is invisible in \(list(blind.map(\.id))): \(list(attributes)) is off",
        mend: "turn on \(list(attributes)) of \(list(blind.map(\.id)))")
    }
  }
}
