// The key by which the records of a zone are sorted: the order of RFC 4034 6.1.
import DNSWire
import Testing

@testable import Cloud

@Suite struct CanonicalKeyTests {
  @Test func `the order of RFC 4034 6.1, and that of names`() throws {
    let inOrder = try [
      "example", "a.example", "yljkjljk.a.example", "Z.a.example", "zABC.a.EXAMPLE", "z.example", "\\000.z.example",
      "\\001.z.example", "\\001\\000.z.example", "\\002.z.example", "*.z.example", "\\200.z.example",
    ].map { try Name($0) }
    let shuffled = Array(inOrder.reversed())
    #expect(shuffled.sorted { CanonicalKey($0, .a) < CanonicalKey($1, .a) } == inOrder)
    for (one, other) in zip(inOrder, inOrder.dropFirst()) {
      #expect(one < other)
      // The name comes before the type.
      #expect(CanonicalKey(one, .any) < CanonicalKey(other, .a))
    }
  }

  @Test func `under one name, the type's number decides`() throws {
    let name = try Name("www.example")
    #expect(CanonicalKey(name, .a) < CanonicalKey(name, .ns))
    #expect(CanonicalKey(name, .ns) < CanonicalKey(name, .any))
    #expect(CanonicalKey(name, .a) == CanonicalKey(try Name("WWW.example"), .a))
  }
}
