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
  /// The first word is not used, so that no name has offset 0.
  private let names: WordStore

  fileprivate init(slots: [Slot], names: consuming WordStore) {
    self.slots = slots
    self.names = names
  }

  /// The value of `name` from label `label` on.
  @_noLocks
  borrowing func find(_ name: inout FoldedName, fromLabel label: Int, in space: UInt32) -> UInt32? {
    guard let slot = findSlot(&name, fromLabel: label, in: space) else { return nil }
    return slots[slot].value
  }

  /// The value of the longest name in `space` that is `name` or above it. Only lengths that occur are probed.
  /// - Parameter labels: Bit n: a name of the space has n labels (bit 63: 63 or more).
  @_noLocks
  borrowing func findMostSpecific(_ name: inout FoldedName, labels: UInt64, in space: UInt32) -> UInt32? {
    // The bits of lengths that the name has, the longest first; bit 63 stands for several.
    var left = labels & ((2 &<< UInt64(min(name.labelCount, 62))) &- 1)
    if labels &>> 63 != 0, let found = findVeryLong(&name, in: space) { return found }
    while left != 0 {
      let count = 63 &- left.leadingZeroBitCount
      if let found = find(&name, fromLabel: name.labelCount &- count, in: space) { return found }
      left &= ~(1 &<< UInt64(count))
    }
    return nil
  }

  @_noLocks
  private borrowing func findVeryLong(_ name: inout FoldedName, in space: UInt32) -> UInt32? {
    var count = name.labelCount
    while count >= 63 {
      if let found = find(&name, fromLabel: name.labelCount &- count, in: space) { return found }
      count &-= 1
    }
    return nil
  }

  @_noLocks
  private borrowing func findSlot(_ name: inout FoldedName, fromLabel label: Int, in space: UInt32) -> Int? {
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

/// A `NameTable` while it grows.
struct NameTableBuilder: ~Copyable {
  private var slots = [NameTable.Slot](repeating: NameTable.Slot(hash: 0, space: 0, name: 0, value: 0), count: 4)
  private var count = 0
  private var names: [UInt64] = [0]
  private var folded = FoldedName()

  init() {}

  /// The value of a name that is in the table already.
  mutating func value(of name: Name, in space: UInt32) -> UInt32? {
    folded.load(name)
    let slot = slots[place(slotHash(folded.hash(fromLabel: 0), space), space)]
    return slot.name == 0 ? nil : slot.value
  }

  /// Adds `name` or replaces its value.
  mutating func set(_ name: Name, in space: UInt32, to value: UInt32) {
    folded.load(name)
    let hash = slotHash(folded.hash(fromLabel: 0), space)
    var index = place(hash, space)
    if slots[index].name != 0 {
      slots[index].value = value
      return
    }
    count += 1
    if tableSize(for: count) > slots.count {
      grow()
      index = place(hash, space)
    }
    slots[index] = NameTable.Slot(hash: hash, space: space, name: UInt32(names.count), value: value)
    for word in 0..<folded.wordCount(fromLabel: 0) { names.append(folded.word(word, fromLabel: 0)) }
    names.append(0)
  }

  /// Where the name in `folded` is, or the free slot where it would be.
  private mutating func place(_ hash: UInt32, _ space: UInt32) -> Int {
    let mask = slots.count - 1
    var index = Int(hash) & mask
    while slots[index].name != 0 {
      if slots[index].hash == hash, slots[index].space == space, isFolded(at: Int(slots[index].name)) { break }
      index = (index + 1) & mask
    }
    return index
  }

  private mutating func isFolded(at offset: Int) -> Bool {
    let size = folded.wordCount(fromLabel: 0)
    for word in 0..<size where names[offset + word] != folded.word(word, fromLabel: 0) { return false }
    return names[offset + size] == 0
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: NameTable.Slot(hash: 0, space: 0, name: 0, value: 0), count: tableSize(for: count))
    let mask = slots.count - 1
    for slot in old where slot.name != 0 {
      var index = Int(slot.hash) & mask
      while slots[index].name != 0 { index = (index + 1) & mask }
      slots[index] = slot
    }
  }

  consuming func finish() -> NameTable { NameTable(slots: slots, names: WordStore(names)) }
}

/// Slots for `count` entries: a power of two, at most 62 % full, so that a probe seldom leaves its cache line.
func tableSize(for count: Int) -> Int {
  var size = 4
  while size * 5 < count * 8 { size *= 2 }
  return size
}
