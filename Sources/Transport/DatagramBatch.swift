// UDP: a batch of questions comes in by one system call, is answered in place and goes out by another.
import CLinux
import DNSWire
import Glibc
import Resolution

/// The buffers of one worker, shared by its sockets one after the other.
@safe struct DatagramBatch: ~Copyable {
  private let incoming: FixedBuffer<cl_message>
  private let incomingVectors: FixedBuffer<iovec>
  private let peers: FixedBuffer<cl_address>
  private let controls: FixedBuffer<UInt64>
  private let messages: FixedBuffer<UInt8>
  /// By the index of the message.
  private let arrivals: FixedBuffer<Arrival?>
  private let asked: FixedBuffer<AnswerMemo.Question?>
  private let askers: FixedBuffer<Asker?>
  /// Of who asks, for the log: behind a proxy not that of the datagram.
  private let ports: FixedBuffer<UInt16>
  /// The answers, until they are sent.
  var outbox: Outbox
  /// Messages of `incoming` that hold a datagram.
  private(set) var arrived = 0
  /// Messages of `incoming` whose lengths the kernel has overwritten since they were prepared.
  private var used = TransportLimits.batch

  private static var controlWords: Int { Int(CL_CONTROL_OCTETS) / 8 }

  init() {
    let count = TransportLimits.batch
    unsafe incoming = FixedBuffer(repeating: cl_message(), count: count)
    unsafe incomingVectors = FixedBuffer(repeating: iovec(), count: count)
    peers = FixedBuffer(repeating: cl_address(), count: count)
    controls = FixedBuffer(repeating: 0, count: count * Self.controlWords)
    arrivals = FixedBuffer(repeating: nil, count: count)
    asked = FixedBuffer(repeating: nil, count: count)
    askers = FixedBuffer(repeating: nil, count: count)
    ports = FixedBuffer(repeating: 0, count: count)
    messages = FixedBuffer(repeating: 0, count: count * TransportLimits.datagramStride)
    outbox = unsafe Outbox(questions: incoming.start, limit: count)
    for index in 0..<count {
      unsafe incomingVectors[index] = iovec(
        iov_base: messages.start + index * TransportLimits.datagramStride, iov_len: TransportLimits.questionOctets)
      unsafe incoming[index].header.msg_iov = incomingVectors.start + index
      unsafe incoming[index].header.msg_iovlen = 1
      unsafe incoming[index].header.msg_name = UnsafeMutableRawPointer(peers.start + index)
      unsafe incoming[index].header.msg_control = UnsafeMutableRawPointer(controls.start + index * Self.controlWords)
    }
  }

  /// Takes what waits in the socket, at most a batch; false when nothing does.
  mutating func receive(from descriptor: CInt) -> Bool {
    for index in 0..<used {
      unsafe incoming[index].header.msg_namelen = socklen_t(MemoryLayout<cl_address>.size)
      unsafe incoming[index].header.msg_controllen = Int(CL_CONTROL_OCTETS)
    }
    used = 0
    while true {
      let count = unsafe cl_recvmmsg(descriptor, incoming.start, CUnsignedInt(TransportLimits.batch))
      if count > 0 {
        arrived = Int(count)
        used = arrived
        return true
      }
      // ECONNREFUSED is news of an answer that nobody wanted; the questions behind it still wait.
      if count < 0, errno == EINTR || errno == ECONNREFUSED { continue }
      arrived = 0
      return false
    }
  }

