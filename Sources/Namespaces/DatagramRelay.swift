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
    var usedAt: Int
  }

  private let inside: CInt
  private let target: RelayTarget
  private var flows: [Flow] = []
  private var octets = [UInt8](repeating: 0, count: Self.datagramOctets)

  init(from inside: CInt, to target: RelayTarget) {
    self.inside = inside
    self.target = target
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
    // A datagram that nobody takes is lost, as on any way.
    _ = unsafe send(flows[flow].descriptor, octets, count, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
  }

  private mutating func takeAnswer(_ index: Int) {
    let count = unsafe recv(flows[index].descriptor, &octets, octets.count, CInt(MSG_DONTWAIT))
    guard count >= 0 else { return }
    flows[index].usedAt = Self.now
    _ = unsafe flows[index].peer.withUnsafeBytes { peer in
      guard let start = peer.baseAddress else { return }
      _ = unsafe sendto(
        inside, octets, count, CInt(MSG_NOSIGNAL | MSG_DONTWAIT),
        start.assumingMemoryBound(to: sockaddr.self), socklen_t(peer.count))
    }
  }

  private mutating func flow(of peer: [UInt8]) -> Int? {
    if let known = flows.firstIndex(where: { $0.peer == peer }) { return known }
    let descriptor = target.connect(SOCK_DGRAM)
    guard descriptor >= 0 else { return nil }
    if flows.count == Self.flowLimit, let oldest = flows.indices.min(by: { flows[$0].usedAt < flows[$1].usedAt }) {
      _ = close(flows.remove(at: oldest).descriptor)
    }
    flows.append(Flow(peer: peer, descriptor: descriptor, usedAt: Self.now))
    return flows.count - 1
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
