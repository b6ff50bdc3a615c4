// DNAME: what is below a name is somewhere else (RFC 6672).
import DNSWire
import TestSupport
import Testing

@Suite("DNAME")
struct DNAMEStories {
  static let host = ZoneWorld.host

  @Test("A DNAME renames what is below it, not itself (RFC 6672 2.2, 2.3)")
  func dname() throws {
    let stage = try ZoneWorld.stage([
      "corp.example.": "old DNAME new\nold TXT \"moved\"\nwww.new A 10.0.0.7\na.b.new A 10.0.0.8\nto CNAME www.old",
      "apex.test.": "@ DNAME corp.example.\n@ A 10.0.0.9",
    ])
    func ask(_ name: String, _ type: String = "A") throws -> String { try stage.ask(name, type, from: Self.host) }
    let record = "old.corp.example 300 DNAME new.corp.example"
    #expect(
      try ask("www.old.corp.example")
        == "NOERROR: \(record), www.old.corp.example 300 CNAME www.new.corp.example, "
        + "www.new.corp.example 300 A 10.0.0.7"
    )
    #expect(
      try ask("a.b.old.corp.example")
        == "NOERROR: \(record), a.b.old.corp.example 300 CNAME a.b.new.corp.example, "
        + "a.b.new.corp.example 300 A 10.0.0.8"
    )
    #expect(
      try ask("x.old.corp.example")
        == "NXDOMAIN: \(record), x.old.corp.example 300 CNAME x.new.corp.example; by corp.example 900")
    #expect(
      try ask("b.old.corp.example")
        == "NOERROR: \(record), b.old.corp.example 300 CNAME b.new.corp.example; by corp.example 900")
    #expect(try ask("old.corp.example") == "NODATA; by corp.example 900")
    #expect(try ask("old.corp.example", "TXT") == "NOERROR: old.corp.example 300 TXT \"moved\"")
    #expect(try ask("old.corp.example", "DNAME") == "NOERROR: \(record)")
    // In the middle of a chain, and at an apex, into another zone.
    #expect(
      try ask("to.corp.example")
        == "NOERROR: to.corp.example 300 CNAME www.old.corp.example, \(record), "
        + "www.old.corp.example 300 CNAME www.new.corp.example, www.new.corp.example 300 A 10.0.0.7")
    #expect(
      try ask("a.b.new.apex.test")
        == "NOERROR: apex.test 300 DNAME corp.example, a.b.new.apex.test 300 CNAME a.b.new.corp.example, "
        + "a.b.new.corp.example 300 A 10.0.0.8")
    #expect(try ask("apex.test") == "NOERROR: apex.test 300 A 10.0.0.9")
    #expect(try ask("apex.test", "SOA").hasPrefix("NOERROR: apex.test 900 SOA"))
  }

  @Test("The same DNAME twice in one chain stands in the answer once")
  func sameDNAMETwice() throws {
    let stage = try ZoneWorld.stage([
      "corp.example.": "old DNAME new\na.new CNAME b.old\nb.new A 10.0.0.7"
    ])
    #expect(
      try stage.ask("a.old.corp.example", from: Self.host)
        == "NOERROR: old.corp.example 300 DNAME new.corp.example, a.old.corp.example 300 CNAME a.new.corp.example, "
        + "a.new.corp.example 300 CNAME b.old.corp.example, b.old.corp.example 300 CNAME b.new.corp.example, "
        + "b.new.corp.example 300 A 10.0.0.7")
  }

  @Test("A DNAME that is asked for and has led to itself stands in the answer once (RFC 2181 5)")
  func sameDNAMEAsked() throws {
    let stage = try ZoneWorld.stage(["corp.example.": "old DNAME corp.example.", "lab.test.": "* DNAME lab.test."])
    for type in ["DNAME", "ANY"] {
      #expect(
        try stage.ask("old.old.corp.example", type, from: Self.host)
          == "NOERROR: old.corp.example 300 DNAME corp.example, old.old.corp.example 300 CNAME old.corp.example")
      // A wildcard makes another record of it (RFC 4592 4.4).
      #expect(
        try stage.ask("old.*.lab.test", type, from: Self.host)
          == "NOERROR: *.lab.test 300 DNAME lab.test, old.*.lab.test 300 CNAME old.lab.test, "
          + "old.lab.test 300 DNAME lab.test")
    }
  }

  @Test("A circle of DNAMEs ends with the chain so far, each record once; one that grows ends at the limit")
  func dnameCircles() throws {
    let stage = try ZoneWorld.stage([
      "corp.example.": """
      one DNAME two
      two DNAME one
      self DNAME self
      grow DNAME x.grow
      back DNAME forth
      a.forth CNAME a.back
      """
    ])
    func ask(_ name: String) throws -> String { try stage.ask(name, from: Self.host) }
    #expect(
      try ask("a.one.corp.example")
        == "NOERROR: one.corp.example 300 DNAME two.corp.example, a.one.corp.example 300 CNAME a.two.corp.example, "
        + "two.corp.example 300 DNAME one.corp.example, a.two.corp.example 300 CNAME a.one.corp.example; EDE 0")
    #expect(
      try ask("a.self.corp.example")
        == "NOERROR: self.corp.example 300 DNAME self.corp.example, "
        + "a.self.corp.example 300 CNAME a.self.corp.example; EDE 0"
    )
    #expect(
      try ask("a.back.corp.example")
        == "NOERROR: back.corp.example 300 DNAME forth.corp.example, "
        + "a.back.corp.example 300 CNAME a.forth.corp.example, "
        + "a.forth.corp.example 300 CNAME a.back.corp.example; EDE 0")
    let grown = try #require(try stage.reply("a.grow.corp.example", from: Self.host))
    #expect(grown.responseCode == 0)
    #expect(grown.answer.count(where: { $0.type == 39 }) == 1)
    #expect(grown.answer.count(where: { $0.type == 5 }) == Limits.chainHops)
    #expect(grown.extendedError?.text == "the chain is a circle or has too many hops")
  }

  @Test("A name that DNAME makes too long is YXDOMAIN, with the DNAME (RFC 6672 2.2)")
  func tooLong() throws {
    let label = String(repeating: "n", count: 60)
    let stage = try ZoneWorld.stage([
      "corp.example.": "o DNAME \(label).\(label)\nfits.\(label).\(label) A 10.0.0.7"
    ])
    let target = "\(label).\(label).corp.example"
    // 255 octets are 2 × 61 of the target's labels, 14 of corp.example and the root, and 119 more.
    let longest = String(repeating: "p", count: 63) + "." + String(repeating: "q", count: 54)
    #expect((longest + "." + target).utf8.count == 253)
    #expect(
      try stage.ask("\(longest).o.corp.example", from: Self.host).hasPrefix(
        "NXDOMAIN: o.corp.example 300 DNAME \(target), \(longest).o.corp.example 300 CNAME \(longest).\(target)"))
    #expect(
      try stage.ask("\(longest)q.o.corp.example", from: Self.host)
        == "YXDOMAIN: o.corp.example 300 DNAME \(target)")
  }

  @Test("A DNAME into AWS's own names: each name below it is somebody's view")
  func dnameIntoAWS() throws {
    let stage = try ZoneWorld.stage(
      ["hosts.example.": "@ DNAME compute-1.amazonaws.com."],
      public: ["hosts.example.": "@ DNAME compute-1.amazonaws.com."])
    let name = "ec2-203-0-113-25"
    let chain =
      "hosts.example 300 DNAME compute-1.amazonaws.com, "
      + "\(name).hosts.example 300 CNAME \(name).compute-1.amazonaws.com, \(name).compute-1.amazonaws.com"
    #expect(try stage.ask("\(name).hosts.example", from: Self.host) == "NOERROR: \(chain) 20 A 10.0.0.5")
    #expect(
      try stage.ask("\(name).hosts.example", from: ZoneWorld.internet) == "NOERROR: \(chain) 60 A 203.0.113.25")
  }
}
