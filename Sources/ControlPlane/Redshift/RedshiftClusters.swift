// Redshift clusters: the endpoint leads to the leader node (S28–S30).
import Cloud
import DNSWire

extension QueryService {
  static let redshiftClusterOperations: [String: Operation] = [
    "CreateCluster": { (call: inout Call, parameters) throws(AWSError) in
      try create(&call, parameters)
    },
    "ModifyCluster": { (call: inout Call, parameters) throws(AWSError) in
      [call.xml(try modify(try call.redshiftCluster(parameters), &call, parameters))]
    },
    "DeleteCluster": { (call: inout Call, parameters) throws(AWSError) in
      let cluster = try call.redshiftCluster(parameters)
      guard try parameters.boolean("SkipFinalClusterSnapshot") ?? false else {
        throw .invalidCombination(
          "FinalClusterSnapshotIdentifier is required unless SkipFinalClusterSnapshot is specified; "
            + "classiclink-dns makes no snapshots")
      }
      let reply = call.xml(cluster, status: "deleting")
      try call.remove(call.interfaces(holding: [cluster.privateIPAddress], in: cluster.vpcID))
      try call.apply(.remove(.redshiftCluster(cluster.id)))
      return [reply]
    },
    "DescribeClusters": { (call: inout Call, parameters) throws(AWSError) in
      let named = parameters.has("ClusterIdentifier") ? [try call.redshiftCluster(parameters)] : nil
      let clusters = try parameters.sift(named ?? call.world.redshiftClusters.values.filter { call.sees($0) }, \.tags)
      return try PageNames.marker.list("Clusters", of: "Cluster", clusters, parameters, by: \.id.name) {
        call.members(of: $0)
      }
    },
  ]

  /// Nodes of a cluster (AWS's largest).
  fileprivate static let nodes = 1...128
  private static let kept: [KeptParameter] = [
    .text("NodeType"), .text("PreferredMaintenanceWindow"), .text("ClusterVersion"), .text("MaintenanceTrackName"),
    .text("KmsKeyId"), .number("AutomatedSnapshotRetentionPeriod", 0...35),
    .number("ManualSnapshotRetentionPeriod", -1...3653), .boolean("AllowVersionUpgrade"), .boolean("Encrypted"),
    .boolean("EnhancedVpcRouting"),
  ]
  private static let keptAtFirst: [KeptParameter] = [.text("MasterUsername"), .text("DBName")]

  private static func create(_ call: inout Call, _ parameters: Parameters) throws(AWSError) -> [XML] {
    let id = try parameters.identifier("ClusterIdentifier")
    guard call.redshiftCluster(named: id) == nil else {
      throw AWSError("ClusterAlreadyExists", "Cluster already exists")
    }
    let placement = try SubnetGroups.redshift.placement(parameters.text("ClusterSubnetGroupName"), call)
    let zone = parameters.text("AvailabilityZone")
    try call.check(zone, placement, code: "InvalidVPCNetworkStateFault")
    for name in ["NodeType", "MasterUsername", "MasterUserPassword"] { _ = try parameters.required(name) }
    try parameters.checkPassword(octets: 8...64)
    // A cluster in a VPC is private unless it is said to be public; on the EC2-Classic platform all are public.
    let isPublic = try parameters.boolean("PubliclyAccessible") ?? (placement.vpcID == nil)
    guard isPublic || placement.vpcID != nil else {
      throw .invalidCombination("A cluster on the EC2-Classic platform is always publicly accessible")
    }
    let key = call.newID(id) { call.world.redshiftClusters[ID($0)] != nil }
    var cluster = RedshiftCluster(id: ID(key), region: call.region, publiclyAccessible: isPublic)
    cluster.endpoint = try call.names.endpoint([id, call.names.token("redshift", 12)], "redshift")
    cluster.port = try parameters.integer("Port", in: NewDatabase.ports) ?? 5439  // S96
    cluster.vpcID = placement.vpcID
    cluster.securityGroupIDs = try call.securityGroups(
      parameters.ids("VpcSecurityGroupIds"), in: placement.vpcID, code: "InvalidParameterValue")
    cluster.tags = try parameters.newTags()
    let subnet = placement.subnet(in: zone)
    try setDetails(&cluster, parameters, call)
    cluster.details["AvailabilityZone"] = .text(subnet?.availabilityZone ?? zone ?? "\(call.region)a")
    if let name = placement.groupName { cluster.details["ClusterSubnetGroupName"] = .text(name) }
    let elastic = try elasticIP(parameters, isPublic: isPublic, cluster, call)
    let pair = try call.newAddresses(in: subnet, isPublic: isPublic && elastic == nil)
    (cluster.privateIPAddress, cluster.publicIPAddress) = (pair.privateAddress, pair.publicAddress)
    try call.apply(.addRedshiftCluster(cluster))
    try call.addInterface(NetworkInterface.redshiftDescription, pair, in: subnet, cluster.securityGroupIDs)
    if let elastic { try take(elastic, &cluster, &call) }
    return [call.xml(cluster)]
  }

