// TCP (RFC 7766): messages with a two-octet length, pipelined, answered in order. Each connection has a fixed budget:
// when its output is full it is read no further until its peer has read. Only what is left over at the end of a turn, a
// part of a question or answers not yet taken, costs it memory; all else passes through buffers that they share.
import CLinux
import DNSWire
import Glibc
import Resolution

/// The connections of one worker.
@safe struct Connections: ~Copyable {
  private let slots: FixedBuffer<Connection>
  private let free: FixedBuffer<Int32>
  private var freeCount: Int
  private let memory: ReservedMemory
  private let sharedInput = FixedBuffer<UInt8>(repeating: 0, count: TransportLimits.inputOctets)
  private let sharedOutput = FixedBuffer<UInt8>(repeating: 0, count: TransportLimits.outputOctets)
  private let epoll: CInt
  private let counts: SharedCounts
  private let limitPerClient: Int
  /// Octets of the connections' own memory past those that are kept, and the most of them.
  private var held = 0
  private let heldLimit: Int
  /// No connection can make room before.
  private var noRoomBefore: Int64 = 0
  private(set) var open = 0
  var counters = Counters()

  static var slotOctets: Int { TransportLimits.inputOctets + TransportLimits.outputOctets }

  /// As many slots as `memory` holds.
  init(memory: ReservedMemory, heldLimit: Int, epoll: CInt, counts: SharedCounts, limitPerClient: Int) {
    self.memory = memory
    self.heldLimit = heldLimit
    self.epoll = epoll
    self.counts = counts
    self.limitPerClient = limitPerClient
    let limit = memory.octets / Self.slotOctets
    slots = FixedBuffer(repeating: Connection(), count: limit)
    free = FixedBuffer(repeating: 0, count: limit)
    freeCount = limit
    for index in 0..<limit { free[index] = Int32(limit - 1 - index) }
  }

  deinit {
    for index in 0..<slots.count where slots[index].descriptor >= 0 { _ = Glibc.close(slots[index].descriptor) }
  }

  var limit: Int { slots.count }

  /// The slot's door while it is open and the event belongs to this use of it.
  func door(of slot: Int, incarnation: UInt32) -> Int? {
    guard slot < slots.count, slots[slot].descriptor >= 0,
      slots[slot].incarnation & WorkerEvent.incarnationMask == incarnation
    else { return nil }
    return slots[slot].door
  }

  func door(of slot: Int) -> Int? { slots[slot].descriptor >= 0 ? slots[slot].door : nil }

  private func ownInput(_ slot: Int) -> UnsafeMutablePointer<UInt8> {
    precondition(slot >= 0 && slot < slots.count)
    return unsafe (memory.start + slot * Self.slotOctets).assumingMemoryBound(to: UInt8.self)
  }

  private func ownOutput(_ slot: Int) -> UnsafeMutablePointer<UInt8> {
    unsafe ownInput(slot) + TransportLimits.inputOctets
  }

  private func input(_ slot: Int) -> UnsafeMutablePointer<UInt8> {
    unsafe slots[slot].ownsInput ? ownInput(slot) : sharedInput.start
  }

  private func output(_ slot: Int) -> UnsafeMutablePointer<UInt8> {
    unsafe slots[slot].ownsOutput ? ownOutput(slot) : sharedOutput.start
  }

  /// At the end of a turn: what is left over moves to the connection's own memory.
  private mutating func keepRest(_ slot: Int) {
    let input = slots[slot].input
    if !slots[slot].ownsInput, !input.isEmpty {
      unsafe memcpy(ownInput(slot), sharedInput.start + input.lowerBound, input.count)
      slots[slot].input = 0..<input.count
      slots[slot].ownsInput = true
      markInput(slot, input.count)
    }
    let output = slots[slot].output
    if !slots[slot].ownsOutput, !output.isEmpty {
      unsafe memcpy(ownOutput(slot), sharedOutput.start + output.lowerBound, output.count)
      slots[slot].output = 0..<output.count
      slots[slot].ownsOutput = true
      markOutput(slot, output.count)
    }
  }

