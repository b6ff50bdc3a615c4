// Subnets, and what an instance launched in one gets unless it says otherwise.
import Cloud
import DNSWire

extension QueryService {
  static let subnetOperations: [String: Operation] = [
    "CreateSubnet": { (call: inout Call, parameters) throws(AWSError) in
      let vpc = try call.vpc(parameters.ec2ID("VpcId", .vpc))
      guard let range = try parameters.networkRange("CidrBlock") else { throw .missing("CidrBlock") }
      guard Quotas.vpcPrefixLengths.contains(range.prefixLength) else {
        throw AWSError("InvalidSubnet.Range", "The CIDR '\(range)' is invalid.")
      }
      var subnet = Subnet(id: call.allocator.id("subnet"), vpcID: vpc.id)
      subnet.cidrBlock = range
      subnet.availabilityZone =
        try call.availabilityZone(parameters, "AvailabilityZone") ?? call.standardZones.first
      subnet.tags = try parameters.tagSpecifications("subnet")["subnet"] ?? []
      try call.apply(.addSubnet(subnet))
      return [XML("subnet", call.members(of: subnet))]
    },
    "DeleteSubnet": { (call: inout Call, parameters) throws(AWSError) in
      let subnet = try call.subnet(parameters.ec2ID("SubnetId", .subnet))
      try call.apply(.remove(.subnet(subnet.id)))
      return .done
    },
    "DescribeSubnets": { (call: inout Call, parameters) throws(AWSError) in try call.describeSubnets(parameters) },
    "ModifySubnetAttribute": { (call: inout Call, parameters) throws(AWSError) in
      var subnet = try call.subnet(parameters.ec2ID("SubnetId", .subnet))
      var options = subnet.privateDnsNameOptionsOnLaunch ?? PrivateDnsNameOptions()
      var given = 0
      if let isOn = try parameters.boolean("MapPublicIpOnLaunch.Value") {
        subnet.mapPublicIPOnLaunch = isOn
        given += 1
      }
      if try options.read(parameters, type: "PrivateDnsHostnameTypeOnLaunch", suffix: "OnLaunch.Value", &given) {
        subnet.privateDnsNameOptionsOnLaunch = options
      }
      guard given == 1 else {
        throw given == 0
          ? .missing("MapPublicIpOnLaunch")
          : .invalidCombination("Only one attribute of a subnet can be modified by a call")
      }
      try call.apply(.replace(.subnet(subnet)))
      return .done
    },
  ]
}

extension PrivateDnsNameOptions {
  /// Reads those that are given, and counts them.
  mutating func read(
    _ parameters: Parameters, type: String, suffix: String, _ given: inout Int
  ) throws(AWSError) -> Bool {
    let before = given
    if let hostnameType = try parameters.parsed(
      type, "it is ip-name or resource-name", { HostnameType(rawValue: $0) })
    {
      self.hostnameType = hostnameType
      given += 1
    }
    if let isOn = try parameters.boolean("EnableResourceNameDnsARecord" + suffix) {
      enableResourceNameDnsARecord = isOn
      given += 1
    }
    if let isOn = try parameters.boolean("EnableResourceNameDnsAAAARecord" + suffix) {
      enableResourceNameDnsAAAARecord = isOn
      given += 1
    }
    return given > before
  }

  func xml(_ name: String) -> XML {
    XML(
      name,
      [
        XML("hostnameType", hostnameType.rawValue),
        XML("enableResourceNameDnsARecord", enableResourceNameDnsARecord),
        XML("enableResourceNameDnsAAAARecord", enableResourceNameDnsAAAARecord),
      ])
  }
}

extension Call {
  func isDefault(_ subnet: Subnet) -> Bool { world.vpcs[subnet.vpcID]?.isDefault ?? false }

  fileprivate func describeSubnets(_ parameters: Parameters) throws(AWSError) -> [XML] {
    let filters = try Filters(
      parameters,
      names: [
        "availability-zone", "availabilityZone", "cidr", "cidr-block", "cidrBlock", "default-for-az", "defaultForAz",
        "map-public-ip-on-launch", "owner-id", "private-dns-name-options-on-launch.hostname-type", "state",
        "subnet-id", "tag", "tag-key", "vpc-id",
      ])
    let subnets = filters.sift(try subnets(parameters.ec2IDs("SubnetId", .subnet))) { values($0, ofFilter: $1) }
    let page = try PageRequest(parameters).page(subnets) { $0.id.rawValue }
    return [.list("subnetSet", page.items.map { members(of: $0) })] + XML.nextToken(page.next)
  }

  private func values(_ subnet: Subnet, ofFilter name: String) -> [String]? {
    switch name {
    case "availability-zone", "availabilityZone": subnet.availabilityZone.map { [$0] }
    case "cidr", "cidr-block", "cidrBlock": subnet.cidrBlock.map { [$0.description] }
    case "default-for-az", "defaultForAz": ["\(isDefault(subnet))"]
    case "map-public-ip-on-launch": ["\(subnet.mapPublicIPOnLaunch)"]
    case "owner-id": [caller.account]
    case "private-dns-name-options-on-launch.hostname-type":
      [(subnet.privateDnsNameOptionsOnLaunch ?? PrivateDnsNameOptions()).hostnameType.rawValue]
    case "state": ["available"]
    case "subnet-id": [subnet.id.rawValue]
    case "vpc-id": [subnet.vpcID.rawValue]
    default: subnet.tags.values(ofFilter: name)
    }
  }

  fileprivate func members(of subnet: Subnet) -> [XML] {
    [
      XML("subnetId", subnet.id),
      XML("subnetArn", "arn:aws:ec2:\(caller.region):\(caller.account):subnet/\(subnet.id)"),
      XML("state", "available"), XML("ownerId", caller.account), XML("vpcId", subnet.vpcID),
      XML("cidrBlock", optional: subnet.cidrBlock), XML("availableIpAddressCount", freeAddresses(in: subnet)),
      XML("availabilityZone", optional: subnet.availabilityZone), XML("defaultForAz", isDefault(subnet)),
      XML("mapPublicIpOnLaunch", subnet.mapPublicIPOnLaunch), XML("assignIpv6AddressOnCreation", false),
      .list("ipv6CidrBlockAssociationSet", []),
      (subnet.privateDnsNameOptionsOnLaunch ?? PrivateDnsNameOptions()).xml("privateDnsNameOptionsOnLaunch"),
      .tags(subnet.tags),
    ].compactMap(\.self)
  }

  private func freeAddresses(in subnet: Subnet) -> Int {
    guard let range = subnet.cidrBlock else { return 0 }
    return Allocator.usable(range).count { !world.isHeld(IPv4Address(rawValue: $0), inVPC: subnet.vpcID) }
  }
}
