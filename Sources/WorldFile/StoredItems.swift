// Items that are kept and change no answer: all that they say, by the names of their members.
import Cloud

extension ItemKind {
  /// The kind of resource that such an item is, when it is one that is only kept.
  var stored: StoredResource.Kind? {
    switch self {
    case .autoScalingGroup: .autoScalingGroup
    case .cacheSecurityGroup: .cacheSecurityGroup
    case .cacheSubnetGroup: .cacheSubnetGroup
    case .clusterSubnetGroup: .clusterSubnetGroup
    case .dbSubnetGroup: .dbSubnetGroup
    case .internetGateway: .internetGateway
    case .launchConfiguration: .launchConfiguration
    case .listener: .listener
    case .resolverEndpoint: .resolverEndpoint
    case .resolverQueryLogConfig: .resolverQueryLogConfig
    case .resolverQueryLogConfigAssociation: .resolverQueryLogConfigAssociation
    case .targetGroup: .targetGroup
    case .vpcAssociationAuthorization: .vpcAssociationAuthorization
    default: nil
    }
  }
}

extension Item {
  func stored(_ kind: StoredResource.Kind) -> StoredResource {
    var details = members.details(besides: KnownMembers([kind.idMember]))
    if let givenRegion { details["Region"] = .text(givenRegion.code) }
    if details["OwnerId"] == nil, details["VpcId"] == nil, accountID != Account.usual {
      details["OwnerId"] = .text(accountID)
    }
    return StoredResource(kind, id.rawValue, details)
  }
}
