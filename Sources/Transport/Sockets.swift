// Opening the sockets. Every worker has its own UDP and TCP socket of each listener, by SO_REUSEPORT; but with that
// option a second program binds the same port without an error, so the first socket of each is bound without it.
import CLinux
import DNSWire
import Glibc
import Synchronization

/// The two sockets of one listener for one worker.
struct SocketPair: Sendable {
  var udp: CInt
  var tcp: CInt

  func close() {
    _ = Glibc.close(udp)
    _ = Glibc.close(tcp)
  }
}

/// Sockets of one listener that somebody else has bound, such as a process in another network namespace.
public struct OpenListener: Sendable {
  /// Its address and port are those of the sockets.
  public var listener: Listener
  public var udp: CInt
  /// It listens.
  public var tcp: CInt

  public init(listener: Listener, udp: CInt, tcp: CInt) {
    self.listener = listener
    self.udp = udp
    self.tcp = tcp
  }
}

/// All sockets of a server: `pairs[worker][listener]`, and the listeners with the ports that they got.
public final class Sockets: Sendable {
  /// Octets of questions that may wait in a UDP socket, if the kernel gives them.
  public static let receiveBufferOctets = TransportLimits.receiveBufferOctets

  let listeners: [Listener]
  let pairs: [[SocketPair]]
  private let isClosed = Atomic<Bool>(false)

  private init(listeners: [Listener], pairs: [[SocketPair]]) {
    self.listeners = listeners
    self.pairs = pairs
  }

  deinit { close() }

  /// Opens everything or nothing.
  /// - Parameter workers: Each gets sockets of its own.
  public static func open(_ listeners: [Listener], workers: Int) throws(ServerError) -> Sockets {
    guard !listeners.isEmpty else { throw .noListener }
    guard listeners.count <= Server.listenerLimit else { throw .tooManyListeners(listeners.count) }
    guard (1...Server.workerLimit).contains(workers) else { throw .workersOutOfRange(workers) }
    var seen = Set<Listener>()
    for listener in listeners where listener.port != 0 {
      guard seen.insert(Listener(address: listener.address, port: listener.port)).inserted else {
        throw .listenerTwice(listener)
      }
    }
    var bound: [Listener] = []
    var pairs: [[SocketPair]] = Array(repeating: [], count: workers)
    do throws(ServerError) {
      // 0.0.0.0 beside 127.0.0.1 on one port is fine between ourselves, but the two exclude each other when bound
      // exclusively: such listeners are only tried out exclusively, one at a time.
      let crowded = Set(listeners.indices.filter { isCrowded($0, among: listeners) })
      for index in listeners.indices where crowded.contains(index) {
        try openPair(listeners[index], exclusive: true).pair.close()
      }
      for index in listeners.indices {
        let first = try openPair(listeners[index], exclusive: !crowded.contains(index))
        pairs[0].append(first.pair)
        bound.append(first.listener)
        guard cl_share_port(first.pair.udp) == 0, cl_share_port(first.pair.tcp) == 0 else {
          throw ServerError.system(call: "setsockopt SO_REUSEPORT", errno: errno)
        }
        for worker in 1..<max(1, workers) {
          pairs[worker].append(try openPair(first.listener, exclusive: false).pair)
        }
      }
      for pair in pairs.joined() where listen(pair.tcp, TransportLimits.backlog) != 0 {
        throw ServerError.system(call: "listen", errno: errno)
      }
    } catch {
      for pair in pairs.joined() { pair.close() }
      throw error
    }
    return Sockets(listeners: bound, pairs: pairs)
  }

  /// Takes over sockets that are bound already, for one worker; they are closed with it, also when this fails.
  static func adopt(_ open: [OpenListener]) throws(ServerError) -> Sockets {
    let sockets = Sockets(
      listeners: open.map(\.listener), pairs: [open.map { SocketPair(udp: $0.udp, tcp: $0.tcp) }])
    for one in open {
      for descriptor in [one.udp, one.tcp] { try check("fcntl O_NONBLOCK", cl_make_nonblocking(descriptor)) }
      try setOptions(one.udp, one.listener, isStream: false)
      try setOptions(one.tcp, one.listener, isStream: true)
    }
    return sockets
  }

  /// Octets of questions that may wait in a UDP socket, where the kernel gives less than it was asked for; `nil` else.
  public var scantReceiveBuffer: Int? {
    let granted = pairs.joined().map { Int(cl_granted_receive_buffer($0.udp)) }.filter { $0 >= 0 }.min()
    return granted.flatMap { $0 < Self.receiveBufferOctets ? $0 : nil }
  }

