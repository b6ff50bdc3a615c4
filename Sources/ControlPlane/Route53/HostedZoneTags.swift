// Tags of hosted zones.
import Cloud

extension RESTService {
  static let hostedZoneTagOperations: [String: Operation] = [
    "ListTagsForResource": { (call: inout Call, parameters) throws(AWSError) in
      let zone = try call.taggedZone(parameters, parameters.required("ResourceId"))
      return [XML("ResourceTagSet", zone.tagSet)]
    },
    "ListTagsForResources": { (call: inout Call, parameters) throws(AWSError) in
      let ids = try parameters.texts("ResourceIds")
      guard (1...Route53Limits.resourcesOfCall).contains(ids.count) else {
        throw .invalid("ResourceIds", "\(ids.count)", "it holds from 1 to \(Route53Limits.resourcesOfCall) ids")
      }
      var sets: [[XML]] = []
      for id in ids { sets.append(try call.taggedZone(parameters, id).tagSet) }
      return [.list("ResourceTagSets", of: "ResourceTagSet", sets)]
    },
    "ChangeTagsForResource": { (call: inout Call, parameters) throws(AWSError) in
      var zone = try call.taggedZone(parameters, parameters.required("ResourceId"))
      let added = try parameters.tags("AddTags")
      let removed = try parameters.texts("RemoveTagKeys")
      guard !added.isEmpty || !removed.isEmpty else { throw .missing("AddTags") }
      for count in [added.count, removed.count] where count > Route53Limits.tagsOfCall {
        throw .invalidInput("A call adds or removes at most \(Route53Limits.tagsOfCall) tags, not \(count)")
      }
      try Parameters.check(added)
      zone.details.tags =
        zone.details.tags.filter { tag in
          !removed.contains(tag.key) && !added.contains { $0.key == tag.key }
        } + added
      try Parameters.check(zone.details.tags)
      try call.apply(.replace(.hostedZone(zone)))
      return []
    },
  ]
}

extension Call {
  fileprivate func taggedZone(_ parameters: Parameters, _ id: String) throws(AWSError) -> HostedZone {
    switch try parameters.required("ResourceType") {
    case "hostedzone": return try hostedZone(id)
    case "healthcheck": throw .noHealthCheck(id)
    case let type: throw .invalid("ResourceType", type, "it must be hostedzone or healthcheck")
    }
  }
}

extension HostedZone {
  fileprivate var tagSet: [XML] {
    [
      XML("ResourceType", "hostedzone"), XML("ResourceId", id),
      .list("Tags", of: "Tag", details.tags.map { [XML("Key", $0.key), XML("Value", $0.value)] }),
    ]
  }
}
