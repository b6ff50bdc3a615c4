// Addresses: where they lie, who holds them, and who may show the same one.
import Cloud
import DNSWire
import Testing

@Suite struct AddressTests {
  @Test func aPrivateAddressIsHeldOnceInANetwork() throws {
    var world = try World.small()
    world.refuses(
      .addInstance(inside("vpc-1", "i-2", pair("10.0.0.5"))),
      .addressInUse(.v4(address("10.0.0.5")), by: .instance(ID("i-vpc"))), member: "PrivateIpAddress",
      reads: "10.0.0.5 belongs to i-vpc already")
    world.refuses(
      .addInstance(classic("i-3", pair("10.112.0.9"))),
      .addressInUse(.v4(address("10.112.0.9")), by: .instance(ID("i-classic"))))
    #expect(world.instances.count == 2)
  }

  @Test func twoNetworksMayHaveTheSamePrivateAddress() throws {
    var world = try World.small()
    try world.apply(.addVPC(vpc("vpc-twin", "10.0.0.0/16")))
    try world.apply(.addInstance(inside("vpc-twin", "i-twin", pair("10.0.0.5"))))
    try world.apply(.addInstance(classic("i-other-region", pair("10.112.0.9")) { $0.region = Region("eu-west-1") }))
    try world.apply(.addInstance(classic("i-classic-twin", pair("10.0.0.5"))))
  }

  @Test func aPublicAddressIsHeldOnceAnywhere() throws {
    var world = try World.small()
    world.refuses(
      .addInstance(inside("vpc-2", "i-2", pair("172.31.0.5", "203.0.113.25"))),
      .addressInUse(.v4(address("203.0.113.25")), by: .instance(ID("i-vpc"))), member: "PublicIpAddress")
    world.refuses(
      .addInstance(inside("vpc-1", "i-2", pair("10.0.0.6", "203.0.113.6"), pair("10.0.0.7", "203.0.113.6"))),
      .addressInUse(.v4(address("203.0.113.6")), by: .instance(ID("i-2"))))
    world.refuses(
      .addInstance(inside("vpc-1", "i-2", pair("10.0.0.6"), pair("10.0.0.6"))),
      .addressInUse(.v4(address("10.0.0.6")), by: .instance(ID("i-2"))))
  }

  @Test func anInterfaceRepeatsTheAddressesOfItsInstance() throws {
    var world = try World.small()
    try world.apply(
      .addNetworkInterface(interface("eni-1", "vpc-1", pair("10.0.0.5", "203.0.113.25"), of: "i-vpc")))
    world.refuses(
      .addNetworkInterface(interface("eni-2", "vpc-1", pair("10.0.0.5"), of: "i-vpc")),
      .addressInUse(.v4(address("10.0.0.5")), by: .networkInterface(ID("eni-1"))))
    try world.apply(.addInstance(inside("vpc-1", "i-2", pair("10.0.0.7"))))
    world.refuses(
      .addNetworkInterface(interface("eni-3", "vpc-1", pair("10.0.0.7"))),
      .addressInUse(.v4(address("10.0.0.7")), by: .instance(ID("i-2"))), member: "PrivateIpAddresses")
    world.refuses(
      .addNetworkInterface(interface("eni-3", "vpc-1", pair("10.0.0.7"), of: "i-vpc")),
      .addressInUse(.v4(address("10.0.0.7")), by: .instance(ID("i-2"))))
  }

  @Test func anInterfaceAndItsInstanceAgreeOnThePublicAddress() throws {
    var world = try World.small()
    world.refuses(
      .addNetworkInterface(interface("eni-1", "vpc-1", pair("10.0.0.5", "203.0.113.99"), of: "i-vpc")),
      .addressMappedTwice(address("10.0.0.5"), address("203.0.113.25"), address("203.0.113.99")))
  }

