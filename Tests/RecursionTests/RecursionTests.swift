// Names of others through libunbound, without a server of ours around it.
import DNSWire
import Glibc
import Recursion
import TestSupport
import Testing

/// A recursion with its own small loop, as a worker has it.
private final class Asking {
  let recursion: Recursion
  /// Replies that were taken at a time, at most.
  private(set) var most = 0

  init(_ servers: [ServerAddress], _ change: (inout Recursion.Options) -> Void = { _ in }) throws {
    var options = Recursion.Options()
    options.servers = servers
    change(&options)
    recursion = try Recursion(options)
  }

  func ask(_ name: String, _ type: RecordType = .a, of row: Int = 0) throws -> Recursion.Outcome {
    var folded = FoldedName()
    folded.load(try Name(name))
    return recursion.ask(&folded, type, of: row)
  }

  /// Turns until `count` replies have come.
  func arrivals(_ count: Int = 1) -> [(inquiry: Int, reply: Recursion.Reply)] {
    var all: [(inquiry: Int, reply: Recursion.Reply)] = []
    while all.count < count {
      var one = pollfd(fd: recursion.descriptor, events: Int16(POLLIN), revents: 0)
      _ = unsafe poll(&one, 1, CInt(min(recursion.due ?? 1000, 1000)))
      recursion.turn()
      let some = recursion.takeArrived()
      for arrival in some { recursion.release(arrival.inquiry) }
      most = max(most, some.count)
      all += some
    }
    return all
  }

  /// The reply, at once or later.
  func reply(_ name: String, _ type: RecordType = .a, of row: Int = 0) throws -> (reply: Reply?, isCached: Bool) {
    switch try ask(name, type, of: row) {
    case .answered(let reply): return (try read(reply), true)
    case .waiting: return (try read(arrivals()[0].reply), false)
    case .notAsked: return (nil, false)
    }
  }

  private func read(_ reply: Recursion.Reply) throws -> Reply? {
    guard case .message(let octets, _) = reply else { return nil }
    return try Reply(octets)
  }
}

private func servers(_ upstreams: Upstream...) -> [ServerAddress] {
  upstreams.map { ServerAddress(address: .v4(IPv4Address(127, 0, 0, 1)), port: $0.port) }
}

@Suite struct RecursionTests {
  @Test func `a name is asked for once, and then the cache has it`() throws {
    let upstream = try Upstream(["www.example 300 A 192.0.2.1"])
    defer { upstream.stop() }
    let asking = try Asking(servers(upstream))
    let first = try asking.reply("www.example")
    #expect(first.reply?.answer.map(\.text) == ["192.0.2.1"])
    #expect(!first.isCached)
    let second = try asking.reply("WWW.example")
    #expect(second.reply?.answer.map(\.text) == ["192.0.2.1"])
    #expect(second.isCached)
    #expect(upstream.questions.count == 1)
    #expect(asking.recursion.waitingCount == 0)
  }

