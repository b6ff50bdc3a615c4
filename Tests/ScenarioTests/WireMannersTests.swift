// How the program behaves on the wire, octet by octet: what it answers to messages that are odd, wrong or hostile.
import TestSupport
import Testing

@Suite("Wire manners", .serialized)
struct WireMannersTests {
  private static let (noError, formErr, servFail, notImp, refused, badVers) = (0, 1, 2, 4, 5, 16)
  private static let question = Message.question(id: 0x1234, name: "one.wire.test", type: 1)
  private static let opt = Message.opt()

  /// A message, and the response code of its answer; `nil` when it gets none.
  private struct Odd {
    let what: String
    let octets: [UInt8]
    let code: Int?

    init(_ what: String, _ octets: [UInt8]..., code: Int?) {
      self.what = what
      self.octets = octets.flatMap(\.self)
      self.code = code
    }
  }

  private static let start = bare(flags: 0x0100, questions: 1)
  private static let stranger = Message.question(id: 0x1234, name: "www.example.com", type: 1)

  private static let badMessages: [Odd] = [
    Odd("no question", bare(flags: 0x0100), code: formErr),  // RFC 9619
    Odd("two questions", changed(question, 5, 2), Array(question[12...]), code: formErr),
    Odd("two questions, one there", changed(question, 5, 2), code: formErr),
    Odd("256 questions", changed(changed(question, 4, 1), 5, 0), code: formErr),
    Odd("a compressed name", start, [0xc0, 12, 0, 1, 0, 1], code: formErr),
    Odd("a name that points ahead", start, [1, 0x61, 0xc0, 18, 0, 1, 0, 1, 0], code: formErr),
    Odd("a label of type 01", start, [0x41, 0x61, 0, 0, 1, 0, 1], code: formErr),
    Odd("a name that does not end", start, [1, 0x61], code: formErr),
    Odd("two OPT records", Message.adding(opt, opt, to: question), code: formErr),  // RFC 6891 6.1.1
    Odd("an OPT record in the answer section", Message.adding(opt, to: question, count: 6), code: formErr),
    Odd("an OPT record in the authority section", Message.adding(opt, to: question, count: 8), code: formErr),
    Odd("an OPT record with a name", changed(question, 11, 1), [1, 0x61], opt, code: formErr),
    Odd("no question, with EDNS", Message.adding(opt, to: bare(flags: 0)), code: formErr),
    Odd("two questions, with EDNS", twoQuestions, opt, code: formErr),
    Odd("too long an option", Message.adding(Message.opt([0, 10, 0, 9, 1]), to: question), code: formErr),
    Odd("half an option", Message.adding(Message.opt([0, 10, 0]), to: question), code: formErr),
    Odd("a record that is not there", changed(question, 11, 1), code: formErr),
  ]

  private static let twoQuestions = changed(changed(question, 5, 2), 11, 1) + question[12...]

  /// A COOKIE option has 8 octets, or 16 to 40 (RFC 7873 5.2.2).
  private static let cookies: [Odd] = [0, 1, 7, 8, 9, 15, 16, 17, 24, 32, 40, 41, 100].map { size in
    let data = [UInt8](repeating: 7, count: size)
    return Odd(
      "a cookie of \(size) octets", Message.adding(Message.opt(Message.option(10, data)), to: question),
      code: size == 8 || (16...40).contains(size) ? noError : formErr)
  }

  private static let ednsMessages: [Odd] = [
    Odd("a question with EDNS", Message.adding(opt, to: question), code: noError),
    Odd("EDNS version 1", Message.adding(Message.opt(version: 1), to: question), code: badVers),
    // What options mean is a matter of the version (RFC 6891 6.1.3).
    Odd(
      "EDNS version 1 with octets that are no options",
      Message.adding(Message.opt(version: 1, [0, 8, 0, 99, 1]), to: question), code: badVers),
    Odd("EDNS version 255", Message.adding(Message.opt(version: 255), to: question), code: badVers),
    Odd("an unknown option", Message.adding(Message.opt([0xfd, 0xe9, 0, 2, 1, 2]), to: question), code: noError),
    Odd("unknown EDNS flags", Message.adding(Message.opt(flags: 0x7fff), to: question), code: noError),
    Odd("a payload of nothing", Message.adding(Message.opt(payload: 0), to: question), code: noError),
    Odd(
      "a record before the OPT record", Message.adding([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0], opt, to: question),
      code: noError),
  ]

