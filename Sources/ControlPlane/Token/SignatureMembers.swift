// The members of the header `Authorization`: who checks a signature and who asks whose it is read the same ones.

/// `AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/ec2/aws4_request, SignedHeaders=host;x-amz-date, Signature=…`
struct SignatureMembers {
  static let algorithm = "AWS4-HMAC-SHA256"

  private let members: [Substring: Substring]

  static func isMeant(by header: String) -> Bool { header.hasPrefix(algorithm + " ") }

  /// `nil` for another scheme, for what is no member, and for a member that stands twice: a second one could say
  /// something else than what is signed.
  init?(_ header: String) {
    guard Self.isMeant(by: header) else { return nil }
    var members: [Substring: Substring] = [:]
    for part in header.dropFirst(Self.algorithm.count).split(whereSeparator: { $0 == "," || $0 == " " }) {
      let sides = part.split(separator: "=", maxSplits: 1)
      guard sides.count == 2, members.updateValue(sides[1], forKey: sides[0]) == nil else { return nil }
    }
    self.members = members
  }

  /// The access key, the day, the Region, the service and `aws4_request`; `nil` for another number of parts.
  var scope: [String]? {
    let parts = (members["Credential"] ?? "").split(separator: "/", omittingEmptySubsequences: false)
    return parts.count == 5 ? parts.map(String.init) : nil
  }

  var signedHeaders: [String]? { members["SignedHeaders"]?.split(separator: ";").map(String.init) }

  /// Hexadecimal.
  var signature: String? { members["Signature"].map(String.init) }
}
