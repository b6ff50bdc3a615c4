// Writing a response: sections in order, names compressed against what already stands in the message (RFC 1035 4.1.4).

/// The sections that records are written to.
public enum Section: BitwiseCopyable, Sendable {
  case answer
  case authority
}

/// The state of a response that is being written. The octets themselves are passed to each call, so that the writer
/// can live in a worker for ever.
public struct ResponseWriter: ~Copyable {
  public private(set) var position = 0
  private var limit = 0
  /// Set when something did not fit; the response is then cut back by `truncate`.
  public private(set) var overflowed = false
  private var answerCount: UInt16 = 0
  private var authorityCount: UInt16 = 0
  /// Where a name, or the rest of one, stands uncompressed: its offset in the upper 16 bits, and the beginning of its
  /// first label, which tells most names apart, in the lower 48.
  private var suffixes = InlineArray<32, UInt64>(repeating: 0)
  private var suffixCount = 0
  private var questionEnd = 0

  public init() {}

  /// Starts the response to the query that stands in `out`: its id and its question stay where they are.
  @_noLocks
  public mutating func begin(_ query: Query, limit: Int, into out: inout MutableSpan<UInt8>) {
    position = query.questionEnd
    overflowed = false
    answerCount = 0
    authorityCount = 0
    suffixCount = 0
    self.limit = min(limit, out.count)
    questionEnd = query.questionEnd
    if questionEnd > self.limit { overflowed = true }
  }

  /// The octets left for the OPT record are kept free from here on.
  @_noLocks
  public mutating func reserve(_ octets: Int) { limit -= octets }

  @_noLocks
  public mutating func release(_ octets: Int) { limit += octets }

  /// A record stands in the answer section.
  public var hasAnswer: Bool { @_noLocks get { answerCount > 0 } }

  /// Octets that still fit.
  public var room: Int { @_noLocks get { limit - position } }

  /// Writes flags and counts. QR and RA are always set, RD and CD come from the query, AA never is, and AD only for
  /// what another server has and DNSSEC proves (decision 3). What the bits of another opcode mean nobody knows: none is
  /// copied.
  @_noLocks
  public mutating func finish(
    _ query: Query, code: ResponseCode, isTruncated: Bool, isAuthentic: Bool, additional: UInt16,
    into out: inout MutableSpan<UInt8>
  ) {
    let bits: UInt16 = (isTruncated ? 0x0200 : 0) | (isAuthentic ? 0x0020 : 0)
    let flags = 0x8080 | query.flags & (query.opcode == 0 ? 0x0110 : 0x7800) | bits | code.rawValue & 0x0f
    let questions: UInt64 = questionEnd > Limits.headerOctets ? 1 : 0
    let counts =
      questions &<< 48 | UInt64(answerCount) &<< 32 | UInt64(authorityCount) &<< 16 | UInt64(additional)
    set16(flags, at: 2, into: &out)
    set(counts.byteSwapped, littleEndianAt: 4, in: &out)
  }

  /// Cuts the response back to its question.
  @_noLocks
  public mutating func truncate() {
    position = questionEnd
    answerCount = 0
    authorityCount = 0
  }

  /// Says that more belongs into the response than fits.
  @_noLocks
  public mutating func overflow() { overflowed = true }

  // MARK: Records

  /// Owner by a pointer, type, class IN and TTL; returns where the length of the data goes.
  @_noLocks
  public mutating func beginRecord(
    ownerOffset: Int, type: RecordType, ttl: UInt32, into out: inout MutableSpan<UInt8>
  ) -> Int {
    putHead(ownerOffset, type, ttl, into: &out)
    put32(ttl &<< 16, into: &out)
    return position &- 2
  }

  /// Pointer to the owner, type, class IN and the upper half of the TTL: eight octets.
  @_noLocks
  private mutating func putHead(
    _ ownerOffset: Int, _ type: RecordType, _ ttl: UInt32, into out: inout MutableSpan<UInt8>
  ) {
    let head =
      UInt64(0xc000 | UInt16(truncatingIfNeeded: ownerOffset)) &<< 48 | UInt64(type.rawValue) &<< 32
      | UInt64(RecordClass.in.rawValue) &<< 16 | UInt64(ttl &>> 16)
    put(head.byteSwapped, count: 8, into: &out)
  }

  /// The same with the owner written as a name: `name` from label `label` on.
  @_noLocks
  public mutating func beginRecord(
    owner name: inout FoldedName, fromLabel label: Int, type: RecordType, ttl: UInt32,
    into out: inout MutableSpan<UInt8>
  ) -> Int {
    _ = put(&name, fromLabel: label, into: &out)
    return putTypeClassTTL(type, ttl, into: &out)
  }

  /// The same with the owner's name at `offset` of `store`.
  @_noLocks
  public mutating func beginRecord(
    owner store: borrowing OctetStore, at offset: Int, type: RecordType, ttl: UInt32, into out: inout MutableSpan<UInt8>
  ) -> Int {
    _ = putName(store, at: offset, into: &out)
    return putTypeClassTTL(type, ttl, into: &out)
  }

