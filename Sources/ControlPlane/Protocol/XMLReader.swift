// XML from a request as a tree: elements and text, none of XML's machinery for documents that others write.

/// An element of a request.
struct XMLElement: Sendable {
  /// Without a namespace prefix.
  var name: String
  var children: [XMLElement] = []
  /// What stands in it, references replaced; white space alone between elements is none.
  var text = ""
}

/// Reads one document. A document type is refused, and with it every entity that a document could define: nothing
/// outside is ever opened, and no text grows beyond the request's own length.
struct XMLReader {
  private let octets: [UInt8]
  private var index = 0

  private init(_ octets: [UInt8]) { self.octets = octets }

  /// The root of a document.
  /// - Throws: `MalformedInput`, with the octet where the reading ended.
  static func root(of octets: [UInt8]) throws(AWSError) -> XMLElement {
    guard String(validating: octets, as: UTF8.self) != nil else { throw malformed("it is not UTF-8", at: 0) }
    var reader = XMLReader(octets)
    _ = reader.take("\u{FEFF}")
    try reader.skipBetweenElements()
    let root = try reader.element(depth: 1)
    try reader.skipBetweenElements()
    guard reader.index == octets.count else { throw reader.malformed("something follows the root element") }
    return root
  }

  private static func malformed(_ reason: String, at index: Int) -> AWSError {
    AWSError("MalformedInput", "Invalid XML ; octet \(index): \(reason)")
  }

  private func malformed(_ reason: String) -> AWSError { Self.malformed(reason, at: index) }

  // MARK: Octets

  private var next: UInt8? { index < octets.count ? octets[index] : nil }

  private mutating func take(_ text: String) -> Bool {
    guard octets[index...].starts(with: text.utf8) else { return false }
    index += text.utf8.count
    return true
  }

  private mutating func skipSpace() {
    while let octet = next, Self.isSpace(octet) { index += 1 }
  }

  private static func isSpace(_ octet: UInt8) -> Bool {
    octet == 0x20 || octet == 0x0a || octet == 0x0d || octet == 0x09
  }

  /// Goes to the end of what opened, and over it.
  private mutating func skip(to end: String, _ what: String) throws(AWSError) {
    while index < octets.count {
      if take(end) { return }
      index += 1
    }
    throw malformed("\(what) does not end")
  }

  // MARK: Markup

  /// White space, comments and the declaration; a document type is none of them.
  private mutating func skipBetweenElements() throws(AWSError) {
    while true {
      skipSpace()
      if take("<!--") {
        try skip(to: "-->", "a comment")
      } else if take("<?") {
        try skip(to: "?>", "a processing instruction")
      } else if take("<!") {
        throw malformed("a document type is not allowed")
      } else {
        return
      }
    }
  }

  private mutating func name() throws(AWSError) -> String {
    let start = index
    while let octet = next, Self.isName(octet) { index += 1 }
    let name = octets[start..<index]
    let parts = name.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard let local = parts.last, !local.isEmpty, parts.count <= 2 else { throw malformed("a name is expected") }
    return String(decoding: local, as: UTF8.self)
  }

  /// Letters, digits and the marks of names in ASCII: AWS's elements have no others.
  private static func isName(_ octet: UInt8) -> Bool {
    switch octet {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    default: "-_.:".utf8.contains(octet)
    }
  }

  /// An element from its `<`.
  private mutating func element(depth: Int) throws(AWSError) -> XMLElement {
    guard depth <= CallLimits.xmlDepth else { throw malformed("more than \(CallLimits.xmlDepth) elements deep") }
    guard take("<") else { throw malformed("an element is expected") }
    var element = XMLElement(name: try name())
    try skipAttributes()
    if take("/>") { return element }
    guard take(">") else { throw malformed("the tag of \(element.name) does not end") }
    try readContent(of: &element, depth: depth)
    let end = try name()
    guard end == element.name else { throw malformed("\(element.name) is closed by \(end)") }
    skipSpace()
    guard take(">") else { throw malformed("the tag of \(end) does not end") }
    return element
  }

  /// Namespaces are not compared: one version of one API is spoken here. Other attributes mean nothing to AWS.
  private mutating func skipAttributes() throws(AWSError) {
    while true {
      skipSpace()
      guard let octet = next, octet != UInt8(ascii: ">"), octet != UInt8(ascii: "/") else { return }
      _ = try name()
      skipSpace()
      guard take("=") else { throw malformed("an attribute has no value") }
      skipSpace()
      if take("\"") {
        try skip(to: "\"", "an attribute")
      } else if take("'") {
        try skip(to: "'", "an attribute")
      } else {
        throw malformed("an attribute's value is not in quotes")
      }
    }
  }

  /// All up to the name in the closing tag.
  private mutating func readContent(of element: inout XMLElement, depth: Int) throws(AWSError) {
    var text: [UInt8] = []
    while true {
      guard let octet = next else { throw malformed("\(element.name) does not end") }
      if octet == UInt8(ascii: "&") {
        text += String(try reference()).utf8
      } else if octet != UInt8(ascii: "<") {
        text.append(octet)
        index += 1
      } else if take("</") {
        break
      } else if take("<!--") {
        try skip(to: "-->", "a comment")
      } else if take("<![CDATA[") {
        let start = index
        try skip(to: "]]>", "a CDATA section")
        text += octets[start..<(index - 3)]
      } else if take("<?") {
        try skip(to: "?>", "a processing instruction")
      } else {
        element.children.append(try self.element(depth: depth + 1))
      }
    }
    if !element.children.isEmpty, text.allSatisfy(Self.isSpace) { return }
    guard element.children.isEmpty else { throw malformed("text stands between the elements of \(element.name)") }
    element.text = String(decoding: text, as: UTF8.self)
  }

  /// One of XML's own five, or a character by its number.
  private mutating func reference() throws(AWSError) -> Unicode.Scalar {
    for (text, scalar) in Self.references where take(text) { return scalar }
    guard take("&#") else { throw malformed("an entity is not defined") }
    let radix = take("x") ? 16 : 10
    let start = index
    while let octet = next, octet != UInt8(ascii: ";"), index - start < Self.longestReference { index += 1 }
    let digits = String(decoding: octets[start..<index], as: UTF8.self)
    guard take(";"), let number = UInt32(digits, radix: radix), number != 0, let scalar = Unicode.Scalar(number)
    else { throw malformed("a character reference is none") }
    return scalar
  }

  private static let references: [(String, Unicode.Scalar)] = [
    ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"),
  ]
  /// Digits of the largest character, 1114111.
  private static let longestReference = 7
}
