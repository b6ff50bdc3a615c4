// The server: its workers are started together and stopped together.
import CLinux
import DNSWire
import Glibc
import Recursion
import Resolution
import Synchronization

/// Answers questions on its listeners until it is stopped.
public final class Server: Sendable {
  /// What a server may be told; the defaults are what `serve` uses.
  public struct Options: Sendable {
    /// Sources whose EDNS Client Subnet option names the asker (world.md 2.5).
    public var trustedForClientSubnet: [AddressRange] = []
    /// Sources whose messages begin with a header of the PROXY protocol, which names the asker (world.md 2.5).
    public var trustedAsProxy: [AddressRange] = []
    /// TCP connections open at once, over all workers. One that waits costs 150 octets and what the kernel keeps; the
    /// most that one can hold, by sending and not reading, are 200 KB.
    public var connections = 4096
    /// Of these, the ones that one address may have, or one /64 of IPv6: a resolver needs a few.
    public var connectionsPerClient = 1024
    /// A TCP connection in which for this long no question became whole, and not all of what waits was read, is closed.
    /// RFC 7766 6.2.3 asks for a few seconds.
    public var idleMilliseconds: Int64 = 10_000
    /// A TCP connection this old takes no more questions; after the limit above, no more answers.
    public var totalMilliseconds: Int64 = 300_000
    /// How many answers over UDP a prefix gets a second; `nil` for as many as it asks for.
    public var rateLimit: RateLimit?
    /// Packets a second of one address that are looked at (decision 12); `nil` for all.
    public var packetQuota: Int?
    /// Answers are copied for `takeAnswers`, which somebody has to call then.
    public var logsAnswers = false
    /// Answers over UDP are remembered, in 8 MB a worker.
    public var remembersAnswers = true
    /// What server cookies are made with (RFC 9018).
    public var cookies = CookieSource.random()
    /// The server's name for who asks for it (RFC 5001), `Limits.identityOctets` at most; empty for none.
    public var identity: [UInt8] = []
    /// How names of others are found; `nil` when nobody is asked.
    public var forwarding: Forwarding?

    /// Each has 200 KB of address space.
    public static var connectionsAllowed: ClosedRange<Int> { 1...100_000 }

    public init() {}
  }

  /// Who is asked for names that are not ours.
  public struct Forwarding: Sendable {
    /// Which names.
    public var reach = Reach.everything
    public var recursion = Recursion.Options()
    /// Questions of one address that may wait for other servers, a worker.
    public var waitingPerClient = TransportLimits.waitingPerClient
    /// What leads back to this process; `nil` for the server's own listeners. Those of a sandbox lead nowhere outside.
    public var ownListeners: [Listener]?

    public init() {}
  }

  /// Listeners are numbered in 16 bits; a thousand sockets a worker are more than a machine has addresses.
  public static var listenerLimit: Int { 1024 }
  /// The most workers that `start` takes.
  public static var workerLimit: Int { TransportLimits.workers }

  /// The listeners, in the order asked for, each with the port that it got.
  public let boundAddresses: [Listener]
  /// Becomes readable when `takeReports()` has something new.
  public let newsDescriptor: CInt

  private let sockets: Sockets
  private let ports: [WorkerPort]
  private let threads: Mutex<[PosixThread]>
  /// Entries of each worker's lists that have been taken.
  private let taken: Mutex<[(strangers: Int, throttled: Int)]>
  private let cookies: CookieBook
  private let whenStopped: @Sendable () -> Void

  private init(
    sockets: Sockets, ports: [WorkerPort], cookies: CookieSource, whenStopped: @escaping @Sendable () -> Void
  ) throws(ServerError) {
    self.whenStopped = whenStopped
    self.cookies = CookieBook(cookies)
    newsDescriptor = cl_eventfd()
    guard newsDescriptor >= 0 else { throw .system(call: "eventfd", errno: errno) }
    boundAddresses = sockets.listeners
    self.sockets = sockets
    self.ports = ports
    threads = Mutex([])
    taken = Mutex(Array(repeating: (0, 0), count: ports.count))
  }

  deinit {
    stop()
    _ = close(newsDescriptor)
  }

  /// Opens every socket, or none, and starts the workers. The snapshots of `publication` are served from the first
  /// question that arrives after each is published.
  public static func start(
    listeners: [Listener], workers: Int, publication: Publication, options: Options = Options()
  ) throws(ServerError) -> Server {
    try start(on: try Sockets.open(listeners, workers: workers), publication: publication, options: options)
  }

