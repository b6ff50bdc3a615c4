// Who a source address is when it is not simply an instance's private address (world.md 2).
import DNSWire

public struct Requester: Hashable, Sendable {
  public enum Source: Hashable, Sendable {
    case v4(CIDRBlock)
    case v6(IPv6CIDRBlock)
  }
  public enum Identity: Hashable, Sendable {
    case instance(ID<Instance>)
    /// Some host in the VPC.
    case vpc(ID<VPC>)
    /// Some unlinked EC2-Classic host of the Region.
    case classic(Region)
    case internet
  }
  public var source: Source
  public var identity: Identity
  public init(source: Source, identity: Identity) {
    self.source = source
    self.identity = identity
  }
}
