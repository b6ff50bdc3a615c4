// What a person at a terminal sees while a world is read: one line that goes away. Nobody else sees any of it.
import Foundation
import TestSupport
import Testing

@Suite struct ProgressTests {
  private static let world = #"{"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "172.31.0.0/16"}]}"#

  /// Runs a shell command in a folder with a pipe `world.json`, which is filled when the command has read for a second:
  /// a load is long whatever the machine is.
  private func run(_ command: String) throws -> String {
    let folder = try Folder()
    try folder.makePipe("world.json")
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", "(sleep 1; printf '%s' '\(Self.world)') > world.json & \(command); wait"]
    process.currentDirectoryURL = folder.url
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let said = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: said, as: UTF8.self)
  }

  @Test func `a terminal sees how far a long load is, and then no more of it`() throws {
    let check = "'\(Program.executable)' check --world world.json"
    let said = try run("script -qec \"\(check)\" /dev/null")
    let erase = "\r\u{1b}[K"
    #expect(
      said.hasPrefix("\(erase)Reading world.json … 0 %\(erase)Checking 1 item …\(erase)world.json: 0 errors"), "\(said)"
    )
  }

  @Test func `what is no terminal sees nothing of it`() throws {
    let said = try run("'\(Program.executable)' check --world world.json")
    #expect(said == "world.json: 0 errors, 0 warnings: it can be served\n")
  }
}
