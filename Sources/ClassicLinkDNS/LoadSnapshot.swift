// From the paths of a world to a snapshot that can be served: the one place where files become tables.
import ArgumentParser
import Glibc
import Resolution

/// A world that was read and compiled.
struct LoadedWorld: Sendable {
  var snapshot: Snapshot
  /// Every file that was read, zone files included.
  var files: [String]
  /// Each with its place; the world can be served all the same.
  var warnings: [String] = []
}

/// Why a world cannot be served.
struct LoadFailure: Error, Sendable {
  /// All of them, each with its place (`file:line:column: …`).
  var problems: [String]
  /// 65 or 66.
  var exitCode: ExitCode
  /// The files that were read before it failed.
  var files: [String] = []
}

/// Reads the worlds at `paths` (files or folders), merges and compiles them.
func loadSnapshot(paths: [String], generation: UInt64) -> Result<LoadedWorld, LoadFailure> {
  let missing = paths.filter { unsafe access($0, R_OK) != 0 }
  guard missing.isEmpty else {
    return .failure(LoadFailure(problems: missing.map { "\($0): no such file" }, exitCode: .noSuchFile))
  }
  return .success(LoadedWorld(snapshot: Snapshot(generation: generation, tables: Tables()), files: paths))
}
