// Questions that wait for other servers: how many, for how long, and what becomes of them.
import DNSWire
import Glibc
import Recursion
import TestSupport
import Testing
import Transport

@Suite struct WaitingTests {
  private func client(_ stage: ForwardingStage, isStream: Bool = false, from source: String = "127.0.1.12") throws
    -> Client
  {
    try Client(to: stage.server.boundAddresses[0], isStream: isStream, from: source)
  }

  private func serve(_ listeners: [String], asking upstream: Upstream) throws -> Server {
    var options = Server.Options()
    var forwarding = Server.Forwarding()
    forwarding.recursion.servers = [ForwardingStage.address(upstream)]
    options.forwarding = forwarding
    return try start(listeners, workers: 1, options: options)
  }

  @Test func `equal questions of many clients are one for the upstream, and each gets its own answer`() throws {
    let upstream = try Upstream(["www.example 300 A 192.0.2.1"], manner: .slow(200))
    defer { upstream.stop() }
    let stage = try ForwardingStage([upstream])
    let clients = try (0..<50).map { try client(stage, isStream: $0 % 2 == 1) }
    for (index, client) in clients.enumerated() {
      let question = Message.question(id: UInt16(index), name: index % 3 == 0 ? "WWW.example" : "www.Example", type: 1)
      try client.send(index % 2 == 1 ? framed(question) : question)
    }
    for (index, client) in clients.enumerated() {
      let octets = index % 2 == 1 ? try client.receiveMessage() ?? [] : try client.receive()
      let reply = try Reply(octets)
      #expect(reply.id == UInt16(index) && reply.answer.map(\.text) == ["192.0.2.1"])
      #expect(octets[13] == (index % 3 == 0 ? UInt8(ascii: "W") : UInt8(ascii: "w")))
    }
    #expect((1..<10).contains(upstream.questions.count))
  }

  @Test func `who asks again while he waits gets one answer`() throws {
    let upstream = try Upstream(["www.example 300 A 192.0.2.1", "last.example 300 A 192.0.2.2"], manner: .slow(200))
    defer { upstream.stop() }
    let stage = try ForwardingStage([upstream])
    let client = try client(stage)
    for _ in 0..<5 { try client.send(Message.question(id: 1, name: "www.example", type: 1)) }
    #expect(try Reply(client.receive()).id == 1)
    try client.send(Message.question(id: 2, name: "last.example", type: 1))
    #expect(try Reply(client.receive()).id == 2)
  }

