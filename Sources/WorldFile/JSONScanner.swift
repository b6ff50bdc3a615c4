// JSON (RFC 8259), read by offset: the caller walks the outer lists and takes one value at a time, as its tokens.

/// What is wrong with a JSON text, at an octet offset.
struct JSONError: Error, Equatable {
  var offset: Int
  var message: String
}

struct JSONScanner: ~Escapable {
  /// Levels of lists and mappings in one value: AWS outputs have fewer than ten, and each level takes stack.
  static let deepest = 128

  /// Tokens of an item of some size: so many fit without growing.
  private static let usualTokens = 32

  private let octets: Span<UInt8>
  private let file: Int
  private(set) var index: Int
  private var depth = 0
  private(set) var tokens: [Token] = []
  /// Members whose name stands twice in one mapping: the reading goes on, so that all of them are found.
  private(set) var repetitions: [(name: String, spot: Spot)] = []

  @_lifetime(copy octets)
  init(_ octets: Span<UInt8>, file: Int, at index: Int = 0) {
    self.octets = octets
    self.file = file
    self.index = index
  }

  var spot: Spot { Spot(file: file, offset: index) }

  /// The next octet that is not white space; `nil` at the end.
  mutating func peek() -> UInt8? {
    // Locals: a member would be read and written for each octet of an indentation.
    let octets = octets
    var position = index
    while position < octets.count {
      let octet = octets[position]
      guard octet == 0x20 || octet == 0x0a || octet == 0x0d || octet == 0x09 else {
        index = position
        return octet
      }
      position &+= 1
    }
    index = position
    return nil
  }

  /// Skips a UTF-8 byte order mark, which RFC 8259 8.1 lets a reader ignore.
  mutating func skipByteOrderMark() throws(JSONError) {
    guard octets.count >= 2 else { return }
    if octets.count >= 3, octets[0] == 0xef, octets[1] == 0xbb, octets[2] == 0xbf { index = 3 }
    if (octets[0] == 0xfe && octets[1] == 0xff) || (octets[0] == 0xff && octets[1] == 0xfe) {
      throw JSONError(offset: 0, message: "the text is in UTF-16; JSON is UTF-8")
    }
  }

  mutating func finish() throws(JSONError) {
    guard peek() == nil else { throw failure("something follows the end of the JSON text") }
  }

  // MARK: Walking

  /// Enters a list or a mapping; call `nextElement` or `nextMember` until it says that there is no more.
  mutating func open(_ bracket: Unicode.Scalar) throws(JSONError) {
    try expect(bracket)
    guard depth < Self.deepest else { throw failure("nested more than \(Self.deepest) levels deep", at: index - 1) }
    depth += 1
  }

  /// True when an element follows; false when the list is over.
  mutating func nextElement(isFirst: inout Bool) throws(JSONError) -> Bool {
    try next(closing: UInt8(ascii: "]"), isFirst: &isFirst)
  }

  /// The name of the member whose value follows; `nil` when the mapping is over.
  mutating func nextMember(isFirst: inout Bool) throws(JSONError) -> (name: String, spot: Spot)? {
    guard try next(closing: UInt8(ascii: "}"), isFirst: &isFirst) else { return nil }
    guard peek() == UInt8(ascii: "\"") else { throw failure("a member name in quotes must stand here") }
    let start = spot
    let name = try string()
    try expect(":")
    return (nameText(Token(kind: .null, name: name, octets: name), octets), start)
  }

  private mutating func next(closing: UInt8, isFirst: inout Bool) throws(JSONError) -> Bool {
    guard let octet = peek() else { throw failure("the file ends too early") }
    if octet == closing {
      index += 1
      depth -= 1
      return false
    }
    if !isFirst { try expect(",") }
    isFirst = false
    return true
  }

  // MARK: Values

  /// Goes over the value that follows: it is the first of `tokens`.
  mutating func scanValue() throws(JSONError) {
    tokens.removeAll(keepingCapacity: true)
    tokens.reserveCapacity(Self.usualTokens)
    try scan(named: Token.Piece(start: 0, end: 0))
  }

