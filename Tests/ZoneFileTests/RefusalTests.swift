// What is refused, where and with which words. The first group is what ldns lets pass or gets wrong.
import DNSWire
import Testing
import ZoneFile

struct RefusalTests {
  /// A file of which one thing is wrong, the place of it, and a part of the message.
  struct Wrong: Sendable, CustomTestStringConvertible {
    var text: String
    var place: String
    var message: String
    var testDescription: String { text.count < 80 ? text : String(text.prefix(80)) }

    init(_ text: String, _ place: String, _ message: String) {
      self.text = text
      self.place = place
      self.message = message
    }
  }

  private func expect(_ wrong: Wrong) throws {
    let problems = try read(wrong.text).problems
    #expect(problems.map { "\($0.line):\($0.column)" } == [wrong.place], "\(problems)")
    #expect(problems.first?.message.contains(wrong.message) == true, "\(problems)")
  }

  static let structure = [
    Wrong("a 60 A 10.0.0.1\nb 60 TXT ( x\n y", "2:10", "never closed"),
    Wrong("a 60 A 10.0.0.1\nb 60 TXT \"x\nc 60 A 10.0.0.1", "2:10", "not closed"),
    Wrong("a 60 TXT key=\"x", "1:14", "not closed"),
    Wrong("$FOO bar", "1:1", "unknown directive $FOO"),
    Wrong("a 60 A 10.0.0.1\n$INCLUDE other.zone", "2:1", "$INCLUDE is not supported"),
    Wrong("$GENERATE 1-10 host$ A 10.0.0.$", "1:1", "$GENERATE is not supported"),
    Wrong("$TTL 4294967296", "1:6", "a time in seconds"),
    Wrong("$TTL 2147483648", "1:6", "at most 2147483647"),
    Wrong("a 2147483648 A 10.0.0.1", "1:3", "at most 2147483647"),
    Wrong("a 99999999999999999999 A 10.0.0.1", "1:3", "a time in seconds"),
    Wrong("a 1h30 A 10.0.0.1", "1:3", "1h30m"),
    Wrong("a 60 CH TXT x", "1:6", "only class IN"),
    Wrong("a HS 60 TXT x", "1:3", "only class IN"),
    Wrong("a CLASS3 60 TXT x", "1:3", "only class IN"),
    Wrong("a 60 TXT x))\\ \u{1}", "1:11", "closes none"),
    Wrong("a 60 TXT x)", "1:11", "closes none"),
    Wrong("a 60 TXT \"x\"y", "1:13", "a blank must follow"),
    Wrong("a 60 SVCB 1 . alpn=\"h2\"x", "1:24", "a blank must follow"),
    Wrong("a 60 TXT x\"y\"", "1:11", "a quote within a word"),
    Wrong("a 60 TXT x\\", "1:11", "nothing follows"),
    Wrong("a 60 TXT \\25", "1:10", "three decimal digits"),
    Wrong("a 60 TXT \\256", "1:10", "three decimal digits"),
    Wrong("a 60 TXT x\u{0}y", "1:11", "octet 0"),
    Wrong("a 60 TXT \"x\u{0}y\"", "1:12", "NUL"),
    Wrong("a 60 TXT x\ry", "1:11", "carriage return"),
    Wrong("$ORIGIN", "1:8", "needs a value"),
    Wrong("$ORIGIN a b", "1:11", "takes one value"),
    Wrong("$ORIGIN a..b", "1:9", "a label is empty"),
    Wrong("$TTL", "1:5", "needs a value"),
    Wrong(" 60 A 10.0.0.1", "1:2", "must state its owner"),
    Wrong("a 60", "1:5", "expected a record type"),
    Wrong("a 60 IN", "1:8", "expected a record type"),
    Wrong("a 60 NOTATYPE x", "1:6", "expected a record type such as A, found NOTATYPE"),
    Wrong("a 60 \"A\" 10.0.0.1", "1:6", "expected a record type"),
    Wrong("a 60 30 A 10.0.0.1", "1:6", "expected a record type"),
    Wrong(" $TTL 60", "1:2", "must state its owner"),
  ]

  @Test(arguments: structure)
  func structureIsChecked(_ wrong: Wrong) throws { try expect(wrong) }

