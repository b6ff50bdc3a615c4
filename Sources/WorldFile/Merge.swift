// Two parts of one item become one, member by member; what differs is kept side by side (world.md 1).

extension Node {
  /// Parts of one item from several lists or files. The result stands where the first part stands.
  static func merge(_ parts: [Node]) -> Node? {
    guard var whole = parts.first else { return nil }
    for part in parts.dropFirst() { whole = whole.merged(with: part) }
    return whole
  }

  func merged(with other: Node) -> Node {
    switch (value, other.value) {
    case (.null, _): return other
    case (_, .null): return self
    case (.mapping(let mine), .mapping(let theirs)):
      var members = mine
      for member in theirs {
        if let index = members.firstIndex(where: { $0.name == member.name }) {
          members[index].node = members[index].node.merged(with: member.node)
        } else {
          members.append(member)
        }
      }
      return Node(value: .mapping(members), spot: spot)
    case (.differing(let nodes), _):
      if nodes.contains(where: { $0.says(other) }) { return self }
      return Node(value: .differing(nodes + [other]), spot: spot)
    default:
      return says(other) ? self : Node(value: .differing([self, other]), spot: spot)
    }
  }

  /// Elements up to which two lists are also compared without regard to order: it takes their product in time.
  private static let mostUnordered = 200

  /// The same value, wherever it stands. AWS does not promise an order in its lists.
  func says(_ other: Node) -> Bool {
    switch (value, other.value) {
    case (.null, .null): return true
    case (.boolean(let mine), .boolean(let theirs)): return mine == theirs
    case (.number(let mine), .number(let theirs)), (.string(let mine), .string(let theirs)): return mine == theirs
    case (.list(let mine), .list(let theirs)):
      guard mine.count == theirs.count else { return false }
      if zip(mine, theirs).allSatisfy({ $0.says($1) }) { return true }
      guard mine.count <= Self.mostUnordered else { return false }
      var left = theirs
      for element in mine {
        guard let index = left.firstIndex(where: { element.says($0) }) else { return false }
        left.remove(at: index)
      }
      return true
    case (.mapping(let mine), .mapping(let theirs)):
      return mine.count == theirs.count
        && mine.allSatisfy { member in
          theirs.contains { $0.name == member.name && $0.node.says(member.node) }
        }
    default: return false
    }
  }
}
