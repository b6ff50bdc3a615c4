// Seconds as a number or in BIND's units: 3600, 1h, 1w2d3h4m5s.

enum TimeToLive {
  /// A TTL is at most 2^31 - 1 (RFC 2181 8).
  static let largest: UInt32 = 0x7fff_ffff
  /// For records that nothing in the file gives a TTL.
  static let fallback: UInt32 = 3600

  static func read(_ token: Token) throws(Fault) -> UInt32 {
    let seconds = try readPeriod(token)
    guard seconds <= largest else {
      throw token.fault("a TTL is at most \(largest) seconds (RFC 2181 8), found \(token.shown)")
    }
    return seconds
  }

  /// A time of up to 2^32 - 1 seconds, as a SOA's timers are.
  static func readPeriod(_ token: Token) throws(Fault) -> UInt32 {
    guard let seconds = seconds(token) else {
      throw token.fault(expected: "a time in seconds (up to \(UInt32.max)) or in units such as 1h30m")
    }
    return seconds
  }

  private static func seconds(_ token: Token) -> UInt32? {
    guard !token.isQuoted, let first = token.raw.first, Ascii.isDigit(first) else { return nil }
    var total: UInt64 = 0
    var number: UInt64?
    for byte in token.raw {
      if Ascii.isDigit(byte) {
        number = (number ?? 0) * 10 + UInt64(byte - 48)
      } else {
        guard let value = number, let unit = unit(byte) else { return nil }
        total += value * unit
        number = nil
      }
      guard (number ?? 0) <= UInt32.max, total <= UInt32.max else { return nil }
    }
    // 1h30 has a number without a unit behind one with: nobody means that.
    if let number {
      guard total == 0, token.raw.allSatisfy(Ascii.isDigit) else { return nil }
      total = number
    }
    return UInt32(exactly: total)
  }

  private static func unit(_ letter: UInt8) -> UInt64? {
    switch letter | 0x20 {
    case UInt8(ascii: "s"): 1
    case UInt8(ascii: "m"): 60
    case UInt8(ascii: "h"): 3600
    case UInt8(ascii: "d"): 86_400
    case UInt8(ascii: "w"): 604_800
    default: nil
    }
  }
}
