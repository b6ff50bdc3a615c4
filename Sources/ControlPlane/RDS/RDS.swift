// Amazon RDS: which action stands where, and what its XML calls things.
import Cloud
import DNSWire

extension QueryService {
  static let rds = QueryService(
    name: "rds", version: "2014-10-31", namespace: "http://rds.amazonaws.com/doc/2014-10-31/",
    operations: [
      dbInstanceOperations, dbClusterOperations, SubnetGroups.rds.operations, rdsTagOperations,
    ].reduce(into: [:]) { all, some in all.merge(some) { _, _ in preconditionFailure("an action stands twice") } })
}

extension ElementNames {
  static let rds = ElementNames([
    "AvailabilityZones": "AvailabilityZone", "DBParameterGroups": "DBParameterGroup",
    "DBSecurityGroups": "DBSecurityGroup", "OptionGroupMemberships": "OptionGroupMembership", "Subnets": "Subnet",
  ])
}

extension SubnetGroups {
  static let rds = SubnetGroups(
    kind: .dbSubnetGroup, element: "DBSubnetGroup", descriptionMember: "DBSubnetGroupDescription",
    statusMember: "SubnetGroupStatus", arn: ("DBSubnetGroupArn", "rds", "subgrp"), tagMember: "TagList", zones: 2,
    alreadyExists: "DBSubnetGroupAlreadyExists", notFound: "DBSubnetGroupNotFoundFault",
    inUse: "InvalidDBSubnetGroupStateFault", tooFewZones: "DBSubnetGroupDoesNotCoverEnoughAZs", elements: .rds,
    isUsed: { call, name in
      call.world.dbInstances.values.contains { call.sees($0) && $0.subnetGroupName == name }
        || call.world.dbClusters.values.contains { call.sees($0) && $0.details.text("DBSubnetGroup") == name }
    })
}

extension DBInstance {
  /// Its VPC stands beside, in the model itself.
  var subnetGroupName: String? { details["DBSubnetGroup"]?.members.text("DBSubnetGroupName") }
}

/// A database engine: where it listens, and whether it makes clusters.
struct DatabaseEngine: Sendable {
  var name: String
  var port: Int
  var isAurora: Bool { name.hasPrefix("aurora") }

  /// S96
  init(_ name: String) throws(AWSError) {
    self.name = name
    switch name {
    case "aurora", "aurora-mysql", "mysql", "mariadb": port = 3306
    case "aurora-postgresql", "postgres": port = 5432
    case _ where name.hasPrefix("oracle-"): port = 1521
    case _ where name.hasPrefix("sqlserver-"): port = 1433
    case _ where name.hasPrefix("db2-"): port = 50_000
    default: throw AWSError("InvalidParameterValue", "Invalid DB engine: \(name)")
    }
  }
}

extension Parameters {
  /// An identifier of RDS, Redshift or ElastiCache: letters, digits and single hyphens, a letter first; kept in lower
  /// case.
  func identifier(_ name: String, octets limit: Int = 63) throws(AWSError) -> String {
    let text = try required(name).lowercased()
    guard text.utf8.count <= limit, text.first?.isLetter == true, text.last != "-", !text.contains("--"),
      text.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 45 })
    else {
      throw .invalid(
        name, text,
        "identifiers have 1 to \(limit) letters, digits or hyphens, begin with a letter, "
          + "do not end with a hyphen and have no two in a row")
    }
    return text
  }

  /// A master user's password is checked and forgotten: no call ever shows it.
  func checkPassword(octets: ClosedRange<Int> = 8...128) throws(AWSError) {
    guard let password = text("MasterUserPassword") else { return }
    guard octets.contains(password.utf8.count), !password.contains(where: { "/@\" ".contains($0) }) else {
      throw AWSError(
        "InvalidParameterValue",
        "The parameter MasterUserPassword is not a valid password: \(octets.lowerBound) to \(octets.upperBound) "
          + "printable ASCII characters besides '/', '@', '\"' and ' '")
    }
  }
}

extension XML {
  /// Groups of a VPC.
  static func vpcSecurityGroups(_ ids: [ID<SecurityGroup>], of element: String) -> XML {
    .list("VpcSecurityGroups", of: element, ids.map { [XML("VpcSecurityGroupId", $0), XML("Status", "active")] })
  }

  /// Where clients connect: a name without the final dot, and a port.
  static func endpoint(_ name: String, _ endpoint: Name?, _ port: Int?) -> XML? {
    guard let endpoint else { return nil }
    return XML(name, [XML("Address", endpoint.hostname)] + [XML("Port", optional: port)].compactMap(\.self))
  }
}

extension Name {
  /// As AWS writes it in an endpoint: without the final dot.
  var hostname: String {
    let text = description
    return text.hasSuffix(".") ? String(text.dropLast()) : text
  }
}