  @_noLocks
  public mutating func endRecord(_ lengthAt: Int, _ section: Section, into out: inout MutableSpan<UInt8>) {
    guard !overflowed else { return }
    set16(UInt16(truncatingIfNeeded: position - lengthAt - 2), at: lengthAt, into: &out)
    switch section {
    case .answer: answerCount &+= 1
    case .authority: authorityCount &+= 1
    }
  }

  /// One record with four octets of data.
  @_noLocks
  public mutating func putA(
    ownerOffset: Int, ttl: UInt32, address: IPv4Address, into out: inout MutableSpan<UInt8>
  ) {
    putHead(ownerOffset, .a, ttl, into: &out)
    let rest = UInt64(ttl & 0xffff) &<< 48 | 4 &<< 32 | UInt64(address.rawValue)
    put(rest.byteSwapped, count: 8, into: &out)
    if !overflowed { answerCount &+= 1 }
  }

  @_noLocks
  private mutating func putTypeClassTTL(_ type: RecordType, _ ttl: UInt32, into out: inout MutableSpan<UInt8>) -> Int {
    put32(UInt32(type.rawValue) &<< 16 | UInt32(RecordClass.in.rawValue), into: &out)
    put32(ttl, into: &out)
    put16(0, into: &out)
    return position &- 2
  }

  /// RDATA of `size` octets at `offset` of `store`; the names of the types that RFC 1035 knows are compressed (RFC 3597
  /// 4).
  /// Returns where the first name of the data stands in the message.
  @_noLocks
  public mutating func putData(
    _ store: borrowing OctetStore, at offset: Int, size: Int, type: RecordType, into out: inout MutableSpan<UInt8>
  ) -> Int {
    let end = offset + size
    if type == .ns || type == .cname || type == .ptr { return putName(store, at: offset, into: &out) }
    if type == .mx {
      putOctets(store, offset, offset + 2, into: &out)
      return putName(store, at: offset + 2, into: &out)
    }
    if type == .soa {
      let first = putName(store, at: offset, into: &out)
      let second = offset &+ store.nameSize(at: offset)
      _ = putName(store, at: second, into: &out)
      putOctets(store, second &+ store.nameSize(at: second), end, into: &out)
      return first
    }
    putOctets(store, offset, end, into: &out)
    return position
  }

  // MARK: Names

  /// Remembers the labels of the question, so that later names can point to them.
  @_noLocks
  public mutating func rememberQuestion(_ name: inout FoldedName) {
    var label = 0
    while label < name.labelCount {
      remember(Limits.headerOctets &+ name.start(ofLabel: label), name.word(0, fromLabel: label))
      label &+= 1
    }
  }

  /// Writes the name at `offset` of `store`; returns the offset where it, or what it points to, stands.
  @_noLocks
  public mutating func putName(_ store: borrowing OctetStore, at offset: Int, into out: inout MutableSpan<UInt8>) -> Int
  {
    let start = position
    // The labels of this name are no targets while it is being written: what follows them is not there yet.
    let complete = suffixCount
    var source = offset
    // After an overflow nothing of the message is sent, and what stands beyond the limit must not be read.
    while !overflowed {
      let size = Int(store[source])
      if size == 0 { break }
      let beginning = fold(word(store, littleEndianAt: source, count: min(8, size &+ 1)))
      var entry = 0
      while entry < complete {
        let suffix = suffixes[entry]
        if (suffix ^ beginning) & beginningMask == 0, matches(out, Int(suffix &>> 48), store, source) {
          put16(0xc000 | UInt16(truncatingIfNeeded: suffix &>> 48), into: &out)
          return source == offset ? Int(suffix &>> 48) : start
        }
        entry &+= 1
      }
      remember(position, beginning)
      putOctets(store, source, source &+ size &+ 1, into: &out)
      source &+= size &+ 1
    }
    put8(0, into: &out)
    return start
  }

  /// Whether the name at `offset` of the message, pointers followed, is `name`.
  @_noLocks
  public borrowing func hasName(
    _ name: inout FoldedName, at offset: Int, in out: borrowing MutableSpan<UInt8>
  ) -> Bool {
    matches(out, offset, &name, 0)
  }

  /// Writes `name` from label `label` on; returns the offset where it, or what it points to, stands.
  @_noLocks
  public mutating func put(
    _ name: inout FoldedName, fromLabel label: Int, into out: inout MutableSpan<UInt8>
  ) -> Int {
    let start = position
    let complete = suffixCount
    var current = label
    while current < name.labelCount, !overflowed {
      let beginning = name.word(0, fromLabel: current)
      var entry = 0
      while entry < complete {
        let suffix = suffixes[entry]
        if (suffix ^ beginning) & beginningMask == 0, matches(out, Int(suffix &>> 48), &name, current) {
          put16(0xc000 | UInt16(truncatingIfNeeded: suffix &>> 48), into: &out)
          return current == label ? Int(suffix &>> 48) : start
        }
        entry &+= 1
      }
      remember(position, beginning)
      let size = name.labelLength(current)
      var index = 0
      while index <= size {
        put(name.word(index &>> 3, fromLabel: current), count: min(8, size &+ 1 &- index), into: &out)
        index &+= 8
      }
      current &+= 1
    }
    put8(0, into: &out)
    return start
  }

