// Where a command finds its world: in files, or in the state of a server.
import ArgumentParser
import Store
import WorldFile

/// `--world` and `--state`, for every command that looks at a world.
struct WorldOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A world file, or a folder of them. May be repeated.", valueName: "path"))
  var world: [String] = []

  @Option(
    help: ArgumentHelp(
      "The state of a server: its world, unless it is empty. Also while the server runs.", valueName: "file"))
  var state: String?

  func validate() throws {
    guard !world.isEmpty || state != nil else {
      throw ValidationError("There is no world to look at: give --world PATH or --state FILE.")
    }
  }

  /// A state that holds a world wins (world.md 3); the end of the program when it cannot be read.
  func source() throws -> WorldSource {
    guard let state else { return .files(world) }
    guard !world.isEmpty else { return .state(state) }
    do throws(StoreError) {
      return try Store(reading: state).isEmpty ? .files(world) : .state(state)
    } catch {
      if error.reason == .missing { return .files(world) }
      throw ending(error)
    }
  }
}

enum WorldSource: Sendable {
  /// Files and folders, merged.
  case files([String])
  case state(String)

  var paths: [String] {
    switch self {
    case .files(let paths): paths
    case .state(let path): [path]
    }
  }

  /// - Parameter overrides: What to read as if it had been edited by hand.
  func load(
    setting overrides: [Override] = [], progress: (LoadProgress) -> Void = { _ in }
  ) throws(LoadFailure) -> LoadedWorld {
    switch self {
    case .files(let paths): return try WorldFile.load(paths, setting: overrides, progress: progress)
    case .state(let path):
      let result: Result<LoadedWorld, LoadFailure>
      do throws(StoreError) {
        let store = try Store(reading: path)
        result = try WorldFile.load(rowsOf: path, setting: overrides, progress: progress) {
          visit throws(StoreError) in try store.forEachRow(visit)
        }
      } catch {
        throw LoadFailure(error)
      }
      return try result.get()
    }
  }
}

extension LoadFailure {
  fileprivate init(_ error: StoreError) {
    self.init(
      problems: [Problem(file: error.path, line: 0, column: 0, message: error.reason.description)], files: [error.path],
      isMissingFile: error.reason == .missing)
  }
}

/// Says what is wrong with a state: what a command then throws.
func ending(_ error: StoreError) -> ExitCode {
  complain(error.description)
  return error.exitCode
}
