// One run of `classiclink-dns matrix`, and its JSON as docs/matrix-json.md describes it.
import Foundation
import TestSupport
import Testing

struct MatrixRun {
  static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  let status: Int32?
  let said: String
  let complained: String

  /// Without a terminal, and with nothing in the environment that changes the look.
  init(_ arguments: [String], environment: [String: String?] = [:]) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("matrix-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let plain: [String: String?] = ["COLUMNS": nil, "NO_COLOR": nil, "TERM": "xterm"]
    let program = try Program(
      ["matrix"] + arguments, in: folder, environment: plain.merging(environment) { $1 })
    status = program.exitStatus()
    said = program.said
    complained = program.logged
  }

  var lines: [Substring] { said.split(separator: "\n", omittingEmptySubsequences: false) }

  /// The folder of a sample world.
  static func sample(_ name: String) -> String { package.appendingPathComponent("zones/\(name)").path }

  static let samples = ["three-tier", "peering", "failover", "classic-resolver"]

  func document<Document: Decodable>(_ type: Document.Type) throws -> Document {
    try JSONDecoder().decode(type, from: Data(said.utf8))
  }
}

struct MatrixCellJSON: Decodable, Equatable {
  struct Address: Decodable, Hashable {
    var address: String
    var visibility: String
  }
  var status: String
  var code: String?
  var addresses: [Address]
  var data: [String]?
  var rule: String?
  var citations: [String]
  var reason: String
  var error: String?
}

struct MatrixJSON: Decodable {
  struct Asker: Decodable {
    var who: String
    var description: [String]
  }
  struct Group: Decodable, Equatable {
    var heading: String
    var askers: [String]
  }
  struct Cell: Decodable {
    var name: String
    var asker: String
    var cell: MatrixCellJSON
  }
  struct Rest: Decodable, Equatable {
    var names: Int
    var askers: Int
  }
  var version: Int
  var type: String
  var names: [String]
  var askers: [Asker]
  var groups: [Group]
  var cells: [Cell]
  var leftOut: Rest

  subscript(name: String, asker: String) -> MatrixCellJSON? {
    cells.first { $0.name == name && $0.asker == asker }?.cell
  }
}

struct MatrixChangesJSON: Decodable {
  struct Change: Decodable, Equatable {
    var name: String
    var asker: String
    var before: MatrixCellJSON
    var after: MatrixCellJSON
  }
  var changes: [Change]
  var groups: [MatrixJSON.Group]
  var inOneWorld: [String]
}

/// A folder with one world, gone with the object.
final class MatrixWorldFolder {
  let url: URL

  init(_ text: String) throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("world-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    try text.write(to: url.appendingPathComponent("world.yaml"), atomically: true, encoding: .utf8)
  }

  /// A copy of a sample world in which `old` is `new`.
  init(copyOf sample: String, replacing old: String, with new: String) throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("world-\(UUID().uuidString)")
    try FileManager.default.copyItem(at: URL(fileURLWithPath: MatrixRun.sample(sample)), to: url)
    let file = url.appendingPathComponent("world.yaml")
    let text = try String(contentsOf: file, encoding: .utf8)
    try #require(text.contains(old))
    try text.replacing(old, with: new).write(to: file, atomically: true, encoding: .utf8)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  var path: String { url.path }
}
