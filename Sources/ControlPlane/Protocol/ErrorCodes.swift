// The AWS error code of each refusal (semantics 4.3, 4.4): the one place where they are translated.
import Cloud

extension AWSError {
  /// - Parameter world: As it was refused: of groups and balancers it says of which kind they are.
  init(_ refusal: Refusal, in world: borrowing World) {
    self.init(
      Self.code(refusal.reason, member: refusal.member, world),
      Self.message(refusal.reason) ?? Self.sentence(refusal.description))
  }

  /// With a capital letter, unless it begins with an id.
  private static func sentence(_ text: String) -> String {
    text.prefix { $0 != " " }.allSatisfy { $0.isLetter || $0 == "'" }
      ? text.prefix(1).uppercased() + text.dropFirst() : text
  }

  /// By the code that AWS has for this kind.
  static func notFound(_ kind: String, _ id: some CustomStringConvertible) -> AWSError {
    let refusal = Refusal(.notFound(kind: kind, id: id.description))
    return AWSError(notFound(kind), message(refusal.reason) ?? refusal.description)
  }

  /// AWS's own wording, where it is known.
  private static func message(_ reason: Refusal.Reason) -> String? {
    switch reason {
    case .notFound("VPC", let id): "The vpc ID '\(id)' does not exist"
    case .notFound("instance", let id): "The instance ID '\(id)' does not exist"
    case .notFound("security group", let id): "The security group '\(id)' does not exist"
    case .notFound("subnet", let id): "The subnet ID '\(id)' does not exist"
    case .notFound("route table", let id): "The routeTable ID '\(id)' does not exist"
    case .notFound("VPC peering connection", let id): "The vpcPeeringConnection ID '\(id)' does not exist"
    case .notFound("DB instance", let id): "DBInstance \(id) not found."
    case .notFound("DB cluster", let id): "DBCluster \(id) not found."
    case .notFound("Redshift cluster", let id): "Cluster \(id) not found."
    case .notFound("cache cluster", let id): "CacheCluster not found: \(id)"
    case .notFound("hosted zone", let id): "No hosted zone found with ID: \(id)"
    case .zoneNameTwice(_, let vpc, let zone):
      "The VPC \(vpc) has already been associated with the hosted zone \(zone) with the same domain name."
    case .privateZoneWithoutVPC:
      "The VPC is the last one that is associated with the private hosted zone, which needs one."
    case .instancesAreLinked(let id, _):
      "The vpc '\(id)' has dependencies and cannot be disabled for ClassicLink: instances are linked to it (S22)."
    default: nil
    }
  }

