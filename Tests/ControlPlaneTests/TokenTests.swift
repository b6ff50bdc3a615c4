// The token by itself: a signature by AWS's own example, dates, and what is no token. That SDKs'
// signatures are taken is a story (test_token.py).
import Testing

@testable import ControlPlane

@Suite("The token of the API")
struct TokenTests {
  /// `get-vanilla-query-order-key-case` of the test suite that AWS publishes for version 4 of its signatures.
  @Test("A signature by AWS's own example")
  func signature() throws {
    let header =
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
      + "SignedHeaders=host;x-amz-date, Signature=b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"
    let signature = try #require(SignatureV4(header))
    var request = SignedRequest(
      method: "GET", path: "/", query: "Param2=value2&Param1=value1",
      headers: [("host", "example.amazonaws.com"), ("x-amz-date", "20150830T123600Z")], body: [])
    let secret = Array("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".utf8)
    #expect(signature.covers(request))
    #expect(signature.isValid(request, at: "20150830T123600Z", secret: secret))
    #expect(!signature.isValid(request, at: "20150830T123601Z", secret: secret))
    #expect(!signature.isValid(request, at: "20150830T123600Z", secret: secret + [0x21]))
    for change in ["Param2=value2&Param1=value2", "Param1=value1", "Param2=value2&Param1=value1&A="] {
      request.query = change
      #expect(!signature.isValid(request, at: "20150830T123600Z", secret: secret), "\(change)")
    }
    request.query = "Param1=value1&Param2=%76alue2"
    #expect(signature.isValid(request, at: "20150830T123600Z", secret: secret))
    request.body = [0]
    #expect(!signature.isValid(request, at: "20150830T123600Z", secret: secret))
    request.headers.append(("x-amz-target", "Route53Resolver.DeleteResolverRule"))
    #expect(!signature.covers(request))
  }

  @Test(
    "What is no signature",
    arguments: [
      "", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request",
      "AWS4-HMAC-SHA256 Credential=a/b/c/d, SignedHeaders=host, Signature=0", "AWS4-HMAC-SHA256 =,=,=", "Bearer a",
      "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws2_request, SignedHeaders=host, Signature=0", "AWS 1:2",
      "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request, Credential=a/b/c/d/aws4_request, SignedHeaders=h, Signature=0",
      "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request, SignedHeaders=host, Signature=0, SignedHeaders=host",
    ])
  func noSignature(header: String) {
    #expect(SignatureV4(header) == nil)
  }

  @Test("Dates without punctuation")
  func dates() {
    for text in ["19700101T000000Z", "20150830T123600Z", "20160229T235959Z", "20991231T000001Z", "19691231T235959Z"] {
      let date = Timestamp(basicFormat: text)
      #expect(date.map { $0.description.filter { $0 != "-" && $0 != ":" } } == text.dropLast() + ".000Z")
    }
    for text in ["", "20150830T123600", "20151330T123600Z", "20150830T243600Z", "2015-830T123600Z", "+0150830T123600Z"]
    {
      #expect(Timestamp(basicFormat: text) == nil, "\(text)")
    }
  }

  @Test("A token is one word of sixteen characters or more")
  func token() throws {
    let token = try APIToken(" correct-horse-battery\r\n".utf8)
    #expect(token.bearer == "Bearer correct-horse-battery")
    #expect(token.isTheSame(as: "correct-horse-battery".utf8))
    #expect(!token.isTheSame(as: "correct-horse-batterz".utf8))
    #expect(!token.isTheSame(as: "".utf8))
    for text in [
      "", "\n", "fifteen-letters", "correct horse battery", "correct-horse-batterÿ", "one-line-of-two\nlines",
    ] {
      #expect(throws: APIToken.Problem.self) { try APIToken(text.utf8) }
    }
  }
}
