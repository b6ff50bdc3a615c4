// Security groups: they never change an answer (R15), but links and explanations need them.
import DNSWire

public struct SecurityGroup: Hashable, Sendable {
  /// One rule: a protocol, a range of ports, and the peers it allows (semantics 6.1).
  public struct Permission: Hashable, Sendable {
    /// `-1` all, `tcp`, `udp`, `icmp`, `icmpv6` or a number, as AWS prints it.
    public var ipProtocol: String
    public var fromPort: Int?
    public var toPort: Int?
    public var ipRanges: [CIDRBlock] = []
    public var ipv6Ranges: [IPv6CIDRBlock] = []
    public var prefixListIDs: [String] = []
    public var groupIDs: [ID<SecurityGroup>] = []
    /// What people say about a peer, by its range or id as AWS prints it.
    public var descriptions: [String: String] = [:]
    public init(ipProtocol: String) { self.ipProtocol = ipProtocol }
  }

  public var id: ID<SecurityGroup>
  public var name: String
  public var groupDescription = ""
  public var ownerID: String
  /// `nil`: a group of EC2-Classic.
  public var vpcID: ID<VPC>?
  /// Of a group of EC2-Classic; `nil` for a VPC's, which is where that is.
  public var region: Region?
  public var ingress: [Permission] = []
  public var egress: [Permission] = []
  public var tags: [Tag] = []

  public init(id: ID<SecurityGroup>, name: String, ownerID: String, vpcID: ID<VPC>?) {
    self.id = id
    self.name = name
    self.ownerID = ownerID
    self.vpcID = vpcID
    region = vpcID == nil ? .usEast1 : nil
  }
}
