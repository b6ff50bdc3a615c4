// Databases, caches, load balancers, Resolver rules and requesters.
import Cloud
import DNSWire
import Testing

@Suite struct ServiceTests {
  @Test func anEndpointBelongsToOneResource() throws {
    var world = try World.small()
    try world.apply(.addDBInstance(database("db-1", "vpc-1") { $0.endpoint = name("shared.example.com") }))
    var redshift = RedshiftCluster(id: ID("rs-1"), region: .usEast1, publiclyAccessible: false)
    (redshift.vpcID, redshift.endpoint) = (ID("vpc-1"), name("SHARED.example.com"))
    world.refuses(
      .addRedshiftCluster(redshift),
      .endpointInUse(name("shared.example.com"), by: "the DB instance db-1"), member: "Endpoint",
      reads: "the endpoint SHARED.example.com. belongs to the DB instance db-1 already")
    var cache = CacheCluster(id: ID("cache-1"), region: .usEast1)
    (cache.vpcID, cache.configurationEndpoint) = (ID("vpc-1"), name("shared.example.com"))
    world.refuses(
      .addCacheCluster(cache), .endpointInUse(name("shared.example.com"), by: "the DB instance db-1"))
    var node = CacheCluster.Node(id: "0001")
    node.endpoint = name("cfg.example.com")
    (cache.configurationEndpoint, cache.nodes) = (name("cfg.example.com"), [node])
    world.refuses(.addCacheCluster(cache), .endpointInUse(name("cfg.example.com"), by: "the same resource"))
    let balancer = LoadBalancer(
      id: ID("lb"), region: .usEast1, dnsName: name("shared.example.com"), scheme: .internal, generation: .classic)
    world.refuses(
      .addLoadBalancer(balancer), .endpointInUse(name("shared.example.com"), by: "the DB instance db-1"),
      member: "DNSName")
  }

  @Test func aCacheNodeInAVPCIsNotPublic() throws {  // S136
    var world = try World.small()
    var node = CacheCluster.Node(id: "0001")
    (node.privateIPAddress, node.publicIPAddress) = (address("10.0.0.70"), address("203.0.113.70"))
    var cache = CacheCluster(id: ID("cache-1"), region: .usEast1)
    (cache.vpcID, cache.nodes) = (ID("vpc-1"), [node])
    world.refuses(.addCacheCluster(cache), .publicCacheNode(ID("cache-1"), node: "0001"), member: "CacheNodes")
    cache.vpcID = nil
    try world.apply(.addCacheCluster(cache))
  }

  @Test func aServiceHasGroupsOfItsVPC() throws {
    func services(_ group: String, in vpc: String?) -> [(change: Change, member: String)] {
      var redshift = RedshiftCluster(id: ID("rs-1"), region: .usEast1, publiclyAccessible: false)
      (redshift.vpcID, redshift.securityGroupIDs) = (vpc.map { ID($0) }, [ID(group)])
      var cache = CacheCluster(id: ID("cache-1"), region: .usEast1)
      (cache.vpcID, cache.securityGroupIDs) = (vpc.map { ID($0) }, [ID(group)])
      return [
        (.addDBInstance(database("db-1", vpc) { $0.securityGroupIDs = [ID(group)] }), "VpcSecurityGroups"),
        (.addRedshiftCluster(redshift), "VpcSecurityGroups"), (.addCacheCluster(cache), "SecurityGroups"),
      ]
    }
    var world = try World.small()
    for (change, member) in services("sg-9", in: "vpc-1") {
      world.refuses(change, .notFound(kind: "security group", id: "sg-9"), member: member)
    }
    for (change, member) in services("sg-2", in: "vpc-1") {
      world.refuses(change, .groupOfAnotherVPC(ID("sg-2"), ID("vpc-1")), member: member)
    }
    for (change, member) in services("sg-classic", in: "vpc-1") {
      world.refuses(change, .classicGroupInVPC(ID("sg-classic")), member: member)
    }
    for (change, member) in services("sg-1", in: nil) {
      world.refuses(change, .vpcGroupInClassic(ID("sg-1")), member: member)
    }
    for (change, _) in services("sg-1", in: "vpc-1") { try world.apply(change) }
    #expect(world.cacheClusters[ID("cache-1")]?.securityGroupIDs == [ID("sg-1")])
  }

  @Test func theGroupsOfAClusterAreOfTheVPCOfItsMembers() throws {
    var world = try World.small()
    try world.apply(.addDBInstance(database("db-1", "vpc-1")))
    func cluster(_ group: String, _ members: String...) -> Change {
      var cluster = DBCluster(id: ID("aurora"), region: .usEast1)
      cluster.members = members.map { DBCluster.Member(instanceID: ID($0), isWriter: true) }
      cluster.securityGroupIDs = [ID(group)]
      return .addDBCluster(cluster)
    }
    let missing = Refusal.Reason.notFound(kind: "security group", id: "sg-9")
    world.refuses(cluster("sg-9", "db-1"), missing, member: "VpcSecurityGroups")
    world.refuses(cluster("sg-9"), missing, member: "VpcSecurityGroups")
    world.refuses(cluster("sg-2", "db-1"), .groupOfAnotherVPC(ID("sg-2"), ID("vpc-1")), member: "VpcSecurityGroups")
    try world.apply(cluster("sg-1", "db-1"))
    world.refuses(
      .addDBInstance(database("db-2", "vpc-2") { $0.clusterID = ID("aurora") }),
      .groupOfAnotherVPC(ID("sg-1"), ID("vpc-2")), member: "DBClusterIdentifier")
  }

