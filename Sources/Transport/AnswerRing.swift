// Answers on their way to the query log: a worker copies each into a ring of its own, and one thread takes them out.
// The packet's path gets no lock, no allocation and no system call by it: what finds the ring full is counted, not
// logged.
import DNSWire
import Glibc
import Synchronization

/// What the log is told of an answer, beside its octets.
public struct AnswerNote: BitwiseCopyable, Sendable {
  public var source: IPAddress
  /// The address that was asked.
  public var destination: IPAddress
  /// Of the snapshot that it was answered from.
  public var generation: UInt64
  /// Coarse milliseconds of the clock that never goes back (`cl_coarse_milliseconds`), at the turn of the worker.
  public var time: Int64
  public var sourcePort: UInt16
  /// Index of the listener that was asked.
  public var listener: UInt16
  /// Octets of the whole answer, of which the ring may have fewer.
  public var count: UInt16
  public var isTCP: Bool
}

/// The ring of one worker: it alone writes, one other thread reads.
@safe final class AnswerRing: @unchecked Sendable {
  // The writer owns the slots from `written` on, the reader those before it and from `taken` on; each release of one is
  // the acquire of the other, which makes the sharing sound.
  private let notes: UnsafeMutablePointer<AnswerNote>
  private let octets: UnsafeMutablePointer<UInt8>
  fileprivate let slots: Int
  private let written = Atomic<Int>(0)
  private let taken = Atomic<Int>(0)
  private let lost = Atomic<UInt64>(0)

  /// - Parameter slots: Answers that may wait, a power of two.
  init(slots: Int = TransportLimits.loggedAnswers) {
    precondition(slots > 0 && slots & (slots - 1) == 0)
    self.slots = slots
    unsafe notes = .allocate(capacity: slots)
    unsafe octets = .allocate(capacity: slots * TransportLimits.loggedOctets)
  }

  deinit {
    unsafe notes.deallocate()
    unsafe octets.deallocate()
  }

  /// Answers that found the ring full.
  var lostCount: UInt64 { lost.load(ordering: .relaxed) }

  /// Takes out what is there, in its order; returns how many. The octets are those of `body` while it runs.
  func take(_ body: (AnswerNote, Span<UInt8>) -> Void) -> Int {
    let first = taken.load(ordering: .relaxed)
    let end = written.load(ordering: .acquiring)
    for place in first..<end {
      let slot = place & (slots - 1)
      let note = unsafe notes[slot]
      let start = unsafe octets + slot * TransportLimits.loggedOctets
      let count = min(Int(note.count), TransportLimits.loggedOctets)
      body(note, unsafe Span(_unsafeStart: start, count: count))
      // A part of the ring at a time is free again: `body` may write to a slow disk.
      if place & (TransportLimits.batch - 1) == 0 { taken.store(place + 1, ordering: .releasing) }
    }
    taken.store(end, ordering: .releasing)
    return end - first
  }

  fileprivate var takenCount: Int { taken.load(ordering: .acquiring) }

  fileprivate func put(_ note: AnswerNote, _ answer: UnsafePointer<UInt8>, at place: Int) {
    let slot = place & (slots &- 1)
    unsafe (notes + slot).initialize(to: note)
    unsafe memcpy(
      octets + slot &* TransportLimits.loggedOctets, answer, min(Int(note.count), TransportLimits.loggedOctets))
  }

  fileprivate func publish(_ count: Int, lost: UInt64) {
    self.lost.store(lost, ordering: .relaxed)
    written.store(count, ordering: .releasing)
  }
}

/// The writer's side of a ring, or of none.
@safe struct AnswerLog: ~Copyable {
  private let ring: AnswerRing?
  let isOn: Bool
  /// Answers that have been put in.
  private var count = 0
  /// Answers that are known to have been taken out.
  private var taken = 0
  private var lost: UInt64 = 0

  init(_ ring: AnswerRing?) {
    self.ring = ring
    isOn = ring != nil
  }

  mutating func add(_ note: AnswerNote, _ answer: UnsafePointer<UInt8>) {
    guard let ring else { return }
    if count &- taken >= ring.slots {
      taken = ring.takenCount
      guard count &- taken < ring.slots else {
        lost &+= 1
        return
      }
    }
    unsafe ring.put(note, answer, at: count)
    count &+= 1
  }

  /// Shows what was added to the reader.
  func publish() { ring?.publish(count, lost: lost) }
}
