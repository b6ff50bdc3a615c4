// From the paths of a world to a snapshot that can be served: the one place where files become tables.
import ArgumentParser
import CLinux
import Cloud
import ControlPlane
import Dispatch
import Logging
import Resolution
import Store
import Synchronization
import WorldFile

/// A world that was read and compiled. What it was compiled from is gone: the tables say all that an answer needs, in a
/// part of the memory.
struct ServedWorld: Sendable {
  var snapshot: Snapshot
  /// Who keeps the world and goes on changing it, where calls do (`--api`).
  var steward: Steward?
  /// Every file that was read, zone files included.
  var files: [String]
  /// Those of them that say nothing.
  var blankFiles: Set<String>
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

  /// Of a world that is read again.
  init(blank: Set<String>, of files: [String]) {
    problems = blank.sorted().map {
      "\($0): there is nothing in it; who means that writes {}, or the SOA in a zone file"
    }
    exitCode = .badData
    self.files = files
  }

  init(_ error: StoreError) {
    problems = [error.description]
    files = [error.path]
    exitCode = error.exitCode
  }
}

/// Reads the world, for questions to it as it stands.
/// - Parameter overrides: Members to read as if they had been edited by hand (`--set`).
/// - Parameter showing: Where a person sees how far it is.
func readWorld(
  from source: WorldSource, setting overrides: [Override] = [], showing line: ProgressLine? = nil
) throws(WorldProblems) -> World {
  defer { line?.clear() }
  do throws(LoadFailure) {
    return try source.load(setting: overrides) { progress in line?.show(progress) }.world
  } catch {
    throw WorldProblems(error)
  }
}

/// Reads the world, with every warning and every trap.
/// - Parameter overrides: Members to replace, as if the files had been edited (`--set`).
/// - Parameter showing: Where a person sees how far it is.
func loadWorld(
  from source: WorldSource, setting overrides: [Override] = [], showing line: ProgressLine? = nil
) throws(LoadFailure) -> (world: World, files: [String], notices: [Notice], blankFiles: Set<String>) {
  defer { line?.clear() }
  let loaded = try source.load(setting: overrides) { progress in line?.show(progress) }
  return (loaded.world, loaded.files, loaded.notices(), loaded.blankFiles)
}

/// Reads the world and compiles it.
/// - Parameter overrides: What to read as if it had been edited by hand.
/// - Parameter explains: Answers carry their reason (`serve --explain`).
/// - Parameter keeper: Who is to keep the world.
/// - Parameter blankBefore: Files that said nothing before; the others must say something. `nil` the first time.
/// - Parameter showing: Where a person sees how far it is.
func loadSnapshot(
  from source: WorldSource, setting overrides: [Override] = [], generation: UInt64, explains: Bool = false,
  keeper: Keeper = .nobody, blankBefore: Set<String>? = nil, showing line: ProgressLine? = nil
) -> Result<ServedWorld, WorldProblems> {
  do throws(WorldProblems) {
    let served = try compiledWorld(source, overrides, generation, explains: explains, keeper, blankBefore, line)
    // What was read is freed by now, in pieces all over the heap; the allocator would keep them.
    cl_trim_memory()
    served.snapshot.tables.showArrays(to: LargePages())
    return .success(served)
  } catch {
    cl_trim_memory()
    return .failure(error)
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
  _ source: WorldSource, _ overrides: [Override], _ generation: UInt64, explains: Bool, _ keeper: Keeper,
  _ blankBefore: Set<String>?, _ line: ProgressLine?
) throws(WorldProblems) -> ServedWorld {
  let (world, files, notices, blankFiles) = try { () throws(WorldProblems) in
    do throws(LoadFailure) {
      return try loadWorld(from: source, setting: overrides, showing: line)
    } catch {
      throw WorldProblems(error)
    }
  }()
  // Who saves a file may have cut it before he writes it.
  let blanked = blankBefore.map { blankFiles.subtracting($0) } ?? []
  guard blanked.isEmpty else { throw WorldProblems(blank: blanked, of: files) }
  line?.showCompiling(world)
  defer { line?.clear() }
  let warnings = notices.map(\.line)
  switch keeper {
  case .nobody:
    let snapshot = Compiler.compile(world, generation: generation, explains: explains)
    return ServedWorld(snapshot: snapshot, files: files, blankFiles: blankFiles, warnings: warnings)
  case .newSteward(let store, let logger):
    if let store { try store.keep(world, from: source, showing: line) }
    let compilation = Compilation(world, generation: generation, explains: explains)
    let snapshot = compilation.snapshot
    let steward = Steward(
      world: world, compilation: compilation, publication: Publication(snapshot),
      keep: store.map { Steward.keeping(in: $0) }, clock: { .now }, logger: logger)
    return ServedWorld(snapshot: snapshot, steward: steward, files: files, blankFiles: blankFiles, warnings: warnings)
  case .steward(let steward, let accepts):
    let snapshot = steward.replaceAndWait(world, if: accepts)
    return ServedWorld(snapshot: snapshot, steward: steward, files: files, blankFiles: blankFiles, warnings: warnings)
  }
}

/// Who keeps a world after it is compiled.
enum Keeper {
  /// The tables say all that an answer needs.
  case nobody
  /// With the state in which he keeps what calls do; `nil`: nothing is kept.
  case newSteward(Store?, Logger)
  /// He has another world, which this one takes the place of, if what it is compiled to is acceptable.
  case steward(Steward, if: @Sendable (Snapshot) -> Bool)
}

extension Store {
  /// An empty state takes the world of files once; one that holds a world is where it came from.
  fileprivate func keep(
    _ world: World, from source: WorldSource, showing line: ProgressLine?
  ) throws(WorldProblems) {
    guard case .files(let paths) = source else { return }
    do throws(StoreError) {
      try fill(with: world, from: paths, showing: line)
    } catch {
      throw WorldProblems(error)
    }
  }
}

extension Steward {
  /// Puts the world in force, from a thread that is not async.
  fileprivate nonisolated func replaceAndWait(
    _ world: World, if accepts: @escaping @Sendable (Snapshot) -> Bool
  ) -> Snapshot {
    let done = DispatchSemaphore(value: 0)
    let result = Mutex<Snapshot?>(nil)
    Task.detached {
      let snapshot = await self.replace(with: world, if: accepts)
      result.withLock { $0 = snapshot }
      done.signal()
    }
    done.wait()
    return result.withLock { $0 } ?? publication.current
  }
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
