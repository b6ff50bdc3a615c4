// How many of something there may be: the tables of answers count them with two octets.
import Cloud
import DNSWire
import Testing

@Suite struct CountTests {
  private func number(_ index: Int) -> IPv4Address {
    IPv4Address(rawValue: address("198.18.0.0").rawValue + UInt32(index))
  }

  @Test func aLoadBalancerHasTenThousandAddressesAndNoMore() throws {
    var world = try World.small()
    var balancer = LoadBalancer(
      id: ID("lb"), region: .usEast1, dnsName: name("lb.example.com"), scheme: .internetFacing, generation: .classic)
    balancer.publicAddresses = (0...Quotas.targetsOfName).map(number)
    world.refuses(
      .addLoadBalancer(balancer), .tooMany("addresses of lb", 10_001, most: 10_000), member: "LoadBalancerAddresses",
      reads: "10001 addresses of lb are too many: there are 10000 at most")
    let one = balancer.publicAddresses.removeLast()
    try world.apply(.addLoadBalancer(balancer))
    balancer.publicAddresses.append(one)
    world.refuses(.replace(.loadBalancer(balancer)), .tooMany("addresses of lb", 10_001, most: 10_000))
    var other = balancer
    (other.id, other.dnsName, other.publicAddresses) = (ID("lb6"), name("lb6.example.com"), [])
    other.ipv6Addresses = (0...Quotas.targetsOfName).map { IPv6Address(rawValue: UInt128($0)) }
    world.refuses(.addLoadBalancer(other), .tooMany("addresses of lb6", 10_001, most: 10_000))
  }

  @Test func aCacheClusterHasTenThousandNodesAndNoMore() throws {
    var world = try World.small()
    var cache = CacheCluster(id: ID("cache-1"), region: .usEast1)
    cache.nodes = (1...(Quotas.targetsOfName + 1)).map { CacheCluster.Node(id: CacheCluster.Node.id($0)) }
    world.refuses(
      .addCacheCluster(cache), .tooMany("nodes of cache-1", 10_001, most: 10_000), member: "CacheNodes")
    cache.nodes.removeLast()
    try world.apply(.addCacheCluster(cache))
  }

  @Test func anAuroraClusterHasTenThousandMembersAndNoMore() throws {
    var world = try World.small()
    var cluster = DBCluster(id: ID("aurora"), region: .usEast1)
    for index in 0...Quotas.targetsOfName {
      try world.apply(.addDBInstance(database("db-\(index)", nil)))
      cluster.members.append(DBCluster.Member(instanceID: ID("db-\(index)"), isWriter: index == 0))
    }
    world.refuses(
      .addDBCluster(cluster), .tooMany("members of aurora", 10_001, most: 10_000), member: "DBClusterMembers")
    cluster.members.removeLast()
    try world.apply(.addDBCluster(cluster))
    // CreateDBInstance adds one to the cluster that is there.
    world.refuses(
      .addDBInstance(database("db-new", nil) { $0.clusterID = ID("aurora") }),
      .tooMany("members of aurora", 10_001, most: 10_000), member: "DBClusterIdentifier")
    // ModifyDBInstance of a member adds none.
    try world.apply(
      .replace(
        .dbInstance(
          database("db-1", nil) {
            $0.clusterID = ID("aurora")
            $0.multiAZ = true
          })))
  }

  @Test func aVPCHasAThousandRangesAndNoMore() throws {
    var world = World()
    var many = vpc("vpc-1", "172.16.0.0/28")
    many.secondaryCIDRBlocks = (1...Quotas.rangesOfVPC).compactMap {
      CIDRBlock(address: IPv4Address(rawValue: many.cidrBlock.address.rawValue + 16 * UInt32($0)), prefixLength: 28)
    }
    world.refuses(
      .addVPC(many), .tooMany("ranges of vpc-1", 1001, most: 1000), member: "CidrBlockAssociationSet")
    let last = many.secondaryCIDRBlocks.removeLast()
    try world.apply(.addVPC(many))
    many.secondaryCIDRBlocks.append(last)  // AssociateVpcCidrBlock
    world.refuses(.replace(.vpc(many)), .tooMany("ranges of vpc-1", 1001, most: 1000))
  }

  @Test func aVPCHasTenThousandPeersAndNoMore() throws {
    var world = try World(.addVPC(vpc("vpc-hub", "10.0.0.0/28")))
    for index in 0...Quotas.peeringsOfVPC {
      try world.apply(.addVPC(vpc("vpc-\(index)", "172.16.0.0/28")))
      guard index < Quotas.peeringsOfVPC else { break }
      let (one, other) = index.isMultiple(of: 2) ? ("vpc-hub", "vpc-\(index)") : ("vpc-\(index)", "vpc-hub")
      try world.apply(.addPeering(peering("pcx-\(index)", one, other)))
    }
    let last = peering("pcx-last", "vpc-10000", "vpc-hub")
    let reason = Refusal.Reason.tooMany("peering connections of vpc-hub", 10_001, most: 10_000)
    world.refuses(.addPeering(last), reason, member: "AccepterVpcInfo")
    // One that is described again is one of them; one that has ended is none.
    let first = peering("pcx-0", "vpc-hub", "vpc-0")
    try world.apply(.replace(.peering(first)))
    try world.apply(.replace(.peering(peering("pcx-0", "vpc-hub", "vpc-0") { $0.status = "deleted" })))
    try world.apply(.addPeering(last))
  }

  @Test func aWorldHasAThousandRegionsAndNoMore() throws {
    var world = World()
    func inRegion(_ index: Int, _ id: String) -> VPC {
      var one = VPC(id: ID(id), region: Region("region-\(index)"), ownerID: account, cidrBlock: range("172.31.0.0/16"))
      one.enableDnsHostnames = true
      return one
    }
    for index in 1...Quotas.regions { try world.apply(.addVPC(inRegion(index, "vpc-\(index)"))) }
    let reason = Refusal.Reason.tooMany("Regions", 1001, most: 1000)
    world.refuses(.addVPC(inRegion(1001, "vpc-1001")), reason, member: "Region")
    world.refuses(
      .addElasticIP(ElasticIP(publicIP: address("203.0.113.9"), region: Region("region-1002"), domain: .vpc)), reason)
    try world.apply(.addVPC(inRegion(1000, "vpc-another")))
    try world.apply(.remove(.vpc(ID("vpc-1"))))
    try world.apply(.addVPC(inRegion(1001, "vpc-1001")))
  }
}
