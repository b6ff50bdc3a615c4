// S28–S30; rows 11, 11b (R6): a Redshift endpoint points to the leader node, by an `ec2-…` name when it is publicly
// accessible.
import Cloud

extension World {
  func endpoints(of cluster: RedshiftCluster) -> [Endpoint] {
    guard let name = cluster.endpoint else { return [] }
    var content = Endpoint.Content.unknown
    if cluster.publiclyAccessible || cluster.vpcID == nil, let address = cluster.publicIPAddress {
      content = .publicHostname(address, cluster.region)
    } else if !cluster.publiclyAccessible, let address = cluster.privateIPAddress {
      content = .addresses([address], [])
    }
    return [
      Endpoint(
        name: name, content: content, ttl: settings.timesToLive.redshift, rule: .redshiftEndpoint,
        vpcID: cluster.vpcID, resource: cluster.id.rawValue,
        isPublic: cluster.publiclyAccessible || cluster.publicIPAddress != nil && cluster.vpcID == nil)
    ]
  }
}

extension Tables {
  @_noLocks
  borrowing func redshiftEndpointReason(_ verdict: Verdict) -> Reason {
    databaseEndpointReason(verdict)
  }
}
