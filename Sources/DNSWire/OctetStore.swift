// Octets that many names and records lie in. Structs that cannot be copied, because the compiler then proves that
// passing them counts no reference, which it does not for an array (docs/compiler-workarounds.md).

/// An arena: names in wire form, RDATA, texts, each found by its offset and each whole in one of two layers: what came
/// together, and what came since. That of a world never changes.
public struct OctetStore: ~Copyable, Sendable {
  public internal(set) var base: [UInt8]
  /// Its first octet has the offset after the last one of `base`.
  public let recent: [UInt8]

  public init(_ base: [UInt8], _ recent: [UInt8] = []) {
    self.base = base
    self.recent = recent
  }

  public subscript(offset: Int) -> UInt8 {
    @_noLocks borrowing get { offset < base.count ? base[offset] : recent[offset &- base.count] }
  }

  /// `count` octets from `offset` on; not for a packet's path.
  public borrowing func octets(at offset: Int, count: Int) -> ArraySlice<UInt8> {
    if offset < base.count { return base[offset..<offset + count] }
    return recent[offset - base.count..<offset - base.count + count]
  }

  /// Octets of the uncompressed name at `offset`, the root's zero included.
  @_noLocks
  public borrowing func nameSize(at offset: Int) -> Int {
    var size = 0
    while self[offset &+ size] != 0 { size &+= Int(self[offset &+ size]) &+ 1 }
    return size &+ 1
  }
}

/// An immutable arena of names as `FoldedName` has them, each found by its offset, with a zero after it.
public struct WordStore: ~Copyable, Sendable {
  public let words: [UInt64]
  public init(_ words: [UInt64]) { self.words = words }
}
