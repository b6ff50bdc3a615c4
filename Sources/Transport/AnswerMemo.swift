// Answers that were given before: the same octets from the same asker, at the same door and in the same era, get the
// same answer, without anybody looking for it again (docs/decisions/0008). What another server said is remembered
// for the second in which it was said, so that its times to live count down (docs/decisions/0013).
import CLinux
import DNSWire
import Glibc
import Resolution

/// A table of a worker's last answers over UDP. Each question has one place in it; what comes later takes it over.
@safe struct AnswerMemo: ~Copyable {
  /// Of an entry: what it is found by, the question from its flags on, and its answer from its flags on.
  private enum Word {
    static var hash: Int { 0 }
    static var era: Int { 1 }
    static var sourceHigh: Int { 2 }
    static var sourceLow: Int { 3 }
    static var door: Int { 4 }
    /// From the highest bits on: the second, 32 bits, 0 for each; a bit for
    /// a cookie; octets of the question, 15; of the answer, 16.
    static var lengths: Int { 5 }
    static var octets: Int { 6 }
  }

  private let memory: ReservedMemory

  /// The first entry, at the beginning of a large page.
  private let first: UnsafeMutablePointer<UInt64>

  init(_ memory: ReservedMemory) {
    self.memory = memory
    let start = unsafe memory.start.alignedUp(toMultipleOf: TransportLimits.largePageOctets)
    unsafe cl_ask_for_large_pages(start, Self.entriesOctets)
    unsafe first = start.assumingMemoryBound(to: UInt64.self)
  }

  private static var entriesOctets: Int { TransportLimits.memoEntries * TransportLimits.memoWords * 8 }
  /// Octets of address space. Entries are all over it, so that in pages of 2 MB all of it is soon memory.
  static var octets: Int { entriesOctets + TransportLimits.largePageOctets }

  /// Room for the longest question that is remembered, in words.
  typealias Words = InlineArray<13, UInt64>

  /// A question on its way through the table; its answer takes the place of its octets.
  struct Question {
    fileprivate var hash: UInt64
    fileprivate var entry: Int
    fileprivate var era: UInt64
    fileprivate var source: (high: UInt64, low: UInt64)
    fileprivate var door: UInt64
    fileprivate var length: Int
    /// The octets from the flags on, eight a word; the id is not part of the question.
    fileprivate var words: Words
    fileprivate var wordCount: Int
  }

  /// What is remembered of a question; a count of 0 when nothing is.
  struct Recollection {
    var count = 0
    /// It is another server's.
    var isForeign = false
    /// What the question's cookie says.
    var cookie = CookieState.absent
  }

  /// Finds the place of the question of `length` octets in `message`, and calls it into the cache; `nil` for one that
  /// is too long to be kept.
  /// - Parameter era: Another number when the same question may get another answer.
  func question(
    _ message: UnsafeMutablePointer<UInt8>, length: Int, from arrival: Arrival, listener: UInt16, era: UInt64
  ) -> Question? {
    guard length > Limits.headerOctets, length <= TransportLimits.memoQuestionOctets else { return nil }
    let source = arrival.source.words
    // The first addresses of IPv6 have the numbers of all of IPv4.
    let family: UInt64 = arrival.source.isV6 ? 1 << 16 : 0
    let door = UInt64(arrival.network.rawValue) << 32 | family | UInt64(listener)
    var hash = mix(mix(source.high ^ door, source.low), UInt64(truncatingIfNeeded: length))
    var words = Words(repeating: 0)
    let wordCount = (length &- 2 &+ 7) / 8
    for index in 0..<wordCount {
      words[index] = unsafe word(message, index, length)
      hash = mix(hash, words[index])
    }
    let entry = Int(truncatingIfNeeded: hash & UInt64(TransportLimits.memoEntries - 1)) &* TransportLimits.memoWords
    unsafe cl_prefetch(start(entry))
    // No hash is 0: that is an entry without an answer.
    return Question(
      hash: hash | 1, entry: entry, era: era, source: source, door: door, length: length, words: words,
      wordCount: wordCount)
  }

