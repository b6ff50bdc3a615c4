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
  /// Octets of the data of a Client Subnet option, 0 without one (RFC 7871 6).
  public var clientSubnetSize = 0
  /// Its first 24 octets, the first one lowest: they are gone from the message when the answer is written.
  private var clientSubnet: (UInt64, UInt64, UInt64) = (0, 0, 0)
  /// Octets of the data of the first COOKIE option, 0 without one (RFC 7873 4).
  public private(set) var cookieSize: UInt8 = 0
  /// An NSID option asks who we are (RFC 5001 2.3).
  public var asksIdentity = false
  /// An edns-tcp-keepalive option asks how long we wait; its data, which a question has none of (RFC 7828 3.2).
  public private(set) var asksKeepalive = false
  public private(set) var keepaliveHasData = false
  /// The cookies as they stand in the option, the first octet lowest.
  public private(set) var clientCookie: UInt64 = 0
  private(set) var serverCookie: (UInt64, UInt64) = (0, 0)

  @_noLocks public init() {}

  public var recursionDesired: Bool { @_noLocks get { flags & 0x0100 != 0 } }
  /// The client understands AD in an answer (RFC 6840 5.7).
  public var wantsAuthenticity: Bool { @_noLocks get { dnssecOK || flags & 0x0020 != 0 } }
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
    /// No question, but a COOKIE option: it asks for a cookie, or whether its own is still good (RFC 7873 5.4).
    case cookieOnly
  }

  /// Reads the first `count` octets of `message` into `self` and the question's name into `name`.
  @_noLocks
  public mutating func read(
    _ message: borrowing MutableSpan<UInt8>, count: Int, name: inout FoldedName
  ) -> Judgement {
    self = Query()
    guard count >= Limits.headerOctets else { return .drop }
    // Id, flags, and the four counts.
    let head = word(message, littleEndianAt: 0).byteSwapped
    let counts = word(message, littleEndianAt: 4).byteSwapped
    id = UInt16(truncatingIfNeeded: head &>> 48)
    flags = UInt16(truncatingIfNeeded: head &>> 32)
    guard flags & 0x8000 == 0 else { return .drop }
    guard opcode == 0, counts &>> 48 == 1 else { return readWithoutQuestion(message, count, counts) }
    guard let end = name.read(message, count: count, at: Limits.headerOctets), end &+ 4 <= count else {
      return .formErr
    }
    type = RecordType(rawValue: word(message, end))
    recordClass = RecordClass(rawValue: word(message, end &+ 2))
    questionEnd = end &+ 4
    return readRecords(message, count, at: questionEnd, counts)
  }

  /// A message of another opcode, or one that has not just one question (RFC 9619): its OPT record is looked for, since
  /// who sends one gets one (RFC 6891 6.1.1), and nothing else of it comes back.
  @_noLocks
  @inline(never)
  private mutating func readWithoutQuestion(
    _ message: borrowing MutableSpan<UInt8>, _ count: Int, _ counts: UInt64
  ) -> Judgement {
    switch readRecords(message, count, behindQuestionsOf: counts) {
    // Whatever the opcode (RFC 6891 6.1.3).
    case .badVers: return .badVers
    // A bare header is a fair question about an opcode (RFC 8906 8.1.4).
    case _ where opcode != 0: return .notImp
    case .query: return cookieSize > 0 && counts &>> 48 == 0 ? .cookieOnly : .formErr
    default: return .formErr
    }
  }

  @_noLocks
  private mutating func readRecords(
    _ message: borrowing MutableSpan<UInt8>, _ count: Int, behindQuestionsOf counts: UInt64
  ) -> Judgement {
    var position = Limits.headerOctets
    var left = counts &>> 48
    while left > 0 {
      guard let end = skipName(message, count, position), end &+ 4 <= count else { return .formErr }
      position = end &+ 4
      left &-= 1
    }
    return readRecords(message, count, at: position, counts)
  }

  /// What stands behind the question; octets behind the last record are nobody's business, as with BIND and NSD.
  @_noLocks
  private mutating func readRecords(
    _ message: borrowing MutableSpan<UInt8>, _ count: Int, at start: Int, _ counts: UInt64
  ) -> Judgement {
    let before = Int(counts &>> 32 & 0xffff) &+ Int(counts &>> 16 & 0xffff)
    let additional = Int(counts & 0xffff)
    var position = start
    var index = 0
    while index < before &+ additional {
      guard let data = skipToData(message, count, position) else { return .formErr }
      let size = Int(word(message, data &- 2))
      guard data &+ size <= count else { return .formErr }
      if word(message, data &- 10) == RecordType.opt.rawValue {
        // One OPT, in the additional section, owned by the root (RFC 6891 6.1.1).
        guard !hasEDNS, index >= before, data == position &+ 11 else { return .formErr }
        readOPT(message, at: position)
        // What options mean is a matter of the version: of another one they are not read (RFC 6891 6.1.3).
        if ednsVersion == 0, !readOptions(message, data, data &+ size) { return .formErr }
      }
      position = data &+ size
      index &+= 1
    }
    return ednsVersion == 0 ? .query : .badVers
  }

  @_noLocks
  private mutating func readOPT(_ message: borrowing MutableSpan<UInt8>, at position: Int) {
    hasEDNS = true
    payloadSize = max(512, word(message, position &+ 3))
    ednsVersion = message[position &+ 6]
    dnssecOK = message[position &+ 7] & 0x80 != 0
  }

  @_noLocks
  private mutating func readOptions(_ message: borrowing MutableSpan<UInt8>, _ start: Int, _ end: Int) -> Bool {
    var position = start
    while position < end {
      guard position &+ 4 <= end else { return false }
      let size = Int(word(message, position &+ 2))
      guard position &+ 4 &+ size <= end else { return false }
      let code = word(message, position)
      if code == OptionCode.cookie {
        guard readCookie(message, position &+ 4, size) else { return false }
      } else if code == OptionCode.clientSubnet {
        clientSubnetSize = size
        clientSubnet = (
          clientSubnetWord(message, position &+ 4, size), clientSubnetWord(message, position &+ 12, size &- 8),
          clientSubnetWord(message, position &+ 20, size &- 16)
        )
      } else if code == OptionCode.identity {
        asksIdentity = true
      } else if code == OptionCode.keepalive {
        asksKeepalive = true
        if size > 0 { keepaliveHasData = true }
      }
      position &+= 4 &+ size
    }
    return true
  }

  /// False when no cookie has this many octets (RFC 7873 5.2.2). The first one counts, and no other is looked at.
  @_noLocks
  private mutating func readCookie(_ message: borrowing MutableSpan<UInt8>, _ start: Int, _ size: Int) -> Bool {
    guard cookieSize == 0 else { return true }
    guard size == OptionCode.clientCookieOctets || size >= 16 && size <= 40 else { return false }
    cookieSize = UInt8(truncatingIfNeeded: size)
    clientCookie = word(message, littleEndianAt: start, count: 8)
    // A server cookie of another size is none of ours (RFC 9018 4).
    if size == OptionCode.wholeCookieOctets {
      serverCookie = (
        word(message, littleEndianAt: start &+ 8, count: 8), word(message, littleEndianAt: start &+ 16, count: 8)
      )
    }
    return true
  }

  @_noLocks
  private func clientSubnetWord(_ message: borrowing MutableSpan<UInt8>, _ offset: Int, _ left: Int) -> UInt64 {
    left <= 0 ? 0 : word(message, littleEndianAt: offset, count: min(8, left))
  }

  /// The address of a Client Subnet option when it is given in full length (world.md 2.5).
  public var clientSubnetAddress: IPAddress? {
    @_noLocks get {
      // Family, source prefix length, scope prefix length, address.
      let family = UInt16(truncatingIfNeeded: clientSubnet.0).byteSwapped
      let prefix = UInt8(truncatingIfNeeded: clientSubnet.0 &>> 16)
      let first = UInt32(truncatingIfNeeded: clientSubnet.0 &>> 32).byteSwapped
      switch (family, prefix, clientSubnetSize) {
      case (1, 32, 8):
        return .v4(IPv4Address(rawValue: first))
      case (2, 128, 20):
        let second = clientSubnet.1.byteSwapped
        let last = UInt32(truncatingIfNeeded: clientSubnet.2).byteSwapped
        return .v6(IPv6Address(rawValue: UInt128(first) << 96 | UInt128(second) << 32 | UInt128(last)))
      default:
        return nil
      }
    }
  }

  /// Eight octets of a Client Subnet option as it is echoed, the first one lowest; `index` is 0, 1 or 2. The scope is
  /// as long as the source prefix, or 0 when the option was not used (RFC 7871 7.2.1).
  @_noLocks
  public func clientSubnetEcho(_ index: Int) -> UInt64 {
    switch index {
    case 0:
      var scope: UInt64 = 0
      if case .some = clientSubnetAddress { scope = clientSubnet.0 &>> 16 & 0xff }
      return clientSubnet.0 & ~(0xff &<< 24) | scope &<< 24
    case 1: return clientSubnet.1
    default: return clientSubnet.2
    }
  }
}