  /// Answers each datagram of the batch, into the outbox.
  mutating func answerAll(
    at door: Door, _ tables: borrowing Tables, generation: UInt64, era: UInt64,
    trusted: borrowing TrustedSources, memo: borrowing AnswerMemo, remembers: Bool, forwarder: Forwarder?,
    admission: inout Admission, scratch: inout Scratch, strangers: inout ReportedSources, counters: inout Counters
  ) {
    counters[.udpQueries] &+= UInt64(arrived)
    let remembers = remembers && tables.nameCount <= TransportLimits.memoNames
    let second = forwarder == nil ? 0 : max(1, cl_coarse_second())
    // Questions that are answered with TC alone, a bit each.
    var slips: UInt64 = 0
    // First what is remembered is called for, all at once; by the time it is looked at it has come. For the others it
    // is found out who asks: the processor waits for several askers of a large world at a time, and for one answer
    // after the other (docs/decisions/0011).
    for index in 0..<arrived {
      arrivals[index] = door.isShut ? nil : arrival(of: index, at: door, tables, trusted)
      asked[index] = nil
      askers[index] = nil
      guard let arrival = arrivals[index] else { continue }
      if admission.isOn, !isAdmitted(index, arrival, at: door, trusted, &admission, &slips, &scratch, &counters) {
        continue
      }
      if remembers {
        asked[index] = unsafe memo.question(
          octets(of: index), length: Int(incoming[index].length), from: arrival, listener: door.listener,
          era: era)
      }
      // Where the question may name the asker, it has to be read before.
      if asked[index] == nil, !arrival.trustsClientSubnet {
        askers[index] = tables.asker(source: arrival.source, network: arrival.network)
      }
    }
    for index in 0..<arrived {
      var count = 0
      if slips &>> UInt64(index) & 1 != 0, let arrival = arrivals[index] {
        var message = unsafe MutableSpan(_unsafeStart: octets(of: index), count: Limits.largestUDPOctets)
        count = unsafe answerTruncated(
          tables, arrival, messageOf: Int(incoming[index].length), in: &message, scratch: &scratch)
        if count > 0 { counters.note(.slipped) }
        arrivals[index] = nil
      }
      var cookie = CookieState.absent
      if let known = asked[index] {
        let recalled = unsafe memo.recall(known, octets(of: index), second: second)
        count = recalled.count
        cookie = recalled.cookie
        if recalled.isForeign { counters.note(.foreignRemembered) }
      }
      if count == 0, let arrival = arrivals[index] {
        var message = unsafe MutableSpan(_unsafeStart: octets(of: index), count: Limits.largestUDPOctets)
        count = unsafe answer(
          tables, generation: generation, arrival, messageOf: Int(incoming[index].length), in: &message,
          from: askers[index], scratch: &scratch)
        cookie = scratch.cookieState
        if scratch.lastAskerWasUnknown {
          counters.note(.strangers)
          strangers.note(scratch.source, network: arrival.network, listener: door.listener)
        }
        if case .some = scratch.need, let forwarder {
          let way = Forwarder.Asked(
            arrival: arrival, port: ports[index], listener: door.listener, wayBack: wayBack(index))
          count = forwarder.resolve(
            tables, generation: generation, way, in: &message, from: askers[index], scratch: &scratch)
          if count == 0, case .some = scratch.need {
            counters.note(cookie)
            continue
          }
        }
        if let known = asked[index] {
          switch scratch.validity {
          case .once: break
          case .second:
            unsafe memo.keep(known, answer: octets(of: index), count: count, cookie: cookie, second: second)
          case .generation:
            unsafe memo.keep(known, answer: octets(of: index), count: count, cookie: cookie, second: 0)
          }
        }
      }
      counters.note(cookie)
      guard count > 0 else {
        counters.note(.dropped)
        continue
      }
      unsafe outbox.add(octets(of: index), count: count, to: index, peer: cl_peer(peers.start + index))
    }
  }

