// One thread, its own sockets: it shares nothing with the other workers but the snapshot that it reads. It sleeps in
// poll(), which watches the UDP sockets only while it sleeps; TCP connections, which are many, are behind one epoll. A
// UDP socket in an epoll would wake that for each answer that the kernel has got rid of (docs/decisions/0008).
import CLinux
import DNSWire
import Glibc
import Resolution

struct Worker: ~Copyable {
  private let listeners: [Listener]
  private let sockets: [SocketPair]
  private let publication: Publication
  private let options: Server.Options
  private let port: WorkerPort
  /// Wakes the owner of the server when there are new strangers.
  private let news: CInt
  private let epoll: CInt

  private var snapshot: Snapshot
  private let doors: FixedBuffer<Door>
  /// Whether the UDP socket of each listener sends answers in segments: so until it refuses.
  private let segments: FixedBuffer<Bool>
  private let trusted: TrustedSources
  private var scratch = Scratch()
  private var strangers: Strangers
  private var batch = DatagramBatch()
  private let memo: AnswerMemo
  private var connections: Connections
  private var log: AnswerLog
  private let events = FixedBuffer<cl_event>(repeating: cl_event(), count: TransportLimits.events)
  /// What poll() looks at: the UDP socket of each listener, the epoll of TCP, the descriptor that wakes this thread.
  private let waits: FixedBuffer<pollfd>
  private var counters = Counters()
  private var now = cl_coarse_milliseconds()
  private var nextSweep: Int64 = 0
  /// When accept() is tried again after the system ran out of descriptors.
  private var acceptResumesAt: Int64?

