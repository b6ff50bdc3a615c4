// From the paths of a command line to files and their octets, by the system's own calls: what is no file is refused in
// words of ours, and a pipe such as `<(…)` is read to its end.
import Glibc

/// Why a path gives no world.
public enum PathError: Error, Hashable, Sendable {
  case missing
  /// The reason, in words.
  case unreadable(String)
}

extension WorldFile {
  private static let suffixes = [".yaml", ".yml", ".json"]

  /// The world files that a path stands for: itself, or every `*.yaml`, `*.yml` and `*.json` of a folder, by name,
  /// in any letter case. What begins with a dot is hidden: editors leave such files beside the one that they edit.
  public static func files(at path: String) throws(PathError) -> [String] {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { throw failure(errno, "the path") }
    guard kind(status) == S_IFDIR else { return [path] }
    let files = try names(in: path).filter { name in
      !name.hasPrefix(".") && suffixes.contains { name.lowercased().hasSuffix($0) }
    }
    guard !files.isEmpty else { throw .unreadable("the folder holds no *.yaml, *.yml or *.json") }
    return files.sorted().map { path.hasSuffix("/") ? path + $0 : path + "/" + $0 }
  }

  private static func names(in folder: String) throws(PathError) -> [String] {
    guard let listing = unsafe opendir(folder) else { throw failure(errno, "the folder") }
    defer { unsafe closedir(listing) }
    var names: [String] = []
    while let entry = unsafe readdir(listing) {
      names.append(
        unsafe withUnsafeBytes(of: &entry.pointee.d_name) { octets in
          unsafe String(decoding: octets.prefix { $0 != 0 }, as: UTF8.self)
        })
    }
    return names
  }
}

/// Octets asked for at once: what a pipe holds.
private let readOctets = 1 << 16

extension WorldFile {
  /// For a file that is no world and is given like one.
  public static func contents(ofFile path: String) throws(PathError) -> [UInt8] { try octets(ofFile: path) }

  /// Whether a file's mode lets every user read it.
  public static func everybodyMayRead(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && kind(status) == S_IFREG && status.st_mode & S_IROTH != 0
  }
}

/// Octets of the largest file that is read: ten million instances fit. A file may say that it has any size, and memory
/// that is not there ends the process.
private let mostOctets = 8 << 30

/// The octets of a file or a pipe, read and not mapped: a file that is cut short under a mapping ends the process.
func octets(ofFile path: String) throws(PathError) -> [UInt8] {
  // A pipe into which nobody writes would be waited for without an end, when it is opened and when it is read.
  let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
  guard descriptor >= 0 else { throw failure(errno, "the file") }
  defer { close(descriptor) }
  var status = stat()
  guard unsafe fstat(descriptor, &status) == 0 else { throw failure(errno, "the file") }
  let isPipe = kind(status) == S_IFIFO
  switch kind(status) {
  case S_IFREG, S_IFIFO: break
  case S_IFDIR: throw .unreadable("it is a folder, not a file")
  case S_IFCHR, S_IFBLK: throw .unreadable("it is a device, not a file")
  default: throw .unreadable("it is neither a file nor a pipe")
  }
  guard status.st_size <= mostOctets else { throw tooLong }
  var octets: [UInt8] = []
  octets.reserveCapacity(isPipe ? readOctets : Int(status.st_size) + 1)
  var room = [UInt8](repeating: 0, count: readOctets)
  while true {
    let count = unsafe read(descriptor, &room, room.count)
    if count < 0, errno == EINTR { continue }
    if count < 0, errno == EAGAIN {
      guard events(descriptor, within: silentMilliseconds) != 0 else {
        throw .unreadable("nothing has come through the pipe for \(silentMilliseconds / 1000) seconds")
      }
      continue
    }
    guard count >= 0 else { throw failure(errno, "the file") }
    // Who writes may be about to open it.
    if count == 0, isPipe, octets.isEmpty, events(descriptor, within: writerMilliseconds) & POLLIN != 0 { continue }
    if count == 0 { break }
    guard octets.count + count <= mostOctets else { throw tooLong }
    octets += room[..<count]
  }
  // A second reading finds nothing: that is no empty world.
  if isPipe, octets.isEmpty { throw .unreadable("nobody writes into the pipe; what was read from it once is gone") }
  return octets
}

/// How long a pipe may be silent, and how long it may have nobody who writes into it.
private let silentMilliseconds: CInt = 120_000
private let writerMilliseconds: CInt = 5000

/// What poll(2) tells of a pipe within so long; 0 for nothing.
private func events(_ descriptor: CInt, within milliseconds: CInt) -> CInt {
  var one = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
  while true {
    let count = unsafe poll(&one, 1, milliseconds)
    if count < 0, errno == EINTR { continue }
    return count > 0 ? CInt(one.revents) : 0
  }
}

private var tooLong: PathError { .unreadable("it is longer than \(mostOctets >> 30) GiB") }

private func kind(_ status: stat) -> mode_t { status.st_mode & S_IFMT }

private func failure(_ number: CInt, _ subject: String) -> PathError {
  switch number {
  // A device without its driver, and a socket, say ENXIO when they are opened.
  case ENOENT, ENOTDIR: .missing
  case EACCES, EPERM: .unreadable("\(subject) cannot be read: no permission")
  case ENXIO: .unreadable("it is neither a file nor a pipe")
  default: .unreadable("\(subject) cannot be read: \(unsafe String(cString: strerror(number)))")
  }
}

/// `path` as seen from the folder of `file`, when it is relative.
func path(_ path: String, besides file: String) -> String {
  guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
  return file[...slash] + path
}
