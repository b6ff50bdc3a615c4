// Elastic IP addresses, of two kinds that do not mix: of EC2-Classic (`standard`) and of VPCs (S59, semantics 4.5).
import Cloud
import DNSWire

extension QueryService {
  static let addressOperations: [String: Operation] = [
    "AllocateAddress": { (call: inout Call, parameters) throws(AWSError) in
      let domain =
        try parameters.parsed("Domain", "it is standard or vpc") { ElasticIP.Domain(rawValue: $0) }
        ?? (call.supportsClassic ? .standard : .vpc)
      let publicIP: IPv4Address
      if let wanted = try parameters.ipv4("Address") {
        guard domain == .vpc else {
          throw .invalidCombination("An address of EC2-Classic cannot be chosen")
        }
        if let range = CIDRBlock.neverPublic.first(where: { $0.contains(wanted) }) {
          throw .invalid("Address", "\(wanted)", "no public address is in \(range)")
        }
        publicIP = wanted
      } else {
        publicIP = try call.allocator.publicAddress(domain, call.world)
      }
      var address = ElasticIP(publicIP: publicIP, region: call.region, domain: domain)
      address.ownerID = call.caller.account
      if domain == .vpc { address.allocationID = "eipalloc-0\(call.allocator.hexadecimal(16))" }
      address.tags = try parameters.tagSpecifications("elastic-ip")["elastic-ip"] ?? []
      try call.apply(.addElasticIP(address))
      return [
        XML("publicIp", publicIP), XML("domain", domain.rawValue), XML("allocationId", optional: address.allocationID),
      ].compactMap(\.self)
    },
    "ReleaseAddress": { (call: inout Call, parameters) throws(AWSError) in
      let address = try call.address(parameters)
      let instanceID = address.domain == .standard ? address.instanceID : nil
      try call.apply(.remove(.elasticIP(address.publicIP)))
      try call.giveBack(instanceID)
      return .done
    },
    "AssociateAddress": { (call: inout Call, parameters) throws(AWSError) in try call.associateAddress(parameters) },
    "DisassociateAddress": { (call: inout Call, parameters) throws(AWSError) in
      var address: ElasticIP
      if let id = parameters.text("AssociationId"), !id.isEmpty {
        guard let found = call.visibleAddresses.first(where: { $0.associationID == id }) else {
          throw AWSError("InvalidAssociationID.NotFound", "The association ID '\(id)' does not exist")
        }
        address = found
      } else {
        address = try call.address(parameters)
      }
      let instanceID = call.instanceID(of: address)
      address.associate(with: nil, nil, nil)
      try call.apply(.replace(.elasticIP(address)))
      try call.giveBack(instanceID)
      return .done
    },
    "DescribeAddresses": { (call: inout Call, parameters) throws(AWSError) in try call.describeAddresses(parameters) },
  ]
}

extension ElasticIP {
  /// A world file need not tell the id.
  var shownAllocationID: String? {
    domain == .vpc ? allocationID ?? derivedID("eipalloc", [publicIP.description]) : nil
  }

  /// Only associations in a VPC have one.
  var associationID: String? {
    guard domain == .vpc, let target = networkInterfaceID?.rawValue ?? instanceID?.rawValue else { return nil }
    return derivedID("eipassoc", [publicIP.description, target, privateIPAddress?.description ?? ""])
  }

  fileprivate mutating func associate(
    with instanceID: ID<Instance>?, _ interfaceID: ID<NetworkInterface>?, _ privateAddress: IPv4Address?
  ) {
    self.instanceID = instanceID
    networkInterfaceID = interfaceID
    privateIPAddress = privateAddress
  }
}

extension Call {
  fileprivate var visibleAddresses: [ElasticIP] { world.elasticIPs.values.filter { sees($0) } }

