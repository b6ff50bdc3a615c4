// Lists by a key: of the subnets of each VPC, say.

extension Dictionary where Value: RangeReplaceableCollection, Value.Element: Equatable {
  /// Adds an element to the list of a key, or takes it from there; an empty list is none.
  mutating func set(_ element: Value.Element, of key: Key, _ isThere: Bool) {
    if isThere {
      self[key, default: Value()].append(element)
    } else if let index = self[key]?.firstIndex(of: element) {
      self[key]?.remove(at: index)
      if self[key]?.isEmpty == true { self[key] = nil }
    }
  }
}
