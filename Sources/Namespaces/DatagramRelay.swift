// UDP out of a sandbox: each socket inside has one of its own outside, by which answers find back.
import Glibc

struct DatagramRelay: Sendable {
  /// Sockets inside that are known at once; the one that has been silent longest makes room.
  private static var flowLimit: Int { 500 }
  /// Silence after which a flow is forgotten: what firewalls give to UDP (RFC 4787 4.3 asks for two minutes).
  private static var idleSeconds: Int { 120 }
  private static var datagramOctets: Int { 65_535 }

  private struct Flow {
    var peer: [UInt8]
    var descriptor: CInt
    /// Index of the address outside.
    var address: Int
    var usedAt: Int
    /// What was sent last, until somebody has answered: nobody may be at that address, and another one is tried then.
    var unanswered: [UInt8]?
    var hasAnswered = false
  }

  private let inside: CInt
  private let target: RelayTarget
  private let complain: @Sendable (String) -> Void
  private var flows: [Flow] = []
  private var octets = [UInt8](repeating: 0, count: Self.datagramOctets)

  init(from inside: CInt, to target: RelayTarget, complain: @escaping @Sendable (String) -> Void) {
    self.inside = inside
    self.target = target
    self.complain = complain
  }

  mutating func run() {
    while true {
      var waits = ([inside] + flows.map(\.descriptor)).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      _ = unsafe poll(&waits, nfds_t(waits.count), flows.isEmpty ? -1 : 1000)
      // Answers first: what comes from the inside may change the list.
      for (index, wait) in waits.dropFirst().enumerated() where wait.revents != 0 { takeAnswer(index) }
      if waits[0].revents != 0 { takeQuestion() }
      forgetIdle()
    }
  }

  private mutating func takeQuestion() {
    var raw = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let count = unsafe withUnsafeMutablePointer(to: &raw) { raw in
      unsafe raw.withMemoryRebound(to: sockaddr.self, capacity: 1) { peer in
        unsafe recvfrom(inside, &octets, octets.count, CInt(MSG_DONTWAIT), peer, &length)
      }
    }
    guard count >= 0 else { return }
    let peer = unsafe withUnsafeBytes(of: &raw) { unsafe Array($0.prefix(Int(length))) }
    guard let flow = flow(of: peer) else { return }
    flows[flow].usedAt = Self.now
    if !flows[flow].hasAnswered { flows[flow].unanswered = Array(octets[..<count]) }
    // A datagram that nobody takes is lost, as on any way.
    let sent = unsafe send(flows[flow].descriptor, octets, count, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
    if sent < 0, errno == ECONNREFUSED { goOn(flow) }
  }

  /// Nobody was at the address: the next one of the host may have the server, as with the two of localhost.
  private mutating func goOn(_ flow: Int) {
    guard let last = flows[flow].unanswered else { return }
    var (descriptor, address) = target.connect(SOCK_DGRAM, from: flows[flow].address + 1)
    let isNext = descriptor >= 0
    // It has been to all of them; the next datagram begins with the first again.
    if !isNext, flows[flow].address > 0 { (descriptor, address) = target.connect(SOCK_DGRAM) }
    guard descriptor >= 0 else { return }
    _ = close(flows[flow].descriptor)
    (flows[flow].descriptor, flows[flow].address) = (descriptor, address)
    guard isNext else { return }
    _ = unsafe send(descriptor, last, last.count, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
  }

  private mutating func takeAnswer(_ index: Int) {
    let count = unsafe recv(flows[index].descriptor, &octets, octets.count, CInt(MSG_DONTWAIT))
    guard count >= 0 else {
      if errno == ECONNREFUSED { goOn(index) }
      return
    }
    flows[index].usedAt = Self.now
    flows[index].hasAnswered = true
    flows[index].unanswered = nil
    _ = unsafe flows[index].peer.withUnsafeBytes { peer in
      guard let start = peer.baseAddress else { return }
      _ = unsafe sendto(
        inside, octets, count, CInt(MSG_NOSIGNAL | MSG_DONTWAIT),
        start.assumingMemoryBound(to: sockaddr.self), socklen_t(peer.count))
    }
  }

  private mutating func flow(of peer: [UInt8]) -> Int? {
    if let known = flows.firstIndex(where: { $0.peer == peer }) { return known }
    if flows.count == Self.flowLimit { forgetOldest() }
    var (descriptor, address) = target.connect(SOCK_DGRAM)
    if descriptor < 0, [EMFILE, ENFILE].contains(errno), !flows.isEmpty {
      forgetOldest()
      (descriptor, address) = target.connect(SOCK_DGRAM)
    }
    guard descriptor >= 0 else {
      complain(unsafe String(cString: strerror(errno)))
      return nil
    }
    flows.append(Flow(peer: peer, descriptor: descriptor, address: address, usedAt: Self.now))
    return flows.count - 1
  }

  private mutating func forgetOldest() {
    guard let oldest = flows.indices.min(by: { flows[$0].usedAt < flows[$1].usedAt }) else { return }
    _ = close(flows.remove(at: oldest).descriptor)
  }

  private mutating func forgetIdle() {
    let now = Self.now
    flows.removeAll { flow in
      guard now - flow.usedAt > Self.idleSeconds else { return false }
      _ = close(flow.descriptor)
      return true
    }
  }

  private static var now: Int {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec
  }
}