  @Test func aServiceIsShownByAnInterfaceOfItsVPC() throws {  // S33
    var world = try World.small()
    try world.apply(.addNetworkInterface(interface("eni-db", "vpc-1", pair("10.0.0.40", "203.0.113.40"))))
    try world.apply(
      .addDBInstance(
        database("db-1", "vpc-1") {
          $0.privateIPAddress = address("10.0.0.40")
          $0.publicIPAddress = address("203.0.113.40")
        }))
    world.refuses(
      .addDBInstance(database("db-2", "vpc-1") { $0.privateIPAddress = address("10.0.0.40") }),
      .addressInUse(.v4(address("10.0.0.40")), by: .dbInstance(ID("db-1"))))
    world.refuses(
      .addDBInstance(database("db-2", "vpc-2") { $0.publicIPAddress = address("203.0.113.40") }),
      .addressInUse(.v4(address("203.0.113.40")), by: .dbInstance(ID("db-1"))))
    try world.apply(.addNetworkInterface(interface("eni-9", "vpc-2", pair("172.31.0.9", "203.0.113.41"))))
    world.refuses(
      .addDBInstance(database("db-3", "vpc-1") { $0.publicIPAddress = address("203.0.113.41") }),
      .addressInUse(.v4(address("203.0.113.41")), by: .networkInterface(ID("eni-9"))))
    // The other order.
    try world.apply(.addDBInstance(database("db-4", "vpc-1") { $0.privateIPAddress = address("10.0.0.44") }))
    try world.apply(.addNetworkInterface(interface("eni-4", "vpc-1", pair("10.0.0.44"))))
  }

  @Test func addressesLieInTheirVPCAndSubnet() throws {
    var world = try World.small()
    try world.apply(.addSubnet(subnet("subnet-1", "vpc-1", "10.0.4.0/24")))
    world.refuses(
      .addInstance(inside("vpc-1", "i-2", pair("10.1.0.5"))),
      .addressOutsideVPC(.v4(address("10.1.0.5")), ID("vpc-1")), member: "PrivateIpAddress")
    world.refuses(
      .addInstance(inside("vpc-1", "i-2", pair("10.0.5.5")) { $0.subnetID = ID("subnet-1") }),
      .addressOutsideSubnet(.v4(address("10.0.5.5")), ID("subnet-1")))
    try world.apply(
      .addInstance(inside("vpc-1", "i-2", pair("10.0.4.5"), pair("10.0.9.5")) { $0.subnetID = ID("subnet-1") }))
    world.refuses(
      .addDBInstance(database("db-1", "vpc-1") { $0.standbyPrivateIPAddress = address("172.31.0.9") }),
      .addressOutsideVPC(.v4(address("172.31.0.9")), ID("vpc-1")), member: "StandbyPrivateIpAddress")
    world.refuses(
      .addInstance(classic("i-3", pair("172.16.0.4"))), .addressOutsideClassic(address("172.16.0.4")))
    var eni = interface("eni-1", "vpc-1", pair("10.0.5.9"))
    eni.subnetID = ID("subnet-1")
    world.refuses(
      .addNetworkInterface(eni), .addressOutsideSubnet(.v4(address("10.0.5.9")), ID("subnet-1")),
      member: "PrivateIpAddresses")
  }

  @Test func aSecondaryRangeHoldsAddressesToo() throws {
    var world = try World(
      .addVPC(vpc("vpc-a", "10.0.0.0/16") { $0.secondaryCIDRBlocks = [range("100.64.0.0/20")] }))
    try world.apply(.addInstance(inside("vpc-a", "i-1", pair("100.64.3.4"))))
  }

  @Test func classicHasNoIPv6() throws {  // S8
    var world = try World.small()
    world.refuses(
      .addInstance(classic("i-6", pair("10.1.1.1")) { $0.ipv6Addresses = [address6("2001:db8::1")] }),
      .ipv6InClassic(ID("i-6")), member: "Ipv6Address",
      reads: "i-6 is in EC2-Classic and cannot have an IPv6 address (S8)")
    world.refuses(
      .addInstance(classic("i-6", pair("10.1.1.1"), pair("10.1.1.2"))), .severalAddressesInClassic(ID("i-6")))
  }

  @Test func ipv6AddressesLieInTheVPCAndAreHeldOnce() throws {
    var world = try World(
      .addVPC(vpc("vpc-a", "10.0.0.0/16") { $0.ipv6CIDRBlocks = [IPv6CIDRBlock("2001:db8::/56")].compactMap { $0 } }))
    try world.apply(.addInstance(inside("vpc-a", "i-1") { $0.ipv6Addresses = [address6("2001:db8::1")] }))
    world.refuses(
      .addInstance(inside("vpc-a", "i-2") { $0.ipv6Addresses = [address6("2001:db8::1")] }),
      .addressInUse(.v6(address6("2001:db8::1")), by: .instance(ID("i-1"))))
    world.refuses(
      .addInstance(inside("vpc-a", "i-2") { $0.ipv6Addresses = [address6("2001:db9::1")] }),
      .addressOutsideVPC(.v6(address6("2001:db9::1")), ID("vpc-a")))
  }

