// From the paths of a world to a snapshot that can be served: the one place where files become tables.
import ArgumentParser
import Cloud
import Resolution
import WorldFile

/// A world that was read and compiled.
struct ServedWorld: Sendable {
  var world: World
  var snapshot: Snapshot
  /// Every file that was read, zone files included.
  var files: [String]
  /// Each with its place; the world can be served all the same.
  var warnings: [String] = []
}

/// Why a world cannot be served.
struct WorldProblems: Error, Sendable {
  /// All of them, each with its place (`file:line:column: …`).
  var problems: [String]
  /// 65 or 66.
  var exitCode: ExitCode
  /// The files that were read before it failed.
  var files: [String] = []
}

/// Reads the worlds at `paths` (files or folders), merges and compiles them.
/// - Parameter overrides: What to read as if it had been edited by hand.
/// - Parameter explains: Answers carry their reason (`serve --explain`).
func loadSnapshot(
  paths: [String], setting overrides: [Override] = [], generation: UInt64, explains: Bool = false
) -> Result<ServedWorld, WorldProblems> {
  do {
    let loaded = try WorldFile.load(paths, setting: overrides)
    let snapshot = Compiler.compile(loaded.world, generation: generation, explains: explains)
    return .success(
      ServedWorld(
        world: loaded.world, snapshot: snapshot, files: loaded.files, warnings: loaded.warnings.map(\.description)))
  } catch {
    return .failure(
      WorldProblems(
        problems: error.problems.map(\.description), exitCode: error.isMissingFile ? .noSuchFile : .badData))
  }
}
