// The way from `exec --api` to the server: a Unix socket of the abstract kind, through which sockets are handed over.
// As long as it is open, the session lasts.
import CNamespaces
import Glibc

/// One end of a session.
public struct SessionSocket: ~Copyable, Sendable {
  public struct Failure: Error, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }

    init(number: CInt) { description = unsafe String(cString: strerror(number)) }
  }

  /// Octets of one message.
  private static var messageOctets: Int { 4096 }
  /// Sockets of one message: a machine has a handful of resolvers.
  private static var socketLimit: Int { 16 }

  /// Readable when a message has come, or the end.
  public let descriptor: CInt

  private init(_ descriptor: CInt) { self.descriptor = descriptor }

  deinit { _ = close(descriptor) }

  /// The socket at which sessions begin.
  public static func listen(at name: String) throws(Failure) -> SessionSocket {
    try opened(unsafe ns_listen(name))
  }

  public static func connect(to name: String) throws(Failure) -> SessionSocket {
    try opened(unsafe ns_connect(name))
  }

  private static func opened(_ descriptor: CInt) throws(Failure) -> SessionSocket {
    guard descriptor >= 0 else { throw Failure(number: errno) }
    return SessionSocket(descriptor)
  }

  /// The next session that somebody begins; `nil` when nobody does.
  public borrowing func accept() -> SessionSocket? {
    let accepted = ns_accept(descriptor)
    return accepted >= 0 ? SessionSocket(accepted) : nil
  }

  /// The user at the other end.
  public var peer: uid_t? {
    var user: uid_t = 0
    return unsafe ns_peer(descriptor, &user) == 0 ? user : nil
  }

  /// Waits until a message has come, or the end.
  /// - Returns: False when neither has come in time, or when `alarm` is readable before.
  public borrowing func awaitMessage(within milliseconds: CInt, unless alarm: CInt) -> Bool {
    var both = [descriptor, alarm].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    _ = unsafe poll(&both, 2, milliseconds)
    return both[0].revents != 0
  }

  public borrowing func send(_ text: String, _ sockets: [OpenSockets] = []) throws(Failure) {
    let octets = Array(text.utf8)
    let descriptors = sockets.flatMap { [$0.udp, $0.tcp] }
    guard unsafe ns_send(descriptor, octets, octets.count, descriptors, descriptors.count) == 0 else {
      throw Failure(number: errno)
    }
  }

  /// - Returns: The text and the sockets that came with it; `nil` at the end. Descriptors of other kinds are closed.
  public borrowing func receive() throws(Failure) -> (text: String, sockets: [OpenSockets])? {
    var octets = [UInt8](repeating: 0, count: Self.messageOctets)
    var descriptors = [CInt](repeating: -1, count: 2 * Self.socketLimit)
    var count = descriptors.count
    let received = unsafe ns_receive(descriptor, &octets, octets.count, &descriptors, &count)
    guard received >= 0 else { throw Failure(number: errno) }
    let sockets = Self.paired(Array(descriptors[..<count]))
    guard received > 0 else {
      for open in sockets { open.close() }
      return nil
    }
    return (String(decoding: octets[..<received], as: UTF8.self), sockets)
  }

  /// A UDP and a listening TCP socket of one address each, by turns.
  private static func paired(_ descriptors: [CInt]) -> [OpenSockets] {
    var sockets: [OpenSockets] = []
    for start in stride(from: 0, to: descriptors.count, by: 2) {
      let pair = descriptors[start..<min(start + 2, descriptors.count)]
      if pair.count == 2, let udp = place(pair[start], kind: 1), let tcp = place(pair[start + 1], kind: 2), udp == tcp {
        sockets.append(OpenSockets(place: udp, udp: pair[start], tcp: pair[start + 1]))
      } else {
        for descriptor in pair { _ = close(descriptor) }
      }
    }
    return sockets
  }

  private static func place(_ descriptor: CInt, kind: CInt) -> Sandbox.Place? {
    var place = ns_place()
    guard unsafe ns_kind(descriptor, &place) == kind, let address = place.address.address else { return nil }
    return Sandbox.Place(address: address, port: place.port)
  }
}
