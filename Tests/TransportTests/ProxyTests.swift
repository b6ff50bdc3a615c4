// The PROXY protocol, version 2 (haproxy.org, doc/proxy-protocol.txt, 2.2), over UDP and TCP.
import DNSWire
import Testing
import Transport

@Suite struct ProxyTests {
  private static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10]

  /// A header: version and command, family and transport, then what follows the length.
  private static func header(_ command: UInt8 = 0x21, _ family: UInt8 = 0x11, _ rest: [UInt8]) -> [UInt8] {
    signature + [command, family, UInt8(rest.count >> 8), UInt8(rest.count & 255)] + rest
  }

  private static let v4: [UInt8] = [10, 112, 0, 9] + [172, 16, 0, 23] + [0x30, 0x39] + [0, 53]
  private static let v6: [UInt8] =
    [0x20, 0x01, 0x0d, 0xb8] + Array(repeating: 0, count: 11) + [9] + Array(repeating: 0, count: 16) + [
      0x30, 0x39, 0, 53,
    ]
  /// An IPv4 client as a proxy on [::] sees it.
  private static let mapped: [UInt8] =
    Array(repeating: 0, count: 10) + [255, 255, 10, 112, 0, 9] + Array(repeating: 0, count: 16) + [0x30, 0x39, 0, 53]
  /// A type, a length and a value after the addresses.
  private static let more: [UInt8] = [0x04, 0, 3, 1, 2, 3]

  private static let good: [([UInt8], String)] = [
    (header(0x21, 0x12, v4), "10.112.0.9"), (header(0x21, 0x11, v4), "10.112.0.9"),
    (header(0x21, 0x22, v6), "2001:db8::9"), (header(0x21, 0x21, v6 + more), "2001:db8::9"),
    (header(0x21, 0x11, v4 + more), "10.112.0.9"), (header(0x21, 0x22, mapped), "10.112.0.9"),
    // LOCAL: the proxy asks for itself, whatever else it says.
    (header(0x20, 0x00, []), "127.0.0.1"), (header(0x20, 0x11, v4), "127.0.0.1"),
    (header(0x20, 0xff, more), "127.0.0.1"),
  ]

  private static let bad: [[UInt8]] = [
    [], header(0x11, 0x11, v4), header(0x22, 0x11, v4), header(0x21, 0x00, v4), header(0x21, 0x31, v4),
    header(0x21, 0x13, v4), header(0x21, 0x10, v4), header(0x21, 0x11, Array(v4.dropLast())),
    header(0x21, 0x21, v4), Array("PROXY TCP4 10.0.0.5 10.0.0.2 1 53\r\n".utf8),
    [14] + header(0x21, 0x11, v4).dropFirst(),
  ]

  private func serve(trusting range: ClosedRange<IPv4Address>) throws -> Server {
    var options = Server.Options()
    options.trustedAsProxy = [.v4(range)]
    return try Server.start(
      listeners: [Listener("127.0.0.1:0")], workers: 1, publication: publication(), options: options)
  }

  private let loopback = IPv4Address(127, 0, 0, 1)...IPv4Address(127, 0, 0, 1)

  /// The source that `whoami.` says.
  private func source(in reply: [UInt8]) -> String? {
    String(decoding: reply, as: UTF8.self).firstMatch(of: #/source ([0-9a-f.:]+)/#).map { String($0.1) }
  }

  @Test func `over UDP each datagram has its header, and the answer has none`() throws {
    let server = try serve(trusting: loopback)
    let client = try Client(to: server.boundAddresses[0], isStream: false)
    for (index, (header, address)) in Self.good.enumerated() {
      try client.send(header + whoami(id: UInt16(index)))
      let reply = try client.receive()
      #expect(responseID(reply) == UInt16(index) && source(in: reply) == address, "\(header)")
    }
    server.stop()
  }

  @Test func `over TCP the header comes once, in pieces too`() throws {
    let server = try serve(trusting: loopback)
    for (header, address) in Self.good {
      let client = try Client(to: server.boundAddresses[0], isStream: true)
      for octet in header { try client.send([octet]) }
      for id in [UInt16(1), 2] {
        try client.send(framed(whoami(id: id)))
        let reply = try #require(try client.receiveMessage())
        #expect(responseID(reply) == id && source(in: reply) == address, "\(header)")
      }
    }
    server.stop()
  }

  @Test func `what is no header gets no answer over UDP and the end of the connection over TCP`() throws {
    let server = try serve(trusting: loopback)
    let client = try Client(to: server.boundAddresses[0], isStream: false)
    for header in Self.bad {
      try client.send(header + whoami(id: 7))
      try client.send(Self.header(0x21, 0x11, Self.v4) + whoami(id: 8))
      #expect(try responseID(client.receive()) == 8, "\(header)")
      let stream = try Client(to: server.boundAddresses[0], isStream: true)
      try stream.send(header + framed(whoami(id: 7)))
      #expect(try stream.isClosedByPeer(), "\(header)")
    }
    // A header that is cut off.
    for count in 1..<28 {
      try client.send(Array(Self.header(0x21, 0x11, Self.v4).prefix(count)))
      let stream = try Client(to: server.boundAddresses[0], isStream: true)
      try stream.send(Array(Self.header(0x21, 0x11, Self.v4).prefix(count)))
      stream.endSending()
      #expect(try stream.isClosedByPeer(), "\(count)")
    }
    server.stop()
    #expect(server.counters[.answers] == UInt64(Self.bad.count))
  }

  @Test func `whoever is not trusted asks without a header, and one changes nothing`() throws {
    let server = try serve(trusting: IPv4Address(127, 0, 0, 9)...IPv4Address(127, 0, 0, 9))
    let client = try Client(to: server.boundAddresses[0], isStream: false)
    try client.send(whoami(id: 3))
    #expect(try source(in: client.receive()) == "127.0.0.1")
    // As a message it is nonsense: whatever is said to it, it names nobody.
    try client.send(Self.header(0x21, 0x11, Self.v4) + whoami(id: 4))
    try client.send(whoami(id: 5))
    var reply = try client.receive()
    if responseID(reply) != 5 {
      #expect(source(in: reply) == nil)
      reply = try client.receive()
    }
    #expect(responseID(reply) == 5)
    server.stop()
  }
}
