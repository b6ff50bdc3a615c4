// Why a change was refused: a closed set that the control plane translates into AWS error codes, and a file loader into
// a place.
import DNSWire

public struct Refusal: Error, Hashable, Sendable {
  /// The AWS member (`VpcId`, `Groups`) whose value is at fault, when one is.
  public var member: String?
  public var reason: Reason

  public init(_ reason: Reason, member: String? = nil) {
    self.reason = reason
    self.member = member
  }
}

extension Refusal {
  /// One case a reason. Each names the AWS error code (semantics 4.3, 4.4) that it corresponds to.
  public enum Reason: Hashable, Sendable {
    // MARK: Any resource

    /// A reference to something that is not in the world: its kind in AWS's word, its id.
    /// `InvalidVpcID.NotFound`, `InvalidInstanceID.NotFound`, `InvalidGroup.NotFound`, …
    case notFound(kind: String, id: String)
    /// The id is taken. No AWS code: AWS makes the ids itself (services: `DBInstanceAlreadyExists`, …).
    case alreadyExists(kind: String, id: String)
    /// Two resources that must be in one Region are not. `InvalidParameterValue`
    case otherRegion(kind: String, id: String, region: Region, expected: Region)
    /// The code cannot stand in hostnames (semantics 2.3). `InvalidParameterValue`
    case notARegion(Region)
    /// Supported platforms other than `EC2` and `VPC`, or `VPC` alone (S131). `InvalidParameterValue`
    case unknownPlatforms([String])
    /// EC2-Classic is used in an account that supports only `VPC` (S5). `UnsupportedOperation`
    case classicNotSupported(kind: String, id: String)
    /// Something else needs what is to be removed. `DependencyViolation`
    case dependency(kind: String, id: String, by: String)
    /// More of something than one resource, or a world, can have (`Quotas`). `ResourceLimitExceeded`
    case tooMany(String, Int, most: Int)
    /// More than `Detail.deepest` levels in something that is only kept. `InvalidParameterValue`
    case nestedTooDeep
    /// AWS has no call that changes this member. `InvalidParameterValue`
    case cannotChange(kind: String, id: String)
    /// Settings and platforms are always there (no AWS counterpart).
    case cannotRemove

    // MARK: VPCs, subnets and route tables

    /// `InvalidVpc.Range`, `InvalidSubnet.Range`
    case rangeSize(CIDRBlock)
    /// It holds 255.255.255.255 (RFC 919 7), which no host has. `InvalidVpc.Range`
    case rangeWithBroadcast(CIDRBlock)
    /// Two ranges of one VPC overlap. `CidrConflict`
    case rangesOverlap(CIDRBlock, CIDRBlock)
    /// A second default VPC of an account in a Region. `DefaultVpcAlreadyExists`
    case secondDefaultVPC(ID<VPC>)
    /// `InvalidSubnet.Range`
    case subnetOutsideVPC(CIDRBlock, ID<VPC>)
    /// `InvalidSubnet.Conflict`
    case subnetOverlaps(CIDRBlock, ID<Subnet>)
    /// A subnet of another VPC. `InvalidSubnetID.NotFound`
    case subnetOfAnotherVPC(ID<Subnet>, ID<VPC>)
    /// Two routes of one table with one destination. `RouteAlreadyExists`
    case routeTwice(CIDRBlock)
    /// `MissingParameter`
    case routeWithoutTarget(CIDRBlock)
    /// A second main route table. `InvalidParameterValue`
    case secondMainRouteTable(ID<VPC>)
    /// `Resource.AlreadyAssociated`
    case subnetHasRouteTable(ID<Subnet>, ID<RouteTable>)
    /// The range cannot be disassociated while something lies in it. `DependencyViolation`
    case rangeInUse(ID<VPC>, range: String, by: String)
    /// A route of the VPC's own, or the one to EC2-Classic, cannot be deleted (S41). `InvalidParameterValue`
    case localRoute(ID<RouteTable>, CIDRBlock)
    /// Instances, interfaces, links or services have the group. `DependencyViolation`; for a group of EC2-Classic
    /// `InvalidGroup.InUse`
    case groupInUse(ID<SecurityGroup>, count: Int)
    /// A rule of another group names it. `DependencyViolation`; for a group of EC2-Classic `InvalidGroup.InUse`
    case groupNamedByRule(ID<SecurityGroup>, ID<SecurityGroup>)
    /// `CannotDelete`; for a group of EC2-Classic `InvalidGroup.Reserved` (semantics 4.5)
    case defaultGroup(ID<SecurityGroup>)
    /// DNS hostnames cannot be turned on while DNS support is off (semantics 2.2). `InvalidParameterValue`
    case hostnamesNeedSupport(ID<VPC>)