  private mutating func markInput(_ slot: Int, _ octets: Int) {
    guard octets > slots[slot].inputMark else { return }
    held += Self.past(octets) - Self.past(slots[slot].inputMark)
    slots[slot].inputMark = octets
  }

  private mutating func markOutput(_ slot: Int, _ octets: Int) {
    guard octets > slots[slot].outputMark else { return }
    held += Self.past(octets) - Self.past(slots[slot].outputMark)
    slots[slot].outputMark = octets
  }

  /// What goes back to the system when the connection closes.
  private static func past(_ mark: Int) -> Int { max(0, mark - TransportLimits.keptOctets) }

  // Opening and closing

  enum Accepted { case all, more, exhausted }

  /// Takes the waiting connections of a listening socket, some at a time.
  /// - Parameter address: That of the socket; `nil` when it is a wildcard and each connection has another.
  mutating func accept(
    from listening: CInt, address: IPAddress?, door: Int, trusted: borrowing TrustedSources, now: Int64
  ) -> Accepted {
    for _ in 0..<TransportLimits.acceptsATurn {
      var peer = cl_address()
      let descriptor = unsafe cl_accept(listening, &peer)
      guard descriptor >= 0 else {
        switch errno {
        case EAGAIN: return .all
        case EMFILE, ENFILE, ENOBUFS, ENOMEM:
          // As when every slot is taken: else who sits there idle keeps all others out.
          guard makeRoom(now: now) else { return .exhausted }
          continue
        default: continue  // the peer gave up, or its network did (accept(2))
        }
      }
      var destination = address ?? IPAddress.v4(IPv4Address(rawValue: 0))
      if address == nil {
        var local = cl_address()
        if unsafe cl_local_address(descriptor, &local) == 0 { destination = unsafe IPAddress(&local) }
      }
      _ = unsafe take(
        descriptor, from: IPAddress(&peer), port: cl_port(&peer), to: destination, door: door, trusted: trusted,
        now: now)
    }
    return .more
  }

  /// Takes a connection, which is closed here if there is no room for it; its slot.
  mutating func take(
    _ descriptor: CInt, from source: IPAddress, port: UInt16, to destination: IPAddress, door: Int,
    trusted: borrowing TrustedSources, now: Int64
  ) -> Int? {
    let client = trusted.isProxy(source) ? nil : counts.hash(0, source.client)
    guard isWithinLimit(client) else {
      _ = Glibc.close(descriptor)
      return nil
    }
    var hasPlace = takePlace()
    if !hasPlace, makeRoom(now: now) { hasPlace = takePlace() }
    guard hasPlace else {
      counters.note(.tcpRefused)
      leave(client)
      _ = Glibc.close(descriptor)
      return nil
    }
    counters.note(.tcpAccepted)
    freeCount -= 1
    let slot = Int(free[freeCount])
    var connection = Connection()
    connection.descriptor = descriptor
    connection.incarnation = slots[slot].incarnation &+ 1
    connection.door = door
    connection.source = source
    connection.client = client
    connection.sourcePort = port
    connection.destination = destination
    connection.awaitsHeader = client == nil
    connection.openedAt = now
    connection.progressAt = now
    connection.interest = CL_READABLE
    slots[slot] = connection
    open += 1
    guard cl_epoll_add(epoll, descriptor, connection.interest, event(of: slot)) == 0 else {
      close(slot)
      return nil
    }
    return slot
  }

  private func event(of slot: Int) -> UInt64 {
    WorkerEvent.connection(slot: slot, incarnation: slots[slot].incarnation).rawValue
  }

  /// Counts a connection of the client, unless it has as many as it may.
  private mutating func isWithinLimit(_ client: UInt64?) -> Bool {
    guard let client, let connections = counts.connections, !connections.open(client, limit: limitPerClient) else {
      return true
    }
    counters.note(.tcpClientLimit)
    return false
  }

  /// Whether there is a slot, and a place of all the server's.
  private func takePlace() -> Bool { freeCount > 0 && counts.takePlace() }

  private func leave(_ client: UInt64?) {
    if let client { counts.connections?.close(client) }
  }

