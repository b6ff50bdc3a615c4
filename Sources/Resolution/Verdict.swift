// What was decided about one name for one asker, with the evidence: an explanation is this value read back.
import DNSWire

/// One hop of an answer.
public struct Verdict: BitwiseCopyable, Sendable {
  public enum Outcome: BitwiseCopyable, Sendable {
    /// One A record.
    case address(IPv4Address, ttl: UInt32)
    /// The RRset at this row of the tables.
    case records(UInt32)
    /// A CNAME, in this RRset: the next hop is its target.
    case canonicalName(UInt32)
    /// A DNAME in this RRset, whose owner is the name from this label on (RFC 6672).
    case delegationName(UInt32, label: Int)
    /// An alias (semantics 3.3): the next hop is its target, and the client does not see it.
    case alias(UInt32)
    /// A PTR record to the `ip-…` name (or `ec2-…` name) of the address in the Region.
    case pointer(IPv4Address, region: UInt16, isPublic: Bool)
    case noData(StartOfAuthority)
    case nxDomain(StartOfAuthority)
    /// Somebody else's name, for an upstream.
    case elsewhere
    /// A database whose address is not known (decision 22).
    case unknownAddress
  }

  /// Whose SOA a negative answer carries.
  public enum StartOfAuthority: BitwiseCopyable, Sendable {
    case zone(UInt32)
    case domain(UInt32)
  }

  /// What kind of name it is, where the rule alone does not tell: the truth table has rows by this.
  public enum Shape: BitwiseCopyable, Sendable {
    case plain
    /// The public hostname of an address in a VPC, of an EC2-Classic instance, of a service on that platform, or of an
    /// address that nothing private stands behind.
    case vpcAddress, classicInstance, classicService, bareAddress
    /// A name of Amazon's own domains that this asker does not have: an address that nobody has, a private hostname
    /// (of an RFC 1918 address or not), a resource name of somebody, the reverse name of an address.
    case noSuchAddress, hiddenHostname, hiddenHostnameOutside, hiddenResourceName, hiddenReverse
  }

  public var outcome: Outcome
  public var shape = Shape.plain
  public var rule: Rule
  /// Rows of what the rule looked at, `.max` where it looked at none.
  public var vpc = UInt32.max
  /// The instance whose name it is.
  public var instance = UInt32.max
  /// The linked instance, when a link was looked at.
  public var link = UInt32.max
  public var peer = UInt32.max
  public var zone = UInt32.max
  public var resolverRule = UInt32.max
  public var endpoint = UInt32.max

  @_noLocks
  init(_ outcome: Outcome, _ rule: Rule) {
    self.outcome = outcome
    self.rule = rule
  }
}