    // MARK: Instances, interfaces and addresses

    /// `InvalidParameterValue`
    case addressOutsideVPC(IPAddress, ID<VPC>)
    /// `InvalidParameterValue`
    case addressOutsideSubnet(IPAddress, ID<Subnet>)
    /// EC2-Classic addresses are inside 10.0.0.0/8. `InvalidParameterValue`
    case addressOutsideClassic(IPv4Address)
    /// `InvalidIPAddress.InUse`
    case addressInUse(IPAddress, by: AddressHolder)
    /// An Elastic IP address that a service shows is the service's to move. `AuthFailure`
    case addressOfService(IPv4Address, AddressHolder)
    /// One address is said to be mapped to two others. `InvalidParameterCombination`
    case addressMappedTwice(IPv4Address, IPv4Address, IPv4Address)
    /// S8. `InvalidParameterCombination`
    case ipv6InClassic(ID<Instance>)
    /// An EC2-Classic instance has one address. `InvalidParameterCombination`
    case severalAddressesInClassic(ID<Instance>)
    /// An EC2-Classic instance has no subnet and no network interface. `InvalidParameterCombination`
    case classicInstanceInVPC(ID<Instance>)
    /// A VPC group on an EC2-Classic instance. `InvalidParameterCombination`
    case vpcGroupInClassic(ID<SecurityGroup>)
    /// A group of EC2-Classic where a group of a VPC is needed. `InvalidParameterCombination`
    case classicGroupInVPC(ID<SecurityGroup>)
    /// S2. `InvalidGroup.NotFound`
    case groupOfAnotherVPC(ID<SecurityGroup>, ID<VPC>)
    /// An instance or interface is in another VPC than the thing that names it. `InvalidParameterCombination`
    case inAnotherVPC(kind: String, id: String, ID<VPC>)
    /// S59. `InvalidParameterCombination`
    case vpcElasticIPOnClassicInstance(IPv4Address, ID<Instance>)
    /// An Elastic IP address of EC2-Classic on an instance of a VPC. `InvalidParameterCombination`
    case classicElasticIPInVPC(IPv4Address)
    /// An Elastic IP address names an interface and an instance that do not belong together.
    /// `InvalidParameterCombination`
    case interfaceOfAnotherInstance(ID<NetworkInterface>, ID<Instance>)
    /// There is no such private address to associate with. `InvalidParameterValue`
    case notItsPrivateAddress(IPv4Address?, AddressHolder)
    /// The instance cannot be started or stopped now. `IncorrectInstanceState`
    case instanceState(ID<Instance>, Instance.State)
    /// The type and the kind of hostname change while the instance is stopped. `IncorrectInstanceState`
    case instanceNotStopped(ID<Instance>, Instance.State)
    /// The groups of an EC2-Classic instance are fixed at its launch (semantics 4.5). `InvalidParameterCombination`
    case classicGroupsFixed(ID<Instance>)
    /// `InvalidNetworkInterface.InUse`
    case interfaceAttached(ID<NetworkInterface>, ID<Instance>)

