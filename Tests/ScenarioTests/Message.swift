// DNS messages for the tests: a writer of questions and a parser of replies that share nothing with the product.

enum Message {
  static let types: [String: UInt16] = ["A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "TXT": 16, "AAAA": 28]

  /// A question with RD set, and without EDNS.
  static func question(id: UInt16, name: String, type: UInt16, class: UInt16 = 1) -> [UInt8] {
    var octets: [UInt8] = [UInt8(id >> 8), UInt8(id & 0xff), 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    for label in name.split(separator: ".") { octets += [UInt8(label.utf8.count)] + Array(label.utf8) }
    return octets + [0, UInt8(type >> 8), UInt8(type & 0xff), UInt8(`class` >> 8), UInt8(`class` & 0xff)]
  }

  /// An OPT record (RFC 6891 6.1.2); `options` as they stand on the wire.
  static func opt(payload: UInt16 = 1232, version: UInt8 = 0, flags: UInt16 = 0, _ options: [UInt8] = []) -> [UInt8] {
    var octets: [UInt8] = [0, 0, 41, UInt8(payload >> 8), UInt8(payload & 0xff), 0, version]
    octets += [UInt8(flags >> 8), UInt8(flags & 0xff), UInt8(options.count >> 8), UInt8(options.count & 0xff)]
    return octets + options
  }

  /// `message` with more records at its end, counted in its header: in the section whose count stands at `count`.
  static func adding(_ records: [UInt8]..., to message: [UInt8], count: Int = 10) -> [UInt8] {
    var octets = message
    octets[count + 1] += UInt8(records.count)
    return octets + records.flatMap(\.self)
  }
}

/// A reply, taken apart. Names are lower case, without their final dot.
struct Reply: Sendable {
  struct Record: Sendable {
    let owner: String
    let type: UInt16
    let `class`: UInt16
    let ttl: UInt32
    let data: [UInt8]
    /// The name in the data, of a type that has one.
    let target: String?
  }
  struct Malformed: Error { let reason: String }

  let id: UInt16
  let flags: UInt16
  let question: [UInt8]
  let answer: [Record]
  let authority: [Record]
  let additional: [Record]

  var isResponse: Bool { flags & 0x8000 != 0 }
  var isAuthoritative: Bool { flags & 0x0400 != 0 }
  var isTruncated: Bool { flags & 0x0200 != 0 }
  var recursionDesired: Bool { flags & 0x0100 != 0 }
  var recursionAvailable: Bool { flags & 0x0080 != 0 }
  /// The upper bits of an OPT record's TTL included (RFC 6891 6.1.3).
  var responseCode: Int { Int(flags & 15) | Int((opt?.ttl ?? 0) >> 24) << 4 }
  var opt: Record? { additional.first { $0.type == 41 } }
  /// The codes of the OPT record's options; `nil` when they do not fill its data (RFC 6891 6.1.2).
  var optionCodes: [UInt16]? {
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

  /// Whether it may be without its question, as the answer to a message without one is.
  init(_ octets: [UInt8], mayLackQuestion: Bool = false) throws(Malformed) {
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

  /// A name, compressed or not (RFC 1035 4.1.4); a pointer must point back.
  mutating func name() throws(Reply.Malformed) -> String {
    var labels: [String] = []
    var end: Int?
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
      guard length < 64, index + Int(length) <= octets.count else { throw Reply.Malformed(reason: "a bad label") }
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
      let target = [2, 5, 12].contains(type) ? try name() : nil
      guard target == nil || index == start + length else { throw Reply.Malformed(reason: "RDATA has another length") }
      index = start + length
      result.append(
        Reply.Record(
          owner: owner, type: type, class: `class`, ttl: ttl, data: Array(octets[start..<index]), target: target))
    }
    return result
  }
}
