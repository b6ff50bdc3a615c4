// `classiclink-dns serve` from the outside (world.md 3): exit status, the one line, the port file, signals.
import Foundation
import TestSupport
import Testing

@Suite struct ServeTests {
  struct Port: Decodable {
    struct Listener: Decodable {
      var address: String
      var port: Int
      var network: String
    }
    var pid: Int32
    var listeners: [Listener]
  }

  private func folder() throws -> Folder {
    let folder = try Folder()
    try folder.write("Region: us-east-1\n", to: "world.yaml")
    return folder
  }

  /// A server that serves `world.yaml` of the folder on a port of its own choice.
  private func serve(_ folder: Folder, _ more: [String] = []) throws -> (Program, Port) {
    let file = folder.path("port")
    let program = try Program(
      ["serve", "--world", folder.path("world.yaml"), "--listen", "127.0.0.1:0", "--port-file", file] + more,
      in: folder.url)
    try program.wait { FileManager.default.fileExists(atPath: file) }
    return (program, try JSONDecoder().decode(Port.self, from: Data(contentsOf: URL(fileURLWithPath: file))))
  }

  @Test(arguments: [
    (["--upstream", "resolver"], "no IP address"), (["--upstream", "192.0.2.1:0"], "ADDR[:PORT]"),
    (["--api", "localhost"], "no IP address"), (["--api", "127.0.0.1=classic"], "no network"),
    (["--state", "x", "--watch"], "--watch"), (["--state", "x", "--set", "vpc-1:A=b"], "one of the two"),
    (["--trust", "127.0.0.0/8=xff"], "neither 'ecs' nor 'proxy'"), (["--trust", "127.0.0.1/8=ecs"], "host bits"),
    (["--trust", "127.0.0.0/8"], "CIDR=ecs"), (["--listen", "localhost"], "no IP address"),
    (["--listen", "127.0.0.1:70000"], "70000"), (["--workers", "0"], "--workers 0"),
    (["--set", "vpc-1:EnableDnsSupport"], "there is no value"), (["--workers", "x"], "x"),
    (["--listen", "127.0.0.1:5399", "--listen", "127.0.0.1:5399=classic"], "twice"), (["--nonsense"], "--nonsense"),
    (["--rate-limit", "many"], "is no number"), (["--rate-limit", "0"], "from 1"),
    (["--rate-limit", "5,slip=101"], "from 0 to 100"), (["--rate-limit", "5,window=15"], "'window'"),
    (["--rate-limit", "5,ipv4-prefix"], "is no number"), (["--rate-limit", ""], "is no number"),
    (["--rate-limit-exempt", "10.0.0.0/8"], "is for --rate-limit"),
    (["--rate-limit", "5", "--rate-limit-exempt", "10.0.0.1/8"], "host bits"),
    (["--tcp-connections", "0"], "from 1"), (["--tcp-connections-per-client", "0"], "from 1"),
    (["--nsid", ""], "1 to 128"), (["--nsid", String(repeating: "x", count: 129)], "129 octets"),
  ])
  func `wrong usage is 64 and says what is wrong`(arguments: [String], reason: String) throws {
    let folder = try folder()
    let program = try Program(["serve", "--world", folder.path("world.yaml")] + arguments, in: folder.url)
    #expect(program.exitStatus() == 64)
    #expect(program.logged.contains(reason))
    #expect(program.said.isEmpty)
  }

  @Test func `no world is 64, no such file 66, no such VPC 65, no such address 69`() throws {
    let folder = try folder()
    let world = ["serve", "--world", folder.path("world.yaml")]
    for (arguments, status) in [
      (["serve"], 64), (["serve", "--world", folder.path("none.yaml")], 66),
      (world + ["--listen", "127.0.0.1:0=vpc-00000000"], 65),
      (world + ["--listen", "127.0.0.1:0", "--set", "vpc-00000000:EnableDnsSupport=false"], 65),
      (world + ["--listen", "192.0.2.1:0"], 69),
    ] as [([String], Int32)] {
      let program = try Program(arguments, in: folder.url)
      #expect(program.exitStatus() == status, "\(arguments)")
      #expect(!program.logged.isEmpty)
    }
  }

