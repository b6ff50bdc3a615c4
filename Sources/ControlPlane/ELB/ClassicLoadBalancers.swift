// Classic load balancers: in subnets of a VPC, or in zones of the EC2-Classic platform.
import Cloud
import DNSWire

extension QueryService {
  static let classicLoadBalancerOperations: [String: Operation] = [
    "CreateLoadBalancer": { (call: inout Call, parameters) throws(AWSError) in
      [XML("DNSName", try create(&call, parameters).dnsName.hostname)]
    },
    // A load balancer that does not exist is deleted already.
    "DeleteLoadBalancer": { (call: inout Call, parameters) throws(AWSError) in
      let name = try parameters.required("LoadBalancerName")
      if let balancer = call.classicLoadBalancer(named: name) {
        try call.remove(balancer)
      }
      return []
    },
    "DescribeLoadBalancers": { (call: inout Call, parameters) throws(AWSError) in
      let named = try call.classicLoadBalancers(parameters.texts("LoadBalancerNames"))
      return try PageNames.pageSize.list(
        "LoadBalancerDescriptions", of: "member", named, parameters, by: \.id.name
      ) { call.members(ofClassic: $0) }
    },
  ]

  private static func create(_ call: inout Call, _ parameters: Parameters) throws(AWSError) -> LoadBalancer {
    let name = try parameters.balancerName("LoadBalancerName")
    guard call.classicLoadBalancer(named: name) == nil else {
      throw AWSError("DuplicateLoadBalancerName", "The specified load balancer name already exists for this account.")
    }
    let scheme = try parameters.scheme()
    let zones = try parameters.texts("AvailabilityZones")
    let subnets = try subnets(zones, parameters, call)
    guard scheme == .internetFacing || !subnets.isEmpty else {
      throw AWSError("InvalidScheme", "An internal load balancer needs subnets of a VPC")
    }
    let prefix = scheme == .internal ? "internal-" : ""
    let dnsName = try call.names.endpoint(["\(prefix)\(name)-\(call.balancerNumber())".lowercased()], "elb")
    var balancer = LoadBalancer(
      id: ID(call.newID(name) { call.world.loadBalancers[ID($0)] != nil }), region: call.region, dnsName: dnsName,
      scheme: scheme, generation: .classic)
    balancer.vpcID = subnets.first?.vpcID
    balancer.tags = try parameters.newBalancerTags()
    let groups = try call.securityGroups(
      parameters.ids("SecurityGroups"), in: balancer.vpcID, code: "InvalidSecurityGroup")
    balancer.details = [
      "AvailabilityZones": .texts(subnets.isEmpty ? zones : subnets.compactMap(\.availabilityZone)),
      "CreatedTime": .text(call.now.description),
      "HealthCheck": .mapping([
        "HealthyThreshold": .number(10), "Interval": .number(30), "Target": .text("TCP:80"), "Timeout": .number(5),
        "UnhealthyThreshold": .number(2),
      ]),
      "ListenerDescriptions": .list(try listeners(parameters)),
      "SecurityGroups": .texts(groups.map(\.rawValue)),
      "Subnets": .texts(subnets.map(\.id.rawValue)),
      // AWS's own group on the EC2-Classic platform.
      "SourceSecurityGroup": .mapping(
        balancer.vpcID == nil
          ? ["GroupName": .text("amazon-elb-sg"), "OwnerAlias": .text("amazon-elb")]
          : [
            "GroupName": .text(groups.first.flatMap { call.world.securityGroups[$0]?.name } ?? "default"),
            "OwnerAlias": .text(call.caller.account),
          ]),
    ]
    if call.caller.account != Account.usual { balancer.details["OwnerId"] = .text(call.caller.account) }
    if subnets.isEmpty {
      // A node in each zone. What its private address is, nobody is told.
      for _ in zones {
        balancer.publicAddresses.append(
          try call.allocator.publicAddress(.standard, besides: balancer.publicAddresses, call.world))
      }
      try call.apply(.addLoadBalancer(balancer))
    } else {
      try call.add(&balancer, in: subnets, groups, interfaces: "ELB \(name)")
    }
    return balancer
  }