  @Test func `what the library would answer by itself goes to the upstream`() throws {
    let names = ["a.test", "b.invalid", "c.onion", "d.home.arpa", "1.0.0.10.in-addr.arpa", "1.1.168.192.in-addr.arpa"]
    let upstream = try Upstream(names.map { "\($0) 300 A 192.0.2.7" })
    defer { upstream.stop() }
    let asking = try Asking(servers(upstream))
    for name in names { #expect(try asking.reply(name).reply?.answer.count == 1, "\(name)") }
  }

  @Test func `a name may have any octets`() throws {
    let upstream = try Upstream([])
    defer { upstream.stop() }
    let asking = try Asking(servers(upstream))
    let reply = try asking.reply("a\\.b\\\\c\\000\\255.example")
    #expect(reply.reply?.question.starts(with: [8] + Array("a.b\\c".utf8) + [0, 255]) == false)
    #expect(reply.reply?.question.starts(with: [7] + Array("a.b\\c".utf8) + [0, 255]) == true)
    #expect(reply.reply?.responseCode == 3)
  }

  @Test func `many equal questions are one for the upstream`() throws {
    let upstream = try Upstream(["www.example 300 A 192.0.2.1"], manner: .slow(200))
    defer { upstream.stop() }
    let asking = try Asking(servers(upstream))
    for _ in 0..<100 {
      guard case .waiting = try asking.ask("www.example") else { throw Unexpected() }
    }
    #expect(asking.recursion.waitingCount == 100)
    #expect(Set(asking.arrivals(100).map(\.inquiry)).count == 100)
    // They come at once, and are taken in turns: a worker's own questions have theirs in between.
    #expect(asking.most == 64)
    // Where the answer is late, the library asks again.
    #expect((1..<10).contains(upstream.questions.count))
  }

  @Test func `each set of servers has its own cache, and the one asked least recently goes`() throws {
    let upstreams = try (0...RecursionLimits.contexts).map { try Upstream(["www.example 300 A 192.0.2.\($0)"]) }
    defer { for one in upstreams { one.stop() } }
    let asking = try Asking(servers(upstreams[0]))
    asking.recursion.use([[]] + upstreams.dropFirst().map { servers($0) })
    for round in 0..<2 {
      for row in 0..<RecursionLimits.contexts {
        let reply = try asking.reply("www.example", of: row)
        #expect(reply.reply?.answer.map(\.text) == ["192.0.2.\(row)"])
        #expect(reply.isCached == (round == 1))
      }
    }
    #expect(asking.recursion.contextCount == RecursionLimits.contexts)
    let last = RecursionLimits.contexts
    #expect(try asking.reply("www.example", of: last).reply?.answer.map(\.text) == ["192.0.2.\(last)"])
    #expect(asking.recursion.contextCount == RecursionLimits.contexts)
    #expect(try asking.reply("www.example", of: 1).isCached == false)
    #expect(try asking.reply("www.example", of: 0).isCached)
  }

  @Test func `who is asked for the same servers in another row finds the same cache`() throws {
    let upstream = try Upstream(["www.example 300 A 192.0.2.1"])
    defer { upstream.stop() }
    let asking = try Asking([])
    asking.recursion.use([[], servers(upstream)])
    #expect(try asking.reply("www.example", of: 1).isCached == false)
    asking.recursion.use([[], [ServerAddress(address: .v4(IPv4Address(127, 0, 0, 9)))], servers(upstream)])
    #expect(try asking.reply("www.example", of: 2).isCached)
  }

  @Test func `a silent upstream is a failure, and names asked meanwhile fail at once`() throws {
    let upstream = try Upstream([], manner: .silent)
    defer { upstream.stop() }
    let asking = try Asking(servers(upstream))
    #expect(try asking.reply("a.example").reply == nil)
    let second = try asking.reply("b.example")
    #expect(second.reply == nil)
    #expect(second.isCached)
  }

  @Test func `what waits when all ends harms nobody`() throws {
    let upstream = try Upstream([], manner: .silent)
    defer { upstream.stop() }
    var asking: Asking? = try Asking(servers(upstream))
    for index in 0..<100 { _ = try asking?.ask("n\(index).example") }
    #expect(asking?.recursion.waitingCount == 100)
    asking = nil
  }

  @Test func `more questions than there are places are not asked`() throws {
    let upstream = try Upstream([], manner: .silent)
    defer { upstream.stop() }
    let asking = try Asking(servers(upstream))
    for index in 0..<RecursionLimits.waiting { _ = try asking.ask("n\(index).example") }
    guard case .notAsked = try asking.ask("one.more.example") else { throw Unexpected() }
  }

  @Test func `a trust anchor that is none is refused with its file's name`() throws {
    let folder = try Folder([WorldTextFile(name: "anchor", text: "this is no zone file\n")])
    #expect {
      _ = try Asking([ServerAddress(address: .v4(IPv4Address(127, 0, 0, 1)))]) {
        $0.validates = true
        $0.trustAnchorFile = folder.path + "/anchor"
      }
    } throws: {
      "\($0)".contains("anchor")
    }
  }
}

private struct Unexpected: Error {}
