// Reading the world again under load (world.md 3): no question is lost, and the first one afterwards sees the change.
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite struct ReloadTests {
  private static let reloads = 100

  /// A public zone in a file of its own; `www` is the number of the edition.
  private func write(_ edition: Int, to folder: Folder) throws {
    let vpcs = (0..<20).map { "  - {VpcId: vpc-\($0), CidrBlock: 10.\($0 + 10).0.0/16}\n" }.joined()
    try folder.write(
      "Region: us-east-1\nVpcs:\n\(vpcs)HostedZones: [{Id: Z1, Name: corp.example, ZoneFile: corp.zone}]\n",
      to: "world.yaml")
    try folder.write("www 60 A 192.0.2.\(edition)\nload 60 A 203.0.113.1\n", to: "corp.zone")
  }

  /// Asks without pause until told to stop. Every question must get the answer that has its id.
  private final class Load: Sendable {
    private let isOver = Atomic<Bool>(false)
    private let asked = Atomic<Int>(0)
    private let answered = Atomic<Int>(0)
    private let faults = Mutex<[String]>([])
    private let ended = DispatchSemaphore(value: 0)

    var counts: (asked: Int, answered: Int) {
      (asked.load(ordering: .sequentiallyConsistent), answered.load(ordering: .sequentiallyConsistent))
    }

    func start(_ server: Serving, _ transport: LoopbackSocket.Transport) throws {
      let port = server.port.listeners[0].port
      Thread.detachNewThread { [self] in
        defer { ended.signal() }
        do {
          var id: UInt16 = 0
          while !isOver.load(ordering: .sequentiallyConsistent) {
            // A source port of its own for every few questions, so that each worker gets some.
            let socket = try LoopbackSocket(source: 0x7f00_0001, port: port, transport)
            for _ in 0..<20 {
              id &+= 1
              asked.add(1, ordering: .sequentiallyConsistent)
              let reply = try Reply(socket.ask(Message.question(id: id, name: "load.corp.example", type: 1)))
              guard reply.id == id, reply.answer.map(\.text) == ["203.0.113.1"] else {
                faults.withLock { $0.append("asked as \(id), got \(reply)") }
                return
              }
              answered.add(1, ordering: .sequentiallyConsistent)
            }
          }
        } catch {
          faults.withLock { $0.append("\(error)") }
        }
      }
    }

    /// Waits for the threads, and says what went wrong in them.
    func stop(_ threads: Int) -> [String] {
      isOver.store(true, ordering: .sequentiallyConsistent)
      for _ in 0..<threads { ended.wait() }
      return faults.withLock { $0 }
    }
  }

  @Test func `a hundred reloads under load lose no question`() throws {
    let folder = try Folder()
    try write(1, to: folder)
    let server = try Serving(folder, ["--workers", "2"])
    let load = Load()
    let transports = LoopbackSocket.Transport.allCases
    for transport in transports { try load.start(server, transport) }
    for generation in 2...(Self.reloads + 1) {
      try write(generation, to: folder)
      server.program.signal(SIGHUP)
      // The next one only after this one is in force, or the kernel would make one of two signals.
      try server.waitForLog("generation=\(generation) ")
      #expect(try server.ask("www.corp.example") == ["192.0.2.\(generation)"])
    }
    let faults = load.stop(transports.count)
    #expect(faults.isEmpty, "\(faults)")
    let (asked, answered) = load.counts
    #expect(asked == answered && answered > 0)
    #expect(server.log.components(separatedBy: "a new world is in force").count - 1 == Self.reloads)
    server.stop()
  }

  @Test func `the first question after a reload sees it, whichever worker answers`() throws {
    let folder = try Folder()
    try write(1, to: folder)
    let server = try Serving(folder, ["--workers", "4"])
    // Connections that are open already belong to a worker each, as new source ports do.
    let transports = LoopbackSocket.Transport.allCases
    let open = try (0..<64).map { try server.socket(transports[$0 % 2]) }
    let question = Message.question(id: 3, name: "whoami", type: 16, class: 3)
    func generations(_ sockets: [LoopbackSocket]) throws -> Set<String> {
      Set(
        try sockets.map { socket in
          let words = try Reply(try socket.ask(question)).answer.map(\.text)
          return words.joined().firstMatch(of: #/generation \d+/#).map { String($0.output) } ?? "\(words)"
        })
    }
    #expect(try generations(open) == ["generation 1"])
    for generation in 2...4 {
      try write(generation, to: folder)
      server.program.signal(SIGHUP)
      try server.waitForLog("generation=\(generation) ")
      #expect(try generations(open) == ["generation \(generation)"])
      #expect(try generations((0..<64).map { try server.socket(transports[$0 % 2]) }) == ["generation \(generation)"])
    }
    server.stop()
  }

  @Test(arguments: [[], ["--api", "127.0.0.1:0"]])
  func `the main thread sleeps again when the world has been read`(_ more: [String]) throws {
    let folder = try Folder()
    try write(1, to: folder)
    let server = try Serving(folder, more)
    try write(2, to: folder)
    server.program.signal(SIGHUP)
    try server.waitForLog("generation=2")
    #expect(try server.ask("www.corp.example") == ["192.0.2.2"])
    /// How often it has gone to sleep.
    func sleeps() throws -> Substring? {
      try String(contentsOfFile: "/proc/\(server.port.pid)/status", encoding: .utf8).split(separator: "\n")
        .first { $0.hasPrefix("voluntary_ctxt_switches") }
    }
    let isQuiet = try (0..<20).contains { _ in
      let before = try sleeps()
      // Some looks at files.
      usleep(2_000_000)
      return try before != nil && before == sleeps()
    }
    #expect(isQuiet)
    server.stop()
  }
}
