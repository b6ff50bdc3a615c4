// Addresses that are written in names: `ec2-203-0-113-25.…`, `ip-10-0-0-5.…`, `5.0.0.10.in-addr.arpa.`.
import DNSWire

/// The address in a reverse name, or its first octets; the missing ones are zero.
struct ReverseAddress: BitwiseCopyable {
  var address: UInt32
  /// 1 to 4.
  var octetCount: Int
}

/// What a hostname with an address begins with, its characters as one number.
struct HostnamePrefix: BitwiseCopyable {
  var text: UInt32
  var octets: Int
  @_noLocks init(text: UInt32, octets: Int) {
    self.text = text
    self.octets = octets
  }

  /// `ec2-`
  static var ec2: Self { @_noLocks get { Self(text: 0x6563_322d, octets: 4) } }
  /// `ip-`
  static var ip: Self { @_noLocks get { Self(text: 0x69_702d, octets: 3) } }
}

extension FoldedName {
  /// The address of a first label that is `prefix` and four decimal octets with `-` between them, without leading
  /// zeros.
  @_noLocks
  borrowing func hostnameAddress(_ prefix: HostnamePrefix) -> UInt32? {
    guard labelCount > 0 else { return nil }
    let start = start(ofLabel: 0) + 1
    let end = start + labelLength(0)
    guard end - start > prefix.octets else { return nil }
    var seen: UInt32 = 0
    var index = start
    while index < start + prefix.octets {
      seen = seen << 8 | UInt32(octet(index))
      index += 1
    }
    guard seen == prefix.text else { return nil }
    var address: UInt32 = 0
    var part = 0
    while part < 4 {
      guard let (value, next) = decimalOctet(at: index, before: end) else { return nil }
      address = address << 8 | value
      index = next
      part += 1
      if part < 4 {
        guard index < end, octet(index) == UInt8(ascii: "-") else { return nil }
        index += 1
      }
    }
    return index == end ? address : nil
  }

  /// The address of a name below `in-addr.arpa.`; `nil` for any other name, and when a label is not an octet.
  @_noLocks
  borrowing func reverseAddress() -> ReverseAddress? {
    guard let block = reverseBlock(), block.octetCount == labelCount - 2 else { return nil }
    return block
  }

  /// The block of addresses whose reverse domain a name lies in: the octets next to `in-addr.arpa.`, four at most.
  @_noLocks
  borrowing func reverseBlock() -> ReverseAddress? {
    guard labelCount > 2, isInAddrArpa() else { return nil }
    var address: UInt32 = 0
    var count = 0
    while count < 4, count < labelCount - 2 {
      let label = labelCount - 3 - count
      let start = start(ofLabel: label) + 1
      let end = start + labelLength(label)
      guard let (value, next) = decimalOctet(at: start, before: end), next == end else { break }
      address |= value << UInt32(24 - 8 * count)
      count += 1
    }
    return count > 0 ? ReverseAddress(address: address, octetCount: count) : nil
  }

  @_noLocks
  private borrowing func isInAddrArpa() -> Bool {
    let first = start(ofLabel: labelCount - 2)
    guard length - first == 14 else { return false }
    // \7in-addr\4arpa\0
    var high: UInt64 = 0
    var low: UInt64 = 0
    var index = 0
    while index < 7 {
      high = high << 8 | UInt64(octet(first + index))
      low = low << 8 | UInt64(octet(first + 7 + index))
      index += 1
    }
    return high == 0x07_696e_2d61_6464 && low == 0x72_0461_7270_6100
  }

  @_noLocks
  private borrowing func decimalOctet(at start: Int, before end: Int) -> (value: UInt32, next: Int)? {
    var value: UInt32 = 0
    var index = start
    while index < end, index - start < 3, octet(index) &- UInt8(ascii: "0") < 10 {
      value = value * 10 + UInt32(octet(index) &- UInt8(ascii: "0"))
      index += 1
    }
    guard index > start, value < 256, index == start + 1 || octet(start) != UInt8(ascii: "0") else { return nil }
    return (value, index)
  }
}
