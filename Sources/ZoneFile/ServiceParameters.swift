// SvcParams of SVCB and HTTPS (RFC 9460 2.1), both ways.
// ldns 1.8.3 follows a draft, merges what must not be repeated, and writes past its buffer on a long ipv6hint.
import DNSWire

struct ServiceParameters {
  private var values: [(key: UInt16, value: [UInt8])] = []

  private enum Key {
    static let mandatory: UInt16 = 0
    static let alpn: UInt16 = 1
    static let noDefaultALPN: UInt16 = 2
    static let port: UInt16 = 3
    static let ipv4hint: UInt16 = 4
    static let ech: UInt16 = 5
    static let ipv6hint: UInt16 = 6
    static let dohpath: UInt16 = 7
    static let ohttp: UInt16 = 8
    /// Reserved (RFC 9460 14.3.2).
    static let invalid: UInt16 = 65_535
  }

  /// What the two octets of a value's length can say (RFC 9460 2.2).
  private static let valueOctets = 65_535

  private static let names = [
    "mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint", "dohpath", "ohttp",
  ]

  // MARK: From text

  static func read(_ reader: inout RecordDataReader) throws(Fault) -> [UInt8] {
    var parameters = ServiceParameters()
    var given: Set<UInt16> = []
    let start = reader.next?.offset ?? reader.end
    while !reader.isAtEnd {
      let token = try reader.word("a parameter such as alpn=h2")
      let name = token.raw.prefix { $0 != Ascii.equals }
      guard let key = key(String(decoding: name, as: UTF8.self)) else {
        throw token.fault(expected: "a parameter such as alpn=h2 or key65280=text")
      }
      guard given.insert(key).inserted else { throw token.fault("\(text(of: key)) is given twice") }
      let value = try value(of: token, from: name.endIndex, key: key, isGeneric: name.starts(with: "key".utf8))
      // What a short text says may be long: `::` is 16 octets.
      guard value.count <= valueOctets else {
        throw token.fault(
          "the value of \(text(of: key)) has \(value.count) octets, at most \(valueOctets) are allowed")
      }
      parameters.values.append((key, value))
    }
    parameters.values.sort { $0.key < $1.key }
    if let problem = parameters.problem { throw Fault(at: start, problem) }
    return parameters.values.flatMap { key, value in octets(key) + octets(UInt16(value.count)) + value }
  }

