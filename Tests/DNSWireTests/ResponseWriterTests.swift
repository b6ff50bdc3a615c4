// Writing responses: never past the limit, never a pointer that does not lead back to a name.
import DNSWire
import Testing

@Suite("The response writer")
struct ResponseWriterTests {
  struct Bad: Error { let reason: String }

  /// The name at `start`, pointers followed, and the index after it. Each pointer leads to an earlier label.
  private static func name(_ message: [UInt8], _ start: Int, labels starts: inout Set<Int>) throws -> (Name, Int) {
    var labels: [[UInt8]] = []
    var index = start
    var end: Int?
    while message[index] != 0 {
      if message[index] & 0xc0 == 0xc0 {
        let target = Int(message[index] & 0x3f) << 8 | Int(message[index + 1])
        guard target < index, starts.contains(target) else { throw Bad(reason: "a pointer to \(target) at \(index)") }
        end = end ?? index + 2
        index = target
        continue
      }
      if end == nil { starts.insert(index) }
      labels.append(Array(message[(index + 1)...(index + Int(message[index]))]))
      index += Int(message[index]) + 1
    }
    guard let name = Name(labels: labels) else { throw Bad(reason: "no name at \(start)") }
    return (name, end ?? index + 1)
  }

  /// A question for `name` with RD set.
  private static func question(_ name: Name) -> [UInt8] {
    [1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0] + name.wire + [0, 2, 0, 1]
  }

  /// Owner, target of an NS record, in a message of at most `limit` octets.
  private static func write(
    _ records: [(owner: Name, target: Name)], question name: Name, limit: Int, room: Int, stale: UInt8 = 0
  ) -> (message: [UInt8], overflowed: Bool) {
    let packet = question(name)
    var query = Query()
    var folded = FoldedName()
    var octets = packet + [UInt8](repeating: stale, count: max(0, room - packet.count))
    var out = octets.mutableSpan
    _ = query.read(out, count: packet.count, name: &folded)
    var writer = ResponseWriter()
    writer.begin(query, limit: limit, into: &out)
    writer.rememberQuestion(&folded)
    for (owner, target) in records {
      let store = OctetStore(owner.wire + target.wire)
      let lengthAt = writer.beginRecord(owner: store, at: 0, type: .ns, ttl: 60, into: &out)
      _ = writer.putData(store, at: owner.wire.count, size: target.wire.count, type: .ns, into: &out)
      writer.endRecord(lengthAt, .answer, into: &out)
    }
    let overflowed = writer.overflowed
    if overflowed { writer.truncate() }
    writer.finish(query, code: .noError, isTruncated: overflowed, isAuthentic: false, additional: 0, into: &out)
    let length = writer.position
    return (Array(octets[..<length]), overflowed)
  }

  @Test("Random records come back as they were, and are compressed")
  func roundTrip() throws {
    var random = SplitMix(seed: 7)
    var saved = 0
    for _ in 0..<300 {
      let names = (0..<8).map { _ in Name.random(using: &random) }
      let records = (0..<Int.random(in: 0...20, using: &random)).map { _ in
        (owner: names.randomElement(using: &random) ?? .root, target: names.randomElement(using: &random) ?? .root)
      }
      let (message, overflowed) = Self.write(records, question: names[0], limit: 65_535, room: 65_535)
      #expect(!overflowed && message[2] == 0x81 && message[3] == 0x80)
      #expect(Int(message[6]) << 8 | Int(message[7]) == records.count)
      var starts: Set<Int> = []
      var (name, index) = try Self.name(message, 12, labels: &starts)
      #expect(name.wire == names[0].wire)
      index += 4
      for record in records {
        (name, index) = try Self.name(message, index, labels: &starts)
        #expect(name == record.owner)
        #expect(message[index..<(index + 8)] == [0, 2, 0, 1, 0, 0, 0, 60])
        let length = Int(message[index + 8]) << 8 | Int(message[index + 9])
        let start = index + 10
        (name, index) = try Self.name(message, start, labels: &starts)
        #expect(name == record.target && index - start == length)
      }
      #expect(index == message.count)
      let plain = records.reduce(16 + names[0].wire.count) { $0 + 10 + $1.owner.wire.count + $1.target.wire.count }
      #expect(message.count <= plain)
      saved += plain - message.count
    }
    #expect(saved > 10_000)
  }

