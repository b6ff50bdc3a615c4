// The name that is being looked up: lower case, in fixed storage, with the place of every label, so that nothing is
// allocated.

/// A mutable name in wire form and lower case. One per worker, reused for every question and every hop of a chain.
public struct FoldedName: ~Copyable {
  private var octets = InlineArray<256, UInt8>(repeating: 0)
  /// `starts[i]` is the offset of label i; `starts[labelCount]` that of the root's zero.
  private var starts = InlineArray<128, UInt8>(repeating: 0)
  /// Octets in use, the final zero included.
  public private(set) var length = 1
  /// Labels, the root left out.
  public private(set) var labelCount = 0

  public init() {}

  /// Octet `index` of the wire form, `index` below `length`.
  @_noLocks
  public borrowing func octet(_ index: Int) -> UInt8 { octets[index] }

  /// Offset of label `label`; `labelCount` gives the root's.
  @_noLocks
  public borrowing func start(ofLabel label: Int) -> Int { Int(starts[label]) }

  /// Length of label `label`.
  @_noLocks
  public borrowing func labelLength(_ label: Int) -> Int { Int(octets[Int(starts[label])]) }

  /// Reads an uncompressed name at `offset` of `packet`; the offset after it, or `nil` when there is none.
  @_noLocks
  public mutating func read(_ packet: Span<UInt8>, at offset: Int) -> Int? {
    var source = offset
    var used = 0
    labelCount = 0
    while source < packet.count {
      let size = Int(packet[source])
      starts[labelCount] = UInt8(truncatingIfNeeded: used)
      octets[used] = packet[source]
      if size == 0 {
        length = used + 1
        return source + 1
      }
      // Two high bits set would be a pointer: there is nothing before a question to point to (RFC 1035 4.1.4).
      guard size <= Limits.labelOctets, used + size + 2 <= Limits.nameOctets, source + size < packet.count else {
        break
      }
      for index in 1...size { octets[used &+ index] = fold(packet[source &+ index]) }
      used += size + 1
      source += size + 1
      labelCount += 1
    }
    reset()
    return nil
  }

  /// Takes the uncompressed name at `offset` of `store`, which holds valid names only.
  @_noLocks
  public mutating func load(_ store: borrowing OctetStore, at offset: Int) {
    var index = 0
    labelCount = 0
    var next = 0
    while true {
      let octet = fold(store.octets[offset &+ index])
      octets[index] = octet
      if index == next {
        starts[labelCount] = UInt8(truncatingIfNeeded: index)
        if octet == 0 { break }
        labelCount += 1
        next = index + Int(octet) + 1
      }
      index += 1
    }
    length = index + 1
  }

  /// Puts the name at `offset` of `store` in the place of everything from label `label` on (RFC 6672 2.2).
  /// `false`, and no change, when the result would be too long.
  @_noLocks
  public mutating func replaceSuffix(fromLabel label: Int, with store: borrowing OctetStore, at offset: Int) -> Bool {
    let prefix = Int(starts[label])
    var size = 0
    while store.octets[offset &+ size] != 0 { size += Int(store.octets[offset &+ size]) + 1 }
    guard prefix + size + 1 <= Limits.nameOctets else { return false }
    labelCount = label
    var index = 0
    var next = 0
    while index <= size {
      octets[prefix + index] = fold(store.octets[offset &+ index])
      if index == next {
        starts[labelCount] = UInt8(truncatingIfNeeded: prefix + index)
        if index < size {
          next = index + Int(store.octets[offset &+ index]) + 1
          labelCount += 1
        }
      }
      index += 1
    }
    length = prefix + size + 1
    return true
  }

  /// True when the name from label `label` on is the one at `offset` of `store`, which is in lower case.
  @_noLocks
  public borrowing func equals(_ store: borrowing OctetStore, at offset: Int, fromLabel label: Int) -> Bool {
    let start = Int(starts[label])
    let count = length &- start
    guard offset &+ count <= store.octets.count else { return false }
    var index = 0
    while index < count {
      if octets[start &+ index] != store.octets[offset &+ index] { return false }
      index &+= 1
    }
    return true
  }

  /// Hash of the name from label `label` on.
  @_noLocks
  public borrowing func hash(fromLabel label: Int) -> UInt64 {
    var index = Int(starts[label])
    var hash: UInt64 = 0x9e37_79b9_7f4a_7c15
    while index &+ 8 <= length {
      hash = mix(hash, word(at: index, count: 8))
      index &+= 8
    }
    return mix(hash, word(at: index, count: length &- index))
  }

  @_noLocks
  private borrowing func word(at index: Int, count: Int) -> UInt64 {
    var word: UInt64 = 0
    var shift: UInt64 = 0
    for position in index..<(index &+ count) {
      word |= UInt64(octets[position]) &<< shift
      shift &+= 8
    }
    return word
  }

  private mutating func reset() {
    octets[0] = 0
    starts[0] = 0
    length = 1
    labelCount = 0
  }
}

@_noLocks
private func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
  let product = (hash ^ word).multipliedFullWidth(by: 0xa076_1d64_78bd_642f)
  return product.high ^ product.low
}
