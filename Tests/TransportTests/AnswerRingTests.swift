// The way of answers to the query log: in order, around the ring, and lost when nobody takes them out.
import DNSWire
import Testing

@testable import Transport

@Suite("Answers on their way to the query log")
struct AnswerRingTests {
  /// A ring with both of its sides.
  private struct Ends: ~Copyable {
    let ring: AnswerRing
    var log: AnswerLog

    init(slots: Int) {
      ring = AnswerRing(slots: slots)
      log = AnswerLog(ring)
    }

    /// Puts in the answer with this number, of as many octets.
    mutating func add(_ number: UInt16, octets count: Int = 4) {
      let octets = (0..<count).map { UInt8(truncatingIfNeeded: Int(number) + $0) }
      let note = AnswerNote(
        source: .v4(IPv4Address(10, 0, 0, 1)), destination: .v4(IPv4Address(127, 0, 0, 1)), generation: 7, time: 1,
        sourcePort: number, listener: 0, count: UInt16(count), isTCP: false)
      unsafe octets.withUnsafeBufferPointer { octets in
        if let start = octets.baseAddress { unsafe log.add(note, start) }
      }
    }

    /// The numbers of what comes out, each looked at to its last octet.
    func take() -> [UInt16] {
      var numbers: [UInt16] = []
      let count = ring.take { note, octets in
        numbers.append(note.sourcePort)
        #expect(octets.count == min(Int(note.count), TransportLimits.loggedOctets))
        for index in octets.indices {
          #expect(octets[index] == UInt8(truncatingIfNeeded: Int(note.sourcePort) + index))
        }
      }
      #expect(count == numbers.count)
      return numbers
    }
  }

  @Test func `they come out in their order, and once`() {
    var ends = Ends(slots: 8)
    for number in 1...5 as ClosedRange<UInt16> { ends.add(number) }
    #expect(ends.take() == [], "not published yet")
    ends.log.publish()
    #expect(ends.take() == [1, 2, 3, 4, 5])
    #expect(ends.take() == [])
  }

  @Test func `the ring goes around many times`() {
    var ends = Ends(slots: 8)
    var expected: [UInt16] = []
    var found: [UInt16] = []
    // Groups of 5 in 8 slots begin at every place of the ring.
    for group in 0..<100 as Range<UInt16> {
      for number in (5 * group)..<(5 * group + 5) {
        ends.add(number)
        expected.append(number)
      }
      ends.log.publish()
      found += ends.take()
    }
    #expect(found == expected)
    #expect(ends.ring.lostCount == 0)
  }

  @Test func `a full ring loses the new ones, counts them, and goes on when there is room`() {
    var ends = Ends(slots: 4)
    for number in 1...7 as ClosedRange<UInt16> { ends.add(number) }
    ends.log.publish()
    #expect(ends.ring.lostCount == 3)
    #expect(ends.take() == [1, 2, 3, 4])
    ends.add(8)
    ends.log.publish()
    #expect(ends.take() == [8])
    #expect(ends.ring.lostCount == 3)
  }

  @Test func `of a long answer the first octets come out`() {
    var ends = Ends(slots: 2)
    ends.add(1, octets: TransportLimits.loggedOctets)
    ends.add(2, octets: TransportLimits.loggedOctets + 1)
    ends.log.publish()
    #expect(ends.take() == [1, 2])
  }

  @Test func `two threads lose nothing but what is counted`() throws {
    let ring = AnswerRing(slots: 16)
    let total = 20_000
    let writer = try PosixThread(name: "writer") {
      var log = AnswerLog(ring)
      let octets: [UInt8] = [1, 2, 3, 4]
      for number in 0..<total {
        let note = AnswerNote(
          source: .v4(IPv4Address(10, 0, 0, 1)), destination: .v4(IPv4Address(127, 0, 0, 1)),
          generation: UInt64(number), time: 1, sourcePort: 1, listener: 0, count: 4, isTCP: false)
        unsafe octets.withUnsafeBufferPointer { octets in
          if let start = octets.baseAddress { unsafe log.add(note, start) }
        }
        log.publish()
      }
    }
    var taken = 0
    var last: Int64 = -1
    var isOrdered = true
    func look() {
      taken += ring.take { note, octets in
        isOrdered = isOrdered && Int64(note.generation) > last && octets[3] == 4
        last = Int64(note.generation)
      }
    }
    for _ in 0..<1000 { look() }
    writer.join()
    look()
    #expect(isOrdered)
    #expect(UInt64(taken) + ring.lostCount == UInt64(total))
    #expect(taken >= 16, "what fits came through")
  }

  @Test(arguments: [false, true]) func `a server notes who asked what it answered`(isStream: Bool) throws {
    var options = Server.Options()
    options.logsAnswers = true
    let server = try start(workers: 1, options: options)
    let client = try Client(to: server.boundAddresses[0], isStream: isStream, from: "127.0.0.9")
    for id in 1...3 as ClosedRange<UInt16> {
      try client.send(isStream ? framed(whoami(id: id)) : whoami(id: id))
      #expect(responseID(isStream ? try #require(try client.receiveMessage()) : try client.receive()) == id)
    }
    server.stop()
    var ids: [UInt16?] = []
    let count = server.takeAnswers { note, octets in
      ids.append(responseID(octets.indices.map { octets[$0] }))
      #expect(note.source == .v4(IPv4Address(127, 0, 0, 9)) && note.sourcePort != 0)
      #expect(note.destination == .v4(IPv4Address(127, 0, 0, 1)))
      #expect(note.isTCP == isStream && note.generation == 1 && Int(note.count) == octets.count)
    }
    #expect(count == 3 && ids == [1, 2, 3] && server.lostAnswers == 0)
  }
}
