// `classiclink-dns serve`: the flags, and the way from them to a server that runs.
import ArgumentParser
import CLinux
import Cloud
import ControlPlane
import CoreMetrics
import DNSWire
import Foundation
import Glibc
import Logging
import Resolution
import Store
import Transport
import WorldFile

struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Answer questions over UDP and TCP.",
    discussion: """
      When every socket is open and the world is compiled, one line on standard output names the addresses (on \
      standard error with --query-log -); the log goes to standard error. SIGHUP reads the world again, whole or not \
      at all; SIGTERM and SIGINT stop cleanly.
      """)

  @Option(help: ArgumentHelp("A world file, or a folder of them. May be repeated.", valueName: "path"))
  var world: [String] = []

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "A what-if: serve as if a member of the world had been edited by hand, such as "
        + "vpc-1a2b3c4d:ClassicLinkDnsSupported=false or i-0aaa0001:ClassicLink=none. The files stay as they are. May "
        + "be repeated.", valueName: "override"),
    transform: Override.init(argument:))
  var overrides: [Override] = []

  @Option(
    name: .customLong("listen"),
    help: ArgumentHelp(
      "Where to listen: ADDR[:PORT][=NET] or [ADDR6]:PORT=NET; NET is 'classic' or a VPC id. Port 0 chooses one. May "
        + "be repeated; 127.0.0.1:5300 unless given.", valueName: "listener"))
  var listenTexts: [String] = []

  @OptionGroup(title: "Names of others")
  var others: ForwardingOptions

  @Option(
    name: .customLong("trust"),
    help: ArgumentHelp(
      "A range whose EDNS Client Subnet option says who asks, CIDR=ecs, or whose every question comes with a header of "
        + "the PROXY protocol, version 2, that does: CIDR=proxy. May be repeated.", valueName: "range"))
  var trustTexts: [String] = []

  @Option(help: ArgumentHelp("Threads that answer; one a core unless given.", valueName: "count"))
  var workers: Int?

  @Option(
    help: ArgumentHelp(
      "For root: once the sockets of --listen are open, become this user for good, without any right; a group in place "
        + "of all of the user's. Whatever is read and written is from then on what this user may. NAME[:GROUP], or "
        + "numbers.", valueName: "user"),
    transform: ServerUser.init(argument:))
  var user: ServerUser?

  @OptionGroup(title: "Floods")
  var floods: FloodOptions

  @Flag(help: "Say in each answer why it is as it is: an Extended DNS Error (RFC 8914), where the asker knows EDNS.")
  var explain = false

  @Flag(help: "Read the world again when one of its files changes.")
  var watch = false

  @Option(
    help: ArgumentHelp("Write the addresses and the process id to this file as JSON.", valueName: "path"),
    completion: .file())
  var portFile: String?

  @Option(
    help: ArgumentHelp("The least level to log.", valueName: "level"))
  var logLevel = LogLevel.info

  @Flag(help: "Log more: the same as --log-level debug.")
  var verbose = false

  @Option(
    help: ArgumentHelp(
      "Answer AWS calls over HTTP at this address: ADDR[:PORT]. Without --api-token any credentials are accepted, and "
        + "the address has to be one of loopback.",
      valueName: "address"),
    transform: APIAddress.init(argument:))
  var api: APIAddress?

  @Option(
    help: ArgumentHelp(
      "Only who has the token in this file may call: as his secret access key, or in 'Authorization: Bearer …'. It is "
        + "read once, before --user.", valueName: "file"),
    completion: .file())
  var apiToken: String?

  @Option(
    name: .customLong("api-host"),
    help: ArgumentHelp(
      "A name by which clients call the API, beside localhost and addresses. May be repeated.", valueName: "name"))
  var apiHosts: [String] = []

  @Option(
    help: ArgumentHelp(
      "Keep the world, and what calls change in it, in this file. An empty state takes the world of --world once; one "
        + "that holds a world wins.", valueName: "file"),
    completion: .file())
  var state: String?

  @Option(
    help: ArgumentHelp(
      "Write a line for each answer to this file, '-' being standard output: JSON as Route 53 Resolver's query log has "
        + "it. SIGHUP opens the file again.", valueName: "file"),
    completion: .file())
  var queryLog: String?

  @Option(
    help: ArgumentHelp(
      "The server's name for who asks for it (NSID, RFC 5001; id.server. CH TXT): a text of up to 128 octets, or "
        + "'hostname'. Nobody is told one unless given.", valueName: "text"))
  var nsid: String?

  @Option(
    help: ArgumentHelp(
      "Make DNS cookies (RFC 9018) with the secret in this file, 32 hexadecimal digits, which the servers of an "
        + "anycast set share; a second line is taken as well. SIGHUP reads it again. A random secret, a new one each "
        + "hour, unless given.", valueName: "file"),
    completion: .file())
  var cookieSecret: String?

  func validate() throws {
    if let nsid, nsid.isEmpty || nsid.utf8.count > Limits.identityOctets {
      throw ValidationError("--nsid: it has \(nsid.utf8.count) octets; it may have 1 to \(Limits.identityOctets).")
    }
    _ = try others.forwarding()
    guard !world.isEmpty || state != nil else {
      throw ValidationError("There is no world to serve: give --world PATH or --state FILE.")
    }
    if state != nil, watch { throw ValidationError("--watch looks at files; with --state the world is the state's.") }
    if state != nil, !overrides.isEmpty {
      throw ValidationError("--set changes what files say, and --state would keep it: give one of the two.")
    }
    if let workers, !(1...Server.workerLimit).contains(workers) {
      throw ValidationError("--workers \(workers): the number is from 1 to \(Server.workerLimit).")
    }
    if let api, apiToken == nil, !api.isLoopback {
      throw ValidationError(
        "--api \(api.listener): others reach this address, and whoever calls changes the world: give --api-token FILE.")
    }
    if api == nil, apiToken != nil { throw ValidationError("--api-token is for --api, which is not given.") }
    _ = try listeners()
    _ = try trusted()
    var options = Server.Options()
    try floods.apply(to: &options)
  }

  private func listeners() throws -> [Listener] {
    guard !listenTexts.isEmpty else { return [.standard] }
    return try listenTexts.map { text in
      do {
        return try Listener(text)
      } catch {
        throw ValidationError("--listen \(error)")
      }
    }
  }

  /// How a source may name the asker.
  private enum Trust: String { case ecs, proxy }

  private func trusted(for trust: Trust) throws -> [AddressRange] {
    try trusted().filter { $0.trust == trust }.map(\.range)
  }

  private func trusted() throws -> [(range: AddressRange, trust: Trust)] {
    try trustTexts.map { text in
      let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard sides.count == 2 else { throw ValidationError("--trust '\(text)': it is CIDR=ecs or CIDR=proxy.") }
      guard let trust = Trust(rawValue: String(sides[1])) else {
        throw ValidationError("--trust '\(text)': '\(sides[1])' is neither 'ecs' nor 'proxy'.")
      }
      return (try AddressRange(argument: sides[0], of: "--trust"), trust)
    }
  }

  func run() throws {
    // First of all, since a large world is read for long. The service takes them over.
    unsafe cl_end_at_signals(Service.stopSignals, CInt(Service.stopSignals.count))
    var logger = Logger(label: "classiclink-dns", factory: { PlainLog(label: $0) })
    logger.logLevel = verbose ? min(logLevel.level, .debug) : logLevel.level
    cl_ignore_signal(SIGPIPE)
    let openFiles = cl_raise_file_limit()
    // A reload that is asked for while the world is first read waits for its end; a stop does not.
    unsafe cl_mask_signals([SIGHUP], 1, 1)
    try start(logger, openFiles: openFiles).run()
  }

  /// Open files beside the connections of `--tcp-connections`: sockets, the API's connections, the world at a reload.
  private static let otherFiles = 200

  private static func scantBuffer(_ octets: Int) -> String {
    """
    the kernel lets \(octets / 1024) KB of questions wait in a socket, not \(Sockets.receiveBufferOctets / 1024): in a \
    flood others may lose some. More takes CAP_NET_ADMIN at the start, or sysctl \
    net.core.rmem_max=\(Sockets.receiveBufferOctets)
    """
  }

  /// Reads the world and opens the sockets. The first snapshot is the service's own from then on: what held it here
  /// while the service runs would hold it past every reload.
  private func start(_ logger: Logger, openFiles: UInt64) throws -> Service {
    // It may be root's alone.
    let token = try readToken()
    for (option, path) in [("--api-token", apiToken), ("--cookie-secret", cookieSecret)] {
      let warning = path.flatMap { SecretFile(option: option, path: $0).warning }
      if let warning { logger.warning("\(warning)") }
    }
    let listeners = try listeners()
    let count = workers ?? max(1, min(Server.workerLimit, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))))
    let sockets = try user.map { try openSockets(listeners, count, before: $0) }
    let queryLogFile = try openQueryLog()
    let store = try openState()
    let source = try source(store, logger)
    let paths = store == nil ? source.paths : []
    let fingerprint = Fingerprint(of: paths)
    let loaded: ServedWorld
    let outcome = loadSnapshot(
      from: source, setting: overrides, generation: 1, explains: explain,
      keeper: api == nil && store == nil ? .nobody : .newSteward(store, logger), showing: ProgressLine())
    switch outcome {
    case .success(let world): loaded = world
    case .failure(let failure):
      for problem in failure.problems { complain(problem) }
      throw failure.exitCode
    }
    let missing = missingVPCs(listeners, loaded.snapshot)
    guard missing.isEmpty else {
      for problem in missing { complain(problem) }
      throw ExitCode.badData
    }
    for warning in loaded.warningsToLog { logger.warning("\(warning)") }

    var options = Server.Options()
    try floods.apply(to: &options)
    if openFiles < options.connections + Self.otherFiles {
      logger.warning(
        """
        this process may have \(openFiles) open files (ulimit -Hn), too few for \(options.connections) TCP \
        connections: --tcp-connections says how many there may be
        """)
    }
    options.trustedForClientSubnet = try trusted(for: .ecs)
    options.trustedAsProxy = try trusted(for: .proxy)
    options.logsAnswers = queryLogFile != nil
    options.forwarding = try others.forwarding()
    options.identity = identity
    let cookieFile = cookieSecret.map { CookieSecretFile(path: $0) }
    do throws(SecretFile.Failure) {
      if let cookieFile { options.cookies = try cookieFile.read() }
    } catch {
      complain(error.description)
      throw error.exitCode
    }
    do {
      let sockets = try sockets ?? Sockets.open(listeners, workers: count)
      if let octets = sockets.scantReceiveBuffer { logger.notice("\(Self.scantBuffer(octets))") }
      return try Service(
        listeners: listeners, on: sockets, options: options, paths: paths, overrides: overrides, loaded: loaded,
        api: api.map { door($0, token, forwarding: options.forwarding) }, queryLogFile: queryLogFile,
        cookieFile: cookieFile,
        explains: explain, fingerprint: fingerprint, watches: watch, portFile: portFile.map { PortFile(path: $0) },
        logger: logger)
    } catch let error as ServerError {
      complain("\(error)")
      throw error.exitCode
    } catch let error as APIServer.StartFailure {
      complain("--api \(error)")
      throw ExitCode.notAvailable
    } catch let error as WholeFile.Failure {
      complain("--port-file: \(error)")
      throw error.isPermission ? ExitCode.noPermission : ExitCode.notAvailable
    }
  }
}

