// The matrix itself: each name asked by each asker.
import Cloud
import DNSWire
import Resolution

/// A world that can be asked.
struct MatrixWorld: Sendable {
  var world: World
  var snapshot: Snapshot
  private let ranges: PrivateRanges

  /// - Parameter snapshot: Made from the world, where there is one already.
  init(_ world: World, _ snapshot: Snapshot? = nil) {
    self.world = world
    self.snapshot = snapshot ?? Compiler.compile(world, generation: 0)
    ranges = PrivateRanges(world)
  }

  func cell(_ asker: Asker, _ name: Name, _ type: RecordType) -> MatrixCell {
    MatrixCell(snapshot.explain(asker, name: name, type: type), ranges)
  }

  /// Each of `whos` as this world knows it, `nil` for those that it does not know.
  func askers(_ whos: [Who]) -> [MatrixAsker?] {
    zip(whos, snapshot.tables.askers(whos)).map { who, asker in
      asker.map { asker in
        MatrixAsker(
          who: who, asker: asker, description: snapshot.explain(asker, name: .root, type: .a).asker)
      }
    }
  }
}

/// What was left out of a table.
struct MatrixRest: Sendable {
  var names = 0
  var askers = 0

  /// A sentence for each; none when nothing was left out.
  var sentences: [String] {
    var result: [String] = []
    if names > 0 { result.append("\(names) more names are left out: --name shows those that it is given.") }
    if askers > 0 { result.append("\(askers) more askers are left out: --from shows those that it is given.") }
    return result
  }
}

struct MatrixTable: Sendable {
  var type: RecordType
  var names: [Name]
  var askers: [MatrixAsker]
  /// By name, then by asker.
  var cells: [[MatrixCell]]
  var groups: [MatrixGroup]
  var rest: MatrixRest

  init(_ world: MatrixWorld, _ askers: [MatrixAsker], _ names: [Name], _ type: RecordType, _ rest: MatrixRest) {
    self.type = type
    self.names = names
    self.askers = askers
    self.rest = rest
    cells = names.map { name in askers.map { world.cell($0.asker, name, type) } }
    let cells = cells
    groups = MatrixGroup.groups(of: askers.indices.map { asker in cells.map { $0[asker].look } })
  }

  /// The cell of each group for a name.
  func row(_ name: Int) -> [MatrixCell] { groups.map { cells[name][$0.members[0]] } }
}

/// What another world changes.
struct MatrixChanges: Sendable {
  struct Change: Sendable {
    var before: MatrixCell
    var after: MatrixCell

    /// What is printed of it.
    struct Look: Hashable {
      var before: MatrixCell.Look
      var after: MatrixCell.Look
      var reason: String
    }
    var look: Look { Look(before: before.look, after: after.look, reason: after.reason) }
  }

  var type: RecordType
  var names: [Name]
  var askers: [MatrixAsker]
  /// By name, then by asker; `nil` where the answer looks the same in both worlds.
  var changes: [[Change?]]
  /// Askers whose changes are all equal.
  var groups: [MatrixGroup]
  /// Askers that only one of the worlds knows.
  var inOneWorld: [Who]
  var rest: MatrixRest

  init(
    from before: MatrixWorld, to after: MatrixWorld, _ whos: [Who], _ names: [Name], _ type: RecordType,
    _ rest: MatrixRest
  ) {
    self.type = type
    self.names = names
    self.rest = rest
    let pairs = zip(before.askers(whos), after.askers(whos))
    inOneWorld = zip(whos, pairs).compactMap { who, pair in (pair.0 == nil) != (pair.1 == nil) ? who : nil }
    let both = pairs.compactMap { one, other in one.flatMap { one in other.map { (one, $0) } } }
    askers = both.map { one, other in
      var asker = one
      if other.description != one.description { asker.descriptionAfter = other.description }
      return asker
    }
    changes = names.map { name in
      both.map { one, other in
        let change = Change(
          before: before.cell(one.asker, name, type), after: after.cell(other.asker, name, type))
        return change.before.look == change.after.look ? nil : change
      }
    }
    let changes = changes
    groups = MatrixGroup.groups(of: askers.indices.map { asker in changes.map { $0[asker]?.look } })
      .filter { group in changes.contains { $0[group.members[0]] != nil } }
  }

  var count: Int { changes.joined().count { $0 != nil } }
  var isEmpty: Bool { groups.isEmpty }

  /// Names with the changes of each group that has one.
  var rows: [(name: Name, changes: [(group: MatrixGroup, change: Change)])] {
    zip(names, changes).compactMap { name, row in
      let changes = groups.compactMap { group in row[group.members[0]].map { (group: group, change: $0) } }
      return changes.isEmpty ? nil : (name, changes)
    }
  }

  /// What is said where nothing changes: one line, and more only where something could not be compared.
  var nothing: [String] {
    ["Nothing changes: \(counted(names.count, "name")), \(counted(askers.count, "asker"))."] + remarks
  }

  /// What could not be compared, and what was left out.
  var remarks: [String] {
    let whos = inOneWorld.map(\.description).joined(separator: ", ")
    return (whos.isEmpty ? [] : ["Only one of the two worlds has \(whos)."]) + rest.sentences
  }

  /// What the changes are, in one line.
  var summary: String {
    "\(counted(count, "answer")) of \(names.count * askers.count) "
      + (count == 1 ? "changes." : "change.")
  }
}

/// `1 name`, `2 names`.
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
