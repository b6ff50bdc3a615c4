// RDATA octets into text as dig prints them, every length checked: the octets may come from anywhere.
import DNSWire

extension RecordLayout {
  /// `nil` when the octets are not RDATA of this layout.
  func presentation(_ data: [UInt8]) -> String? {
    var printer = FieldPrinter(rest: data[...])
    var texts: [String] = []
    for (index, field) in fields.enumerated() where index < minimum || !printer.rest.isEmpty {
      guard let text = printer.print(field) else { return nil }
      texts.append(text)
    }
    if let repeated {
      if fields.isEmpty, minimum > 0, data.isEmpty { return nil }
      while !printer.rest.isEmpty {
        guard let text = printer.print(repeated) else { return nil }
        texts.append(text)
      }
    }
    return printer.rest.isEmpty ? texts.joined(separator: " ") : nil
  }
}

func hexText(_ octets: some Sequence<UInt8>, uppercase: Bool = true) -> String {
  octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: uppercase) }.joined()
}

/// dig puts a blank behind each 56 characters of a long field.
func split(_ text: String) -> String {
  let octets = Array(text.utf8)
  let parts = stride(from: 0, to: octets.count, by: 56).map { octets[$0..<min($0 + 56, octets.count)] }
  return parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
}

private struct FieldPrinter {
  var rest: ArraySlice<UInt8>

  private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
    guard rest.count >= count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  private mutating func takeRest() -> ArraySlice<UInt8> {
    defer { rest = [] }
    return rest
  }

  private mutating func takeNumber(_ octets: Int) -> Int? { take(octets)?.reduce(0) { $0 << 8 | Int($1) } }

  private mutating func takeCounted() -> ArraySlice<UInt8>? { takeNumber(1).flatMap { take($0) } }

  private mutating func takeName() -> Name? {
    var length = 0
    while let label = rest.dropFirst(length).first {
      length += 1 + Int(label)
      if label == 0 { return take(length).flatMap { Name(wire: $0) } }
    }
    return nil
  }

  mutating func print(_ field: DataField) -> String? {
    switch field {
    case .name: takeName()?.description
    case .int8, .algorithm, .certificateUsage, .selector, .matchingType: takeNumber(1).map { String($0) }
    case .int16: takeNumber(2).map { String($0) }
    case .int32, .period: takeNumber(4).map { String($0) }
    case .certificateType: takeNumber(2).flatMap { $0 == 0 ? nil : Mnemonics.certificateTypes.text($0) }
    case .certificateAlgorithm: takeNumber(1).map(Mnemonics.algorithms.text)
    case .ipv4: take(4).map { IPv4Address(octets: $0).description }
    case .ipv6: take(16).map { IPv6Address(octets: $0).description }
    case .string: takeCounted().map(quoted)
    case .longString: quoted(takeRest())
    case .base64: rest.isEmpty ? nil : split(Base64.text(takeRest()))
    case .hex: rest.isEmpty ? nil : split(hexText(takeRest()))
    case .type: takeNumber(2).map { RecordType(rawValue: UInt16($0)).description }
    case .typeBitmap: TypeBitmap.presentation(takeRest())
    case .time: takeNumber(4).map { SignatureTime.presentation(UInt32($0)) }
    case .salt: takeCounted().map { $0.isEmpty ? "-" : hexText($0) }
    case .hashedOwner: takeCounted().flatMap { $0.isEmpty ? nil : Base64.text32($0) }
    case .locator64: take(8).map { groups(Array($0)) }
    case .eui48: take(6).map { $0.map { hexText([$0], uppercase: false) }.joined(separator: "-") }
    case .eui64: take(8).map { $0.map { hexText([$0], uppercase: false) }.joined(separator: "-") }
    case .tag: tag()
    case .addressPrefix: addressPrefix()
    case .location: take(16).flatMap(Location.presentation)
    case .services: Services.presentation(takeRest())
    case .nsap: rest.isEmpty ? nil : "0x" + hexText(takeRest(), uppercase: false)
    case .atma: atma()
    case .ipsecKey: ipsecKey()
    case .hostIdentity: hostIdentity()
    case .serviceParameters: ServiceParameters.presentation(takeRest())
    }
  }

  private func quoted(_ octets: ArraySlice<UInt8>) -> String {
    "\"" + octets.map(escapedInQuotes).joined() + "\""
  }

  private func groups(_ octets: [UInt8]) -> String {
    let groups = stride(from: 0, to: octets.count, by: 2).map { Int(octets[$0]) << 8 | Int(octets[$0 + 1]) }
    return groups.map { String($0, radix: 16) }.joined(separator: ":")
  }

  private mutating func tag() -> String? {
    guard let octets = takeCounted(), !octets.isEmpty,
      octets.allSatisfy({ Ascii.isLetter($0) || Ascii.isDigit($0) })
    else { return nil }
    return String(decoding: octets, as: UTF8.self)
  }

  /// RFC 3123 4: trailing zeros of the address are left out.
  private mutating func addressPrefix() -> String? {
    guard let family = takeNumber(2), let length = takeNumber(1), let head = takeNumber(1),
      let octets = take(head & 0x7f), octets.last != 0
    else { return nil }
    let size = family == 1 ? 4 : 16
    guard family == 1 || family == 2, octets.count <= size, length <= size * 8 else { return nil }
    let whole = octets + Array(repeating: 0, count: size - octets.count)
    let address = family == 1 ? IPv4Address(octets: whole).description : IPv6Address(octets: whole).description
    return "\(head & 0x80 != 0 ? "!" : "")\(family):\(address)/\(length)"
  }

  /// A format octet: 0 an address in hexadecimal, 1 the digits of a telephone number.
  private mutating func atma() -> String? {
    guard let format = takeNumber(1), !rest.isEmpty else { return nil }
    let octets = takeRest()
    switch format {
    case 0: return hexText(octets, uppercase: false)
    case 1 where octets.allSatisfy(Ascii.isDigit): return "+" + String(decoding: octets, as: UTF8.self)
    default: return nil
    }
  }

  private mutating func ipsecKey() -> String? {
    guard let precedence = takeNumber(1), let kind = takeNumber(1), let algorithm = takeNumber(1) else { return nil }
    let gateway: String?
    switch kind {
    case 0: gateway = "."
    case 1: gateway = print(.ipv4)
    case 2: gateway = print(.ipv6)
    case 3: gateway = print(.name)
    default: gateway = nil
    }
    guard let gateway, let key = print(.base64) else { return nil }
    return "\(precedence) \(kind) \(algorithm) \(gateway) \(key)"
  }

  /// The names behind it are fields of their own.
  private mutating func hostIdentity() -> String? {
    guard let tagLength = takeNumber(1), tagLength > 0, let algorithm = takeNumber(1), algorithm > 0,
      let keyLength = takeNumber(2), keyLength > 0, let tag = take(tagLength), let key = take(keyLength)
    else { return nil }
    return "\(algorithm) \(hexText(tag)) \(Base64.text(key))"
  }
}
