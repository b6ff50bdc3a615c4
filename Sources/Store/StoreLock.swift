// One process writes a state. SQLite alone would let two servers take turns, each unaware of what the other changed.
import Glibc

/// Holds `FILE.lock` until it is released or the process ends, however it ends.
final class StoreLock: Sendable {
  private let descriptor: CInt

  init(of path: String) throws(StoreError) {
    let file = path + ".lock"
    descriptor = unsafe open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw StoreError(path: path, .notAccessible("\(file) cannot be written: \(errorText(errno))"))
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let number = errno
      let holder = Self.holder(descriptor)
      // `deinit` closes it, as every member is there: closed twice it would be somebody else's the second time.
      throw StoreError(
        path: path, number == EWOULDBLOCK ? .inUse(by: holder) : .notAccessible("\(file): \(errorText(number))"))
    }
    let text = Array("\(getpid())\n".utf8)
    _ = ftruncate(descriptor, 0)
    _ = unsafe pwrite(descriptor, text, text.count, 0)
  }

  deinit { close(descriptor) }

  /// Digits of a process id, and a line end.
  private static let longestText = 16

  /// Who wrote his id into the file.
  private static func holder(_ descriptor: CInt) -> Int32? {
    var room = [UInt8](repeating: 0, count: longestText)
    let count = unsafe pread(descriptor, &room, room.count, 0)
    let digits = room.prefix(max(count, 0)).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return Int32(String(decoding: digits, as: UTF8.self))
  }
}

func errorText(_ number: CInt) -> String { unsafe String(cString: strerror(number)) }