  mutating func close(_ slot: Int) {
    guard slots[slot].descriptor >= 0 else { return }
    _ = Glibc.close(slots[slot].descriptor)
    slots[slot].descriptor = -1
    leave(slots[slot].client)
    counts.givePlaceBack()
    held -= Self.past(slots[slot].inputMark) + Self.past(slots[slot].outputMark)
    let kept = TransportLimits.keptOctets
    if slots[slot].inputMark > kept {
      unsafe cl_give_back(ownInput(slot) + kept, TransportLimits.inputOctets - kept)
    }
    if slots[slot].outputMark > kept {
      unsafe cl_give_back(ownOutput(slot) + kept, TransportLimits.outputOctets - kept)
    }
    free[freeCount] = Int32(slot)
    freeCount += 1
    open -= 1
    counters.note(.tcpClosed)
  }

  /// Closes the connection that has been idle longest, if it has been so for a while; false when there is none. One
  /// whose question waits for other servers is not idle (RFC 7766 6.2.3).
  private mutating func makeRoom(now: Int64) -> Bool {
    guard now >= noRoomBefore else { return false }
    var found: Int?
    for slot in 0..<slots.count where slots[slot].descriptor >= 0 && slots[slot].waiting == 0 {
      if let found, slots[found].progressAt <= slots[slot].progressAt { continue }
      found = slot
    }
    guard let oldest = found else {
      noRoomBefore = now + TransportLimits.sweepMilliseconds
      return false
    }
    // Progress only moves on: until then the others have no more to give.
    noRoomBefore = slots[oldest].progressAt + TransportLimits.pressedIdleMilliseconds
    guard now >= noRoomBefore else { return false }
    close(oldest)
    counters.note(.tcpPressed)
    return true
  }

  /// Closes what has been idle or open for too long.
  mutating func sweep(now: Int64, idleLimit: Int64, totalLimit: Int64) {
    guard open > 0 else { return }
    for slot in 0..<slots.count where slots[slot].descriptor >= 0 {
      let isHalfWay = !slots[slot].input.isEmpty || !slots[slot].output.isEmpty
      if now - slots[slot].progressAt >= idleLimit, slots[slot].waiting == 0 {
        close(slot)
        if isHalfWay { counters.note(.tcpSlow) } else { counters.note(.tcpIdle) }
      } else if now - slots[slot].openedAt >= totalLimit + idleLimit {
        close(slot)
      } else if now - slots[slot].openedAt >= totalLimit, !slots[slot].isEnding {
        slots[slot].isEnding = true
        counters.note(.tcpOld)
        settle(slot)
      }
    }
  }

  // Reading, answering, writing

  /// One read. False when the connection is over.
  mutating func receive(_ slot: Int) -> Bool {
    guard !slots[slot].isEnding else { return true }
    let pending = slots[slot].input
    if pending.isEmpty { slots[slot].ownsInput = false }
    let start = unsafe input(slot)
    if pending.lowerBound > 0 {
      unsafe memmove(start, start + pending.lowerBound, pending.count)
      slots[slot].input = 0..<pending.count
    }
    let end = slots[slot].input.upperBound
    guard end < TransportLimits.inputOctets else { return true }
    let count = unsafe read(slots[slot].descriptor, start + end, TransportLimits.inputOctets - end)
    if count > 0 {
      slots[slot].input = slots[slot].input.lowerBound..<(end + count)
      if slots[slot].ownsInput { markInput(slot, end + count) }
      return true
    }
    if count == 0 {
      slots[slot].isEnding = true  // a half-close still gets its answers
      return true
    }
    return errno == EAGAIN || errno == EINTR
  }

  /// Reads who asks, where a proxy says so once at the beginning. False when what it says is no header.
  mutating func takeHeader(_ slot: Int) -> Bool {
    guard slots[slot].awaitsHeader else { return true }
    let pending = slots[slot].input
    switch unsafe ProxyHeader.read(Span(_unsafeStart: input(slot) + pending.lowerBound, count: pending.count)) {
    case .incomplete: return true
    case .wrong:
      counters.note(.dropped)
      return false
    case .header(let header):
      slots[slot].awaitsHeader = false
      slots[slot].input = (pending.lowerBound + header.length)..<pending.upperBound
      if let source = header.source {
        slots[slot].source = source
        slots[slot].sourcePort = header.port
        let client = counts.hash(0, source.client)
        guard isWithinLimit(client) else { return false }
        slots[slot].client = client
      }
      return true
    }
  }

