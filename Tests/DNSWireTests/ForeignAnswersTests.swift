// Answers of other servers: data that is not what its type has must not get into an answer of ours.
import DNSWire
import Testing

@Suite("Answers of other servers")
struct ForeignAnswersTests {
  /// What is made of an answer with one record of `www.test`.
  private func fault(_ type: UInt16, _ data: [UInt8]) throws -> ForeignAnswer.Fault {
    let name: [UInt8] = [3, 119, 119, 119, 4, 116, 101, 115, 116, 0]
    let header: [UInt8] = [0, 0, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]
    let record: [UInt8] = [0xc0, 12, UInt8(type >> 8), UInt8(type & 255), 0, 1, 0, 0, 0, 60, 0, UInt8(data.count)]
    let message = header + name + [UInt8(type >> 8), UInt8(type & 255), 0, 1] + record + data
    var asked = FoldedName()
    asked.load(try Name("www.test"))
    var answers = ForeignAnswers()
    answers.add(message: message.span, to: &asked, RecordType(rawValue: type), of: 0, isSecure: false)
    #expect(answers.answers.count == 1)
    return answers.answers[0].fault
  }

  private static let pointer: [UInt8] = [0xc0, 12]
  private static let numbers = [UInt8](repeating: 0, count: 20)

  @Test(
    "Data of the right length is taken",
    arguments: [
      (1, [10, 0, 0, 1]), (28, [UInt8](repeating: 0, count: 16)), (5, pointer), (6, pointer + pointer + numbers),
      (15, [0, 1] + pointer), (16, [1, 97, 0]), (33, [0, 0, 0, 0, 0, 53] + pointer),
      (35, [0, 1, 0, 1, 1, 117, 0, 0] + pointer), (65_280, [1, 2, 3]), (65_280, []),
    ] as [(UInt16, [UInt8])])
  func right(type: UInt16, data: [UInt8]) throws {
    let fault = try fault(type, data)
    guard case .nothing = fault else {
      Issue.record("\(fault)")
      return
    }
  }

  @Test(
    "Data of another length is malformed, and so is a record of a type that no record has",
    arguments: [
      (0, []), (41, [0, 10, 0, 0]), (250, [0]), (255, []), (65_535, [1]),
      (1, [10, 0, 0]), (1, [10, 0, 0, 1, 2]), (1, []), (28, [10, 0, 0, 1]), (5, pointer + [0]), (5, []),
      (6, pointer + pointer + numbers + [0]), (6, pointer + pointer + numbers.dropLast()), (6, pointer),
      (15, [0, 1] + pointer + [0]), (15, [0]), (16, [5, 97]), (16, [1, 97, 3]), (33, [0, 0, 0] + pointer),
      (35, [0, 1, 0, 1, 1, 117, 0] + pointer), (35, [0, 1, 0, 1, 1, 117, 0, 0] + pointer + [0]),
      (39, [1, 97]),
    ] as [(UInt16, [UInt8])])
  func wrong(type: UInt16, data: [UInt8]) throws {
    let fault = try fault(type, data)
    guard case .malformed = fault else {
      Issue.record("\(fault)")
      return
    }
  }
}
