// Another server to ask beside ours, or to forward to: NSD, on a port of the loopback network.
import Foundation
import Testing

public final class NSD {
  public let port: UInt16
  private let process = Process()

  /// Returns when it answers for the first of its zones.
  /// - Parameter folder: Where the zone files are; NSD's own files are written beside them.
  public init(in folder: String, zones: [(name: String, file: String)]) throws {
    // A port that was free a moment ago.
    let free = try Upstream([])
    port = free.port
    free.stop()
    let text = """
      server:
        ip-address: 127.0.0.1@\(port)
        zonesdir: "\(folder)"
        database: ""
        pidfile: ""
        username: ""
        chroot: ""
        logfile: "\(folder)/nsd.log"
        zonelistfile: "\(folder)/nsd.zones"
        xfrdfile: "\(folder)/nsd.xfrd"
        server-count: 1
        rrl-ratelimit: 0
      remote-control:
        control-enable: no

      """
    let parts = zones.map { "zone:\n  name: \($0.name)\n  zonefile: \($0.file)\n" }
    try (text + parts.joined()).write(toFile: folder + "/nsd.conf", atomically: false, encoding: .utf8)
    process.executableURL = URL(fileURLWithPath: "/usr/sbin/nsd")
    process.arguments = ["-d", "-c", folder + "/nsd.conf"]
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    for _ in 0..<500 {
      let socket = try LoopbackSocket(source: 0x7f00_0001, port: port, .udp)
      if let reply = try? socket.ask(Message.question(id: 1, name: zones[0].name, type: 6)), !reply.isEmpty { return }
      usleep(20_000)
    }
    let log = try? String(contentsOfFile: folder + "/nsd.log", encoding: .utf8)
    Issue.record("NSD does not answer: \(log ?? "")")
  }

  deinit {
    // The threads of the tests have SIGTERM blocked, and NSD inherits that. Its children end with it.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }
}