  private static func setDetails(
    _ cluster: inout RedshiftCluster, _ parameters: Parameters, _ call: borrowing Call
  ) throws(AWSError) {
    var details: Details = [
      "AllowVersionUpgrade": .boolean(true), "AutomatedSnapshotRetentionPeriod": .number(1),
      "DBName": .text("dev"), "Encrypted": .boolean(false), "EnhancedVpcRouting": .boolean(false),
      "ClusterCreateTime": .text(call.now.description),
      "ClusterNamespaceArn": .text(call.names.arn("redshift", "namespace:\(cluster.id.name)")),
    ]
    try parameters.keep(kept + keptAtFirst, in: &details)
    details.keepClusterGroups(parameters)
    details["NumberOfNodes"] = .number(try count(parameters, "single-node") ?? 1)
    // The groups of the EC2-Classic platform: nobody can make one here, so there is the usual one.
    let classic = try parameters.texts("ClusterSecurityGroups")
    guard classic.isEmpty || cluster.vpcID == nil else {
      throw .invalidCombination("Cluster security groups are not supported in a VPC")
    }
    for name in classic where name != "default" {
      throw AWSError("ClusterSecurityGroupNotFound", "Cluster security group \(name) not found.", status: 404)
    }
    if cluster.vpcID == nil {
      details["ClusterSecurityGroups"] = .list([
        .mapping(["ClusterSecurityGroupName": .text("default"), "Status": .text("active")])
      ])
    }
    cluster.details = details
  }

  /// `ClusterType` and `NumberOfNodes`: several nodes have a leader beside them. `nil` when neither is given.
  private static func count(_ parameters: Parameters, _ usual: String?) throws(AWSError) -> Int? {
    let given = try parameters.integer("NumberOfNodes", in: nodes)
    let type = parameters.text("ClusterType") ?? (given.map { $0 > 1 ? "multi-node" : "single-node" } ?? usual)
    switch type {
    case nil: return nil
    case "single-node":
      guard given ?? 1 == 1 else { throw .invalidCombination("A single-node cluster has one node") }
      return 1
    case "multi-node":
      guard let given, given > 1 else {
        throw .invalidCombination("Number of nodes for cluster type multi-node must be greater than or equal to 2")
      }
      return given
    case let other?: throw .invalid("ClusterType", other, "it must be single-node or multi-node")
    }
  }

  private static func modify(
    _ old: RedshiftCluster, _ call: inout Call, _ parameters: Parameters
  ) throws(AWSError) -> RedshiftCluster {
    var new = old
    try parameters.checkPassword(octets: 8...64)
    try parameters.keep(kept, in: &new.details)
    new.details.keepClusterGroups(parameters)
    if let count = try count(parameters, nil) { new.details["NumberOfNodes"] = .number(count) }
    if let port = try parameters.integer("Port", in: NewDatabase.ports) { new.port = port }
    let groups: [ID<SecurityGroup>] = try parameters.ids("VpcSecurityGroupIds")
    if !groups.isEmpty {
      new.securityGroupIDs = try call.securityGroups(groups, in: old.vpcID, code: "InvalidParameterValue")
    }
    if let isPublic = try parameters.boolean("PubliclyAccessible") { new.publiclyAccessible = isPublic }
    guard new.publiclyAccessible || new.vpcID != nil else {
      throw .invalidCombination("A cluster on the EC2-Classic platform is always publicly accessible")
    }
    let elastic = try elasticIP(parameters, isPublic: new.publiclyAccessible, old, call)
    if new.publiclyAccessible != old.publiclyAccessible || elastic != nil { new.publicIPAddress = nil }
    if new.publiclyAccessible, new.publicIPAddress == nil, elastic == nil {
      new.publicIPAddress = try call.allocator.publicAddress(new.vpcID == nil ? .standard : .vpc, call.world)
    }
    let interfaces = call.interfaces(holding: [old.privateIPAddress], in: old.vpcID)
    if new.publicIPAddress == old.publicIPAddress {
      try call.apply(.replace(.redshiftCluster(new)))
      try call.setGroups(new.securityGroupIDs, of: interfaces)
    } else {
      // An Elastic IP address that it had is free again.
      try call.remove(interfaces)
      try call.apply(.replace(.redshiftCluster(new)))
      for var interface in interfaces {
        interface.addresses[0].publicAddress = new.publicIPAddress
        interface.securityGroupIDs = new.securityGroupIDs
        try call.apply(.addNetworkInterface(interface))
      }
    }
    if let elastic { try take(elastic, &new, &call) }
    return new
  }

