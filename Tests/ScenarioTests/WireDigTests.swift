// What dig makes of our messages: compressed names, answers that it has to fetch over TCP, and no warning.
import Testing

@Suite("Wire manners, as dig sees them", .serialized)
struct WireDigTests {
  private func ask(_ server: LiveServer, _ arguments: String...) throws -> DigReply {
    let text = try dig(["@127.0.0.1", "-p", "\(server.port)", "+tries=1", "+time=10"] + arguments)
    let reply = try #require(DigReply.all(in: text).last, "\(text)")
    #expect(DigReply(text: text).warnings.isEmpty, "\(text)")
    return reply
  }

  @Test("Names are compressed in CNAME, NS, MX and SOA records and not in SRV and DNAME ones; dig reads them all")
  func compression() throws {
    let server = try LiveServer(WireWorld.files)
    let chain = try ask(server, "one.wire.test", "A")
    #expect(chain.answer.map(\.type) == ["CNAME", "CNAME", "CNAME", "A", "A"])
    #expect(
      chain.answer.map { $0.owner.lowercased() } == [
        "one.wire.test.", "two.sub.wire.test.", "three.sub.wire.test.", "four.deep.sub.wire.test.",
        "four.deep.sub.wire.test.",
      ])
    #expect(
      chain.answer.prefix(3).map { $0.data.lowercased() } == [
        "two.sub.wire.test.", "three.sub.wire.test.", "four.deep.sub.wire.test.",
      ])
    #expect(Set(chain.answer.suffix(2).map(\.data)) == ["192.0.2.4", "192.0.2.5"])
    // Header 12, question 19, OPT 11 with a cookie of 28; each CNAME repeats only what is new.
    #expect(chain.size == 12 + 19 + (11 + 28) + (12 + 4 + 4 + 2) + (12 + 6 + 2) + (12 + 5 + 5 + 2) + 2 * 16)
    let servers = try ask(server, "wire.test", "NS")
    #expect(Set(servers.answer.map(\.data)) == ["ns1.wire.test.", "ns2.sub.wire.test."])
    let mail = try ask(server, "WIRE.test", "MX")
    #expect(
      Set(mail.answer.map(\.data)) == [
        "10 mail.wire.test.", "20 mail.sub.wire.test.", "30 mail.elsewhere.test.", "40 same.same.same.",
      ])
    let authority = "ns1.wire.test. hostmaster.wire.test. 1 7200 900 1209600 60"
    #expect(try ask(server, "wire.test", "SOA").answer.map(\.data) == [authority])
    #expect(try ask(server, "none.wire.test", "A").authority.map(\.data) == [authority])
    #expect(try ask(server, "service.wire.test", "SRV").answer.map(\.data) == ["0 10 6001 four.deep.sub.wire.test."])
    let renamed = try ask(server, "two.old.wire.test", "A")
    #expect(renamed.answer.map(\.type) == ["DNAME", "CNAME", "CNAME", "CNAME", "A", "A"])
    #expect(renamed.answer.prefix(2).map { $0.data.lowercased() } == ["sub.wire.test.", "two.sub.wire.test."])
  }

  @Test("What does not fit comes over TCP, whole")
  func retry() throws {
    let server = try LiveServer(WireWorld.files)
    for (name, octets) in WireWorld.sizes where octets < 65_535 {
      for (options, limit) in [
        (["+noedns"], 512), (["+bufsize=512"], 512), (["+bufsize=1232"], 1232), (["+bufsize=4096"], 4096),
        (["+bufsize=8192"], 4096),
      ] {
        let text = try dig(
          ["@127.0.0.1", "-p", "\(server.port)", "+tries=1", "+time=10", "+nocookie"] + options
            + [name + ".wire.test", "TXT"])
        let reply = try #require(DigReply.all(in: text).last)
        let whole = options == ["+noedns"] ? octets : octets + 11
        #expect(text.contains("Truncated, retrying in TCP mode") == (whole > limit), "\(name) \(options)")
        #expect(text.contains(whole > limit ? "(TCP)" : "(UDP)"), "\(name) \(options)")
        #expect(reply.status == "NOERROR" && reply.size == whole && reply.warnings.isEmpty, "\(name) \(options)")
        #expect(!reply.flags.contains("tc"))
      }
    }
  }

  @Test("Flags, versions, opcodes and transfers")
  func manners() throws {
    let server = try LiveServer(WireWorld.files)
    let plain = try ask(server, "one.wire.test", "A", "+cd", "+ad", "+dnssec")
    #expect(plain.flags == ["qr", "rd", "ra", "cd"])
    #expect(plain.edns == "version: 0, flags: do; udp: 1232")
    #expect(try ask(server, "one.wire.test", "A", "+norecurse").flags == ["qr", "ra"])
    #expect(try ask(server, "oNE.wiRE.tESt", "A").question.hasPrefix("oNE.wiRE.tESt."))
    let version = try ask(server, "one.wire.test", "A", "+edns=1", "+noednsneg")
    #expect(version.status == "BADVERS" && version.edns.hasPrefix("version: 0") && version.answer.isEmpty)
    let option = try ask(server, "one.wire.test", "A", "+ednsopt=65001:0102", "+ednsflags=0x40")
    #expect(option.status == "NOERROR" && option.answer.count == 5 && option.edns == "version: 0, flags:; udp: 1232")
    #expect(try ask(server, "one.wire.test", "A", "+noedns", "+opcode=notify").status == "NOTIMP")
    #expect(try ask(server, "+noedns", "+header-only", "+opcode=7").status == "NOTIMP")
    #expect(try ask(server, "+noedns", "+header-only").status == "FORMERR")
    #expect(try dig(["@127.0.0.1", "-p", "\(server.port)", "wire.test", "AXFR"]).contains("Transfer failed"))
    let any = try ask(server, "wire.test", "ANY", "+notcp")  // RFC 8482
    #expect(any.status == "NOERROR" && Set(any.answer.map(\.type)).count == 1)
  }
}
