// Launching instances, in EC2-Classic or in a subnet: what an instance is made of, whoever asks for it.
import Cloud
import DNSWire

/// Everything about an instance that is going to be.
struct Launch: Sendable {
  /// `nil`: EC2-Classic.
  var subnet: Subnet?
  var availabilityZone: String
  var instanceType = Launch.defaultInstanceType
  var securityGroupIDs: [ID<SecurityGroup>] = []
  /// In a subnet only.
  var privateAddress: IPv4Address?
  /// Always in EC2-Classic.
  var hasPublicAddress = true
  var privateDnsNameOptions: PrivateDnsNameOptions?
  var tags: [Tag] = []
  var interfaceTags: [Tag] = []
  var interfaceDescription = ""
  /// What DescribeInstances prints beside, and `AssociatePublicIpAddress`, which each start in a VPC asks for.
  var details: Details = [:]

  /// Octets of a type; AWS's longest has some 20.
  private static let longestType = 64
  /// AWS's own default.
  static let defaultInstanceType = "m1.small"
  /// The families that EC2-Classic has (semantics 4.5); others need a VPC.
  private static let classicFamilies: Set<String> = [
    "m1", "m3", "t1", "c1", "c3", "cc2", "cr1", "m2", "r3", "d2", "hs1", "i2", "g2",
  ]

  init(subnet: Subnet?, availabilityZone: String) {
    self.subnet = subnet
    self.availabilityZone = availabilityZone
  }

  /// - Throws: `VPCResourceNotSpecified` for a type that needs a VPC (S71).
  static func check(instanceType: String, isClassic: Bool) throws(AWSError) {
    let parts = instanceType.split(separator: ".", omittingEmptySubsequences: false)
    guard instanceType.utf8.count <= longestType, parts.count == 2,
      parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0.isASCII && !$0.isWhitespace } })
    else {
      throw .invalid("InstanceType", instanceType, "it is a family and a size, such as m1.small")
    }
    guard !isClassic || classicFamilies.contains(String(parts[0])) else {
      throw AWSError(
        "VPCResourceNotSpecified",
        "The specified instance type can only be used in a VPC. A subnet ID or network interface ID is required to "
          + "carry out the request.")
    }
  }
}

extension Call {
  /// Makes an instance that runs, with its addresses and, in a VPC, its network interface.
  mutating func launch(_ launch: Launch, as id: ID<Instance>) throws(AWSError) {
    var instance = Instance(id: id, region: caller.region, ownerID: caller.account)
    instance.vpcID = launch.subnet?.vpcID
    instance.subnetID = launch.subnet?.id
    instance.availabilityZone = launch.availabilityZone
    instance.instanceType = launch.instanceType
    instance.securityGroupIDs = launch.securityGroupIDs.sorted()
    instance.privateDnsNameOptions = launch.privateDnsNameOptions
    instance.tags = launch.tags
    instance.details = launch.details
    instance.details["LaunchTime"] = .text(now.description)
    guard let subnet = launch.subnet else {
      instance.addresses = [try classicAddresses()]
      return try apply(.addInstance(instance))
    }
    let privateAddress: IPv4Address
    if let given = launch.privateAddress {
      try Allocator.check(given, in: subnet)
      privateAddress = given
    } else {
      privateAddress = try allocator.privateAddress(in: subnet, world)
    }
    var pair = AddressPair(privateAddress: privateAddress, publicAddress: nil)
    if launch.hasPublicAddress {
      pair.publicAddress = try allocator.publicAddress(.vpc, world)
      instance.details[Launch.publicAddressMember] = .boolean(true)
    }
    instance.addresses = [pair]
    try apply(.addInstance(instance))
    var interface = NetworkInterface(id: allocator.id("eni"), vpcID: subnet.vpcID)
    interface.subnetID = subnet.id
    interface.networkInterfaceDescription = launch.interfaceDescription
    interface.addresses = Array(instance.addresses)
    interface.securityGroupIDs = instance.securityGroupIDs
    interface.instanceID = id
    interface.tags = launch.interfaceTags
    try apply(.addNetworkInterface(interface))
  }

  /// A pair of addresses of EC2-Classic, other ones at each start (semantics 4.5).
  mutating func classicAddresses() throws(AWSError) -> AddressPair {
    AddressPair(
      privateAddress: try allocator.classicAddress(in: caller.region, world),
      publicAddress: try allocator.publicAddress(.standard, world))
  }
}

extension Launch {
  /// The detail that tells whether an instance in a VPC gets a public address when it starts.
  static let publicAddressMember = "AssociatePublicIpAddress"
}
