// A reply taken apart by a reader that shares nothing with the writer, allocates nothing, and believes nothing.

/// What a whole message is made of. Offsets are of the message; the question's name is uncompressed, as it came.
struct MessageShape {
  var questionEnd = 12
  var answerCount = 0
  var hasQuestion = false
  var hasOPT = false
  /// The code with the upper bits of the OPT record.
  var code = 0

  /// Records of a section in a row, and where each begins.
  private var position = 12

  /// Reads the message to its last octet.
  /// - Parameter isOurs: Nothing of it comes from another server: TTLs and the order of a chain are ours.
  init(_ message: Span<UInt8>) throws(Breach) {
    try demand(message.count >= 12, "a reply of \(message.count) octets")
    code = Int(message[3] & 15)
    let questions = Self.word(message, 4)
    try demand(questions <= 1, "\(questions) questions")
    hasQuestion = questions == 1
    if hasQuestion {
      position = try Self.nameEnd(message, 12, within: message.count)
      try demand(position + 4 <= message.count, "the question is cut off")
      position += 4
    }
    questionEnd = position
    answerCount = Self.word(message, 6)
    for index in 0..<answerCount { try readRecord(message, inAnswer: true, index) }
    for index in 0..<Self.word(message, 8) { try readRecord(message, inAnswer: false, index) }
    let additional = Self.word(message, 10)
    for index in 0..<additional {
      try demand(message[position] == 0 && Self.word(message, position + 1) == 41, "no OPT in the additional section")
      try demand(index == 0, "a second OPT")
      try readOPT(message)
    }
    try demand(position == message.count, "\(message.count - position) octets behind the last record")
  }

  private mutating func readRecord(_ message: Span<UInt8>, inAnswer: Bool, _ index: Int) throws(Breach) {
    let owner = position
    let head = try Self.nameEnd(message, position, within: message.count)
    try demand(head + 10 <= message.count, "a record is cut off")
    let type = Self.word(message, head)
    try demand(type != 41, "an OPT record in another section")
    try demand(
      Self.word(message, head + 2) == 1 || isChaos(message), "a record of class \(Self.word(message, head + 2))")
    try demand(message[head + 4] & 0x80 == 0, "a TTL over 2^31 - 1")
    let data = head + 10
    let end = data + Self.word(message, head + 8)
    try demand(end <= message.count, "RDATA is cut off")
    try readData(message, type, data, end)
    if inAnswer {
      try demand(isReached(message, owner, before: index), "record \(index) belongs to no name of the chain")
    }
    position = end
  }

  /// Whether the question is one of class CH.
  private func isChaos(_ message: Span<UInt8>) -> Bool {
    hasQuestion && Self.word(message, questionEnd - 2) == 3
  }

  /// Names in data are whole within it; addresses have their size.
  private func readData(_ message: Span<UInt8>, _ type: Int, _ data: Int, _ end: Int) throws(Breach) {
    switch type {
    case 1: try demand(end - data == 4, "an A record of \(end - data) octets")
    case 28: try demand(end - data == 16, "an AAAA record of \(end - data) octets")
    case 2, 5, 12, 39:
      try demand(try Self.nameEnd(message, data, within: end) == end, "data of type \(type) is not one name")
    case 6:
      let second = try Self.nameEnd(message, data, within: end)
      try demand(try Self.nameEnd(message, second, within: end) + 20 == end, "an SOA of another length")
    case 15:
      try demand(data + 2 < end, "an MX record without a name")
      try demand(try Self.nameEnd(message, data + 2, within: end) == end, "an MX record of another length")
    case 33:
      try demand(data + 6 < end, "an SRV record without a name")
      try demand(try Self.nameEnd(message, data + 6, within: end) == end, "an SRV record of another length")
    case 16:
      var next = data
      while next < end { next += Int(message[next]) + 1 }
      try demand(next == end, "a TXT record of another length")
    default: break
    }
  }

