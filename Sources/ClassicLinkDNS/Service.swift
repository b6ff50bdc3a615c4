// The server while it runs, seen from the main thread: signals, changed files, new strangers. It never touches a
// packet.
import CLinux
import Cloud
import ControlPlane
import DNSWire
import Glibc
import Logging
import Resolution
import Transport
import WorldFile

final class Service {
  static let stopSignals = [SIGTERM, SIGINT]
  private static let allSignals = [SIGTERM, SIGINT, SIGHUP]
  /// Sources that are reported: past these a flood of forged addresses would only fill the log.
  private static let strangerLimit = 10_000
  /// A signal that comes sooner after the first one is the same wish: timeout(1) signals a process, then its group.
  private static let repetitionMicroseconds: UInt32 = 500_000

  private let listeners: [Listener]
  /// The files of the world; none where it comes from a state.
  private let paths: [String]
  /// What-ifs of the command line: they stay through every reload.
  private let overrides: [Override]
  private let publication: Publication
  private let server: Server
  private let queryLog: QueryLog?
  private let cookieFile: CookieSecretFile?
  private let control: Control?
  private let manager = ServiceManager()
  private var portFile: PortFile?
  private let watches: Bool
  private let reload: Reload
  private let lastReload = LastReload()
  private let signals: CInt
  private let logger: Logger

  private var files: [String]
  private var fileWatch: FileWatch
  private var generation: UInt64
  private var isReloading = false
  /// Something asked for a reload while one was under way.
  private var mustReloadAgain = false
  private var strangers = Set<IPAddress>()
  /// Who was over the quota: no more than the workers report.
  private var throttled = Set<IPAddress>()
  private var lostSource = LostSource()
  /// The snapshot that was in force before: each worker lets go of it when the next question reaches him.
  private weak var leaving: Snapshot?
  /// The memory of a snapshot that is gone is still to be given back.
  private var mustTrim = false

  /// Serves on the sockets, opens the API's, writes the port file and says so on standard output, or on standard error
  /// where the query log has the other.
  init(
    listeners: [Listener], on sockets: Sockets, options: Server.Options, paths: [String],
    overrides: [Override], loaded: ServedWorld, api: Control.Door?,
    queryLogFile: QueryLogFile?, cookieFile: CookieSecretFile?, explains: Bool, fingerprint: Fingerprint, watches: Bool,
    portFile: PortFile?,
    logger: Logger
  ) throws {
    self.listeners = listeners
    self.paths = paths
    self.overrides = overrides
    self.portFile = portFile
    self.watches = watches
    self.cookieFile = cookieFile
    self.logger = logger
    generation = loaded.snapshot.generation
    files = loaded.files
    // Zone files only became known with the world: they are looked at from now on.
    fileWatch = FileWatch(known: Fingerprint(of: paths + files).asRead(after: fingerprint))
    reload = try Reload(explains: explains, after: loaded)
    // Blocked before the workers start, so that every signal comes here.
    unsafe cl_mask_signals(Self.allSignals, CInt(Self.allSignals.count), 1)
    unsafe cl_heed_signals([SIGHUP], 1)
    signals = unsafe cl_signalfd(Self.allSignals, CInt(Self.allSignals.count))
    guard signals >= 0 else { throw ServerError.system(call: "signalfd", errno: errno) }
    publication = loaded.steward?.publication ?? Publication(loaded.snapshot)
    server = try Server.start(on: sockets, publication: publication, options: options)

    if let queryLogFile {
      queryLog = try QueryLog(
        of: server, publication, options, to: queryLogFile, logger: logger)
    } else {
      queryLog = nil
    }
    if let steward = loaded.steward, var api {
      api.forwarding?.ownListeners = server.boundAddresses
      let metrics = MetricsPage(
        registry: api.metrics, server: server, publication: publication, queryLog: queryLog, lastReload: lastReload)
      control = try Control(steward: steward, metrics: metrics, lastReload, at: api, logger: logger)
    } else {
      control = nil
    }

    let doors = server.boundAddresses.map { ($0, networkName($0, loaded.snapshot)) }
    try self.portFile?.write(doors, api: control?.url)
    let names = doors.map { $1 == "any" ? "\($0)" : "\($0)=\($1)" }
    let calls = control.map { ", and answers AWS calls at \($0.url)" } ?? ""
    let line = Array("classiclink-dns listens on \(names.joined(separator: ", ")) (UDP and TCP)\(calls)\n".utf8)
    // Who reads the query log there wants nothing else.
    _ = unsafe write(queryLogFile?.isStandardOutput == true ? STDERR_FILENO : STDOUT_FILENO, line, line.count)
    logger.info("serving", metadata: ["generation": "\(generation)", "workers": "\(server.workerCount)"])
    manager.ready(generation: generation)
  }

