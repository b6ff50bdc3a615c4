// UDP answers on their way out. Answers of a batch to one peer leave as one message in segments, which arrive as the
// datagrams that they are (UDP_SEGMENT): the kernel routes once for all of them. docs/decisions/0006 has the figures.
import CLinux
import Glibc

/// The answers of one batch, each tied to the question that it answers.
@safe struct Outbox: ~Copyable {
  /// The messages whose peers, control messages and buffers the answers share.
  private let questions: UnsafeMutablePointer<cl_message>
  /// By the index of the question.
  private let answers: FixedBuffer<iovec>
  /// One an answer, in the order of sending: the hash of the peer, what its length lacks of 65,535, and the question.
  private let keys: FixedBuffer<UInt64>
  private let messages: FixedBuffer<cl_message>
  /// In the order of `keys`; each message has a range of them.
  private let vectors: FixedBuffer<iovec>
  private(set) var count = 0
  /// Answers to the same peer as the one before, in the order in which the questions came.
  private var repetitions = 0
  private var lastPeer: UInt64 = 0

  /// `questions` outlives the box.
  init(questions: UnsafeMutablePointer<cl_message>, limit: Int) {
    unsafe self.questions = unsafe questions
    unsafe answers = FixedBuffer(repeating: iovec(), count: limit)
    keys = FixedBuffer(repeating: 0, count: limit)
    unsafe messages = FixedBuffer(repeating: cl_message(), count: limit)
    unsafe vectors = FixedBuffer(repeating: iovec(), count: limit)
  }

  /// Takes the answer to question `index`. `peer` is a number that differs between peers, mostly.
  @inline(__always)
  mutating func add(_ octets: UnsafeMutablePointer<UInt8>, count octetCount: Int, to index: Int, peer: UInt64) {
    unsafe answers[index] = iovec(iov_base: octets, iov_len: octetCount)
    // The longest of a peer come first, since only the last segment may be shorter; equal ones as they came.
    let hash = (peer &* 0x9e37_79b9_7f4a_7c15) & ~0xffff_ffff
    keys[count] = hash | UInt64(truncatingIfNeeded: (0xffff &- octetCount) << 16 | index)
    count &+= 1
    if peer == lastPeer { repetitions &+= 1 }
    lastPeer = peer
  }

  /// The answer at `place`, and the index of its question: until the box is sent.
  func answer(at place: Int) -> (question: Int, octets: UnsafeMutablePointer<UInt8>?, count: Int) {
    let question = index(place)
    let answer = unsafe answers[question]
    return unsafe (question, answer.iov_base?.assumingMemoryBound(to: UInt8.self), answer.iov_len)
  }

  /// Whether segments will pay: where many peers ask by turns, a message has one or two, and costs more than they would
  /// by themselves. Four peers by chance follow themselves in a quarter of the cases.
  private var isOfFewPeers: Bool { repetitions > 0 && 4 &* repetitions >= count }

  private func sort() {
    for next in 1..<max(1, count) {
      let key = keys[next]
      var place = next
      while place > 0, keys[place &- 1] > key {
        keys[place] = keys[place &- 1]
        place &-= 1
      }
      keys[place] = key
    }
  }

  /// The index of the question whose answer is at `place` of the order.
  @inline(__always)
  private func index(_ place: Int) -> Int { Int(truncatingIfNeeded: keys[place] & 0xffff) }

  /// Makes messages of the answers from `first` on; returns how many.
  private func gather(from first: Int, inSegments: Bool) -> Int {
    var made = 0
    var start = first
    while start < count {
      let leader = unsafe questions + index(start)
      let octets = unsafe answers[index(start)].iov_len
      unsafe vectors[start] = answers[index(start)]
      var end = start &+ 1
      if inSegments, octets <= TransportLimits.segmentOctets {
        var total = octets
        while end < count, end &- start < TransportLimits.segments {
          let next = unsafe answers[index(end)]
          total &+= unsafe next.iov_len
          guard unsafe next.iov_len <= octets, total <= TransportLimits.segmentedOctets,
            unsafe cl_same_peer(&leader.pointee.header, &questions[index(end)].header) != 0
          else { break }
          unsafe vectors[end] = next
          end &+= 1
          if unsafe next.iov_len < octets { break }
        }
      }
      // The control message of a question, which names the address that was asked, is that of its answer.
      unsafe messages[made].header = leader.pointee.header
      unsafe messages[made].header.msg_iov = vectors.start + start
      unsafe messages[made].header.msg_iovlen = end &- start
      if end &- start > 1 {
        unsafe cl_set_segment(&messages[made].header, UInt16(truncatingIfNeeded: octets))
      }
      made &+= 1
      start = end
    }
    return made
  }

  /// Hands the answers to the kernel and empties the box. What the kernel will not take is dropped: over UDP the asker
  /// asks again. A socket that refuses segments gets datagrams one by one from then on.
  mutating func send(to descriptor: CInt, inSegments: inout Bool, counters: inout Counters) {
    let gathers = inSegments && isOfFewPeers
    if gathers { sort() }
    var ready = gather(from: 0, inSegments: gathers)
    var first = 0
    // Answers of the messages before `first`.
    var done = 0
    var waits = 0
    var wasRefused = false
    while first < ready {
      let sent = unsafe cl_sendmmsg(descriptor, messages.start + first, CUnsignedInt(ready &- first))
      if sent > 0 {
        for index in first..<(first &+ Int(sent)) {
          let segments = unsafe messages[index].header.msg_iovlen
          counters[.answers] &+= UInt64(segments)
          done &+= segments
        }
        first &+= Int(sent)
        wasRefused = false
        continue
      }
      let segments = unsafe messages[first].header.msg_iovlen
      switch errno {
      case EINTR: continue
      case ECONNREFUSED where !wasRefused:
        // The error belongs to an earlier answer: try this one again, once.
        wasRefused = true
      case EAGAIN where waits < TransportLimits.sendWaits:
        waits &+= 1
        _ = cl_wait_writable(descriptor, TransportLimits.sendWaitMilliseconds)
      case EAGAIN:
        counters[.dropped] &+= UInt64(count &- done)
        first = ready
      case EINVAL where segments > 1, EIO where segments > 1, EMSGSIZE where segments > 1:
        // A tunnel, a device without checksums, a small MTU (net/ipv4/udp.c, udp_send_skb).
        inSegments = false
        ready = gather(from: done, inSegments: false)
        first = 0
      default:
        // ENOBUFS, EPERM of a firewall, EMSGSIZE, a network that went away: the fault of this one peer.
        first &+= 1
        done &+= segments
        counters[.dropped] &+= UInt64(segments)
        wasRefused = false
      }
    }
    count = 0
    repetitions = 0
    lastPeer = 0
  }
}
