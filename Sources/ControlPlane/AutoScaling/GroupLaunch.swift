// Launching an instance of a group: into EC2-Classic and linked (S27), or into a subnet; and behind its load balancers.
import Cloud
import DNSWire

extension Call {
  /// Launches the next instance of a group.
  /// - Parameter number: Of the instances that the group has: its zones and subnets take turns.
  mutating func launch(
    _ configuration: Details, for group: StoredResource, number: Int, as id: ID<Instance>
  ) throws(AWSError) {
    let zones = group.details.texts("AvailabilityZones")
    let zone = zones.isEmpty ? nil : zones[number % zones.count]
    let subnet = try launchSubnet(group, zone, number)
    let groups = try launchGroups(configuration.texts("SecurityGroups"), in: subnet?.vpcID)
    var tags = [Tag(key: "aws:autoscaling:groupName", value: group.name)]
    for tag in group.details.mappings("Tags") where tag.boolean("PropagateAtLaunch") != false {
      tags.append(Tag(key: tag.text("Key") ?? "", value: tag.text("Value") ?? ""))
    }
    var launch = Launch(subnet: subnet, availabilityZone: subnet?.availabilityZone ?? zone ?? region.code + "a")
    if let type = configuration.text("InstanceType") { launch.instanceType = type }
    launch.securityGroupIDs = groups
    launch.tags = tags
    // Everything in EC2-Classic has a public address; in a VPC what is launched into the default one.
    launch.hasPublicAddress =
      configuration.boolean("AssociatePublicIpAddress")
      ?? subnet.map { world.vpcs[$0.vpcID]?.isDefault ?? false } ?? true
    for member in ["EbsOptimized", "ImageId", "KernelId", "KeyName", "RamdiskId", "UserData"] {
      launch.details[member] = configuration[member]
    }
    if let profile = configuration.text("IamInstanceProfile") {
      launch.details["IamInstanceProfile"] = .mapping([profile.hasPrefix("arn:") ? "Arn" : "Name": .text(profile)])
    }
    if let tenancy = configuration["PlacementTenancy"] { launch.details["Placement"] = .mapping(["Tenancy": tenancy]) }
    if let isOn = configuration["InstanceMonitoring"]?.members.boolean("Enabled") {
      launch.details["Monitoring"] = .mapping(["State": .text(isOn ? "enabled" : "disabled")])
    }
    try self.launch(launch, as: id)
    if let vpcID = configuration.text("ClassicLinkVPCId") {
      try apply(
        .attachClassicLink(
          ClassicLink(
            instanceID: id, vpcID: ID(vpcID),
            securityGroupIDs: configuration.texts("ClassicLinkVPCSecurityGroups").map { ID($0) })))
    }
    for name in group.details.texts("LoadBalancerNames") {
      _ = try register([id], with: try classicLoadBalancer(name))  // S25
    }
  }

  /// A subnet of the group's, one of the default VPC in the zone, or none: EC2-Classic (decision 23).
  private func launchSubnet(_ group: StoredResource, _ zone: String?, _ number: Int) throws(AWSError) -> Subnet? {
    if let identifier = group.details.text("VPCZoneIdentifier"), !identifier.isEmpty {
      let subnets = identifier.split(separator: ",").map { $0.filter { $0 != " " } }
        .compactMap { world.subnets[ID($0)] }
      guard !subnets.isEmpty else { throw .validation("No subnet of the group exists any more: \(identifier)") }
      return subnets[number % subnets.count]
    }
    let placement = defaultPlacement()
    guard placement.vpcID != nil else { return nil }
    guard let subnet = placement.subnet(in: zone) else {
      throw .validation("The default VPC has no subnet in \(zone ?? "any zone")")
    }
    return subnet
  }

  /// Groups by id or, in EC2-Classic, by name.
  private func launchGroups(_ given: [String], in vpcID: ID<VPC>?) throws(AWSError) -> [ID<SecurityGroup>] {
    guard vpcID == nil else {
      return try securityGroups(given.map { ID($0) }, in: vpcID, code: "ValidationError")
    }
    var ids: [ID<SecurityGroup>] = []
    for text in given {
      guard
        let group = world.securityGroups.values.first(where: {
          $0.vpcID == nil && sees($0) && ($0.id.rawValue == text || $0.name == text)
        })
      else { throw .validation("The security group '\(text)' does not exist in EC2-Classic") }
      ids.append(group.id)
    }
    return ids
  }
}
