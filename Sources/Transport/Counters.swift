// What the workers count. Each counter has one writer, which stores what it summed up in plain numbers once a turn.
import DNSWire
import Synchronization

/// What is counted.
public enum Counter: Int, CaseIterable, Sendable {
  case udpQueries
  case tcpQueries
  /// Answers handed to the kernel, over UDP and TCP.
  case answers
  /// Messages that get no answer: runts, responses, cut-off datagrams, and answers that the kernel did not take.
  case dropped
  /// Questions of askers whom the world does not name.
  case strangers
  /// Questions with a COOKIE option (RFC 7873): without a server cookie, with one of ours, and with any other.
  case cookiesNew
  case cookiesValid
  case cookiesInvalid
  case tcpAccepted
  case tcpClosed
  /// Connections closed at once, every slot being taken.
  case tcpRefused
  /// Connections closed at once, their client having as many as it may.
  case tcpClientLimit
  /// Connections closed because nothing came, a question having been answered or none begun.
  case tcpIdle
  /// Connections closed because a question or an answer took too long to pass.
  case tcpSlow
  /// Connections that were open for too long.
  case tcpOld
  /// Connections closed for others: every slot was taken, or the memory for what waits in them.
  case tcpPressed
  /// Questions dropped since their prefix gets no more answers in this second.
  case rateLimited
  /// Questions over that limit that were answered with TC.
  case slipped
  /// Questions dropped since their interface has sent its packets of this second.
  case overQuota
  /// Times that a source was shut out for the rest of a second, by each worker.
  case shutOuts
  /// Questions that needed other servers, or the cache of what they said.
  case foreignQuestions
  /// Of those, the ones that the cache had.
  case foreignFromCache
  /// Of those with a cached answer, the ones that were asked in the same second before; a worker's own sum.
  case foreignRemembered
  /// Questions that no other server answered, or that DNSSEC calls forged.
  case foreignFailures
  /// Questions that were not asked: too many waited, or the server would have been this one.
  case foreignRefused
  /// Questions that wait for other servers now.
  case foreignWaiting
  /// Sets of servers that are asked now, each with a cache, a worker.
  case foreignContexts
}

/// Counts since the start, of all workers together.
public struct Counters: Equatable, Sendable {
  fileprivate typealias Values = InlineArray<27, UInt64>
  fileprivate var values = Values(repeating: 0)

  public init() {}

  public subscript(_ counter: Counter) -> UInt64 {
    @inline(__always) get { values[counter.rawValue] }
    @inline(__always) set { values[counter.rawValue] = newValue }
  }

  /// One more.
  @inline(__always)
  mutating func note(_ counter: Counter) { self[counter] &+= 1 }

  @inline(__always)
  mutating func note(_ cookie: CookieState) {
    switch cookie {
    case .absent: break
    case .clientOnly: note(.cookiesNew)
    case .valid: note(.cookiesValid)
    case .invalid: note(.cookiesInvalid)
    }
  }

  static func + (left: Self, right: Self) -> Self {
    var sum = left
    for index in sum.values.indices { sum.values[index] += right.values[index] }
    return sum
  }

  public static func == (left: Self, right: Self) -> Bool {
    left.values.indices.allSatisfy { left.values[$0] == right.values[$0] }
  }
}

/// The counters of one worker, as others may read them at any time.
struct PublishedCounters: ~Copyable, Sendable {
  private let values = InlineArray<27, Atomic<UInt64>> { _ in Atomic(0) }

  func store(_ counters: Counters) {
    for index in values.indices { values[index].store(counters.values[index], ordering: .relaxed) }
  }

  func load() -> Counters {
    var counters = Counters()
    for index in values.indices { counters.values[index] = values[index].load(ordering: .relaxed) }
    return counters
  }
}
