// Resolver rules and the VPCs that stand under them (semantics 3.4).
import Cloud

extension JSONService {
  static let resolverRuleAssociationOperations: [String: JSONOperation] = [
    "AssociateResolverRule": { (call: inout Call, parameters) throws(AWSError) in
      var rule = try call.resolverRule(parameters)
      let vpc = try call.vpc(parameters.requiredID("VPCId"))
      guard !rule.vpcIDs.contains(vpc.id) else {
        throw AWSError("ResourceExistsException", "The rule '\(rule.id)' is associated with '\(vpc.id)' already")
      }
      if let name = try parameters.resolverName() { rule.setAssociationName(name, vpc.id) }
      rule.vpcIDs = (rule.vpcIDs + [vpc.id]).sorted()
      try call.apply(.replace(.resolverRule(rule)))
      return ["ResolverRuleAssociation": .mapping(rule.association(with: vpc.id))]
    },
    "DisassociateResolverRule": { (call: inout Call, parameters) throws(AWSError) in
      var rule = try call.resolverRule(parameters)
      let vpc: ID<VPC> = try parameters.requiredID("VPCId")
      guard rule.vpcIDs.contains(vpc) else {
        throw .resolverResourceNotFound("association of '\(rule.id)' with", vpc.rawValue)
      }
      let association = rule.association(with: vpc, status: "DELETING")
      rule.vpcIDs.removeAll { $0 == vpc }
      rule.setAssociationName(nil, vpc)
      try call.apply(.replace(.resolverRule(rule)))
      return ["ResolverRuleAssociation": .mapping(association)]
    },
    "GetResolverRuleAssociation": { (call: inout Call, parameters) throws(AWSError) in
      let id = try parameters.required("ResolverRuleAssociationId")
      guard let association = call.resolverRuleAssociations.first(where: { $0.text("Id") == id }) else {
        throw .resolverResourceNotFound("resolver rule association", id)
      }
      return ["ResolverRuleAssociation": .mapping(association)]
    },
    "ListResolverRuleAssociations": { (call: inout Call, parameters) throws(AWSError) in
      try parameters.page(
        "ResolverRuleAssociations", call.resolverRuleAssociations,
        filters: ["Name": "Name", "ResolverRuleId": "ResolverRuleId", "Status": "Status", "VPCId": "VPCId"])
    },
  ]
}

extension ResolverRule {
  /// Names of associations are kept with the rule, by the VPC; their ids follow from both.
  fileprivate mutating func setAssociationName(_ name: String?, _ vpc: ID<VPC>) {
    var names = details["AssociationNames"]?.members ?? [:]
    names[vpc.rawValue] = name.map { .text($0) }
    details["AssociationNames"] = names.isEmpty ? nil : .mapping(names)
  }

  fileprivate func association(with vpc: ID<VPC>, status: String = "COMPLETE") -> Details {
    var members: Details = [
      "Id": .text(derivedID("rslvr-rrassoc", [id.rawValue, vpc.rawValue])), "ResolverRuleId": .text(id.rawValue),
      "VPCId": .text(vpc.rawValue), "Status": .text(status),
    ]
    members["Name"] = details["AssociationNames"]?.members[vpc.rawValue]
    return members
  }
}

extension Call {
  fileprivate var resolverRuleAssociations: [Details] {
    resolverRules.flatMap { rule in rule.vpcIDs.map { rule.association(with: $0) } }
  }
}
