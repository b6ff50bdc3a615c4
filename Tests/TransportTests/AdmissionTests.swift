// Who is shut out, and what a socket drops then.
import DNSWire
import Glibc
import Resolution
import TestSupport
import Testing

@testable import Transport

@Suite struct AdmissionTests {
  /// Sources shut out after a thousand addresses of one /64 have asked a million times in a second.
  private func shutOuts(
    _ prefix: Int = 56, in subnet: UInt64 = 0x2001_0db8_0000_0001, exempt: ClosedRange<IPv6Address>? = nil,
    isBehind: Bool = true
  ) -> UInt64 {
    var options = Server.Options()
    options.rateLimit = Server.RateLimit(answers: 500)
    options.rateLimit?.ipv6Prefix = prefix
    options.rateLimit?.exempt = exempt.map { [.v6($0)] } ?? []
    var admission = Admission(options, SharedCounts(options), throttled: ReportedSourceList())
    let trusted = TrustedSources([])
    var counters = Counters()
    admission.setTime(1_000_000)
    admission.isBehind = isBehind
    for number in 0..<1_000_000 as Range<UInt64> {
      _ = admission.verdict(
        on: .v6(IPv6Address(rawValue: UInt128(subnet) << 64 | UInt128(number % 1000))), isDirect: true, isProven: false,
        trusted: trusted, network: .any, listener: 0,
        &counters)
    }
    return admission.shutOut.total
  }

  @Test func `a client floods from its whole subnet, which is one`() throws {
    #expect(shutOuts() == 1)
    #expect(shutOuts(isBehind: false) == 0)
    // Who must not be shut out may be in it: then it is address by address, as far as there is room.
    let exempt = IPv6Address(rawValue: UInt128(0x2001_0db8_0000_0001) << 64 | 0xffff)
    #expect(shutOuts(exempt: exempt...exempt) == 8)
    // The subnet of the link is everybody's.
    #expect(shutOuts(in: 0xfe80 << 48) == 8)
    // So it is where each address has a limit of its own, and none of these is over it.
    #expect(shutOuts(128) == 0)
  }

  @Test func `who asks a little in a prefix that floods is not shut out`() {
    var options = Server.Options()
    options.rateLimit = Server.RateLimit(answers: 500)
    var admission = Admission(options, SharedCounts(options), throttled: ReportedSourceList())
    let trusted = TrustedSources([])
    var counters = Counters()
    admission.setTime(1_000_000)
    admission.isBehind = true
    func ask(_ last: UInt8, _ times: Int) {
      for _ in 0..<times {
        _ = admission.verdict(
          on: .v4(IPv4Address(192, 0, 2, last)), isDirect: true, isProven: false, trusted: trusted, network: .any,
          listener: 0, &counters)
      }
    }
    ask(1, 10_000)
    #expect(admission.shutOut.total == 1)
    ask(2, 100)
    #expect(admission.shutOut.total == 1)
    ask(2, 1000)
    #expect(admission.shutOut.total == 2)
  }

  /// How many of so many questions of 192.0.2.`last` are answered.
  private func answers(_ admission: inout Admission, _ questions: Int, to last: UInt8 = 1) -> Int {
    let trusted = TrustedSources([])
    var counters = Counters()
    var answered = 0
    for _ in 0..<questions {
      let verdict = admission.verdict(
        on: .v4(IPv4Address(192, 0, 2, last)), isDirect: true, isProven: false, trusted: trusted, network: .any,
        listener: 0, &counters)
      if verdict == .answer { answered += 1 }
    }
    return answered
  }

  @Test func `who is exempt takes nothing of the limit of his neighbours`() {
    var options = Server.Options()
    options.rateLimit = Server.RateLimit(answers: 20)
    let exempt = IPv4Address(192, 0, 2, 1)
    options.rateLimit?.exempt = [.v4(exempt...exempt)]
    var admission = Admission(options, SharedCounts(options), throttled: ReportedSourceList())
    admission.setTime(1_000_000)
    #expect(answers(&admission, 1000) == 1000)
    #expect(answers(&admission, 100, to: 2) == 20)
    #expect(answers(&admission, 1000) == 1000)
  }

  @Test func `limits begin anew with each second, also after days without a question`() {
    var options = Server.Options()
    options.rateLimit = Server.RateLimit(answers: 20)
    var admission = Admission(options, SharedCounts(options), throttled: ReportedSourceList())
    // An entry has 16 bits for the second: these are two that look alike, and their neighbours.
    for second in [70_000, 70_001, 135_536, 135_537, 135_538, 201_072] as [Int64] {
      admission.setTime(second * 1000 + 999)
      #expect(admission.secondEnds == (second + 1) * 1000)
      #expect(answers(&admission, 100) == 20, "\(second)")
    }
  }

  @Test func `a worker that wakes late takes away nothing of what the others have counted`() {
    var options = Server.Options()
    options.rateLimit = Server.RateLimit(answers: 20)
    let counts = SharedCounts(options)
    var one = Admission(options, counts, throttled: ReportedSourceList())
    var other = Admission(options, counts, throttled: ReportedSourceList())
    // Never awake before, and asleep for a day.
    for second in [100_000, 186_400] as [Int64] {
      one.setTime(second * 1000)
      #expect(answers(&one, 15) == 15)
      other.setTime(second * 1000)
      #expect(answers(&other, 15) == 5)
    }
  }

  @Test func `a socket drops what comes from a subnet, from an address, or lets all in again`() throws {
    let sockets = try Sockets.open([Listener("[::1]:0")], workers: 1)
    defer { sockets.close() }
    let server = sockets.pairs[0]
    let client = try Client(to: sockets.listeners[0], isStream: false)
    func arrives() throws -> Bool {
      try client.send([1])
      var octet: UInt8 = 0
      return unsafe recv(server[0].udp, &octet, 1, CInt(MSG_DONTWAIT)) == 1
    }
    var shutOut = ShutOut()
    func apply() { shutOut.apply(to: server, of: sockets.listeners) }
    #expect(try arrives())
    // ::2 is another address than ::1, of the same /64.
    let neighbour = IPAddress.v6(IPv6Address(rawValue: 2))
    shutOut.add(neighbour)
    apply()
    #expect(try arrives())
    shutOut.add(neighbour, isSubnet: true)
    apply()
    #expect(try !arrives())
    shutOut.end()
    apply()
    #expect(try arrives())
    shutOut.add(.v6(IPv6Address(rawValue: 1)))
    apply()
    #expect(try !arrives())
  }
}
