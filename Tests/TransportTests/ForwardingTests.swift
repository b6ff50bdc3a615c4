// Names of others through a server: what is said, to whom, and what a bad upstream can do.
import DNSWire
import Glibc
import Recursion
import Resolution
import TestSupport
import Testing
import Transport

@Suite struct ForwardingTests {
  static let zone = [
    "www.example 300 A 192.0.2.1", "alias.example 200 CNAME www.example", "mail.example 300 MX 10 mx.example",
    "_sip._tcp.example 300 SRV 9 sip.example",
    "to-us.example 100 CNAME ec2-203-0-113-25.compute-1.amazonaws.com",
    "far.example 100 CNAME alias2.example", "alias2.example 100 CNAME to-us.example",
    "a.corp.example 300 A 192.0.2.100",
  ]

  @Test(arguments: LoopbackSocket.Transport.allCases)
  func `positive, negative, chains and types that hold names`(_ transport: LoopbackSocket.Transport) throws {
    let upstream = try Upstream(Self.zone)
    defer { upstream.stop() }
    let stage = try ForwardingStage([upstream])
    // The second time the cache has it.
    for _ in 0..<2 {
      #expect(try stage.ask("www.example", by: transport) == "NOERROR; www.example 192.0.2.1")
      #expect(try stage.ask("wWw.eXample", by: transport) == "NOERROR; www.example 192.0.2.1")
      #expect(try stage.ask("www.example", 28, by: transport) == "NOERROR; SOA example")
      #expect(try stage.ask("none.example", by: transport) == "NXDOMAIN; SOA example")
      #expect(
        try stage.ask("alias.example", by: transport) == "NOERROR; alias.example www.example; www.example 192.0.2.1")
      #expect(try stage.ask("mail.example", 15, by: transport) == "NOERROR; mail.example 10 mx.example")
      #expect(
        try stage.ask("_sip._tcp.example", 33, by: transport)
          == "NOERROR; _sip._tcp.example 000100020009037369700765786" + "16d706c6500")
    }
    #expect(upstream.questions(for: "www.example") == 2)
    #expect(stage.server.counters[.foreignFailures] == 0)
  }

  @Test func `a chain that comes back to us gets the asker's view at that hop`() throws {
    let upstream = try Upstream(Self.zone + ["ec2-203-0-113-25.compute-1.amazonaws.com 300 A 192.0.2.66"])
    defer { upstream.stop() }
    let stage = try ForwardingStage([upstream])
    let hostname = "ec2-203-0-113-25.compute-1.amazonaws.com"
    for (who, address) in [
      (Who.linked, "10.0.0.5"), (.inFirst, "10.0.0.5"), (.inSecond, "203.0.113.25"), (.internet, "203.0.113.25"),
      (.linked, "10.0.0.5"),
    ] {
      #expect(
        try stage.ask("to-us.example", from: who) == "NOERROR; to-us.example \(hostname); \(hostname) \(address)")
      #expect(try stage.ask("far.example", from: who).hasSuffix("; to-us.example \(hostname); \(hostname) \(address)"))
    }
  }

  @Test(arguments: LoopbackSocket.Transport.allCases)
  func `a chain that comes back to us needs no upstream that knows our names`(
    _ transport: LoopbackSocket.Transport
  ) throws {
    let upstream = try Upstream(Self.zone + ["lost.example 100 CNAME www.elsewhere"], manner: .ownZoneOnly)
    defer { upstream.stop() }
    let stage = try ForwardingStage([upstream])
    let hostname = "ec2-203-0-113-25.compute-1.amazonaws.com"
    for (who, address) in [(Who.linked, "10.0.0.5"), (.internet, "203.0.113.25"), (.inFirst, "10.0.0.5")] {
      #expect(
        try stage.ask("to-us.example", from: who, by: transport)
          == "NOERROR; to-us.example \(hostname); \(hostname) \(address)")
      #expect(
        try stage.ask("far.example", from: who, by: transport).hasSuffix(
          "; to-us.example \(hostname); \(hostname) \(address)"))
    }
    // Where nobody knows the end, half a chain is no answer.
    #expect(try stage.ask("lost.example", by: transport).hasPrefix("SERVFAIL"))
    #expect(try stage.ask("www.elsewhere", by: transport).hasPrefix("SERVFAIL"))
    #expect(try stage.ask("www.example", by: transport) == "NOERROR; www.example 192.0.2.1")
  }

  @Test func `a chain of ours that leaves is followed, for who has the zone`() throws {
    let upstream = try Upstream(Self.zone)
    defer { upstream.stop() }
    let stage = try ForwardingStage([upstream])
    for who in [Who.linked, .inFirst] {
      #expect(
        try stage.ask("out.in.example", from: who)
          == "NOERROR; out.in.example www.example; www.example 192.0.2.1")
    }
    #expect(try stage.ask("nowhere.in.example") == "NXDOMAIN; nowhere.in.example nothing.example; SOA example")
    #expect(try stage.ask("out.in.example", from: .inSecond) == "NXDOMAIN; SOA example")
    #expect(upstream.questions(for: "out.in.example") == 1)
  }

  @Test func `a circle through names of others has each record once`() throws {
    let upstream = try Upstream([
      "round.example 300 CNAME b.round.in.example", "one.example 300 CNAME two.example",
      "two.example 300 CNAME one.example",
    ])
    defer { upstream.stop() }
    let stage = try ForwardingStage([upstream])
    let (into, back) = ("round.example b.round.in.example", "b.round.in.example round.example")
    var said = try stage.ask("a.round.in.example")
    #expect(said == "NOERROR; a.round.in.example round.example; \(into); \(back); EDE 0")
    said = try stage.ask("round.example")
    #expect(said == "NOERROR; \(into); \(back); EDE 0")
    said = try stage.ask("one.example")
    #expect(said == "NOERROR; one.example two.example; two.example one.example; EDE 0")
  }

  @Test func `a DNAME that renames several names of a chain stands there once, and for a CNAME too`() throws {
    let upstream = try Upstream([
      "x.example 300 DNAME y.example", "a.y.example 300 CNAME b.x.example", "b.y.example 300 A 192.0.2.1",
    ])
    defer { upstream.stop() }
    let stage = try ForwardingStage([upstream])
    #expect(
      try stage.ask("a.x.example")
        == "NOERROR; x.example y.example; a.x.example a.y.example; a.y.example b.x.example; b.x.example b.y.example; "
        + "b.y.example 192.0.2.1")
    #expect(try stage.ask("a.x.example", 5) == "NOERROR; x.example y.example; a.x.example a.y.example")
    #expect(try stage.ask("x.example", 39) == "NOERROR; x.example y.example")
  }

  @Test func `a chain goes no further than a pointer can`() throws {
    let upstream = try Upstream(
      [
        "far.example 300 CNAME out.in.example", "far.example 300 RRSIG CNAME 17000",
        "near.example 300 CNAME out.in.example", "near.example 300 RRSIG CNAME 100", "www.example 300 A 192.0.2.1",
      ], manner: .truncates)
    defer { upstream.stop() }
    let stage = try ForwardingStage([upstream])
    let near = try stage.reply("near.example", by: .tcp, edns: 0x8000)
    #expect(near.answer.map(\.type) == [5, 46, 5, 1])
    #expect(near.answer.map(\.owner) == ["near.example", "near.example", "out.in.example", "www.example"])
    let far = try stage.reply("far.example", by: .tcp, edns: 0x8000)
    #expect(far.answer.map(\.owner) == ["far.example", "far.example", "out.in.example"])
    #expect(far.extendedError?.code == 0)
  }

  @Test func `without the wish for recursion nobody is asked`() throws {
    let upstream = try Upstream(Self.zone)
    defer { upstream.stop() }
    let stage = try ForwardingStage([upstream])
    #expect(try stage.ask("www.example", flags: 0) == "REFUSED; EDE 20")
    #expect(try stage.ask("ip-10-0-0-5.ec2.internal", flags: 0) == "NOERROR; ip-10-0-0-5.ec2.internal 10.0.0.5")
    #expect(upstream.questions.isEmpty)
  }

  @Test func `names that end here are never forwarded`() throws {
    let upstream = try Upstream(["ip-10-9-9-9.ec2.internal 300 A 192.0.2.66", "x.internal 300 A 192.0.2.66"])
    defer { upstream.stop() }
    let stage = try ForwardingStage([upstream])
    for name in ["x.internal", "1.2.3.10.in-addr.arpa", "localhost", "x.in.example"] {
      _ = try stage.ask(name, 255)
    }
    #expect(upstream.questions.isEmpty)
  }

  @Test(arguments: LoopbackSocket.Transport.allCases)
  func `ANY gets one set of records of others as well`(_ transport: LoopbackSocket.Transport) throws {
    let upstream = try Upstream([
      "www.example 300 TXT one", "www.example 300 TXT two", "www.example 300 A 192.0.2.1",
      "www.example 300 MX 5 mail.example",
    ])
    defer { upstream.stop() }
    let stage = try ForwardingStage([upstream])
    for _ in 0..<2 {
      let reply = try stage.reply("www.example", 255, by: transport)
      #expect(reply.responseCode == 0 && Set(reply.answer.map(\.type)).count == 1 && !reply.answer.isEmpty)
    }
  }

  @Test func `times to live count down`() throws {
    let upstream = try Upstream(Self.zone)
    defer { upstream.stop() }
    let stage = try ForwardingStage([upstream])
    #expect(try stage.reply("www.example").answer.map(\.ttl) == [300])
    var ttl: UInt32 = 300
    for _ in 0..<100 where ttl == 300 {
      usleep(50_000)
      ttl = try stage.reply("www.example").answer.first?.ttl ?? 0
    }
    #expect((290..<300).contains(ttl))
  }

  @Test func `what was asked in this second is not looked for again, unless it has no time to live`() throws {
    let upstream = try Upstream(Self.zone + ["now.example 0 A 192.0.2.7"])
    defer { upstream.stop() }
    let stage = try ForwardingStage([upstream])
    for _ in 0..<20 {
      #expect(try stage.ask("www.example") == "NOERROR; www.example 192.0.2.1")
      #expect(try stage.ask("now.example") == "NOERROR; now.example 192.0.2.7")
    }
    #expect(upstream.questions(for: "www.example") == 1)
    #expect(upstream.questions(for: "now.example") == 20)
    // Counts come out after the answer.
    for _ in 0..<100 where stage.server.counters[.foreignQuestions] < 40 { usleep(50_000) }
    #expect(stage.server.counters[.foreignQuestions] == 40)
    #expect(stage.server.counters[.foreignFromCache] == 19)
  }

  @Test func `a truncated answer comes by TCP`() throws {
    let upstream = try Upstream(Self.zone, manner: .truncates)
    defer { upstream.stop() }
    let stage = try ForwardingStage([upstream])
    #expect(try stage.ask("www.example") == "NOERROR; www.example 192.0.2.1")
    #expect(upstream.questions.contains { $0.isTCP })
  }

  @Test func `what does not fit is truncated for UDP and whole by TCP`() throws {
    let records = (0..<60).map { "many.example 300 A 192.0.2.\($0)" }
    let upstream = try Upstream(records, manner: .truncates)
    defer { upstream.stop() }
    let stage = try ForwardingStage([upstream])
    let cut = try stage.reply("many.example", edns: nil)
    #expect(cut.isTruncated && cut.answer.isEmpty)
    #expect(try stage.reply("many.example", by: .tcp, edns: nil).answer.count == 60)
  }

  @Test func `a connection whose question waits for others is not idle, and makes no room for a new one`() throws {
    let upstream = try Upstream(Self.zone, manner: .slow(1400))
    defer { upstream.stop() }
    var options = Server.Options()
    options.connections = 2
    let stage = try ForwardingStage([upstream], options: options)
    let address = stage.server.boundAddresses[0]
    let waits = try Client(to: address, isStream: true)
    try waits.send(framed(query(id: 1)))
    let idles = try Client(to: address, isStream: true)
    try idles.send(framed(whoami(id: 2)))
    #expect(try idles.receiveMessage().flatMap(responseID) == 2)
    var isServed = false
    while !isServed {
      let new = try Client(to: address, isStream: true)
      do {
        try new.send(framed(whoami(id: 3)))
        isServed = try new.receiveMessage() != nil
      } catch let failure as SystemFailure where [ECONNRESET, EPIPE].contains(failure.number) {
        usleep(20_000)
      }
    }
    #expect(try idles.receiveMessage() == nil)
    #expect(try waits.receiveMessage().flatMap(responseID) == 1)
  }

  @Test func `what fits into no datagram is not even taken apart for UDP`() throws {
    // An address of three octets, which makes the message worthless to whoever reads as far.
    let records = (0..<1500).map { "many.example 300 A 192.0.\($0 / 250).\($0 % 250)" } + ["many.example 300 A 192.0.2"]
    let upstream = try Upstream(records, manner: .truncates)
    defer { upstream.stop() }
    let stage = try ForwardingStage([upstream])
    let cut = try stage.reply("many.example")
    #expect(cut.isTruncated && cut.responseCode == 0)
    #expect(try stage.reply("many.example", by: .tcp).responseCode == 2)
  }

  @Test func `what fits into no datagram is cut for UDP, and whole by TCP`() throws {
    let records = (0..<1500).map { "many.example 300 A 192.0.\($0 / 250).\($0 % 250)" }
    let upstream = try Upstream(records, manner: .truncates)
    defer { upstream.stop() }
    let stage = try ForwardingStage([upstream])
    // From the upstream, then from the cache.
    for _ in 0..<2 {
      // Nothing of it has been proven, whoever asks for that.
      for flags in [0x0100, 0x0120] as [UInt16] {
        #expect(try stage.reply("many.example", flags: flags, edns: 0x8000).flags & 0x0220 == 0x0200)
      }
      let cut = try stage.reply("many.example")
      #expect(cut.isTruncated && cut.responseCode == 0 && cut.answer.isEmpty && cut.authority.isEmpty)
      #expect(try stage.reply("many.example", by: .tcp).answer.count == 1500)
    }
  }

  @Test(arguments: [Upstream.Manner.wrongIDFirst, .wrongQuestionOnce])
  func `forged answers are not believed`(_ manner: Upstream.Manner) throws {
    let upstream = try Upstream(Self.zone, manner: manner)
    defer { upstream.stop() }
    let stage = try ForwardingStage([upstream])
    #expect(try stage.ask("www.example") == "NOERROR; www.example 192.0.2.1")
  }

  @Test(arguments: [Upstream.Manner.silent, .serverFailure, .wrongID])
  func `without an answer it is SERVFAIL and says why`(_ manner: Upstream.Manner) throws {
    let upstream = try Upstream(Self.zone, manner: manner)
    defer { upstream.stop() }
    let stage = try ForwardingStage([upstream])
    #expect(try stage.ask("www.example") == "SERVFAIL; EDE 22")
    #expect(try stage.ask("out.in.example") == "SERVFAIL; EDE 22")
    stage.server.stop()
    #expect(stage.server.counters[.foreignFailures] >= 2)
  }

  @Test func `an upstream that is dead delays no answer of ours, and is used when it is back`() throws {
    let upstream = try Upstream(Self.zone, manner: .silent)
    defer { upstream.stop() }
    let stage = try ForwardingStage([upstream])
    let patient = try Client(to: stage.server.boundAddresses[0], isStream: false, from: "127.0.1.14")
    try patient.send(Message.question(id: 1, name: "www.example", type: 1))
    for _ in 0..<20 {
      #expect(try stage.ask("ip-10-0-0-5.ec2.internal") == "NOERROR; ip-10-0-0-5.ec2.internal 10.0.0.5")
    }
    // All of these came before it.
    #expect(try Reply(patient.receive()).responseCode == 2)
    upstream.behave(.good)
    var answer = ""
    for index in 0..<200 where !answer.hasPrefix("NOERROR") {
      // A name that failed is remembered for some seconds: each time another one, which exists or does not.
      answer = try stage.ask(index % 2 == 0 ? "alias.example" : "www.example")
      usleep(50_000)
    }
    #expect(answer.hasPrefix("NOERROR"))
  }

  @Test func `one name that takes its server a second does not make the server look dead`() throws {
    let upstream = try Upstream(Self.zone)
    defer { upstream.stop() }
    let stage = try ForwardingStage([upstream])
    // It has been quick so far, and much of that is expected from then on.
    for index in 0..<10 { #expect(try stage.ask("quick\(index).example").hasPrefix("NXDOMAIN")) }
    upstream.behave(.slow(1200))
    #expect(try stage.ask("alias.example").hasPrefix("NOERROR"))
    upstream.behave(.good)
    #expect(try stage.ask("mail.example", 15).hasPrefix("NOERROR"))
  }

  @Test func `who waits long hears why, and what comes later is in the cache`() throws {
    let upstream = try Upstream(Self.zone, manner: .slow(2500))
    defer { upstream.stop() }
    let stage = try ForwardingStage([upstream])
    #expect(try stage.ask("www.example") == "SERVFAIL; EDE 22")
    var answer = ""
    for _ in 0..<200 where !answer.hasPrefix("NOERROR") {
      usleep(50_000)
      answer = try stage.ask("www.example")
    }
    #expect(answer == "NOERROR; www.example 192.0.2.1")
    stage.server.stop()
    #expect(stage.server.counters[.foreignWaiting] == 0)
  }

  @Test func `of two upstreams the one that is alive answers`() throws {
    let dead = try Upstream([], manner: .silent)
    let alive = try Upstream(Self.zone)
    defer {
      dead.stop()
      alive.stop()
    }
    let stage = try ForwardingStage([dead, alive])
    #expect(try stage.ask("www.example") == "NOERROR; www.example 192.0.2.1")
  }

  @Test func `an own address is refused as upstream, and as target of a rule is an error`() throws {
    let upstream = try Upstream(Self.zone)
    defer { upstream.stop() }
    let free = try Upstream([])
    let port = free.port
    free.stop()
    usleep(100_000)
    let own = ServerAddress(address: .v4(IPv4Address(127, 0, 0, 1)), port: port)
    for listener in ["127.0.0.1:\(port)", "0.0.0.0:\(port)"] {
      var options = Server.Options()
      var forwarding = Server.Forwarding()
      forwarding.recursion.servers = [own]
      options.forwarding = forwarding
      #expect(throws: ServerError.upstreamIsOwn(own)) {
        _ = try Server.start(
          listeners: [try Listener(listener)], workers: 1, publication: publication(), options: options)
      }
    }
    let stage = try ForwardingStage([upstream])
    try stage.change([ForwardingStage.rule("FORWARD", "loop.example", "vpc-00000001", to: stage.port)])
    #expect(try stage.ask("www.loop.example") == "SERVFAIL; EDE 0")
    #expect(try stage.ask("www.loop.example", from: .inSecond) == "NXDOMAIN; SOA example")
  }
}
