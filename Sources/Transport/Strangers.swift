// Sources that the world does not name: each is reported once (world.md 2.6), without a lock on the packet's path.
// A worker appends to a list that only grows; the reader takes what lies below a published count.
import DNSWire
import Resolution
import Synchronization

/// A source address that is in no table, at its first question.
public struct Stranger: Hashable, BitwiseCopyable, Sendable {
  /// Who asks: the source of the packet, or what a trusted Client Subnet option says in its place.
  public var source: IPAddress
  public var network: Network
  /// Index of the listener on which it asked.
  public var listener: UInt16
}

/// The list of one worker: it alone appends, any other thread reads.
@safe final class StrangerList: @unchecked Sendable {
  // Entries below `published` are never written again; that and the release/acquire pair make the sharing sound.
  private let entries: UnsafeMutablePointer<Stranger>
  private let published = Atomic<Int>(0)

  init() {
    unsafe entries = .allocate(capacity: TransportLimits.strangers)
  }

  deinit { unsafe entries.deallocate() }

  /// The memory for the one writer.
  fileprivate var memory: UnsafeMutablePointer<Stranger> { unsafe entries }

  fileprivate func publish(_ count: Int) { published.store(count, ordering: .releasing) }

  /// Everything from entry `first` on.
  func entries(from first: Int) -> [Stranger] {
    let count = published.load(ordering: .acquiring)
    return (first..<max(first, count)).map { unsafe entries[$0] }
  }
}

/// The writer's side: a hash table of positions in the list.
@safe struct Strangers: ~Copyable {
  private let list: StrangerList
  private let entries: UnsafeMutablePointer<Stranger>
  /// Position + 1 in `entries`; 0 is free. Twice as many as entries, a power of two.
  private let index = FixedBuffer<UInt16>(repeating: 0, count: 2 * TransportLimits.strangers)
  private var count = 0
  private var published = 0

  init(_ list: StrangerList) {
    self.list = list
    unsafe entries = list.memory
  }

  /// Remembers the source, unless it is there already or the table is full.
  mutating func note(_ source: IPAddress, network: Network, listener: UInt16) {
    guard count < TransportLimits.strangers else { return }
    let mask = 2 * TransportLimits.strangers &- 1
    var place = Int(truncatingIfNeeded: Self.hash(source)) & mask
    while index[place] != 0 {
      if unsafe Self.same(entries[Int(index[place]) &- 1].source, source) { return }
      place = (place &+ 1) & mask
    }
    unsafe (entries + count).initialize(to: Stranger(source: source, network: network, listener: listener))
    count &+= 1
    index[place] = UInt16(truncatingIfNeeded: count)
  }

  /// Shows the new ones to readers; true when there are any.
  mutating func publish() -> Bool {
    guard count > published else { return false }
    published = count
    list.publish(count)
    return true
  }

  private static func same(_ left: IPAddress, _ right: IPAddress) -> Bool {
    switch (left, right) {
    case (.v4(let left), .v4(let right)): left.rawValue == right.rawValue
    case (.v6(let left), .v6(let right)): left.rawValue == right.rawValue
    default: false
    }
  }

  private static func hash(_ address: IPAddress) -> UInt64 {
    let number: UInt64 =
      switch address {
      case .v4(let v4): UInt64(v4.rawValue)
      case .v6(let v6): UInt64(truncatingIfNeeded: v6.rawValue >> 64) ^ UInt64(truncatingIfNeeded: v6.rawValue)
      }
    return (number &* 0x9e37_79b9_7f4a_7c15) >> 40
  }
}
