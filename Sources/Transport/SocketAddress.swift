// Between the kernel's socket addresses and ours.
import CLinux
import DNSWire

extension IPAddress {
  /// The address in `raw`, its port left out.
  init(_ raw: UnsafePointer<cl_address>) {
    if unsafe cl_is_v6(raw) != 0 {
      self = unsafe .v6(IPv6Address(rawValue: UInt128(cl_v6_high(raw)) << 64 | UInt128(cl_v6_low(raw))))
    } else {
      self = unsafe .v4(IPv4Address(rawValue: cl_v4(raw)))
    }
  }

  /// As two numbers, for a hash.
  var words: (high: UInt64, low: UInt64) {
    switch self {
    case .v4(let address): (0, UInt64(address.rawValue))
    case .v6(let address):
      (UInt64(truncatingIfNeeded: address.rawValue >> 64), UInt64(truncatingIfNeeded: address.rawValue))
    }
  }

  /// The same without what lies past the first `bits`.
  func prefix(_ bits: Int) -> (high: UInt64, low: UInt64) {
    let words = words
    switch self {
    case .v4: return (0, words.low & UInt64(UInt32.max.upperBits(bits)))
    case .v6:
      return (words.high & UInt64.max.upperBits(min(64, bits)), words.low & UInt64.max.upperBits(max(0, bits &- 64)))
    }
  }

  /// Whose share of something it takes: a client with IPv6 has a /64 to ask from, which cannot be taken for an IPv4
  /// address.
  var client: UInt64 {
    switch self {
    case .v4(let v4): UInt64(v4.rawValue)
    case .v6(let v6): UInt64(truncatingIfNeeded: v6.rawValue >> 64)
    }
  }

  /// The /64 of an IPv6 address, which one client has; not the one of the link, which all have (RFC 4291 2.5.6).
  var subnet: ClosedRange<IPv6Address>? {
    guard case .v6(let address) = self, address.rawValue >> 118 != 0xfe80 >> 6 else { return nil }
    let host = UInt128(UInt64.max)
    return IPv6Address(rawValue: address.rawValue & ~host)...IPv6Address(rawValue: address.rawValue | host)
  }

  /// Fills `raw`; returns the length that system calls want.
  func write(port: UInt16, to raw: UnsafeMutablePointer<cl_address>) -> socklen_t {
    switch self {
    case .v4(let address): unsafe cl_set_v4(raw, address.rawValue, port)
    case .v6(let address):
      unsafe cl_set_v6(
        raw, UInt64(truncatingIfNeeded: address.rawValue >> 64), UInt64(truncatingIfNeeded: address.rawValue), port)
    }
  }
}

/// A range of source addresses, both ends included.
public enum AddressRange: Hashable, Sendable {
  case v4(ClosedRange<IPv4Address>)
  case v6(ClosedRange<IPv6Address>)

  func contains(_ address: IPAddress) -> Bool {
    switch (self, address) {
    case (.v4(let range), .v4(let address)): range.contains(address)
    case (.v6(let range), .v6(let address)): range.contains(address)
    default: false
    }
  }
}

/// Ranges that somebody typed: few enough to look at each.
struct AddressRanges: ~Copyable {
  private let ranges: FixedBuffer<AddressRange>

  init(_ list: [AddressRange]) { ranges = FixedBuffer(list) }

  borrowing func contains(_ address: IPAddress) -> Bool {
    var index = 0
    while index < ranges.count {
      if ranges[index].contains(address) { return true }
      index &+= 1
    }
    return false
  }

  borrowing func overlaps(_ subnet: ClosedRange<IPv6Address>) -> Bool {
    for index in 0..<ranges.count {
      if case .v6(let range) = ranges[index], range.overlaps(subnet) { return true }
    }
    return false
  }
}

extension FixedWidthInteger {
  /// Its `count` highest bits; the others are 0.
  func upperBits(_ count: Int) -> Self { count == 0 ? 0 : self & (.max << (Self.bitWidth - count)) }
}
