// Databases, caches and load balancers: their names are unique, their addresses lie in their VPC.
import DNSWire

extension World {
  /// `clusterID` may name a cluster that is still to come: the cluster lists its members, so they are there first. A
  /// new instance of a cluster that is there joins it as a reader, as CreateDBInstance does.
  mutating func add(_ instance: DBInstance) throws(Refusal) {
    try refuseSecond(instance.id, in: dbInstances, kind: "DB instance", member: "DBInstanceIdentifier")
    _ = try findVPC(
      instance.vpcID, of: instance.id.rawValue, kind: "DB instance", region: instance.region, member: "DBSubnetGroup")
    try checkGroups(instance.securityGroupIDs, of: instance.vpcID, member: "VpcSecurityGroups")
    try checkEndpoints([(instance.endpoint, "Endpoint")])
    if let id = instance.clusterID, let cluster = dbClusters[id], cluster.region != instance.region {
      throw Refusal(
        .otherRegion(
          kind: "DB instance", id: instance.id.rawValue, region: instance.region, expected: cluster.region),
        member: "DBClusterIdentifier")
    }
    if let cluster = instance.clusterID.flatMap({ dbClusters[$0] }) {
      try checkGroups(cluster.securityGroupIDs, of: instance.vpcID, member: "DBClusterIdentifier")
    }
    let network = Network(vpcID: instance.vpcID, region: instance.region)
    let holder = AddressHolder.dbInstance(instance.id)
    let holdings = [
      Holding(privateAddress: instance.privateIPAddress, publicAddress: instance.publicIPAddress),
      Holding(
        privateAddress: instance.standbyPrivateIPAddress, publicAddress: instance.standbyPublicIPAddress,
        privateMember: "StandbyPrivateIpAddress", publicMember: "StandbyPublicIpAddress"),
    ]
    try check(holdings, of: holder, in: network)
    record(holdings, of: holder, in: network)
    recordEndpoints([instance.endpoint], of: holder.description)
    dbInstances[instance.id] = instance
    if let id = instance.clusterID {
      dbClusters[id]?.members.append(DBCluster.Member(instanceID: instance.id, isWriter: false))
    }
  }

  mutating func add(_ cluster: DBCluster) throws(Refusal) {
    try refuseSecond(cluster.id, in: dbClusters, kind: "DB cluster", member: "DBClusterIdentifier")
    try checkEndpoints([(cluster.endpoint, "Endpoint"), (cluster.readerEndpoint, "ReaderEndpoint")])
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
    recordEndpoints([cluster.endpoint, cluster.readerEndpoint], of: "the DB cluster \(cluster.id)")
    dbClusters[cluster.id] = cluster
    for member in cluster.members { dbInstances[member.instanceID]?.clusterID = cluster.id }
  }

  mutating func add(_ cluster: RedshiftCluster) throws(Refusal) {
    try refuseSecond(cluster.id, in: redshiftClusters, kind: "Redshift cluster", member: "ClusterIdentifier")
    _ = try findVPC(cluster.vpcID, of: cluster.id.rawValue, kind: "Redshift cluster", region: cluster.region)
    try checkGroups(cluster.securityGroupIDs, of: cluster.vpcID, member: "VpcSecurityGroups")
    try checkEndpoints([(cluster.endpoint, "Endpoint")])
    let network = Network(vpcID: cluster.vpcID, region: cluster.region)
    let holder = AddressHolder.redshiftCluster(cluster.id)
    let holdings = [
      Holding(
        privateAddress: cluster.privateIPAddress, publicAddress: cluster.publicIPAddress,
        privateMember: "ClusterNodes", publicMember: "ClusterNodes")
    ]
    try check(holdings, of: holder, in: network)
    record(holdings, of: holder, in: network)
    recordEndpoints([cluster.endpoint], of: holder.description)
    redshiftClusters[cluster.id] = cluster
  }

  mutating func add(_ cluster: CacheCluster) throws(Refusal) {
    try refuseSecond(cluster.id, in: cacheClusters, kind: "cache cluster", member: "CacheClusterId")
    let vpc = try findVPC(cluster.vpcID, of: cluster.id.rawValue, kind: "cache cluster", region: cluster.region)
    try checkGroups(cluster.securityGroupIDs, of: cluster.vpcID, member: "SecurityGroups")
    if vpc != nil, let node = cluster.nodes.first(where: { $0.publicIPAddress != nil }) {
      throw Refusal(.publicCacheNode(cluster.id, node: node.id), member: "CacheNodes")  // S136
    }
    let names = cluster.nodes.map(\.endpoint)
    try checkEndpoints([(cluster.configurationEndpoint, "ConfigurationEndpoint")] + names.map { ($0, "CacheNodes") })
    let network = Network(vpcID: cluster.vpcID, region: cluster.region)
    let holder = AddressHolder.cacheCluster(cluster.id)
    let holdings = cluster.nodes.map {
      Holding(
        privateAddress: $0.privateIPAddress, publicAddress: $0.publicIPAddress, privateMember: "CacheNodes",
        publicMember: "CacheNodes")
    }
    try check(holdings, of: holder, in: network)
    record(holdings, of: holder, in: network)
    recordEndpoints([cluster.configurationEndpoint] + names, of: holder.description)
    cacheClusters[cluster.id] = cluster
  }

  mutating func add(_ balancer: LoadBalancer) throws(Refusal) {
    let vpcMember = if case .classic = balancer.generation { "VPCId" } else { "VpcId" }
    try refuseSecond(balancer.id, in: loadBalancers, kind: "load balancer", member: "DNSName")
    _ = try findVPC(
      balancer.vpcID, of: balancer.id.rawValue, kind: "load balancer", region: balancer.region, member: vpcMember)
    try checkEndpoints([(balancer.dnsName, "DNSName")])
    let network = Network(vpcID: balancer.vpcID, region: balancer.region)
    let holder = AddressHolder.loadBalancer(balancer.id)
    let member: StaticString = "LoadBalancerAddresses"
    let holdings =
      balancer.privateAddresses.map { Holding(privateAddress: $0, privateMember: member) }
      + balancer.publicAddresses.map { Holding(publicAddress: $0, publicMember: member) }
    try check(holdings, of: holder, in: network)
    // The IPv6 addresses of a Classic load balancer are AWS's own, not the VPC's.
    if case .v2 = balancer.generation {
      try check(balancer.ipv6Addresses, of: holder, in: network, member: member)
      record(balancer.ipv6Addresses, of: holder, in: network)
    }
    record(holdings, of: holder, in: network)
    recordEndpoints([balancer.dnsName], of: holder.description)
    loadBalancers[balancer.id] = balancer
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

  private func checkEndpoints(_ names: [(name: Name?, member: String)]) throws(Refusal) {
    var own: Set<Name> = []
    for (name, member) in names {
      guard let name else { continue }
      if let holder = endpoints[name] { throw Refusal(.endpointInUse(name, by: holder), member: member) }
      guard own.insert(name).inserted else {
        throw Refusal(.endpointInUse(name, by: "the same resource"), member: member)
      }
    }
  }

  private mutating func recordEndpoints(_ names: [Name?], of holder: String) {
    for name in names { if let name { endpoints[name] = holder } }
  }
}
