// Instances with their addresses, links, Elastic IP addresses.
import Cloud
import DNSWire

extension Item {
  /// `nil` without a report for a terminated instance. `vpcOfSubnet` serves items that name only their subnet.
  func instance(
    publicAddresses: AssociatedAddresses, vpcOfSubnet: (ID<Subnet>) -> ID<VPC>?, regionOfVPC: (ID<VPC>) -> Region?
  ) -> Instance? {
    let state = members.members("State")
    if state?.text("Name") == "terminated" { return nil }
    let subnetID: ID<Subnet>? = members.id("SubnetId")
    let vpcID: ID<VPC>? = members.id("VpcId") ?? subnetID.flatMap(vpcOfSubnet)
    let zone = members.members("Placement")?.text("AvailabilityZone")
    var instance = Instance(
      id: ID(id),
      region: region(impliedBy: zone.flatMap { Region(availabilityZone: $0) }, vpcID.flatMap(regionOfVPC)),
      ownerID: accountID)
    if let name = state?.choice("Name", among: Self.states) { instance.state = name }
    instance.vpcID = vpcID
    instance.subnetID = subnetID
    let interfaces = members.interfaces()
    instance.addresses = AddressPairs(addresses(interfaces, publicAddresses))
    instance.ipv6Addresses = ipv6Addresses(interfaces)
    instance.privateDnsNameOptions = members.members("PrivateDnsNameOptions")?.privateDnsNameOptions()
    instance.securityGroupIDs = members.groups("SecurityGroups")
    instance.instanceType = members.text("InstanceType")
    instance.availabilityZone = zone
    instance.tags = members.tags()
    instance.details = members.details(besides: .instance)
    return instance
  }

  private static let states: [Instance.State] = [.pending, .running, .shuttingDown, .stopping, .stopped]

  private func addresses(_ interfaces: [Members], _ associated: AssociatedAddresses) -> [AddressPair] {
    var pairs: [AddressPair] = []
    let primary = members.ipv4("PrivateIpAddress")
    let publicAddress = members.ipv4("PublicIpAddress")
    if let primary { pairs.append(AddressPair(privateAddress: primary, publicAddress: publicAddress)) }
    for interface in interfaces {
      for pair in interface.interfaceAddresses() { join(pair, to: &pairs, at: interface.spot) }
    }
    if let publicAddress {
      if pairs.isEmpty {
        members.report.error(members.spot(of: "PublicIpAddress"), "PublicIpAddress needs a PrivateIpAddress")
      } else {
        join(
          AddressPair(privateAddress: pairs[0].privateAddress, publicAddress: publicAddress), to: &pairs,
          at: members.spot(of: "PublicIpAddress"))
      }
    }
    if associated.isEmpty { return pairs }
    let interfaceIDs = interfaces.compactMap { $0.text("NetworkInterfaceId") }
    for address in associated.of(instance: id.rawValue, interfaces: interfaceIDs) {
      guard let target = address.privateAddress ?? pairs.first?.privateAddress else {
        members.report.error(
          members.spot, "the instance has no PrivateIpAddress, but an Elastic IP address", other: address.spot)
        continue
      }
      join(AddressPair(privateAddress: target, publicAddress: address.publicAddress), to: &pairs, at: address.spot)
    }
    return pairs
  }

  /// Adds a pair, or what it says about an address that is there already.
  private func join(_ pair: AddressPair, to pairs: inout [AddressPair], at spot: Spot) {
    guard let index = pairs.firstIndex(where: { $0.privateAddress == pair.privateAddress }) else {
      pairs.append(pair)
      return
    }
    guard let publicAddress = pair.publicAddress else { return }
    if let known = pairs[index].publicAddress, known != publicAddress {
      members.report.error(
        spot, "\(pair.privateAddress) of \(id) has two public addresses, \(known) and \(publicAddress), see",
        other: members.spot)
    }
    pairs[index].publicAddress = publicAddress
  }

  private func ipv6Addresses(_ interfaces: [Members]) -> [IPv6Address] {
    var result = [members.ipv6("Ipv6Address")].compactMap(\.self)
    for address in interfaces.flatMap({ $0.interfaceIPv6Addresses() }) where !result.contains(address) {
      result.append(address)
    }
    return result
  }

