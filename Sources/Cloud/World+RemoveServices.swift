// Removing services, zones and Resolver rules: what AWS asks before it lets one go.
import DNSWire

extension World {
  mutating func removeService(_ id: ResourceID) throws(Refusal) {
    switch id {
    case .dbInstance(let id):
      let instance = try find(id, in: dbInstances, kind: "DB instance", member: "DBInstanceIdentifier")
      enroll(instance, false)
      dbInstances[id] = nil
      if let cluster = instance.clusterID { dbClusters[cluster]?.lose(id) }
    case .dbCluster(let id):
      let cluster = try find(id, in: dbClusters, kind: "DB cluster", member: "DBClusterIdentifier")
      guard cluster.members.isEmpty else {
        throw Refusal(.clusterHasMembers(id, count: cluster.members.count), member: "DBClusterIdentifier")
      }
      enroll(cluster, false)
      dbClusters[id] = nil
    case .redshiftCluster(let id):
      enroll(try find(id, in: redshiftClusters, kind: "Redshift cluster", member: "ClusterIdentifier"), false)
      redshiftClusters[id] = nil
    case .cacheCluster(let id):
      enroll(try find(id, in: cacheClusters, kind: "cache cluster", member: "CacheClusterId"), false)
      cacheClusters[id] = nil
    case .loadBalancer(let id):
      enroll(try find(id, in: loadBalancers, kind: "load balancer", member: "LoadBalancerName"), false)
      loadBalancers[id] = nil
    default: break
    }
  }

  mutating func removeDomain(_ id: ResourceID) throws(Refusal) {
    switch id {
    case .hostedZone(let id):
      let zone = try find(id, in: hostedZones, kind: "hosted zone", member: "Id")
      let others = zone.recordSets.count { $0.name != zone.name || $0.type != .soa && $0.type != .ns }
      guard others == 0 else { throw Refusal(.zoneNotEmpty(id, count: others), member: "Id") }  // semantics 3.1
      enroll(zone, false)
      hostedZones[id] = nil
    case .resolverRule(let id):
      let rule = try find(id, in: resolverRules, kind: "Resolver rule", member: "Id")
      if let vpc = rule.vpcIDs.first { throw Refusal(.ruleAssociated(id, vpc), member: "ResolverRuleId") }
      enroll(rule, false)
      resolverRules[id] = nil
    case .resolverConfig(let id):
      guard resolverConfigs.removeValue(forKey: id) != nil else {
        throw Refusal(.notFound(kind: "Resolver configuration", id: id.rawValue), member: "ResourceId")
      }
    default: break
    }
  }
}

extension DBCluster {
  /// A member that is deleted; when it was the writer, Aurora fails over to a reader.
  fileprivate mutating func lose(_ id: ID<DBInstance>) {
    guard let index = members.firstIndex(where: { $0.instanceID == id }) else { return }
    let lost = members.remove(at: index)
    if lost.isWriter, !members.isEmpty { members[0].isWriter = true }
  }
}
