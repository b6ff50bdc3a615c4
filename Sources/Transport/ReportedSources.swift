// Sources that are reported once: those that the world does not name (world.md 2.6), those over their quota. Without a
// lock on the packet's path: a worker appends to a list that only grows; the reader takes what lies below a published
// count.
import DNSWire
import Resolution
import Synchronization

/// A source address, at the first question for which it is reported.
public struct ReportedSource: Hashable, BitwiseCopyable, Sendable {
  /// Who asks: the source of the packet, or what a trusted Client Subnet option says in its place.
  public var source: IPAddress
  public var network: Network
  /// Index of the listener on which it asked.
  public var listener: UInt16
}

/// The list of one worker: it alone appends, any other thread reads.
@safe final class ReportedSourceList: @unchecked Sendable {
  // Entries below `published` are never written again; that and the release/acquire pair make the sharing sound.
  private let entries: UnsafeMutablePointer<ReportedSource>
  private let published = Atomic<Int>(0)

  init() {
    unsafe entries = .allocate(capacity: TransportLimits.reportedSources)
  }

  deinit { unsafe entries.deallocate() }

  /// The memory for the one writer.
  fileprivate var memory: UnsafeMutablePointer<ReportedSource> { unsafe entries }

  fileprivate func publish(_ count: Int) { published.store(count, ordering: .releasing) }

  /// Everything from entry `first` on, which becomes what is next.
  func take(from first: inout Int) -> [ReportedSource] {
    let count = published.load(ordering: .acquiring)
    defer { first = max(first, count) }
    return (first..<max(first, count)).map { unsafe entries[$0] }
  }
}

/// The writer's side: a hash table of positions in the list.
@safe struct ReportedSources: ~Copyable {
  private let list: ReportedSourceList
  private let entries: UnsafeMutablePointer<ReportedSource>
  /// Position + 1 in `entries`; 0 is free. Twice as many as entries, a power of two.
  private let index = FixedBuffer<UInt16>(repeating: 0, count: 2 * TransportLimits.reportedSources)
  private var count = 0
  private var published = 0

  init(_ list: ReportedSourceList) {
    self.list = list
    unsafe entries = list.memory
  }

  /// Remembers the source, unless it is there already or the table is full.
  mutating func note(_ source: IPAddress, network: Network, listener: UInt16) {
    guard count < TransportLimits.reportedSources else { return }
    let mask = 2 * TransportLimits.reportedSources &- 1
    var place = Int(truncatingIfNeeded: Self.hash(source)) & mask
    while index[place] != 0 {
      if unsafe Self.same(entries[Int(index[place]) &- 1].source, source) { return }
      place = (place &+ 1) & mask
    }
    unsafe (entries + count).initialize(to: ReportedSource(source: source, network: network, listener: listener))
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