  /// The value that follows, as a tree.
  mutating func value() throws(JSONError) -> Node {
    try scanValue()
    return tokens.node(0, octets, file: file)
  }

  /// What `read` makes of a member of the mapping that was gone over; `nil` when it is none, or no string as it stands.
  func readText<T>(ofMember name: String, _ read: (Span<UInt8>) -> T?) -> T? {
    guard let index = tokens.member(name, of: 0, octets) else { return nil }
    return tokens.readText(index, octets, read)
  }

  func has(_ name: String) -> Bool { tokens.member(name, of: 0, octets) != nil }

  private mutating func scan(named name: Token.Piece) throws(JSONError) {
    guard let octet = peek() else { throw failure("the file ends too early") }
    let number = tokens.count
    tokens.append(Token(kind: .null, name: name, octets: Token.Piece(start: index, end: index)))
    switch octet {
    case UInt8(ascii: "{"):
      tokens[number].kind = .mapping
      findRepetitions(in: number, members: try members(of: number))
    case UInt8(ascii: "["):
      tokens[number].kind = .list
      try open("[")
      var isFirst = true
      while try nextElement(isFirst: &isFirst) { try scan(named: Token.Piece(start: 0, end: 0)) }
    case UInt8(ascii: "\""):
      tokens[number].kind = .string
      tokens[number].isEscaped = try string().isEscaped
    case UInt8(ascii: "t"):
      tokens[number].kind = .yes
      try literal("true")
    case UInt8(ascii: "f"):
      tokens[number].kind = .no
      try literal("false")
    case UInt8(ascii: "n"): try literal("null")
    case UInt8(ascii: "-"), 0x30...0x39:
      tokens[number].kind = .number
      try self.number()
    default: throw failure("a value must stand here")
    }
    tokens[number].octets.end = index
    tokens[number].next = tokens.count
  }

  /// - Returns: how many there are.
  private mutating func members(of mapping: Int) throws(JSONError) -> Int {
    try open("{")
    var count = 0
    var isFirst = true
    while try next(closing: UInt8(ascii: "}"), isFirst: &isFirst) {
      guard peek() == UInt8(ascii: "\"") else { throw failure("a member name in quotes must stand here") }
      let name = try string()
      try expect(":")
      // The text of a name with escapes is shorter: any length is possible.
      tokens[mapping].nameLengths |= name.isEscaped ? .max : Token.lengthBit(name.count)
      try scan(named: name)
      count += 1
    }
    return count
  }

  /// Members up to which each name is compared with each other; beyond, a set is quicker.
  private static let fewMembers = 48

  /// `tokens` ends with the mapping of this number.
  private mutating func findRepetitions(in mapping: Int, members count: Int) {
    if count > Self.fewMembers { return findRepetitionsBySet(in: mapping) }
    var seen: UInt64 = 0
    var second = mapping + 1
    while second < tokens.count {
      let bits = nameBits(tokens[second].name)
      if seen & bits != 0, stoodEarlier(second, in: mapping) { noteRepetition(tokens[second]) }
      seen |= bits
      second = tokens[second].next
    }
  }

  /// Two names that are alike share a bit, and few others do.
  private func nameBits(_ name: Token.Piece) -> UInt64 {
    if name.isEscaped { return .max }
    guard name.count > 0 else { return 1 }
    return 1 << ((3 * UInt64(name.count) + UInt64(octets[name.start]) + 5 * UInt64(octets[name.end - 1])) & 63)
  }

  private func stoodEarlier(_ member: Int, in mapping: Int) -> Bool {
    var earlier = mapping + 1
    while earlier < member {
      if isNamedAlike(tokens[earlier], tokens[member]) { return true }
      earlier = tokens[earlier].next
    }
    return false
  }

  private mutating func findRepetitionsBySet(in mapping: Int) {
    var seen: Set<String> = []
    var member = mapping + 1
    while member < tokens.count {
      if !seen.insert(nameText(tokens[member], octets)).inserted { noteRepetition(tokens[member]) }
      member = tokens[member].next
    }
  }

  private func isNamedAlike(_ one: Token, _ other: Token) -> Bool {
    if one.name.isEscaped || other.name.isEscaped { return nameText(one, octets) == nameText(other, octets) }
    guard one.name.count == other.name.count else { return false }
    for position in 0..<one.name.count
    where octets[one.name.start + position] != octets[other.name.start + position] { return false }
    return true
  }

