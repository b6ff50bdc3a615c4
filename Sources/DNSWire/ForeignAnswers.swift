// Answers of other servers, taken apart: their names whole, their records in rows, so that an answer of ours can be
// written from them as from a table.

/// What one of them says of one question.
public struct ForeignAnswer: BitwiseCopyable, Sendable {
  /// Why there is none.
  public enum Fault: BitwiseCopyable, Sendable {
    /// There is one.
    case nothing
    case noServer
    /// DNSSEC says that it is forged (RFC 4035 5.5).
    case bogus
    case notAsked
    case ownAddress
    case tooManyWait
    /// It is no message that could be read.
    case malformed
    /// It fits into no datagram, and was not looked at.
    case tooLong
  }

  /// The question: its name in the octets, its type, and whom it was put to.
  fileprivate var name: UInt32
  fileprivate var type: RecordType
  public var source: UInt32
  public var code: ResponseCode
  /// Every record of it is proven (RFC 4035 4.3).
  public var isSecure: Bool
  public var fault: Fault
  /// The source was asked for the alias alone: of the next name it has said nothing.
  public var isAliasOnly: Bool
  /// The first row of its answer section, the first of its authority section, and the one behind.
  public var firstAnswer: Int
  public var firstAuthority: Int
  public var end: Int
}

/// A record of class IN.
public struct ForeignRecord: BitwiseCopyable, Sendable {
  /// Offset of the owner's name.
  public var owner: UInt32
  public var type: RecordType
  /// The type that an RRSIG covers (RFC 4034 3.1.1).
  public var covered: RecordType
  public var ttl: UInt32
  /// Offset and octets of RDATA, names in it uncompressed.
  public var data: UInt32
  public var size: UInt32
}

/// The answers to the questions that one question of a client led to. Storage is used again.
public struct ForeignAnswers: ~Copyable {
  /// Questions to other servers for one of a client: a chain that leaves us, comes back and leaves again, twice over.
  public static var most: Int { @_noLocks get { 4 } }
  /// Octets of all names and data. A message has 65,535; without compression one of long names has more.
  static var mostOctets: Int { 256 << 10 }

  public private(set) var octets = OctetStore([])
  public private(set) var records: [ForeignRecord] = []
  public private(set) var answers: [ForeignAnswer] = []

  public init() {}

  public var isFull: Bool { @_noLocks get { answers.count >= Self.most } }

  public mutating func removeAll() {
    guard !answers.isEmpty else { return }
    octets.removeAll()
    records.removeAll(keepingCapacity: true)
    answers.removeAll(keepingCapacity: true)
  }

  /// The number of the answer of `source` to a question.
  @_noLocks
  public borrowing func find(_ name: inout FoldedName, _ type: RecordType, of source: UInt32) -> Int? {
    var index = 0
    while index < answers.count {
      let answer = answers[index]
      if answer.source == source, answer.type == type, name.equals(octets, at: Int(answer.name), fromLabel: 0) {
        return index
      }
      index &+= 1
    }
    return nil
  }

  /// Adds that there is no answer.
  public mutating func add(
    _ fault: ForeignAnswer.Fault, to name: inout FoldedName, _ type: RecordType, of source: UInt32
  ) {
    let place = UInt32(octets.base.count)
    octets.append(&name)
    answers.append(
      ForeignAnswer(
        name: place, type: type, source: source, code: .servFail, isSecure: false, fault: fault,
        isAliasOnly: false, firstAnswer: 0, firstAuthority: 0, end: 0))
  }

