// Text inside a response: TXT strings, decimal numbers, addresses.

extension ResponseWriter {
  /// A TXT record of class CHAOS, TTL 0, owned by the question's name; returns where the length of the data goes.
  @_noLocks
  public mutating func beginChaosText(into out: inout MutableSpan<UInt8>) -> Int {
    put16(0xc000 | UInt16(truncatingIfNeeded: Limits.headerOctets), into: &out)
    put16(RecordType.txt.rawValue, into: &out)
    put16(RecordClass.chaos.rawValue, into: &out)
    put32(0, into: &out)
    put16(0, into: &out)
    return position - 2
  }

  /// Starts a character string (RFC 1035 3.3); `endString` takes what this returns.
  @_noLocks
  public mutating func beginString(into out: inout MutableSpan<UInt8>) -> Int {
    put8(0, into: &out)
    return position - 1
  }

  @_noLocks
  public mutating func endString(_ start: Int, into out: inout MutableSpan<UInt8>) {
    // A string has at most 255 octets (RFC 1035 3.3): what is longer is cut.
    let size = min(position - start - 1, 255)
    cut(to: start + 1 + size)
    set8(UInt8(truncatingIfNeeded: size), at: start, into: &out)
  }

  @_noLocks
  public mutating func put(decimal value: UInt64, into out: inout MutableSpan<UInt8>) {
    var divisor: UInt64 = 1
    while value / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      put8(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value / divisor % 10), into: &out)
      divisor /= 10
    }
  }

  /// 0 to 255 without leading zeros.
  @_noLocks
  public mutating func put(decimalOctet value: UInt8, into out: inout MutableSpan<UInt8>) {
    let ones = UInt64(value % 10) &+ 0x30
    let tens = UInt64(value / 10 % 10) &+ 0x30
    if value < 10 {
      put(ones, count: 1, into: &out)
    } else if value < 100 {
      put(tens | ones &<< 8, count: 2, into: &out)
    } else {
      put(UInt64(value / 100) &+ 0x30 | tens &<< 8 | ones &<< 16, count: 3, into: &out)
    }
  }

  /// Dotted decimal, or RFC 5952 text: the same as `IPAddress.description`.
  @_noLocks
  public mutating func put(_ address: IPAddress, into out: inout MutableSpan<UInt8>) {
    switch address {
    case .v4(let v4):
      var index = 0
      while index < 4 {
        if index > 0 { put8(UInt8(ascii: "."), into: &out) }
        put(decimalOctet: v4.octet(index), into: &out)
        index += 1
      }
    case .v6(let v6):
      let zeros = longestZeroRun(v6)
      var index = 0
      while index < 8 {
        if index == zeros.lowerBound, !zeros.isEmpty {
          put8(UInt8(ascii: ":"), into: &out)
          put8(UInt8(ascii: ":"), into: &out)
          index = zeros.upperBound
          continue
        }
        if index > 0, index != zeros.upperBound || zeros.isEmpty { put8(UInt8(ascii: ":"), into: &out) }
        put(hexadecimal: group(v6, index), into: &out)
        index += 1
      }
    }
  }

  @_noLocks
  private mutating func put(hexadecimal value: UInt16, into out: inout MutableSpan<UInt8>) {
    var shift: UInt16 = 12
    while shift > 0, value >> shift == 0 { shift -= 4 }
    while true {
      let digit = UInt8(truncatingIfNeeded: value >> shift & 15)
      put8(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10, into: &out)
      if shift == 0 { return }
      shift -= 4
    }
  }
}

/// One of the eight groups of an address, 0 being the first.
@_noLocks
private func group(_ address: IPv6Address, _ index: Int) -> UInt16 {
  UInt16(address.octet(2 * index)) << 8 | UInt16(address.octet(2 * index + 1))
}

/// The groups that `::` stands for: the first of the longest runs of two or more zeros (RFC 5952 4.2).
@_noLocks
private func longestZeroRun(_ address: IPv6Address) -> Range<Int> {
  var best = 0..<0
  var start = 0
  var index = 0
  while index < 8 {
    if group(address, index) == 0 {
      index += 1
      if index - start >= 2, index - start > best.count { best = start..<index }
    } else {
      index += 1
      start = index
    }
  }
  return best
}