  private mutating func noteRepetition(_ member: Token) {
    repetitions.append((nameText(member, octets), Spot(file: file, offset: member.name.start - 1)))
  }

  private mutating func literal(_ word: StaticString) throws(JSONError) {
    for (position, scalar) in word.description.utf8.enumerated() {
      guard index + position < octets.count, octets[index + position] == scalar else {
        throw failure("a value must stand here; did you mean \(word)?")
      }
    }
    index += word.utf8CodeUnitCount
  }

  /// RFC 8259 6: no leading zero, digits on both sides of the point, digits in the exponent.
  private mutating func number() throws(JSONError) {
    let start = index
    if octets[index] == UInt8(ascii: "-") { index += 1 }
    let integer = index
    try digits()
    if octets[integer] == UInt8(ascii: "0"), index > integer + 1 {
      throw failure("a number must not begin with a zero", at: start)
    }
    if index < octets.count, octets[index] == UInt8(ascii: ".") {
      index += 1
      try digits()
    }
    if index < octets.count, octets[index] | 0x20 == UInt8(ascii: "e") {
      index += 1
      if index < octets.count, octets[index] == UInt8(ascii: "+") || octets[index] == UInt8(ascii: "-") { index += 1 }
      try digits()
    }
  }

  private mutating func digits() throws(JSONError) {
    let start = index
    while index < octets.count, (0x30...0x39).contains(octets[index]) { index += 1 }
    guard index > start else { throw failure("a digit must stand here") }
  }

  // MARK: What is read without tokens

  mutating func goBack(to offset: Int) { index = offset }

