// `--connect`: the ways out of a sandbox, and S64, where there is none.
import Foundation
import TestSupport
import Testing

@Suite(
  "exec, the ways out",
  .enabled("user namespaces are forbidden here, or unshare or ip is missing", { UserNamespaces.canRunOrMust }))
struct ConnectTests {
  private static let web = """
    import http.server, os
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200); self.end_headers(); self.wfile.write(b'hello from outside\\n')
        def log_message(self, *_): pass
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    print(server.server_port)
    server.serve_forever()
    """

  @Test("curl reaches a server outside by an endpoint's name", arguments: ResolvingTests.users)
  func curl(asNobody: Bool) throws {
    let stage = try Stage(zones: "three-tier")
    let server = try stage.python(Self.web)
    // As nobody the program may be in a network of its own, where our loopback is not.
    guard !asNobody else { return }
    let ended = try stage.run(
      "i-0aaa0001",
      ["--connect", "\(Named.orders):80=127.0.0.1:\(server.port)", "--", "curl", "-sS", "http://\(Named.orders)/"])
    #expect(ended.status == 0 && ended.said == "hello from outside\n", "\(ended)")
  }

  @Test("Without a way there is none, and a way to nobody is a connection that ends")
  func none() throws {
    let stage = try Stage(zones: "three-tier")
    let server = try stage.python(Self.web)
    let own = try stage.run("i-0aaa0001", ["--", "curl", "-sS", "http://127.0.0.1:\(server.port)/"])
    #expect(own.status == 7, "\(own)")
    let nobody = try stage.run(
      "i-0aaa0001", ["--connect", "10.0.0.5:80=127.0.0.1:1", "--", "curl", "-sS", "http://10.0.0.5/"])
    #expect(nobody.status != 0 && nobody.logged.contains("--connect 10.0.0.5:80=127.0.0.1:1: "), "\(nobody)")
  }

  @Test("A half-closed connection goes on in the other direction, and large data arrive whole")
  func halfClose() throws {
    let stage = try Stage(zones: "three-tier")
    let server = try stage.python(
      """
      import socket
      door = socket.create_server(('127.0.0.1', 0))
      print(door.getsockname()[1])
      one, _ = door.accept()
      count = 0
      while True:
          data = one.recv(65536)
          if not data: break
          count += len(data)
      one.sendall(b'%d octets' % count + b'.' * 3000000)
      one.close()
      """)
    let client = """
      import socket
      one = socket.create_connection(('10.0.0.110', 5432))
      one.sendall(b'x' * 5000000)
      one.shutdown(socket.SHUT_WR)
      data = b''
      while True:
          more = one.recv(65536)
          if not more: break
          data += more
      print(data[:14].decode(), len(data))
      """
    let ended = try stage.run(
      "i-0aaa0001",
      ["--connect", "10.0.0.110:5432=127.0.0.1:\(server.port)", "--", "/usr/bin/python3", "-c", client])
    #expect(ended.said == "5000000 octets 3000014\n", "\(ended)")
  }

  @Test("UDP goes out and back, for several sockets at once")
  func datagrams() throws {
    let stage = try Stage(zones: "three-tier")
    let server = try stage.python(
      """
      import socket
      door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
      door.bind(('127.0.0.1', 0))
      print(door.getsockname()[1])
      while True:
          data, peer = door.recvfrom(2000)
          door.sendto(b'echo ' + data, peer)
      """)
    let client = """
      import socket
      many = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(5)]
      for index, one in enumerate(many): one.sendto(b'%d' % index, ('10.0.0.9', 99))
      for one in many: print(*one.recvfrom(100))
      """
    let ended = try stage.run(
      "i-0aaa0001", ["--connect", "10.0.0.9:99=127.0.0.1:\(server.port)", "--", "/usr/bin/python3", "-c", client])
    #expect(ended.lines == (0..<5).map { "b'echo \($0)' ('10.0.0.9', 99)" }, "\(ended)")
  }

