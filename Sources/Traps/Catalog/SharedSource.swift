// World 2.2, 2.3, decision 7: Requesters of two networks with one source are known only by the listener that they ask.
import Cloud
import DNSWire

extension World {
  /// One finding for each entry of a source but the first.
  func sharedSources() -> [Finding] {
    let bySource = Dictionary(grouping: requesters, by: \.source).values.filter { $0.count > 1 }
    return bySource.flatMap { group -> [Finding] in
      let sorted = group.map { ($0, network(of: $0)) }.sorted { $0.1 < $1.1 }
      return zip(sorted.dropFirst(), sorted).map { later, earlier in
        let areBothClassic = later.1.hasPrefix(classic) && earlier.1.hasPrefix(classic)
        return Finding(
          .sharedSource, .requester(later.0),
          "\(later.0.source.text) stands for askers in \(earlier.1) and in \(later.1): "
            + (areBothClassic
              ? "no listener can tell them apart"
              : "over a listener of no network, who asks from there is taken for the internet"),
          mend: areBothClassic
            ? "give each a source of its own" : "give each a source of its own, or each network its own listener")
      }
    }.sorted { ($0.item.id, $0.message) < ($1.item.id, $1.message) }
  }

  private func network(of requester: Requester) -> String {
    switch requester.identity {
    case .instance(let id):
      guard let instance = instances[id] else { return id.rawValue }
      return instance.vpcID?.rawValue ?? "\(classic) of \(instance.region)"
    case .vpc(let id): return id.rawValue
    case .classic(let region): return "\(classic) of \(region)"
    case .internet: return "the internet"
    }
  }
}

private let classic = "EC2-Classic"
