// Entries into records: owners, $ORIGIN and $TTL, class and TTL in either order (RFC 1035 5.1).
import DNSWire

struct MasterFileReader {
  private let text: SourceText
  private let zone: Name
  private var origin: Name
  private var owner = Owner.none
  /// Of `$TTL`.
  private var defaultTTL: UInt32?
  /// The last one that a record stated.
  private var statedTTL: UInt32?
  private var minimumOfSOA: UInt32?
  /// Records that wait for the SOA's MINIMUM, which may come later.
  private var recordsWithoutTTL: [Int] = []
  private(set) var records: [ZoneRecord] = []
  private(set) var problems: [ZoneProblem] = []

  private enum Owner {
    case none
    case name(Name)
    /// It was refused where it was stated; records that go on with it are read for their own problems only.
    case refused
  }

  init(text: SourceText, zone: Name) {
    self.text = text
    self.zone = zone
    origin = zone
  }

  mutating func readAll() {
    var scanner = Scanner(text)
    while let entry = scanner.next() {
      if entry.isBroken {
        // Its owner still holds for the records that follow.
        if !entry.startsBlank, let first = entry.tokens.first, !isDirective(first) { _ = try? readOwner(first) }
        continue
      }
      do throws(Fault) {
        try read(entry)
      } catch {
        problems.append(text.problem(error))
      }
    }
    problems += scanner.faults.map(text.problem)
    problems.sort { ($0.line, $0.column) < ($1.line, $1.column) }
    for index in recordsWithoutTTL { records[index].record.ttl = minimumOfSOA ?? TimeToLive.fallback }
  }

  private mutating func read(_ entry: Scanner.Entry) throws(Fault) {
    guard let first = entry.tokens.first else { return }
    if !entry.startsBlank, isDirective(first) { return try readDirective(entry) }
    var rest = entry.tokens[...]
    if entry.startsBlank {
      if case .none = owner { throw first.fault("the first record must state its owner in the first column") }
    } else {
      rest.removeFirst()
      // What follows a refused owner is read all the same: every problem is told at once.
      do throws(Fault) { try readOwner(first) } catch { problems.append(text.problem(error)) }
    }
    let ttl = try readTTLAndClass(&rest)
    guard let word = rest.popFirst() else { throw Fault(at: entry.end, "expected a record type, found the end") }
    let type = try readType(word)
    var reader = RecordDataReader(type: type, origin: origin, tokens: rest, end: entry.end)
    let data = try reader.read()
    if let ttl { statedTTL = ttl }
    if type == .soa, minimumOfSOA == nil { minimumOfSOA = data.suffix(4).reduce(0) { $0 << 8 | UInt32($1) } }
    guard case .name(let name) = owner else { return }
    if ttl == nil, defaultTTL == nil, statedTTL == nil { recordsWithoutTTL.append(records.count) }
    let record = Record(owner: name, type: type, ttl: ttl ?? defaultTTL ?? statedTTL ?? 0, data: data)
    let (line, column) = text.location(first.offset)
    records.append(ZoneRecord(record: record, line: line, column: column))
  }

  private mutating func readOwner(_ token: Token) throws(Fault) {
    owner = .refused
    let name = try token.name(origin: origin)
    guard name.isEqualToOrBelow(zone) else { throw token.fault("\(name) is not within the zone \(zone)") }
    owner = .name(name)
  }

  /// Class and TTL, each at most once, in either order; ldns refuses the class in front.
  private func readTTLAndClass(_ tokens: inout ArraySlice<Token>) throws(Fault) -> UInt32? {
    var ttl: UInt32?
    var hasClass = false
    while let word = tokens.first {
      if ttl == nil, !word.isQuoted, let digit = word.raw.first, Ascii.isDigit(digit) {
        ttl = try TimeToLive.read(word)
      } else if !hasClass, try isClass(word) {
        hasClass = true
      } else {
        break
      }
      tokens.removeFirst()
    }
    return ttl
  }

  private func isClass(_ word: Token) throws(Fault) -> Bool {
    let isNumber = word.text.uppercased().hasPrefix("CLASS")
    if word.isWord("IN") || isNumber && UInt16(word.text.dropFirst(5)) == RecordClass.in.rawValue { return true }
    if word.isWord("CH") || word.isWord("HS") || word.isWord("CS") || isNumber {
      throw word.fault("only class IN is served, found \(word.shown)")
    }
    return false
  }

  private func readType(_ word: Token) throws(Fault) -> RecordType {
    guard !word.isQuoted, let type = RecordType(word.text) else {
      throw word.fault(expected: "a record type such as A")
    }
    try requireData(type, at: word.offset)
    return type
  }

  private func isDirective(_ token: Token) -> Bool { !token.isQuoted && token.raw.first == UInt8(ascii: "$") }

  private mutating func readDirective(_ entry: Scanner.Entry) throws(Fault) {
    let word = entry.tokens[0]
    let arguments = entry.tokens.dropFirst()
    if word.isWord("$INCLUDE") {
      throw word.fault("$INCLUDE is not supported: a zone is one file")
    } else if word.isWord("$GENERATE") {
      throw word.fault("$GENERATE is not supported: write the records out")
    }
    guard word.isWord("$ORIGIN") || word.isWord("$TTL") else {
      throw word.fault("unknown directive \(word.shown); $ORIGIN and $TTL are known")
    }
    guard let argument = arguments.first else { throw Fault(at: entry.end, "\(word.shown) needs a value") }
    if let extra = arguments.dropFirst().first { throw extra.fault("\(word.shown) takes one value") }
    if word.isWord("$TTL") {
      defaultTTL = try TimeToLive.read(argument)
    } else {
      // RFC 1035 5.1; a relative one is below the origin before it, which ldns gets wrong.
      origin = try argument.name(origin: origin)
    }
  }
}

/// Refuses types that no zone holds (RFC 6895 3.1, RFC 1035 3.3.10).
func requireData(_ type: RecordType, at offset: Int) throws(Fault) {
  guard type.isOfData else { throw Fault(at: offset, "\(type) is not a type of record that a zone can hold") }
  guard type.rawValue != 10 else {
    throw Fault(at: offset, "NULL records are not allowed in master files (RFC 1035 3.3.10)")
  }
}