    // MARK: ClassicLink

    /// S44, S58. `VpcCidrConflict`
    case rangeConflictsWithClassic(ID<VPC>, CIDRBlock)
    /// Enabling a VPC with a route inside 10.0.0.0/8 (S44, S58). `VpcCidrConflict`
    case routeConflictsWithClassic(ID<RouteTable>, CIDRBlock)
    /// A route inside 10.0.0.0/8 in a VPC that reaches EC2-Classic (S45, S51, decision 10). `CidrConflict`
    case routeInsideClassicRange(ID<RouteTable>, CIDRBlock)
    /// S56. `DisallowedForDedicatedTenancyNetwork`
    case dedicatedTenancy(ID<VPC>)
    /// S9, decision 10. `InvalidParameterValue`
    case classicLinkNotEnabled(ID<VPC>)
    /// S63. `InvalidInstanceID.NotLinkable`
    case notAClassicInstance(ID<Instance>, ID<VPC>)
    /// S69. `InvalidInstanceID.NotLinkable`
    case notRunning(ID<Instance>, Instance.State)
    /// S40, S53. `InstanceAlreadyLinked`
    case alreadyLinked(ID<Instance>, ID<VPC>)
    /// S1, S55. `InvalidVpcID.NotFound`
    case linkAcrossRegions(ID<Instance>, ID<VPC>)
    /// S1, S55. `InvalidVpcID.NotFound`
    case linkAcrossAccounts(ID<Instance>, ID<VPC>)
    /// S2, S12. `MissingParameter`
    case noGroup(ID<Instance>)
    /// Decision 10. `InvalidParameterValue`
    case notLinked(ID<Instance>, ID<VPC>)
    /// S22, S81. `DependencyViolation`
    case instancesAreLinked(ID<VPC>, count: Int)

    // MARK: Peering

    /// `InvalidParameterValue`
    case peeringWithItself(ID<VPC>)
    /// One live peering a pair of VPCs. `VpcPeeringConnectionAlreadyExists`
    case alreadyPeered(ID<VPC>, ID<VPC>, ID<VPCPeeringConnection>)
    /// `InvalidParameterValue`; AWS shows such a peering as `failed`.
    case peersOverlap(CIDRBlock, CIDRBlock)
    /// ClassicLink options work in one Region only (PEER-cl). `OperationNotPermitted`
    case classicLinkAcrossRegions(ID<VPCPeeringConnection>)
    /// `OperationNotPermitted`
    case peeringNotActive(ID<VPCPeeringConnection>, status: String)
    /// A peering cannot be accepted, rejected or deleted in this state. `InvalidStateTransition`
    case peeringTransition(ID<VPCPeeringConnection>, from: String, to: String)
    /// `InvalidVpcPeeringConnectionState.DnsHostnamesDisabled`
    case peerHostnamesDisabled(ID<VPCPeeringConnection>, ID<VPC>)
    /// Neither side's options are given. `MissingParameter`
    case nothingToModify(ID<VPCPeeringConnection>)

    // MARK: Services

    /// One endpoint name of two services' resources. `InvalidParameterValue`
    case endpointInUse(Name, by: String)
    /// S136. `InvalidParameterCombination`
    case publicCacheNode(ID<CacheCluster>, node: String)
    /// `InvalidParameterValue`
    case memberTwice(ID<DBInstance>)
    /// `InvalidDBClusterStateFault`
    case secondWriter(ID<DBCluster>)
    /// `InvalidParameterCombination`
    case memberOfAnotherCluster(ID<DBInstance>, ID<DBCluster>)
    /// A failover needs a standby whose address is known (S31). `InvalidDBInstanceState`
    case noStandby(ID<DBInstance>)

