// DNS messages for the tests: a writer of questions and a parser of replies that share nothing with the product.

public enum Message {
  public static let types: [String: UInt16] = [
    "A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28, "SRV": 33, "DNAME": 39,
    "OPT": 41, "DS": 43, "RRSIG": 46, "ANY": 255,
  ]

  /// A question with RD set; with EDNS when `payload` says how many octets the client takes.
  public static func question(
    id: UInt16, name: String, type: UInt16, class: UInt16 = 1, payload: UInt16? = nil, options: [UInt8] = []
  ) -> [UInt8] {
    var octets: [UInt8] = [UInt8(id >> 8), UInt8(id & 0xff), 1, 0, 0, 1, 0, 0, 0, 0, 0, payload == nil ? 0 : 1]
    for label in name.split(separator: ".") { octets += [UInt8(label.utf8.count)] + Array(label.utf8) }
    octets += [0] + two(type) + two(`class`)
    if let payload { octets += [0] + two(41) + two(payload) + [0, 0, 0, 0] + two(UInt16(options.count)) + options }
    return octets
  }

  /// An option of an OPT record.
  public static func option(_ code: UInt16, _ data: [UInt8] = []) -> [UInt8] {
    two(code) + two(UInt16(data.count)) + data
  }

  /// An OPT record (RFC 6891 6.1.2); `options` as they stand on the wire.
  public static func opt(
    payload: UInt16 = 1232, version: UInt8 = 0, flags: UInt16 = 0, _ options: [UInt8] = []
  ) -> [UInt8] {
    [0] + two(41) + two(payload) + [0, version] + two(flags) + two(UInt16(options.count)) + options
  }

  /// `message` with more records at its end, counted in its header: in the section whose count stands at `count`.
  public static func adding(_ records: [UInt8]..., to message: [UInt8], count: Int = 10) -> [UInt8] {
    var octets = message
    octets[count + 1] += UInt8(records.count)
    return octets + records.flatMap(\.self)
  }

  private static func two(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xff)] }
}

/// A reply, taken apart. Names are lower case, without their final dot.
public struct Reply: Sendable {
  public struct Record: Hashable, Sendable {
    public let owner: String
    public let type: UInt16
    public let `class`: UInt16
    public let ttl: UInt32
    /// As it came, names compressed.
    public let data: [UInt8]
    /// The name in the data, of a type that is nothing else.
    public let target: String?
    /// The data with its names written out, to compare.
    public let text: String
  }
  public struct Malformed: Error { public let reason: String }

  public let id: UInt16
  public let flags: UInt16
  public let question: [UInt8]
  public let answer: [Record]
  public let authority: [Record]
  public let additional: [Record]

  public var isResponse: Bool { flags & 0x8000 != 0 }
  public var isAuthoritative: Bool { flags & 0x0400 != 0 }
  public var isTruncated: Bool { flags & 0x0200 != 0 }
  public var recursionDesired: Bool { flags & 0x0100 != 0 }
  public var recursionAvailable: Bool { flags & 0x0080 != 0 }
  /// The upper bits of an OPT record's TTL included (RFC 6891 6.1.3).
  public var responseCode: Int { Int(flags & 15) | Int((opt?.ttl ?? 0) >> 24) << 4 }
  public var opt: Record? { additional.first { $0.type == 41 } }
  /// The codes of the OPT record's options; `nil` when they do not fill its data (RFC 6891 6.1.2).
  public var optionCodes: [UInt16]? {
    var rest = opt?.data[...] ?? []
    var codes: [UInt16] = []
    while !rest.isEmpty {
      let head = Array(rest.prefix(4))
      guard head.count == 4 else { return nil }
      let size = Int(head[2]) << 8 | Int(head[3])
      guard rest.count >= 4 + size else { return nil }
      codes.append(UInt16(head[0]) << 8 | UInt16(head[1]))
      rest = rest.dropFirst(4 + size)
    }
    return codes
  }

  /// The data of the first option with this code; `nil` without one.
  public func option(_ code: UInt16) -> [UInt8]? {
    var rest = opt?.data[...] ?? []
    while rest.count >= 4 {
      let head = Array(rest.prefix(4))
      let size = Int(head[2]) << 8 | Int(head[3])
      if UInt16(head[0]) << 8 | UInt16(head[1]) == code { return Array(rest.dropFirst(4).prefix(size)) }
      rest = rest.dropFirst(4 + size)
    }
    return nil
  }

  /// - Parameter mayLackQuestion: Whether it may be without its question, as the answer to a message without one is.
  public init(_ octets: [UInt8], mayLackQuestion: Bool = false) throws(Malformed) {
    var reader = MessageReader(octets: octets)
    id = try reader.two()
    flags = try reader.two()
    let counts = (try reader.two(), try reader.two(), try reader.two(), try reader.two())
    guard counts.0 == 1 || counts.0 == 0 && mayLackQuestion else { throw Malformed(reason: "\(counts.0) questions") }
    if counts.0 == 1 {
      _ = try reader.name()
      reader.index += 4
    }
    guard reader.index <= octets.count else { throw Malformed(reason: "the question ends early") }
    question = Array(octets[12..<reader.index])
    answer = try reader.records(counts.1)
    authority = try reader.records(counts.2)
    additional = try reader.records(counts.3)
    guard reader.index == octets.count else { throw Malformed(reason: "octets after the last record") }
  }

