// Sessions of `exec --api`, in the server: each has sockets of its own, which a worker of its own answers on from the
// snapshots in force. A session lasts as long as its connection.
import CLinux
import DNSWire
import Foundation
import Glibc
import Logging
import Namespaces
import Resolution
import Synchronization
import Transport

final class SessionDoor: Sendable {
  /// Sessions at once: each has a thread and some ten descriptors.
  private static let sessionLimit = 500
  private static let acceptPauseMicroseconds: UInt32 = 100_000

  /// The socket at which sessions begin.
  let name: String
  private let listening: SessionSocket
  private let publication: Publication
  private let options: Server.Options
  private let logger: Logger
  private let wake: CInt
  private let isStopping = Atomic<Bool>(false)
  private let thread = Mutex<PosixThread?>(nil)

  private final class Conversation {
    let socket: SessionSocket
    var server: Server?
    init(_ socket: consuming SessionSocket) { self.socket = socket }
  }

  /// - Parameter forwarding: Who is asked for names of others, as by the server itself.
  init(_ publication: Publication, forwarding: Server.Forwarding?, logger: Logger) throws {
    options = .ofSession(forwarding)
    // Nobody can take it before, since nobody knows it; from then on it stands in /proc/net/unix.
    name = "classiclink-dns/\(getpid())/\(UInt64.random(in: .min ... .max))"
    listening = try SessionSocket.listen(at: name)
    self.publication = publication
    self.logger = logger
    wake = cl_eventfd()
    guard wake >= 0 else { throw ServerError.system(call: "eventfd", errno: errno) }
    let started = try PosixThread(name: "sessions") { [self] in run() }
    thread.withLock { $0 = started }
  }

  deinit { _ = close(wake) }

  /// Ends every session.
  func stop() {
    isStopping.store(true, ordering: .releasing)
    cl_eventfd_signal(wake)
    let running = thread.withLock { thread in
      defer { thread = nil }
      return thread
    }
    running?.join()
  }

  private func run() {
    var conversations: [Conversation] = []
    while true {
      var waits = ([wake, listening.descriptor] + conversations.map { $0.socket.descriptor }).map {
        pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
      }
      _ = unsafe poll(&waits, nfds_t(waits.count), -1)
      if isStopping.load(ordering: .acquiring) { break }
      var ended: [Int] = []
      for (index, wait) in waits.dropFirst(2).enumerated() where wait.revents != 0 {
        if !heed(conversations[index]) { ended.append(index) }
      }
      for index in ended.reversed() { conversations.remove(at: index).server?.stop() }
      guard waits[1].revents != 0 else { continue }
      guard let socket = listening.accept() else {
        // No descriptor is left, perhaps: one may be in a moment.
        usleep(Self.acceptPauseMicroseconds)
        continue
      }
      if !Self.isWelcome(socket.peer) {
        refuse(socket, "the server runs as user \(geteuid()): only that user and root begin sessions")
      } else if conversations.count >= Self.sessionLimit {
        refuse(socket, "the server has \(Self.sessionLimit) sessions, and takes no more until one of them ends")
      } else {
        conversations.append(Conversation(socket))
      }
    }
    for conversation in conversations { conversation.server?.stop() }
  }

  /// Whoever hands over a socket can hold up who reads it: it has to be a user who could do worse anyway.
  private static func isWelcome(_ user: uid_t?) -> Bool { user == geteuid() || user == 0 }

  private func refuse(_ socket: borrowing SessionSocket, _ reason: String) {
    logger.warning("a session was refused: \(reason)")
    try? socket.send(reason)
  }

  /// False at the end of a conversation.
  private func heed(_ conversation: Conversation) -> Bool {
    do throws(SessionSocket.Failure) {
      guard let (text, sockets) = try conversation.socket.receive() else { return false }
      do {
        conversation.server = try begin(text, sockets, in: conversation)
      } catch {
        logger.warning("a session was refused: \(error)")
        try conversation.socket.send("\(error)")
        return false
      }
      try conversation.socket.send(SessionRequest.agreed)
      return true
    } catch {
      return false
    }
  }

  private func begin(_ text: String, _ sockets: [OpenSockets], in conversation: Conversation) throws -> Server {
    let listeners: [OpenListener]
    do {
      listeners = try admit(text, sockets, to: conversation)
    } catch {
      for open in sockets { open.close() }
      throw error
    }
    return try Server.start(on: listeners, publication: publication, options: options)
  }

  private func admit(
    _ text: String, _ sockets: [OpenSockets], to conversation: Conversation
  ) throws(SessionSocket.Failure) -> [OpenListener] {
    guard conversation.server == nil, !sockets.isEmpty,
      let request = try? JSONDecoder().decode(SessionRequest.self, from: Data(text.utf8)),
      let asker = IPAddress(request.asker)
    else { throw SessionSocket.Failure("this is another version of classiclink-dns") }
    logger.debug("a session begins", metadata: ["asker": "\(asker)", "network": "\(request.network)"])
    return Placement.listeners(sockets, of: asker, in: Placement.scope(of: request.network))
  }
}
