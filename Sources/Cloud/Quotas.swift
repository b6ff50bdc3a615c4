// Every number that bounds a world, with its reason.

/// Sizes and counts that AWS sets.
public enum Quotas {
  /// Prefix lengths of a VPC's ranges and of a subnet's (VPCCIDR).
  public static let vpcPrefixLengths = 16...28
  /// Ranges of a VPC, of one family: AWS gives 50 at most. Each is compared with each.
  public static let rangesOfVPC = 1000
  /// Peering connections of a VPC that have not ended: AWS gives 125 at most.
  public static let peeringsOfVPC = 10_000
  /// Regions of a world: AWS has some forty.
  public static let regions = 1000
  /// What one name of a service stands for: addresses of a load balancer, members of a DB cluster, nodes of a cache
  /// cluster. No message has room for half as many addresses (RFC 1035 4.2.2).
  public static let targetsOfName = 10_000
  /// Groups that an account has in EC2-Classic of a Region (EC2CLASSIC).
  public static let classicGroups = 500
  /// Rules of such a group (EC2CLASSIC).
  public static let rulesOfClassicGroup = 100
  /// Rules of a VPC's security group in one direction, those of IPv6 ranges apart, routes of a route table and targets
  /// of a target group, by calls: AWS gives no more to anybody. A world may have more.
  public static let rulesOfGroup = 1000
  public static let routesOfTable = 1000
  public static let targetsOfGroup = 1000
  /// VPCs associated with one private zone (R53LIM).
  public static let vpcsPerHostedZone = 300
  /// Packets a second that a network interface may send to Amazon's resolver (VD23, THROTTLE); nobody gets more.
  public static let packetsPerInterface = 1024
  /// Values of one record set (R53LIM).
  public static let valuesPerRecordSet = 400
  /// Record sets of one zone before AWS asks for a higher quota (R53LIM). More are not refused: AWS raises it on
  /// demand.
  public static let defaultRecordSetsPerHostedZone = 10_000
  /// Seconds (RFC 2181 8).
  public static let longestTimeToLive: UInt32 = 0x7fff_ffff
  /// The largest weight of a weighted set (R53API).
  public static let largestWeight = 255
}
