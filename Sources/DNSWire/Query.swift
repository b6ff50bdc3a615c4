// Reading a query: what is asked, how long an answer may be, and what is wrong with it.

/// What a message header, its question and its OPT record say.
public struct Query: BitwiseCopyable, Sendable {
  public var id: UInt16 = 0
  /// The second 16 bits of the header as they came.
  public var flags: UInt16 = 0
  public var type = RecordType.a
  public var recordClass = RecordClass.in
  /// Offset after the question; 12 when there was none that could be read.
  public var questionEnd = Limits.headerOctets
  public var hasEDNS = false
  /// Payload size that the client advertises, 512 at least (RFC 6891 6.2.5).
  public var payloadSize = UInt16(512)
  public var ednsVersion: UInt8 = 0
  public var dnssecOK = false
  /// Offset and size of the data of a Client Subnet option, 0 and 0 without one (RFC 7871 6).
  public var clientSubnetOffset = 0
  public var clientSubnetSize = 0

  @_noLocks public init() {}

  public var recursionDesired: Bool { @_noLocks get { flags & 0x0100 != 0 } }
  public var checkingDisabled: Bool { @_noLocks get { flags & 0x0010 != 0 } }
  public var opcode: UInt8 { @_noLocks get { UInt8(truncatingIfNeeded: flags >> 11) & 0x0f } }

  /// What to do with a message, before anybody looks at the name.
  public enum Judgement: BitwiseCopyable, Sendable {
    case query
    /// Too short for a header, or an answer: nothing is sent, or two servers would talk for ever.
    case drop
    case formErr
    case notImp
    case badVers
  }

  /// Reads `packet` into `self` and the question's name into `name`.
  @_noLocks
  public mutating func read(_ packet: Span<UInt8>, name: inout FoldedName) -> Judgement {
    self = Query()
    guard packet.count >= Limits.headerOctets else { return .drop }
    id = word(packet, 0)
    flags = word(packet, 2)
    guard flags & 0x8000 == 0 else { return .drop }
    // The opcode is judged first: a bare header is a fair question about an opcode (RFC 8906 8.1.4).
    guard opcode == 0 else { return .notImp }
    guard word(packet, 4) == 1 else { return .formErr }  // RFC 9619
    guard let end = name.read(packet, at: Limits.headerOctets), end + 4 <= packet.count else { return .formErr }
    type = RecordType(rawValue: word(packet, end))
    recordClass = RecordClass(rawValue: word(packet, end + 2))
    questionEnd = end + 4
    var position = questionEnd
    let before = Int(word(packet, 6)) + Int(word(packet, 8))
    let additional = Int(word(packet, 10))
    var index = 0
    while index < before + additional {
      guard let data = skipToData(packet, position) else { return .formErr }
      let size = Int(word(packet, data - 2))
      guard data + size <= packet.count else { return .formErr }
      if word(packet, data - 10) == RecordType.opt.rawValue {
        // One OPT, in the additional section, owned by the root (RFC 6891 6.1.1).
        guard !hasEDNS, index >= before, data == position + 11 else { return .formErr }
        readOPT(packet, at: position)
        // What options mean is a matter of the version: of another one they are not read (RFC 6891 6.1.3).
        if ednsVersion == 0, !readOptions(packet, data, data + size) { return .formErr }
      }
      position = data + size
      index += 1
    }
    guard position == packet.count else { return .formErr }
    return ednsVersion == 0 ? .query : .badVers
  }

  @_noLocks
  private mutating func readOPT(_ packet: Span<UInt8>, at position: Int) {
    hasEDNS = true
    payloadSize = max(512, word(packet, position + 3))
    ednsVersion = packet[position + 6]
    dnssecOK = packet[position + 7] & 0x80 != 0
  }

  @_noLocks
  private mutating func readOptions(_ packet: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    var position = start
    while position < end {
      guard position + 4 <= end else { return false }
      let size = Int(word(packet, position + 2))
      guard position + 4 + size <= end else { return false }
      if word(packet, position) == OptionCode.clientSubnet {
        clientSubnetOffset = position + 4
        clientSubnetSize = size
      }
      position += 4 + size
    }
    return true
  }

  /// The address of a Client Subnet option when it is given in full length (world.md 2.5).
  @_noLocks
  public func clientSubnetAddress(_ packet: Span<UInt8>) -> IPAddress? {
    guard clientSubnetSize >= 4 else { return nil }
    let offset = clientSubnetOffset
    switch (word(packet, offset), packet[offset + 2], clientSubnetSize) {
    case (1, 32, 8):
      return .v4(IPv4Address(rawValue: UInt32(word(packet, offset + 4)) << 16 | UInt32(word(packet, offset + 6))))
    case (2, 128, 20):
      var value: UInt128 = 0
      for index in 0..<16 { value = value << 8 | UInt128(packet[offset + 4 + index]) }
      return .v6(IPv6Address(rawValue: value))
    default:
      return nil
    }
  }
}

/// EDNS option codes (IANA).
public enum OptionCode {
  public static var clientSubnet: UInt16 { @_noLocks get { 8 } }
  /// Family and the two prefix lengths (RFC 7871 6).
  public static var clientSubnetLeastOctets: Int { @_noLocks get { 4 } }
  /// The same and a whole IPv6 address.
  public static var clientSubnetMostOctets: Int { @_noLocks get { 20 } }
  public static var extendedError: UInt16 { @_noLocks get { 15 } }
}

/// Two octets at `offset` in network order.
@_noLocks
func word(_ packet: Span<UInt8>, _ offset: Int) -> UInt16 {
  UInt16(packet[offset]) << 8 | UInt16(packet[offset + 1])
}

/// The offset of a record's RDATA, the record starting at `start`; `nil` when it is cut off.
@_noLocks
private func skipToData(_ packet: Span<UInt8>, _ start: Int) -> Int? {
  var position = start
  while position < packet.count {
    let size = packet[position]
    if size == 0 {
      position += 1
    } else if size & 0xc0 == 0xc0 {
      position += 2
    } else if size & 0xc0 == 0 {
      position += Int(size) + 1
      continue
    } else {
      return nil
    }
    return position + 10 <= packet.count ? position + 10 : nil
  }
  return nil
}
