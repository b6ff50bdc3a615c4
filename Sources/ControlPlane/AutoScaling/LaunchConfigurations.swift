// Launch configurations: how the instances of a group are launched, and which VPC they are linked to (S27).
import Cloud

extension QueryService {
  static let launchConfigurationOperations: [String: Operation] = [
    "CreateLaunchConfiguration": { (call: inout Call, parameters) throws(AWSError) in
      try call.apply(.addStored(try newLaunchConfiguration(parameters, call)))
      return []
    },
    "DeleteLaunchConfiguration": { (call: inout Call, parameters) throws(AWSError) in
      let name = try parameters.required("LaunchConfigurationName")
      guard let configuration = call.stored(.launchConfiguration, name) else {
        throw .validation("Launch configuration name not found - Launch configuration \(name) not found")
      }
      let users = call.stored(.autoScalingGroup).filter { $0.details["LaunchConfigurationName"] == .text(name) }
      guard users.isEmpty else {
        throw AWSError(
          "ResourceInUse", "Cannot delete launch configuration \(name) because it is attached to \(users[0].name)")
      }
      try call.apply(.remove(.stored(configuration.key)))
      return []
    },
    "DescribeLaunchConfigurations": { (call: inout Call, parameters) throws(AWSError) in
      let names: Set<ID<StoredResource>> = Set(try parameters.ids("LaunchConfigurationNames"))
      let items = call.stored(.launchConfiguration).filter { names.isEmpty || names.contains(ID($0.name)) }
      return try PageNames.nextToken.list(
        "LaunchConfigurations", of: "member", items, parameters, by: \.name
      ) { configuration in
        [XML("LaunchConfigurationName", configuration.name)] + XML.members(configuration.details)
      }
    },
  ]

  private static let kept: [KeptParameter] = [
    .text("ImageId"), .text("KeyName", octets: 255), .userData, .text("InstanceType"), .text("KernelId"),
    .text("RamdiskId"), .text("SpotPrice"), .text("IamInstanceProfile", octets: 1600), .text("PlacementTenancy"),
    .boolean("EbsOptimized"), .boolean("AssociatePublicIpAddress"), .texts("SecurityGroups"),
  ]

  private static func newLaunchConfiguration(
    _ parameters: Parameters, _ call: borrowing Call
  ) throws(AWSError) -> StoredResource {
    let name = try parameters.scalingName("LaunchConfigurationName")
    guard call.stored(.launchConfiguration, name) == nil else {
      throw AWSError("AlreadyExists", "Launch Configuration by this name already exists - \(name)")
    }
    for required in ["ImageId", "InstanceType"] where parameters.text(required)?.isEmpty != false {
      throw .validation(
        "Valid requests must contain either the InstanceID parameter or both the ImageId and InstanceType parameters.")
    }
    var details: Details = [
      "CreatedTime": .text(call.now.description), "EbsOptimized": .boolean(false),
      "InstanceMonitoring": .mapping(["Enabled": .boolean(true)]), "SecurityGroups": .list([]),
      "LaunchConfigurationARN": .text(
        call.names.arn(
          "autoscaling", "launchConfiguration:\(call.names.token(name, 8)):launchConfigurationName/\(name)")),
    ]
    try parameters.keep(kept, in: &details)
    if let enabled = try parameters.boolean("InstanceMonitoring.Enabled") {
      details["InstanceMonitoring"] = .mapping(["Enabled": .boolean(enabled)])
    }
    try keepClassicLink(parameters, call, &details)
    return call.newStored(.launchConfiguration, name, details)
  }

  /// The VPC must be enabled, and the groups must be its own, as for AttachClassicLinkVpc (S2, S9, S12).
  private static func keepClassicLink(
    _ parameters: Parameters, _ call: borrowing Call, _ details: inout Details
  ) throws(AWSError) {
    let groups: [ID<SecurityGroup>] = try parameters.ids("ClassicLinkVPCSecurityGroups")
    guard let vpcID: ID<VPC> = parameters.id("ClassicLinkVPCId") else {
      guard groups.isEmpty else {
        throw .validation("ClassicLinkVPCSecurityGroups cannot be specified without ClassicLinkVPCId")
      }
      return
    }
    guard !groups.isEmpty else {
      throw .validation("ClassicLinkVPCSecurityGroups must be specified together with ClassicLinkVPCId")
    }
    guard let vpc = call.world.vpcs[vpcID], call.sees(vpc) else {
      throw .validation("The vpc ID '\(vpcID)' does not exist")
    }
    guard vpc.classicLinkEnabled else { throw .validation("The vpc '\(vpcID)' is not enabled for ClassicLink") }
    for id in groups where call.world.securityGroups[id]?.vpcID != vpcID {
      throw .validation("The security group '\(id)' does not exist in \(vpcID)")
    }
    details["ClassicLinkVPCId"] = .text(vpcID.rawValue)
    details["ClassicLinkVPCSecurityGroups"] = .texts(groups.map(\.rawValue))
  }
}
