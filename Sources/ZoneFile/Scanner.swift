// Splits a master file into entries: a record or a directive each, over several lines when parentheses say so.
// ldns lets an unclosed parenthesis swallow the rest of the file and passes unclosed quotes, so it never sees
// structure.

struct Scanner {
  private let text: SourceText
  /// The text is one value: there are no comments and no groups, and what begins them would be lost without a word.
  private let isValue: Bool
  private var index: Int
  /// What is wrong with quotes, parentheses and control characters so far.
  private(set) var faults: [Fault] = []
  /// The entry that is being scanned has a fault.
  private var isBroken = false
  /// Set by the first parenthesis that is never closed: from there on, text in the first column ends a group. So each
  /// later record is still read, and no file takes more than two passes.
  private var firstColumnEndsGroup = false

  init(_ text: SourceText, isValue: Bool = false) {
    self.text = text
    self.isValue = isValue
    index = text.start
  }

  struct Entry {
    var tokens: [Token] = []
    /// The line starts with a blank: the owner is that of the record before.
    var startsBlank: Bool
    /// Where the entry's first line starts.
    var start: Int
    /// Where the entry ends: the place of something missing.
    var end: Int
    /// A fault was found in it; what it says is not to be trusted.
    var isBroken = false
  }

  /// The next entry that has a word, or is broken; `nil` at the end.
  mutating func next() -> Entry? {
    while index < text.bytes.count {
      let entry = scanEntry()
      if !entry.tokens.isEmpty || entry.isBroken { return entry }
    }
    return nil
  }

  /// One fault an entry: those behind it are mostly its consequences.
  private mutating func note(_ fault: Fault) {
    if !isBroken { faults.append(fault) }
    isBroken = true
  }

  private mutating func scanEntry() -> Entry {
    let bytes = text.bytes
    isBroken = false
    var entry = Entry(startsBlank: isBlank(bytes[index]), start: index, end: index)
    var openings: [Int] = []
    scanning: while index < bytes.count {
      let byte = bytes[index]
      switch byte {
      case Ascii.lineFeed:
        index += 1
        if openings.isEmpty { break scanning }
        if firstColumnEndsGroup, index < bytes.count, startsRecord(bytes[index]) { break scanning }
      case Ascii.carriageReturn:
        index += 1
        if index < bytes.count, bytes[index] != Ascii.lineFeed {
          note(Fault(at: index - 1, "a carriage return without a line feed"))
        }
      case Ascii.space, Ascii.tab:
        index += 1
      case Ascii.semicolon where isValue, Ascii.open where isValue, Ascii.close where isValue:
        note(Fault(at: index, "in a value ; ( and ) stand in quotes or behind a \\"))
        index += 1
      case Ascii.semicolon:
        while index < bytes.count, bytes[index] != Ascii.lineFeed { index += 1 }
      case Ascii.open:
        openings.append(index)
        index += 1
        entry.end = index
      case Ascii.close:
        if openings.popLast() == nil { note(Fault(at: index, "this parenthesis closes none")) }
        index += 1
        entry.end = index
      case Ascii.quote:
        scanQuoted(into: &entry)
      default:
        scanWord(into: &entry)
      }
    }
    if let opening = openings.first {
      note(Fault(at: opening, "this parenthesis is never closed"))
      firstColumnEndsGroup = true
      resume(afterLineOf: opening)
    }
    entry.isBroken = isBroken
    return entry
  }

  /// After an unclosed parenthesis: reading goes on at the next line that starts in the first column.
  private mutating func resume(afterLineOf opening: Int) {
    let bytes = text.bytes
    index = opening
    while index < bytes.count {
      let isLineEnd = bytes[index] == Ascii.lineFeed
      index += 1
      if isLineEnd, index < bytes.count, startsRecord(bytes[index]) { return }
    }
  }

  /// A string in quotes; it ends on its line.
  private mutating func scanQuoted(into entry: inout Entry) {
    let opening = index
    index += 1
    guard skipToClosingQuote(from: opening) else { return }
    entry.tokens.append(Token(raw: text.bytes[(opening + 1)..<(index - 1)], isQuoted: true, offset: opening))
    entry.end = index
    if index < text.bytes.count, !endsWord(text.bytes[index]) {
      note(Fault(at: index, "a blank must follow the closing quote"))
    }
  }

  /// From within a quoted string to behind its closing quote.
  private mutating func skipToClosingQuote(from opening: Int) -> Bool {
    let bytes = text.bytes
    while index < bytes.count, bytes[index] != Ascii.lineFeed {
      switch bytes[index] {
      case Ascii.quote:
        index += 1
        return true
      case 0:
        note(Fault(at: index, "a NUL octet; within a string it is written \\000"))
        index += 1
      case Ascii.backslash where index + 1 < bytes.count && bytes[index + 1] != Ascii.lineFeed:
        index += 2
      default:
        index += 1
      }
    }
    note(Fault(at: opening, "this quote is not closed on its line"))
    return false
  }

  private mutating func scanWord(into entry: inout Entry) {
    let bytes = text.bytes
    let start = index
    word: while index < bytes.count, !endsWord(bytes[index]) {
      switch bytes[index] {
      case Ascii.backslash:
        guard index + 1 < bytes.count, bytes[index + 1] != Ascii.lineFeed, bytes[index + 1] != Ascii.carriageReturn
        else {
          note(Fault(at: index, "nothing follows the \\"))
          index += 1
          break word
        }
        index += 2
      case Ascii.equals where index + 1 < bytes.count && bytes[index + 1] == Ascii.quote:
        // RFC 9460 2.1: key="value".
        index += 2
        guard skipToClosingQuote(from: index - 1) else { return }
        if index < bytes.count, !endsWord(bytes[index]) {
          note(Fault(at: index, "a blank must follow the closing quote"))
        }
      case 0..<Ascii.space, 0x7f:
        note(Fault(at: index, "a control character (octet \(bytes[index])); it is written \\DDD"))
        index += 1
      default:
        index += 1
      }
    }
    if index < bytes.count, bytes[index] == Ascii.quote {
      note(Fault(at: index, "a quote within a word; it is written \\\""))
      // What it opens is told once.
      repeat { index += 1 } while index < bytes.count && bytes[index] != Ascii.quote && bytes[index] != Ascii.lineFeed
      if index < bytes.count, bytes[index] == Ascii.quote { index += 1 }
    }
    entry.tokens.append(Token(raw: bytes[start..<index], isQuoted: false, offset: start))
    entry.end = index
  }

  private func isBlank(_ byte: UInt8) -> Bool { byte == Ascii.space || byte == Ascii.tab }

  /// Text in the first column that is neither blank, comment, end of line nor end of a group.
  private func startsRecord(_ byte: UInt8) -> Bool {
    switch byte {
    case Ascii.space, Ascii.tab, Ascii.semicolon, Ascii.lineFeed, Ascii.carriageReturn, Ascii.close: false
    default: true
    }
  }

  private func endsWord(_ byte: UInt8) -> Bool {
    switch byte {
    case Ascii.space, Ascii.tab, Ascii.lineFeed, Ascii.carriageReturn, Ascii.semicolon, Ascii.open, Ascii.close,
      Ascii.quote:
      true
    default: false
    }
  }
}