  @Test func `a client has no more than its share, and the next client has its own`() throws {
    let upstream = try Upstream(["www.example 300 A 192.0.2.1"], manner: .slow(500))
    defer { upstream.stop() }
    let stage = try ForwardingStage([upstream]) { $0.waitingPerClient = 8 }
    let greedy = try client(stage)
    for id in 0..<20 {
      try greedy.send(Message.question(id: UInt16(id), name: "n\(id).example", type: 1, payload: 1232))
    }
    // Those past the share are told at once.
    var refused: Set<UInt16> = []
    for _ in 8..<20 {
      let reply = try Reply(greedy.receive())
      refused.insert(reply.id)
      #expect(reply.responseCode == 2)
      #expect(reply.extendedError?.text == "too many questions wait for upstream servers")
    }
    #expect(refused == Set(8..<20))
    let modest = try client(stage, from: "127.0.1.13")
    try modest.send(Message.question(id: 99, name: "www.example", type: 1))
    #expect(try Reply(modest.receive()).answer.count == 1)
    for _ in 0..<8 { #expect(try Reply(greedy.receive()).responseCode == 3) }
    stage.server.stop()
    #expect(stage.server.counters[.foreignRefused] == 12)
    #expect(stage.server.counters[.foreignWaiting] == 0)
  }

  @Test func `three hundred questions wait, and each is put once and gets its own answer`() throws {
    let count = 300
    let upstream = try Upstream(
      (0..<count).map { "n\($0).example 0 A 192.0.\($0 / 250).\($0 % 250)" }, manner: .slow(500))
    defer { upstream.stop() }
    let stage = try ForwardingStage([upstream])
    let client = try client(stage)
    for id in 0..<count { try client.send(Message.question(id: UInt16(id), name: "n\(id).example", type: 1)) }
    for _ in 0..<count {
      let reply = try Reply(client.receive())
      #expect(reply.answer.map(\.text) == ["192.0.\(reply.id / 250).\(reply.id % 250)"])
    }
    #expect(Set(upstream.questions.map(\.name)).count == count && upstream.questions.count == count)
  }

  @Test func `two greedy clients leave places for a third, and what the cache knows`() throws {
    let upstream = try Upstream(["known.example 300 A 192.0.2.1"])
    defer { upstream.stop() }
    let stage = try ForwardingStage([upstream])
    let modest = try client(stage, from: "127.0.1.13")
    func ask(_ name: String) throws -> Reply {
      try modest.send(Message.question(id: 1, name: name, type: 1, payload: 1232))
      return try Reply(modest.receive())
    }
    #expect(try ask("known.example").answer.map(\.text) == ["192.0.2.1"])
    upstream.behave(.silent)
    // Each may have as many as there are left for the others, and no more than his share.
    var waiting: UInt64 = 0
    for (source, most) in [("127.0.1.11", 1024), ("127.0.1.12", 512)] as [(String, UInt64)] {
      let greedy = try client(stage, from: source)
      for id in 0..<most + 10 {
        try greedy.send(
          Message.question(id: UInt16(id), name: "n\(id).\(source).example", type: 1, payload: 1232))
        while id % 128 == 127, stage.server.counters[.udpQueries] <= waiting + id { usleep(1000) }
      }
      for _ in 0..<10 {
        let reply = try Reply(greedy.receive())
        #expect(reply.id >= most && reply.extendedError?.text == "too many questions wait for upstream servers")
      }
      waiting += most
      #expect(stage.server.counters[.foreignWaiting] == waiting)
    }
    #expect(try ask("known.example").answer.map(\.text) == ["192.0.2.1"])
    upstream.behave(.good)
    #expect(try ask("unknown.example").responseCode == 3)
  }

  @Test func `what waits at one set of servers takes no place at another`() throws {
    let silent = try Upstream([], manner: .silent)
    defer { silent.stop() }
    let upstream = try Upstream(["www.corp.example 300 A 192.0.2.1"], manner: .silent)
    defer { upstream.stop() }
    let rule = ForwardingStage.rule("FORWARD", "corp.example.", "vpc-00000001, vpc-00000002", to: upstream.port)
    let stage = try ForwardingStage([silent], rules: [rule])
    let (one, other) = (try client(stage), try client(stage, from: "127.0.1.13"))
    // The other has half of the places at the rule's servers, and one more elsewhere than are left there.
    for (client, count, domain) in [(other, 512, "corp.example"), (one, 513, "example")] as [(Client, UInt64, String)] {
      let before = stage.server.counters[.udpQueries]
      for id in 0..<count {
        try client.send(Message.question(id: UInt16(id), name: "n\(id).\(domain)", type: 1))
        while id % 128 == 127, stage.server.counters[.udpQueries] <= before + id { usleep(1000) }
      }
    }
    while stage.server.counters[.foreignWaiting] < 1025 { usleep(1000) }
    upstream.behave(.good)
    try one.send(Message.question(id: 999, name: "www.corp.example", type: 1))
    #expect(try Reply(one.receive()).answer.map(\.text) == ["192.0.2.1"])
  }

  /// No question: an octet, a header, a response.
  private static let noQuestions: [[UInt8]] = [
    [0x78], [], [UInt8](repeating: 0, count: 11), [0, 2, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    Message.question(id: 5, name: "slow.example", type: 1).enumerated().map { $0 == 2 ? 0x81 : $1 },
  ]

  @Test(arguments: noQuestions, LoopbackSocket.Transport.allCases)
  func `what is no question asks for nothing, behind one that waits too`(
    _ message: [UInt8], _ transport: LoopbackSocket.Transport
  ) throws {
    let upstream = try Upstream([], manner: .silent)
    defer { upstream.stop() }
    let stage = try ForwardingStage([upstream]) { $0.waitingPerClient = 1 }
    let isStream = transport == .tcp
    let (client, other) = (try client(stage, isStream: isStream), try self.client(stage, isStream: isStream))
    func send(_ octets: [UInt8]) throws { try client.send(isStream ? framed(octets) : octets) }
    // One that waits, one that may not, and over UDP the first one again.
    let slow = Message.question(id: 1, name: "slow.example", type: 1)
    try send(slow)
    try send(Message.question(id: 2, name: "slower.example", type: 1))
    try send(slow)
    for _ in 0..<3 { try send(message) }
    let own = Message.question(id: 3, name: "ip-10-0-0-5.ec2.internal", type: 1)
    try other.send(isStream ? framed(own) : own)
    #expect(try Reply(isStream ? other.receiveMessage() ?? [] : other.receive()).answer.count == 1)
    stage.server.stop()
    #expect(Set(upstream.questions.map(\.name)).isSubset(of: ["slow.example"]))
    #expect(stage.server.counters[.foreignQuestions] == 1)
    #expect(stage.server.counters[.foreignRefused] == (isStream ? 2 : 1))
  }

  @Test func `who is unknown is reported though the question waits`() throws {
    let upstream = try Upstream(["www.example 300 A 192.0.2.1"], manner: .slow(100))
    defer { upstream.stop() }
    let stage = try ForwardingStage([upstream])
    let stranger = try client(stage, from: "127.0.9.9")
    try stranger.send(Message.question(id: 1, name: "www.example", type: 1))
    #expect(try Reply(stranger.receive()).answer.count == 1)
    stage.server.stop()
    #expect(stage.server.takeReports().strangers.map { "\($0.source)" } == ["127.0.9.9"])
    #expect(stage.server.counters[.strangers] == 1)
  }

  @Test func `one message to two addresses of the server gets two answers`() throws {
    let upstream = try Upstream(["www.example 300 A 192.0.2.1"], manner: .slow(300))
    defer { upstream.stop() }
    let server = try serve(["127.0.0.1:0", "127.0.0.2:0", "0.0.0.0:0"], asking: upstream)
    defer { server.stop() }
    let (one, two, all) = (server.boundAddresses[0], server.boundAddresses[1], server.boundAddresses[2].port)
    let client = try Client(to: one, isStream: false, connects: false)
    let addresses = [one, two] + (try [Listener("127.0.0.3:\(all)"), Listener("127.0.0.4:\(all)")])
    for address in addresses { try client.send(Message.question(id: 3, name: "www.example", type: 1), to: address) }
    let came = try addresses.map { _ in try client.receiveFrom().1 }
    #expect(Set(came) == ["127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"])
  }

  @Test func `servers that say nothing leave places for the questions to others`() throws {
    let silent = try Upstream([], manner: .silent)
    defer { silent.stop() }
    let upstream = try Upstream(["www.corp.example 300 A 192.0.2.1"])
    defer { upstream.stop() }
    let stage = try ForwardingStage(
      [silent], rules: [ForwardingStage.rule("FORWARD", "corp.example.", "vpc-00000002", to: upstream.port)]
    ) { $0.waitingPerClient = RecursionLimits.waiting }
    let greedy = try client(stage)
    for id in 0..<RecursionLimits.waiting {
      try greedy.send(Message.question(id: UInt16(id), name: "n\(id).example", type: 1))
      // Not faster than they are taken.
      while id % 256 == 255, stage.server.counters[.udpQueries] <= UInt64(id) { usleep(1000) }
    }
    let modest = try client(stage, from: "127.0.1.13")
    try modest.send(Message.question(id: 99, name: "www.corp.example", type: 1))
    #expect(try Reply(modest.receive()).answer.map(\.text) == ["192.0.2.1"])
  }

  @Test func `a connection gets its answers as they come, also after it has said its last`() throws {
    let upstream = try Upstream(["www.example 300 A 192.0.2.1"], manner: .slow(300))
    defer { upstream.stop() }
    let stage = try ForwardingStage([upstream])
    let client = try client(stage, isStream: true)
    try client.send(framed(Message.question(id: 1, name: "www.example", type: 1)))
    try client.send(framed(Message.question(id: 2, name: "ip-10-0-0-5.ec2.internal", type: 1)))
    client.endSending()
    #expect(try Reply(client.receiveMessage() ?? []).id == 2)
    #expect(try Reply(client.receiveMessage() ?? []).id == 1)
    #expect(try client.isClosedByPeer())
  }

  @Test func `a connection that is gone harms nobody`() throws {
    let upstream = try Upstream(["www.example 300 A 192.0.2.1", "b.example 300 A 192.0.2.2"], manner: .slow(200))
    defer { upstream.stop() }
    let stage = try ForwardingStage([upstream])
    for _ in 0..<10 {
      try client(stage, isStream: true).send(framed(Message.question(id: 1, name: "www.example", type: 1)))
    }
    let next = try client(stage, isStream: true)
    try next.send(framed(Message.question(id: 7, name: "b.example", type: 1)))
    #expect(try Reply(next.receiveMessage() ?? []).answer.map(\.text) == ["192.0.2.2"])
  }

  @Test func `a server stops at once while questions wait`() throws {
    let upstream = try Upstream([], manner: .silent)
    defer { upstream.stop() }
    let stage = try ForwardingStage([upstream])
    let client = try client(stage)
    for id in 0..<100 { try client.send(Message.question(id: UInt16(id), name: "n\(id).example", type: 1)) }
    while stage.server.counters[.foreignWaiting] < 100 { usleep(1000) }
    stage.server.stop()
    #expect(stage.server.counters[.answers] == 0)
  }

  @Test func `an answer leaves from the address that was asked, on a wildcard listener too`() throws {
    let upstream = try Upstream(["www.example 300 A 192.0.2.1"], manner: .slow(50))
    defer { upstream.stop() }
    let server = try serve(["0.0.0.0:0"], asking: upstream)
    defer { server.stop() }
    let port = server.boundAddresses[0].port
    let client = try Client(to: server.boundAddresses[0], isStream: false, connects: false)
    try client.send(Message.question(id: 3, name: "www.example", type: 1), to: Listener("127.0.0.77:\(port)"))
    let (octets, address) = try client.receiveFrom()
    #expect(try Reply(octets).answer.count == 1)
    #expect(address == "127.0.0.77")
  }
}
