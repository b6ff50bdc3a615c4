// RunInstances: where the instances go and what they are, read from the call.
import Cloud
import DNSWire

extension QueryService {
  static let launchOperations: [String: Operation] = [
    "RunInstances": { (call: inout Call, parameters) throws(AWSError) in try call.runInstances(parameters) }
  ]
}

/// Instances of one call at most.
private let mostInstances = 1000

extension Call {
  fileprivate mutating func runInstances(_ parameters: Parameters) throws(AWSError) -> [XML] {
    guard let least = try parameters.integer("MinCount", in: 1...mostInstances) else { throw .missing("MinCount") }
    guard let most = try parameters.integer("MaxCount", in: 1...mostInstances) else { throw .missing("MaxCount") }
    guard least <= most else {
      throw .invalid("MinCount", "\(least)", "it is greater than MaxCount, \(most)")
    }
    var launch = try launch(parameters)
    guard launch.privateAddress == nil || most == 1 else {
      throw .invalidCombination("The parameter PrivateIpAddress cannot be used for more than one instance")
    }
    let token = try parameters.clientToken()
    // Ids follow from the token: a repeated call finds what the first one made. The reservation's id follows from all
    // parameters, so a token that is used for something else shows.
    let reservation =
      if let token { derivedID("r", [caller.account, caller.region.code, token, parameters.fingerprint]) } else {
        "r-0\(allocator.hexadecimal(16))"
      }
    launch.details["ReservationId"] = .text(reservation)
    launch.details["ClientToken"] = token.map { .text($0) }
    let ids: [ID<Instance>] = (0..<most).map { index in
      token.map { ID(derivedID("i", [caller.account, caller.region.code, $0, "\(index)"])) } ?? allocator.id("i")
    }
    // Some of them are all of them: the first call may have got fewer than it asked for at most.
    let known = launched(ids)
    guard known.isEmpty else {
      guard known.allSatisfy({ $0.details.text("ReservationId") == reservation }) else {
        throw .idempotentParameterMismatch
      }
      return members(ofReservation: reservation, known)
    }
    var made: [Instance] = []
    for (index, id) in ids.enumerated() {
      launch.details["AmiLaunchIndex"] = .number(index)
      do throws(AWSError) {
        try self.launch(launch, as: id)
      } catch {
        // As many as there are addresses for, if that is enough.
        guard error.code.hasPrefix("Insufficient"), made.count >= least else { throw error }
        break
      }
      if let instance = world.instances[id] { made.append(instance) }
    }
    return members(ofReservation: reservation, made)
  }

  /// The instances of an earlier call with the same token, terminated or not.
  private func launched(_ ids: [ID<Instance>]) -> [Instance] {
    let gone = Dictionary(terminated.instances(at: now).map { ($0.id, $0) }) { $1 }
    return ids.compactMap { world.instances[$0] ?? gone[$0] }
  }

  private mutating func launch(_ parameters: Parameters) throws(AWSError) -> Launch {
    let interfaces = try parameters.structures("NetworkInterface")
    guard interfaces.count <= 1 else {
      throw .invalidCombination("classiclink-dns launches instances with one network interface")
    }
    let interface = interfaces.first
    let subnet = try subnet(parameters, interface)
    var launch = Launch(subnet: subnet, availabilityZone: try zone(parameters, of: subnet))
    if let type = parameters.text("InstanceType") { launch.instanceType = type }
    try Launch.check(instanceType: launch.instanceType, isClassic: subnet == nil)
    launch.securityGroupIDs = try groups(parameters, interface, in: subnet)
    launch.privateAddress = try (interface ?? parameters).ipv4("PrivateIpAddress")
    guard subnet != nil || launch.privateAddress == nil else {
      throw .invalidCombination("The parameter PrivateIpAddress may only be used in a VPC")
    }
    if let subnet {
      let wanted = try interface?.boolean("AssociatePublicIpAddress")
      launch.hasPublicAddress = wanted ?? subnet.mapPublicIPOnLaunch
    }
    if let interface {
      _ = try interface.integer("DeviceIndex", in: 0...0)  // There is one.
      launch.interfaceDescription = try interface.text("Description", octets: 255) ?? ""
    }
    if let given = parameters.structure("PrivateDnsNameOptions") {
      guard let subnet else { throw .invalidCombination("PrivateDnsNameOptions need a subnet") }
      var options = subnet.privateDnsNameOptionsOnLaunch ?? PrivateDnsNameOptions()
      var count = 0
      if try options.read(given, type: "HostnameType", suffix: "", &count) { launch.privateDnsNameOptions = options }
    }
    let tags = try parameters.tagSpecifications("instance", "network-interface")
    launch.tags = tags["instance"] ?? []
    launch.interfaceTags = tags["network-interface"] ?? []
    launch.details = try Self.details(parameters)
    return launch
  }

