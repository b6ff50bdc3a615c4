// The canonical order of names (RFC 4034 6.1) as octets, made once a name and not once a comparison.
import DNSWire

/// Sorts as a name does, and under one name by type.
public struct CanonicalKey: Comparable, Sendable {
  /// The labels from the right, in lower case, each behind a zero. The octets 0 and 1 become two, so that none of a
  /// label sorts before the end of the label.
  private let octets: [UInt8]

  public init(_ name: Name, _ type: RecordType) {
    let wire = name.wire
    var octets: [UInt8] = []
    octets.reserveCapacity(wire.count + 4)
    // Where the labels begin: at most 127.
    var starts = InlineArray<127, UInt8>(repeating: 0)
    var count = 0
    var index = 0
    while wire[index] != 0 {
      starts[count] = UInt8(index)
      count += 1
      index += Int(wire[index]) + 1
    }
    for label in (0..<count).reversed() {
      let start = Int(starts[label])
      octets.append(0)
      for octet in wire[(start + 1)...(start + Int(wire[start]))] {
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