  @Test("A name whose labels are alike does not point into itself", arguments: [0, 1, 0xee] as [UInt8])
  func alike(stale: UInt8) throws {
    for text in ["a.a", "a.a.a.b", "x.a.x.a"] {
      let name = try Name(text)
      let (message, _) = Self.write([(name, name)], question: .root, limit: 512, room: 512, stale: stale)
      var starts: Set<Int> = []
      let (owner, index) = try Self.name(message, 17, labels: &starts)
      #expect(owner == name && index == 17 + name.wire.count)
    }
  }

  @Test("No limit is passed, whatever it is: either everything is there or the question alone, marked TC")
  func limits() {
    var random = SplitMix(seed: 8)
    for _ in 0..<100 {
      let names = (0..<4).map { _ in Name.random(octets: 100, using: &random) }
      let records = (0..<6).map { _ in
        (owner: names.randomElement(using: &random) ?? .root, target: names.randomElement(using: &random) ?? .root)
      }
      let whole = Self.write(records, question: names[0], limit: 65_535, room: 65_535).message
      let question = Self.question(names[0])
      for limit in [question.count, question.count + 1, whole.count - 1, whole.count, whole.count + 1]
        + (0..<10).map({ _ in Int.random(in: question.count...whole.count, using: &random) })
      where limit >= question.count {
        // The room is as large as the limit: one octet more would be a trap.
        let (message, overflowed) = Self.write(records, question: names[0], limit: limit, room: limit)
        #expect(message.count <= limit)
        #expect(overflowed == (limit < whole.count))
        #expect(overflowed ? message[12...] == question[12...] : message == whole)
        #expect((message[2] & 2 != 0) == overflowed)
      }
    }
  }

  @Test("Far into a long message names are still right: a pointer has 14 bits")
  func farAway() throws {
    let name = try Name("a.b")
    // 800 records of some 40 octets each: well past offset 16,384, each target a name that was not there before.
    let records = try (0..<800).map { (owner: name, target: try Name("target-number-\($0).x\($0 % 7).example")) }
    let (message, _) = Self.write(records, question: name, limit: 65_535, room: 65_535)
    #expect(message.count > 0x4000)
    var starts: Set<Int> = []
    var (found, index) = try Self.name(message, 12, labels: &starts)
    index += 4
    for record in records {
      (found, index) = try Self.name(message, index, labels: &starts)
      #expect(found == record.owner)
      (found, index) = try Self.name(message, index + 10, labels: &starts)
      #expect(found == record.target)
    }
    #expect(index == message.count)
  }

  @Test("Addresses in whoami. are those of the log")
  func addresses() {
    var random = SplitMix(seed: 9)
    let packet = Self.question(.root)
    var query = Query()
    var folded = FoldedName()
    for index in 0..<1000 {
      var value: UInt128 = 0
      for _ in 0..<8 {
        value = value << 16 | (Bool.random(using: &random) ? 0 : UInt128(UInt16.random(in: 0...(.max), using: &random)))
      }
      let address: IPAddress =
        index.isMultiple(of: 4)
        ? .v4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: value))) : .v6(IPv6Address(rawValue: value))
      var octets = packet + [UInt8](repeating: 0, count: 100)
      var out = octets.mutableSpan
      _ = query.read(out, count: packet.count, name: &folded)
      var writer = ResponseWriter()
      writer.begin(query, limit: 100, into: &out)
      let start = writer.position
      writer.put(address, into: &out)
      let end = writer.position
      #expect(String(decoding: octets[start..<end], as: UTF8.self) == address.description)
    }
  }
}
