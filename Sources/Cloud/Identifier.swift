// Identifiers that cannot be mixed up: the id of a VPC is not the id of an instance.

/// The id of a `Resource`, as AWS prints it (`vpc-1a2b3c4d`).
///
/// Ids of AWS's usual shape are kept as a number, without a text of their own: a world holds millions, and compares,
/// hashes and copies each many times.
public struct ID<Resource>: Hashable, Comparable, Sendable, CustomStringConvertible {
  // What the other modules call is inlined there: nothing of it depends on the type of the resource.
  @usableFromInline let form: FormOfID

  @inlinable init(form: FormOfID) { self.form = form }

  @inlinable public init(_ rawValue: String) { form = FormOfID(rawValue) }

  /// The id that these octets of UTF-8 spell.
  @inlinable public init?(validating octets: Span<UInt8>) {
    guard let form = FormOfID(validating: octets) else { return nil }
    self.form = form
  }

  /// Adds the octets of the text.
  @inlinable public func append(to octets: inout [UInt8]) { form.append(to: &octets) }

  /// The same text as the id of something else.
  @inlinable public init<Other>(_ other: ID<Other>) { form = other.form }

  @inlinable public var rawValue: String { form.text }
  @inlinable public var description: String { form.text }

  @inlinable public static func == (left: Self, right: Self) -> Bool { left.form == right.form }
  @inlinable public func hash(into hasher: inout Hasher) { form.hash(into: &hasher) }

  /// The order of the texts.
  @inlinable public static func < (left: Self, right: Self) -> Bool { left.form < right.form }
}

/// An id as a number, or as its text when it has another shape.
@usableFromInline
enum FormOfID: Hashable, Comparable, Sendable {
  case hexadecimal(HexadecimalID)
  indirect case other(String)

  @usableFromInline
  init(_ text: String) {
    self = HexadecimalID(text.utf8Span.span).map { .hexadecimal($0) } ?? .other(text)
  }

  /// `nil` for octets that are not UTF-8.
  @usableFromInline
  init?(validating octets: Span<UInt8>) {
    if let id = HexadecimalID(octets) {
      self = .hexadecimal(id)
    } else {
      guard let valid = try? UTF8Span(validating: octets) else { return nil }
      self = .other(String(copying: valid))
    }
  }

  @usableFromInline var text: String {
    switch self {
    case .hexadecimal(let id): id.text
    case .other(let text): text
    }
  }

  @usableFromInline func append(to octets: inout [UInt8]) {
    switch self {
    case .hexadecimal(let id): id.append(to: &octets)
    case .other(let text): octets += text.utf8
    }
  }

  @usableFromInline static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.hexadecimal(let one), .hexadecimal(let other)): one == other
    case (.other(let one), .other(let other)): areSameOctets(one, other)
    default: false
    }
  }

  @usableFromInline func hash(into hasher: inout Hasher) {
    switch self {
    case .hexadecimal(let id): id.hash(into: &hasher)
    case .other(let text): text.hash(into: &hasher)
    }
  }

  /// 32 bits for a table, spread but not proof against forgery.
  @usableFromInline var scattered: UInt32 {
    switch self {
    case .hexadecimal(let id): id.scattered
    case .other(let text): UInt32(truncatingIfNeeded: text.hashValue)
    }
  }

  @usableFromInline static func < (left: Self, right: Self) -> Bool {
    if case .hexadecimal(let one) = left, case .hexadecimal(let other) = right, one.isAlike(other) {
      return one.isLess(than: other)
    }
    return areOctetsLess(left.text, right.text)
  }
}

/// A known prefix, a hyphen and 1–17 hexadecimal digits in lower case: AWS writes 8 or 17 of them.
@usableFromInline
struct HexadecimalID: Hashable, BitwiseCopyable, Sendable {
  /// The last 16 digits.
  private var low: UInt64
  /// The 17th digit from the right.
  private var high: UInt8
  private var digits: UInt8
  /// Index into `prefixes`.
  private var prefix: UInt8