  static let names = [
    Wrong("www.example.net. 60 A 10.0.0.1", "1:1", "www.example.net. is not within the zone example.com."),
    Wrong("a 60 A 10.0.0.1\n$ORIGIN net.\nb 60 A 10.0.0.1", "3:1", "b.net. is not within the zone"),
    Wrong("notexample.com. 60 A 10.0.0.1", "1:1", "not within"),
    Wrong("a..b 60 A 10.0.0.1", "1:1", "a label is empty"),
    Wrong(".a 60 A 10.0.0.1", "1:1", "a label is empty"),
    Wrong(String(repeating: "a", count: 64) + " 60 A 10.0.0.1", "1:1", "a label has 64 octets"),
    Wrong("b 60 MX 10 " + String(repeating: "a", count: 64), "1:12", "a label has 64 octets"),
    Wrong("\"a\" 60 A 10.0.0.1", "1:1", "without quotes"),
    Wrong("a 60 MX 10 \"b\"", "1:12", "without quotes"),
    Wrong("münchen 60 A 10.0.0.1", "1:1", "xn--"),
    Wrong("a\\300 60 A 10.0.0.1", "1:1", "three decimal digits"),
  ]

  @Test(arguments: names)
  func namesAreChecked(_ wrong: Wrong) throws { try expect(wrong) }

  static let data = [
    Wrong("a 60 A 10.0.0.256", "1:8", "expected an IPv4 address such as 192.0.2.1, found 10.0.0.256"),
    Wrong("a 60 A 10.0.0", "1:8", "expected an IPv4 address"),
    Wrong("a 60 A ::1", "1:8", "expected an IPv4 address"),
    Wrong("a 60 A 010.0.0.1", "1:8", "expected an IPv4 address"),
    Wrong("a 60 A", "1:7", "the A record ends here"),
    Wrong("a 60 A 10.0.0.1 10.0.0.2", "1:17", "nothing may follow the data of A"),
    Wrong("a 60 AAAA 10.0.0.1", "1:11", "expected an IPv6 address such as 2001:db8::1"),
    Wrong("a 60 AAAA 1::2::3", "1:11", "expected an IPv6 address"),
    Wrong("a 60 MX mail", "1:9", "expected a number from 0 to 65535, found mail"),
    Wrong("a 60 MX 65536 mail", "1:9", "expected a number from 0 to 65535"),
    Wrong("a 60 MX -1 mail", "1:9", "expected a number from 0 to 65535"),
    Wrong("a 60 MX 10", "1:11", "expected a domain name, but the MX record ends here"),
    Wrong("a 60 SRV 0 0 99999 b", "1:14", "expected a number from 0 to 65535"),
    Wrong("a 60 TXT", "1:9", "expected text"),
    Wrong("a 60 TXT " + String(repeating: "x", count: 256), "1:10", "at most 255 octets, this one has 256"),
    Wrong("@ SOA ns host 4294967296 2 3 4 5", "1:15", "expected a number from 0 to 4294967295"),
    Wrong("@ SOA ns host 1 2 3 4 2147483648", "1:23", "at most 2147483647"),
    Wrong("@ SOA ns host 1 2 3 4", "1:22", "the SOA record ends here"),
    Wrong("a 60 CAA 256 issue x", "1:10", "expected a number from 0 to 255"),
    Wrong("a 60 CAA 0 is-sue x", "1:12", "property tag"),
    Wrong("a 60 DS 1 8 2 abc", "1:15", "expected hexadecimal octets"),
    Wrong("a 60 DS 1 NOSUCH 2 abcd", "1:11", "not understood: NOSUCH"),
    Wrong("a 60 DNSKEY 256 3 8 AQID*", "1:21", "expected base64"),
    Wrong("a 60 DNSKEY 256 3 8 AQI", "1:21", "expected base64"),
    Wrong("a 60 RRSIG A 8 3 60 20300231000000 20290101000000 1 b AQID", "1:21", "no such time"),
    Wrong("a 60 NSEC b A NOTATYPE", "1:15", "expected a record type"),
    // Words enough to make ldns write past its stack.
    Wrong("a 60 NSEC b " + String(repeating: "A ", count: 70_000) + "x y", "1:140013", "expected a record type"),
    Wrong("a 60 DNSKEY 1 3 8 " + String(repeating: "AQID", count: 22_000), "1:19", "fits no record"),
    Wrong("a 60 OPENPGPKEY " + String(repeating: "AQID", count: 22_000), "1:17", "fits no record"),
    Wrong("a 60 TXT" + String(repeating: " " + String(repeating: "x", count: 255), count: 256), "1:10", "65536 octets"),
    Wrong("a 60 NSEC3PARAM 1 0 0 abc", "1:23", "expected a salt"),
    Wrong("a 60 NSEC3 1 0 0 - x!", "1:20", "base32hex"),
    Wrong("a 60 APL 1:10.0.0.0/33", "1:10", "expected an address prefix"),
    Wrong("a 60 APL 3:10.0.0.0/8", "1:10", "expected an address prefix"),
    Wrong("a 60 LOC 91 N 4 E 0m", "1:10", "at most 90 degrees"),
    Wrong("a 60 LOC 52 60 N 4 E 0m", "1:13", "expected a location"),
    Wrong("a 60 LOC 52 N 4 E 99999999m", "1:19", "an altitude"),
    Wrong("a 60 IPSECKEY 10 4 2 . AQID", "1:18", "expected a gateway type from 0 to 3"),
    Wrong("a 60 IPSECKEY 10 1 2 ::1 AQID", "1:22", "expected an IPv4 address"),
    Wrong("a 60 HIP 0 ab AQID", "1:10", "from 1 to 255"),
    Wrong("a 60 EUI48 00-00-5e-00-53", "1:12", "six octets"),
    Wrong("a 60 L64 10 2001:db8::1", "1:13", "four groups"),
    Wrong("a 60 WKS 10.0.0.1 TCP NOSUCH", "1:23", "expected a port"),
    Wrong("a 60 TLSA 3 1 1 xy", "1:17", "expected hexadecimal"),
  ]

