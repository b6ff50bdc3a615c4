// DHCP options, VPCs, subnets, route tables, security groups, interfaces, peerings as items.
import Cloud
import DNSWire

extension WrittenItem {
  init(_ options: DHCPOptions) {
    self.init("DhcpOptions", id: options.id.rawValue)
    add("DhcpOptionsId", options.id.rawValue)
    add(
      "DhcpConfigurations",
      options.configurations.sorted { $0.key < $1.key }.map { key, values in
        .mapping(["Key": .text(key), "Values": .list(values.map { .mapping(["Value": .text($0)]) })])
      })
    add(region: options.region)
    add(ownerID: options.ownerID)
    add(tags: options.tags)
  }

  init(_ vpc: VPC) {
    self.init("Vpcs", id: vpc.id.rawValue)
    add("VpcId", vpc.id.rawValue)
    add("CidrBlock", vpc.cidrBlock.description)
    add("CidrBlockAssociationSet", vpc.secondaryCIDRBlocks.map { .mapping(["CidrBlock": .text($0.description)]) })
    add("Ipv6CidrBlockAssociationSet", vpc.ipv6CIDRBlocks.map { .mapping(["Ipv6CidrBlock": .text($0.description)]) })
    add("InstanceTenancy", vpc.instanceTenancy.rawValue)
    add("DhcpOptionsId", vpc.dhcpOptionsID?.rawValue ?? "default")
    add("IsDefault", vpc.isDefault)
    add("EnableDnsSupport", vpc.enableDnsSupport)
    add("EnableDnsHostnames", vpc.enableDnsHostnames)
    add("ClassicLinkEnabled", vpc.classicLinkEnabled)
    add("ClassicLinkDnsSupported", vpc.classicLinkDnsSupported)
    add(region: vpc.region)
    add(ownerID: vpc.ownerID)
    add(tags: vpc.tags)
  }

  init(_ subnet: Subnet) {
    self.init("Subnets", id: subnet.id.rawValue)
    add("SubnetId", subnet.id.rawValue)
    add("VpcId", subnet.vpcID.rawValue)
    add("CidrBlock", subnet.cidrBlock?.description)
    add("AvailabilityZone", subnet.availabilityZone)
    if subnet.mapPublicIPOnLaunch { add("MapPublicIpOnLaunch", true) }
    add("PrivateDnsNameOptionsOnLaunch", subnet.privateDnsNameOptionsOnLaunch.map(Detail.privateDnsNameOptions))
    add(tags: subnet.tags)
  }

  init(_ table: RouteTable) {
    self.init("RouteTables", id: table.id.rawValue)
    add("RouteTableId", table.id.rawValue)
    add("VpcId", table.vpcID.rawValue)
    let main: [Detail] = table.isMain ? [.mapping(["Main": .boolean(true)])] : []
    add(
      "Associations",
      main + table.subnetIDs.map { .mapping(["Main": .boolean(false), "SubnetId": .text($0.rawValue)]) })
    add("Routes", table.routes.map(Detail.route))
    add(tags: table.tags)
  }

  init(_ group: SecurityGroup) {
    self.init("SecurityGroups", id: group.id.rawValue)
    add("GroupId", group.id.rawValue)
    add("GroupName", group.name)
    add("Description", group.groupDescription)
    add("VpcId", group.vpcID?.rawValue)
    add("IpPermissions", group.ingress.map(Detail.permission))
    add("IpPermissionsEgress", group.egress.map(Detail.permission))
    if let region = group.region { add(region: region) }
    add(ownerID: group.ownerID)
    add(tags: group.tags)
  }

  init(_ interface: NetworkInterface) {
    self.init("NetworkInterfaces", id: interface.id.rawValue)
    add("NetworkInterfaceId", interface.id.rawValue)
    add("VpcId", interface.vpcID.rawValue)
    add("SubnetId", interface.subnetID?.rawValue)
    add("Description", interface.networkInterfaceDescription)
    add("PrivateIpAddresses", Detail.privateAddresses(interface.addresses))
    add("Ipv6Addresses", interface.ipv6Addresses.map { .mapping(["Ipv6Address": .text($0.description)]) })
    add("Groups", Detail.groups(interface.securityGroupIDs))
    add("Attachment", interface.instanceID.map { .mapping(["InstanceId": .text($0.rawValue)]) })
    add(tags: interface.tags, "TagSet")
  }

