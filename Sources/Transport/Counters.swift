// What the workers count. Each counter has one writer, which stores what it summed up in plain numbers once a turn.
import DNSWire
import Synchronization

/// Counts since the start, of all workers together.
public struct Counters: Hashable, Sendable {
  public var udpQueries: UInt64 = 0
  public var tcpQueries: UInt64 = 0
  /// Answers handed to the kernel, over UDP and TCP.
  public var answers: UInt64 = 0
  /// Messages that get no answer: runts, responses, cut-off datagrams, and answers that the kernel did not take.
  public var dropped: UInt64 = 0
  /// Questions of askers whom the world does not name.
  public var strangers: UInt64 = 0
  /// Questions with a COOKIE option (RFC 7873): without a server cookie, with one of ours, and with any other.
  public var cookiesNew: UInt64 = 0
  public var cookiesValid: UInt64 = 0
  public var cookiesInvalid: UInt64 = 0
  public var tcpAccepted: UInt64 = 0
  public var tcpClosed: UInt64 = 0
  /// Connections closed at once, every slot being taken.
  public var tcpRefused: UInt64 = 0
  /// Questions that needed other servers, or the cache of what they said.
  public var foreignQuestions: UInt64 = 0
  /// Of those, the ones that the cache had.
  public var foreignFromCache: UInt64 = 0
  /// Questions that no other server answered, or that DNSSEC calls forged.
  public var foreignFailures: UInt64 = 0
  /// Questions that were not asked: too many waited, or the server would have been this one.
  public var foreignRefused: UInt64 = 0
  /// Questions that wait for other servers now.
  public var foreignWaiting: UInt64 = 0
  /// Sets of servers that are asked now, each with a cache, a worker.
  public var foreignContexts: UInt64 = 0

  public init() {}

  @inline(__always)
  mutating func note(_ cookie: CookieState) {
    switch cookie {
    case .absent: break
    case .clientOnly: cookiesNew &+= 1
    case .valid: cookiesValid &+= 1
    case .invalid: cookiesInvalid &+= 1
    }
  }

  static func + (left: Self, right: Self) -> Self {
    var sum = left
    sum.udpQueries += right.udpQueries
    sum.tcpQueries += right.tcpQueries
    sum.answers += right.answers
    sum.dropped += right.dropped
    sum.strangers += right.strangers
    sum.cookiesNew += right.cookiesNew
    sum.cookiesValid += right.cookiesValid
    sum.cookiesInvalid += right.cookiesInvalid
    sum.tcpAccepted += right.tcpAccepted
    sum.tcpClosed += right.tcpClosed
    sum.tcpRefused += right.tcpRefused
    sum.foreignQuestions += right.foreignQuestions
    sum.foreignFromCache += right.foreignFromCache
    sum.foreignFailures += right.foreignFailures
    sum.foreignRefused += right.foreignRefused
    sum.foreignWaiting += right.foreignWaiting
    sum.foreignContexts += right.foreignContexts
    return sum
  }
}

/// The counters of one worker, as others may read them at any time.
struct PublishedCounters: ~Copyable, Sendable {
  private let udpQueries = Atomic<UInt64>(0)
  private let tcpQueries = Atomic<UInt64>(0)
  private let answers = Atomic<UInt64>(0)
  private let dropped = Atomic<UInt64>(0)
  private let strangers = Atomic<UInt64>(0)
  private let cookiesNew = Atomic<UInt64>(0)
  private let cookiesValid = Atomic<UInt64>(0)
  private let cookiesInvalid = Atomic<UInt64>(0)
  private let tcpAccepted = Atomic<UInt64>(0)
  private let tcpClosed = Atomic<UInt64>(0)
  private let tcpRefused = Atomic<UInt64>(0)
  private let foreignQuestions = Atomic<UInt64>(0)
  private let foreignFromCache = Atomic<UInt64>(0)
  private let foreignFailures = Atomic<UInt64>(0)
  private let foreignRefused = Atomic<UInt64>(0)
  private let foreignWaiting = Atomic<UInt64>(0)
  private let foreignContexts = Atomic<UInt64>(0)

  func store(_ counters: Counters) {
    udpQueries.store(counters.udpQueries, ordering: .relaxed)
    tcpQueries.store(counters.tcpQueries, ordering: .relaxed)
    answers.store(counters.answers, ordering: .relaxed)
    dropped.store(counters.dropped, ordering: .relaxed)
    strangers.store(counters.strangers, ordering: .relaxed)
    cookiesNew.store(counters.cookiesNew, ordering: .relaxed)
    cookiesValid.store(counters.cookiesValid, ordering: .relaxed)
    cookiesInvalid.store(counters.cookiesInvalid, ordering: .relaxed)
    tcpAccepted.store(counters.tcpAccepted, ordering: .relaxed)
    tcpClosed.store(counters.tcpClosed, ordering: .relaxed)
    tcpRefused.store(counters.tcpRefused, ordering: .relaxed)
    foreignQuestions.store(counters.foreignQuestions, ordering: .relaxed)
    foreignFromCache.store(counters.foreignFromCache, ordering: .relaxed)
    foreignFailures.store(counters.foreignFailures, ordering: .relaxed)
    foreignRefused.store(counters.foreignRefused, ordering: .relaxed)
    foreignWaiting.store(counters.foreignWaiting, ordering: .relaxed)
    foreignContexts.store(counters.foreignContexts, ordering: .relaxed)
  }

  func load() -> Counters {
    var counters = Counters()
    counters.udpQueries = udpQueries.load(ordering: .relaxed)
    counters.tcpQueries = tcpQueries.load(ordering: .relaxed)
    counters.answers = answers.load(ordering: .relaxed)
    counters.dropped = dropped.load(ordering: .relaxed)
    counters.strangers = strangers.load(ordering: .relaxed)
    counters.cookiesNew = cookiesNew.load(ordering: .relaxed)
    counters.cookiesValid = cookiesValid.load(ordering: .relaxed)
    counters.cookiesInvalid = cookiesInvalid.load(ordering: .relaxed)
    counters.tcpAccepted = tcpAccepted.load(ordering: .relaxed)
    counters.tcpClosed = tcpClosed.load(ordering: .relaxed)
    counters.tcpRefused = tcpRefused.load(ordering: .relaxed)
    counters.foreignQuestions = foreignQuestions.load(ordering: .relaxed)
    counters.foreignFromCache = foreignFromCache.load(ordering: .relaxed)
    counters.foreignFailures = foreignFailures.load(ordering: .relaxed)
    counters.foreignRefused = foreignRefused.load(ordering: .relaxed)
    counters.foreignWaiting = foreignWaiting.load(ordering: .relaxed)
    counters.foreignContexts = foreignContexts.load(ordering: .relaxed)
    return counters
  }
}
