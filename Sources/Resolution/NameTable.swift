// From a name within a space (a zone, the zones of a VPC, the endpoints, …) to a number, by one probe.
import DNSWire

/// Two open-addressing hash tables with linear probing, filled by the compiler, then only read: what came since goes
/// before what was compiled together.
struct NameTable: ~Copyable, Sendable {
  struct Slot: BitwiseCopyable, Sendable {
    var hash: UInt32
    var space: UInt32
    /// Offset of the name in the layer's names; 0 marks a free slot.
    var name: UInt32
    /// `none`: the name has been taken away.
    var value: UInt32
  }

  fileprivate let base: NameLayer
  fileprivate let recent: NameLayer

  borrowing func showArrays(to visitor: some ArrayVisitor) {
    visitor.visit(base.slots.span)
    visitor.visit(base.names.words.span)
  }

  /// The value of `name` from label `label` on.
  @_noLocks
  borrowing func find(_ name: inout FoldedName, fromLabel label: Int, in space: UInt32) -> UInt32? {
    let hash = slotHash(name.hash(fromLabel: label), space)
    if !recent.isEmpty {
      let slot = recent.find(&name, label, hash, space)
      if slot.name != 0 { return slot.value == none ? nil : slot.value }
    }
    let slot = base.find(&name, label, hash, space)
    return slot.name == 0 ? nil : slot.value
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

}

/// One of the two.
struct NameLayer: ~Copyable, Sendable {
  /// A power of two, at least one of them free; or none at all.
  fileprivate let slots: [NameTable.Slot]
  /// The first word is not used, so that no name has offset 0.
  fileprivate let names: WordStore

  var isEmpty: Bool { @_noLocks get { slots.count == 0 } }

  /// The slot of the name, or a free one.
  @_noLocks
  fileprivate borrowing func find(
    _ name: inout FoldedName, _ label: Int, _ hash: UInt32, _ space: UInt32
  ) -> NameTable.Slot {
    let mask = slots.count &- 1
    var index = Int(truncatingIfNeeded: hash) & mask
    while true {
      let slot = slots[index]
      if slot.name == 0 { return slot }
      if slot.hash == hash, slot.space == space,
        name.equals(names, at: Int(truncatingIfNeeded: slot.name), fromLabel: label)
      {
        return slot
      }
      index = (index &+ 1) & mask
    }
  }

  fileprivate borrowing func shared() -> NameLayer { NameLayer(slots: slots, names: WordStore(names.words)) }
}

@_noLocks
private func slotHash(_ hash: UInt64, _ space: UInt32) -> UInt32 {
  UInt32(truncatingIfNeeded: hash) ^ UInt32(truncatingIfNeeded: hash >> 32) ^ (space &* 0x9e37_79b1)
}

/// A `NameTable` while it grows: from nothing, or behind that of a snapshot.
struct NameTableBuilder: ~Copyable {
  private let base: NameLayer
  private var slots: [NameTable.Slot]
  private var count = 0
  private var names: [UInt64] = [0]
  private var folded = FoldedName()

  private static var freeSlot: NameTable.Slot { NameTable.Slot(hash: 0, space: 0, name: 0, value: 0) }

  init() {
    base = NameLayer(slots: [], names: WordStore([]))
    slots = Array(repeating: Self.freeSlot, count: tableSize(for: 0))
  }

  init(continuing table: borrowing NameTable) {
    base = table.base.shared()
    slots = table.recent.slots
    if slots.isEmpty {
      slots = Array(repeating: Self.freeSlot, count: tableSize(for: 0))
    } else {
      names = table.recent.names.words
    }
    for slot in slots where slot.name != 0 { count += 1 }
  }

  /// The value of a name that is in the table already.
  mutating func value(of name: Name, in space: UInt32) -> UInt32? {
    folded.load(name)
    let hash = slotHash(folded.hash(fromLabel: 0), space)
    var slot = slots[place(hash, space)]
    if slot.name == 0, !base.isEmpty { slot = base.find(&folded, 0, hash, space) }
    return slot.name == 0 || slot.value == none ? nil : slot.value
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

  /// Takes a name away, if it is there.
  mutating func remove(_ name: Name, in space: UInt32) {
    if value(of: name, in: space) != nil { set(name, in: space, to: none) }
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
    slots = Array(repeating: Self.freeSlot, count: tableSize(for: count))
    let mask = slots.count - 1
    for slot in old where slot.name != 0 {
      var index = Int(slot.hash) & mask
      while slots[index].name != 0 { index = (index + 1) & mask }
      slots[index] = slot
    }
  }

  consuming func finish() -> NameTable {
    let grown = NameLayer(slots: slots, names: WordStore(names))
    if base.isEmpty { return NameTable(base: grown, recent: NameLayer(slots: [], names: WordStore([]))) }
    return NameTable(base: base.shared(), recent: grown)
  }
}

/// Slots for `count` entries: a power of two, at most 62 % full, so that a probe seldom leaves its cache line.
func tableSize(for count: Int) -> Int {
  var size = 4
  while size * 5 < count * 8 { size *= 2 }
  return size
}
