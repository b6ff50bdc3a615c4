// From an IPv4 address within a network to a number, by one probe; and from ranges, by binary search.
import DNSWire

/// An open-addressing hash table with linear probing; filled by the compiler, then only read.
struct AddressTable: ~Copyable, Sendable {
  struct Slot: BitwiseCopyable, Sendable {
    var address: UInt32
    var network: UInt32
    /// `free` marks a free slot.
    var value: UInt32
  }
  static var free: UInt32 { @_noLocks get { .max } }

  private let slots: [Slot]

  /// `entries` must not name one address of one network twice.
  init(_ entries: [Slot]) {
    var slots = Array(repeating: Slot(address: 0, network: 0, value: .max), count: tableSize(for: entries.count))
    let mask = slots.count - 1
    for entry in entries {
      var index = Int(addressHash(entry.address, entry.network)) & mask
      while slots[index].value != AddressTable.free { index = (index + 1) & mask }
      slots[index] = entry
    }
    self.slots = slots
  }

  @_noLocks
  borrowing func find(_ address: UInt32, in network: UInt32) -> UInt32? {
    let mask = slots.count &- 1
    var index = Int(truncatingIfNeeded: addressHash(address, network)) & mask
    while true {
      let slot = slots[index]
      if slot.value == AddressTable.free { return nil }
      if slot.address == address, slot.network == network { return slot.value }
      index = (index &+ 1) & mask
    }
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
