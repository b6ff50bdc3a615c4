// What a new RDS instance gets: a name, addresses, a standby, and the network interfaces that show them (S33).
import Cloud
import DNSWire

/// A database that CreateDBInstance is asked for.
struct NewDatabase {
  static let ports = 1150...65_535
  private static let storageGigabytes = 5...65_536

  /// What changes no answer. Changeable ones first.
  static let kept: [KeptParameter] = [
    .text("DBInstanceClass"), .text("EngineVersion"), .text("LicenseModel"), .text("StorageType"),
    .text("PreferredBackupWindow"), .text("PreferredMaintenanceWindow"), .text("MonitoringRoleArn"),
    .text("CACertificateIdentifier"), .number("AllocatedStorage", storageGigabytes),
    .number("BackupRetentionPeriod", 0...35), .number("Iops", 0...256_000), .number("StorageThroughput", 0...4000),
    .number("MonitoringInterval", 0...60), .number("PromotionTier", 0...15),
    .number("MaxAllocatedStorage", storageGigabytes), .boolean("AutoMinorVersionUpgrade"),
    .boolean("CopyTagsToSnapshot"), .boolean("DeletionProtection"),
    .boolean("EnableIAMDatabaseAuthentication", as: "IAMDatabaseAuthenticationEnabled"),
    .boolean("EnablePerformanceInsights", as: "PerformanceInsightsEnabled"),
  ]
  private static let keptAtFirst: [KeptParameter] = [
    .text("Engine"), .text("MasterUsername"), .text("DBName"), .text("CharacterSetName"),
    .text("NcharCharacterSetName"), .text("KmsKeyId"), .text("Timezone"), .boolean("StorageEncrypted"),
    .texts("EnableCloudwatchLogsExports", as: "EnabledCloudwatchLogsExports"),
  ]

  private var database: DBInstance
  private let placement: Placement
  private let zone: String?

  init(_ id: String, _ parameters: Parameters, _ call: borrowing Call) throws(AWSError) {
    guard call.dbInstance(named: id) == nil else {
      throw AWSError("DBInstanceAlreadyExists", "DB instance already exists: \(id)")
    }
    let engine = try DatabaseEngine(parameters.required("Engine"))
    let cluster = try parameters.has("DBClusterIdentifier") ? call.dbCluster(parameters) : nil
    guard engine.isAurora == (cluster != nil) else {
      throw .invalidCombination(
        engine.isAurora
          ? "The engine \(engine.name) needs a DBClusterIdentifier"
          : "The engine \(engine.name) makes no instances of clusters")
    }
    placement = try Self.placement(cluster, parameters, call)
    zone = parameters.text("AvailabilityZone")
    try call.check(zone, placement, code: "InvalidVPCNetworkStateFault")
    // "If no DB subnet group has been specified … the DB instance is publicly accessible", as long as there is one.
    let usual = parameters.has("DBSubnetGroupName") || cluster != nil ? placement.vpcID == nil : true
    let isPublic = try parameters.boolean("PubliclyAccessible") ?? usual
    guard isPublic || placement.vpcID != nil else {
      throw .invalidCombination("A DB instance on the EC2-Classic platform is always publicly accessible")
    }
    let key = call.newID(id) { call.world.dbInstances[ID($0)] != nil }
    database = DBInstance(id: ID(key), region: call.region, publiclyAccessible: isPublic)
    database.endpoint = try call.names.endpoint([id, call.names.token("rds", 12)], "rds")
    database.multiAZ = try parameters.boolean("MultiAZ") ?? false
    database.vpcID = placement.vpcID
    database.clusterID = cluster?.id
    database.port = try parameters.integer("Port", in: Self.ports) ?? cluster?.port ?? engine.port
    try setGroups(cluster, parameters, call)
    try setDetails(engine, parameters, call)
    database.tags = try parameters.newTags()
  }

