// The judge of replies is no yes-man: what is wrong with a message is seen.
import Testing

@testable import Readers

@Suite("What a reply must be")
struct MessageShapeTests {
  /// `a.test A`, and one record.
  private static let question: [UInt8] = [1, 97, 4, 116, 101, 115, 116, 0, 0, 1, 0, 1]
  private static let header: [UInt8] = [0, 7, 0x81, 0x80, 0, 1]
  private static let address: [UInt8] = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 0, 7]
  private static let opt: [UInt8] = [0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0]

  private static func message(
    _ counts: [UInt8], _ records: [UInt8], question: [UInt8] = question
  ) -> [UInt8] {
    header + counts.flatMap { [0, $0] } + question + records
  }

  /// A CNAME from `a.test` to `b.test`, whose address is the next record.
  private static let chain: [UInt8] =
    [0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 4, 1, 98, 0xc0, 14] + [0xc0, 36] + address.dropFirst(2)

  @Test("A whole message is taken")
  func good() throws {
    let plain = try MessageShape(Self.message([1, 0, 1], Self.address + Self.opt).span)
    #expect(plain.hasOPT && plain.answerCount == 1 && plain.questionEnd == 24)
    _ = try MessageShape(Self.message([2, 0, 0], Self.chain).span)
  }

  private static let broken: [(String, [UInt8])] = [
    ("cut off", Array(message([1, 0, 0], address).dropLast())),
    ("octets behind the last record", message([1, 0, 0], address + [0])),
    ("a record less than the header says", message([2, 0, 0], address)),
    ("a pointer to itself", message([1, 0, 0], [0xc0, 24] + address.dropFirst(2))),
    ("a pointer forward", message([1, 0, 0], [0xc0, 30] + address.dropFirst(2))),
    ("a pointer into the header", message([1, 0, 0], [0xc0, 4] + address.dropFirst(2))),
    ("a name that is not the question's", message([1, 0, 0], [0xc0, 14] + address.dropFirst(2))),
    ("a target that nobody asked for", message([2, 0, 0], chain.prefix(16) + [0xc0, 14] + address.dropFirst(2))),
    ("a TTL over 2^31", message([1, 0, 0], address.prefix(6) + [0x80] + address.dropFirst(7))),
    ("an address of five octets", message([1, 0, 0], address.prefix(11) + [5] + address.dropFirst(12) + [1])),
    ("another class", message([1, 0, 0], address.prefix(5) + [4] + address.dropFirst(6))),
    ("an OPT record in the answer", message([1, 0, 0], opt)),
    ("two OPT records", message([0, 0, 2], opt + opt)),
    ("an option that is cut off", message([0, 0, 1], opt.dropLast() + [3, 0, 15, 0])),
    ("a label of type 1", message([1, 0, 0], address, question: [0x41] + question.dropFirst())),
  ]

  @Test("What is broken is refused", arguments: broken)
  func bad(what: String, octets: [UInt8]) {
    #expect(throws: Breach.self, "\(what)") { try MessageShape(octets.span) }
  }
}
