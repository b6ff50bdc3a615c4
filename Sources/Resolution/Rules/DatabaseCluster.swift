// Semantics 2.3, 2.6 (Aurora): the cluster endpoint is a CNAME to the writer's endpoint, the reader endpoint to a
// reader's in turn.
import Cloud
import DNSWire

extension World {
  func endpoints(of cluster: DBCluster) -> [Endpoint] {
    let writers = cluster.members.filter(\.isWriter)
    let readers = cluster.members.filter { !$0.isWriter }
    // A cluster without readers reads from its writer.
    return endpoint(cluster.endpoint, writers, cluster)
      + endpoint(cluster.readerEndpoint, readers.isEmpty ? writers : readers, cluster)
  }

  private func endpoint(_ name: Name?, _ members: [DBCluster.Member], _ cluster: DBCluster) -> [Endpoint] {
    guard let name else { return [] }
    let databases = members.compactMap { dbInstances[$0.instanceID] }
    let targets = databases.compactMap(\.endpoint)
    return [
      Endpoint(
        name: name, content: targets.isEmpty ? .unknown : .canonicalNames(targets),
        ttl: settings.timesToLive.database, rule: .databaseCluster, vpcID: databases.first?.vpcID,
        resource: cluster.id.rawValue, isPublic: databases.contains(where: \.publiclyAccessible))
    ]
  }
}

extension Tables {
  @_noLocks
  borrowing func databaseClusterReason(_ verdict: Verdict) -> Reason {
    let row = endpointRows[Int(verdict.endpoint)]
    return Reason(.semantics26, row.identifier, row.isUnknown ? .addressNotKnown : .clusterMember)
  }
}
