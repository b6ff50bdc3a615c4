// `serve --upstream` against a real server: NSD with a signed zone, by the built program.
import Foundation
import TestSupport
import Testing

@Suite struct ForwardingTests {
  private func folder() throws -> Folder {
    let folder = try Folder()
    try folder.write("Region: us-east-1\n", to: "world.yaml")
    return folder
  }

  private func run(_ folder: Folder, _ command: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    process.currentDirectoryURL = folder.url
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(command)")
  }

  /// `good.example`, signed; `bad.example`, signed and then changed; `plain.example`, not signed; their anchors.
  private func signedZones() throws -> (folder: Folder, nsd: NSD) {
    let folder = try folder()
    for name in ["good", "bad", "plain"] {
      try folder.write(
        """
        $ORIGIN \(name).example.
        $TTL 300
        @ IN SOA ns.\(name).example. h.\(name).example. 1 7200 900 1209600 60
        @ IN NS ns
        ns IN A 127.0.0.1
        www IN A 192.0.2.1
        to IN CNAME www
        *.wild IN A 192.0.2.9

        """, to: "\(name).zone")
    }
    for name in ["good", "bad"] {
      try run(
        folder,
        """
        set -e
        ksk=$(ldns-keygen -a ECDSAP256SHA256 -k \(name).example)
        ldns-signzone -n -o \(name).example -f \(name).signed \(name).zone $ksk
        cat $ksk.ds >> anchors || ldns-key2ds -n -2 \(name).signed >> anchors
        """)
    }
    try run(folder, "sed -i 's/192\\.0\\.2\\.1$/192.0.2.66/' bad.signed && cp plain.zone plain.signed")
    let nsd = try NSD(in: folder.url.path, zones: ["good", "bad", "plain"].map { ("\($0).example", "\($0).signed") })
    return (folder, nsd)
  }

  private func ask(
    _ serving: Serving, _ name: String, _ type: UInt16 = 1, flags: UInt16 = 0x0100, edns: UInt16? = 0
  ) throws -> Reply {
    var packet = Message.question(id: 5, name: name, type: type)
    packet[2] = UInt8(flags >> 8)
    packet[3] = UInt8(flags & 0xff)
    if let edns { packet = Message.adding(Message.opt(flags: edns), to: packet) }
    return try Reply(serving.socket(.tcp).ask(packet))
  }

  @Test func `validation: what is proven has AD, what is forged is SERVFAIL, what is not signed is given`() throws {
    let (folder, nsd) = try signedZones()
    let serving = try Serving(
      folder, ["--upstream", "127.0.0.1:\(nsd.port)", "--validate", "--trust-anchor", folder.path("anchors")])
    for _ in 0..<2 {
      // AD for who sets AD or DO; signatures for who sets DO.
      let plain = try ask(serving, "www.good.example")
      #expect(plain.answer.map(\.text) == ["192.0.2.1"] && plain.flags & 0x20 == 0)
      #expect(try ask(serving, "www.good.example", flags: 0x0120).flags & 0x20 != 0)
      let signed = try ask(serving, "to.good.example", edns: 0x8000)
      #expect(signed.flags & 0x20 != 0)
      #expect(signed.answer.map(\.type) == [5, 46, 1, 46])
      // A wildcard made it, which is to be proven (RFC 4035 3.1.3.3).
      let wild = try ask(serving, "x.wild.good.example", edns: 0x8000)
      #expect(wild.answer.map(\.type) == [1, 46] && Set(wild.authority.map(\.type)) == [50, 46])
      #expect(try ask(serving, "x.wild.good.example").authority.isEmpty)
      let missing = try ask(serving, "none.good.example", edns: 0x8000)
      #expect(missing.responseCode == 3 && missing.flags & 0x20 != 0)
      #expect(Set(missing.authority.map(\.type)).isSuperset(of: [6, 46]) && missing.authority.count > 3)
      #expect(try ask(serving, "none.good.example").authority.map(\.type) == [6])

      let forged = try ask(serving, "www.bad.example")
      #expect(forged.responseCode == 2 && forged.answer.isEmpty && forged.extendedError?.code == 6)
      // Who checks by himself (CD) gets it.
      #expect(try ask(serving, "www.bad.example", flags: 0x0110).answer.map(\.text) == ["192.0.2.66"])

      let unsigned = try ask(serving, "www.plain.example", flags: 0x0120, edns: 0x8000)
      #expect(unsigned.answer.map(\.text) == ["192.0.2.1"] && unsigned.flags & 0x20 == 0)
    }
    serving.stop()
  }

