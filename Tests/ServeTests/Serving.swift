// A server of the built program for one test: its files, its log, and questions to it.
import Foundation
import TestSupport
import Testing

final class Serving {
  struct Port: Decodable {
    struct Listener: Decodable {
      var address: String
      var port: UInt16
      var network: String
    }
    var pid: Int32
    var listeners: [Listener]
  }

  let folder: Folder
  let program: Program
  let port: Port

  /// Serves `world`, a path inside the folder, on a port of its own choice.
  init(_ folder: Folder, world: String = "world.yaml", _ more: [String] = []) throws {
    self.folder = folder
    let state = try Folder()
    let file = state.path("port")
    program = try Program(
      ["serve", "--world", folder.path(world), "--listen", "127.0.0.1:0", "--port-file", file] + more, in: state.url)
    self.state = state
    let program = program
    try program.wait { FileManager.default.fileExists(atPath: file) }
    port = try JSONDecoder().decode(Port.self, from: Data(contentsOf: URL(fileURLWithPath: file)))
  }

  /// Port file and log, outside the world's folder: a folder that is watched must not see them come and go.
  private let state: Folder

  var log: String { program.logged }

  /// Waits until the log says it.
  func waitForLog(_ words: String) throws {
    try program.wait { self.log.contains(words) }
    try #require(log.contains(words), "\(words)")
  }

  /// A clean end.
  func stop() {
    program.signal(SIGTERM)
    #expect(program.exitStatus() == 0)
  }

  func socket(_ transport: LoopbackSocket.Transport = .udp, from source: UInt32 = 0x7f00_0001) throws -> LoopbackSocket
  {
    try LoopbackSocket(source: source, port: port.listeners[0].port, transport)
  }

  /// The strings of `whoami.`, asked through a socket of its own.
  func whoami(_ transport: LoopbackSocket.Transport = .udp, from source: UInt32 = 0x7f00_0001) throws -> String {
    let reply = try socket(transport, from: source).ask(Message.question(id: 7, name: "whoami", type: 16, class: 3))
    return try Reply(reply).answer.map(\.text).joined(separator: " ")
  }

  /// The texts of the answer's records.
  func ask(_ name: String, from source: UInt32 = 0x7f00_0001) throws -> [String] {
    let reply = try socket(from: source).ask(Message.question(id: 9, name: name, type: 1))
    return try Reply(reply).answer.map(\.text)
  }
}