  @Test func groupsBelongToTheNetworkOfTheInstance() throws {
    var world = try World.small()
    world.refuses(
      .addInstance(classic("i-2") { $0.securityGroupIDs = [ID("sg-1")] }), .vpcGroupInClassic(ID("sg-1")),
      member: "SecurityGroups")
    world.refuses(
      .addInstance(inside("vpc-1", "i-2") { $0.securityGroupIDs = [ID("sg-classic")] }),
      .classicGroupInVPC(ID("sg-classic")))
    world.refuses(
      .addInstance(inside("vpc-1", "i-2") { $0.securityGroupIDs = [ID("sg-2")] }),
      .groupOfAnotherVPC(ID("sg-2"), ID("vpc-1")))
    try world.apply(.addInstance(classic("i-2") { $0.securityGroupIDs = [ID("sg-classic")] }))
    try world.apply(.addInstance(inside("vpc-1", "i-3") { $0.securityGroupIDs = [ID("sg-1")] }))
  }

  @Test func anInstanceIsInOneNetwork() throws {
    var world = try World.small()
    try world.apply(.addSubnet(subnet("subnet-2", "vpc-2", "172.31.0.0/24")))
    world.refuses(
      .addInstance(classic("i-2") { $0.subnetID = ID("subnet-2") }), .classicInstanceInVPC(ID("i-2")))
    world.refuses(
      .addInstance(inside("vpc-1", "i-2") { $0.subnetID = ID("subnet-2") }),
      .subnetOfAnotherVPC(ID("subnet-2"), ID("vpc-1")))
    world.refuses(
      .addInstance(inside("vpc-1", "i-2") { $0.region = Region("eu-west-1") }),
      .otherRegion(kind: "instance", id: "i-2", region: Region("eu-west-1"), expected: .usEast1))
    world.refuses(
      .addNetworkInterface(interface("eni-1", "vpc-1", of: "i-classic")), .classicInstanceInVPC(ID("i-classic")))
    world.refuses(
      .addNetworkInterface(interface("eni-1", "vpc-2", of: "i-vpc")),
      .inAnotherVPC(kind: "instance", id: "i-vpc", ID("vpc-2")))
    world.refuses(.addInstance(inside("vpc-9", "i-2")), .notFound(kind: "VPC", id: "vpc-9"), member: "VpcId")
  }
}

@Suite struct ElasticIPTests {
  @Test func theInstanceThatShowsItIsTheSameHolder() throws {
    var world = try World.small()
    try world.apply(.addElasticIP(elastic("203.0.113.25", instance: "i-vpc")))
    world.refuses(
      .addElasticIP(elastic("203.0.113.25", instance: "i-vpc")),
      .alreadyExists(kind: "Elastic IP address", id: "203.0.113.25"))
  }

  @Test func anInstanceWithoutAPublicAddressShowsItsElasticOne() throws {
    var world = try World.small()
    try world.apply(.addInstance(inside("vpc-1", "i-2", pair("10.0.0.6"), pair("10.0.0.7"))))
    try world.apply(.addElasticIP(elastic("198.51.100.7", instance: "i-2", at: "10.0.0.7")))
    #expect(world.instances[ID("i-2")]?.addresses == [pair("10.0.0.6"), pair("10.0.0.7", "198.51.100.7")])
    world.refuses(
      .addInstance(inside("vpc-1", "i-3", pair("10.0.0.8", "198.51.100.7"))),
      .addressInUse(.v4(address("198.51.100.7")), by: .instance(ID("i-2"))))
  }

  @Test func anAddressOfSomebodyElseIsRefused() throws {
    var world = try World.small()
    try world.apply(.addInstance(inside("vpc-1", "i-2", pair("10.0.0.6"))))
    let taken = Refusal.Reason.addressInUse(.v4(address("203.0.113.25")), by: .instance(ID("i-vpc")))
    world.refuses(.addElasticIP(elastic("203.0.113.25", instance: "i-2")), taken)
    world.refuses(.addElasticIP(elastic("203.0.113.25")), taken, member: "PublicIp")
    world.refuses(
      .addElasticIP(elastic("198.51.100.1", instance: "i-vpc")),
      .addressMappedTwice(address("10.0.0.5"), address("203.0.113.25"), address("198.51.100.1")))
    world.refuses(
      .addElasticIP(elastic("198.51.100.1", instance: "i-2", at: "10.0.0.99")),
      .notItsPrivateAddress(address("10.0.0.99"), .instance(ID("i-2"))))
  }

