// Reading a response back: for explanations and for clients, never on the path of a packet.

/// A parsed response. Names in the data are uncompressed.
public struct Response: Sendable, Equatable {
  public var id: UInt16
  public var flags: UInt16
  public var code: ResponseCode
  public var answer: [Record] = []
  public var authority: [Record] = []
  public var hasEDNS = false
  /// Extended DNS Errors in order (RFC 8914).
  public var extendedErrors: [ExtendedError] = []

  public struct ExtendedError: Sendable, Equatable {
    public var code: ExtendedErrorCode
    public var text: String

    public init(code: ExtendedErrorCode, text: String) {
      self.code = code
      self.text = text
    }
  }

  /// `nil` when `message` is not a well-formed message.
  public init?(_ message: [UInt8]) {
    guard message.count >= Limits.headerOctets else { return nil }
    var reader = MessageReader(message)
    guard let id = reader.word(), let flags = reader.word(), let questions = reader.word(),
      let answers = reader.word(), let authorities = reader.word(), let additionals = reader.word()
    else { return nil }
    self.id = id
    self.flags = flags
    code = ResponseCode(rawValue: flags & 0x0f)
    for _ in 0..<questions {
      guard reader.name() != nil, reader.word() != nil, reader.word() != nil else { return nil }
    }
    for _ in 0..<answers {
      guard let record = reader.record() else { return nil }
      answer.append(record)
    }
    for _ in 0..<authorities {
      guard let record = reader.record() else { return nil }
      authority.append(record)
    }
    for _ in 0..<additionals {
      guard let record = reader.record() else { return nil }
      guard record.type == .opt else { continue }
      hasEDNS = true
      code = ResponseCode(rawValue: UInt16(record.ttl >> 24) << 4 | code.rawValue)
      extendedErrors = Self.extendedErrors(in: record.data)
    }
    guard reader.isAtEnd else { return nil }
  }

  private static func extendedErrors(in options: [UInt8]) -> [ExtendedError] {
    var reader = MessageReader(options)
    var result: [ExtendedError] = []
    while let code = reader.word(), let size = reader.word(), let data = reader.octets(Int(size)) {
      guard code == OptionCode.extendedError, data.count >= 2 else { continue }
      let number = UInt16(data[0]) << 8 | UInt16(data[1])
      result.append(
        ExtendedError(code: ExtendedErrorCode(rawValue: number), text: String(decoding: data[2...], as: UTF8.self)))
    }
    return result
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
