// Server cookies: the examples of RFC 9018, and what a cookie is worth as time goes by.
import Testing

@testable import DNSWire

@Suite("Server cookies")
struct CookieTests {
  private static func octets(_ hex: String) -> [UInt8] {
    let digits = Array(hex)
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(String(digits[$0...($0 + 1)]), radix: 16) ?? 0 }
  }

  /// The judgement on a question with these cookies, and the cookies of its answer.
  private static func judge(
    _ hex: String, from address: String, _ secrets: CookieSecrets, at now: UInt32
  ) throws -> (ServerCookie, answer: String) {
    let data = octets(hex)
    let option = [0, 10, 0, UInt8(data.count)] + data
    var message: [UInt8] = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1]
    message += [0, 0, 41, 4, 208, 0, 0, 0, 0, 0, UInt8(option.count)] + option
    let count = message.count
    message += [UInt8](repeating: 0, count: 100)
    var query = Query()
    var name = FoldedName()
    _ = query.read(message.mutableSpan, count: count, name: &name)
    let cookie = ServerCookie(query, from: try #require(IPAddress(address)), secrets, now: now)
    var writer = ResponseWriter()
    var out = message.mutableSpan
    writer.begin(query, limit: 512, into: &out)
    writer.put(cookie, to: query, into: &out)
    let written = message[17..<45]
    #expect(written.prefix(4) == [0, 10, 0, 24])
    return (cookie, written.dropFirst(4).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
  }

  private static func secrets(_ current: String, _ other: String? = nil) throws -> CookieSecrets {
    CookieSecrets(try #require(CookieSecret(current)), other: try other.map { try #require(CookieSecret($0)) })
  }

  private static func isValid(_ cookie: ServerCookie) -> Bool {
    if case .valid = cookie.state { return true }
    return false
  }

  private static let secret = "e5e973e5a6b2a43f48e7dc849e37bfcf"
  private static let client = "198.51.100.100"
  private static let issued: UInt32 = 1_559_731_985
  private static let cookie = "2464c4abcf10c957010000005cf79f111f8130c3eee29480"

  @Test("The first cookie, and the renewed one (RFC 9018 A.1, A.2)")
  func firstAndRenewed() throws {
    let secrets = try Self.secrets(Self.secret)
    let (first, answer) = try Self.judge("2464c4abcf10c957", from: Self.client, secrets, at: Self.issued)
    if case .clientOnly = first.state {} else { Issue.record("\(first.state)") }
    #expect(answer == Self.cookie)
    let (second, renewed) = try Self.judge(Self.cookie, from: Self.client, secrets, at: 1_559_734_385)
    #expect(Self.isValid(second) && !second.isEcho)
    #expect(renewed == "2464c4abcf10c957010000005cf7a871d4a564a1442aca77")
  }

  @Test("Reserved octets are hashed as they came, and not sent back (RFC 9018 A.3)")
  func reserved() throws {
    let secrets = try Self.secrets(Self.secret)
    let came = "fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5"
    let (atOnce, _) = try Self.judge(came, from: "203.0.113.203", secrets, at: 1_559_727_985)
    #expect(Self.isValid(atOnce))
    let (late, answer) = try Self.judge(came, from: "203.0.113.203", secrets, at: 1_559_734_700)
    #expect(!Self.isValid(late) && answer == "fc93fc62807ddb86010000005cf7a9acf73a7810aca2381e")
  }

  @Test("An IPv6 client while the secret changes (RFC 9018 A.4)")
  func changeOfSecret() throws {
    let old = "dd3bdf9344b678b185a6f5cb60fca715"
    let new = "445536bcd2513298075a5d379663c962"
    let client = "2001:db8:220:1:59de:d0f4:8769:82b8"
    let came = "22681ab97d52c298010000005cf7c57926556bd0934c72f8"
    let (taken, answer) = try Self.judge(came, from: client, try Self.secrets(new, old), at: 1_559_741_961)
    #expect(Self.isValid(taken) && !taken.isEcho)
    #expect(answer == "22681ab97d52c298010000005cf7c609a6bb79d16625507a")
    let (refused, _) = try Self.judge(came, from: client, try Self.secrets(new), at: 1_559_741_961)
    #expect(!Self.isValid(refused))
  }

  @Test("A cookie is good for an hour and five minutes ahead, and comes back as it is for half an hour (RFC 9018 4.3)")
  func time() throws {
    let secrets = try Self.secrets(Self.secret)
    for (seconds, isValid, isEcho) in [
      (0, true, true), (1799, true, true), (1800, true, false), (3600, true, false), (3601, false, false),
      (-300, true, true), (-301, false, false), (1 << 31, false, false),
    ] {
      let now = UInt32(truncatingIfNeeded: Int(Self.issued) + seconds)
      let (cookie, answer) = try Self.judge(Self.cookie, from: Self.client, secrets, at: now)
      #expect(Self.isValid(cookie) == isValid && cookie.isEcho == isEcho, "\(seconds) s")
      #expect((answer == Self.cookie) == isEcho, "\(seconds) s")
    }
  }

  @Test("No other cookie is good: each octet counts, and so do address and secret")
  func others() throws {
    let secrets = try Self.secrets(Self.secret)
    for index in 0..<24 {
      var octets = Self.octets(Self.cookie)
      octets[index] ^= 1
      let hex = octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      let (changed, _) = try Self.judge(hex, from: Self.client, secrets, at: Self.issued)
      #expect(!Self.isValid(changed), "octet \(index)")
    }
    for size in [16, 17, 23, 25, 32, 40] {
      let hex = String((Self.cookie + Self.cookie).prefix(2 * size))
      let (longer, _) = try Self.judge(hex, from: Self.client, secrets, at: Self.issued)
      #expect(!Self.isValid(longer), "\(size) octets")
    }
    let (elsewhere, _) = try Self.judge(Self.cookie, from: "198.51.100.101", secrets, at: Self.issued)
    #expect(!Self.isValid(elsewhere))
    let (foreign, _) = try Self.judge(
      Self.cookie, from: Self.client, try Self.secrets("dd3bdf9344b678b185a6f5cb60fca715"), at: Self.issued)
    #expect(!Self.isValid(foreign))
  }

  @Test("The time of a cookie may pass 2106 (RFC 1982)")
  func wrap() throws {
    let secrets = try Self.secrets(Self.secret)
    let (_, answer) = try Self.judge("0000000000000001", from: "::1", secrets, at: .max - 100)
    let (later, _) = try Self.judge(answer, from: "::1", secrets, at: 100)
    #expect(Self.isValid(later) && later.isEcho)
  }

  @Test("A secret of our own changes each hour, and no cookie dies of that before its time")
  func hourly() throws {
    let source = CookieSource.random()
    #expect(source.secrets(at: 7200) == source.secrets(at: 10_799))
    #expect(source.secrets(at: 10_800).current != source.secrets(at: 10_799).current)
    #expect(source.secrets(at: 10_800).other == source.secrets(at: 10_799).current)
    #expect(CookieSource.random() != source)
    for made in [7200, 9000, 10_799] as [UInt32] {
      let (_, cookie) = try Self.judge("0102030405060708", from: "192.0.2.1", source.secrets(at: made), at: made)
      let (last, _) = try Self.judge(cookie, from: "192.0.2.1", source.secrets(at: made + 3600), at: made + 3600)
      #expect(Self.isValid(last), "made at \(made)")
    }
  }

  @Test("SipHash-2-4 as its authors have it")
  func hash() throws {
    // Key 00 01 … 0f, message 00 01 … 0e.
    var hash = SipHash(try #require(CookieSecret("000102030405060708090a0b0c0d0e0f")))
    hash.add(0x0706_0504_0302_0100)
    #expect(hash.finish(0x000e_0d0c_0b0a_0908, count: 15) == 0xa129_ca61_49be_45e5)
  }

  @Test("A secret is 32 hexadecimal digits")
  func secretText() {
    #expect(CookieSecret("E5E973e5a6b2a43f48e7dc849e37bfcf") == CookieSecret(Self.secret))
    for text in [
      "", "0", Self.secret + "0", String(Self.secret.dropLast()), "+" + Self.secret.dropFirst(),
      "g" + Self.secret.dropFirst(),
    ] {
      #expect(CookieSecret(text) == nil, "\(text)")
    }
  }
}
