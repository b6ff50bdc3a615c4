// Instances as AWS describes them, and the filters that choose them.
import Cloud
import DNSWire

extension Call {
  func describeInstances(_ parameters: Parameters) throws(AWSError) -> [XML] {
    let filters = try Filters(
      parameters,
      names: [
        "availability-zone", "client-token", "dns-name", "group-id", "group-name", "image-id", "instance-id",
        "instance-state-code", "instance-state-name", "instance-type", "instance.group-id", "instance.group-name",
        "ip-address", "key-name", "launch-time", "network-interface.addresses.private-ip-address",
        "network-interface.network-interface-id", "network-interface.subnet-id", "network-interface.vpc-id",
        "owner-id", "private-dns-name", "private-ip-address", "reservation-id", "subnet-id", "tag", "tag-key", "vpc-id",
      ])
    let ids: [ID<Instance>] = try parameters.ec2IDs("InstanceId", .instance)
    guard ids.isEmpty || !parameters.has("MaxResults") else {
      throw .invalidCombination("The parameter instancesSet cannot be used with the parameter maxResults")
    }
    let gone = terminatedInstances
    var all = gone.filter { ids.isEmpty || ids.contains($0.id) }
    let wanted = ids.filter { id in !gone.contains { $0.id == id } }
    if ids.isEmpty || !wanted.isEmpty { all += try instances(wanted) }
    let page = try PageRequest(parameters, cut: true).page(filters.sift(all) { values($0, ofFilter: $1) }) {
      $0.id.rawValue
    }
    var reservations: [(id: String, instances: [Instance])] = []
    var places: [String: Int] = [:]
    for instance in page.items {
      let id = instance.reservationID
      if let place = places[id] {
        reservations[place].instances.append(instance)
      } else {
        places[id] = reservations.count
        reservations.append((id, [instance]))
      }
    }
    let items = reservations.map { members(ofReservation: $0.id, $0.instances) }
    return [.list("reservationSet", items)] + XML.nextToken(page.next)
  }

  // The filter by vpc-id leaves linked instances out: they are not in the VPC (S16).
  private func values(_ instance: Instance, ofFilter name: String) -> [String]? {
    func interfaces(_ values: (NetworkInterface) -> [String]) -> [String] {
      world.networkInterfaces(of: instance.id).flatMap(values)
    }
    func names(_ ids: [ID<SecurityGroup>]) -> [String] { ids.compactMap { world.securityGroups[$0]?.name } }
    return switch name {
    case "availability-zone": instance.availabilityZone.map { [$0] }
    case "client-token": instance.details.text("ClientToken").map { [$0] }
    case "dns-name": [publicHostname(instance)]
    // The short names are for EC2-Classic.
    case "group-id": instance.isClassic ? instance.securityGroupIDs.map(\.rawValue) : []
    case "group-name": instance.isClassic ? names(instance.securityGroupIDs) : []
    case "image-id": instance.details.text("ImageId").map { [$0] }
    case "instance-id": [instance.id.rawValue]
    case "instance-state-code": [StateCode.text(state(of: instance.id))]
    case "instance-state-name": [state(of: instance.id)]
    case "instance-type": instance.instanceType.map { [$0] }
    case "instance.group-id": instance.securityGroupIDs.map(\.rawValue)
    case "instance.group-name": names(instance.securityGroupIDs)
    case "ip-address": instance.addresses.compactMap { $0.publicAddress?.description }
    case "key-name": instance.details.text("KeyName").map { [$0] }
    case "launch-time": instance.details.text("LaunchTime").map { [$0] }
    case "network-interface.addresses.private-ip-address":
      interfaces { $0.addresses.map(\.privateAddress.description) }
    case "network-interface.network-interface-id": interfaces { [$0.id.rawValue] }
    case "network-interface.subnet-id": interfaces { $0.subnetID.map { [$0.rawValue] } ?? [] }
    case "network-interface.vpc-id": interfaces { [$0.vpcID.rawValue] }
    case "owner-id": [instance.ownerID]
    case "private-dns-name": [privateHostname(instance)]
    case "private-ip-address": instance.addresses.map(\.privateAddress.description)
    case "reservation-id": [instance.reservationID]
    case "subnet-id": instance.subnetID.map { [$0.rawValue] }
    case "vpc-id": instance.vpcID.map { [$0.rawValue] }
    default: instance.tags.values(ofFilter: name)
    }
  }

  // MARK: Hostnames (semantics 2.2, 2.3)

  func privateDnsNameOptions(_ instance: Instance) -> PrivateDnsNameOptions {
    instance.privateDnsNameOptions ?? instance.subnetID.flatMap { world.subnets[$0]?.privateDnsNameOptionsOnLaunch }
      ?? PrivateDnsNameOptions()
  }