  func classicLink() -> ClassicLink? {
    guard let vpcID: ID<VPC> = members.required("VpcId", members.id("VpcId")) else { return nil }
    return ClassicLink(instanceID: ID(id), vpcID: vpcID, securityGroupIDs: members.groups("Groups"))
  }

  /// `regionOfTarget` serves addresses whose item says nothing about its Region.
  func elasticIP(regionOfTarget: (ID<Instance>?, ID<NetworkInterface>?) -> Region?) -> ElasticIP? {
    guard let publicIP = members.ipv4("PublicIp") else { return nil }
    let interfaceID: ID<NetworkInterface>? = members.id("NetworkInterfaceId")
    let given = members.choice("Domain", among: [ElasticIP.Domain.standard, .vpc])
    // Only an address of a VPC has an allocation or an interface.
    let domain: ElasticIP.Domain = members.has("AllocationId") || interfaceID != nil ? .vpc : .standard
    // The location an address is announced from, a Region or a local zone.
    let border = members.text("NetworkBorderGroup").flatMap { Region(availabilityZone: $0) }
    let instanceID: ID<Instance>? = members.id("InstanceId")
    var address = ElasticIP(
      publicIP: publicIP, region: region(impliedBy: regionOfTarget(instanceID, interfaceID), border),
      domain: given ?? domain)
    address.ownerID = accountID
    address.allocationID = members.text("AllocationId")
    address.instanceID = instanceID
    address.networkInterfaceID = interfaceID
    address.privateIPAddress = members.ipv4("PrivateIpAddress")
    address.tags = members.tags()
    return address
  }
}

extension Members {
  /// `NetworkInterfaces`, the first device first.
  func interfaces() -> [Members] {
    let elements = list("NetworkInterfaces")
    if elements.count < 2 { return elements }
    let interfaces = elements.map { interface in
      (device: interface.members("Attachment")?.integer("DeviceIndex", in: 0...Int(UInt16.max)) ?? 0, interface)
    }
    return interfaces.enumerated().sorted { ($0.element.device, $0.offset) < ($1.element.device, $1.offset) }
      .map(\.element.1)
  }

  /// The addresses of an interface, the primary one first.
  func interfaceAddresses() -> [AddressPair] {
    let listed = list("PrivateIpAddresses").compactMap { address -> (isPrimary: Bool, pair: AddressPair)? in
      guard let own = address.required("PrivateIpAddress", address.ipv4("PrivateIpAddress")) else { return nil }
      let publicAddress = address.members("Association")?.ipv4("PublicIp")
      return (address.boolean("Primary") ?? false, AddressPair(privateAddress: own, publicAddress: publicAddress))
    }
    var pairs = (listed.filter(\.isPrimary) + listed.filter { !$0.isPrimary }).map(\.pair)
    if let own = ipv4("PrivateIpAddress") {
      let publicAddress = members("Association")?.ipv4("PublicIp")
      if let index = pairs.firstIndex(where: { $0.privateAddress == own }) {
        pairs[index].publicAddress = pairs[index].publicAddress ?? publicAddress
      } else {
        pairs.insert(AddressPair(privateAddress: own, publicAddress: publicAddress), at: 0)
      }
    }
    return pairs
  }

  func interfaceIPv6Addresses() -> [IPv6Address] {
    list("Ipv6Addresses").compactMap { $0.required("Ipv6Address", $0.ipv6("Ipv6Address")) }
  }
}

/// The Elastic IP addresses by what they are associated with.
struct AssociatedAddresses {
  struct Entry {
    var publicAddress: IPv4Address
    /// `nil`: the primary one.
    var privateAddress: IPv4Address?
    var spot: Spot
  }
  private var byInstance: [String: [Entry]] = [:]
  private var byInterface: [String: [Entry]] = [:]

  mutating func add(_ address: ElasticIP, at spot: Spot) {
    let entry = Entry(publicAddress: address.publicIP, privateAddress: address.privateIPAddress, spot: spot)
    if let id = address.instanceID?.rawValue { byInstance[id, default: []].append(entry) }
    if let id = address.networkInterfaceID?.rawValue { byInterface[id, default: []].append(entry) }
  }

  var isEmpty: Bool { byInstance.isEmpty && byInterface.isEmpty }

  func of(instance: String, interfaces: [String]) -> [Entry] {
    (byInstance[instance] ?? []) + interfaces.flatMap { byInterface[$0] ?? [] }
  }

  func of(interface: String) -> [Entry] { byInterface[interface] ?? [] }
}