  private static func octets(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xff)] }

  private static func key(_ name: String) -> UInt16? {
    if let index = names.firstIndex(of: name) { return UInt16(index) }
    // keyNNNNN without leading zeros (RFC 9460 2.1).
    guard name.hasPrefix("key"), let number = UInt16(name.dropFirst(3)), "key\(number)" == name, number != Key.invalid
    else { return nil }
    return number
  }

  private static func text(of key: UInt16) -> String { key < names.count ? names[Int(key)] : "key\(key)" }

  private static func value(
    of token: Token, from equals: Int, key: UInt16, isGeneric: Bool
  ) throws(Fault) -> [UInt8] {
    var raw = token.raw[equals...].dropFirst()
    if raw.first == Ascii.quote { raw = raw.dropFirst().dropLast() }
    let octets = try Token(raw: raw, isQuoted: true, offset: token.offset).unescaped()
    if isGeneric { return octets }
    let items = String(decoding: octets, as: UTF8.self).split(separator: ",", omittingEmptySubsequences: false)
    switch key {
    case Key.mandatory:
      let keys = items.compactMap { Self.key(String($0)) }
      guard keys.count == items.count else { throw token.fault(expected: "keys such as mandatory=alpn,port") }
      return keys.sorted().flatMap(Self.octets)
    case Key.alpn:
      guard let value = protocols(octets) else { throw token.fault(expected: "protocols such as alpn=h3,h2") }
      return value
    case Key.port:
      guard octets.allSatisfy(Ascii.isDigit), let port = UInt16(String(decoding: octets, as: UTF8.self)) else {
        throw token.fault(expected: "a port such as port=8443")
      }
      return Self.octets(port)
    case Key.ipv4hint:
      let addresses = items.compactMap { IPv4Address($0) }
      guard addresses.count == items.count else {
        throw token.fault(expected: "IPv4 addresses such as ipv4hint=192.0.2.1,192.0.2.2")
      }
      return addresses.flatMap { address in (0..<4).map(address.octet) }
    case Key.ipv6hint:
      let addresses = items.compactMap { IPv6Address($0) }
      guard addresses.count == items.count else {
        throw token.fault(expected: "IPv6 addresses such as ipv6hint=2001:db8::1")
      }
      return addresses.flatMap { address in (0..<16).map(address.octet) }
    case Key.ech:
      guard Base64.isWhole(octets), let value = Ldns.octets(.base64, String(decoding: octets, as: UTF8.self)) else {
        throw token.fault(expected: "base64 such as ech=AEn+DQ==")
      }
      return value
    default:
      return octets
    }
  }

  /// RFC 9460 A.1: items parted by commas; a comma or \ within one has a \ in front.
  private static func protocols(_ list: [UInt8]) -> [UInt8]? {
    var items: [[UInt8]] = [[]]
    var index = 0
    while index < list.count {
      if list[index] == Ascii.comma {
        items.append([])
      } else {
        if list[index] == Ascii.backslash { index += 1 }
        guard index < list.count else { return nil }
        items[items.count - 1].append(list[index])
      }
      index += 1
    }
    guard items.allSatisfy({ (1...RecordDataReader.stringOctets).contains($0.count) }) else { return nil }
    return items.flatMap { [UInt8($0.count)] + $0 }
  }

  // MARK: Rules

  /// What RFC 9460 2.2, 7 and 8 forbid; the keys are in order already.
  private var problem: String? {
    let keys = Set(values.map(\.key))
    for (key, value) in values {
      switch key {
      case Key.mandatory:
        let named = Self.numbers(value)
        guard let named, !named.isEmpty, zip(named, named.dropFirst()).allSatisfy(<) else {
          return "mandatory names each key once"
        }
        if named.contains(Key.mandatory) { return "mandatory does not name itself" }
        if let missing = named.first(where: { !keys.contains($0) }) {
          return "mandatory names \(Self.text(of: missing)), which is not given"
        }
      case Key.alpn:
        if Self.protocolItems(value) == nil { return "alpn needs protocols, none of them empty" }
      case Key.noDefaultALPN:
        if !value.isEmpty { return "no-default-alpn takes no value" }
        if !keys.contains(Key.alpn) { return "no-default-alpn needs alpn" }
      case Key.port:
        if value.count != 2 { return "port needs one number" }
      case Key.ipv4hint:
        if value.isEmpty || !value.count.isMultiple(of: 4) { return "ipv4hint needs addresses" }
      case Key.ipv6hint:
        if value.isEmpty || !value.count.isMultiple(of: 16) { return "ipv6hint needs addresses" }
      case Key.ech:
        if value.isEmpty { return "ech needs a value" }
      case Key.ohttp:
        if !value.isEmpty { return "ohttp takes no value" }
      default: break
      }
    }
    return nil
  }

  private static func numbers(_ value: [UInt8]) -> [UInt16]? {
    guard value.count.isMultiple(of: 2) else { return nil }
    return stride(from: 0, to: value.count, by: 2).map { UInt16(value[$0]) << 8 | UInt16(value[$0 + 1]) }
  }

  /// The protocols of alpn; `nil` when there is none, or an empty one, or one that is cut off.
  private static func protocolItems(_ value: [UInt8]) -> [ArraySlice<UInt8>]? {
    var items: [ArraySlice<UInt8>] = []
    var index = 0
    while index < value.count {
      let end = index + 1 + Int(value[index])
      guard value[index] > 0, end <= value.count else { return nil }
      items.append(value[(index + 1)..<end])
      index = end
    }
    return items.isEmpty ? nil : items
  }

  // MARK: To text

  /// As dig prints them; `nil` when the octets break a rule.
  static func presentation(_ data: ArraySlice<UInt8>) -> String? {
    var parameters = ServiceParameters()
    var rest = data
    while !rest.isEmpty {
      let head = rest.prefix(4).map(Int.init)
      guard head.count == 4 else { return nil }
      let key = UInt16(head[0] << 8 | head[1])
      let value = rest.dropFirst(4).prefix(head[2] << 8 | head[3])
      // RFC 9460 2.2: strictly increasing keys.
      guard value.count == head[2] << 8 | head[3], key != Key.invalid,
        parameters.values.last.map({ $0.key < key }) ?? true
      else { return nil }
      parameters.values.append((key, Array(value)))
      rest = rest.dropFirst(4 + value.count)
    }
    guard parameters.problem == nil else { return nil }
    return parameters.values.map(presentation).joined(separator: " ")
  }

  private static func presentation(_ key: UInt16, _ value: [UInt8]) -> String {
    let name = text(of: key)
    switch key {
    case Key.noDefaultALPN, Key.ohttp: return name
    case Key.mandatory: return "\(name)=" + (numbers(value) ?? []).map(text).joined(separator: ",")
    case Key.port: return "\(name)=\(UInt16(value[0]) << 8 | UInt16(value[1]))"
    case Key.alpn:
      let items = (protocolItems(value) ?? []).map { item in
        item.flatMap { $0 == Ascii.comma || $0 == Ascii.backslash ? [Ascii.backslash, $0] : [$0] }
      }
      return "\(name)=\"\(items.joined(separator: [Ascii.comma]).map(escapedInQuotes).joined())\""
    case Key.ipv4hint:
      return "\(name)=" + blocks(value, of: 4).map { IPv4Address(octets: $0).description }.joined(separator: ",")
    case Key.ipv6hint:
      return "\(name)=" + blocks(value, of: 16).map { IPv6Address(octets: $0).description }.joined(separator: ",")
    case Key.ech: return "\(name)=\(Base64.text(value))"
    default: return value.isEmpty ? name : "\(name)=\"\(value.map(escapedInQuotes).joined())\""
    }
  }

  private static func blocks(_ value: [UInt8], of size: Int) -> [ArraySlice<UInt8>] {
    stride(from: 0, to: value.count, by: size).map { value[$0..<($0 + size)] }
  }
}

extension IPv4Address {
  init(octets: some Sequence<UInt8>) { self.init(rawValue: octets.reduce(0) { $0 << 8 | UInt32($1) }) }
}

extension IPv6Address {
  init(octets: some Sequence<UInt8>) { self.init(rawValue: octets.reduce(0) { $0 << 8 | UInt128($1) }) }
}
