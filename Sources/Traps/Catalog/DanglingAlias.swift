// Decision 13 (semantics 3.3): an alias to a name that nobody in the world has gives no address.
import Cloud
import DNSWire

extension World {
  /// One finding for each zone.
  func danglingAliases() -> [Finding] {
    let withAliases = zones { $0.recordSets.contains(where: \.isAlias) }
    guard !withAliases.isEmpty else { return [] }
    let zones = hostedZones.values.map { (name: $0.name, content: ZoneContent($0)) }
    let endpoints = endpointNames
    func isKnown(_ target: Name) -> Bool {
      endpoints.contains(target) || target.isHostname
        || zones.contains { target.isEqualToOrBelow($0.name) && $0.content.answers(target) }
    }
    return withAliases.compactMap { zone in
      let dangling = zone.recordSets.filter { set in
        if case .alias(let target) = set.content { !isKnown(target) } else { false }
      }
      guard !dangling.isEmpty else { return nil }
      let owners = Set(dangling.map(\.name)).sorted()
      let targets = Set(dangling.flatMap(\.targets)).sorted()
      return Finding(
        .danglingAlias, .hostedZone(zone.id),
        "\(list(owners)) of \(zone.id) \(owners.count == 1 ? "is an alias" : "are aliases") of \(list(targets)), which "
          + "nobody in this world has: no address is answered",
        mend: "add what has \(list(targets)) to the world, or point to a name of it")
    }
  }

  /// The names of services, with the further names of load balancers (semantics 2.3).
  private var endpointNames: Set<Name> {
    var names = Set(dbInstances.values.compactMap(\.endpoint))
    names.formUnion(dbClusters.values.flatMap { [$0.endpoint, $0.readerEndpoint] }.compactMap { $0 })
    names.formUnion(redshiftClusters.values.compactMap(\.endpoint))
    names.formUnion(
      cacheClusters.values.flatMap { $0.nodes.map(\.endpoint) + [$0.configurationEndpoint] }.compactMap { $0 })
    for balancer in loadBalancers.values {
      var prefixes = ["dualstack"]
      if case .classic = balancer.generation { prefixes = balancer.scheme == .internal ? [] : ["dualstack", "ipv6"] }
      names.insert(balancer.dnsName)
      for prefix in prefixes {
        Name(labels: [Array(prefix.utf8)]).flatMap { balancer.dnsName.prepending($0) }.map { _ = names.insert($0) }
      }
    }
    return names
  }
}

extension ResourceRecordSet {
  fileprivate var isAlias: Bool { if case .alias = content { true } else { false } }
}

extension Name {
  /// `ec2-…`, `ip-…` or `i-…` in a domain of Amazon's own: who has the address has the name.
  fileprivate var isHostname: Bool {
    let labels = description.split(separator: ".")
    guard let first = labels.first, ["ec2-", "ip-", "i-"].contains(where: { first.hasPrefix($0) }) else { return false }
    return labels.dropFirst().contains { ["compute", "compute-1", "ec2"].contains($0) }
  }
}
