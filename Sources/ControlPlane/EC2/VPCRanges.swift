// Further ranges of a VPC (VPCCIDR).
import Cloud

extension QueryService {
  static let vpcRangeOperations: [String: Operation] = [
    // On a VPC with ClassicLink the range follows S44 as the first one did.
    "AssociateVpcCidrBlock": { (call: inout Call, parameters) throws(AWSError) in
      var vpc = try call.vpc(parameters.ec2ID("VpcId", .vpc))
      guard let range = try parameters.cidrBlock("CidrBlock") else { throw .missing("CidrBlock") }
      vpc.secondaryCIDRBlocks = (vpc.secondaryCIDRBlocks + [range]).sorted()
      try call.apply(.replace(.vpc(vpc)))
      return [XML("vpcId", vpc.id), vpc.association(of: range, "associated")]
    },
    "DisassociateVpcCidrBlock": { (call: inout Call, parameters) throws(AWSError) in
      let association = try parameters.required("AssociationId")
      let vpcs = try call.vpcs([])
      guard
        let vpc = vpcs.first(where: { vpc in vpc.cidrBlocks.contains { vpc.associationID(of: $0) == association } }),
        let range = vpc.cidrBlocks.first(where: { vpc.associationID(of: $0) == association })
      else {
        throw AWSError(
          "InvalidCidrBlockAssociationID.NotFound", "The vpc CIDR block association ID '\(association)' does not exist")
      }
      guard range != vpc.cidrBlock else {
        throw AWSError(
          "OperationNotPermitted",
          "The vpc CIDR block with association ID \(association) may not be disassociated. It is the primary IPv4 CIDR"
            + " block of the VPC")
      }
      var new = vpc
      new.secondaryCIDRBlocks.removeAll { $0 == range }
      try call.apply(.replace(.vpc(new)))
      return [XML("vpcId", vpc.id), vpc.association(of: range, "disassociated")]
    },
  ]
}

extension VPC {
  fileprivate func association(of range: CIDRBlock, _ state: String) -> XML {
    XML(
      "cidrBlockAssociation",
      [
        XML("associationId", associationID(of: range)), XML("cidrBlock", range),
        XML("cidrBlockState", [XML("state", state)]),
      ])
  }
}