extension Serve {
  /// The octets of `--nsid`.
  private var identity: [UInt8] {
    guard nsid == "hostname" else { return Array((nsid ?? "").utf8) }
    // 64 octets at most (gethostname(2)); in /proc the name is hidden where systemd has put us.
    var name = [CChar](repeating: 0, count: 65)
    guard unsafe gethostname(&name, name.count) == 0 else { return [] }
    return name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
  }

  /// The API's door, and the place where everybody counts from now on.
  private func door(_ address: APIAddress, _ token: APIToken?, forwarding: Server.Forwarding?) -> Control.Door {
    let metrics = PrometheusMetrics(help: CallMetrics.help)
    MetricsSystem.bootstrap(metrics)
    return Control.Door(
      address: address, hosts: apiHosts, token: token, account: WorldFile.defaultAccountID, region: .usEast1,
      metrics: metrics, forwarding: forwarding)
  }

  private func readToken() throws -> APIToken? {
    do throws(SecretFile.Failure) {
      return try apiToken.map { path throws(SecretFile.Failure) in try APIToken(file: path) }
    } catch {
      complain("\(error)")
      throw error.exitCode
    }
  }

  /// Root opens the sockets of questions, which may need a right, and goes. What a peer sends is never root's.
  private func openSockets(_ listeners: [Listener], _ workers: Int, before user: ServerUser) throws -> Sockets {
    do {
      let sockets = try Sockets.open(listeners, workers: workers)
      try user.become()
      return sockets
    } catch let error as ServerError {
      complain("\(error)")
      throw error.exitCode
    } catch let error as ServerUser.Failure {
      complain("\(error)")
      throw ExitCode.noPermission
    }
  }

