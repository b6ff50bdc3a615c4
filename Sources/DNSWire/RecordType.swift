// Numbers with names of the DNS: record types, classes, opcodes, response codes, extended errors (IANA registry).

/// A record or question type (RFC 1035 3.2.2); any 16-bit number is one.
public struct RecordType: RawRepresentable, Hashable, BitwiseCopyable, Sendable {
  public var rawValue: UInt16
  @_noLocks public init(rawValue: UInt16) { self.rawValue = rawValue }
  @_noLocks public static func == (left: Self, right: Self) -> Bool { left.rawValue == right.rawValue }

  public static var a: Self { @_noLocks get { Self(rawValue: 1) } }
  public static var ns: Self { @_noLocks get { Self(rawValue: 2) } }
  public static var cname: Self { @_noLocks get { Self(rawValue: 5) } }
  public static var soa: Self { @_noLocks get { Self(rawValue: 6) } }
  public static var ptr: Self { @_noLocks get { Self(rawValue: 12) } }
  public static var mx: Self { @_noLocks get { Self(rawValue: 15) } }
  public static var txt: Self { @_noLocks get { Self(rawValue: 16) } }
  public static var aaaa: Self { @_noLocks get { Self(rawValue: 28) } }
  public static var srv: Self { @_noLocks get { Self(rawValue: 33) } }
  public static var dname: Self { @_noLocks get { Self(rawValue: 39) } }
  public static var opt: Self { @_noLocks get { Self(rawValue: 41) } }
  /// The first of those that are kept for questions and messages (RFC 6895 3.1; its name, RFC 9824 3.4).
  public static var nxName: Self { @_noLocks get { Self(rawValue: 128) } }
  public static var tsig: Self { @_noLocks get { Self(rawValue: 250) } }
  public static var ixfr: Self { @_noLocks get { Self(rawValue: 251) } }
  public static var rrsig: Self { @_noLocks get { Self(rawValue: 46) } }
  public static var nsec: Self { @_noLocks get { Self(rawValue: 47) } }
  public static var nsec3: Self { @_noLocks get { Self(rawValue: 50) } }
  public static var ds: Self { @_noLocks get { Self(rawValue: 43) } }
  public static var axfr: Self { @_noLocks get { Self(rawValue: 252) } }
  public static var mailB: Self { @_noLocks get { Self(rawValue: 253) } }
  public static var mailA: Self { @_noLocks get { Self(rawValue: 254) } }
  public static var any: Self { @_noLocks get { Self(rawValue: 255) } }

  /// No data has it, and no question may (RFC 6895 3.1): OPT, TSIG, TKEY, and what else is or will be such a type.
  /// Those that questions alone have are not among them.
  public var isMeta: Bool {
    @_noLocks get { self == .opt || rawValue >= Self.nxName.rawValue && rawValue <= Self.tsig.rawValue }
  }

  /// A record in a zone or an answer may have it: it is neither of questions or messages nor reserved (RFC 6895 3.1).
  public var isOfData: Bool {
    switch rawValue {
    case 0, Self.opt.rawValue, Self.nxName.rawValue...Self.any.rawValue, .max: false
    default: true
    }
  }
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
  @_noLocks public init(rawValue: UInt16) { self.rawValue = rawValue }
  @_noLocks public static func == (left: Self, right: Self) -> Bool { left.rawValue == right.rawValue }

  public static var `in`: Self { @_noLocks get { Self(rawValue: 1) } }
  public static var chaos: Self { @_noLocks get { Self(rawValue: 3) } }
  public static var hesiod: Self { @_noLocks get { Self(rawValue: 4) } }
  /// Of updates alone (RFC 2136 1.3).
  public static var none: Self { @_noLocks get { Self(rawValue: 254) } }
  public static var any: Self { @_noLocks get { Self(rawValue: 255) } }
}

extension RecordClass: CustomStringConvertible {
  /// The mnemonic, or `CLASS9` (RFC 3597 5).
  public var description: String {
    switch rawValue {
    case 1: "IN"
    case 3: "CH"
    case 4: "HS"
    case 255: "ANY"
    default: "CLASS\(rawValue)"
    }
  }
}

/// A response code; values over 15 need an OPT record (RFC 6895 2.3).
public struct ResponseCode: RawRepresentable, Hashable, BitwiseCopyable, Sendable {
  public var rawValue: UInt16
  @_noLocks public init(rawValue: UInt16) { self.rawValue = rawValue }
  @_noLocks public static func == (left: Self, right: Self) -> Bool { left.rawValue == right.rawValue }

  public static var noError: Self { @_noLocks get { Self(rawValue: 0) } }
  public static var formErr: Self { @_noLocks get { Self(rawValue: 1) } }
  public static var servFail: Self { @_noLocks get { Self(rawValue: 2) } }
  public static var nxDomain: Self { @_noLocks get { Self(rawValue: 3) } }
  public static var notImp: Self { @_noLocks get { Self(rawValue: 4) } }
  public static var refused: Self { @_noLocks get { Self(rawValue: 5) } }
  public static var yxDomain: Self { @_noLocks get { Self(rawValue: 6) } }
  public static var badVers: Self { @_noLocks get { Self(rawValue: 16) } }
  public static var badCookie: Self { @_noLocks get { Self(rawValue: 23) } }
}

extension ResponseCode: CustomStringConvertible {
  /// The mnemonic as `dig` prints it, or `RCODE` and the number.
  public var description: String {
    switch rawValue {
    case 0: "NOERROR"
    case 1: "FORMERR"
    case 2: "SERVFAIL"
    case 3: "NXDOMAIN"
    case 4: "NOTIMP"
    case 5: "REFUSED"
    case 6: "YXDOMAIN"
    case 16: "BADVERS"
    case 23: "BADCOOKIE"
    default: "RCODE\(rawValue)"
    }
  }
}

/// An INFO-CODE of an Extended DNS Error (RFC 8914 4).
public struct ExtendedErrorCode: RawRepresentable, Hashable, BitwiseCopyable, Sendable {
  public var rawValue: UInt16
  @_noLocks public init(rawValue: UInt16) { self.rawValue = rawValue }

  public static var other: Self { @_noLocks get { Self(rawValue: 0) } }
  public static var bogus: Self { @_noLocks get { Self(rawValue: 6) } }
  public static var notReady: Self { @_noLocks get { Self(rawValue: 14) } }
  public static var prohibited: Self { @_noLocks get { Self(rawValue: 18) } }
  public static var notAuthoritative: Self { @_noLocks get { Self(rawValue: 20) } }
  public static var notSupported: Self { @_noLocks get { Self(rawValue: 21) } }
  public static var noReachableAuthority: Self { @_noLocks get { Self(rawValue: 22) } }
  public static var networkError: Self { @_noLocks get { Self(rawValue: 23) } }
  public static var invalidData: Self { @_noLocks get { Self(rawValue: 24) } }
  /// RFC 9824 registered it.
  public static var invalidQueryType: Self { @_noLocks get { Self(rawValue: 30) } }
}
