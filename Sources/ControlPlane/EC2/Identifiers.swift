// Ids in calls: AWS tells one that is misspelt from one that names nothing.
import Cloud

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
    var ids: [ID<Kind>] = []
    for text in try texts(name) { ids.append(try shape.check(text)) }
    return ids
  }
}

/// The prefix of a kind of ids, and what a misspelt one is refused with.
struct IDShape: Sendable {
  var prefix: String
  var malformed: String

  static let vpc = IDShape(prefix: "vpc-", malformed: "InvalidVpcID.Malformed")
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
