// How many TCP connections each client has, over all workers: counters by two hashes of its address, of which the lower
// one is believed. So a client that shares a counter with a greedy one is seldom taken for it, and nothing grows.
import Synchronization

@safe final class ConnectionCounts: @unchecked Sendable {
  // Atomic words, which any worker may change.
  private let counters: UnsafeMutablePointer<Atomic<Int32>>

  private static var rows: Int { 2 }
  private static var count: Int { rows * TransportLimits.connectionCounts }

  init() {
    unsafe counters = .allocate(capacity: Self.count)
    for index in 0..<Self.count { unsafe (counters + index).initialize(to: Atomic(0)) }
  }

  deinit {
    unsafe counters.deinitialize(count: Self.count)
    unsafe counters.deallocate()
  }

  /// Counts one more; false, and nothing is counted, when the client has `limit` already.
  func open(_ hash: UInt64, limit: Int) -> Bool {
    let first = unsafe counters[place(hash, 0)].add(1, ordering: .relaxed).newValue
    let second = unsafe counters[place(hash, 1)].add(1, ordering: .relaxed).newValue
    guard min(first, second) > limit else { return true }
    close(hash)
    return false
  }

  func close(_ hash: UInt64) {
    unsafe counters[place(hash, 0)].subtract(1, ordering: .relaxed)
    unsafe counters[place(hash, 1)].subtract(1, ordering: .relaxed)
  }

  /// Both rows take bits of the hash of their own.
  private func place(_ hash: UInt64, _ row: Int) -> Int {
    let bits = Int(truncatingIfNeeded: hash &>> UInt64(32 &* row))
    return row &* TransportLimits.connectionCounts &+ bits & (TransportLimits.connectionCounts &- 1)
  }
}
