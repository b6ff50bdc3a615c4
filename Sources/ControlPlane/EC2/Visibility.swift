// What a caller sees: the resources of his account in the Region that he calls.
import Cloud

extension Call {
  func sees(_ vpc: VPC) -> Bool { vpc.region == caller.region && vpc.ownerID == caller.account }
  func sees(_ instance: Instance) -> Bool {
    instance.region == caller.region && instance.ownerID == caller.account
  }
  func sees(vpcID: ID<VPC>) -> Bool { world.vpcs[vpcID].map { sees($0) } ?? false }
  func sees(_ group: SecurityGroup) -> Bool {
    guard group.ownerID == caller.account else { return false }
    return group.vpcID.map { sees(vpcID: $0) } ?? true
  }

  func vpc(_ id: ID<VPC>) throws(AWSError) -> VPC {
    guard let vpc = world.vpcs[id], sees(vpc) else {
      throw AWSError("InvalidVpcID.NotFound", "The vpc ID '\(id)' does not exist")
    }
    return vpc
  }

  func instance(_ id: ID<Instance>) throws(AWSError) -> Instance {
    guard let instance = world.instances[id], sees(instance) else {
      throw AWSError("InvalidInstanceID.NotFound", "The instance ID '\(id)' does not exist")
    }
    return instance
  }

  /// The VPCs that are named, or all that the caller sees.
  func vpcs(_ ids: [ID<VPC>]) throws(AWSError) -> [VPC] {
    guard ids.isEmpty else {
      var found: [VPC] = []
      for id in ids { found.append(try vpc(id)) }
      return found
    }
    return world.vpcs.values.filter { sees($0) }
  }
}
