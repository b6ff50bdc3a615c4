// Random names and numbers that are the same in every run.
import DNSWire

/// SplitMix64, which needs no more than a counter.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}

extension Name {
  /// Any octets, up to `octets` of them, in labels of any length; often few labels out of few letters, so that names
  /// have ends in common.
  static func random(octets: Int = 255, using random: inout SplitMix) -> Name {
    let isPlain = Bool.random(using: &random)
    var labels: [[UInt8]] = []
    var used = 1
    for _ in 0..<Int.random(in: 0...(isPlain ? 6 : 130), using: &random) {
      let size = isPlain ? Int.random(in: 1...2, using: &random) : Int.random(in: 1...63, using: &random)
      guard used + size + 1 <= octets else { break }
      used += size + 1
      let letters: ClosedRange<UInt8> = isPlain ? 0x61...0x62 : 0...255
      labels.append((0..<size).map { _ in UInt8.random(in: letters, using: &random) })
    }
    return Name(labels: labels) ?? .root
  }

  /// The same name, each letter in a case of its own.
  func randomCase(using random: inout SplitMix) -> Name {
    let labels = labels.map { label in
      label.map { octet -> UInt8 in
        let isLetter = (0x41...0x5a).contains(octet & 0xdf)
        return isLetter && octet < 0x80 && Bool.random(using: &random) ? octet ^ 0x20 : octet
      }
    }
    return Name(labels: labels) ?? .root
  }
}