  /// Puts the answer in the place of the question, if it was given before.
  /// - Parameter second: Of the clock: what is true in another second only is not recalled.
  func recall(_ question: Question, _ message: UnsafeMutablePointer<UInt8>, second: UInt32) -> Recollection {
    let entry = unsafe start(question.entry)
    guard unsafe entry[Word.hash] == question.hash, unsafe entry[Word.era] == question.era,
      unsafe entry[Word.sourceLow] == question.source.low, unsafe entry[Word.sourceHigh] == question.source.high,
      unsafe entry[Word.door] == question.door,
      unsafe entry[Word.lengths] >> 16 & 0x7fff == UInt64(truncatingIfNeeded: question.length)
    else { return Recollection() }
    let lengths = unsafe entry[Word.lengths]
    let good = UInt32(truncatingIfNeeded: lengths >> 32)
    guard good == 0 || good == second else { return Recollection() }
    for index in 0..<question.wordCount
    where unsafe entry[Word.octets &+ index] != question.words[index] { return Recollection() }
    let count = Int(truncatingIfNeeded: lengths & 0xffff)
    unsafe memcpy(message + 2, entry + Word.octets + question.wordCount, count &- 2)
    return Recollection(count: count, isForeign: good != 0, cookie: lengths & Self.cookieBit == 0 ? .absent : .valid)
  }

  /// Set in the lengths of a question with a cookie: no other than a valid one is repeated.
  private static var cookieBit: UInt64 { 1 << 31 }

  /// Remembers the answer of `count` octets, if it fits into an entry with its question.
  /// - Parameter second: In which alone it is good, 0 for one that is good in each.
  func keep(
    _ question: Question, answer message: UnsafeMutablePointer<UInt8>, count: Int, cookie: CookieState, second: UInt32
  ) {
    let room = (TransportLimits.memoWords &- Word.octets &- question.wordCount) &* 8
    guard count > Limits.headerOctets, count &- 2 <= room else { return }
    let entry = unsafe start(question.entry)
    unsafe entry[Word.hash] = question.hash
    unsafe entry[Word.era] = question.era
    unsafe entry[Word.sourceHigh] = question.source.high
    unsafe entry[Word.sourceLow] = question.source.low
    unsafe entry[Word.door] = question.door
    var cookieBit: UInt64 = 0
    if case .valid = cookie { cookieBit = Self.cookieBit }
    unsafe entry[Word.lengths] =
      UInt64(second) << 32 | cookieBit | UInt64(question.length) << 16 | UInt64(count)
    for index in 0..<question.wordCount { unsafe entry[Word.octets &+ index] = question.words[index] }
    unsafe memcpy(entry + Word.octets + question.wordCount, message + 2, count &- 2)
  }

  private func start(_ entry: Int) -> UnsafeMutablePointer<UInt64> {
    precondition(entry >= 0 && (entry &+ TransportLimits.memoWords) &* 8 <= Self.entriesOctets)
    return unsafe first + entry
  }
}

/// Eight octets of a message from its flags on. What is behind the last octet is not looked at: a buffer has room for
/// it.
@inline(__always)
private func word(_ message: UnsafeMutablePointer<UInt8>, _ index: Int, _ length: Int) -> UInt64 {
  let offset = 2 &+ 8 &* index
  let word = unsafe UnsafeRawPointer(message).loadUnaligned(fromByteOffset: offset, as: UInt64.self)
  let left = length &- offset
  return left >= 8 ? word : word & (1 << UInt64(truncatingIfNeeded: 8 &* left) &- 1)
}

@inline(__always)
func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
  let product = (hash ^ word ^ 0x9e37_79b9_7f4a_7c15).multipliedFullWidth(by: 0xa076_1d64_78bd_642f)
  return product.high ^ product.low
}
