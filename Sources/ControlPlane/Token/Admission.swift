// Who may call, where a token is asked for: who has it as his secret access key and signs, or who sends it.
import HTTPTypes
import Hummingbird

struct Admission: Sendable {
  /// As AWS has it: a clock may be so wrong, and a signed request may be sent again for so long.
  private static let patienceMilliseconds: Int64 = 15 * 60 * 1000

  let token: APIToken
  let clock: @Sendable () -> Timestamp

  /// - Throws: AWS's refusal: EC2 has words of its own.
  func check(_ request: Request, body: [UInt8]) throws(AWSError) {
    guard let header = request.headers[.authorization] else {
      throw AWSError(
        "MissingAuthenticationToken", "Request is missing Authentication Token: the header Authorization", status: 403)
    }
    let bearer = "bearer "
    // A scheme is no matter of letter case (RFC 9110 11.1).
    if header.prefix(bearer.count).lowercased() == bearer {
      guard token.isTheSame(as: header.dropFirst(bearer.count).utf8) else { throw Self.notValid(isEC2: false) }
      return
    }
    guard let signature = SignatureV4(header) else {
      throw AWSError(
        "IncompleteSignature", "The header Authorization is neither a signature of version 4 nor a bearer token")
    }
    let isEC2 = signature.service == QueryService.ec2.name
    let signed = SignedRequest(request, body: body)
    guard let text = request.headers[.date], let date = Timestamp(basicFormat: text), text.hasPrefix(signature.day),
      signature.covers(signed)
    else {
      throw AWSError(
        "IncompleteSignature", "Signed are the headers Host, X-Amz-Date of the credential's day, and all X-Amz-…")
    }
    guard signature.isValid(signed, at: text, secret: token.secret) else { throw Self.notValid(isEC2: isEC2) }
    // After the signature: who has no token does not learn our time.
    let now = clock()
    let difference = now.milliseconds.subtractingReportingOverflow(date.milliseconds).partialValue.magnitude
    if difference > UInt64(Self.patienceMilliseconds) {
      let message = "Signature expired: signed at \(date), received at \(now), more than 15 minutes apart"
      throw isEC2 ? AWSError("RequestExpired", message) : AWSError("SignatureDoesNotMatch", message, status: 403)
    }
  }

  private static func notValid(isEC2: Bool) -> AWSError {
    isEC2
      ? AWSError("AuthFailure", "AWS was not able to validate the provided access credentials", status: 401)
      : AWSError(
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
          + "Key and signing method.", status: 403)
  }
}

extension SignedRequest {
  fileprivate init(_ request: Request, body: [UInt8]) {
    let target = (request.head.path ?? "/").split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    // HTTPTypes keeps the header Host apart.
    let host = [(name: "host", value: request.head.authority ?? "")]
    self.init(
      method: request.method.rawValue, path: String(target[0]), query: target.count > 1 ? String(target[1]) : "",
      headers: host + request.headers.map { ($0.name.canonicalName, $0.value) }, body: body)
  }
}

extension HTTPField.Name {
  fileprivate static let date = Self("X-Amz-Date")!
}
