// What `--world` may lead to: files, folders, pipes; and what is said to anything else.
import Foundation
import TestSupport
import Testing

@Suite struct PathTests {
  private static let world = "Vpcs: [{VpcId: vpc-1, CidrBlock: 172.31.0.0/16, EnableDnsHostnames: true}]\n"

  private func check(_ path: String, in folder: Folder) throws -> (status: Int32?, said: String) {
    let program = try Program(["check", "--world", path], in: folder.url)
    let status = program.exitStatus()
    return (status, program.said.replacing(folder.url.path + "/", with: ""))
  }

  @Test func `a FIFO is read to its end`() throws {
    let folder = try Folder()
    let fifo = folder.path("fifo")
    try folder.makePipe("fifo")
    let text = Self.world
    // Opening it waits for the reader.
    Thread.detachNewThread { try? text.write(toFile: fifo, atomically: false, encoding: .utf8) }
    let (status, said) = try check(fifo, in: folder)
    #expect(status == 0)
    #expect(said == "fifo: 0 errors, 0 warnings: it can be served\n")
  }

  @Test func `standard input and what bash puts into <(…) are read`() throws {
    let folder = try Folder()
    try folder.write(Self.world, to: "world.yaml")
    let program = Program.executable
    for command in [
      "cat world.yaml | '\(program)' check --world /dev/stdin", "'\(program)' check --world /dev/stdin < world.yaml",
      "'\(program)' check --world <(cat world.yaml)",
    ] {
      let shell = Process()
      let output = Pipe()
      shell.executableURL = URL(fileURLWithPath: "/bin/bash")
      shell.arguments = ["-c", command]
      shell.currentDirectoryURL = folder.url
      shell.standardOutput = output
      try shell.run()
      let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      shell.waitUntilExit()
      #expect(shell.terminationStatus == 0 && said.hasSuffix(": 0 errors, 0 warnings: it can be served\n"), "\(said)")
    }
  }

  @Test func `a world from a pipe stays when it is to be read again, and nobody watches the pipe`() throws {
    let folder = try Folder()
    let fifo = folder.path("fifo")
    try folder.makePipe("fifo")
    Thread.detachNewThread { try? Self.world.write(toFile: fifo, atomically: false, encoding: .utf8) }
    try folder.write("Region: us-east-1\n", to: "world.yaml")
    let server = try Serving(folder, world: "fifo", ["--world", folder.path("world.yaml"), "--watch"])
    // Opened again and closed without a word: the pipe is there, and empty.
    Thread.detachNewThread { _ = FileHandle(forWritingAtPath: fifo) }
    server.program.signal(SIGHUP)
    try server.waitForLog("was not changed")
    #expect(server.log.contains("fifo: error: nobody writes into the pipe; what was read from it once is gone"))
    #expect(try server.whoami().contains("generation 1"))
    #expect(!server.log.contains("a file has changed"))
    server.stop()
  }

  @Test func `folders, devices and sockets are refused in words`() throws {
    let folder = try Folder()
    try FileManager.default.createDirectory(atPath: folder.path("x.yaml"), withIntermediateDirectories: false)
    var (status, said) = try check(folder.url.path, in: folder)
    #expect(status == 65)
    #expect(said.hasPrefix("x.yaml: error: it is a folder, not a file\n"), "\(said)")
    (status, said) = try check("/dev/zero", in: folder)
    #expect(status == 65)
    #expect(said.hasPrefix("/dev/zero: error: it is a device, not a file\n"), "\(said)")
    try folder.write("HostedZones: [{Id: Z1, Name: a.example, ZoneFile: x.yaml}]\n", to: "world.yaml")
    (status, said) = try check(folder.path("world.yaml"), in: folder)
    #expect(status == 65)
    #expect(said.hasPrefix("world.yaml:1:51: error: x.yaml: it is a folder, not a file\n"), "\(said)")
    (status, said) = try check(folder.path("world.yaml/more.yaml"), in: folder)
    #expect(status == 66)
  }
}