  private static let oddQuestions: [Odd] = [
    Odd("a plain question", question, code: noError),
    // As with BIND and NSD.
    Odd("an octet too many", question, [0], code: noError),
    Odd("an octet after the OPT record", Message.adding(opt, to: question), [0], code: noError),
    Odd("a whole zone", asking(type: 252), code: refused),
    Odd("a zone's changes", asking(type: 251), code: refused),
    Odd("the type OPT", asking(type: 41), code: formErr),
    Odd("the type TSIG", asking(type: 250), code: formErr),
    Odd("the type TKEY", asking(type: 249), code: formErr),
    Odd("the type NXNAME", asking(type: 128), code: formErr),  // RFC 9824 3.5
    Odd("an unknown type of messages", asking(type: 200), code: formErr),  // RFC 6895 3.1
    Odd("the type MAILB", asking(type: 253), code: notImp),
    Odd("the type MAILA", asking(type: 254), code: notImp),
    Odd("the type 0", asking(type: 0), code: noError),
    Odd("the type 127", asking(type: 127), code: noError),
    Odd("the type CAA", asking(type: 257), code: noError),
    Odd("an unknown type", asking(type: 65_280), code: noError),
    // The codes are BIND's.
    Odd("class HS", asking(type: 1, class: 4), code: refused),
    Odd("class CSNET", asking(type: 1, class: 2), code: notImp),
    Odd("an unknown class", asking(type: 1, class: 65_280), code: notImp),
    Odd("class ANY", asking(type: 1, class: 255), code: formErr),
    Odd("class NONE", asking(type: 1, class: 254), code: formErr),
    Odd("class 0", asking(type: 1, class: 0), code: formErr),
    Odd("a name of nobody's", stranger, code: refused),
    Odd("the same, RD=0", changed(stranger, 2, 0), code: refused),
  ]

  private static let chaosQuestions: [Odd] = [
    Odd("class CH, another name", asking(type: 16, class: 3), code: refused),
    Odd(
      "class CH, another type", Message.question(id: 0x1234, name: "whoami", type: 1, class: 3), code: refused),
    Odd("nobody's name", Message.question(id: 0x1234, name: "id.server", type: 16, class: 3), code: refused),
    Odd("version.bind.", Message.question(id: 0x1234, name: "VERSION.Bind", type: 16, class: 3), code: noError),
  ]

  private static let otherMessages: [Odd] =
    [Odd("an answer", changed(question, 2, 0x81), code: nil), Odd("a bare answer", bare(flags: 0x8000), code: nil)]
    + (1...15).map { Odd("a header with opcode \($0)", bare(flags: $0 << 11), code: notImp) }  // RFC 8906 8.1.4
    + (1...15).map { Odd("a question with opcode \($0)", changed(question, 2, UInt8($0) << 3), code: notImp) }
    + (1...15).map {
      Odd("EDNS and opcode \($0)", Message.adding(opt, to: bare(flags: $0 << 11 | 0x0110)), code: notImp)
    }
    // RFC 6891 6.1.3 has no opcode in it.
    + (1...15).map {
      Odd(
        "EDNS version 1 and opcode \($0)", Message.adding(Message.opt(version: 1), to: bare(flags: $0 << 11)),
        code: badVers)
    }
    + (0...11).map { Odd("\($0) octets", Array(question[..<Int($0)]), code: nil) }

  private static let messages = badMessages + ednsMessages + cookies + oddQuestions + chaosQuestions + otherMessages

