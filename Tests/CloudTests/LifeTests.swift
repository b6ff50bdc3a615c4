// Starting, stopping and failing over: what happens to addresses and links.
import Cloud
import DNSWire
import Testing

@Suite struct LifeTests {
  @Test func stoppingUnlinksAndTakesTheClassicAddresses() throws {  // S21, S54, semantics 4.5
    var world = try World.small()
    try world.apply(.attachClassicLink(link("i-classic", "vpc-1", "sg-1")))
    try world.apply(.stopInstance(ID("i-classic")))
    #expect(world.classicLinks.isEmpty)
    #expect(world.instances[ID("i-classic")]?.state == .stopped)
    #expect(world.instances[ID("i-classic")]?.addresses == [])
    try world.apply(.addInstance(classic("i-next", pair("10.112.0.9", "203.0.113.9"))))

    world.refuses(
      .startInstance(ID("i-classic"), addresses: pair("10.112.0.9")),
      .addressInUse(.v4(address("10.112.0.9")), by: .instance(ID("i-next"))))
    #expect(world.instances[ID("i-classic")]?.state == .stopped)
    try world.apply(.startInstance(ID("i-classic"), addresses: pair("10.112.0.10", "203.0.113.10")))
    #expect(world.instances[ID("i-classic")]?.addresses == [pair("10.112.0.10", "203.0.113.10")])
    #expect(world.classicLinks.isEmpty)  // S54: it is not linked again by itself
    try world.apply(.attachClassicLink(link("i-classic", "vpc-1", "sg-1")))
  }

  @Test func aVPCInstanceKeepsItsPrivateAddress() throws {
    var world = try World.small()
    try world.apply(
      .addNetworkInterface(interface("eni-1", "vpc-1", pair("10.0.0.5", "203.0.113.25"), of: "i-vpc")))
    try world.apply(.stopInstance(ID("i-vpc")))
    #expect(world.instances[ID("i-vpc")]?.addresses == [pair("10.0.0.5")])
    #expect(world.networkInterfaces[ID("eni-1")]?.addresses == [pair("10.0.0.5")])
    world.refuses(
      .addInstance(inside("vpc-1", "i-2", pair("10.0.0.5"))),
      .addressInUse(.v4(address("10.0.0.5")), by: .instance(ID("i-vpc"))))
    try world.apply(.addInstance(inside("vpc-1", "i-3", pair("10.0.0.6", "203.0.113.25"))))

    world.refuses(
      .startInstance(ID("i-vpc"), addresses: pair("10.0.0.9", "203.0.113.26")),
      .notItsPrivateAddress(address("10.0.0.9"), .instance(ID("i-vpc"))))
    world.refuses(
      .startInstance(ID("i-vpc"), addresses: pair("10.0.0.5", "203.0.113.25")),
      .addressInUse(.v4(address("203.0.113.25")), by: .instance(ID("i-3"))))
    try world.apply(.startInstance(ID("i-vpc"), addresses: pair("10.0.0.5", "203.0.113.26")))
    #expect(world.instances[ID("i-vpc")]?.addresses == [pair("10.0.0.5", "203.0.113.26")])
    #expect(world.networkInterfaces[ID("eni-1")]?.addresses == [pair("10.0.0.5", "203.0.113.26")])
  }

  @Test func anElasticAddressStaysInAVPCAndIsFreedInClassic() throws {
    var world = try World.small()
    try world.apply(.addElasticIP(elastic("203.0.113.25", instance: "i-vpc")))
    try world.apply(.addElasticIP(elastic("203.0.113.9", .standard, instance: "i-classic")))
    try world.apply(.stopInstance(ID("i-vpc")))
    try world.apply(.stopInstance(ID("i-classic")))
    #expect(world.instances[ID("i-vpc")]?.publicIPAddress == address("203.0.113.25"))
    #expect(world.elasticIPs[address("203.0.113.9")]?.instanceID == nil)
    world.refuses(
      .addInstance(classic("i-2", pair("10.1.1.1", "203.0.113.9"))),
      .addressInUse(.v4(address("203.0.113.9")), by: .elasticIP(address("203.0.113.9"))))
    try world.apply(.startInstance(ID("i-vpc"), addresses: nil))
    world.refuses(
      .startInstance(ID("i-classic"), addresses: pair("10.112.0.9", "203.0.113.9")),
      .addressInUse(.v4(address("203.0.113.9")), by: .elasticIP(address("203.0.113.9"))))
  }

