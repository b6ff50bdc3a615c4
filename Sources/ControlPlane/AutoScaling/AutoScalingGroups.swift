// Auto Scaling groups: as many instances as are desired, launched alike and linked alike (S27).
import Cloud

extension QueryService {
  static let autoScalingGroupOperations: [String: Operation] = [
    "CreateAutoScalingGroup": { (call: inout Call, parameters) throws(AWSError) in
      let group = try newGroup(parameters, call)
      try call.apply(.addStored(group))
      try call.resize(group)
      return []
    },
    "UpdateAutoScalingGroup": { (call: inout Call, parameters) throws(AWSError) in
      var group = try call.autoScalingGroup(parameters)
      let old = group.details.number("DesiredCapacity") ?? 0
      try keep(parameters, call, &group.details)
      // A new least or greatest size moves the desired one.
      let range = try sizes(group.details)
      let desired =
        try parameters.integer("DesiredCapacity", in: 0...largest)
        ?? min(max(old, range.lowerBound), range.upperBound)
      try call.setDesiredCapacity(desired, of: &group, range)
      try call.resize(group)
      return []
    },
    "SetDesiredCapacity": { (call: inout Call, parameters) throws(AWSError) in
      var group = try call.autoScalingGroup(parameters)
      guard let desired = try parameters.integer("DesiredCapacity", in: 0...largest) else {
        throw .missing("DesiredCapacity")
      }
      // No scaling takes time here: there is no cooldown to honor.
      _ = try parameters.boolean("HonorCooldown")
      try call.setDesiredCapacity(desired, of: &group, sizes(group.details))
      try call.resize(group)
      return []
    },
    "DeleteAutoScalingGroup": { (call: inout Call, parameters) throws(AWSError) in
      let group = try call.autoScalingGroup(parameters)
      let instances = call.instances(of: group)
      guard try parameters.boolean("ForceDelete") ?? false || instances.isEmpty else {
        throw AWSError(
          "ResourceInUse",
          "You cannot delete an AutoScalingGroup while there are instances or pending Spot "
            + "instance request(s) still in the group.")
      }
      for instance in instances { try call.terminate(instance) }
      try call.apply(.remove(.stored(group.key)))
      return []
    },
    "DescribeAutoScalingGroups": { (call: inout Call, parameters) throws(AWSError) in
      let names: Set<ID<StoredResource>> = Set(try parameters.ids("AutoScalingGroupNames"))
      let groups = call.stored(.autoScalingGroup).filter { names.isEmpty || names.contains(ID($0.name)) }
      return try PageNames.nextToken.list("AutoScalingGroups", of: "member", groups, parameters, by: \.name) {
        call.members(of: $0)
      }
    },
    "DescribeAutoScalingInstances": { (call: inout Call, parameters) throws(AWSError) in
      let wanted = try parameters.texts("InstanceIds")
      var members: [(instance: Instance, group: StoredResource)] = []
      for group in call.stored(.autoScalingGroup) {
        for instance in call.instances(of: group) where wanted.isEmpty || wanted.contains(instance.id.rawValue) {
          members.append((instance, group))
        }
      }
      return try PageNames.nextToken.list(
        "AutoScalingInstances", of: "member", members, parameters, by: \.instance.id.rawValue
      ) { member in
        call.members(of: member.instance, member.group) + [XML("AutoScalingGroupName", member.group.name)]
      }
    },
  ]

  /// Instances of a group at most, by calls; a world may have more.
  fileprivate static let largest = 1000
  private static let kept: [KeptParameter] = [
    .text("HealthCheckType"), .text("PlacementGroup"), .text("VPCZoneIdentifier", octets: 5000),
    .text("ServiceLinkedRoleARN", octets: 1600),
    .text("Context"), .number("MinSize", 0...largest), .number("MaxSize", 0...largest),
    .number("DefaultCooldown", 0...86_400), .number("HealthCheckGracePeriod", 0...86_400),
    .number("MaxInstanceLifetime", 0...31_536_000), .texts("TerminationPolicies"), .texts("AvailabilityZones"),
  ]
  /// Of two instances the one that is terminated first.
  private static let policies = ["Default", "OldestInstance", "NewestInstance"]

