// The rules by name. Each has a file of its own in Rules/; here is only what all of them share.

/// A rule that can decide an answer.
public enum Rule: UInt8, CaseIterable, BitwiseCopyable, Sendable {
  case dnsSupport
  case foreignResolver
  case classicResolver
  case publicHostname
  case ec2Classic
  case classicLinkDNS
  case sameVPC
  case peeringDNS
  case privateHostname
  case resourceName
  case databaseEndpoint
  case databaseCluster
  case redshiftEndpoint
  case cacheEndpoint
  case loadBalancerName
  case resolverRule
  case privateHostedZone
  case publicHostedZone
  case privateReverse
  case publicReverse
  case autodefinedDomain
  case localName
  case publicDNS
}

/// The rules that are in force; all of them, but for a test that shows what one of them does.
public struct RuleSet: BitwiseCopyable, Sendable {
  private let bits: UInt64

  public init(without switchedOff: Set<Rule> = []) {
    bits = switchedOff.reduce(~0) { $0 & ~(1 << UInt64($1.rawValue)) }
  }

  @_noLocks
  public func contains(_ rule: Rule) -> Bool {
    bits & (1 &<< UInt64(rule.rawValue)) != 0
  }
}
