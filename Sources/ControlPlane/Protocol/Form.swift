// A form body (application/x-www-form-urlencoded) as names and values, in their order.

enum Form {
  /// - Throws: `MalformedQueryString` for a bad escape, text that is no UTF-8, a name that comes twice, or too many.
  static func fields(_ body: some Sequence<UInt8>) throws(AWSError) -> [(name: String, value: String)] {
    var fields: [(name: String, value: String)] = []
    var seen: Set<String> = []
    for field in Array(body).split(separator: UInt8(ascii: "&")) {
      let sides = field.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      let name = try text(sides[0])
      guard seen.insert(name).inserted else { throw .malformed("the parameter \(name) is given twice") }
      fields.append((name, sides.count > 1 ? try text(sides[1]) : ""))
      guard fields.count <= CallLimits.parameters else {
        throw .malformed("more than \(CallLimits.parameters) parameters")
      }
    }
    return fields
  }

  /// Text with `+` and `%` escapes decoded.
  static func text(_ octets: some Collection<UInt8>) throws(AWSError) -> String {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(octets.count)
    var rest = octets.makeIterator()
    while let octet = rest.next() {
      switch octet {
      case UInt8(ascii: "+"): decoded.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        guard let high = rest.next().flatMap(digit), let low = rest.next().flatMap(digit) else {
          throw .malformed("a % is not followed by two hexadecimal digits")
        }
        decoded.append(high << 4 | low)
      default: decoded.append(octet)
      }
    }
    guard let text = String(validating: decoded, as: UTF8.self) else { throw .malformed("a value is not UTF-8") }
    return text
  }

  private static func digit(_ octet: UInt8) -> UInt8? {
    switch octet {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): octet - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): octet - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): octet - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