  private static let mostDigits = 17
  private static let prefixes: [[UInt8]] = ["i", "vpc", "subnet", "sg", "rtb", "eni", "pcx", "dopt"].map {
    Array($0.utf8)
  }
  private static let longestPrefix = 6

  init?(_ octets: Span<UInt8>) {
    var hyphen = 0
    while hyphen < octets.count, octets[hyphen] != UInt8(ascii: "-") {
      hyphen += 1
      guard hyphen <= Self.longestPrefix else { return nil }
    }
    let digits = octets.count - hyphen - 1
    guard (1...Self.mostDigits).contains(digits),
      let prefix = Self.prefixes.firstIndex(where: { known in
        guard known.count == hyphen else { return false }
        for index in 0..<hyphen where octets[index] != known[index] { return false }
        return true
      })
    else { return nil }
    low = 0
    high = 0
    for index in (hyphen + 1)..<octets.count {
      let value: UInt8
      switch octets[index] {
      case let octet where octet &- UInt8(ascii: "0") < 10: value = octet &- UInt8(ascii: "0")
      case let octet where octet &- UInt8(ascii: "a") < 6: value = octet &- UInt8(ascii: "a") + 10
      default: return nil
      }
      high = UInt8(truncatingIfNeeded: low >> 60)
      low = low << 4 | UInt64(value)
    }
    self.digits = UInt8(digits)
    self.prefix = UInt8(prefix)
  }

  var text: String {
    var octets: [UInt8] = []
    append(to: &octets)
    return String(decoding: octets, as: UTF8.self)
  }

  func append(to octets: inout [UInt8]) {
    octets += Self.prefixes[Int(prefix)]
    octets.append(UInt8(ascii: "-"))
    for place in (0..<digits).reversed() {
      let digit = place == 16 ? high : UInt8(truncatingIfNeeded: low >> (4 * UInt64(place))) & 0xf
      octets.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit)
    }
  }

  /// As many digits after the same prefix: the order of the numbers is that of the texts.
  func isAlike(_ other: Self) -> Bool { digits == other.digits && prefix == other.prefix }

  /// Ids that follow each other keep their three lowest bits, and are alike above.
  var scattered: UInt32 {
    let rest = scatter(low >> 3 ^ (UInt64(high) << 16 | UInt64(digits) << 8 | UInt64(prefix)) << 40)
    return rest << 3 | UInt32(truncatingIfNeeded: low) & 7
  }

  func isLess(than other: Self) -> Bool { (high, low) < (other.high, other.low) }

  @usableFromInline
  func hash(into hasher: inout Hasher) {
    hasher.combine(low)
    hasher.combine(UInt32(high) << 16 | UInt32(digits) << 8 | UInt32(prefix))
  }
}

/// A Region by its code, such as `us-east-1`.
public struct Region: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let code: String
  public init(_ code: String) { self.code = code }
  public static let usEast1 = Region("us-east-1")
  public var description: String { code }
  public static func < (left: Self, right: Self) -> Bool { left.code < right.code }

  /// Octets of a label (RFC 1035 2.3.4).
  private static let longest = 63

  /// Whether the code can stand in hostnames: small letters, digits and hyphens, as many as a label has. Of names one
  /// case is as good as another, of codes it is not: `US-EAST-1` would be a second Region under the first one's names.
  public var isLabel: Bool {
    (1...Self.longest).contains(code.utf8.count)
      && code.utf8.allSatisfy { octet in
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
      }
  }
}

/// A key and its value.
public struct Tag: Hashable, Sendable {
  public var key: String
  public var value: String
  public init(key: String, value: String) {
    self.key = key
    self.value = value
  }

  public static func == (left: Self, right: Self) -> Bool {
    areSameOctets(left.key, right.key) && areSameOctets(left.value, right.value)
  }
}
