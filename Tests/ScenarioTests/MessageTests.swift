// The tests' own parser and judge: they take a true reply, and see each way in which one can be wrong.
import TestSupport
import Testing

@Suite("The judge of replies")
struct MessageTests {
  static let line = TruthTable.lines.first { $0.row == "8" && $0.asker == "a3" && $0.world.isEmpty }

  /// A public database that the linked instance asks for.
  static func database() throws -> TruthWorld.Case {
    let line = try #require(Self.line)
    let target = Target(
      name: "db.example", ends: ["ec2-192-0-2-1.example"], privateAddresses: [Octets([10, 0, 0, 5])],
      publicAddresses: [Octets([192, 0, 2, 1])], privateTTL: 20)
    return TruthWorld.Case(
      line: line, door: TruthWorld.Door(source: Octets([127, 0, 0, 9])), question: target.name, type: "A",
      expectation: Expectation(.privateAddress, type: "A", of: target))
  }

  /// The question with `records` as the answer section.
  static func reply(_ one: TruthWorld.Case, flags: [UInt8] = [0x81, 0x80], _ records: [[UInt8]]) -> [UInt8] {
    let asked = one.packet(id: 7)
    return Array(asked[..<2]) + flags + [0, 1, 0, UInt8(records.count), 0, 0, 0, 0] + asked[12...]
      + records.flatMap(\.self)
  }

  /// `db.example CNAME ec2-192-0-2-1.example`, both names compressed against the question.
  static let cname: [UInt8] = {
    let label = Array("ec2-192-0-2-1".utf8)
    let data = [UInt8(label.count)] + label + [0xc0, 15]
    return [0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 5, 0, UInt8(data.count)] + data
  }()

  /// An A record whose owner is the CNAME's target: header 12, question 16, the CNAME's own 12 octets in front.
  static func address(_ octets: [UInt8], ttl: UInt8 = 20) -> [UInt8] {
    [0xc0, 40, 0, 1, 0, 1, 0, 0, 0, ttl, 0, 4] + octets
  }

  @Test("A true reply has no fault")
  func trueReply() throws {
    let one = try Self.database()
    let octets = Self.reply(one, [Self.cname, Self.address([10, 0, 0, 5])])
    #expect(try Reply(octets).answer.map(\.owner) == ["db.example", "ec2-192-0-2-1.example"])
    #expect(one.fault(in: octets, asked: one.packet(id: 7)) == nil)
  }

  @Test("Each thing that can be wrong is seen")
  func faults() throws {
    let one = try Self.database()
    let right = Self.address([10, 0, 0, 5])
    let wrong: [(String, [UInt8])] = [
      ("the public address", Self.reply(one, [Self.cname, Self.address([192, 0, 2, 1])])),
      ("one address too many", Self.reply(one, [Self.cname, right, Self.address([10, 0, 0, 6])])),
      ("a TTL", Self.reply(one, [Self.cname, Self.address([10, 0, 0, 5], ttl: 60)])),
      ("no chain", Self.reply(one, [[0xc0, 12] + right.dropFirst(2)])),
      ("no address", Self.reply(one, [Self.cname])),
      ("AA", Self.reply(one, flags: [0x85, 0x80], [Self.cname, right])),
      ("RA missing", Self.reply(one, flags: [0x81, 0], [Self.cname, right])),
      ("NXDOMAIN", Self.reply(one, flags: [0x81, 0x83], [Self.cname, right])),
      ("cut short", Self.reply(one, [Self.cname, right]).dropLast()),
      ("silence", []),
    ]
    for (what, octets) in wrong { #expect(one.fault(in: octets, asked: one.packet(id: 7)) != nil, "\(what)") }
  }

  @Test("No truncation and no pointer takes the parser in")
  func truncations() throws {
    let whole = Self.reply(try Self.database(), [Self.cname, Self.address([10, 0, 0, 5])])
    for count in whole.indices { #expect(throws: Reply.Malformed.self) { try Reply(Array(whole[..<count])) } }
    var loop = whole
    loop[28] = 0xc0
    loop[29] = 28
    #expect(throws: Reply.Malformed.self) { try Reply(loop) }
  }
}
