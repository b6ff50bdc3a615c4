// Which of several records comes next where one is answered in turn: a worker's own count for each set and type asked.
import DNSWire

/// Counters for the sets that are answered in turn. A set is led round by questions for itself and by no others; in a
/// world of more than 256 such sets, two may share a counter.
struct Turns: ~Copyable {
  /// 256 sets of four kinds of questions, 2 KiB. A world has a set for each cache cluster and Aurora reader endpoint.
  private typealias Counters = InlineArray<1024, UInt16>
  private var last = Counters(repeating: 0)

  /// A client that asks for A, AAAA and others each time would meet the same few records for ever if they shared one.
  private static var kinds: Int { @_noLocks get { 4 } }

  /// The record whose turn it is, of `count`, in the set with this number.
  @_noLocks
  mutating func next(of count: Int, set number: UInt16, asked type: RecordType) -> Int {
    let kind = type == .a ? 0 : type == .aaaa ? 1 : type == .cname ? 2 : 3
    let slot = (Int(number) * Turns.kinds + kind) % Counters.count
    let next = Int(last[slot]) + 1
    let chosen = next < count ? next : 0
    last[slot] = UInt16(truncatingIfNeeded: chosen)
    return chosen
  }
}
