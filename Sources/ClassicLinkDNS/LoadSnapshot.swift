// From the paths of a world to a snapshot that can be served: the one place where files become tables.
import ArgumentParser
import Resolution
import WorldFile

/// A world that was read and compiled.
struct ServedWorld: Sendable {
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

/// Reads the worlds at `paths` (files or folders) and merges them, for what needs more than the answers.
func readWorld(paths: [String]) throws(WorldProblems) -> LoadedWorld {
  do throws(LoadFailure) {
    return try WorldFile.load(paths)
  } catch {
    throw WorldProblems(
      problems: error.problems.map(\.description), exitCode: error.isMissingFile ? .noSuchFile : .badData)
  }
}

/// Reads the worlds at `paths` (files or folders), merges and compiles them.
func loadSnapshot(paths: [String], generation: UInt64) -> Result<ServedWorld, WorldProblems> {
  do throws(WorldProblems) {
    let loaded = try readWorld(paths: paths)
    let snapshot = Compiler.compile(loaded.world, generation: generation)
    return .success(
      ServedWorld(snapshot: snapshot, files: loaded.files, warnings: loaded.warnings.map(\.description)))
  } catch {
    return .failure(error)
  }
}