  /// Serves on sockets that are open already, by one worker. They are the server's from then on, also when this fails.
  public static func start(
    on open: [OpenListener], publication: Publication, options: Options = Options()
  ) throws(ServerError) -> Server {
    var options = options
    let outside = options.forwarding?.ownListeners ?? []
    options.forwarding?.ownListeners = outside
    return try start(on: try Sockets.adopt(open), publication: publication, options: options)
  }

  /// Serves on sockets that are open already, of which each worker has its own.
  public static func start(
    on sockets: Sockets, publication: Publication, options: Options
  ) throws(ServerError) -> Server {
    let workers = sockets.pairs.count
    // The kernel deals connections out by chance: six deviations more than the mean are never reached.
    let mean = Double(options.connections) / Double(workers)
    let share = min(options.connections, Int(mean + 6 * mean.squareRoot()) + 6)
    let counts = SharedCounts(options)
    var ports: [WorkerPort] = []
    for pairs in sockets.pairs {
      ports.append(
        try WorkerPort(
          sockets: pairs, connectionLimit: share, heldOctets: TransportLimits.heldOctets / workers, counts: counts,
          options: options))
    }
    let ownAddresses = OwnAddresses(options.forwarding?.ownListeners ?? sockets.listeners)
    if let own = options.forwarding?.recursion.servers.first(where: ownAddresses.contains) {
      throw .upstreamIsOwn(own)
    }
    // Every worker takes the snapshot in force, also one that nobody asks: what it had is freed.
    let waking = publication.whenPublished { [ports] in for port in ports { port.signal() } }
    let server: Server
    do throws(ServerError) {
      server = try Server(sockets: sockets, ports: ports, cookies: options.cookies) { publication.forget(waking) }
    } catch {
      publication.forget(waking)
      throw error
    }
    for port in ports { try server.startWorker(port, publication: publication, options: options) }
    return server
  }

  private func startWorker(_ port: WorkerPort, publication: Publication, options: Options) throws(ServerError) {
    let listeners = boundAddresses
    let news = newsDescriptor
    let cookies = cookies
    try threads.withLock { threads throws(ServerError) in
      threads.append(
        try PosixThread(name: "dns-\(threads.count)") {
          var worker = Worker(
            listeners: listeners, publication: publication, cookies: cookies, options: options, port: port, news: news)
          worker.run()
        })
    }
  }

  public var workerCount: Int { ports.count }

  /// Answers what has arrived, closes every socket and waits for the threads. A second call does nothing.
  public func stop() {
    let running = threads.withLock { threads in
      defer { threads = [] }
      return threads
    }
    guard !running.isEmpty else { return }
    for port in ports { port.stop() }
    for thread in running { thread.join() }
    whenStopped()
    sockets.close()
  }

  /// Makes cookies with other secrets from now on.
  public func use(_ cookies: CookieSource) {
    self.cookies.replace(by: cookies)
    for port in ports { port.signal() }
  }

  /// Sums of all workers, at most a turn of each behind.
  public var counters: Counters { ports.reduce(Counters()) { $0 + $1.counters.load() } }

  /// Takes out the answers that wait for the log, those of each worker in their order; for one thread alone.
  /// - Parameter body: Gets the octets of an answer, or the first 512 of a longer one, for as long as it runs.
  /// - Returns: How many there were.
  public func takeAnswers(_ body: (AnswerNote, Span<UInt8>) -> Void) -> Int {
    ports.reduce(0) { $0 + ($1.answers?.take(body) ?? 0) }
  }

  /// Answers that the log lost: those for which there was no room, since nobody took out the ones before.
  public var lostAnswers: UInt64 { ports.reduce(0) { $0 + ($1.answers?.lostCount ?? 0) } }

  /// Sources that the world does not name, and sources over their quota, that were not reported before. Two workers may
  /// both report one.
  public func takeReports() -> (strangers: [ReportedSource], throttled: [ReportedSource]) {
    cl_eventfd_clear(newsDescriptor)
    return taken.withLock { taken in
      (
        ports.enumerated().flatMap { index, port in port.strangers.take(from: &taken[index].strangers) },
        ports.enumerated().flatMap { index, port in port.throttled.take(from: &taken[index].throttled) }
      )
    }
  }
}