  private func openQueryLog() throws -> QueryLogFile? {
    do throws(QueryLogFile.Failure) {
      return try queryLog.map { path throws(QueryLogFile.Failure) in try QueryLogFile(path) }
    } catch {
      complain("--query-log \(error)")
      throw error.isPermission ? ExitCode.noPermission : ExitCode.notAvailable
    }
  }

  /// Nobody else has the state from then on. It is looked through as a whole before anything of it is served: 0.3 s for
  /// a million rows.
  private func openState() throws -> Store? {
    do throws(StoreError) {
      guard let state else { return nil }
      let store = try Store(state)
      try store.check()
      return store
    } catch {
      throw ending(error)
    }
  }

  /// A state that holds a world wins (world.md 3).
  private func source(_ store: Store?, _ logger: Logger) throws -> WorldSource {
    guard let store else {
      if api != nil { logger.notice("without --state, what calls change is gone when the program ends or reads again") }
      return .files(world)
    }
    do throws(StoreError) {
      guard try !store.isEmpty else { return world.isEmpty ? .state(store.path) : .files(world) }
    } catch {
      throw ending(error)
    }
    if !world.isEmpty {
      logger.notice("the state \(store.path) holds a world, which is served; --world is not read")
    }
    return .state(store.path)
  }
}

