// Commands of a test, and the program `exec` among them.
import Foundation
import TestSupport
import Testing

/// What a command printed, and how it ended.
struct Ended {
  var said: String
  var logged: String
  /// `nil` when a signal ended it.
  var status: Int32?

  var lines: [String] { said.split(separator: "\n").map(String.init) }
}

/// A folder with a world and what its commands print.
struct Stage {
  let folder: Folder
  let world: String

  /// A folder of zones/, copied where every user may read it.
  init(zones name: String) throws {
    folder = try Folder([])
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    world = folder.path + "/world"
    try FileManager.default.copyItem(atPath: package.appendingPathComponent("zones/\(name)").path, toPath: world)
  }

  init(world text: String) throws {
    folder = try Folder([WorldTextFile(name: "world.yaml", text: text)])
    world = folder.path + "/world.yaml"
  }

  var url: URL { URL(fileURLWithPath: folder.path) }

  /// Starts `exec --from who --world …`, whose options come before the `--` in `words`.
  func start(_ who: String, _ words: [String], asNobody: Bool = false, environment: [String: String?] = [:]) throws
    -> Program
  {
    try Program(
      ["exec", "--from", who, "--world", world] + words, in: url, environment: environment, asNobody: asNobody)
  }

  func run(_ who: String, _ words: [String], asNobody: Bool = false) throws -> Ended {
    ended(try start(who, words, asNobody: asNobody))
  }

  /// The same, with a server's API in place of the world.
  func run(_ who: String, at server: APIServing, _ words: [String]) throws -> Ended {
    ended(try Program(["exec", "--from", who, "--api", server.url] + words, in: url))
  }

  func ended(_ program: Program) -> Ended {
    let status = program.exitStatus()
    return Ended(said: program.said, logged: program.logged, status: status)
  }

  /// A script in Python that serves until the object goes; it prints a line with its port.
  func python(_ script: String) throws -> PythonServer { try PythonServer(script, in: url) }

  func path(_ name: String) -> String { folder.path + "/" + name }

  func wait(for name: String, _ program: Program) throws {
    try program.wait { FileManager.default.fileExists(atPath: path(name)) }
  }
}

final class PythonServer {
  private let process = Process()
  let port: String

  fileprivate init(_ script: String, in folder: URL) throws {
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = ["-u", "-c", script]
    process.currentDirectoryURL = folder
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    port = line.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  deinit {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }
}

/// A server with an API.
final class APIServing {
  private struct Port: Decodable { var api: String }

  let program: Program
  let url: String

  init(_ stage: Stage) throws {
    let file = stage.path("port-\(UUID().uuidString)")
    program = try Program(
      ["serve", "--world", stage.world, "--listen", "127.0.0.1:0", "--api", "127.0.0.1:0", "--port-file", file],
      in: stage.url)
    try program.wait { FileManager.default.fileExists(atPath: file) }
    url = try JSONDecoder().decode(Port.self, from: Data(contentsOf: URL(fileURLWithPath: file))).api
  }

  /// An EC2 call.
  func call(_ form: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
    process.arguments = ["-sf", url, "-d", form + "&Version=2016-11-15"]
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(form)")
  }

  /// A clean end.
  func stop() {
    program.signal(SIGTERM)
    #expect(program.exitStatus() == 0)
  }
}
