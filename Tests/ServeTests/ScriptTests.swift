// The two scripts behind `make run`, with a `swift` of the test's that builds nothing.
import Foundation
import TestSupport
import Testing

@Suite struct ScriptTests {
  private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// A folder of commands that come before those of the system.
  private func commands(_ scripts: [String: String]) throws -> Folder {
    let folder = try Folder()
    for (name, text) in scripts {
      try folder.write("#!/bin/sh\n" + text + "\n", to: name)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path(name))
    }
    return folder
  }

  private func start(
    _ script: String, _ commands: Folder, path: String = "/usr/bin:/bin", _ more: [String: String] = [:]
  ) throws -> (Process, () -> String) {
    let process = Process()
    let output = commands.path("output")
    try commands.write("", to: "output")
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [Self.package + "/scripts/" + script]
    process.environment = ["PATH": commands.url.path + ":" + path, "TMPDIR": commands.url.path].merging(more) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
    process.standardError = process.standardOutput
    try process.run()
    return (process, { (try? String(contentsOfFile: output, encoding: .utf8)) ?? "" })
  }

  /// What `swift build` is asked for here: where the program is.
  private func swift() -> String {
    "case \"$*\" in *--show-bin-path*) echo '\(URL(fileURLWithPath: Program.executable).deletingLastPathComponent().path)';; esac"
  }

  @Test func `run prints the questions when the server listens, with the port that it has`() throws {
    let commands = try commands(["swift": swift()])
    let (process, output) = try start("run", commands, ["PORT": "0"])
    defer { if process.isRunning { process.terminate() } }
    for _ in 0..<1000 where process.isRunning && !output().contains("not exist out there") { usleep(20_000) }
    let port = try #require(output().firstMatch(of: #/listens on 127\.0\.0\.1:(\d+)/#)?.1)
    #expect(output().components(separatedBy: "dig @127.0.0.1 -p \(port) +short").count - 1 == 6, "\(output())")
    process.terminate()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  @Test func `run prints no question when the port is taken`() throws {
    let folder = try Folder()
    try folder.write("Region: us-east-1\n", to: "world.yaml")
    let other = try Serving(folder)
    let commands = try commands(["swift": swift()])
    let (process, output) = try start("run", commands, ["PORT": "\(other.port.listeners[0].port)"])
    process.waitUntilExit()
    #expect(process.terminationStatus == 69)
    #expect(output().contains("127.0.0.1:\(other.port.listeners[0].port)") && !output().contains("dig"))
    other.stop()
  }

  @Test(arguments: [
    ("exit 127", "none was found"), ("echo 'Apple Swift version 6.1 (swift-6.1-RELEASE)'", "this is 6.1"),
  ])
  func `setup without a Swift that is new enough says so and installs nothing`(swift: String, found: String) throws {
    // Everything is missing, and whoever installs leaves a trace.
    let commands = try commands([
      "swift": swift, "pkg-config": "exit 1", "apt-get": "echo installed", "sudo": "echo installed",
    ])
    let (process, output) = try start("setup", commands)
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    #expect(output() == "Swift 6.2 or later is needed, \(found): https://www.swift.org/install/\n")
  }
}
