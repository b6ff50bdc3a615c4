// `classiclink-dns import`: a world into a state, whole or not at all.
import ArgumentParser
import Cloud
import ControlPlane
import Foundation
import Store
import WorldFile

struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Put a world into a state.",
    discussion: """
      The files are read and checked as a whole before anything is written. While a server has the state, nothing can \
      be imported into it.
      """)

  @Option(help: ArgumentHelp("The state; it is made when there is none.", valueName: "file"))
  var state: String

  @Option(help: ArgumentHelp("A world file, or a folder of them. May be repeated.", valueName: "path"))
  var world: [String] = []

  @Flag(help: "Put it in the place of the world that the state holds. The journal stays.")
  var replace = false

  func validate() throws {
    guard !world.isEmpty else { throw ValidationError("There is no world to import: give --world PATH.") }
  }

  func run() throws {
    let line = ProgressLine()
    defer { line?.clear() }
    do {
      let world = try readWorld(from: .files(world), showing: line)
      let store = try Store(state)
      guard try replace || store.isEmpty else {
        complain("\(state): it holds a world; with --replace this one takes its place")
        throw ExitCode.badData
      }
      try store.fill(with: world, from: self.world, showing: line)
    } catch let problems as WorldProblems {
      for problem in problems.problems { complain(problem) }
      throw problems.exitCode
    } catch let error as StoreError {
      throw ending(error)
    }
  }
}

extension Store {
  /// Some milliseconds of work.
  private static var itemsOfStep: Int { 4096 }

  /// Makes the world the one that the state holds. The journal says which files it came from.
  func fill(with world: World, from paths: [String], showing line: ProgressLine?) throws(StoreError) {
    let entry = Commit.Entry(
      time: millisecondsSince1970(), caller: "import", action: "Import",
      after: try? jsonLine(["Worlds": paths.map { URL(fileURLWithPath: $0).path }]))
    try replaceAll(entry: entry) { insert in
      var count = 0
      try WorldWriter.forEachItem(of: world) { item in
        try insert(StoreRow(list: item.list, id: item.id, body: item.body))
        count += 1
        if count.isMultiple(of: Self.itemsOfStep) { line?.showImporting(count) }
      }
    }
  }
}

/// What the journal counts in.
extension Timestamp {
  static var now: Timestamp { Timestamp(milliseconds: millisecondsSince1970()) }
}

func millisecondsSince1970() -> Int64 { Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)) }
