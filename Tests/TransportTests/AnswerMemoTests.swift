// What the memory of answers takes in, and when it forgets.
import DNSWire
import Resolution
import Testing

@testable import Transport

@Suite struct AnswerMemoTests {
  /// What is remembered of a question, in place of which its answer stands then.
  private func recall(_ memo: borrowing AnswerMemo, _ message: [UInt8], era: UInt64, second: UInt32 = 1) -> (
    CookieState, [UInt8]
  )? {
    let room = FixedBuffer(message + [UInt8](repeating: 0, count: 512))
    guard let question = unsafe memo.question(room.start, length: message.count, from: arrival, listener: 0, era: era)
    else { return nil }
    let found = unsafe memo.recall(question, room.start, second: second)
    return found.count == 0 ? nil : (found.cookie, (0..<found.count).map { room[$0] })
  }

  private func keep(
    _ memo: borrowing AnswerMemo, _ message: [UInt8], _ answer: [UInt8], _ cookie: CookieState, era: UInt64,
    second: UInt32 = 0
  ) {
    let room = FixedBuffer(message + [UInt8](repeating: 0, count: 512))
    guard let question = unsafe memo.question(room.start, length: message.count, from: arrival, listener: 0, era: era)
    else { return }
    for (index, octet) in answer.enumerated() { room[index] = octet }
    unsafe memo.keep(question, answer: room.start, count: answer.count, cookie: cookie, second: second)
  }

  private let arrival = Arrival(
    source: .v4(IPv4Address(127, 0, 0, 1)), destination: .v4(IPv4Address(127, 0, 0, 1)), port: 53, network: .any,
    isTCP: false, trustsClientSubnet: false)

  @Test func `what is good for a second is not there in the next, nor in one before`() throws {
    let memo = AnswerMemo(try ReservedMemory(octets: AnswerMemo.octets))
    let message = query(id: 1, label: 40, padding: 20)
    let answer = message + [UInt8](repeating: 5, count: 16)
    keep(memo, message, answer, .absent, era: 1, second: 0x8000_0007)
    for (second, isThere) in [(0x8000_0007, true), (0x8000_0008, false), (0x8000_0006, false), (0x8000_0007, true)] {
      let found = recall(memo, message, era: 1, second: UInt32(second))
      #expect((found?.1 == answer) == isThere)
    }
  }

  @Test func `a question with a good cookie is known again as such, in the same era and with the same octets`() throws {
    let memo = AnswerMemo(try ReservedMemory(octets: AnswerMemo.octets))
    for (era, cookie) in [(1, .absent), (2, .valid), (3, .absent)] as [(UInt64, CookieState)] {
      // As long as a public hostname with an OPT record and both cookies.
      let message = query(id: 1, label: 40, padding: 20)
      let answer = message + [UInt8](repeating: 5, count: 16)
      let before = recall(memo, message, era: era)
      #expect(before?.1 == nil)
      keep(memo, message, answer, cookie, era: era)
      let after = recall(memo, message, era: era)
      let found = try #require(after)
      #expect(found.1 == answer)
      switch (found.0, cookie) {
      case (.absent, .absent), (.valid, .valid): break
      default: Issue.record("\(found.0) was \(cookie)")
      }
      let other = recall(memo, message.dropLast() + [1], era: era)
      #expect(other?.1 == nil)
    }
  }
}
