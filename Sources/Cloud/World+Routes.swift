// Route tables, and the route 10.0.0.0/8 → local that leads a VPC to EC2-Classic.
import DNSWire

extension RouteTable.Route {
  /// Present in every table of a VPC that reaches EC2-Classic, and in no other (S41–S43, S51).
  public static let toClassic = Self(destination: .ec2Classic, target: "local", origin: .createRoute)

  var leadsToClassic: Bool { destination == .ec2Classic && target == "local" }
}

extension World {
  mutating func add(_ table: RouteTable) throws(Refusal) {
    try refuseSecond(table.id, in: routeTables, kind: "route table", member: "RouteTableId")
    if table.isMain, mainRouteTable(of: table.vpcID) != nil {
      throw Refusal(.secondMainRouteTable(table.vpcID), member: "Associations")
    }
    try check(table)
    routeTables[table.id] = table
    enroll(table, true)
    renewRouteToClassic(in: table.id, reachesClassic(table.vpcID))  // S42
  }

  func check(_ table: RouteTable) throws(Refusal) {
    let vpc = try findVPC(table.vpcID)
    var destinations: Set<CIDRBlock> = []
    for route in table.routes {
      guard destinations.insert(route.destination).inserted else {
        throw Refusal(.routeTwice(route.destination), member: "Routes")
      }
      guard !route.target.isEmpty else { throw Refusal(.routeWithoutTarget(route.destination), member: "Routes") }
    }
    for id in table.subnetIDs {
      guard try find(id, in: subnets, kind: "subnet", member: "Associations").vpcID == vpc.id else {
        throw Refusal(.subnetOfAnotherVPC(id, vpc.id), member: "Associations")
      }
      if let other = routeTableOfSubnet[id] {
        throw Refusal(.subnetHasRouteTable(id, other), member: "Associations")
      }
    }
    if reachesClassic(vpc.id), let route = conflictingRoute(in: table, of: vpc) {
      throw Refusal(.routeInsideClassicRange(table.id, route.destination), member: "Routes")  // S45, decision 10
    }
  }

  mutating func enroll(_ table: RouteTable, _ isThere: Bool) {
    routeTableIDs.set(table.id, of: table.vpcID, isThere)
    for id in table.subnetIDs { routeTableOfSubnet[id] = isThere ? table.id : nil }
  }

  func mainRouteTable(of vpcID: ID<VPC>) -> ID<RouteTable>? {
    routeTableIDs[vpcID]?.first { routeTables[$0]?.isMain == true }
  }

  /// By ClassicLink of its own, or by that of a peer (S51).
  func reachesClassic(_ id: ID<VPC>) -> Bool {
    vpcs[id]?.classicLinkEnabled == true || classicPeeringCounts[id, default: 0] > 0
  }

  /// A table of the VPC with a route that conflicts with the range of EC2-Classic (S44, S58).
  func conflictingRoute(of vpc: VPC) -> (table: ID<RouteTable>, route: RouteTable.Route)? {
    for id in routeTableIDs[vpc.id] ?? [] {
      if let table = routeTables[id], let route = conflictingRoute(in: table, of: vpc) { return (id, route) }
    }
    return nil
  }

  /// A route inside 10/8 other than the VPC's own local ones and the one to EC2-Classic.
  func conflictingRoute(in table: RouteTable, of vpc: VPC) -> RouteTable.Route? {
    table.routes.first {
      CIDRBlock.ec2Classic.contains($0.destination) && !$0.leadsToClassic
        && !($0.target == "local" && vpc.cidrBlocks.contains($0.destination))
    }
  }

  /// Adds or removes the route 10.0.0.0/8 → local in every table of the VPC (S41, S43).
  mutating func renewRoutesToClassic(of vpcID: ID<VPC>) {
    let isReached = reachesClassic(vpcID)
    for id in routeTableIDs[vpcID] ?? [] { renewRouteToClassic(in: id, isReached) }
  }

  mutating func renewRouteToClassic(in id: ID<RouteTable>, _ isReached: Bool) {
    let index = routeTables[id]?.routes.firstIndex(where: \.leadsToClassic)
    if isReached, index == nil {
      routeTables[id]?.routes.append(.toClassic)
    } else if !isReached, let index {
      routeTables[id]?.routes.remove(at: index)
    }
  }
}
