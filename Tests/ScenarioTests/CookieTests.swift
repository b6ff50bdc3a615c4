// DNS cookies and the server's name, as dig and a resolver that keeps its cookie see them.
import TestSupport
import Testing

@Suite("Cookies and names of servers", .serialized)
struct CookieTests {
  private static let client: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
  private static let noError = 0

  private func dig(_ server: LiveServer, _ arguments: String...) throws -> DigReply {
    DigReply(
      text: try ScenarioTests.dig(["@127.0.0.1", "-p", "\(server.port)", "+tries=1", "+time=10"] + arguments))
  }

  /// A question, its cookies in an option.
  private func question(_ cookie: [UInt8], _ name: String = "one.wire.test") -> [UInt8] {
    Message.question(id: 0x1234, name: name, type: 1, payload: 1232, options: Message.option(10, cookie))
  }

  private func socket(
    _ server: LiveServer, from source: [UInt8] = [127, 0, 1, 12], _ transport: LoopbackSocket.Transport = .udp
  ) throws -> LoopbackSocket {
    try LoopbackSocket(source: Octets(source).number, port: server.port, transport)
  }

  /// The cookies of the answer; `nil` without any.
  private func cookie(_ socket: LoopbackSocket, _ came: [UInt8]) throws -> [UInt8]? {
    let reply = try Reply(try socket.ask(question(came)))
    #expect(reply.responseCode == Self.noError && reply.answer.count == 5)
    return reply.option(10)
  }

