// Octets that many names and records lie in. A struct that cannot be copied, because the compiler then proves that
// passing it counts no reference, which it does not for an array (docs/compiler-workarounds.md).

/// An immutable arena: names in wire form, RDATA, texts, each found by its offset.
public struct OctetStore: ~Copyable, Sendable {
  public let octets: [UInt8]
  public init(_ octets: [UInt8]) { self.octets = octets }
}
