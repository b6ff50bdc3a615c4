// TCP over real sockets (RFC 7766).
import CLinux
import DNSWire
import Glibc
import Resolution
import Testing
import Transport

@Suite struct StreamTests {
  @Test func `pipelined questions are answered in their order`() throws {
    let server = try start()
    defer { server.stop() }
    let clients = try (0..<20).map { _ in try Client(to: server.boundAddresses[0], isStream: true) }
    let ids = (0..<500).map { UInt16($0) }
    for client in clients { try client.send(ids.flatMap { framed(query(id: $0)) }) }
    for client in clients {
      let answered = try ids.map { _ in try client.receiveMessage().flatMap(responseID) }
      #expect(answered == ids)
    }
  }

  @Test func `a question may come one octet at a time`() throws {
    let server = try start(workers: 1)
    defer { server.stop() }
    let client = try Client(to: server.boundAddresses[0], isStream: true)
    _ = cl_no_delay(client.descriptor)
    for id in [1, 2] as [UInt16] {
      for octet in framed(query(id: id)) {
        try client.send([octet])
        usleep(200)
      }
      #expect(try client.receiveMessage().flatMap(responseID) == id)
    }
  }

  @Test func `a half-closed connection gets its answers, then its end`() throws {
    let server = try start()
    defer { server.stop() }
    let client = try Client(to: server.boundAddresses[0], isStream: true)
    try client.send((0..<300).flatMap { framed(query(id: $0)) } + [0])
    client.endSending()
    for id in 0..<300 { #expect(try client.receiveMessage().flatMap(responseID) == UInt16(id)) }
    #expect(try client.isClosedByPeer())
  }

  @Test func `the longest message that two octets can frame is answered`() throws {
    let server = try start()
    defer { server.stop() }
    let client = try Client(to: server.boundAddresses[0], isStream: true)
    let longest = query(id: 5, padding: Limits.tcpOctets - query(id: 5, padding: 0).count)
    #expect(longest.count == Limits.tcpOctets)
    for _ in 0..<3 { try client.send(framed(longest)) }
    for _ in 0..<3 { #expect(try client.receiveMessage().flatMap(responseID) == 5) }
  }

  @Test func `a slow reader is read no further, and loses nothing`() throws {
    let server = try start(workers: 1)
    defer { server.stop() }
    let slow = try Client(to: server.boundAddresses[0], isStream: true)
    // Far more answers than the kernel holds for the connection: then the server's own budget must hold. It stops
    // reading, and so the writer sticks.
    let all = (UInt16.min...UInt16.max).flatMap { framed(query(id: $0)) }
    let rounds = 4
    let writer = try PosixThread(name: "writer") { [descriptor = slow.descriptor] in
      for _ in 0..<rounds {
        var first = 0
        while first < all.count {
          let sent = unsafe all.withUnsafeBytes {
            unsafe Glibc.send(
              descriptor, $0.baseAddress.map { unsafe $0 + first }, $0.count - first, Int32(MSG_NOSIGNAL))
          }
          guard sent > 0 else { return }
          first += sent
        }
      }
    }
    // Others are served meanwhile.
    let other = try Client(to: server.boundAddresses[0], isStream: true)
    for id in 0..<100 as Range<UInt16> {
      try other.send(framed(query(id: id)))
      #expect(try other.receiveMessage().flatMap(responseID) == id)
    }
    var before: UInt64 = 0
    while server.counters[.answers] > before {
      before = server.counters[.answers]
      usleep(500_000)
    }
    #expect(server.counters[.answers] < rounds * 65_536)
    var expected = 0
    var isInOrder = true
    var rest: [UInt8] = []
    while isInOrder, expected < rounds * 65_536 {
      let more = try slow.receive()
      if more.isEmpty { break }
      rest += more
      var first = 0
      while rest.count - first >= 2, rest.count - first - 2 >= Int(rest[first]) << 8 | Int(rest[first + 1]) {
        let length = Int(rest[first]) << 8 | Int(rest[first + 1])
        isInOrder =
          isInOrder && responseID(Array(rest[(first + 2)..<(first + 2 + length)])) == UInt16(expected % 65_536)
        first += 2 + length
        expected += 1
      }
      rest.removeFirst(first)
    }
    #expect(isInOrder)
    #expect(expected == rounds * 65_536)
    writer.join()
  }

  @Test func `a message that gets no answer leaves the connection open`() throws {
    let server = try start()
    defer { server.stop() }
    let client = try Client(to: server.boundAddresses[0], isStream: true)
    try client.send([0, 0] + framed([1, 2, 3]) + framed(query(id: 8)))
    #expect(try client.receiveMessage().flatMap(responseID) == 8)
  }

  @Test func `an idle connection is closed, a dribbling one too`() throws {
    var options = Server.Options()
    options.idleMilliseconds = 200
    let server = try start(options: options)
    defer { server.stop() }
    let idle = try Client(to: server.boundAddresses[0], isStream: true)
    #expect(try idle.isClosedByPeer())

    let dribbling = try Client(to: server.boundAddresses[0], isStream: true)
    // An octet now and then completes no question: sending fails at last, since nobody is there.
    #expect(throws: SystemFailure.self) {
      for _ in 0..<1000 {
        try dribbling.send([1])
        usleep(20_000)
        if try self.hasEnded(dribbling) { throw SystemFailure(call: "end", number: 0) }
      }
    }
  }

  private func hasEnded(_ client: Client) throws -> Bool {
    var octet: UInt8 = 0
    let count = unsafe recv(client.descriptor, &octet, 1, Int32(MSG_DONTWAIT))
    return count == 0 || (count < 0 && errno != EAGAIN)
  }

  @Test func `a peer that reads an octet now and then is cut, and others are served`() throws {
    var options = Server.Options()
    options.idleMilliseconds = 500
    let server = try start(workers: 1, options: options)
    defer { server.stop() }
    let slow = try Client(to: server.boundAddresses[0], isStream: true)
    _ = cl_receive_buffer(slow.descriptor, 4096)
    // It sends until the server reads no more.
    let questions = (0..<1000 as Range<UInt16>).flatMap { framed(query(id: $0)) }
    while true {
      let sent = unsafe Glibc.send(slow.descriptor, questions, questions.count, Int32(MSG_DONTWAIT))
      if sent < 0 { break }
    }
    let other = try Client(to: server.boundAddresses[0], isStream: false)
    var octet: UInt8 = 0
    // What the kernel holds of the answers can be read after the end too, an octet now and then, for minutes.
    for id in 0..<20_000 as Range<UInt16> where server.counters[.tcpSlow] == 0 {
      _ = unsafe recv(slow.descriptor, &octet, 1, Int32(MSG_DONTWAIT))
      try other.send(query(id: id))
      #expect(responseID(try other.receive()) == id)
      usleep(10_000)
    }
    #expect(server.counters[.tcpSlow] == 1)
    #expect(server.counters[.tcpClosed] == 1)
  }

  @Test func `an old connection takes no more questions, however busy`() throws {
    var options = Server.Options()
    options.idleMilliseconds = 5000
    options.totalMilliseconds = 100
    let server = try start(options: options)
    defer { server.stop() }
    let client = try Client(to: server.boundAddresses[0], isStream: true)
    var hasEnded = false
    for id in 0..<2000 as Range<UInt16> where !hasEnded {
      do {
        try client.send(framed(query(id: id)))
        hasEnded = try client.receiveMessage() == nil
      } catch let failure as SystemFailure where [ECONNRESET, EPIPE].contains(failure.number) {
        hasEnded = true
      }
      usleep(5000)
    }
    #expect(hasEnded)
  }

  @Test func `past the limit a new connection is refused until another is idle`() throws {
    var options = Server.Options()
    options.connections = 8
    let server = try start(workers: 1, options: options)
    defer { server.stop() }
    let address = server.boundAddresses[0]
    let first = try (0..<8).map { _ in try Client(to: address, isStream: true) }
    for client in first {
      try client.send(framed(query(id: 1)))
      #expect(try client.receiveMessage().flatMap(responseID) == 1)
    }
    // Whether it is refused or takes the place of one that has been idle for a second, there are never more than 8.
    for _ in 0..<100 {
      let flood = try Client(to: address, isStream: true)
      #expect(try flood.isClosedByPeer())
    }
    // UDP does not notice.
    let datagrams = try Client(to: address, isStream: false)
    try datagrams.send(query(id: 3))
    #expect(responseID(try datagrams.receive()) == 3)
    // Those that were there first are served on.
    for client in first {
      try client.send(framed(query(id: 2)))
      #expect(try client.receiveMessage().flatMap(responseID) == 2)
    }
    usleep(1_200_000)
    let late = try Client(to: address, isStream: true)
    try late.send(framed(query(id: 4)))
    #expect(try late.receiveMessage().flatMap(responseID) == 4)
    server.stop()
    #expect(server.counters[.tcpRefused] == 100)
    #expect(server.counters[.tcpAccepted] == 9)
    #expect(server.counters[.tcpClosed] == 9)
  }
}
