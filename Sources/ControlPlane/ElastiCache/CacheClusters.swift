// ElastiCache clusters: Memcached with its nodes and a configuration endpoint, Redis with one node (S132–S136).
import Cloud
import DNSWire

extension QueryService {
  static let cacheClusterOperations: [String: Operation] = [
    "CreateCacheCluster": { (call: inout Call, parameters) throws(AWSError) in
      try create(&call, parameters)
    },
    "ModifyCacheCluster": { (call: inout Call, parameters) throws(AWSError) in
      [call.xml(try modify(try call.cacheCluster(parameters), &call, parameters))]
    },
    "DeleteCacheCluster": { (call: inout Call, parameters) throws(AWSError) in
      let cluster = try call.cacheCluster(parameters)
      let reply = call.xml(cluster, status: "deleting")
      try call.remove(call.interfaces(holding: cluster.nodes.map(\.privateIPAddress), in: cluster.vpcID))
      try call.apply(.remove(.cacheCluster(cluster.id)))
      return [reply]
    },
    "DescribeCacheClusters": { (call: inout Call, parameters) throws(AWSError) in
      let showsNodes = try parameters.boolean("ShowCacheNodeInfo") ?? false
      // There are no replication groups: every cluster is in none.
      _ = try parameters.boolean("ShowCacheClustersNotInReplicationGroups")
      let named = parameters.has("CacheClusterId") ? [try call.cacheCluster(parameters)] : nil
      let clusters = named ?? call.world.cacheClusters.values.filter { call.sees($0) }
      return try PageNames.marker.list(
        "CacheClusters", of: "CacheCluster", clusters, parameters, by: \.id.name
      ) { call.members(of: $0, showsNodes: showsNodes) }
    },
  ]

  /// Nodes of a Memcached cluster.
  private static let nodes = 1...40
  private static let kept: [KeptParameter] = [
    .text("EngineVersion"), .text("PreferredMaintenanceWindow"), .text("CacheNodeType"), .text("SnapshotWindow"),
    .number("SnapshotRetentionLimit", 0...35), .boolean("AutoMinorVersionUpgrade"),
  ]

  private static func create(_ call: inout Call, _ parameters: Parameters) throws(AWSError) -> [XML] {
    let id = try parameters.identifier("CacheClusterId", octets: 50)
    guard call.cacheCluster(named: id) == nil else {
      throw AWSError("CacheClusterAlreadyExists", "Cache cluster already exists: \(id)")
    }
    let engine = try parameters.required("Engine")
    guard let port = ["memcached": 11211, "redis": 6379, "valkey": 6379][engine] else {  // S134
      throw .invalid("Engine", engine, "it must be memcached, redis or valkey")
    }
    let count = try parameters.integer("NumCacheNodes", in: nodes) ?? 1
    guard count == 1 || engine == "memcached" else {
      throw AWSError(
        "InvalidParameterValue", "Cannot create a Redis cluster with a NumCacheNodes parameter greater than 1.")
    }
    let placement = try SubnetGroups.elastiCache.placement(parameters.text("CacheSubnetGroupName"), call)
    if let vpcID = placement.vpcID, call.world.vpcs[vpcID]?.instanceTenancy == .dedicated {  // semantics 6.4
      throw AWSError("InvalidVPCNetworkStateFault", "A cache cluster cannot be in a VPC of dedicated tenancy")
    }
    let key = call.newID(id) { call.world.cacheClusters[ID($0)] != nil }
    var cluster = CacheCluster(id: ID(key), region: call.region)
    cluster.vpcID = placement.vpcID
    cluster.port = try parameters.integer("Port", in: NewDatabase.ports) ?? port
    if engine == "memcached" {
      cluster.configurationEndpoint = try call.names.cacheEndpoint([id, call.names.token("cache", 6), "cfg"])
    }
    cluster.tags = try parameters.newTags()
    try setGroups(&cluster, parameters, call)
    var details = cluster.details
    _ = try parameters.required("CacheNodeType")
    details["AutoMinorVersionUpgrade"] = .boolean(true)
    try parameters.keep(kept, in: &details)
    details.keepCacheParameterGroup(parameters)
    details["Engine"] = .text(engine)
    details["CacheClusterCreateTime"] = .text(call.now.description)
    details["ARN"] = .text(call.names.arn("elasticache", "cluster:\(id)"))
    if let name = placement.groupName { details["CacheSubnetGroupName"] = .text(name) }
    let zones = try zones(of: count, placement, parameters, call)
    details["PreferredAvailabilityZone"] = .text(
      Set(zones).count > 1 ? "Multiple" : zones.compactMap(\.self).first ?? "\(call.region)a")
    cluster.details = details
    let interfaces = try call.addNodes(zones, to: &cluster, placement)
    try call.apply(.addCacheCluster(cluster))
    try call.show(interfaces, of: cluster)
    return [call.xml(cluster)]
  }

