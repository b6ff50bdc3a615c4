// Addresses as text, held against the C library's.
import DNSWire
import Glibc
import Testing

@Suite("Addresses")
struct AddressTests {
  /// What inet_ntop writes; glibc writes RFC 5952, but for the dotted form of mapped and compatible addresses.
  private static func text(_ address: IPv6Address) -> String {
    let octets = (0..<16).map { address.octet($0) }
    var buffer = [CChar](repeating: 0, count: 64)
    guard unsafe inet_ntop(AF_INET6, octets, &buffer, 64) != nil else { return "" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The number that inet_pton reads.
  private static func number(_ text: String) -> UInt128? {
    var octets = [UInt8](repeating: 0, count: 16)
    guard unsafe inet_pton(AF_INET6, text, &octets) == 1 else { return nil }
    return octets.reduce(0) { $0 << 8 | UInt128($1) }
  }

  @Test(
    "RFC 5952 text",
    arguments: [
      ("2001:0db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
      ("2001:db8::0:1", "2001:db8::1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("::", "::"), ("::1", "::1"),
      ("1::", "1::"), ("2001:DB8::A", "2001:db8::a"), ("fd00:ec2::253", "fd00:ec2::253"),
      ("0:0:0:0:0:0:0:0", "::"), ("1:0:0:2:0:0:3:4", "1::2:0:0:3:4"), ("::ffff:192.0.2.1", "::ffff:c000:201"),
      ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("0:1::", "0:1::"),
    ])
  func sixText(text: String, canonical: String) throws {
    let address = try #require(IPv6Address(text))
    #expect(address.description == canonical)
    #expect(address.rawValue == Self.number(text))
    #expect(IPv6Address(canonical) == address)
  }

  @Test(
    "What is no IPv6 address",
    arguments: [
      "", ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::", "::1%lo",
      "1:2:3:4:5:6:7:8::",
      "::1:2:3:4:5:6:7:8", ":1::", "1::2:", "::192.0.2.256", "::192.0.2", "192.0.2.1::", "::192.0.2.1:1", " ::1",
      "::1 ",
      "1:2:3:4:5:6:7:192.0.2.1", "[::1]", "::+1", "::0x1",
    ])
  func notSix(text: String) {
    #expect(Self.number(text) == nil)
    #expect(IPv6Address(text) == nil)
  }

  @Test("Random addresses, rich in zeros: text as inet_ntop writes it, numbers as inet_pton reads it")
  func sixRandom() {
    var random = SplitMix(seed: 2)
    for _ in 0..<3000 {
      var value: UInt128 = 0
      for _ in 0..<8 {
        let group: UInt16 = Bool.random(using: &random) ? 0 : .random(in: 0...(.max), using: &random) >> 4
        value = value << 16 | UInt128(group)
      }
      let address = IPv6Address(rawValue: value)
      let expected = Self.text(address)
      // ::a.b.c.d and ::ffff:a.b.c.d are the ones that inet_ntop writes with dots.
      if !expected.contains(".") { #expect(address.description == expected) }
      #expect(IPv6Address(expected)?.rawValue == value)
      #expect(IPv6Address(address.description)?.rawValue == value)
      #expect((0..<16).reduce(UInt128(0)) { $0 << 8 | UInt128(address.octet($1)) } == value)
      #expect((address.mappedIPv4 != nil) == (expected.hasPrefix("::ffff:") && expected.contains(".")))
    }
  }

  @Test(
    "IPv4 text is four decimal numbers without leading zeros",
    arguments: [
      ("0.0.0.0", 0), ("255.255.255.255", 0xffff_ffff), ("172.16.0.23", 0xac10_0017), ("1.2.3.4", 0x0102_0304),
      ("", nil), ("1.2.3", nil), ("1.2.3.4.5", nil), ("1.2.3.256", nil), ("01.2.3.4", nil), ("1.2.3.4 ", nil),
      ("1..3.4", nil), (".1.2.3", nil), ("1.2.3.", nil), ("0x1.2.3.4", nil), ("-1.2.3.4", nil), ("1.2.3.0004", nil),
      ("١.2.3.4", nil), ("1.2.3.4\0", nil),
    ] as [(String, UInt32?)])
  func four(text: String, value: UInt32?) {
    #expect(IPv4Address(text)?.rawValue == value)
    if let value { #expect(IPv4Address(rawValue: value).description == text) }
  }

  @Test("An address of either family; order is that of the numbers")
  func both() throws {
    #expect(IPAddress("10.0.0.5") == .v4(IPv4Address(10, 0, 0, 5)))
    #expect(IPAddress("::a") == .v6(IPv6Address(rawValue: 10)))
    #expect(IPAddress("localhost") == nil)
    #expect(try #require(IPv4Address("9.255.255.255")) < IPv4Address(10, 0, 0, 0))
    #expect(IPv6Address(rawValue: 1 << 64) > IPv6Address(rawValue: 1 << 64 - 1))
    #expect(IPv6Address("::ffff:10.0.0.5")?.mappedIPv4 == IPv4Address(10, 0, 0, 5))
    #expect(IPv6Address("::fffe:10.0.0.5")?.mappedIPv4 == nil)
  }
}
