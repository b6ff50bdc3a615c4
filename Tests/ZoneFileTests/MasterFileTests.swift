// What a master file means: owners, origins, TTLs, classes, groups, escapes (RFC 1035 5).
import DNSWire
import Testing
import ZoneFile

/// The zone of these tests is example.com.
func read(_ text: String) throws -> (records: [ZoneRecord], problems: [ZoneProblem]) {
  ZoneFile.read(Array(text.utf8), origin: try Name("example.com."))
}

/// Records as lines of text, in order.
func lines(_ text: String) throws -> [String] {
  let (records, problems) = try read(text)
  #expect(problems == [])
  return records.map { record in
    let data = ZoneFile.presentation(type: record.record.type, data: record.record.data) ?? "?"
    return "\(record.record.owner) \(record.record.ttl) \(record.record.type) \(data)"
  }
}

struct MasterFileTests {
  @Test func wholeZone() throws {
    let zone = """
      $ORIGIN example.com.
      $TTL 1h
      @       IN SOA ns1 hostmaster (
                  2024010101 ; serial
                  2h         ; refresh
                  15m 2w 1d )
              IN NS ns1
              IN NS ns2.example.net.
      ns1     IN A 10.0.0.1
      www 300 IN A 10.0.0.2
              IN TXT "a; b" ; a comment
      *.apps  A 10.0.0.3
      """
    #expect(
      try lines(zone) == [
        "example.com. 3600 SOA ns1.example.com. hostmaster.example.com. 2024010101 7200 900 1209600 86400",
        "example.com. 3600 NS ns1.example.com.",
        "example.com. 3600 NS ns2.example.net.",
        "ns1.example.com. 3600 A 10.0.0.1",
        "www.example.com. 300 A 10.0.0.2",
        #"www.example.com. 3600 TXT "a; b""#,
        "*.apps.example.com. 3600 A 10.0.0.3",
      ])
  }

  @Test func recordsKnowWhereTheyStart() throws {
    let records = try read("; a zone\n@ A 10.0.0.1\n\n  AAAA ::1\n").records
    #expect(records.map(\.line) == [2, 4])
    #expect(records.map(\.column) == [1, 3])
  }

  /// ldns refuses the class in front of the TTL.
  @Test(arguments: ["30 IN A", "IN 30 A", "30 A", "in 30s a", "CLASS1 30 TYPE1", "30 IN type1"])
  func classAndTTLComeInEitherOrder(_ middle: String) throws {
    #expect(try lines("v \(middle) 10.0.0.1") == ["v.example.com. 30 A 10.0.0.1"])
  }

  @Test func ownersMayBeNamedLikeTypesAndNumbers() throws {
    #expect(
      try lines("in 60 IN A 10.0.0.1\na 60 A 10.0.0.2\n300 60 A 10.0.0.3\ntxt TXT TXT") == [
        "in.example.com. 60 A 10.0.0.1", "a.example.com. 60 A 10.0.0.2", "300.example.com. 60 A 10.0.0.3",
        #"txt.example.com. 60 TXT "TXT""#,
      ])
  }

  // MARK: $ORIGIN

  /// ldns makes `sub.` of it.
  @Test func relativeOriginIsBelowTheOneBefore() throws {
    let zone = """
      $TTL 60
      $ORIGIN sub
      a CNAME b
      $ORIGIN deeper
      @ MX 10 @
      $ORIGIN example.com.
      c A 10.0.0.1
      """
    #expect(
      try lines(zone) == [
        "a.sub.example.com. 60 CNAME b.sub.example.com.",
        "deeper.sub.example.com. 60 MX 10 deeper.sub.example.com.",
        "c.example.com. 60 A 10.0.0.1",
      ])
  }

  @Test func ownerOutlivesAChangeOfOrigin() throws {
    #expect(
      try lines("$TTL 60\na A 10.0.0.1\n$ORIGIN sub\n  A 10.0.0.2") == [
        "a.example.com. 60 A 10.0.0.1", "a.example.com. 60 A 10.0.0.2",
      ])
  }

  // MARK: TTL

  @Test(arguments: [
    ("0", 0), ("1w2d3h4m5s", 788_645), ("1H30M", 5400), ("2147483647", 2_147_483_647), ("1d", 86_400),
  ])
  func unitsOfTime(_ text: String, seconds: UInt32) throws {
    #expect(try read("a \(text) A 10.0.0.1").records.map(\.record.ttl) == [seconds])
    #expect(try read("$TTL \(text)\na A 10.0.0.1").records.map(\.record.ttl) == [seconds])
  }

  /// RFC 2308 4, then RFC 1035 5.1.
  @Test func omittedTTLIsTheDefaultElseTheLastOne() throws {
    let zone = "a 60 A 10.0.0.1\nb A 10.0.0.2\n$TTL 90\nc A 10.0.0.3\nd 120 A 10.0.0.4\ne A 10.0.0.5"
    #expect(try read(zone).records.map(\.record.ttl) == [60, 60, 90, 120, 90])
  }

  @Test func omittedTTLIsTheMinimumOfTheSOAWhereverItStands() throws {
    let zone = "a A 10.0.0.1\n@ SOA ns host 1 2 3 4 777\nb A 10.0.0.2"
    #expect(try read(zone).records.map(\.record.ttl) == [777, 777, 777])
  }

  @Test func omittedTTLIsAnHourWhenNothingSaysMore() throws {
    #expect(try read("a A 10.0.0.1").records.map(\.record.ttl) == [3600])
  }

  // MARK: Names and text

  @Test func escapesInNames() throws {
    #expect(
      try lines(#"a\.b 60 MX 10 \064\@.x\032y"#) == [#"a\.b.example.com. 60 MX 10 \@\@.x\032y.example.com."#])
    // Its first label is the letter @, which ldns takes for the origin; a dot that is escaped ends no name.
    #expect(try lines(#"\@ 60 CNAME \@.other."#) == [#"\@.example.com. 60 CNAME \@.other."#])
    #expect(try lines(#"a\. 60 CNAME b\\."#) == [#"a\..example.com. 60 CNAME b\\."#])
  }

  @Test func rootAndServiceNames() throws {
    #expect(
      try lines("_sip._tcp 60 SRV 0 0 0 .") == ["_sip._tcp.example.com. 60 SRV 0 0 0 ."])
    let (records, problems) = ZoneFile.read(Array(". 60 NS a.\ncom 60 NS b".utf8), origin: .root)
    #expect(problems == [])
    #expect(records.map(\.record.owner.description) == [".", "com."])
  }

  @Test func namesKeepTheirCase() throws {
    #expect(try lines("WwW.Example.COM. 60 CNAME FoO") == ["WwW.Example.COM. 60 CNAME FoO.example.com."])
  }

  @Test func nameOf255OctetsIsReadAndOf256Refused() throws {
    let labels = String(repeating: String(repeating: "a", count: 63) + ".", count: 3)
    // 3 × 64, then 50 and the 12 of example.com with the root.
    let longest = labels + String(repeating: "b", count: 49)
    let records = try read("x 60 A 10.0.0.1\n\(longest) 60 CNAME \(longest)").records
    #expect(records.last?.record.owner.wire.count == 255)
    #expect(records.last?.record.data.count == 255)
    let problems = try read("x 60 A 10.0.0.1\n\(longest)b 60 A 10.0.0.1\ny 60 CNAME \(longest)b").problems
    #expect(problems.map { "\($0.line):\($0.column)" } == ["2:1", "3:12"])
    #expect(problems.allSatisfy { $0.message.hasPrefix("a name has 256 octets, at most 255 are allowed") })
  }

  @Test func stringsOf255Octets() throws {
    let string = String(repeating: "x", count: 255)
    #expect(try read("a 60 TXT \(string) \"\(string)\"").records.first?.record.data.count == 512)
    #expect(try read("a 60 TXT \"\" \"\"").records.first?.record.data == [0, 0])
    #expect(try read(#"a 60 TXT \000\255\"\\"#).records.first?.record.data == [4, 0, 255, 34, 92])
  }

  @Test func stringsNeedNoBlankBetween() throws {
    #expect(try lines(#"a 60 TXT "b""c"("d")"#) == [#"a.example.com. 60 TXT "b" "c" "d""#])
  }

  @Test func anyOctetIsAllowedInStringsAndComments() throws {
    let text = Array("a 60 TXT \"".utf8) + [0xff, 0xfe, 9, 0xc3, 0xa9] + Array("\" ; ".utf8) + [0, 0xff, 7, 10]
    let (records, problems) = ZoneFile.read(text, origin: try Name("example.com."))
    #expect(problems == [])
    #expect(records.map(\.record.data) == [[5, 0xff, 0xfe, 9, 0xc3, 0xa9]])
  }

  // MARK: Lines

  @Test(arguments: ["\n", "\r\n", "\n\n", " \t\r\n", " ; comment\r\n"])
  func endsOfLines(_ end: String) throws {
    let zone = ["$TTL 60", "a A 10.0.0.1", "  A 10.0.0.2", "b TXT (", " c", ")"].joined(separator: end)
    let expected = ["a.example.com. 60 A 10.0.0.1", "a.example.com. 60 A 10.0.0.2", #"b.example.com. 60 TXT "c""#]
    #expect(try lines(zone) == expected)
    #expect(try lines(zone + end) == expected)
  }

  @Test func byteOrderMarkIsNoPartOfTheOwner() throws {
    let records = try read("\u{feff}a 60 A 10.0.0.1").records
    #expect(records.map(\.record.owner.description) == ["a.example.com."])
    #expect(records.map(\.column) == [1])
  }

  @Test func groupsMayStandAnywhere() throws {
    #expect(
      try lines("( a\n60 ) IN (A) (\n10.0.0.1\n)\nb 60 MX((10)\nmail)") == [
        "a.example.com. 60 A 10.0.0.1", "b.example.com. 60 MX 10 mail.example.com.",
      ])
  }

  @Test(arguments: ["", "\n", ";", "\u{feff}", " \t ", "\r\n; nothing\r\n"])
  func emptyFileHasNoRecords(_ text: String) throws {
    #expect(try lines(text) == [])
  }

  @Test func columnsCountCharacters() throws {
    #expect(try read("a 60 TXT \"é€\" b\"").problems.map(\.column) == [16])
  }

  // MARK: Unknown types

  @Test func unknownTypesAreWrittenAsOctets() throws {
    #expect(
      try lines(##"a 60 TYPE65280 \# 4 0a000001"## + "\nb 60 CLASS1 TYPE1 \\# 4 ( 0a00\n0001 )\nc 60 TYPE65281 \\# 0")
        == [
          ##"a.example.com. 60 TYPE65280 \# 4 0A000001"##, "b.example.com. 60 A 10.0.0.1",
          ##"c.example.com. 60 TYPE65281 \# 0"##,
        ])
  }

  // MARK: Size

  @Test func tenThousandRecords() throws {
    var zone = "$TTL 60\n@ SOA ns host 1 2 3 4 5\n"
    for index in 0..<10_000 { zone += "host\(index) IN A 10.\(index >> 16).\(index >> 8 & 255).\(index & 255)\n" }
    let (records, problems) = try read(zone)
    #expect(problems == [])
    #expect(records.count == 10_001)
    #expect(records.last?.line == 10_002)
  }
}
