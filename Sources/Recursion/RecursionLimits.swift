// Every number that bounds recursion, with its reason.

public enum RecursionLimits {
  /// Sets of servers that a worker asks at a time: each has a context with a cache, 1.5 MB when it is empty. Past these
  /// the one that was asked least recently goes.
  public static var contexts: Int { 16 }
  /// Questions of a worker that wait for other servers. A context could hold no more (`num-queries-per-thread`).
  public static var waiting: Int { 4096 }
  /// Of those, the ones for one set of servers: a dead one leaves places to the others.
  static var waitingPerSet: Int { waiting / 2 }
  /// Replies that are taken at a time: between them our own questions have their turn. As many clients as there are
  /// places may have asked for the same name.
  static var arrivalsATurn: Int { 64 }
  /// Sockets to other servers of a context: one a question, and one more for each that is asked again.
  static var outgoingSockets: Int { 2 * waiting }
  /// TCP connections to other servers of a context; where answers are long, each question needs one.
  static var outgoingStreams: Int { 256 }
  /// Cache for the names that everybody asks: 1 KB a name, so 90,000 of them. With 16 contexts, a worker's caches have
  /// 456 MB at the most.
  static var caches: (messages: String, records: String) { ("32m", "64m") }
  /// Cache for the servers of a Resolver rule, which know a company's names: 20,000.
  static var ruleCaches: (messages: String, records: String) { ("8m", "16m") }
  /// Cache for one program: 1,000 names, so that 500 of them have 1.5 GB for each set of servers at the most.
  static var clientCaches: (messages: String, records: String) { ("1m", "2m") }
  /// Milliseconds of silence after which a server counts as down, and seconds until it is tried again: with the
  /// library's defaults a dead one is waited for 17 s, and one that is back is not noticed for minutes. The tries are
  /// 0.4, 0.8, 1.5 and these 2 s apart: together as long as a stub waits. With less, one name that takes its server a
  /// second would make the server look dead, and all other names fail.
  static var deadMilliseconds: Int { 2000 }
  static var retrySeconds: Int { 5 }
  /// Milliseconds that a client waits before an answer that has expired is good enough (RFC 8767 5).
  static var staleMilliseconds: Int { 1800 }
  /// Seconds for which an expired answer is kept: a day (RFC 8767 5 says one to three).
  static var staleSeconds: Int { 86_400 }
  /// Seconds that a client may keep such an answer (RFC 8767 4).
  static var staleReplySeconds: Int { 30 }
}
