// A word of a master file as it was written, its escapes not yet resolved.

struct Token {
  /// Without the quotes of a quoted string; escapes stand as they were written.
  var raw: ArraySlice<UInt8>
  var isQuoted: Bool
  /// Where it starts, an opening quote included.
  var offset: Int

  var text: String { String(decoding: raw, as: UTF8.self) }

  /// The word for a message: short, and nothing in it that a terminal would obey.
  var shown: String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(Self.shownCharacters) {
      scalars.append(scalar.properties.generalCategory == .control ? "\u{fffd}" : scalar)
    }
    let whole = raw.count <= Self.shownCharacters
    return isQuoted ? "\"\(String(scalars))\(whole ? "" : "…")\"" : String(scalars) + (whole ? "" : "…")
  }

  /// As much of a wrong word as a message needs.
  static let shownCharacters = 60

  func fault(_ message: String) -> Fault { Fault(at: offset, message) }

  func fault(expected: String) -> Fault { fault("expected \(expected), found \(shown)") }

  /// Compares with an upper case word; a quoted string equals none.
  func isWord(_ word: StaticString) -> Bool { !isQuoted && text.uppercased() == "\(word)" }

  /// The octets that the text stands for (RFC 1035 5.1: `\X`, `\DDD`).
  func unescaped() throws(Fault) -> [UInt8] {
    guard let octets = unescape(raw) else {
      throw fault("\\ must be followed by a character or by three decimal digits up to 255")
    }
    return octets
  }
}

func unescape(_ raw: ArraySlice<UInt8>) -> [UInt8]? {
  var octets: [UInt8] = []
  octets.reserveCapacity(raw.count)
  var index = raw.startIndex
  while index < raw.endIndex {
    guard raw[index] == Ascii.backslash else {
      octets.append(raw[index])
      index += 1
      continue
    }
    guard index + 1 < raw.endIndex else { return nil }
    guard Ascii.isDigit(raw[index + 1]) else {
      octets.append(raw[index + 1])
      index += 2
      continue
    }
    let digits = raw[(index + 1)...].prefix(3)
    guard digits.count == 3, digits.allSatisfy(Ascii.isDigit),
      let octet = UInt8(exactly: digits.reduce(0) { $0 * 10 + Int($1 - 48) })
    else { return nil }
    octets.append(octet)
    index += 4
  }
  return octets
}

/// An octet of a string as dig prints it within quotes.
func escapedInQuotes(_ octet: UInt8) -> String {
  switch octet {
  case Ascii.quote, Ascii.backslash: "\\" + String(UnicodeScalar(octet))
  case 0x20...0x7e: String(UnicodeScalar(octet))
  default: "\\" + threeDigits(octet)
  }
}

func threeDigits(_ octet: UInt8) -> String {
  let digits = String(octet)
  return String(repeating: "0", count: 3 - digits.count) + digits
}
