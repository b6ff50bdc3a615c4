// Words into RDATA. Every field is checked here for form and range before ldns turns it into octets: ldns takes 300
// for an 8-bit number, half a hex octet and the name @ for what they are not.
import DNSWire

struct RecordDataReader {
  let type: RecordType
  /// `nil` for a value by itself, whose names are whole.
  let origin: Name?
  private(set) var tokens: ArraySlice<Token>
  /// Where the entry ends: the place of something missing.
  let end: Int

  init(type: RecordType, origin: Name?, tokens: some Sequence<Token>, end: Int) {
    self.type = type
    self.origin = origin
    self.tokens = Array(tokens)[...]
    self.end = end
  }

  /// RDATA is at most what its two-octet length can say (RFC 1035 3.2.1).
  private static let dataOctets = 65_535

  /// Reads all that is left of the entry.
  mutating func read() throws(Fault) -> [UInt8] {
    let start = tokens.first?.offset ?? end
    let last = tokens.last?.offset ?? end
    let data: [UInt8]
    if let first = tokens.first, !first.isQuoted, first.raw.elementsEqual("\\#".utf8) {
      data = try readUnknown()
    } else if let layout = RecordLayout.of(type) {
      data = try read(layout)
    } else {
      throw Fault(at: start, "records of type \(type) are written as \\# length hexadecimal (RFC 3597 5)")
    }
    guard data.count <= Self.dataOctets else {
      throw Fault(at: start, "the data has \(data.count) octets, at most \(Self.dataOctets) are allowed")
    }
    if type == .soa, data.suffix(4).reduce(0, { $0 << 8 | UInt32($1) }) > TimeToLive.largest {
      // The other timers are plain 32-bit numbers, MINIMUM is a TTL (RFC 2308 4).
      throw Fault(at: last, "MINIMUM is a TTL: a TTL is at most \(TimeToLive.largest) seconds (RFC 2181 8)")
    }
    return data
  }

  private mutating func read(_ layout: RecordLayout) throws(Fault) -> [UInt8] {
    var data: [UInt8] = []
    for (index, field) in layout.fields.enumerated() where index < layout.minimum || !tokens.isEmpty {
      data += try read(field)
    }
    if let repeated = layout.repeated {
      var isMissing = layout.fields.isEmpty && layout.minimum > 0
      while isMissing || !tokens.isEmpty {
        data += try read(repeated)
        isMissing = false
      }
    }
    if let extra = tokens.first { throw extra.fault("nothing may follow the data of \(type), found \(extra.shown)") }
    return data
  }

  /// RFC 3597 5: \# length hexadecimal, for known types too.
  private mutating func readUnknown() throws(Fault) -> [UInt8] {
    let mark = tokens.removeFirst()
    let length = try number("the number of octets", through: UInt32(Self.dataOctets))
    let data = tokens.isEmpty ? [] : try read(.hex)
    guard data.count == length else {
      throw mark.fault("\\# says \(length) octets, but \(data.count) follow")
    }
    if let layout = RecordLayout.of(type), layout.presentation(data) == nil {
      throw mark.fault("these octets are not the data of a record of type \(type)")
    }
    return data
  }

  private mutating func read(_ field: DataField) throws(Fault) -> [UInt8] {
    let start = tokens.first?.offset ?? end
    let text: String
    switch field {
    // ldns takes a name whose first label is @ for the origin, so names are ours.
    case .name: return try word("a domain name").name(origin: origin).wire
    case .typeBitmap: return try TypeBitmap.read(&self)
    case .services: return try Services.read(&self)
    case .serviceParameters: return try ServiceParameters.read(&self)
    case .int8: text = String(try number("a number", through: 255))
    case .int16: text = String(try number("a number", through: 65_535))
    case .int32: text = String(try number("a number", through: .max))
    case .period: text = String(try TimeToLive.readPeriod(try word("a time in seconds")))
    case .ipv4: text = try ipv4().description
    case .ipv6: text = try ipv6().description
    case .string: text = try string()
    case .longString: text = try longString()
    case .base64: text = try base64()
    case .hex: text = try joinedHex()
    case .type: text = "TYPE\(try typeWord().rawValue)"
    case .algorithm, .certificateAlgorithm: text = try mnemonic(.algorithms, through: 255)
    case .certificateUsage, .selector, .matchingType: text = try mnemonic(nil, through: 255)
    case .certificateType: text = try mnemonic(.certificateTypes, through: 65_535)
    case .time: text = try SignatureTime.read(try word(SignatureTime.expected))
    case .salt: text = try salt()
    case .hashedOwner: text = try base32()
    case .locator64: text = try groups(4, of: 1...4, by: ":", "four groups such as 2001:db8:0:1")
    case .eui48: text = try groups(6, of: 2...2, by: "-", "six octets such as 00-00-5e-00-53-2a")
    case .eui64: text = try groups(8, of: 2...2, by: "-", "eight octets such as 00-00-5e-ef-10-00-00-2a")
    case .tag: text = try tag()
    case .addressPrefix: text = try addressPrefix()
    case .location: text = try Location.read(&self)
    case .nsap: text = try nsap()
    case .atma: text = try atma()
    case .ipsecKey: text = try ipsecKey()
    case .hostIdentity: text = try hostIdentity()
    }
    return try Self.encode(field, text, at: start)
  }

  /// Checked text into octets.
  private static func encode(_ field: DataField, _ text: String, at offset: Int) throws(Fault) -> [UInt8] {
    guard let octets = Ldns.octets(field, text) else {
      throw Fault(at: offset, "this is not understood: \(text.prefix(Token.shownCharacters))")
    }
    return octets
  }

  // MARK: Words

  static let expectedIPv4 = "an IPv4 address such as 192.0.2.1"
  static let expectedIPv6 = "an IPv6 address such as 2001:db8::1"

  var isAtEnd: Bool { tokens.isEmpty }

  var next: Token? { tokens.first }

  mutating func take(_ expected: String) throws(Fault) -> Token {
    guard let token = tokens.popFirst() else {
      throw Fault(at: end, "expected \(expected), but the \(type) record ends here")
    }
    return token
  }

  mutating func word(_ expected: String) throws(Fault) -> Token {
    let token = try take(expected)
    if token.isQuoted { throw token.fault(expected: "\(expected) without quotes") }
    return token
  }

  /// A decimal number, digits only.
  mutating func number(_ expected: String, through largest: UInt32) throws(Fault) -> UInt32 {
    let expected = "\(expected) from 0 to \(largest)"
    let token = try word(expected)
    guard token.raw.allSatisfy(Ascii.isDigit), let number = UInt32(token.text), number <= largest else {
      throw token.fault(expected: expected)
    }
    return number
  }
}
