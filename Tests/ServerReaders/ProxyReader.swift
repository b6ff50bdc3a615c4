// The header of the PROXY protocol: what it says does not depend on how much of what follows has come already.
import DNSWire
import Readers
import Transport

public final class ProxyReader: Reader {
  public static let name = "proxy"

  public init() {}

  public func read(_ octets: Span<UInt8>) throws(Breach) {
    // As long as nobody knows how it ends, everything shorter was as open.
    var open = octets.count
    switch ProxyHeader.read(octets) {
    case .incomplete: break
    case .header(let header):
      try demand(header.length >= 16 && header.length <= octets.count, "a header of \(header.length) octets")
      try demand(header.length == 16 + Int(octets[14]) << 8 + Int(octets[15]), "a header of \(header.length) octets")
      try demand(header.source == source(octets), "another source")
      if header.source != nil {
        let place = octets[13] >> 4 == 1 ? 24 : 48
        try demand(header.port == UInt16(octets[place]) << 8 | UInt16(octets[place + 1]), "another port")
      }
      open = header.length
      guard case .header(let alone) = ProxyHeader.read(octets.extracting(0..<open)) else {
        throw Breach(description: "a header only with what follows it")
      }
      try demand(alone.length == open && alone.source == header.source, "another header with what follows it")
    case .wrong:
      open = 0
    }
    for count in 0..<open {
      guard case .incomplete = ProxyHeader.read(octets.extracting(0..<count)) else {
        throw Breach(description: "\(count) octets say more than \(octets.count)")
      }
    }
  }

  /// The source that the octets of a whole header name.
  private func source(_ octets: Span<UInt8>) -> IPAddress? {
    guard octets[12] == 0x21 else { return nil }
    if octets[13] >> 4 == 1 { return .v4(IPv4Address(octets[16], octets[17], octets[18], octets[19])) }
    var number: UInt128 = 0
    for index in 16..<32 { number = number << 8 | UInt128(octets[index]) }
    if number >> 32 == 0xffff { return .v4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: number))) }
    return .v6(IPv6Address(rawValue: number))
  }
}
