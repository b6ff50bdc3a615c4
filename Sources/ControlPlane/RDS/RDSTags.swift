// Tags of what RDS makes, by ARN.
import Cloud

extension QueryService {
  static let rdsTagOperations: [String: Operation] = [
    "AddTagsToResource": { (call: inout Call, parameters) throws(AWSError) in
      let tags = try parameters.tags("Tags")
      guard !tags.isEmpty else { throw .missing("Tags") }
      try call.retag(parameters) { old throws(AWSError) in try old.adding(tags) }
      return []
    },
    "RemoveTagsFromResource": { (call: inout Call, parameters) throws(AWSError) in
      let keys = try parameters.texts("TagKeys")
      try call.retag(parameters) { $0.removing(keys) }
      return []
    },
    "ListTagsForResource": { (call: inout Call, parameters) throws(AWSError) in
      switch try call.taggedResource(parameters) {
      case .dbInstance(let database): [.tags(database.tags, "TagList")]
      case .dbCluster(let cluster): [.tags(cluster.tags, "TagList")]
      case .stored(let group): [.tags(Call.tags(group.details, "TagList"), "TagList")]
      default: []
      }
    },
  ]
}

extension Call {
  fileprivate func taggedResource(_ parameters: Parameters) throws(AWSError) -> Resource {
    let text = try parameters.required("ResourceName")
    guard let arn = ARN(text), arn.service == "rds", let colon = arn.resource.firstIndex(of: ":") else {
      throw .invalid("ResourceName", text, "it must be the ARN of a resource of RDS")
    }
    let id = String(arn.resource[arn.resource.index(after: colon)...])
    let isOwn = arn.account == caller.account && arn.region == region.code
    switch arn.resource[..<colon] {
    case "db":
      if isOwn, let database = dbInstance(named: id) { return .dbInstance(database) }
      throw AWSError("DBInstanceNotFound", "DBInstance \(id) not found.", status: 404)
    case "cluster":
      if isOwn, let cluster = dbCluster(named: id) { return .dbCluster(cluster) }
      throw AWSError("DBClusterNotFoundFault", "DBCluster \(id) not found.", status: 404)
    case "subgrp":
      if isOwn, let group = stored(.dbSubnetGroup, id) { return .stored(group) }
      throw AWSError("DBSubnetGroupNotFoundFault", "DB subnet group '\(id)' does not exist.", status: 404)
    default: throw .invalid("ResourceName", text, "classiclink-dns has instances, clusters and subnet groups of RDS")
    }
  }

  fileprivate mutating func retag(
    _ parameters: Parameters, _ change: ([Tag]) throws(AWSError) -> [Tag]
  ) throws(AWSError) {
    switch try taggedResource(parameters) {
    case .dbInstance(var database):
      database.tags = try change(database.tags)
      try apply(.replace(.dbInstance(database)))
    case .dbCluster(var cluster):
      cluster.tags = try change(cluster.tags)
      try apply(.replace(.dbCluster(cluster)))
    case .stored(var group):
      group.details["TagList"] = .tags(try change(Call.tags(group.details, "TagList")))
      try apply(.replace(.stored(group)))
    default: break
    }
  }
}
