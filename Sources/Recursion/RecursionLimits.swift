// Every number that bounds recursion, with its reason.

public enum RecursionLimits {
  /// Sets of servers that a worker asks at a time: each has a context with a cache, 4 MB when it is empty. Past these
  /// the one that was asked least recently goes.
  public static var contexts: Int { 16 }
  /// Questions of a worker that wait for other servers. A context could hold no more (`num-queries-per-thread`).
  public static var waiting: Int { 4096 }
  /// Replies that are taken at a time: between them our own questions have their turn. As many clients as there are
  /// places may have asked for the same name.
  static var arrivalsATurn: Int { 64 }
  /// The context for the names that everybody asks: 90,000 names at 1 KB. Half of the places, so that a dead server
  /// leaves some to the others.
  static var everyName: ContextSize {
    ContextSize(places: waiting / 2, streams: 256, messages: "32m", records: "64m")
  }
  /// For the servers of a Resolver rule, which know a company's names: 20,000.
  static var rule: ContextSize { ContextSize(places: waiting / 4, streams: 64, messages: "8m", records: "16m") }
  /// For one program: 1,000 names.
  static var client: ContextSize { ContextSize(places: 64, streams: 16, messages: "1m", records: "2m") }
  /// Milliseconds that a server has at least before it is asked again, or another one is. What is under way then is
  /// lost, so a name that takes longer needs a second try, which is given more time: and when a datagram was lost, this
  /// is what it costs.
  static var patientMilliseconds: Int { 1500 }
  /// Milliseconds that a server is given at last; when they are over as well, it counts as down. And seconds until it
  /// is tried again: with the library's defaults one that is back is not noticed for minutes.
  static var deadMilliseconds: Int { 4000 }
  static var retrySeconds: Int { 5 }
  /// Milliseconds that a client waits before an answer that has expired is good enough (RFC 8767 5).
  static var staleMilliseconds: Int { 1800 }
  /// Seconds for which an expired answer is kept: a day (RFC 8767 5 says one to three).
  static var staleSeconds: Int { 86_400 }
  /// Seconds that a client may keep such an answer (RFC 8767 4).
  static var staleReplySeconds: Int { 30 }
}

/// What a context may use.
struct ContextSize {
  /// Questions that wait for an answer.
  var places: Int
  /// TCP connections to other servers; where answers are long, each question needs one.
  var streams: Int
  /// Caches of messages and of their records, as the library writes sizes.
  var messages: String
  var records: String
  /// UDP sockets: one a question, and one more for each that is asked again. Each costs 0.6 KB from the beginning.
  var sockets: Int { 2 * places }
}
