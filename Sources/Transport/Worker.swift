// One thread, its own sockets: it shares nothing with the other workers but the snapshot that it reads. It sleeps in
// poll(), which watches the UDP sockets only while it sleeps; TCP connections, which are many, are behind one epoll. A
// UDP socket in an epoll would wake that for each answer that the kernel has got rid of (docs/decisions/0008).
import CLinux
import DNSWire
import Glibc
import Recursion
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
  private var cookies: CookieClock
  /// Another number when the same question may get another answer.
  private var era: UInt64 = 0
  private let doors: FixedBuffer<Door>
  /// Whether the UDP socket of each listener sends answers in segments: so until it refuses.
  private let segments: FixedBuffer<Bool>
  /// Turns in which each listener's socket was not emptied, up to now.
  private let fullTurns: FixedBuffer<Int>
  private let trusted: TrustedSources
  private var scratch = Scratch()
  private var strangers: ReportedSources
  private var admission: Admission
  private var batch = DatagramBatch()
  private let memo: AnswerMemo
  private var connections: Connections
  private var log: AnswerLog
  private let events = FixedBuffer<cl_event>(repeating: cl_event(), count: TransportLimits.events)
  /// What poll() looks at: the UDP socket of each listener, the epoll of TCP, the descriptor that wakes this thread.
  /// Last, when there is a forwarder, its epoll of sockets to other servers.
  private let waits: FixedBuffer<pollfd>
  private let forwarder: Forwarder?
  /// An answer that had to wait, while it is written.
  private let late: FixedBuffer<UInt8>
  private var counters = Counters()
  private var now = cl_coarse_milliseconds()
  private var nextSweep: Int64 = 0
  /// When questions that have waited too long are looked for.
  private var nextOverdue: Int64 = 0
  /// When accept() is tried again after the system ran out of descriptors.
  private var acceptResumesAt: Int64?

  init(
    listeners: [Listener], publication: Publication, cookies: CookieBook, options: Server.Options, port: WorkerPort,
    news: CInt
  ) {
    self.listeners = listeners
    self.publication = publication
    self.options = options
    self.port = port
    self.news = news
    sockets = port.sockets
    epoll = port.epoll
    if let forwarding = options.forwarding, let recursion = port.recursion {
      forwarder = Forwarder(forwarding, recursion, OwnAddresses(forwarding.ownListeners ?? listeners))
      scratch.reach = forwarding.reach
    } else {
      forwarder = nil
    }
    late = FixedBuffer(repeating: 0, count: forwarder == nil ? 0 : Limits.tcpOctets)
    let watched = port.sockets.map(\.udp) + [port.epoll, port.wake] + (forwarder.map { [$0.descriptor] } ?? [])
    waits = FixedBuffer(watched.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) })
    memo = AnswerMemo(port.memo)
    connections = Connections(
      memory: port.connectionMemory, heldLimit: port.heldOctets, epoll: port.epoll, counts: port.counts,
      limitPerClient: options.connectionsPerClient)
    log = AnswerLog(port.answers)
    snapshot = publication.current
    self.cookies = CookieClock(cookies)
    scratch.manners.identity = OctetStore(options.identity)
    scratch.manners.keepalive = UInt16(clamping: options.idleMilliseconds / 100)
    doors = FixedBuffer(repeating: Door(.standard, index: 0, snapshot.tables), count: listeners.count)
    segments = FixedBuffer(repeating: false, count: port.sockets.count)
    fullTurns = FixedBuffer(repeating: 0, count: port.sockets.count)
    trusted = TrustedSources(options.trustedForClientSubnet, proxies: options.trustedAsProxy)
    strangers = ReportedSources(port.strangers)
    admission = Admission(options, port.counts, throttled: port.throttled)
    for (index, pair) in port.sockets.enumerated() { segments[index] = cl_knows_segments(pair.udp) != 0 }
    openDoors()
  }

  /// Serves until the port says stop; what had arrived by then is answered.
  mutating func run() {
    while !port.isAskedToStop {
      let isAwake = unsafe poll(waits.start, nfds_t(waits.count), timeout()) > 0
      now = cl_coarse_milliseconds()
      admission.setTime(now)
      if cookies.set(&scratch.manners, now: UInt32(truncatingIfNeeded: time(nil))) { era &+= 1 }
      if isAwake { handleWaits() }
      takeForeignAnswers()
      if admission.isOn { admission.shutOut.apply(to: sockets, of: listeners) }
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
    // Who is shut out wakes nobody.
    if !admission.shutOut.isEmpty { due = min(due, admission.secondEnds) }
    let foreign = forwarder?.due ?? .max
    let own = due == .max ? .max : max(1, min(due - now, TransportLimits.sweepMilliseconds))
    return own == .max && foreign == .max ? -1 : CInt(clamping: min(own, foreign))
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
    era &+= 1
    openDoors()
  }

  private func openDoors() {
    for (index, listener) in listeners.enumerated() { doors[index] = Door(listener, index: index, snapshot.tables) }
    forwarder?.use(snapshot.tables)
  }

  private mutating func answerDatagrams(_ listener: Int, batches: Int) {
    let descriptor = sockets[listener].udp
    let turns = fullTurns[listener]
    admission.isBehind = turns >= TransportLimits.turnsBehind
    fullTurns[listener] = 0
    for _ in 0..<batches {
      guard batch.receive(from: descriptor) else { return }
      refresh()
      batch.answerAll(
        at: doors[listener], snapshot.tables, generation: snapshot.generation, era: era, trusted: trusted, memo: memo,
        remembers: options.remembersAnswers, forwarder: forwarder, admission: &admission, scratch: &scratch,
        strangers: &strangers, counters: &counters)
      if log.isOn {
        batch.note(in: &log, listener: UInt16(listener), generation: snapshot.generation, now: now)
      }
      var inSegments = segments[listener]
      batch.outbox.send(to: descriptor, inSegments: &inSegments, counters: &counters)
      segments[listener] = inSegments
      if batch.arrived < TransportLimits.batch { return }
    }
    fullTurns[listener] = turns &+ 1
  }

  // Questions that have waited for other servers

  private mutating func takeForeignAnswers() {
    guard let forwarder else { return }
    for (inquiry, reply) in forwarder.turn(isReady: waits[waits.count - 1].revents != 0) {
      resume(forwarder, inquiry, reply)
    }
    guard now >= nextOverdue else { return }
    nextOverdue = now + TransportLimits.sweepMilliseconds
    for inquiry in forwarder.overdue(now: now) { resume(forwarder, inquiry, nil) }
  }

  private mutating func resume(_ forwarder: Forwarder, _ inquiry: Int, _ reply: Recursion.Reply?) {
    refresh()
    var message = unsafe MutableSpan(_unsafeStart: late.start, count: late.count)
    let result = forwarder.resume(
      inquiry, reply, doors, snapshot.tables, generation: snapshot.generation, trusted: trusted, in: &message,
      scratch: &scratch)
    if let result { send(result.asked, count: result.count) }
  }

  /// Sends the answer in `late`, if there is one.
  private mutating func send(_ asked: Forwarder.Asked, count: Int) {
    switch asked.wayBack {
    case .datagram(var peer, var control, let controlOctets):
      guard count > 0 else {
        counters.note(.dropped)
        return
      }
      let descriptor = sockets[Int(asked.listener)].udp
      let status = unsafe cl_send_late(
        descriptor, late.start, count, &peer, &control, controlOctets)
      if status == 0 { counters.note(.answers) } else { counters.note(.dropped) }
    case .stream(let slot, let incarnation):
      unsafe connections.deliver(late.start, count: count, to: slot, incarnation: incarnation, now: now)
    }
    guard log.isOn, count > 0 else { return }
    var isTCP = false
    if case .stream = asked.wayBack { isTCP = true }
    let note = AnswerNote(
      source: asked.arrival.source, destination: asked.arrival.destination, generation: snapshot.generation, time: now,
      sourcePort: asked.port, listener: asked.listener, count: UInt16(truncatingIfNeeded: count), isTCP: isTCP)
    unsafe log.add(note, late.start)
    log.publish()
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
    connections.converse(
      slot, at: doors[door], snapshot.tables, generation: snapshot.generation, trusted: trusted,
      forwarder: forwarder, admission: &admission, scratch: &scratch, strangers: &strangers, log: &log, now: now)
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
    var all = counters + connections.counters
    forwarder?.show(in: &all)
    all[.shutOuts] = admission.shutOut.total
    port.counters.store(all)
    let hasStrangers = strangers.publish()
    if admission.throttled.publish() || hasStrangers { cl_eventfd_signal(news) }
  }

  private mutating func finish() {
    for index in sockets.indices { answerDatagrams(index, batches: TransportLimits.batchesAtStop) }
    for slot in 0..<connections.limit {
      if let door = connections.door(of: slot) { converse(slot, door: door, isReadable: true) }
      connections.close(slot)
    }
  }
}
