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

/// What is known follows from the resources that are there, whatever came before: who joins an entry can leave it.
struct AddressLedger {
  /// An address has at most one resource and one interface, which show the same address from two sides (S33).
  struct Entry {
    var resource: AddressHolder?
    var interface: ID<NetworkInterface>?
    /// The public address of a private one, and the other way round.
    var partner: IPv4Address?
    /// An association of an Elastic IP address says what the partner is.
    var isAssociated = false
  }

  private var ipv4Entries = HeldAddresses()
  private var ipv6Entries: [Network: [IPv6Address: Entry]] = [:]
  private var holders = NumberedHolders()
  private var vpcs = IDTable<VPC>()
  /// Where the last address was recorded: the next one is mostly there too.
  private var lastVPC: (id: ID<VPC>, number: UInt32)?
  private var regions: [Region] = []

  mutating func reserveCapacity(instances count: Int) {
    holders.reserveCapacity(count)
    // A private and a public one each.
    ipv4Entries.reserveCapacity(2 * count)
  }

  /// EC2-Classic of each Region where somebody has had an address.
  var classicNetworks: [Network] { regions.map { .classic($0) } }
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
      effects.privateAddresses.formUnion(notes.privateAddresses)
      effects.publicAddresses.formUnion(notes.publicAddresses)
      effects.ipv6Addresses = effects.ipv6Addresses || notes.ipv6Addresses
    }
    notes = Notes()
  }

  private mutating func note(_ address: IPv4Address, in network: Network) {
    guard notes != nil else { return }
    let vpcID: ID<VPC>? = if case .vpc(let id) = network { id } else { nil }
    notes?.privateAddresses.insert(Effects.PrivateAddress(vpcID: vpcID, address: address))
  }

  subscript(address: IPv4Address, in network: Network) -> Entry? {
    number(of: network).flatMap { ipv4Entries[HeldAddresses.key($0, address.rawValue)] }.map(entry)
  }
  subscript(address: IPv6Address, in network: Network) -> Entry? { ipv6Entries[network]?[address] }
  subscript(publicAddress address: IPv4Address) -> Entry? { ipv4Entries[publicKey(address)].map(entry) }

  /// Somebody's address of a range, if there is one. Looks at each address of the range.
  func holder(in range: CIDRBlock, of network: Network) -> AddressHolder? {
    guard let number = number(of: network) else { return nil }
    for address in range.address.rawValue...range.last.rawValue {
      if let held = ipv4Entries[HeldAddresses.key(number, address)] { return entry(held).holder }
    }
    return nil
  }

  /// The IPv6 addresses of a network.
  func ipv6Addresses(of network: Network) -> [IPv6Address: Entry] { ipv6Entries[network] ?? [:] }

  mutating func record(_ address: IPv4Address, in network: Network, _ holder: AddressHolder, partner: IPv4Address?) {
    join(HeldAddresses.key(addNumber(of: network), address.rawValue), holder, partner)
    note(address, in: network)
  }

  mutating func record(publicAddress: IPv4Address, _ holder: AddressHolder, partner: IPv4Address?) {
    join(publicKey(publicAddress), holder, partner)
    notes?.publicAddresses.insert(publicAddress)
  }

  mutating func record(_ address: IPv6Address, in network: Network, _ holder: AddressHolder) {
    ipv6Entries[network, default: [:]][address, default: Entry()].join(holder)
    notes?.ipv6Addresses = true
  }

  mutating func release(_ address: IPv4Address, in network: Network, _ holder: AddressHolder) {
    leave(HeldAddresses.key(addNumber(of: network), address.rawValue), holder)
    note(address, in: network)
  }

  mutating func release(publicAddress: IPv4Address, _ holder: AddressHolder) {
    leave(publicKey(publicAddress), holder)
    notes?.publicAddresses.insert(publicAddress)
  }

  mutating func release(_ address: IPv6Address, in network: Network, _ holder: AddressHolder) {
    guard var entry = ipv6Entries[network]?[address] else { return }
    if case .networkInterface = holder { entry.interface = nil } else { entry.resource = nil }
    ipv6Entries[network]?[address] = entry.holder == nil ? nil : entry
    notes?.ipv6Addresses = true
  }

  // MARK: Elastic IP addresses

  /// An Elastic IP address is nobody else's, also while it is associated with nothing.
  mutating func reserve(_ publicAddress: IPv4Address, _ isReserved: Bool) {
    let key = publicKey(publicAddress)
    ipv4Entries.update(key) { $0.isElastic = isReserved }
    removeIfEmpty(key)
    notes?.publicAddresses.insert(publicAddress)
  }

  /// The association of an Elastic IP address with a private one.
  mutating func associate(
    _ publicAddress: IPv4Address, with address: IPv4Address, in network: Network, _ isAssociated: Bool
  ) {
    let keys = [
      (publicKey(publicAddress), address), (HeldAddresses.key(addNumber(of: network), address.rawValue), publicAddress),
    ]
    for (key, partner) in keys {
      ipv4Entries.update(key) { $0.tell(.elasticIP, isAssociated ? partner : nil) }
      removeIfEmpty(key)
    }
    notes?.publicAddresses.insert(publicAddress)
    note(address, in: network)
  }

  // MARK: Numbers instead of networks and holders

  /// Public addresses are one network: no VPC and no Region has its number.
  private func publicKey(_ address: IPv4Address) -> UInt64 { HeldAddresses.key(.max, address.rawValue) }

  /// VPCs have even numbers, Regions odd ones; `nil` for a network without addresses.
  private func number(of network: Network) -> UInt32? {
    switch network {
    case .vpc(let id):
      if let lastVPC, lastVPC.id == id { lastVPC.number } else { vpcs.row(of: id).map { UInt32(2 * $0) } }
    case .classic(let region): regions.firstIndex(of: region).map { UInt32(2 * $0 + 1) }
    }
  }

  private mutating func addNumber(of network: Network) -> UInt32 {
    switch network {
    case .vpc(let id):
      if let lastVPC, lastVPC.id == id { return lastVPC.number }
      let number = UInt32(2 * vpcs.add(id).row)
      lastVPC = (id, number)
      return number
    case .classic(let region):
      if let index = regions.firstIndex(of: region) { return UInt32(2 * index + 1) }
      regions.append(region)
      return UInt32(2 * regions.count - 1)
    }
  }

  private mutating func join(_ key: UInt64, _ holder: AddressHolder, _ partner: IPv4Address?) {
    write(holders.take(holder), holder, key, partner)
  }

  private mutating func leave(_ key: UInt64, _ holder: AddressHolder) {
    guard ipv4Entries[key] != nil else { return }
    write(0, holder, key, nil)
    removeIfEmpty(key)
  }

  /// The number of a holder, or 0, and what he says of the partner.
  private mutating func write(_ number: UInt32, _ holder: AddressHolder, _ key: UInt64, _ partner: IPv4Address?) {
    var old: UInt32 = 0
    ipv4Entries.update(key) { entry in
      if case .networkInterface = holder {
        old = entry.interface
        entry.interface = number
        entry.tell(.interface, partner)
      } else {
        old = entry.resource
        entry.resource = number
        entry.tell(.resource, partner)
      }
    }
    holders.give(back: old)
  }

  private mutating func removeIfEmpty(_ key: UInt64) {
    if let entry = ipv4Entries[key], entry.resource == 0, entry.interface == 0, entry.tellers.isEmpty,
      !entry.isElastic
    {
      ipv4Entries.remove(key)
    }
  }

  private func entry(_ held: HeldAddresses.Entry) -> Entry {
    var entry = Entry()
    if held.resource > 0 { entry.join(holders[held.resource]) }
    if held.interface > 0 { entry.join(holders[held.interface]) }
    if !held.tellers.isEmpty { entry.partner = IPv4Address(rawValue: held.partner) }
    entry.isAssociated = held.tellers.contains(.elasticIP)
    return entry
  }
}

extension AddressLedger.Entry {
  fileprivate mutating func join(_ holder: AddressHolder) {
    switch holder {
    case .networkInterface(let id): interface = id
    case .instance, .dbInstance, .redshiftCluster, .cacheCluster, .loadBalancer: resource = holder
    case .elasticIP: break
    }
  }
}

extension HeldAddresses.Entry {
  /// What one of the tellers says of the partner; all who say something say the same.
  fileprivate mutating func tell(_ teller: HeldAddresses.Tellers, _ partner: IPv4Address?) {
    if let partner {
      self.partner = partner.rawValue
      tellers.insert(teller)
    } else {
      tellers.remove(teller)
    }
  }
}
