// The rows of the tables: plain numbers, so that reading one counts no reference.
import DNSWire

/// No index: nothing of that kind.
var none: UInt32 { @_noLocks get { .max } }

/// A VPC with everything that an answer depends on.
struct VPCRow: BitwiseCopyable, Sendable {
  struct Flags: OptionSet, BitwiseCopyable, Sendable {
    var rawValue: UInt8
    @_noLocks init(rawValue: UInt8) { self.rawValue = rawValue }
    static var dnsSupport: Self { @_noLocks get { Self(rawValue: 1) } }
    static var dnsHostnames: Self { @_noLocks get { Self(rawValue: 2) } }
    static var classicLink: Self { @_noLocks get { Self(rawValue: 4) } }
    static var classicLinkDNS: Self { @_noLocks get { Self(rawValue: 8) } }
    static var autodefinedReverse: Self { @_noLocks get { Self(rawValue: 16) } }
    @_noLocks func has(_ all: Self) -> Bool { rawValue & all.rawValue == all.rawValue }
  }
  var flags: Flags
  var region: UInt16
  /// Offset of the owner's account number in `identifiers`.
  var owner: UInt32
  /// Bit n: a private zone of the VPC has n labels (bit 63: 63 or more).
  var zoneLabels: UInt64
  /// The same for the domains of its Resolver rules.
  var ruleLabels: UInt64
  var firstRange: UInt32
  var rangeCount: UInt16
  var peerCount: UInt16
  var firstPeer: UInt32
  /// Offset of the id in `identifiers`.
  var identifier: UInt32
  /// The same of the DHCP options set that names other DNS servers, and of their addresses; `none` without one.
  var dhcpOptions = UInt32.max
  var nameServers = UInt32.max

  /// enableDnsSupport and enableDnsHostnames: what most of the DNS of a VPC needs (semantics 2.2).
  var hasBothAttributes: Bool {
    @_noLocks get { flags.rawValue & 3 == 3 }
  }
}

/// A range of a VPC, first and last address.
struct VPCRange: BitwiseCopyable, Sendable {
  var first: UInt32
  var last: UInt32
  /// Octets of the autodefined reverse domains that cover it (semantics 3.4): 2 for a /16, else 3.
  var reverseOctets: UInt8
}

/// An active peering, seen from one of its VPCs.
struct PeerRow: BitwiseCopyable, Sendable {
  /// The VPC on the other side.
  var vpc: UInt32
  /// The other side lets this side's instances resolve its hostnames to private addresses.
  var allowsDNS: Bool
  /// Offset of the connection's id in `identifiers`.
  var identifier: UInt32
}

struct InstanceRow: BitwiseCopyable, Sendable {
  /// `none`: EC2-Classic.
  var vpc: UInt32
  var region: UInt16
  /// The rows of this id before it are of an instance that is in the world no more.
  var isGone = false
  var address: UInt32
  /// Offset of the id in `identifiers`.
  var identifier: UInt32
}

/// A Resolver rule of the user's.
struct RuleRow: BitwiseCopyable, Sendable {
  /// FORWARD or DELEGATE: the domain is another server's. Else SYSTEM or RECURSIVE: it is the resolver's own.
  var forwards: Bool
  var labelCount: UInt8
  /// Row of `targetSets`; 0 when the rule names no servers.
  var targets: UInt32
  /// Offset of the id in `identifiers`.
  var identifier: UInt32
}

/// A domain that Amazon defines by itself (semantics 3.4).
struct DomainRow: BitwiseCopyable, Sendable {
  enum Kind: UInt8, BitwiseCopyable, Sendable {
    case publicCompute
    case privateCompute
    /// Nothing exists in it: `compute-1.internal`.
    case empty
    /// `internal`: no autodefined domain, but public DNS does not have it (decision 15).
    case absent
    /// `10.in-addr.arpa` and the other reverse domains of private addresses.
    case privateReverse
    /// `localhost`, `localdomain` and the reverse names of loopback.
    case local
  }
  var kind: Kind
  var labelCount: UInt8
  var region: UInt16
  /// Zone with the records of a `local` domain.
  var zone: UInt32
  /// Offset of the name in `data`.
  var name: UInt32
}

struct RegionRow: BitwiseCopyable, Sendable {
  /// Offsets of the suffixes in `data`.
  var publicSuffix: UInt32
  var privateSuffix: UInt32
  /// Offset of the code in `identifiers`.
  var identifier: UInt32
}

struct ZoneRow: BitwiseCopyable, Sendable {
  /// Offset of the apex in `data`.
  var name: UInt32
  var isPrivate: Bool
  var hasWildcard: Bool
  var hasDNAME: Bool
  var hasDelegation: Bool
  var labelCount: UInt8
  /// RRset of the SOA, its TTL already the negative one (RFC 2308 5).
  var negativeSOA: UInt32
  /// Offset of the id in `identifiers`.
  var identifier: UInt32
}

/// A name of a zone, or an endpoint.
struct NodeRow: BitwiseCopyable, Sendable {
  var firstSet: UInt32
  var setCount: UInt16
  var hasDelegation: Bool
  /// Node of the wildcard right below this name.
  var wildcard: UInt32
}

struct SetRow: BitwiseCopyable, Sendable {
  enum Kind: UInt8, BitwiseCopyable, Sendable {
    case records
    /// The data is the target's name; the client sees the target's records.
    case alias
    /// One record of several is answered, in turn.
    case rotating
  }
  var type: RecordType
  var kind: Kind
  /// Number of the set among those that are answered in turn.
  var rotation: UInt16 = 0
  var count: UInt16
  var ttl: UInt32
  /// Offset in `data`: for each record two octets of length, then RDATA; for an alias just the name.
  var data: UInt32
  var size: UInt32
}

/// A service's endpoint name: its records do not depend on the asker, what a CNAME in them leads to does.
struct EndpointRow: BitwiseCopyable, Sendable {
  var node: UInt32
  /// Domain above the name, for the SOA of a negative answer.
  var domain: UInt32
  var rule: Rule
  /// `none`: the EC2-Classic platform.
  var vpc: UInt32
  /// Offset of the resource's id in `identifiers`.
  var identifier: UInt32
  /// Reached by a public address: publicly accessible, internet-facing, or with a public hostname on EC2-Classic.
  var isPublic: Bool
  /// The database has no address that we could know (decision 22).
  var isUnknown: Bool
}
