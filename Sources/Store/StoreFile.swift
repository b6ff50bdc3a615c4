// A file of the state, and whether it is still what was written: a state that is deleted, replaced or cut while it is
// open would take changes that no restart finds.
import Glibc

struct StoreFile: Sendable {
  enum Finding { case whole, changed, shorter, empty, gone }

  let path: String
  /// SQLite's write-ahead log, which it empties.
  let isLog: Bool
  private let device: dev_t
  private let number: ino_t
  /// Octets, when it was last looked at.
  private var size: off_t
  /// When it had last been written, in seconds and nanoseconds.
  private var written: [Int]

  /// The file as it is now.
  init(_ path: String, isLog: Bool = false, of state: String) throws(StoreError) {
    self.path = path
    self.isLog = isLog
    guard let status = Self.status(path) else {
      throw StoreError(path: state, .notAccessible("\(path): \(errorText(errno))"))
    }
    (device, number, size) = (status.st_dev, status.st_ino, status.st_size)
    written = Self.written(status)
  }

  /// What has become of it since.
  var finding: Finding {
    guard let status = Self.status(path), status.st_dev == device, status.st_ino == number else { return .gone }
    guard status.st_size < size else { return written == Self.written(status) ? .whole : .changed }
    return status.st_size == 0 ? .empty : .shorter
  }

  /// As it is now it is right.
  mutating func measure() {
    guard let status = Self.status(path) else { return }
    (size, written) = (status.st_size, Self.written(status))
  }

  private static func written(_ status: stat) -> [Int] { [status.st_mtim.tv_sec, status.st_mtim.tv_nsec] }

  private static func status(_ path: String) -> stat? {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? status : nil
  }
}