  @Test(arguments: [SIGTERM, SIGINT])
  func `one line names the addresses, the port file too, until it is stopped`(signal: Int32) throws {
    let folder = try folder()
    let (program, port) = try serve(folder, ["--listen", "127.0.0.2:0=classic", "--listen", "[::1]:0"])
    #expect(port.pid == program.identifier)
    #expect(port.listeners.map(\.address) == ["127.0.0.1", "127.0.0.2", "::1"])
    #expect(port.listeners.map(\.network) == ["any", "classic", "any"])
    try program.wait { program.said.hasSuffix("\n") }
    #expect(program.said.split(separator: "\n").count == 1)
    for listener in port.listeners {
      #expect(program.said.contains(listener.address) && program.said.contains(":\(listener.port)"))
    }
    program.signal(signal)
    #expect(program.exitStatus() == 0)
    #expect(!FileManager.default.fileExists(atPath: folder.path("port")))
  }

  @Test func `a second server on the same port is 69`() throws {
    let folder = try folder()
    let (first, port) = try serve(folder)
    let second = try Program(
      ["serve", "--world", folder.path("world.yaml"), "--listen", "127.0.0.1:\(port.listeners[0].port)"],
      in: folder.url)
    #expect(second.exitStatus() == 69)
    #expect(second.logged.contains("127.0.0.1:\(port.listeners[0].port)"))
    first.signal(SIGTERM)
    #expect(first.exitStatus() == 0)
  }

  @Test func `port 53 without the right to it is 77`() throws {
    let folder = try folder()
    let program = try Program(
      ["serve", "--world", folder.path("world.yaml"), "--listen", "0.0.0.0:53"], in: folder.url, asNobody: true)
    try program.wait { !program.isRunning || !program.said.isEmpty }
    if program.isRunning { program.signal(SIGTERM) }
    #expect(program.exitStatus() == 77)
    #expect(program.logged.contains("0.0.0.0:53") && program.said.isEmpty)
  }

  @Test func `SIGHUP reads the world again, and keeps the old one when that fails`() throws {
    let folder = try folder()
    let (program, _) = try serve(folder)
    program.signal(SIGHUP)
    try program.wait { program.logged.contains("generation=2") }
    try FileManager.default.moveItem(atPath: folder.path("world.yaml"), toPath: folder.path("gone"))
    program.signal(SIGHUP)
    try program.wait { program.logged.contains("was not changed") }
    #expect(program.logged.contains(folder.path("world.yaml")))
    try FileManager.default.moveItem(atPath: folder.path("gone"), toPath: folder.path("world.yaml"))
    program.signal(SIGHUP)
    try program.wait { program.logged.contains("generation=3") }
    program.signal(SIGTERM)
    #expect(program.exitStatus() == 0)
  }

  @Test func `--watch reads the world again when a file changes`() throws {
    let folder = try folder()
    let (program, _) = try serve(folder, ["--watch"])
    try folder.write("Region: us-west-2\n", to: "world.yaml")
    try program.wait { program.logged.contains("generation=2") }
    try FileManager.default.removeItem(atPath: folder.path("world.yaml"))
    try program.wait { program.logged.contains("was not changed") }
    try folder.write("Region: eu-west-1\n", to: "world.yaml")
    try program.wait { program.logged.contains("generation=3") }
    program.signal(SIGTERM)
    #expect(program.exitStatus() == 0)
  }

  @Test(arguments: ["--version", "--help", "--generate-completion-script=bash"])
  func `help, version and completion are 0`(flag: String) throws {
    let folder = try folder()
    let program = try Program([flag], in: folder.url)
    #expect(program.exitStatus() == 0)
    #expect(!program.said.isEmpty)
  }
}