  @Test(arguments: data)
  func dataIsChecked(_ wrong: Wrong) throws { try expect(wrong) }

  static let parameters = [
    Wrong("a 60 HTTPS 1 . alpn=h2 alpn=h3", "1:24", "alpn is given twice"),
    Wrong("a 60 HTTPS 1 . nosuch=1", "1:16", "expected a parameter"),
    Wrong("a 60 HTTPS 1 . key01=1", "1:16", "expected a parameter"),
    Wrong("a 60 HTTPS 1 . key65535=1", "1:16", "expected a parameter"),
    Wrong("a 60 HTTPS 1 . port=99999", "1:16", "expected a port"),
    Wrong("a 60 HTTPS 1 . alpn=", "1:16", "expected protocols"),
    Wrong("a 60 HTTPS 1 . ipv4hint=::1", "1:16", "expected IPv4 addresses"),
    Wrong("a 60 HTTPS 1 . ipv6hint=" + String(repeating: "0", count: 46), "1:16", "expected IPv6 addresses"),
    Wrong("a 60 HTTPS 1 . ech=AQI", "1:16", "expected base64"),
    Wrong("a 60 HTTPS 1 . mandatory=port", "1:16", "mandatory names port, which is not given"),
    Wrong("a 60 HTTPS 1 . port=1 mandatory=port,port", "1:16", "each key once"),
    Wrong("a 60 HTTPS 1 . no-default-alpn", "1:16", "needs alpn"),
    // Values longer than the text that says them, and than their length can say.
    Wrong("a 60 HTTPS 1 . port=1 ipv6hint=::" + String(repeating: ",::", count: 4095), "1:23", "has 65536 octets"),
    Wrong("a 60 SVCB 1 . alpn=a" + String(repeating: ",a", count: 32_767), "1:15", "alpn has 65536 octets"),
    Wrong("a 60 SVCB 1 . key9=" + String(repeating: "a", count: 65_536), "1:15", "key9 has 65536 octets"),
    // Each value has room, all of them together have none.
    Wrong("a 60 HTTPS 1 . key9=aaaaa ipv6hint=::" + String(repeating: ",::", count: 4094), "1:12", "has 65536 octets"),
  ]

  @Test(arguments: parameters)
  func serviceParametersAreChecked(_ wrong: Wrong) throws { try expect(wrong) }

