// Notices that a file of the world has changed, by looking: it works on every file system, and a look at a few files
// each half second costs nothing that shows.
import Glibc
import WorldFile

/// What a look at the files shows.
struct Fingerprint: Equatable, Sendable {
  private struct Mark: Hashable, Sendable {
    /// It is there because its folder is.
    var isMember: Bool
    var device: UInt
    var inode: UInt
    var size: Int
    /// Seconds and nanoseconds.
    var modified: [Int]
    var changed: [Int]
  }

  /// By path.
  private var marks: [String: Mark] = [:]
  /// When the look began, by the clock of the files.
  private let taken: [Int]

  static func == (one: Self, other: Self) -> Bool { one.marks == other.marks }

  /// Looks at each file; of a folder, at the names of the world files in it and at each of those.
  init(of paths: [String]) {
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME_COARSE, &now)
    taken = [now.tv_sec, now.tv_nsec]
    for path in Set(paths).sorted() { look(at: path, isMember: false) }
  }

  private mutating func look(at path: String, isMember: Bool) {
    guard marks[path] == nil else { return }
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      marks[path] = Mark(isMember: isMember, device: 0, inode: 0, size: -1, modified: [], changed: [])
      return
    }
    // What flows through a pipe is gone once it is read: there is nothing to come back to.
    if status.st_mode & S_IFMT == S_IFIFO { return }
    let isFolder = status.st_mode & S_IFMT == S_IFDIR
    // Of a folder only the names count, so that an editor's swap file in it changes nothing.
    marks[path] = Mark(
      isMember: isMember, device: UInt(status.st_dev), inode: UInt(status.st_ino),
      size: isFolder ? 0 : Int(status.st_size),
      modified: isFolder ? [] : [status.st_mtim.tv_sec, status.st_mtim.tv_nsec],
      changed: isFolder ? [] : [status.st_ctim.tv_sec, status.st_ctim.tv_nsec])
    guard isFolder, !isMember else { return }
    for file in (try? WorldFile.files(at: path)) ?? [] { look(at: file, isMember: true) }
  }

  /// What was read between an earlier look and this one: of a file that has changed meanwhile nobody knows whether
  /// that was read, so it is there as it was, or not at all, and the next look shows something else.
  func asRead(after before: Self) -> Self {
    var read = self
    read.marks = marks.filter { before.marks[$0] != nil || $1.changed.lexicographicallyPrecedes(before.taken) }
    for (path, mark) in before.marks where marks[path] != nil || mark.isMember { read.marks[path] = mark }
    return read
  }
}

/// Says when to read again: once something has changed and has then kept still for a whole interval, so that a file
/// that is being written is not read half.
struct FileWatch {
  /// Milliseconds between two looks.
  static var interval: Int64 { 500 }

  /// What the world that was read last looked like.
  private var known: Fingerprint
  private var previous: Fingerprint

  init(known: Fingerprint) {
    self.known = known
    previous = known
  }

  /// The files were read again, and looked like this.
  mutating func read(_ fingerprint: Fingerprint) { self = FileWatch(known: fingerprint) }

  /// True when the files differ from those read last, and do not differ from the last look.
  mutating func isDue(_ fingerprint: Fingerprint) -> Bool {
    defer { previous = fingerprint }
    return fingerprint != known && fingerprint == previous
  }
}
