// What our own commands ask a server's API: one GET a connection.
import ArgumentParser
import ControlPlane
import Transport

struct APIClient {
  /// Where it listens.
  let address: Listener

  var url: String { "http://\(address)" }

  /// `http://127.0.0.1:5380`, `http://localhost:5380/`
  /// - Parameter flag: The option that the text is the value of.
  init(url text: String, of flag: String) throws {
    let scheme = "http://"
    guard text.hasPrefix(scheme) else { throw ValidationError("\(flag) '\(text)': it begins with \(scheme)") }
    var place = String(text.dropFirst(scheme.count))
    if place.hasSuffix("/") { place.removeLast() }
    let localhost = "localhost"
    if place == localhost || place.hasPrefix("\(localhost):") { place = "127.0.0.1" + place.dropFirst(localhost.count) }
    do {
      address = try Listener(place, defaultPort: APIAddress.standardPort)
    } catch {
      throw ValidationError("\(flag) \(error)")
    }
    guard address.scope == .automatic else {
      throw ValidationError("\(flag) '\(text)': an address with a port is enough.")
    }
  }

  /// - Parameter token: What the server may ask for.
  /// - Returns: The status and the body of the page at `path`, which is encoded.
  func get(
    _ path: String, token: APIToken? = nil, within milliseconds: Int64
  ) throws(ServerError) -> (status: Int, body: String) {
    let probe = try Probe(to: address, isStream: true, within: milliseconds)
    let authorization = token.map { "Authorization: \($0.bearer)\r\n" } ?? ""
    let head = "GET \(path) HTTP/1.1\r\nHost: \(address)\r\n\(authorization)Connection: close\r\n\r\n"
    try probe.send(Array(head.utf8))
    var octets: [UInt8] = []
    while case let more = try probe.receive(), !more.isEmpty { octets += more }
    let reply = String(decoding: octets, as: UTF8.self)
    let status = reply.split(separator: " ", maxSplits: 2).dropFirst().first.flatMap { Int($0) } ?? 0
    let body = reply.firstRange(of: "\r\n\r\n").map { String(reply[$0.upperBound...]) } ?? ""
    return (status, body)
  }

  /// A value of a query: everything but letters and digits is encoded (RFC 3986 2.1).
  static func encoded(_ value: String) -> String {
    value.utf8.map { octet in
      let character = Character(UnicodeScalar(octet))
      if character.isASCII, character.isLetter || character.isNumber { return String(character) }
      return "%" + (octet < 16 ? "0" : "") + String(octet, radix: 16, uppercase: true)
    }.joined()
  }
}
