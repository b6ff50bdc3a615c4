// Whether octets are RDATA of a type, for the types that AWS's answers are made of.
import DNSWire

extension RecordType {
  /// Types of questions and messages, which no zone holds (RFC 6895 3.1): 0, OPT, and 128–255.
  var isData: Bool { rawValue != 0 && self != .opt && !(128...255).contains(rawValue) }

  /// Types of which a name has one record.
  var isSingleton: Bool { self == .cname || self == .dname || self == .soa }

  /// Types that may stand beside a CNAME: RRSIG and NSEC (RFC 4035 2.5).
  var mayStandBesideCNAME: Bool { rawValue == 46 || rawValue == 47 }

  /// False when `octets` cannot be RDATA of this type; other types than these are taken as they are.
  func fits(_ octets: [UInt8]) -> Bool {
    guard octets.count <= 65_535 else { return false }  // RDLENGTH has 16 bits (RFC 1035 3.2.1)
    return switch self {
    case .a: octets.count == 4
    case .aaaa: octets.count == 16
    case .cname, .dname, .ns, .ptr: rest(afterNames: 1, in: octets[...]) == 0
    case .soa: rest(afterNames: 2, in: octets[...]) == 20
    case .mx: rest(afterNames: 1, in: octets.dropFirst(2)) == 0
    case .srv: rest(afterNames: 1, in: octets.dropFirst(6)) == 0
    case .txt: areCharacterStrings(octets)
    default: true
    }
  }
}

/// Octets left after `count` uncompressed names; `nil` when they are not names.
private func rest(afterNames count: Int, in octets: ArraySlice<UInt8>) -> Int? {
  var index = octets.startIndex
  for _ in 0..<count {
    let start = index
    while index < octets.endIndex, octets[index] != 0 {
      guard octets[index] <= Limits.labelOctets else { return nil }
      index += Int(octets[index]) + 1
    }
    guard index < octets.endIndex, index - start < Limits.nameOctets else { return nil }
    index += 1
  }
  return octets.endIndex - index
}

/// One or more lengths, each with that many octets (RFC 1035 3.3).
private func areCharacterStrings(_ octets: [UInt8]) -> Bool {
  var index = 0
  while index < octets.count { index += Int(octets[index]) + 1 }
  return index == octets.count && index > 0
}