  private static func setGroups(
    _ cluster: inout CacheCluster, _ parameters: Parameters, _ call: borrowing Call
  ) throws(AWSError) {
    cluster.securityGroupIDs = try call.securityGroups(
      parameters.ids("SecurityGroupIds"), in: cluster.vpcID, code: "InvalidParameterValue")
    try setClassicGroups(&cluster, parameters, call, usual: ["default"])
  }

  /// S139: on the EC2-Classic platform cache security groups stand in the place of a VPC's.
  private static func setClassicGroups(
    _ cluster: inout CacheCluster, _ parameters: Parameters, _ call: borrowing Call, usual: [String]
  ) throws(AWSError) {
    let given = try parameters.texts("CacheSecurityGroupNames")
    guard cluster.vpcID == nil else {
      guard given.isEmpty else {
        throw .invalidCombination("Use of cache security groups is not permitted for a cache cluster in a VPC")
      }
      return
    }
    var groups: [Detail] = []
    for name in given.isEmpty ? usual : given {
      let group = try call.cacheSecurityGroup(named: name)
      groups.append(.mapping(["CacheSecurityGroupName": .text(group.name), "Status": .text("active")]))
    }
    if !groups.isEmpty { cluster.details["CacheSecurityGroups"] = .list(groups) }
  }

  /// The zone of each new node; `nil` where any will do.
  private static func zones(
    of count: Int, _ placement: Placement, _ parameters: Parameters, _ call: borrowing Call
  ) throws(AWSError) -> [String?] {
    let mode = try parameters.parsed("AZMode", "it must be single-az or cross-az") { text in
      ["single-az", "cross-az"].contains(text) ? text : nil
    }
    let each = try parameters.texts("PreferredAvailabilityZones")
    let one = parameters.text("PreferredAvailabilityZone")
    guard each.isEmpty || each.count == count, each.isEmpty || one == nil else {
      throw .invalidCombination("PreferredAvailabilityZones names as many zones as there are nodes")
    }
    for zone in each + [one].compactMap(\.self) {
      try call.check(zone, placement, code: "InvalidParameterValue")
    }
    if !each.isEmpty { return each }
    if mode == "cross-az" {
      guard count > 1 else { throw .invalidCombination("cross-az needs more than one node") }
      let zones = placement.vpcID == nil ? ["a", "b"].map { "\(call.region)\($0)" } : placement.zones
      if !zones.isEmpty { return (0..<count).map { zones[$0 % zones.count] } }
    }
    return Array(repeating: one ?? placement.zones.first, count: count)
  }

  private static func modify(
    _ old: CacheCluster, _ call: inout Call, _ parameters: Parameters
  ) throws(AWSError) -> CacheCluster {
    // There is no maintenance window: every change is made at once.
    _ = try parameters.boolean("ApplyImmediately")
    var new = old
    try parameters.keep(kept, in: &new.details)
    new.details.keepCacheParameterGroup(parameters)
    let groups: [ID<SecurityGroup>] = try parameters.ids("SecurityGroupIds")
    if !groups.isEmpty {
      new.securityGroupIDs = try call.securityGroups(groups, in: old.vpcID, code: "InvalidParameterValue")
    }
    try setClassicGroups(&new, parameters, call, usual: [])
    let interfaces = call.interfaces(holding: old.nodes.map(\.privateIPAddress), in: old.vpcID)
    let added = try resize(&new, &call, parameters)
    let left = Set(new.nodes.compactMap(\.privateIPAddress))
    let isKept = { (interface: NetworkInterface) in interface.addresses.contains { left.contains($0.privateAddress) } }
    try call.remove(interfaces.filter { !isKept($0) })
    try call.apply(.replace(.cacheCluster(new)))
    try call.setGroups(new.securityGroupIDs, of: interfaces.filter(isKept))
    try call.show(added, of: new)
    return new
  }

  /// More nodes, or fewer: those that `CacheNodeIdsToRemove` names.
  private static func resize(
    _ cluster: inout CacheCluster, _ call: inout Call, _ parameters: Parameters
  ) throws(AWSError) -> [CacheNode] {
    let removed = try parameters.texts("CacheNodeIdsToRemove")
    guard let count = try parameters.integer("NumCacheNodes", in: nodes), count != cluster.nodes.count else {
      guard removed.isEmpty, !parameters.has("NewAvailabilityZones") else {
        throw .invalidCombination("CacheNodeIdsToRemove and NewAvailabilityZones come with another NumCacheNodes")
      }
      return []
    }
    guard cluster.configurationEndpoint != nil else {
      throw AWSError("InvalidParameterValue", "Cannot modify the number of nodes of a cluster other than Memcached.")
    }
    if count < cluster.nodes.count {
      guard Set(removed).count == cluster.nodes.count - count,
        removed.allSatisfy({ id in cluster.nodes.contains { $0.id == id } })
      else { throw .invalidCombination("CacheNodeIdsToRemove names the \(cluster.nodes.count - count) nodes that go") }
      cluster.nodes.removeAll { removed.contains($0.id) }
      return []
    }
    guard removed.isEmpty else { throw .invalidCombination("There are no nodes to remove from a cluster that grows") }
    let placement = try SubnetGroups.elastiCache.placement(
      in: cluster.vpcID, cluster.details.text("CacheSubnetGroupName"), call)
    let wanted = try parameters.texts("NewAvailabilityZones")
    let new = count - cluster.nodes.count
    guard wanted.isEmpty || wanted.count == new else {
      throw .invalidCombination("NewAvailabilityZones names as many zones as there are new nodes")
    }
    for zone in wanted { try call.check(zone, placement, code: "InvalidParameterValue") }
    return try call.addNodes(wanted.isEmpty ? Array(repeating: nil, count: new) : wanted, to: &cluster, placement)
  }
}