  private static func newGroup(_ parameters: Parameters, _ call: borrowing Call) throws(AWSError) -> StoredResource {
    let name = try parameters.scalingName("AutoScalingGroupName")
    guard call.stored(.autoScalingGroup, name) == nil else {
      throw AWSError("AlreadyExists", "AutoScalingGroup by this name already exists - \(name)")
    }
    for size in ["MinSize", "MaxSize", "LaunchConfigurationName"] { _ = try parameters.required(size) }
    var details: Details = [
      "AutoScalingGroupARN": .text(
        call.names.arn("autoscaling", "autoScalingGroup:\(call.names.token(name, 8)):autoScalingGroupName/\(name)")),
      "CreatedTime": .text(call.now.description), "DefaultCooldown": .number(300), "HealthCheckGracePeriod": .number(0),
      "HealthCheckType": .text("EC2"), "Instances": .list([]), "LoadBalancerNames": .list([]),
      "NewInstancesProtectedFromScaleIn": .boolean(false), "TerminationPolicies": .texts(["Default"]),
    ]
    try keep(parameters, call, &details)
    let balancers = try parameters.texts("LoadBalancerNames")
    for name in balancers { _ = try call.classicLoadBalancer(name) }
    details["LoadBalancerNames"] = .texts(balancers)
    details["Tags"] = try tags(parameters, name)
    let range = try sizes(details)
    let desired = try parameters.integer("DesiredCapacity", in: 0...largest) ?? range.lowerBound
    var group = call.newStored(.autoScalingGroup, name, details)
    try call.checkDesiredCapacity(desired, range)
    group.details["DesiredCapacity"] = .number(desired)
    return group
  }

  private static func tags(_ parameters: Parameters, _ group: String) throws(AWSError) -> Detail? {
    do throws(AWSError) { try Parameters.check(try parameters.tags("Tags")) } catch {
      throw .validation(error.message)
    }
    var tags: [Detail] = []
    for tag in try parameters.structures("Tags") {
      guard tag.text("ResourceId") ?? group == group,
        tag.text("ResourceType") ?? "auto-scaling-group" == "auto-scaling-group"
      else { throw .validation("The tags of a call are those of its group") }
      tags.append(
        .mapping([
          "Key": .text(try tag.required("Key")),
          "PropagateAtLaunch": .boolean(try tag.boolean("PropagateAtLaunch") ?? true),
          "ResourceId": .text(group), "ResourceType": .text("auto-scaling-group"),
          "Value": .text(tag.text("Value") ?? ""),
        ]))
    }
    return tags.isEmpty ? nil : .list(tags)
  }

  /// The parameters that a group may be given at any time.
  private static func keep(_ parameters: Parameters, _ call: borrowing Call, _ details: inout Details) throws(AWSError)
  {
    try parameters.keep(kept, in: &details)
    for policy in details.texts("TerminationPolicies") where !policies.contains(policy) {
      throw .validation(
        "classiclink-dns has the TerminationPolicies \(policies.joined(separator: ", ")): '\(policy)' is none of them")
    }
    guard try parameters.boolean("NewInstancesProtectedFromScaleIn") != true else {
      throw .validation("classiclink-dns protects no instances: NewInstancesProtectedFromScaleIn must be false")
    }
    if let name = parameters.text("LaunchConfigurationName") {
      guard call.stored(.launchConfiguration, name) != nil else {
        throw .validation("Launch configuration name not found - Launch configuration \(name) not found")
      }
      details["LaunchConfigurationName"] = .text(name)
    }
    let configuration = details.text("LaunchConfigurationName").flatMap { call.stored(.launchConfiguration, $0) }
    let zones = details.texts("AvailabilityZones")
    guard let identifier = details.text("VPCZoneIdentifier"), !identifier.isEmpty else {
      guard !zones.isEmpty else { throw .validation("At least one Availability Zone or VPC Subnet is required.") }
      for zone in zones where !call.hasZone(zone) {
        throw .validation("Invalid availability zones: [\(zone)]")
      }
      return
    }
    var subnets: [Subnet] = []
    for part in identifier.split(separator: ",") {
      let id = part.trimmingPrefix { $0 == " " }
      guard let subnet = call.world.subnets[ID(String(id))], call.sees(vpcID: subnet.vpcID) else {
        throw .validation("The subnet ID '\(id)' does not exist")
      }
      subnets.append(subnet)
    }
    // S63: only an instance of EC2-Classic is linked.
    guard configuration?.details.text("ClassicLinkVPCId") == nil else {
      throw .validation("A launch configuration with ClassicLinkVPCId launches into EC2-Classic, not into a subnet")
    }
    details["AvailabilityZones"] = .texts(Set(subnets.compactMap(\.availabilityZone)).sorted())
  }

