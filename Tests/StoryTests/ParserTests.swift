// Reading stories: what is understood, and that every mistake is told with its line, all at once.
import DNSWire
import Resolution
import Testing
import WorldFile

@testable import Story

@Suite("Reading a story")
struct ParserTests {
  private func problems(_ text: String) -> [String] {
    do throws(StoryFailure) {
      _ = try Story(text, file: "story.md")
      return []
    } catch {
      return error.problems.map(\.description)
    }
  }

  @Test func `prose, questions and changes in their order`() throws {
    let story = try Story(
      """
      # A title

      Some words,
      over two lines.

          ask i-1 ec2-203-0-113-25.compute-1.amazonaws.com
          expect 10.0.0.5
          because S74, row 1

          set vpc-1:ClassicLinkDnsSupported=false
          set i-1:ClassicLink=none
          unset i-1:ClassicLink
          ask vpc-1 PTR 5.0.0.10.in-addr.arpa at 10.0.0.2
          expect NXDOMAIN
      More words.

          reset
          ask 10.0.0.9 AAAA a.example
          expect b.example → c.example → 2001:db8::1 2001:db8::2
      """, file: "story.md")
    #expect(story.title == "A title")
    let off = try Override("vpc-1:ClassicLinkDnsSupported=false")
    let unlinked = try Override("i-1:ClassicLink=none")
    let first = Story.Step(
      question: Question(who: .resource("i-1"), name: try Name("ec2-203-0-113-25.compute-1.amazonaws.com")),
      overrides: [], expectation: .found(chain: [], values: [.address(.v4(IPv4Address(10, 0, 0, 5)))]),
      citations: ["S74", "row 1"], line: 6)
    let second = Story.Step(
      question: Question(
        who: .resource("vpc-1"), name: try Name("5.0.0.10.in-addr.arpa"), type: .ptr, resolver: IPAddress("10.0.0.2")),
      overrides: [off], expectation: .reply(.noSuchName), citations: [], line: 13)
    let ends = ["2001:db8::1", "2001:db8::2"].compactMap { IPAddress($0) }.map { Reply.Value.address($0) }
    let third = Story.Step(
      question: Question(who: .source(try #require(IPAddress("10.0.0.9"))), name: try Name("a.example"), type: .aaaa),
      overrides: [], expectation: .found(chain: [try Name("b.example"), try Name("c.example")], values: Set(ends)),
      citations: [], line: 18)
    #expect(
      story.passages == [
        .prose(["# A title", "", "Some words,", "over two lines."]), .step(first), .change(.set(off)),
        .change(.set(unlinked)), .change(.unset(subject: "i-1:ClassicLink")), .step(second), .prose(["More words."]),
        .change(.reset), .step(third),
      ])
  }

  @Test func `lines end as any editor ends them`() throws {
    let text = "# A title\n\n    ask classic a.example\n    expect silence\n\nMore words.\n"
    let story = try Story(text, file: "story.md")
    #expect(story.passages.count == 3)
    #expect(try Story(text.replacing("\n", with: "\r\n"), file: "story.md").passages == story.passages)
  }

  @Test func `a later set of the same member takes the place of the earlier`() throws {
    let story = try Story(
      """
          set vpc-1:EnableDnsSupport=false
          set vpc-1:EnableDnsSupport=true
          ask classic a.example
          expect silence
      """, file: "story.md")
    #expect(story.steps.map(\.overrides) == [[try Override("vpc-1:EnableDnsSupport=true")]])
  }

  private static let mistakes: [(text: String, message: String)] = [
    ("    aks i-1 a.example", #"1:5: error: "aks" is no command; they are ask, expect, because, set, unset, reset"#),
    ("     ask i-1 a.example\n", "1:6: error: a command stands after four spaces exactly"),
    ("\task i-1 a.example", "1:1: error: a tab: write spaces"),
    (
      "Words\n    reset", "2:5: error: an empty line stands between prose and a command, or Markdown takes it for prose"
    ),
    ("    ask i-1", "1:5: error: a question is written: ask WHO [TYPE] NAME [at ADDRESS]"),
    ("    ask i-1 MX a.example\n    expect NODATA", #"1:5: error: a story asks for A, AAAA, CNAME and PTR, not "MX""#),
    ("    ask i-1 a..example\n    expect NODATA", #"1:5: error: "a..example" is no name: a label is empty"#),
    ("    ask i-1 a.example at home\n    expect NODATA", #"1:5: error: "home" is no address of a resolver"#),
    ("    ask i-1 a.example", "1:5: error: ask is followed by expect"),
    ("    ask i-1 a.example\n    ask i-1 b.example\n    expect NODATA", "1:5: error: ask is followed by expect"),
    ("    expect 10.0.0.1", "1:5: error: expect follows an ask"),
    (
      "    ask i-1 a.example\n    expect",
      "2:5: error: expect what? Addresses, names, or NXDOMAIN, NODATA, REFUSED, SERVFAIL, silence"
    ),
    (
      "    ask i-1 a.example\n    expect nxdomain",
      #"2:5: error: "nxdomain" is neither an address nor a name nor one of NXDOMAIN, NODATA, REFUSED, SERVFAIL, silence"#
    ),
    (
      "    ask i-1 a.example\n    expect 10.0.0",
      #"2:5: error: "10.0.0" is neither an address nor a name nor one of NXDOMAIN, NODATA, REFUSED, SERVFAIL, silence"#
    ),
    (
      "    ask i-1 a.example\n    expect 10.0.0.1 → b.example", "2:5: error: 10.0.0.1 is an address: only names lead on"
    ),
    ("    ask i-1 a.example\n    expect b.example →", "2:5: error: a chain has one name before each →"),
    ("    because S74", "1:5: error: because follows an expect"),
    (
      "    ask i-1 a.example\n    expect NODATA\n    because of S74",
      #"3:5: error: "of S74" is no source such as S74, row 13 or decision 6"#
    ),
    (
      "    set vpc-1",
      #"1:5: error: "vpc-1": there is no value; an override is written ID:Member=VALUE, such as vpc-1a2b3c4d:ClassicLinkDnsSupported=false"#
    ),
    ("    set vpc-1:A=1\n    unset vpc-1:B", "2:5: error: nothing of that name is set; what is set is vpc-1:A"),
    ("    reset all", "1:5: error: reset stands alone"),
  ]

  @Test(arguments: mistakes)
  func `a mistake says where it is and what is meant`(text: String, message: String) {
    #expect(problems(text).contains("story.md:" + message))
  }

  @Test func `all mistakes are told at once`() {
    let found = problems("    aks\n    ask i-1 a.example\n    expect nothing\n    unset x:y\n    ask classic b.example")
    #expect(found.map { $0.split(separator: ":")[1] } == ["1", "3", "4", "5"])
  }

  private static let chains: [(expected: String, chain: [String], end: String?, isMet: Bool)] = [
    ("10.0.0.5", ["b.example"], "10.0.0.5", true), ("b.example → 10.0.0.5", ["b.example"], "10.0.0.5", true),
    ("a.example → b.example → 10.0.0.5", ["b.example"], "10.0.0.5", true), ("10.0.0.6", [], "10.0.0.5", false),
    ("c.example → 10.0.0.5", ["b.example"], "10.0.0.5", false),
    ("a.example → 10.0.0.5", ["b.example"], "10.0.0.5", false),
    ("b.example → 10.0.0.5", [], "10.0.0.5", false), ("b.example", ["b.example"], nil, true),
    ("b.example", ["b.example"], "10.0.0.5", false), ("NODATA", [], "10.0.0.5", false),
  ]

  @Test(arguments: chains)
  func `a chain may be told or left out`(expected: String, chain: [String], end: String?, isMet: Bool) throws {
    let step = try #require(try Story("    ask internet a.example\n    expect \(expected)", file: "").steps.first)
    let values = end.flatMap { IPAddress($0) }.map { Set([Reply.Value.address($0)]) } ?? []
    let reply = Reply.found(chain: try chain.map { try Name($0) }, values: values)
    #expect(step.expectation.isMet(by: reply, to: step.question) == isMet)
  }
}
