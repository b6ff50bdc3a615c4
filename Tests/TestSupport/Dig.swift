// Runs `dig`, of which some tests read what it prints.
import Foundation

/// What `dig` prints, and its exit status: 9 when no answer came.
public func runDig(_ arguments: [String]) throws -> (output: String, status: Int32) {
  while true {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["dig"] + arguments
    process.standardOutput = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    // One in some 28,000 gets the server's own port to ask from, which both share (SO_REUSEPORT), and hears itself.
    if !output.contains("query response not set") { return (output, process.terminationStatus) }
  }
}
