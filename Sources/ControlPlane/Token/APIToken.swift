// The one secret that opens the API's door where a token is asked for: the secret access key of AWS clients, or the
// bearer token of everybody else (RFC 6750).
import Crypto

public struct APIToken: Sendable {
  /// Fewer could be guessed from one signature that somebody has overheard.
  private static let leastCharacters = 16

  let secret: [UInt8]
  private let hash: [UInt8]

  /// Why a text is no token.
  public struct Problem: Error, CustomStringConvertible {
    public let description: String
  }

  /// - Parameter text: What a file has; spaces and line ends around the token are not of it.
  public init(_ text: some Collection<UInt8>) throws(Problem) {
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0d).contains($0) }
    var token = Array(text.drop(while: isBlank))
    while let last = token.last, isBlank(last) { token.removeLast() }
    guard token.allSatisfy({ (0x21...0x7e).contains($0) }) else {
      throw Problem(description: "a token is one word of printable ASCII")
    }
    guard token.count >= Self.leastCharacters else {
      throw Problem(description: "a token has \(Self.leastCharacters) characters or more; this one has \(token.count)")
    }
    secret = token
    hash = Array(SHA256.hash(data: token))
  }

  /// For the header `Authorization` of our own commands.
  public var bearer: String { "Bearer " + String(decoding: secret, as: UTF8.self) }

  /// Compared by hashes: neither where two texts differ nor how long the token is can be measured.
  func isTheSame(as text: some Collection<UInt8>) -> Bool {
    Self.areEqual(Array(SHA256.hash(data: Array(text))), hash)
  }

  /// Takes the same time whatever differs.
  static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
