// How much somebody has asked in the second that runs: a table of fixed size that all workers share, without a lock.
// Forged sources cannot make it grow, and cannot drive out who asks more than they do.
import Synchronization

/// Counts by a hash of who is counted. Each second all of them begin anew.
@safe final class SecondCounts: @unchecked Sendable {
  // Each entry is one atomic word, which any worker may change: that makes the sharing sound. Where two take an entry
  // at once, one count is lost, and nothing else.
  private let entries: UnsafeMutablePointer<Atomic<UInt64>>

  /// An entry: who, in the highest 24 bits, the second, in 16, and how much.
  private static var countBits: UInt64 { 24 }
  private static var countMask: UInt64 { 1 << countBits - 1 }
  private static var secondMask: UInt64 { 0xffff }
  /// Seconds, as a power of two, in which `forget` has to be called once: half of those that an entry can tell apart.
  static var memoryBits: UInt64 { 15 }
  private static var ownerShift: UInt64 { 40 }
  /// Entries in which one hash may stand: those of a line of the cache.
  private static var ways: Int { 4 }

  init() {
    let count = TransportLimits.secondCounts
    unsafe entries = .allocate(capacity: count)
    for index in 0..<count { unsafe (entries + index).initialize(to: Atomic(0)) }
  }

  deinit {
    unsafe entries.deinitialize(count: TransportLimits.secondCounts)
    unsafe entries.deallocate()
  }

  /// Seconds by which one worker's clock may be ahead of another's, which may have been stopped between two turns: an
  /// entry of theirs is one of this second, or both would begin anew by turns.
  private static var skew: UInt64 { 2 }

  /// Empties all entries; who is counted just then begins anew.
  func forget() {
    for entry in 0..<TransportLimits.secondCounts { unsafe entries[entry].store(0, ordering: .relaxed) }
  }

  /// Counts one more; how many there are in this second.
  @inline(__always)
  func add(_ hash: UInt64, second: UInt64) -> Int {
    let first = Int(truncatingIfNeeded: hash & UInt64(TransportLimits.secondCounts &- 1)) & ~(Self.ways &- 1)
    let second = second & Self.secondMask
    let owner = hash &>> Self.ownerShift
    var weakest = first
    var least = UInt64.max
    for entry in first..<(first &+ Self.ways) {
      let word = unsafe entries[entry].load(ordering: .relaxed)
      let lead = ((word &>> Self.countBits) &- second) & Self.secondMask
      if lead <= Self.skew, word &>> Self.ownerShift == owner {
        // The count never runs over into the second.
        if word & Self.countMask > Self.countMask / 2 { return Int(word & Self.countMask) }
        return unsafe Int(entries[entry].add(1, ordering: .relaxed).newValue & Self.countMask)
      }
      // An entry of another second is as good as empty.
      let weight = lead <= Self.skew ? word & Self.countMask : 0
      if weight < least { (weakest, least) = (entry, weight) }
    }
    unsafe entries[weakest].store((owner &<< 16 | second) &<< Self.countBits | 1, ordering: .relaxed)
    return 1
  }
}