/// Where a new node stands.
struct CacheNode {
  var pair: AddressPair
  var subnet: Subnet?
}

extension Details {
  fileprivate mutating func keepCacheParameterGroup(_ parameters: Parameters) {
    guard let name = parameters.text("CacheParameterGroupName") else { return }
    self["CacheParameterGroup"] = .mapping([
      "CacheParameterGroupName": .text(name), "ParameterApplyStatus": .text("in-sync"),
    ])
  }
}

extension Call {
  /// New nodes with names and addresses: public ones on the EC2-Classic platform only (S136).
  fileprivate mutating func addNodes(
    _ zones: [String?], to cluster: inout CacheCluster, _ placement: Placement
  ) throws(AWSError) -> [CacheNode] {
    var added: [CacheNode] = []
    let taken = Set(cluster.nodes.map(\.id))
    // The highest of four digits: a world may have ids of any kind, and numbers without room above them.
    var number = cluster.nodes.compactMap { $0.id.utf8.count == 4 ? UInt16($0.id) : nil }.map(Int.init).max() ?? 0
    for zone in zones {
      repeat { number += 1 } while taken.contains(CacheCluster.Node.id(number))
      var node = CacheCluster.Node(id: CacheCluster.Node.id(number))
      node.endpoint = try names.cacheEndpoint([cluster.id.name, names.token("cache", 6), node.id])
      let subnet = placement.subnet(in: zone)
      let pair = try newAddresses(in: subnet, isPublic: cluster.vpcID == nil, besides: added.map(\.pair))
      (node.privateIPAddress, node.publicIPAddress) = (pair.privateAddress, pair.publicAddress)
      cluster.nodes.append(node)
      added.append(CacheNode(pair: pair, subnet: subnet))
    }
    return added
  }

  /// S33
  fileprivate mutating func show(_ nodes: [CacheNode], of cluster: CacheCluster) throws(AWSError) {
    for node in nodes {
      try addInterface("ElastiCache \(cluster.id.name)", node.pair, in: node.subnet, cluster.securityGroupIDs)
    }
  }

  func sees(_ cluster: CacheCluster) -> Bool {
    sees(cluster.region, cluster.details, arn: cluster.details.text("ARN"), vpcID: cluster.vpcID)
  }

  func cacheCluster(_ parameters: Parameters) throws(AWSError) -> CacheCluster {
    let id = try parameters.required("CacheClusterId").lowercased()
    guard let cluster = cacheCluster(named: id) else {
      throw AWSError("CacheClusterNotFound", "CacheCluster not found: \(id)", status: 404)
    }
    return cluster
  }

  func cacheCluster(named name: String) -> CacheCluster? {
    ids(of: name).compactMap { world.cacheClusters[ID($0)] }.first { sees($0) }
  }

  func xml(_ cluster: CacheCluster, status: String = "available") -> XML {
    XML("CacheCluster", members(of: cluster, status: status, showsNodes: true))
  }

  func members(of cluster: CacheCluster, status: String = "available", showsNodes: Bool) -> [XML] {
    let members: [XML?] = [
      XML("CacheClusterId", cluster.id.name), XML("CacheClusterStatus", status),
      XML("NumCacheNodes", cluster.nodes.count),
      .endpoint("ConfigurationEndpoint", cluster.configurationEndpoint, cluster.port),
      .list(
        "SecurityGroups", of: "member",
        cluster.securityGroupIDs.map { [XML("SecurityGroupId", $0), XML("Status", "active")] }),
      showsNodes ? .list("CacheNodes", of: "CacheNode", cluster.nodes.map { self.members(of: $0, cluster) }) : nil,
    ]
    return members.compactMap(\.self)
      + XML.members(cluster.details, .elastiCache, besides: ["CacheClusterStatus", "NumCacheNodes", "OwnerId"])
  }

  private func members(of node: CacheCluster.Node, _ cluster: CacheCluster) -> [XML] {
    let zone =
      zone(of: node.privateIPAddress, in: cluster.vpcID)
      ?? cluster.details.text("PreferredAvailabilityZone")
    let members: [XML?] = [
      XML("CacheNodeId", node.id), XML("CacheNodeStatus", "available"),
      .endpoint("Endpoint", node.endpoint, cluster.port),
      XML("CacheNodeCreateTime", optional: cluster.details.text("CacheClusterCreateTime")),
      XML("CustomerAvailabilityZone", optional: zone),
    ]
    return members.compactMap(\.self)
  }
}
