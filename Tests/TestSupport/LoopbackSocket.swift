// A socket that asks from an address of the loopback network, as `dig -b` does, many times faster than `dig` starts.
import Glibc

public final class LoopbackSocket {
  public enum Transport: CaseIterable, Sendable { case udp, tcp }
  public struct Failed: Error { let what: String, code: Int32 }

  /// A reply that has not come by then never will: seconds, far over any scheduling delay.
  static let patience: Int32 = 20_000

  private let descriptor: Int32
  private let transport: Transport

  /// - Parameters:
  ///   - source: The IPv4 address to ask from, in host order.
  ///   - receiveBuffer: Octets that the system keeps for us, where not its own number of them.
  public init(
    source: UInt32, port: UInt16, _ transport: Transport, receiveBuffer: Int32? = nil
  ) throws(Failed) {
    self.transport = transport
    descriptor = socket(AF_INET, Int32((transport == .udp ? SOCK_DGRAM : SOCK_STREAM).rawValue), 0)
    guard descriptor >= 0 else { throw Failed(what: "socket", code: errno) }
    if transport == .tcp {
      // Two questions in a row would wait for an acknowledgement between them.
      var isOn: Int32 = 1
      let result = unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(4))
      guard result == 0 else { throw Failed(what: "setsockopt", code: errno) }
    }
    if var size = receiveBuffer {
      let result = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(4))
      guard result == 0 else { throw Failed(what: "setsockopt", code: errno) }
    }
    try unsafe call("bind", address(source, port: 0), Glibc.bind)
    try unsafe call("connect to port \(port)", address(0x7f00_0001, port: port), Glibc.connect)
  }

  deinit { close(descriptor) }

  /// The reply to `packet`; empty when the server answers `whoami.` that was asked after it, and not this one
  /// (decision 20): silence is seen without waiting for it.
  /// - Parameter header: What a proxy puts in front.
  public func ask(
    _ packet: [UInt8], after header: [UInt8] = [], expectsSilence: Bool = false
  ) throws(Failed) -> [UInt8] {
    try send(packet, after: header)
    guard expectsSilence else { return try receive() }
    // What is no message may have no id.
    let id = packet.count < 2 ? 0xffff : ~(UInt16(packet[0]) << 8 | UInt16(packet[1]))
    try send(Message.question(id: id, name: "whoami", type: 16, class: 3))
    let reply = try receive()
    return reply.count >= 2 && UInt16(reply[0]) << 8 | UInt16(reply[1]) == id ? [] : reply
  }

  private func address(_ number: UInt32, port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = number.bigEndian
    return address
  }

  private func call(
    _ what: String, _ address: sockaddr_in, _ function: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) throws(Failed) {
    let result = unsafe withUnsafePointer(to: address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe function(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw Failed(what: what, code: errno) }
  }

  /// The message as it is sent: over TCP with its length in front (RFC 1035 4.2.2).
  public func framed(_ packet: [UInt8]) -> [UInt8] {
    transport == .udp ? packet : [UInt8(packet.count >> 8), UInt8(packet.count & 0xff)] + packet
  }

  private func send(_ packet: [UInt8], after header: [UInt8] = []) throws(Failed) {
    try send(octets: header + framed(packet))
  }

  /// Nothing but these octets, whether they are a message or not.
  public func send(octets: [UInt8]) throws(Failed) {
    let sent = unsafe octets.withUnsafeBytes {
      unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
    guard sent == octets.count else { throw Failed(what: "send", code: errno) }
  }

  /// Nothing more is sent, and answers are still read.
  public func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// The next message; empty when there is none.
  public func receive() throws(Failed) -> [UInt8] {
    if transport == .udp { return try read(upTo: 65_535) }
    let length = try readAll(2)
    guard length.count == 2 else { return [] }
    return try readAll(Int(length[0]) << 8 | Int(length[1]))
  }

  /// Exactly `count` octets; fewer when the server hangs up.
  private func readAll(_ count: Int) throws(Failed) -> [UInt8] {
    var result: [UInt8] = []
    while result.count < count {
      let more = try read(upTo: count - result.count)
      if more.isEmpty { break }
      result += more
    }
    return result
  }

  private func read(upTo count: Int) throws(Failed) -> [UInt8] {
    var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&wanted, 1, Self.patience) == 1 else { return [] }
    var octets = [UInt8](repeating: 0, count: count)
    let received = unsafe octets.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
    guard received >= 0 else { throw Failed(what: "recv", code: errno) }
    return Array(octets[..<received])
  }
}
