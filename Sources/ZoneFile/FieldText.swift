// Fields of a word or a few: checked, and put into the one form that ldns is sure to read.
import DNSWire

extension RecordDataReader {
  mutating func ipv4() throws(Fault) -> IPv4Address {
    let token = try word(Self.expectedIPv4)
    guard let address = IPv4Address(token.text) else { throw token.fault(expected: Self.expectedIPv4) }
    return address
  }

  mutating func ipv6() throws(Fault) -> IPv6Address {
    let token = try word(Self.expectedIPv6)
    guard let address = IPv6Address(token.text) else { throw token.fault(expected: Self.expectedIPv6) }
    return address
  }

  /// A character-string (RFC 1035 3.3), in quotes or not.
  mutating func string() throws(Fault) -> String {
    let token = try take("text")
    let octets = try token.unescaped()
    guard octets.count <= Self.stringOctets else {
      throw token.fault(
        "a string has at most \(Self.stringOctets) octets, this one has \(octets.count); split it into several")
    }
    return escaped(octets)
  }

  /// A length octet can say no more (RFC 1035 3.3).
  static let stringOctets = 255

  mutating func longString() throws(Fault) -> String { escaped(try take("text").unescaped()) }

  /// Nothing but letters and digits stands as it is: no octet can then mean something else to ldns.
  private func escaped(_ octets: [UInt8]) -> String {
    var text = ""
    for octet in octets {
      text += Ascii.isLetter(octet) || Ascii.isDigit(octet) ? String(UnicodeScalar(octet)) : "\\" + threeDigits(octet)
    }
    return text
  }

  /// Base64 up to the end, blanks within allowed (RFC 4034 2.2).
  mutating func base64() throws(Fault) -> String {
    let expected = "base64"
    let first = try word(expected)
    var text = first.text
    while !isAtEnd { text += try word(expected).text }
    guard Base64.isWhole(text.utf8) else {
      throw first.fault(expected: "base64, in groups of four with = at the end")
    }
    guard text.utf8.count / 4 * 3 <= Self.base64Octets else {
      throw first.fault("base64 of more than \(Self.base64Octets) octets fits no record")
    }
    return text
  }

  /// What RDATA can hold behind the fields and the name in front of a key. ldns cuts off what is longer.
  private static let base64Octets = 65_535 - 3 - Limits.nameOctets

  static let expectedHex = "hexadecimal octets, two digits each"

  mutating func hex(_ expected: String) throws(Fault) -> String {
    let token = try word(expected)
    guard !token.raw.isEmpty, token.raw.count.isMultiple(of: 2), token.raw.allSatisfy(Ascii.isHexDigit) else {
      throw token.fault(expected: expected)
    }
    return token.text
  }

  /// Hexadecimal octets up to the end, blanks anywhere.
  mutating func joinedHex() throws(Fault) -> String {
    let first = try word(Self.expectedHex)
    var text = first.text
    while !isAtEnd { text += try word(Self.expectedHex).text }
    guard text.utf8.count.isMultiple(of: 2), text.utf8.allSatisfy(Ascii.isHexDigit) else {
      throw first.fault(expected: Self.expectedHex)
    }
    return text
  }

  mutating func typeWord() throws(Fault) -> RecordType {
    let expected = "a record type"
    let token = try word(expected)
    guard let type = RecordType(token.text) else { throw token.fault(expected: expected) }
    return type
  }

  /// A number, or a word that we or ldns know for one.
  mutating func mnemonic(_ known: Mnemonics?, through largest: UInt32) throws(Fault) -> String {
    if let digit = next?.raw.first, !Ascii.isDigit(digit) {
      let expected = "a number from 0 to \(largest) or its mnemonic"
      let token = try word(expected)
      guard Ascii.isLetter(digit), token.raw.allSatisfy({ $0 > Ascii.space && $0 < 0x7f }) else {
        throw token.fault(expected: expected)
      }
      return known?.number(token.text).map { String($0) } ?? token.text
    }
    return String(try number("a number", through: largest))
  }

  /// RFC 5155 3.3: hexadecimal, or - for none.
  mutating func salt() throws(Fault) -> String {
    let expected = "a salt: up to 255 hexadecimal octets, or - for none"
    if let token = next, token.isWord("-") { return try word(expected).text }
    let start = next
    let text = try hex(expected)
    if let start, text.utf8.count > 2 * Self.stringOctets { throw start.fault(expected: expected) }
    return text
  }

  /// RFC 5155 3.3: base32hex without padding.
  mutating func base32() throws(Fault) -> String {
    let expected = "a hashed owner name in base32hex without padding"
    let token = try word(expected)
    let isGood = token.raw.allSatisfy { Ascii.isDigit($0) || ($0 | 0x20) >= 97 && ($0 | 0x20) <= 118 }
    // Other lengths leave over a part of an octet.
    guard isGood, [0, 2, 4, 5, 7].contains(token.raw.count % 8), token.raw.count * 5 / 8 <= Self.stringOctets else {
      throw token.fault(expected: expected)
    }
    return token.text
  }

