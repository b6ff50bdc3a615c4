// Names in a master file: absolute with a final dot, otherwise relative to the origin; @ is the origin itself. Without
// an origin all are absolute, and @ is none.
import DNSWire

extension Token {
  func name(origin: Name?) throws(Fault) -> Name {
    if isQuoted { throw fault(expected: "a domain name without quotes") }
    if raw.elementsEqual("@".utf8) {
      guard let origin else { throw fault(expected: "a domain name (only a zone file has an origin)") }
      return origin
    }
    guard raw.allSatisfy({ $0 < 0x80 }) else {
      throw fault("a name with letters beyond ASCII is written in its xn-- form or with \\DDD, found \(shown)")
    }
    do {
      let name = try Name(text)
      guard let origin, !isAbsolute else { return name }
      let octets = name.wire.count - 1 + origin.wire.count
      guard let whole = origin.prepending(name) else { throw Name.TextError.nameTooLong(octets) }
      return whole
    } catch {
      throw fault("\(error): \(shown)")
    }
  }

  /// Ends in a dot that is not escaped.
  private var isAbsolute: Bool {
    raw.last == Ascii.dot && raw.dropLast().reversed().prefix { $0 == Ascii.backslash }.count.isMultiple(of: 2)
  }
}
