// A folder with the files of a world, gone with the object.
import Foundation

final class Folder: Sendable {
  let path: String

  init(_ files: [WorldTextFile]) throws {
    path = NSTemporaryDirectory() + "classiclink-dns-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for file in files { try file.text.write(toFile: path + "/" + file.name, atomically: false, encoding: .utf8) }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
