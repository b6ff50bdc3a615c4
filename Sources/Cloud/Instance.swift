// An EC2 instance, in EC2-Classic or in a VPC, and the addresses it holds.
import DNSWire

/// Which private hostnames an instance has (semantics 2.3).
public struct PrivateDnsNameOptions: Hashable, Sendable {
  public enum HostnameType: String, Hashable, Sendable {
    case ipName = "ip-name"
    case resourceName = "resource-name"
  }
  public var hostnameType = HostnameType.ipName
  public var enableResourceNameDnsARecord = false
  public var enableResourceNameDnsAAAARecord = false
  public init() {}
}

/// A private IPv4 address with the public one that is mapped to it.
public struct AddressPair: Hashable, BitwiseCopyable, Sendable {
  public var privateAddress: IPv4Address
  public var publicAddress: IPv4Address?
  public init(privateAddress: IPv4Address, publicAddress: IPv4Address?) {
    self.privateAddress = privateAddress
    self.publicAddress = publicAddress
  }
}

public struct Instance: Hashable, Sendable {
  /// Terminated instances are not part of a world.
  public enum State: String, Hashable, Sendable {
    case pending, running, stopping, stopped
    case shuttingDown = "shutting-down"
  }

  public var id: ID<Instance>
  public var region: Region
  public var ownerID: String
  public var state = State.running
  /// `nil`: the instance is in EC2-Classic.
  public var vpcID: ID<VPC>?
  public var subnetID: ID<Subnet>?
  /// The primary address first. In EC2-Classic at most one.
  public var addresses: AddressPairs = []
  private var box: Box?

  public init(id: ID<Instance>, region: Region, ownerID: String) {
    self.id = id
    self.region = region
    self.ownerID = ownerID
  }

  /// Never in EC2-Classic (S8).
  public var ipv6Addresses: [IPv6Address] {
    get { description?.ipv6Addresses ?? [] }
    set { describe { $0.ipv6Addresses = newValue } }
  }
  /// `nil`: what the subnet says, else the defaults.
  public var privateDnsNameOptions: PrivateDnsNameOptions? {
    get { description?.privateDnsNameOptions }
    set { describe { $0.privateDnsNameOptions = newValue } }
  }
  public var securityGroupIDs: [ID<SecurityGroup>] {
    get { description?.securityGroupIDs ?? [] }
    set { describe { $0.securityGroupIDs = newValue } }
  }
  public var instanceType: String? {
    get { description?.instanceType }
    set { describe { $0.instanceType = newValue } }
  }
  public var availabilityZone: String? {
    get { description?.availabilityZone }
    set { describe { $0.availabilityZone = newValue } }
  }
  public var tags: [Tag] {
    get { description?.tags ?? [] }
    set { describe { $0.tags = newValue } }
  }
  /// What AWS's describe call prints beside, by its member names; no answer depends on it.
  public var details: Details {
    get { description?.details ?? [:] }
    set { describe { $0.details = newValue } }
  }

  public var isClassic: Bool { vpcID == nil }
  public var privateIPAddress: IPv4Address? { addresses.first?.privateAddress }
  public var publicIPAddress: IPv4Address? { addresses.first?.publicAddress }
}

extension Instance {
  /// What a generated world says of none of its instances: one reference instead of seven fields, because a world holds
  /// a million of them, and each copy counts its references.
  fileprivate struct Description: Hashable, Sendable {
    var ipv6Addresses: [IPv6Address] = []
    var privateDnsNameOptions: PrivateDnsNameOptions?
    var securityGroupIDs: [ID<SecurityGroup>] = []
    var instanceType: String?
    var availabilityZone: String?
    var tags: [Tag] = []
    var details: Details = [:]
  }

  /// A description elsewhere in the memory.
  fileprivate indirect enum Box: Hashable, Sendable { case of(Description) }

  private var description: Description? { if case .of(let description)? = box { description } else { nil } }

  private mutating func describe(_ change: (inout Description) -> Void) {
    var new = description ?? Description()
    change(&new)
    box = new == Description() ? nil : .of(new)
  }
}

/// A link of a running EC2-Classic instance to a VPC (S1, S2).
public struct ClassicLink: Hashable, Sendable {
  public var instanceID: ID<Instance>
  public var vpcID: ID<VPC>
  /// Groups of the VPC, at least one; fixed while the link lasts (S40).
  public var securityGroupIDs: [ID<SecurityGroup>]

  public init(instanceID: ID<Instance>, vpcID: ID<VPC>, securityGroupIDs: [ID<SecurityGroup>]) {
    self.instanceID = instanceID
    self.vpcID = vpcID
    self.securityGroupIDs = securityGroupIDs
  }
}

/// An Elastic IP address, associated or not.
public struct ElasticIP: Hashable, Sendable {
  public enum Domain: String, Hashable, Sendable { case standard, vpc }
  public var publicIP: IPv4Address
  public var region: Region
  public var ownerID = Account.usual
  public var domain: Domain
  public var allocationID: String?
  public var instanceID: ID<Instance>?
  public var networkInterfaceID: ID<NetworkInterface>?
  public var privateIPAddress: IPv4Address?
  public var tags: [Tag] = []

  public init(publicIP: IPv4Address, region: Region, domain: Domain) {
    self.publicIP = publicIP
    self.region = region
    self.domain = domain
  }
}

/// An elastic network interface; the ones of services carry a telling description (S33).
public struct NetworkInterface: Hashable, Sendable {
  public var id: ID<NetworkInterface>
  public var vpcID: ID<VPC>
  public var subnetID: ID<Subnet>?
  public var networkInterfaceDescription = ""
  public var addresses: [AddressPair] = []
  public var ipv6Addresses: [IPv6Address] = []
  public var securityGroupIDs: [ID<SecurityGroup>] = []
  public var instanceID: ID<Instance>?
  public var tags: [Tag] = []

  public init(id: ID<NetworkInterface>, vpcID: ID<VPC>) {
    self.id = id
    self.vpcID = vpcID
  }
}
