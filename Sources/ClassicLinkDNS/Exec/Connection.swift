// The values of `--connect`.
import ArgumentParser
import DNSWire
import Transport

/// `ADDR:PORT=HOST:PORT`: a place inside, and the server outside to which it leads.
struct Connection: Sendable {
  /// An address, or a name of the world.
  var inside: String
  var insidePort: UInt16
  var host: String
  var port: UInt16
  let text: String

  init(argument text: String) throws {
    self.text = text
    let sides = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard sides.count == 2 else { throw ValidationError("--connect '\(text)': it is written ADDR:PORT=HOST:PORT.") }
    (inside, insidePort) = try Self.place(sides[0], text)
    (host, port) = try Self.place(sides[1], text)
    if case .v4(let address)? = address, address.rawValue == 0 { throw Self.unspecified(text) }
    if case .v6(let address)? = address, address.rawValue == 0 { throw Self.unspecified(text) }
  }

  /// Where it is no name.
  var address: IPAddress? { IPAddress(inside) }

  private static func unspecified(_ text: String) -> ValidationError {
    ValidationError("--connect '\(text)': name the address at which the program finds the server.")
  }

  private static func place(_ side: String, _ text: String) throws -> (String, UInt16) {
    guard let colon = side.lastIndex(of: ":"), let port = UInt16(side[side.index(after: colon)...]), port > 0 else {
      throw ValidationError("--connect '\(text)': '\(side)' ends in no port from 1 to 65535.")
    }
    var host = side[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      throw ValidationError("--connect '\(text)': an IPv6 address is written [ADDR]:PORT.")
    }
    guard !host.isEmpty else { throw ValidationError("--connect '\(text)': '\(side)' has no address.") }
    return (String(host), port)
  }
}
