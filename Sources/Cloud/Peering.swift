// A VPC peering connection with the options of each side.

public struct VPCPeeringConnection: Hashable, Sendable {
  public struct Options: Hashable, Sendable {
    /// Public hostnames of this side's VPC resolve to private addresses for the peer (semantics 1.1).
    public var allowDnsResolutionFromRemoteVpc = false
    /// Traffic only, no answer changes (R2).
    public var allowEgressFromLocalClassicLinkToRemoteVpc = false
    /// Traffic only, no answer changes (R2).
    public var allowEgressFromLocalVpcToRemoteClassicLink = false
    public init() {}
  }
  public struct Side: Hashable, Sendable {
    public var vpcID: ID<VPC>
    public var options: Options
    public init(vpcID: ID<VPC>, options: Options = Options()) {
      self.vpcID = vpcID
      self.options = options
    }
  }

  public var id: ID<VPCPeeringConnection>
  /// `active`, `pending-acceptance`, …; only `active` has an effect.
  public var status = "active"
  public var requester: Side
  public var accepter: Side
  public var tags: [Tag] = []
  /// What AWS's describe call prints beside, by its member names; no answer depends on it.
  public var details: Details = [:]

  public init(id: ID<VPCPeeringConnection>, requester: Side, accepter: Side) {
    self.id = id
    self.requester = requester
    self.accepter = accepter
  }

  public var isActive: Bool { status == "active" }
}
