// The types of NSEC, NSEC3 and CSYNC (RFC 4034 4.1.2), both ways.
// ldns copies them into an array on its stack and writes past its end when there are many words.
import DNSWire

enum TypeBitmap {
  static func read(_ reader: inout RecordDataReader) throws(Fault) -> [UInt8] {
    var windows: [UInt8: [UInt8]] = [:]
    repeat {
      let type = try reader.typeWord()
      let (window, low) = (UInt8(type.rawValue >> 8), Int(type.rawValue & 0xff))
      var bits = windows[window] ?? []
      while bits.count <= low / 8 { bits.append(0) }
      bits[low / 8] |= 0x80 >> (low % 8)
      windows[window] = bits
    } while !reader.isAtEnd
    return windows.sorted { $0.key < $1.key }.flatMap { [$0.key, UInt8($0.value.count)] + $0.value }
  }

  /// Windows in order, each with 1 to 32 octets that end in one that is not zero.
  static func presentation(_ data: ArraySlice<UInt8>) -> String? {
    var rest = data
    var types: [String] = []
    var lastWindow = -1
    while let window = rest.popFirst() {
      guard window > lastWindow, let count = rest.popFirst(), (1...32).contains(count), rest.count >= count else {
        return nil
      }
      let bits = rest.prefix(Int(count))
      rest = rest.dropFirst(Int(count))
      guard bits.last != 0 else { return nil }
      lastWindow = Int(window)
      for (index, octet) in bits.enumerated() {
        for bit in 0..<8 where octet & (0x80 >> bit) != 0 {
          types.append(RecordType(rawValue: UInt16(window) << 8 | UInt16(index << 3 | bit)).description)
        }
      }
    }
    return types.isEmpty ? nil : types.joined(separator: " ")
  }
}