  /// By `AllocationId` or by `PublicIp`.
  fileprivate func address(_ parameters: Parameters) throws(AWSError) -> ElasticIP {
    if let id = parameters.text("AllocationId"), !id.isEmpty {
      guard !parameters.has("PublicIp") else {
        throw .invalidCombination("You may specify public IP or allocation id, but not both in the same call")
      }
      guard let address = visibleAddresses.first(where: { $0.shownAllocationID == id }) else {
        throw AWSError("InvalidAllocationID.NotFound", "The allocation ID '\(id)' does not exist")
      }
      return address
    }
    guard let publicIP = try parameters.ipv4("PublicIp") else { throw .missing("AllocationId") }
    guard let address = world.elasticIPs[publicIP], sees(address) else {
      throw AWSError("InvalidAddress.NotFound", "Address '\(publicIP)' not found.")
    }
    return address
  }

  fileprivate func instanceID(of address: ElasticIP) -> ID<Instance>? {
    address.instanceID ?? address.networkInterfaceID.flatMap { world.networkInterfaces[$0]?.instanceID }
  }

  /// An instance that had a public address of its own gets a new one when it loses its Elastic one.
  fileprivate mutating func giveBack(_ id: ID<Instance>?) throws(AWSError) {
    guard let id, var instance = world.instances[id], instance.state == .running, !instance.addresses.isEmpty,
      instance.publicIPAddress == nil,
      instance.isClassic || instance.details.boolean(Launch.publicAddressMember) == true
    else { return }
    let address = try allocator.publicAddress(instance.isClassic ? .standard : .vpc, world)
    instance.addresses[0].publicAddress = address
    try apply(.replace(.instance(instance)))
    for var interface in world.networkInterfaces(of: id)
    where interface.addresses.first?.privateAddress == instance.privateIPAddress {
      interface.addresses[0].publicAddress = address
      try apply(.replace(.networkInterface(interface)))
    }
  }

  fileprivate mutating func associateAddress(_ parameters: Parameters) throws(AWSError) -> [XML] {
    let old = try address(parameters)
    let mayMove = try parameters.boolean("AllowReassociation") ?? (old.domain == .standard || !supportsClassic)
    var new = old
    var privateAddress = try parameters.ipv4("PrivateIpAddress")
    let interface: NetworkInterface?
    let instance: Instance?
    if let id: ID<NetworkInterface> = try parameters.optionalEC2ID("NetworkInterfaceId", .networkInterface) {
      interface = try networkInterface(id)
      instance = interface?.instanceID.flatMap { world.instances[$0] }
    } else {
      let found = try self.instance(parameters.ec2ID("InstanceId", .instance))
      guard !found.isClassic || found.state == .running else {
        throw AWSError("IncorrectInstanceState", "The instance '\(found.id)' is not running")
      }
      instance = found
      let wanted = privateAddress ?? found.privateIPAddress
      interface = world.networkInterfaces(of: found.id).first { $0.addresses.contains { $0.privateAddress == wanted } }
    }
    if let interface, let service = world.service(of: interface) {
      throw AWSError("AuthFailure", "The network interface '\(interface.id)' is managed by \(service)")
    }
    if old.domain == .vpc {
      privateAddress = privateAddress ?? interface?.addresses.first?.privateAddress ?? instance?.privateIPAddress
    }
    new.associate(with: instance?.id, interface?.id, privateAddress)
    let before = instanceID(of: old)
    guard new != old else { return done(new) }
    guard before == nil && old.networkInterfaceID == nil || mayMove else {
      throw AWSError(
        "Resource.AlreadyAssociated",
        "resource \(old.shownAllocationID ?? old.publicIP.description) is already associated")
    }
    try disassociate(at: privateAddress, of: interface, instance, besides: old, mayMove)
    try apply(.replace(.elasticIP(new)))  // S59
    if before != instance?.id { try giveBack(before) }
    return done(new)
  }

  private func done(_ address: ElasticIP) -> [XML] {
    .done + [XML("associationId", optional: address.associationID)].compactMap(\.self)
  }

