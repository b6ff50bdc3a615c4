// A file that appears whole or not at all: readers that wait for it never see a part of it.
import Glibc

enum WholeFile {
  enum Failure: Error {
    case system(call: String, errno: CInt)
  }

  /// Writes a file beside `path` that takes its name once it is whole and on the disk. What is no plain file, such as
  /// `/dev/stdout` or a pipe, is written to as it is: it must not be replaced by one.
  /// - Parameter body: Gets a function that writes octets.
  static func write(
    _ path: String, _ body: (_ append: ([UInt8]) throws(Failure) -> Void) throws(Failure) -> Void
  ) throws(Failure) {
    let draft = isReplaceable(path) ? "\(path).\(getpid()).new" : nil
    let target = draft ?? path
    let descriptor = unsafe open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .system(call: "open \(target)", errno: errno) }
    do throws(Failure) {
      try body { octets throws(Failure) in try append(octets, to: descriptor, target) }
      if draft != nil, fsync(descriptor) != 0 { throw .system(call: "fsync \(target)", errno: errno) }
    } catch {
      _ = close(descriptor)
      if let draft { _ = unsafe unlink(draft) }
      throw error
    }
    guard close(descriptor) == 0, draft.map({ unsafe rename($0, path) }) ?? 0 == 0 else {
      let number = errno
      if let draft { _ = unsafe unlink(draft) }
      throw .system(call: "write \(path)", errno: number)
    }
  }

  /// Whether there is nothing, or a plain file.
  static func isReplaceable(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
  }

  private static func append(_ octets: [UInt8], to descriptor: CInt, _ path: String) throws(Failure) {
    var rest = octets[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 || errno == EINTR else { throw .system(call: "write \(path)", errno: errno) }
      rest = rest.dropFirst(max(0, count))
    }
  }
}

extension WholeFile.Failure {
  var isPermission: Bool {
    switch self {
    case .system(_, let number): number == EACCES || number == EPERM || number == EROFS
    }
  }
}

extension WholeFile.Failure: CustomStringConvertible {
  var description: String {
    switch self {
    case .system(let call, let number): "\(call): \(systemText(number))"
    }
  }
}
