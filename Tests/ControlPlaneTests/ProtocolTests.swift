// The query protocol by itself: forms, parameters, filters, pages, times, XML.
import Cloud
import Testing

@testable import ControlPlane

@Suite("The query protocol")
struct ProtocolTests {
  private func parameters(_ form: String) throws -> Parameters { try Parameters(Form.fields(form.utf8)) }

  @Test("A form is names and values, with their escapes")
  func form() throws {
    let fields = try Form.fields("Action=A&Name=a+b%26c%C3%A9&Empty=&Bare".utf8)
    #expect(fields.map(\.name) == ["Action", "Name", "Empty", "Bare"])
    #expect(fields.map(\.value) == ["A", "a b&cé", "", ""])
  }

  @Test(
    "A broken form is refused", arguments: ["a=%", "a=%4", "a=%zz", "a=%ff", "a=1&a=2", "a..b=1", ".a=1", "=1"])
  func brokenForm(text: String) {
    #expect(throws: AWSError.self) { try parameters(text) }
  }

  @Test("Lists come in the order of their numbers, with or without the level of the query protocol")
  func lists() throws {
    let read = try parameters("Id.10=c&Id.2=b&Id.1=a&Subnets.member.1=x&Groups.GroupId.1=y&None=")
    #expect(try read.texts("Id") == ["a", "b", "c"])
    #expect(try read.texts("Subnets") == ["x"])
    #expect(try read.texts("Groups") == ["y"])
    #expect(try read.texts("None") == [])
    #expect(try read.texts("Absent") == [])
    try read.refuseUnread()
  }

  @Test("What nobody reads is refused by its whole name")
  func unread() throws {
    let read = try parameters("VpcId=vpc-1&Filter.1.Name=n&Filter.1.Value.1=v&Filter.1.Odd=o")
    #expect(read.text("VpcId") == "vpc-1")
    let filter = try #require(try read.structures("Filter").first)
    #expect(filter.text("Name") == "n")
    #expect(try filter.texts("Value") == ["v"])
    #expect(throws: AWSError.unknownParameters(["Filter.1.Odd"])) { try read.refuseUnread() }
  }

  @Test("A list with something that is no number in it names that")
  func noNumber() throws {
    let read = try parameters("Id.1=a&Id.x=b")
    #expect(throws: AWSError.unknownParameters(["Id.x"])) { try read.texts("Id") }
  }

  @Test("Wrong values are refused with the parameter's name")
  func wrongValues() throws {
    let read = try parameters("Flag=yes&Count=9&Range=10.0.0.1%2F16")
    #expect(throws: AWSError.self) { try read.boolean("Flag") }
    #expect(throws: AWSError.self) { try read.integer("Count", in: 1...5) }
    #expect(throws: AWSError.self) { try read.cidrBlock("Range") }
    #expect(throws: AWSError.missing("Name")) { try read.required("Name") }
  }

  @Test(
    "Filters know * and ?, and a backslash before either",
    arguments: [
      ("web-1", "web-*", true), ("web-1", "web-?", true), ("web-10", "web-?", false), ("web", "*", true),
      ("", "*", true),
      ("a*b", #"a\*b"#, true), ("axb", #"a\*b"#, false), ("abcabc", "*abc", true), ("abcab", "*abc", false),
      ("aaa", "a*a*a", true), ("aa", "a*a*a", false), ("x", "", false), ("", "", true), ("Web", "web", false),
    ])
  func patterns(text: String, pattern: String, fits: Bool) {
    #expect(Pattern(pattern).fits(Array(text.unicodeScalars)) == fits)
  }

  @Test("A tree has no more leaves and no longer names than a form may have")
  func trees() throws {
    let most = CallLimits.parameters
    let name = String(repeating: "A", count: CallLimits.parameterNameOctets - 2)
    func object(_ name: String, _ leaves: Int) throws -> Int {
      try Parameters.fields(of: [name: .list(Array(repeating: .boolean(true), count: leaves))]).count
    }
    func document(_ name: String, _ leaves: Int) throws -> Int {
      let list = XMLElement(name: name, children: Array(repeating: XMLElement(name: "I"), count: leaves))
      return try Parameters.fields(of: XMLElement(name: "Root", children: [list]), lists: [name: "I"]).count
    }
    #expect(try object(name, 9) == 9)
    #expect(throws: AWSError.longName) { try object(name, 10) }
    #expect(try object("A", most) == most)
    #expect(throws: AWSError.self) { try object("A", most + 1) }
    #expect(try document("A", most) == most)
    #expect(throws: AWSError.self) { try document("A", most + 1) }
    #expect(throws: AWSError.longName) { try document(name + "AA", 1) }
    #expect(throws: AWSError.longName) { try parameters(name + "AAA=1") }
  }

  @Test("A character of a pattern is one of Unicode's, and two spellings of one text are two")
  func spellings() {
    #expect(Pattern("l?").fits(Array("l\u{e9}".unicodeScalars)))
    #expect(!Pattern("l?").fits(Array("le\u{301}".unicodeScalars)))
    #expect(!Pattern("l\u{e9}").fits(Array("le\u{301}".unicodeScalars)))
  }

  @Test("A pattern of many stars is no trap")
  func slowPattern() {
    let text = Array(repeating: Unicode.Scalar("a"), count: 2000)
    #expect(!Pattern(String(repeating: "a*", count: 200) + "b").fits(text))
  }

  @Test("Pages follow each other to the end, and a forged token is refused")
  func pages() throws {
    let items = (1...12).map { $0 < 10 ? "i-0\($0)" : "i-\($0)" }.shuffled()
    var seen: [String] = []
    var token: String?
    repeat {
      let form = "MaxResults=5" + (token.map { "&NextToken=\($0)" } ?? "")
      let page = try PageRequest(parameters(form)).page(items) { $0 }
      #expect(page.items.count <= 5)
      seen += page.items
      token = page.next
    } while token != nil
    #expect(seen == items.sorted())
    for forged in ["x", "00", "76323a", "zz"] {
      #expect(throws: AWSError.self) { try PageRequest(parameters("NextToken=\(forged)")) }
    }
  }

  @Test(
    "Times are of the Gregorian calendar",
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
      (1_452_506_400_007, "2016-01-11T10:00:00.007Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
      (-1, "1969-12-31T23:59:59.999Z"),
    ] as [(Int64, String)])
  func times(milliseconds: Int64, text: String) {
    #expect(Timestamp(milliseconds: milliseconds).description == text)
  }

  @Test("XML holds any text, and no character that XML has not")
  func xml() {
    let element = XML("a", [XML("b", "<&>\u{1}é\r"), XML("c", []), XML("d", true)])
    #expect(element.document.hasSuffix("<a><b>&lt;&amp;&gt;\u{fffd}é&#13;</b><c/><d>true</d></a>"))
  }
}
