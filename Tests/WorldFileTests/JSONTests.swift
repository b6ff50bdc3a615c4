// The JSON reader: all of RFC 8259, and an offset for whatever is not.
import Testing

@testable import WorldFile

private func read(_ text: String) throws(JSONError) -> Node { try read(Array(text.utf8)) }

private func read(_ octets: [UInt8]) throws(JSONError) -> Node {
  var scanner = JSONScanner(octets.span, file: 0)
  try scanner.skipByteOrderMark()
  let node = try scanner.value()
  try scanner.finish()
  return node
}

/// Offset and message of the error in a text; `nil` when it is fine.
private func failure(_ text: String) -> JSONError? { failure(Array(text.utf8)) }

private func failure(_ octets: [UInt8]) -> JSONError? {
  do throws(JSONError) {
    _ = try read(octets)
    return nil
  } catch {
    return error
  }
}

@Suite struct JSON {
  @Test("A string ends at its first quotation mark, wherever in eight octets it and other odd octets stand")
  func positions() throws {
    for length in 0..<20 {
      let plain = String(repeating: "a", count: length)
      #expect(try read("\"\(plain)\"").string == plain)
      #expect(failure("\"\(plain)")?.message == "a string has no end")
      for place in 0...length {
        let (head, tail) = (plain.prefix(place), plain.dropFirst(place))
        #expect(try read("\"\(head)\\n\(tail)\"").string == "\(head)\n\(tail)")
        #expect(try read("\"\(head)ä!\u{7f}\(tail)\"").string == "\(head)ä!\u{7f}\(tail)")
        let control = failure("\"\(head)\u{1f}\(tail)\"")
        #expect(control == JSONError(offset: place + 1, message: "a control character must be escaped in a string"))
        let broken = [0x22] + Array(head.utf8) + [0x80] + Array(tail.utf8) + [0x22]
        #expect(failure(broken)?.message == "not UTF-8")
      }
    }
  }

  @Test(arguments: [
    (#""a""#, "a"), (#""""#, ""), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"), (#""\u00e4x""#, "äx"),
    (#""\ud83d\ude00!""#, "😀!"), (#""\uD83D\uDE00""#, "😀"), ("\"ä😀\"", "ä😀"), (#""a\u0000b""#, "a\u{0}b"),
  ])
  func strings(_ text: String, _ value: String) throws {
    #expect(try read(text).string == value)
  }

  @Test(arguments: ["0", "-0", "12", "-1.5", "1e5", "1E+5", "0.5e-3", "123456789012345678901234567890"])
  func numbersKeepTheirText(_ text: String) throws {
    guard case .number(text) = try read(text).value else {
      Issue.record("\(text) was read as something else")
      return
    }
  }

  @Test func literalsListsAndMappings() throws {
    let node = try read(#" { "a" : [ true , false, null, {} , [] ] , "b": {"c": 1} } "#)
    #expect(node.members.map(\.name) == ["a", "b"])
    #expect(node["a"]?.elements.count == 5)
    #expect(node["b"]?["c"] != nil && node["c"] == nil)
    #expect(node["b"]?.spot.offset == 48)
  }

  @Test func aByteOrderMarkIsSkipped() throws {
    #expect(try read([0xef, 0xbb, 0xbf] + Array("1".utf8)).spot.offset == 3)
    #expect(failure([0xff, 0xfe, 0x31, 0])?.message == "the text is in UTF-16; JSON is UTF-8")
  }

  @Test(arguments: [
    ("", 0), ("   ", 3), ("[1,]", 3), ("[1 2]", 3), (#"{"a" 1}"#, 5), (#"{"a":1,}"#, 7), ("{a:1}", 1), ("[1]]", 3),
    ("1 x", 2), ("'a'", 0), ("tru", 0), ("True", 0), ("nul", 0), ("01", 0), ("-", 1), ("1.", 2), (".5", 0), ("1e", 2),
    ("+1", 0), ("NaN", 0), (#""abc"#, 0), (#""a\x""#, 2), (#""\u12g4""#, 5), (#""\ud83d""#, 1), (#""\ud83dx""#, 1),
    (#""\ude00""#, 1), (#""\ud83d\u0041""#, 1), ("\"a\nb\"", 2), ("\"\\n\tb\"", 3), ("[1", 2), (#"{"a":"#, 5),
    ("// x\n1", 0),
  ])
  func errorsHaveAnOffset(_ text: String, _ offset: Int) {
    #expect(failure(text)?.offset == offset, "\(text): \(failure(text)?.message ?? "no error")")
  }

  @Test func octetsThatAreNotUTF8() {
    #expect(failure([0x22, 0x61, 0xff, 0x22])?.message == "not UTF-8")
    #expect(failure([0x22, 0xc0, 0x80, 0x22])?.message == "not UTF-8", "an overlong form")
    #expect(failure([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])?.message == "not UTF-8", "in a name")
  }

  @Test func depthHasALimit() throws {
    let deepest = JSONScanner.deepest
    _ = try read(String(repeating: "[", count: deepest) + String(repeating: "]", count: deepest))
    #expect(failure(String(repeating: "[", count: deepest + 1))?.offset == deepest)
    #expect(failure(String(repeating: #"{"a":"#, count: 1_000_000))?.offset == 5 * deepest)
  }

  @Test func aMemberTwiceIsRemembered() throws {
    let text = #"{"a":1,"b":2,"a":3}"#
    let octets = Array(text.utf8)
    var scanner = JSONScanner(octets.span, file: 0)
    _ = try scanner.value()
    #expect(scanner.repetitions.map(\.spot.offset) == [13])
    let long = "{" + (0..<100).map { "\"k\($0 % 99)\":1" }.joined(separator: ",") + "}"
    let more = Array(long.utf8)
    var other = JSONScanner(more.span, file: 0)
    _ = try other.value()
    #expect(other.repetitions.map(\.name) == ["k0"])
  }

  @Test func manyNamesDoNotMeet() throws {
    let names = (0..<2000).map { "name\($0)" }
    let node = try read("{" + names.map { "\"\($0)\":1" }.joined(separator: ",") + "}")
    #expect(node.members.map(\.name) == names)
  }
}
