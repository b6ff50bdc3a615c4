// What a target group sends to: instances of its VPC, or addresses.
import Cloud
import DNSWire

extension QueryService {
  static let targetOperations: [String: Operation] = [
    "RegisterTargets": { (call: inout Call, parameters) throws(AWSError) in
      var group = try call.targetGroup(parameters.required("TargetGroupArn"))
      var targets = call.targets(of: group)
      var known = Set(targets)
      for target in try named(parameters, group) {
        try call.check(target, group)
        guard known.insert(target).inserted else { continue }
        guard targets.count < Quotas.targetsOfGroup else {
          throw AWSError("TooManyTargets", "The target group '\(group.key.id)' has \(targets.count) targets")
        }
        targets.append(target)
      }
      group.details["Targets"] = .list(targets.map(\.detail))
      try call.apply(.replace(.stored(group)))
      return []
    },
    "DeregisterTargets": { (call: inout Call, parameters) throws(AWSError) in
      var group = try call.targetGroup(parameters.required("TargetGroupArn"))
      let targets = call.targets(of: group)
      var left = Set(targets)
      for target in try named(parameters, group) {
        guard left.remove(target) != nil else {
          throw AWSError("InvalidTarget", "The target '\(target.id)' is not registered on port \(target.port)")
        }
      }
      group.details["Targets"] = .list(targets.filter(left.contains).map(\.detail))
      try call.apply(.replace(.stored(group)))
      return []
    },
    "DescribeTargetHealth": { (call: inout Call, parameters) throws(AWSError) in
      let group = try call.targetGroup(parameters.required("TargetGroupArn"))
      let all = call.targets(of: group)
      let registered = Set(all)
      let isUsed = call.balancersOfGroups[group.key.id] != nil
      let wanted = try parameters.has("Targets") ? named(parameters, group) : all
      var items: [[XML]] = []
      for target in wanted {
        let health = call.health(of: target, isRegistered: registered.contains(target), isUsed: isUsed)
        let members: [XML?] = [
          XML("State", health.state), XML("Reason", optional: health.reason),
          XML("Description", optional: health.text),
        ]
        items.append([
          XML("Target", [XML("Id", target.id), XML("Port", target.port)]), XML("HealthCheckPort", "\(target.port)"),
          XML("TargetHealth", members.compactMap(\.self)),
        ])
      }
      return [.list("TargetHealthDescriptions", of: "member", items)]
    },
  ]

  private static func named(_ parameters: Parameters, _ group: StoredResource) throws(AWSError) -> [Target] {
    var targets: [Target] = []
    for target in try parameters.structures("Targets") {
      targets.append(
        Target(
          id: try target.required("Id"),
          port: try target.integer("Port", in: 1...65_535) ?? group.details.number("Port") ?? 80))
    }
    guard !targets.isEmpty else { throw .missing("Targets") }
    return targets
  }
}

/// An instance or an address on a port.
private struct Target: Hashable {
  var id: String
  var port: Int

  var detail: Detail { .mapping(["Id": .text(id), "Port": .number(port)]) }
}

extension Call {
  /// A terminated instance is a target no more (S26).
  fileprivate func targets(of group: StoredResource) -> [Target] {
    group.details.mappings("Targets").compactMap { target in
      guard let id = target.text("Id"), let port = target.number("Port") else { return nil }
      let isThere = group.details.text("TargetType") == "ip" || world.instances[ID(id)] != nil
      return isThere ? Target(id: id, port: port) : nil
    }
  }

  fileprivate func check(_ target: Target, _ group: StoredResource) throws(AWSError) {
    let vpcID: ID<VPC>? = group.details.text("VpcId").map { ID($0) }
    if group.details.text("TargetType") == "ip" {
      // A linked instance is a target by its address: 10.0.0.0/8 is among the ranges that are allowed.
      guard let address = IPv4Address(target.id),
        vpcID.flatMap({ world.vpcs[$0] })?.cidrBlocks.contains(where: { $0.contains(address) }) == true
          || Self.privateRanges.contains(where: { $0.contains(address) })
      else {
        throw AWSError("ValidationError", "The IP address '\(target.id)' is not within the VPC or a private range")
      }
    } else {
      guard let instance = world.instances[ID(target.id)], sees(instance), instance.vpcID == vpcID else {
        throw AWSError("InvalidTarget", "The following targets are not in the target group VPC: '\(target.id)'")
      }
    }
  }

  private static let privateRanges = ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"]
    .compactMap { CIDRBlock($0) }

  fileprivate func health(
    of target: Target, isRegistered: Bool, isUsed: Bool
  ) -> (state: String, reason: String?, text: String?) {
    guard isRegistered else {
      return ("unused", "Target.NotRegistered", "Target is not registered to the target group")
    }
    guard isUsed else {
      return ("unused", "Target.NotInUse", "Target group is not configured to receive traffic from the load balancer")
    }
    if let instance = world.instances[ID(target.id)], instance.state != .running {
      return ("unused", "Target.InvalidState", "Target is in the \(instance.state.rawValue) state")
    }
    return ("healthy", nil, nil)
  }
}
