// Databases and caches: their names are unique, their addresses lie in their VPC.
import DNSWire

extension World {
  /// `clusterID` may name a cluster that is still to come: the cluster lists its members, so they are there first. A
  /// new instance of a cluster that is there joins it as a reader, as CreateDBInstance does.
  mutating func add(_ instance: DBInstance) throws(Refusal) {
    try refuseSecond(instance.id, in: dbInstances, kind: "DB instance", member: "DBInstanceIdentifier")
    try check(instance)
    dbInstances[instance.id] = instance
    enroll(instance, true)
    if let id = instance.clusterID {
      dbClusters[id]?.join(instance.id)
    }
  }

  func check(_ instance: DBInstance) throws(Refusal) {
    try check(instance.details)
    _ = try findVPC(
      instance.vpcID, of: instance.id.rawValue, kind: "DB instance", region: instance.region, member: "DBSubnetGroup")
    try checkGroups(instance.securityGroupIDs, of: instance.vpcID, member: "VpcSecurityGroups")
    try checkEndpoints([(instance.endpoint, "Endpoint")])
    if let cluster = instance.clusterID.flatMap({ dbClusters[$0] }) {
      guard cluster.region == instance.region else {
        throw Refusal(
          .otherRegion(
            kind: "DB instance", id: instance.id.rawValue, region: instance.region, expected: cluster.region),
          member: "DBClusterIdentifier")
      }
      try checkGroups(cluster.securityGroupIDs, of: instance.vpcID, member: "DBClusterIdentifier")
      // A member that is replaced is one already.
      let others = cluster.members.count { $0.instanceID != instance.id }
      try refuseMore(
        "members of \(cluster.id)", others + 1, than: Quotas.targetsOfName, member: "DBClusterIdentifier")
    }
    let network = Network(vpcID: instance.vpcID, region: instance.region)
    try check(instance.holdings, of: .dbInstance(instance.id), in: network)
  }

  mutating func enroll(_ instance: DBInstance, _ isThere: Bool) {
    let holder = AddressHolder.dbInstance(instance.id)
    enroll(
      instance.holdings, of: holder, in: Network(vpcID: instance.vpcID, region: instance.region), isThere)
    enroll(endpoints: [instance.endpoint], of: holder.description, isThere)
    countDatabase(instance, isThere)
    use(instance.vpcID, instance.region, instance.securityGroupIDs, isThere)
  }

  mutating func add(_ cluster: DBCluster) throws(Refusal) {
    try refuseSecond(cluster.id, in: dbClusters, kind: "DB cluster", member: "DBClusterIdentifier")
    try check(cluster)
    dbClusters[cluster.id] = cluster.inOrder
    enroll(cluster, true)
    for member in cluster.members { dbInstances[member.instanceID]?.clusterID = cluster.id }
  }

  func check(_ cluster: DBCluster) throws(Refusal) {
    try check(cluster.details)
    try check(cluster.region)
    try checkEndpoints([(cluster.endpoint, "Endpoint"), (cluster.readerEndpoint, "ReaderEndpoint")])
    try refuseMore(
      "members of \(cluster.id)", cluster.members.count, than: Quotas.targetsOfName, member: "DBClusterMembers")
    var members: Set<ID<DBInstance>> = []
    for member in cluster.members {
      let instance = try find(member.instanceID, in: dbInstances, kind: "DB instance", member: "DBClusterMembers")
      guard members.insert(instance.id).inserted else {
        throw Refusal(.memberTwice(instance.id), member: "DBClusterMembers")
      }
      if let other = instance.clusterID, other != cluster.id {
        throw Refusal(.memberOfAnotherCluster(instance.id, other), member: "DBClusterMembers")
      }
      guard instance.region == cluster.region else {
        throw Refusal(
          .otherRegion(
            kind: "DB instance", id: instance.id.rawValue, region: instance.region, expected: cluster.region),
          member: "DBClusterMembers")
      }
      // A cluster has no VPC of its own in its item: it is where its members are.
      try checkGroups(cluster.securityGroupIDs, of: instance.vpcID, member: "VpcSecurityGroups")
    }
    for id in cluster.securityGroupIDs {
      _ = try find(id, in: securityGroups, kind: "security group", member: "VpcSecurityGroups")
    }
    guard cluster.members.count(where: \.isWriter) <= 1 else {
      throw Refusal(.secondWriter(cluster.id), member: "DBClusterMembers")
    }
  }

