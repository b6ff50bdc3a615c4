// One libunbound context: the servers that it asks, its settings, which are final with its first question, its cache.
import CUnbound
import CUnboundLoop
import DNSWire
import Glibc
import Synchronization

/// A set of servers, or the root servers and whoever they lead to.
@safe final class UpstreamContext {
  let servers: [ServerAddress]
  /// They are those of a Resolver rule, and know names that no chain of trust leads to.
  let isRule: Bool
  let size: ContextSize
  let pointer: OpaquePointer
  /// Inquiries that have not been released.
  var waiting = 0
  /// Number of its last question among all.
  var lastUse: UInt64 = 0

  /// The library sets up its log, its random numbers and its limits for the whole process, without a lock.
  private static let library = Mutex(())

  init(
    _ servers: [ServerAddress], isRule: Bool, _ options: Recursion.Options, on loop: OpaquePointer
  ) throws(RecursionError) {
    self.servers = servers
    self.isRule = isRule
    size =
      options.isForOneClient ? RecursionLimits.client : isRule ? RecursionLimits.rule : RecursionLimits.everyName
    let made = Self.library.withLock { _ in
      unsafe UInt(bitPattern: ub_ctx_create_ub_event(cul_loop_base(loop)))
    }
    guard let made = unsafe OpaquePointer(bitPattern: made) else {
      throw .refused(setting: "libunbound", reason: "no memory")
    }
    unsafe pointer = unsafe made
    try Self.library.withLock { _ throws(RecursionError) in try configure(options) }
  }

  deinit { Self.library.withLock { _ in unsafe ub_ctx_delete(pointer) } }

  private func configure(_ options: Recursion.Options) throws(RecursionError) {
    let files = [options.trustAnchorFile, options.rootHintsFile].compactMap(\.self)
    for file in files { try checkFile(file) }
    // Its words would come between the lines of our log.
    unsafe ub_ctx_debugout(pointer, nil)
    for (name, value) in settings(options) {
      try check(unsafe ub_ctx_set_option(pointer, "\(name):", value), "\(name): \(value)")
    }
    for server in servers {
      let text = "\(server.address)@\(server.port)"
      try check(unsafe ub_ctx_set_fwd(pointer, text), text)
    }
    if options.validates, !isRule, let file = options.trustAnchorFile {
      try check(unsafe ub_ctx_add_ta_file(pointer, file), file)
    }
    // The first word about a zone makes the settings final, and has the files read; there is no such zone.
    try check(unsafe ub_ctx_zone_remove(pointer, "."), files.joined(separator: ", "))
    // From the root servers on, what the world's DNS does not have stays here (RFC 6303, RFC 6761).
    guard !servers.isEmpty else { return }
    for zone in Self.ownZones { try check(unsafe ub_ctx_zone_add(pointer, zone, "nodefault"), zone) }
  }

  private func settings(_ options: Recursion.Options) -> [(String, String)] {
    var settings = [
      ("module-config", options.validates && !isRule ? "validator iterator" : "iterator"),
      ("use-syslog", "no"),
      ("do-not-query-localhost", "no"),
      ("use-caps-for-id", "yes"),
      ("edns-buffer-size", "\(Limits.advertisedUDPOctets)"),
      ("infra-cache-min-rtt", "\(RecursionLimits.patientMilliseconds)"),
      ("infra-cache-max-rtt", "\(RecursionLimits.deadMilliseconds)"),
      ("infra-host-ttl", "\(RecursionLimits.retrySeconds)"),
      ("num-queries-per-thread", "\(size.places)"),
      ("outgoing-range", "\(size.sockets)"),
      ("outgoing-num-tcp", "\(size.streams)"),
      ("msg-cache-size", size.messages), ("rrset-cache-size", size.records),
      // Slabs are for threads, and there is one.
      ("msg-cache-slabs", "1"), ("rrset-cache-slabs", "1"), ("infra-cache-slabs", "1"), ("key-cache-slabs", "1"),
    ]
    // Reverse names of private addresses go to the servers as well.
    if !servers.isEmpty { settings.append(("unblock-lan-zones", "yes")) }
    if let file = options.rootHintsFile, servers.isEmpty { settings.append(("root-hints", file)) }
    if options.servesStale {
      settings += [
        ("serve-expired", "yes"),
        ("serve-expired-ttl", "\(RecursionLimits.staleSeconds)"),
        ("serve-expired-reply-ttl", "\(RecursionLimits.staleReplySeconds)"),
        ("serve-expired-client-timeout", "\(RecursionLimits.staleMilliseconds)"),
      ]
    }
    return settings
  }

  /// Zones that the library answers by itself unless it is told otherwise, beside those of private addresses. A server
  /// that somebody names, by rule or by hand, knows its own.
  private static let ownZones = [
    "test.", "invalid.", "onion.", "home.arpa.", "localhost.", "127.in-addr.arpa.",
    "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa.",
  ]

  /// The library reads a folder without end, does without root servers whose file it cannot read, and trusts nothing
  /// where there is nothing.
  private func checkFile(_ path: String) throws(RecursionError) {
    var found = stat()
    guard unsafe stat(path, &found) == 0, unsafe access(path, R_OK) == 0 else {
      throw .refused(setting: path, reason: unsafe String(cString: strerror(errno)))
    }
    switch found.st_mode & S_IFMT {
    case S_IFDIR: throw .refused(setting: path, reason: "it is a folder")
    case S_IFIFO: return
    default: if found.st_size == 0 { throw .refused(setting: path, reason: "it is empty") }
    }
  }

  private func check(_ status: CInt, _ setting: String) throws(RecursionError) {
    guard status != 0 else { return }
    throw .refused(setting: setting, reason: unsafe String(cString: ub_strerror(status)))
  }
}