  /// Whether a question is answered as it should be. If not, it is forgotten, or has its bit in `slips`.
  private func isAdmitted(
    _ index: Int, _ arrival: Arrival, at door: Door, _ trusted: borrowing TrustedSources,
    _ admission: inout Admission, _ slips: inout UInt64, _ scratch: inout Scratch, _ counters: inout Counters
  ) -> Bool {
    let message = unsafe MutableSpan(_unsafeStart: octets(of: index), count: Limits.largestUDPOctets)
    let asker = unsafe who(arrival, message, count: Int(incoming[index].length), &scratch)
    let peer = unsafe IPAddress(UnsafePointer(peers.start + index))
    switch admission.verdict(
      on: asker, isDirect: asker == peer && !trusted.isProxy(peer) && !arrival.trustsClientSubnet,
      isProven: hasCookie(index, arrival, &scratch), trusted: trusted, network: arrival.network,
      listener: door.listener, &counters)
    {
    case .answer: return true
    case .truncate: slips |= 1 &<< UInt64(index)
    case .drop: arrivals[index] = nil
    }
    return false
  }

  /// Whether a cookie (RFC 7873) proves who asks.
  private func hasCookie(_ index: Int, _ arrival: Arrival, _ scratch: inout Scratch) -> Bool {
    let message = unsafe MutableSpan(_unsafeStart: octets(of: index), count: Limits.largestUDPOctets)
    return unsafe hasValidCookie(
      arrival, messageOf: Int(incoming[index].length), in: message, scratch: &scratch)
  }

  /// Copies the answers in the outbox for the query log.
  func note(in log: inout AnswerLog, listener: UInt16, generation: UInt64, now: Int64) {
    for place in 0..<outbox.count {
      let (index, octets, count) = unsafe outbox.answer(at: place)
      guard let arrival = arrivals[index], let octets = unsafe octets else { continue }
      let note = AnswerNote(
        source: arrival.source, destination: arrival.destination, generation: generation, time: now,
        sourcePort: ports[index], listener: listener,
        count: UInt16(truncatingIfNeeded: count), isTCP: false)
      unsafe log.add(note, octets)
    }
    log.publish()
  }

  private func wayBack(_ index: Int) -> WayBack {
    let start = unsafe UnsafeRawPointer(controls.start + index &* Self.controlWords)
    return unsafe .datagram(
      peer: peers[index], control: start.load(as: WayBack.Control.self),
      controlOctets: incoming[index].header.msg_controllen)
  }

  /// Cuts off what a proxy has put before the question; `nil` when that is no header.
  private func takeHeader(of index: Int) -> ProxyHeader? {
    let count = unsafe Int(incoming[index].length)
    let start = unsafe octets(of: index)
    guard case .header(let header) = unsafe ProxyHeader.read(Span(_unsafeStart: start, count: count)) else {
      return nil
    }
    unsafe memmove(start, start + header.length, count &- header.length)
    unsafe incoming[index].length = CUnsignedInt(truncatingIfNeeded: count &- header.length)
    return header
  }

  private func octets(of index: Int) -> UnsafeMutablePointer<UInt8> {
    unsafe messages.start + index &* TransportLimits.datagramStride
  }

  /// Where a datagram came from; `nil` for one that was cut off, or that nobody can be answered to.
  private func arrival(
    of index: Int, at door: Door, _ tables: borrowing Tables, _ trusted: borrowing TrustedSources
  ) -> Arrival? {
    guard unsafe incoming[index].header.msg_flags & CInt(CL_TRUNCATED) == 0,
      unsafe cl_port(peers.start + index) != 0
    else { return nil }
    var source = unsafe IPAddress(UnsafePointer(peers.start + index))
    unsafe ports[index] = cl_port(peers.start + index)
    if trusted.isProxy(source) {
      guard let header = takeHeader(of: index) else { return nil }
      if let named = header.source { (source, ports[index]) = (named, header.port) }
    }
    var destination: IPAddress?
    if unsafe incoming[index].header.msg_controllen > 0 {
      var raw = cl_address()
      if unsafe cl_take_destination(&incoming[index].header, &raw) != 0 {
        destination = unsafe IPAddress(&raw)
      } else {
        unsafe incoming[index].header.msg_controllen = 0
      }
    }
    return door.arrival(source, destination: destination, isTCP: false, trusted: trusted, tables)
  }
}
