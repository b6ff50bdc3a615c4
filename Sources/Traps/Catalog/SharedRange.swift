// World 2.3, decision 7: an asker from a range of two VPCs is known only by the listener that it asks.
import Cloud
import DNSWire

extension World {
  /// One finding a VPC at most, about the VPC that encloses it or comes before it: so many VPCs with one range make so
  /// many findings, not their square.
  func sharedRanges() -> [Finding] {
    var seen: Set<ID<VPC>> = []
    let ranges4 = vpcs.values.flatMap { vpc in
      vpc.cidrBlocks.map {
        Range(vpc: vpc.id, first: UInt128($0.address.rawValue), last: UInt128($0.last.rawValue), text: "\($0)")
      }
    }
    let ranges6 = vpcs.values.flatMap { vpc in
      vpc.ipv6CIDRBlocks.map { Range(vpc: vpc.id, first: $0.address.rawValue, last: $0.last.rawValue, text: "\($0)") }
    }
    return (overlaps(ranges4) + overlaps(ranges6)).filter { seen.insert($0.0.vpc).inserted }
      .sorted { $0.0.vpc < $1.0.vpc }
      .map { inner, outer in
        Finding(
          .sharedRange, .vpc(inner.vpc),
          "\(inner.vpc) (\(inner.text)) and \(outer.vpc) (\(outer.text)) share addresses: over a listener of no "
            + "network, whoever is not an instance of one of them alone is taken for the internet",
          mend: "give each its own listener: --listen ADDR=\(inner.vpc) --listen ADDR=\(outer.vpc)")
      }
  }

  private struct Range {
    var vpc: ID<VPC>
    var first: UInt128
    var last: UInt128
    var text: String
  }

  /// Ranges that lie in, or are, a range of another VPC. CIDR ranges never overlap in part.
  private func overlaps(_ ranges: [Range]) -> [(Range, Range)] {
    let sorted = ranges.sorted { ($0.first, $1.last, $0.vpc) < ($1.first, $0.last, $1.vpc) }
    var result: [(Range, Range)] = []
    var open: [Range] = []
    for range in sorted {
      while let last = open.last, last.last < range.first { open.removeLast() }
      if let outer = open.last(where: { $0.vpc != range.vpc }) { result.append((range, outer)) }
      open.append(range)
    }
    return result
  }
}