  @Test func aClusterHasMembersThatExistAndOneWriter() throws {
    var world = try World.small()
    try world.apply(.addDBInstance(database("db-1", "vpc-1")))
    try world.apply(.addDBInstance(database("db-2", "vpc-1") { $0.clusterID = ID("aurora") }))
    try world.apply(.addDBInstance(database("db-3", "vpc-1") { $0.clusterID = ID("other") }))
    func cluster(_ members: (String, Bool)...) -> Change {
      var cluster = DBCluster(id: ID("aurora"), region: .usEast1)
      cluster.members = members.map { DBCluster.Member(instanceID: ID($0.0), isWriter: $0.1) }
      return .addDBCluster(cluster)
    }
    world.refuses(cluster(("db-9", true)), .notFound(kind: "DB instance", id: "db-9"), member: "DBClusterMembers")
    world.refuses(cluster(("db-1", true), ("db-2", true)), .secondWriter(ID("aurora")))
    world.refuses(cluster(("db-1", true), ("db-1", false)), .memberTwice(ID("db-1")))
    world.refuses(cluster(("db-3", true)), .memberOfAnotherCluster(ID("db-3"), ID("other")))
    try world.apply(cluster(("db-1", true), ("db-2", false)))
    #expect(world.dbInstances[ID("db-1")]?.clusterID == ID("aurora"))
    // A new instance of the cluster joins it as a reader.
    try world.apply(.addDBInstance(database("db-4", "vpc-1") { $0.clusterID = ID("aurora") }))
    #expect(world.dbClusters[ID("aurora")]?.members.last == .init(instanceID: ID("db-4"), isWriter: false))
  }

  @Test func rulesHaveTargetsWhenTheyForward() throws {
    var world = try World.small()
    var rule = ResolverRule(id: ID("rslvr-rr-1"), domainName: name("corp.example"), kind: .forward)
    rule.vpcIDs = [ID("vpc-1")]
    world.refuses(.addResolverRule(rule), .ruleWithoutTarget(ID("rslvr-rr-1")), member: "TargetIps")
    rule.targets = [.init(address: .v4(address("192.0.2.53")), port: 53)]
    try world.apply(.addResolverRule(rule))

    var system = ResolverRule(id: ID("rslvr-rr-2"), domainName: name("CORP.example"), kind: .system)
    (system.vpcIDs, system.targets) = ([ID("vpc-2")], rule.targets)
    world.refuses(.addResolverRule(system), .ruleWithTarget(ID("rslvr-rr-2"), .system))
    (system.vpcIDs, system.targets) = ([ID("vpc-2"), ID("vpc-1")], [])
    world.refuses(
      .addResolverRule(system), .ruleDomainTwice(name("corp.example"), ID("vpc-1"), ID("rslvr-rr-1")),
      member: "DomainName")
    system.vpcIDs = [ID("vpc-9")]
    world.refuses(.addResolverRule(system), .notFound(kind: "VPC", id: "vpc-9"), member: "VpcIds")
    system.vpcIDs = [ID("vpc-2"), ID("vpc-2")]
    world.refuses(.addResolverRule(system), .vpcTwice(ID("vpc-2")))
    system.vpcIDs = [ID("vpc-2")]
    try world.apply(.addResolverRule(system))
    world.refuses(.addResolverRule(system), .alreadyExists(kind: "Resolver rule", id: "rslvr-rr-2"))

    try world.apply(.setResolverConfig(ResolverConfig(vpcID: ID("vpc-1"), autodefinedReverse: false)))
    world.refuses(
      .setResolverConfig(ResolverConfig(vpcID: ID("vpc-9"), autodefinedReverse: false)),
      .notFound(kind: "VPC", id: "vpc-9"), member: "ResourceId")
  }

  @Test func aSourceIsOneAskerInANetwork() throws {
    var world = try World.small()
    let source = Requester.Source.v4(range("127.0.1.11/32"))
    try world.apply(.addRequester(Requester(source: source, identity: .instance(ID("i-classic")))))
    world.refuses(
      .addRequester(Requester(source: source, identity: .classic(.usEast1))), .requesterTwice(source),
      member: "SourceAddress", reads: "the source 127.0.1.11/32 is there twice for one network")
    try world.apply(.addRequester(Requester(source: source, identity: .instance(ID("i-vpc")))))
    world.refuses(.addRequester(Requester(source: source, identity: .vpc(ID("vpc-1")))), .requesterTwice(source))
    try world.apply(.addRequester(Requester(source: source, identity: .vpc(ID("vpc-2")))))
    try world.apply(.addRequester(Requester(source: source, identity: .internet)))
    world.refuses(.addRequester(Requester(source: source, identity: .internet)), .requesterTwice(source))
    #expect(world.requesters.count == 4)
    world.refuses(
      .addRequester(Requester(source: source, identity: .instance(ID("i-9")))),
      .notFound(kind: "instance", id: "i-9"), member: "InstanceId")
    world.refuses(
      .addRequester(Requester(source: source, identity: .vpc(ID("vpc-9")))), .notFound(kind: "VPC", id: "vpc-9"))
  }
  @Test func membersOfAClusterStandByTheirIDs() throws {
    var world = try World.small()
    try world.apply(.addDBCluster(DBCluster(id: ID("cluster"), region: .usEast1)))
    for id in ["z", "a", "m"] {
      try world.apply(.addDBInstance(database(id, "vpc-1") { $0.clusterID = ID("cluster") }))
    }
    #expect(world.dbClusters[ID("cluster")]?.members.map(\.instanceID.rawValue) == ["a", "m", "z"])
  }
}
