// Instances start, stop, and end. Each reaches its state before the call returns: there is nothing to wait for, and DNS
// shows it at once.
import Cloud
import DNSWire

extension QueryService {
  static let instanceOperations: [String: Operation] = [
    "StartInstances": { (call: inout Call, parameters) throws(AWSError) in
      try call.changeStates(parameters) { (call: inout Call, instance: Instance) throws(AWSError) in
        try call.start(instance)
      }
    },
    "StopInstances": { (call: inout Call, parameters) throws(AWSError) in
      // An instance of ours always stops in time: force changes nothing.
      _ = try parameters.boolean("Force")
      return try call.changeStates(parameters) { (call: inout Call, instance: Instance) throws(AWSError) in
        try call.stop(instance)
      }
    },
    "RebootInstances": { (call: inout Call, parameters) throws(AWSError) in
      for instance in try call.named(parameters) {
        guard instance.state == .running else { throw wrongState(instance.id, instance.state.rawValue, "reboot") }
      }
      return .done
    },
    "TerminateInstances": { (call: inout Call, parameters) throws(AWSError) in
      var ids: Set<String> = []
      let reply = try call.changeStates(parameters) { (call: inout Call, instance: Instance) throws(AWSError) in
        ids.insert(instance.id.rawValue)
        try call.terminate(instance)
      }
      try call.refillGroups(without: ids)
      return reply
    },
    "DescribeInstances": { (call: inout Call, parameters) throws(AWSError) in try call.describeInstances(parameters) },
  ]
}

private func wrongState(_ id: ID<Instance>, _ state: String, _ verb: String) -> AWSError {
  AWSError(
    "IncorrectInstanceState", "The instance '\(id)' is not in a state from which it can be \(verb)ed: \(state)")
}

/// A state by its name and by AWS's number.
enum StateCode {
  private static let codes = [
    "pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80,
  ]
  static func text(_ state: String) -> String { "\(codes[state] ?? 0)" }

  static func xml(_ name: String, _ state: String) -> XML {
    XML(name, [XML("code", text(state)), XML("name", state)])
  }
}

extension Call {
  /// The state of an instance that is or was lately: one that is no more is `terminated`.
  func state(of id: ID<Instance>) -> String { world.instances[id]?.state.rawValue ?? "terminated" }

  /// Instances that are gone and that the caller may still see.
  var terminatedInstances: [Instance] {
    terminated.instances(at: now).filter { world.instances[$0.id] == nil && sees($0) }
  }

  /// One that is, or was lately.
  private func liveOrTerminated(_ id: ID<Instance>) throws(AWSError) -> Instance {
    if world.instances[id] == nil, let instance = terminatedInstances.first(where: { $0.id == id }) { return instance }
    return try instance(id)
  }

  fileprivate func named(_ parameters: Parameters) throws(AWSError) -> [Instance] {
    let ids: [ID<Instance>] = try parameters.ec2IDs("InstanceId", .instance)
    guard !ids.isEmpty else { throw .missing("InstanceId") }
    return try ids.map { (id) throws(AWSError) in try liveOrTerminated(id) }
  }

  fileprivate mutating func changeStates(
    _ parameters: Parameters, _ change: (inout Call, Instance) throws(AWSError) -> Void
  ) throws(AWSError) -> [XML] {
    var items: [[XML]] = []
    for instance in try named(parameters) {
      let before = state(of: instance.id)
      try change(&self, instance)
      items.append([
        XML("instanceId", instance.id), StateCode.xml("currentState", state(of: instance.id)),
        StateCode.xml("previousState", before),
      ])
    }
    return [.list("instancesSet", items)]
  }

  /// EC2-Classic gives new addresses at each start, a VPC a new public one to those that have one by themselves
  /// (semantics 4.5).
  fileprivate mutating func start(_ instance: Instance) throws(AWSError) {
    guard let current = world.instances[instance.id] else { throw wrongState(instance.id, "terminated", "start") }
    guard current.state != .running else { return }
    var pair: AddressPair?
    if current.isClassic {
      pair = try classicAddresses()
    } else if current.details.boolean(Launch.publicAddressMember) == true, current.publicIPAddress == nil {
      pair = try current.privateIPAddress.map { (address) throws(AWSError) in
        AddressPair(privateAddress: address, publicAddress: try allocator.publicAddress(.vpc, world))
      }
    }
    try apply(.startInstance(instance.id, addresses: pair))
    guard var started = world.instances[instance.id] else { return }
    started.details["LaunchTime"] = .text(now.description)
    try apply(.replace(.instance(started)))
  }

  /// S21, S54
  fileprivate mutating func stop(_ instance: Instance) throws(AWSError) {
    guard var current = world.instances[instance.id] else { throw wrongState(instance.id, "terminated", "stopp") }
    guard current.details.boolean("DisableApiStop") != true else {
      throw AWSError(
        "OperationNotPermitted",
        "The instance '\(instance.id)' may not be stopped. Modify its 'disableApiStop' instance attribute and "
          + "try again."
      )
    }
    // A world file does not say whether the address comes back; an address that nobody has allocated does.
    if !current.isClassic, let address = current.publicIPAddress, world.elasticIPs[address] == nil,
      current.details.boolean(Launch.publicAddressMember) != true
    {
      current.details[Launch.publicAddressMember] = .boolean(true)
      try apply(.replace(.instance(current)))
    }
    try apply(.stopInstance(instance.id))
  }

  /// S21, S26, S54
  mutating func terminate(_ instance: Instance) throws(AWSError) {
    guard let current = world.instances[instance.id] else { return }
    guard current.details.boolean("DisableApiTermination") != true else {
      throw AWSError(
        "OperationNotPermitted",
        "The instance '\(instance.id)' may not be terminated. Modify its 'disableApiTermination' instance attribute "
          + "and try again.")
    }
    try apply(.remove(.instance(instance.id)))
    terminated.add(current, at: now)
  }
}
