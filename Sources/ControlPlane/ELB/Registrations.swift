// Instances behind a Classic load balancer: of its VPC, or linked to it (S25, S26); and its tags.
import Cloud

extension QueryService {
  static let registrationOperations: [String: Operation] = [
    // S25: which instance may come is the world's to say.
    "RegisterInstancesWithLoadBalancer": { (call: inout Call, parameters) throws(AWSError) in
      let balancer = try call.classicLoadBalancer(parameters.required("LoadBalancerName"))
      return [.registered(try call.register(try instances(parameters), with: balancer))]
    },
    "DeregisterInstancesFromLoadBalancer": { (call: inout Call, parameters) throws(AWSError) in
      var balancer = try call.classicLoadBalancer(parameters.required("LoadBalancerName"))
      for id in try instances(parameters) {
        guard let index = balancer.instanceIDs.firstIndex(of: id) else { throw .invalidInstance(id) }
        balancer.instanceIDs.remove(at: index)
      }
      try call.apply(.replace(.loadBalancer(balancer)))
      return [.registered(balancer.instanceIDs)]
    },
    "DescribeInstanceHealth": { (call: inout Call, parameters) throws(AWSError) in
      let balancer = try call.classicLoadBalancer(parameters.required("LoadBalancerName"))
      let wanted = try parameters.has("Instances") ? instances(parameters) : balancer.instanceIDs
      var states: [[XML]] = []
      for id in wanted {
        guard balancer.instanceIDs.contains(id) else { throw .invalidInstance(id) }
        let state = call.world.instances[id]?.state ?? .stopped
        states.append([
          XML("InstanceId", id), XML("State", state == .running ? "InService" : "OutOfService"),
          XML("ReasonCode", state == .running ? "N/A" : "Instance"),
          XML("Description", state == .running ? "N/A" : "Instance is in \(state.rawValue) state."),
        ])
      }
      return [.list("InstanceStates", of: "member", states)]
    },
  ]

  private static func instances(_ parameters: Parameters) throws(AWSError) -> [ID<Instance>] {
    var ids: [ID<Instance>] = []
    for instance in try parameters.structures("Instances") { ids.append(ID(try instance.required("InstanceId"))) }
    guard !ids.isEmpty else { throw .missing("Instances") }
    return ids
  }

  static let classicLoadBalancerTagOperations: [String: Operation] = [
    "AddTags": { (call: inout Call, parameters) throws(AWSError) in
      let tags = try parameters.balancerTags()
      for var balancer in try named(parameters, call) {
        balancer.tags = try balancer.tags.addingToBalancer(tags)
        try call.apply(.replace(.loadBalancer(balancer)))
      }
      return []
    },
    "RemoveTags": { (call: inout Call, parameters) throws(AWSError) in
      var keys: [String] = []
      for tag in try parameters.structures("Tags") { keys.append(try tag.required("Key")) }
      for var balancer in try named(parameters, call) {
        balancer.tags = balancer.tags.removing(keys)
        try call.apply(.replace(.loadBalancer(balancer)))
      }
      return []
    },
    "DescribeTags": { (call: inout Call, parameters) throws(AWSError) in
      let items = try named(parameters, call).map { balancer in
        [XML("LoadBalancerName", balancer.id.name), XML.tags(balancer.tags, "Tags", of: "member")]
      }
      return [.list("TagDescriptions", of: "member", items)]
    },
  ]

  private static func named(_ parameters: Parameters, _ call: borrowing Call) throws(AWSError) -> [LoadBalancer] {
    let names = try parameters.texts("LoadBalancerNames")
    guard !names.isEmpty else { throw .missing("LoadBalancerNames") }
    return try call.classicLoadBalancers(names)
  }
}

extension AWSError {
  static func invalidInstance(_ id: ID<Instance>) -> AWSError {
    AWSError("InvalidInstance", "Could not find EC2 instance \(id).")
  }
}

extension Call {
  /// Registers instances; one that is registered already stays so.
  /// - Returns: All that are registered then.
  mutating func register(
    _ ids: [ID<Instance>], with balancer: LoadBalancer
  ) throws(AWSError) -> [ID<Instance>] {
    var balancer = balancer
    var known = Set(balancer.instanceIDs)
    for id in ids where known.insert(id).inserted {
      guard world.instances[id].map({ sees($0) }) == true else { throw .invalidInstance(id) }
      balancer.instanceIDs.append(id)
    }
    try apply(.replace(.loadBalancer(balancer)))
    return balancer.instanceIDs
  }
}