  init(_ peering: VPCPeeringConnection) {
    self.init("VpcPeeringConnections", id: peering.id.rawValue)
    add("VpcPeeringConnectionId", peering.id.rawValue)
    add("Status", .mapping(["Code": .text(peering.status)]))
    add("RequesterVpcInfo", Detail.side(peering.requester))
    add("AccepterVpcInfo", Detail.side(peering.accepter))
    add(tags: peering.tags)
    add(peering.details)
  }
}

extension Detail {
  static func privateDnsNameOptions(_ options: PrivateDnsNameOptions) -> Detail {
    .mapping([
      "HostnameType": .text(options.hostnameType.rawValue),
      "EnableResourceNameDnsARecord": .boolean(options.enableResourceNameDnsARecord),
      "EnableResourceNameDnsAAAARecord": .boolean(options.enableResourceNameDnsAAAARecord),
    ])
  }

  /// `PrivateIpAddresses`, the first of which is the primary one.
  static func privateAddresses(_ pairs: [AddressPair]) -> [Detail] {
    pairs.enumerated().map { position, pair in
      .mapping([
        "PrivateIpAddress": .text(pair.privateAddress), "Primary": .boolean(position == 0),
        "Association": pair.publicAddress.map { .mapping(["PublicIp": .text($0.description)]) },
      ])
    }
  }

  /// Where the target goes does not change what it is: the reader takes it from any of its members.
  fileprivate static func route(_ route: RouteTable.Route) -> Detail {
    let members = [
      "nat-": "NatGatewayId", "tgw-": "TransitGatewayId", "pcx-": "VpcPeeringConnectionId",
      "eni-": "NetworkInterfaceId", "i-": "InstanceId", "lgw-": "LocalGatewayId", "cagw-": "CarrierGatewayId",
      "arn:": "CoreNetworkArn", "eigw-": "EgressOnlyInternetGatewayId",
    ]
    let member = members.first { route.target.hasPrefix($0.key) }?.value ?? "GatewayId"
    return .mapping([
      "DestinationCidrBlock": .text(route.destination.description), member: .text(route.target),
      "Origin": .text(route.origin.rawValue),
    ])
  }

  fileprivate static func permission(_ permission: SecurityGroup.Permission) -> Detail {
    func list(_ texts: [String], _ member: String) -> Detail? {
      guard !texts.isEmpty else { return nil }
      return .list(
        texts.map { .mapping([member: .text($0), "Description": permission.descriptions[$0].map { .text($0) }]) })
    }
    return .mapping([
      "IpProtocol": .text(permission.ipProtocol), "FromPort": .number(permission.fromPort),
      "ToPort": .number(permission.toPort),
      "IpRanges": list(permission.ipRanges.map(\.description), "CidrIp"),
      "Ipv6Ranges": list(permission.ipv6Ranges.map(\.description), "CidrIpv6"),
      "PrefixListIds": list(permission.prefixListIDs, "PrefixListId"),
      "UserIdGroupPairs": list(permission.groupIDs.map(\.rawValue), "GroupId"),
    ])
  }

  fileprivate static func side(_ side: VPCPeeringConnection.Side) -> Detail {
    .mapping([
      "VpcId": .text(side.vpcID.rawValue),
      "PeeringOptions": .mapping([
        "AllowDnsResolutionFromRemoteVpc": .boolean(side.options.allowDnsResolutionFromRemoteVpc),
        "AllowEgressFromLocalClassicLinkToRemoteVpc":
          .boolean(side.options.allowEgressFromLocalClassicLinkToRemoteVpc),
        "AllowEgressFromLocalVpcToRemoteClassicLink":
          .boolean(side.options.allowEgressFromLocalVpcToRemoteClassicLink),
      ]),
    ])
  }
}
