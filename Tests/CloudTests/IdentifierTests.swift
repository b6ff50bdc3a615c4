// Ids: whatever their shape, they print as they were written, and sort as texts do.
import Testing

@testable import Cloud

@Suite struct IdentifierTests {
  static let texts = [
    "i-0a1b2c3d", "i-0123456789abcdef0", "i-f0123456789abcdef", "i-00000000000000000", "i-fffffffffffffffff", "i-0",
    "i-1", "i-00", "vpc-1a2b3c4d", "vpc-0", "subnet-0a", "sg-1", "rtb-2", "eni-3", "pcx-4", "dopt-5",
    // Another shape: too long, upper case, no digits, no prefix of AWS, nothing.
    "i-0123456789abcdef01", "i-0A", "i-", "i", "-1", "", "i-1 ", "i-g", "vpc-1-2", "orders-db", "Z0123456789ABC", "ä-1",
    "z-1", "subnets-1",
  ]

  @Test(arguments: texts)
  func `an id prints as it was written`(text: String) {
    let id = ID<VPC>(text)
    #expect(id.rawValue == text)
    #expect("\(id)" == text)
    #expect(ID<VPC>(validating: Array(text.utf8).span)?.rawValue == text)
    #expect(ID<Instance>(id).rawValue == text)
  }

  @Test func `ids sort as their texts do`() {
    #expect(Self.texts.map { ID<VPC>($0) }.sorted().map(\.rawValue) == Self.texts.sorted())
  }

  @Test func `ids are equal when their texts are`() {
    for one in Self.texts {
      for other in Self.texts { #expect((ID<VPC>(one) == ID<VPC>(other)) == (one == other), "\(one), \(other)") }
    }
    #expect(Set(Self.texts.map { ID<VPC>($0) }).count == Self.texts.count)
  }

  @Test func `octets that are not UTF-8 are no id`() {
    #expect(ID<VPC>(validating: [0x69, 0x2d, 0xff].span) == nil)
  }
  @Test func `two spellings of one Unicode text are two ids`() {
    let (composed, decomposed) = ("l\u{e9}", "le\u{301}")
    #expect(composed == decomposed)  // to Swift
    #expect(ID<VPC>(composed) != ID<VPC>(decomposed))
    #expect(ID<VPC>(decomposed) < ID<VPC>(composed))
    let keys = [composed, decomposed].map { StoredResource.Key(.launchConfiguration, $0) }
    #expect(Set(keys).count == 2)
    #expect(Tag(key: "a", value: composed) != Tag(key: "a", value: decomposed))
    #expect(Detail.text(composed) != Detail.text(decomposed))
  }
}
