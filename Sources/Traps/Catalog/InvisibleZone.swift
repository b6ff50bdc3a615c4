// R10, row 15 (a5): a VPC sees its private zones only with both DNS attributes on.
import Cloud

extension World {
  func invisibleZones() -> [Finding] {
    let blindVPCs = vpcs.filter { !$0.value.hasBothAttributes }
    return zones { $0.isPrivate && $0.vpcIDs.contains { blindVPCs[$0] != nil } }.map { zone in
      let blind = zone.vpcIDs.sorted().compactMap { blindVPCs[$0] }
      let attributes = Set(blind.flatMap(\.missingAttributes)).sorted()
      return Finding(
        .invisibleZone, .hostedZone(zone.id),
        "private zone \(zone.name) (\(zone.id)) is invisible in \(list(blind.map(\.id))): \(list(attributes)) is off",
        mend: "turn on \(list(attributes)) of \(list(blind.map(\.id)))")
    }
  }
}
