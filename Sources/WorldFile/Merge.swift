// The parts of one item become one, member by member; what differs is kept side by side (world.md 1).

extension Node {
  /// Parts of one item from several lists or files, all at once: one after the other, each would be compared with all
  /// that the others say. The result stands where the first part stands that says something.
  static func merge(_ parts: [Node]) -> Node? {
    let telling = parts.filter { !$0.isNull }
    guard let first = telling.first, telling.count > 1 else { return telling.first ?? parts.first }
    let mappings = telling.prefix { if case .mapping = $0.value { true } else { false } }
    var whole = first
    if mappings.count > 1 { whole.value = .mapping(merge(membersOf: mappings)) }
    let rest = telling.dropFirst(max(mappings.count, 1))
    if rest.isEmpty { return whole }
    let distinct = distinct([whole] + rest)
    return distinct.count == 1 ? whole : Node(value: .differing(distinct), spot: whole.spot)
  }

  /// In the order in which their names come.
  private static func merge(membersOf mappings: ArraySlice<Node>) -> [Member] {
    var indices: [String: Int] = [:]
    var members: [Member] = []
    var values: [[Node]] = []
    for mapping in mappings {
      for member in mapping.members {
        if let index = indices[member.name] {
          values[index].append(member.node)
        } else {
          indices[member.name] = members.count
          members.append(member)
          values.append([member.node])
        }
      }
    }
    for index in members.indices { members[index].node = merge(values[index]) ?? members[index].node }
    return members
  }

  /// The nodes without those that say what an earlier one says.
  private static func distinct(_ nodes: [Node]) -> [Node] {
    var seen: [Int: [Node]] = [:]
    return nodes.filter { node in
      let hash = node.hashOfWhatItSays
      if seen[hash]?.contains(where: { $0.says(node) }) == true { return false }
      seen[hash, default: []].append(node)
      return true
    }
  }

  /// Equal for nodes that say the same.
  private var hashOfWhatItSays: Int {
    var hasher = Hasher()
    switch value {
    case .null, .differing: break
    case .boolean(let flag): hasher.combine(flag)
    case .number(let text), .string(let text): hasher.combine(text)
    // In any order.
    case .list(let elements): hasher.combine(elements.reduce(elements.count) { $0 &+ $1.hashOfWhatItSays })
    case .mapping(let members):
      hasher.combine(members.reduce(0) { $0 &+ $1.name.hashValue &* 31 &+ $1.node.hashOfWhatItSays })
    }
    return hasher.finalize()
  }

  /// Elements up to which two lists are also compared without regard to order: it takes their product in time.
  private static let mostUnordered = 200

  /// Members up to which a mapping is searched as it stands; making a table of a small one takes longer.
  private static let mostUnsearched = 16

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
      guard mine.count == theirs.count else { return false }
      guard mine.count > Self.mostUnsearched else {
        return mine.allSatisfy { member in
          theirs.contains { $0.name == member.name && $0.node.says(member.node) }
        }
      }
      let nodes = Dictionary(theirs.lazy.map { ($0.name, $0.node) }) { first, _ in first }
      return mine.allSatisfy { nodes[$0.name]?.says($0.node) == true }
    default: return false
    }
  }
}
