// The protocol and bitmap of ports of a WKS record (RFC 1035 3.4.2).
// ldns would ask /etc/protocols and /etc/services, by calls that two threads must not make at once.

enum Services {
  /// Protocols and services that RFC 1010 names and people still write; any other is written as its number.
  private static let protocols = ["ICMP": 1, "TCP": 6, "UDP": 17]
  private static let ports = [
    "FTP-DATA": 20, "FTP": 21, "SSH": 22, "TELNET": 23, "SMTP": 25, "TIME": 37, "DOMAIN": 53, "TFTP": 69,
    "FINGER": 79, "HTTP": 80, "POP3": 110, "NTP": 123, "IMAP": 143, "HTTPS": 443,
  ]

  static func read(_ reader: inout RecordDataReader) throws(Fault) -> [UInt8] {
    var data = [UInt8(truncatingIfNeeded: try number(&reader, protocols, "a protocol, TCP, UDP", through: 255))]
    var bitmap: [UInt8] = []
    while !reader.isAtEnd {
      let port = try number(&reader, ports, "a port, a service such as SMTP", through: 65_535)
      while bitmap.count <= port / 8 { bitmap.append(0) }
      bitmap[port / 8] |= 0x80 >> (port % 8)
    }
    data += bitmap
    return data
  }

  static func presentation(_ data: ArraySlice<UInt8>) -> String? {
    guard let code = data.first else { return nil }
    var text = String(code)
    for (index, octet) in data.dropFirst().enumerated() {
      for bit in 0..<8 where octet & (0x80 >> bit) != 0 { text += " \(index * 8 + bit)" }
    }
    return text
  }

  private static func number(
    _ reader: inout RecordDataReader, _ names: [String: Int], _ what: String, through largest: UInt32
  ) throws(Fault) -> Int {
    if let word = reader.next, !word.isQuoted, let number = names[word.text.uppercased()] {
      _ = try reader.word(what)
      return number
    }
    return Int(try reader.number("\(what) or a number", through: largest))
  }
}