  func close() {
    guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
    for pair in pairs.joined() { pair.close() }
  }

  private static func isCrowded(_ index: Int, among listeners: [Listener]) -> Bool {
    let one = listeners[index]
    return one.port != 0
      && listeners.indices.contains { other in
        other != index && listeners[other].port == one.port && listeners[other].address.isV6 == one.address.isV6
          && (listeners[other].isWildcard || one.isWildcard)
      }
  }

  /// Opens UDP and TCP on one port. Port 0 becomes a number that is free for both.
  private static func openPair(
    _ listener: Listener, exclusive: Bool
  ) throws(ServerError) -> (pair: SocketPair, listener: Listener) {
    var tries = 1
    while true {
      let udp = try openSocket(listener, isStream: false, exclusive: exclusive)
      var bound = listener
      if listener.port == 0 { bound.port = localPort(udp) }
      do throws(ServerError) {
        let tcp = try openSocket(bound, isStream: true, exclusive: exclusive)
        return (SocketPair(udp: udp, tcp: tcp), bound)
      } catch {
        _ = Glibc.close(udp)
        guard listener.port == 0, case .portTaken = error, tries < TransportLimits.portTries else { throw error }
        tries += 1
      }
    }
  }

  private static func openSocket(
    _ listener: Listener, isStream: Bool, exclusive: Bool
  ) throws(ServerError) -> CInt {
    let isV6 = listener.address.isV6
    let descriptor = cl_socket(isV6 ? AF_INET6 : AF_INET, isStream ? 1 : 0)
    guard descriptor >= 0 else {
      throw errno == EAFNOSUPPORT ? .addressNotAvailable(listener) : .system(call: "socket", errno: errno)
    }
    do throws(ServerError) {
      // [::] takes no IPv4 packets, so that it and 0.0.0.0 live side by side and no mapped source ever appears.
      if isV6 { try check("setsockopt IPV6_V6ONLY", cl_v6_only(descriptor)) }
      if isStream {
        // Connections of an earlier run in TIME_WAIT do not count as somebody's port; a listening socket does.
        try check("setsockopt SO_REUSEADDR", cl_reuse_address(descriptor))
      }
      try setOptions(descriptor, listener, isStream: isStream)
      if !exclusive { try check("setsockopt SO_REUSEPORT", cl_share_port(descriptor)) }
      var raw = cl_address()
      let length = unsafe listener.address.write(port: listener.port, to: &raw)
      guard unsafe cl_bind(descriptor, &raw, length) == 0 else {
        throw bindError(errno, listener, transport: isStream ? "TCP" : "UDP")
      }
    } catch {
      _ = Glibc.close(descriptor)
      throw error
    }
    return descriptor
  }

  /// What a socket may be told at any time.
  private static func setOptions(_ descriptor: CInt, _ listener: Listener, isStream: Bool) throws(ServerError) {
    let isV6: CInt = listener.address.isV6 ? 1 : 0
    if isStream {
      // Connections inherit both.
      try check("setsockopt TCP_NODELAY", cl_no_delay(descriptor))
      try check("setsockopt SO_SNDBUF", cl_send_buffer(descriptor, CInt(TransportLimits.streamSendBufferOctets)))
    } else {
      try check("setsockopt SO_RCVBUF", cl_receive_buffer(descriptor, CInt(TransportLimits.receiveBufferOctets)))
      try check("setsockopt IP_MTU_DISCOVER", cl_ignore_path_mtu(descriptor, isV6))
      if listener.isWildcard { try check("setsockopt IP_PKTINFO", cl_ask_destination(descriptor, isV6)) }
    }
  }

  private static func check(_ call: String, _ status: CInt) throws(ServerError) {
    guard status == 0 else { throw ServerError.system(call: call, errno: errno) }
  }

  private static func bindError(_ number: CInt, _ listener: Listener, transport: String) -> ServerError {
    switch number {
    case EADDRINUSE: .portTaken(listener, transport: transport)
    case EACCES, EPERM: .noPermission(listener)
    // EINVAL: a link-local address, which means nothing without its interface.
    case EADDRNOTAVAIL, EAFNOSUPPORT, EINVAL: .addressNotAvailable(listener)
    default: .system(call: "bind", errno: number)
    }
  }

  private static func localPort(_ descriptor: CInt) -> UInt16 {
    var raw = cl_address()
    return unsafe cl_local_address(descriptor, &raw) == 0 ? cl_port(&raw) : 0
  }
}
