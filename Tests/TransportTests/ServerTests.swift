// Starting, stopping and changing worlds under load.
import CLinux
import Cloud
import DNSWire
import Glibc
import Resolution
import Synchronization
import Testing
import Transport

@Suite struct ServerTests {
  @Test(arguments: [false, true]) func `a port that another program has is an error`(isStream: Bool) throws {
    let taken = cl_socket(AF_INET, isStream ? 1 : 0)
    defer { _ = close(taken) }
    var raw = cl_address()
    let length = unsafe cl_set_v4(&raw, IPv4Address(127, 0, 0, 1).rawValue, 0)
    // With SO_REUSEPORT, which would let a careless second program in.
    try #require(cl_share_port(taken) == 0)
    let bound = unsafe cl_bind(taken, &raw, length)
    try #require(bound == 0)
    if isStream { try #require(listen(taken, 1) == 0) }
    let named = unsafe cl_local_address(taken, &raw)
    try #require(named == 0)
    let listener = Listener(address: .v4(IPv4Address(127, 0, 0, 1)), port: unsafe cl_port(&raw))
    #expect(throws: ServerError.portTaken(listener, transport: isStream ? "TCP" : "UDP")) {
      try Server.start(listeners: [listener], workers: 2, publication: publication())
    }
  }

  @Test func `a second server on the ports of the first is an error, and one after it is not`() throws {
    let server = try start(workers: 2)
    let listener = server.boundAddresses[0]
    // A connection that the server closes first leaves TIME_WAIT behind.
    let client = try Client(to: listener, isStream: true)
    try client.send(framed(query(id: 1)))
    #expect(try client.receiveMessage().flatMap(responseID) == 1)
    #expect(throws: ServerError.portTaken(listener, transport: "UDP")) {
      try Server.start(listeners: [listener], workers: 2, publication: publication())
    }
    server.stop()
    #expect(try client.isClosedByPeer())
    try Server.start(listeners: [listener], workers: 2, publication: publication()).stop()
  }

  @Test func `what cannot be listened on is an error`() throws {
    #expect(throws: ServerError.noListener) {
      try Server.start(listeners: [], workers: 1, publication: publication())
    }
    #expect(throws: ServerError.workersOutOfRange(0)) { try start(workers: 0) }
    let elsewhere = try Listener("192.0.2.1:5300")
    #expect(throws: ServerError.addressNotAvailable(elsewhere)) {
      try Server.start(listeners: [elsewhere], workers: 1, publication: publication())
    }
    let twice = [try Listener("127.0.0.1:5399"), try Listener("127.0.0.1:5399=classic")]
    #expect(throws: ServerError.listenerTwice(twice[1])) {
      try Server.start(listeners: twice, workers: 1, publication: publication())
    }
  }

  @Test func `a listener of a VPC that the world does not have answers nobody`() throws {
    let server = try start(["127.0.0.1:0=vpc-00000000", "127.0.0.1:0"], workers: 1)
    defer { server.stop() }
    try Client(to: server.boundAddresses[0], isStream: false).send(query(id: 1))
    let client = try Client(to: server.boundAddresses[1], isStream: false)
    try client.send(query(id: 2))
    #expect(responseID(try client.receive()) == 2)
    server.stop()
    #expect(server.counters[.dropped] == 1)
  }

  /// Every client asks without a pause while 100 worlds are published.
  @Test func `ids sent equal ids answered over 100 publications`() throws {
    let publication = publication()
    let server = try start(workers: 2, publication: publication)
    defer { server.stop() }
    let listener = server.boundAddresses[0]
    let isDone = Flag()
    let asked = Tally()
    let lost = Tally()
    let clients = try (0..<8).map { index in
      try PosixThread(name: "client") {
        guard let client = try? Client(to: listener, isStream: index % 2 == 1) else { return lost.add(1) }
        var id: UInt16 = 0
        while !isDone.isSet {
          id &+= 1
          asked.add(1)
          do {
            if index % 2 == 1 {
              try client.send(framed(query(id: id)))
              if try client.receiveMessage().flatMap(responseID) != id { return lost.add(1) }
            } else {
              try client.send(query(id: id))
              if responseID(try client.receive()) != id { return lost.add(1) }
            }
          } catch {
            return lost.add(1)
          }
        }
      }
    }
    for generation in 2...101 as ClosedRange<UInt64> {
      publication.publish(Compiler.compile(World(), generation: generation))
      usleep(2000)
    }
    isDone.set()
    for client in clients { client.join() }
    server.stop()
    #expect(lost.sum == 0)
    #expect(asked.sum > 100)
    #expect(server.counters[.answers] == UInt64(asked.sum))
  }

  @Test func `idle workers let go of the old world when they are told of a new one`() throws {
    let publication = publication()
    weak let old = publication.current
    let server = try start(workers: 2, publication: publication)
    defer { server.stop() }
    // Who answered has the old world, and keeps it while nobody asks.
    let client = try Client(to: server.boundAddresses[0], isStream: false)
    try client.send(query(id: 1))
    #expect(responseID(try client.receive()) == 1)
    publication.publish(Compiler.compile(World(), generation: 2))
    for _ in 0..<20_000 where old != nil { usleep(1000) }
    #expect(old == nil)
  }

  @Test func `it stops under load, and what it took before is answered`() throws {
    for _ in 0..<10 {
      let server = try start(workers: 2)
      let listener = server.boundAddresses[0]
      let isDone = Flag()
      let load = try (0..<4).map { index in
        try PosixThread(name: "load") {
          guard let client = try? Client(to: listener, isStream: index % 2 == 1) else { return }
          while !isDone.isSet {
            guard (try? client.send(index % 2 == 1 ? framed(query(id: 1)) : query(id: 1))) != nil else { return }
            var octets = [UInt8](repeating: 0, count: 4096)
            _ = unsafe recv(client.descriptor, &octets, octets.count, Int32(MSG_DONTWAIT))
          }
        }
      }
      for _ in 0..<20_000 {
        if server.counters[.udpQueries] > 0 { break }
        usleep(1000)
      }
      server.stop()
      isDone.set()
      for thread in load { thread.join() }
      let counters = server.counters
      #expect(counters[.udpQueries] > 0)
      #expect(counters[.answers] + counters[.dropped] == counters[.udpQueries] + counters[.tcpQueries])
      #expect(counters[.tcpAccepted] == counters[.tcpClosed])
    }
  }

  @Test func `no descriptor is left behind`() throws {
    // Alone in the process this would count /proc/self/fd; other tests open theirs meanwhile, so it looks at its own.
    let server = try start(["127.0.0.1:0", "[::1]:0"], workers: 3)
    let listeners = server.boundAddresses
    server.stop()
    for listener in listeners {
      // Exclusively: any socket left would be in the way.
      var raw = cl_address()
      for isStream in [false, true] {
        var length = socklen_t(0)
        var descriptor: CInt = -1
        switch listener.address {
        case .v4(let address):
          length = unsafe cl_set_v4(&raw, address.rawValue, listener.port)
          descriptor = cl_socket(AF_INET, isStream ? 1 : 0)
        case .v6(let address):
          length = unsafe cl_set_v6(
            &raw, UInt64(truncatingIfNeeded: address.rawValue >> 64), UInt64(truncatingIfNeeded: address.rawValue),
            listener.port)
          descriptor = cl_socket(AF_INET6, isStream ? 1 : 0)
        }
        let bound = unsafe cl_bind(descriptor, &raw, length)
        #expect(bound == 0)
        _ = close(descriptor)
      }
    }
  }
}

/// Set once by one thread, seen by others.
final class Flag: Sendable {
  private let value = Atomic<Bool>(false)
  var isSet: Bool { value.load(ordering: .acquiring) }
  func set() { value.store(true, ordering: .releasing) }
}

final class Tally: Sendable {
  private let value = Atomic<Int>(0)
  var sum: Int { value.load(ordering: .acquiring) }
  func add(_ count: Int) { value.add(count, ordering: .relaxed) }
}
