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
    var address: UInt32 = 0
    var value: UInt32 = 0
    var digits = 0
    var parts = 0
    var left = size &- prefix.octets
    while left > 0 {
      let octet = UInt32(truncatingIfNeeded: text & 0xff)
      text = text &>> 8 | low &<< 56
      low = low &>> 8 | high &<< 56
      high = high &>> 8
      left &-= 1
      if octet == 0x2d {
        guard digits > 0, parts < 3 else { return nil }
        address = address &<< 8 | value
        value = 0
        digits = 0
        parts &+= 1
      } else {
        let digit = octet &- 0x30
        guard digit < 10, digits == 0 || value > 0 else { return nil }
        value = value &* 10 &+ digit
        digits &+= 1
        guard value < 256 else { return nil }
      }
    }
    return parts == 3 && digits > 0 ? address &<< 8 | value : nil
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
  var left = label & 0xff
  guard left > 0, left < 4 else { return nil }
  var text = label &>> 8
  guard left == 1 || text & 0xff != 0x30 else { return nil }
  var value: UInt32 = 0
  while left > 0 {
    let digit = UInt32(truncatingIfNeeded: text & 0xff) &- 0x30
    guard digit < 10 else { return nil }
    value = value &* 10 &+ digit
    text &>>= 8
    left &-= 1
  }
  return value < 256 ? value : nil
}
