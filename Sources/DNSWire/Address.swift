// IPv4 and IPv6 addresses as numbers in host order, and as text.

/// An IPv4 address; `rawValue` is in host byte order, so that ranges compare as numbers.
public struct IPv4Address: RawRepresentable, Hashable, Comparable, BitwiseCopyable, Sendable {
  public var rawValue: UInt32

  @_noLocks public init(rawValue: UInt32) { self.rawValue = rawValue }

  public init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
    rawValue = UInt32(a) << 24 | UInt32(b) << 16 | UInt32(c) << 8 | UInt32(d)
  }

  /// Dotted decimal, four parts of 0–255 without leading zeros; `nil` for anything else.
  public init?(_ text: some StringProtocol) {
    self.init(Array(text.utf8).span)
  }

  /// The octets of such a text.
  public init?(_ text: Span<UInt8>) {
    // One pass: a world holds millions of addresses, and a generic split costs ten times as much.
    var value: UInt32 = 0
    var part: UInt32 = 0
    var digits = 0
    var dots = 0
    for index in text.indices {
      let octet = text[index]
      if octet == UInt8(ascii: ".") {
        guard digits > 0, dots < 3 else { return nil }
        value = value << 8 | part
        (part, digits, dots) = (0, 0, dots + 1)
      } else {
        guard octet >= UInt8(ascii: "0"), octet <= UInt8(ascii: "9"), digits == 0 || part > 0 else { return nil }
        part = part * 10 + UInt32(octet - UInt8(ascii: "0"))
        digits += 1
        guard part <= 255 else { return nil }
      }
    }
    guard dots == 3, digits > 0 else { return nil }
    rawValue = value << 8 | part
  }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  /// Octet `index`, 0 being the most significant.
  @_noLocks public func octet(_ index: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: rawValue >> (24 &- 8 &* UInt32(index)))
  }
}

extension IPv4Address: CustomStringConvertible {
  public var description: String { "\(octet(0)).\(octet(1)).\(octet(2)).\(octet(3))" }
}

/// An IPv6 address; `rawValue` is in host byte order. It is kept in halves, because the compiler lays values that hold
/// a `UInt128` on the stack without its alignment (docs/compiler-workarounds.md).
public struct IPv6Address: RawRepresentable, Hashable, Comparable, BitwiseCopyable, Sendable {
  private var high: UInt64
  private var low: UInt64

  public var rawValue: UInt128 { @_noLocks get { UInt128(high) << 64 | UInt128(low) } }

  @_noLocks
  public init(rawValue: UInt128) {
    high = UInt64(truncatingIfNeeded: rawValue >> 64)
    low = UInt64(truncatingIfNeeded: rawValue)
  }

  /// RFC 4291 2.2 text, a dotted IPv4 tail included; no zone index. `nil` for anything else.
  public init?(_ text: some StringProtocol) {
    let halves = splitAtDoubleColon(Array(text.utf8))
    guard let halves, let head = groups(halves.head, tail: halves.tail == nil) else { return nil }
    var all = head
    if let tailText = halves.tail {
      guard let tail = groups(tailText, tail: true), head.count + tail.count <= 7 else { return nil }
      all += Array(repeating: 0, count: 8 - head.count - tail.count) + tail
    }
    guard all.count == 8 else { return nil }
    self.init(rawValue: all.reduce(0) { $0 << 16 | UInt128($1) })
  }

  /// `::ffff:a.b.c.d`, as a dual-stack socket shows an IPv4 peer.
  public var mappedIPv4: IPv4Address? {
    rawValue >> 32 == 0xffff ? IPv4Address(rawValue: UInt32(truncatingIfNeeded: rawValue)) : nil
  }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  /// Octet `index`, 0 being the most significant.
  @_noLocks public func octet(_ index: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: rawValue >> (120 &- 8 &* UInt128(index)))
  }
}

extension IPv6Address: CustomStringConvertible {
  /// RFC 5952 text: lower case, the longest run of zero groups (of two or more) as `::`.
  public var description: String {
    let groups = (0..<8).map { UInt16(truncatingIfNeeded: rawValue >> (112 - 16 * UInt128($0))) }
    var best = 0..<0
    var start: Int?
    for index in 0...8 {
      if index < 8, groups[index] == 0 {
        start = start ?? index
      } else if let from = start {
        if index - from > max(best.count, 1) { best = from..<index }
        start = nil
      }
    }
    let text = { (range: Range<Int>) in groups[range].map { String($0, radix: 16) }.joined(separator: ":") }
    return best.isEmpty ? text(0..<8) : text(0..<best.lowerBound) + "::" + text(best.upperBound..<8)
  }
}

private func splitAtDoubleColon(_ text: [UInt8]) -> (head: ArraySlice<UInt8>, tail: ArraySlice<UInt8>?)? {
  let colon = UInt8(ascii: ":")
  guard !text.isEmpty else { return nil }
  var found: Int?
  for index in text.indices.dropLast() where text[index] == colon && text[index + 1] == colon {
    guard found == nil else { return nil }
    found = index
  }
  guard let found else { return (text[...], nil) }
  return (text[..<found], text[(found + 2)...])
}

private func groups(_ text: ArraySlice<UInt8>, tail: Bool) -> [UInt16]? {
  if text.isEmpty { return [] }
  var result: [UInt16] = []
  let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
  for (index, part) in parts.enumerated() {
    if tail, index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
      guard let v4 = IPv4Address(String(decoding: part, as: UTF8.self)) else { return nil }
      result += [UInt16(v4.rawValue >> 16), UInt16(v4.rawValue & 0xffff)]
    } else {
      guard (1...4).contains(part.count), part.allSatisfy({ isHexDigit($0) }),
        let value = UInt16(String(decoding: part, as: UTF8.self), radix: 16)
      else { return nil }
      result.append(value)
    }
  }
  return result.count <= 8 ? result : nil
}

private func isHexDigit(_ byte: UInt8) -> Bool {
  (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)
}

/// An address of either family.
public enum IPAddress: Hashable, BitwiseCopyable, Sendable {
  case v4(IPv4Address)
  case v6(IPv6Address)

  public var isV6: Bool {
    switch self {
    case .v4: false
    case .v6: true
    }
  }

  public init?(_ text: some StringProtocol) {
    if let v4 = IPv4Address(text) {
      self = .v4(v4)
    } else if let v6 = IPv6Address(text) {
      self = .v6(v6)
    } else {
      return nil
    }
  }
}

extension IPAddress: CustomStringConvertible {
  public var description: String {
    switch self {
    case .v4(let address): address.description
    case .v6(let address): address.description
    }
  }
}
