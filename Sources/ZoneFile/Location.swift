// LOC (RFC 1876 3): the text in full, since ldns lets the seconds of the latitude slip into the longitude.

enum Location {
  static let expected = "a location such as 52 22 23.000 N 4 53 32.000 E -2.00m 1m 10000m 10m"

  static func read(_ reader: inout RecordDataReader) throws(Fault) -> String {
    let latitude = try angle(&reader, through: 90, ["N", "S"])
    let longitude = try angle(&reader, through: 180, ["E", "W"])
    let height = try reader.word("an altitude in metres such as -2.00m")
    // RFC 1876 2: centimetres above 100,000 m below the spheroid, in 32 bits.
    guard let altitude = centimetres(height), (-10_000_000...4_284_967_295).contains(altitude) else {
      throw height.fault(expected: "an altitude from -100000.00m to 42849672.95m")
    }
    // RFC 1876 3: what is left out is 1 m, 10,000 m and 10 m.
    var sizes = [100, 1_000_000, 1000]
    for index in sizes.indices where !reader.isAtEnd {
      let word = try reader.word("a size in metres")
      guard let size = centimetres(word), (0...9_000_000_000).contains(size) else {
        throw word.fault(expected: "a size or precision from 0m to 90000000m")
      }
      sizes[index] = size
    }
    return "\(latitude) \(longitude) " + ([altitude] + sizes).map { metres($0) + "m" }.joined(separator: " ")
  }

  /// Degrees, minutes and seconds, the last two optional, and a letter.
  private static func angle(
    _ reader: inout RecordDataReader, through largest: Int, _ letters: [StaticString]
  ) throws(Fault) -> String {
    let first = reader.next
    var parts: [Int] = []
    while true {
      let word = try reader.word(expected)
      if let letter = letters.first(where: { word.isWord($0) }), let degrees = parts.first {
        let (minutes, seconds) = (parts.count > 1 ? parts[1] : 0, parts.count > 2 ? parts[2] : 0)
        guard degrees * 3_600_000 + minutes * 60_000 + seconds <= largest * 3_600_000 else {
          throw (first ?? word).fault("a place is at most \(largest) degrees \(letters[0]) or \(letters[1])")
        }
        return "\(degrees) \(minutes) \(decimal(seconds, places: 3)) \(letter)"
      }
      // The seconds have up to three decimals.
      guard parts.count < 3, let value = fixed(word.raw, places: parts.count == 2 ? 3 : 0),
        value < (parts.isEmpty ? 1000 : parts.count == 1 ? 60 : 60_000)
      else { throw word.fault(expected: expected) }
      parts.append(value)
    }
  }

  private static func centimetres(_ token: Token) -> Int? {
    var digits = token.raw
    if let last = digits.last, last | 0x20 == UInt8(ascii: "m") { digits = digits.dropLast() }
    let isNegative = digits.first == UInt8(ascii: "-")
    return fixed(isNegative ? digits.dropFirst() : digits, places: 2).map { isNegative ? -$0 : $0 }
  }

  private static func metres(_ centimetres: Int) -> String {
    (centimetres < 0 ? "-" : "") + decimal(abs(centimetres), places: 2)
  }

  /// Digits with up to `places` decimals, as a whole number of the last place.
  private static func fixed(_ text: ArraySlice<UInt8>, places: Int) -> Int? {
    let parts = text.split(separator: Ascii.dot, maxSplits: 1, omittingEmptySubsequences: false)
    let decimals = parts.count > 1 ? parts[1] : []
    guard let whole = parts.first, (1...largestDigits).contains(whole.count), whole.allSatisfy(Ascii.isDigit),
      decimals.count <= places, decimals.allSatisfy(Ascii.isDigit), parts.count == 1 || !decimals.isEmpty
    else { return nil }
    let padded = Array(whole) + Array(decimals) + Array(repeating: 48, count: places - decimals.count)
    return padded.reduce(0) { $0 * 10 + Int($1 - 48) }
  }

  /// Eight digits hold every altitude and size; more would only be refused for their range.
  private static let largestDigits = 8

  private static func decimal(_ value: Int, places: Int) -> String {
    let digits = String(value)
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.utf8.count)) + digits
    return "\(padded.dropLast(places)).\(padded.suffix(places))"
  }

  /// RFC 1876 3 as dig prints it; `nil` when the octets are no location.
  static func presentation(_ data: ArraySlice<UInt8>) -> String? {
    let octets = Array(data)
    guard octets.count == 16, octets[0] == 0 else { return nil }
    let sizes = octets[1...3].map(size)
    let numbers = [4, 8, 12].map { start in octets[start..<(start + 4)].reduce(0) { $0 << 8 | Int($1) } }
    guard let latitude = angle(numbers[0], through: 90, "N", "S"),
      let longitude = angle(numbers[1], through: 180, "E", "W"), !sizes.contains(nil)
    else { return nil }
    let parts = [latitude, longitude, metres(numbers[2] - 10_000_000) + "m"] + sizes.compactMap { $0 }
    return parts.joined(separator: " ")
  }

  private static func angle(_ value: Int, through largest: Int, _ positive: String, _ negative: String) -> String? {
    // The equator and the prime meridian are 2^31; thousandths of a second.
    let distance = abs(value - 1 << 31)
    guard distance <= largest * 3_600_000 else { return nil }
    let seconds = decimal(distance % 60_000, places: 3)
    let letter = value >= 1 << 31 ? positive : negative
    return "\(distance / 3_600_000) \(distance / 60_000 % 60) \(seconds) \(letter)"
  }

  /// A digit and a power of ten of centimetres.
  private static func size(_ octet: UInt8) -> String? {
    let (digit, power) = (Int(octet >> 4), Int(octet & 15))
    guard digit < 10, power < 10 else { return nil }
    let centimetres = (0..<power).reduce(digit) { value, _ in value * 10 }
    return power < 2 ? metres(centimetres) + "m" : "\(centimetres / 100)m"
  }
}