  private static func sizes(_ details: Details) throws(AWSError) -> ClosedRange<Int> {
    let (least, most) = (details.number("MinSize") ?? 0, details.number("MaxSize") ?? 0)
    guard least <= most else {
      throw .validation("Max bound, \(most), must be greater than or equal to min bound, \(least)")
    }
    return least...most
  }
}

extension Call {
  fileprivate func autoScalingGroup(_ parameters: Parameters) throws(AWSError) -> StoredResource {
    let name = try parameters.required("AutoScalingGroupName")
    guard let group = stored(.autoScalingGroup, name) else {
      throw .validation("AutoScalingGroup name not found - AutoScalingGroup \(name) not found")
    }
    return group
  }

  fileprivate func checkDesiredCapacity(_ desired: Int, _ range: ClosedRange<Int>) throws(AWSError) {
    guard range.contains(desired) else {
      throw .validation(
        "Desired capacity:\(desired) must be between the specified min size:\(range.lowerBound) and max "
          + "size:\(range.upperBound)")
    }
  }

  fileprivate mutating func setDesiredCapacity(
    _ desired: Int, of group: inout StoredResource, _ range: ClosedRange<Int>
  ) throws(AWSError) {
    try checkDesiredCapacity(desired, range)
    group.details["DesiredCapacity"] = .number(desired)
  }

  /// The instances of a group, the oldest first. One that somebody has terminated is none of them any more.
  fileprivate func instances(of group: StoredResource) -> [Instance] {
    group.details.mappings("Instances").compactMap { $0.text("InstanceId") }.compactMap { world.instances[ID($0)] }
  }

  /// Launches instances, or terminates the oldest ones, until there are as many as are desired; and keeps the group.
  fileprivate mutating func resize(_ group: StoredResource) throws(AWSError) {
    var group = group
    var instances = instances(of: group).map(\.id)
    // A state may say any number. None is launched beyond what a call may ask for, and none is terminated for that.
    let most = max(instances.count, QueryService.largest)
    let desired = min(max(group.details.number("DesiredCapacity") ?? 0, 0), most)
    let takesNewest = group.details.texts("TerminationPolicies").first == "NewestInstance"
    while instances.count > desired {
      let id = takesNewest ? instances.removeLast() : instances.removeFirst()
      if let instance = world.instances[id] { try terminate(instance) }
    }
    if instances.count < desired {
      let name = group.details.text("LaunchConfigurationName") ?? ""
      guard let configuration = stored(.launchConfiguration, name) else {
        throw .validation("Launch configuration name not found - Launch configuration \(name) not found")
      }
      while instances.count < desired {
        let id: ID<Instance> = allocator.id("i")
        try launch(configuration.details, for: group, number: instances.count, as: id)
        instances.append(id)
      }
    }
    group.details["Instances"] = .list(instances.map { .mapping(["InstanceId": .text($0.rawValue)]) })
    try apply(.replace(.stored(group)))
  }

  /// The groups of instances that somebody has terminated launch others. Where nothing can be launched now the group
  /// stays smaller than is desired: AWS would try again, and again.
  mutating func refillGroups(without ids: Set<String>) throws(AWSError) {
    for group in stored(.autoScalingGroup) {
      let members = group.details.mappings("Instances").compactMap { $0.text("InstanceId") }
      guard members.contains(where: ids.contains) else { continue }
      let before = Set(world.instances.values.map(\.id))
      do throws(AWSError) {
        try resize(group)
      } catch {
        for id in world.instances.values.map(\.id) where !before.contains(id) { try apply(.remove(.instance(id))) }
      }
    }
  }

  fileprivate func members(of group: StoredResource) -> [XML] {
    let instances = instances(of: group).map { members(of: $0, group) }
    return [XML("AutoScalingGroupName", group.name), .list("Instances", of: "member", instances)]
      + XML.members(group.details, besides: ["Instances"])
  }

  fileprivate func members(of instance: Instance, _ group: StoredResource) -> [XML] {
    let isHealthy = instance.state == .running
    let members: [XML?] = [
      XML("InstanceId", instance.id), XML("InstanceType", optional: instance.instanceType),
      XML("AvailabilityZone", optional: instance.availabilityZone), XML("LifecycleState", "InService"),
      // Describing groups capitalizes it, describing instances writes it large; clients compare without case.
      XML("HealthStatus", isHealthy ? "Healthy" : "Unhealthy"),
      XML("LaunchConfigurationName", optional: group.details.text("LaunchConfigurationName")),
      XML("ProtectedFromScaleIn", group.details.boolean("NewInstancesProtectedFromScaleIn") ?? false),
    ]
    return members.compactMap(\.self)
  }
}
