// Listeners of Elastic Load Balancing version 2, and the tags of everything that it has.
import Cloud

extension QueryService {
  static let listenerOperations: [String: Operation] = [
    "CreateListener": { (call: inout Call, parameters) throws(AWSError) in
      let listener = try newListener(parameters, &call)
      try call.apply(.addStored(listener))
      return [.list("Listeners", of: "member", [call.members(ofListener: listener)])]
    },
    "DeleteListener": { (call: inout Call, parameters) throws(AWSError) in
      try call.apply(.remove(.stored(try call.listener(parameters.required("ListenerArn")).key)))
      return []
    },
    "DescribeListeners": { (call: inout Call, parameters) throws(AWSError) in
      let arns = try parameters.texts("ListenerArns")
      var listeners: [StoredResource] = []
      if let arn = parameters.text("LoadBalancerArn") {
        listeners = call.listeners(of: try call.loadBalancer(arn).id.rawValue)
      } else if arns.isEmpty {
        throw AWSError("ValidationError", "You must specify either listener ARNs or a load balancer ARN")
      }
      for arn in arns { listeners.append(try call.listener(arn)) }
      return try PageNames.pageSize.list("Listeners", of: "member", listeners, parameters, by: \.key.id) {
        call.members(ofListener: $0)
      }
    },
  ]

  private static let protocols = [
    "application": ["HTTP", "HTTPS"], "network": ["TCP", "TLS", "UDP", "TCP_UDP"],
  ]

  private static func newListener(_ parameters: Parameters, _ call: inout Call) throws(AWSError) -> StoredResource {
    let balancer = try call.loadBalancer(parameters.required("LoadBalancerArn"))
    let transport = try parameters.required("Protocol")
    let type = balancer.details.text("Type") ?? "application"
    guard protocols[type]?.contains(transport) == true else {
      throw AWSError(
        "UnsupportedProtocol", "The protocol '\(transport)' is not supported by load balancers of type \(type)")
    }
    guard let port = try parameters.integer("Port", in: 1...65_535) else {
      throw AWSError("ValidationError", "A port must be specified")
    }
    guard !call.listeners(of: balancer.id.rawValue).contains(where: { $0.details.number("Port") == port }) else {
      throw AWSError(
        "DuplicateListener", "A listener already exists on this port for this load balancer '\(balancer.id)'")
    }
    var details: Details = [
      "LoadBalancerArn": .text(balancer.id.rawValue), "Port": .number(port), "Protocol": .text(transport),
    ]
    try parameters.keep([.text("SslPolicy"), .texts("AlpnPolicy")], in: &details)
    var certificates: [Detail] = []
    for certificate in try parameters.structures("Certificates") {
      var members: Details = [:]
      _ = try certificate.required("CertificateArn")
      try certificate.keep([.text("CertificateArn")], in: &members)
      certificates.append(.mapping(members))
    }
    guard !["HTTPS", "TLS"].contains(transport) || !certificates.isEmpty else {
      throw AWSError("CertificateNotFound", "A certificate must be specified for \(transport) listeners")
    }
    if !certificates.isEmpty { details["Certificates"] = .list(certificates) }
    var actions: [Detail] = []
    for action in try parameters.structures("DefaultActions") {
      actions.append(.mapping(try self.action(action, call)))
    }
    guard !actions.isEmpty else { throw .missing("DefaultActions") }
    details["DefaultActions"] = .list(actions)
    let tags = try parameters.newBalancerTags()
    if !tags.isEmpty { details["Tags"] = .tags(tags) }
    let arn = balancer.id.rawValue.replacing(":loadbalancer/", with: ":listener/", maxReplacements: 1)
    return StoredResource(.listener, "\(arn)/\(call.allocator.hexadecimal(16))", details)
  }

  private static let redirect: [KeptParameter] = ["Protocol", "Port", "Host", "Path", "Query", "StatusCode"]
    .map { .text($0) }
  // 1,024 characters.
  private static let response: [KeptParameter] =
    [.text("MessageBody", octets: 4096)] + ["StatusCode", "ContentType"].map { .text($0) }

