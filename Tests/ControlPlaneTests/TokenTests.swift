// The token by itself: SHA-256 and HMAC by the standards' examples, a signature by AWS's own, dates, and what is no
// token. That SDKs' signatures are taken is a story (test_token.py).
import Testing

@testable import ControlPlane

@Suite("The token of the API")
struct TokenTests {
  private func hexadecimal(_ octets: [UInt8]) -> String {
    octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  @Test(
    "SHA-256 (FIPS 180-4, examples of NIST)",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (
        String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
      ),
    ])
  func hash(message: String, expected: String) {
    #expect(hexadecimal(SHA256.hash(message.utf8)) == expected)
  }

  @Test("HMAC (RFC 4231, test cases 1, 2 and 6)")
  func hmac() {
    #expect(
      hexadecimal(SHA256.hmac("Hi There".utf8, key: [UInt8](repeating: 0x0b, count: 20)))
        == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
    #expect(
      hexadecimal(SHA256.hmac("what do ya want for nothing?".utf8, key: Array("Jefe".utf8)))
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    let long = [UInt8](repeating: 0xaa, count: 131)
    #expect(
      hexadecimal(SHA256.hmac("Test Using Larger Than Block-Size Key - Hash Key First".utf8, key: long))
        == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
  }

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
