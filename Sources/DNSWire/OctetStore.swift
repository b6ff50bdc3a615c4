// Octets that many names and records lie in. Structs that cannot be copied, because the compiler then proves that
// passing them counts no reference, which it does not for an array (docs/compiler-workarounds.md).

/// An immutable arena: names in wire form, RDATA, texts, each found by its offset.
public struct OctetStore: ~Copyable, Sendable {
  public let octets: [UInt8]
  public init(_ octets: [UInt8]) { self.octets = octets }

  /// Octets of the uncompressed name at `offset`, the root's zero included.
  @_noLocks
  public borrowing func nameSize(at offset: Int) -> Int {
    var size = 0
    while octets[offset &+ size] != 0 { size &+= Int(octets[offset &+ size]) &+ 1 }
    return size &+ 1
  }
}

/// An immutable arena of names as `FoldedName` has them, each found by its offset, with a zero after it.
public struct WordStore: ~Copyable, Sendable {
  public let words: [UInt64]
  public init(_ words: [UInt64]) { self.words = words }
}
