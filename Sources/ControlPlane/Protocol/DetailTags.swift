// Tags of resources whose model has no member for them.
import Cloud

extension Details {
  /// No answer depends on them. Sorted by key.
  var tags: [Tag] {
    get {
      mappings("Tags").map { Tag(key: $0.text("Key") ?? "", value: $0.text("Value") ?? "") }
    }
    set {
      let items = newValue.sorted { $0.key < $1.key }.map { tag in
        Detail.mapping(["Key": .text(tag.key), "Value": .text(tag.value)])
      }
      self["Tags"] = items.isEmpty ? nil : .list(items)
    }
  }
}
