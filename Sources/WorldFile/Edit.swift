// An override on its way into an item: the value that replaces another one, and whether anybody reads it.

/// A value to put into an item. All of its nodes stand in the override's own file, each at a spot of its own.
struct Edit {
  /// Empty: the whole item.
  var path: [MemberStep]
  var value: Node

  var spot: Spot { value.spot }
}

/// Why an edit does not fit its item.
struct EditFailure: Error {
  var message: String
}

extension Node {
  /// Offsets from here on belong to mappings that a path makes on its way.
  private static let madeOnTheWay = 1 << 40

  /// The same value in the file of an override, where a spot is the number of the node.
  func placed(inFile file: Int) -> Node {
    var next = 0
    return placed(inFile: file, &next)
  }

  private func placed(inFile file: Int, _ next: inout Int) -> Node {
    var copy = self
    copy.spot = Spot(file: file, offset: next)
    next += 1
    switch value {
    case .list(let elements): copy.value = .list(elements.map { $0.placed(inFile: file, &next) })
    case .mapping(let members):
      copy.value = .mapping(
        members.map { Member(name: $0.name, spot: copy.spot, node: $0.node.placed(inFile: file, &next)) })
    default: break
    }
    return copy
  }

  /// The same tree with another value at the end of the edit's path.
  func edited(_ edit: Edit) throws(EditFailure) -> Node { try edited(edit, from: 0) }

  private func edited(_ edit: Edit, from depth: Int) throws(EditFailure) -> Node {
    guard depth < edit.path.count else { return edit.value }
    var copy = self
    switch (edit.path[depth], value) {
    case (.member(let name), .mapping(var members)):
      if let index = members.firstIndex(where: { $0.name == name }) {
        members[index].node = try members[index].node.edited(edit, from: depth + 1)
      } else {
        let made = Node(value: .null, spot: Spot(file: edit.spot.file, offset: Self.madeOnTheWay + depth))
        members.append(Member(name: name, spot: edit.spot, node: try made.edited(edit, from: depth + 1)))
      }
      copy.value = .mapping(members)
    case (.member, .null):
      copy.value = .mapping([])
      copy.spot = Spot(file: edit.spot.file, offset: Self.madeOnTheWay + depth)
      return try copy.edited(edit, from: depth)
    case (.element(let index), .list(var elements)):
      guard index < elements.count else {
        throw EditFailure(
          message: "\(MemberStep.text(edit.path[..<depth])) has \(Self.count(elements)), counted from 0")
      }
      elements[index] = try elements[index].edited(edit, from: depth + 1)
      copy.value = .list(elements)
    case (.member, .list(let elements)):
      throw EditFailure(
        message: "\(MemberStep.text(edit.path[..<depth])) is a list of \(Self.count(elements)): "
          + "write \(MemberStep.text(edit.path[..<depth]))[0] for the first")
    case (.member, _):
      throw EditFailure(message: "\(MemberStep.text(edit.path[..<depth])) is \(kindInWords) and has no members")
    case (.element, _):
      throw EditFailure(message: "\(MemberStep.text(edit.path[..<depth])) is \(kindInWords), not a list")
    }
    return copy
  }
}

extension Node {
  private static func count(_ elements: [Node]) -> String {
    elements.count == 1 ? "1 element" : "\(elements.count) elements"
  }
}

/// The names that a decoder asked for, by mapping. What it does not ask for changes nothing: in a file that is ignored,
/// in an override it is a mistake.
struct Reading {
  private var asked: [Spot: Set<String>] = [:]

  mutating func note(_ name: String, of mapping: Spot) { asked[mapping, default: []].insert(name) }

  /// A member of an edit that nobody asked for, and those that were asked for in its place.
  struct Stray {
    var member: String
    var known: Set<String>
  }

  /// The first stray member on the way of an edit through the item at `root`, or inside its value.
  func stray(_ edit: Edit, in root: Node) -> Stray? {
    var node = root
    var known = asked[root.spot] ?? []
    for step in edit.path {
      switch step {
      case .member(let name):
        guard known.contains(name) else { return Stray(member: name, known: known) }
        guard let next = node.members.first(where: { $0.name == name })?.node else { return nil }
        node = next
        known = asked[node.spot] ?? []
      case .element(let index):
        known = names(of: node.elements)
        guard index < node.elements.count else { return nil }
        node = node.elements[index]
      }
    }
    return stray(inside: node, known)
  }

  private func stray(inside node: Node, _ known: Set<String>) -> Stray? {
    for member in node.members {
      guard known.contains(member.name) else { return Stray(member: member.name, known: known) }
      if let stray = stray(inside: member.node, asked[member.node.spot] ?? []) { return stray }
    }
    let shared = names(of: node.elements)
    return node.elements.lazy.compactMap { stray(inside: $0, shared) }.first
  }

  /// A decoder may stop at the element that it wants: what it asks of one, it would ask of all.
  private func names(of elements: [Node]) -> Set<String> {
    elements.reduce(into: []) { $0.formUnion(asked[$1.spot] ?? []) }
  }
}