  /// The Extended DNS Error of the OPT record (RFC 8914 2).
  public var extendedError: (code: UInt16, text: String)? {
    guard let data = opt?.data else { return nil }
    var index = 0
    while index + 4 <= data.count {
      let size = Int(data[index + 2]) << 8 | Int(data[index + 3])
      let end = index + 4 + size
      guard end <= data.count else { return nil }
      if data[index] == 0, data[index + 1] == 15, size >= 2 {
        let code = UInt16(data[index + 4]) << 8 | UInt16(data[index + 5])
        return (code, String(decoding: data[(index + 6)..<end], as: UTF8.self))
      }
      index = end
    }
    return nil
  }
}

private struct MessageReader {
  let octets: [UInt8]
  var index = 0

  init(octets: [UInt8]) { self.octets = octets }

  mutating func one() throws(Reply.Malformed) -> UInt8 {
    guard index < octets.count else { throw Reply.Malformed(reason: "ends early") }
    defer { index += 1 }
    return octets[index]
  }

  mutating func two() throws(Reply.Malformed) -> UInt16 { UInt16(try one()) << 8 | UInt16(try one()) }

  /// A name, compressed or not (RFC 1035 4.1.4); a pointer must point back, and the whole has 255 octets at most.
  mutating func name() throws(Reply.Malformed) -> String {
    var labels: [String] = []
    var end: Int?
    var size = 1
    while true {
      let at = index
      let length = try one()
      if length == 0 { break }
      if length & 0xc0 == 0xc0 {
        let target = Int(length & 0x3f) << 8 | Int(try one())
        end = end ?? index
        guard target < at else { throw Reply.Malformed(reason: "a pointer that does not point back") }
        index = target
        continue
      }
      size += Int(length) + 1
      guard length < 64, index + Int(length) <= octets.count else { throw Reply.Malformed(reason: "a bad label") }
      guard size <= 255 else { throw Reply.Malformed(reason: "a name that is too long") }
      labels.append(String(decoding: octets[index..<(index + Int(length))], as: UTF8.self).lowercased())
      index += Int(length)
    }
    index = end ?? index
    return labels.joined(separator: ".")
  }

  mutating func records(_ count: UInt16) throws(Reply.Malformed) -> [Reply.Record] {
    var result: [Reply.Record] = []
    for _ in 0..<count {
      let owner = try name()
      let type = try two()
      let `class` = try two()
      let ttl = UInt32(try two()) << 16 | UInt32(try two())
      let length = Int(try two())
      let start = index
      guard start + length <= octets.count else { throw Reply.Malformed(reason: "RDATA ends early") }
      let target = [2, 5, 12, 39].contains(type) ? try name() : nil
      let text = if let target { target } else { try self.text(type, to: start + length) }
      guard index == start + length else { throw Reply.Malformed(reason: "RDATA has another length") }
      let data = Array(octets[start..<index])
      result.append(
        Reply.Record(
          owner: owner, type: type, class: `class`, ttl: ttl, data: data, target: target, text: text))
    }
    return result
  }

  /// The data up to `end` in the form of a master file, or as hexadecimal digits.
  private mutating func text(_ type: UInt16, to end: Int) throws(Reply.Malformed) -> String {
    switch type {
    case 1:
      return rest(to: end).map(String.init).joined(separator: ".")
    case 6:
      let names = [try name(), try name()]
      guard index + 20 == end else { throw Reply.Malformed(reason: "an SOA of another length") }
      let numbers = rest(to: end).enumerated().reduce(into: [UInt32](repeating: 0, count: 5)) { numbers, octet in
        numbers[octet.offset / 4] = numbers[octet.offset / 4] << 8 | UInt32(octet.element)
      }
      return (names + numbers.map(String.init)).joined(separator: " ")
    case 15:
      return "\(try two()) \(try name())"
    case 16:
      var strings: [String] = []
      while index < end {
        let next = index + 1 + Int(octets[index])
        guard next <= end else { throw Reply.Malformed(reason: "a character string ends late") }
        index += 1
        strings.append("\"" + String(decoding: rest(to: next), as: UTF8.self) + "\"")
      }
      return strings.joined(separator: " ")
    case 28:
      let address = Array(rest(to: end))
      guard address.count == 16 else { throw Reply.Malformed(reason: "an AAAA of \(address.count) octets") }
      return stride(from: 0, to: 16, by: 2)
        .map { String(UInt16(address[$0]) << 8 | UInt16(address[$0 + 1]), radix: 16) }.joined(separator: ":")
    default:
      return rest(to: end).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
  }

  private mutating func rest(to end: Int) -> ArraySlice<UInt8> {
    defer { index = end }
    return index <= end ? octets[index..<end] : []
  }
}
