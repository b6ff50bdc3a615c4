// How the answers of one batch leave: gathered by peer into segments, and one by one where the kernel refuses those.
import CLinux
import DNSWire
import Glibc
import Testing

@testable import Transport

@Suite struct OutboxTests {
  @Test func `answers to one peer leave as one message in segments, and arrive as datagrams`() throws {
    let post = try Post(clients: 1)
    post.answer([60, 71, 60, 71, 64, 60].map { (client: 0, octets: $0) })
    #expect(post.inSegments)
    #expect(post.counters[.answers] == 6)
    #expect(try post.received(by: 0, 6).map(\.count) == [71, 71, 64, 60, 60, 60])
  }

  /// A receiver that asks for it (UDP_GRO) is handed a whole message of segments, and so sees how they were sent.
  @Test func `only the last segment of a message is shorter`() throws {
    let post = try Post(clients: 1)
    try post.askForWholeMessages(client: 0)
    post.answer([60, 71, 60, 71, 64, 60].map { (client: 0, octets: $0) })
    #expect(try post.received(by: 0, 2).map(\.count) == [71 + 71 + 64, 60 + 60 + 60])
  }

  @Test func `each peer gets its own answers, all of them`() throws {
    let post = try Post(clients: 7)
    for round in 0..<20 {
      // By turns, when they leave one by one, and in runs, when they leave in segments.
      let run = round % 2 == 0 ? 1 : 3
      let batch = (0..<TransportLimits.batch).map { (client: $0 / run * 5 % 7, octets: 60 + ($0 + round) % 4) }
      post.answer(batch)
      for client in 0..<7 {
        let expected = batch.indices.filter { batch[$0].client == client }
        let received = try post.received(by: client, expected.count)
        // Each datagram says to which question it belongs, and has that one's length.
        #expect(received.map { Int($0[0]) }.sorted() == expected)
        for datagram in received {
          #expect(datagram.count == batch[Int(datagram[0])].octets)
          #expect(datagram.allSatisfy { $0 == datagram[0] })
        }
      }
    }
    #expect(post.counters[.answers] == 20 * 64)
  }

  @Test func `an answer that may be past the path's MTU is no segment`() throws {
    let post = try Post(clients: 1)
    try post.askForWholeMessages(client: 0)
    post.answer([1233, 1233, 1232, 1232].map { (client: 0, octets: $0) })
    #expect(try post.received(by: 0, 3).map(\.count) == [1233, 1233, 2464])
  }

  @Test func `a message of segments stays below what an IP packet holds`() throws {
    let post = try Post(clients: 1)
    post.answer((0..<TransportLimits.batch).map { _ in (client: 0, octets: TransportLimits.segmentOctets) })
    #expect(post.inSegments)
    #expect(try post.received(by: 0, 64).allSatisfy { $0.count == TransportLimits.segmentOctets })
    #expect(post.counters[.answers] == 64)
  }

  @Test func `a socket that refuses segments sends one by one from then on`() throws {
    let post = try Post(clients: 3)
    // Without checksums the kernel does not cut messages (EINVAL), as with devices and tunnels that cannot.
    try post.sendWithoutChecksums()
    for round in 1...2 {
      // The first peer's only answer is no message of segments; the refusal comes when some have been sent.
      post.answer([0, 1, 1, 2, 2, 2, 1].map { (client: $0, octets: 80) })
      #expect(!post.inSegments)
      for (client, count) in [(0, 1), (1, 3), (2, 3)] {
        #expect(try post.received(by: client, count).map(\.count) == Array(repeating: 80, count: count))
      }
      #expect(post.counters[.answers] == UInt64(7 * round))
    }
    #expect(post.counters[.dropped] == 0)
  }

  @Test func `without segments from the start nothing is gathered`() throws {
    let post = try Post(clients: 1)
    post.inSegments = false
    try post.askForWholeMessages(client: 0)
    post.answer([(client: 0, octets: 60), (client: 0, octets: 60)])
    #expect(try post.received(by: 0, 2).map(\.count) == [60, 60])
  }
}

/// A server's socket with an outbox, and clients that get what it sends.
@safe private final class Post {
  /// UDP_GRO of linux/udp.h, which the Glibc module leaves out.
  private static let udpGRO: CInt = 104

  private let socket: CInt
  private let clients: [Client]
  private let questions: FixedBuffer<cl_message>
  private let peers: FixedBuffer<cl_address>
  private let controls: FixedBuffer<UInt64>
  private let octets: FixedBuffer<UInt8>
  private var outbox: Outbox
  var inSegments: Bool
  var counters = Counters()

  init(clients count: Int) throws {
    let listener = try Listener("127.0.0.1:0")
    socket = cl_socket(AF_INET, 0)
    var raw = cl_address()
    let length = unsafe cl_set_v4(&raw, IPv4Address(127, 0, 0, 1).rawValue, 0)
    let bound = unsafe cl_bind(socket, &raw, length)
    try #require(bound == 0)
    clients = try (0..<count).map { _ in
      let client = try Client(to: listener, isStream: false, from: "127.0.0.1", connects: false)
      // Room for the longest batch.
      _ = cl_receive_buffer(client.descriptor, 1 << 20)
      return client
    }
    unsafe questions = FixedBuffer(repeating: cl_message(), count: TransportLimits.batch)
    peers = FixedBuffer(repeating: cl_address(), count: TransportLimits.batch)
    controls = FixedBuffer(repeating: 0, count: TransportLimits.batch * 8)
    octets = FixedBuffer(repeating: 0, count: TransportLimits.batch * TransportLimits.datagramStride)
    outbox = unsafe Outbox(questions: questions.start, limit: TransportLimits.batch)
    inSegments = cl_knows_segments(socket) != 0
  }

  deinit { _ = close(socket) }

  /// Sends answers as if these questions had come; each is full of its question's number.
  func answer(_ batch: [(client: Int, octets: Int)]) {
    for (index, one) in batch.enumerated() {
      _ = unsafe cl_local_address(clients[one.client].descriptor, peers.start + index)
      unsafe questions[index].header.msg_name = UnsafeMutableRawPointer(peers.start + index)
      unsafe questions[index].header.msg_namelen = socklen_t(MemoryLayout<sockaddr_in>.size)
      unsafe questions[index].header.msg_control = UnsafeMutableRawPointer(controls.start + index * 8)
      unsafe questions[index].header.msg_controllen = 0
      let start = unsafe octets.start + index * TransportLimits.datagramStride
      for place in 0..<one.octets { unsafe start[place] = UInt8(index) }
      unsafe outbox.add(start, count: one.octets, to: index, peer: cl_peer(peers.start + index))
    }
    outbox.send(to: socket, inSegments: &inSegments, counters: &counters)
  }

  func received(by client: Int, _ count: Int) throws -> [[UInt8]] {
    try (0..<count).map { _ in try clients[client].receive() }
  }

  func askForWholeMessages(client: Int) throws { try set(clients[client].descriptor, Int32(IPPROTO_UDP), Self.udpGRO) }
  func sendWithoutChecksums() throws { try set(socket, SOL_SOCKET, SO_NO_CHECK) }

  private func set(_ descriptor: CInt, _ level: CInt, _ name: CInt) throws {
    var one: CInt = 1
    let status = unsafe setsockopt(descriptor, level, name, &one, socklen_t(MemoryLayout<CInt>.size))
    try #require(status == 0)
  }
}
