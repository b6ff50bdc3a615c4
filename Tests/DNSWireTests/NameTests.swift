// Names in text and on the wire: escapes, limits, case and order.
import DNSWire
import Testing

@Suite("Names")
struct NameTests {
  @Test(
    "Text becomes labels, and back",
    arguments: [
      (".", ".", [0]), ("a", "a.", [1, 0x61, 0]), ("a.", "a.", [1, 0x61, 0]),
      ("Ab.C", "Ab.C.", [2, 0x41, 0x62, 1, 0x43, 0]), (#"a\.b"#, #"a\.b."#, [3, 0x61, 0x2e, 0x62, 0]),
      (#"\097\000\255"#, #"a\000\255."#, [3, 0x61, 0, 255, 0]), (#"a\\"#, #"a\\."#, [2, 0x61, 0x5c, 0]),
      (#"\."#, #"\.."#, [1, 0x2e, 0]), (#"a b"#, #"a\032b."#, [3, 0x61, 0x20, 0x62, 0]),
      (#"\@.\$"#, #"\@.\$."#, [1, 0x40, 1, 0x24, 0]), ("*.a", "*.a.", [1, 0x2a, 1, 0x61, 0]),
      ("é", #"\195\169."#, [2, 0xc3, 0xa9, 0]),
    ] as [(String, String, [UInt8])])
  func text(text: String, canonical: String, wire: [UInt8]) throws {
    let name = try Name(text)
    #expect(name.wire == wire)
    #expect(name.description == canonical)
    #expect(try Name(canonical) == name)
    #expect(Name(wire: wire)?.wire == wire)
    #expect(Name(labels: name.labels)?.wire == wire)
  }

  @Test(
    "What is no name is refused with its reason",
    arguments: [
      ("", .empty), ("..", .emptyLabel), (".a", .emptyLabel), ("a..b", .emptyLabel), (#"\"#, .badEscape),
      (#"a\1"#, .badEscape), (#"a\25"#, .badEscape), (#"\256"#, .badEscape), (#"\1a2"#, .badEscape),
      (String(repeating: "a", count: 64), .labelTooLong(64)),
    ] as [(String, Name.TextError)])
  func refusals(text: String, reason: Name.TextError) {
    #expect(throws: reason) { try Name(text) }
  }

  @Test("255 octets are a name and 256 are not, whatever the labels")
  func limits() throws {
    let label = String(repeating: "a", count: 63)
    let longest = "\(label).\(label).\(label).\(String(repeating: "b", count: 61))"
    #expect(try Name(longest).wire.count == 255)
    #expect(throws: Name.TextError.nameTooLong(256)) { try Name(longest + "b") }
    let many = Array(repeating: "x", count: 127).joined(separator: ".")
    #expect(try Name(many).wire.count == 255 && Name(many).labelCount == 127)
    #expect(throws: Name.TextError.nameTooLong(257)) { try Name(many + ".x") }
    let wire = try Name(longest).wire
    #expect(Name(wire: wire) != nil && Name(wire: [1, 0x62] + wire) == nil)
    #expect(Name(labels: [[UInt8](repeating: 0x61, count: 64)]) == nil && Name(labels: [[UInt8]()]) == nil)
    #expect(try Name("a").prepending(Name(many)) == nil)
    for wrong in [
      [], [1], [1, 0x61], [1, 0x61, 0, 0], [0, 0], [0xc0, 12], [64] + [UInt8](repeating: 0x61, count: 65),
    ]
      as [[UInt8]]
    {
      #expect(Name(wire: wrong) == nil, "\(wrong)")
    }
  }

  @Test("Case does not matter to equality, hash and order, in ASCII only (RFC 4343)")
  func foldsCase() throws {
    let (one, other) = (try Name("ABCXYZ.[@`{"), try Name("abcxyz.[@`{"))
    #expect(one == other && one.hashValue == other.hashValue && !(one < other) && !(other < one))
    #expect(one.lowercased.wire == other.wire)
    for (left, right) in [("@", "`"), ("[", "{"), (#"\193"#, #"\225"#), ("k", #"\226\132\170"#)] {
      #expect(try Name(left) != Name(right), "\(left) \(right)")
    }
    // A length octet is no letter.
    let long = String(repeating: "a", count: 65 - 32)
    #expect(try Name(long) != Name(long + ".b"))
  }

  @Test("Canonical order, the example of RFC 4034 6.1")
  func order() throws {
    let sorted = try [
      "example", "a.example", "yljkjljk.a.example", "Z.a.example", "zABC.a.EXAMPLE", "z.example", #"\001.z.example"#,
      "*.z.example", #"\200.z.example"#,
    ].map { try Name($0) }
    #expect(sorted.shuffled().sorted().map(\.description) == sorted.map(\.description))
    #expect(try Name.root < Name("example"))
  }

  @Test("Below means below a whole label")
  func below() throws {
    let domain = try Name("ec2.INTERNAL")
    for (text, isBelow) in [
      ("ec2.internal", true), ("a.b.Ec2.internal", true), ("xec2.internal", false), ("internal", false), (".", false),
      (#"a\.ec2.internal"#, false),
    ] {
      #expect(try Name(text).isEqualToOrBelow(domain) == isBelow, "\(text)")
      #expect(try Name(text).isEqualToOrBelow(.root))
    }
    // The octets of `b` end those of `a` without being its last labels.
    let tricky = try #require(Name(labels: [[2, 0x61, 0x62]]))
    #expect(tricky.isEqualToOrBelow(try Name("ab")) == false)
  }

  @Test("Random names go to text and wire and back; parent and prefix undo each other")
  func random() throws {
    var random = SplitMix(seed: 1)
    for _ in 0..<2000 {
      let name = Name.random(using: &random)
      #expect(try Name(name.description).wire == name.wire)
      #expect(Name(wire: name.wire)?.wire == name.wire)
      guard let parent = name.parent else { continue }
      #expect(name.isEqualToOrBelow(parent) && !parent.isEqualToOrBelow(name) && parent < name)
      let first = try #require(Name(labels: name.labels.prefix(1)))
      #expect(parent.prepending(first)?.wire == name.wire)
      #expect(name.randomCase(using: &random) == name)
    }
  }
}
