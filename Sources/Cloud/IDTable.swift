// Ids side by side, and the way from an id to its place: one probe of a flat table. A dictionary hashes against forged
// keys, at several times the cost; who writes a world file only slows himself.

/// A list of different ids that knows the row of each.
public struct IDTable<Resource>: Sendable {
  @usableFromInline var list: [ID<Resource>] = []
  // What the other modules call is inlined there, so that it is compiled for their resources.
  @usableFromInline var slots = RowSlots()

  @inlinable public init() {}

  /// In the order in which they were added, as long as none is removed.
  @inlinable public var ids: [ID<Resource>] { list }
  @inlinable public var count: Int { list.count }

  @inlinable public func row(of id: ID<Resource>) -> Int? {
    slots.row(of: id.form.scattered) { list[$0] == id }
  }

  /// The row of the id, which is new unless it was there.
  @inlinable public mutating func add(_ id: ID<Resource>) -> (row: Int, isNew: Bool) {
    if let row = row(of: id) { return (row, false) }
    append(id)
    return (list.count - 1, true)
  }

  /// Removes an id, if it is there; the last one moves to its row, which is returned.
  mutating func remove(_ id: ID<Resource>) -> Int? {
    guard let row = slots.remove(id.form.scattered, where: { list[$0] == id }) else { return nil }
    let last = list.count - 1
    if row < last {
      list[row] = list[last]
      slots.renumber(list[row].form.scattered, from: last, to: row)
    }
    list.removeLast()
    return row
  }

  /// Adds an id that is not in the list yet.
  @inlinable public mutating func append(_ id: ID<Resource>) {
    slots.append(id.form.scattered)
    list.append(id)
  }

  @inlinable public mutating func reserveCapacity(_ count: Int) {
    list.reserveCapacity(count)
    slots.reserveCapacity(count)
  }
}

/// Rows by a hash: open addressing, linear probing.
@usableFromInline
struct RowSlots: Sendable {
  /// 32 bits of the hash above the row + 1; 0 where nothing is. A power of two, at least a quarter of them empty.
  @usableFromInline var slots: [UInt64] = []
  @usableFromInline var count: UInt32 = 0

  @inlinable init() {}

  /// The row with this hash that `isMeant`.
  @inlinable func row(of hash: UInt32, where isMeant: (Int) -> Bool) -> Int? {
    guard !slots.isEmpty else { return nil }
    var slot = home(hash)
    while slots[slot] != 0 {
      let row = Int(UInt32(truncatingIfNeeded: slots[slot])) - 1
      if UInt32(truncatingIfNeeded: slots[slot] >> 32) == hash, isMeant(row) { return row }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// Gives the next row to a hash.
  @inlinable mutating func append(_ hash: UInt32) {
    reserveCapacity(Int(count) + 1)
    count += 1
    put(hash, count)
  }

  /// Takes the row with this hash that `isMeant` away.
  mutating func remove(_ hash: UInt32, where isMeant: (Int) -> Bool) -> Int? {
    guard let row = row(of: hash, where: isMeant) else { return nil }
    var gap = slot(of: hash, row)
    count -= 1
    // Entries that were pushed past the gap move up, so that a search may end at the first empty slot.
    let mask = slots.count - 1
    var place = (gap + 1) & mask
    while slots[place] != 0 {
      let home = home(UInt32(truncatingIfNeeded: slots[place] >> 32))
      if (place - home) & mask >= (place - gap) & mask {
        slots[gap] = slots[place]
        gap = place
      }
      place = (place + 1) & mask
    }
    slots[gap] = 0
    return row
  }

  /// Gives the row with this hash another number.
  mutating func renumber(_ hash: UInt32, from old: Int, to new: Int) {
    slots[slot(of: hash, old)] = UInt64(hash) << 32 | UInt64(new + 1)
  }

  /// Where a row is that is there.
  private func slot(of hash: UInt32, _ row: Int) -> Int {
    let entry = UInt64(hash) << 32 | UInt64(row + 1)
    var slot = home(hash)
    while slots[slot] != entry { slot = (slot + 1) & (slots.count - 1) }
    return slot
  }

  @usableFromInline mutating func reserveCapacity(_ count: Int) {
    let wanted = count + count / 3 + 1
    guard wanted > slots.count else { return }
    let old = slots
    let size = max(8, 1 << (Int.bitWidth - wanted.leadingZeroBitCount))
    slots = Array(repeating: 0, count: size)
    for entry in old where entry != 0 {
      put(UInt32(truncatingIfNeeded: entry >> 32), UInt32(truncatingIfNeeded: entry))
    }
  }

  @inlinable mutating func put(_ hash: UInt32, _ number: UInt32) {
    var slot = home(hash)
    while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = UInt64(hash) << 32 | UInt64(number)
  }

  /// Hashes that differ in their three lowest bits alone are neighbours, which share a line of the cache: generated
  /// worlds number their instances.
  @inlinable func home(_ hash: UInt32) -> Int {
    Int((UInt64(hash >> 3) * UInt64(slots.count)) >> 32) << 3 | Int(hash & 7)
  }
}

/// Spreads a number over 32 bits: two multiplications, each followed by its upper half (MurmurHash3's finalizer).
func scatter(_ number: UInt64) -> UInt32 {
  var mixed = number
  mixed = (mixed ^ mixed >> 33) &* 0xff51_afd7_ed55_8ccd
  mixed = (mixed ^ mixed >> 33) &* 0xc4ce_b9fe_1a85_ec53
  return UInt32(truncatingIfNeeded: mixed >> 32)
}
