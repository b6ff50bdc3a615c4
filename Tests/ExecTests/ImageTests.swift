// The container's image without a container engine: its file system in a folder, run in a chroot as its user.
import Foundation
import TestSupport
import Testing

@Suite(
  "The image",
  .enabled("user namespaces are forbidden here, or unshare or ip is missing", { UserNamespaces.canRunOrMust }))
struct ImageTests {
  private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  @Test("It serves /world on port 53 as nobody in particular, is healthy, and holds nothing else")
  func root() throws {
    let stage = try Stage(zones: "three-tier")
    let root = stage.path("root")
    let made = try Self.run([Self.package.path + "/scripts/image-root", Program.executable, root])
    try #require(made.status == 0, "\(made)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: root + "/usr/bin") == ["classiclink-dns"])
    for file in try FileManager.default.contentsOfDirectory(atPath: stage.world) {
      try FileManager.default.copyItem(atPath: stage.world + "/" + file, toPath: root + "/world/" + file)
    }
    // Root inside may enter the chroot; what runs in it has the image's user where there is one to become.
    let dockerfile = try String(contentsOfFile: Self.package.path + "/Dockerfile", encoding: .utf8)
    let command = try #require(dockerfile.firstMatch(of: #/\nCMD (\[.*\])/#)?.1)
    let check = try #require(dockerfile.firstMatch(of: #/\nHEALTHCHECK .*CMD (\[.*\])/#)?.1)
    let serve = try JSONDecoder().decode([String].self, from: Data(command.utf8))
    let health = try JSONDecoder().decode([String].self, from: Data(check.utf8))
    // A sanitizer's report would go to a file that is outside.
    let script = """
      unset ASAN_OPTIONS TSAN_OPTIONS
      ip link set lo up && ip address add 127.0.1.11/32 dev lo && mount -t proc proc \(root)/proc || exit 1
      echo 0 > /proc/sys/net/ipv4/ip_unprivileged_port_start
      chroot \(root) /usr/bin/classiclink-dns \(serve.joined(separator: " ")) > \(stage.path("out")) 2>&1 &
      server=$!
      for try in $(seq 500); do grep -q 'listens on' \(stage.path("out")) && break; sleep 0.02; done
      chroot \(root) \(health.joined(separator: " ")); echo health $?
      dig @127.0.0.1 -b 127.0.1.11 +short \(Named.privateZone)
      dig @127.0.0.1 -b 127.0.1.11 +short +tcp \(Named.privateZone)
      kill -TERM $server; wait $server; echo end $?
      """
    let ended = try Self.run(UserNamespaces.unshare + ["sh", "-c", script])
    let log = (try? String(contentsOfFile: stage.path("out"), encoding: .utf8)) ?? ""
    #expect(ended.said == "health 0\n10.0.1.6\n10.0.1.6\nend 0\n", "\(ended) \(log)")
  }

  @Test("The Dockerfile has a user, ports and a health check, and takes its files from the script")
  func dockerfile() throws {
    let lines = try String(contentsOfFile: Self.package.path + "/Dockerfile", encoding: .utf8)
      .split(separator: "\n").map(String.init)
    for line in ["FROM scratch", "COPY --from=build /image /", "USER 65532:65532", "EXPOSE 53/udp 53/tcp"] {
      #expect(lines.contains(line), "\(line)")
    }
    #expect(lines.contains { $0.contains("scripts/image-root") && $0.contains("/image") })
  }

  @Test("The world of the compose example can be served, and knows who its containers are")
  func compose() throws {
    let folder = Self.package.path + "/contrib/compose"
    let stage = try Stage(world: "")
    let compose = try String(contentsOfFile: folder + "/compose.yaml", encoding: .utf8)
    for (address, answer) in [("10.89.0.11", "10.0.0.110"), ("10.89.0.99", "203.0.113.110")] {
      #expect(compose.contains("ipv4_address: \(address)"))
      let ended = stage.ended(
        try Program(["explain", "--world", folder + "/world", "--from", address, Named.orders], in: stage.url))
      #expect(ended.status == 0 && ended.said.contains(" IN A \(answer)\n"), "\(ended)")
    }
  }

  private static func run(_ words: [String]) throws -> Ended {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let logged = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return Ended(said: said, logged: logged, status: process.terminationStatus)
  }
}
