// The octets of a file, and the line and column of each.

struct SourceText {
  let bytes: [UInt8]
  /// Where the text starts: behind a byte order mark.
  let start: Int
  private let lineStarts: [Int]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    start = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
    var lineStarts = [start]
    for index in bytes.indices where bytes[index] == Ascii.lineFeed { lineStarts.append(index + 1) }
    self.lineStarts = lineStarts
  }

  func location(_ offset: Int) -> (line: Int, column: Int) {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    // A continuation octet of UTF-8 is no character of its own.
    let before = bytes[min(lineStarts[low], offset)..<min(offset, bytes.count)]
    return (low + 1, before.count { $0 & 0xc0 != 0x80 } + 1)
  }

  func problem(_ fault: Fault) -> ZoneProblem {
    let (line, column) = location(fault.offset)
    return ZoneProblem(line: line, column: column, message: fault.message)
  }
}

/// A problem at an offset into the text.
struct Fault: Error {
  var offset: Int
  var message: String

  init(at offset: Int, _ message: String) {
    self.offset = offset
    self.message = message
  }
}

enum Ascii {
  static let tab = UInt8(ascii: "\t")
  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let space = UInt8(ascii: " ")
  static let quote = UInt8(ascii: "\"")
  static let backslash = UInt8(ascii: "\\")
  static let semicolon = UInt8(ascii: ";")
  static let open = UInt8(ascii: "(")
  static let close = UInt8(ascii: ")")
  static let equals = UInt8(ascii: "=")
  static let dot = UInt8(ascii: ".")
  static let comma = UInt8(ascii: ",")

  static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }
  static func isHexDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20) &- 97 < 6 }
  static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 97 < 26 }
}
