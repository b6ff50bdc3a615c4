// A world that goes on changing: each change makes the few rows anew that it touches, and shares all others with the
// snapshot before it (docs/decisions/0007).
import Cloud
import DNSWire

/// The newest snapshot of a world, with what is needed to make the next one.
public struct Compilation: ~Copyable {
  public private(set) var snapshot: Snapshot
  private var rowOf: RowNumbers
  /// Answers carry the reason of their verdicts.
  public let explains: Bool
  private let switchedOff: Set<Rule>

  /// Rows in the second layer after which everything is compiled together again: a change copies that layer, so a
  /// larger one makes every change dearer, and a smaller one compiles more often. 16,384 rows are about a megabyte.
  static let mostRecentRows = 16_384

  /// Compiles the whole world.
  /// - Parameters:
  ///   - explains: Answers carry the reason of their verdicts, where the asker knows EDNS (RFC 8914).
  ///   - switchedOff: Rules to take away, for tests that show what each of them does.
  public init(_ world: World, generation: UInt64, explains: Bool = false, switchedOff: Set<Rule> = []) {
    self.explains = explains
    self.switchedOff = switchedOff
    (snapshot, rowOf) = Self.compile(world, generation, explains, switchedOff)
  }

  private static func compile(
    _ world: World, _ generation: UInt64, _ explains: Bool, _ switchedOff: Set<Rule>
  ) -> (Snapshot, RowNumbers) {
    var draft = Draft(world, expectsChanges: true)
    draft.addEverything()
    let rowOf = draft.rowOf
    let tables = draft.finish(rules: RuleSet(without: switchedOff), explains: explains)
    return (Snapshot(generation: generation, tables: tables), rowOf)
  }

  /// The snapshot of the world after the changes that had these effects since the snapshot before.
  @discardableResult
  public mutating func update(_ world: World, _ effects: Effects) -> Snapshot {
    let generation = snapshot.generation + 1
    if needsEverything(world, effects) {
      (snapshot, rowOf) = Self.compile(world, generation, explains, switchedOff)
    } else {
      // Handed over and not shared: a copy of a million numbers takes 30 ms.
      var numbers = RowNumbers()
      swap(&numbers, &rowOf)
      var draft = Draft(world, continuing: snapshot.tables, consume numbers)
      let moved = draft.update(snapshot.tables, effects)
      rowOf = draft.rowOf
      snapshot = Snapshot(generation: generation, tables: draft.finish(continuing: snapshot.tables, moved))
    }
    return snapshot
  }

  private func needsEverything(_ world: World, _ effects: Effects) -> Bool {
    if effects.everything || snapshot.tables.recentRows > Self.mostRecentRows { return true }
    if requesterMoves(world, effects) || regionsOfWorld(world) != Set(rowOf.region.keys) { return true }
    // A `Requesters` line is also seen in the networks whose ranges it lies in.
    return !world.requesters.isEmpty && effects.vpcs.contains { rangesChange(world, $0) }
  }

  /// A `Requesters` line names an instance that gets another row.
  private func requesterMoves(_ world: World, _ effects: Effects) -> Bool {
    guard !effects.instances.isEmpty else { return false }
    return world.requesters.contains { requester in
      guard case .instance(let id) = requester.identity, effects.instances.contains(id) else { return false }
      guard let row = rowOf.instance[id], let instance = world.instances[id] else { return true }
      return snapshot.tables.instances[Int(row)].address != instance.privateIPAddress?.rawValue ?? none
    }
  }

  private func rangesChange(_ world: World, _ id: ID<VPC>) -> Bool {
    guard let row = rowOf.vpc[id], let vpc = world.vpcs[id] else { return true }
    return !snapshot.tables.hasRanges(vpc, row)
  }
}

extension Tables {
  /// Whether the rows of a VPC say what its ranges are now.
  borrowing func hasRanges(_ vpc: VPC, _ row: UInt32) -> Bool {
    let known = vpcs[Int(row)]
    let first = Int(known.firstRange)
    let blocks = vpc.cidrBlocks
    guard blocks.count == Int(known.rangeCount) else { return false }
    for (index, block) in blocks.enumerated()
    where ranges[first + index].first != block.address.rawValue || ranges[first + index].last != block.last.rawValue {
      return false
    }
    return true
  }

  /// Rows of the second layers.
  var recentRows: Int {
    instances.recent.count + publicAddresses.recentCount + resourceRows.recent.count + nodeRows.recent.count
      + setRows.recent.count + (data.recent.count + identifiers.recent.count) / 64
  }
}