  mutating func enroll(_ cluster: DBCluster, _ isThere: Bool) {
    enroll(endpoints: [cluster.endpoint, cluster.readerEndpoint], of: "the DB cluster \(cluster.id)", isThere)
    use(nil, cluster.region, cluster.securityGroupIDs, isThere)
  }

  mutating func add(_ cluster: RedshiftCluster) throws(Refusal) {
    try refuseSecond(cluster.id, in: redshiftClusters, kind: "Redshift cluster", member: "ClusterIdentifier")
    try check(cluster)
    redshiftClusters[cluster.id] = cluster
    enroll(cluster, true)
  }

  func check(_ cluster: RedshiftCluster) throws(Refusal) {
    try check(cluster.details)
    _ = try findVPC(cluster.vpcID, of: cluster.id.rawValue, kind: "Redshift cluster", region: cluster.region)
    try checkGroups(cluster.securityGroupIDs, of: cluster.vpcID, member: "VpcSecurityGroups")
    try checkEndpoints([(cluster.endpoint, "Endpoint")])
    let network = Network(vpcID: cluster.vpcID, region: cluster.region)
    try check(cluster.holdings, of: .redshiftCluster(cluster.id), in: network)
  }

  mutating func enroll(_ cluster: RedshiftCluster, _ isThere: Bool) {
    let holder = AddressHolder.redshiftCluster(cluster.id)
    enroll(cluster.holdings, of: holder, in: Network(vpcID: cluster.vpcID, region: cluster.region), isThere)
    enroll(endpoints: [cluster.endpoint], of: holder.description, isThere)
    use(cluster.vpcID, cluster.region, cluster.securityGroupIDs, isThere)
  }

  mutating func add(_ cluster: CacheCluster) throws(Refusal) {
    try refuseSecond(cluster.id, in: cacheClusters, kind: "cache cluster", member: "CacheClusterId")
    try check(cluster)
    cacheClusters[cluster.id] = cluster
    enroll(cluster, true)
  }

  func check(_ cluster: CacheCluster) throws(Refusal) {
    try check(cluster.details)
    let vpc = try findVPC(cluster.vpcID, of: cluster.id.rawValue, kind: "cache cluster", region: cluster.region)
    try refuseMore("nodes of \(cluster.id)", cluster.nodes.count, than: Quotas.targetsOfName, member: "CacheNodes")
    try checkGroups(cluster.securityGroupIDs, of: cluster.vpcID, member: "SecurityGroups")
    if vpc != nil, let node = cluster.nodes.first(where: { $0.publicIPAddress != nil }) {
      throw Refusal(.publicCacheNode(cluster.id, node: node.id), member: "CacheNodes")  // S136
    }
    try checkEndpoints(
      [(cluster.configurationEndpoint, "ConfigurationEndpoint")] + cluster.nodes.map { ($0.endpoint, "CacheNodes") })
    let network = Network(vpcID: cluster.vpcID, region: cluster.region)
    try check(cluster.holdings, of: .cacheCluster(cluster.id), in: network)
  }

  mutating func enroll(_ cluster: CacheCluster, _ isThere: Bool) {
    let holder = AddressHolder.cacheCluster(cluster.id)
    enroll(cluster.holdings, of: holder, in: Network(vpcID: cluster.vpcID, region: cluster.region), isThere)
    enroll(
      endpoints: [cluster.configurationEndpoint] + cluster.nodes.map(\.endpoint), of: holder.description, isThere)
    use(cluster.vpcID, cluster.region, cluster.securityGroupIDs, isThere)
  }

