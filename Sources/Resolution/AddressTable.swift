// From an IPv4 address within a network to a number, by one probe; and from ranges, by binary search.
import DNSWire

/// Two open-addressing hash tables with linear probing, filled by the compiler, then only read: what came since goes
/// before what was compiled together.
struct AddressTable: ~Copyable, Sendable {
  struct Slot: BitwiseCopyable, Sendable {
    var address: UInt32
    var network: UInt32
    /// `free` marks a free slot, `gone` an address that has been taken away; no network, row or asker is either.
    var value: UInt32
  }
  static var free: UInt32 { @_noLocks get { .max } }
  static var gone: UInt32 { @_noLocks get { .max - 2 } }

  fileprivate let base: AddressLayer
  fileprivate let recent: AddressLayer

  @_noLocks
  borrowing func find(_ address: UInt32, in network: UInt32) -> UInt32? {
    if !recent.isEmpty {
      let value = recent.find(address, network)
      if value != AddressTable.free { return value == AddressTable.gone ? nil : value }
    }
    let value = base.find(address, network)
    return value == AddressTable.free ? nil : value
  }

  borrowing func showArrays(to visitor: some ArrayVisitor) { visitor.visit(base.slots.span) }

  /// The same table, for another snapshot.
  borrowing func shared() -> AddressTable { AddressTable(base: base.shared(), recent: recent.shared()) }
}

/// One of the two.
struct AddressLayer: ~Copyable, Sendable {
  /// A power of two, at least one of them free; or none at all.
  fileprivate let slots: [AddressTable.Slot]

  var isEmpty: Bool { @_noLocks get { slots.count == 0 } }

  /// `free` when the address is not there.
  @_noLocks
  fileprivate borrowing func find(_ address: UInt32, _ network: UInt32) -> UInt32 {
    let mask = slots.count &- 1
    var index = Int(truncatingIfNeeded: addressHash(address, network)) & mask
    while true {
      let slot = slots[index]
      if slot.value == AddressTable.free || slot.address == address && slot.network == network { return slot.value }
      index = (index &+ 1) & mask
    }
  }

  fileprivate borrowing func shared() -> AddressLayer { AddressLayer(slots: slots) }
}

/// An `AddressTable` while it grows: from nothing, or behind that of a snapshot.
struct AddressTableBuilder: ~Copyable {
  private let base: AddressLayer
  private var slots: [AddressTable.Slot]
  private var count = 0
  /// What `fetch` has read: kept, so that it is read.
  private var fetched: UInt32 = 0

  private static var freeSlot: AddressTable.Slot {
    AddressTable.Slot(address: 0, network: 0, value: AddressTable.free)
  }

  /// - Parameter expected: Addresses that are going to be set, as far as is known: each doubling costs a copy.
  init(expected: Int = 0) {
    base = AddressLayer(slots: [])
    slots = Array(repeating: Self.freeSlot, count: tableSize(for: expected))
  }

  init(continuing table: borrowing AddressTable) {
    base = table.base.shared()
    slots = table.recent.slots
    if slots.isEmpty { slots = Array(repeating: Self.freeSlot, count: tableSize(for: 0)) }
    for slot in slots where slot.value != AddressTable.free { count += 1 }
  }

  func value(of address: UInt32, in network: UInt32) -> UInt32? {
    var value = slots[place(of: address, in: network)].value
    if value == AddressTable.free, !base.isEmpty { value = base.find(address, network) }
    return value == AddressTable.free || value == AddressTable.gone ? nil : value
  }

  /// Instances whose slots are fetched together: they fit into the cache next to the processor.
  static let rowsAtOnce = 64

  /// Looks at the slot of an address that is going to be added. The slots of a large table are far from the processor,
  /// which waits for many at once where nothing depends on them.
  mutating func fetch(_ address: UInt32, in network: UInt32) {
    fetched ^= slots[Int(addressHash(address, network)) & (slots.count - 1)].value
  }

  /// Adds an address or replaces its value.
  mutating func set(_ address: UInt32, in network: UInt32, to value: UInt32) {
    put(value, at: place(of: address, in: network), address, network)
  }

  /// Adds an address, or gives it the value `shared` when it has another one already; in a table from nothing.
  mutating func claim(_ address: UInt32, in network: UInt32, for value: UInt32, shared: UInt32) {
    let index = place(of: address, in: network)
    let known = slots[index].value
    put(known == AddressTable.free || known == value ? value : shared, at: index, address, network)
  }

  private mutating func put(_ value: UInt32, at index: Int, _ address: UInt32, _ network: UInt32) {
    var index = index
    if slots[index].value == AddressTable.free {
      count += 1
      if tableSize(for: count) > slots.count {
        grow()
        index = place(of: address, in: network)
      }
    }
    slots[index] = AddressTable.Slot(address: address, network: network, value: value)
  }

  /// Takes an address away, if it is there.
  mutating func remove(_ address: UInt32, in network: UInt32) {
    if value(of: address, in: network) != nil { set(address, in: network, to: AddressTable.gone) }
  }

  /// Where the address is, or the free slot where it would be.
  private func place(of address: UInt32, in network: UInt32) -> Int {
    let mask = slots.count - 1
    var index = Int(addressHash(address, network)) & mask
    while slots[index].value != AddressTable.free, slots[index].address != address || slots[index].network != network {
      index = (index + 1) & mask
    }
    return index
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: Self.freeSlot, count: tableSize(for: count))
    for slot in old where slot.value != AddressTable.free { slots[place(of: slot.address, in: slot.network)] = slot }
  }

  consuming func finish() -> AddressTable {
    if base.isEmpty { return AddressTable(base: AddressLayer(slots: slots), recent: AddressLayer(slots: [])) }
    return AddressTable(base: base.shared(), recent: AddressLayer(slots: slots))
  }
}

@_noLocks
private func addressHash(_ address: UInt32, _ network: UInt32) -> UInt32 {
  let key = UInt64(address) << 32 | UInt64(network)
  let product = (key ^ 0x9e37_79b9_7f4a_7c15).multipliedFullWidth(by: 0xa076_1d64_78bd_642f)
  return UInt32(truncatingIfNeeded: product.high ^ product.low)
}

/// Disjoint ranges of addresses of one family, within networks, sorted.
struct RangeTable: ~Copyable, Sendable {
  struct Row: BitwiseCopyable, Sendable {
    var network: UInt32
    var value: UInt32
    /// An IPv4 address stands as the number that it is.
    var first: IPv6Address
    var last: IPv6Address
  }
  private let rows: [Row]

  /// `rows` sorted by network, then address, without overlaps.
  init(_ rows: [Row]) { self.rows = rows }

  /// The same table, for another snapshot.
  borrowing func shared() -> RangeTable { RangeTable(rows) }

  @_noLocks
  borrowing func find(_ address: UInt128, in network: UInt32) -> UInt32? {
    var low = 0
    var high = rows.count
    while low < high {
      let middle = (low &+ high) / 2
      let row = rows[middle]
      if row.network < network || (row.network == network && row.last.rawValue < address) {
        low = middle &+ 1
      } else {
        high = middle
      }
    }
    guard low < rows.count else { return nil }
    let row = rows[low]
    return row.network == network && row.first.rawValue <= address ? row.value : nil
  }
}
