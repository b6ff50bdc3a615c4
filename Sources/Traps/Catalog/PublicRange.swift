// S46, S47: a linked instance sends what answers to a public range into the VPC, forged sources included.
import Cloud

extension CIDRBlock {
  /// Shared address space of carriers (RFC 6598): not RFC 1918, and not publicly routable either.
  fileprivate static let carrierGrade = CIDRBlock("100.64.0.0/10")
}

extension World {
  func publicRanges() -> [Finding] {
    let linked = linkedInstances()
    let notRoutable = CIDRBlock.rfc1918 + [CIDRBlock.carrierGrade].compactMap { $0 }
    func isPublic(_ range: CIDRBlock) -> Bool { !notRoutable.contains { $0.contains(range) } }
    return vpcs { $0.cidrBlocks.contains(where: isPublic) }.map { vpc in
      let ranges = vpc.cidrBlocks.filter(isPublic)
      let instances = linked[vpc.id] ?? []
      let who = instances.isEmpty ? "an instance that is linked" : "linked \(list(instances))"
      return Finding(
        .publicRange, .vpc(vpc.id),
        "\(vpc.id) has the publicly routable range \(list(ranges)): \(who) would answer a flood with forged sources of "
          + "that range into the VPC",
        mend: "build the VPC from private ranges: \(CIDRBlock.rfc1918.map(\.description).joined(separator: ", "))")
    }
  }
}
