// The unit for systemd in contrib: it says what a service of ours needs, and systemd reads it where there is one.
import Foundation
import TestSupport
import Testing

@Suite("The unit for systemd")
struct UnitTests {
  private static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../contrib/classiclink-dns.service").standardizedFileURL.path

  @Test func `it has no rights but that to port 53, and waits until the server is ready`() throws {
    let lines = Set(try String(contentsOfFile: Self.path, encoding: .utf8).split(separator: "\n").map(String.init))
    for directive in [
      "Type=notify-reload", "DynamicUser=yes", "StateDirectory=classiclink-dns",
      "AmbientCapabilities=CAP_NET_BIND_SERVICE", "CapabilityBoundingSet=CAP_NET_BIND_SERVICE", "NoNewPrivileges=yes",
      "ProtectSystem=strict", "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX", "MemoryDenyWriteExecute=yes",
      "SystemCallFilter=@system-service", "SystemCallFilter=~@privileged @resources", "SystemCallArchitectures=native",
      "RestrictNamespaces=yes", "ProtectHome=yes", "PrivateDevices=yes", "ProcSubset=pid", "UMask=0077",
    ] {
      #expect(lines.contains(directive), "\(directive)")
    }
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze")))
  func `systemd reads it`() throws {
    let folder = try Folder()
    let text = try String(contentsOfFile: Self.path, encoding: .utf8)
    let installed = "/usr/local/bin/classiclink-dns"
    #expect(text.contains(installed))
    try folder.write(text.replacingOccurrences(of: installed, with: Program.executable), to: "classiclink-dns.service")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/systemd-analyze")
    process.arguments = ["verify", "--man=no", folder.path("classiclink-dns.service")]
    let pipe = Pipe()
    process.standardError = pipe
    process.standardOutput = pipe
    try process.run()
    let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(said)")
    // Debian 12 has 252, which does not know notify-reload.
    let complaints = said.split(separator: "\n").filter { !$0.contains("notify-reload") }
    #expect(complaints.isEmpty, "\(said)")
  }
}
