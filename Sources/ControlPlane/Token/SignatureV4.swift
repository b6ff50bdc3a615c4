// Version 4 of AWS's signatures, from the side that checks them: the request is brought into the one form that both
// sides sign ("Create a signed AWS API request" of the IAM guide).
import Crypto

/// What a signature is made over.
struct SignedRequest {
  var method: String
  /// As it was sent.
  var path: String
  /// As it was sent; empty for none.
  var query: String
  /// In lower case, `host` among them.
  var headers: [(name: String, value: String)]
  var body: [UInt8]
}

/// The parts of the header `Authorization`.
struct SignatureV4 {
  var accessKey: String
  var day: String
  var region: String
  var service: String
  var signedHeaders: [String]
  /// Hexadecimal.
  var signature: String

  init?(_ header: String) {
    guard let members = SignatureMembers(header), let scope = members.scope, scope[4] == "aws4_request",
      let signedHeaders = members.signedHeaders, let signature = members.signature
    else { return nil }
    (accessKey, day, region, service) = (scope[0], scope[1], scope[2], scope[3])
    (self.signedHeaders, self.signature) = (signedHeaders, signature)
  }

  /// Whether what decides about a call is signed: the place, the time, and every header of AWS's own.
  func covers(_ request: SignedRequest) -> Bool {
    let signed = Set(signedHeaders)
    return signed.contains("host") && signed.contains("x-amz-date")
      && request.headers.allSatisfy { !$0.name.hasPrefix("x-amz-") || signed.contains($0.name) }
  }

  /// Whether who holds `secret` has signed this request, at the time that its `X-Amz-Date` names.
  func isValid(_ request: SignedRequest, at date: String, secret: [UInt8]) -> Bool {
    let canonical = canonical(request)
    let text = [
      SignatureMembers.algorithm, date, "\(day)/\(region)/\(service)/aws4_request",
      Self.hexadecimal(SHA256.hash(data: Array(canonical.utf8))),
    ].joined(separator: "\n")
    var key = Array("AWS4".utf8) + secret
    for part in [day, region, service, "aws4_request"] { key = Self.code(for: part, key) }
    return APIToken.areEqual(Array(Self.hexadecimal(Self.code(for: text, key)).utf8), Array(signature.utf8))
  }

  private static func code(for text: String, _ key: [UInt8]) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: key)))
  }

  private func canonical(_ request: SignedRequest) -> String {
    var lines = [request.method, Self.path(request.path), Self.query(request.query)]
    for name in signedHeaders {
      let values = request.headers.filter { $0.name == name }.map { Self.trimmed($0.value) }
      lines.append("\(name):\(values.joined(separator: ","))")
    }
    return (lines + ["", signedHeaders.joined(separator: ";"), Self.hexadecimal(SHA256.hash(data: request.body))])
      .joined(separator: "\n")
  }

  /// Without empty and dotted segments, and encoded once more than it was sent: every service but S3 has it so.
  private static func path(_ path: String) -> String {
    var segments: [Substring] = []
    for segment in path.split(separator: "/") where segment != "." {
      if segment == ".." { segments = segments.dropLast() } else { segments.append(segment) }
    }
    let end = path.hasSuffix("/") && !segments.isEmpty ? "/" : ""
    return "/" + segments.map { encoded($0.utf8) }.joined(separator: "/") + end
  }

  /// Sorted; every value is encoded in the one way, however it was sent.
  private static func query(_ query: String) -> String {
    let pairs = query.split(separator: "&").map { pair in
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (encoded(decoded(sides[0].utf8)), encoded(decoded((sides.count > 1 ? sides[1] : "").utf8)))
    }
    return pairs.sorted { $0 < $1 }.map { "\($0)=\($1)" }.joined(separator: "&")
  }

  /// As a form is read, or what is signed could be read as something else.
  private static func decoded(_ octets: Substring.UTF8View) -> [UInt8] {
    var result: [UInt8] = []
    var rest = octets[...]
    while let octet = rest.popFirst() {
      let digits = rest.prefix(2)
      if octet == UInt8(ascii: "%"), digits.first != UInt8(ascii: "+"),
        let value = UInt8(String(digits) ?? "", radix: 16)
      {
        result.append(value)
        rest = rest.dropFirst(2)
      } else {
        result.append(octet == UInt8(ascii: "+") ? UInt8(ascii: " ") : octet)
      }
    }
    return result
  }

  /// All but letters, digits and `-._~` (RFC 3986 2.3).
  private static func encoded(_ octets: some Sequence<UInt8>) -> String {
    var text = ""
    for octet in octets {
      switch octet {
      case 48...57, 65...90, 97...122, 45, 46, 95, 126: text.unicodeScalars.append(UnicodeScalar(octet))
      default: text += "%" + hexadecimal([octet]).uppercased()
      }
    }
    return text
  }

  /// Without spaces around it, and with one where there are several.
  private static func trimmed(_ value: String) -> String {
    value.split(whereSeparator: { $0 == " " || $0 == "\t" }).joined(separator: " ")
  }

  private static func hexadecimal(_ octets: some Sequence<UInt8>) -> String {
    octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
