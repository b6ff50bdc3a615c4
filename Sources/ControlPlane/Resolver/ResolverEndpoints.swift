// Resolver endpoints: their addresses are held by interfaces in the VPC; the rest is kept and described.
import Cloud
import DNSWire

extension JSONService {
  static let resolverEndpointOperations: [String: JSONOperation] = [
    "CreateResolverEndpoint": { (call: inout Call, parameters) throws(AWSError) in
      try createResolverEndpoint(&call, parameters)
    },
    "GetResolverEndpoint": { (call: inout Call, parameters) throws(AWSError) in
      let (id, details) = try call.resolverEndpoint(parameters)
      return ["ResolverEndpoint": .mapping(call.members(ofEndpoint: id, details))]
    },
    "DeleteResolverEndpoint": { (call: inout Call, parameters) throws(AWSError) in
      let (id, details) = try call.resolverEndpoint(parameters)
      if let rule = call.resolverRules.first(where: { $0.details.text("ResolverEndpointId") == id }) {
        throw AWSError("InvalidRequestException", "The rule '\(rule.id)' uses '\(id)': delete the rule first")
      }
      for address in details.mappings("IpAddresses") {
        guard let interface = address.text("NetworkInterfaceId") else { continue }
        try call.apply(.remove(.networkInterface(ID(interface))))
      }
      try call.apply(.remove(.stored(StoredResource.Key(.resolverEndpoint, id))))
      return ["ResolverEndpoint": .mapping(call.members(ofEndpoint: id, details, status: "DELETING"))]
    },
    "ListResolverEndpoints": { (call: inout Call, parameters) throws(AWSError) in
      var items: [Details] = []
      for entry in call.storedDetails(.resolverEndpoint) {
        items.append(call.members(ofEndpoint: entry.id, entry.details))
      }
      let names = ["CreatorRequestId", "Direction", "HostVPCId", "IpAddressCount", "Name", "Status"]
      return try parameters.page(
        "ResolverEndpoints", items, filters: Dictionary(uniqueKeysWithValues: names.map { ($0, $0) }))
    },
    "ListResolverEndpointIpAddresses": { (call: inout Call, parameters) throws(AWSError) in
      let (_, details) = try call.resolverEndpoint(parameters)
      let items = details.mappings("IpAddresses").map { address -> Details in
        var item = address
        // The page is sorted by `Id`.
        item["Id"] = address["IpId"]
        return item
      }
      var page = try parameters.page("IpAddresses", items)
      page["IpAddresses"] = .list(
        page.mappings("IpAddresses").map { address in
          .mapping(
            address.filter { !["Id", "NetworkInterfaceId"].contains($0.key) }.merging(["Status": .text("ATTACHED")]) {
              $1
            })
        })
      return page
    },
  ]

  /// IP addresses of an endpoint (its model).
  private static let addressCounts = 2...20