  private mutating func readOPT(_ message: Span<UInt8>) throws(Breach) {
    hasOPT = true
    try demand(position + 11 <= message.count, "the OPT record is cut off")
    try demand(Self.word(message, position + 3) >= 512, "we take fewer than 512 octets")
    code |= Int(message[position + 5]) << 4
    try demand(message[position + 6] == 0, "an answer of EDNS version \(message[position + 6])")
    var next = position + 11
    let end = next + Self.word(message, position + 9)
    try demand(end <= message.count, "the OPT record is cut off")
    while next < end {
      try demand(next + 4 <= end, "an option is cut off")
      next += 4 + Self.word(message, next + 2)
    }
    try demand(next == end, "an option is cut off")
    position = end
  }

  /// Whether the owner of an answer is the question's name, the target of a CNAME before it, or, of a DNAME, above one
  /// of these. Looks at every earlier record: a name that stands at the same place is found at once.
  private func isReached(_ message: Span<UInt8>, _ owner: Int, before index: Int) -> Bool {
    let isAbove =
      Self.word(message, Self.skip(message, owner)) == 39 || Self.word(message, Self.skip(message, owner)) == 46
    if Self.matches(message, owner, 12, orAbove: isAbove) { return true }
    var record = questionEnd
    for _ in 0..<index {
      let head = Self.skip(message, record)
      if Self.word(message, head) == 5, Self.matches(message, owner, head + 10, orAbove: isAbove) { return true }
      record = head + 10 + Self.word(message, head + 8)
    }
    return false
  }

  /// Whether two names are equal, in any case, or the first is above the second. Both have been read to their end.
  private static func matches(_ message: Span<UInt8>, _ one: Int, _ other: Int, orAbove: Bool) -> Bool {
    var start = other
    while true {
      if areEqual(message, one, start) { return true }
      start = followed(message, start)
      guard orAbove, message[start] != 0 else { return false }
      start += Int(message[start]) + 1
    }
  }

  static func areEqual(_ message: Span<UInt8>, _ one: Int, _ other: Int) -> Bool {
    var left = one
    var right = other
    while true {
      left = followed(message, left)
      right = followed(message, right)
      if left == right { return true }
      guard message[left] == message[right] else { return false }
      let size = Int(message[left])
      if size == 0 { return true }
      for index in 1...size where lower(message[left + index]) != lower(message[right + index]) { return false }
      left += size + 1
      right += size + 1
    }
  }

  private static func lower(_ octet: UInt8) -> UInt8 { octet >= 65 && octet <= 90 ? octet + 32 : octet }

  private static func followed(_ message: Span<UInt8>, _ offset: Int) -> Int {
    var here = offset
    while message[here] >= 0xc0 { here = word(message, here) & 0x3fff }
    return here
  }

  /// The offset behind a name that has been read before.
  private static func skip(_ message: Span<UInt8>, _ offset: Int) -> Int {
    var here = offset
    while message[here] != 0 {
      if message[here] >= 0xc0 { return here + 2 }
      here += Int(message[here]) + 1
    }
    return here + 1
  }

  /// The offset behind a name. Every pointer in it leads back, to a label that the message has; the whole has 255
  /// octets at most.
  static func nameEnd(_ message: Span<UInt8>, _ offset: Int, within limit: Int) throws(Breach) -> Int {
    var here = offset
    var bound = offset
    var end = -1
    var size = 1
    while true {
      try demand(here < (end < 0 ? limit : message.count), "a name is cut off")
      let octet = Int(message[here])
      if octet == 0 { break }
      if octet >= 0xc0 {
        try demand(here + 2 <= (end < 0 ? limit : message.count), "a pointer is cut off")
        let target = word(message, here) & 0x3fff
        try demand(target >= 12 && target < bound, "a pointer at \(here) leads to \(target)")
        if end < 0 { end = here + 2 }
        bound = target
        here = target
        continue
      }
      try demand(octet < 64, "a label of type \(octet >> 6)")
      size += octet + 1
      try demand(size <= 255, "a name of more than 255 octets")
      here += octet + 1
    }
    return end < 0 ? here + 1 : end
  }

  static func word(_ message: Span<UInt8>, _ offset: Int) -> Int {
    Int(message[offset]) << 8 | Int(message[offset + 1])
  }
}
