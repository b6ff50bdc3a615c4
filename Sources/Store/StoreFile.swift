// A file of the state, and whether its name still leads to it: a state that is deleted or replaced while it is open
// would take changes that no restart finds.
import Glibc

struct StoreFile: Sendable {
  let path: String
  private let device: dev_t
  private let number: ino_t

  /// The file as it is now.
  init(_ path: String, of state: String) throws(StoreError) {
    self.path = path
    guard let status = Self.status(path) else {
      throw StoreError(path: state, .notAccessible("\(path): \(errorText(errno))"))
    }
    (device, number) = (status.st_dev, status.st_ino)
  }

  var isThere: Bool { Self.status(path).map { $0.st_dev == device && $0.st_ino == number } ?? false }

  private static func status(_ path: String) -> stat? {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? status : nil
  }
}
