// DHCP options, VPCs, subnets, route tables, security groups, interfaces, peerings.
import Cloud
import DNSWire

extension Item {
  func dhcpOptions() -> DHCPOptions {
    var options = DHCPOptions(id: ID(id))
    options.region = region()
    options.ownerID = accountID
    for configuration in members.list("DhcpConfigurations") {
      guard let key = configuration.required("Key", configuration.text("Key")) else { continue }
      options.configurations[key] = configuration.list("Values").compactMap {
        $0.required("Value", $0.looseText("Value"))
      }
    }
    options.tags = members.tags()
    return options
  }

  func vpc() -> VPC? {
    guard let primary = members.required("CidrBlock", members.cidrBlock("CidrBlock")) else { return nil }
    var vpc = VPC(id: ID(id), region: region(), ownerID: accountID, cidrBlock: primary)
    vpc.secondaryCIDRBlocks = members.list("CidrBlockAssociationSet")
      .filter { isAssociated($0, "CidrBlockState") }.compactMap { $0.cidrBlock("CidrBlock") }
      .filter { $0 != primary }.sorted()
    vpc.ipv6CIDRBlocks = members.list("Ipv6CidrBlockAssociationSet")
      .filter { isAssociated($0, "Ipv6CidrBlockState") }.compactMap { $0.ipv6CIDRBlock("Ipv6CidrBlock") }
      .sorted { $0.address < $1.address }
    if let tenancy = members.choice("InstanceTenancy", among: [VPC.Tenancy.default, .dedicated, .host]) {
      vpc.instanceTenancy = tenancy
    }
    // A VPC without a set of its own has the set "default", which is none (semantics 2.4).
    vpc.dhcpOptionsID = members.text("DhcpOptionsId").flatMap { $0 == "default" ? nil : ID($0) }
    vpc.isDefault = members.boolean("IsDefault") ?? vpc.isDefault
    vpc.enableDnsSupport = members.attribute("EnableDnsSupport") ?? vpc.enableDnsSupport
    vpc.enableDnsHostnames = members.attribute("EnableDnsHostnames") ?? vpc.enableDnsHostnames
    vpc.classicLinkEnabled = members.boolean("ClassicLinkEnabled") ?? vpc.classicLinkEnabled
    vpc.classicLinkDnsSupported = members.boolean("ClassicLinkDnsSupported") ?? vpc.classicLinkDnsSupported
    vpc.tags = members.tags()
    return vpc
  }

  /// A range counts while it is associated; by hand nobody writes a state.
  private func isAssociated(_ association: Members, _ state: String) -> Bool {
    (association.members(state)?.text("State") ?? "associated") == "associated"
  }

  func subnet() -> Subnet? {
    guard let vpcID: ID<VPC> = members.required("VpcId", members.id("VpcId")) else { return nil }
    var subnet = Subnet(id: ID(id), vpcID: vpcID)
    subnet.cidrBlock = members.cidrBlock("CidrBlock")
    subnet.availabilityZone = members.text("AvailabilityZone")
    subnet.mapPublicIPOnLaunch = members.boolean("MapPublicIpOnLaunch") ?? subnet.mapPublicIPOnLaunch
    subnet.privateDnsNameOptionsOnLaunch = members.members("PrivateDnsNameOptionsOnLaunch")?.privateDnsNameOptions()
    subnet.tags = members.tags()
    return subnet
  }

  func routeTable() -> RouteTable? {
    guard let vpcID: ID<VPC> = members.required("VpcId", members.id("VpcId")) else { return nil }
    var table = RouteTable(id: ID(id), vpcID: vpcID)
    let associations = members.list("Associations")
    table.isMain = associations.contains { $0.boolean("Main") ?? false }
    table.subnetIDs = associations.compactMap { $0.id("SubnetId") }.sorted()
    table.routes = members.list("Routes").compactMap { $0.route() }
    table.tags = members.tags()
    return table
  }

  func securityGroup() -> SecurityGroup {
    var group = SecurityGroup(
      id: ID(id), name: members.looseText("GroupName") ?? id.rawValue, ownerID: accountID, vpcID: members.id("VpcId"))
    if group.vpcID == nil { group.region = region() }
    group.groupDescription = members.looseText("Description") ?? ""
    group.ingress = members.list("IpPermissions").compactMap { $0.permission() }
    group.egress = members.list("IpPermissionsEgress").compactMap { $0.permission() }
    group.tags = members.tags()
    return group
  }

