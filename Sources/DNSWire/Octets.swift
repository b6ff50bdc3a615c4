// Eight octets at a time. An offset of 16 or 32 bits cannot overflow when 7 is added to it, and the last octet comes
// first: so the compiler leaves one bounds check of eight, and makes one load or store of the rest. It does so only
// where it knows nothing else of the offset, hence functions of their own, which are not inlined (five instructions and
// a call; inlined into a loop the same lines were 70).

/// Eight octets of a message from `offset` on, the first one lowest; the message must have them.
@_noLocks
@inline(never)
func word(_ message: borrowing MutableSpan<UInt8>, littleEndianAt offset: Int) -> UInt64 {
  let at = Int(UInt16(truncatingIfNeeded: offset))
  let last = UInt64(message[at &+ 7]) &<< 56
  return last | UInt64(message[at]) | UInt64(message[at &+ 1]) &<< 8 | UInt64(message[at &+ 2]) &<< 16
    | UInt64(message[at &+ 3]) &<< 24 | UInt64(message[at &+ 4]) &<< 32 | UInt64(message[at &+ 5]) &<< 40
    | UInt64(message[at &+ 6]) &<< 48
}

/// The same of the first layer of a store.
@_noLocks
@inline(never)
private func baseWord(_ store: borrowing OctetStore, littleEndianAt offset: Int) -> UInt64 {
  let at = Int(UInt32(truncatingIfNeeded: offset))
  let last = UInt64(store.base[at &+ 7]) &<< 56
  return last | UInt64(store.base[at]) | UInt64(store.base[at &+ 1]) &<< 8 | UInt64(store.base[at &+ 2]) &<< 16
    | UInt64(store.base[at &+ 3]) &<< 24 | UInt64(store.base[at &+ 4]) &<< 32 | UInt64(store.base[at &+ 5]) &<< 40
    | UInt64(store.base[at &+ 6]) &<< 48
}

/// `count` octets, eight at most, the first one lowest and zeros above the last; the message must have them.
@_noLocks
@inline(__always)
func word(_ message: borrowing MutableSpan<UInt8>, littleEndianAt offset: Int, count: Int) -> UInt64 {
  if offset &+ 8 <= message.count { return word(message, littleEndianAt: offset) & lowOctets(count) }
  return lastWord(message, offset, count)
}

/// The same of a store.
@_noLocks
@inline(__always)
func word(_ store: borrowing OctetStore, littleEndianAt offset: Int, count: Int) -> UInt64 {
  if offset &+ 8 <= store.base.count { return baseWord(store, littleEndianAt: offset) & lowOctets(count) }
  return lastWord(store, offset, count)
}

/// Where the message ends within eight octets, and the second layer of a store.
@_noLocks
@inline(never)
private func lastWord(_ message: borrowing MutableSpan<UInt8>, _ offset: Int, _ count: Int) -> UInt64 {
  var word: UInt64 = 0
  var index = count
  while index > 0 {
    index &-= 1
    word = word &<< 8 | UInt64(message[offset &+ index])
  }
  return word
}

@_noLocks
@inline(never)
private func lastWord(_ store: borrowing OctetStore, _ offset: Int, _ count: Int) -> UInt64 {
  var word: UInt64 = 0
  var index = count
  while index > 0 {
    index &-= 1
    word = word &<< 8 | UInt64(store[offset &+ index])
  }
  return word
}

/// Writes eight octets, the lowest first; the message must have room for them.
@_noLocks
@inline(never)
func set(_ word: UInt64, littleEndianAt offset: Int, in message: inout MutableSpan<UInt8>) {
  let at = Int(UInt16(truncatingIfNeeded: offset))
  message[at &+ 7] = UInt8(truncatingIfNeeded: word &>> 56)
  message[at] = UInt8(truncatingIfNeeded: word)
  message[at &+ 1] = UInt8(truncatingIfNeeded: word &>> 8)
  message[at &+ 2] = UInt8(truncatingIfNeeded: word &>> 16)
  message[at &+ 3] = UInt8(truncatingIfNeeded: word &>> 24)
  message[at &+ 4] = UInt8(truncatingIfNeeded: word &>> 32)
  message[at &+ 5] = UInt8(truncatingIfNeeded: word &>> 40)
  message[at &+ 6] = UInt8(truncatingIfNeeded: word &>> 48)
}

/// A mask of the octets that come first, eight at most.
@_noLocks
@inline(__always)
func lowOctets(_ count: Int) -> UInt64 {
  count >= 8 ? ~0 : (1 &<< (8 &* UInt64(truncatingIfNeeded: count))) &- 1
}

/// Eight octets with the letters A to Z made small (RFC 4343 3).
@_noLocks
@inline(__always)
func fold(_ word: UInt64) -> UInt64 {
  let low = word & 0x7f7f_7f7f_7f7f_7f7f
  // Bit 7 of each octet: it is `A` or more, and it is more than `Z`.
  let fromA = low &+ 0x3f3f_3f3f_3f3f_3f3f
  let pastZ = low &+ 0x2525_2525_2525_2525
  let capitals = fromA & ~pastZ & ~word & 0x8080_8080_8080_8080
  return word | capitals &>> 2
}
