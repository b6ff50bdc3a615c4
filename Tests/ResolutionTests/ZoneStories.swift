// Names in private and public zones: RFC 1034 4.3.2, wildcards (RFC 4592), negative answers (RFC 2308).
import TestSupport
import Testing

/// A VPC with private zones from master files; its hosts are asked for from 10.0.0.9, and 192.0.2.1 is the internet.
enum ZoneWorld {
  static let host = "10.0.0.9"
  static let internet = "192.0.2.1"

  static func stage(_ zones: [String: String], public publicZones: [String: String] = [:]) throws -> Stage {
    var text = """
      Region: us-east-1
      Vpcs:
        - {VpcId: vpc-00000001, CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}
      Instances:
        - {InstanceId: i-00000001, VpcId: vpc-00000001, PrivateIpAddress: 10.0.0.5, PublicIpAddress: 203.0.113.25}
      HostedZones:

      """
    var files: [String: String] = [:]
    for (index, zone) in (zones.sorted { $0.key < $1.key } + publicZones.sorted { $0.key < $1.key }).enumerated() {
      let associations = index < zones.count ? ", VPCs: [{VPCRegion: us-east-1, VPCId: vpc-00000001}]" : ""
      text += "  - {Id: Z\(index), Name: \"\(zone.key)\", ZoneFile: z\(index).zone\(associations)}\n"
      files["z\(index).zone"] = "$TTL 300\n" + zone.value + "\n"
    }
    return try Stage(text, zones: files)
  }
}