  @Test func anUnusedOneBelongsToNobodyElse() throws {
    var world = try World.small()
    try world.apply(.addElasticIP(elastic("198.51.100.1")))
    world.refuses(
      .addInstance(inside("vpc-1", "i-2", pair("10.0.0.6", "198.51.100.1"))),
      .addressInUse(.v4(address("198.51.100.1")), by: .elasticIP(address("198.51.100.1"))),
      reads: "198.51.100.1 belongs to the Elastic IP address 198.51.100.1 already")
  }

  @Test func theDomainFitsTheInstance() throws {  // S59
    var world = try World.small()
    world.refuses(
      .addElasticIP(elastic("203.0.113.9", .vpc, instance: "i-classic")),
      .vpcElasticIPOnClassicInstance(address("203.0.113.9"), ID("i-classic")), member: "InstanceId")
    world.refuses(
      .addElasticIP(elastic("203.0.113.25", .standard, instance: "i-vpc")),
      .classicElasticIPInVPC(address("203.0.113.25")))
    try world.apply(.addElasticIP(elastic("203.0.113.9", .standard, instance: "i-classic")))
  }

  @Test func itsInterfaceBelongsToItsInstance() throws {
    var world = try World.small()
    try world.apply(.addNetworkInterface(interface("eni-1", "vpc-1", pair("10.0.0.5"), of: "i-vpc")))
    try world.apply(.addNetworkInterface(interface("eni-2", "vpc-1", pair("10.0.0.50"))))
    world.refuses(
      .addElasticIP(elastic("203.0.113.25", instance: "i-vpc", interface: "eni-2")),
      .interfaceOfAnotherInstance(ID("eni-2"), ID("i-vpc")))
    try world.apply(.addElasticIP(elastic("203.0.113.25", instance: "i-vpc", interface: "eni-1")))
    #expect(world.networkInterfaces[ID("eni-1")]?.addresses == [pair("10.0.0.5", "203.0.113.25")])
    world.refuses(
      .addElasticIP(elastic("198.51.100.9", interface: "eni-9")), .notFound(kind: "network interface", id: "eni-9"))
  }

  @Test func aLoadBalancersAddressMayBeElastic() throws {
    var world = try World.small()
    try world.apply(.addNetworkInterface(interface("eni-lb", "vpc-1", pair("10.0.0.60"))))
    var balancer = LoadBalancer(
      id: ID("arn:lb"), region: .usEast1, dnsName: name("lb-1.us-east-1.elb.amazonaws.com"), scheme: .internetFacing,
      generation: .v2(dualStack: false))
    balancer.vpcID = ID("vpc-1")
    balancer.publicAddresses = [address("198.51.100.60")]
    try world.apply(.addLoadBalancer(balancer))
    try world.apply(.addElasticIP(elastic("198.51.100.60", interface: "eni-lb")))
    #expect(world.networkInterfaces[ID("eni-lb")]?.addresses.first?.publicAddress == address("198.51.100.60"))
  }
  @Test func aServicesElasticIPAddressStaysWithIt() throws {
    var world = try World.small()
    try world.apply(.addNetworkInterface(interface("eni-lb", "vpc-1", pair("10.0.0.60"))))
    try world.apply(.addElasticIP(elastic("198.51.100.60", interface: "eni-lb")))
    var balancer = LoadBalancer(
      id: ID("arn:lb"), region: .usEast1, dnsName: name("lb-1.us-east-1.elb.amazonaws.com"), scheme: .internetFacing,
      generation: .v2(dualStack: false))
    (balancer.vpcID, balancer.privateAddresses) = (ID("vpc-1"), [address("10.0.0.60")])
    balancer.publicAddresses = [address("198.51.100.60")]
    try world.apply(.addLoadBalancer(balancer))
    world.refuses(
      .replace(.elasticIP(elastic("198.51.100.60"))),
      .addressOfService(address("198.51.100.60"), .loadBalancer(ID("arn:lb"))), member: "AssociationId")
    #expect(world.networkInterfaces[ID("eni-lb")].flatMap { world.service(of: $0) } == .loadBalancer(ID("arn:lb")))
    try world.apply(.remove(.loadBalancer(ID("arn:lb"))))
    try world.apply(.replace(.elasticIP(elastic("198.51.100.60"))))
  }
}