  private static func action(_ action: Parameters, _ call: borrowing Call) throws(AWSError) -> Details {
    var details: Details = ["Type": .text(try action.required("Type"))]
    try action.keep([.text("TargetGroupArn"), .number("Order", 1...50_000)], in: &details)
    for (name, kept) in [("RedirectConfig", redirect), ("FixedResponseConfig", response)] {
      guard let structure = action.structure(name) else { continue }
      var members: Details = [:]
      try structure.keep(kept, in: &members)
      details[name] = .mapping(members)
    }
    var groups: [Detail] = []
    for group in try action.structures("ForwardConfig.TargetGroups") {
      var members: Details = [:]
      try group.keep([.text("TargetGroupArn"), .number("Weight", 0...999)], in: &members)
      groups.append(.mapping(members))
    }
    if !groups.isEmpty { details["ForwardConfig"] = .mapping(["TargetGroups": .list(groups)]) }
    let listener = StoredResource(.listener, "", ["DefaultActions": .list([.mapping(details)])])
    for arn in listener.targetGroups { _ = try call.targetGroup(arn) }
    guard details.text("Type") != "forward" || !listener.targetGroups.isEmpty else {
      throw AWSError("ValidationError", "An action of type forward needs a target group")
    }
    return details
  }

  // MARK: Tags

  static let balancerTagOperations: [String: Operation] = [
    "AddTags": { (call: inout Call, parameters) throws(AWSError) in
      let tags = try parameters.balancerTags()
      for arn in try arns(parameters) { try call.retag(arn) { old throws(AWSError) in try old.addingToBalancer(tags) } }
      return []
    },
    "RemoveTags": { (call: inout Call, parameters) throws(AWSError) in
      let keys = try parameters.texts("TagKeys")
      for arn in try arns(parameters) { try call.retag(arn) { $0.removing(keys) } }
      return []
    },
    "DescribeTags": { (call: inout Call, parameters) throws(AWSError) in
      var items: [[XML]] = []
      for arn in try arns(parameters) {
        let tags: [Tag] =
          switch try call.balancerResource(arn) {
          case .loadBalancer(let balancer): balancer.tags
          case .stored(let stored): Call.tags(stored.details, "Tags")
          default: []
          }
        items.append([XML("ResourceArn", arn), .tags(tags, "Tags", of: "member")])
      }
      return [.list("TagDescriptions", of: "member", items)]
    },
  ]

  private static func arns(_ parameters: Parameters) throws(AWSError) -> [String] {
    let arns = try parameters.texts("ResourceArns")
    guard !arns.isEmpty else { throw .missing("ResourceArns") }
    return arns
  }
}

extension Call {
  func listener(_ arn: String) throws(AWSError) -> StoredResource {
    guard let listener = stored(.listener, arn) else {
      throw AWSError("ListenerNotFound", "One or more listeners not found: \(arn)")
    }
    return listener
  }

  func listeners(of balancer: String) -> [StoredResource] {
    stored(.listener).filter { $0.details.text("LoadBalancerArn") == balancer }
  }

  func members(ofListener listener: StoredResource) -> [XML] {
    [XML("ListenerArn", listener.key.id)] + XML.members(listener.details, besides: ["Tags"])
  }

  fileprivate func balancerResource(_ arn: String) throws(AWSError) -> Resource {
    if arn.contains(":targetgroup/") { return .stored(try targetGroup(arn)) }
    if arn.contains(":listener/") { return .stored(try listener(arn)) }
    return .loadBalancer(try loadBalancer(arn))
  }

  fileprivate mutating func retag(
    _ arn: String, _ change: ([Tag]) throws(AWSError) -> [Tag]
  ) throws(AWSError) {
    switch try balancerResource(arn) {
    case .loadBalancer(var balancer):
      balancer.tags = try change(balancer.tags)
      try apply(.replace(.loadBalancer(balancer)))
    case .stored(var stored):
      stored.details["Tags"] = .tags(try change(Call.tags(stored.details, "Tags")))
      try apply(.replace(.stored(stored)))
    default: break
    }
  }
}