  static let octets = [
    Wrong(##"a 60 A \# 3 0a0000"##, "1:8", "not the data of a record of type A"),
    Wrong(##"a 60 A \# 4 0a0000"##, "1:8", "says 4 octets, but 3 follow"),
    Wrong(##"a 60 A \# 4"##, "1:8", "says 4 octets, but 0 follow"),
    Wrong(##"a 60 A \#"##, "1:10", "the number of octets"),
    Wrong(##"a 60 TYPE65280 \# 1 0g"##, "1:21", "expected hexadecimal"),
    Wrong(##"a 60 TYPE65280 \# 65536 00"##, "1:19", "from 0 to 65535"),
    Wrong(##"a 60 CNAME \# 2 c00c"##, "1:12", "not the data of a record of type CNAME"),
    Wrong(##"a 60 NSEC \# 4 00000100"##, "1:11", "not the data"),
    Wrong(##"a 60 SOA \# 22 00000000000000000000000000000000000080000000"##, "1:16", "at most 2147483647"),
    Wrong("a 60 TYPE65280 10.0.0.1", "1:16", "RFC 3597"),
  ]

  @Test(arguments: octets)
  func octetsAreChecked(_ wrong: Wrong) throws { try expect(wrong) }

  /// Types that IANA knows and ldns 1.8.3 does not read: octets are taken, text is not.
  @Test(arguments: ["NXT", "A6", "SINK", "NINFO", "RKEY", "UINFO", "UID", "GID", "UNSPEC", "AVC", "TA", "TYPE260"])
  func typesWithoutAFormatAreWrittenAsOctets(_ type: String) throws {
    try expect(Wrong("a 60 \(type) x", "1:\(7 + type.count)", "are written as \\# length hexadecimal"))
    #expect(try read("a 60 \(type) \\# 1 ff").problems == [])
  }

  @Test(arguments: [
    "OPT", "ANY", "AXFR", "IXFR", "TSIG", "TKEY", "MAILA", "MAILB", "TYPE41", "TYPE250", "TYPE255", "TYPE128",
    "TYPE65535", "TYPE0",
  ])
  func typesOfQuestionsAreRefused(_ type: String) throws {
    try expect(Wrong("a 60 \(type) \\# 0", "1:6", "is not a type of record that a zone can hold"))
  }

  @Test func nullIsRefused() throws {
    try expect(Wrong("a 60 NULL \\# 0", "1:6", "NULL records are not allowed"))
  }

  // MARK: Several at once

  @Test func allProblemsAreToldInOrderAndTheRestIsRead() throws {
    let zone = """
      $TTL x
      a 60 A 10.0.0.300
      b 60 A 10.0.0.1
      www.example.net. 60 MX x y
      c 60 TXT "open
      d 60 A 10.0.0.2
      """
    let (records, problems) = try read(zone)
    #expect(problems.map { "\($0.line):\($0.column)" } == ["1:6", "2:8", "4:1", "4:24", "5:10"])
    #expect(records.map(\.record.owner.description) == ["b.example.com.", "d.example.com."])
  }

  @Test func unclosedParenthesisSwallowsNothing() throws {
    let zone = """
      @ 60 SOA ns host (
          1 2 3 4 5
      a 60 A 10.0.0.1
      b 60 TXT ( x
          y )
      c 60 TXT ( z
      d 60 A 10.0.0.300
      """
    let (records, problems) = try read(zone)
    #expect(problems.map { "\($0.line):\($0.column)" } == ["1:18", "6:10", "7:8"])
    #expect(records.map(\.record.owner.description) == ["a.example.com.", "b.example.com."])
  }

  @Test func refusedOwnerIsToldOnceAndItsRecordsAreLeftOut() throws {
    let (records, problems) = try read("x.net. 60 A 10.0.0.1\n A 10.0.0.2\n A 300\nb A 10.0.0.3")
    #expect(problems.map { "\($0.line):\($0.column)" } == ["1:1", "3:4"])
    #expect(records.map(\.record.owner.description) == ["b.example.com."])
  }

  /// Columns and lines count within the text of a single value.
  @Test func singleValuesAreChecked() throws {
    func problem(_ type: RecordType, _ text: String) -> String? {
      do throws(ZoneProblem) {
        _ = try ZoneFile.recordData(type: type, text: text)
        return nil
      } catch {
        return "\(error.line):\(error.column) \(error.message)"
      }
    }
    #expect(try hexadecimal(ZoneFile.recordData(type: .mx, text: "10 mail.x")) == "000A046D61696C017800")
    #expect(problem(.mx, "10 mail.example.com.") == nil)
    #expect(problem(.mx, "ten mail")?.hasPrefix("1:1 expected a number") == true)
    #expect(problem(.a, "10.0.0.1\n10.0.0.2")?.hasPrefix("2:1 one value is expected") == true)
    #expect(problem(.a, "")?.hasPrefix("1:1 expected an IPv4 address") == true)
    #expect(problem(.txt, "\"x")?.hasPrefix("1:1 this quote") == true)
    #expect(problem(.any, "x")?.contains("is not a type of record") == true)
  }

  /// What begins a comment, a group or the origin in a zone file would be lost, or become another name.
  @Test(arguments: [
    (RecordType.txt, #""v=DKIM1"; "k=rsa""#, 10), (.txt, #""a" ( "b" )"#, 5), (.txt, #""a" )"#, 5),
    (.ptr, "foo;bar", 4), (.cname, "@", 1), (.mx, "10 @", 4),
  ])
  func aValueIsNoZoneFile(type: RecordType, text: String, column: Int) throws {
    let problem = #expect(throws: ZoneProblem.self) { try ZoneFile.recordData(type: type, text: text) }
    #expect(problem?.column == column)
    // In quotes, or behind a backslash, each is what it is.
    #expect(try hexadecimal(ZoneFile.recordData(type: .txt, text: #"";()" \;\(\) @"#)) == "033B2829033B28290140")
    #expect(try ZoneFile.recordData(type: .cname, text: #"\@"#) == [1, UInt8(ascii: "@"), 0])
  }

  static let files = [
    "\u{feff}$TTL 1h\n$ORIGIN sub\n@ SOA ns host ( 1 2h ; x\r\n 3 4 5 )\na\\.b 60 IN TXT \"q\\\"u;\\200\" (w) é\n IN 30 AAAA ::1\n",
    "b LOC 52 22 23.5 N 4 E -2m 1m", "c HTTPS 1 . alpn=\"h3,h2\" ipv6hint=::1 key9=a\\,b",
    "c SVCB 1 a mandatory=port port=1 ech=AQID ipv4hint=10.0.0.1", "d APL 1:10.0.0.0/8 !2:ff::/8",
    "e IPSECKEY 1 3 2 g AQID", "f NSEC h A TYPE999", "g WKS 10.0.0.1 TCP 25",
    "h NSEC3 1 0 1 ab 2t7b4g4vsa5smi47k61mv5bv1a22bojr A", "i HIP 2 ab AQID r",
    "j RRSIG A 8 3 9 20300101000000 1 1 . AQ==", "k TYPE65280 \\# 2 abcd", "k A \\# 4 0a000001", "l NSAP 0x47.00",
    "m EUI64 00-00-5e-ef-10-00-00-2a", "n CAA 0 issue x", "o CERT PKIX 1 RSAMD5 AQID",
  ]

  /// Every truncation, and every octet changed to each that has a meaning: problems with places, never a trap.
  @Test(arguments: files)
  func damagedFilesAreNoTrap(_ file: String) throws {
    let origin = try Name("example.com.")
    let text = Array(file.utf8)
    #expect(ZoneFile.read(text, origin: origin).problems == [])
    for index in text.indices {
      check(Array(text[..<index]), origin)
      for value in [0, 9, 10, 13, 0x80, 0xff] + Array("z \"$(),-.:;=@\\09".utf8) {
        var damaged = text
        damaged[index] = value
        check(damaged, origin)
      }
    }
  }

  private func check(_ text: [UInt8], _ origin: Name) {
    let (records, problems) = ZoneFile.read(text, origin: origin)
    let lineCount = text.count { $0 == 10 } + 1
    #expect(problems.allSatisfy { (1...lineCount).contains($0.line) && $0.column > 0 && !$0.message.isEmpty })
    for record in records {
      #expect(ZoneFile.presentation(type: record.record.type, data: record.record.data) != nil)
    }
  }
}
