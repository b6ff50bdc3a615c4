// The client of a health check: one exchange with one server, and an end to its patience.
import CLinux
import DNSWire
import Glibc

/// One socket to one server, until a deadline.
public struct Probe: ~Copyable {
  private let descriptor: CInt
  private let deadline: Int64

  /// - Parameters:
  ///   - server: Where to; its port as it stands.
  ///   - isStream: TCP instead of UDP.
  ///   - milliseconds: How long everything together may take.
  public init(to server: Listener, isStream: Bool, within milliseconds: Int64) throws(ServerError) {
    deadline = cl_coarse_milliseconds() + milliseconds
    descriptor = cl_socket(server.address.isV6 ? AF_INET6 : AF_INET, isStream ? 1 : 0)
    guard descriptor >= 0 else { throw .system(call: "socket", errno: errno) }
    var raw = cl_address()
    let length = unsafe server.address.write(port: server.port, to: &raw)
    guard unsafe cl_connect(descriptor, &raw, length) == 0 || errno == EINPROGRESS else {
      throw .system(call: "connect", errno: errno)
    }
    guard wait(for: POLLOUT) else { throw .system(call: "connect", errno: ETIMEDOUT) }
  }

  deinit { _ = close(descriptor) }

  public func send(_ octets: [UInt8]) throws(ServerError) {
    guard unsafe cl_send(descriptor, octets, octets.count) == octets.count else {
      throw .system(call: "send", errno: errno)
    }
  }

  /// A datagram, or what has come of a stream; empty at a stream's end.
  public func receive() throws(ServerError) -> [UInt8] {
    guard wait(for: POLLIN) else { throw .system(call: "recv", errno: ETIMEDOUT) }
    var octets = [UInt8](repeating: 0, count: Limits.tcpOctets)
    let count = unsafe recv(descriptor, &octets, octets.count, 0)
    guard count >= 0 else { throw .system(call: "recv", errno: errno) }
    return Array(octets[..<count])
  }

  /// False when the deadline has come.
  private func wait(for events: CInt) -> Bool {
    while true {
      var one = pollfd(fd: descriptor, events: Int16(events), revents: 0)
      let left = deadline - cl_coarse_milliseconds()
      guard left > 0 else { return false }
      let found = unsafe poll(&one, 1, CInt(clamping: left))
      if found > 0 { return true }
      guard found == 0 || errno == EINTR else { return false }
    }
  }
}
