// IPv4 addresses of all networks in one flat table. Neighbours lie side by side, because instances of one range mostly
// come one after the other: a million of them do not mean a million walks through the memory.

/// A table by network and address: open addressing, linear probing.
struct HeldAddresses: Sendable {
  /// What is known of an address; all numbers, so that it is copied without counting references.
  struct Entry: BitwiseCopyable, Sendable {
    fileprivate var key: UInt64
    /// Numbers of holders; 0 for none.
    var resource: UInt32 = 0
    var interface: UInt32 = 0
    var partner: UInt32 = 0
    /// Who says what the partner is; none: there is no partner.
    var tellers: Tellers = []
    /// Of an Elastic IP address, associated or not.
    var isElastic = false
    fileprivate var isTaken = true
  }

  struct Tellers: OptionSet, BitwiseCopyable, Sendable {
    let rawValue: UInt8
    static let resource = Self(rawValue: 1)
    static let interface = Self(rawValue: 2)
    static let elasticIP = Self(rawValue: 4)
  }

  private static let nothing = {
    var entry = Entry(key: 0)
    entry.isTaken = false
    return entry
  }()
  /// Neighbours that share a home: they fill three lines of the cache.
  private static let neighbours = 8

  /// At least a quarter of them are empty.
  private var entries: [Entry] = []
  private var count = 0

  /// - Parameter network: a number of the caller's.
  static func key(_ network: UInt32, _ address: UInt32) -> UInt64 { UInt64(network) << 32 | UInt64(address) }

  subscript(key: UInt64) -> Entry? {
    guard !entries.isEmpty else { return nil }
    let place = place(of: key)
    return entries[place].isTaken ? entries[place] : nil
  }

  /// Changes the entry of a key, which is made if there is none.
  mutating func update(_ key: UInt64, _ change: (inout Entry) -> Void) {
    reserveCapacity(count + 1)
    let place = place(of: key)
    if !entries[place].isTaken {
      entries[place] = Entry(key: key)
      count += 1
    }
    change(&entries[place])
  }

  mutating func remove(_ key: UInt64) {
    guard !entries.isEmpty else { return }
    var gap = place(of: key)
    guard entries[gap].isTaken else { return }
    count -= 1
    // Entries that were pushed past the gap move up, so that a search may end at the first empty place.
    var place = next(gap)
    while entries[place].isTaken {
      let distance = self.distance(home(entries[place].key), place)
      if distance >= self.distance(gap, place) {
        entries[gap] = entries[place]
        gap = place
      }
      place = next(place)
    }
    entries[gap] = Self.nothing
  }

  mutating func reserveCapacity(_ count: Int) {
    let wanted = count + count / 3 + Self.neighbours
    guard wanted > entries.count else { return }
    let old = entries
    // In whole neighbourhoods, and half as many again when it grows step by step.
    let size = max(wanted, old.count + old.count / 2) / Self.neighbours + 1
    entries = Array(repeating: Self.nothing, count: size * Self.neighbours)
    for entry in old where entry.isTaken { entries[place(of: entry.key)] = entry }
  }

  /// Where the key is, or would be.
  private func place(of key: UInt64) -> Int {
    var place = home(key)
    while entries[place].isTaken, entries[place].key != key { place = next(place) }
    return place
  }

  private func home(_ key: UInt64) -> Int {
    let neighbours = UInt64(Self.neighbours)
    let groups = UInt64(entries.count) / neighbours
    return Int((UInt64(scatter(key / neighbours)) * groups) &>> 32 * neighbours + key % neighbours)
  }

  private func next(_ place: Int) -> Int { place + 1 == entries.count ? 0 : place + 1 }

  /// Steps from one place to another, around the end.
  private func distance(_ from: Int, _ place: Int) -> Int {
    place >= from ? place - from : place + entries.count - from
  }
}
