// Ids in calls: AWS tells one that is misspelt from one that names nothing.
import Cloud
import DNSWire

extension Parameters {
  /// An id such as `vpc-1a2b3c4d`.
  /// - Throws: `InvalidVpcID.Malformed` and the like for another shape.
  func ec2ID<Kind>(_ name: String, _ shape: IDShape) throws(AWSError) -> ID<Kind> {
    try shape.check(try required(name))
  }

  func optionalEC2ID<Kind>(_ name: String, _ shape: IDShape) throws(AWSError) -> ID<Kind>? {
    guard let text = text(name), !text.isEmpty else { return nil }
    return try shape.check(text)
  }

  func ec2IDs<Kind>(_ name: String, _ shape: IDShape) throws(AWSError) -> [ID<Kind>] {
    var seen: Set<ID<Kind>> = []
    var ids: [ID<Kind>] = []
    for text in try texts(name) {
      let id: ID<Kind> = try shape.check(text)
      // Whoever names one twice means one.
      if seen.insert(id).inserted { ids.append(id) }
    }
    return ids
  }
}

extension Parameters {
  /// A range of a network: AWS cuts off host bits, and makes 100.68.0.0/18 of 100.68.0.18/18.
  func networkRange(_ name: String) throws(AWSError) -> CIDRBlock? {
    try parsed(name, "it must be a range such as 10.0.0.0/16") { text in
      let parts = text.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count == 2, let address = IPv4Address(parts[0]), let length = Int(parts[1]),
        let cut = CIDRBlock("\(CIDRBlock(cut: address, toPrefixLength: length).address)/\(parts[1])")
      else { return nil }
      return cut
    }
  }
}

/// The prefix of a kind of ids, and what a misspelt one is refused with.
struct IDShape: Sendable {
  var prefix: String
  var malformed: String

  static let vpc = IDShape(prefix: "vpc-", malformed: "InvalidVpcID.Malformed")
  static let image = IDShape(prefix: "ami-", malformed: "InvalidAMIID.Malformed")
  static let instance = IDShape(prefix: "i-", malformed: "InvalidInstanceID.Malformed")
  static let securityGroup = IDShape(prefix: "sg-", malformed: "InvalidGroupId.Malformed")
  static let subnet = IDShape(prefix: "subnet-", malformed: "InvalidSubnetID.Malformed")
  static let routeTable = IDShape(prefix: "rtb-", malformed: "InvalidRouteTableId.Malformed")
  static let peering = IDShape(prefix: "pcx-", malformed: "InvalidVpcPeeringConnectionId.Malformed")
  static let networkInterface = IDShape(prefix: "eni-", malformed: "InvalidNetworkInterfaceID.Malformed")
  static let internetGateway = IDShape(prefix: "igw-", malformed: "InvalidInternetGatewayId.Malformed")
  static let virtualPrivateGateway = IDShape(prefix: "vgw-", malformed: "InvalidVpnGatewayID.Malformed")
  static let natGateway = IDShape(prefix: "nat-", malformed: "NatGatewayMalformed")
  static let transitGateway = IDShape(prefix: "tgw-", malformed: "InvalidTransitGatewayID.Malformed")
  static let vpcEndpoint = IDShape(prefix: "vpce-", malformed: "InvalidVpcEndpointId.Malformed")
  static let dhcpOptions = IDShape(prefix: "dopt-", malformed: "InvalidDhcpOptionsID.Malformed")

  func check<Kind>(_ text: String) throws(AWSError) -> ID<Kind> {
    let rest = text.dropFirst(prefix.count)
    guard text.hasPrefix(prefix), !rest.isEmpty,
      rest.utf8.allSatisfy({ (48...57).contains($0) || (97...122).contains($0) || $0 == 45 })
    else { throw AWSError(malformed, "Invalid id: \"\(text)\" (expecting \"\(prefix)...\")") }
    return ID(text)
  }
}
