// RDS instances: made, described, rebooted, removed. What is made is available at once.
import Cloud
import DNSWire

extension QueryService {
  static let dbInstanceOperations: [String: Operation] = [
    "CreateDBInstance": { (call: inout Call, parameters) throws(AWSError) in
      let id = try parameters.identifier("DBInstanceIdentifier")
      let new = try NewDatabase(id, parameters, call)
      return [call.xml(try new.create(&call, parameters))]
    },
    "ModifyDBInstance": { (call: inout Call, parameters) throws(AWSError) in
      [call.xml(try modify(try call.dbInstance(parameters), &call, parameters))]
    },
    "DeleteDBInstance": { (call: inout Call, parameters) throws(AWSError) in
      let database = try call.dbInstance(parameters)
      guard database.details.boolean("DeletionProtection") != true else {
        throw .invalidCombination(
          "Cannot delete protected DB Instance, please disable deletion protection and try again.")
      }
      // The members of a cluster have no snapshots of their own.
      let skips = try parameters.boolean("SkipFinalSnapshot") ?? false
      guard skips || database.clusterID != nil else {
        throw .invalidCombination(
          "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified; "
            + "classiclink-dns makes no snapshots")
      }
      guard try parameters.boolean("DeleteAutomatedBackups") ?? true else {
        throw .invalidCombination("classiclink-dns keeps no automated backups")
      }
      try call.remove(call.interfaces(of: database))
      try call.apply(.remove(.dbInstance(database.id)))
      return [call.xml(database, status: "deleting")]
    },
    // S31: with a failover the endpoint moves to the standby, and no private name does.
    "RebootDBInstance": { (call: inout Call, parameters) throws(AWSError) in
      let database = try call.dbInstance(parameters)
      if try parameters.boolean("ForceFailover") ?? false { try failOver(database, &call) }
      return [call.xml(call.world.dbInstances[database.id] ?? database)]
    },
    "DescribeDBInstances": { (call: inout Call, parameters) throws(AWSError) in
      let filters = try Filters(
        parameters, names: ["db-cluster-id", "db-instance-id", "dbi-resource-id", "engine"], list: "Filters",
        values: "Values")
      let named = parameters.has("DBInstanceIdentifier") ? [try call.dbInstance(parameters)] : nil
      let databases = filters.sift(named ?? call.world.dbInstances.values.filter { call.sees($0) }) { database, name in
        switch name {
        case "db-cluster-id": database.clusterID.map { [$0.name] }
        case "db-instance-id": [database.id.name]
        case "dbi-resource-id": database.details.text("DbiResourceId").map { [$0] }
        default: database.details.text("Engine").map { [$0] }
        }
      }
      return try PageNames.marker.list("DBInstances", of: "DBInstance", databases, parameters, by: \.id.name) {
        call.members(of: $0)
      }
    },
  ]

  private static func failOver(_ database: DBInstance, _ call: inout Call) throws(AWSError) {
    try call.apply(.failover(database.id))
    // The zones change places like the addresses.
    guard var moved = call.world.dbInstances[database.id] else { return }
    let zones = (moved.details["AvailabilityZone"], moved.details["SecondaryAvailabilityZone"])
    (moved.details["SecondaryAvailabilityZone"], moved.details["AvailabilityZone"]) = zones
    try call.apply(.replace(.dbInstance(moved)))
  }

  /// Every change is made at once, whatever `ApplyImmediately` says: it is always the time for maintenance here.
  private static func modify(
    _ old: DBInstance, _ call: inout Call, _ parameters: Parameters
  ) throws(AWSError) -> DBInstance {
    _ = try parameters.boolean("ApplyImmediately")
    var new = old
    try parameters.checkPassword()
    try parameters.keep(NewDatabase.kept, in: &new.details)
    new.details.keepMemberships(parameters)
    if let port = try parameters.integer("DBPortNumber", in: NewDatabase.ports) { new.port = port }
    if let isPublic = try parameters.boolean("PubliclyAccessible") { new.publiclyAccessible = isPublic }
    if let multiAZ = try parameters.boolean("MultiAZ") { new.multiAZ = multiAZ }
    let groups: [ID<SecurityGroup>] = try parameters.ids("VpcSecurityGroupIds")
    if !groups.isEmpty {
      new.securityGroupIDs = try call.securityGroups(groups, in: old.vpcID, code: "InvalidParameterValue")
    }
    guard new.clusterID == nil || !new.multiAZ else {
      throw .invalidCombination("MultiAZ is not a parameter of the instances of an Aurora cluster")
    }
    guard new.publiclyAccessible || new.vpcID != nil else {
      throw .invalidCombination("A DB instance on the EC2-Classic platform is always publicly accessible")
    }
    let interfaces = call.interfaces(of: old)
    try call.remove(interfaces)
    try call.settle(&new, insteadOf: old)
    try call.apply(.replace(.dbInstance(new)))
    try call.showInterfaces(of: new, insteadOf: interfaces)
    return new
  }
}

extension Call {
  func sees(_ database: DBInstance) -> Bool {
    sees(database.region, database.details, arn: database.details.text("DBInstanceArn"), vpcID: database.vpcID)
  }

  func dbInstance(_ parameters: Parameters, _ name: String = "DBInstanceIdentifier") throws(AWSError) -> DBInstance {
    let id = try parameters.required(name).lowercased()
    guard let database = dbInstance(named: id) else {
      throw AWSError("DBInstanceNotFound", "DBInstance \(id) not found.", status: 404)
    }
    return database
  }

  func dbInstance(named name: String) -> DBInstance? {
    ids(of: name).compactMap { world.dbInstances[ID($0)] }.first { sees($0) }
  }

  func xml(_ database: DBInstance, status: String = "available") -> XML {
    XML("DBInstance", members(of: database, status: status))
  }

  func members(of database: DBInstance, status: String = "available") -> [XML] {
    let group =
      SubnetGroups.rds.xml(database.subnetGroupName, self)
      ?? database.vpcID.map { XML("DBSubnetGroup", [XML("VpcId", $0)]) }
    let members: [XML?] = [
      XML("DBInstanceIdentifier", database.id.name), XML("DBInstanceStatus", status),
      .endpoint("Endpoint", database.endpoint, database.port), XML("PubliclyAccessible", database.publiclyAccessible),
      XML("MultiAZ", database.multiAZ), XML("DBClusterIdentifier", optional: database.clusterID?.name), group,
      .vpcSecurityGroups(database.securityGroupIDs, of: "VpcSecurityGroupMembership"), XML("DbInstancePort", 0),
      .tags(database.tags, "TagList"),
    ]
    return members.compactMap(\.self)
      + XML.members(database.details, .rds, besides: ["DBInstanceStatus", "DBSubnetGroup", "Endpoint", "OwnerId"])
  }
}