  @Test(
    "A client gets a cookie, keeps it, and gets another where it is not good",
    arguments: LoopbackSocket.Transport.allCases)
  func keeping(transport: LoopbackSocket.Transport) throws {
    let server = try LiveServer(WireWorld.files)
    let socket = try socket(server, transport)
    let first = try #require(try cookie(socket, Self.client))
    #expect(first.count == 24 && first.starts(with: Self.client + [1, 0, 0, 0]))
    // Twice and twice again: what is remembered is the same.
    for _ in 0..<4 { #expect(try cookie(socket, first) == first) }
    // Over the other transport, and through any worker.
    for _ in 0..<8 {
      #expect(try cookie(try self.socket(server, .udp), first) == first)
      #expect(try cookie(try self.socket(server, .tcp), first) == first)
    }
    for wrong in [
      Self.client + [UInt8](repeating: 9, count: 16), Self.client + [UInt8](repeating: 9, count: 8),
      Self.client.reversed() + first.dropFirst(8),
    ] {
      let other = try #require(try cookie(socket, wrong))
      #expect(other != wrong && other.count == 24 && other.prefix(8) == wrong.prefix(8))
      #expect(try cookie(socket, other) == other)
    }
    // Another address has no use for it.
    let elsewhere = try self.socket(server, from: [127, 0, 0, 1], transport)
    let another = try #require(try cookie(elsewhere, first))
    #expect(another != first && another.prefix(8) == first.prefix(8))
    #expect(try cookie(socket, first) == first)
    // Without a cookie there is none.
    let plain = try Reply(try socket.ask(Message.question(id: 1, name: "one.wire.test", type: 1, payload: 1232)))
    #expect(plain.option(10) == nil && plain.opt != nil)
  }

  @Test(
    "A message without a question asks for a cookie, or whether its own is good (RFC 7873 5.4)",
    arguments: LoopbackSocket.Transport.allCases)
  func withoutQuestion(transport: LoopbackSocket.Transport) throws {
    let server = try LiveServer(WireWorld.files)
    let socket = try socket(server, transport)
    func ask(_ cookie: [UInt8]) throws -> Reply {
      let header: [UInt8] = [0x12, 0x34, 1, 0x10, 0, 0, 0, 0, 0, 0, 0, 0]
      let opt = Message.opt(Message.option(10, cookie))
      return try Reply(try socket.ask(Message.adding(opt, to: header)), mayLackQuestion: true)
    }
    let first = try ask(Self.client)
    #expect(first.responseCode == Self.noError && first.question.isEmpty && first.answer.isEmpty)
    #expect(first.flags == 0x8190)
    let cookie = try #require(first.option(10))
    #expect(try self.cookie(socket, cookie) == cookie)
    let again = try ask(cookie)
    #expect(again.responseCode == Self.noError && again.option(10) == cookie)
    let wrong = try ask(Self.client + [UInt8](repeating: 0, count: 16))
    #expect(wrong.responseCode == 23 && wrong.option(10)?.count == 24)
  }

  @Test("Of several cookies the first one counts, and no other is looked at (RFC 7873 5.2)")
  func several() throws {
    let server = try LiveServer(WireWorld.files)
    let options = Message.option(10, Self.client) + Message.option(10, [9, 9, 9])
    let reply = try Reply(
      try socket(server).ask(
        Message.question(id: 1, name: "one.wire.test", type: 1, payload: 1232, options: options)))
    #expect(reply.responseCode == Self.noError && reply.option(10)?.starts(with: Self.client) == true)
  }

  @Test("dig finds each cookie good, over UDP and TCP, also of an answer that was cut off")
  func digs() throws {
    let server = try LiveServer(WireWorld.files)
    for arguments in [["+notcp"], ["+tcp"], ["+bufsize=512", "+ignore"]] {
      let reply = try DigReply(
        text: ScenarioTests.dig(["@127.0.0.1", "-p", "\(server.port)", "s800.wire.test", "TXT"] + arguments))
      #expect(reply.text.contains(#/; COOKIE: [0-9a-f]{48} \(good\)/#), "\(reply.text)")
      #expect(reply.flags.contains("tc") == arguments.contains("+ignore"))
    }
    let bare = try dig(server, "+header-only")
    #expect(bare.text.contains("status: NOERROR") && bare.text.contains("(good)"), "\(bare.text)")
  }

  @Test("Behind a proxy the cookie is that of who really asks")
  func behindProxy() throws {
    let server = try LiveServer(WireWorld.files, ["--trust", "127.0.0.0/8=ecs"])
    let socket = try socket(server)
    func ask(_ came: [UInt8], as last: UInt8) throws -> [UInt8]? {
      let subnet = Message.option(8, [0, 1, 32, 0, 192, 0, 2, last])
      return try Reply(
        try socket.ask(
          Message.question(
            id: 1, name: "one.wire.test", type: 1, payload: 1232, options: subnet + Message.option(10, came)))
      ).option(10)
    }
    let first = try #require(try ask(Self.client, as: 1))
    #expect(try ask(first, as: 1) == first)
    #expect(try ask(first, as: 2) != first)
  }

  @Test("Who asks for the server's name gets it, and nobody else")
  func names() throws {
    let server = try LiveServer(WireWorld.files, ["--nsid", "ns-1 of us"])
    let named = try dig(server, "+nsid", "one.wire.test")
    #expect(named.text.contains(#/NSID: .*\("ns-1 of us"\)/#), "\(named.text)")
    #expect(try !dig(server, "one.wire.test").text.contains("NSID"))
    for name in ["id.server", "HOSTNAME.bind"] {
      #expect(try dig(server, "CH", "TXT", name).answer.map(\.data) == ["\"ns-1 of us\""])
    }
    // Decision 20: a VPC without DNS support hears `whoami.` alone.
    func chaos(_ name: String) throws -> [UInt8]? {
      let silent = try socket(server, from: [127, 0, 1, 19], .tcp)
      try silent.send(octets: silent.framed(Message.question(id: 1, name: name, type: 16, class: 3)))
      try silent.send(octets: silent.framed(Message.question(id: 2, name: "whoami", type: 16, class: 3)))
      return try silent.receive()
    }
    for name in ["id.server", "version.bind", "nothing.bind"] { #expect(try chaos(name)?[1] == 2, "\(name)") }
    let nobody = try LiveServer(WireWorld.files)
    #expect(try !dig(nobody, "+nsid", "one.wire.test").text.contains("NSID"))
    #expect(try dig(nobody, "CH", "TXT", "id.server").status == "REFUSED")
    // Two names of one thing.
    let versions = try ["version.bind", "version.server"].map { try dig(nobody, "CH", "TXT", $0).answer.map(\.data) }
    #expect(versions[0] == versions[1] && versions[0].first?.contains("classiclink-dns") == true)
  }
}