  /// The named one, else one of the default VPC, else none: EC2-Classic (decision 23).
  private func subnet(_ parameters: Parameters, _ interface: Parameters?) throws(AWSError) -> Subnet? {
    let own: ID<Subnet>? = try parameters.optionalEC2ID("SubnetId", .subnet)
    if interface != nil, own != nil || parameters.has("SecurityGroupId") || parameters.has("SecurityGroup") {
      throw .invalidCombination(
        "Network interfaces and an instance-level subnet ID or security groups may not be specified on the same request"
      )
    }
    if let own { return try subnet(own) }
    if let id: ID<Subnet> = try interface?.optionalEC2ID("SubnetId", .subnet) { return try subnet(id) }
    guard let vpc = try network(nil) else {
      guard interface == nil else {
        throw AWSError("InvalidParameterCombination", "A network interface needs a SubnetId")
      }
      return nil
    }
    let zone = try availabilityZone(parameters, "Placement.AvailabilityZone")
    let subnets = world.subnets.values.filter { $0.vpcID == vpc.id && (zone == nil || $0.availabilityZone == zone) }
    guard let subnet = subnets.min(by: { $0.id < $1.id }) else {
      throw AWSError("MissingInput", "No subnets found for the default VPC '\(vpc.id)'. Please specify a subnet.")
    }
    return subnet
  }

  private func zone(_ parameters: Parameters, of subnet: Subnet?) throws(AWSError) -> String {
    let given = try availabilityZone(parameters, "Placement.AvailabilityZone")
    if let given, let own = subnet?.availabilityZone, own != given {
      throw .invalid("AvailabilityZone", given, "the subnet is in \(own)")
    }
    return given ?? subnet?.availabilityZone ?? caller.region.code + "a"
  }

  private mutating func groups(
    _ parameters: Parameters, _ interface: Parameters?, in subnet: Subnet?
  ) throws(AWSError) -> [ID<SecurityGroup>] {
    var ids: [ID<SecurityGroup>] = try (interface ?? parameters).ec2IDs("SecurityGroupId", .securityGroup)
    for id in ids { _ = try securityGroup(id) }
    let names = try parameters.texts("SecurityGroup")
    if !names.isEmpty, subnet != nil, defaultVPC?.id != subnet?.vpcID {
      throw .invalidCombination("The parameter groupName cannot be used with the parameter subnet")
    }
    for name in names { ids.append(try securityGroup(named: name).id) }
    if ids.isEmpty { ids = [try defaultSecurityGroup(in: subnet?.vpcID).id] }
    return Array(Set(ids))
  }

  /// What is stored and described.
  private static func details(_ parameters: Parameters) throws(AWSError) -> Details {
    let image: ID<Instance> = try parameters.ec2ID("ImageId", .image)
    _ = try parameters.text("ImageId", octets: CallLimits.keptOctets)
    var details: Details = ["ImageId": .text(image.rawValue)]
    try parameters.keep(
      [
        .text("KeyName", octets: 255), .userData, .text("KernelId"), .text("RamdiskId"), .boolean("EbsOptimized"),
        .boolean("DisableApiTermination"), .boolean("DisableApiStop"), .text("InstanceInitiatedShutdownBehavior"),
      ], in: &details)
    if let isOn = try parameters.boolean("Monitoring.Enabled") {
      details["Monitoring"] = .mapping(["State": .text(isOn ? "enabled" : "disabled")])
    }
    var placement: Details = [:]
    if let placed = parameters.structure("Placement") {
      try placed.keep([.text("GroupName"), .text("Tenancy")], in: &placement)
    }
    if !placement.isEmpty { details["Placement"] = .mapping(placement) }
    if let profile = parameters.structure("IamInstanceProfile") {
      var kept: Details = [:]
      try profile.keep([.text("Arn"), .text("Name")], in: &kept)
      details["IamInstanceProfile"] = .mapping(kept)
    }
    return details
  }
}

extension AWSError {
  /// A ClientToken comes again with something else.
  static let idempotentParameterMismatch = AWSError(
    "IdempotentParameterMismatch",
    "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).")
}

extension Parameters {
  /// What makes a call idempotent; `nil` without.
  func clientToken() throws(AWSError) -> String? {
    try text("ClientToken", octets: CallLimits.clientTokenOctets).flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The same for the same parameters, whatever their order.
  var fingerprint: String { derivedID("p", all.map { "\($0.name)=\($0.value)" }) }
}
