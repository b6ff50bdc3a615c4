// Tags of services: in parameters, in details and in XML.
import Cloud

extension Detail {
  static func tags(_ tags: [Tag]) -> Detail {
    .list(tags.sorted { $0.key < $1.key }.map { .mapping(["Key": .text($0.key), "Value": .text($0.value)]) })
  }
}

extension XML {
  /// `<Tags><Tag><Key>…`
  static func tags(_ tags: [Tag], _ name: String, of element: String = "Tag") -> XML {
    .list(name, of: element, tags.sorted { $0.key < $1.key }.map { [XML("Key", $0.key), XML("Value", $0.value)] })
  }
}

extension [Tag] {
  /// The tags afterwards, in the order of their keys as a world has them: one with a key that is there already takes
  /// its place.
  func adding(_ tags: [Tag]) throws(AWSError) -> [Tag] {
    try Parameters.check(tags)
    let keys = Set(tags.map(\.key))
    let kept = filter { !keys.contains($0.key) }
    try Parameters.check(tags, besides: kept)
    return (kept + tags).sorted { $0.key < $1.key }
  }

  func removing(_ keys: [String]) -> [Tag] { filter { !keys.contains($0.key) } }
}

extension Parameters {
  /// The tags of something new.
  func newTags() throws(AWSError) -> [Tag] {
    let tags = try tags("Tags")
    try Self.check(tags)
    return tags
  }

  /// Redshift's `TagKeys` and `TagValues`: what has one of the keys and one of the values.
  func sift<Item>(_ items: [Item], _ tags: (Item) -> [Tag]) throws(AWSError) -> [Item] {
    let keys = try texts("TagKeys")
    let values = try texts("TagValues")
    return items.filter { item in
      let own = tags(item)
      return (keys.isEmpty || own.contains { keys.contains($0.key) })
        && (values.isEmpty || own.contains { values.contains($0.value) })
    }
  }
}

extension Call {
  /// Tags that stand among details.
  static func tags(_ details: Details, _ member: String) -> [Tag] {
    details.mappings(member).map { Tag(key: $0.text("Key") ?? "", value: $0.text("Value") ?? "") }
  }
}
