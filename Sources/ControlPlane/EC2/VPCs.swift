// VPCs: made, described, removed, and their DNS attributes (semantics 2.2).
import Cloud
import DNSWire

extension QueryService {
  static let vpcOperations: [String: Operation] = [
    "CreateVpc": { (call: inout Call, parameters) throws(AWSError) in
      guard let range = try parameters.networkRange("CidrBlock") else { throw .missing("CidrBlock") }
      let tags = try parameters.tagSpecifications("vpc")
      var vpc = VPC(
        id: call.allocator.id("vpc"), region: call.region, ownerID: call.caller.account, cidrBlock: range)
      if let tenancy = try parameters.choice("InstanceTenancy", VPC.Tenancy.self) { vpc.instanceTenancy = tenancy }
      if try parameters.boolean("AmazonProvidedIpv6CidrBlock") ?? false {
        _ = try call.associateIPv6Range(with: &vpc)
      }
      vpc.tags = tags["vpc"] ?? []
      try call.apply(.addVPC(vpc))
      // What AWS makes with each VPC: its main route table and its default group.
      var table = RouteTable(id: call.allocator.id("rtb"), vpcID: vpc.id)
      table.isMain = true
      table.routes = [.init(destination: range, target: "local", origin: .createRouteTable)]
      try call.apply(.addRouteTable(table))
      try call.apply(.addSecurityGroup(.default(call.allocator.id("sg"), of: vpc)))
      return [call.xml("vpc", vpc)]
    },
    "DeleteVpc": { (call: inout Call, parameters) throws(AWSError) in
      let vpc = try call.vpc(parameters.ec2ID("VpcId", .vpc))
      if let gateway = call.stored(.internetGateway).first(where: { $0.attachedVPC == vpc.id }) {
        throw AWSError(
          "DependencyViolation",
          "The vpc '\(vpc.id)' has dependencies and cannot be deleted: \(gateway.key.id) is attached to it")
      }
      try call.forget(vpc.id)
      try call.apply(.remove(.vpc(vpc.id)))
      return .done
    },
    "DescribeVpcs": { (call: inout Call, parameters) throws(AWSError) in
      let filters = try Filters(
        parameters,
        names: [
          "cidr", "cidr-block", "cidrBlock", "cidr-block-association.cidr-block", "dhcp-options-id", "is-default",
          "isDefault", "owner-id", "state", "tag", "tag-key", "vpc-id",
        ])
      let vpcs = filters.sift(try call.vpcs(parameters.ec2IDs("VpcId", .vpc))) { vpc, name in
        switch name {
        case "cidr", "cidr-block", "cidrBlock": [vpc.cidrBlock.description]
        case "cidr-block-association.cidr-block": vpc.cidrBlocks.map(\.description)
        case "dhcp-options-id": [vpc.dhcpOptionsID?.rawValue ?? "default"]
        case "is-default", "isDefault": ["\(vpc.isDefault)"]
        case "owner-id": [vpc.ownerID]
        case "state": ["available"]
        case "vpc-id": [vpc.id.rawValue]
        default: vpc.tags.values(ofFilter: name)
        }
      }
      let page = try PageRequest(parameters).page(vpcs) { $0.id.rawValue }
      var items: [[XML]] = []
      for vpc in page.items { items.append(call.members(of: vpc)) }
      return [.list("vpcSet", items)] + XML.nextToken(page.next)
    },
    "ModifyVpcAttribute": { (call: inout Call, parameters) throws(AWSError) in
      let vpc = try call.vpc(parameters.ec2ID("VpcId", .vpc))
      let support = try parameters.boolean("EnableDnsSupport.Value")
      let hostnames = try parameters.boolean("EnableDnsHostnames.Value")
      switch (support, hostnames) {
      case (let isOn?, nil): try call.apply(.modifyVPCAttribute(vpc.id, .enableDnsSupport(isOn)))
      case (nil, let isOn?): try call.apply(.modifyVPCAttribute(vpc.id, .enableDnsHostnames(isOn)))
      case (nil, nil): throw .missing("EnableDnsSupport or EnableDnsHostnames")
      case (.some, .some):
        throw .invalidCombination("Fields for multiple attribute types specified: EnableDnsSupport, EnableDnsHostnames")
      }
      return .done
    },
    "DescribeVpcAttribute": { (call: inout Call, parameters) throws(AWSError) in
      let vpc = try call.vpc(parameters.ec2ID("VpcId", .vpc))
      let attribute = try parameters.required("Attribute")
      let value =
        switch attribute {
        case "enableDnsSupport": vpc.enableDnsSupport
        case "enableDnsHostnames": vpc.enableDnsHostnames
        default: throw AWSError.invalid("Attribute", attribute, "it is enableDnsSupport or enableDnsHostnames")
        }
      return [XML("vpcId", vpc.id), XML(attribute, [XML("value", value)])]
    },
  ]
}

extension SecurityGroup {
  /// The group that each VPC has: its members reach each other, and everything outside.
  static func `default`(_ id: ID<SecurityGroup>, of vpc: VPC) -> SecurityGroup {
    var group = SecurityGroup(id: id, name: "default", ownerID: vpc.ownerID, vpcID: vpc.id)
    group.groupDescription = "default VPC security group"
    var inbound = Permission(ipProtocol: "-1")
    inbound.groupIDs = [id]
    group.ingress = [inbound]
    var outbound = Permission(ipProtocol: "-1")
    outbound.ipRanges = [.everywhere]
    group.egress = [outbound]
    return group
  }
}

extension Call {
  /// Takes a VPC that is going to be deleted from what is only stored: authorizations, and query logs of its questions.
  fileprivate mutating func forget(_ id: ID<VPC>) throws(AWSError) {
    for (key, details) in world.storedResources {
      switch key.kind {
      case .resolverQueryLogConfigAssociation where details.text("ResourceId") == id.rawValue:
        try apply(.remove(.stored(key)))
      case .vpcAssociationAuthorization:
        let vpcs = details["VPCs"]?.elements ?? []
        let rest = vpcs.filter { $0.members.text("VPCId") != id.rawValue }
        guard rest.count < vpcs.count else { continue }
        var left = StoredResource(key.kind, key.id, details)
        left.details["VPCs"] = .list(rest)
        try apply(rest.isEmpty ? .remove(.stored(key)) : .replace(.stored(left)))
      default: continue
      }
    }
  }

  func xml(_ name: String, _ vpc: VPC) -> XML { XML(name, members(of: vpc)) }

  func members(of vpc: VPC) -> [XML] {
    var members = [
      XML("vpcId", vpc.id), XML("ownerId", vpc.ownerID), XML("state", "available"), XML("cidrBlock", vpc.cidrBlock),
      .list("cidrBlockAssociationSet", vpc.cidrBlocks.map { vpc.members(of: .ipv4($0)) }),
    ]
    if !vpc.ipv6CIDRBlocks.isEmpty {
      members.append(.list("ipv6CidrBlockAssociationSet", vpc.ipv6CIDRBlocks.map { vpc.members(of: .ipv6($0)) }))
    }
    return members + [
      XML("dhcpOptionsId", vpc.dhcpOptionsID?.rawValue ?? "default"),
      XML("instanceTenancy", vpc.instanceTenancy.rawValue), XML("isDefault", vpc.isDefault), .tags(vpc.tags),
    ]
  }
}