  /// Shown whether it resolves or not; empty without an address.
  func privateHostname(_ instance: Instance) -> String {
    guard let address = instance.privateIPAddress else { return "" }
    let suffixes = RegionSuffixes(instance.region)
    guard !instance.isClassic, privateDnsNameOptions(instance).hostnameType == .resourceName else {
      return shown(suffixes.privateHostname(address))
    }
    return "\(instance.id)." + shown(suffixes.privateDomain)
  }

  /// Empty in a VPC that lacks one of the two attributes.
  func publicHostname(_ instance: Instance) -> String {
    guard let address = instance.publicIPAddress else { return "" }
    return publicHostname(address, in: instance.vpcID)
  }

  func publicHostname(_ address: IPv4Address, in vpcID: ID<VPC>?) -> String {
    if let vpcID, let vpc = world.vpcs[vpcID], !vpc.enableDnsSupport || !vpc.enableDnsHostnames { return "" }
    return shown(RegionSuffixes(caller.region).publicHostname(address))
  }

  /// Without the final dot.
  func shown(_ name: Name) -> String {
    let text = name.description
    return text.hasSuffix(".") ? String(text.dropLast()) : text
  }

  // MARK: XML

  func members(ofReservation id: String, _ instances: [Instance]) -> [XML] {
    // Groups of the reservation are those of EC2-Classic.
    // An instance that is gone has none any more.
    let groups = instances.lazy.map { $0.isClassic ? $0.securityGroupIDs : [] }.first { !$0.isEmpty } ?? []
    return [
      XML("reservationId", id), XML("ownerId", instances.first?.ownerID ?? caller.account), groupSet(groups),
      .list("instancesSet", instances.map { members(of: $0) }),
    ]
  }

  /// Details that are one element each.
  private static let plainDetails = [
    "AmiLaunchIndex", "Architecture", "ClientToken", "EbsOptimized", "EnaSupport", "Hypervisor", "ImageId", "KernelId",
    "KeyName", "LaunchTime", "Platform", "PlatformDetails", "RamdiskId", "RootDeviceName", "RootDeviceType",
    "VirtualizationType",
  ]

  private func members(of instance: Instance) -> [XML] {
    let details = instance.details
    let isLive = world.instances[instance.id] != nil
    var members = [
      XML("instanceId", instance.id), StateCode.xml("instanceState", state(of: instance.id)),
      XML("privateDnsName", privateHostname(instance)), XML("dnsName", publicHostname(instance)), XML("reason", ""),
      XML("instanceType", instance.instanceType ?? Launch.defaultInstanceType), .list("productCodes", []),
      groupSet(instance.securityGroupIDs), .tags(instance.tags),
    ]
    for name in Self.plainDetails {
      let element = name.prefix(1).lowercased() + name.dropFirst()
      if let detail = details[name] { members.append(XML(element, detail)) }
    }
    let placement = details["Placement"]?.members ?? [:]
    members.append(
      XML(
        "placement",
        [
          XML("availabilityZone", optional: instance.availabilityZone),
          XML("groupName", placement.text("GroupName") ?? ""),
          XML("tenancy", placement.text("Tenancy") ?? "default"),
        ].compactMap(\.self)))
    let monitoring = details["Monitoring"]?.members.text("State") ?? "disabled"
    members.append(XML("monitoring", [XML("state", monitoring)]))
    if let profile = details["IamInstanceProfile"]?.members {
      let arn = profile.text("Arn") ?? "arn:aws:iam::\(instance.ownerID):instance-profile/\(profile.text("Name") ?? "")"
      members.append(
        XML("iamInstanceProfile", [XML("arn", arn), XML("id", profile.text("Id") ?? derivedID("AIPA", [arn]))]))
    }
    if let address = instance.privateIPAddress { members.append(XML("privateIpAddress", address)) }
    if let address = instance.publicIPAddress { members.append(XML("ipAddress", address)) }
    if let address = instance.ipv6Addresses.first { members.append(XML("ipv6Address", address)) }
    guard isLive, let vpcID = instance.vpcID else { return members + [.list("networkInterfaceSet", [])] }
    members += [
      XML("vpcId", vpcID), XML("sourceDestCheck", details.boolean("SourceDestCheck") ?? true),
      privateDnsNameOptions(instance).xml("privateDnsNameOptions"),
      .list("networkInterfaceSet", world.networkInterfaces(of: instance.id).map { self.members(of: $0) }),
    ]
    if let subnetID = instance.subnetID { members.append(XML("subnetId", subnetID)) }
    return members
  }
}

extension Instance {
  /// Instances of a world file are each of a reservation of their own, unless they say otherwise.
  var reservationID: String { details.text("ReservationId") ?? derivedID("r", [id.rawValue]) }
}