  /// Whether the character follows, which is passed then.
  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard let octet = peek(), UInt32(octet) == character.value else { return false }
    index += 1
    return true
  }

  /// The string that follows, where it has neither escapes nor anything beyond ASCII; `nil` for all else.
  mutating func plainString() -> Token.Piece? {
    guard skip("\"") else { return nil }
    let start = index
    let (end, bits) = plainOctets(from: start)
    guard end < octets.count, octets[end] == UInt8(ascii: "\""), bits & Self.beyondASCII == 0 else { return nil }
    index = end + 1
    return Token.Piece(start: start, end: end)
  }

  func stands(_ text: String, at piece: Token.Piece) -> Bool { isEqual(octets, piece, text.utf8Span.span) }

  @_lifetime(copy self)
  func octets(at piece: Token.Piece) -> Span<UInt8> { octets.extracting(piece.range) }

  // MARK: Strings

  /// The highest bit of each octet.
  private static var beyondASCII: UInt64 { 0x8080_8080_8080_8080 }

  /// From within a string to its quotation mark, to a backslash or to a control character: where that stands, and the
  /// bits of all octets up to there, eight columns of them.
  private func plainOctets(from start: Int) -> (end: Int, bits: UInt64) {
    let octets = octets
    var position = start
    var bits: UInt64 = 0
    // Most octets of a file pass here, eight at a time where eight are left.
    while position + 8 <= octets.count, let at = UInt32(exactly: position) {
      let word = eightOctets(octets, at: at)
      let ends = stringEnds(word)
      guard ends == 0 else {
        let count = ends.trailingZeroBitCount / 8
        return (position + count, bits | word & (1 << (8 * UInt64(count)) - 1))
      }
      bits |= word
      position += 8
    }
    while position < octets.count {
      let octet = octets[position]
      if octet == UInt8(ascii: "\"") || octet == UInt8(ascii: "\\") || octet < 0x20 { break }
      bits |= UInt64(octet)
      position &+= 1
    }
    return (position, bits)
  }

  /// The octets between the quotation marks, which are UTF-8 and whole.
  private mutating func string() throws(JSONError) -> Token.Piece {
    let quote = index
    let (position, bits) = plainOctets(from: quote + 1)
    guard position < octets.count else { throw failure("a string has no end", at: quote) }
    switch octets[position] {
    case UInt8(ascii: "\""):
      let piece = Token.Piece(start: quote + 1, end: position)
      if bits & Self.beyondASCII != 0 { _ = try text(piece.range) }
      index = position + 1
      return piece
    case UInt8(ascii: "\\"):
      _ = try escapedString()
      return Token.Piece(start: quote + 1, end: index - 1, isEscaped: true)
    default: throw failure("a control character must be escaped in a string", at: position)
    }
  }

  /// The text of the string that follows, which may have escapes.
  mutating func escapedString() throws(JSONError) -> String {
    let quote = index
    index += 1
    var result = ""
    while index < octets.count {
      let from = index
      while index < octets.count, octets[index] != UInt8(ascii: "\""), octets[index] != UInt8(ascii: "\\") {
        guard octets[index] >= 0x20 else { throw failure("a control character must be escaped in a string") }
        index += 1
      }
      result += try text(from..<index)
      guard index < octets.count else { break }
      index += 1
      if octets[index - 1] == UInt8(ascii: "\"") { return result }
      result.unicodeScalars.append(try escape())
    }
    throw failure("a string has no end", at: quote)
  }

  /// What stands behind a backslash.
  private mutating func escape() throws(JSONError) -> Unicode.Scalar {
    guard index < octets.count else { throw failure("the file ends too early") }
    index += 1
    switch octets[index - 1] {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw failure("\\ must be followed by one of \" \\ / b f n r t u", at: index - 2)
    }
  }

  /// Four hexadecimal digits, or twice four that are a surrogate pair.
  private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
    let start = index - 2
    let first = try hexadecimal()
    if let scalar = Unicode.Scalar(first) { return scalar }
    if first < 0xdc00, index + 1 < octets.count, octets[index] == UInt8(ascii: "\\"),
      octets[index + 1] == UInt8(ascii: "u")
    {
      index += 2
      let second = try hexadecimal()
      if (0xdc00...0xdfff).contains(second),
        let scalar = Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
      {
        return scalar
      }
    }
    throw failure("half of a surrogate pair stands alone", at: start)
  }

  private mutating func hexadecimal() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard index < octets.count, let digit = Character(Unicode.Scalar(octets[index])).hexDigitValue else {
        throw failure("\\u must be followed by four hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      index += 1
    }
    return value
  }

  // MARK: Helpers

  private func text(_ range: Range<Int>) throws(JSONError) -> String {
    guard let text = validText(octets.extracting(range)) else { throw failure("not UTF-8", at: range.lowerBound) }
    return text
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(JSONError) {
    guard let octet = peek() else { throw failure("the file ends too early") }
    guard UInt32(octet) == character.value else { throw failure("\(character) must stand here") }
    index += 1
  }

  private func failure(_ message: String, at offset: Int? = nil) -> JSONError {
    JSONError(offset: offset ?? index, message: message)
  }
}

/// Eight octets from `offset` on, the first one lowest; the text must have them. The last octet comes first and 7
/// cannot overflow, so that one bounds check is left of eight (as in DNSWire/Octets.swift, which says why it is not
/// inlined).
@inline(never)
private func eightOctets(_ text: Span<UInt8>, at offset: UInt32) -> UInt64 {
  let at = Int(offset)
  let last = UInt64(text[at &+ 7]) &<< 56
  return last | UInt64(text[at]) | UInt64(text[at &+ 1]) &<< 8 | UInt64(text[at &+ 2]) &<< 16
    | UInt64(text[at &+ 3]) &<< 24 | UInt64(text[at &+ 4]) &<< 32 | UInt64(text[at &+ 5]) &<< 40
    | UInt64(text[at &+ 6]) &<< 48
}

/// Bit 7 of the first octet that is a quotation mark, a backslash or a control character; of later ones it may be
/// wrong, because a borrow goes up from the first.
private func stringEnds(_ word: UInt64) -> UInt64 {
  let ones: UInt64 = 0x0101_0101_0101_0101
  let quotes = word ^ ones &* UInt64(UInt8(ascii: "\""))
  let backslashes = word ^ ones &* UInt64(UInt8(ascii: "\\"))
  let found = (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes | (word &- ones &* 0x20) & ~word
  return found & 0x8080_8080_8080_8080
}