@Suite("Zones: names, wildcards, negative answers")
struct ZoneStories {
  @Test("A name, another type of it, a name above it, and a name that nobody has")
  func exactNames() throws {
    let stage = try ZoneWorld.stage(["corp.internal.": "www.eu A 10.0.0.7\nwww.eu A 10.0.0.8\n@ TXT \"hello\""])
    let host = ZoneWorld.host
    #expect(
      try stage.ask("www.eu.corp.internal", from: host)
        == "NOERROR: www.eu.corp.internal 300 A 10.0.0.7, www.eu.corp.internal 300 A 10.0.0.8")
    #expect(try stage.ask("www.eu.corp.internal", "MX", from: host) == "NODATA; by corp.internal 900")
    #expect(try stage.ask("www.eu.corp.internal", "TYPE65280", from: host) == "NODATA; by corp.internal 900")
    // An empty non-terminal exists (RFC 4592 2.2.2).
    #expect(try stage.ask("eu.corp.internal", from: host) == "NODATA; by corp.internal 900")
    #expect(try stage.ask("us.corp.internal", from: host) == "NXDOMAIN; by corp.internal 900")
    #expect(try stage.ask("x.www.eu.corp.internal", from: host) == "NXDOMAIN; by corp.internal 900")
    #expect(try stage.ask("corp.internal", "TXT", from: host) == "NOERROR: corp.internal 300 TXT \"hello\"")
    // Nothing falls through to another answer outside: the internet never sees the zone (decision 7).
    #expect(try stage.ask("www.eu.corp.internal", from: ZoneWorld.internet) == "NXDOMAIN; by internal 60")
  }

  @Test("A zone without SOA and NS has Route 53's own (semantics 3.3)")
  func amazonRecords() throws {
    let stage = try ZoneWorld.stage(["corp.example.": "www A 10.0.0.7"])
    let soa = try #require(try stage.reply("corp.example", "SOA", from: ZoneWorld.host))
    #expect(
      soa.values == ["ns-1536.awsdns-00.co.uk awsdns-hostmaster.amazon.com 1 7200 900 1209600 86400"])
    #expect(soa.answer[0].ttl == 900)
    let ns = try #require(try stage.reply("corp.example", "NS", from: ZoneWorld.host))
    #expect(
      Set(ns.values) == [
        "ns-0.awsdns-00.com", "ns-512.awsdns-00.net", "ns-1024.awsdns-00.org", "ns-1536.awsdns-00.co.uk",
      ])
    #expect(ns.answer.allSatisfy { $0.ttl == 172_800 })
  }

  @Test(
    "The negative TTL is the smaller of the SOA's TTL and its MINIMUM (RFC 2308 5)",
    arguments: [
      (ttl: 50, minimum: 100, is: 50), (ttl: 500, minimum: 100, is: 100), (ttl: 0, minimum: 100, is: 0),
      (ttl: 500, minimum: 0, is: 0),
    ])
  func negativeTTL(ttl: Int, minimum: Int, is expected: Int) throws {
    let stage = try ZoneWorld.stage([
      "corp.example.": "@ \(ttl) IN SOA ns1 admin 1 7200 900 1209600 \(minimum)\nwww A 10.0.0.7"
    ])
    #expect(try stage.ask("nobody.corp.example", from: ZoneWorld.host) == "NXDOMAIN; by corp.example \(expected)")
    let reply = try #require(try stage.reply("www.corp.example", "MX", from: ZoneWorld.host))
    #expect(reply.words == "NODATA; by corp.example \(expected)")
    // The record's own TTL is not touched by that, nor its data.
    let soa = try #require(try stage.reply("corp.example", "SOA", from: ZoneWorld.host))
    #expect(soa.answer.map(\.ttl) == [UInt32(ttl)])
    #expect(reply.authority.map(\.text) == soa.values)
  }

  @Test("A wildcard answers every depth below its parent, and not below a name that exists (RFC 4592 2.2.1)")
  func wildcards() throws {
    let stage = try ZoneWorld.stage([
      "corp.example.": """
      * A 10.0.1.1
      * TXT "any"
      host A 10.0.1.2
      a.ent A 10.0.1.3
      *.sub.deep A 10.0.1.4
      """
    ])
    func ask(_ name: String, _ type: String = "A") throws -> String {
      try stage.ask(name + ".corp.example", type, from: ZoneWorld.host)
    }
    #expect(try ask("x") == "NOERROR: x.corp.example 300 A 10.0.1.1")
    #expect(try ask("x.y.z") == "NOERROR: x.y.z.corp.example 300 A 10.0.1.1")
    #expect(try ask("x", "TXT") == "NOERROR: x.corp.example 300 TXT \"any\"")
    // A wildcard of another type: the name exists.
    #expect(try ask("x", "MX") == "NODATA; by corp.example 900")
    // A name that is there is not the wildcard's, nor is what would be below it, empty non-terminal or not.
    #expect(try ask("host") == "NOERROR: host.corp.example 300 A 10.0.1.2")
    #expect(try ask("host", "TXT") == "NODATA; by corp.example 900")
    #expect(try ask("x.host") == "NXDOMAIN; by corp.example 900")
    #expect(try ask("ent") == "NODATA; by corp.example 900")
    #expect(try ask("b.ent") == "NXDOMAIN; by corp.example 900")
    #expect(try ask("x.a.ent") == "NXDOMAIN; by corp.example 900")
    // The deeper wildcard decides below its own parent only.
    #expect(try ask("x.y.sub.deep") == "NOERROR: x.y.sub.deep.corp.example 300 A 10.0.1.4")
    #expect(try ask("sub.deep") == "NODATA; by corp.example 900")
    #expect(try ask("other.deep") == "NXDOMAIN; by corp.example 900")
    // Asked literally, `*` is a name like any other, and nothing below it is a wildcard's (RFC 4592 2.2.1, 2.3).
    #expect(try ask("*") == "NOERROR: *.corp.example 300 A 10.0.1.1")
    #expect(try ask("x.*") == "NXDOMAIN; by corp.example 900")
    #expect(try ask("*.x") == "NOERROR: *.x.corp.example 300 A 10.0.1.1")
  }

  @Test("Without a wildcard at its closest encloser a name does not exist, whatever stands above")
  func noWildcardFromAbove() throws {
    let stage = try ZoneWorld.stage(["corp.example.": "* A 10.0.1.1\nx.sub A 10.0.1.2"])
    #expect(try stage.ask("y.sub.corp.example", from: ZoneWorld.host) == "NXDOMAIN; by corp.example 900")
  }

  @Test("The most specific zone of the VPC decides, and nothing falls through it (S76)")
  func mostSpecificZone() throws {
    let stage = try ZoneWorld.stage(
      [
        "example.": "www A 10.0.2.1\nwww.dev.corp A 10.0.2.2\nonly.corp A 10.0.2.3",
        "corp.example.": "www A 10.0.2.4",
        "dev.corp.example.": "www A 10.0.2.5",
      ],
      public: ["corp.example.": "outside A 203.0.113.1\nwww A 203.0.113.2"])
    let host = ZoneWorld.host
    #expect(try stage.ask("www.example", from: host) == "NOERROR: www.example 300 A 10.0.2.1")
    #expect(try stage.ask("www.corp.example", from: host) == "NOERROR: www.corp.example 300 A 10.0.2.4")
    #expect(try stage.ask("www.dev.corp.example", from: host) == "NOERROR: www.dev.corp.example 300 A 10.0.2.5")
    #expect(try stage.ask("only.corp.example", from: host) == "NXDOMAIN; by corp.example 900")
    #expect(try stage.ask("outside.corp.example", from: host) == "NXDOMAIN; by corp.example 900")
    #expect(try stage.ask("www.corp.example", "MX", from: host) == "NODATA; by corp.example 900")
    // A label that merely ends alike is another name.
    #expect(try stage.ask("xcorp.example", from: host) == "NXDOMAIN; by example 900")
    let internet = ZoneWorld.internet
    #expect(try stage.ask("outside.corp.example", from: internet) == "NOERROR: outside.corp.example 300 A 203.0.113.1")
    #expect(try stage.ask("www.dev.corp.example", from: internet) == "NXDOMAIN; by corp.example 900")
    #expect(try stage.ask("www.example", from: internet) == "REFUSED; EDE 20")
  }

  @Test("NS below the apex delegates in a public zone and in no private one (decision 5)")
  func delegation() throws {
    let records = """
      www A 203.0.113.1
      sub NS ns.sub
      ns.sub A 203.0.113.2
      www.sub A 203.0.113.3
      sub DS 1 8 2 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
      """
    let stage = try ZoneWorld.stage(["corp.example.": records], public: ["corp.example.": records])
    let internet = ZoneWorld.internet
    #expect(try stage.ask("www.corp.example", from: internet) == "NOERROR: www.corp.example 300 A 203.0.113.1")
    for name in ["sub", "www.sub", "ns.sub", "nobody.sub", "a.b.sub"] {
      #expect(try stage.ask(name + ".corp.example", from: internet) == "REFUSED; EDE 20", "\(name)")
    }
    #expect(try stage.ask("sub.corp.example", "NS", from: internet) == "REFUSED; EDE 20")
    #expect(try stage.ask("www.sub.corp.example", "DS", from: internet) == "REFUSED; EDE 20")
    // The DS of the cut belongs to the parent (RFC 4035 3.1.4.1).
    let ds = try #require(try stage.reply("sub.corp.example", "DS", from: internet))
    #expect(ds.answer.map(\.type) == [43] && ds.responseCode == 0)

    let host = ZoneWorld.host
    #expect(try stage.ask("www.sub.corp.example", from: host) == "NOERROR: www.sub.corp.example 300 A 203.0.113.3")
    #expect(
      try stage.ask("sub.corp.example", "NS", from: host) == "NOERROR: sub.corp.example 300 NS ns.sub.corp.example")
    #expect(try stage.ask("sub.corp.example", from: host) == "NODATA; by corp.example 900")
    #expect(try stage.ask("nobody.sub.corp.example", from: host) == "NXDOMAIN; by corp.example 900")
  }

  @Test("The DS of a public zone's apex is of the public zone that delegates it (RFC 4035 3.1.4.1)")
  func delegatedZoneOfOurs() throws {
    let parent = """
      sub NS ns.sub
      sub DS 1 8 2 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
      bare NS ns.bare
      """
    let zones = [
      "corp.example.": parent, "sub.corp.example.": "www A 203.0.113.1", "bare.corp.example.": "www A 203.0.113.2",
      "left.corp.example.": "www A 203.0.113.3\n@ DS 2 8 2 \(String(repeating: "0f", count: 32))",
    ]
    let stage = try ZoneWorld.stage(["sub.corp.example.": "www A 10.0.0.7"], public: zones)
    func ask(_ name: String, _ type: String, from source: String = ZoneWorld.internet) throws -> String {
      try stage.ask(name + ".corp.example", type, from: source)
    }
    #expect(try ask("sub", "DS").hasPrefix("NOERROR: sub.corp.example 300 DS "))
    #expect(try ask("bare", "DS") == "NODATA; by corp.example 900")
    // What the zone above does not delegate is not below it: the name would have no existence there.
    #expect(try ask("left", "DS").hasPrefix("NOERROR: left.corp.example 300 DS "))
    // Every other type and name is the child's, and the child of the parent in turn has names above it.
    #expect(try ask("sub", "TXT") == "NODATA; by sub.corp.example 900")
    #expect(try ask("www.sub", "DS") == "NODATA; by sub.corp.example 900")
    #expect(try stage.ask("corp.example", "DS", from: ZoneWorld.internet) == "NODATA; by corp.example 900")
    // A private zone is nobody's child.
    #expect(try ask("sub", "DS", from: ZoneWorld.host) == "NODATA; by sub.corp.example 900")
  }

  @Test("ANY gets one RRset, the smallest (decision 14)")
  func anyType() throws {
    let stage = try ZoneWorld.stage([
      "corp.example.": """
      www TXT "a text that is longer than an address"
      www A 10.0.0.7
      www MX 10 mail
      alone CNAME www
      """
    ])
    #expect(
      try stage.ask("www.corp.example", "ANY", from: ZoneWorld.host) == "NOERROR: www.corp.example 300 A 10.0.0.7")
    // A CNAME is what there is; it is not followed.
    #expect(
      try stage.ask("alone.corp.example", "ANY", from: ZoneWorld.host)
        == "NOERROR: alone.corp.example 300 CNAME www.corp.example")
    #expect(try stage.ask("nobody.corp.example", "ANY", from: ZoneWorld.host) == "NXDOMAIN; by corp.example 900")
    #expect(
      try stage.ask("alone.corp.example", "CNAME", from: ZoneWorld.host)
        == "NOERROR: alone.corp.example 300 CNAME www.corp.example")
  }

  @Test("Case: the question comes back as it was, the zone answers whatever its case (RFC 4343)")
  func letterCase() throws {
    let stage = try ZoneWorld.stage(["Corp.Example.": "WWW A 10.0.0.7\n*.Wild A 10.0.0.8\nMail MX 10 WWW"])
    // `reply` holds the question against the octets that were sent.
    #expect(try stage.ask("wWw.cORP.eXAMPLE", from: ZoneWorld.host) == "NOERROR: www.corp.example 300 A 10.0.0.7")
    #expect(try stage.ask("X.WILD.corp.example", from: ZoneWorld.host) == "NOERROR: x.wild.corp.example 300 A 10.0.0.8")
    #expect(try stage.ask("NOBODY.CORP.EXAMPLE", from: ZoneWorld.host) == "NXDOMAIN; by corp.example 900")
    // The zone's own spelling is what the data has (RFC 4343 4.1).
    let octets = try stage.send(
      [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0] + [4] + Array("mail".utf8) + [4] + Array("corp".utf8) + [7]
        + Array("example".utf8) + [0, 0, 15, 0, 1], from: ZoneWorld.host)
    #expect(octets.firstRange(of: Array("WWW".utf8)) != nil)
  }

  @Test("The longest name, the deepest name and the root are names")
  func extremes() throws {
    let label = String(repeating: "a", count: 63)
    // 63 + 63 + 63 + 48 and the zone's 2 labels: 255 octets in all.
    let longest = [label, label, label, String(repeating: "b", count: 48)].joined(separator: ".") + ".corp.example"
    #expect(longest.utf8.count == 253)
    let deepest = String(repeating: "x.", count: 119) + "corp.example"
    let stage = try ZoneWorld.stage([
      "corp.example.": "\(longest). A 10.0.0.7\n\(deepest). A 10.0.0.8\nto CNAME \(longest)."
    ])
    #expect(try stage.ask(longest, from: ZoneWorld.host) == "NOERROR: \(longest) 300 A 10.0.0.7")
    #expect(try stage.ask(deepest, from: ZoneWorld.host) == "NOERROR: \(deepest) 300 A 10.0.0.8")
    #expect(try stage.ask(String(deepest.dropFirst(2)), from: ZoneWorld.host) == "NODATA; by corp.example 900")
    #expect(try stage.ask("y." + deepest, from: ZoneWorld.host) == "NXDOMAIN; by corp.example 900")
    #expect(
      try stage.ask("to.corp.example", from: ZoneWorld.host)
        == "NOERROR: to.corp.example 300 CNAME \(longest), \(longest) 300 A 10.0.0.7")
    for type in ["A", "NS", "SOA", "ANY"] {
      #expect(try stage.ask(".", type, from: ZoneWorld.host) == "REFUSED; EDE 20")
    }
  }

  @Test("A private zone for the root decides what no autodefined domain does")
  func rootZone() throws {
    let stage = try ZoneWorld.stage([".": "example.com. A 10.0.0.7\n*.test. A 10.0.0.8\nloop.test. CNAME example.com."])
    let host = ZoneWorld.host
    #expect(try stage.ask("example.com", from: host) == "NOERROR: example.com 300 A 10.0.0.7")
    #expect(try stage.ask("a.b.test", from: host) == "NOERROR: a.b.test 300 A 10.0.0.8")
    #expect(
      try stage.ask("loop.test", from: host) == "NOERROR: loop.test 300 CNAME example.com, example.com 300 A 10.0.0.7")
    #expect(try stage.ask("com", from: host) == "NODATA; by . 900")
    #expect(try stage.ask("org", from: host) == "NXDOMAIN; by . 900")
    #expect(try stage.ask(".", from: host) == "NODATA; by . 900")
    #expect(try stage.reply(".", "NS", from: host)?.answer.count == 4)
    #expect(
      try stage.ask("ip-10-0-0-5.ec2.internal", from: host) == "NOERROR: ip-10-0-0-5.ec2.internal 60 A 10.0.0.5")
  }

  @Test("Unknown types are served from a zone like others (RFC 3597)")
  func unknownType() throws {
    let stage = try ZoneWorld.stage(["corp.example.": "www TYPE65280 \\# 4 0a000007"])
    #expect(
      try stage.ask("www.corp.example", "TYPE65280", from: ZoneWorld.host)
        == "NOERROR: www.corp.example 300 TYPE65280 0a000007")
  }

  @Test("In a zone of 10,000 records each one is found, and what is none is not")
  func largeZone() throws {
    let records = (0..<10_000).map { "h\($0).rack\($0 % 97) A 10.1.\($0 / 256).\($0 % 256)" }
    let stage = try ZoneWorld.stage(["corp.example.": records.joined(separator: "\n")])
    for number in 0..<10_000 {
      let name = "h\(number).rack\(number % 97).corp.example"
      let reply = try #require(try stage.reply(name, from: ZoneWorld.host))
      #expect(reply.values == ["10.1.\(number / 256).\(number % 256)"], "\(name)")
    }
    #expect(try stage.ask("h0.rack1.corp.example", from: ZoneWorld.host) == "NXDOMAIN; by corp.example 900")
    #expect(try stage.ask("rack96.corp.example", from: ZoneWorld.host) == "NODATA; by corp.example 900")
  }

  @Test("An answer that does not fit is cut to its question, TC set; over TCP it comes whole")
  func truncation() throws {
    let records =
      (0..<60).map { "many A 10.0.3.\($0)" }
      + (0..<399).map { i in
        "huge TXT \"\(i)-\(String(repeating: "t", count: 200))\""
      }
    let stage = try ZoneWorld.stage(["corp.example.": records.joined(separator: "\n")])
    let host = ZoneWorld.host
    #expect(try stage.reply("many.corp.example", from: host, payload: nil)?.words == "NOERROR TC")
    #expect(try stage.reply("many.corp.example", from: host, payload: 900)?.words == "NOERROR TC")
    #expect(try stage.reply("many.corp.example", from: host, payload: 1232)?.answer.count == 60)
    #expect(try stage.reply("many.corp.example", from: host, isTCP: true, payload: nil)?.answer.count == 60)
    // No transport holds this one.
    let (cut, refused) = (
      try stage.ask("huge.corp.example", "TXT", from: host),
      try stage.ask("huge.corp.example", "TXT", from: host, isTCP: true)
    )
    #expect(cut == "NOERROR TC")
    #expect(refused == "SERVFAIL; EDE 0")
  }
}