  private static func placement(
    _ cluster: DBCluster?, _ parameters: Parameters, _ call: borrowing Call
  ) throws(AWSError) -> Placement {
    let name = parameters.text("DBSubnetGroupName")
    guard let cluster else { return try SubnetGroups.rds.placement(name, call) }
    let ofCluster = cluster.details.text("DBSubnetGroup")
    guard name == nil || name == ofCluster else {
      throw .invalidCombination("The instances of a cluster are in its DB subnet group: \(ofCluster ?? "default")")
    }
    return try SubnetGroups.rds.placement(ofCluster, call)
  }

  private mutating func setGroups(
    _ cluster: DBCluster?, _ parameters: Parameters, _ call: borrowing Call
  ) throws(AWSError) {
    let given: [ID<SecurityGroup>] = try parameters.ids("VpcSecurityGroupIds")
    database.securityGroupIDs =
      if let cluster, given.isEmpty {
        cluster.securityGroupIDs
      } else {
        try call.securityGroups(given, in: placement.vpcID, code: "InvalidParameterValue")
      }
    // The groups of the EC2-Classic platform: nobody can make one here, so there is the usual one.
    let classic = try parameters.texts("DBSecurityGroups")
    guard classic.isEmpty || placement.vpcID == nil else {
      throw .invalidCombination("DB security groups are not supported in a VPC")
    }
    for name in classic where name != "default" {
      throw AWSError("DBSecurityGroupNotFound", "DBSecurityGroup \(name) not found.", status: 404)
    }
    guard placement.vpcID == nil else { return }
    database.details["DBSecurityGroups"] = .list([
      .mapping(["DBSecurityGroupName": .text("default"), "Status": .text("active")])
    ])
  }

  private mutating func setDetails(
    _ engine: DatabaseEngine, _ parameters: Parameters, _ call: borrowing Call
  ) throws(AWSError) {
    _ = try parameters.required("DBInstanceClass")
    try parameters.checkPassword()
    if database.clusterID == nil {
      for name in ["MasterUsername", "MasterUserPassword", "AllocatedStorage"] { _ = try parameters.required(name) }
    } else {
      guard !database.multiAZ else {
        throw .invalidCombination("MultiAZ is not a parameter of the instances of an Aurora cluster")
      }
    }
    var details = database.details
    details["BackupRetentionPeriod"] = .number(1)
    details["AutoMinorVersionUpgrade"] = .boolean(true)
    try parameters.keep(Self.kept + Self.keptAtFirst, in: &details)
    details.keepMemberships(parameters)
    details["InstanceCreateTime"] = .text(call.now.description)
    details["DBInstanceArn"] = .text(call.names.arn("rds", "db:\(database.id.name)"))
    if let name = placement.groupName {
      details["DBSubnetGroup"] = .mapping(["DBSubnetGroupName": .text(name)])
    }
    database.details = details
  }

  /// Adds it, with its interfaces and to its cluster.
  func create(_ call: inout Call, _ parameters: Parameters) throws(AWSError) -> DBInstance {
    var database = database
    let resourceID: ID<DBInstance> = call.allocator.id("db")
    database.details["DbiResourceId"] = .text("db-" + resourceID.rawValue.dropFirst(4).uppercased())
    let subnet = placement.subnet(in: zone)
    database.details["AvailabilityZone"] = (subnet?.availabilityZone ?? zone ?? "\(call.region)a").detail
    let pair = try call.newAddresses(in: subnet, isPublic: database.publiclyAccessible)
    (database.privateIPAddress, database.publicIPAddress) = (pair.privateAddress, pair.publicAddress)
    var nodes: [(pair: AddressPair, subnet: Subnet?)] = [(pair, subnet)]
    if database.multiAZ {
      nodes.append(try call.addStandby(to: &database, placement))
    }
    try call.apply(.addDBInstance(database))
    if let id = database.clusterID { try call.nameWriter(of: id) }
    for node in nodes {
      try call.addInterface(
        NetworkInterface.databaseDescription, node.pair, in: node.subnet, database.securityGroupIDs)
    }
    return database
  }
}

extension String {
  fileprivate var detail: Detail { .text(self) }
}

