// A folder for the files of one test, and short ways to load them.
import Cloud
import DNSWire
import Foundation
import Testing

@testable import WorldFile

/// Removes its folder when the test is over.
final class Desk {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "worldfile-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  @discardableResult
  func put(_ name: String, _ text: String) throws -> String { try put(name, Array(text.utf8)) }

  @discardableResult
  func put(_ name: String, _ octets: [UInt8]) throws -> String {
    let file = path + "/" + name
    try Data(octets).write(to: URL(filePath: file))
    return file
  }

  /// Problems as they print, the folder left out.
  func problems(_ names: String...) throws -> [String] {
    let paths = names.isEmpty ? [path] : names.map { path + "/" + $0 }
    do throws(LoadFailure) {
      return shown(try WorldFile.load(paths).warnings)
    } catch {
      return shown(error.problems)
    }
  }

  private func shown(_ problems: [Problem]) -> [String] {
    problems.map { $0.description.replacing(path + "/", with: "").replacing(path, with: ".") }
  }
}

/// Loads one YAML text.
func load(_ yaml: String, _ name: String = "world.yaml") throws -> World {
  let desk = try Desk()
  try desk.put(name, yaml)
  return try WorldFile.load([desk.path]).world
}

/// The problems of one text, as they print.
func problems(_ text: String, _ name: String = "world.yaml") throws -> [String] {
  let desk = try Desk()
  try desk.put(name, text)
  return try desk.problems()
}

/// Everything in a world: equal worlds have equal portraits.
struct Portrait: Equatable {
  var resources: Set<Resource>
  /// The only ones that have an order.
  var requesters: [Requester]
}

func portrait(_ world: World) -> Portrait {
  Portrait(resources: Set(world.resourcesInOrder), requesters: world.requesters)
}
