// The PROXY protocol, version 2 (haproxy.org, doc/proxy-protocol.txt, 2.2): what a proxy puts before a question, so
// that it is known who asks. Text of version 1 is refused.
import DNSWire

/// A header that is whole.
package struct ProxyHeader: BitwiseCopyable {
  /// Octets up to the question.
  package var length: Int
  /// `nil`: the proxy itself asks, to see whether we live (LOCAL).
  package var source: IPAddress?
  package var port: UInt16

  package enum Reading: BitwiseCopyable {
    case header(ProxyHeader)
    /// More of it has to come.
    case incomplete
    case wrong
  }

  private static var signature: InlineArray<12, UInt8> {
    [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]
  }
  /// Signature, version and command, family, length.
  private static var fixedOctets: Int { 16 }
  private static var local: UInt8 { 0x20 }
  private static var proxy: UInt8 { 0x21 }

  /// Reads the header at the beginning of what has come.
  package static func read(_ octets: Span<UInt8>) -> Reading {
    var index = 0
    while index < signature.count, index < octets.count {
      if octets[index] != signature[index] { return .wrong }
      index &+= 1
    }
    guard octets.count >= fixedOctets else { return .incomplete }
    let command = octets[12]
    guard command == local || command == proxy else { return .wrong }
    let rest = Int(octets[14]) << 8 | Int(octets[15])
    let length = fixedOctets &+ rest
    let family = octets[13]
    if command == proxy {
      // A question that came to the proxy over UDP may go on over TCP, and the header tells of the one that came.
      guard family & 0xf == 1 || family & 0xf == 2 else { return .wrong }
      switch family >> 4 {
      case 1: if rest < 12 { return .wrong }
      case 2: if rest < 36 { return .wrong }
      default: return .wrong
      }
    }
    guard octets.count >= length else { return .incomplete }
    guard command == proxy else { return .header(ProxyHeader(length: length, source: nil, port: 0)) }
    let addressOctets = family >> 4 == 1 ? 4 : 16
    // Both addresses, then both ports.
    let portAt = fixedOctets &+ 2 &* addressOctets
    return .header(
      ProxyHeader(
        length: length, source: address(octets, count: addressOctets),
        port: UInt16(octets[portAt]) << 8 | UInt16(octets[portAt &+ 1])))
  }

  private static func address(_ octets: Span<UInt8>, count: Int) -> IPAddress {
    var high: UInt64 = 0
    var low: UInt64 = 0
    var index = 0
    while index < count {
      high = high << 8 | low >> 56
      low = low << 8 | UInt64(octets[fixedOctets &+ index])
      index &+= 1
    }
    if count == 4 { return .v4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: low))) }
    let v6 = IPv6Address(rawValue: UInt128(high) << 64 | UInt128(low))
    // A proxy that listens on [::] sees IPv4 so.
    return v6.mappedIPv4.map { .v4($0) } ?? .v6(v6)
  }
}
