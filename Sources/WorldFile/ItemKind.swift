// The kinds of items that a world file holds, and the member that tells two items of a kind apart.
import Cloud
import DNSWire

/// A kind of item, by which its place can be asked for.
public enum ItemKind: UInt8, Hashable, CaseIterable, Sendable {
  case dhcpOptions, vpc, subnet, routeTable, securityGroup, networkInterface, instance, elasticIP, classicLink, peering
  case dbInstance, dbCluster, redshiftCluster, cacheCluster, loadBalancer, hostedZone, resolverRule, resolverConfig
  case requester
  case autoScalingGroup, cacheSecurityGroup, cacheSubnetGroup, clusterSubnetGroup, dbSubnetGroup, internetGateway
  case launchConfiguration, listener, resolverEndpoint, resolverQueryLogConfig, resolverQueryLogConfigAssociation,
    targetGroup
  case vpcAssociationAuthorization
}

extension ItemKind {
  /// Members of which the first that is present holds the id.
  var idMembers: [String] {
    switch self {
    case .dhcpOptions: ["DhcpOptionsId"]
    case .vpc: ["VpcId"]
    case .subnet: ["SubnetId"]
    case .routeTable: ["RouteTableId"]
    case .securityGroup: ["GroupId"]
    case .networkInterface: ["NetworkInterfaceId"]
    case .instance, .classicLink: ["InstanceId"]
    case .elasticIP: ["PublicIp"]
    case .peering: ["VpcPeeringConnectionId"]
    case .dbInstance: ["DBInstanceIdentifier"]
    case .dbCluster: ["DBClusterIdentifier"]
    case .redshiftCluster: ["ClusterIdentifier"]
    case .cacheCluster: ["CacheClusterId"]
    case .loadBalancer: ["LoadBalancerArn", "LoadBalancerName", "DNSName"]
    case .hostedZone, .resolverRule: ["Id"]
    case .resolverConfig: ["ResourceId"]
    case .requester: ["SourceAddress", "SourceCidr"]
    default: stored.map { [$0.idMember] } ?? []
    }
  }

  /// The key of the list in which such items stand.
  var topLevelKey: String {
    let keys = TopLevelKey.known.filter { $0.value.itemKinds == [self] }.keys
    // Of the two names of load balancers and instances the plain one comes last.
    return keys.filter { TopLevelKey.suggestions.contains($0) }.sorted().last { $0 != "Reservations" } ?? "\(self)"
  }

  /// The others carry the id of the instance, VPC or source that they are about.
  var ownsItsID: Bool {
    switch self {
    case .classicLink, .resolverConfig, .requester, .vpcAssociationAuthorization: false
    default: true
    }
  }

  /// One text for all spellings of an id: `/hostedzone/Z1` is `Z1`.
  func canonical(_ id: String) -> String { self == .hostedZone ? zoneID(id) : id }
}

/// The id of a hosted zone without the prefix that some calls print.
func zoneID(_ text: String) -> String {
  let prefix = "/hostedzone/"
  return text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
}
