// Query log configurations and the VPCs whose questions they log: kept and described.
import Cloud

extension JSONService {
  static let queryLogOperations: [String: JSONOperation] = [
    "CreateResolverQueryLogConfig": { (call: inout Call, parameters) throws(AWSError) in
      var details = Details(madeBy: call)
      let requestID = try parameters.creatorRequestID()
      _ = try parameters.required("Name")
      details["Name"] = try parameters.resolverName().map { .text($0) }
      details["CreatorRequestId"] = .text(requestID)
      let destination = try parameters.required("DestinationArn")
      let services = ["s3", "logs", "firehose"]
      guard services.contains(where: { destination.hasPrefix("arn:aws:\($0):") }) else {
        throw .invalid("DestinationArn", destination, "it must be a bucket's, a log group's or a delivery stream's ARN")
      }
      details["DestinationArn"] = .text(destination)
      details.tags = try parameters.resolverTags()
      for other in call.storedDetails(.resolverQueryLogConfig)
      where other.details.text("CreatorRequestId") == requestID {
        throw AWSError("ResourceExistsException", "'\(other.id)' was made with this CreatorRequestId")
      }
      let id = "rslvr-qlc-0\(call.allocator.hexadecimal(16))"
      try call.apply(.addStored(StoredResource(.resolverQueryLogConfig, id, details)))
      return ["ResolverQueryLogConfig": .mapping(call.queryLogConfig(id, details))]
    },
    "GetResolverQueryLogConfig": { (call: inout Call, parameters) throws(AWSError) in
      let (id, details) = try call.queryLogConfig(parameters)
      return ["ResolverQueryLogConfig": .mapping(call.queryLogConfig(id, details))]
    },
    "DeleteResolverQueryLogConfig": { (call: inout Call, parameters) throws(AWSError) in
      let (id, details) = try call.queryLogConfig(parameters)
      guard call.queryLogAssociations(of: id).isEmpty else {
        throw AWSError("InvalidRequestException", "'\(id)' is associated with VPCs: disassociate it from them first")
      }
      try call.apply(.remove(.stored(StoredResource.Key(.resolverQueryLogConfig, id))))
      return ["ResolverQueryLogConfig": .mapping(call.queryLogConfig(id, details, status: "DELETING"))]
    },
    "ListResolverQueryLogConfigs": { (call: inout Call, parameters) throws(AWSError) in
      var items: [Details] = []
      for entry in call.storedDetails(.resolverQueryLogConfig) {
        items.append(call.queryLogConfig(entry.id, entry.details))
      }
      let names = [
        "Arn", "AssociationCount", "CreationTime", "CreatorRequestId", "DestinationArn", "Id", "Name", "OwnerId",
        "ShareStatus", "Status",
      ]
      var page = try parameters.page(
        "ResolverQueryLogConfigs", items, filters: Dictionary(uniqueKeysWithValues: names.map { ($0, $0) }))
      page["TotalCount"] = .number(items.count)
      return page
    },
  ]

  static let queryLogAssociationOperations: [String: JSONOperation] = [
    "AssociateResolverQueryLogConfig": { (call: inout Call, parameters) throws(AWSError) in
      let (id, _) = try call.queryLogConfig(parameters)
      let vpc = try call.vpc(parameters.requiredID("ResourceId"))
      guard !call.queryLogAssociations(of: id).contains(where: { $0.details.text("ResourceId") == vpc.id.rawValue })
      else { throw AWSError("ResourceExistsException", "'\(id)' is associated with '\(vpc.id)' already") }
      var details = Details(madeBy: call)
      details["ResolverQueryLogConfigId"] = .text(id)
      details["ResourceId"] = .text(vpc.id.rawValue)
      let stored = StoredResource(
        .resolverQueryLogConfigAssociation, "rslvr-qlcassoc-0\(call.allocator.hexadecimal(16))", details)
      try call.apply(.addStored(stored))
      return ["ResolverQueryLogConfigAssociation": .mapping(stored.queryLogAssociation())]
    },
    "DisassociateResolverQueryLogConfig": { (call: inout Call, parameters) throws(AWSError) in
      let (id, _) = try call.queryLogConfig(parameters)
      let resource = try parameters.required("ResourceId")
      let all = call.queryLogAssociations(of: id)
      guard let found = all.first(where: { $0.details.text("ResourceId") == resource }) else {
        throw .resolverResourceNotFound("association of '\(id)' with", resource)
      }
      let stored = StoredResource(.resolverQueryLogConfigAssociation, found.id, found.details)
      try call.apply(.remove(.stored(stored.key)))
      return ["ResolverQueryLogConfigAssociation": .mapping(stored.queryLogAssociation(status: "DELETING"))]
    },
    "GetResolverQueryLogConfigAssociation": { (call: inout Call, parameters) throws(AWSError) in
      let id = try parameters.required("ResolverQueryLogConfigAssociationId")
      let details = try call.storedDetails(.resolverQueryLogConfigAssociation, id, "query log config association")
      let stored = StoredResource(.resolverQueryLogConfigAssociation, id, details)
      return ["ResolverQueryLogConfigAssociation": .mapping(stored.queryLogAssociation())]
    },
    "ListResolverQueryLogConfigAssociations": { (call: inout Call, parameters) throws(AWSError) in
      let items = call.storedDetails(.resolverQueryLogConfigAssociation).map { entry in
        StoredResource(.resolverQueryLogConfigAssociation, entry.id, entry.details).queryLogAssociation()
      }
      let names = ["CreationTime", "Error", "Id", "ResolverQueryLogConfigId", "ResourceId", "Status"]
      var page = try parameters.page(
        "ResolverQueryLogConfigAssociations", items,
        filters: Dictionary(uniqueKeysWithValues: names.map { ($0, $0) }))
      page["TotalCount"] = .number(items.count)
      return page
    },
  ]
}

extension Call {
  fileprivate func queryLogConfig(_ parameters: Parameters) throws(AWSError) -> (id: String, details: Details) {
    let id = try parameters.required("ResolverQueryLogConfigId")
    return (id, try storedDetails(.resolverQueryLogConfig, id, "query log config"))
  }

  fileprivate func queryLogConfig(_ id: String, _ details: Details, status: String = "CREATED") -> Details {
    let own: Details = [
      "Id": .text(id), "Status": .text(status), "ShareStatus": .text("NOT_SHARED"),
      "OwnerId": .text(details.resolverOwner), "AssociationCount": .number(queryLogAssociations(of: id).count),
      "Arn": .text(resolverARN("resolver-query-log-config", id, details)),
    ]
    return details.shown.merging(own) { _, own in own }
  }

  fileprivate func queryLogAssociations(of id: String) -> [(id: String, details: Details)] {
    storedDetails(.resolverQueryLogConfigAssociation).filter { $0.details.text("ResolverQueryLogConfigId") == id }
  }
}

extension StoredResource {
  fileprivate func queryLogAssociation(status: String = "ACTIVE") -> Details {
    var members = details.shown
    members["OwnerId"] = nil
    return members.merging(["Id": .text(key.id), "Status": .text(status), "Error": .text("NONE")]) { _, own in own }
  }
}
