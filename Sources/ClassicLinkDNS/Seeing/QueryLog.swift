// The query log's one thread: takes answers out of the workers' rings, makes lines of them, and writes many at once.
import CLinux
import DNSWire
import Glibc
import Logging
import Resolution
import Synchronization
import Transport

final class QueryLog: Sendable {
  /// What has become of answers so far.
  struct Counts {
    var written: UInt64
    /// Answers without a line: the ring was full, or the file took nothing.
    var dropped: UInt64
    var writeErrors: UInt64
  }

  /// Pause between two looks at empty rings: a person who reads along does not notice it, and a worker at 400,000
  /// answers a second does not fill its ring in it. A wake-up by the worker would cost it a system call.
  private static let pauseMilliseconds: CInt = 20
  /// Octets of lines that are written together.
  private static let writeOctets = 64 << 10

  private let server: Server
  private let publication: Publication
  private let options: Server.Options
  private let file: QueryLogFile
  private let logger: Logger
  /// Ends a pause.
  private let wake: CInt
  private let isStopping = Atomic(false)
  private let mustReopen = Atomic(false)
  private let written = Atomic<UInt64>(0)
  private let unwritten = Atomic<UInt64>(0)
  private let writeErrors = Atomic<UInt64>(0)
  private let thread = Mutex<PosixThread?>(nil)

  /// Starts the thread.
  init(
    of server: Server, _ publication: Publication, _ options: Server.Options, to file: QueryLogFile, logger: Logger
  ) throws(ServerError) {
    self.server = server
    self.publication = publication
    self.options = options
    self.file = file
    self.logger = logger
    wake = cl_eventfd()
    guard wake >= 0 else { throw .system(call: "eventfd", errno: errno) }
    let started = try PosixThread(name: "query-log") { [self] in run() }
    thread.withLock { $0 = started }
  }

  deinit { _ = close(wake) }

  var counts: Counts {
    Counts(
      written: written.load(ordering: .relaxed),
      dropped: server.lostAnswers + unwritten.load(ordering: .relaxed),
      writeErrors: writeErrors.load(ordering: .relaxed))
  }

  /// Opens the file again before the next line.
  func reopen() {
    guard !file.isStandardOutput else { return }
    mustReopen.store(true, ordering: .releasing)
    cl_eventfd_signal(wake)
  }

  /// Writes what waits, and ends. The workers have ended before.
  func stop() {
    isStopping.store(true, ordering: .releasing)
    cl_eventfd_signal(wake)
    thread.withLock { $0.take() }?.join()
  }

  // The thread

  /// How the last write ended.
  private struct Fate {
    var isFailing = false
    /// The server is to stop and nobody reads the pipe: what is left is counted, and waits for nobody.
    var isOver = false
  }

  private func run() {
    var lines = QueryLogLines(server.boundAddresses, options, publication.current)
    var fate = Fate()
    while true {
      // Looked at before the rings: what is in them by then gets out.
      let isLast = isStopping.load(ordering: .acquiring)
      if mustReopen.exchange(false, ordering: .acquiring) { reopenFile() }
      let offset = millisecondsSince1970() - cl_coarse_milliseconds()
      let current = publication.current
      let count = server.takeAnswers { note, octets in
        guard !fate.isOver else {
          unwritten.wrappingAdd(1, ordering: .relaxed)
          return
        }
        if note.generation > lines.generation { lines.renew(publication.current) }
        lines.add(note, octets, at: note.time + offset)
        if lines.octets.count >= Self.writeOctets { write(&lines, &fate) }
      }
      if lines.count > 0 { write(&lines, &fate) }
      guard count == 0 else { continue }
      if isLast { return }
      // Nobody waits for a line now: a snapshot that is no longer in force is let go of. One that came after the look
      // at the rings waits for the next turn, so that answers of before it still find theirs.
      if current.generation != lines.generation { lines.renew(current) }
      var one = pollfd(fd: wake, events: Int16(POLLIN), revents: 0)
      if unsafe poll(&one, 1, Self.pauseMilliseconds) > 0 { cl_eventfd_clear(wake) }
    }
  }

  private func write(_ lines: inout QueryLogLines, _ fate: inout Fate) {
    var rest = lines.octets[...]
    var outcome: QueryLogFile.Outcome
    var count = 0
    repeat {
      outcome = file.write(rest, wake: wake) {
        mustReopen.load(ordering: .acquiring) ? .reopen : isStopping.load(ordering: .acquiring) ? .stop : nil
      }
      count += outcome.lines
      rest = rest.dropFirst(outcome.octets)
      if outcome.failure == EINTR, mustReopen.exchange(false, ordering: .acquiring) {
        // A line that the old file has a part of is lost: the new one must not begin with the rest of it.
        if outcome.octets > 0, lines.octets[rest.startIndex - 1] != UInt8(ascii: "\n") {
          rest = rest[((rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex - 1) + 1)...]
        }
        reopenFile()
      }
    } while outcome.failure == EINTR && !rest.isEmpty
    written.wrappingAdd(UInt64(count), ordering: .relaxed)
    unwritten.wrappingAdd(UInt64(lines.count - count), ordering: .relaxed)
    lines.removeAll()
    // A torn line before a rotation is no failure of the file.
    let failure = outcome.failure == EINTR ? nil : outcome.failure
    if let failure {
      writeErrors.wrappingAdd(1, ordering: .relaxed)
      if !fate.isFailing { logger.error("the query log is not written: \(file.path): \(systemText(failure))") }
    } else if fate.isFailing {
      logger.notice("the query log is written again: \(file.path)")
    }
    fate = Fate(
      isFailing: failure != nil, isOver: failure == ETIMEDOUT && isStopping.load(ordering: .acquiring))
  }

  private func reopenFile() {
    do {
      try file.reopen()
    } catch {
      writeErrors.wrappingAdd(1, ordering: .relaxed)
      logger.error("the query log is not opened again, the old file stays: \(error)")
    }
  }
}
