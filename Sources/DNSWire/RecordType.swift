// Numbers with names of the DNS: record types, classes, opcodes, response codes, extended errors (IANA registry).

/// A record or question type (RFC 1035 3.2.2); any 16-bit number is one.
public struct RecordType: RawRepresentable, Hashable, BitwiseCopyable, Sendable {
  public var rawValue: UInt16
  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

  @inlinable public static var a: Self { Self(rawValue: 1) }
  @inlinable public static var ns: Self { Self(rawValue: 2) }
  @inlinable public static var cname: Self { Self(rawValue: 5) }
  @inlinable public static var soa: Self { Self(rawValue: 6) }
  @inlinable public static var ptr: Self { Self(rawValue: 12) }
  @inlinable public static var mx: Self { Self(rawValue: 15) }
  @inlinable public static var txt: Self { Self(rawValue: 16) }
  @inlinable public static var aaaa: Self { Self(rawValue: 28) }
  @inlinable public static var srv: Self { Self(rawValue: 33) }
  @inlinable public static var dname: Self { Self(rawValue: 39) }
  @inlinable public static var opt: Self { Self(rawValue: 41) }
  @inlinable public static var ixfr: Self { Self(rawValue: 251) }
  @inlinable public static var axfr: Self { Self(rawValue: 252) }
  @inlinable public static var any: Self { Self(rawValue: 255) }
}

private let mnemonics: [(UInt16, String)] = [
  (1, "A"), (2, "NS"), (3, "MD"), (4, "MF"), (5, "CNAME"), (6, "SOA"), (7, "MB"), (8, "MG"), (9, "MR"), (10, "NULL"),
  (11, "WKS"), (12, "PTR"), (13, "HINFO"), (14, "MINFO"), (15, "MX"), (16, "TXT"), (17, "RP"), (18, "AFSDB"),
  (19, "X25"), (20, "ISDN"), (21, "RT"), (22, "NSAP"), (23, "NSAP-PTR"), (24, "SIG"), (25, "KEY"), (26, "PX"),
  (27, "GPOS"), (28, "AAAA"), (29, "LOC"), (30, "NXT"), (31, "EID"), (32, "NIMLOC"), (33, "SRV"), (34, "ATMA"),
  (35, "NAPTR"), (36, "KX"), (37, "CERT"), (38, "A6"), (39, "DNAME"), (40, "SINK"), (41, "OPT"), (42, "APL"),
  (43, "DS"), (44, "SSHFP"), (45, "IPSECKEY"), (46, "RRSIG"), (47, "NSEC"), (48, "DNSKEY"), (49, "DHCID"),
  (50, "NSEC3"), (51, "NSEC3PARAM"), (52, "TLSA"), (53, "SMIMEA"), (55, "HIP"), (56, "NINFO"), (57, "RKEY"),
  (58, "TALINK"), (59, "CDS"), (60, "CDNSKEY"), (61, "OPENPGPKEY"), (62, "CSYNC"), (63, "ZONEMD"), (64, "SVCB"),
  (65, "HTTPS"), (99, "SPF"), (100, "UINFO"), (101, "UID"), (102, "GID"), (103, "UNSPEC"), (104, "NID"), (105, "L32"),
  (106, "L64"), (107, "LP"), (108, "EUI48"), (109, "EUI64"), (249, "TKEY"), (250, "TSIG"), (251, "IXFR"),
  (252, "AXFR"), (253, "MAILB"), (254, "MAILA"), (255, "ANY"), (256, "URI"), (257, "CAA"), (258, "AVC"),
  (32768, "TA"), (32769, "DLV"),
]
private let textOfType = Dictionary(uniqueKeysWithValues: mnemonics)
private let typeOfText = Dictionary(uniqueKeysWithValues: mnemonics.map { ($1, $0) })

extension RecordType: CustomStringConvertible {
  /// The mnemonic, or `TYPE65280` (RFC 3597 5).
  public var description: String { textOfType[rawValue] ?? "TYPE\(rawValue)" }

  /// A mnemonic in any case, or `TYPEnnn`.
  public init?(_ text: some StringProtocol) {
    let upper = text.uppercased()
    if let number = typeOfText[upper] {
      rawValue = number
    } else if upper.hasPrefix("TYPE"), let number = UInt16(upper.dropFirst(4)) {
      rawValue = number
    } else {
      return nil
    }
  }
}

/// A class (RFC 1035 3.2.4).
public struct RecordClass: RawRepresentable, Hashable, BitwiseCopyable, Sendable {
  public var rawValue: UInt16
  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

  @inlinable public static var `in`: Self { Self(rawValue: 1) }
  @inlinable public static var chaos: Self { Self(rawValue: 3) }
  @inlinable public static var hesiod: Self { Self(rawValue: 4) }
  @inlinable public static var any: Self { Self(rawValue: 255) }
}

/// A response code; values over 15 need an OPT record (RFC 6895 2.3).
public enum ResponseCode: UInt16, BitwiseCopyable, Sendable, CaseIterable {
  case noError = 0
  case formErr = 1
  case servFail = 2
  case nxDomain = 3
  case notImp = 4
  case refused = 5
  case yxDomain = 6
  case badVers = 16
}

extension ResponseCode: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noError: "NOERROR"
    case .formErr: "FORMERR"
    case .servFail: "SERVFAIL"
    case .nxDomain: "NXDOMAIN"
    case .notImp: "NOTIMP"
    case .refused: "REFUSED"
    case .yxDomain: "YXDOMAIN"
    case .badVers: "BADVERS"
    }
  }
}

/// An INFO-CODE of an Extended DNS Error (RFC 8914 4).
public enum ExtendedErrorCode: UInt16, BitwiseCopyable, Sendable {
  case other = 0
  case notReady = 14
  case prohibited = 18
  case notAuthoritative = 20
  case notSupported = 21
  case noReachableAuthority = 22
  case networkError = 23
  case invalidData = 24
}
