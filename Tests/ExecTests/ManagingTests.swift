// The command as a process: who it is, how it ends, what signals do.
import Foundation
import TestSupport
import Testing

@Suite(
  "exec, the command as a process",
  .enabled("user namespaces are forbidden here, or unshare or ip is missing", { UserNamespaces.canRunOrMust }))
struct ManagingTests {
  @Test("The exit status is the command's, as shells have it", arguments: ResolvingTests.users)
  func status(asNobody: Bool) throws {
    let stage = try Stage(zones: "three-tier")
    for (command, status) in [
      (["true"], 0), (["sh", "-c", "exit 7"], 7), (["sh", "-c", "kill -TERM $$"], 143),
      (["sh", "-c", "kill -KILL $$"], 137), (["/no/such/program"], 127), (["no-such-program"], 127),
      (["/etc/passwd"], 126), (["/etc"], 126),
    ] as [([String], Int32)] {
      // Folders of PATH that it may not read could hold it.
      if asNobody, command == ["no-such-program"] { continue }
      let ended = try stage.run("i-0aaa0001", ["--"] + command, asNobody: asNobody)
      #expect(ended.status == status, "\(command): \(ended)")
    }
  }

  @Test("What exec itself cannot do is 125, and it says why")
  func ownFailure() throws {
    let stage = try Stage(
      world: """
        Region: us-east-1
        Instances:
          - {InstanceId: i-0aaa0001, PrivateIpAddress: 10.112.0.9}
          - {InstanceId: i-0bbb0002, State: {Name: stopped}}
        """)
    for (words, reason) in [
      (["--from", "i-0aaa0002", "--world", stage.world, "--", "true"], "is it i-0aaa0001?"),
      (["--from", "i-0bbb0002", "--world", stage.world, "--", "true"], "i-0bbb0002 is stopped: nothing runs on it"),
      (["--from", "i-0aaa0001", "--world", stage.path("missing"), "--", "true"], "missing"),
      (["--from", "i-0aaa0001", "--api", "http://127.0.0.1:9", "--", "true"], "Connection refused"),
      (["--from", "i-0aaa0001", "--world", stage.world], "There is no command"),
      (["--from", "i-0aaa0001", "--world", stage.world, "--connect", "1.2.3.4=x", "--", "true"], "ends in no port"),
      (["--world", stage.world, "--", "true"], "--from"),
    ] {
      let ended = stage.ended(try Program(["exec"] + words, in: stage.url))
      #expect(ended.status == 125 && ended.logged.contains(reason), "\(words): \(ended)")
    }
  }

  @Test("Where there may be no namespaces, it says what to do", .enabled(if: UserNamespaces.programMayMakeThem))
  func forbidden() throws {
    let stage = try Stage(zones: "three-tier")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let limits = "for kind in user net; do echo 0 > /proc/sys/user/max_${kind}_namespaces; done; exec \"$@\""
    process.arguments =
      ["unshare", "-Ur", "sh", "-c", limits, "sh", Program.executable]
      + ["exec", "--from", "i-0aaa0001", "--world", stage.world, "--", "true"]
    let pipe = Pipe()
    process.standardError = pipe
    try process.run()
    let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 125 && said.contains("sysctl -w user.max_user_namespaces"), "\(said)")
  }

  @Test(
    "The user stays who it is, without any right, and nothing outside changes",
    .enabled(if: UserNamespaces.programMayMakeThem))
  func identity() throws {
    let stage = try Stage(zones: "three-tier")
    let before = try String(contentsOfFile: "/etc/resolv.conf", encoding: .utf8)
    let script = "id -u; id -g; sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status; cat /etc/resolv.conf"
    let ended = try stage.run("i-0aaa0001", ["--", "sh", "-c", script], asNobody: geteuid() == 0)
    let user = geteuid() == 0 ? "65534" : "\(geteuid())"
    #expect(ended.lines.first == user && ended.lines[2] == "0000000000000000", "\(ended)")
    #expect(ended.said.contains("172.16.0.23"))
    #expect(try String(contentsOfFile: "/etc/resolv.conf", encoding: .utf8) == before)
  }

  @Test("Input, output and error are the caller's; what is behind -- is the command's alone")
  func streams() throws {
    let stage = try Stage(zones: "three-tier")
    let ended = try stage.run(
      "i-0aaa0001", ["--", "sh", "-c", "echo \"$@\"; echo oops >&2", "sh", "--world", "--", "-x"])
    #expect(ended.said == "--world -- -x\n" && ended.logged == "oops\n", "\(ended)")
  }

  @Test("A signal passes through", arguments: [SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2])
  func signal(number: Int32) throws {
    let stage = try Stage(zones: "three-tier")
    let program = try stage.start(
      "i-0aaa0001",
      [
        "--", "/usr/bin/python3", "-c",
        """
        import signal, sys
        signal.signal(\(number), lambda number, _: sys.exit(40 + number))
        open('\(stage.path("ready"))', 'w').close()
        while True: signal.pause()
        """,
      ])
    try stage.wait(for: "ready", program)
    program.signal(number)
    #expect(program.exitStatus() == 40 + number)
  }

  @Test("When the command stops, exec stops; both go on together")
  func stop() throws {
    let stage = try Stage(zones: "three-tier")
    let script =
      "trap 'exit 9' USR1; echo $$ > \(stage.path("pid")); touch \(stage.path("ready")); while :; do sleep 0.05; done"
    let program = try stage.start("i-0aaa0001", ["--", "sh", "-c", script])
    try stage.wait(for: "ready", program)
    let state = { (identifier: Int32) in
      let text = (try? String(contentsOfFile: "/proc/\(identifier)/stat", encoding: .utf8)) ?? ""
      return text.split(separator: ")").last?.split(separator: " ").first.map(String.init) ?? ""
    }
    let text = try String(contentsOfFile: stage.path("pid"), encoding: .utf8)
    let command = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    program.signal(SIGTSTP)
    try program.wait { state(command) == "T" && state(program.identifier) == "T" }
    program.signal(SIGCONT)
    try program.wait { state(command) != "T" && state(program.identifier) != "T" }
    program.signal(SIGUSR1)
    #expect(program.exitStatus() == 9)
  }

  @Test("A background child keeps its names while the command runs, though it closed every descriptor")
  func background() throws {
    let stage = try Stage(zones: "three-tier")
    let child = """
      import os, socket
      if os.fork() == 0:
          os.closerange(3, 256)
          print(socket.gethostbyname('\(Named.privateZone)'), flush=True)
          os._exit(0)
      os.wait()
      """
    let ended = try stage.run("i-0aaa0001", ["--", "/usr/bin/python3", "-c", child])
    #expect(ended.said == "10.0.1.6\n", "\(ended)")
  }

  @Test("--shell runs the caller's shell, with a prompt that names the instance")
  func shell() throws {
    let stage = try Stage(zones: "three-tier")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/script")
    process.arguments = [
      "-qec", "\(Program.executable) exec --from i-0aaa0001 --world \(stage.world) --shell", "/dev/null",
    ]
    process.environment = ["SHELL": "/bin/bash", "HOME": stage.folder.path, "PATH": "/usr/bin:/bin", "TERM": "dumb"]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: Data("dig +short \(Named.privateZone)\nexit 5\n".utf8))
    let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 5 && said.contains("[i-0aaa0001] ") && said.contains("10.0.1.6"), "\(said)")
  }
}