  private static func bare(flags: UInt16, questions: UInt8 = 0) -> [UInt8] {
    [0x12, 0x34, UInt8(flags >> 8), UInt8(flags & 0xff), 0, questions, 0, 0, 0, 0, 0, 0]
  }

  private static func changed(_ octets: [UInt8], _ index: Int, _ value: UInt8) -> [UInt8] {
    var octets = octets
    octets[index] = value
    return octets
  }

  private static func asking(type: UInt16, class: UInt16 = 1) -> [UInt8] {
    Message.question(id: 0x1234, name: "one.wire.test", type: type, class: `class`)
  }

  @Test("Each message gets the answer that it deserves, or none", arguments: LoopbackSocket.Transport.allCases)
  func answers(transport: LoopbackSocket.Transport) throws {
    let server = try LiveServer(WireWorld.files)
    let socket = try LoopbackSocket(source: Octets([127, 0, 0, 1]), port: server.port, transport)
    for odd in Self.messages {
      let (what, octets) = (odd.what, odd.octets)
      let answer = try socket.ask(octets, expectsSilence: odd.code == nil)
      guard let code = odd.code else {
        #expect(answer.isEmpty, "\(what): \(answer)")
        continue
      }
      let reply = try Reply(answer, mayLackQuestion: octets[5] == 0 || code == Self.formErr || code == Self.notImp)
      #expect(reply.responseCode == code, "\(what)")
      #expect(reply.id == 0x1234 && reply.isResponse && reply.recursionAvailable, "\(what)")
      // RD and CD as they came, and of another opcode nothing but itself; never AA, TC or AD (decision 3).
      let flags = (came: UInt16(octets[2]) << 8 | UInt16(octets[3]), back: reply.flags & 0x7ff0)
      let copied: UInt16 = flags.came & 0x7800 == 0 ? 0x0110 : 0x7800
      #expect(flags.back == flags.came & copied | 0x0080, "\(what): \(flags)")
      #expect(reply.opt?.class ?? 1232 == 1232 && (reply.opt?.ttl ?? 0) & 0x00ff_0000 == 0, "\(what)")
      if code == Self.badVers { #expect(reply.opt != nil && reply.answer.isEmpty, "\(what)") }
      // No OPT unless one came; and one is missed only where it could not be found.
      if octets[11] == 0 { #expect(reply.opt == nil, "\(what)") }
      if code != Self.formErr { #expect((reply.opt != nil) == (octets[11] != 0), "\(what)") }
      if what.hasSuffix("with EDNS") { #expect(reply.opt != nil, "\(what)") }
      if !reply.question.isEmpty { #expect(reply.question[...] == octets[12..<(12 + reply.question.count)], "\(what)") }
    }
  }

  @Test("Runts and answers get nothing; so does every message of a host whose VPC has no DNS support (decision 6)")
  func silence() throws {
    let server = try LiveServer(WireWorld.files)
    for transport in LoopbackSocket.Transport.allCases {
      let socket = try LoopbackSocket(source: Octets([127, 0, 1, 19]), port: server.port, transport)
      for odd in Self.badMessages + Self.ednsMessages + Self.cookies + Self.oddQuestions + Self.otherMessages {
        // One reply too many would be taken for that to the next message.
        try #require(try socket.ask(odd.octets, expectsSilence: true).isEmpty, "\(odd.what) over \(transport)")
      }
    }
  }

  @Test("The question comes back to the octet, its case included; RD, CD and DO as they came; never AA, AD or Z")
  func echoes() throws {
    let server = try LiveServer(WireWorld.files)
    let socket = try LoopbackSocket(source: Octets([127, 0, 0, 1]), port: server.port, .udp)
    let mixed = Message.question(id: 77, name: "oNe.wIRe.TesT", type: 1)
    for (second, third) in [(0, 0), (1, 0), (0, 0x10), (1, 0x10), (1, 0x30), (1, 0x40), (7, 0xff)] as [(UInt8, UInt8)] {
      for dnssecOK in [false, true] {
        let plain = Message.adding(Message.opt(flags: dnssecOK ? 0x8000 : 0), to: mixed)
        let asked = Self.changed(Self.changed(plain, 2, second), 3, third)
        let answer = try socket.ask(asked, expectsSilence: false)
        let reply = try Reply(answer)
        #expect(reply.question == Array(mixed[12...]))
        #expect(reply.responseCode == Self.noError && reply.answer.count == 5)
        #expect(reply.flags == 0x8080 | UInt16(second & 1) << 8 | UInt16(third & 0x10))
        #expect(reply.opt?.ttl == (dnssecOK ? 0x8000 : 0))
        #expect(reply.opt?.data.isEmpty == true)
      }
    }
  }

  @Test("A datagram is as long as the asker takes, from 512 to 4096 octets; what is longer comes over TCP")
  func sizes() throws {
    let server = try LiveServer(WireWorld.files)
    let udp = try LoopbackSocket(source: Octets([127, 0, 0, 1]), port: server.port, .udp)
    let tcp = try LoopbackSocket(source: Octets([127, 0, 0, 1]), port: server.port, .tcp)
    for (name, size) in WireWorld.sizes {
      let question = Message.question(id: 5, name: name + ".wire.test", type: 16)
      for payload in [nil, 0, 511, 512, 523, 524, 811, 1232, 4095, 4096, 4107, 65_535] as [UInt16?] {
        let asked = payload.map { Message.adding(Message.opt(payload: $0), to: question) } ?? question
        let answer = try udp.ask(asked, expectsSilence: false)
        let reply = try Reply(answer)
        let limit = min(max(Int(payload ?? 0), 512), 4096)
        let whole = payload == nil ? size : size + 11
        #expect(reply.isTruncated == (whole > limit), "\(name), payload \(payload ?? 0)")
        #expect(reply.responseCode == Self.noError)
        #expect(reply.isTruncated ? reply.answer.isEmpty : answer.count == whole, "\(name), payload \(payload ?? 0)")
      }
      for hasEDNS in [false, true] {
        let asked = hasEDNS ? Message.adding(Message.opt(payload: 512), to: question) : question
        let answer = try tcp.ask(asked, expectsSilence: false)
        let reply = try Reply(answer)
        let whole = hasEDNS ? size + 11 : size
        #expect(!reply.isTruncated, "\(name): there is nothing larger to go to")
        if whole <= 65_535 {
          #expect(answer.count == whole && reply.responseCode == Self.noError, "\(name)")
        } else {
          #expect(reply.responseCode == Self.servFail && reply.answer.isEmpty, "\(name)")
          let text = String(decoding: reply.opt?.data ?? [], as: UTF8.self)
          #expect(!hasEDNS || text.contains("65,535 octets"), "\(name): \(text)")
        }
      }
    }
  }

  @Test("A Client Subnet option of a trusted source that is no such option does no harm (RFC 7871 7.1.2)")
  func oddClientSubnet() throws {
    let server = try LiveServer(WireWorld.files, ["--trust", "127.0.0.0/8=ecs"])
    let socket = try LoopbackSocket(source: Octets([127, 0, 0, 1]), port: server.port, .udp)
    for size in [0, 1, 2, 3, 4, 5, 8, 20, 21, 100, 470, 1000, 3000] {
      for payload in [512, 1232, 4096] as [UInt16] {
        let head: [UInt8] = [0, 8, UInt8(size >> 8), UInt8(size & 0xff)]
        let option = head + [UInt8](repeating: 1, count: size)
        let asked = Message.adding(Message.opt(payload: payload, option), to: Self.question)
        let reply = try Reply(try socket.ask(asked, expectsSilence: false))
        #expect(reply.responseCode == Self.noError && reply.answer.count == 5, "\(size) octets, payload \(payload)")
        // 4 octets without an address, 20 with a whole IPv6 address.
        #expect(reply.optionCodes == ((4...20).contains(size) ? [8] : []), "\(size) octets, payload \(payload)")
      }
    }
  }
}
