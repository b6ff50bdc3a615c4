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