  /// Adds what a message says.
  /// - Parameters:
  ///   - isSecure: Its records are proven.
  ///   - isAliasOnly: It says which CNAME the name has, and no more.
  public mutating func add(
    message: Span<UInt8>, to name: inout FoldedName, _ type: RecordType, of source: UInt32, isSecure: Bool,
    isAliasOnly: Bool = false
  ) {
    let place = UInt32(octets.base.count)
    let first = records.count
    octets.append(&name)
    var reader = ForeignReader()
    guard let (code, answerCount) = reader.read(message, into: &octets, &records) else {
      octets.removeLast(octets.base.count - Int(place))
      records.removeLast(records.count - first)
      return add(.malformed, to: &name, type, of: source)
    }
    answers.append(
      ForeignAnswer(
        name: place, type: type, source: source, code: code, isSecure: isSecure, fault: .nothing,
        isAliasOnly: isAliasOnly, firstAnswer: first, firstAuthority: first + answerCount, end: records.count))
  }
}

/// A place in a message that moves forward and never leaves it.
private struct ForeignReader {
  private var position = 0
  /// The code, and how many of the new rows are of the answer section.
  mutating func read(
    _ message: Span<UInt8>, into octets: inout OctetStore, _ records: inout [ForeignRecord]
  ) -> (ResponseCode, answers: Int)? {
    guard message.count >= Limits.headerOctets else { return nil }
    let code = ResponseCode(rawValue: UInt16(message[3] & 0x0f))
    position = 4
    guard let questions = word(message), let answers = word(message), let authorities = word(message) else {
      return nil
    }
    position = Limits.headerOctets
    for _ in 0..<questions {
      guard skipName(message), position + 4 <= message.count else { return nil }
      position += 4
    }
    let first = records.count
    for _ in 0..<answers { guard readRecord(message, &octets, &records) else { return nil } }
    let count = records.count - first
    for _ in 0..<authorities { guard readRecord(message, &octets, &records) else { return nil } }
    return (code, count)
  }

  private mutating func word(_ message: Span<UInt8>) -> UInt16? {
    guard position + 2 <= message.count else { return nil }
    defer { position += 2 }
    return UInt16(message[position]) << 8 | UInt16(message[position + 1])
  }

  private mutating func skipName(_ message: Span<UInt8>) -> Bool {
    while position < message.count {
      let size = message[position]
      position += size & 0xc0 == 0xc0 ? 2 : Int(size) + 1
      if size == 0 || size & 0xc0 == 0xc0 { return position <= message.count }
      if size & 0xc0 != 0 { return false }
    }
    return false
  }

  /// Copies a name, pointers followed; each must lead further back (RFC 1035 4.1.4).
  private mutating func readName(_ message: Span<UInt8>, _ octets: inout OctetStore) -> Bool {
    var here = position
    var limit = position
    var length = 1
    var hasJumped = false
    while here < message.count {
      let size = Int(message[here])
      if size & 0xc0 == 0xc0 {
        guard here + 1 < message.count else { return false }
        let target = (size & 0x3f) << 8 | Int(message[here + 1])
        guard target < limit else { return false }
        if !hasJumped { position = here + 2 }
        hasJumped = true
        limit = target
        here = target
        continue
      }
      length += size + 1
      guard size <= Limits.labelOctets, length <= Limits.nameOctets + 1, here + size < message.count else {
        return false
      }
      octets.append(message, here..<here + size + 1)
      here += size + 1
      if size == 0 {
        if !hasJumped { position = here }
        return true
      }
    }
    return false
  }

  private mutating func readRecord(
    _ message: Span<UInt8>, _ octets: inout OctetStore, _ records: inout [ForeignRecord]
  ) -> Bool {
    let owner = octets.base.count
    guard readName(message, &octets), let type = word(message), let recordClass = word(message),
      let high = word(message), let low = word(message), let size = word(message),
      position + Int(size) <= message.count, recordClass == RecordClass.in.rawValue
    else { return false }
    let end = position + Int(size)
    let data = octets.base.count
    let recordType = RecordType(rawValue: type)
    guard recordType.isOfData, readData(message, recordType, end, &octets),
      octets.base.count <= ForeignAnswers.mostOctets
    else {
      return false
    }
    let count = octets.base.count - data
    var covered = RecordType(rawValue: 0)
    if recordType == .rrsig, count >= 2 {
      covered = RecordType(rawValue: UInt16(octets[data]) << 8 | UInt16(octets[data + 1]))
    }
    // A TTL with its highest bit set is 0 (RFC 2181 8).
    let ttl = UInt32(high) << 16 | UInt32(low)
    records.append(
      ForeignRecord(
        owner: UInt32(owner), type: recordType, covered: covered, ttl: ttl >> 31 == 0 ? ttl : 0, data: UInt32(data),
        size: UInt32(count)))
    return true
  }

