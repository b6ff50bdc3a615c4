// A file that appears whole or not at all: readers that wait for it never see a part of it.
import Glibc

enum WholeFile {
  enum Failure: Error {
    case system(call: String, errno: CInt)
  }

  /// Which file it is: a number alone may be given again when the file that had it is gone.
  struct Identity: Equatable {
    private var device: dev_t
    private var number: ino_t
    private var seconds: Int
    private var nanoseconds: Int

    fileprivate init(_ status: stat) {
      (device, number) = (status.st_dev, status.st_ino)
      (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
    }

    /// Of the plain file that has this path now.
    init?(of path: String) {
      var status = stat()
      guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
      self.init(status)
    }
  }

  /// Writes a file beside `path` that takes its name once it is whole and on the disk. What is no plain file, such as
  /// `/dev/stdout` or a pipe, is written to as it is: it must not be replaced by one.
  /// - Parameters:
  ///   - waitsForReader: A named pipe that nobody reads is waited for; else it is an error.
  ///   - body: Gets a function that writes octets.
  /// - Returns: Which file it is now.
  @discardableResult static func write(
    _ path: String, waitsForReader: Bool = true,
    _ body: (_ append: ([UInt8]) throws(Failure) -> Void) throws(Failure) -> Void
  ) throws(Failure) -> Identity {
    let draft = isReplaceable(path) ? "\(path).\(getpid()).new" : nil
    let target = draft ?? path
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | (waitsForReader ? 0 : O_NONBLOCK)
    let descriptor = unsafe open(target, flags, 0o644)
    guard descriptor >= 0 else { throw .system(call: "open \(target)", errno: errno) }
    var status = stat()
    do throws(Failure) {
      try body { octets throws(Failure) in try append(octets, to: descriptor, target) }
      if draft != nil, fsync(descriptor) != 0 { throw .system(call: "fsync \(target)", errno: errno) }
      guard unsafe fstat(descriptor, &status) == 0 else { throw .system(call: "fstat \(target)", errno: errno) }
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
    return Identity(status)
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
