// What a resolver's client does, with plain sockets; every wait ends after a generous while, so that a lost answer is a
// failure and not a hang.
import CLinux
import Cloud
import DNSWire
import Glibc
import Resolution
import Testing
import Transport

/// A query for `example.com. A` with this id. Another length of the first `label` makes another name; `padding` octets
/// of EDNS padding (RFC 7830) make it longer.
func query(id: UInt16, label: Int = 7, padding: Int? = nil) -> [UInt8] {
  var message: [UInt8] = [UInt8(id >> 8), UInt8(id & 255), 1, 0, 0, 1, 0, 0, 0, 0, 0, padding == nil ? 0 : 1]
  let first = label == 7 ? Array("example".utf8) : Array(repeating: UInt8(ascii: "n"), count: label)
  message += [UInt8(label)] + first + [3] + Array("com".utf8) + [0, 0, 1, 0, 1]
  if let padding { message += edns(padding: padding) }
  return message
}

/// A query for `whoami. TXT` of class CHAOS.
func whoami(id: UInt16, padding: Int? = nil) -> [UInt8] {
  let head: [UInt8] = [UInt8(id >> 8), UInt8(id & 255), 1, 0, 0, 1, 0, 0, 0, 0, 0, padding == nil ? 0 : 1]
  return head + [6] + Array("whoami".utf8) + [0, 0, 16, 0, 3] + (padding.map(edns) ?? [])
}

private func edns(padding: Int) -> [UInt8] {
  let data = padding + 4
  return [0, 0, 41, 4, 208, 0, 0, 0, 0, UInt8(data >> 8), UInt8(data & 255)]
    + [0, 12, UInt8(padding >> 8), UInt8(padding & 255)] + Array(repeating: 0, count: padding)
}

/// The message as TCP carries it.
func framed(_ message: [UInt8]) -> [UInt8] { [UInt8(message.count >> 8), UInt8(message.count & 255)] + message }

/// The id of a response; `nil` when it is none.
func responseID(_ message: [UInt8]) -> UInt16? {
  guard message.count >= Limits.headerOctets, message[2] & 0x80 != 0 else { return nil }
  return UInt16(message[0]) << 8 | UInt16(message[1])
}

struct SystemFailure: Error { var call: String, number: CInt }

/// A blocking socket of the test's.
@safe final class Client {
  let descriptor: CInt
  static let patience = timeval(tv_sec: 20, tv_usec: 0)

  init(
    to listener: Listener, isStream: Bool, from source: String? = nil,
    connects: Bool = true
  ) throws {
    var isV6 = false
    if case .v6 = listener.address { isV6 = true }
    descriptor = socket(
      isV6 ? AF_INET6 : AF_INET, isStream ? Int32(SOCK_STREAM.rawValue) : Int32(SOCK_DGRAM.rawValue), 0)
    guard descriptor >= 0 else { throw SystemFailure(call: "socket", number: errno) }
    var patience = Self.patience
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var raw = cl_address()
    if let source, let address = IPv4Address(source) {
      let length = unsafe cl_set_v4(&raw, address.rawValue, 0)
      guard unsafe cl_bind(descriptor, &raw, length) == 0 else { throw SystemFailure(call: "bind", number: errno) }
    }
    guard connects else { return }
    let length = unsafe Self.write(listener, to: &raw)
    guard unsafe withSocketAddress(&raw, { unsafe connect(descriptor, $0, length) }) == 0 else {
      throw SystemFailure(call: "connect", number: errno)
    }
  }

  deinit { _ = close(descriptor) }

  private static func write(_ listener: Listener, to raw: UnsafeMutablePointer<cl_address>) -> socklen_t {
    switch listener.address {
    case .v4(let address): unsafe cl_set_v4(raw, address.rawValue, listener.port)
    case .v6(let address):
      unsafe cl_set_v6(
        raw, UInt64(truncatingIfNeeded: address.rawValue >> 64), UInt64(truncatingIfNeeded: address.rawValue),
        listener.port)
    }
  }

  func send(_ octets: [UInt8]) throws {
    var first = 0
    repeat {
      let sent = unsafe octets.withUnsafeBytes {
        unsafe Glibc.send(descriptor, $0.baseAddress.map { unsafe $0 + first }, $0.count - first, Int32(MSG_NOSIGNAL))
      }
      guard sent > 0 || octets.isEmpty else { throw SystemFailure(call: "send", number: errno) }
      first += sent
    } while first < octets.count
  }

  func send(_ octets: [UInt8], to listener: Listener) throws {
    var raw = cl_address()
    let length = unsafe Self.write(listener, to: &raw)
    let sent = unsafe withSocketAddress(&raw) { unsafe sendto(descriptor, octets, octets.count, 0, $0, length) }
    guard sent == octets.count else { throw SystemFailure(call: "sendto", number: errno) }
  }

  /// One datagram, or what a stream has; empty at the end of a stream.
  func receive(_ limit: Int = 65_535) throws -> [UInt8] {
    var octets = [UInt8](repeating: 0, count: limit)
    let count = unsafe recv(descriptor, &octets, limit, 0)
    guard count >= 0 else { throw SystemFailure(call: "recv", number: errno) }
    return Array(octets[..<count])
  }

  /// One datagram and the address that it came from.
  func receiveFrom() throws -> (octets: [UInt8], address: String) {
    var octets = [UInt8](repeating: 0, count: 65_535)
    var raw = cl_address()
    var length = socklen_t(MemoryLayout<cl_address>.size)
    let count = unsafe withSocketAddress(&raw) { unsafe recvfrom(descriptor, &octets, octets.count, 0, $0, &length) }
    guard count >= 0 else { throw SystemFailure(call: "recvfrom", number: errno) }
    return (Array(octets[..<count]), unsafe IPv4Address(rawValue: cl_v4(&raw)).description)
  }

  /// One framed message; `nil` when the stream ended before it.
  func receiveMessage() throws -> [UInt8]? {
    guard let head = try receive(exactly: 2) else { return nil }
    return try receive(exactly: Int(head[0]) << 8 | Int(head[1]))
  }

  private func receive(exactly count: Int) throws -> [UInt8]? {
    var octets: [UInt8] = []
    while octets.count < count {
      let more = try receive(count - octets.count)
      if more.isEmpty { return nil }
      octets += more
    }
    return octets
  }

  func endSending() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

  /// True when the server has closed: the end of the stream, or a reset.
  func isClosedByPeer() throws -> Bool {
    do {
      return try receive(1).isEmpty
    } catch let failure as SystemFailure where failure.number == ECONNRESET {
      return true
    }
  }
}

/// The whole union as the system call's `sockaddr`; its member `any` alone would be cut to 16 octets.
private func withSocketAddress<Result>(
  _ raw: inout cl_address, _ body: (UnsafeMutablePointer<sockaddr>) -> Result
) -> Result {
  unsafe withUnsafeMutablePointer(to: &raw) {
    unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0) }
  }
}

func publication() -> Publication { Publication(Compiler.compile(World(), generation: 1)) }

/// A server on ports of its own choice.
func start(
  _ addresses: [String] = ["127.0.0.1:0"], workers: Int = 2, publication: Publication = publication(),
  options: Server.Options = Server.Options()
) throws -> Server {
  try Server.start(
    listeners: addresses.map { try Listener($0) }, workers: workers, publication: publication, options: options)
}
