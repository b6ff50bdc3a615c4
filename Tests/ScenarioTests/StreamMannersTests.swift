// TCP as RFC 7766 and RFC 7828 want it: messages in one piece or in many, answers to who has stopped sending or reads
// slowly, and how long a connection is kept.
import TestSupport
import Testing

@Suite("Wire manners over TCP", .serialized)
struct StreamMannersTests {
  private func question(_ id: UInt16, _ name: String = "one") -> [UInt8] {
    Message.question(id: id, name: name + ".wire.test", type: name == "one" ? 1 : 16)
  }

  @Test("Many questions in one segment, one in many, empty and short messages between them: all answered in order")
  func pieces() throws {
    let server = try LiveServer(WireWorld.files)
    let socket = try LoopbackSocket(source: Octets([127, 0, 0, 1]), port: server.port, .tcp)
    let runts: [[UInt8]] = [[], [1], [UInt8](repeating: 0, count: 11)]
    var octets: [UInt8] = []
    for id in 0..<200 as Range<UInt16> {
      octets += socket.framed(runts[Int(id) % runts.count]) + socket.framed(question(id))
    }
    try socket.send(octets: octets)
    for id in 0..<200 as Range<UInt16> { #expect(try Reply(socket.receive()).id == id) }
    for octet in socket.framed(question(7)) { try socket.send(octets: [octet]) }
    #expect(try Reply(socket.receive()).id == 7)
  }

  @Test("Who stops sending still gets every answer, however little he reads at a time")
  func halfClosed() throws {
    let server = try LiveServer(WireWorld.files)
    let socket = try LoopbackSocket(
      source: 0x7f00_0001, port: server.port, .tcp, receiveBuffer: 2048)
    let names = ["edge", "one", "s9k0", "s512"]
    let asked = (0..<40).map { (id: UInt16($0), name: names[$0 % names.count]) }
    // Half a message at the end is nobody's question.
    try socket.send(octets: asked.flatMap { socket.framed(question($0.id, $0.name)) } + [0])
    socket.endSending()
    for (id, name) in asked {
      let octets = try socket.receive()
      let reply = try Reply(octets)
      #expect(reply.id == id && !reply.isTruncated && reply.responseCode == 0)
      if let size = WireWorld.sizes.first(where: { $0.name == name })?.octets { #expect(octets.count == size) }
    }
    #expect(try socket.receive().isEmpty, "the end of the stream")
  }

  @Test("Over TCP it is told how long a connection may be idle, in tenths of a second; over UDP it is not (RFC 7828)")
  func keepalive() throws {
    let server = try LiveServer(WireWorld.files)
    for transport in LoopbackSocket.Transport.allCases {
      let socket = try LoopbackSocket(source: Octets([127, 0, 0, 1]), port: server.port, transport)
      func ask(_ data: [UInt8]?) throws -> Reply {
        let options = data.map { Message.option(11, $0) } ?? []
        return try Reply(socket.ask(Message.adding(Message.opt(options), to: question(1))))
      }
      let isTCP = transport == .tcp
      #expect(try ask([]).option(11) == (isTCP ? [0, 100] : nil))
      #expect(try ask(nil).option(11) == nil)
      let wrong = try ask([0, 100])
      #expect(wrong.responseCode == (isTCP ? 1 : 0) && wrong.opt != nil)
    }
    let text = try dig(["@127.0.0.1", "-p", "\(server.port)", "+tcp", "+keepalive", "one.wire.test"])
    #expect(text.contains("TCP KEEPALIVE: 10.0 secs") || text.contains("TCP-KEEPALIVE: 10.0 secs"), "\(text)")
  }
}