  @Test("What a command sends last goes out, though it does not wait")
  func last() throws {
    let stage = try Stage(zones: "three-tier")
    let server = try stage.python(
      """
      import socket
      door = socket.create_server(('127.0.0.1', 0))
      print(door.getsockname()[1])
      one, _ = door.accept()
      data = b''
      while True:
          more = one.recv(65536)
          if not more: break
          data += more
      open('arrived', 'w').write(str(len(data)))
      """)
    let client = "import socket; socket.create_connection(('10.0.0.9', 99)).sendall(b'x' * 1000000)"
    let program = try stage.start(
      "i-0aaa0001", ["--connect", "10.0.0.9:99=127.0.0.1:\(server.port)", "--", "/usr/bin/python3", "-c", client])
    #expect(program.exitStatus() == 0)
    for _ in 0..<500 {
      if (try? String(contentsOfFile: stage.path("arrived"), encoding: .utf8)) == "1000000" { return }
      usleep(10_000)
    }
    Issue.record("not all has arrived")
  }

  @Test("Connections that have ended leave nothing behind")
  func ended() throws {
    let stage = try Stage(zones: "three-tier")
    let server = try stage.python(
      """
      import os, socket, time
      door = socket.create_server(('127.0.0.1', 0))
      print(door.getsockname()[1])
      for number in range(201):
          one, _ = door.accept()
          while one.recv(4096): pass
          # The first and the last are held until somebody has looked.
          if number in (0, 200):
              open('at %d' % number, 'w').close()
              while not os.path.exists('seen %d' % number): time.sleep(0.01)
          one.close()
      """)
    let client = """
      import socket
      for number in range(201):
          with socket.create_connection(('10.0.0.9', 99)) as one:
              one.shutdown(socket.SHUT_WR)
              one.recv(1)
      """
    let program = try stage.start(
      "i-0aaa0001", ["--connect", "10.0.0.9:99=127.0.0.1:\(server.port)", "--", "/usr/bin/python3", "-c", client])
    let mappings = try [0, 200].map { number in
      try stage.wait(for: "at \(number)", program)
      // Its size is not known before it is read.
      let maps = FileHandle(forReadingAtPath: "/proc/\(program.identifier)/maps")
      let count = try #require(try maps?.readToEnd()).count { $0 == UInt8(ascii: "\n") }
      try Data().write(to: stage.url.appendingPathComponent("seen \(number)"))
      return count
    }
    #expect(program.exitStatus() == 0)
    // A thread that has ended and is not forgotten has a stack and a guard; there were four hundred.
    #expect(mappings[1] < mappings[0] + 400, "\(mappings)")
  }

  @Test("S64: of two DNS servers at 172.16.0.23 the VPC's instance reaches its own, and the linked one EC2-Classic's")
  func twoServers() throws {
    let stage = try Stage(zones: "classic-resolver")
    // The VPC's own server says something else than Amazon's does.
    let other = try Stage(
      world: """
        Region: us-east-1
        HostedZones:
          - Id: /hostedzone/ZOWN
            Name: lab.internal.
            Config: {PrivateZone: false}
            ResourceRecordSets:
              - {Name: build.lab.internal., Type: A, TTL: 60, ResourceRecords: [{Value: 172.16.99.99}]}
        """)
    let file = other.path("port")
    let server = try Program(
      ["serve", "--world", other.world, "--listen", "127.0.0.1:0", "--port-file", file], in: other.url)
    try server.wait { FileManager.default.fileExists(atPath: file) }
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let port = try #require(text.firstMatch(of: #/"port":(\d+)/#)?.1)
    let way = ["--connect", "172.16.0.23:53=127.0.0.1:\(port)"]
    for program in [["dig", "+short", "build.lab.internal"], ["dig", "+short", "+tcp", "build.lab.internal"]] {
      let inside = try stage.run("i-0bbb0002", way + ["--"] + program)
      #expect(inside.said == "172.16.99.99\n" && inside.logged.isEmpty, "\(inside)")
      let linked = try stage.run("i-0ccc0003", way + ["--"] + program)
      #expect(linked.said == "172.16.4.4\n" && linked.logged.contains("S64"), "\(linked)")
    }
    // The VPC's instance finds Amazon's server at base + 2; the link does not lead there (semantics 2.1).
    let amazon = try stage.run("i-0bbb0002", way + ["--", "dig", "+short", "@172.16.0.2", "build.lab.internal"])
    #expect(amazon.said == "172.16.4.4\n", "\(amazon)")
    let advice = try stage.run("i-0bbb0002", ["--", "true"])
    #expect(advice.logged.contains("--connect 172.16.0.23:53=HOST:PORT"), "\(advice)")
  }
}
