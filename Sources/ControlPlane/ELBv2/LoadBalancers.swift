// Application and Network Load Balancers: a node in each subnet.
import Cloud
import DNSWire

extension QueryService {
  static let loadBalancerOperations: [String: Operation] = [
    "CreateLoadBalancer": { (call: inout Call, parameters) throws(AWSError) in
      let balancer = try create(&call, parameters)
      return [.list("LoadBalancers", of: "member", [call.members(of: balancer)])]
    },
    // One that does not exist is deleted already. Its listeners go with it.
    "DeleteLoadBalancer": { (call: inout Call, parameters) throws(AWSError) in
      let arn = try parameters.required("LoadBalancerArn")
      guard let balancer = call.world.loadBalancers[ID(arn)], !balancer.isClassic, call.sees(balancer) else {
        return []
      }
      for listener in call.listeners(of: arn) { try call.apply(.remove(.stored(listener.key))) }
      try call.remove(balancer)
      return []
    },
    "DescribeLoadBalancers": { (call: inout Call, parameters) throws(AWSError) in
      let arns = try parameters.texts("LoadBalancerArns")
      let names = try parameters.texts("Names")
      guard arns.isEmpty || names.isEmpty else {
        throw AWSError("ValidationError", "Load balancers are named by LoadBalancerArns or by Names")
      }
      var balancers = call.loadBalancers
      for name in names where !balancers.contains(where: { $0.loadBalancerName == name }) {
        throw AWSError("LoadBalancerNotFound", "Load balancers '[\(name)]' not found")
      }
      for arn in arns { _ = try call.loadBalancer(arn) }
      if !arns.isEmpty { balancers = balancers.filter { arns.contains($0.id.rawValue) } }
      if !names.isEmpty { balancers = balancers.filter { names.contains($0.loadBalancerName) } }
      return try PageNames.pageSize.list("LoadBalancers", of: "member", balancers, parameters, by: \.id.rawValue) {
        call.members(of: $0)
      }
    },
  ]

  private static func create(_ call: inout Call, _ parameters: Parameters) throws(AWSError) -> LoadBalancer {
    let name = try parameters.balancerName("Name")
    guard !name.hasPrefix("internal-") else {
      throw AWSError("ValidationError", "The load balancer name cannot begin with 'internal-'")
    }
    let known = call.loadBalancers.first { $0.loadBalancerName == name }
    let type = parameters.text("Type") ?? "application"
    guard ["application", "network"].contains(type) else {
      throw AWSError("ValidationError", "classiclink-dns has load balancers of type application and network: '\(type)'")
    }
    guard parameters.text("IpAddressType") ?? "ipv4" == "ipv4" else {
      throw AWSError(
        "InvalidConfigurationRequest", "classiclink-dns gives load balancers IPv4 addresses only (IpAddressType ipv4)")
    }
    let scheme = try parameters.scheme()
    let (subnets, elastic) = try nodes(type, scheme, parameters, known, call)
    let given: [ID<SecurityGroup>] = try parameters.ids("SecurityGroups")
    let groups =
      try type == "network" && given.isEmpty
      ? [] : call.securityGroups(given, in: subnets.first?.vpcID, code: "InvalidSecurityGroup")
    let tags = try parameters.newBalancerTags()
    var details: Details = [
      "AvailabilityZones": .list(
        subnets.map { subnet in
          var zone: Details = ["SubnetId": .text(subnet.id.rawValue)]
          zone["ZoneName"] = subnet.availabilityZone.map { .text($0) }
          return .mapping(zone)
        }),
      "LoadBalancerName": .text(name), "Type": .text(type),
    ]
    if !groups.isEmpty { details["SecurityGroups"] = .texts(groups.map(\.rawValue)) }
    if let known {
      // Once more with the same settings: it is made already.
      let addresses = known.publicAddresses.filter { call.world.elasticIPs[$0] != nil }
      guard known.scheme == scheme, Set(known.tags) == Set(tags), known.hasSettings(details, groups: !given.isEmpty),
        Set(addresses) == Set(elastic.compactMap { $0?.publicIP })
      else {
        throw AWSError(
          "DuplicateLoadBalancerName",
          "A load balancer with the same name '\(name)' exists, but with different settings")
      }
      return known
    }
    let key = call.allocator.hexadecimal(16)
    let arn = call.names.arn(
      "elasticloadbalancing", "loadbalancer/\(type == "network" ? "net" : "app")/\(name)/\(key)")
    // The name of a Network Load Balancer holds the end of its ARN, that of another one a number.
    let label = (scheme == .internal ? "internal-" : "") + name
    let dnsName =
      try type == "network"
      ? call.names.endpoint(["\(name)-\(key)".lowercased()], "elb", isReversed: true)
      : call.names.endpoint(["\(label)-\(call.balancerNumber())".lowercased()], "elb")
    var balancer = LoadBalancer(
      id: ID(arn), region: call.region, dnsName: dnsName, scheme: scheme, generation: .v2(dualStack: false))
    balancer.vpcID = subnets.first?.vpcID
    balancer.tags = tags
    balancer.details = details
    balancer.details["CreatedTime"] = .text(call.now.description)
    try call.add(
      &balancer, in: subnets, groups, interfaces: "ELB \(type == "network" ? "net" : "app")/\(name)/\(key)",
      isElastic: elastic.map { $0 != nil })
    try take(elastic, &balancer, &call)
    return balancer
  }