  /// Length of the whole message at the head of the input; `nil` while it is not complete.
  private func messageLength(_ slot: Int) -> Int? {
    guard !slots[slot].awaitsHeader else { return nil }
    let pending = slots[slot].input
    guard pending.count >= 2 else { return nil }
    let head = unsafe input(slot) + pending.lowerBound
    let length = unsafe Int(head[0]) << 8 | Int(head[1])
    return pending.count &- 2 >= length ? length : nil
  }

  /// True when a message waits and the answers before it are sent.
  func canGoOn(_ slot: Int) -> Bool { slots[slot].output.isEmpty && messageLength(slot) != nil }

  /// Answers the whole messages of the input, while a largest answer fits into the output.
  mutating func answerAll(
    _ slot: Int, at door: Door, _ tables: borrowing Tables, generation: UInt64, trusted: borrowing TrustedSources,
    forwarder: Forwarder?, admission: inout Admission, scratch: inout Scratch, strangers: inout ReportedSources,
    log: inout AnswerLog, now: Int64
  ) {
    guard slots[slot].output.isEmpty else { return }
    let arrival = door.arrival(
      slots[slot].source, destination: slots[slot].destination, isTCP: true, trusted: trusted, tables)
    slots[slot].ownsOutput = false
    let questions = unsafe input(slot)
    let answers = unsafe output(slot)
    var end = 0
    var budget = TransportLimits.answersARound
    while budget > 0, end &+ TransportLimits.frameOctets <= TransportLimits.outputOctets,
      let length = messageLength(slot)
    {
      budget &-= 1
      let start = slots[slot].input.lowerBound &+ 2
      slots[slot].input = (start &+ length)..<slots[slot].input.upperBound
      counters.note(.tcpQueries)
      guard !door.isShut else {
        counters.note(.dropped)
        continue
      }
      unsafe (answers + end + 2).update(from: questions + start, count: length)
      var message = unsafe MutableSpan(_unsafeStart: answers + end + 2, count: Limits.tcpOctets)
      if admission.isOn {
        let asker = who(arrival, message, count: length, &scratch)
        guard admission.isInQuota(asker, network: arrival.network, listener: door.listener, &counters) else {
          counters.note(.dropped)
          continue
        }
      }
      var count = answer(
        tables, generation: generation, arrival, messageOf: length, in: &message, scratch: &scratch)
      counters.note(scratch.cookieState)
      if case .some = scratch.need, let forwarder {
        let way = Forwarder.Asked(
          arrival: arrival, port: slots[slot].sourcePort, listener: door.listener,
          wayBack: .stream(slot: slot, incarnation: slots[slot].incarnation))
        count = forwarder.resolve(tables, generation: generation, way, in: &message, from: nil, scratch: &scratch)
        if count == 0, case .some = scratch.need { slots[slot].waiting += 1 }
      }
      if scratch.lastAskerWasUnknown {
        counters.note(.strangers)
        strangers.note(scratch.source, network: arrival.network, listener: door.listener)
      }
      guard count > 0 else {
        if scratch.need == nil { counters.note(.dropped) }
        continue
      }
      unsafe answers[end] = UInt8(truncatingIfNeeded: count >> 8)
      unsafe answers[end + 1] = UInt8(truncatingIfNeeded: count)
      end &+= 2 &+ count
      slots[slot].progressAt = now
      counters.note(.answers)
    }
    slots[slot].output = 0..<end
    if log.isOn { note(slot, in: &log, listener: door.listener, generation: generation, now: now) }
  }

  /// Copies the answers of a round, which stand in the output one behind the other, for the query log.
  private func note(_ slot: Int, in log: inout AnswerLog, listener: UInt16, generation: UInt64, now: Int64) {
    let answers = unsafe output(slot)
    var place = 0
    while place < slots[slot].output.upperBound {
      let count = unsafe UInt16(answers[place]) << 8 | UInt16(answers[place + 1])
      let note = AnswerNote(
        source: slots[slot].source, destination: slots[slot].destination, generation: generation, time: now,
        sourcePort: slots[slot].sourcePort, listener: listener, count: count, isTCP: true)
      unsafe log.add(note, answers + place + 2)
      place += 2 + Int(count)
    }
    log.publish()
  }

