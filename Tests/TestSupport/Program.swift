// The program as a user starts it: arguments, a process, its exit status and what it wrote.
import Foundation
import Testing

/// One run of `classiclink-dns`.
public final class Program {
  private let process = Process()
  private let folder: URL
  private let output: URL
  private let errors: URL

  /// The program that was built beside the tests; empty when there is none.
  public static var executable: String {
    let here = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return [here, CommandLine.arguments[0]].map {
      URL(fileURLWithPath: $0).deletingLastPathComponent().appendingPathComponent("classiclink-dns").path
    }.first { FileManager.default.isExecutableFile(atPath: $0) } ?? ""
  }

  /// Starts the program that was built beside the tests, with its outputs in files of `folder`.
  /// - Parameter environment: Variables that differ from the ones of the tests; `nil` takes one away.
  /// - Parameter asNobody: Without any right: as another user when the tests run as root.
  public init(
    _ arguments: [String], in folder: URL, environment: [String: String?] = [:], asNobody: Bool = false
  ) throws {
    self.folder = folder
    let run = UUID().uuidString
    output = folder.appendingPathComponent("\(run).out")
    errors = folder.appendingPathComponent("\(run).err")
    try Data().write(to: output)
    try Data().write(to: errors)
    process.executableURL = URL(fileURLWithPath: Self.executable)
    process.arguments = arguments
    if asNobody { try dropRights(arguments) }
    process.environment = ProcessInfo.processInfo.environment.merging(environment.compactMapValues { $0 }) { $1 }
      .filter { environment[$0.key] != .some(nil) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    // Threads of a test block most signals, which a process inherits; a user's shell does not.
    var (none, before) = (sigset_t(), sigset_t())
    unsafe sigemptyset(&none)
    unsafe pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    try process.run()
  }

  /// Without root's rights, and where the ports below 1024 need one: a container often gives them to everybody, a
  /// network namespace of its own does not.
  private func dropRights(_ arguments: [String]) throws {
    let isRoot = geteuid() == 0
    let setting = "/proc/sys/net/ipv4/ip_unprivileged_port_start"
    let start = Int((try? String(contentsOfFile: setting, encoding: .utf8))?.split(separator: "\n").first ?? "") ?? 1024
    var command: [String] = start > 53 ? [] : ["unshare", isRoot ? "-n" : "-Un"]
    var program = Self.executable
    if isRoot {
      // Nobody may not look into the folder in which the program was built: it gets a copy.
      program = folder.appendingPathComponent("classiclink-dns").path
      if !FileManager.default.fileExists(atPath: program) {
        try FileManager.default.copyItem(atPath: Self.executable, toPath: program)
      }
      for path in [folder.path, program] {
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
      }
      command += ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    }
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command + [program] + arguments
  }

  deinit {
    guard process.isRunning else { return }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  public var identifier: Int32 { process.processIdentifier }
  public var said: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }
  public var logged: String { (try? String(contentsOf: errors, encoding: .utf8)) ?? "" }

  public var isRunning: Bool { process.isRunning }

  public func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Waits for the end; the exit status, or `nil` when a signal ended it.
  public func exitStatus() -> Int32? {
    process.waitUntilExit()
    return process.terminationReason == .exit ? process.terminationStatus : nil
  }

  /// Waits until `condition` holds: a generous while, so that only a real failure ends it.
  public func wait(until condition: () -> Bool) throws {
    for _ in 0..<3000 {
      if condition() { return }
      try #require(process.isRunning, "it ended early: \(logged)")
      usleep(20_000)
    }
    Issue.record("waited in vain: \(logged)")
  }
}
