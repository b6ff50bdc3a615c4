// A file of the state, and whether it is still what was written: a state that is deleted, replaced or cut while it is
// open would take changes that no restart finds.
import Glibc

struct StoreFile: Sendable {
  enum Finding { case whole, shorter, empty, gone }

  let path: String
  private let device: dev_t
  private let number: ino_t
  /// Octets, when it was last looked at.
  private var size: off_t

  /// The file as it is now.
  init(_ path: String, of state: String) throws(StoreError) {
    self.path = path
    guard let status = Self.status(path) else {
      throw StoreError(path: state, .notAccessible("\(path): \(errorText(errno))"))
    }
    (device, number, size) = (status.st_dev, status.st_ino, status.st_size)
  }

  /// What has become of it since.
  var finding: Finding {
    guard let status = Self.status(path), status.st_dev == device, status.st_ino == number else { return .gone }
    guard status.st_size < size else { return .whole }
    return status.st_size == 0 ? .empty : .shorter
  }

  /// Its size now is the right one.
  mutating func measure() {
    if let status = Self.status(path) { size = status.st_size }
  }

  private static func status(_ path: String) -> stat? {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? status : nil
  }
}
