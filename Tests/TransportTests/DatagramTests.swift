// UDP over real sockets.
import CLinux
import Cloud
import DNSWire
import Glibc
import Resolution
import Synchronization
import Testing
import Transport

@Suite struct DatagramTests {
  @Test func `every client gets the answers to its own questions`() throws {
    let server = try start()
    defer { server.stop() }
    let clients = try (0..<50).map { _ in try Client(to: server.boundAddresses[0], isStream: false) }
    for round in 0..<20 {
      for (index, client) in clients.enumerated() { try client.send(query(id: UInt16(index * 100 + round))) }
      for (index, client) in clients.enumerated() {
        #expect(responseID(try client.receive()) == UInt16(index * 100 + round))
      }
    }
    server.stop()
    #expect(server.counters[.udpQueries] == 1000)
    #expect(server.counters[.answers] == 1000)
    #expect(server.counters[.dropped] == 0)
  }

  /// Questions of one client that arrive together are answered together, but each by a datagram of its own.
  @Test(arguments: ["127.0.0.1:0", "0.0.0.0:0", "[::1]:0", "[::]:0"])
  func `a burst of one client with answers of many lengths`(address: String) throws {
    let server = try start([address], workers: 1)
    defer { server.stop() }
    var asked = server.boundAddresses[0]
    if asked.isWildcard {
      asked.address = address == "[::]:0" ? .v6(IPv6Address(rawValue: 1)) : .v4(.init(127, 0, 0, 9))
    }
    let client = try Client(to: asked, isStream: false)
    _ = cl_receive_buffer(client.descriptor, 1 << 20)
    let questions = (0..<500 as Range<UInt16>).map { query(id: $0, label: 1 + Int($0) * 7 % 40) }
    for question in questions { try client.send(question) }
    var answers: [UInt16: [UInt8]] = [:]
    for _ in questions {
      let answer = try client.receive()
      answers[try #require(responseID(answer))] = answer
    }
    // Each is what the question gets when it comes alone.
    for (id, question) in questions.enumerated() {
      try client.send(question)
      let alone = try client.receive()
      #expect(answers[UInt16(id)] == alone)
    }
    server.stop()
    #expect(server.counters[.answers] == 1000)
    #expect(server.counters[.dropped] == 0)
  }

  @Test func `IPv6 is answered as IPv4 is, on one port by two sockets`() throws {
    let server = try start(["127.0.0.1:0", "[::1]:0"])
    defer { server.stop() }
    for listener in server.boundAddresses {
      for isStream in [false, true] {
        let client = try Client(to: listener, isStream: isStream)
        try client.send(isStream ? framed(query(id: 7)) : query(id: 7))
        #expect(responseID(try isStream ? client.receiveMessage() ?? [] : client.receive()) == 7)
      }
    }
  }

  @Test func `both wildcards may be used on one port`() throws {
    let first = try start(["0.0.0.0:0"], workers: 1)
    let port = first.boundAddresses[0].port
    first.stop()
    let server = try start(["0.0.0.0:\(port)", "[::]:\(port)", "127.0.0.7:\(port)=classic"])
    defer { server.stop() }
    for address in ["127.0.0.1:\(port)", "[::1]:\(port)", "127.0.0.7:\(port)"] {
      let client = try Client(to: Listener(address), isStream: false)
      try client.send(query(id: 9))
      #expect(responseID(try client.receive()) == 9)
    }
  }

  @Test func `a wildcard listener answers from the address that was asked`() throws {
    let server = try start(["0.0.0.0:0"])
    defer { server.stop() }
    // Not connected: a connected socket would hide an answer from the wrong address.
    let client = try Client(to: server.boundAddresses[0], isStream: false, connects: false)
    for asked in ["127.0.0.1", "127.0.0.2", "127.0.0.3"] {
      try client.send(query(id: 1), to: Listener("\(asked):\(server.boundAddresses[0].port)"))
      let answer = try client.receiveFrom()
      #expect(answer.address == asked)
      #expect(responseID(answer.octets) == 1)
    }
  }

  /// `whoami.` names the address that was asked, of which what is remembered of a question says nothing; the answer to
  /// somebody on the internet is short enough to be remembered.
  @Test func `whoami names the address that was asked, whatever was asked before`() throws {
    var world = World()
    let loopback = try #require(CIDRBlock("127.0.0.0/8"))
    try world.apply(.addRequester(Requester(source: .v4(loopback), identity: .internet)))
    let server = try start(
      ["0.0.0.0:0"], workers: 1, publication: Publication(Compiler.compile(world, generation: 1)))
    defer { server.stop() }
    let port = server.boundAddresses[0].port
    // One socket: both questions come from one address and one port.
    let client = try Client(to: server.boundAddresses[0], isStream: false, from: "127.0.0.1", connects: false)
    for asked in ["127.0.0.9", "127.0.0.10", "127.0.0.9"] {
      try client.send(whoami(id: 3), to: Listener("\(asked):\(port)"))
      let text = String(decoding: try client.receive(), as: UTF8.self)
      #expect(text.contains("\(asked)#\(port)"))
    }
  }

  /// Questions that are too long to be remembered, as all are in a large world: who asks is found out for the batch
  /// first.
  @Test func `each of a batch is answered as the one who asked it`() throws {
    var world = World()
    for (range, identity) in [("127.0.0.2/32", Requester.Identity.internet), ("127.0.0.3/32", .classic(.usEast1))] {
      let source = try #require(CIDRBlock(range))
      try world.apply(.addRequester(Requester(source: .v4(source), identity: identity)))
    }
    let server = try start(workers: 1, publication: Publication(Compiler.compile(world, generation: 1)))
    defer { server.stop() }
    let clients = try ["127.0.0.2", "127.0.0.3"].map { source in
      try Client(to: server.boundAddresses[0], isStream: false, from: source)
    }
    for id in UInt16(0)..<60 {
      for client in clients { try client.send(whoami(id: id, padding: 200)) }
    }
    for _ in 0..<60 {
      for (client, asker) in zip(clients, ["asker the internet", "asker an unlinked EC2-Classic host"]) {
        let text = String(decoding: try client.receive(), as: UTF8.self)
        #expect(text.contains(asker), "\(text)")
      }
    }
  }

  @Test func `runts and datagrams past the buffer get no answer and do no harm`() throws {
    let server = try start()
    defer { server.stop() }
    let client = try Client(to: server.boundAddresses[0], isStream: false)
    try client.send([])
    try client.send([1, 2, 3])
    try client.send(query(id: 1, padding: 4096))
    try client.send(query(id: 2))
    #expect(responseID(try client.receive()) == 2)
    server.stop()
    #expect(server.counters[.dropped] == 3)
  }

  @Test func `an answer that nobody wants any more harms no other`() throws {
    let server = try start(workers: 1)
    defer { server.stop() }
    let client = try Client(to: server.boundAddresses[0], isStream: false)
    for round in 0..<200 {
      // Closed before the answer comes: the kernel reports the port as unreachable.
      try Client(to: server.boundAddresses[0], isStream: false).send(query(id: 0))
      try client.send(query(id: UInt16(round)))
      #expect(responseID(try client.receive()) == UInt16(round))
    }
  }

  @Test func `each unknown source is reported once`() throws {
    let server = try start(workers: 1)
    defer { server.stop() }
    for _ in 0..<3 {
      for source in ["127.0.0.1", "127.0.0.5"] {
        for isStream in [false, true] {
          let client = try Client(to: server.boundAddresses[0], isStream: isStream, from: source)
          try client.send(isStream ? framed(query(id: 7)) : query(id: 7))
          #expect(responseID(try isStream ? client.receiveMessage() ?? [] : client.receive()) == 7)
        }
      }
    }
    server.stop()
    #expect(server.takeReports().strangers.map { "\($0.source)" } == ["127.0.0.1", "127.0.0.5"])
    #expect(server.takeReports().strangers.isEmpty)
  }
}
