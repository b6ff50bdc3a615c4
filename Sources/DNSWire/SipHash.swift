// SipHash-2-4 (Aumasson and Bernstein, 2012), eight octets at a time: the hash of server cookies (RFC 9018 4.4).

/// A hash under way. The words are read from the octets with the first one lowest.
struct SipHash: BitwiseCopyable {
  private var v0: UInt64
  private var v1: UInt64
  private var v2: UInt64
  private var v3: UInt64

  @_noLocks
  init(_ key: CookieSecret) {
    // "somepseudorandomlygeneratedbytes"
    v0 = key.first ^ 0x736f_6d65_7073_6575
    v1 = key.second ^ 0x646f_7261_6e64_6f6d
    v2 = key.first ^ 0x6c79_6765_6e65_7261
    v3 = key.second ^ 0x7465_6462_7974_6573
  }

  @_noLocks
  mutating func add(_ word: UInt64) {
    v3 ^= word
    round()
    round()
    v0 ^= word
  }

  /// The hash.
  /// - Parameters:
  ///   - rest: The octets after the last whole eight, seven at most.
  ///   - count: Octets of the whole message.
  @_noLocks
  consuming func finish(_ rest: UInt64, count: Int) -> UInt64 {
    add(rest | UInt64(truncatingIfNeeded: count) &<< 56)
    v2 ^= 0xff
    round()
    round()
    round()
    round()
    return v0 ^ v1 ^ v2 ^ v3
  }

  @_noLocks
  @inline(__always)
  private mutating func round() {
    v0 &+= v1
    v1 = rotate(v1, 13) ^ v0
    v0 = rotate(v0, 32)
    v2 &+= v3
    v3 = rotate(v3, 16) ^ v2
    v0 &+= v3
    v3 = rotate(v3, 21) ^ v0
    v2 &+= v1
    v1 = rotate(v1, 17) ^ v2
    v2 = rotate(v2, 32)
  }
}

@_noLocks
@inline(__always)
private func rotate(_ word: UInt64, _ bits: UInt64) -> UInt64 { word &<< bits | word &>> (64 &- bits) }
