// Whether a VPC has the autodefined reverse rules, which reaches instances that are linked to it (semantics 3.4).
import Cloud

extension JSONService {
  static let resolverConfigOperations: [String: JSONOperation] = [
    "GetResolverConfig": { (call: inout Call, parameters) throws(AWSError) in
      let vpc = try call.vpc(parameters.requiredID("ResourceId"))
      return ["ResolverConfig": .mapping(call.members(ofConfig: vpc))]
    },
    "UpdateResolverConfig": { (call: inout Call, parameters) throws(AWSError) in
      let vpc = try call.vpc(parameters.requiredID("ResourceId"))
      let flags = ["ENABLE": true, "DISABLE": false]
      // A VPC's local setting is Outposts' and Profiles', which are not here.
      guard let flag = try parameters.parsed("AutodefinedReverseFlag", "it must be ENABLE or DISABLE", { flags[$0] })
      else { throw .missing("AutodefinedReverseFlag") }
      try call.apply(.setResolverConfig(ResolverConfig(vpcID: vpc.id, autodefinedReverse: flag)))
      return ["ResolverConfig": .mapping(call.members(ofConfig: vpc))]
    },
    // Those that have been set.
    "ListResolverConfigs": { (call: inout Call, parameters) throws(AWSError) in
      var items: [Details] = []
      for id in call.world.resolverConfigs.keys {
        if let vpc = call.world.vpcs[id], call.sees(vpc) { items.append(call.members(ofConfig: vpc)) }
      }
      return try parameters.page("ResolverConfigs", items, sizes: 5...ResolverLimits.page)
    },
  ]
}

extension Call {
  fileprivate func members(ofConfig vpc: VPC) -> Details {
    let isOn = world.resolverConfigs[vpc.id]?.autodefinedReverse ?? true
    return [
      "Id": .text(derivedID("rslvr-rc", [vpc.id.rawValue])), "ResourceId": .text(vpc.id.rawValue),
      "OwnerId": .text(vpc.ownerID), "AutodefinedReverse": .text(isOn ? "ENABLED" : "DISABLED"),
    ]
  }
}
