// Who holds which address: a private one in its network, a public one anywhere.
import DNSWire

/// What an address belongs to, as a refusal names it.
public enum AddressHolder: Hashable, Sendable {
  case instance(ID<Instance>)
  case networkInterface(ID<NetworkInterface>)
  case elasticIP(IPv4Address)
  case dbInstance(ID<DBInstance>)
  case redshiftCluster(ID<RedshiftCluster>)
  case cacheCluster(ID<CacheCluster>)
  case loadBalancer(ID<LoadBalancer>)
}

extension AddressHolder: CustomStringConvertible {
  public var description: String {
    switch self {
    case .instance(let id): id.rawValue
    case .networkInterface(let id): id.rawValue
    case .elasticIP(let address): "the Elastic IP address \(address)"
    case .dbInstance(let id): "the DB instance \(id)"
    case .redshiftCluster(let id): "the Redshift cluster \(id)"
    case .cacheCluster(let id): "the cache cluster \(id)"
    case .loadBalancer(let id): "the load balancer \(id)"
    }
  }
}

/// A part of the cloud in which a private address is held once.
enum Network: Hashable {
  case vpc(ID<VPC>)
  /// EC2-Classic of a Region is one flat network, whoever owns the instances.
  case classic(Region)

  init(vpcID: ID<VPC>?, region: Region) {
    self = vpcID.map { .vpc($0) } ?? .classic(region)
  }
}

struct AddressLedger {
  /// An address has at most one resource and one interface, which show the same address from two sides (S33).
  struct Entry {
    var resource: AddressHolder?
    var interface: ID<NetworkInterface>?
    /// The public address of a private one, and the other way round.
    var partner: IPv4Address?
  }

  private var privateEntries: [Network: [IPv4Address: Entry]] = [:]
  private var ipv6Entries: [Network: [IPv6Address: Entry]] = [:]
  private var publicEntries: [IPv4Address: Entry] = [:]

  mutating func reserveCapacity(publicAddresses count: Int) { publicEntries.reserveCapacity(count) }

  /// EC2-Classic of each Region where somebody has had an address.
  private(set) var classicNetworks: [Network] = []
  /// Addresses that have been touched, where somebody wants to know.
  private var notes: Notes?

  private struct Notes {
    var privateAddresses: Set<Effects.PrivateAddress> = []
    var publicAddresses: Set<IPv4Address> = []
    var ipv6Addresses = false
  }

  /// Adds what has been touched since the last call; from the first call on it is noted.
  mutating func takeNotes(into effects: inout Effects) {
    if let notes {
      effects.privateAddresses = notes.privateAddresses
      effects.publicAddresses = notes.publicAddresses
      effects.ipv6Addresses = notes.ipv6Addresses
    }
    notes = Notes()
  }

  private mutating func note(_ address: IPv4Address, in network: Network) {
    guard notes != nil else { return }
    let vpcID: ID<VPC>? = if case .vpc(let id) = network { id } else { nil }
    notes?.privateAddresses.insert(Effects.PrivateAddress(vpcID: vpcID, address: address))
  }

  subscript(address: IPv4Address, in network: Network) -> Entry? { privateEntries[network]?[address] }
  subscript(address: IPv6Address, in network: Network) -> Entry? { ipv6Entries[network]?[address] }
  subscript(publicAddress address: IPv4Address) -> Entry? { publicEntries[address] }

  mutating func record(_ address: IPv4Address, in network: Network, _ holder: AddressHolder, partner: IPv4Address?) {
    if case .classic = network, !classicNetworks.contains(network) { classicNetworks.append(network) }
    privateEntries[network, default: [:]][address, default: Entry()].join(holder, partner: partner)
    note(address, in: network)
  }

  mutating func record(_ address: IPv6Address, in network: Network, _ holder: AddressHolder) {
    ipv6Entries[network, default: [:]][address, default: Entry()].join(holder, partner: nil)
    notes?.ipv6Addresses = true
  }

  mutating func record(publicAddress: IPv4Address, _ holder: AddressHolder, partner: IPv4Address?) {
    publicEntries[publicAddress, default: Entry()].join(holder, partner: partner)
    notes?.publicAddresses.insert(publicAddress)
  }

  /// An Elastic IP address that is associated with nothing has an entry without holders.
  mutating func reserve(_ publicAddress: IPv4Address) {
    publicEntries[publicAddress] = Entry()
    notes?.publicAddresses.insert(publicAddress)
  }

  mutating func release(_ address: IPv4Address, in network: Network) {
    privateEntries[network]?[address] = nil
    note(address, in: network)
  }

  mutating func release(publicAddress: IPv4Address) {
    publicEntries[publicAddress] = nil
    notes?.publicAddresses.insert(publicAddress)
  }

  mutating func removePartner(of address: IPv4Address, in network: Network) {
    privateEntries[network]?[address]?.partner = nil
  }
}

extension AddressLedger.Entry {
  mutating func join(_ holder: AddressHolder, partner: IPv4Address?) {
    switch holder {
    case .networkInterface(let id): interface = id
    case .instance, .dbInstance, .redshiftCluster, .cacheCluster, .loadBalancer: resource = holder
    case .elasticIP: break
    }
    if let partner { self.partner = partner }
  }
}
