// The canonical order of names (RFC 4034 6.1) as octets, made once a name and not once a comparison.
import DNSWire

/// Sorts as a name does, and under one name by type.
public struct CanonicalKey: Comparable, Sendable {
  /// The labels from the right, in lower case, each behind a zero. The octets 0 and 1 become two, so that none of a
  /// label sorts before the end of the label.
  private let octets: [UInt8]

  public init(_ name: Name, _ type: RecordType) {
    var octets: [UInt8] = []
    octets.reserveCapacity(name.wire.count + 4)
    var starts: [Int] = []
    var index = 0
    while name.wire[index] != 0 {
      starts.append(index)
      index += Int(name.wire[index]) + 1
    }
    for start in starts.reversed() {
      octets.append(0)
      for octet in name.wire[(start + 1)...(start + Int(name.wire[start]))] {
        if octet < 2 { octets.append(1) }
        octets.append(octet < 2 ? octet + 1 : fold(octet))
      }
    }
    // Behind the end of the name, where a further label of another name has the same zero: less than any of its octets.
    octets += [0, 0, UInt8(type.rawValue >> 8), UInt8(type.rawValue & 0xff)]
    self.octets = octets
  }

  public static func < (left: Self, right: Self) -> Bool { left.octets.lexicographicallyPrecedes(right.octets) }
}
