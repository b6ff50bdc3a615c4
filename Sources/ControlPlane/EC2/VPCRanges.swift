// Further ranges of a VPC (VPCCIDR), of IPv4 and of IPv6.
import Cloud
import DNSWire

extension QueryService {
  static let vpcRangeOperations: [String: Operation] = [
    // On a VPC with ClassicLink the range follows S44 as the first one did.
    "AssociateVpcCidrBlock": { (call: inout Call, parameters) throws(AWSError) in
      var vpc = try call.vpc(parameters.ec2ID("VpcId", .vpc))
      let range = try parameters.networkRange("CidrBlock")
      let wantsIPv6 = try parameters.boolean("AmazonProvidedIpv6CidrBlock") ?? false
      let associated: VPC.Range
      switch (range, wantsIPv6) {
      case (let range?, false):
        vpc.secondaryCIDRBlocks = (vpc.secondaryCIDRBlocks + [range]).sorted()
        associated = .ipv4(range)
      case (nil, true):
        associated = .ipv6(try call.associateIPv6Range(with: &vpc))
      case (nil, false): throw .missing("CidrBlock or AmazonProvidedIpv6CidrBlock")
      case (.some, true):
        throw .invalidCombination("A call associates a CidrBlock or an AmazonProvidedIpv6CidrBlock, not both")
      }
      try call.apply(.replace(.vpc(vpc)))
      return [XML("vpcId", vpc.id), vpc.association(of: associated, "associated")]
    },
    "DisassociateVpcCidrBlock": { (call: inout Call, parameters) throws(AWSError) in
      let association = try parameters.required("AssociationId")
      for var vpc in try call.vpcs([]) {
        guard let range = vpc.ranges.first(where: { vpc.associationID(of: $0) == association }) else { continue }
        switch range {
        case .ipv4(vpc.cidrBlock):
          throw AWSError(
            "OperationNotPermitted",
            "The vpc CIDR block with association ID \(association) may not be disassociated. It is the primary IPv4"
              + " CIDR block of the VPC")
        case .ipv4(let range): vpc.secondaryCIDRBlocks.removeAll { $0 == range }
        case .ipv6(let range): vpc.ipv6CIDRBlocks.removeAll { $0 == range }
        }
        try call.apply(.replace(.vpc(vpc)))
        return [XML("vpcId", vpc.id), vpc.association(of: range, "disassociated")]
      }
      throw AWSError(
        "InvalidCidrBlockAssociationID.NotFound", "The vpc CIDR block association ID '\(association)' does not exist")
    },
  ]
}

extension Call {
  /// Gives a VPC a range of Amazon's: a /56 that no other VPC has.
  mutating func associateIPv6Range(with vpc: inout VPC) throws(AWSError) -> IPv6CIDRBlock {
    let range = try allocator.ipv6Range(world)
    vpc.ipv6CIDRBlocks.append(range)
    return range
  }
}

extension VPC {
  /// A range, of either kind.
  enum Range {
    case ipv4(CIDRBlock)
    case ipv6(IPv6CIDRBlock)
  }

  var ranges: [Range] { cidrBlocks.map { .ipv4($0) } + ipv6CIDRBlocks.map { .ipv6($0) } }

  /// AWS gives associations an id of their own; ours follows from the range, so that nothing has to be kept.
  func associationID(of range: Range) -> String {
    switch range {
    case .ipv4(let range): derivedID("vpc-cidr-assoc", [id.rawValue, range.description])
    case .ipv6(let range): derivedID("vpc-cidr-assoc", [id.rawValue, range.description])
    }
  }

  fileprivate func association(of range: Range, _ state: String) -> XML {
    switch range {
    case .ipv4: XML("cidrBlockAssociation", members(of: range, state))
    case .ipv6: XML("ipv6CidrBlockAssociation", members(of: range, state))
    }
  }

  /// An element of the VPC's set of associations of its kind.
  func members(of range: Range, _ state: String = "associated") -> [XML] {
    let id = XML("associationId", associationID(of: range))
    let state = [XML("state", state)]
    return switch range {
    case .ipv4(let range): [XML("cidrBlock", range), id, XML("cidrBlockState", state)]
    case .ipv6(let range):
      [XML("ipv6CidrBlock", range), id, XML("ipv6CidrBlockState", state), XML("ipv6Pool", "Amazon")]
    }
  }
}