  private static func code(_ reason: Refusal.Reason, member: String?, _ world: borrowing World) -> String {
    switch reason {
    case .groupInUse(let id, _), .groupNamedByRule(let id, _):
      isClassic(id, world) ? "InvalidGroup.InUse" : "DependencyViolation"
    case .defaultGroup(let id): isClassic(id, world) ? "InvalidGroup.Reserved" : "CannotDelete"
    case .notRegistrable(_, let id): isClassic(id, world) ? "InvalidInstance" : "InvalidTarget"
    case .notFound(let kind, _): notFound(kind)
    case .alreadyExists(let kind, _): alreadyExists(kind)
    case .classicNotSupported: "UnsupportedOperation"
    case .rangeSize, .rangeWithBroadcast: "InvalidVpc.Range"  // CreateSubnet checks its own.
    case .rangesOverlap: "CidrConflict"
    case .secondDefaultVPC: "DefaultVpcAlreadyExists"
    case .subnetOutsideVPC: "InvalidSubnet.Range"
    case .subnetOverlaps: "InvalidSubnet.Conflict"
    case .subnetOfAnotherVPC: "InvalidSubnetID.NotFound"
    case .routeTwice: "RouteAlreadyExists"
    case .subnetHasRouteTable: "Resource.AlreadyAssociated"
    case .addressInUse: "InvalidIPAddress.InUse"
    case .groupOfAnotherVPC: "InvalidGroup.NotFound"  // S2
    case .instanceState: "IncorrectInstanceState"
    case .rangeConflictsWithClassic, .routeConflictsWithClassic: "VpcCidrConflict"  // S44, S58
    case .routeInsideClassicRange: "CidrConflict"  // S45, S51, decision 10
    case .dedicatedTenancy: "DisallowedForDedicatedTenancyNetwork"  // S56
    case .notAClassicInstance, .notRunning: "InvalidInstanceID.NotLinkable"  // S63, S69
    case .alreadyLinked: "InstanceAlreadyLinked"  // S40, S53
    case .linkAcrossRegions, .linkAcrossAccounts: "InvalidVpcID.NotFound"  // S1, S55
    case .addressOfService: "AuthFailure"
    case .noGroup, .nothingToModify, .routeWithoutTarget: "MissingParameter"  // S2, S12
    case .instancesAreLinked: "DependencyViolation"  // S22, S81, decision 10
    case .dependency, .rangeInUse: "DependencyViolation"
    case .instanceNotStopped: "IncorrectInstanceState"
    case .interfaceAttached: "InvalidNetworkInterface.InUse"
    case .peeringTransition: "InvalidStateTransition"
    case .clusterHasMembers: "InvalidDBClusterStateFault"
    case .zoneNotEmpty: "HostedZoneNotEmpty"
    case .ruleAssociated: "ResourceInUseException"
    case .alreadyPeered: "VpcPeeringConnectionAlreadyExists"
    case .classicLinkAcrossRegions, .peeringNotActive: "OperationNotPermitted"
    case .peerHostnamesDisabled: "InvalidVpcPeeringConnectionState.DnsHostnamesDisabled"
    case .secondWriter: "InvalidDBClusterStateFault"
    case .noStandby: "InvalidDBInstanceState"
    case .privateZoneWithoutVPC: "LastVPCAssociation"
    case .publicZoneWithVPC: "PublicZoneVPCAssociation"
    case .vpcTwice: "InvalidInput"
    case .tooManyVPCs: "LimitsExceeded"
    case .tooMany: "ResourceLimitExceeded"
    case .wildcardZone: "InvalidDomainName"
    case .zoneNameTwice: "ConflictingDomainExists"
    case .recordSet: "InvalidChangeBatch"
    case .ruleWithoutTarget, .ruleWithTarget: "InvalidParameterException"
    case .ruleDomainTwice: "ResourceExistsException"
    case .ipv6InClassic, .severalAddressesInClassic, .classicInstanceInVPC, .vpcGroupInClassic, .classicGroupInVPC,
      .inAnotherVPC, .vpcElasticIPOnClassicInstance, .classicElasticIPInVPC, .interfaceOfAnotherInstance,
      .addressMappedTwice, .publicCacheNode, .memberOfAnotherCluster, .classicGroupsFixed:
      "InvalidParameterCombination"
    case .notARegion, .otherRegion, .unknownPlatforms, .secondMainRouteTable, .hostnamesNeedSupport, .addressOutsideVPC,
      .addressOutsideSubnet, .addressOutsideClassic, .notItsPrivateAddress, .classicLinkNotEnabled, .notLinked,
      .peeringWithItself, .peersOverlap, .endpointInUse, .memberTwice, .requesterTwice,
      .nestedTooDeep, .cannotChange, .cannotRemove, .localRoute, .registeredTwice:
      "InvalidParameterValue"
    }
  }

  private static func isClassic(_ id: ID<SecurityGroup>, _ world: borrowing World) -> Bool {
    world.securityGroups[id]?.vpcID == nil
  }

  private static func isClassic(_ id: ID<LoadBalancer>, _ world: borrowing World) -> Bool {
    if case .classic? = world.loadBalancers[id]?.generation { true } else { false }
  }

  private static func notFound(_ kind: String) -> String {
    switch kind {
    case "VPC": "InvalidVpcID.NotFound"
    case "instance": "InvalidInstanceID.NotFound"
    case "security group": "InvalidGroup.NotFound"
    case "subnet": "InvalidSubnetID.NotFound"
    case "route table": "InvalidRouteTableID.NotFound"
    case "DHCP options set": "InvalidDhcpOptionID.NotFound"
    case "network interface": "InvalidNetworkInterfaceID.NotFound"
    case "Elastic IP address": "InvalidAddress.NotFound"
    case "VPC peering connection": "InvalidVpcPeeringConnectionID.NotFound"
    case "DB instance": "DBInstanceNotFound"
    case "DB cluster": "DBClusterNotFoundFault"
    case "Redshift cluster": "ClusterNotFound"
    case "cache cluster": "CacheClusterNotFound"
    case "load balancer": "LoadBalancerNotFound"
    case "hosted zone": "NoSuchHostedZone"
    case "Resolver rule": "ResourceNotFoundException"
    default: "ResourceNotFound"
    }
  }

  private static func alreadyExists(_ kind: String) -> String {
    switch kind {
    case "DB instance": "DBInstanceAlreadyExists"
    case "DB cluster": "DBClusterAlreadyExistsFault"
    case "Redshift cluster": "ClusterAlreadyExists"
    case "cache cluster": "CacheClusterAlreadyExists"
    case "load balancer": "DuplicateLoadBalancerName"
    case "hosted zone": "HostedZoneAlreadyExists"
    case "security group": "InvalidGroup.Duplicate"
    default: "ResourceAlreadyExists"
    }
  }
}
