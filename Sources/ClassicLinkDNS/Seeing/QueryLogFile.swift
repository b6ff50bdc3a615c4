// Where the lines of the query log go: a file, which a rotation may move away, or standard output. Nothing that it does
// wrong stops the server.
import CLinux
import Glibc
import Synchronization
import Transport

/// The open file. Only the log's own thread writes.
final class QueryLogFile: Sendable {
  /// Why it could not be opened.
  struct Failure: Error, CustomStringConvertible {
    var path: String
    var number: CInt
    var description: String { "\(path): \(systemText(number))" }
    var isPermission: Bool { number == EACCES || number == EPERM || number == EROFS }
  }

  private struct State {
    var descriptor: CInt
    /// Only a regular file takes everything at once; a pipe or a terminal may have a reader who sleeps.
    var isRegular: Bool
    /// The last write ended within a line.
    var mustBreakLine = false
  }

  /// How long a pipe that takes nothing is waited for before somebody looks whether the server is to stop.
  private static let patienceMilliseconds: CInt = 250
  /// A pipe that can be written at all takes this much without a wait (pipe(7), PIPE_BUF).
  private static let pipeOctets = 4096

  /// `-` is standard output.
  let path: String
  private let state: Mutex<State>

  init(_ path: String) throws(Failure) {
    self.path = path
    state = Mutex(try Self.open(path))
  }

  deinit { state.withLock { Self.close($0.descriptor) } }

  private static func open(_ path: String) throws(Failure) -> State {
    // Not blocking: a named pipe without a reader is an error instead of a wait. Who asks for what is not everybody's.
    let descriptor =
      path == "-"
      ? STDOUT_FILENO : unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0o640)
    guard descriptor >= 0 else { throw Failure(path: path, number: errno) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw Failure(path: path, number: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { return State(descriptor: descriptor, isRegular: false) }
    return State(
      descriptor: descriptor, isRegular: true, mustBreakLine: path != "-" && endsWithinLine(path, status))
  }

  /// What was written before may have ended within a line: on a disk that was full, by a server that was killed.
  private static func endsWithinLine(_ path: String, _ status: stat) -> Bool {
    guard status.st_size > 0 else { return false }
    // The log itself is opened for writing alone, which its owner may be allowed alone.
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { _ = Glibc.close(descriptor) }
    var last: UInt8 = 0
    return unsafe pread(descriptor, &last, 1, status.st_size - 1) == 1 && last != UInt8(ascii: "\n")
  }

  /// It cannot be opened again.
  var isStandardOutput: Bool { path == "-" }

  private static func close(_ descriptor: CInt) {
    if descriptor != STDOUT_FILENO { _ = Glibc.close(descriptor) }
  }

  /// Opens the path again, where a rotation has moved the file away; when that fails the old one stays.
  func reopen() throws(Failure) {
    guard !isStandardOutput else { return }
    var new = try Self.open(path)
    let old = state.withLock { state in
      // A pipe may still be the same one.
      if !new.isRegular { new.mustBreakLine = state.mustBreakLine }
      defer { state = new }
      return state.descriptor
    }
    Self.close(old)
  }

  /// What became of lines that were to be written.
  struct Outcome {
    /// Whole lines that are there now.
    var lines = 0
    /// Octets that are there now.
    var octets = 0
    /// Why the rest is not; `nil` when there is none.
    var failure: CInt?
  }

  /// Why somebody waits no longer for a reader who sleeps.
  enum Wish { case reopen, stop }

  /// Writes lines. EINTR stands for a wait that ended since the file is to be opened again, ETIMEDOUT for one at the
  /// server's end.
  /// - Parameters:
  ///   - wake: Readable when there may be a wish.
  ///   - wish: What is wished for.
  func write(_ lines: ArraySlice<UInt8>, wake: CInt, wish: () -> Wish?) -> Outcome {
    state.withLock { state in
      var outcome = Outcome()
      var octets = lines
      if state.mustBreakLine { octets = [UInt8(ascii: "\n")] + lines }
      let added = octets.count - lines.count
      var first = octets.startIndex
      while first < octets.endIndex {
        if !state.isRegular, let number = Self.waitForRoom(in: state.descriptor, wake, wish) {
          outcome.failure = number
          break
        }
        let count = min(octets.endIndex - first, state.isRegular ? octets.count : Self.pipeOctets)
        let written = unsafe octets[first..<(first + count)].withUnsafeBytes {
          unsafe Glibc.write(state.descriptor, $0.baseAddress, count)
        }
        if written > 0 {
          first += written
        } else if errno != EINTR && errno != EAGAIN {
          outcome.failure = errno
          break
        }
      }
      let gone = octets[..<first]
      if let last = gone.last { state.mustBreakLine = last != UInt8(ascii: "\n") }
      outcome.octets = max(0, gone.count - added)
      outcome.lines = gone.dropFirst(added).count { $0 == UInt8(ascii: "\n") }
      return outcome
    }
  }

  /// `nil` when there is room, or why nobody waits for it any longer.
  private static func waitForRoom(in descriptor: CInt, _ wake: CInt, _ wish: () -> Wish?) -> CInt? {
    while true {
      var both = [
        pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0), pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
      ]
      let count = unsafe poll(&both, 2, patienceMilliseconds)
      if both[0].revents != 0 { return nil }
      // Whoever has the wish keeps it: nothing is lost.
      if both[1].revents != 0 { cl_eventfd_clear(wake) }
      switch wish() {
      case .reopen: return EINTR
      case .stop: if count == 0 { return ETIMEDOUT }
      case nil: break
      }
    }
  }
}
