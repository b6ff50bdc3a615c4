// Instances, links, Elastic IP addresses and requesters as items.
import Cloud
import DNSWire

extension WrittenItem {
  /// An instance that says no more than generated worlds do is written as one: reading those is much quicker.
  init(_ instance: Instance) {
    self.init("Instances", id: instance.id.rawValue)
    add("InstanceId", instance.id.rawValue)
    if instance.state != .running { add("State", .mapping(["Name": .text(instance.state.rawValue)])) }
    add("VpcId", instance.vpcID?.rawValue)
    add("SubnetId", instance.subnetID?.rawValue)
    add("PrivateIpAddress", .text(instance.privateIPAddress))
    add("PublicIpAddress", .text(instance.publicIPAddress))
    add("Ipv6Address", .text(instance.ipv6Addresses.first))
    let further = instance.ipv6Addresses.dropFirst()
    if instance.addresses.count > 1 || !further.isEmpty {
      add(
        "NetworkInterfaces",
        .list([
          .mapping([
            "PrivateIpAddresses": .list(Detail.privateAddresses(Array(instance.addresses))),
            "Ipv6Addresses": .list(further.map { .mapping(["Ipv6Address": .text($0.description)]) }),
          ])
        ]))
    }
    add("SecurityGroups", Detail.groups(instance.securityGroupIDs))
    add("PrivateDnsNameOptions", instance.privateDnsNameOptions.map(Detail.privateDnsNameOptions))
    add("InstanceType", instance.instanceType)
    add("Placement", instance.availabilityZone.map { .mapping(["AvailabilityZone": .text($0)]) })
    add(
      region: instance.region, impliedBy: instance.availabilityZone.flatMap { Region(availabilityZone: $0) },
      isInVPC: instance.vpcID != nil)
    add(ownerID: instance.ownerID)
    add(tags: instance.tags)
    add(instance.details)
  }

  init(_ link: ClassicLink) {
    self.init("ClassicLinkInstances", id: link.instanceID.rawValue)
    add("InstanceId", link.instanceID.rawValue)
    add("VpcId", link.vpcID.rawValue)
    add("Groups", Detail.groups(link.securityGroupIDs))
  }

  init(_ address: ElasticIP) {
    self.init("Addresses", id: address.publicIP.description)
    add("PublicIp", address.publicIP.description)
    add("Domain", address.domain.rawValue)
    add("AllocationId", address.allocationID)
    add("InstanceId", address.instanceID?.rawValue)
    add("NetworkInterfaceId", address.networkInterfaceID?.rawValue)
    add("PrivateIpAddress", .text(address.privateIPAddress))
    // What it is associated with is in the same Region.
    add(region: address.region, isInVPC: address.instanceID != nil || address.networkInterfaceID != nil)
    add(ownerID: address.ownerID)
    add(tags: address.tags)
  }

  init(_ requester: Requester) {
    self.init("Requesters", id: LoadedWorld.id(of: requester))
    let (text, isAddress) =
      switch requester.source {
      case .v4(let range):
        range.prefixLength == 32 ? (range.address.description, true) : (range.description, false)
      case .v6(let range):
        range.prefixLength == 128 ? (range.address.description, true) : (range.description, false)
      }
    add(isAddress ? "SourceAddress" : "SourceCidr", text)
    switch requester.identity {
    case .instance(let id): add("InstanceId", id.rawValue)
    case .vpc(let id): add("VpcId", id.rawValue)
    case .classic(let region):
      add("Network", "classic")
      add(region: region)
    case .internet: add("Network", "internet")
    }
  }
}
