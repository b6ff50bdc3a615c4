// One TCP connection by itself, without a worker and a listening socket: for who plays octets through the code that
// cuts a stream into messages, in pieces of his own choice.
import CLinux
import DNSWire
import Glibc
import Resolution

/// Connections one after the other, each answered in turns of the caller's.
package struct Conversation: ~Copyable {
  private var connections: Connections
  private let epoll: CInt
  private let door: Door
  private let address: IPAddress
  private let snapshot: Snapshot
  private let trusted: TrustedSources
  private var scratch = Scratch()
  private var strangers = ReportedSources(ReportedSourceList())
  /// Nobody is limited.
  private var admission: Admission
  private var log = AnswerLog(nil)
  private var slot: Int?

  /// - Parameters:
  ///   - proxies: Sources whose connections begin with a header.
  ///   - manners: What the server says of itself.
  package init(
    _ snapshot: Snapshot, at listener: Listener, proxies: [AddressRange], manners: consuming Manners
  ) throws(ServerError) {
    self.snapshot = snapshot
    epoll = cl_epoll_create()
    guard epoll >= 0 else { throw .system(call: "epoll_create1", errno: errno) }
    let options = Server.Options()
    let counts = SharedCounts(options)
    connections = Connections(
      memory: try ReservedMemory(octets: Connections.slotOctets), heldLimit: TransportLimits.heldOctets, epoll: epoll,
      counts: counts, limitPerClient: options.connectionsPerClient)
    admission = Admission(options, counts, throttled: ReportedSourceList())
    address = listener.address
    door = Door(listener, index: 0, snapshot.tables)
    trusted = TrustedSources([], proxies: proxies)
    scratch.manners = manners
  }

  deinit { close(epoll) }

  package var isOpen: Bool { connections.open > 0 }

  /// What the transport knows of a message of this connection.
  package func arrival(from source: IPAddress) -> Arrival {
    door.arrival(source, destination: address, isTCP: true, trusted: trusted, snapshot.tables)
  }

  /// Takes a connection, in place of the one before, and closes it when it is over.
  /// - Parameter descriptor: It does not block.
  package mutating func open(_ descriptor: CInt, from source: IPAddress) {
    end()
    slot = connections.take(
      descriptor, from: source, port: 0, to: address, door: 0, trusted: trusted, now: cl_coarse_milliseconds())
  }

  package mutating func end() {
    if let slot { connections.close(slot) }
    slot = nil
  }

  /// Does what a worker does when it is woken; false when there is nothing to be woken for.
  package mutating func turn() -> Bool {
    var event = cl_event()
    guard let slot, isOpen, unsafe cl_epoll_wait(epoll, &event, 1, 0) == 1 else { return false }
    guard event.events & (CL_ERROR | CL_HANGUP) == 0, hears(slot, isReadable: event.events & CL_READABLE != 0) else {
      connections.close(slot)
      return true
    }
    connections.converse(
      slot, at: door, snapshot.tables, generation: snapshot.generation, trusted: trusted, forwarder: nil,
      admission: &admission, scratch: &scratch, strangers: &strangers, log: &log, now: cl_coarse_milliseconds())
    return true
  }

  /// Takes what has come in; false when the connection is over.
  private mutating func hears(_ slot: Int, isReadable: Bool) -> Bool {
    if isReadable, !connections.receive(slot) { return false }
    return connections.takeHeader(slot)
  }
}