  /// An Elastic IP address of the VPC platform that nothing has.
  private static func elasticIP(
    _ parameters: Parameters, isPublic: Bool, _ cluster: RedshiftCluster, _ call: borrowing Call
  ) throws(AWSError) -> ElasticIP? {
    guard let address = try parameters.ipv4("ElasticIp") else { return nil }
    guard isPublic, cluster.vpcID != nil else {
      throw .invalidCombination("An Elastic IP address is for a publicly accessible cluster in a VPC")
    }
    guard let elastic = call.world.elasticIPs[address], call.sees(elastic), elastic.domain == .vpc,
      elastic.instanceID == nil, elastic.networkInterfaceID == nil
    else { throw AWSError("InvalidElasticIpFault", "The Elastic IP (EIP) \(address) is invalid or cannot be found.") }
    return elastic
  }

  /// The interface gets the Elastic IP address first, so that the cluster may show what the interface shows.
  private static func take(
    _ elastic: ElasticIP, _ cluster: inout RedshiftCluster, _ call: inout Call
  ) throws(AWSError) {
    for interface in call.interfaces(holding: [cluster.privateIPAddress], in: cluster.vpcID) {
      try call.associate(elastic, with: interface)
    }
    cluster.publicIPAddress = elastic.publicIP
    try call.apply(.replace(.redshiftCluster(cluster)))
  }
}

extension Details {
  fileprivate mutating func keepClusterGroups(_ parameters: Parameters) {
    guard let name = parameters.text("ClusterParameterGroupName") else { return }
    self["ClusterParameterGroups"] = .list([
      .mapping(["ParameterGroupName": .text(name), "ParameterApplyStatus": .text("in-sync")])
    ])
  }
}

extension Call {
  func sees(_ cluster: RedshiftCluster) -> Bool {
    sees(
      cluster.region, cluster.details, arn: cluster.details.text("ClusterNamespaceArn"), vpcID: cluster.vpcID)
  }

  func redshiftCluster(_ parameters: Parameters) throws(AWSError) -> RedshiftCluster {
    let id = try parameters.required("ClusterIdentifier").lowercased()
    guard let cluster = redshiftCluster(named: id) else {
      throw AWSError("ClusterNotFound", "Cluster \(id) not found.", status: 404)
    }
    return cluster
  }

  func redshiftCluster(named name: String) -> RedshiftCluster? {
    ids(of: name).compactMap { world.redshiftClusters[ID($0)] }.first { sees($0) }
  }

  func xml(_ cluster: RedshiftCluster, status: String = "available") -> XML {
    XML("Cluster", members(of: cluster, status: status))
  }

  func members(of cluster: RedshiftCluster, status: String = "available") -> [XML] {
    let elastic = cluster.publicIPAddress.flatMap { world.elasticIPs[$0] }.map { address in
      XML("ElasticIpStatus", [XML("ElasticIp", address.publicIP), XML("Status", "active")])
    }
    let members: [XML?] = [
      XML("ClusterIdentifier", cluster.id.name), XML("ClusterStatus", status),
      XML("ClusterAvailabilityStatus", "Available"),
      .endpoint("Endpoint", cluster.endpoint, cluster.port), XML("PubliclyAccessible", cluster.publiclyAccessible),
      XML("VpcId", optional: cluster.vpcID),
      .vpcSecurityGroups(cluster.securityGroupIDs, of: "VpcSecurityGroup"), elastic,
      .list("ClusterNodes", of: "member", nodes(of: cluster)), .tags(cluster.tags, "Tags"),
    ]
    return members.compactMap(\.self)
      + XML.members(
        cluster.details, .redshift,
        besides: ["ClusterStatus", "ClusterAvailabilityStatus", "ElasticIpStatus", "Endpoint", "OwnerId"])
  }

  /// Only the node that clients reach has an address in a world: the leader, or the one that is all.
  private func nodes(of cluster: RedshiftCluster) -> [[XML]] {
    // A state may say any number.
    let range = QueryService.nodes
    let count = min(max(cluster.details.number("NumberOfNodes") ?? 1, range.lowerBound), range.upperBound)
    let first: [XML?] = [
      XML("NodeRole", count == 1 ? "SHARED" : "LEADER"), XML("PrivateIPAddress", optional: cluster.privateIPAddress),
      XML("PublicIPAddress", optional: cluster.publicIPAddress),
    ]
    let others = count == 1 ? [] : (0..<count).map { [XML("NodeRole", "COMPUTE-\($0)")] }
    return [first.compactMap(\.self)] + others
  }
}
