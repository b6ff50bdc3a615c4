// Route tables: routes, and the subnets that follow them. The route to EC2-Classic comes and goes by itself
// (S41–S43).
import Cloud

extension QueryService {
  static let routeTableOperations: [String: Operation] = [
    "CreateRouteTable": { (call: inout Call, parameters) throws(AWSError) in
      let vpc = try call.vpc(parameters.ec2ID("VpcId", .vpc))
      // The same token makes the same id: a repeated call finds what the first one made.
      let token = try parameters.clientToken()
      let id: ID<RouteTable> =
        token.map { ID(derivedID("rtb", [call.caller.account, call.region.code, $0])) } ?? call.allocator.id("rtb")
      if let table = call.world.routeTables[id] {
        guard table.vpcID == vpc.id else { throw .idempotentParameterMismatch }
        _ = try parameters.tagSpecifications("route-table")
        return [XML("routeTable", call.members(of: table))]
      }
      var table = RouteTable(id: id, vpcID: vpc.id)
      table.routes = vpc.cidrBlocks.map { .init(destination: $0, target: "local", origin: .createRouteTable) }
      table.tags = try parameters.tagSpecifications("route-table")["route-table"] ?? []
      try call.apply(.addRouteTable(table))  // S42
      return [XML("routeTable", call.members(of: call.world.routeTables[id] ?? table))]
    },
    "DeleteRouteTable": { (call: inout Call, parameters) throws(AWSError) in
      let table = try call.routeTable(parameters.ec2ID("RouteTableId", .routeTable))
      try call.apply(.remove(.routeTable(table.id)))
      return .done
    },
    "DescribeRouteTables": { (call: inout Call, parameters) throws(AWSError) in
      try call.describeRouteTables(parameters)
    },
    // S45, S51
    "CreateRoute": { (call: inout Call, parameters) throws(AWSError) in
      var (table, route) = try call.route(parameters)
      guard !table.routes.contains(where: { $0.destination == route.destination }) else {
        throw AWSError("RouteAlreadyExists", "The route identified by \(route.destination) already exists.")
      }
      guard table.routes.count < Quotas.routesOfTable else {
        throw AWSError("RouteLimitExceeded", "The route table '\(table.id)' has \(table.routes.count) routes")
      }
      table.routes.append(route)
      try call.apply(.replace(.routeTable(table)))
      return .done
    },
    "ReplaceRoute": { (call: inout Call, parameters) throws(AWSError) in
      var (table, route) = try call.route(parameters)
      guard let index = table.routes.firstIndex(where: { $0.destination == route.destination }) else {
        throw .invalid("DestinationCidrBlock", "\(route.destination)", "\(table.id) has no such route: create it")
      }
      table.routes[index] = route
      try call.apply(.replace(.routeTable(table)))
      return .done
    },
    "DeleteRoute": { (call: inout Call, parameters) throws(AWSError) in
      var table = try call.routeTable(parameters.ec2ID("RouteTableId", .routeTable))
      guard let destination = try parameters.networkRange("DestinationCidrBlock") else {
        throw .missing("DestinationCidrBlock")
      }
      guard let index = table.routes.firstIndex(where: { $0.destination == destination }) else {
        throw AWSError(
          "InvalidRoute.NotFound", "no route with destination-cidr-block \(destination) in route table \(table.id)")
      }
      table.routes.remove(at: index)
      try call.apply(.replace(.routeTable(table)))
      return .done
    },
    "AssociateRouteTable": { (call: inout Call, parameters) throws(AWSError) in
      var table = try call.routeTable(parameters.ec2ID("RouteTableId", .routeTable))
      let subnet = try call.subnet(parameters.ec2ID("SubnetId", .subnet))
      if !table.subnetIDs.contains(subnet.id) {
        table.subnetIDs = (table.subnetIDs + [subnet.id]).sorted()
        try call.apply(.replace(.routeTable(table)))
      }
      return [
        XML("associationId", table.associationID(of: subnet.id)),
        XML("associationState", [XML("state", "associated")]),
      ]
    },
    "DisassociateRouteTable": { (call: inout Call, parameters) throws(AWSError) in
      let association = try parameters.required("AssociationId")
      var (table, subnetID) = try call.association(association)
      guard let subnetID else {
        throw .invalid("AssociationId", association, "the main route table's association can only be replaced")
      }
      table.subnetIDs.removeAll { $0 == subnetID }
      try call.apply(.replace(.routeTable(table)))
      return .done
    },
    "ReplaceRouteTableAssociation": { (call: inout Call, parameters) throws(AWSError) in
      var (old, subnetID) = try call.association(try parameters.required("AssociationId"))
      let id: ID<RouteTable> = try parameters.ec2ID("RouteTableId", .routeTable)
      guard try call.routeTable(id).vpcID == old.vpcID else {
        throw .invalidCombination("\(id) is not of \(old.vpcID)")
      }
      if let subnetID {
        old.subnetIDs.removeAll { $0 == subnetID }
        try call.apply(.replace(.routeTable(old)))
      }
      var new = try call.routeTable(id)
      if let subnetID { new.subnetIDs = (new.subnetIDs + [subnetID]).sorted() } else { new.isMain = true }
      try call.apply(.replace(.routeTable(new)))
      return [
        XML("newAssociationId", new.associationID(of: subnetID)), XML("associationState", [XML("state", "associated")]),
      ]
    },
  ]
}

