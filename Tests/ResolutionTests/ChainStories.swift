// CNAME and DNAME, inside a zone, across zones and into AWS's own names: the asker's view holds at every hop (R14).
import DNSWire
import TestSupport
import Testing

@Suite("Chains")
struct ChainStories {
  static let host = ZoneWorld.host

  @Test("A chain goes across zones and into ec2- and ip- names, and its end depends on who asks")
  func acrossZones() throws {
    let stage = try ZoneWorld.stage(
      [
        "corp.example.": "www CNAME www.lab.test.\nip CNAME ip-10-0-0-5.ec2.internal.\nmail CNAME nobody.lab.test.",
        "lab.test.": "www CNAME ec2-203-0-113-25.compute-1.amazonaws.com.\ntext TXT \"x\"",
      ], public: ["corp.example.": "www CNAME ec2-203-0-113-25.compute-1.amazonaws.com."])
    #expect(
      try stage.ask("www.corp.example", from: Self.host)
        == "NOERROR: www.corp.example 300 CNAME www.lab.test, "
        + "www.lab.test 300 CNAME ec2-203-0-113-25.compute-1.amazonaws.com, "
        + "ec2-203-0-113-25.compute-1.amazonaws.com 20 A 10.0.0.5")
    #expect(
      try stage.ask("www.corp.example", from: ZoneWorld.internet)
        == "NOERROR: www.corp.example 300 CNAME ec2-203-0-113-25.compute-1.amazonaws.com, "
        + "ec2-203-0-113-25.compute-1.amazonaws.com 60 A 203.0.113.25")
    #expect(
      try stage.ask("ip.corp.example", from: Self.host)
        == "NOERROR: ip.corp.example 300 CNAME ip-10-0-0-5.ec2.internal, ip-10-0-0-5.ec2.internal 60 A 10.0.0.5")
    // The end of the chain has the last word (RFC 6604), with the SOA of its own zone.
    #expect(
      try stage.ask("mail.corp.example", from: Self.host)
        == "NXDOMAIN: mail.corp.example 300 CNAME nobody.lab.test; by lab.test 900")
    #expect(
      try stage.ask("www.corp.example", "AAAA", from: Self.host)
        == "NOERROR: www.corp.example 300 CNAME www.lab.test, "
        + "www.lab.test 300 CNAME ec2-203-0-113-25.compute-1.amazonaws.com; by compute-1.amazonaws.com 60")
  }

  @Test("NODATA and NXDOMAIN after a chain in one zone; a chain that leaves the world stops with a text")
  func endings() throws {
    let stage = try ZoneWorld.stage([
      "corp.example.": """
      toText CNAME text
      text TXT "x"
      toNobody CNAME nobody
      away CNAME www.elsewhere.test.
      toMissing CNAME ec2-203-0-113-99.compute-1.amazonaws.com.
      """
    ])
    #expect(
      try stage.ask("toText.corp.example", from: Self.host)
        == "NOERROR: totext.corp.example 300 CNAME text.corp.example; by corp.example 900")
    #expect(
      try stage.ask("toNobody.corp.example", from: Self.host)
        == "NXDOMAIN: tonobody.corp.example 300 CNAME nobody.corp.example; by corp.example 900")
    // Decision 13.
    #expect(
      try stage.ask("away.corp.example", from: Self.host)
        == "NOERROR: away.corp.example 300 CNAME www.elsewhere.test; EDE 0")
    #expect(
      try stage.reply("away.corp.example", from: Self.host)?.extendedError?.text
        == "the chain leaves what this server knows, and no upstream is set")
    // RD=0.
    var packet = Message.question(id: 0xbeef, name: "away.corp.example", type: 1, payload: 4096)
    packet[2] = 0
    #expect(
      try Reply(stage.send(packet, from: Self.host)).extendedError?.text
        == "the chain leaves what this server knows, and recursion is not desired")
    #expect(
      try stage.ask("toMissing.corp.example", from: Self.host)
        == "NXDOMAIN: tomissing.corp.example 300 CNAME ec2-203-0-113-99.compute-1.amazonaws.com; "
        + "by compute-1.amazonaws.com 60")
  }

  @Test("A circle ends with the chain so far (decision 13)")
  func circles() throws {
    let stage = try ZoneWorld.stage([
      "corp.example.": "a CNAME b\nb CNAME a\nself CNAME self\nin CNAME a",
      "other.test.": "a CNAME b.third.test.", "third.test.": "b CNAME a.other.test.",
    ])
    func ask(_ name: String) throws -> String { try stage.ask(name, from: Self.host) }
    let (a, b) = ("a.corp.example 300 CNAME b.corp.example", "b.corp.example 300 CNAME a.corp.example")
    #expect(try ask("a.corp.example") == "NOERROR: \(a), \(b); EDE 0")
    #expect(try ask("b.corp.example") == "NOERROR: \(b), \(a); EDE 0")
    #expect(try ask("in.corp.example") == "NOERROR: in.corp.example 300 CNAME a.corp.example, \(a), \(b); EDE 0")
    #expect(try ask("self.corp.example") == "NOERROR: self.corp.example 300 CNAME self.corp.example; EDE 0")
    #expect(
      try ask("a.other.test")
        == "NOERROR: a.other.test 300 CNAME b.third.test, b.third.test 300 CNAME a.other.test; EDE 0")
    #expect(
      try stage.reply("a.corp.example", from: Self.host)?.extendedError?.text
        == "the chain is a circle or has too many hops")
  }

  @Test("A wildcard's CNAME is another record at each name, and a circle has it once for each (RFC 4592 3.3.3)")
  func wildcardCircles() throws {
    let stage = try ZoneWorld.stage([
      "corp.example.": "*.wild CNAME x.wild\n*.star CNAME *.star\nold DNAME new\n*.new CNAME x.old"
    ])
    func ask(_ name: String) throws -> String { try stage.ask(name + ".corp.example", from: Self.host) }
    func chain(_ names: String...) -> String {
      zip(names, names.dropFirst()).map { "\($0).corp.example 300 CNAME \($1).corp.example" }.joined(separator: ", ")
    }
    #expect(try ask("q.wild") == "NOERROR: \(chain("q.wild", "x.wild", "x.wild")); EDE 0")
    #expect(try ask("x.wild") == "NOERROR: \(chain("x.wild", "x.wild")); EDE 0")
    #expect(try ask("q.star") == "NOERROR: \(chain("q.star", "*.star", "*.star")); EDE 0")
    #expect(
      try ask("q.old")
        == "NOERROR: old.corp.example 300 DNAME new.corp.example, "
        + chain("q.old", "q.new", "x.old", "x.new", "x.old") + "; EDE 0")
  }

  @Test("A chain of as many hops as the limit is answered whole, a longer one is cut there")
  func longChains() throws {
    // h1 → h2 → … → h15 → h16 is 16 names to look up, the last with the address.
    let links = (1..<Limits.chainHops).map { "h\($0) CNAME h\($0 + 1)" }
    let stage = try ZoneWorld.stage([
      "corp.example.": (links + ["h\(Limits.chainHops) A 10.0.0.7", "h0 CNAME h1"]).joined(separator: "\n")
    ])
    let whole = try #require(try stage.reply("h1.corp.example", from: Self.host))
    #expect(whole.answer.count == Limits.chainHops)
    #expect(whole.values.last == "10.0.0.7")
    #expect(whole.extendedError == nil)
    let cut = try #require(try stage.reply("h0.corp.example", from: Self.host))
    #expect(cut.responseCode == 0)
    #expect(cut.answer.count == Limits.chainHops)
    #expect(cut.answer.allSatisfy { $0.type == 5 })
    #expect(cut.extendedError?.text == "the chain is a circle or has too many hops")
  }

  @Test("A name with equal labels is compressed against whole names only, whatever the buffer holds")
  func equalLabels() throws {
    let stage = try ZoneWorld.stage(["corp.example.": "www CNAME a.a.other.test."])
    let packet = Message.question(id: 1, name: "www.corp.example", type: 1)
    // Where the second `a` will be written, an earlier message left what follows it.
    let rest = [5] + Array("other".utf8) + [4] + Array("test".utf8) + [0]
    let leftover = [UInt8](repeating: 0, count: packet.count + 12 + 2) + rest
    let reply = try Reply(try stage.send(packet, from: Self.host, leftover: leftover))
    #expect(reply.words == "NOERROR: www.corp.example 300 CNAME a.a.other.test")
  }
}