  @Test func `the servers of a rule know names that no chain of trust leads to: they are not validated`() throws {
    let (folder, nsd) = try signedZones()
    try folder.write(
      """
      Region: us-east-1
      Vpcs:
        - {VpcId: vpc-00000001, CidrBlock: 10.0.0.0/16}
      Instances:
        - {InstanceId: i-00000001, VpcId: vpc-00000001, PrivateIpAddress: 10.0.0.5}
      Requesters:
        - {SourceAddress: 127.0.0.2, InstanceId: i-00000001}
        - {SourceAddress: 127.0.0.3, Network: internet}
      ResolverRules:
        - Id: rslvr-rr-1
          DomainName: bad.example
          RuleType: FORWARD
          VpcIds: [vpc-00000001]
          TargetIps: [{Ip: 127.0.0.1, Port: \(nsd.port)}]

      """, to: "world.yaml")
    // Though the rule names the upstream itself.
    let serving = try Serving(
      folder,
      ["--upstream", "127.0.0.1:\(nsd.port)", "--validate", "--trust-anchor", folder.path("anchors")])
    func answer(_ source: UInt32) throws -> Reply {
      try Reply(serving.socket(.tcp, from: source).ask(Message.question(id: 5, name: "www.bad.example", type: 1)))
    }
    for _ in 0..<2 {
      #expect(try answer(0x7f00_0002).answer.map(\.text) == ["192.0.2.66"])
      #expect(try answer(0x7f00_0003).responseCode == 2)
    }
    serving.stop()
  }

  @Test func `an upstream that is killed and comes back`() throws {
    let folder = try folder()
    var upstream: Upstream? = try Upstream(["www.example 1 A 192.0.2.1", "b.example 1 A 192.0.2.2"])
    let port = try #require(upstream?.port)
    let serving = try Serving(folder, ["--upstream", "127.0.0.1:\(port)"])
    #expect(try ask(serving, "www.example").answer.count == 1)
    upstream?.stop()
    upstream = nil
    var codes: [Int] = []
    for index in 0..<200 where codes.last != 2 {
      codes.append(try ask(serving, "gone\(index).example").responseCode)
      usleep(20_000)
    }
    #expect(codes.last == 2)
    let again = try Upstream(["www.example 1 A 192.0.2.3"], port: port)
    defer { again.stop() }
    var answers: [String] = []
    for _ in 0..<400 where answers != ["192.0.2.3"] {
      answers = try ask(serving, "www.example").answer.map(\.text)
      usleep(50_000)
    }
    #expect(answers == ["192.0.2.3"])
    serving.stop()
  }

  @Test func `what has expired is good enough while the upstream is down, where that was asked for`() throws {
    let folder = try folder()
    let upstream = try Upstream(["www.example 1 A 192.0.2.1"])
    defer { upstream.stop() }
    // Each worker has a cache of its own.
    let stale = try Serving(folder, ["--upstream", upstream.text, "--workers", "1", "--serve-stale"])
    let fresh = try Serving(folder, ["--upstream", upstream.text, "--workers", "1"])
    for serving in [stale, fresh] { #expect(try ask(serving, "www.example").answer.count == 1) }
    upstream.behave(.silent)
    usleep(2_200_000)
    #expect(try ask(stale, "www.example").answer.map(\.text) == ["192.0.2.1"])
    #expect(try ask(fresh, "www.example").responseCode == 2)
    for serving in [stale, fresh] { serving.stop() }
  }

  @Test(arguments: LoopbackSocket.Transport.allCases)
  func `behind a proxy the log has the address and the port of who asks`(_ transport: LoopbackSocket.Transport) throws {
    let folder = try folder()
    let upstream = try Upstream(["www.example 300 A 192.0.2.1"])
    defer { upstream.stop() }
    let log = folder.path("queries")
    let serving = try Serving(
      folder, ["--upstream", upstream.text, "--query-log", log, "--workers", "1", "--trust", "127.0.0.1/32=proxy"])
    // One that waits for the upstream, and one that the cache has, both of 10.112.0.9:12345.
    let header: [UInt8] =
      [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10, 0x21, transport == .udp ? 0x12 : 0x11, 0, 12]
      + [10, 112, 0, 9, 172, 16, 0, 23, 0x30, 0x39, 0, 53]
    for _ in 0..<2 {
      let socket = try serving.socket(transport)
      let reply = try socket.ask(Message.question(id: 9, name: "www.example", type: 1), after: header)
      #expect(try Reply(reply).answer.map(\.text) == ["192.0.2.1"])
    }
    try serving.program.wait { (try? String(contentsOfFile: log, encoding: .utf8))?.split(separator: "\n").count == 2 }
    for line in try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n") {
      #expect(line.contains(#""srcaddr":"10.112.0.9""#) && line.contains(#""srcport":"12345""#), "\(line)")
    }
    serving.stop()
  }