  mutating func setPubliclyAccessible(_ id: ID<DBInstance>, _ isPublic: Bool) throws(Refusal) {
    _ = try find(id, in: dbInstances, kind: "DB instance", member: "DBInstanceIdentifier")
    dbInstances[id]?.publiclyAccessible = isPublic
  }

  mutating func setPubliclyAccessible(_ id: ID<RedshiftCluster>, _ isPublic: Bool) throws(Refusal) {
    _ = try find(id, in: redshiftClusters, kind: "Redshift cluster", member: "ClusterIdentifier")
    redshiftClusters[id]?.publiclyAccessible = isPublic
  }

  /// The endpoint moves to the standby's addresses (S31); the same instance goes on holding all of them.
  mutating func failOver(_ id: ID<DBInstance>) throws(Refusal) {
    let old = try find(id, in: dbInstances, kind: "DB instance", member: "DBInstanceIdentifier")
    guard old.multiAZ, old.standbyPrivateIPAddress != nil else {
      throw Refusal(.noStandby(id), member: "DBInstanceIdentifier")
    }
    dbInstances[id]?.privateIPAddress = old.standbyPrivateIPAddress
    dbInstances[id]?.publicIPAddress = old.standbyPublicIPAddress
    dbInstances[id]?.standbyPrivateIPAddress = old.privateIPAddress
    dbInstances[id]?.standbyPublicIPAddress = old.publicIPAddress
  }

  func checkEndpoints(_ names: [(name: Name?, member: String)]) throws(Refusal) {
    var own: Set<Name> = []
    for (name, member) in names {
      guard let name else { continue }
      if let holder = endpoints[name] { throw Refusal(.endpointInUse(name, by: holder), member: member) }
      guard own.insert(name).inserted else {
        throw Refusal(.endpointInUse(name, by: "the same resource"), member: member)
      }
    }
  }

  mutating func enroll(endpoints names: [Name?], of holder: String, _ isThere: Bool) {
    for name in names { if let name { endpoints[name] = isThere ? holder : nil } }
  }

  /// What a service keeps from being removed.
  mutating func use(
    _ vpcID: ID<VPC>?, _ region: Region, _ securityGroupIDs: [ID<SecurityGroup>], _ isThere: Bool
  ) {
    let step = isThere ? 1 : -1
    if let vpcID { vpcUses.add(step, to: vpcID) }
    regionUses.add(step, to: region)
    groupUses.add(step, to: securityGroupIDs)
  }
}

extension DBCluster {
  /// Its members by their ids: in which order they came, nobody can tell later.
  var inOrder: DBCluster {
    var cluster = self
    cluster.members.sort { $0.instanceID < $1.instanceID }
    return cluster
  }

  fileprivate mutating func join(_ id: ID<DBInstance>) {
    members.append(Member(instanceID: id, isWriter: false))
    self = inOrder
  }
}

extension DBInstance {
  fileprivate var holdings: [Holding] {
    [
      Holding(privateAddress: privateIPAddress, publicAddress: publicIPAddress),
      Holding(
        privateAddress: standbyPrivateIPAddress, publicAddress: standbyPublicIPAddress,
        privateMember: "StandbyPrivateIpAddress", publicMember: "StandbyPublicIpAddress"),
    ]
  }
}

extension RedshiftCluster {
  fileprivate var holdings: [Holding] {
    [
      Holding(
        privateAddress: privateIPAddress, publicAddress: publicIPAddress, privateMember: "ClusterNodes",
        publicMember: "ClusterNodes")
    ]
  }
}

extension CacheCluster {
  fileprivate var holdings: [Holding] {
    nodes.map {
      Holding(
        privateAddress: $0.privateIPAddress, publicAddress: $0.publicIPAddress, privateMember: "CacheNodes",
        publicMember: "CacheNodes")
    }
  }
}
