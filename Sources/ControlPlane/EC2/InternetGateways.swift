// Internet gateways: no answer depends on them, but each network that is built by calls begins with one.
import Cloud

extension QueryService {
  static let internetGatewayOperations: [String: Operation] = [
    "CreateInternetGateway": { (call: inout Call, parameters) throws(AWSError) in
      var gateway = StoredResource(
        .internetGateway, "igw-0" + call.allocator.hexadecimal(16),
        ["OwnerId": .text(call.caller.account), "Region": .text(call.region.code)])
      gateway.details.tags = try parameters.tagSpecifications("internet-gateway")["internet-gateway"] ?? []
      try call.apply(.addStored(gateway))
      return [XML("internetGateway", Call.members(of: gateway))]
    },
    "AttachInternetGateway": { (call: inout Call, parameters) throws(AWSError) in
      var gateway = try call.internetGateway(parameters.required("InternetGatewayId"))
      let vpc = try call.vpc(parameters.ec2ID("VpcId", .vpc))
      if let other = gateway.attachedVPC {
        throw AWSError(
          "Resource.AlreadyAssociated", "resource \(gateway.key.id) is already attached to network \(other)")
      }
      if let other = call.stored(.internetGateway).first(where: { $0.attachedVPC == vpc.id }) {
        throw .invalid("vpcId", "\(vpc.id)", "the network has the internet gateway \(other.key.id) already attached")
      }
      gateway.details["Attachments"] = .list([
        .mapping(["VpcId": .text(vpc.id.rawValue), "State": .text("available")])
      ])
      try call.apply(.replace(.stored(gateway)))
      return .done
    },
    "DetachInternetGateway": { (call: inout Call, parameters) throws(AWSError) in
      var gateway = try call.internetGateway(parameters.required("InternetGatewayId"))
      let vpc = try call.vpc(parameters.ec2ID("VpcId", .vpc))
      guard gateway.attachedVPC == vpc.id else {
        throw AWSError("Gateway.NotAttached", "resource \(gateway.key.id) is not attached to network \(vpc.id)")
      }
      gateway.details["Attachments"] = nil
      try call.apply(.replace(.stored(gateway)))
      return .done
    },
    "DeleteInternetGateway": { (call: inout Call, parameters) throws(AWSError) in
      let gateway = try call.internetGateway(parameters.required("InternetGatewayId"))
      guard gateway.attachedVPC == nil else {
        throw AWSError(
          "DependencyViolation",
          "The internetGateway '\(gateway.key.id)' has dependencies and cannot be deleted.")
      }
      try call.apply(.remove(.stored(gateway.key)))
      return .done
    },
    "DescribeInternetGateways": { (call: inout Call, parameters) throws(AWSError) in
      let filters = try Filters(
        parameters,
        names: ["attachment.state", "attachment.vpc-id", "internet-gateway-id", "owner-id", "tag", "tag-key"])
      let ids = try parameters.texts("InternetGatewayId")
      let named =
        ids.isEmpty
        ? call.stored(.internetGateway) : try ids.map { (id) throws(AWSError) in try call.internetGateway(id) }
      let gateways = filters.sift(named) { gateway, name in
        switch name {
        case "attachment.state": gateway.attachedVPC == nil ? [] : ["available"]
        case "attachment.vpc-id": gateway.attachedVPC.map { [$0.rawValue] } ?? []
        case "internet-gateway-id": [gateway.key.id]
        case "owner-id": gateway.details.text("OwnerId").map { [$0] }
        default: gateway.details.tags.values(ofFilter: name)
        }
      }
      let page = try PageRequest(parameters).page(gateways) { $0.key.id }
      return [.list("internetGatewaySet", page.items.map { Call.members(of: $0) })] + XML.nextToken(page.next)
    },
  ]
}

extension Call {
  func internetGateway(_ id: String) throws(AWSError) -> StoredResource {
    let id: ID<StoredResource> = try IDShape.internetGateway.check(id)
    guard let gateway = stored(.internetGateway, id.rawValue) else {
      throw AWSError("InvalidInternetGatewayID.NotFound", "The internetGateway ID '\(id)' does not exist")
    }
    return gateway
  }

  fileprivate static func members(of gateway: StoredResource) -> [XML] {
    let attachments = gateway.details.mappings("Attachments").map {
      [XML("vpcId", optional: $0.text("VpcId")), XML("state", optional: $0.text("State"))].compactMap(\.self)
    }
    return [
      XML("internetGatewayId", gateway.key.id), XML("ownerId", optional: gateway.details.text("OwnerId")),
      .list("attachmentSet", attachments), .tags(gateway.details.tags),
    ].compactMap(\.self)
  }
}

extension StoredResource {
  /// The VPC that an internet gateway is attached to.
  var attachedVPC: ID<VPC>? { details.mappings("Attachments").first?.text("VpcId").map { ID($0) } }
}
