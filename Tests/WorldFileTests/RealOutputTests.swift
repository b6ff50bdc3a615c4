// What the AWS command line prints is a part of a world as it stands (world.md 1).
import Cloud
import DNSWire
import Foundation
import Testing

@testable import WorldFile

private let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/aws").path

@Suite struct RealOutputs {
  private func world() throws -> World { try WorldFile.load([fixtures]).world }

  @Test func everyOutputLoadsTogether() throws {
    let loaded = try WorldFile.load([fixtures])
    #expect(loaded.warnings.isEmpty)
    #expect(loaded.files.count == 27)
    #expect(loaded.world.supportedPlatforms == ["EC2", "VPC"])
  }

  @Test func threeCallsAndTwoAttributesDescribeOneVPC() throws {
    let vpc = try #require(try world().vpcs[ID("vpc-1a2b3c4d")])
    #expect(vpc.cidrBlock == CIDRBlock("10.0.0.0/16"))
    #expect(vpc.secondaryCIDRBlocks.isEmpty)
    #expect(vpc.ipv6CIDRBlocks == [IPv6CIDRBlock("2001:db8::/56")])
    #expect(vpc.enableDnsSupport && vpc.enableDnsHostnames)
    #expect(vpc.classicLinkEnabled && vpc.classicLinkDnsSupported)
    #expect(vpc.dhcpOptionsID == ID("dopt-7a8b9c2d"))
    #expect(vpc.ownerID == "123456789012")
    #expect(vpc.tags == [Tag(key: "Name", value: "app")])
    let other = try #require(try world().vpcs[ID("vpc-5e6f7a8b")])
    #expect(other.isDefault && !other.enableDnsHostnames && other.dhcpOptionsID == nil)
  }

  @Test func instancesComeOutOfTheirReservations() throws {
    let world = try world()
    #expect(world.instances.count == 2, "the terminated one is skipped")
    let web = try #require(world.instances[ID("i-0aaa0000000000001")])
    #expect(web.isClassic)
    #expect(web.privateIPAddress == IPv4Address("10.112.0.9"))
    #expect(web.publicIPAddress == IPv4Address("203.0.113.9"))
    #expect(web.securityGroupIDs == [ID("sg-1a1a1a1a")])
    #expect(web.availabilityZone == "us-east-1a")
    let app = try #require(world.instances[ID("i-0bbb0000000000002")])
    #expect(app.vpcID == ID("vpc-1a2b3c4d") && app.subnetID == ID("subnet-0a0a0a0a"))
    #expect(app.ipv6Addresses == [IPv6Address("2001:db8:0:1::5")])
    #expect(app.addresses.count == 1)
    #expect(app.privateDnsNameOptions?.enableResourceNameDnsAAAARecord == true)
    #expect(app.privateDnsNameOptions?.hostnameType == .ipName)
  }

  @Test func linksInterfacesAndAddresses() throws {
    let world = try world()
    let link = try #require(world.classicLinks[ID("i-0aaa0000000000001")])
    #expect(link.vpcID == ID("vpc-1a2b3c4d") && link.securityGroupIDs == [ID("sg-2b2b2b2b")])
    #expect(world.networkInterfaces[ID("eni-0db0db0d")]?.networkInterfaceDescription == "RDSNetworkInterface")
    #expect(world.networkInterfaces[ID("eni-0e0e0e0e")]?.instanceID == ID("i-0bbb0000000000002"))
    #expect(world.elasticIPs.count == 3)
    #expect(world.elasticIPs[IPv4Address(198, 51, 100, 7)]?.instanceID == nil)
    #expect(world.elasticIPs[IPv4Address(203, 0, 113, 25)]?.domain == .vpc)
  }

  @Test func networksAndGroups() throws {
    let world = try world()
    #expect(world.subnets[ID("subnet-0a0a0a0a")]?.privateDnsNameOptionsOnLaunch?.hostnameType == .resourceName)
    let table = try #require(world.routeTables[ID("rtb-11111111")])
    #expect(table.isMain && table.subnetIDs == [ID("subnet-0a0a0a0a")])
    #expect(table.routes.map(\.target) == ["local", "local", "igw-1"])
    #expect(table.routes.last?.origin == .createRoute)
    #expect(world.dhcpOptions[ID("dopt-7a8b9c2d")]?.configurations["domain-name"] == ["ec2.internal"])
    let group = try #require(world.securityGroups[ID("sg-3c3c3c3c")])
    #expect(group.ingress.first?.ipRanges == [CIDRBlock.ec2Classic])
    #expect(group.ingress.first?.prefixListIDs == ["pl-1"])
    #expect(world.securityGroups[ID("sg-2b2b2b2b")]?.egress.first?.groupIDs == [ID("sg-3c3c3c3c")])
    #expect(world.securityGroups[ID("sg-2b2b2b2b")]?.egress.first?.fromPort == 6001)
    #expect(world.securityGroups[ID("sg-1a1a1a1a")]?.vpcID == nil)
    let peering = try #require(world.peerings[ID("pcx-11112222")])
    #expect(peering.isActive && peering.requester.options.allowDnsResolutionFromRemoteVpc)
    #expect(peering.requester.options.allowEgressFromLocalClassicLinkToRemoteVpc)
    #expect(!peering.accepter.options.allowDnsResolutionFromRemoteVpc)
    #expect(world.peerings[ID("pcx-33334444")]?.isActive == false)
  }

