// Network interfaces: of instances, and of services, whose descriptions tell what they are (S33).
import Cloud
import DNSWire

extension QueryService {
  static let interfaceOperations: [String: Operation] = [
    "DescribeNetworkInterfaces": { (call: inout Call, parameters) throws(AWSError) in
      try call.describeNetworkInterfaces(parameters)
    }
  ]
}

extension NetworkInterface {
  var attachmentID: String? { instanceID.map { derivedID("eni-attach", [id.rawValue, $0.rawValue]) } }

  /// A locally administered address (IEEE 802) that follows from the id.
  fileprivate var macAddress: String {
    let digits = Array(derivedID("mac", [id.rawValue]).suffix(10))
    return "02:" + stride(from: 0, to: 10, by: 2).map { String(digits[$0...$0 + 1]) }.joined(separator: ":")
  }
}

extension Call {
  fileprivate func describeNetworkInterfaces(_ parameters: Parameters) throws(AWSError) -> [XML] {
    let filters = try Filters(
      parameters,
      names: [
        "addresses.association.public-ip", "addresses.private-ip-address", "association.allocation-id",
        "association.public-ip", "attachment.attachment-id", "attachment.instance-id", "attachment.status",
        "availability-zone", "description", "group-id", "group-name", "mac-address", "network-interface-id", "owner-id",
        "private-dns-name", "private-ip-address", "requester-managed", "status", "subnet-id", "tag", "tag-key",
        "vpc-id",
      ])
    let all = try networkInterfaces(parameters.ec2IDs("NetworkInterfaceId", .networkInterface))
    let page = try PageRequest(parameters).page(filters.sift(all) { values($0, ofFilter: $1) }) { $0.id.rawValue }
    return [.list("networkInterfaceSet", page.items.map { members(of: $0, "tagSet") })] + XML.nextToken(page.next)
  }

  private func values(_ interface: NetworkInterface, ofFilter name: String) -> [String]? {
    let subnet = interface.subnetID.flatMap { world.subnets[$0] }
    let publicAddresses = interface.addresses.compactMap(\.publicAddress)
    return switch name {
    case "addresses.association.public-ip", "association.public-ip": publicAddresses.map(\.description)
    case "addresses.private-ip-address": interface.addresses.map(\.privateAddress.description)
    case "association.allocation-id": publicAddresses.compactMap { world.elasticIPs[$0]?.shownAllocationID }
    case "attachment.attachment-id": interface.attachmentID.map { [$0] }
    case "attachment.instance-id": interface.instanceID.map { [$0.rawValue] }
    case "attachment.status": [interface.instanceID == nil ? "detached" : "attached"]
    case "availability-zone": subnet?.availabilityZone.map { [$0] }
    case "description": [interface.networkInterfaceDescription]
    case "group-id": interface.securityGroupIDs.map(\.rawValue)
    case "group-name": interface.securityGroupIDs.compactMap { world.securityGroups[$0]?.name }
    case "mac-address": [interface.macAddress]
    case "network-interface-id": [interface.id.rawValue]
    case "owner-id": [caller.account]
    case "private-dns-name":
      interface.addresses.map { shown(RegionSuffixes(caller.region).privateHostname($0.privateAddress)) }
    case "private-ip-address": interface.addresses.first.map { [$0.privateAddress.description] }
    case "requester-managed": ["\(interface.isManaged)"]
    case "status": [interface.status]
    case "subnet-id": interface.subnetID.map { [$0.rawValue] }
    case "vpc-id": [interface.vpcID.rawValue]
    default: interface.tags.values(ofFilter: name)
    }
  }

  /// - Parameter tags: The name of the list; the interfaces of an instance come without.
  func members(of interface: NetworkInterface, _ tags: String? = nil) -> [XML] {
    let suffixes = RegionSuffixes(caller.region)
    let addresses = interface.addresses.enumerated().map { place, pair in
      [
        XML("privateIpAddress", pair.privateAddress),
        XML("privateDnsName", shown(suffixes.privateHostname(pair.privateAddress))), XML("primary", place == 0),
        pair.publicAddress.map { association($0, of: interface) },
      ].compactMap(\.self)
    }
    var members = [
      XML("networkInterfaceId", interface.id), XML("subnetId", optional: interface.subnetID),
      XML("vpcId", interface.vpcID), XML("description", interface.networkInterfaceDescription),
      XML("ownerId", caller.account), XML("status", interface.status), XML("macAddress", interface.macAddress),
      XML("interfaceType", "interface"), XML("sourceDestCheck", true), groupSet(interface.securityGroupIDs),
      .list("ipv6AddressesSet", interface.ipv6Addresses.map { [XML("ipv6Address", $0)] }),
      .list("privateIpAddressesSet", addresses),
    ].compactMap(\.self)
    if let pair = interface.addresses.first {
      members += [
        XML("privateIpAddress", pair.privateAddress),
        XML("privateDnsName", shown(suffixes.privateHostname(pair.privateAddress))),
      ]
      if let address = pair.publicAddress { members.append(association(address, of: interface)) }
    }
    if let attachmentID = interface.attachmentID {
      members.append(
        XML(
          "attachment",
          [
            XML("attachmentId", attachmentID), XML("deviceIndex", 0), XML("status", "attached"),
            XML("deleteOnTermination", true), XML("instanceId", optional: tags == nil ? nil : interface.instanceID),
            XML("instanceOwnerId", optional: tags == nil ? nil : caller.account),
          ].compactMap(\.self)))
    }
    guard let tags else { return members }
    if let zone = interface.subnetID.flatMap({ world.subnets[$0]?.availabilityZone }) {
      members.append(XML("availabilityZone", zone))
    }
    let items = interface.tags.sorted { $0.key < $1.key }.map { [XML("key", $0.key), XML("value", $0.value)] }
    return members + [XML("requesterManaged", interface.isManaged), .list(tags, items)]
  }

  private func association(_ address: IPv4Address, of interface: NetworkInterface) -> XML {
    let elasticIP = world.elasticIPs[address]
    return XML(
      "association",
      [
        XML("publicIp", address), XML("publicDnsName", publicHostname(address, in: interface.vpcID)),
        XML("ipOwnerId", elasticIP == nil ? "amazon" : caller.account),
        XML("allocationId", optional: elasticIP?.shownAllocationID),
        XML("associationId", optional: elasticIP?.associationID),
      ].compactMap(\.self))
  }
}

extension NetworkInterface {
  fileprivate var status: String { instanceID == nil && !isManaged ? "available" : "in-use" }
  /// Of a service: only those have a description and no instance here (S33).
  fileprivate var isManaged: Bool { instanceID == nil && !networkInterfaceDescription.isEmpty }
}
