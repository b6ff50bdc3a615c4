// Reading a response back: for explanations and for clients, never on the path of a packet.

/// A parsed response. Names in the data are uncompressed.
public struct Response: Sendable, Equatable {
  public var id: UInt16
  public var flags: UInt16
  public var code: ResponseCode
  /// The first question; `nil` where there is none.
  public var question: Question?
  public var answer: [Record] = []
  public var authority: [Record] = []
  public var hasEDNS = false
  /// Extended DNS Errors in order (RFC 8914).
  public var extendedErrors: [ExtendedError] = []
  /// The address of a Client Subnet option in full length (RFC 7871).
  public var clientSubnet: IPAddress?

  public struct Question: Sendable, Equatable {
    public var name: Name
    public var type: RecordType
    public var recordClass: RecordClass
  }

  public struct ExtendedError: Sendable, Equatable {
    public var code: ExtendedErrorCode
    public var text: String

    public init(code: ExtendedErrorCode, text: String) {
      self.code = code
      self.text = text
    }
  }

  /// `nil` when `message` is not a well-formed message.
  /// - Parameter isCut: The message goes on behind its octets; the records that are whole are read.
  public init?(_ message: [UInt8], isCut: Bool = false) {
    guard message.count >= Limits.headerOctets else { return nil }
    var reader = MessageReader(message)
    guard let id = reader.word(), let flags = reader.word(), let questions = reader.word(),
      let answers = reader.word(), let authorities = reader.word(), let additionals = reader.word()
    else { return nil }
    self.id = id
    self.flags = flags
    code = ResponseCode(rawValue: flags & 0x0f)
    for _ in 0..<questions {
      guard let name = reader.name(), let type = reader.word(), let recordClass = reader.word() else { return nil }
      question =
        question
        ?? Question(
          name: name, type: RecordType(rawValue: type), recordClass: RecordClass(rawValue: recordClass))
    }
    let isWhole = readRecords(&reader, answers, authorities, additionals) && reader.isAtEnd
    guard isWhole || isCut else { return nil }
  }

  /// False when there are fewer than the header says.
  private mutating func readRecords(
    _ reader: inout MessageReader, _ answers: UInt16, _ authorities: UInt16, _ additionals: UInt16
  ) -> Bool {
    for _ in 0..<answers {
      guard let record = reader.record() else { return false }
      answer.append(record)
    }
    for _ in 0..<authorities {
      guard let record = reader.record() else { return false }
      authority.append(record)
    }
    for _ in 0..<additionals {
      guard let record = reader.record() else { return false }
      guard record.type == .opt else { continue }
      hasEDNS = true
      code = ResponseCode(rawValue: UInt16(record.ttl >> 24) << 4 | code.rawValue)
      readOptions(record.data)
    }
    return true
  }

  private mutating func readOptions(_ options: [UInt8]) {
    var reader = MessageReader(options)
    while let code = reader.word(), let size = reader.word(), let data = reader.octets(Int(size)) {
      if code == OptionCode.extendedError, data.count >= 2 {
        let number = UInt16(data[0]) << 8 | UInt16(data[1])
        extendedErrors.append(
          ExtendedError(code: ExtendedErrorCode(rawValue: number), text: String(decoding: data[2...], as: UTF8.self)))
      } else if code == OptionCode.clientSubnet {
        clientSubnet = Self.wholeAddress(data)
      }
    }
  }

  /// Family, prefix lengths of source and scope, address (RFC 7871 6); only an address of full length is somebody's.
  private static func wholeAddress(_ data: [UInt8]) -> IPAddress? {
    guard data.count > OptionCode.clientSubnetLeastOctets else { return nil }
    let address = data[OptionCode.clientSubnetLeastOctets...]
    return switch (data[1], data[2], address.count) {
    case (1, 32, 4): .v4(IPv4Address(rawValue: address.reduce(0) { $0 << 8 | UInt32($1) }))
    case (2, 128, 16): .v6(IPv6Address(rawValue: address.reduce(0) { $0 << 8 | UInt128($1) }))
    default: nil
    }
  }
}

/// A place in a message that moves forward and never leaves it.
private struct MessageReader {
  private let message: [UInt8]
  private var position = 0

  init(_ message: [UInt8]) { self.message = message }

  var isAtEnd: Bool { position == message.count }

  mutating func octets(_ count: Int) -> [UInt8]? {
    guard count >= 0, position + count <= message.count else { return nil }
    defer { position += count }
    return Array(message[position..<(position + count)])
  }

  mutating func word() -> UInt16? {
    octets(2).map { UInt16($0[0]) << 8 | UInt16($0[1]) }
  }

  /// A name, pointers followed; each must lead further back (RFC 1035 4.1.4).
  mutating func name() -> Name? {
    var labels: [ArraySlice<UInt8>] = []
    var here = position
    var limit = position
    var end: Int?
    while here < message.count {
      let size = Int(message[here])
      if size == 0 {
        position = end ?? here + 1
        return Name(labels: labels)
      }
      if size & 0xc0 == 0xc0 {
        guard here + 1 < message.count else { return nil }
        let target = (size & 0x3f) << 8 | Int(message[here + 1])
        guard target < limit else { return nil }
        end = end ?? here + 2
        limit = target
        here = target
      } else {
        guard size <= Limits.labelOctets, here + size < message.count else { return nil }
        labels.append(message[(here + 1)...(here + size)])
        here += size + 1
      }
    }
    return nil
  }

  mutating func record() -> Record? {
    guard let owner = name(), let type = word(), word() != nil, let high = word(), let low = word(),
      let size = word(), position + Int(size) <= message.count
    else { return nil }
    let end = position + Int(size)
    let ttl = UInt32(high) << 16 | UInt32(low)
    guard let data = data(RecordType(rawValue: type), end: end), position == end else { return nil }
    return Record(owner: owner, type: RecordType(rawValue: type), ttl: ttl, data: data)
  }

  private mutating func data(_ type: RecordType, end: Int) -> [UInt8]? {
    switch type {
    case .ns, .cname, .ptr: return name()?.wire
    case .mx:
      guard let preference = octets(2), let exchange = name() else { return nil }
      return preference + exchange.wire
    case .soa:
      guard let primary = name(), let mailbox = name(), let numbers = octets(20) else { return nil }
      return primary.wire + mailbox.wire + numbers
    default:
      return octets(end - position)
    }
  }
}
