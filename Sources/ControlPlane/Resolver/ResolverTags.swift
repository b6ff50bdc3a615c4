// Tags of rules, query log configurations and endpoints, by their ARNs.
import Cloud

extension JSONService {
  static let resolverTagOperations: [String: JSONOperation] = [
    "ListTagsForResource": { (call: inout Call, parameters) throws(AWSError) in
      let resource = try call.taggedResource(parameters)
      let items = resource.details.tags.map { tag -> Details in
        // The page is sorted by `Id`.
        ["Id": .text(tag.key), "Key": .text(tag.key), "Value": .text(tag.value)]
      }
      var page = try parameters.page("Tags", items)
      page["Tags"] = .list(
        page.mappings("Tags").map { tag in .mapping(tag.filter { $0.key != "Id" }) })
      return page
    },
    "TagResource": { (call: inout Call, parameters) throws(AWSError) in
      var resource = try call.taggedResource(parameters)
      let added = try parameters.resolverTags()
      guard !added.isEmpty else { throw .missing("Tags") }
      resource.details.tags = try resource.details.tags.adding(added)
      try call.apply(.replace(resource.whole))
      return [:]
    },
    "UntagResource": { (call: inout Call, parameters) throws(AWSError) in
      var resource = try call.taggedResource(parameters)
      let keys = try parameters.texts("TagKeys")
      guard !keys.isEmpty else { throw .missing("TagKeys") }
      resource.details.tags = resource.details.tags.filter { !keys.contains($0.key) }
      try call.apply(.replace(resource.whole))
      return [:]
    },
  ]
}

/// A resource whose tags are among its details.
private enum TaggedResource {
  case rule(ResolverRule)
  case stored(StoredResource)

  var details: Details {
    get {
      switch self {
      case .rule(let rule): rule.details
      case .stored(let stored): stored.details
      }
    }
    set {
      switch self {
      case .rule(var rule):
        rule.details = newValue
        self = .rule(rule)
      case .stored(var stored):
        stored.details = newValue
        self = .stored(stored)
      }
    }
  }

  var whole: Resource {
    switch self {
    case .rule(let rule): .resolverRule(rule)
    case .stored(let stored): .stored(stored)
    }
  }
}

extension Call {
  fileprivate func taggedResource(_ parameters: Parameters) throws(AWSError) -> TaggedResource {
    let arn = try parameters.required("ResourceArn")
    let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    let path = parts.last?.split(separator: "/", maxSplits: 1) ?? []
    guard parts.count == 6, parts[2] == "route53resolver", path.count == 2 else {
      throw .invalid("ResourceArn", arn, "it must be the ARN of a resource of the Resolver")
    }
    let id = String(path[1])
    if path[0] == "resolver-rule", let rule = world.resolverRules[ID(id)], sees(rule.details),
      arn == resolverARN("resolver-rule", id, rule.details)
    {
      return .rule(rule)
    }
    let kinds: [Substring: StoredResource.Kind] = [
      "resolver-query-log-config": .resolverQueryLogConfig, "resolver-endpoint": .resolverEndpoint,
    ]
    if let kind = kinds[path[0]], let found = stored(kind, id), arn == resolverARN(String(path[0]), id, found.details) {
      return .stored(found)
    }
    throw .resolverResourceNotFound("resource", arn)
  }
}