  /// The subnets, and for each the Elastic IP address that a Network Load Balancer is to have there.
  private static func nodes(
    _ type: String, _ scheme: LoadBalancer.Scheme, _ parameters: Parameters, _ known: LoadBalancer?,
    _ call: borrowing Call
  ) throws(AWSError) -> ([Subnet], [ElasticIP?]) {
    var ids = try parameters.texts("Subnets")
    let mappings = try parameters.structures("SubnetMappings")
    guard ids.isEmpty != mappings.isEmpty else {
      throw AWSError("ValidationError", "Either subnets or subnet mappings must be specified")
    }
    var elastic: [ElasticIP?] = []
    for mapping in mappings {
      ids.append(try mapping.required("SubnetId"))
      guard let allocation = mapping.text("AllocationId") else {
        elastic.append(nil)
        continue
      }
      guard type == "network", scheme == .internetFacing else {
        throw AWSError(
          "InvalidConfigurationRequest", "Elastic IP addresses are for internet-facing Network Load Balancers")
      }
      guard
        let address = call.world.elasticIPs.values.first(where: {
          $0.shownAllocationID == allocation && call.sees($0)
        })
      else { throw AWSError("AllocationIdNotFound", "The allocation IDs '\(allocation)' do not exist") }
      let isFree = address.networkInterfaceID == nil && address.instanceID == nil
      guard isFree || known?.publicAddresses.contains(address.publicIP) == true, !elastic.contains(address) else {
        throw AWSError("ResourceInUse", "The allocation IDs '\(allocation)' are not available for use")
      }
      elastic.append(address)
    }
    let subnets = try call.balancedSubnets(ids)
    guard type == "network" || subnets.count > 1 else {
      throw AWSError(
        "InvalidConfigurationRequest", "At least two subnets in two different Availability Zones must be specified")
    }
    return (subnets, elastic)
  }

  /// The interfaces get their Elastic IP addresses first, so that the load balancer may show what they show.
  private static func take(
    _ elastic: [ElasticIP?], _ balancer: inout LoadBalancer, _ call: inout Call
  ) throws(AWSError) {
    guard elastic.contains(where: { $0 != nil }) else { return }
    let interfaces = call.interfaces(holding: balancer.privateAddresses, in: balancer.vpcID)
    for (interface, address) in zip(interfaces, elastic) {
      if let address { try call.associate(address, with: interface) }
    }
    balancer.publicAddresses = call.interfaces(holding: balancer.privateAddresses, in: balancer.vpcID)
      .compactMap { $0.addresses.first?.publicAddress }
    try call.apply(.replace(.loadBalancer(balancer)))
  }
}

extension LoadBalancer {
  var loadBalancerName: String { details.text("LoadBalancerName") ?? id.rawValue }

  /// Whether its details are these, in whatever order its subnets and groups are named.
  /// - Parameter groups: The call says which: else they are what was the default then.
  fileprivate func hasSettings(_ other: Details, groups: Bool) -> Bool {
    details["Type"] == other["Type"]
      && (["AvailabilityZones"] + (groups ? ["SecurityGroups"] : [])).allSatisfy {
        Set(details[$0]?.elements ?? []) == Set(other[$0]?.elements ?? [])
      }
  }
}

extension Call {
  /// Those of version 2 that the caller sees.
  var loadBalancers: [LoadBalancer] { world.loadBalancers.values.filter { !$0.isClassic && sees($0) } }

  func loadBalancer(_ arn: String) throws(AWSError) -> LoadBalancer {
    guard let balancer = world.loadBalancers[ID(arn)], !balancer.isClassic, sees(balancer) else {
      throw AWSError("LoadBalancerNotFound", "Load balancers '[\(arn)]' not found")
    }
    return balancer
  }

  func members(of balancer: LoadBalancer) -> [XML] {
    let isNetwork = balancer.details.text("Type") == "network"
    var addressType = "ipv4"
    if case .v2(dualStack: true) = balancer.generation { addressType = "dualstack" }
    let zones = balancer.details.mappings("AvailabilityZones").enumerated().map { index, zone in
      XML.members(zone) + (isNetwork ? [addresses(of: balancer, inZone: index)] : [])
    }
    let zone = LoadBalancer.hostedZoneID(in: balancer.region, isNetwork: isNetwork)
    let members: [XML?] = [
      XML("LoadBalancerArn", balancer.id), XML("DNSName", balancer.dnsName.hostname),
      XML("Scheme", balancer.scheme.rawValue), XML("VpcId", optional: balancer.vpcID),
      XML("IpAddressType", addressType), XML("State", [XML("Code", "active")]),
      .list("AvailabilityZones", of: "member", zones), XML("CanonicalHostedZoneId", optional: zone),
    ]
    return members.compactMap(\.self)
      + XML.members(balancer.details, besides: ["AvailabilityZones", "CanonicalHostedZoneId", "OwnerId", "State"])
  }

  /// A Network Load Balancer shows the static addresses that it was given.
  private func addresses(of balancer: LoadBalancer, inZone index: Int) -> XML {
    guard index < balancer.privateAddresses.count else { return XML("LoadBalancerAddresses", []) }
    let pair = interfaces(holding: [balancer.privateAddresses[index]], in: balancer.vpcID).first?.addresses.first
    guard let elastic = pair?.publicAddress.flatMap({ world.elasticIPs[$0] }) else {
      return XML("LoadBalancerAddresses", [])
    }
    let members: [XML?] = [
      XML("IpAddress", elastic.publicIP), XML("AllocationId", optional: elastic.shownAllocationID),
    ]
    return .list("LoadBalancerAddresses", of: "member", [members.compactMap(\.self)])
  }
}
