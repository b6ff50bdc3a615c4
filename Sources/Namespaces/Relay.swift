// The way out of a sandbox (`--connect`): what arrives at a place inside goes on to a server outside, and back.
import DNSWire
import Glibc
import Synchronization
import Transport

/// Where a relay leads: one host outside, by its addresses.
public struct RelayTarget: Sendable, CustomStringConvertible {
  public let description: String
  /// As connect() takes them, in the order of the resolver outside.
  let addresses: [[UInt8]]

  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  /// - Throws: When nobody knows the host.
  public init(host: String, port: UInt16) throws(Failure) {
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    unsafe hints.ai_flags = AI_NUMERICSERV
    var list: UnsafeMutablePointer<addrinfo>?
    let status = unsafe getaddrinfo(host, String(port), &hints, &list)
    guard status == 0 else { throw Failure(description: "\(host): \(unsafe String(cString: gai_strerror(status)))") }
    defer { unsafe freeaddrinfo(list) }
    var found: [[UInt8]] = []
    var next = unsafe list
    while let one = unsafe next {
      let octets = unsafe UnsafeRawBufferPointer(start: one.pointee.ai_addr, count: Int(one.pointee.ai_addrlen))
      found.append(unsafe Array(octets))
      unsafe next = one.pointee.ai_next
    }
    addresses = found
    description = "\(host):\(port)"
  }

  /// A socket that is connected to the first address that takes it, from the one of this index on, and the address's
  /// index; -1 with errno.
  func connect(_ type: __socket_type, from first: Int = 0) -> (descriptor: CInt, index: Int) {
    var number = ECONNREFUSED
    for (index, address) in addresses.enumerated().dropFirst(first) {
      let descriptor = unsafe address.withUnsafeBytes { octets in
        guard let start = octets.baseAddress else { return CInt(-1) }
        let family = unsafe CInt(start.assumingMemoryBound(to: sockaddr.self).pointee.sa_family)
        let descriptor = socket(family, CInt(type.rawValue), 0)
        guard descriptor >= 0 else {
          number = errno
          return descriptor
        }
        let peer = unsafe start.assumingMemoryBound(to: sockaddr.self)
        if unsafe Glibc.connect(descriptor, peer, socklen_t(octets.count)) == 0 { return descriptor }
        number = errno
        _ = close(descriptor)
        return -1
      }
      if descriptor >= 0 { return (descriptor, index) }
    }
    errno = number
    return (-1, addresses.endIndex)
  }
}

/// The relay of one place, over UDP and TCP, until the process ends. TCP connections have two threads each, which is
/// all that a half-closed one needs: one of them has ended.
public final class Relay: Sendable {
  /// Connections open at once: far more than a program under test has, and a thousand threads.
  private static var connectionLimit: Int { 500 }
  private static var acceptPauseMicroseconds: UInt32 { 100_000 }
  /// Octets of one read.
  private static var pieceOctets: Int { 64 << 10 }

  private let inside: OpenSockets
  private let target: RelayTarget
  private let complain: @Sendable (String) -> Void
  private let open = Atomic<Int>(0)
  /// Ways from the inside to the outside that have not ended.
  private let outward = Atomic<Int>(0)

  /// - Parameter complain: Hears why a connection came to nothing, at the first one.
  public init(
    from inside: OpenSockets, to target: RelayTarget, complain: @escaping @Sendable (String) -> Void
  ) throws(ServerError) {
    self.inside = inside
    self.target = target
    let hasComplained = Once()
    self.complain = { text in hasComplained.perform { complain("--connect \(inside.place)=\(target): \(text)") } }
    try PosixThread(name: "relay-tcp") { [self] in acceptAll() }.detach()
    try PosixThread(name: "relay-udp") { [complain = self.complain] in
      var datagrams = DatagramRelay(from: inside.udp, to: target, complain: complain)
      datagrams.run()
    }.detach()
  }

  /// Waits until what was sent from the inside has gone out; at most so long.
  public func drain(milliseconds: Int) {
    // In this order: a connection that has just been taken is counted already.
    for _ in 0..<(milliseconds / 5) where hasKnocked(within: 0) || outward.load(ordering: .acquiring) > 0 {
      usleep(5000)
    }
  }

