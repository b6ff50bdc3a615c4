// Which fields the RDATA of a type has, as ldns knows it.
import DNSWire

/// A field of RDATA, by what its text looks like.
enum DataField {
  case name
  case int8, int16, int32, period
  case ipv4, ipv6
  /// A length octet and up to 255 octets.
  case string
  /// The rest of RDATA.
  case longString
  case base64, hex
  case type, typeBitmap
  case algorithm, certificateUsage, selector, matchingType
  /// Printed by their mnemonics, unlike the ones above.
  case certificateType, certificateAlgorithm
  case time
  case salt, hashedOwner
  case locator64, eui48, eui64
  case tag
  case addressPrefix
  case location
  case services
  case nsap, atma
  case ipsecKey
  case hostIdentity
  case serviceParameters
}

struct RecordLayout {
  var fields: [DataField]
  /// Fields at the end beyond this number may be left out.
  var minimum: Int
  /// What may follow any number of times.
  var repeated: DataField?

  /// `nil` for types whose text ldns 1.8.3 does not read: they are written as in RFC 3597.
  static func of(_ type: RecordType) -> RecordLayout? { all[type] }

  private static let all: [RecordType: RecordLayout] = {
    var all: [RecordType: RecordLayout] = [:]
    for type in (1...UInt16.max).lazy.map({ RecordType(rawValue: $0) }) {
      all[type] = Ldns.layout(type)
    }
    // ldns takes NSAP-PTR for a string; RFC 1706 6 makes it a name as in PTR.
    all[.nsapPTR] = all[.ptr]
    // ldns knows the first of its fields only.
    all[.sink] = nil
    // In CERT alone dig prints the algorithm's mnemonic.
    all[.cert]?.fields[2] = .certificateAlgorithm
    return all
  }()
}

extension RecordType {
  fileprivate static var nsapPTR: Self { Self(rawValue: 23) }
  fileprivate static var cert: Self { Self(rawValue: 37) }
  fileprivate static var sink: Self { Self(rawValue: 40) }
}