  init(
    listeners: [Listener], publication: Publication, options: Server.Options, port: WorkerPort, news: CInt
  ) {
    self.listeners = listeners
    self.publication = publication
    self.options = options
    self.port = port
    self.news = news
    sockets = port.sockets
    epoll = port.epoll
    let watched = port.sockets.map(\.udp) + [port.epoll, port.wake]
    waits = FixedBuffer(watched.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) })
    memo = AnswerMemo(port.memo)
    connections = Connections(memory: port.connectionMemory, epoll: port.epoll)
    log = AnswerLog(port.answers)
    snapshot = publication.current
    doors = FixedBuffer(repeating: Door(.standard, index: 0, snapshot.tables), count: listeners.count)
    segments = FixedBuffer(repeating: false, count: port.sockets.count)
    trusted = TrustedSources(options.trustedForClientSubnet, proxies: options.trustedAsProxy)
    strangers = Strangers(port.strangers)
    for (index, pair) in port.sockets.enumerated() { segments[index] = cl_knows_segments(pair.udp) != 0 }
    openDoors()
  }

  /// Serves until the port says stop; what had arrived by then is answered.
  mutating func run() {
    while !port.isAskedToStop {
      let isAwake = unsafe poll(waits.start, nfds_t(waits.count), timeout()) > 0
      now = cl_coarse_milliseconds()
      if isAwake { handleWaits() }
      resumeAccepting()
      sweep()
      report()
    }
    finish()
    report()
  }

  private func timeout() -> CInt {
    var due: Int64 = .max
    if connections.open > 0 { due = nextSweep }
    if let acceptResumesAt { due = min(due, acceptResumesAt) }
    return due == .max ? -1 : CInt(max(1, min(due - now, TransportLimits.sweepMilliseconds)))
  }

  /// What poll() found: each listener's datagrams, then connections, then a call from outside.
  private mutating func handleWaits() {
    for listener in sockets.indices where waits[listener].revents != 0 {
      answerDatagrams(listener, batches: TransportLimits.batchesATurn)
    }
    if waits[sockets.count].revents != 0 {
      let count = unsafe cl_epoll_wait(epoll, events.start, CInt(TransportLimits.events), 0)
      for index in 0..<max(0, Int(count)) { handle(events[index]) }
    }
    if waits[sockets.count + 1].revents != 0 {
      cl_eventfd_clear(port.wake)
      refresh()
    }
  }

  private mutating func handle(_ event: cl_event) {
    switch WorkerEvent(rawValue: event.data) {
    case .connecting(let listener): accept(listener)
    case .connection(let slot, let incarnation):
      guard let door = connections.door(of: slot, incarnation: incarnation) else { return }
      if event.events & (CL_ERROR | CL_HANGUP) != 0 {
        connections.close(slot)
      } else {
        converse(slot, door: door, isReadable: event.events & CL_READABLE != 0)
      }
    }
  }

  /// Looks, after packets have come in, whether a newer snapshot is in force: so the first question after a change sees
  /// it, on a busy worker and on an idle one.
  @inline(__always)
  private mutating func refresh() {
    guard publication.generation != snapshot.generation else { return }
    snapshot = publication.current
    openDoors()
  }

  private func openDoors() {
    for (index, listener) in listeners.enumerated() { doors[index] = Door(listener, index: index, snapshot.tables) }
  }

  private mutating func answerDatagrams(_ listener: Int, batches: Int) {
    let descriptor = sockets[listener].udp
    for _ in 0..<batches {
      guard batch.receive(from: descriptor) else { return }
      refresh()
      batch.answerAll(
        at: doors[listener], snapshot.tables, generation: snapshot.generation, trusted: trusted, memo: memo,
        remembers: options.remembersAnswers, scratch: &scratch, strangers: &strangers, counters: &counters)
      if log.isOn {
        batch.note(in: &log, listener: UInt16(listener), generation: snapshot.generation, now: now)
      }
      var inSegments = segments[listener]
      batch.outbox.send(to: descriptor, inSegments: &inSegments, counters: &counters)
      segments[listener] = inSegments
      if batch.arrived < TransportLimits.batch { return }
    }
  }

  // TCP

  private mutating func accept(_ listener: Int) {
    guard acceptResumesAt == nil else { return }
    if connections.open == 0 { nextSweep = now + sweepInterval }
    let address = listeners[listener].isWildcard ? nil : listeners[listener].address
    let accepted = connections.accept(
      from: sockets[listener].tcp, address: address, door: listener, trusted: trusted, now: now)
    if accepted == .exhausted { pauseAccepting() }
  }

  private mutating func converse(_ slot: Int, door: Int, isReadable: Bool) {
    if isReadable, !connections.receive(slot) { return connections.close(slot) }
    guard connections.takeHeader(slot) else { return connections.close(slot) }
    refresh()
    var rounds = 0
    repeat {
      connections.answerAll(
        slot, at: doors[door], snapshot.tables, generation: snapshot.generation, trusted: trusted, scratch: &scratch,
        strangers: &strangers, log: &log, now: now)
      guard connections.flush(slot, now: now) else { return connections.close(slot) }
      rounds += 1
    } while rounds < TransportLimits.roundsATurn && connections.canGoOn(slot)
    connections.settle(slot)
  }

  private mutating func pauseAccepting() {
    acceptResumesAt = now + TransportLimits.acceptPauseMilliseconds
    setAccepting(0)
  }

  private mutating func resumeAccepting() {
    guard let due = acceptResumesAt, now >= due else { return }
    acceptResumesAt = nil
    setAccepting(CL_READABLE)
  }

  private func setAccepting(_ interest: UInt32) {
    for (index, pair) in sockets.enumerated() {
      _ = cl_epoll_change(epoll, pair.tcp, interest, WorkerEvent.connecting(listener: index).rawValue)
    }
  }

  /// Often enough for the idle limit to hold within a quarter.
  private var sweepInterval: Int64 { max(10, min(TransportLimits.sweepMilliseconds, options.idleMilliseconds / 4)) }

  private mutating func sweep() {
    guard connections.open > 0, now >= nextSweep else { return }
    nextSweep = now + sweepInterval
    connections.sweep(now: now, idleLimit: options.idleMilliseconds, totalLimit: options.totalMilliseconds)
  }

  // News for others

  private mutating func report() {
    port.counters.store(counters + connections.counters)
    if strangers.publish() { cl_eventfd_signal(news) }
  }

  private mutating func finish() {
    for index in sockets.indices { answerDatagrams(index, batches: TransportLimits.batchesAtStop) }
    for slot in 0..<connections.limit {
      if let door = connections.door(of: slot) { converse(slot, door: door, isReadable: true) }
      connections.close(slot)
    }
  }
}
