// Cache security groups of the EC2-Classic platform: which EC2 security groups reach a cache (S139–S141).
import Cloud

extension QueryService {
  static let cacheSecurityGroupOperations: [String: Operation] = [
    "CreateCacheSecurityGroup": { (call: inout Call, parameters) throws(AWSError) in
      let name = try parameters.required("CacheSecurityGroupName").lowercased()
      let description = try parameters.required("Description")
      guard name != "default", name.utf8.count <= 255,
        name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })
      else { throw .invalid("CacheSecurityGroupName", name, "it has letters, digits or hyphens, and is not default") }
      guard call.stored(.cacheSecurityGroup, name) == nil else {
        throw AWSError("CacheSecurityGroupAlreadyExists", "Cache security group already exists: \(name)")
      }
      let group = try call.newCacheSecurityGroup(name, description)
      try call.apply(.addStored(group))
      return [XML("CacheSecurityGroup", call.members(of: group))]
    },
    "DeleteCacheSecurityGroup": { (call: inout Call, parameters) throws(AWSError) in
      let group = try call.cacheSecurityGroup(parameters)
      guard group.name != "default",
        !call.world.cacheClusters.values.contains(where: { call.sees($0) && $0.has(group) })
      else {
        throw AWSError(
          "InvalidCacheSecurityGroupState", "The cache security group \(group.name) is in use or is the default one")
      }
      try call.apply(.remove(.stored(group.key)))
      return []
    },
    "DescribeCacheSecurityGroups": { (call: inout Call, parameters) throws(AWSError) in
      var groups = call.stored(.cacheSecurityGroup)
      if parameters.has("CacheSecurityGroupName") {
        groups = [try call.cacheSecurityGroup(parameters)]
      } else if call.supportsClassic, !groups.contains(where: { $0.name == "default" }) {
        groups.append(try call.newCacheSecurityGroup("default", "default"))
      }
      return try PageNames.marker.list(
        "CacheSecurityGroups", of: "CacheSecurityGroup", groups, parameters, by: \.name
      ) { call.members(of: $0) }
    },
    // S139
    "AuthorizeCacheSecurityGroupIngress": { (call: inout Call, parameters) throws(AWSError) in
      var group = try call.cacheSecurityGroup(parameters)
      let source = try call.ec2SecurityGroup(parameters)
      var sources = group.details["EC2SecurityGroups"]?.elements ?? []
      guard !sources.contains(source) else {
        throw AWSError(
          "AuthorizationAlreadyExists", "The EC2 security group is already authorized for \(group.name)")
      }
      sources.append(source)
      group.details["EC2SecurityGroups"] = .list(sources)
      let isNew = call.stored(.cacheSecurityGroup, group.name) == nil
      try call.apply(isNew ? .addStored(group) : .replace(.stored(group)))
      return [XML("CacheSecurityGroup", call.members(of: group))]
    },
    // S141
    "RevokeCacheSecurityGroupIngress": { (call: inout Call, parameters) throws(AWSError) in
      var group = try call.cacheSecurityGroup(parameters)
      let source = try call.ec2SecurityGroup(parameters)
      var sources = group.details["EC2SecurityGroups"]?.elements ?? []
      guard let index = sources.firstIndex(of: source) else {
        throw AWSError(
          "AuthorizationNotFound", "The EC2 security group is not authorized for \(group.name)", status: 404)
      }
      sources.remove(at: index)
      group.details["EC2SecurityGroups"] = .list(sources)
      try call.apply(.replace(.stored(group)))
      return [XML("CacheSecurityGroup", call.members(of: group))]
    },
  ]
}

extension Call {
  fileprivate func newCacheSecurityGroup(_ name: String, _ description: String) throws(AWSError) -> StoredResource {
    guard supportsClassic else {
      // S129, S131
      throw AWSError(
        "InvalidParameterValue", "Use of cache security groups is not permitted in this API version for your account.")
    }
    return newStored(
      .cacheSecurityGroup, name,
      [
        "ARN": .text(names.arn("elasticache", "securitygroup:\(name)")), "Description": .text(description),
        "EC2SecurityGroups": .list([]), "OwnerId": .text(caller.account), "Region": .text(region.code),
      ])
  }

  /// Each account has a group `default` from the start (S140).
  fileprivate func cacheSecurityGroup(_ parameters: Parameters) throws(AWSError) -> StoredResource {
    try cacheSecurityGroup(named: parameters.required("CacheSecurityGroupName"))
  }

  func cacheSecurityGroup(named name: String) throws(AWSError) -> StoredResource {
    let name = name.lowercased()
    if let group = stored(.cacheSecurityGroup, name) { return group }
    guard name == "default", supportsClassic else {
      throw AWSError("CacheSecurityGroupNotFound", "CacheSecurityGroup \(name) not found.", status: 404)
    }
    return try newCacheSecurityGroup(name, "default")
  }

  /// A group of EC2-Classic: `EC2SecurityGroupName` of `EC2SecurityGroupOwnerId`. Those of other accounts are taken as
  /// they are named: a world need not know them.
  fileprivate func ec2SecurityGroup(_ parameters: Parameters) throws(AWSError) -> Detail {
    let name = try parameters.required("EC2SecurityGroupName")
    let owner = try parameters.required("EC2SecurityGroupOwnerId")
    guard owner.utf8.count == 12, owner.utf8.allSatisfy({ (48...57).contains($0) }) else {
      throw .invalid("EC2SecurityGroupOwnerId", owner, "it is an account of twelve digits")
    }
    let isKnown = world.securityGroups.values.contains {
      $0.ownerID == owner && $0.vpcID == nil && $0.region == region && $0.name == name
    }
    guard isKnown || owner != caller.account else {
      throw .invalid("EC2SecurityGroupName", name, "there is no such security group of EC2-Classic")
    }
    return .mapping([
      "EC2SecurityGroupName": .text(name), "EC2SecurityGroupOwnerId": .text(owner), "Status": .text("authorized"),
    ])
  }

  fileprivate func members(of group: StoredResource) -> [XML] {
    [XML("CacheSecurityGroupName", group.name)] + XML.members(group.details, .elastiCache)
  }
}

extension CacheCluster {
  fileprivate func has(_ group: StoredResource) -> Bool {
    details.mappings("CacheSecurityGroups").contains { $0.text("CacheSecurityGroupName") == group.name }
  }
}
