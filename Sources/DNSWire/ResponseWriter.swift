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
  /// Offsets at which a name, or the rest of one, stands uncompressed.
  private var suffixes = InlineArray<32, UInt16>(repeating: 0)
  private var suffixCount = 0
  private var questionEnd = 0

  public init() {}

  /// Starts a response to `packet`: its id, its question as it came, and our flags.
  @_noLocks
  public mutating func begin(
    _ query: Query, packet: Span<UInt8>, limit: Int, into out: inout MutableSpan<UInt8>
  ) {
    position = 0
    overflowed = false
    answerCount = 0
    authorityCount = 0
    suffixCount = 0
    self.limit = min(limit, out.count)
    questionEnd = query.questionEnd
    put16(query.id, into: &out)
    put16(0, into: &out)
    let hasQuestion = questionEnd > Limits.headerOctets
    put16(hasQuestion ? 1 : 0, into: &out)
    put16(0, into: &out)
    put32(0, into: &out)
    var index = Limits.headerOctets
    while index < questionEnd {
      put8(packet[index], into: &out)
      index += 1
    }
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

  /// Writes flags and counts. QR and RA are always set, opcode, RD and CD come from the query, AA and AD never are
  /// (decision 3).
  @_noLocks
  public mutating func finish(
    _ query: Query, code: ResponseCode, isTruncated: Bool, additional: UInt16, into out: inout MutableSpan<UInt8>
  ) {
    let truncation: UInt16 = isTruncated ? 0x0200 : 0
    let flags = 0x8080 | query.flags & 0x7910 | truncation | code.rawValue & 0x0f
    set16(flags, at: 2, into: &out)
    set16(answerCount, at: 6, into: &out)
    set16(authorityCount, at: 8, into: &out)
    set16(additional, at: 10, into: &out)
  }

  /// Cuts the response back to its question.
  @_noLocks
  public mutating func truncate() {
    position = questionEnd
    answerCount = 0
    authorityCount = 0
  }

  // MARK: Records

  /// Owner by a pointer, type, class IN and TTL; returns where the length of the data goes.
  @_noLocks
  public mutating func beginRecord(
    ownerOffset: Int, type: RecordType, ttl: UInt32, into out: inout MutableSpan<UInt8>
  ) -> Int {
    put16(0xc000 | UInt16(truncatingIfNeeded: ownerOffset), into: &out)
    return putTypeClassTTL(type, ttl, into: &out)
  }

  /// The same with the owner written as a name: `name` from label `label` on.
  @_noLocks
  public mutating func beginRecord(
    owner name: borrowing FoldedName, fromLabel label: Int, type: RecordType, ttl: UInt32,
    into out: inout MutableSpan<UInt8>
  ) -> Int {
    _ = put(name, fromLabel: label, into: &out)
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
    let lengthAt = beginRecord(ownerOffset: ownerOffset, type: .a, ttl: ttl, into: &out)
    put32(address.rawValue, into: &out)
    endRecord(lengthAt, .answer, into: &out)
  }

  @_noLocks
  private mutating func putTypeClassTTL(_ type: RecordType, _ ttl: UInt32, into out: inout MutableSpan<UInt8>) -> Int {
    put16(type.rawValue, into: &out)
    put16(RecordClass.in.rawValue, into: &out)
    put32(ttl, into: &out)
    put16(0, into: &out)
    return position - 2
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
      let second = offset + nameSize(store, offset)
      _ = putName(store, at: second, into: &out)
      putOctets(store, second + nameSize(store, second), end, into: &out)
      return first
    }
    putOctets(store, offset, end, into: &out)
    return position
  }

  // MARK: Names

  /// Remembers the labels of the question, so that later names can point to them.
  @_noLocks
  public mutating func rememberQuestion(_ name: borrowing FoldedName) {
    var label = 0
    while label < name.labelCount {
      remember(Limits.headerOctets + name.start(ofLabel: label))
      label += 1
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
    while store.octets[source] != 0, !overflowed {
      var entry = 0
      while entry < complete {
        let known = Int(suffixes[entry])
        if matches(out, known, store, source) {
          put16(0xc000 | UInt16(truncatingIfNeeded: known), into: &out)
          return source == offset ? known : start
        }
        entry += 1
      }
      remember(position)
      let size = Int(store.octets[source])
      putOctets(store, source, source + size + 1, into: &out)
      source += size + 1
    }
    put8(0, into: &out)
    return start
  }

  /// Whether the name at `offset` of the message, pointers followed, is `name`.
  @_noLocks
  public borrowing func hasName(
    _ name: borrowing FoldedName, at offset: Int, in out: borrowing MutableSpan<UInt8>
  ) -> Bool {
    matches(out, offset, name, 0)
  }

  /// Writes `name` from label `label` on; returns the offset where it, or what it points to, stands.
  @_noLocks
  public mutating func put(
    _ name: borrowing FoldedName, fromLabel label: Int, into out: inout MutableSpan<UInt8>
  ) -> Int {
    let start = position
    let complete = suffixCount
    var current = label
    while current < name.labelCount, !overflowed {
      var entry = 0
      while entry < complete {
        let known = Int(suffixes[entry])
        if matches(out, known, name, current) {
          put16(0xc000 | UInt16(truncatingIfNeeded: known), into: &out)
          return current == label ? known : start
        }
        entry += 1
      }
      remember(position)
      let from = name.start(ofLabel: current)
      var index = from
      while index <= from + name.labelLength(current) {
        put8(name.octet(index), into: &out)
        index += 1
      }
      current += 1
    }
    put8(0, into: &out)
    return start
  }

  @_noLocks
  private mutating func remember(_ offset: Int) {
    // A pointer has 14 bits (RFC 1035 4.1.4); names after that, or beyond the table, are just not pointed to.
    guard suffixCount < suffixes.count, offset < 0x4000 else { return }
    suffixes[suffixCount] = UInt16(truncatingIfNeeded: offset)
    suffixCount += 1
  }

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
      guard size == store.octets[there] else { return false }
      if size == 0 { return true }
      var index = 1
      while index <= Int(size) {
        if fold(out[here + index]) != fold(store.octets[there + index]) { return false }
        index += 1
      }
      here += Int(size) + 1
      there += Int(size) + 1
    }
  }

  @_noLocks
  private borrowing func matches(
    _ out: borrowing MutableSpan<UInt8>, _ known: Int, _ name: borrowing FoldedName, _ label: Int
  ) -> Bool {
    var here = known
    var there = name.start(ofLabel: label)
    while true {
      here = followed(out, here)
      let size = out[here]
      guard size == name.octet(there) else { return false }
      if size == 0 { return true }
      var index = 1
      while index <= Int(size) {
        if fold(out[here + index]) != name.octet(there + index) { return false }
        index += 1
      }
      here += Int(size) + 1
      there += Int(size) + 1
    }
  }

  /// We wrote the message ourselves: its pointers lead backwards to names that end.
  @_noLocks
  private borrowing func followed(_ out: borrowing MutableSpan<UInt8>, _ offset: Int) -> Int {
    var here = offset
    while out[here] & 0xc0 == 0xc0 { here = Int(out[here] & 0x3f) << 8 | Int(out[here + 1]) }
    return here
  }

  @_noLocks
  private borrowing func nameSize(_ store: borrowing OctetStore, _ offset: Int) -> Int {
    var size = 0
    while store.octets[offset + size] != 0 { size += Int(store.octets[offset + size]) + 1 }
    return size + 1
  }

  // MARK: Octets

  /// Takes back what was written from `offset` on.
  @_noLocks
  mutating func cut(to offset: Int) { position = min(position, offset) }

  @_noLocks
  public mutating func putOctets(
    _ store: borrowing OctetStore, _ from: Int, _ to: Int, into out: inout MutableSpan<UInt8>
  ) {
    guard position + (to - from) <= limit else {
      overflowed = true
      return
    }
    var index = from
    while index < to {
      out[position] = store.octets[index]
      position &+= 1
      index &+= 1
    }
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
    put8(UInt8(truncatingIfNeeded: value >> 8), into: &out)
    put8(UInt8(truncatingIfNeeded: value), into: &out)
  }

  @_noLocks
  public mutating func put32(_ value: UInt32, into out: inout MutableSpan<UInt8>) {
    put16(UInt16(truncatingIfNeeded: value >> 16), into: &out)
    put16(UInt16(truncatingIfNeeded: value), into: &out)
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