  @Test func services() throws {
    let world = try world()
    let database = try #require(world.dbInstances[ID("orders")])
    #expect(database.publiclyAccessible && database.multiAZ && database.vpcID == ID("vpc-1a2b3c4d"))
    #expect(database.endpoint == (try Name("orders.c1a2b3c4d5e6.us-east-1.rds.amazonaws.com")))
    let cluster = try #require(world.dbClusters[ID("aurora")])
    #expect(cluster.members == [DBCluster.Member(instanceID: ID("aurora-1"), isWriter: true)])
    #expect(cluster.readerEndpoint != nil)
    let lake = try #require(world.redshiftClusters[ID("lake")])
    #expect(lake.privateIPAddress == IPv4Address("10.0.0.60"), "the leader, not the first node")
    let cache = try #require(world.cacheClusters[ID("sessions")])
    #expect(cache.nodes.map(\.id) == ["0001", "0002"] && cache.vpcID == nil)
    #expect(cache.region == .usEast1)
    let front = try #require(world.loadBalancers[ID("front")])
    #expect(front.generation == .classic && front.scheme == .internetFacing && front.vpcID == ID("vpc-1a2b3c4d"))
    let arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/in/50dc6c495c0c9188"
    let inner = try #require(world.loadBalancers[ID(arn)])
    #expect(inner.generation == .v2(dualStack: true) && inner.scheme == .internal)
    #expect(inner.privateAddresses == [IPv4Address(10, 0, 0, 70)] && inner.publicAddresses.isEmpty)
    #expect(inner.ipv6Addresses == [IPv6Address("2001:db8:0:1::70")])
  }

  @Test func servicesSayTheirGroupsAndPorts() throws {
    let world = try world()
    let database = try #require(world.dbInstances[ID("orders")])
    #expect(database.securityGroupIDs == [ID("sg-3c3c3c3c")] && database.port == 3306)
    let aurora = try #require(world.dbClusters[ID("aurora")])
    #expect(aurora.securityGroupIDs == [ID("sg-2b2b2b2b")] && aurora.port == 3306)
    let lake = try #require(world.redshiftClusters[ID("lake")])
    #expect(lake.securityGroupIDs == [ID("sg-3c3c3c3c")] && lake.port == 5439)
    #expect(world.cacheClusters[ID("sessions")]?.port == 11211)
    let baskets = try #require(world.cacheClusters[ID("baskets")])
    #expect(baskets.securityGroupIDs == [ID("sg-2b2b2b2b")] && baskets.port == 6380, "the port of its node")
    #expect(baskets.vpcID == ID("vpc-1a2b3c4d"), "AWS prints no VPC: it is that of its group")
  }

  /// Nobody has to ask for the groups to ask for the databases.
  @Test func servicesLoadWithoutTheirGroups() throws {
    let names = [
      "ec2.describe-dhcp-options", "ec2.describe-vpcs", "rds.describe-db-instances", "rds.describe-db-clusters",
      "redshift.describe-clusters", "elasticache.describe-cache-clusters",
    ]
    let loaded = try WorldFile.load(names.map { fixtures + "/" + $0 + ".json" })
    #expect(loaded.warnings.isEmpty)
    #expect(loaded.world.dbInstances[ID("orders")]?.port == 3306)
    #expect(loaded.world.dbInstances[ID("orders")]?.securityGroupIDs == [])
  }

  @Test func zonesAndRules() throws {
    let world = try world()
    let zone = try #require(world.hostedZones[ID("Z1PRIVATE")])
    #expect(zone.isPrivate && zone.vpcIDs == [ID("vpc-1a2b3c4d")])
    #expect(zone.recordSets.count == 5)
    let wildcard = try #require(zone.recordSets.first { $0.name.isWildcard })
    #expect(wildcard.content == .records([[3] + Array("any".utf8) + [2, 0xc3, 0xa4]]))
    let weighted = try #require(zone.recordSets.first { $0.setIdentifier == "a" })
    #expect(weighted.policy == .weighted(10) && weighted.ttl == 30)
    let alias = try #require(zone.recordSets.first { if case .alias = $0.content { true } else { false } })
    #expect(alias.name == (try Name("front.corp.internal")))
    let rule = try #require(world.resolverRules[ID("rslvr-rr-1")])
    #expect(rule.vpcIDs == [ID("vpc-1a2b3c4d")] && rule.kind == .forward && rule.targets.first?.port == 53)
    #expect(world.resolverRules.count == 2)
    #expect(world.resolverConfigs[ID("vpc-1a2b3c4d")]?.autodefinedReverse == false)
  }

  /// JSON is nearly YAML, so each output must say the same under both readers.
  @Test func theYAMLReaderSeesTheSame() throws {
    let desk = try Desk()
    for file in try FileManager.default.contentsOfDirectory(atPath: fixtures) {
      let text = try String(contentsOfFile: fixtures + "/" + file, encoding: .utf8)
      try desk.put(file.replacing(".json", with: ".yaml"), text)
    }
    #expect(portrait(try WorldFile.load([desk.path]).world) == portrait(try world()))
  }

  @Test func placesAreThoseOfTheItems() throws {
    let loaded = try WorldFile.load([fixtures])
    let place = try #require(loaded.place(of: .instance, "i-0bbb0000000000002"))
    #expect(place.file.hasSuffix("ec2.describe-instances.json"))
    let lines = try String(contentsOfFile: place.file, encoding: .utf8).split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[place.line - 1].dropFirst(place.column - 1) == "{")
    #expect(loaded.place(of: .hostedZone, "Z1PRIVATE") != nil)
    #expect(loaded.place(of: .instance, "i-unknown") == nil)
  }
}