  deinit { _ = close(signals) }

  /// Serves until SIGTERM or SIGINT.
  func run() {
    var nextLook = cl_coarse_milliseconds() + FileWatch.interval
    while true {
      var waits = [signals, reload.descriptor, server.newsDescriptor].map {
        pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
      }
      _ = unsafe poll(&waits, nfds_t(waits.count), patience)
      trimIfDue()
      while case let number = cl_signalfd_read(signals), number != 0 {
        if Self.stopSignals.contains(number) { return stop(number) }
        heedHangUp()
      }
      if waits[1].revents != 0, let outcome = reload.take() { finishReload(outcome) }
      if waits[2].revents != 0 { reportSources() }
      if waits[2].revents != 0 || lostSource.isUndecided { reportLostSource() }
      let now = cl_coarse_milliseconds()
      guard watches, !isReloading, now >= nextLook else { continue }
      nextLook = now + FileWatch.interval
      if fileWatch.isDue(Fingerprint(of: watched)) {
        logger.info("a file has changed: reading the world again")
        startReload()
      }
    }
  }

  /// How long the main thread may sleep.
  private var patience: CInt {
    if watches || mustTrim { return CInt(FileWatch.interval) }
    return lostSource.isUndecided ? LostSource.interval : -1
  }

  /// SIGHUP: logs are opened again, and secrets and the world's files are read again.
  private func heedHangUp() {
    queryLog?.reopen()
    readCookieSecrets()
    if paths.isEmpty {
      logger.info("SIGHUP: the world is that of the state, and no file is read again")
      manager.reloading()
      manager.ready(generation: publication.generation)
    } else {
      logger.info("SIGHUP: reading the world again")
      startReload()
    }
  }

  /// What cannot be read changes nothing.
  private func readCookieSecrets() {
    guard let cookieFile else { return }
    do throws(SecretFile.Failure) {
      server.use(try cookieFile.read())
      logger.info("the secrets of cookies were read again")
    } catch {
      logger.error("\(error); cookies are made as before")
    }
  }

  private func stop(_ number: CInt) {
    heedSecondSignal()
    logger.info("stopping", metadata: ["signal": "\(number == SIGINT ? "SIGINT" : "SIGTERM")"])
    manager.stopping()
    control?.stop()
    server.stop()
    queryLog?.stop()
    reportSources()
    portFile?.remove()
    let counters = server.counters
    logger.info(
      "stopped",
      metadata: [
        "udp": "\(counters[.udpQueries])", "tcp": "\(counters[.tcpQueries])", "answers": "\(counters[.answers])",
        "dropped": "\(counters[.dropped])",
      ])
  }

  /// Somebody who asks again after a while has lost his patience: that signal kills.
  private func heedSecondSignal() {
    let signals = signals
    let thread = try? PosixThread(name: "second-signal") {
      usleep(Self.repetitionMicroseconds)
      while cl_signalfd_read(signals) != 0 {}
      // The only thread that it is not blocked in.
      unsafe cl_mask_signals(Self.stopSignals, CInt(Self.stopSignals.count), 0)
      while true { _ = pause() }
    }
    thread?.detach()
  }

