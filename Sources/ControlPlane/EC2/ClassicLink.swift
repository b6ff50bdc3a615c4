// The nine calls of ClassicLink (semantics 4.1, 4.2; S82), and the options of a peering connection.
import Cloud

extension QueryService {
  static let classicLinkOperations: [String: Operation] = [
    // S9, S41, S44, S56, S58, S68
    "EnableVpcClassicLink": { (call: inout Call, parameters) throws(AWSError) in
      let vpc = try call.vpc(parameters.ec2ID("VpcId", .vpc))
      try call.apply(.enableClassicLink(vpc.id))
      return .done
    },
    // S22, S43, S81
    "DisableVpcClassicLink": { (call: inout Call, parameters) throws(AWSError) in
      let vpc = try call.vpc(parameters.ec2ID("VpcId", .vpc))
      try call.apply(.disableClassicLink(vpc.id))
      return .done
    },
    // S2, S12, S53, S55, S63, S69
    "AttachClassicLinkVpc": { (call: inout Call, parameters) throws(AWSError) in
      let instance = try call.instance(parameters.ec2ID("InstanceId", .instance))
      let vpc = try call.vpc(parameters.ec2ID("VpcId", .vpc))
      let groups: [ID<SecurityGroup>] = try parameters.ec2IDs("SecurityGroupId", .securityGroup)
      guard !groups.isEmpty else { throw .missing("SecurityGroupId") }
      try call.apply(
        .attachClassicLink(ClassicLink(instanceID: instance.id, vpcID: vpc.id, securityGroupIDs: groups)))
      return .done
    },
    // S20, S79
    "DetachClassicLinkVpc": { (call: inout Call, parameters) throws(AWSError) in
      let instance = try call.instance(parameters.ec2ID("InstanceId", .instance))
      let vpc = try call.vpc(parameters.ec2ID("VpcId", .vpc))
      try call.apply(.detachClassicLink(instance.id, vpc.id))
      return .done
    },
    // S74, S75, decision 9; AWS knows no DryRun here.
    "EnableVpcClassicLinkDnsSupport": { (call: inout Call, parameters) throws(AWSError) in
      let vpc = try call.vpc(parameters.ec2ID("VpcId", .vpc))
      try call.apply(.setClassicLinkDnsSupport(vpc.id, true))
      return .done
    },
    "DisableVpcClassicLinkDnsSupport": { (call: inout Call, parameters) throws(AWSError) in
      let vpc = try call.vpc(parameters.ec2ID("VpcId", .vpc))
      try call.apply(.setClassicLinkDnsSupport(vpc.id, false))
      return .done
    },
    "DescribeVpcClassicLink": { (call: inout Call, parameters) throws(AWSError) in
      let vpcs = try call.vpcs(parameters.ec2IDs("VpcId", .vpc))
      let filters = try Filters(parameters, names: ["is-classic-link-enabled", "tag", "tag-key"])
      let fitting = filters.sift(vpcs) { vpc, name in
        name == "is-classic-link-enabled" ? ["\(vpc.classicLinkEnabled)"] : vpc.tags.values(ofFilter: name)
      }
      let items = fitting.sorted { $0.id < $1.id }.map { vpc in
        [XML("vpcId", vpc.id), XML("classicLinkEnabled", vpc.classicLinkEnabled), .tags(vpc.tags)]
      }
      return [.list("vpcSet", items)]
    },
    "DescribeVpcClassicLinkDnsSupport": { (call: inout Call, parameters) throws(AWSError) in
      let vpcs = try call.vpcs(parameters.ec2IDs("VpcIds", .vpc))
      let page = try PageRequest(parameters, sizes: 5...255).page(vpcs) { $0.id.rawValue }
      let items = page.items.map { vpc in
        [XML("vpcId", vpc.id), XML("classicLinkDnsSupported", vpc.classicLinkDnsSupported)]
      }
      return [.list("vpcs", items)] + XML.nextToken(page.next)
    },
    "DescribeClassicLinkInstances": { (call: inout Call, parameters) throws(AWSError) in
      try describeClassicLinkInstances(&call, parameters)
    },
  ]

  private static func describeClassicLinkInstances(
    _ call: inout Call, _ parameters: Parameters
  ) throws(AWSError) -> [XML] {
    let wanted: [ID<Instance>] = try parameters.ec2IDs("InstanceId", .instance)
    for id in wanted { _ = try call.instance(id) }
    let filters = try Filters(parameters, names: ["group-id", "instance-id", "tag", "tag-key", "vpc-id"])
    var links: [(link: ClassicLink, tags: [Tag])] = []
    for link in call.world.classicLinks.values where wanted.isEmpty || wanted.contains(link.instanceID) {
      guard let instance = call.world.instances[link.instanceID], call.sees(instance) else { continue }
      links.append((link, instance.tags))
    }
    links = filters.sift(links) { entry, name in
      switch name {
      case "group-id": entry.link.securityGroupIDs.map(\.rawValue)
      case "instance-id": [entry.link.instanceID.rawValue]
      case "vpc-id": [entry.link.vpcID.rawValue]
      default: entry.tags.values(ofFilter: name)
      }
    }
    let page = try PageRequest(parameters, cut: true).page(links) { $0.link.instanceID.rawValue }
    var items: [[XML]] = []
    for (link, tags) in page.items {
      items.append([
        XML("instanceId", link.instanceID), XML("vpcId", link.vpcID), call.groupSet(link.securityGroupIDs),
        .tags(tags),
      ])
    }
    return [.list("instancesSet", items)] + XML.nextToken(page.next)
  }
}

extension Call {
  /// `groupSet`, with names.
  func groupSet(_ ids: [ID<SecurityGroup>], name: String = "groupSet") -> XML {
    var items: [[XML]] = []
    for id in ids { items.append([XML("groupId", id), XML("groupName", world.securityGroups[id]?.name ?? "")]) }
    return .list(name, items)
  }
}