  /// Another Elastic IP address that stands where this one is to go.
  private mutating func disassociate(
    at privateAddress: IPv4Address?, of interface: NetworkInterface?, _ instance: Instance?, besides own: ElasticIP,
    _ mayMove: Bool
  ) throws(AWSError) {
    let pairs = interface?.addresses ?? Array(instance?.addresses ?? [])
    let pair = privateAddress.map { wanted in pairs.first { $0.privateAddress == wanted } } ?? pairs.first
    guard let held = pair?.publicAddress, held != own.publicIP, var other = world.elasticIPs[held],
      other.domain == own.domain
    else { return }
    guard mayMove else {
      throw AWSError(
        "Resource.AlreadyAssociated",
        "resource \(interface?.id.rawValue ?? instance?.id.rawValue ?? "") is already associated with address \(held)")
    }
    other.associate(with: nil, nil, nil)
    try apply(.replace(.elasticIP(other)))
  }

  // MARK: Describing

  fileprivate func describeAddresses(_ parameters: Parameters) throws(AWSError) -> [XML] {
    let filters = try Filters(
      parameters,
      names: [
        "allocation-id", "association-id", "domain", "instance-id", "network-interface-id", "private-ip-address",
        "public-ip", "tag", "tag-key",
      ])
    var addresses = visibleAddresses
    let ids = try parameters.texts("AllocationId")
    let knownIDs = Set(ids.isEmpty ? [] : addresses.compactMap(\.shownAllocationID))
    for id in ids where !knownIDs.contains(id) {
      throw AWSError("InvalidAllocationID.NotFound", "The allocation ID '\(id)' does not exist")
    }
    let publicIPs = try parameters.texts("PublicIp")
    let knownIPs = Set(publicIPs.isEmpty ? [] : addresses.map(\.publicIP.description))
    for text in publicIPs where !knownIPs.contains(text) {
      throw AWSError("InvalidAddress.NotFound", "Address '\(text)' not found.")
    }
    if !ids.isEmpty || !publicIPs.isEmpty {
      let (wantedIDs, wantedIPs) = (Set(ids), Set(publicIPs))
      addresses = addresses.filter { address in
        wantedIPs.contains(address.publicIP.description)
          || address.shownAllocationID.map { wantedIDs.contains($0) } ?? false
      }
    }
    let sorted = filters.sift(addresses) { values($0, ofFilter: $1) }.sorted { $0.publicIP < $1.publicIP }
    return [.list("addressesSet", sorted.map { members(of: $0) })]
  }

  private func values(_ address: ElasticIP, ofFilter name: String) -> [String]? {
    switch name {
    case "allocation-id": address.shownAllocationID.map { [$0] }
    case "association-id": address.associationID.map { [$0] }
    case "domain": [address.domain.rawValue]
    case "instance-id": instanceID(of: address).map { [$0.rawValue] }
    case "network-interface-id": address.networkInterfaceID.map { [$0.rawValue] }
    case "private-ip-address": privateAddress(of: address).map { [$0.description] }
    case "public-ip": [address.publicIP.description]
    default: address.tags.values(ofFilter: name)
    }
  }

  /// That it names, else the one of its instance that shows it.
  private func privateAddress(of address: ElasticIP) -> IPv4Address? {
    guard address.domain == .vpc else { return nil }
    let pairs =
      address.networkInterfaceID.flatMap { world.networkInterfaces[$0]?.addresses }
      ?? address.instanceID.flatMap { world.instances[$0] }.map { Array($0.addresses) } ?? []
    return address.privateIPAddress ?? pairs.first { $0.publicAddress == address.publicIP }?.privateAddress
  }

  private func members(of address: ElasticIP) -> [XML] {
    [
      XML("publicIp", address.publicIP), XML("domain", address.domain.rawValue),
      XML("allocationId", optional: address.shownAllocationID),
      XML("associationId", optional: address.associationID), XML("instanceId", instanceID(of: address)?.rawValue ?? ""),
      XML("networkInterfaceId", optional: address.networkInterfaceID),
      XML("networkInterfaceOwnerId", optional: address.networkInterfaceID == nil ? nil : address.ownerID),
      XML("privateIpAddress", optional: privateAddress(of: address)), .tags(address.tags),
    ].compactMap(\.self)
  }
}