  @Test func `what is said of it: the query log and the metrics`() throws {
    let folder = try folder()
    let upstream = try Upstream(["www.example 300 CNAME ec2-203-0-113-25.compute-1.amazonaws.com"])
    defer { upstream.stop() }
    let log = folder.path("queries")
    let serving = try Serving(
      folder, ["--upstream", upstream.text, "--query-log", log, "--workers", "1", "--api", "127.0.0.1:0"])
    #expect(try ask(serving, "www.example").responseCode == 3)
    #expect(try ask(serving, "www.example").responseCode == 3)
    try serving.program.wait { (try? String(contentsOfFile: log, encoding: .utf8))?.split(separator: "\n").count == 2 }
    let lines = try String(contentsOfFile: log, encoding: .utf8)
    #expect(lines.contains(#""rules":["publicDNS","autodefinedDomain"],"upstreams":["\#(upstream.text)"]"#), "\(lines)")
    serving.stop()
  }

  @Test(arguments: [
    (["--upstream", "127.0.0.1:5399", "--listen", "127.0.0.1:5399"], Int32(64), "this very server"),
    (["--upstream", "127.0.0.1:5398", "--listen", "0.0.0.0:5398"], 64, "this very server"),
    (["--upstream", "none", "--upstream", "192.0.2.1"], 64, "stands alone"),
    (["--upstream", "192.0.2.1", "--recurse"], 64, "one of the two"),
    (["--upstream", "example.com"], 64, "no IP address"), (["--upstream", "192.0.2.1=classic"], 64, "ADDR[:PORT]"),
    (["--upstream", "192.0.2.1", "--validate"], 64, "--trust-anchor"), (["--serve-stale"], 64, "--upstream"),
    (["--upstream", "192.0.2.1", "--root-hints", "x"], 64, "--recurse"),
    (["--upstream", "rules", "--validate", "--trust-anchor", "x"], 64, "no chain of trust leads"),
    (["--recurse", "--root-hints", "/nowhere/x"], 66, "/nowhere/x: No such file"),
    (["--upstream", "192.0.2.1", "--validate", "--trust-anchor", "/dev/null"], 65, "/dev/null: it is empty"),
    (["--upstream", "192.0.2.1", "--validate", "--trust-anchor", "/dev/null/x"], 65, "/dev/null/x"),
    (["--upstream", "192.0.2.1", "--validate", "--trust-anchor", "/etc"], 65, "/etc: it is a folder"),
    (["--recurse", "--root-hints", "/etc"], 65, "/etc: it is a folder"),
  ])
  func `what cannot be is refused`(_ arguments: [String], _ status: Int32, _ words: String) throws {
    let folder = try folder()
    let listen = arguments.contains("--listen") ? [] : ["--listen", "127.0.0.1:0"]
    let program = try Program(
      ["serve", "--world", folder.path("world.yaml")] + listen + arguments, in: folder.url)
    #expect(program.exitStatus() == status)
    #expect(program.logged.contains(words), "\(program.logged)")
  }
}