  /// Whether a connection waits to be taken; what it sends may have been sent, and its end with it.
  private func hasKnocked(within milliseconds: CInt) -> Bool {
    var waits = pollfd(fd: inside.tcp, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&waits, 1, milliseconds) > 0
  }

  private func acceptAll() {
    while true {
      guard hasKnocked(within: -1) else { continue }
      outward.add(1, ordering: .acquiringAndReleasing)
      let one = accept(inside.tcp, nil, nil)
      guard one >= 0 else {
        outward.subtract(1, ordering: .releasing)
        // Who has hung up meanwhile is no trouble; where no descriptor is left, one may be in a moment.
        if [EMFILE, ENFILE, ENOMEM, ENOBUFS].contains(errno) {
          complain(unsafe String(cString: strerror(errno)))
          usleep(Self.acceptPauseMicroseconds)
        }
        continue
      }
      guard open.load(ordering: .relaxed) < Self.connectionLimit else {
        complain("more than \(Self.connectionLimit) connections at once")
        _ = close(one)
        outward.subtract(1, ordering: .releasing)
        continue
      }
      open.add(1, ordering: .relaxed)
      guard !start("relay-out", { [self] in serve(one) }) else { continue }
      _ = close(one)
      open.subtract(1, ordering: .relaxed)
      outward.subtract(1, ordering: .releasing)
    }
  }

  private func start(_ name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
    do throws(ServerError) {
      try PosixThread(name: name, body).detach()
      return true
    } catch {
      complain("\(error)")
      return false
    }
  }

  private func serve(_ one: CInt) {
    let other = target.connect(SOCK_STREAM).descriptor
    guard other >= 0 else {
      complain(unsafe String(cString: strerror(errno)))
      reset(one)
      open.subtract(1, ordering: .relaxed)
      outward.subtract(1, ordering: .releasing)
      return
    }
    let end = Once()
    let finish: @Sendable () -> Void = { [self] in
      // Whoever is second closes both.
      guard end.isSecond else { return }
      _ = close(one)
      _ = close(other)
      open.subtract(1, ordering: .relaxed)
    }
    let isStarted = start("relay-in") {
      Self.pump(from: other, to: one)
      finish()
    }
    if !isStarted { finish() }
    Self.pump(from: one, to: other)
    outward.subtract(1, ordering: .releasing)
    finish()
  }

  /// The closest that a relay comes to a refusal.
  private func reset(_ one: CInt) {
    var now = linger(l_onoff: 1, l_linger: 0)
    _ = unsafe setsockopt(one, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    _ = close(one)
  }

  /// Copies until the end, which it passes on; an error ends both directions.
  private static func pump(from source: CInt, to destination: CInt) {
    var octets = [UInt8](repeating: 0, count: pieceOctets)
    while true {
      let count = unsafe recv(source, &octets, octets.count, 0)
      if count < 0, errno == EINTR { continue }
      guard count > 0, send(octets[..<count], to: destination) else {
        _ = shutdown(destination, CInt(count == 0 ? SHUT_WR : SHUT_RDWR))
        if count != 0 { _ = shutdown(source, CInt(SHUT_RDWR)) }
        return
      }
    }
  }

  private static func send(_ octets: ArraySlice<UInt8>, to destination: CInt) -> Bool {
    unsafe octets.withUnsafeBytes { octets in
      var sent = 0
      while sent < octets.count {
        guard let start = octets.baseAddress else { return true }
        let count = unsafe Glibc.send(destination, start + sent, octets.count - sent, CInt(MSG_NOSIGNAL))
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        sent += count
      }
      return true
    }
  }
}

/// Something that happens twice at most.
private final class Once: Sendable {
  private let count = Atomic<Int>(0)

  func perform(_ body: () -> Void) {
    if count.add(1, ordering: .relaxed).oldValue == 0 { body() }
  }

  var isSecond: Bool { count.add(1, ordering: .acquiringAndReleasing).oldValue == 1 }
}
