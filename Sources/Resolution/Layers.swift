// Rows in two layers: the many that were compiled together, and the few that came since. A change makes the second
// layer anew and shares the first (docs/decisions/0007). A type each, because a generic one would need metadata.
import DNSWire

struct InstanceRows: ~Copyable, Sendable {
  let base: [InstanceRow]
  let recent: [InstanceRow]
  init(_ rows: Growing<InstanceRow>) { (base, recent) = rows.layers }
  var count: Int { base.count + recent.count }
  subscript(index: Int) -> InstanceRow {
    @_noLocks borrowing get { index < base.count ? base[index] : recent[index &- base.count] }
  }
}

struct ResourceRows: ~Copyable, Sendable {
  let base: [ResourceRow]
  let recent: [ResourceRow]
  init(_ rows: Growing<ResourceRow>) { (base, recent) = rows.layers }
  subscript(index: Int) -> ResourceRow {
    @_noLocks borrowing get { index < base.count ? base[index] : recent[index &- base.count] }
  }
}

struct NodeRows: ~Copyable, Sendable {
  let base: [NodeRow]
  let recent: [NodeRow]
  init(_ rows: Growing<NodeRow>) { (base, recent) = rows.layers }
  var count: Int { base.count + recent.count }
  subscript(index: Int) -> NodeRow {
    @_noLocks borrowing get { index < base.count ? base[index] : recent[index &- base.count] }
  }
}

struct SetRows: ~Copyable, Sendable {
  let base: [SetRow]
  let recent: [SetRow]
  init(_ rows: Growing<SetRow>) { (base, recent) = rows.layers }
  subscript(index: Int) -> SetRow {
    @_noLocks borrowing get { index < base.count ? base[index] : recent[index &- base.count] }
  }
}

extension OctetStore {
  init(_ octets: Growing<UInt8>) {
    let layers = octets.layers
    self.init(layers.base, layers.recent)
  }
}

/// Who wants to see where tables lie.
public protocol ArrayVisitor {
  func visit<Row: BitwiseCopyable>(_ rows: Span<Row>)
}

extension Tables {
  /// The memory of every array that grows with the world and that a question may be looked up in.
  public borrowing func showArrays(to visitor: some ArrayVisitor) {
    askerAddresses.showArrays(to: visitor)
    links.showArrays(to: visitor)
    publicAddresses.showArrays(to: visitor)
    apexes.showArrays(to: visitor)
    nodes.showArrays(to: visitor)
    endpoints.showArrays(to: visitor)
    resourceNames.showArrays(to: visitor)
    visitor.visit(vpcs.span)
    visitor.visit(instances.base.span)
    visitor.visit(nodeRows.base.span)
    visitor.visit(setRows.base.span)
    visitor.visit(zoneRows.span)
    visitor.visit(resourceRows.base.span)
    visitor.visit(data.base.span)
  }
}

/// Rows while they grow: behind those of a snapshot, or from nothing.
struct Growing<Row> {
  private let base: [Row]
  private var recent: [Row]
  private let isContinued: Bool

  init() {
    base = []
    recent = []
    isContinued = false
  }

  init(continuing base: [Row], _ recent: [Row]) {
    self.base = base
    self.recent = recent
    isContinued = true
  }

  var count: Int { base.count + recent.count }

  subscript(index: Int) -> Row {
    get { index < base.count ? base[index] : recent[index - base.count] }
    set { recent[index - base.count] = newValue }
  }

  mutating func append(_ row: Row) { recent.append(row) }
  mutating func append(contentsOf rows: some Sequence<Row>) { recent.append(contentsOf: rows) }
  mutating func append(_ write: (inout [Row]) -> Void) { write(&recent) }
  /// Only of rows that were appended since.
  mutating func removeLast(_ count: Int) { recent.removeLast(count) }
  mutating func reserveCapacity(_ count: Int) { recent.reserveCapacity(recent.count + count) }

  /// What grew from nothing is a first layer.
  var layers: (base: [Row], recent: [Row]) { isContinued ? (base, recent) : (recent, []) }
}
