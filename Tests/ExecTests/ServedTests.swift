// `exec --api`: the world is a server's, and what changes there the command sees.
import Foundation
import TestSupport
import Testing

@Suite(
  "exec, with the world of a server",
  .enabled("user namespaces are forbidden here, or unshare or ip is missing", { UserNamespaces.canRunOrMust }))
struct ServedTests {
  @Test("A change that is made while the command runs is seen by it; when the server is killed, names fail at once")
  func change() throws {
    let stage = try Stage(zones: "three-tier")
    let server = try APIServing(stage)
    let step = { (number: Int) in
      """
      getent hosts \(Named.application) || echo nothing
      touch \(stage.path("done-\(number)"))
      while [ ! -f \(stage.path("go-\(number)")) ]; do sleep 0.02; done
      """
    }
    let script = [1, 2, 3].map(step).joined(separator: "\n") + "\nexit 3"
    let program = try Program(
      ["exec", "--from", "i-0aaa0001", "--api", server.url, "--", "sh", "-c", script], in: stage.url)
    try stage.wait(for: "done-1", program)
    try server.call("Action=DisableVpcClassicLinkDnsSupport&VpcId=vpc-1a2b3c4d")
    try Data().write(to: URL(fileURLWithPath: stage.path("go-1")))
    try stage.wait(for: "done-2", program)
    server.program.signal(SIGKILL)
    #expect(server.program.exitStatus() == nil)
    try program.wait { program.logged.contains("the server at \(server.url) has gone") }
    try Data().write(to: URL(fileURLWithPath: stage.path("go-2")))
    try stage.wait(for: "done-3", program)
    try Data().write(to: URL(fileURLWithPath: stage.path("go-3")))
    #expect(program.exitStatus() == 3)
    let lines = program.said.split(separator: "\n").map { $0.split(separator: " ")[0] }
    #expect(lines == ["10.0.0.5", "203.0.113.25", "nothing"], "\(program.said)")
  }

  @Test("An instance that the server does not have is refused, with the one that was meant")
  func unknown() throws {
    let stage = try Stage(zones: "three-tier")
    let server = try APIServing(stage)
    let ended = try stage.run("i-0aaa0002", at: server, ["--", "true"])
    #expect(ended.status == 125 && ended.logged.contains("is it i-0aaa0001?"), "\(ended)")
    server.stop()
  }

  @Test("A server that is told to stop does so, whatever sessions there are")
  func stop() throws {
    let stage = try Stage(zones: "three-tier")
    let server = try APIServing(stage)
    let program = try Program(
      [
        "exec", "--from", "i-0aaa0001", "--api", server.url, "--", "sh", "-c",
        "touch \(stage.path("ready")); exec sleep 600",
      ],
      in: stage.url)
    try stage.wait(for: "ready", program)
    server.stop()
    try program.wait { program.logged.contains("has gone") }
    program.signal(SIGTERM)
    #expect(program.exitStatus() == 143)
  }

  /// A server whose page is that of ours, and who is silent where sessions begin.
  private static let mute = """
    import http.server, json, os, socket
    name = 'silent-%d' % os.getpid()
    door = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    door.bind('\\0' + name)
    door.listen()
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200); self.end_headers()
            self.wfile.write(json.dumps({'names': {}, 'socket': name, 'placement': {
                'who': 'x', 'network': 'classic', 'addresses': ['10.0.0.1'], 'resolvers': ['172.16.0.23'],
                'nameServers': ['172.16.0.23'], 'notes': []}}).encode())
        def log_message(self, *_): pass
    server = http.server.HTTPServer(('127.0.0.1', 0), Handler)
    print(server.server_port)
    server.handle_request()
    one, _ = door.accept()
    one.recv(4096)
    open('asked', 'w').close()
    one.recv(4096)
    """

  @Test("Who waits for a server that is silent can be ended", arguments: [SIGTERM, SIGINT, SIGHUP])
  func silence(signal: Int32) throws {
    let stage = try Stage(zones: "three-tier")
    let server = try stage.python(Self.mute)
    let program = try Program(
      ["exec", "--from", "x", "--api", "http://127.0.0.1:\(server.port)", "--", "true"], in: stage.url)
    try stage.wait(for: "asked", program)
    program.signal(signal)
    #expect(program.exitStatus() == 128 + signal, "\(program.logged)")
  }

  @Test("Who waits for a server that is silent is told so in the end")
  func longSilence() throws {
    let stage = try Stage(zones: "three-tier")
    let server = try stage.python(Self.mute)
    let program = try Program(
      ["exec", "--from", "x", "--api", "http://127.0.0.1:\(server.port)", "--", "true"], in: stage.url)
    #expect(program.exitStatus() == 125 && program.logged.contains("has not begun the session"), "\(program.logged)")
  }

  @Test("With five hundred sessions the next one is refused in words")
  func fullHouse() throws {
    let stage = try Stage(zones: "three-tier")
    let server = try APIServing(stage)
    let crowd = try stage.python(
      """
      import json, socket, time, urllib.request
      page = json.load(urllib.request.urlopen('\(server.url)/session?from=i-0aaa0001'))
      guests = []
      for _ in range(500):
          guests.append(socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET))
          guests[-1].connect('\\0' + page['socket'])
      print('here')
      time.sleep(600)
      """)
    #expect(crowd.port == "here")
    let ended = try stage.run("i-0aaa0001", at: server, ["--", "true"])
    #expect(ended.status == 125 && ended.logged.contains("has 500 sessions"), "\(ended)")
    server.stop()
  }

  @Test("Another user begins no session", .enabled(if: geteuid() == 0 && UserNamespaces.programMayMakeThem))
  func otherUser() throws {
    let stage = try Stage(zones: "three-tier")
    let server = try APIServing(stage)
    let copy = stage.path("classiclink-dns")
    try FileManager.default.copyItem(atPath: Program.executable, toPath: copy)
    for path in [stage.folder.path, copy] {
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", copy]
      + ["exec", "--from", "i-0aaa0001", "--api", server.url, "--", "true"]
    let pipe = Pipe()
    process.standardError = pipe
    try process.run()
    let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 125 && said.contains("only that user and root begin sessions"), "\(said)")
    server.stop()
  }
}
