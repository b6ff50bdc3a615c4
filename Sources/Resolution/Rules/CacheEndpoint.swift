// S136; rows 10, 12: in a VPC a cache node has its private address for everybody, on the Classic platform it has an
// `ec2-…` name.
import Cloud
import DNSWire

extension World {
  func endpoints(of cluster: CacheCluster) -> [Endpoint] {
    var result = cluster.nodes.compactMap { node in
      node.endpoint.map { name in
        let isPublic = cluster.vpcID == nil && node.publicIPAddress != nil
        return endpoint(name, content(of: node, cluster), cluster, isPublic: isPublic)
      }
    }
    if let name = cluster.configurationEndpoint {
      // One node is answered, the next answer may be another one (semantics 2.6).
      let targets = cluster.nodes.compactMap(\.endpoint).filter { $0 != name }
      result.append(endpoint(name, targets.isEmpty ? .unknown : .canonicalNames(targets), cluster, isPublic: false))
    }
    return result
  }

  private func content(of node: CacheCluster.Node, _ cluster: CacheCluster) -> Endpoint.Content {
    if cluster.vpcID == nil, let address = node.publicIPAddress { return .publicHostname(address, cluster.region) }
    return node.privateIPAddress.map { .addresses([$0], []) } ?? .unknown
  }

  private func endpoint(
    _ name: Name, _ content: Endpoint.Content, _ cluster: CacheCluster, isPublic: Bool
  ) -> Endpoint {
    Endpoint(
      name: name, content: content, ttl: settings.timesToLive.cache, rule: .cacheEndpoint, vpcID: cluster.vpcID,
      resource: cluster.id.rawValue, isPublic: isPublic)
  }
}

extension Tables {
  @_noLocks
  borrowing func cacheEndpointReason(_ verdict: Verdict) -> Reason {
    let row = endpointRows[Int(verdict.endpoint)]
    if row.isUnknown { return Reason(.decision22, row.identifier, .addressNotKnown) }
    if case .canonicalName = verdict.outcome {
      if row.vpc == none, !row.isPublic { return Reason(.row10, row.identifier, .cacheConfiguration) }
      return row.isPublic
        ? Reason(.row10, row.identifier, .onClassicPlatform) : Reason(.row12, row.identifier, .cacheConfiguration)
    }
    if row.vpc == none { return Reason(.row10, row.identifier, .onClassicPlatformPrivate) }
    return Reason(.s136, row.identifier, .cacheNode)
  }
}