  /// RDATA up to `end`: names that may be compressed are written whole (RFC 3597 4).
  private mutating func readData(
    _ message: Span<UInt8>, _ type: RecordType, _ end: Int, _ octets: inout OctetStore
  ) -> Bool {
    let layout = DataLayout(of: type)
    guard take(layout.octets, message, end, &octets) else { return false }
    for _ in 0..<layout.strings { guard takeString(message, end, &octets) else { return false } }
    for _ in 0..<layout.names { guard readName(message, &octets), position <= end else { return false } }
    switch layout.rest {
    case .any: return take(end - position, message, end, &octets)
    case .octets(let count):
      guard position + count == end else { return false }
      return take(count, message, end, &octets)
    case .strings:
      while position < end { guard takeString(message, end, &octets) else { return false } }
      return true
    }
  }

  private mutating func takeString(_ message: Span<UInt8>, _ end: Int, _ octets: inout OctetStore) -> Bool {
    guard position < end else { return false }
    return take(Int(message[position]) + 1, message, end, &octets)
  }

  private mutating func take(_ count: Int, _ message: Span<UInt8>, _ end: Int, _ octets: inout OctetStore) -> Bool {
    guard position + count <= end else { return false }
    octets.append(message, position..<position + count)
    position += count
    return true
  }
}

/// What RDATA is made of: where its names are that other servers may compress, in the types of RFC 1035 and those that
/// RFC 3597 4 names, and how long it is. Data of another length would make the whole answer one that nobody can read.
private struct DataLayout {
  enum Rest {
    case any
    case octets(Int)
    case strings
  }
  /// Octets, then strings of a length and its octets, then names, then the rest.
  var octets = 0
  var strings = 0
  var names = 0
  var rest = Rest.any

  init(of type: RecordType) {
    switch type.rawValue {
    case 1: rest = .octets(4)
    case 28: rest = .octets(16)
    case 16: rest = .strings
    // NS, MD, MF, CNAME, MB, MG, MR, PTR, DNAME
    case 2, 3, 4, 5, 7, 8, 9, 12, 39: (names, rest) = (1, .octets(0))
    case 30: names = 1  // NXT
    case 6: (names, rest) = (2, .octets(20))  // SOA
    // MINFO, RP
    case 14, 17: (names, rest) = (2, .octets(0))
    // MX, AFSDB, RT, KX
    case 15, 18, 21, 36: (octets, names, rest) = (2, 1, .octets(0))
    case 24: (octets, names) = (18, 1)  // SIG
    case 26: (octets, names, rest) = (2, 2, .octets(0))  // PX
    case 33: (octets, names, rest) = (6, 1, .octets(0))  // SRV
    case 35: (octets, strings, names, rest) = (4, 3, 1, .octets(0))  // NAPTR
    default: break
    }
  }
}

extension OctetStore {
  fileprivate mutating func append(_ message: Span<UInt8>, _ range: Range<Int>) {
    for index in range { base.append(message[index]) }
  }

  /// The name in wire form.
  fileprivate mutating func append(_ name: inout FoldedName) {
    for label in 0..<name.labelCount {
      let size = name.labelLength(label)
      base.append(UInt8(size))
      for index in 0..<size { base.append(name.octet(index, ofLabel: label)) }
    }
    base.append(0)
  }

  fileprivate mutating func removeLast(_ count: Int) { base.removeLast(count) }
  fileprivate mutating func removeAll() { base.removeAll(keepingCapacity: true) }
}