  /// Sends an answer that other servers had to be asked for, if the connection is still there; `count` 0 when there is
  /// none after all.
  mutating func deliver(
    _ answer: UnsafePointer<UInt8>, count: Int, to slot: Int, incarnation: UInt32, now: Int64
  ) {
    guard slots[slot].descriptor >= 0, slots[slot].incarnation == incarnation else { return }
    slots[slot].waiting -= 1
    if count > 0 {
      // Between turns what waits is in the connection's own memory.
      if slots[slot].output.isEmpty {
        slots[slot].ownsOutput = true
        slots[slot].output = 0..<0
      }
      let pending = slots[slot].output
      let start = unsafe ownOutput(slot)
      unsafe memmove(start, start + pending.lowerBound, pending.count)
      let end = pending.count
      // A peer that asks and does not read.
      guard end + 2 + count <= TransportLimits.outputOctets else { return close(slot) }
      unsafe start[end] = UInt8(truncatingIfNeeded: count >> 8)
      unsafe start[end + 1] = UInt8(truncatingIfNeeded: count)
      unsafe memcpy(start + end + 2, answer, count)
      slots[slot].output = 0..<(end + 2 + count)
      markOutput(slot, end + 2 + count)
      slots[slot].progressAt = now
      counters.note(.answers)
    }
    guard flush(slot, now: now) else { return close(slot) }
    settle(slot)
  }

  /// Answers and sends what there is, as far as one connection may in a turn, and decides what it waits for next.
  mutating func converse(
    _ slot: Int, at door: Door, _ tables: borrowing Tables, generation: UInt64, trusted: borrowing TrustedSources,
    forwarder: Forwarder?, admission: inout Admission, scratch: inout Scratch, strangers: inout ReportedSources,
    log: inout AnswerLog, now: Int64
  ) {
    var rounds = 0
    repeat {
      answerAll(
        slot, at: door, tables, generation: generation, trusted: trusted, forwarder: forwarder,
        admission: &admission, scratch: &scratch, strangers: &strangers, log: &log, now: now)
      guard flush(slot, now: now) else { return close(slot) }
      rounds += 1
    } while rounds < TransportLimits.roundsATurn && canGoOn(slot)
    settle(slot)
  }

  /// Sends what waits, as far as the peer takes it. False when the connection is over.
  mutating func flush(_ slot: Int, now: Int64) -> Bool {
    while !slots[slot].output.isEmpty {
      let pending = slots[slot].output
      let sent = unsafe cl_send(slots[slot].descriptor, output(slot) + pending.lowerBound, pending.count)
      if sent > 0 {
        slots[slot].output = (pending.lowerBound + sent)..<pending.upperBound
        if sent == pending.count { slots[slot].progressAt = now }
      } else if errno == EAGAIN {
        return true
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }

  /// Decides what the connection waits for next, and closes it when there is nothing more to come.
  mutating func settle(_ slot: Int) {
    let hasWork = !slots[slot].output.isEmpty || messageLength(slot) != nil
    if slots[slot].isEnding, !hasWork, slots[slot].waiting == 0 {
      close(slot)
      return
    }
    // With work left the peer must read first; the socket being writable is also how a next turn comes about.
    keepRest(slot)
    // Who holds no more than is kept anyway does not pay for the others.
    if held > heldLimit, Self.past(slots[slot].inputMark) + Self.past(slots[slot].outputMark) > 0 {
      counters.note(.tcpPressed)
      return close(slot)
    }
    // The end of a stream can be read for ever: it is not waited for.
    let interest = hasWork ? CL_WRITABLE : slots[slot].isEnding ? 0 : CL_READABLE
    guard interest != slots[slot].interest else { return }
    slots[slot].interest = interest
    if cl_epoll_change(epoll, slots[slot].descriptor, interest, event(of: slot)) != 0 { close(slot) }
  }
}
