// Times of signatures (RFC 4034 3.2): seconds since 1970 in 32 bits, as text YYYYMMDDHHmmSS in UTC.

enum SignatureTime {
  static let expected = "a time as YYYYMMDDHHmmSS or in seconds since 1970"

  /// The text, its form and range checked; ldns takes the 31st of February for a date.
  static func read(_ token: Token) throws(Fault) -> String {
    let text = token.text
    guard !token.raw.isEmpty, token.raw.allSatisfy(Ascii.isDigit) else { throw token.fault(expected: expected) }
    guard token.raw.count == dateDigits else {
      guard let seconds = UInt32(text) else { throw token.fault(expected: expected) }
      return String(seconds)
    }
    var rest = token.raw
    func part(_ digits: Int) -> Int {
      defer { rest = rest.dropFirst(digits) }
      return rest.prefix(digits).reduce(0) { $0 * 10 + Int($1 - 48) }
    }
    let (year, month, day) = (part(4), part(2), part(2))
    let (hour, minute, second) = (part(2), part(2), part(2))
    guard year >= 1970, (1...12).contains(month), (1...days(year, month)).contains(day), hour < 24, minute < 60,
      second < 60,
      let seconds = UInt32(
        exactly: ((daysBefore(year, month) + day - 1) * 24 + hour) * 3600 + minute * 60 + second)
    else { throw token.fault("there is no such time between 1970 and 2106: \(text)") }
    return String(seconds)
  }

  static func presentation(_ seconds: UInt32) -> String {
    var rest = Int(seconds) / 86_400
    var year = 1970
    while rest >= daysBefore(year + 1, 1) - daysBefore(year, 1) {
      rest -= daysBefore(year + 1, 1) - daysBefore(year, 1)
      year += 1
    }
    var month = 1
    while rest >= days(year, month) {
      rest -= days(year, month)
      month += 1
    }
    let clock = Int(seconds) % 86_400
    let parts = [month, rest + 1, clock / 3600, clock / 60 % 60, clock % 60]
    return parts.reduce(into: String(year)) { $0 += $1 < 10 ? "0\($1)" : "\($1)" }
  }

  private static let dateDigits = 14

  private static func isLeap(_ year: Int) -> Bool {
    year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
  }

  private static func days(_ year: Int, _ month: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days from the start of 1970 to the start of the month.
  private static func daysBefore(_ year: Int, _ month: Int) -> Int {
    let past = year - 1
    let leaps = (past / 4 - past / 100 + past / 400) - (1969 / 4 - 1969 / 100 + 1969 / 400)
    return (year - 1970) * 365 + leaps + (1..<month).reduce(0) { $0 + days(year, $1) }
  }
}
