// Tags in EC2's XML, and in the parameters of calls that make something.
import Cloud

extension XML {
  static func tags(_ tags: [Tag]) -> XML {
    .list("tagSet", tags.sorted { $0.key < $1.key }.map { [XML("key", $0.key), XML("value", $0.value)] })
  }
}

extension Tag {
  /// Nobody else gives or takes such a tag.
  var isOfAWS: Bool { key.utf8.starts(with: "aws:".utf8) }
}

extension Parameters {
  /// `TagSpecification.N` for a resource of `type`; another type is refused, since the call makes none.
  func tagSpecifications(_ types: String...) throws(AWSError) -> [String: [Tag]] {
    var result: [String: [Tag]] = [:]
    for specification in try structures("TagSpecification") {
      let type = try specification.required("ResourceType")
      guard types.contains(type) else {
        throw AWSError(
          "InvalidParameterValue", "'\(type)' is not a valid taggable resource type for this operation.")
      }
      result[type, default: []] += try specification.tags("Tag")
    }
    for tags in result.values { try Self.check(tags) }
    return result.mapValues { $0.sorted { $0.key < $1.key } }
  }

  func tags(_ list: String) throws(AWSError) -> [Tag] {
    var tags: [Tag] = []
    for entry in try structures(list) {
      tags.append(Tag(key: try entry.required("Key"), value: entry.text("Value") ?? ""))
    }
    return tags
  }

  /// AWS's limits for tags that somebody gives a resource. Its own count for nothing.
  /// - Parameter old: Those that the resource keeps.
  static func check(_ tags: [Tag], besides old: [Tag] = []) throws(AWSError) {
    guard tags.count + old.count(where: { !$0.isOfAWS }) <= CallLimits.tags else {
      throw AWSError("TagLimitExceeded", "More than \(CallLimits.tags) tags")
    }
    var seen: Set<String> = []
    for tag in tags {
      guard tag.key.utf16.count <= 128, tag.value.utf16.count <= 256, !tag.isOfAWS else {
        throw AWSError("InvalidParameterValue", "Tag key '\(tag.key)' or its value is too long, or begins with aws:")
      }
      guard seen.insert(tag.key).inserted else {
        throw AWSError("InvalidParameterValue", "Duplicate tag key '\(tag.key)' specified.")
      }
    }
  }
}
