// Words for numbers of CERT and of DNSSEC algorithms (RFC 4398 2.1, IANA registry), spelt as dig prints them.

struct Mnemonics: Sendable {
  private let words: [Int: String]
  private let numbers: [String: Int]

  private init(_ words: [Int: String]) {
    self.words = words
    numbers = Dictionary(uniqueKeysWithValues: words.map { ($1, $0) })
  }

  static let certificateTypes = Mnemonics([
    1: "PKIX", 2: "SPKI", 3: "PGP", 4: "IPKIX", 5: "ISPKI", 6: "IPGP", 7: "ACPKIX", 8: "IACPKIX", 253: "URI",
    254: "OID",
  ])

  static let algorithms = Mnemonics([
    1: "RSAMD5", 2: "DH", 3: "DSA", 5: "RSASHA1", 6: "NSEC3DSA", 7: "NSEC3RSASHA1", 8: "RSASHA256", 10: "RSASHA512",
    12: "ECCGOST", 13: "ECDSAP256SHA256", 14: "ECDSAP384SHA384", 15: "ED25519", 16: "ED448", 252: "INDIRECT",
    253: "PRIVATEDNS", 254: "PRIVATEOID",
  ])

  func text(_ number: Int) -> String { words[number] ?? String(number) }

  func number(_ word: String) -> Int? { numbers[word.uppercased()] }
}
