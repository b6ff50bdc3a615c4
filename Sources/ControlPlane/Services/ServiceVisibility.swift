// What a caller sees of services, and of what is only stored: that of his account in the Region that he calls.
import Cloud

extension Call {
  /// Whose a service is, it says itself, by its owner or its ARN; else its VPC. One that tells nothing is the usual
  /// account's.
  func sees(_ region: Region, _ details: Details, arn: String?, vpcID: ID<VPC>?) -> Bool {
    guard region == self.region else { return false }
    let owner = arn.flatMap(ARN.init)?.account ?? details.text("OwnerId") ?? vpcID.flatMap { world.vpcs[$0]?.ownerID }
    return (owner ?? Account.usual) == caller.account
  }

  /// The ids under which a world may have something of the caller's. Names of services are unique in an account and
  /// Region; a world has each under the name alone, or under all three where the name was taken.
  func ids(of name: String) -> [String] { ["\(caller.account):\(region.code):\(name)", name] }

  /// The id of something new that has a name.
  func newID(_ name: String, _ isTaken: (String) -> Bool) -> String {
    isTaken(name) ? ids(of: name)[0] : name
  }

  func newStored(_ kind: StoredResource.Kind, _ name: String, _ details: Details) -> StoredResource {
    StoredResource(kind, newID(name) { world.storedResources[StoredResource.Key(kind, $0)] != nil }, details)
  }

  /// Stored resources of a kind, by their names.
  func stored(_ kind: StoredResource.Kind) -> [StoredResource] {
    world.storedResources.filter { $0.key.kind == kind && sees($0.key, $0.value) }
      .sorted { $0.key < $1.key }.map { StoredResource(kind, $0.key.id, $0.value) }
  }

  func stored(_ kind: StoredResource.Kind, _ name: String) -> StoredResource? {
    for id in ids(of: name) {
      let key = StoredResource.Key(kind, id)
      if let details = world.storedResources[key], sees(key, details) { return StoredResource(kind, id, details) }
    }
    return nil
  }

  private func sees(_ key: StoredResource.Key, _ details: Details) -> Bool {
    let arn = [key.id, key.kind.arnMember.flatMap { details.text($0) }].compactMap(\.self).first { ARN($0) != nil }
    let vpcID: ID<VPC>? = details.text("VpcId").map { ID($0) }
    let region = (arn.flatMap(ARN.init)?.region ?? details.text("Region")).map { Region($0) }
    return sees(region ?? vpcID.flatMap { world.vpcs[$0]?.region } ?? .usEast1, details, arn: arn, vpcID: vpcID)
  }
}

extension ID {
  /// What the service calls it: the id without an account and a Region before it.
  var name: String { unscoped(rawValue) }
}

extension StoredResource {
  var name: String { unscoped(key.id) }
}

/// No name of a service has a colon in it.
private func unscoped(_ id: String) -> String {
  // Octets: what follows a colon may join it to one character.
  id.utf8.split(separator: UInt8(ascii: ":")).last.map { String(Substring($0)) } ?? ""
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
