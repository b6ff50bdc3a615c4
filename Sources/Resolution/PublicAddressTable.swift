// From a public address to its owner, by one look into memory: in a world of a million hosts each look is a line of the
// cache that has to come from far away, so the row lies in the slot of the hash table.
import DNSWire

/// The owner of a public address: what an `ec2-…` name points to.
struct PublicAddressRow: BitwiseCopyable, Sendable {
  /// `none` when nothing private stands behind it: an Elastic IP that is not associated.
  var privateAddress: UInt32
  /// Row of the instance that holds it, if it is one.
  var instance: UInt32
  /// Row of the VPC; outside of one `outside`, `classic` and the Region, which a VPC has in its row.
  fileprivate var place: UInt32

  private static var outside: UInt32 { @_noLocks get { 1 << 31 } }
  private static var classic: UInt32 { @_noLocks get { 1 << 16 } }
  /// A free slot, and one whose address has been taken away: no place has all these bits.
  fileprivate static var free: UInt32 { @_noLocks get { .max } }
  fileprivate static var gone: UInt32 { @_noLocks get { .max - 1 } }

  /// - Parameter vpc: `none`: EC2-Classic, or nothing. What is in a VPC is in the VPC's Region.
  init(privateAddress: UInt32, vpc: UInt32, instance: UInt32, region: UInt16, isClassic: Bool) {
    self.privateAddress = privateAddress
    self.instance = instance
    place = vpc != none ? vpc : Self.outside | (isClassic ? Self.classic : 0) | UInt32(region)
  }

  fileprivate init(place: UInt32) {
    privateAddress = none
    instance = none
    self.place = place
  }

  private var isOutside: Bool { @_noLocks get { place & Self.outside != 0 } }

  /// `none`: EC2-Classic, or nothing.
  var vpc: UInt32 { @_noLocks get { isOutside ? none : place } }
  var isClassic: Bool { @_noLocks get { isOutside && place & Self.classic != 0 } }

  @_noLocks
  func region(_ tables: borrowing Tables) -> UInt16 {
    isOutside ? UInt16(truncatingIfNeeded: place) : tables.vpcs[Int(place)].region
  }
}

/// Two open-addressing hash tables with linear probing, as an `AddressTable` has.
struct PublicAddressTable: ~Copyable, Sendable {
  /// 16 octets: four of them are a line of the cache.
  fileprivate struct Slot: BitwiseCopyable, Sendable {
    var address: UInt32
    var row: PublicAddressRow
  }

  fileprivate let base: PublicAddressLayer
  fileprivate let recent: PublicAddressLayer

  /// Addresses that the table has, or had.
  var count: Int { base.count + recent.count }
  var recentCount: Int { recent.count }

  borrowing func showArrays(to visitor: some ArrayVisitor) { visitor.visit(base.slots.span) }

  @_noLocks
  borrowing func find(_ address: UInt32) -> PublicAddressRow? {
    if !recent.isEmpty {
      let row = recent.find(address)
      if row.place != PublicAddressRow.free { return row.place == PublicAddressRow.gone ? nil : row }
    }
    let row = base.find(address)
    return row.place == PublicAddressRow.free ? nil : row
  }
}

/// One of the two.
private struct PublicAddressLayer: ~Copyable, Sendable {
  /// A power of two, at least one of them free; or none at all.
  let slots: [PublicAddressTable.Slot]
  /// Slots that are not free.
  let count: Int

  var isEmpty: Bool { @_noLocks get { slots.count == 0 } }

  /// The row, or a free one.
  @_noLocks
  borrowing func find(_ address: UInt32) -> PublicAddressRow {
    let mask = slots.count &- 1
    var index = Int(truncatingIfNeeded: publicAddressHash(address)) & mask
    while true {
      let slot = slots[index]
      if slot.address == address || slot.row.place == PublicAddressRow.free { return slot.row }
      index = (index &+ 1) & mask
    }
  }

  borrowing func shared() -> PublicAddressLayer { PublicAddressLayer(slots: slots, count: count) }
}

/// A `PublicAddressTable` while it grows: from nothing, or behind that of a snapshot.
struct PublicAddressTableBuilder: ~Copyable {
  private let base: PublicAddressLayer
  private var slots: [PublicAddressTable.Slot]
  private var count = 0
  /// What `fetch` has read: kept, so that it is read.
  private var fetched: UInt32 = 0

  /// The address of a free slot is never looked at.
  private static var freeSlot: PublicAddressTable.Slot {
    PublicAddressTable.Slot(address: 0, row: PublicAddressRow(place: PublicAddressRow.free))
  }

  /// - Parameter expected: Addresses that are going to be set, as far as is known: each doubling costs a copy.
  init(expected: Int = 0) {
    base = PublicAddressLayer(slots: [], count: 0)
    slots = Array(repeating: Self.freeSlot, count: tableSize(for: expected))
  }

  init(continuing table: borrowing PublicAddressTable) {
    base = table.base.shared()
    slots = table.recent.slots
    count = table.recent.count
    if slots.isEmpty { slots = Array(repeating: Self.freeSlot, count: tableSize(for: 0)) }
  }

  subscript(address: IPv4Address) -> PublicAddressRow? {
    var row = slots[place(of: address.rawValue)].row
    if row.place == PublicAddressRow.free, !base.isEmpty { row = base.find(address.rawValue) }
    return row.place == PublicAddressRow.free || row.place == PublicAddressRow.gone ? nil : row
  }

  /// Looks at the slot of an address that is going to be added, as `AddressTableBuilder.fetch` does.
  mutating func fetch(_ address: IPv4Address) {
    fetched ^= slots[Int(publicAddressHash(address.rawValue)) & (slots.count - 1)].address
  }

  /// Adds an address or replaces its row.
  mutating func set(_ address: IPv4Address, to row: PublicAddressRow) {
    var index = place(of: address.rawValue)
    if slots[index].row.place == PublicAddressRow.free {
      count += 1
      if tableSize(for: count) > slots.count {
        grow()
        index = place(of: address.rawValue)
      }
    }
    slots[index] = PublicAddressTable.Slot(address: address.rawValue, row: row)
  }

  /// Takes an address away, if it is there.
  mutating func remove(_ address: IPv4Address) {
    if self[address] != nil { set(address, to: PublicAddressRow(place: PublicAddressRow.gone)) }
  }

  /// Where the address is, or the free slot where it would be.
  private func place(of address: UInt32) -> Int {
    let mask = slots.count - 1
    var index = Int(publicAddressHash(address)) & mask
    while slots[index].row.place != PublicAddressRow.free, slots[index].address != address {
      index = (index + 1) & mask
    }
    return index
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: Self.freeSlot, count: tableSize(for: count))
    for slot in old where slot.row.place != PublicAddressRow.free { slots[place(of: slot.address)] = slot }
  }

  consuming func finish() -> PublicAddressTable {
    let grown = PublicAddressLayer(slots: slots, count: count)
    if base.isEmpty { return PublicAddressTable(base: grown, recent: PublicAddressLayer(slots: [], count: 0)) }
    return PublicAddressTable(base: base.shared(), recent: grown)
  }
}

@_noLocks
private func publicAddressHash(_ address: UInt32) -> UInt32 {
  UInt32(truncatingIfNeeded: (UInt64(address) &* 0x9e37_79b9_7f4a_7c15) &>> 32)
}
