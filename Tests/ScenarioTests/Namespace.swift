// A network namespace of the test's own, in which lo carries the addresses of the resolvers and of the askers. So the
// program listens where Amazon's does, on port 53, and an asker asks from its own address.
import Foundation
import TestSupport

/// A shell in a namespace. It ends, with everything in it, when the object goes.
final class Namespace {
  struct Refused: Error, CustomStringConvertible {
    let description: String
  }

  /// Who makes the namespace. Inside, that user is root.
  enum User: CaseIterable, Sendable {
    case ourselves
    /// Root can also prove that no right of its own was needed.
    case nobody

    static var available: [User] { geteuid() == 0 ? allCases : [.ourselves] }

    fileprivate var prefix: [String] {
      switch self {
      case .ourselves: []
      case .nobody: ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
      }
    }
  }

  static let canRunOrMust: Bool = UserNamespaces.canRunOrMust

  private let process = Process()
  private let commands = Pipe()
  private let results = Pipe()
  /// Octets of `results` that are read and not yet used.
  private var pending = ""
  /// The server's log; whoever makes the namespace may write there.
  private let state: Folder

  /// `addresses` in the form that `ip address add` takes.
  init(_ user: User, addresses: [String]) throws {
    state = try Folder([WorldTextFile(name: "log", text: "")])
    for path in [state.path, state.path + "/log"] {
      try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: path)
    }
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/namespace.sh")
    // Handed over as text, so that no other user has to be able to read the sources.
    let text = try String(contentsOf: script, encoding: .utf8)
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = user.prefix + UserNamespaces.unshare + ["sh", "-c", text, "namespace"] + addresses
    process.currentDirectoryURL = URL(fileURLWithPath: "/")
    process.standardInput = commands
    process.standardOutput = results
    process.standardError = results
    try process.run()
    let (said, status) = try result()
    guard status == 0 else { throw Refused(description: said) }
  }

  deinit {
    try? commands.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// Runs one command in the namespace, `words[0]`; what it prints and its exit status.
  func run(_ words: [String]) throws -> (output: String, status: Int32) {
    try perform(words.map(Self.quoted).joined(separator: " "))
  }

  /// Starts the program and waits until it listens.
  func serve(world: String, listeners: [String], _ more: [String] = []) throws -> NamespaceServer {
    let arguments =
      ["serve", "--world", world, "--workers", "1"] + listeners.flatMap { ["--listen", $0] } + more
    let log = Self.quoted(state.path + "/log")
    let words = ([LiveServer.program.path] + arguments).map(Self.quoted).joined(separator: " ")
    let started = try perform("\(words) >\(log) 2>&1 & echo $!")
    guard let identifier = Int32(started.output.trimmingCharacters(in: .whitespacesAndNewlines)) else {
      throw Refused(description: started.output)
    }
    let server = NamespaceServer(namespace: self, identifier: identifier, logPath: state.path + "/log")
    try server.wait { $0.contains("classiclink-dns listens on") }
    return server
  }

  fileprivate func perform(_ line: String) throws -> (output: String, status: Int32) {
    try commands.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
    return try result()
  }

  private func result() throws -> (output: String, status: Int32) {
    while true {
      if let mark = pending.firstMatch(of: #/(?:^|\n)#done (\d+)\n/#), let status = Int32(mark.1) {
        let output = String(pending[..<mark.range.lowerBound])
        pending = String(pending[mark.range.upperBound...])
        return (output, status)
      }
      let more = results.fileHandleForReading.availableData
      guard !more.isEmpty else { throw Refused(description: "no namespace: \(pending)") }
      pending += String(decoding: more, as: UTF8.self)
    }
  }

  private static func quoted(_ word: String) -> String {
    "'" + word.replacingOccurrences(of: "'", with: #"'\''"#) + "'"
  }
}

/// The program as it runs in a namespace.
struct NamespaceServer {
  let namespace: Namespace
  let identifier: Int32
  fileprivate let logPath: String

  var log: String { (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "" }

  /// Waits until the log says something; fails when the program is gone before.
  func wait(until condition: (String) -> Bool) throws {
    while !condition(log) {
      guard try namespace.perform("kill -0 \(identifier)").status == 0 else {
        throw Namespace.Refused(description: "the program ended: \(log)")
      }
      Thread.sleep(forTimeInterval: 0.01)
    }
  }

  /// Has the world read again, and waits until it is in force: the process is the same one.
  func reload(generation: Int) throws {
    _ = try namespace.perform("kill -HUP \(identifier)")
    try wait { $0.contains("generation=\(generation) ") || $0.contains("was not changed") }
    guard !log.contains("was not changed") else { throw Namespace.Refused(description: log) }
  }

  /// What `dig` is told by the resolver at `resolver`, asked from `source`: each question, which is a name, a type and
  /// options of dig's, over UDP and over TCP.
  func dig(from source: String, at resolver: String, _ questions: [[String]], tcp: Bool = true) throws -> [DigReply] {
    var arguments = ["dig", "-b", source, "@" + resolver, "+tries=1", "+time=10"]
    for question in questions {
      let words = ["-q", question[0], "-t", question[1]] + question.dropFirst(2)
      arguments += words + ["+notcp"]
      if tcp { arguments += words + ["+tcp"] }
    }
    let (output, _) = try namespace.run(arguments)
    let replies = DigReply.all(in: output)
    guard replies.count == questions.count * (tcp ? 2 : 1) else {
      throw Namespace.Refused(description: "\(arguments): \(output)")
    }
    return replies
  }

  /// The address that `name` has for an asker at `source`, or the response code in capitals when there is none. UDP and
  /// TCP say the same, or both are told.
  func told(from source: String, at resolver: String, _ names: [String], type: String = "A") throws -> [String] {
    let replies = try dig(from: source, at: resolver, names.map { [$0, type] }).map(\.gist)
    return stride(from: 0, to: replies.count, by: 2).map {
      replies[$0] == replies[$0 + 1] ? replies[$0] : "\(replies[$0]) over UDP, \(replies[$0 + 1]) over TCP"
    }
  }

  /// The strings of `whoami.`, which say who the server takes the asker for.
  func whoami(from source: String, at resolver: String) throws -> [String] {
    let reply = try dig(from: source, at: resolver, [["whoami.", "TXT", "-c", "CH"]], tcp: false)[0]
    return reply.answer.first.map { $0.data.matches(of: #/"([^"]*)"/#).map { String($0.1) } } ?? [reply.gist]
  }
}
