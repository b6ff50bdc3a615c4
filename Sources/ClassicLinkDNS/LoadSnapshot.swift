// From the paths of a world to a snapshot that can be served: the one place where files become tables.
import ArgumentParser
import CLinux
import Cloud
import Resolution
import WorldFile

/// A world that was read and compiled. What it was compiled from is gone: the tables say all that an answer needs, in a
/// part of the memory.
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
  /// Every file that was tried, missing ones included.
  var files: [String]

  init(_ failure: LoadFailure) {
    problems = failure.problems.map(\.description)
    files = failure.files
    exitCode = failure.isMissingFile ? .noSuchFile : .badData
  }
}

/// Reads the worlds at `paths` (files or folders) and merges them, for questions to the world as it stands.
/// - Parameter overrides: Members to read as if they had been edited by hand (`--set`).
/// - Parameter showing: Where a person sees how far it is.
func readWorld(
  paths: [String], setting overrides: [Override] = [], showing line: ProgressLine? = nil
) throws(WorldProblems) -> World {
  defer { line?.clear() }
  do throws(LoadFailure) {
    return try WorldFile.load(paths, setting: overrides) { progress in line?.show(progress) }.world
  } catch {
    throw WorldProblems(error)
  }
}

/// Reads the worlds at `paths` (files or folders) and merges them; with every warning and every trap.
/// - Parameter overrides: Members to replace, as if the files had been edited (`--set`).
/// - Parameter showing: Where a person sees how far it is.
func loadWorld(
  paths: [String], setting overrides: [Override] = [], showing line: ProgressLine? = nil
) throws(LoadFailure) -> (world: World, files: [String], notices: [Notice]) {
  defer { line?.clear() }
  let loaded = try WorldFile.load(paths, setting: overrides) { progress in line?.show(progress) }
  return (loaded.world, loaded.files, loaded.notices())
}

/// Reads the worlds at `paths` (files or folders), merges and compiles them.
/// - Parameter overrides: What to read as if it had been edited by hand.
/// - Parameter explains: Answers carry their reason (`serve --explain`).
/// - Parameter showing: Where a person sees how far it is.
func loadSnapshot(
  paths: [String], setting overrides: [Override] = [], generation: UInt64, explains: Bool = false,
  showing line: ProgressLine? = nil
) -> Result<ServedWorld, WorldProblems> {
  do {
    let served = try compiledWorld(paths, overrides, generation, explains: explains, line)
    // What was read is freed by now, in pieces all over the heap; the allocator would keep them.
    cl_trim_memory()
    served.snapshot.tables.showArrays(to: LargePages())
    return .success(served)
  } catch {
    cl_trim_memory()
    return .failure(WorldProblems(error))
  }
}

/// A table of millions of rows is read at random: in pages of 4 KB most reads would begin with a walk through the page
/// tables, which are themselves too large for the caches.
private struct LargePages: ArrayVisitor {
  func visit<Row: BitwiseCopyable>(_ rows: Span<Row>) {
    unsafe rows.withUnsafeBytes { octets in
      if let start = octets.baseAddress { unsafe cl_move_to_large_pages(start, octets.count) }
    }
  }
}

private func compiledWorld(
  _ paths: [String], _ overrides: [Override], _ generation: UInt64, explains: Bool, _ line: ProgressLine?
) throws(LoadFailure) -> ServedWorld {
  let (world, files, notices) = try loadWorld(paths: paths, setting: overrides, showing: line)
  line?.showCompiling(world)
  defer { line?.clear() }
  let snapshot = Compiler.compile(world, generation: generation, explains: explains)
  return ServedWorld(snapshot: snapshot, files: files, warnings: notices.map(\.line))
}

extension ServedWorld {
  /// Warnings that the log shows, at the start and at each reload; past these it would hide what else it says.
  private static let loggedWarnings = 20

  /// The first warnings, and how many more there are.
  var warningsToLog: [String] {
    let more = warnings.count - Self.loggedWarnings
    return more > 0 ? warnings.prefix(Self.loggedWarnings) + ["and \(more) more: run classiclink-dns check"] : warnings
  }
}