  func networkInterface() -> NetworkInterface? {
    guard let vpcID: ID<VPC> = members.required("VpcId", members.id("VpcId")) else { return nil }
    var interface = NetworkInterface(id: ID(id), vpcID: vpcID)
    interface.subnetID = members.id("SubnetId")
    interface.networkInterfaceDescription = members.looseText("Description") ?? ""
    interface.addresses = members.interfaceAddresses()
    interface.ipv6Addresses = members.interfaceIPv6Addresses()
    interface.securityGroupIDs = members.groups("Groups")
    interface.instanceID = members.members("Attachment")?.id("InstanceId")
    interface.tags = members.tags("TagSet")
    return interface
  }

  func peering() -> VPCPeeringConnection? {
    guard let requester = side("RequesterVpcInfo"), let accepter = side("AccepterVpcInfo") else { return nil }
    var peering = VPCPeeringConnection(id: ID(id), requester: requester, accepter: accepter)
    peering.status = members.members("Status")?.text("Code") ?? peering.status
    peering.tags = members.tags()
    peering.details = members.details(besides: .peering)
    return peering
  }

  private func side(_ name: String) -> VPCPeeringConnection.Side? {
    guard let side = members.required(name, members.members(name)),
      let vpcID: ID<VPC> = side.required("VpcId", side.id("VpcId"))
    else { return nil }
    var options = VPCPeeringConnection.Options()
    if let given = side.members("PeeringOptions") {
      options.allowDnsResolutionFromRemoteVpc = given.boolean("AllowDnsResolutionFromRemoteVpc") ?? false
      options.allowEgressFromLocalClassicLinkToRemoteVpc =
        given.boolean("AllowEgressFromLocalClassicLinkToRemoteVpc") ?? false
      options.allowEgressFromLocalVpcToRemoteClassicLink =
        given.boolean("AllowEgressFromLocalVpcToRemoteClassicLink") ?? false
    }
    return VPCPeeringConnection.Side(vpcID: vpcID, options: options)
  }
}

extension Members {
  func privateDnsNameOptions() -> PrivateDnsNameOptions {
    var options = PrivateDnsNameOptions()
    options.hostnameType =
      choice("HostnameType", among: [PrivateDnsNameOptions.HostnameType.ipName, .resourceName]) ?? options.hostnameType
    options.enableResourceNameDnsARecord = boolean("EnableResourceNameDnsARecord") ?? false
    options.enableResourceNameDnsAAAARecord = boolean("EnableResourceNameDnsAAAARecord") ?? false
    return options
  }

  /// Members that say where a route leads; one of them is present.
  private static let routeTargets = [
    "GatewayId", "NatGatewayId", "TransitGatewayId", "VpcPeeringConnectionId", "NetworkInterfaceId", "InstanceId",
    "LocalGatewayId", "CarrierGatewayId", "CoreNetworkArn", "EgressOnlyInternetGatewayId",
  ]

  /// `nil` for a route to IPv6 addresses or a prefix list: they do not matter here.
  fileprivate func route() -> RouteTable.Route? {
    guard let destination = cidrBlock("DestinationCidrBlock") else { return nil }
    guard let target = Self.routeTargets.lazy.compactMap({ self.text($0) }).first else {
      report.error(spot, "the route has no target such as GatewayId")
      return nil
    }
    let origin = choice(
      "Origin", among: [.createRouteTable, .createRoute, RouteTable.Route.Origin.enableVgwRoutePropagation])
    return RouteTable.Route(
      destination: destination, target: target,
      origin: origin ?? (target == "local" ? .createRouteTable : .createRoute))
  }

  fileprivate func permission() -> SecurityGroup.Permission? {
    guard let ipProtocol = required("IpProtocol", looseText("IpProtocol")) else { return nil }
    // -1 stands for all ports, and for all ICMP types and codes.
    let ports = -1...Int(UInt16.max)
    var permission = SecurityGroup.Permission(ipProtocol: ipProtocol)
    permission.fromPort = integer("FromPort", in: ports)
    permission.toPort = integer("ToPort", in: ports)
    for (peers, member) in [
      ("IpRanges", "CidrIp"), ("Ipv6Ranges", "CidrIpv6"), ("PrefixListIds", "PrefixListId"),
      ("UserIdGroupPairs", "GroupId"),
    ] {
      for peer in list(peers) {
        if let key = peer.text(member) { permission.descriptions[key] = peer.looseText("Description") }
      }
    }
    permission.ipRanges = list("IpRanges").compactMap { $0.required("CidrIp", $0.cidrBlock("CidrIp")) }
    permission.ipv6Ranges = list("Ipv6Ranges").compactMap { $0.required("CidrIpv6", $0.ipv6CIDRBlock("CidrIpv6")) }
    permission.prefixListIDs = list("PrefixListIds").compactMap { $0.text("PrefixListId") }
    permission.groupIDs = groups("UserIdGroupPairs")
    return permission
  }
}
