// Resources by their id, side by side: for the kind of which a world holds a million.

/// A dictionary whose values lie side by side. A `Dictionary` of large values keeps room for twice as many, all over
/// the memory, and moves them when it grows.
public struct ResourceTable<Resource: Sendable>: Sendable {
  /// In the order in which they were added, as long as none is removed.
  public private(set) var values: [Resource] = []
  private var rows = IDTable<Resource>()

  init() {}

  public var count: Int { values.count }
  public var keys: [ID<Resource>] { rows.ids }

  public subscript(id: ID<Resource>) -> Resource? { rows.row(of: id).map { values[$0] } }

  func contains(_ id: ID<Resource>) -> Bool { rows.row(of: id) != nil }

  mutating func reserveCapacity(_ count: Int) {
    values.reserveCapacity(count)
    rows.reserveCapacity(count)
  }

  /// Adds a resource that is not in the table yet.
  mutating func add(_ resource: consuming Resource, _ id: ID<Resource>) {
    rows.append(id)
    values.append(resource)
  }

  /// Changes the resource, if it is there.
  mutating func update(_ id: ID<Resource>, _ change: (inout Resource) -> Void) {
    if let row = rows.row(of: id) { change(&values[row]) }
  }

  /// Removes the resource, if it is there; the last one moves to its place.
  mutating func remove(_ id: ID<Resource>) {
    guard let row = rows.remove(id) else { return }
    values.swapAt(row, values.count - 1)
    values.removeLast()
  }
}
