// Semantics 2.2, 1.1 (a8): the DNS option of a peering does nothing until both VPCs have both attributes.
import Cloud

extension World {
  func idlePeeringDNS() -> [Finding] {
    peerings.values.sorted { $0.id < $1.id }.compactMap { peering in
      let sides = [peering.requester, peering.accepter]
      guard peering.isActive, sides.contains(where: \.options.allowDnsResolutionFromRemoteVpc) else { return nil }
      let lacking = sides.compactMap { vpcs[$0.vpcID] }.filter { !$0.hasBothAttributes }
      guard !lacking.isEmpty else { return nil }
      let reasons = lacking.map { "\(list($0.missingAttributes)) of \($0.id)" }
      return Finding(
        .idlePeeringDNS, .peering(peering.id),
        "AllowDnsResolutionFromRemoteVpc of \(peering.id) has no effect: \(list(reasons)) off",
        mend: "turn on \(list(reasons))")
    }
  }
}
