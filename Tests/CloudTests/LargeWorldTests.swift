// Worlds of many: nothing is looked for among all the others of its kind. Twenty thousand of each would take minutes.
import Cloud
import DNSWire
import Testing

@Suite struct LargeWorldTests {
  private static let many = 20_000

  @Test func everyAccountHasADefaultVPC() throws {
    var world = World()
    for index in 0..<Self.many {
      try world.apply(
        .addVPC(
          vpc("vpc-\(index)", "172.31.0.0/16") {
            $0.isDefault = true
            $0.ownerID = "account-\(index)"
          }))
    }
    world.refuses(
      .addVPC(
        vpc("vpc-second", "172.31.0.0/16") {
          $0.isDefault = true
          $0.ownerID = "account-7"
        }), .secondDefaultVPC(ID("vpc-7")), member: "IsDefault")
  }

  @Test func noneOfManyDatabasesOfAVPCTakesTheAddressOfAnInterface() throws {
    var world = try World.small()
    for index in 0..<Self.many {
      var one = interface("eni-\(index)", "vpc-1")
      one.networkInterfaceDescription = NetworkInterface.databaseDescription
      try world.apply(.addNetworkInterface(one))
      try world.apply(.addDBInstance(database("db-\(index)", "vpc-1")))
    }
    #expect(world.dbInstances.values.allSatisfy { world.addresses(of: $0) == (nil, nil) })
  }

  @Test func anInterfaceIsADatabasesWhereBothAreAlone() throws {
    func known(_ world: World) -> IPv4Address? {
      world.dbInstances[ID("db-1")].flatMap { world.addresses(of: $0).privateAddress }
    }
    var one = interface("eni-1", "vpc-1", pair("10.0.0.7"))
    one.networkInterfaceDescription = NetworkInterface.databaseDescription
    var world = try World.small()
    try world.apply(.addDBInstance(database("db-1", "vpc-1")))
    #expect(known(world) == nil)
    try world.apply(.addNetworkInterface(one))
    #expect(known(world) == address("10.0.0.7"))
    // One of another VPC does not count.
    try world.apply(.addDBInstance(database("db-2", "vpc-2")))
    #expect(known(world) == address("10.0.0.7"))
    try world.apply(.addDBInstance(database("db-3", "vpc-1")))
    #expect(known(world) == nil)
    try world.apply(.remove(.dbInstance(ID("db-3"))))
    #expect(known(world) == address("10.0.0.7"))
    one.networkInterfaceDescription = "another"
    try world.apply(.replace(.networkInterface(one)))
    #expect(known(world) == nil)
  }
}