    /// `InvalidDBClusterStateFault`
    case clusterHasMembers(ID<DBCluster>, count: Int)
    /// Not of the balancer's VPC, nor linked to it in a zone where the VPC has a subnet (S25). `InvalidInstance`;
    /// version 2 `InvalidTarget`
    case notRegistrable(ID<Instance>, ID<LoadBalancer>)
    /// `InvalidParameterValue`
    case registeredTwice(ID<Instance>)

    // MARK: Hosted zones and Resolver

    /// A private zone keeps at least one VPC (semantics 3.1). `LastVPCAssociation`
    case privateZoneWithoutVPC(ID<HostedZone>)
    /// `PublicZoneVPCAssociation`
    case publicZoneWithVPC(ID<HostedZone>)
    /// A VPC is listed twice in one association list. `InvalidInput`
    case vpcTwice(ID<VPC>)
    /// More VPCs than `Quotas.vpcsPerHostedZone`. `LimitsExceeded`
    case tooManyVPCs(Int)
    /// No zone begins with a wildcard (semantics 3.3: its NS set would stand there). `InvalidDomainName`
    case wildcardZone(Name)
    /// Semantics 3.1. `ConflictingDomainExists`
    case zoneNameTwice(Name, ID<VPC>, ID<HostedZone>)
    /// What is wrong with a record set. `InvalidChangeBatch`
    case recordSet(name: Name, type: RecordType, RecordSetFault)
    /// Only SOA and NS may be left in a zone that is deleted (semantics 3.1). `HostedZoneNotEmpty`
    case zoneNotEmpty(ID<HostedZone>, count: Int)
    /// `ResourceInUseException`
    case ruleAssociated(ID<ResolverRule>, ID<VPC>)
    /// `InvalidParameterException`
    case ruleWithoutTarget(ID<ResolverRule>)
    /// `InvalidParameterException`
    case ruleWithTarget(ID<ResolverRule>, ResolverRule.Kind)
    /// `ResourceExistsException`
    case ruleDomainTwice(Name, ID<VPC>, ID<ResolverRule>)

    // MARK: Requesters (no AWS counterpart)

    /// The same source twice for one network (world.md 2).
    case requesterTwice(Requester.Source)
  }

  /// What Route 53, or the DNS itself, does not allow in a zone.
  public enum RecordSetFault: Hashable, Sendable {
    /// The name is not at or below the zone's.
    case outsideZone(Name)
    /// No values.
    case empty
    /// More values than `Quotas.valuesPerRecordSet`.
    case tooManyValues(Int)
    case valueTwice
    /// The octets are not RDATA of the type.
    case malformedValue
    /// A type that only questions and messages have (RFC 6895 3.1).
    case notADataType
    /// Over 2^31 - 1 seconds (RFC 2181 8).
    case timeToLive(UInt32)
    /// RFC 1034 3.6.2.
    case cnameBesideOtherData(RecordType)
    /// RFC 1034 3.6.2: the apex has SOA and NS.
    case cnameAtApex
    /// A second record of a type that allows one (CNAME, DNAME, SOA).
    case severalRecords
    /// RFC 6672 2.4.
    case belowDNAME(Name)
    /// RFC 1035 5.2.
    case soaBelowApex
    /// A zone keeps its SOA and NS at its top.
    case neededAtApex
    /// Semantics 3.3.
    case wildcardNS
    /// A second simple set of one name and type.
    case twice
    /// Sets of one name and type with different routing policies.
    case mixedPolicies
    /// A set with a routing policy has none.
    case setIdentifierMissing
    case setIdentifierTwice(String)
    /// A simple set has one.
    case setIdentifierUnexpected(String)
    /// Two sets for one failover role, Region or location.
    case policyValueTwice
    /// 0–255.
    case weight(Int)
    /// SOA and NS cannot be aliases (R53ALIAS).
    case aliasOfThisType
    /// A target in the zone has no set of the alias's type (semantics 3.3).
    case aliasTargetMissing(Name)
    case aliasToItself
    /// More than `Detail.deepest` levels in something that is only kept.
    case nestedTooDeep
  }
}
