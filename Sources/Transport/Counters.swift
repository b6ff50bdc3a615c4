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
  /// Connections closed at once, their client having as many as it may.
  public var tcpClientLimit: UInt64 = 0
  /// Connections closed because nothing came, a question having been answered or none begun.
  public var tcpIdle: UInt64 = 0
  /// Connections closed because a question or an answer took too long to pass.
  public var tcpSlow: UInt64 = 0
  /// Connections that were open for too long.
  public var tcpOld: UInt64 = 0
  /// Connections closed for others: every slot was taken, or the memory for what waits in them.
  public var tcpPressed: UInt64 = 0
  /// Questions dropped since their prefix gets no more answers in this second.
  public var rateLimited: UInt64 = 0
  /// Questions over that limit that were answered with TC.
  public var slipped: UInt64 = 0
  /// Questions dropped since their interface has sent its packets of this second.
  public var overQuota: UInt64 = 0
  /// Times that a source was shut out for the rest of a second, by each worker.
  public var shutOuts: UInt64 = 0
  /// Questions that needed other servers, or the cache of what they said.
  public var foreignQuestions: UInt64 = 0
  /// Of those, the ones that the cache had.
  public var foreignFromCache: UInt64 = 0
  /// Of those with a cached answer, the ones that were asked in the same second before; a worker's own sum.
  var foreignRemembered: UInt64 = 0
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
    sum.tcpClientLimit += right.tcpClientLimit
    sum.tcpIdle += right.tcpIdle
    sum.tcpSlow += right.tcpSlow
    sum.tcpOld += right.tcpOld
    sum.tcpPressed += right.tcpPressed
    sum.rateLimited += right.rateLimited
    sum.slipped += right.slipped
    sum.overQuota += right.overQuota
    sum.shutOuts += right.shutOuts
    sum.foreignQuestions += right.foreignQuestions
    sum.foreignFromCache += right.foreignFromCache
    sum.foreignRemembered += right.foreignRemembered
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
  private let tcpClientLimit = Atomic<UInt64>(0)
  private let tcpIdle = Atomic<UInt64>(0)
  private let tcpSlow = Atomic<UInt64>(0)
  private let tcpOld = Atomic<UInt64>(0)
  private let tcpPressed = Atomic<UInt64>(0)
  private let rateLimited = Atomic<UInt64>(0)
  private let slipped = Atomic<UInt64>(0)
  private let overQuota = Atomic<UInt64>(0)
  private let shutOuts = Atomic<UInt64>(0)
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
    tcpClientLimit.store(counters.tcpClientLimit, ordering: .relaxed)
    tcpIdle.store(counters.tcpIdle, ordering: .relaxed)
    tcpSlow.store(counters.tcpSlow, ordering: .relaxed)
    tcpOld.store(counters.tcpOld, ordering: .relaxed)
    tcpPressed.store(counters.tcpPressed, ordering: .relaxed)
    rateLimited.store(counters.rateLimited, ordering: .relaxed)
    slipped.store(counters.slipped, ordering: .relaxed)
    overQuota.store(counters.overQuota, ordering: .relaxed)
    shutOuts.store(counters.shutOuts, ordering: .relaxed)
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
    counters.tcpClientLimit = tcpClientLimit.load(ordering: .relaxed)
    counters.tcpIdle = tcpIdle.load(ordering: .relaxed)
    counters.tcpSlow = tcpSlow.load(ordering: .relaxed)
    counters.tcpOld = tcpOld.load(ordering: .relaxed)
    counters.tcpPressed = tcpPressed.load(ordering: .relaxed)
    counters.rateLimited = rateLimited.load(ordering: .relaxed)
    counters.slipped = slipped.load(ordering: .relaxed)
    counters.overQuota = overQuota.load(ordering: .relaxed)
    counters.shutOuts = shutOuts.load(ordering: .relaxed)
    counters.foreignQuestions = foreignQuestions.load(ordering: .relaxed)
    counters.foreignFromCache = foreignFromCache.load(ordering: .relaxed)
    counters.foreignFailures = foreignFailures.load(ordering: .relaxed)
    counters.foreignRefused = foreignRefused.load(ordering: .relaxed)
    counters.foreignWaiting = foreignWaiting.load(ordering: .relaxed)
    counters.foreignContexts = foreignContexts.load(ordering: .relaxed)
    return counters
  }
}
