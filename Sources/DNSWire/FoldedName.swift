// The name that is being looked up: lower case, in fixed storage, with the place and the hash of every ending, so that
// nothing is allocated and nothing is worked out twice.

/// A mutable name in lower case. One per worker, reused for every question and every hop of a chain.
///
/// Who reads it takes it `inout`: through a borrowed reference each access to an inline array copies the whole array
/// (docs/compiler-workarounds.md).
public struct FoldedName: ~Copyable {
  /// Each label begins a word: its length and its octets, the first one lowest, zeros to the end of its last word. The
  /// root has none. 127 labels of one octet have as many words, and longer ones have fewer.
  private var words = InlineArray<128, UInt64>(repeating: 0)
  /// The word at which label i begins; after the last label the number of words.
  private var firstWords = InlineArray<128, UInt8>(repeating: 0)
  /// The offset of label i in wire form; after the last label that of the root's zero.
  private var starts = InlineArray<128, UInt8>(repeating: 0)
  /// Hash of the name from label i on; after the last label that of the root.
  private var hashes = InlineArray<128, UInt64>(repeating: 0)
  /// Octets in wire form, the final zero included.
  public private(set) var length = 1
  /// Labels, the root left out.
  public private(set) var labelCount = 0

  public init() { setHashes(before: 0) }

  /// Offset of label `label` in wire form; `labelCount` gives the root's.
  @_noLocks
  public mutating func start(ofLabel label: Int) -> Int { Int(starts[label]) }

  /// Length of label `label`.
  @_noLocks
  public mutating func labelLength(_ label: Int) -> Int {
    Int(starts[label &+ 1]) &- Int(starts[label]) &- 1
  }

  /// Octet `index` of a label, counted from 0, below its length.
  @_noLocks
  public mutating func octet(_ index: Int, ofLabel label: Int) -> UInt8 {
    let place = index &+ 1
    let word = words[Int(firstWords[label]) &+ place &>> 3]
    return UInt8(truncatingIfNeeded: word &>> (8 &* UInt64(truncatingIfNeeded: place & 7)))
  }

  /// Hash of the name from label `label` on: of equal names it is the same, whatever stands before them.
  @_noLocks
  public mutating func hash(fromLabel label: Int) -> UInt64 { hashes[label] }

  /// Words of the name from label `label` on.
  @_noLocks
  public mutating func wordCount(fromLabel label: Int) -> Int {
    Int(firstWords[labelCount]) &- Int(firstWords[label])
  }

  /// Word `index` of the name, counted from label `label`: length and octets of the labels, the first octet lowest.
  @_noLocks
  public mutating func word(_ index: Int, fromLabel label: Int) -> UInt64 {
    words[Int(firstWords[label]) &+ index]
  }

  /// Reads an uncompressed name at `offset` of a message of `count` octets; the offset after it, or `nil` when there is
  /// none.
  @_noLocks
  public mutating func read(_ message: borrowing MutableSpan<UInt8>, count: Int, at offset: Int) -> Int? {
    var source = offset
    labelCount = 0
    length = 1
    while source < count {
      let size = Int(message[source])
      if size == 0 {
        setHashes(before: labelCount)
        return source &+ 1
      }
      // Two high bits set would be a pointer: there is nothing before a question to point to (RFC 1035 4.1.4).
      guard size <= Limits.labelOctets, length &+ size < Limits.nameOctets, source &+ size < count else { break }
      var next = Int(firstWords[labelCount])
      var taken = source
      let last = source &+ (size & ~7)
      while taken < last {
        words[next] = fold(DNSWire.word(message, littleEndianAt: taken))
        next &+= 1
        taken &+= 8
      }
      words[next] = fold(DNSWire.word(message, littleEndianAt: taken, count: size & 7 &+ 1))
      next &+= 1
      endLabel(size, next)
      source &+= size &+ 1
    }
    labelCount = 0
    length = 1
    setHashes(before: 0)
    return nil
  }

