// The YAML reader: types, quotes, anchors, documents, and places.
import Testing

@testable import WorldFile

private func read(_ text: String) -> Node? { YAMLReader.documents(text, file: 0).roots.first }
private func failure(_ text: String) -> YAMLFailure? { YAMLReader.documents(text, file: 0).error }

@Suite struct YAML {
  @Test func plainScalarsHaveTypesAndQuotedOnesAreStrings() {
    let text = """
      a: true
      b: "true"
      c: 'false'
      d: 12
      e: "12"
      f: yes
      g: ~
      h:
      i: 10.0.0.5
      j: 1.5e3
      k: !!str true
      l: 2016-01-11
      m: 0x1F
      n: NO
      """
    let kinds = read(text)?.members.map { "\($0.name) \($0.node.kindInWords)" }
    #expect(
      kinds == [
        "a a boolean", "b a string", "c a string", "d a number", "e a string", "f a string", "g nothing", "h nothing",
        "i a string", "j a number", "k a string", "l a string", "m a number", "n a string",
      ])
  }

  @Test func nodesKnowTheirPlace() {
    let node = read("a: 1\nb:\n  - c: x\n    dé: y\n")
    let item = node?["b"]?.elements.first
    #expect(item?.spot.line == 3 && item?.spot.column == 5)
    #expect(item?["dé"]?.spot.line == 4 && item?["dé"]?.spot.column == 9)
  }

  @Test func anchorsAndMergeKeys() {
    let text = """
      base: &base {a: 1, b: 2}
      other: &other {b: 5, c: 6}
      one: {<<: *base, b: 3}
      two: {<<: [*base, *other]}
      three: *base
      """
    let node = read(text)
    #expect(node?["one"]?.members.map(\.name) == ["b", "a"])
    guard case .number("3") = node?["one"]?["b"]?.value, case .number("2") = node?["two"]?["b"]?.value else {
      Issue.record("a member of its own wins, then the earlier mapping")
      return
    }
    #expect(node?["two"]?["c"] != nil && node?["three"]?["a"] != nil)
    #expect(failure("a: {<<: 1}")?.column == 9)
  }

  @Test(arguments: [
    ("a: 1\nb: {c: 1, c: 2}\n", "c", 2, 11),
    // The same word in other mappings, in a value, in a comment and in a longer key does not mislead.
    ("c: 1\nb: {c: 1}\nd: [{c: 2}]\n# c: 3\ne: 'x c: 4'\ncc: 5\nc: 6\nc: 7\n", "c", 7, 1),
    ("- a: 1\n  b: 2\n- a: 1\n  \"a\": 2\n", "a", 4, 3),
    ("ü: {x: 1, ü: 2, x: 3}\n", "x", 1, 17),
    ("a: 1\na : 2\n", "a", 2, 1),
    // One that is written otherwise the second time is told at the first.
    ("a: 1\n\"\\x61\": 2\n", "a", 1, 1),
    // Each of so many blanks may be the key, and all that stands between it and what comes next.
    ("\" \": 1\n\" \": 2\n#" + String(repeating: " ", count: 100_000) + "x", " ", 2, 1),
  ])
  func aKeyTwiceIsAnErrorAtItsSecondPlace(_ text: String, _ key: String, _ line: Int, _ column: Int) {
    let error = failure(text)
    #expect(error?.message == "\"\(key)\" stands twice in one mapping")
    #expect(error?.line == line && error?.column == column, "\(String(describing: error))")
  }

  @Test func documentsAreReadOneByOne() {
    let (roots, error) = YAMLReader.documents("a: 1\n---\nb: 2\n---\n---\nc: 3\n", file: 0)
    #expect(error == nil && roots.map { $0.members.map(\.name) } == [["a"], ["b"], ["c"]])
  }

  @Test func errorsHaveAPlace() {
    #expect(failure("a: [1, 2\nb: 3\n")?.line == 2)
    #expect(failure("a: *nothing\n")?.message == "found undefined alias")
    #expect(failure("a: \u{7}\n")?.line == 1)
    #expect(failure("a: 1\nbb: \u{7}\n")?.line == 2)
    #expect(failure("? [a]\n: 1\n")?.message == "a key must be a string")
    #expect(failure("\ta: 1\n") != nil)
  }

  @Test func depthAndAliasesHaveLimits() {
    #expect(failure(String(repeating: "[", count: 100_000)) != nil)
    let deep = JSONScanner.deepest + 1
    #expect(
      failure(String(repeating: "[", count: deep) + String(repeating: "]", count: deep))?.message.hasPrefix("nested")
        == true)
    #expect(failure(String(repeating: "- ", count: 100_000) + "x") != nil)
    let laughs = "a0: &a0 [x]\n" + (1...30).map { "a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1)]\n" }.joined()
    #expect(failure(laughs)?.message == "the aliases stand for too many values")
  }

  @Test func shortAndEmptyTexts() {
    for text in ["", " ", "\n", "#", "a", "a:", "-", "---", "...", "{}", "[]", "a: 1"] {
      let (roots, error) = YAMLReader.documents(text, file: 0)
      #expect(roots.count + (error == nil ? 0 : 1) <= 1, "\(text)")
    }
    #expect(read("a: 1")?["a"] != nil)
  }
}
