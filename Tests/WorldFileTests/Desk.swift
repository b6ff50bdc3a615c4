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

/// Everything in a world, in one order, as text: equal worlds have equal texts.
func portrait(_ world: World) -> String {
  var lines: [String] = ["\(world.supportedPlatforms.sorted())", "\(world.settings)"]
  func add<Key: Comparable, Value>(_ resources: [Key: Value]) {
    for key in resources.keys.sorted() { lines.append("\(key): \(resources[key]!)") }
  }
  add(world.vpcs)
  add(world.subnets)
  add(world.routeTables)
  for id in world.dhcpOptions.keys.sorted() {
    lines.append("\(id): \(world.dhcpOptions[id]!.configurations.sorted { $0.key < $1.key })")
  }
  add(world.securityGroups)
  add(world.networkInterfaces)
  add(world.elasticIPs)
  add(Dictionary(uniqueKeysWithValues: world.instances.values.map { ($0.id, $0) }))
  add(world.classicLinks)
  add(world.peerings)
  add(world.dbInstances)
  add(world.dbClusters)
  add(world.redshiftClusters)
  add(world.cacheClusters)
  add(world.loadBalancers)
  add(world.hostedZones)
  add(world.resolverRules)
  add(world.resolverConfigs)
  lines += world.requesters.map { "\($0)" }
  return lines.joined(separator: "\n")
}