  private static func createResolverEndpoint(
    _ call: inout Call, _ parameters: Parameters
  ) throws(AWSError) -> Details {
    let direction = try parameters.direction()
    let id = "rslvr-\(direction == "INBOUND" ? "in" : "out")-0\(call.allocator.hexadecimal(16))"
    var details = Details(madeBy: call)
    details["Direction"] = .text(direction)
    details["CreatorRequestId"] = .text(try parameters.creatorRequestID())
    details["ModificationTime"] = .text(call.now.description)
    if let name = try parameters.resolverName() { details["Name"] = .text(name) }
    details.tags = try parameters.resolverTags()
    details["ResolverEndpointType"] = .text("IPV4")
    details["Protocols"] = .texts(["Do53"])
    for (name, value) in [("ResolverEndpointType", "IPV4"), ("Protocols.1", "Do53")] {
      if let given = parameters.text(name), given != value { throw .invalid(name, given, "it must be \(value)") }
    }
    for other in call.storedDetails(.resolverEndpoint)
    where other.details["CreatorRequestId"] == details["CreatorRequestId"] {
      throw AWSError("ResourceExistsException", "'\(other.id)' was made with this CreatorRequestId")
    }
    let entries = try parameters.structures("IpAddresses")
    guard addressCounts.contains(entries.count) else {
      throw .invalid("IpAddresses", "\(entries.count)", "an endpoint has from 2 to 20 of them")
    }
    let groups: [ID<SecurityGroup>] = try parameters.ids("SecurityGroupIds")
    guard !groups.isEmpty else { throw .missing("SecurityGroupIds") }
    var host: ID<VPC>?
    var addresses: [Detail] = []
    for entry in entries {
      let subnet = try call.subnetOfEndpoint(entry.requiredID("SubnetId"), host)
      host = subnet.vpcID
      let address: IPv4Address
      if let given = try entry.ipv4("Ip") {
        try Allocator.check(given, in: subnet)
        address = given
      } else {
        address = try call.allocator.privateAddress(in: subnet, call.world)
      }
      let ipID = "rni-0\(call.allocator.hexadecimal(16))"
      var interface = NetworkInterface(id: call.allocator.id("eni"), vpcID: subnet.vpcID)
      interface.subnetID = subnet.id
      interface.securityGroupIDs = groups
      interface.addresses = [AddressPair(privateAddress: address, publicAddress: nil)]
      interface.networkInterfaceDescription = "Route 53 Resolver: \(id):\(ipID)"
      try call.apply(.addNetworkInterface(interface))
      addresses.append(
        .mapping([
          "IpId": .text(ipID), "SubnetId": .text(subnet.id.rawValue), "Ip": .text(address.description),
          "NetworkInterfaceId": .text(interface.id.rawValue), "CreationTime": .text(call.now.description),
          "ModificationTime": .text(call.now.description),
        ]))
    }
    details["IpAddresses"] = .list(addresses)
    details["SecurityGroupIds"] = .texts(groups.map(\.rawValue))
    details["HostVPCId"] = host.map { .text($0.rawValue) }
    try call.apply(.addStored(StoredResource(.resolverEndpoint, id, details)))
    return ["ResolverEndpoint": .mapping(call.members(ofEndpoint: id, details))]
  }
}

extension Parameters {
  fileprivate func direction() throws(AWSError) -> String {
    let direction = try required("Direction")
    guard ["INBOUND", "OUTBOUND"].contains(direction) else {
      throw .invalid("Direction", direction, "it must be INBOUND or OUTBOUND")
    }
    return direction
  }
}

extension Call {
  fileprivate func resolverEndpoint(_ parameters: Parameters) throws(AWSError) -> (id: String, details: Details) {
    let id = try parameters.required("ResolverEndpointId")
    return (id, try storedDetails(.resolverEndpoint, id, "resolver endpoint"))
  }

  /// Refuses an endpoint through which no rule can forward.
  func checkOutbound(_ id: String) throws(AWSError) {
    guard try storedDetails(.resolverEndpoint, id, "resolver endpoint").text("Direction") == "OUTBOUND" else {
      throw AWSError("InvalidParameterException", "The endpoint '\(id)' is not an outbound one")
    }
  }

  /// A subnet of the caller's, in the VPC of the endpoint's other subnets.
  fileprivate func subnetOfEndpoint(_ id: ID<Subnet>, _ host: ID<VPC>?) throws(AWSError) -> Subnet {
    guard let subnet = world.subnets[id], let vpc = world.vpcs[subnet.vpcID], sees(vpc) else {
      throw .resolverResourceNotFound("subnet", id.rawValue)
    }
    guard host == nil || host == vpc.id else {
      throw AWSError("InvalidRequestException", "The subnets of an endpoint are in one VPC, and '\(id)' is not")
    }
    // Semantics 3.4.
    guard vpc.instanceTenancy != .dedicated else {
      throw AWSError("InvalidRequestException", "An endpoint cannot be in '\(vpc.id)', which has dedicated tenancy")
    }
    return subnet
  }

  fileprivate func members(ofEndpoint id: String, _ details: Details, status: String = "OPERATIONAL") -> Details {
    let own: Details = [
      "Id": .text(id), "Status": .text(status), "Arn": .text(resolverARN("resolver-endpoint", id, details)),
      "IpAddressCount": .number(details.mappings("IpAddresses").count),
    ]
    var members = details.shown.merging(own) { _, own in own }
    members["OwnerId"] = nil
    return members
  }
}
