// The questions by which RFC 8906, section 8, finds servers that do not keep to the protocol, and some more of the same
// kind, as dig asks them. Where it expects AA on an authoritative server, decision 3 wins.
import Testing

@Suite("A failure to communicate (RFC 8906)", .serialized)
struct RFC8906Tests {
  /// What is asked, and what must come back.
  struct Probe: Sendable, CustomTestStringConvertible {
    var section: String
    var arguments: [String]
    var status = "NOERROR"
    var hasSOA = true
    var flags: Set<String> = ["qr", "ra"]
    /// What dig says of the OPT record; empty without one.
    var edns = ""
    var question = ["wire.test", "SOA"]

    var testDescription: String { "\(section) dig \(arguments.joined(separator: " "))" }
  }

  private static let plain = "version: 0, flags:; udp: 1232"
  private static let dnssec = "version: 0, flags: do; udp: 1232"
  private static let version = ["+edns=1", "+noednsneg", "+nocookie"]
  private static let extended = ["+edns=0", "+nocookie"]

  private static func basic(_ section: String, _ arguments: String..., flags: Set<String> = ["qr", "ra"]) -> Probe {
    Probe(section: section, arguments: ["+noedns"] + arguments, flags: flags)
  }

  private static func edns(_ section: String, _ arguments: String..., edns: String = Self.plain) -> Probe {
    Probe(section: section, arguments: extended + arguments, edns: edns)
  }

  private static func badVersion(_ section: String, _ arguments: String..., edns: String = Self.plain) -> Probe {
    Probe(section: section, arguments: version + arguments, status: "BADVERS", hasSOA: false, edns: edns)
  }

  static let probes: [Probe] = [
    basic("8.1.1"),
    Probe(section: "8.1.2", arguments: ["+noedns"], hasSOA: false, question: ["wire.test", "TYPE1000"]),
    basic("8.1.3.1", "+cd", flags: ["qr", "ra", "cd"]),
    basic("8.1.3.2", "+ad"),
    basic("8.1.3.3", "+zflag"),
    basic("8.1.3.4", "+rec", flags: ["qr", "ra", "rd"]),
    basic("aa", "+aaflag"),
    basic("tc", "+tcflag"),
    basic("ra", "+raflag"),
    Probe(
      section: "8.1.4", arguments: ["+noedns", "+header-only", "+opcode=15"], status: "NOTIMP", hasSOA: false,
      question: []),
    Probe(
      section: "8.1.4 with every flag",
      arguments: [
        "+noedns", "+header-only", "+opcode=15", "+rec", "+aaflag", "+tcflag", "+raflag", "+cd", "+ad", "+zflag",
      ],
      status: "NOTIMP", hasSOA: false, question: []),
    edns("8.2.1"),
    badVersion("8.2.2"),
    edns("8.2.3", "+ednsopt=100"),
    edns("8.2.4", "+ednsflags=0x40"),
    badVersion("8.2.5", "+ednsflags=0x40"),
    badVersion("8.2.6", "+ednsopt=100"),
    Probe(
      section: "8.2.7", arguments: extended + ["+dnssec", "+bufsize=512", "+ignore"], hasSOA: false, edns: dnssec,
      question: ["wire.test", "DNSKEY"]),
    edns("8.2.8", "+dnssec", edns: dnssec),
    badVersion("8.2.9", "+dnssec", edns: dnssec),
    edns("NSID", "+nsid"),
    edns("EXPIRE", "+expire"),
    edns("Client Subnet", "+subnet=0.0.0.0/0"),
    badVersion("version 1 and NSID", "+nsid"),
    badVersion("version 1 and EXPIRE", "+expire"),
    badVersion("version 1 and Client Subnet", "+subnet=0.0.0.0/0"),
    Probe(
      section: "version 1 and COOKIE", arguments: ["+edns=1", "+noednsneg", "+cookie=0102030405060708"],
      status: "BADVERS", hasSOA: false, edns: plain),
  ]

  private func ask(_ server: LiveServer, _ arguments: [String]) throws -> DigReply {
    let text = try dig(["@127.0.0.1", "-p", "\(server.port)", "+tries=1", "+time=10", "+noad", "+norec"] + arguments)
    #expect(DigReply.all(in: text).count == 1, "\(text)")
    return try #require(DigReply.all(in: text).first, "\(text)")
  }

  @Test("Each question of section 8 gets its answer, over UDP and over TCP (8.1.5)", arguments: ["+notcp", "+tcp"])
  func everyProbe(transport: String) throws {
    let server = try LiveServer(WireWorld.files)
    for probe in Self.probes {
      let reply = try ask(server, [transport] + probe.arguments + probe.question)
      let text = "\(probe.testDescription)\n\(reply.text)"
      #expect(reply.status == probe.status, "\(text)")
      #expect(reply.flags == probe.flags, "\(text)")
      #expect(reply.edns == probe.edns, "\(text)")
      #expect(reply.answer.map(\.type) == (probe.hasSOA ? ["SOA"] : []), "\(text)")
      // Bits that must be zero, and options that nobody knows here.
      #expect(!reply.text.contains("MBZ") && !reply.text.contains("OPT="), "\(text)")
      #expect(reply.warnings.isEmpty, "\(text)")
      if probe.status == "NOTIMP" { #expect(reply.opcode == "RESERVED15", "\(text)") }
    }
  }

  @Test(
    "Several options at once (8.2.10), and what BIND's resolver and dig send by default", arguments: ["+notcp", "+tcp"])
  func options(transport: String) throws {
    let server = try LiveServer(WireWorld.files, ["--nsid", "here"])
    for (arguments, edns) in [
      (["+edns=0", "+nsid", "+expire", "+subnet=0.0.0.0/0"], Self.plain), (["+edns=0", "+dnssec"], Self.dnssec),
      (["+edns=0", "+ad", "+rec"], Self.plain),
    ] {
      let reply = try ask(server, [transport, "+cookie=0102030405060708", "wire.test", "SOA"] + arguments)
      #expect(reply.status == "NOERROR" && reply.edns == edns && reply.answer.map(\.type) == ["SOA"], "\(reply.text)")
      #expect(reply.text.contains(#/; COOKIE: 0102030405060708[0-9a-f]{32} \(good\)/#), "\(reply.text)")
      #expect(reply.text.contains(#/NSID: .*"here"/#) == arguments.contains("+nsid"), "\(reply.text)")
    }
  }

  @Test("An answer that was cut off says DO and has its OPT record (8.2.7)")
  func truncated() throws {
    let server = try LiveServer(WireWorld.files)
    let reply = try ask(
      server, ["+edns=0", "+nocookie", "+dnssec", "+bufsize=512", "+ignore", "s800.wire.test", "TXT"])
    #expect(reply.status == "NOERROR" && reply.flags == ["qr", "tc", "ra"] && reply.answer.isEmpty)
    #expect(reply.edns == Self.dnssec && reply.size <= 512)
  }
}