  /// The subnets that are named, or those of the default VPC in the zones that are named; none on the EC2-Classic
  /// platform.
  private static func subnets(
    _ zones: [String], _ parameters: Parameters, _ call: borrowing Call
  ) throws(AWSError) -> [Subnet] {
    let ids = try parameters.texts("Subnets")
    guard ids.isEmpty != zones.isEmpty else {
      throw AWSError("ValidationError", "Either AvailabilityZones or Subnets must be specified")
    }
    guard ids.isEmpty else { return try call.balancedSubnets(ids) }
    var isKnown = Set(zones).count == zones.count
    for zone in zones where !call.hasZone(zone) { isKnown = false }
    guard isKnown else {
      throw AWSError("ValidationError", "Requested Availability Zones \(zones) are not valid in \(call.region)")
    }
    let placement = call.defaultPlacement()
    guard placement.vpcID != nil else { return [] }
    var subnets: [Subnet] = []
    for zone in zones {
      guard let subnet = placement.subnets.first(where: { $0.availabilityZone == zone }) else {
        throw AWSError("InvalidSubnet", "The default VPC has no subnet in \(zone)")
      }
      subnets.append(subnet)
    }
    return subnets
  }

  private static let protocols = ["HTTP", "HTTPS", "TCP", "SSL"]

  private static func listeners(_ parameters: Parameters) throws(AWSError) -> [Detail] {
    var listeners: [Detail] = []
    var ports: Set<Int> = []
    for listener in try parameters.structures("Listeners") {
      let type = try listener.required("Protocol").uppercased()
      let inner =
        listener.text("InstanceProtocol")?.uppercased() ?? (["HTTP", "HTTPS"].contains(type) ? "HTTP" : "TCP")
      guard protocols.contains(type), protocols.contains(inner) else {
        throw AWSError("UnsupportedProtocol", "Listener protocol must be HTTP, HTTPS, TCP or SSL")
      }
      guard let port = try listener.integer("LoadBalancerPort", in: 1...65_535) else {
        throw .missing(listener.name(of: "LoadBalancerPort"))
      }
      guard let instancePort = try listener.integer("InstancePort", in: 1...65_535) else {
        throw .missing(listener.name(of: "InstancePort"))
      }
      guard ports.insert(port).inserted else {
        throw AWSError("InvalidConfigurationRequest", "Two listeners have the port \(port)")
      }
      var details: Details = [
        "InstancePort": .number(instancePort), "InstanceProtocol": .text(inner), "LoadBalancerPort": .number(port),
        "Protocol": .text(type),
      ]
      try listener.keep([.text("SSLCertificateId")], in: &details)
      guard !["HTTPS", "SSL"].contains(type) || details["SSLCertificateId"] != nil else {
        throw AWSError("CertificateNotFound", "A listener of \(type) needs an SSLCertificateId")
      }
      listeners.append(.mapping(["Listener": .mapping(details), "PolicyNames": .list([])]))
    }
    guard !listeners.isEmpty else { throw .missing("Listeners") }
    return listeners
  }
}

extension Call {
  func sees(_ balancer: LoadBalancer) -> Bool {
    sees(balancer.region, balancer.details, arn: balancer.id.rawValue, vpcID: balancer.vpcID)
  }

  func classicLoadBalancer(_ name: String) throws(AWSError) -> LoadBalancer {
    guard let balancer = classicLoadBalancer(named: name) else {
      throw AWSError("LoadBalancerNotFound", "There is no ACTIVE Load Balancer named '\(name)'")
    }
    return balancer
  }

  func classicLoadBalancer(named name: String) -> LoadBalancer? {
    ids(of: name).compactMap { world.loadBalancers[ID($0)] }.first { $0.isClassic && sees($0) }
  }

  /// Those that are named, or all that the caller sees.
  func classicLoadBalancers(_ names: [String]) throws(AWSError) -> [LoadBalancer] {
    guard !names.isEmpty else { return world.loadBalancers.values.filter { $0.isClassic && sees($0) } }
    var found: [LoadBalancer] = []
    for name in names { found.append(try classicLoadBalancer(name)) }
    return found
  }

  func members(ofClassic balancer: LoadBalancer) -> [XML] {
    let zone = LoadBalancer.hostedZoneID(in: balancer.region, isNetwork: false)
    let members: [XML?] = [
      XML("LoadBalancerName", balancer.id.name), XML("DNSName", balancer.dnsName.hostname),
      XML("Scheme", balancer.scheme.rawValue), XML("VPCId", optional: balancer.vpcID),
      balancer.scheme == .internetFacing ? XML("CanonicalHostedZoneName", balancer.dnsName.hostname) : nil,
      XML("CanonicalHostedZoneNameID", optional: zone), .registered(balancer.instanceIDs),
    ]
    return members.compactMap(\.self)
      + XML.members(
        balancer.details,
        besides: ["CanonicalHostedZoneName", "CanonicalHostedZoneNameID", "LoadBalancerName", "OwnerId"])
  }
}

extension XML {
  static func registered(_ ids: [ID<Instance>]) -> XML {
    .list("Instances", of: "member", ids.map { [XML("InstanceId", $0)] })
  }
}
