// Base64 and base32hex (RFC 4648 4, 7).

enum Base64 {
  /// Groups of four, the last one with up to two = at its end; not empty.
  static func isWhole(_ text: some BidirectionalCollection<UInt8>) -> Bool {
    let digits = text.prefix { Ascii.isLetter($0) || Ascii.isDigit($0) || $0 == plus || $0 == slash }
    let padding = text.dropFirst(digits.count)
    return !digits.isEmpty && padding.count <= 2 && padding.allSatisfy { $0 == Ascii.equals }
      && text.count.isMultiple(of: 4)
  }

  static func text(_ octets: some Collection<UInt8>) -> String {
    let digits = Self.digits(octets, bits: 6, alphabet: Array(letters.utf8))
    return digits + String(repeating: "=", count: (4 - digits.utf8.count % 4) % 4)
  }

  /// Base32hex in capitals without padding, as in NSEC3.
  static func text32(_ octets: some Collection<UInt8>) -> String {
    digits(octets, bits: 5, alphabet: Array("0123456789ABCDEFGHIJKLMNOPQRSTUV".utf8))
  }

  private static let plus = UInt8(ascii: "+")
  private static let slash = UInt8(ascii: "/")
  private static let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

  private static func digits(_ octets: some Collection<UInt8>, bits: Int, alphabet: [UInt8]) -> String {
    var text: [UInt8] = []
    var pending = 0
    var count = 0
    for octet in octets {
      pending = (pending << 8 | Int(octet)) & 0xffff
      count += 8
      while count >= bits {
        count -= bits
        text.append(alphabet[pending >> count & (1 << bits - 1)])
      }
    }
    if count > 0 { text.append(alphabet[pending << (bits - count) & (1 << bits - 1)]) }
    return String(decoding: text, as: UTF8.self)
  }
}
