// What a caller sees: the resources of his account in the Region that he calls.
import Cloud
import DNSWire

extension Call {
  func sees(_ vpc: VPC) -> Bool { vpc.region == caller.region && vpc.ownerID == caller.account }
  func sees(_ instance: Instance) -> Bool {
    instance.region == caller.region && instance.ownerID == caller.account
  }
  func sees(vpcID: ID<VPC>) -> Bool { world.vpcs[vpcID].map { sees($0) } ?? false }
  func sees(_ group: SecurityGroup) -> Bool {
    guard group.ownerID == caller.account else { return false }
    return group.vpcID.map { sees(vpcID: $0) } ?? (group.region == caller.region)
  }
  func sees(_ address: ElasticIP) -> Bool { address.region == caller.region && address.ownerID == caller.account }
  func sees(_ options: DHCPOptions) -> Bool { options.region == caller.region && options.ownerID == caller.account }
  /// Both sides see it.
  func sees(_ peering: VPCPeeringConnection) -> Bool {
    sees(vpcID: peering.requester.vpcID) || sees(vpcID: peering.accepter.vpcID)
  }

  func vpc(_ id: ID<VPC>) throws(AWSError) -> VPC {
    guard let vpc = world.vpcs[id], sees(vpc) else { throw .notFound("VPC", id) }
    return vpc
  }

  func instance(_ id: ID<Instance>) throws(AWSError) -> Instance {
    guard let instance = world.instances[id], sees(instance) else { throw .notFound("instance", id) }
    return instance
  }

  func subnet(_ id: ID<Subnet>) throws(AWSError) -> Subnet {
    guard let subnet = world.subnets[id], sees(vpcID: subnet.vpcID) else { throw .notFound("subnet", id) }
    return subnet
  }

  func routeTable(_ id: ID<RouteTable>) throws(AWSError) -> RouteTable {
    guard let table = world.routeTables[id], sees(vpcID: table.vpcID) else { throw .notFound("route table", id) }
    return table
  }

  func securityGroup(_ id: ID<SecurityGroup>) throws(AWSError) -> SecurityGroup {
    guard let group = world.securityGroups[id], sees(group) else { throw .notFound("security group", id) }
    return group
  }

  func networkInterface(_ id: ID<NetworkInterface>) throws(AWSError) -> NetworkInterface {
    guard let interface = world.networkInterfaces[id], sees(vpcID: interface.vpcID) else {
      throw .notFound("network interface", id)
    }
    return interface
  }

  func peering(_ id: ID<VPCPeeringConnection>) throws(AWSError) -> VPCPeeringConnection {
    guard let peering = world.peerings[id], sees(peering) else { throw .notFound("VPC peering connection", id) }
    return peering
  }

  func dhcpOptions(_ id: ID<DHCPOptions>) throws(AWSError) -> DHCPOptions {
    guard let options = world.dhcpOptions[id], sees(options) else { throw .notFound("DHCP options set", id) }
    return options
  }

  // MARK: Those that are named, or all that the caller sees

  func vpcs(_ ids: [ID<VPC>]) throws(AWSError) -> [VPC] {
    guard ids.isEmpty else { return try ids.map { (id) throws(AWSError) in try vpc(id) } }
    return world.vpcs.values.filter { sees($0) }
  }

  func instances(_ ids: [ID<Instance>]) throws(AWSError) -> [Instance] {
    guard ids.isEmpty else { return try ids.map { (id) throws(AWSError) in try instance(id) } }
    return world.instances.values.filter { sees($0) }
  }

  func subnets(_ ids: [ID<Subnet>]) throws(AWSError) -> [Subnet] {
    guard ids.isEmpty else { return try ids.map { (id) throws(AWSError) in try subnet(id) } }
    return world.subnets.values.filter { sees(vpcID: $0.vpcID) }
  }

  func routeTables(_ ids: [ID<RouteTable>]) throws(AWSError) -> [RouteTable] {
    guard ids.isEmpty else { return try ids.map { (id) throws(AWSError) in try routeTable(id) } }
    return world.routeTables.values.filter { sees(vpcID: $0.vpcID) }
  }

  func securityGroups(_ ids: [ID<SecurityGroup>]) throws(AWSError) -> [SecurityGroup] {
    guard ids.isEmpty else { return try ids.map { (id) throws(AWSError) in try securityGroup(id) } }
    return world.securityGroups.values.filter { sees($0) }
  }

  func networkInterfaces(_ ids: [ID<NetworkInterface>]) throws(AWSError) -> [NetworkInterface] {
    guard ids.isEmpty else { return try ids.map { (id) throws(AWSError) in try networkInterface(id) } }
    return world.networkInterfaces.values.filter { sees(vpcID: $0.vpcID) }
  }

  func peerings(_ ids: [ID<VPCPeeringConnection>]) throws(AWSError) -> [VPCPeeringConnection] {
    guard ids.isEmpty else { return try ids.map { (id) throws(AWSError) in try peering(id) } }
    return world.peerings.values.filter { sees($0) }
  }

  func dhcpOptions(_ ids: [ID<DHCPOptions>]) throws(AWSError) -> [DHCPOptions] {
    guard ids.isEmpty else { return try ids.map { (id) throws(AWSError) in try dhcpOptions(id) } }
    return world.dhcpOptions.values.filter { sees($0) }
  }
}
