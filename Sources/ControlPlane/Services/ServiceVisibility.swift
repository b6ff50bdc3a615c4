// What a caller sees of services, and of what is only stored: that of his account in the Region that he calls.
import Cloud

extension Call {
  /// Services have no owner of their own in a world: their ARN tells it, else their VPC. One that tells neither is
  /// everybody's.
  func sees(_ region: Region, arn: String?, vpcID: ID<VPC>?) -> Bool {
    guard region == self.region else { return false }
    let owner = arn.flatMap(ARN.init)?.account ?? vpcID.flatMap { world.vpcs[$0]?.ownerID }
    return owner == nil || owner == caller.account
  }

  /// Stored resources of a kind, by their names.
  func stored(_ kind: StoredResource.Kind) -> [StoredResource] {
    world.storedResources.filter { $0.key.kind == kind && sees($0.key, $0.value) }
      .sorted { $0.key < $1.key }.map { StoredResource(kind, $0.key.id, $0.value) }
  }

  func stored(_ kind: StoredResource.Kind, _ id: String) -> StoredResource? {
    let key = StoredResource.Key(kind, id)
    guard let details = world.storedResources[key], sees(key, details) else { return nil }
    return StoredResource(kind, id, details)
  }

  private func sees(_ key: StoredResource.Key, _ details: Details) -> Bool {
    let arn = [key.id, key.kind.arnMember.flatMap { details.text($0) }].compactMap(\.self).first { ARN($0) != nil }
    let region = arn.flatMap(ARN.init)?.region ?? details.text("Region")
    if let owner = details.text("OwnerId"), owner != caller.account { return false }
    return sees(region.map { Region($0) } ?? self.region, arn: arn, vpcID: details.text("VpcId").map { ID($0) })
  }
}

/// The parts of an Amazon Resource Name that say whose it is.
struct ARN {
  var service: String
  var region: String
  var account: String
  /// Such as `db:orders`.
  var resource: String

  init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "arn" else { return nil }
    service = String(parts[2])
    region = String(parts[3])
    account = String(parts[4])
    resource = String(parts[5])
  }
}

extension StoredResource.Kind {
  /// The member that tells the ARN, where the id is not the ARN itself.
  fileprivate var arnMember: String? {
    switch self {
    case .autoScalingGroup: "AutoScalingGroupARN"
    case .launchConfiguration: "LaunchConfigurationARN"
    case .cacheSecurityGroup, .cacheSubnetGroup: "ARN"
    case .dbSubnetGroup: "DBSubnetGroupArn"
    case .clusterSubnetGroup, .internetGateway, .listener, .resolverEndpoint, .resolverQueryLogConfig,
      .resolverQueryLogConfigAssociation,
      .targetGroup,
      .vpcAssociationAuthorization:
      nil
    }
  }
}
