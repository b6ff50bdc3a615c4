// Aurora clusters: names that lead to the writer and to the readers (semantics 2.6). Only a member has addresses.
import Cloud
import DNSWire

extension QueryService {
  static let dbClusterOperations: [String: Operation] = [
    "CreateDBCluster": { (call: inout Call, parameters) throws(AWSError) in
      let cluster = try newCluster(parameters, call)
      try call.apply(.addDBCluster(cluster))
      return [call.xml(cluster)]
    },
    "ModifyDBCluster": { (call: inout Call, parameters) throws(AWSError) in
      _ = try parameters.boolean("ApplyImmediately")
      var cluster = try call.dbCluster(parameters)
      try parameters.checkPassword()
      try parameters.keep(keptByClusters, in: &cluster.details)
      try parameters.keep(parameterGroup, in: &cluster.details)
      if let port = try parameters.integer("Port", in: NewDatabase.ports) { cluster.port = port }
      let groups: [ID<SecurityGroup>] = try parameters.ids("VpcSecurityGroupIds")
      if !groups.isEmpty {
        let vpcID = try SubnetGroups.rds.placement(cluster.details.text("DBSubnetGroup"), call).vpcID
        cluster.securityGroupIDs = try call.securityGroups(groups, in: vpcID, code: "InvalidParameterValue")
      }
      try call.apply(.replace(.dbCluster(cluster)))
      return [call.xml(cluster)]
    },
    "DeleteDBCluster": { (call: inout Call, parameters) throws(AWSError) in
      let cluster = try call.dbCluster(parameters)
      guard cluster.details.boolean("DeletionProtection") != true else {
        throw .invalidCombination("Cannot delete protected Cluster, please disable deletion protection and try again.")
      }
      guard try parameters.boolean("SkipFinalSnapshot") ?? false else {
        throw .invalidCombination(
          "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified; "
            + "classiclink-dns makes no snapshots")
      }
      guard cluster.members.isEmpty else {
        throw AWSError(
          "InvalidDBClusterStateFault",
          "Cluster cannot be deleted, it still contains DB instances in non-deleting state.")
      }
      try call.apply(.remove(.dbCluster(cluster.id)))
      return [call.xml(cluster, status: "deleting")]
    },
    "DescribeDBClusters": { (call: inout Call, parameters) throws(AWSError) in
      let filters = try Filters(
        parameters, names: ["db-cluster-id", "db-cluster-resource-id", "engine"], list: "Filters", values: "Values")
      let named = parameters.has("DBClusterIdentifier") ? [try call.dbCluster(parameters)] : nil
      let clusters = filters.sift(named ?? call.world.dbClusters.values.filter { call.sees($0) }) { cluster, name in
        switch name {
        case "db-cluster-id": [cluster.id.name]
        case "db-cluster-resource-id": cluster.details.text("DbClusterResourceId").map { [$0] }
        default: cluster.details.text("Engine").map { [$0] }
        }
      }
      return try PageNames.marker.list("DBClusters", of: "DBCluster", clusters, parameters, by: \.id.name) {
        call.members(of: $0)
      }
    },
    // The reader that is named, or the first one, becomes the writer.
    "FailoverDBCluster": { (call: inout Call, parameters) throws(AWSError) in
      var cluster = try call.dbCluster(parameters)
      let target =
        try parameters.has("TargetDBInstanceIdentifier")
        ? call.dbInstance(parameters, "TargetDBInstanceIdentifier").id
        : cluster.members.filter { !$0.isWriter }.map(\.instanceID).min()
      guard let target, cluster.members.contains(where: { $0.instanceID == target && !$0.isWriter }) else {
        throw AWSError(
          "InvalidDBClusterStateFault",
          "DB cluster \(cluster.id.name) cannot fail over: "
            + (target.map { "\($0.name) is no reader of it" } ?? "it has no reader"))
      }
      for index in cluster.members.indices {
        cluster.members[index].isWriter = cluster.members[index].instanceID == target
      }
      try call.apply(.replace(.dbCluster(cluster)))
      return [call.xml(cluster)]
    },
  ]

  private static let keptByClusters: [KeptParameter] = [
    .text("EngineVersion"), .text("PreferredBackupWindow"), .text("PreferredMaintenanceWindow"),
    .number("BackupRetentionPeriod", 1...35), .boolean("CopyTagsToSnapshot"), .boolean("DeletionProtection"),
    .boolean("EnableIAMDatabaseAuthentication", as: "IAMDatabaseAuthenticationEnabled"),
  ]
  private static let parameterGroup: [KeptParameter] = [
    .text("DBClusterParameterGroupName", as: "DBClusterParameterGroup")
  ]
  private static let keptAtFirst: [KeptParameter] = [
    .text("Engine"), .text("MasterUsername"), .text("DatabaseName"), .text("CharacterSetName"), .text("KmsKeyId"),
    .boolean("StorageEncrypted"), .texts("AvailabilityZones"),
    .texts("EnableCloudwatchLogsExports", as: "EnabledCloudwatchLogsExports"),
  ]

