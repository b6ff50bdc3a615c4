// Something of a world replaced or removed, as people do by calls: what a shared snapshot has to follow.
import Cloud
import DNSWire
import TestSupport

enum Replacement {
  static func change(_ world: World, using random: inout SeededNumbers) -> Change {
    let resources = world.resources.dropFirst(2)
    let kind = Int.random(in: 0..<12, using: &random)
    let alike = resources.filter { number(of: $0) == kind }
    guard let resource = (alike.isEmpty ? resources : ArraySlice(alike)).randomElement(using: &random) else {
      return .remove(.settings)
    }
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return .remove(resource.id)
    case 1: return addition(world, using: &random)
    default: return .replace(edited(resource, world, using: &random))
    }
  }

  private static func number(of resource: Resource) -> Int {
    switch resource {
    case .vpc: 0
    case .instance: 1
    case .elasticIP: 2
    case .peering: 3
    case .hostedZone: 4
    case .networkInterface: 5
    case .dbInstance: 6
    case .loadBalancer: 7
    case .requester: 8
    case .resolverRule: 9
    case .resolverConfig: 10
    default: 11
    }
  }

  /// What was removed may come again, elsewhere.
  private static func addition(_ world: World, using random: inout SeededNumbers) -> Change {
    let number = UInt8.random(in: 0...12, using: &random)
    let region = Bool.random(using: &random) ? Region.usEast1 : Region("eu-west-1")
    switch Int.random(in: 0..<5, using: &random) {
    case 0:
      let block = CIDRBlock(address: IPv4Address(10, number % 3, 0, 0), prefixLength: 20) ?? .ec2Classic
      return .addVPC(VPC(id: ID("vpc-0000000\(number % 4)"), region: region, ownerID: "123456789012", cidrBlock: block))
    case 1, 2:
      let vpc = world.vpcs.values.sorted { $0.id < $1.id }.randomElement(using: &random)
      var instance = Instance(
        id: ID("i-0000000\(number)"), region: vpc?.region ?? region, ownerID: "123456789012")
      instance.vpcID = vpc?.id
      let base = vpc?.cidrBlock.address.rawValue ?? IPv4Address(10, 0, 0, 0).rawValue
      instance.addresses = [
        AddressPair(
          privateAddress: IPv4Address(rawValue: base + UInt32(number)),
          publicAddress: Bool.random(using: &random) ? IPv4Address(203, 0, 113, number) : nil)
      ]
      return .addInstance(instance)
    case 3:
      let apex = try? Name("corp.example")
      return .addHostedZone(
        HostedZone(id: ID("Z\(number % 4)"), name: apex ?? .root, isPrivate: false, vpcIDs: []))
    default:
      let domain = try? Name("dev.corp.example")
      var rule = ResolverRule(id: ID("rslvr-\(number % 2)"), domainName: domain ?? .root, kind: .forward)
      rule.targets = [ResolverRule.Target(address: .v4(IPv4Address(192, 0, 2, 1)), port: 53)]
      rule.vpcIDs = [ID("vpc-0000000\(number % 4)")]
      return .addResolverRule(rule)
    }
  }

  private static func edited(_ resource: Resource, _ world: World, using random: inout SeededNumbers) -> Resource {
    let isOn = Bool.random(using: &random)
    let number = UInt8.random(in: 0...12, using: &random)
    switch resource {
    case .vpc(var vpc):
      if isOn {
        vpc.secondaryCIDRBlocks =
          number < 6 ? [CIDRBlock("100.64.128.0/20"), CIDRBlock("172.20.0.0/16")].compactMap(\.self) : []
      } else {
        vpc.ipv6CIDRBlocks = number < 6 ? [] : [IPv6CIDRBlock("2001:db8:100::/56")].compactMap(\.self)
      }
      return .vpc(vpc)
    case .instance(var instance):
      if isOn, !instance.addresses.isEmpty {
        instance.addresses[0].publicAddress = number < 6 ? nil : IPv4Address(203, 0, 113, number)
      } else {
        instance.privateDnsNameOptions?.enableResourceNameDnsARecord.toggle()
      }
      return .instance(instance)
    case .elasticIP(var elasticIP):
      elasticIP.instanceID = isOn ? ID("i-0000000\(number)") : nil
      elasticIP.networkInterfaceID = nil
      elasticIP.privateIPAddress = nil
      if !isOn, number < 6 { elasticIP.networkInterfaceID = ID("eni-0000000\(number % 3)") }
      return .elasticIP(elasticIP)
    case .peering(var peering):
      peering.status = isOn ? "active" : "deleted"
      peering.requester.options.allowDnsResolutionFromRemoteVpc.toggle()
      return .peering(peering)
    case .hostedZone(var zone):
      let apex = zone.name
      if isOn {
        zone.recordSets.removeAll { $0.name != apex }
        if zone.isPrivate { zone.vpcIDs = [ID("vpc-0000000\(number % 4)")] }
      } else if let label = try? Name("new"), let owner = apex.prepending(label) {
        zone.recordSets.removeAll { $0.name == owner }
        let content = ResourceRecordSet.Content.records([[10, 7, 7, number]])
        zone.recordSets.append(ResourceRecordSet(name: owner, type: .a, ttl: 60, content: content))
      }
      return .hostedZone(zone)
    case .networkInterface(var interface):
      interface.networkInterfaceDescription = isOn ? NetworkInterface.databaseDescription : ""
      return .networkInterface(interface)
    case .dbInstance(var database):
      if isOn {
        database.publicIPAddress = number < 6 ? nil : IPv4Address(203, 0, 113, number)
      } else {
        database.publiclyAccessible.toggle()
      }
      return .dbInstance(database)
    case .loadBalancer(var balancer):
      balancer.publicAddresses = [IPv4Address(198, 51, 100, number)]
      return .loadBalancer(balancer)
    case .resolverRule(var rule):
      rule.vpcIDs = isOn ? [] : [ID("vpc-0000000\(number % 4)")]
      return .resolverRule(rule)
    default: return resource
    }
  }
}
