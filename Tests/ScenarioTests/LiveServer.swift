// The built program, serving a world on a port of its own choice until the object goes.
import Foundation
import TestSupport

final class LiveServer {
  struct DidNotStart: Error { let words: String }

  let port: UInt16
  private let process = Process()
  /// The generated world that it serves, if it is one.
  private let folder: Folder?
  /// Port file and log, outside the world's folder: every .json in that one is a part of the world.
  private let state: Folder

  /// Next to the test bundle, where the package manager builds it.
  static var program: URL {
    URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
      .appendingPathComponent("classiclink-dns")
  }

  /// Serves `files`; `more` are further arguments.
  convenience init(_ files: [WorldTextFile], _ more: [String] = []) throws {
    let folder = try Folder(files)
    try self.init(world: folder.path, folder, more)
  }

  /// Serves the file or folder at `world`.
  init(world: String, _ folder: Folder? = nil, _ more: [String] = []) throws {
    self.folder = folder
    state = try Folder([WorldTextFile(name: "log", text: "")])
    let portFile = state.path + "/port"
    let log = state.path + "/log"
    process.executableURL = Self.program
    process.arguments = ["serve", "--world", world, "--listen", "127.0.0.1:0", "--port-file", portFile] + more
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: log)
    process.standardError = FileHandle(forWritingAtPath: log)
    try process.run()
    while true {
      if let text = try? String(contentsOfFile: portFile, encoding: .utf8), let port = Self.port(in: text) {
        self.port = port
        return
      }
      guard process.isRunning else {
        let words = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        throw DidNotStart(words: "exit \(process.terminationStatus): \(words)")
      }
      Thread.sleep(forTimeInterval: 0.01)
    }
  }

  deinit {
    process.terminate()
    process.waitUntilExit()
  }

  /// The first port that the file names, once the file is whole JSON.
  private static func port(in text: String) -> UInt16? {
    guard (try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)) != nil else {
      return nil
    }
    let found =
      text.firstMatch(of: #/127\.0\.0\.1:(\d+)/#) ?? text.firstMatch(of: #/"port"\s*:\s*"?(\d+)/#.ignoresCase())
    return found.flatMap { UInt16($0.1) }
  }
}

/// What `dig` prints with these arguments; fails unless it exits with 0.
func dig(_ arguments: [String]) throws -> String {
  struct Failed: Error { let arguments: [String], status: Int32, output: String }
  let (output, status) = try runDig(arguments)
  guard status == 0 else { throw Failed(arguments: arguments, status: status, output: output) }
  return output
}
