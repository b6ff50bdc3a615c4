// Where the lines of the query log go: a file, which a rotation may move away, or standard output. Nothing that it does
// wrong stops the server.
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
    // Not blocking: a named pipe without a reader is an error instead of a wait.
    let descriptor =
      path == "-"
      ? STDOUT_FILENO : unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0o644)
    guard descriptor >= 0 else { throw Failure(path: path, number: errno) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw Failure(path: path, number: errno) }
    return State(descriptor: descriptor, isRegular: status.st_mode & S_IFMT == S_IFREG)
  }

  private static func close(_ descriptor: CInt) {
    if descriptor != STDOUT_FILENO { _ = Glibc.close(descriptor) }
  }

  /// Opens the path again, where a rotation has moved the file away; when that fails the old one stays.
  func reopen() throws(Failure) {
    guard path != "-" else { return }
    let new = try Self.open(path)
    let old = state.withLock { state in
      defer { state = new }
      return state.descriptor
    }
    Self.close(old)
  }

  /// Writes whole lines; what it fails with, or `nil`.
  /// - Parameter isStopping: A reader who sleeps is waited for until this is true.
  func write(_ lines: [UInt8], isStopping: () -> Bool) -> CInt? {
    state.withLock { state in
      let octets = state.mustBreakLine ? [UInt8(ascii: "\n")] + lines : lines
      var first = 0
      while first < octets.count {
        if !state.isRegular, !Self.waitForRoom(in: state.descriptor, isStopping) { break }
        let count = min(octets.count - first, state.isRegular ? octets.count : Self.pipeOctets)
        let written = unsafe octets.withUnsafeBytes {
          unsafe Glibc.write(state.descriptor, $0.baseAddress.map { unsafe $0 + first }, count)
        }
        if written > 0 {
          first += written
        } else if errno != EINTR && errno != EAGAIN {
          break
        }
      }
      let number = errno
      guard first < octets.count else {
        state.mustBreakLine = false
        return nil
      }
      if first > 0 { state.mustBreakLine = octets[first - 1] != UInt8(ascii: "\n") }
      return number
    }
  }

  /// False when the server is to stop before there is room.
  private static func waitForRoom(in descriptor: CInt, _ isStopping: () -> Bool) -> Bool {
    while true {
      var one = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      if unsafe poll(&one, 1, patienceMilliseconds) > 0 { return true }
      if isStopping() {
        errno = ETIMEDOUT
        return false
      }
    }
  }
}