extension Details {
  /// Groups of parameters and of options by their names: we have no more of them.
  mutating func keepMemberships(_ parameters: Parameters) {
    if let name = parameters.text("DBParameterGroupName") {
      self["DBParameterGroups"] = .list([
        .mapping(["DBParameterGroupName": .text(name), "ParameterApplyStatus": .text("in-sync")])
      ])
    }
    if let name = parameters.text("OptionGroupName") {
      self["OptionGroupMemberships"] = .list([
        .mapping(["OptionGroupName": .text(name), "Status": .text("in-sync")])
      ])
    }
  }
}

extension Call {
  func interfaces(of database: DBInstance) -> [NetworkInterface] {
    interfaces(holding: [database.privateIPAddress, database.standbyPrivateIPAddress], in: database.vpcID)
  }

  /// Gives a database a standby: addresses in another subnet, and another zone.
  fileprivate mutating func addStandby(
    to database: inout DBInstance, _ placement: Placement
  ) throws(AWSError) -> (pair: AddressPair, subnet: Subnet?) {
    let zone = database.details.text("AvailabilityZone")
    let subnet = placement.subnet(apartFrom: placement.subnet(in: zone))
    let primary = database.privateIPAddress.map {
      AddressPair(privateAddress: $0, publicAddress: database.publicIPAddress)
    }
    let pair = try newAddresses(
      in: subnet, isPublic: database.publiclyAccessible, besides: [primary].compactMap(\.self))
    (database.standbyPrivateIPAddress, database.standbyPublicIPAddress) = (pair.privateAddress, pair.publicAddress)
    database.details["SecondaryAvailabilityZone"] =
      (subnet?.availabilityZone ?? (zone == "\(region)b" ? "\(region)a" : "\(region)b")).detail
    return (pair, subnet)
  }

  /// Gives a modified database the addresses that it lacks, and takes those that it must not have.
  mutating func settle(
    _ new: inout DBInstance, insteadOf old: DBInstance
  ) throws(AWSError) {
    // Of a database whose addresses only its interface tells (decision 22), that goes on telling them.
    if new.publiclyAccessible != old.publiclyAccessible, old.privateIPAddress != nil {
      new.publicIPAddress = nil
      new.standbyPublicIPAddress = nil
      let domain: ElasticIP.Domain = new.vpcID == nil ? .standard : .vpc
      if new.publiclyAccessible {
        new.publicIPAddress = try allocator.publicAddress(domain, world)
        while new.standbyPrivateIPAddress != nil, [nil, new.publicIPAddress].contains(new.standbyPublicIPAddress) {
          new.standbyPublicIPAddress = try allocator.publicAddress(domain, world)
        }
      }
    }
    if !new.multiAZ, old.multiAZ {
      new.standbyPrivateIPAddress = nil
      new.standbyPublicIPAddress = nil
      new.details["SecondaryAvailabilityZone"] = nil
    } else if new.multiAZ, !old.multiAZ {
      _ = try addStandby(to: &new, SubnetGroups.rds.placement(in: new.vpcID, new.subnetGroupName, self))
    }
  }

  /// Shows the addresses of a modified database: by the interfaces that it had, and a new one for a new standby.
  mutating func showInterfaces(of database: DBInstance, insteadOf old: [NetworkInterface]) throws(AWSError) {
    let pairs = [
      (database.privateIPAddress, database.publicIPAddress),
      (database.standbyPrivateIPAddress, database.standbyPublicIPAddress),
    ]
    for (address, publicAddress) in pairs {
      guard let address, let vpcID = database.vpcID else { continue }
      let pair = AddressPair(privateAddress: address, publicAddress: publicAddress)
      if var interface = old.first(where: { $0.addresses.first?.privateAddress == address }) {
        interface.addresses = [pair]
        interface.securityGroupIDs = database.securityGroupIDs
        try apply(.addNetworkInterface(interface))
      } else {
        let subnet = subnets(of: vpcID).first { $0.cidrBlock?.contains(address) == true }
        try addInterface(NetworkInterface.databaseDescription, pair, in: subnet, database.securityGroupIDs)
      }
    }
  }
}
