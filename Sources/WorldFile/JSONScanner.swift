// JSON (RFC 8259), read by offset: the caller walks the outer lists and takes one value at a time as a `Node`.

/// What is wrong with a JSON text, at an octet offset.
struct JSONError: Error, Equatable {
  var offset: Int
  var message: String
}

struct JSONScanner: ~Escapable {
  /// Levels of lists and mappings in one value: AWS outputs have fewer than ten, and each level takes stack.
  static let deepest = 128

  private let octets: Span<UInt8>
  private let file: Int
  private(set) var index: Int
  private var depth = 0
  private var names = NameCache()
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
    while index < octets.count {
      switch octets[index] {
      case 0x20, 0x0a, 0x0d, 0x09: index += 1
      case let octet: return octet
      }
    }
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
    let name = try string(isName: true)
    try expect(":")
    return (name, start)
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

  /// The value that follows, whole.
  mutating func value() throws(JSONError) -> Node {
    guard let octet = peek() else { throw failure("the file ends too early") }
    let start = spot
    switch octet {
    case UInt8(ascii: "{"): return Node(value: .mapping(try members()), spot: start)
    case UInt8(ascii: "["): return Node(value: .list(try elements()), spot: start)
    case UInt8(ascii: "\""): return Node(value: .string(try string(isName: false)), spot: start)
    case UInt8(ascii: "t"): return Node(value: try literal("true", .boolean(true)), spot: start)
    case UInt8(ascii: "f"): return Node(value: try literal("false", .boolean(false)), spot: start)
    case UInt8(ascii: "n"): return Node(value: try literal("null", .null), spot: start)
    case UInt8(ascii: "-"), 0x30...0x39: return Node(value: .number(try number()), spot: start)
    default: throw failure("a value must stand here")
    }
  }

  private mutating func elements() throws(JSONError) -> [Node] {
    try open("[")
    var result: [Node] = []
    var isFirst = true
    while try nextElement(isFirst: &isFirst) { result.append(try value()) }
    return result
  }

  private mutating func members() throws(JSONError) -> [Node.Member] {
    try open("{")
    var result: [Node.Member] = []
    var isFirst = true
    while let (name, spot) = try nextMember(isFirst: &isFirst) {
      result.append(Node.Member(name: name, spot: spot, node: try value()))
    }
    findRepetitions(in: result)
    return result
  }

  /// Members up to which each name is compared with each other; beyond, a set is quicker.
  private static let fewMembers = 16

  private mutating func findRepetitions(in members: [Node.Member]) {
    if members.count <= Self.fewMembers {
      for (position, member) in members.enumerated()
      where members[..<position].contains(where: { $0.name == member.name }) {
        repetitions.append((member.name, member.spot))
      }
    } else {
      var seen = Set<String>(minimumCapacity: members.count)
      for member in members where !seen.insert(member.name).inserted { repetitions.append((member.name, member.spot)) }
    }
  }

  private mutating func literal(_ word: StaticString, _ value: Node.Value) throws(JSONError) -> Node.Value {
    for (position, scalar) in word.description.utf8.enumerated() {
      guard index + position < octets.count, octets[index + position] == scalar else {
        throw failure("a value must stand here; did you mean \(word)?")
      }
    }
    index += word.utf8CodeUnitCount
    return value
  }

  /// RFC 8259 6: no leading zero, digits on both sides of the point, digits in the exponent.
  private mutating func number() throws(JSONError) -> String {
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
    return try text(start..<index)
  }

  private mutating func digits() throws(JSONError) {
    let start = index
    while index < octets.count, (0x30...0x39).contains(octets[index]) { index += 1 }
    guard index > start else { throw failure("a digit must stand here") }
  }

  // MARK: Strings

  private mutating func string(isName: Bool) throws(JSONError) -> String {
    let quote = index
    index += 1
    let start = index
    while index < octets.count {
      switch octets[index] {
      case UInt8(ascii: "\""):
        let range = start..<index
        index += 1
        if isName, let name = names.name(octets.extracting(range)) { return name }
        return try text(range)
      case UInt8(ascii: "\\"):
        return try escapedString(from: start, quote: quote)
      case 0..<0x20:
        throw failure("a control character must be escaped in a string")
      default:
        index += 1
      }
    }
    throw failure("a string has no end", at: quote)
  }

  private mutating func escapedString(from start: Int, quote: Int) throws(JSONError) -> String {
    var result = try text(start..<index)
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

private func validText(_ octets: Span<UInt8>) -> String? {
  guard let valid = try? UTF8Span(validating: octets) else { return nil }
  return String(copying: valid)
}

/// Member names come back in every item: each is made into a `String` once.
private struct NameCache {
  private var slots = [String](repeating: "", count: 128)

  /// `nil` when the octets are not UTF-8.
  mutating func name(_ octets: Span<UInt8>) -> String? {
    guard octets.count > 0 else { return "" }
    let slot = (octets.count &* 31 ^ Int(octets[0]) &* 7 ^ Int(octets[octets.count - 1]) &* 13) & 127
    if isEqual(slots[slot], octets) { return slots[slot] }
    guard let name = validText(octets) else { return nil }
    slots[slot] = name
    return name
  }

  private func isEqual(_ name: String, _ octets: Span<UInt8>) -> Bool {
    let view = name.utf8
    guard view.count == octets.count else { return false }
    var index = 0
    for octet in view {
      guard octet == octets[index] else { return false }
      index += 1
    }
    return true
  }
}
