// Askers whose columns are equal become one column, which names them.
import Resolution

struct MatrixAsker: Sendable {
  var who: Who
  var asker: Asker
  /// Phrases: where it is, to what it is linked.
  var description: [String]
  /// The same in the other world, where that differs; `nil` when it does not, or when there is one world.
  var descriptionAfter: [String]?
}

/// Askers by their index, the first of them first.
struct MatrixGroup: Sendable {
  var members: [Int]

  /// Indices whose values are equal, in the order of the first of each.
  static func groups(of columns: [some Hashable]) -> [MatrixGroup] {
    var groups: [MatrixGroup] = []
    let index = Dictionary(grouping: columns.indices) { columns[$0] }
    for (position, column) in columns.enumerated() where index[column]?.first == position {
      groups.append(MatrixGroup(members: index[column] ?? []))
    }
    return groups
  }

  /// `i-0aaa0001`, or `i-0aaa0001 +2` for three.
  func heading(_ askers: [MatrixAsker]) -> String {
    "\(askers[members[0]].who)" + (members.count > 1 ? " +\(members.count - 1)" : "")
  }

  /// Who the first one is, and who in the other world, where that differs.
  func description(_ askers: [MatrixAsker]) -> String {
    let first = askers[members[0]]
    return [first.description, first.descriptionAfter].compactMap { $0 }.map { description in
      // An instance is described by its id first, which the heading has said.
      let phrases = description.first == "\(first.who)" ? description.dropFirst() : description[...]
      return phrases.joined(separator: ", ")
    }.joined(separator: " → ")
  }

  /// The others.
  func others(_ askers: [MatrixAsker]) -> [String] { members.dropFirst().map { "\(askers[$0].who)" } }
}
