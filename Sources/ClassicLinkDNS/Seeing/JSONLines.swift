// JSON objects, a line each, their members in the order in which they are written: a log has a hundred thousand lines a
// second, which a general encoder has not.

struct JSONLines {
  private(set) var octets: [UInt8] = []
  /// How many lines there are.
  private(set) var count = 0
  /// The next member is the first of its object.
  private var isFirst = true

  mutating func removeAll() {
    octets.removeAll(keepingCapacity: true)
    count = 0
  }

  /// Adds a line.
  mutating func add(_ body: (inout JSONLines) -> Void) {
    object(body)
    octets.append(UInt8(ascii: "\n"))
    count += 1
  }

  private mutating func object(_ body: (inout JSONLines) -> Void) {
    octets.append(UInt8(ascii: "{"))
    isFirst = true
    body(&self)
    octets.append(UInt8(ascii: "}"))
    isFirst = false
  }

  /// A member that is an object.
  mutating func object(_ key: StaticString, _ body: (inout JSONLines) -> Void) {
    begin(key)
    object(body)
  }

  /// A member that is a text; `nil` writes nothing.
  mutating func member(_ key: StaticString, _ value: String?) {
    guard let value else { return }
    begin(key)
    append(value)
  }

  mutating func member(_ key: StaticString, number: UInt64) {
    begin(key)
    octets += "\(number)".utf8
  }

  /// A member that is a list of objects.
  mutating func list<Element>(
    _ key: StaticString, _ elements: [Element], _ body: (inout JSONLines, Element) -> Void
  ) {
    list(key, elements, each: { line, element in line.object { body(&$0, element) } })
  }

  /// A member that is a list of texts.
  mutating func list(_ key: StaticString, _ texts: [String]) {
    list(key, texts, each: { $0.append($1) })
  }

  private mutating func list<Element>(
    _ key: StaticString, _ elements: [Element], each write: (inout JSONLines, Element) -> Void
  ) {
    begin(key)
    octets.append(UInt8(ascii: "["))
    for (index, element) in elements.enumerated() {
      if index > 0 { octets.append(UInt8(ascii: ",")) }
      write(&self, element)
    }
    octets.append(UInt8(ascii: "]"))
    isFirst = false
  }

  private mutating func begin(_ key: StaticString) {
    if !isFirst { octets.append(UInt8(ascii: ",")) }
    isFirst = false
    append("\(key)")
    octets.append(UInt8(ascii: ":"))
  }

  /// RFC 8259 7: quotation marks, backslashes and control characters are escaped.
  private mutating func append(_ text: String) {
    octets.append(UInt8(ascii: "\""))
    for octet in text.utf8 {
      switch octet {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): octets += [UInt8(ascii: "\\"), octet]
      case 0..<0x20: octets += "\\u00\(octet < 16 ? "0" : "")\(String(octet, radix: 16))".utf8
      default: octets.append(octet)
      }
    }
    octets.append(UInt8(ascii: "\""))
  }
}
