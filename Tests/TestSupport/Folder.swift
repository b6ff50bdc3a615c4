// A folder with the files of a world, gone with the object.
import Foundation

/// A file of a world, or one that its files refer to.
public struct WorldTextFile: Sendable {
  public let name: String
  public let text: String

  public init(name: String, text: String) {
    self.name = name
    self.text = text
  }
}

public final class Folder: Sendable {
  public let path: String

  public init(_ files: [WorldTextFile]) throws {
    path = NSTemporaryDirectory() + "classiclink-dns-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for file in files { try file.text.write(toFile: path + "/" + file.name, atomically: false, encoding: .utf8) }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
