// A domain name, shaped like the wire: length-prefixed labels that end in the root's zero.

/// A domain name of at most 255 octets. Its case is kept; equality, order and hash ignore it (RFC 4343).
public struct Name: Sendable {
  /// Uncompressed wire form, the final zero included.
  public let wire: [UInt8]

  public static let root = Name(unchecked: [0])

  private init(unchecked wire: [UInt8]) { self.wire = wire }

  /// A name from labels without their lengths; `nil` when a label is empty or over 63 octets, or the whole over 255.
  public init?(labels: some Sequence<some Collection<UInt8>>) {
    var wire: [UInt8] = []
    for label in labels {
      guard (1...Limits.labelOctets).contains(label.count) else { return nil }
      wire.append(UInt8(label.count))
      wire += label
    }
    wire.append(0)
    guard wire.count <= Limits.nameOctets else { return nil }
    self.wire = wire
  }

  /// A name from uncompressed wire octets, nothing after it; `nil` when they are not one.
  public init?(wire: some Collection<UInt8>) {
    let octets = Array(wire)
    guard (1...Limits.nameOctets).contains(octets.count) else { return nil }
    var index = 0
    while octets[index] != 0 {
      guard octets[index] <= Limits.labelOctets else { return nil }
      index += Int(octets[index]) + 1
      guard index < octets.count else { return nil }
    }
    guard index == octets.count - 1 else { return nil }
    self.wire = octets
  }

  /// What is wrong with a name in text.
  public enum TextError: Error, Equatable, CustomStringConvertible {
    case empty
    case emptyLabel
    case labelTooLong(Int)
    case nameTooLong(Int)
    case badEscape

    public var description: String {
      switch self {
      case .empty: "a name is empty (the root is \".\")"
      case .emptyLabel: "a label is empty"
      case .labelTooLong(let octets): "a label has \(octets) octets, at most \(Limits.labelOctets) are allowed"
      case .nameTooLong(let octets): "a name has \(octets) octets, at most \(Limits.nameOctets) are allowed"
      case .badEscape: "\\ must be followed by a character or by three decimal digits up to 255"
      }
    }
  }

  /// A name from presentation text (RFC 1035 5.1: `\.`, `\DDD`); a final dot changes nothing.
  public init(_ text: some StringProtocol) throws(TextError) {
    let bytes = Array(text.utf8)
    guard !bytes.isEmpty else { throw .empty }
    if bytes == [UInt8(ascii: ".")] {
      self = .root
      return
    }
    var wire: [UInt8] = [0]
    wire.reserveCapacity(bytes.count + 2)
    var index = 0
    // Where the length of the label at hand stands: 0 while it grows, and for the root, which ends every name.
    var start = 0
    func close() throws(TextError) {
      let count = wire.count - start - 1
      guard count > 0 else { throw .emptyLabel }
      guard count <= Limits.labelOctets else { throw .labelTooLong(count) }
      wire[start] = UInt8(count)
      start = wire.count
      wire.append(0)
    }
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\\"):
        guard let (octet, length) = unescape(bytes[(index + 1)...]) else { throw .badEscape }
        wire.append(octet)
        index += 1 + length
      case UInt8(ascii: "."):
        try close()
        index += 1
      default:
        wire.append(bytes[index])
        index += 1
      }
    }
    if wire.count > start + 1 { try close() }
    guard wire.count <= Limits.nameOctets else { throw .nameTooLong(wire.count) }
    self.wire = wire
  }

  /// The labels from the leftmost, without lengths and without the root.
  public var labels: [ArraySlice<UInt8>] {
    var result: [ArraySlice<UInt8>] = []
    var index = 0
    while wire[index] != 0 {
      let end = index + 1 + Int(wire[index])
      result.append(wire[(index + 1)..<end])
      index = end
    }
    return result
  }

  public var labelCount: Int {
    var count = 0
    var index = 0
    while wire[index] != 0 {
      index += Int(wire[index]) + 1
      count += 1
    }
    return count
  }

  public var isRoot: Bool { wire.count == 1 }

  /// The name without its leftmost label; `nil` for the root.
  public var parent: Name? { isRoot ? nil : Name(unchecked: Array(wire[(Int(wire[0]) + 1)...])) }

  /// True for `ancestor` itself and for every name below it.
  public func isEqualToOrBelow(_ ancestor: Name) -> Bool {
    let start = wire.count - ancestor.wire.count
    guard start >= 0 else { return false }
    var index = 0
    while index < start { index += Int(wire[index]) + 1 }
    return index == start && zip(wire[start...], ancestor.wire).allSatisfy { fold($0) == fold($1) }
  }

  public var isWildcard: Bool { wire.count >= 2 && wire[0] == 1 && wire[1] == UInt8(ascii: "*") }

  /// `prefix` in front of this name; `nil` when the whole has over 255 octets.
  public func prepending(_ prefix: Name) -> Name? {
    let whole = prefix.wire.dropLast() + wire
    return whole.count <= Limits.nameOctets ? Name(unchecked: Array(whole)) : nil
  }

  public var lowercased: Name { Name(unchecked: wire.map(fold)) }
}

extension Name: Hashable, Comparable {
  public static func == (left: Self, right: Self) -> Bool {
    left.wire.count == right.wire.count && zip(left.wire, right.wire).allSatisfy { fold($0) == fold($1) }
  }

  public func hash(into hasher: inout Hasher) {
    let octets = OctetStore(wire)
    var offset = 0
    while offset < wire.count {
      let count = min(8, wire.count - offset)
      hasher.combine(fold(word(octets, littleEndianAt: offset, count: count)))
      offset += count
    }
  }

  /// Canonical order (RFC 4034 6.1): by labels from the right.
  public static func < (left: Self, right: Self) -> Bool {
    let pairs = zip(left.labels.reversed(), right.labels.reversed())
    for (one, other) in pairs where !one.elementsEqual(other, by: { fold($0) == fold($1) }) {
      return one.lexicographicallyPrecedes(other) { fold($0) < fold($1) }
    }
    return left.labelCount < right.labelCount
  }
}

extension Name: CustomStringConvertible {
  /// Presentation text with its final dot.
  public var description: String {
    if isRoot { return "." }
    var text = ""
    for label in labels {
      for octet in label { text += escape(octet) }
      text += "."
    }
    return text
  }
}

/// ASCII lower case, one octet (RFC 4343). Label lengths are below 64 and so never touched.
@_noLocks
public func fold(_ octet: UInt8) -> UInt8 {
  octet &- UInt8(ascii: "A") < 26 ? octet | 0x20 : octet
}

private func unescape(_ rest: ArraySlice<UInt8>) -> (octet: UInt8, length: Int)? {
  guard let first = rest.first else { return nil }
  guard (48...57).contains(first) else { return (first, 1) }
  let digits = rest.prefix(3)
  guard digits.count == 3, digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
  return UInt8(exactly: digits.reduce(0) { $0 * 10 + Int($1 - 48) }).map { ($0, 3) }
}

private func escape(_ octet: UInt8) -> String {
  switch octet {
  case UInt8(ascii: "."), UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: ";"), UInt8(ascii: "("),
    UInt8(ascii: ")"), UInt8(ascii: "@"), UInt8(ascii: "$"):
    return "\\" + String(UnicodeScalar(octet))
  case 0x21...0x7e:
    return String(UnicodeScalar(octet))
  default:
    let digits = String(octet)
    return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
  }
}