  private static func newCluster(_ parameters: Parameters, _ call: borrowing Call) throws(AWSError) -> DBCluster {
    let id = try parameters.identifier("DBClusterIdentifier")
    guard call.dbCluster(named: id) == nil else {
      throw AWSError("DBClusterAlreadyExistsFault", "DB Cluster already exists")
    }
    let engine = try DatabaseEngine(parameters.required("Engine"))
    guard engine.isAurora else {
      throw AWSError("InvalidParameterValue", "classiclink-dns makes clusters of Aurora engines only: \(engine.name)")
    }
    let placement = try SubnetGroups.rds.placement(parameters.text("DBSubnetGroupName"), call)
    guard placement.vpcID != nil else {
      throw AWSError(
        "InvalidVPCNetworkStateFault", "A DB cluster needs a DB subnet group: Aurora is not on the EC2-Classic platform"
      )
    }
    for name in ["MasterUsername", "MasterUserPassword"] { _ = try parameters.required(name) }
    try parameters.checkPassword()
    let key = call.newID(id) { call.world.dbClusters[ID($0)] != nil }
    var cluster = DBCluster(id: ID(key), region: call.region)
    let token = call.names.token("rds", 12)
    cluster.endpoint = try call.names.endpoint([id, "cluster-" + token], "rds")
    cluster.readerEndpoint = try call.names.endpoint([id, "cluster-ro-" + token], "rds")
    cluster.port = try parameters.integer("Port", in: NewDatabase.ports) ?? engine.port
    cluster.securityGroupIDs = try call.securityGroups(
      parameters.ids("VpcSecurityGroupIds"), in: placement.vpcID, code: "InvalidParameterValue")
    cluster.tags = try parameters.newTags()
    var details: Details = [
      "AvailabilityZones": .texts(placement.zones), "BackupRetentionPeriod": .number(1),
      "ClusterCreateTime": .text(call.now.description), "EngineMode": .text("provisioned"),
      "DBClusterArn": .text(call.names.arn("rds", "cluster:\(id)")),
      "DbClusterResourceId": .text("cluster-" + call.names.token("cluster/\(id)", 12).uppercased()),
      "DBSubnetGroup": .text(placement.groupName ?? "default"),
    ]
    try parameters.keep(keptByClusters + keptAtFirst, in: &details)
    try parameters.keep(parameterGroup, in: &details)
    cluster.details = details
    return cluster
  }
}

extension Call {
  func sees(_ cluster: DBCluster) -> Bool {
    sees(
      cluster.region, cluster.details, arn: cluster.details.text("DBClusterArn"),
      vpcID: cluster.members.first.flatMap { world.dbInstances[$0.instanceID]?.vpcID })
  }

  func dbCluster(_ parameters: Parameters) throws(AWSError) -> DBCluster {
    let id = try parameters.required("DBClusterIdentifier").lowercased()
    guard let cluster = dbCluster(named: id) else {
      throw AWSError("DBClusterNotFoundFault", "DBCluster \(id) not found.", status: 404)
    }
    return cluster
  }

  func dbCluster(named name: String) -> DBCluster? {
    ids(of: name).compactMap { world.dbClusters[ID($0)] }.first { sees($0) }
  }

  /// The first member of a cluster is its writer.
  mutating func nameWriter(of id: ID<DBCluster>) throws(AWSError) {
    guard var cluster = world.dbClusters[id], !cluster.members.isEmpty, !cluster.members.contains(where: \.isWriter)
    else { return }
    cluster.members[0].isWriter = true
    try apply(.replace(.dbCluster(cluster)))
  }

  func xml(_ cluster: DBCluster, status: String = "available") -> XML {
    XML("DBCluster", members(of: cluster, status: status))
  }

  func members(of cluster: DBCluster, status: String = "available") -> [XML] {
    let items = cluster.members.map { member in
      [XML("DBInstanceIdentifier", member.instanceID.name), XML("IsClusterWriter", member.isWriter)]
    }
    let zones = Set(
      cluster.members.compactMap { world.dbInstances[$0.instanceID]?.details.text("AvailabilityZone") })
    let members: [XML?] = [
      XML("DBClusterIdentifier", cluster.id.name), XML("Status", status),
      XML("Endpoint", optional: cluster.endpoint?.hostname),
      XML("ReaderEndpoint", optional: cluster.readerEndpoint?.hostname), XML("Port", optional: cluster.port),
      XML("MultiAZ", zones.count > 1), .list("DBClusterMembers", of: "DBClusterMember", items),
      .vpcSecurityGroups(cluster.securityGroupIDs, of: "VpcSecurityGroupMembership"), .tags(cluster.tags, "TagList"),
    ]
    return members.compactMap(\.self) + XML.members(cluster.details, .rds, besides: ["Status", "MultiAZ", "OwnerId"])
  }
}