/// EDNS option codes (IANA).
public enum OptionCode {
  public static var identity: UInt16 { @_noLocks get { 3 } }
  public static var clientSubnet: UInt16 { @_noLocks get { 8 } }
  /// Family and the two prefix lengths (RFC 7871 6).
  public static var clientSubnetLeastOctets: Int { @_noLocks get { 4 } }
  /// The same and a whole IPv6 address.
  public static var clientSubnetMostOctets: Int { @_noLocks get { 20 } }
  public static var cookie: UInt16 { @_noLocks get { 10 } }
  /// The client's alone, and with a server's as RFC 9018 4 makes it.
  public static var clientCookieOctets: UInt8 { @_noLocks get { 8 } }
  public static var wholeCookieOctets: UInt8 { @_noLocks get { 24 } }
  public static var keepalive: UInt16 { @_noLocks get { 11 } }
  public static var extendedError: UInt16 { @_noLocks get { 15 } }
}

/// Two octets at `offset` in network order.
@_noLocks
func word(_ message: borrowing MutableSpan<UInt8>, _ offset: Int) -> UInt16 {
  UInt16(message[offset]) &<< 8 | UInt16(message[offset &+ 1])
}

/// The offset of a record's RDATA, the record starting at `start`; `nil` when it is cut off.
@_noLocks
private func skipToData(_ message: borrowing MutableSpan<UInt8>, _ count: Int, _ start: Int) -> Int? {
  guard let end = skipName(message, count, start), end &+ 10 <= count else { return nil }
  return end &+ 10
}

/// The offset behind the name at `start`, a pointer not followed; `nil` when it does not end, or has what no name has.
@_noLocks
private func skipName(_ message: borrowing MutableSpan<UInt8>, _ count: Int, _ start: Int) -> Int? {
  var position = start
  while position < count {
    let size = message[position]
    if size == 0 { return position &+ 1 }
    if size & 0xc0 == 0xc0 { return position &+ 2 }
    if size & 0xc0 != 0 { return nil }
    position &+= Int(size) &+ 1
  }
  return nil
}