  /// Takes the uncompressed name at `offset` of `store`, which holds valid names only.
  @_noLocks
  public mutating func load(_ store: borrowing OctetStore, at offset: Int) {
    labelCount = 0
    length = 1
    append(store, at: offset)
  }

  /// Takes a name that is no part of a store; not for a packet's path.
  public mutating func load(_ name: Name) {
    let store = OctetStore(name.wire)
    load(store, at: 0)
  }

  /// Puts the name at `offset` of `store` in the place of everything from label `label` on (RFC 6672 2.2).
  /// `false`, and no change, when the result would be too long.
  @_noLocks
  public mutating func replaceSuffix(fromLabel label: Int, with store: borrowing OctetStore, at offset: Int) -> Bool {
    let prefix = Int(starts[label])
    guard prefix &+ store.nameSize(at: offset) <= Limits.nameOctets else { return false }
    labelCount = label
    length = prefix &+ 1
    append(store, at: offset)
    return true
  }

  /// Adds the labels of the name at `offset` of `store` to those that are there.
  @_noLocks
  private mutating func append(_ store: borrowing OctetStore, at offset: Int) {
    var source = offset
    while true {
      let size = Int(store[source])
      if size == 0 { break }
      var taken = 0
      var next = Int(firstWords[labelCount])
      while taken <= size {
        words[next] = fold(
          DNSWire.word(store, littleEndianAt: source &+ taken, count: min(8, size &+ 1 &- taken)))
        next &+= 1
        taken &+= 8
      }
      endLabel(size, next)
      source &+= size &+ 1
    }
    setHashes(before: labelCount)
  }

  @_noLocks
  private mutating func endLabel(_ size: Int, _ nextWord: Int) {
    length &+= size &+ 1
    labelCount &+= 1
    starts[labelCount] = UInt8(truncatingIfNeeded: length &- 1)
    firstWords[labelCount] = UInt8(truncatingIfNeeded: nextWord)
  }

  /// From the root upwards, each ending from the one that it has in it.
  @_noLocks
  private mutating func setHashes(before end: Int) {
    var hash: UInt64 = 0x9e37_79b9_7f4a_7c15
    var label = end
    hashes[label] = hash
    var word = Int(firstWords[label])
    while label > 0 {
      label &-= 1
      let first = Int(firstWords[label])
      while word > first {
        word &-= 1
        hash = mix(hash, words[word])
      }
      hashes[label] = hash
    }
  }

  /// True when the name from label `label` on is the one in wire form at `offset` of `store`, in any case.
  @_noLocks
  public mutating func equals(_ store: borrowing OctetStore, at offset: Int, fromLabel label: Int) -> Bool {
    var source = offset
    var current = label
    while current < labelCount {
      let size = Int(store[source])
      guard size == labelLength(current) else { return false }
      var taken = 0
      while taken <= size {
        let other = fold(DNSWire.word(store, littleEndianAt: source &+ taken, count: min(8, size &+ 1 &- taken)))
        if other != words[Int(firstWords[current]) &+ taken &>> 3] { return false }
        taken &+= 8
      }
      source &+= size &+ 1
      current &+= 1
    }
    return store[source] == 0
  }

  /// True when the name from label `label` on is the one at `offset` of `store`.
  @_noLocks
  public mutating func equals(_ store: borrowing WordStore, at offset: Int, fromLabel label: Int) -> Bool {
    var mine = Int(firstWords[label])
    let end = Int(firstWords[labelCount])
    var other = offset
    while mine < end {
      if words[mine] != store.words[other] { return false }
      mine &+= 1
      other &+= 1
    }
    return store.words[other] == 0
  }
}

@_noLocks
private func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
  let product = (hash ^ word).multipliedFullWidth(by: 0xa076_1d64_78bd_642f)
  return product.high ^ product.low
}
