// From a name within a space (a zone, the zones of a VPC, the endpoints, …) to a number, by one probe.
import DNSWire

/// An open-addressing hash table with linear probing; filled by the compiler, then only read.
struct NameTable: ~Copyable, Sendable {
  struct Slot: BitwiseCopyable, Sendable {
    var hash: UInt32
    var space: UInt32
    /// Offset of the name in `names`; 0 marks a free slot.
    var name: UInt32
    var value: UInt32
  }

  /// A power of two, at least one of them free.
  private let slots: [Slot]
  /// Names in wire form and lower case; the first octet is not used, so that no name has offset 0.
  let names: OctetStore

  fileprivate init(slots: [Slot], names: consuming OctetStore) {
    self.slots = slots
    self.names = names
  }

  /// The value of `name` from label `label` on.
  @_noLocks
  borrowing func find(_ name: borrowing FoldedName, fromLabel label: Int, in space: UInt32) -> UInt32? {
    guard let slot = findSlot(name, fromLabel: label, in: space) else { return nil }
    return slots[slot].value
  }

  /// The value of the longest name in `space` that is `name` or above it. Only lengths that occur are probed.
  /// - Parameter labels: Bit n: a name of the space has n labels (bit 63: 63 or more).
  @_noLocks
  borrowing func findMostSpecific(_ name: borrowing FoldedName, labels: UInt64, in space: UInt32) -> UInt32? {
    guard labels != 0 else { return nil }
    var count = name.labelCount
    while count >= 0 {
      if labels & (1 &<< UInt64(min(count, 63))) != 0,
        let found = find(name, fromLabel: name.labelCount - count, in: space)
      {
        return found
      }
      count -= 1
    }
    return nil
  }

  @_noLocks
  private borrowing func findSlot(_ name: borrowing FoldedName, fromLabel label: Int, in space: UInt32) -> Int? {
    let hash = slotHash(name.hash(fromLabel: label), space)
    let mask = slots.count &- 1
    var index = Int(truncatingIfNeeded: hash) & mask
    while true {
      let slot = slots[index]
      if slot.name == 0 { return nil }
      if slot.hash == hash, slot.space == space,
        name.equals(names, at: Int(truncatingIfNeeded: slot.name), fromLabel: label)
      {
        return index
      }
      index = (index &+ 1) & mask
    }
  }
}

@_noLocks
private func slotHash(_ hash: UInt64, _ space: UInt32) -> UInt32 {
  UInt32(truncatingIfNeeded: hash) ^ UInt32(truncatingIfNeeded: hash >> 32) ^ (space &* 0x9e37_79b1)
}

/// Collects the entries of a `NameTable`.
struct NameTableBuilder: ~Copyable {
  private var entries: [NameTable.Slot] = []
  private var names: [UInt8] = [0]
  private var folded = FoldedName()
  private var known: [Key: Int] = [:]

  private struct Key: Hashable {
    var space: UInt32
    var name: Name
  }

  init() {}

  /// The value of a name that is in the table already.
  func value(of name: Name, in space: UInt32) -> UInt32? {
    known[Key(space: space, name: name)].map { entries[$0].value }
  }

  /// Where the text of a name that is in the table stands in `names`.
  func offset(of name: Name, in space: UInt32) -> UInt32? {
    known[Key(space: space, name: name)].map { entries[$0].name }
  }

  /// Adds `name` or replaces its value; the offset of its text in `names`.
  @discardableResult
  mutating func set(_ name: Name, in space: UInt32, to value: UInt32) -> UInt32 {
    if let index = known[Key(space: space, name: name)] {
      entries[index].value = value
      return entries[index].name
    }
    let offset = UInt32(names.count)
    let lower = name.lowercased
    names += lower.wire
    folded.load(OctetStore(lower.wire), at: 0)
    let hash = slotHash(folded.hash(fromLabel: 0), space)
    known[Key(space: space, name: lower)] = entries.count
    entries.append(NameTable.Slot(hash: hash, space: space, name: offset, value: value))
    return offset
  }

  consuming func finish() -> NameTable {
    var slots = Array(
      repeating: NameTable.Slot(hash: 0, space: 0, name: 0, value: 0), count: tableSize(for: entries.count))
    let mask = slots.count - 1
    for entry in entries {
      var index = Int(entry.hash) & mask
      while slots[index].name != 0 { index = (index + 1) & mask }
      slots[index] = entry
    }
    return NameTable(slots: slots, names: OctetStore(names))
  }
}

/// Slots for `count` entries: a power of two, at most 62 % full, so that a probe seldom leaves its cache line.
func tableSize(for count: Int) -> Int {
  var size = 4
  while size * 5 < count * 8 { size *= 2 }
  return size
}