  @Test func stoppingTwiceIsLikeOnce() throws {
    var world = try World.small()
    try world.apply(.stopInstance(ID("i-vpc")))
    try world.apply(.stopInstance(ID("i-vpc")))
    try world.apply(.startInstance(ID("i-vpc"), addresses: nil))
    try world.apply(.startInstance(ID("i-vpc"), addresses: nil))
    try world.apply(.addInstance(classic("i-dying") { $0.state = .shuttingDown }))
    world.refuses(.stopInstance(ID("i-dying")), .instanceState(ID("i-dying"), .shuttingDown))
    world.refuses(
      .startInstance(ID("i-dying"), addresses: nil), .instanceState(ID("i-dying"), .shuttingDown))
    world.refuses(.stopInstance(ID("i-none")), .notFound(kind: "instance", id: "i-none"))
  }

  @Test func aStoppedClassicInstanceIsKeptWithoutAddresses() throws {
    var world = try World(.addInstance(classic("i-1", pair("10.5.5.5")) { $0.state = .stopped }))
    #expect(world.instances[ID("i-1")]?.addresses == [])
    try world.apply(.addInstance(classic("i-2", pair("10.5.5.5"))))
    world.refuses(
      .addElasticIP(elastic("203.0.113.1", .standard, instance: "i-1")),
      .notItsPrivateAddress(nil, .instance(ID("i-1"))), reads: "i-1 has no private address to associate with")
  }

  @Test func failoverSwapsPrimaryAndStandby() throws {  // S31
    var world = try World.small()
    try world.apply(
      .addDBInstance(
        database("db-1", "vpc-1") {
          $0.multiAZ = true
          $0.privateIPAddress = address("10.0.0.40")
          $0.publicIPAddress = address("203.0.113.40")
          $0.standbyPrivateIPAddress = address("10.0.0.41")
          $0.standbyPublicIPAddress = address("203.0.113.41")
        }))
    try world.apply(.failover(ID("db-1")))
    let after = try #require(world.dbInstances[ID("db-1")])
    #expect(after.privateIPAddress == address("10.0.0.41"))
    #expect(after.publicIPAddress == address("203.0.113.41"))
    #expect(after.standbyPrivateIPAddress == address("10.0.0.40"))
    #expect(after.standbyPublicIPAddress == address("203.0.113.40"))
    world.refuses(
      .addInstance(inside("vpc-1", "i-2", pair("10.0.0.40"))),
      .addressInUse(.v4(address("10.0.0.40")), by: .dbInstance(ID("db-1"))))
    try world.apply(.addDBInstance(database("db-2", "vpc-1")))
    world.refuses(.failover(ID("db-2")), .noStandby(ID("db-2")))
    try world.apply(.addDBInstance(database("db-3", "vpc-1") { $0.multiAZ = true }))
    world.refuses(.failover(ID("db-3")), .noStandby(ID("db-3")))
    world.refuses(.failover(ID("db-9")), .notFound(kind: "DB instance", id: "db-9"))
  }

  @Test func publicAccessIsSwitched() throws {
    var world = try World.small()
    try world.apply(.addDBInstance(database("db-1", "vpc-1")))
    try world.apply(.setDBInstancePubliclyAccessible(ID("db-1"), true))
    #expect(world.dbInstances[ID("db-1")]?.publiclyAccessible == true)
    var cluster = RedshiftCluster(id: ID("rs-1"), region: .usEast1, publiclyAccessible: true)
    cluster.vpcID = ID("vpc-1")
    try world.apply(.addRedshiftCluster(cluster))
    try world.apply(.setRedshiftClusterPubliclyAccessible(ID("rs-1"), false))
    #expect(world.redshiftClusters[ID("rs-1")]?.publiclyAccessible == false)
    world.refuses(
      .setDBInstancePubliclyAccessible(ID("db-9"), true), .notFound(kind: "DB instance", id: "db-9"))
    world.refuses(
      .setRedshiftClusterPubliclyAccessible(ID("rs-9"), true), .notFound(kind: "Redshift cluster", id: "rs-9"))
  }
}
