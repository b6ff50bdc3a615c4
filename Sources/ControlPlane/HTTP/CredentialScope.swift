// What a signature says of its caller. Whether it is one is `Admission`'s matter, where a token is asked for at all.
import Cloud

/// `AKID/20260101/us-east-1/ec2/aws4_request`
struct CredentialScope {
  var accessKey: String
  var region: String
  var service: String

  /// From the `Authorization` header of signature version 4; `nil` without one.
  init?(_ header: String?) {
    guard let parts = header.flatMap({ SignatureMembers($0) })?.scope else { return nil }
    (accessKey, region, service) = (parts[0], parts[2], parts[3])
  }

  /// Parameters of signatures in the form itself.
  static let queryParameters: Set<String> = [
    "AWSAccessKeyId", "Signature", "SignatureMethod", "SignatureVersion", "Timestamp", "Expires", "SecurityToken",
    "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature",
    "X-Amz-Security-Token",
  ]

  /// An access key of twelve digits is the account itself: so a test is two accounts at once.
  /// - Throws: for a Region that none can be: its name becomes a part of DNS names.
  func caller(_ defaults: Caller) throws(AWSError) -> Caller {
    let isName = region.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    guard isName, (1...CallLimits.regionOctets).contains(region.utf8.count) else {
      throw AWSError("SignatureDoesNotMatch", "Credential should be scoped to a valid region.", status: 403)
    }
    let isAccount = accessKey.utf8.count == 12 && accessKey.utf8.allSatisfy { (48...57).contains($0) }
    return Caller(
      account: isAccount ? accessKey : defaults.account, region: Region(region), accessKey: accessKey)
  }
}

extension Endpoint {
  /// In the form of a UUID, as AWS's are.
  static func newRequestID() -> String {
    let high = UInt64.random(in: .min ... .max)
    let low = UInt64.random(in: .min ... .max)
    func digits(_ number: UInt64) -> String {
      let text = String(number, radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }
    let all = Array(digits(high) + digits(low))
    let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(all[$0]) }
    return parts.joined(separator: "-")
  }
}
