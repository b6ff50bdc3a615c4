// Addresses that are written in names: `ec2-203-0-113-25.…`, `ip-10-0-0-5.…`, `5.0.0.10.in-addr.arpa.`.
import DNSWire

/// The address in a reverse name, or its first octets; the missing ones are zero.
struct ReverseAddress: BitwiseCopyable {
  var address: UInt32
  /// 1 to 4.
  var octetCount: Int
}

/// What a hostname with an address begins with.
struct HostnamePrefix: BitwiseCopyable {
  /// Its characters, the first one lowest.
  var text: UInt64
  var octets: Int
  @_noLocks init(text: UInt64, octets: Int) {
    self.text = text
    self.octets = octets
  }

  /// `ec2-`
  static var ec2: Self { @_noLocks get { Self(text: 0x2d32_6365, octets: 4) } }
  /// `ip-`
  static var ip: Self { @_noLocks get { Self(text: 0x2d_7069, octets: 3) } }
  /// Characters of the longest address.
  static var addressOctets: Int { @_noLocks get { 15 } }
}

extension FoldedName {
  /// The address of a first label that is `prefix` and four decimal octets with `-` between them, without leading
  /// zeros.
  @_noLocks
  mutating func hostnameAddress(_ prefix: HostnamePrefix) -> UInt32? {
    guard labelCount > 0 else { return nil }
    let size = labelLength(0)
    let first = word(0, fromLabel: 0)
    guard size > prefix.octets, size <= prefix.octets &+ HostnamePrefix.addressOctets,
      first &>> 8 & ((1 &<< UInt64(8 &* prefix.octets)) &- 1) == prefix.text
    else { return nil }
    // The characters move down through three words: 20 octets at most.
    let skipped = UInt64(8 &* (prefix.octets &+ 1))
    var low = size < 8 ? 0 : word(1, fromLabel: 0)
    var high = size < 16 ? 0 : word(2, fromLabel: 0)
    var text = first &>> skipped | low &<< (64 &- skipped)
    low = low &>> skipped | high &<< (64 &- skipped)
    high = high &>> skipped
    var left = size &- prefix.octets
    var address: UInt32 = 0
    var part = 0
    while part < 4 {
      let window = UInt32(truncatingIfNeeded: text)
      let digits = part == 3 ? left : lengthBeforeHyphen(window)
      guard digits < left || part == 3, let value = decimalOctet(window, digits: digits) else { return nil }
      address = address &<< 8 | value
      let taken = UInt64(truncatingIfNeeded: 8 &* (digits &+ 1))
      text = text &>> taken | low &<< (64 &- taken)
      low = low &>> taken | high &<< (64 &- taken)
      high = high &>> taken
      left &-= digits &+ 1
      part &+= 1
    }
    return address
  }

  /// The address of a name below `in-addr.arpa.`; `nil` for any other name, and when a label is not an octet.
  @_noLocks
  mutating func reverseAddress() -> ReverseAddress? {
    guard let block = reverseBlock(), block.octetCount == labelCount &- 2 else { return nil }
    return block
  }

  /// The block of addresses whose reverse domain a name lies in: the octets next to `in-addr.arpa.`, four at most.
  @_noLocks
  mutating func reverseBlock() -> ReverseAddress? {
    guard labelCount > 2, isInAddrArpa() else { return nil }
    var address: UInt32 = 0
    var count = 0
    while count < 4, count < labelCount &- 2 {
      guard let value = decimalOctet(word(0, fromLabel: labelCount &- 3 &- count)) else { break }
      address |= value &<< UInt32(24 &- 8 &* count)
      count &+= 1
    }
    return count > 0 ? ReverseAddress(address: address, octetCount: count) : nil
  }

  @_noLocks
  private mutating func isInAddrArpa() -> Bool {
    let label = labelCount &- 2
    // `\7in-addr` and `\4arpa`, the first octet lowest.
    return wordCount(fromLabel: label) == 2 && word(0, fromLabel: label) == 0x7264_6461_2d6e_6907
      && word(1, fromLabel: label) == 0x61_7072_6104
  }
}

/// The number of a label that is a decimal octet without leading zeros, as `FoldedName.word` gives it: three digits fit
/// into one word.
@_noLocks
private func decimalOctet(_ label: UInt64) -> UInt32? {
  decimalOctet(UInt32(truncatingIfNeeded: label &>> 8), digits: Int(label & 0xff))
}

/// The number that the first characters are, the first one lowest, without leading zeros.
@_noLocks
private func decimalOctet(_ text: UInt32, digits: Int) -> UInt32? {
  guard digits > 0, digits < 4 else { return nil }
  // Three digits with the last one highest: those that are not there are zero.
  let shift = UInt32(truncatingIfNeeded: 8 &* (4 &- digits))
  let values = ((text ^ 0x3030_3030) &<< shift) &>> 8
  let (hundreds, tens, ones) = (values & 0xff, values &>> 8 & 0xff, values &>> 16)
  guard hundreds < 10, tens < 10, ones < 10 else { return nil }
  let value = hundreds &* 100 &+ tens &* 10 &+ ones
  // As many digits as the number needs.
  guard value < 256, digits == 1 || value >= (digits == 2 ? 10 : 100) else { return nil }
  return value
}

/// How many of four characters stand before the first hyphen; 4 when none is one.
@_noLocks
private func lengthBeforeHyphen(_ text: UInt32) -> Int {
  let other = text ^ 0x2d2d_2d2d
  let marks = (other &- 0x0101_0101) & ~other & 0x8080_8080
  return marks == 0 ? 4 : marks.trailingZeroBitCount &>> 3
}