extension RouteTable {
  /// `nil` stands for the VPC itself, whose main table this is.
  fileprivate func associationID(of subnetID: ID<Subnet>?) -> String {
    derivedID("rtbassoc", [id.rawValue, subnetID?.rawValue ?? "main"])
  }
}

extension Parameters {
  /// The target of a route. Most are no resources of a world: their ids must have one of the shapes.
  fileprivate func target(_ name: String, _ shape: IDShape, _ others: IDShape...) throws(AWSError) -> String? {
    guard let text = text(name), !text.isEmpty else { return nil }
    let id: ID<RouteTable.Route> = try (others.first { text.hasPrefix($0.prefix) } ?? shape).check(text)
    return id.rawValue
  }
}

extension Call {
  /// The table of an association, and its subnet; `nil` for the main one's.
  fileprivate func association(_ association: String) throws(AWSError) -> (table: RouteTable, subnetID: ID<Subnet>?) {
    for table in world.routeTables.values where sees(vpcID: table.vpcID) {
      if table.isMain, table.associationID(of: nil) == association { return (table, nil) }
      for id in table.subnetIDs where table.associationID(of: id) == association { return (table, id) }
    }
    throw AWSError("InvalidAssociationID.NotFound", "The association ID '\(association)' does not exist")
  }

  /// The table and the route that CreateRoute and ReplaceRoute name.
  fileprivate func route(_ parameters: Parameters) throws(AWSError) -> (RouteTable, RouteTable.Route) {
    let table = try routeTable(parameters.ec2ID("RouteTableId", .routeTable))
    guard let destination = try parameters.networkRange("DestinationCidrBlock") else {
      throw .missing("DestinationCidrBlock")
    }
    var targets: [String] = []
    guard parameters.text("GatewayId") != "local" else {
      throw .invalid("GatewayId", "local", "routes inside the VPC are made with its ranges")
    }
    if let gateway = try parameters.target("GatewayId", .internetGateway, .virtualPrivateGateway) {
      if gateway.hasPrefix(IDShape.internetGateway.prefix),
        try internetGateway(gateway).attachedVPC != table.vpcID
      {
        throw .invalidCombination(
          "route table \(table.id) and network gateway \(gateway) belong to different networks")
      }
      targets.append(gateway)
    }
    for (name, shape) in [
      ("NatGatewayId", IDShape.natGateway), ("TransitGatewayId", .transitGateway), ("VpcEndpointId", .vpcEndpoint),
    ] {
      if let target = try parameters.target(name, shape) { targets.append(target) }
    }
    if let id: ID<Instance> = try parameters.optionalEC2ID("InstanceId", .instance) {
      guard try instance(id).vpcID == table.vpcID else { throw .invalidCombination("\(id) is not in \(table.vpcID)") }
      targets.append(id.rawValue)
    }
    if let id: ID<NetworkInterface> = try parameters.optionalEC2ID("NetworkInterfaceId", .networkInterface) {
      guard try networkInterface(id).vpcID == table.vpcID else {
        throw .invalidCombination("\(id) is not in \(table.vpcID)")
      }
      targets.append(id.rawValue)
    }
    if let id: ID<VPCPeeringConnection> = try parameters.optionalEC2ID("VpcPeeringConnectionId", .peering) {
      let peering = try peering(id)
      guard [peering.requester.vpcID, peering.accepter.vpcID].contains(table.vpcID) else {
        throw .invalidCombination("\(table.vpcID) is no side of \(id)")
      }
      targets.append(id.rawValue)
    }
    guard let target = targets.first else { throw .missing("GatewayId") }
    guard targets.count == 1 else {
      throw .invalidCombination("A route has one target, not " + targets.joined(separator: ", "))
    }
    return (table, .init(destination: destination, target: target, origin: .createRoute))
  }

