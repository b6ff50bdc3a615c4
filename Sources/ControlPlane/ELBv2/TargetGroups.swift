// Target groups of Elastic Load Balancing version 2: stored, no name leads to them.
import Cloud

extension QueryService {
  static let targetGroupOperations: [String: Operation] = [
    "CreateTargetGroup": { (call: inout Call, parameters) throws(AWSError) in
      var group = try newTargetGroup(parameters, &call)
      let name = group.details.text("TargetGroupName") ?? ""
      if let known = call.stored(.targetGroup).first(where: { $0.details.text("TargetGroupName") == name }) {
        // Once more with the same settings: it is made already.
        guard known.hasSettings(of: group) else {
          throw AWSError(
            "DuplicateTargetGroupName",
            "A target group with the same name '\(name)' exists, but with different settings")
        }
        group = known
      } else {
        try call.apply(.addStored(group))
      }
      return [.list("TargetGroups", of: "member", [call.members(ofTargetGroup: group, call.balancersOfGroups)])]
    },
    "DeleteTargetGroup": { (call: inout Call, parameters) throws(AWSError) in
      let arn = try parameters.required("TargetGroupArn")
      guard let group = call.stored(.targetGroup, arn) else { return [] }
      guard call.balancersOfGroups[arn] == nil else {
        throw AWSError("ResourceInUse", "Target group '\(arn)' is currently in use by a listener or a rule")
      }
      try call.apply(.remove(.stored(group.key)))
      return []
    },
    "DescribeTargetGroups": { (call: inout Call, parameters) throws(AWSError) in
      var groups = call.stored(.targetGroup)
      let arns = try parameters.texts("TargetGroupArns")
      let names = try parameters.texts("Names")
      for arn in arns { _ = try call.targetGroup(arn) }
      let known = Set(groups.compactMap { $0.details.text("TargetGroupName") })
      for name in names where !known.contains(name) {
        throw AWSError("TargetGroupNotFound", "One or more target groups not found: \(name)")
      }
      if !arns.isEmpty { groups = groups.filter { arns.contains($0.key.id) } }
      if !names.isEmpty { groups = groups.filter { names.contains($0.details.text("TargetGroupName") ?? "") } }
      let balancers = call.balancersOfGroups
      if let arn = parameters.text("LoadBalancerArn") {
        _ = try call.loadBalancer(arn)
        groups = groups.filter { balancers[$0.key.id]?.contains(arn) == true }
      }
      return try PageNames.pageSize.list("TargetGroups", of: "member", groups, parameters, by: \.key.id) {
        call.members(ofTargetGroup: $0, balancers)
      }
    },
  ]

  private static let protocols = ["HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "GENEVE"]
  private static let kept: [KeptParameter] = [
    .text("ProtocolVersion"), .text("HealthCheckProtocol"), .text("HealthCheckPort"), .text("HealthCheckPath"),
    .boolean("HealthCheckEnabled"), .number("HealthCheckIntervalSeconds", 5...300),
    .number("HealthCheckTimeoutSeconds", 2...120), .number("HealthyThresholdCount", 2...10),
    .number("UnhealthyThresholdCount", 2...10),
  ]

  private static func newTargetGroup(
    _ parameters: Parameters, _ call: inout Call
  ) throws(AWSError) -> StoredResource {
    let name = try parameters.balancerName("Name")
    let type = parameters.text("TargetType") ?? "instance"
    guard ["instance", "ip"].contains(type) else {
      throw AWSError("ValidationError", "classiclink-dns has targets of type instance and ip: '\(type)'")
    }
    let transport = try parameters.required("Protocol")
    guard protocols.contains(transport) else {
      throw AWSError("ValidationError", "'\(transport)' must be one of \(protocols.joined(separator: ", "))")
    }
    guard let port = try parameters.integer("Port", in: 1...65_535) else {
      throw AWSError("ValidationError", "A port must be specified")
    }
    let vpcID: ID<VPC> = ID(try parameters.required("VpcId"))
    guard call.sees(vpcID: vpcID) else { throw AWSError("ValidationError", "The VPC ID '\(vpcID)' is not found") }
    let isHTTP = transport.hasPrefix("HTTP")
    var details: Details = [
      "HealthCheckEnabled": .boolean(true), "HealthCheckIntervalSeconds": .number(30),
      "HealthCheckPort": .text("traffic-port"), "HealthCheckProtocol": .text(isHTTP ? transport : "TCP"),
      "HealthCheckTimeoutSeconds": .number(isHTTP ? 5 : 10), "HealthyThresholdCount": .number(5),
      "IpAddressType": .text("ipv4"), "Port": .number(port), "Protocol": .text(transport),
      "TargetGroupName": .text(name), "TargetType": .text(type), "Targets": .list([]),
      "UnhealthyThresholdCount": .number(2), "VpcId": .text(vpcID.rawValue),
    ]
    if isHTTP {
      details["HealthCheckPath"] = .text("/")
      details["Matcher"] = .mapping(["HttpCode": .text("200")])
      details["ProtocolVersion"] = .text("HTTP1")
    }
    try parameters.keep(kept, in: &details)
    if let matcher = parameters.structure("Matcher") {
      var codes: Details = [:]
      try matcher.keep([.text("HttpCode"), .text("GrpcCode")], in: &codes)
      details["Matcher"] = .mapping(codes)
    }
    let tags = try parameters.newBalancerTags()
    if !tags.isEmpty { details["Tags"] = .tags(tags) }
    let arn = call.names.arn("elasticloadbalancing", "targetgroup/\(name)/\(call.allocator.hexadecimal(16))")
    return StoredResource(.targetGroup, arn, details)
  }
}

extension StoredResource {
  /// Whether they differ in nothing but what comes later: targets, listeners, and the order of tags.
  fileprivate func hasSettings(of other: StoredResource) -> Bool {
    func settings(_ group: StoredResource) -> Details {
      group.details.filter { !["Targets", "LoadBalancerArns", "Tags"].contains($0.key) }
    }
    return settings(self) == settings(other) && Set(Call.tags(details, "Tags")) == Set(Call.tags(other.details, "Tags"))
  }
}

extension Call {
  func targetGroup(_ arn: String) throws(AWSError) -> StoredResource {
    guard let group = stored(.targetGroup, arn) else {
      throw AWSError("TargetGroupNotFound", "One or more target groups not found: \(arn)")
    }
    return group
  }

  /// The load balancers that send to each target group: what their listeners say. A call looks through them once.
  var balancersOfGroups: [String: Set<String>] {
    var balancers: [String: Set<String>] = [:]
    for listener in stored(.listener) {
      guard let balancer = listener.details.text("LoadBalancerArn") else { continue }
      for group in listener.targetGroups { balancers[group, default: []].insert(balancer) }
    }
    return balancers
  }

  func members(ofTargetGroup group: StoredResource, _ balancers: [String: Set<String>]) -> [XML] {
    [
      XML("TargetGroupArn", group.key.id),
      .texts("LoadBalancerArns", of: "member", (balancers[group.key.id] ?? []).sorted()),
    ] + XML.members(group.details, besides: ["LoadBalancerArns", "Tags", "Targets"])
  }
}

extension StoredResource {
  /// The target groups to which a listener sends.
  var targetGroups: [String] {
    details.mappings("DefaultActions").flatMap { action in
      [action.text("TargetGroupArn")].compactMap(\.self)
        + (action["ForwardConfig"]?.members.mappings("TargetGroups") ?? []).compactMap { $0.text("TargetGroupArn") }
    }
  }
}