  // Reading again

  private var watched: [String] { paths + files }

  private func startReload() {
    manager.reloading()
    guard !isReloading else {
      mustReloadAgain = true
      return
    }
    do {
      try reload.start(
        paths: paths, setting: overrides, watched: watched, generation: generation + 1, listeners: listeners)
      isReloading = true
      leaving = publication.current
    } catch {
      logger.error("the world was not read again: \(error)")
      manager.ready(generation: publication.generation)
    }
  }

  private func finishReload(_ outcome: Reload.Outcome) {
    isReloading = false
    var problems: [String] = []
    switch outcome.result {
    case .failure(let failure):
      problems = failure.problems
      files = Array(Set(files + failure.files)).sorted()
    case .success(let loaded):
      problems = missingVPCs(listeners, loaded.snapshot)
      files = loaded.files
      if problems.isEmpty {
        mustTrim = true
        // The Steward has done so himself.
        if loaded.steward == nil { publication.publish(loaded.snapshot) }
        generation = loaded.snapshot.generation
        for warning in loaded.warningsToLog { logger.warning("\(warning)") }
        logger.info("a new world is in force", metadata: ["generation": "\(generation)"])
      }
    }
    lastReload.ended(problems)
    for problem in problems { logger.error("\(problem)") }
    if !problems.isEmpty {
      // It stays; what an earlier one left behind is gone by now.
      leaving = nil
      logger.error("the world was not changed", metadata: ["generation": "\(generation)"])
    }
    // Files that did not appear before are looked at from now on.
    if watches { fileWatch.read(Fingerprint(of: watched).asRead(after: outcome.fingerprint)) }
    if mustReloadAgain {
      mustReloadAgain = false
      startReload()
    } else {
      manager.ready(generation: publication.generation)
    }
  }

  /// The allocator keeps what is freed; only the last worker to let go of a snapshot frees it, and he has no time.
  private func trimIfDue() {
    guard mustTrim, leaving == nil else { return }
    mustTrim = false
    cl_trim_memory()
  }

  // Who is that?

  private func reportSources() {
    let reports = server.takeReports()
    for asker in reports.throttled where throttled.insert(asker.source).inserted {
      logger.warning(
        """
        \(asker.source) sends more than \(Quotas.packetsPerInterface) packets a second, the most that Amazon's \
        resolver takes of an interface (--packet-quota): what is past that gets no answer, then and later
        """)
    }
    for stranger in reports.strangers where strangers.count < Self.strangerLimit {
      guard strangers.insert(stranger.source).inserted else { continue }
      logger.notice(
        """
        \(stranger.source) is in no table and gets the internet's view; to name it, add to the world: \
        Requesters: [{SourceAddress: \(quoted(stranger.source)), InstanceId: i-…}]
        """,
        metadata: ["listener": "\(server.boundAddresses[Int(stranger.listener)])"])
    }
  }

  private func reportLostSource() {
    guard let gateway = lostSource.look(strangers, server.counters) else { return }
    logger.warning(
      """
      every question so far came from \(gateway), which looks like a gateway: who really asks was lost on the way, and \
      everybody gets the internet's view. See docs/containers.md
      """)
  }

  /// An IPv6 address has colons, which YAML wants in quotes.
  private func quoted(_ address: IPAddress) -> String {
    switch address {
    case .v4: "\(address)"
    case .v6: "'\(address)'"
    }
  }
}

/// The network of a listener as the port file says it: `any`, `classic`, or the id of a VPC, given or the one whose
/// resolver has this address in the world in force.
private func networkName(_ listener: Listener, _ snapshot: Snapshot) -> String {
  switch listener.scope {
  case .classic: return "classic"
  case .vpc(let identifier): return identifier
  case .automatic:
    if listener.isWildcard { return "any" }
    let network = snapshot.tables.network(destination: listener.address)
    return network == .classic ? "classic" : snapshot.tables.vpcID(of: network) ?? "any"
  }
}