  // MARK: Describing

  fileprivate func describeRouteTables(_ parameters: Parameters) throws(AWSError) -> [XML] {
    let filters = try Filters(
      parameters,
      names: [
        "association.main", "association.route-table-association-id", "association.route-table-id",
        "association.subnet-id", "owner-id", "route-table-id", "route.destination-cidr-block", "route.gateway-id",
        "route.instance-id", "route.nat-gateway-id", "route.origin", "route.state", "route.transit-gateway-id",
        "route.vpc-peering-connection-id", "tag", "tag-key", "vpc-id",
      ])
    let all = try routeTables(parameters.ec2IDs("RouteTableId", .routeTable))
    let tables = filters.sift(all) { values($0, ofFilter: $1) }
    let page = try PageRequest(parameters).page(tables) { $0.id.rawValue }
    return [.list("routeTableSet", page.items.map { members(of: $0) })] + XML.nextToken(page.next)
  }

  private func values(_ table: RouteTable, ofFilter name: String) -> [String]? {
    func targets(_ prefix: String) -> [String] { table.routes.map(\.target).filter { $0.hasPrefix(prefix) } }
    return switch name {
    case "association.main": (table.isMain ? ["true"] : []) + (table.subnetIDs.isEmpty ? [] : ["false"])
    case "association.route-table-association-id": table.associations.map(\.id)
    case "association.route-table-id": table.associations.isEmpty ? [] : [table.id.rawValue]
    case "association.subnet-id": table.subnetIDs.map(\.rawValue)
    case "owner-id": [caller.account]
    case "route-table-id": [table.id.rawValue]
    case "route.destination-cidr-block": table.routes.map(\.destination.description)
    case "route.gateway-id": table.routes.filter { $0.member == "gatewayId" }.map(\.target)
    case "route.instance-id": targets("i-")
    case "route.nat-gateway-id": targets("nat-")
    case "route.origin": table.routes.map(\.origin.rawValue)
    case "route.state": table.routes.map { isBlackHole($0) ? "blackhole" : "active" }
    case "route.transit-gateway-id": targets("tgw-")
    case "route.vpc-peering-connection-id": targets("pcx-")
    case "vpc-id": [table.vpcID.rawValue]
    default: table.tags.values(ofFilter: name)
    }
  }

  /// What it leads to is gone, or is no way.
  private func isBlackHole(_ route: RouteTable.Route) -> Bool {
    switch route.member {
    case "vpcPeeringConnectionId": world.peerings[ID(route.target)]?.isActive != true
    case "instanceId": world.instances[ID(route.target)] == nil
    case "networkInterfaceId": world.networkInterfaces[ID(route.target)] == nil
    default: false
    }
  }

  fileprivate func members(of table: RouteTable) -> [XML] {
    let routes = table.routes.map { route in
      [
        XML("destinationCidrBlock", route.destination), XML(route.member, route.target),
        XML("state", isBlackHole(route) ? "blackhole" : "active"), XML("origin", route.origin.rawValue),
      ]
    }
    let associations = table.associations.map { association in
      [
        XML("routeTableAssociationId", association.id), XML("routeTableId", table.id),
        XML("subnetId", optional: association.subnetID), XML("main", association.subnetID == nil),
        XML("associationState", [XML("state", "associated")]),
      ].compactMap(\.self)
    }
    return [
      XML("routeTableId", table.id), XML("vpcId", table.vpcID), XML("ownerId", caller.account),
      .list("routeSet", routes), .list("associationSet", associations), .list("propagatingVgwSet", []),
      .tags(table.tags),
    ]
  }
}

extension RouteTable {
  fileprivate var associations: [(id: String, subnetID: ID<Subnet>?)] {
    let subnets = subnetIDs.sorted().map { (id: associationID(of: $0), subnetID: Optional($0)) }
    return (isMain ? [(id: associationID(of: nil), subnetID: nil)] : []) + subnets
  }
}

extension RouteTable.Route {
  /// The element that holds the target.
  fileprivate var member: String {
    let members = [
      ("pcx-", "vpcPeeringConnectionId"), ("nat-", "natGatewayId"), ("tgw-", "transitGatewayId"),
      ("eni-", "networkInterfaceId"), ("i-", "instanceId"), ("lgw-", "localGatewayId"), ("cagw-", "carrierGatewayId"),
      ("arn:", "coreNetworkArn"),
    ]
    return members.first { target.hasPrefix($0.0) }?.1 ?? "gatewayId"
  }
}
