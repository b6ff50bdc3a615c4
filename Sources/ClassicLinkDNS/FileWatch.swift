// Notices that a file of the world has changed, by looking: it works on every file system, and a look at a few files
// each half second costs nothing that shows.
import Glibc
import WorldFile

/// What a look at the files shows.
struct Fingerprint: Hashable, Sendable {
  private struct Mark: Hashable, Sendable {
    var path: String
    var device: UInt
    var inode: UInt
    var size: Int
    var modified: [Int]
    var changed: [Int]
  }

  private var marks: [Mark] = []

  /// Looks at each file; of a folder, at the names of the world files in it and at each of those.
  init(of paths: [String]) {
    for path in Set(paths).sorted() { look(at: path, entersFolder: true) }
  }

  private mutating func look(at path: String, entersFolder: Bool) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      marks.append(Mark(path: path, device: 0, inode: 0, size: -1, modified: [], changed: []))
      return
    }
    // What flows through a pipe is gone once it is read: there is nothing to come back to.
    if status.st_mode & S_IFMT == S_IFIFO { return }
    let isFolder = status.st_mode & S_IFMT == S_IFDIR
    // Of a folder only the names count, so that an editor's swap file in it changes nothing.
    marks.append(
      Mark(
        path: path, device: UInt(status.st_dev), inode: UInt(status.st_ino), size: isFolder ? 0 : Int(status.st_size),
        modified: isFolder ? [] : [status.st_mtim.tv_sec, status.st_mtim.tv_nsec],
        changed: isFolder ? [] : [status.st_ctim.tv_sec, status.st_ctim.tv_nsec]))
    guard isFolder, entersFolder else { return }
    for file in (try? WorldFile.files(at: path)) ?? [] { look(at: file, entersFolder: false) }
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

  /// The files were read again, and looked like this just before.
  mutating func read(_ fingerprint: Fingerprint) { self = FileWatch(known: fingerprint) }

  /// True when the files differ from those read last, and do not differ from the last look.
  mutating func isDue(_ fingerprint: Fingerprint) -> Bool {
    defer { previous = fingerprint }
    return fingerprint != known && fingerprint == previous
  }
}
