// A folder of a test's own, for the files of a world and of a server.
import Foundation
import Testing

/// A folder of the test's own, removed with it.
final class Folder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("serve-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: path(name), atomically: true, encoding: .utf8)
  }

  /// rename(2): the new file appears under the old name whole, with another inode.
  func move(_ name: String, to other: String) throws {
    let status = unsafe rename(path(name), path(other))
    try #require(status == 0)
  }

  func makePipe(_ name: String) throws {
    let status = unsafe mkfifo(path(name), 0o600)
    try #require(status == 0)
  }
}
