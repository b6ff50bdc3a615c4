// Attributes of instances: what may be changed, and when.
import Cloud

extension QueryService {
  static let instanceAttributeOperations: [String: Operation] = [
    "ModifyInstanceAttribute": { (call: inout Call, parameters) throws(AWSError) in
      try call.modifyInstanceAttribute(parameters)
    },
    "DescribeInstanceAttribute": { (call: inout Call, parameters) throws(AWSError) in
      try call.describeInstanceAttribute(parameters)
    },
    "ModifyPrivateDnsNameOptions": { (call: inout Call, parameters) throws(AWSError) in
      var instance = try call.instance(parameters.ec2ID("InstanceId", .instance))
      guard !instance.isClassic else {
        throw AWSError("UnsupportedOperation", "An EC2-Classic instance has no resource name")
      }
      var options = call.privateDnsNameOptions(instance)
      var given = 0
      guard try options.read(parameters, type: "PrivateDnsHostnameType", suffix: "", &given) else {
        throw .missing("PrivateDnsHostnameType")
      }
      instance.privateDnsNameOptions = options
      try call.apply(.replace(.instance(instance)))
      return .done
    },
  ]
}

/// Attributes that are stored and described; by their names in calls, with the member of the instance.
private let storedAttributes: [(name: String, member: String, isBoolean: Bool)] = [
  ("disableApiStop", "DisableApiStop", true), ("disableApiTermination", "DisableApiTermination", true),
  ("ebsOptimized", "EbsOptimized", true),
  ("instanceInitiatedShutdownBehavior", "InstanceInitiatedShutdownBehavior", false), ("kernel", "KernelId", false),
  ("ramdisk", "RamdiskId", false), ("sourceDestCheck", "SourceDestCheck", true), ("userData", "UserData", false),
]
/// Those of them that change only while the instance is stopped.
private let stoppedOnly: Set<String> = ["ebsOptimized", "kernel", "ramdisk", "userData"]

extension Call {
  fileprivate mutating func modifyInstanceAttribute(_ parameters: Parameters) throws(AWSError) -> [XML] {
    var instance = try instance(parameters.ec2ID("InstanceId", .instance))
    let groups: [ID<SecurityGroup>] = try parameters.ec2IDs("GroupId", .securityGroup)
    var given: [(name: String, value: String)] = []
    if let name = parameters.text("Attribute") { given.append((name, try parameters.required("Value"))) }
    for name in storedAttributes.map(\.name) + ["instanceType"] {
      let parameter = name.prefix(1).uppercased() + name.dropFirst() + ".Value"
      if let value = parameters.text(parameter) { given.append((name, value)) }
    }
    guard given.count + (groups.isEmpty ? 0 : 1) == 1 else {
      throw given.isEmpty && groups.isEmpty
        ? .missing("Attribute") : .invalidCombination("Fields for multiple attribute types specified")
    }
    guard let attribute = given.first else { return try modifyGroups(of: instance, groups) }
    if attribute.name == "instanceType" {
      try Launch.check(instanceType: attribute.value, isClassic: instance.isClassic)
      instance.instanceType = attribute.value  // The world wants the instance stopped.
    } else {
      guard let stored = storedAttributes.first(where: { $0.name == attribute.name }) else {
        throw .invalid("Attribute", attribute.name, "classiclink-dns cannot change it")
      }
      guard instance.state == .stopped || !stoppedOnly.contains(stored.name) else {
        throw AWSError("IncorrectInstanceState", "The instance '\(instance.id)' is not in the 'stopped' state.")
      }
      guard stored.name != "sourceDestCheck" || !instance.isClassic else {
        throw .invalidCombination("sourceDestCheck is for instances in a VPC")
      }
      guard !stored.isBoolean || ["true", "false"].contains(attribute.value.lowercased()) else {
        throw .invalid("Value", attribute.value, "it must be true or false")
      }
      try parameters.check(
        "Value", attribute.value,
        octets: stored.member == "UserData" ? CallLimits.userDataOctets : CallLimits.keptOctets)
      instance.details[stored.member] =
        stored.isBoolean ? .boolean(attribute.value.lowercased() == "true") : .text(attribute.value)
    }
    try apply(.replace(.instance(instance)))
    return .done
  }

  /// The groups of an EC2-Classic instance are fixed (semantics 4.5); in a VPC the interface has them too.
  private mutating func modifyGroups(
    of instance: Instance, _ groups: [ID<SecurityGroup>]
  ) throws(AWSError) -> [XML] {
    for id in groups { _ = try securityGroup(id) }
    var instance = instance
    instance.securityGroupIDs = Set(groups).sorted()
    try apply(.replace(.instance(instance)))
    for var interface in world.networkInterfaces(of: instance.id)
    where interface.addresses.first?.privateAddress == instance.privateIPAddress {
      interface.securityGroupIDs = instance.securityGroupIDs
      try apply(.replace(.networkInterface(interface)))
    }
    return .done
  }

  fileprivate func describeInstanceAttribute(_ parameters: Parameters) throws(AWSError) -> [XML] {
    let instance = try instance(parameters.ec2ID("InstanceId", .instance))
    let attribute = try parameters.required("Attribute")
    func value(_ text: String?) -> XML { XML(attribute, [XML("value", optional: text)].compactMap(\.self)) }
    let shown: XML
    switch attribute {
    case "groupSet": shown = groupSet(instance.securityGroupIDs)
    case "instanceType": shown = value(instance.instanceType ?? Launch.defaultInstanceType)
    default:
      guard let stored = storedAttributes.first(where: { $0.name == attribute }) else {
        throw .invalid("Attribute", attribute, "classiclink-dns does not know it")
      }
      guard stored.isBoolean else {
        shown = value(instance.details.text(stored.member))
        break
      }
      let isOn = instance.details.boolean(stored.member) ?? (attribute == "sourceDestCheck" && !instance.isClassic)
      shown = value("\(isOn)")
    }
    return [XML("instanceId", instance.id), shown]
  }
}