  /// - Parameter beginning: Length and first octets of the label, folded, the first one lowest.
  @_noLocks
  private mutating func remember(_ offset: Int, _ beginning: UInt64) {
    // A pointer has 14 bits (RFC 1035 4.1.4); names after that, or beyond the table, are just not pointed to.
    guard suffixCount < suffixes.count, offset <= Limits.furthestPointer else { return }
    suffixes[suffixCount] = UInt64(truncatingIfNeeded: offset) &<< 48 | beginning & beginningMask
    suffixCount &+= 1
  }

  private var beginningMask: UInt64 { @_noLocks get { 0xffff_ffff_ffff } }

  /// Whether the name in the message at `known`, pointers followed, is the one at `source` of `store`.
  @_noLocks
  private borrowing func matches(
    _ out: borrowing MutableSpan<UInt8>, _ known: Int, _ store: borrowing OctetStore, _ source: Int
  ) -> Bool {
    var here = known
    var there = source
    while true {
      here = followed(out, here)
      let size = out[here]
      guard size == store[there] else { return false }
      if size == 0 { return true }
      var index = 1
      while index <= Int(size) {
        if fold(out[here + index]) != fold(store[there + index]) { return false }
        index += 1
      }
      here += Int(size) + 1
      there += Int(size) + 1
    }
  }

  @_noLocks
  private borrowing func matches(
    _ out: borrowing MutableSpan<UInt8>, _ known: Int, _ name: inout FoldedName, _ label: Int
  ) -> Bool {
    var here = known
    var label = label
    while true {
      here = followed(out, here)
      let size = Int(out[here])
      if label == name.labelCount { return size == 0 }
      guard size == name.labelLength(label) else { return false }
      var index = 0
      while index < size {
        if fold(out[here &+ 1 &+ index]) != name.octet(index, ofLabel: label) { return false }
        index &+= 1
      }
      here &+= size &+ 1
      label &+= 1
    }
  }

  /// We wrote the message ourselves: its pointers lead backwards to names that end.
  @_noLocks
  private borrowing func followed(_ out: borrowing MutableSpan<UInt8>, _ offset: Int) -> Int {
    var here = offset
    while out[here] & 0xc0 == 0xc0 { here = Int(out[here] & 0x3f) << 8 | Int(out[here + 1]) }
    return here
  }

  // MARK: Octets

  /// Takes back what was written from `offset` on.
  @_noLocks
  mutating func cut(to offset: Int) { position = min(position, offset) }

  @_noLocks
  public mutating func putOctets(
    _ store: borrowing OctetStore, _ from: Int, _ to: Int, into out: inout MutableSpan<UInt8>
  ) {
    guard position &+ (to &- from) <= limit else {
      overflowed = true
      return
    }
    var index = from
    while index < to {
      let count = min(8, to &- index)
      put(word(store, littleEndianAt: index, count: count), count: count, into: &out)
      index &+= 8
    }
  }

  /// `count` octets, eight at most, the first one lowest in `word`.
  @_noLocks
  public mutating func put(_ word: UInt64, count: Int, into out: inout MutableSpan<UInt8>) {
    guard position &+ count <= limit else {
      overflowed = true
      return
    }
    if position &+ 8 <= out.count {
      // What is written past `count` is overwritten by what follows, or not sent.
      set(word, littleEndianAt: position, in: &out)
    } else {
      var index = 0
      while index < count {
        out[position &+ index] = UInt8(truncatingIfNeeded: word &>> (8 &* UInt64(truncatingIfNeeded: index)))
        index &+= 1
      }
    }
    position &+= count
  }

  @_noLocks
  public mutating func put8(_ value: UInt8, into out: inout MutableSpan<UInt8>) {
    guard position < limit else {
      overflowed = true
      return
    }
    out[position] = value
    position &+= 1
  }

  @_noLocks
  public mutating func put16(_ value: UInt16, into out: inout MutableSpan<UInt8>) {
    guard position &+ 2 <= limit else {
      overflowed = true
      return
    }
    out[position] = UInt8(truncatingIfNeeded: value &>> 8)
    out[position &+ 1] = UInt8(truncatingIfNeeded: value)
    position &+= 2
  }

  @_noLocks
  public mutating func put32(_ value: UInt32, into out: inout MutableSpan<UInt8>) {
    put(UInt64(value.byteSwapped), count: 4, into: &out)
  }

  @_noLocks
  public mutating func set8(_ value: UInt8, at offset: Int, into out: inout MutableSpan<UInt8>) {
    guard !overflowed else { return }
    out[offset] = value
  }

  @_noLocks
  public mutating func set16(_ value: UInt16, at offset: Int, into out: inout MutableSpan<UInt8>) {
    out[offset] = UInt8(truncatingIfNeeded: value >> 8)
    out[offset + 1] = UInt8(truncatingIfNeeded: value)
  }
}