  /// Hexadecimal groups (RFC 6742 2.1.2, RFC 7043).
  mutating func groups(
    _ count: Int, of digits: ClosedRange<Int>, by separator: Unicode.Scalar, _ expected: String
  ) throws(Fault) -> String {
    let token = try word(expected)
    let groups = token.raw.split(separator: UInt8(ascii: separator), omittingEmptySubsequences: false)
    let isGood = groups.allSatisfy { digits.contains($0.count) && $0.allSatisfy(Ascii.isHexDigit) }
    guard groups.count == count, isGood else { throw token.fault(expected: expected) }
    return token.text
  }

  /// RFC 8659 4.1.
  mutating func tag() throws(Fault) -> String {
    let expected = "a property tag of letters and digits such as issue"
    let token = try word(expected)
    let isGood = token.raw.allSatisfy { Ascii.isLetter($0) || Ascii.isDigit($0) }
    guard isGood, (1...Self.stringOctets).contains(token.raw.count) else { throw token.fault(expected: expected) }
    return token.text
  }

  /// RFC 3123 5: [!]family:address/prefix.
  mutating func addressPrefix() throws(Fault) -> String {
    let expected = "an address prefix such as 1:192.0.2.0/24 or !2:2001:db8::/32"
    let token = try word(expected)
    let text = token.text.hasPrefix("!") ? token.text.dropFirst() : token.text[...]
    let family = text.prefix { $0 != ":" }
    let rest = text.dropFirst(family.count + 1)
    let address = rest.prefix { $0 != "/" }
    let length = rest.dropFirst(address.count + 1)
    let largest = family == "1" && IPv4Address(address) != nil ? 32 : 128
    guard largest == 32 || family == "2" && IPv6Address(address) != nil,
      length.utf8.allSatisfy(Ascii.isDigit), let bits = Int(length), bits <= largest
    else { throw token.fault(expected: expected) }
    return "\(text.startIndex == token.text.startIndex ? "" : "!")\(family):\(address)/\(bits)"
  }

  /// RFC 1706 7: 0x and hexadecimal octets, dots anywhere.
  mutating func nsap() throws(Fault) -> String {
    let expected = "an NSAP address such as 0x47.0005.80"
    let token = try word(expected)
    let digits = token.text.dropFirst(2).filter { $0 != "." }
    guard token.text.lowercased().hasPrefix("0x"), !digits.isEmpty, digits.utf8.count.isMultiple(of: 2),
      digits.utf8.allSatisfy(Ascii.isHexDigit)
    else { throw token.fault(expected: expected) }
    return "0x" + digits
  }

  /// ATM Name System 5.2: hexadecimal octets or +digits; a format octet goes in front, which ldns leaves out.
  mutating func atma() throws(Fault) -> String {
    let expected = "an ATM address: hexadecimal octets, dots allowed, or + and decimal digits"
    let token = try word(expected)
    let digits = token.text.filter { $0 != "." }
    if digits.hasPrefix("+"), digits.utf8.count > 1, digits.utf8.dropFirst().allSatisfy(Ascii.isDigit) {
      return "01" + digits.utf8.dropFirst().map { String($0, radix: 16) }.joined()
    }
    guard !digits.isEmpty, digits.utf8.count.isMultiple(of: 2), digits.utf8.allSatisfy(Ascii.isHexDigit) else {
      throw token.fault(expected: expected)
    }
    return "00" + digits
  }

  /// RFC 4025 3: precedence, gateway type, algorithm, gateway, key.
  mutating func ipsecKey() throws(Fault) -> String {
    let precedence = try number("a precedence", through: 255)
    let kind = try number("a gateway type", through: 3)
    let algorithm = try number("an algorithm", through: 255)
    let gateway: String
    switch kind {
    case 0:
      let token = try word("the gateway . (type 0 has none)")
      guard token.isWord(".") else { throw token.fault(expected: "the gateway . (type 0 has none)") }
      gateway = "."
    case 1: gateway = try ipv4().description
    case 2: gateway = try ipv6().description
    default: gateway = try word("a domain name").name(origin: origin).description
    }
    return "\(precedence) \(kind) \(algorithm) \(gateway) \(try base64())"
  }

  /// RFC 8005 6: algorithm, host identity tag, key; the names behind are fields of their own.
  mutating func hostIdentity() throws(Fault) -> String {
    let start = next?.offset ?? end
    let algorithm = try number("a key algorithm", through: 255)
    // ldns takes 0 for an error whenever an unrelated call failed before.
    guard algorithm != 0 else { throw Fault(at: start, "expected a key algorithm from 1 to 255, found 0") }
    let tagStart = next
    let tag = try hex("a host identity tag in hexadecimal")
    if let tagStart, tag.utf8.count > 2 * Self.stringOctets {
      throw tagStart.fault("a host identity tag has at most \(Self.stringOctets) octets")
    }
    let key = try word("a public key in base64")
    guard Base64.isWhole(key.raw), key.raw.count / 4 * 3 <= Self.base64Octets else {
      throw key.fault(expected: "a public key in base64")
    }
    return "\(algorithm) \(tag) \(key.text)"
  }
}
