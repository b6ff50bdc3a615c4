// What may stand at the top of a world file.
import Cloud

enum TopLevelKey {
  /// A list of items of one kind.
  case items(ItemKind)
  /// Items that are links when they have `Groups` and no `State` (describe-classic-link-instances).
  case instances
  /// `Reservations[].Instances`
  case reservations
  /// One item of a kind, as the `get-…` calls print it.
  case item(ItemKind)
  /// `ResolverRuleAssociations`
  case associations
  /// A value of the whole file or world.
  case value
  /// What the calls print beside their result.
  case ignored

  init?(_ key: String) {
    guard let known = Self.known[key] else { return nil }
    self = known
  }

  static let known = described.merging(stored) { known, _ in known }

  /// Lists of what is kept and described, and changes no answer.
  private static let stored = Dictionary(
    uniqueKeysWithValues: ItemKind.allCases.compactMap { kind in
      kind.stored.map { ($0.rawValue, TopLevelKey.items(kind)) }
    })

  private static let described: [String: TopLevelKey] = [
    "Region": .value, "AccountId": .value, "SupportedPlatforms": .value, "Settings": .value,
    "AccountAttributes": .value,
    "DhcpOptions": .items(.dhcpOptions), "Vpcs": .items(.vpc), "Subnets": .items(.subnet),
    "RouteTables": .items(.routeTable), "SecurityGroups": .items(.securityGroup),
    "NetworkInterfaces": .items(.networkInterface), "Addresses": .items(.elasticIP),
    "Instances": .instances, "Reservations": .reservations, "ClassicLinkInstances": .items(.classicLink),
    "VpcPeeringConnections": .items(.peering), "DBInstances": .items(.dbInstance), "DBClusters": .items(.dbCluster),
    "Clusters": .items(.redshiftCluster), "CacheClusters": .items(.cacheCluster),
    "LoadBalancerDescriptions": .items(.loadBalancer), "LoadBalancers": .items(.loadBalancer),
    "HostedZones": .items(.hostedZone), "ResolverRules": .items(.resolverRule),
    "ResolverConfigs": .items(.resolverConfig), "ResolverRuleAssociations": .associations,
    "Requesters": .items(.requester),
    "ResolverRule": .item(.resolverRule), "ResolverConfig": .item(.resolverConfig),
    // get-hosted-zone and list-resource-record-sets
    "HostedZone": .value, "VPCs": .value, "ResourceRecordSets": .value,
    // describe-vpc-attribute
    "VpcId": .value, "EnableDnsSupport": .value, "EnableDnsHostnames": .value,
    "EnableNetworkAddressUsageMetrics": .ignored,
    "DelegationSet": .ignored, "ResponseMetadata": .ignored, "NextToken": .ignored, "IsTruncated": .ignored,
    "MaxItems": .ignored, "MaxResults": .ignored, "Marker": .ignored, "NextMarker": .ignored,
    "NextRecordName": .ignored, "NextRecordType": .ignored, "NextRecordIdentifier": .ignored,
  ]

  /// The kinds of the items that stand under the key; none for a value.
  var itemKinds: [ItemKind] {
    switch self {
    case .items(let kind), .item(let kind): [kind]
    case .instances, .reservations: [.instance]
    case .associations, .value, .ignored: []
    }
  }

  /// Our keys and the lists: what a mistyped key most probably was.
  static var suggestions: [String] {
    known.compactMap { key, value in
      switch value {
      case .ignored, .item: nil
      case .value: ["Region", "AccountId", "SupportedPlatforms", "Settings"].contains(key) ? key : nil
      default: key
      }
    }
  }
}
