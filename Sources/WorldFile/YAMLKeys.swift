// Keys of YAML that are no strings. Yams computes a hash of every key, before anybody can refuse it; with aliases of
// aliases in it, that would take longer than anybody lives.

extension YAMLReader {
  /// Aliases of a text that may have any keys: of so many, none can stand for more than some thousand values.
  static let mostAliases = 40

  /// What stands before a place where a key may be no string, if the text has many aliases as well. Looks at octets and
  /// not at meaning: what merely looks like one in a comment or a string counts.
  static func endlessKey(in text: String) -> Substring? {
    var aliases = 0
    var key: Int?
    var before = UInt8(ascii: " ")
    /// What stood last that was no blank, and whether an alias is what it belongs to.
    var last = before
    var isInAlias = false
    for (offset, octet) in text.utf8.enumerated() {
      let isAtStart = isBlank(before) || "[{,:-?".utf8.contains(before)
      if octet == UInt8(ascii: "*"), isAtStart {
        aliases += 1
        isInAlias = true
      } else if octet == UInt8(ascii: "?"), isAtStart {
        key = key ?? offset
      } else if octet == UInt8(ascii: ":") {
        if isInAlias || last == UInt8(ascii: "]") || last == UInt8(ascii: "}") { key = key ?? offset }
        isInAlias = false
      } else if !isBlank(octet), isBlank(before) || !isPartOfAlias(octet) {
        isInAlias = false
      }
      if !isBlank(octet) { last = octet }
      before = octet
    }
    guard aliases > mostAliases, let key else { return nil }
    return text[..<text.utf8.index(text.startIndex, offsetBy: key)]
  }

  private static func isBlank(_ octet: UInt8) -> Bool { octet == 0x20 || (0x09...0x0d).contains(octet) }

  /// As libyaml has it: letters, digits, `_` and `-`.
  private static func isPartOfAlias(_ octet: UInt8) -> Bool {
    switch octet {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
