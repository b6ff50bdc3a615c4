// A piece of a world file in memory, whichever syntax it was written in. One item of a list is one small tree.

struct Node: Sendable {
  enum Value: Sendable {
    case null
    case boolean(Bool)
    /// As it is written.
    case number(String)
    case string(String)
    case list([Node])
    case mapping([Member])
    /// What two or more parts of one item say differently; an error only where somebody reads it.
    case differing([Node])
  }

  /// A name and its value in a mapping.
  struct Member: Sendable {
    var name: String
    var spot: Spot
    var node: Node
  }

  var value: Value
  var spot: Spot

  var isNull: Bool { if case .null = value { true } else { false } }

  /// The members, none when this is not a mapping.
  var members: [Member] { if case .mapping(let members) = value { members } else { [] } }

  /// The elements, none when this is not a list.
  var elements: [Node] { if case .list(let elements) = value { elements } else { [] } }

  var string: String? { if case .string(let text) = value { text } else { nil } }

  /// The value of a member; `nil` when it is absent or null.
  subscript(name: String) -> Node? {
    guard case .mapping(let members) = value else { return nil }
    // The length tells most names apart, and costs next to nothing.
    let octets = name.utf8.count
    for member in members where member.name.utf8.count == octets && member.name == name {
      return member.node.isNull ? nil : member.node
    }
    return nil
  }

  /// What this is, in the words of an error message.
  var kindInWords: String {
    switch value {
    case .null: "nothing"
    case .boolean: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .list: "a list"
    case .mapping: "a mapping"
    case .differing(let nodes): nodes.first?.kindInWords ?? "nothing"
    }
  }
}

extension Node {
  /// The first node that is the value of `member`, the nearest to the root first.
  func firstValue(of member: String) -> Node? {
    var level = [self]
    while !level.isEmpty {
      var next: [Node] = []
      for node in level {
        if let found = node[member] { return found }
        next += node.members.map(\.node) + node.elements
      }
      level = next
    }
    return nil
  }

  /// The first string in this tree that reads `text`.
  func firstString(_ text: String) -> Node? {
    switch value {
    case .string(let own): return own == text ? self : nil
    case .list(let nodes), .differing(let nodes): return nodes.lazy.compactMap { $0.firstString(text) }.first
    case .mapping(let members): return members.lazy.compactMap { $0.node.firstString(text) }.first
    default: return nil
    }
  }
}
