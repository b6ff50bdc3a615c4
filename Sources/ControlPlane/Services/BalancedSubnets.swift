// What both versions of Elastic Load Balancing share: a node with its addresses in each zone, and the zones in which
// load balancers have their names.
import Cloud
import DNSWire

extension Call {
  /// Subnets of one VPC, each in a zone of its own.
  func balancedSubnets(_ ids: [String]) throws(AWSError) -> [Subnet] {
    var subnets: [Subnet] = []
    for id in ids {
      guard let subnet = world.subnets[ID(id)], sees(vpcID: subnet.vpcID), subnet.cidrBlock != nil else {
        throw AWSError("SubnetNotFound", "The subnet ID '\(id)' does not exist")
      }
      guard subnet.vpcID == subnets.first?.vpcID ?? subnet.vpcID else {
        throw AWSError("InvalidConfigurationRequest", "The subnets are of several VPCs")
      }
      let isTaken = subnets.contains { other in
        other.id == subnet.id || subnet.availabilityZone != nil && other.availabilityZone == subnet.availabilityZone
      }
      guard !isTaken else {
        throw AWSError(
          "InvalidConfigurationRequest",
          "A load balancer cannot be attached to multiple subnets in the same Availability Zone")
      }
      subnets.append(subnet)
    }
    return subnets
  }

  /// A number for a load balancer's name: nine digits, the first not zero.
  mutating func balancerNumber() -> String {
    "\(100_000_000 + (UInt32(allocator.hexadecimal(7), radix: 16) ?? 0) % 900_000_000)"
  }

  /// Adds a load balancer with a node in each subnet, and the interfaces that show them (S33).
  /// - Returns: The interfaces, in the order of the subnets.
  mutating func add(
    _ balancer: inout LoadBalancer, in subnets: [Subnet], _ groups: [ID<SecurityGroup>], interfaces description: String,
    isElastic: [Bool] = []
  ) throws(AWSError) {
    var pairs: [AddressPair] = []
    for (index, subnet) in subnets.enumerated() {
      let takesOne = balancer.scheme == .internetFacing && !(index < isElastic.count && isElastic[index])
      pairs.append(try newAddresses(in: subnet, isPublic: takesOne, besides: pairs))
    }
    balancer.privateAddresses = pairs.map(\.privateAddress)
    balancer.publicAddresses = pairs.compactMap(\.publicAddress)
    try apply(.addLoadBalancer(balancer))
    for (pair, subnet) in zip(pairs, subnets) { try addInterface(description, pair, in: subnet, groups) }
  }

  /// Removes a load balancer with its interfaces.
  mutating func remove(_ balancer: LoadBalancer) throws(AWSError) {
    try remove(interfaces(holding: balancer.privateAddresses, in: balancer.vpcID))
    try apply(.remove(.loadBalancer(balancer.id)))
  }
}

extension LoadBalancer {
  var isClassic: Bool { generation == .classic }

  /// The hosted zone that an alias to a load balancer names, as AWS's list of endpoints has it; `nil` for a Region of
  /// which we do not know it.
  static func hostedZoneID(in region: Region, isNetwork: Bool) -> String? {
    let zones = hostedZones[region.code]
    return isNetwork ? zones?.network : zones?.other
  }

  private static let hostedZones: [String: (other: String, network: String)] = [
    "ap-northeast-1": ("Z14GRHDCWA56QT", "Z31USIVHYNEOWT"), "ap-northeast-2": ("ZWKZPGTI48KDX", "ZIBE1TIR4HY56"),
    "ap-south-1": ("ZP97RAFLXTNZK", "ZVDDRBQ08TROA"), "ap-southeast-1": ("Z1LMS91P8CMLE5", "ZKVM4W9LS7TM"),
    "ap-southeast-2": ("Z1GM3OXH4ZPM65", "ZCT6FZBF4DROD"), "ca-central-1": ("ZQSVJUPU6J1EY", "Z2EPGBW3API2WT"),
    "eu-central-1": ("Z215JYRZR1TBD5", "Z3F0SRJ5LGBH90"), "eu-west-1": ("Z32O12XQLNTSW2", "Z2IFOLAFXWLO4F"),
    "eu-west-2": ("ZHURV8PSTC4K8", "ZD4D7Y8KGAS4G"), "eu-west-3": ("Z3Q77PNBQS71R4", "Z1CMS0P5QUZ6D5"),
    "sa-east-1": ("Z2P70J7HTTTPLU", "ZTK26PT1VY4CU"), "us-east-1": ("Z35SXDOTRQ7X7K", "Z26RNL4JYFTOTI"),
    "us-east-2": ("Z3AADJGX6KTTL2", "ZLMOA37VPKANP"), "us-west-1": ("Z368ELLRRE2KJ0", "Z24FKFUX50B4VW"),
    "us-west-2": ("Z1H1FL5HABSF5", "Z18D5FSROUN65G"),
  ]
}

extension Parameters {
  /// A load balancer's or target group's name: letters, digits and hyphens within, at most 32.
  func balancerName(_ name: String) throws(AWSError) -> String {
    let text = try required(name)
    guard text.utf8.count <= 32, text.first != "-", text.last != "-",
      text.utf8.allSatisfy({ octet in
        (97...122).contains(octet | 0x20) || (48...57).contains(octet) || octet == 45
      })
    else {
      throw AWSError(
        "ValidationError", "'\(text)' must have at most 32 letters, digits or hyphens, no hyphen first or last")
    }
    return text
  }

  func scheme() throws(AWSError) -> LoadBalancer.Scheme {
    guard let text = text("Scheme") else { return .internetFacing }
    guard let scheme = LoadBalancer.Scheme(rawValue: text) else {
      throw AWSError("InvalidScheme", "The scheme '\(text)' must be internet-facing or internal")
    }
    return scheme
  }

  func newBalancerTags() throws(AWSError) -> [Tag] { try [Tag]().addingToBalancer(balancerTags()) }

  /// Tags, with the codes of Elastic Load Balancing.
  func balancerTags() throws(AWSError) -> [Tag] {
    let tags = try tags("Tags")
    guard Set(tags.map(\.key)).count == tags.count else {
      throw AWSError("DuplicateTagKeys", "A tag key was specified more than once.")
    }
    return tags
  }
}

extension [Tag] {
  /// As `adding`, with the codes of Elastic Load Balancing.
  func addingToBalancer(_ tags: [Tag]) throws(AWSError) -> [Tag] {
    do throws(AWSError) {
      return try adding(tags)
    } catch {
      throw error.code == "TagLimitExceeded" ? AWSError("TooManyTags", error.message) : error
    }
  }
}