extension Override {
  /// The value of `--set`.
  init(argument text: String) throws {
    do throws(OverrideSyntaxError) {
      try self.init(text)
    } catch {
      throw ValidationError("--set \(error).")
    }
  }
}

/// The values of `--log-level`.
enum LogLevel: String, CaseIterable, ExpressibleByArgument {
  case trace, debug, info, notice, warning, error

  var level: Logger.Level {
    switch self {
    case .trace: .trace
    case .debug: .debug
    case .info: .info
    case .notice: .notice
    case .warning: .warning
    case .error: .error
    }
  }
}

/// A problem that ends the program, on standard error.
func complain(_ problem: String) {
  let line = Array("classiclink-dns: \(problem)\n".utf8)
  _ = unsafe write(STDERR_FILENO, line, line.count)
}

/// The system's own words for an error number.
func systemText(_ number: CInt) -> String { unsafe String(cString: strerror(number)) }

/// Listeners whose VPC the world does not have, each as a problem.
func missingVPCs(_ listeners: [Listener], _ snapshot: Snapshot) -> [String] {
  listeners.compactMap { listener in
    guard case .vpc(let identifier) = listener.scope, snapshot.tables.network(vpcID: identifier) == nil else {
      return nil
    }
    return "--listen \(listener)=\(identifier): the world has no such VPC"
  }
}
