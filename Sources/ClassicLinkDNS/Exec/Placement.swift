// Where somebody's programs run (semantics 2.1, 2.4): the addresses of his machine, the resolvers that he reaches, and
// what DHCP has told the machine.
import Cloud
import DNSWire
import Resolution
import Transport
import WorldFile

/// A machine as a program on it sees it. As JSON, a page of the API.
struct Placement: Codable, Sendable {
  /// An instance, or as whom else the program asks.
  var who: String
  /// `classic`, the id of a VPC, or `any` for a host on the internet.
  var network: String
  /// The primary one first: questions come from there.
  var addresses: [String]
  /// Amazon's resolvers that are reached from there.
  var resolvers: [String]
  /// What DHCP hands out: the servers of resolv.conf.
  var nameServers: [String]
  /// The search domain, where DHCP hands one out.
  var domain: String?
  /// What a reader would stumble over.
  var notes: [String] = []

  init(_ who: String, in network: String, addresses: [IPAddress], resolvers: [IPAddress], domain: String?) {
    self.who = who
    self.network = network
    self.addresses = addresses.map(\.description)
    self.resolvers = resolvers.map(\.description)
    nameServers = resolvers.prefix(1).map(\.description)
    self.domain = domain
  }

  /// A network as a listener has it.
  static func scope(of network: String) -> Listener.Scope {
    switch network {
    case "classic": .classic
    case "any": .automatic
    default: .vpc(network)
    }
  }

  /// The text of /etc/resolv.conf.
  var resolverText: String {
    let servers = nameServers.map { "nameserver \($0)\n" }.joined()
    let search = domain.map { "search \($0)\n" } ?? ""
    return "# \(who), by classiclink-dns exec\n\(servers)\(search)"
  }
}

/// Why nobody can be there.
struct PlacementProblem: Error, Sendable, CustomStringConvertible {
  let description: String
}

extension Placement {
  /// A host on the internet and its provider's resolver, of the ranges for documentation (RFC 5737).
  private static let internetHost = IPAddress.v4(IPv4Address(192, 0, 2, 10))
  private static let internetResolver = IPAddress.v4(IPv4Address(192, 0, 2, 53))
  /// Addresses that are tried for a host that is no instance: a range may be full.
  private static let hostTries: UInt32 = 65_536

  /// The machine of `who`.
  init(_ who: Who, in world: borrowing World, _ tables: borrowing Tables) throws(PlacementProblem) {
    switch who {
    case .resource(let id):
      if let vpc = world.vpcs[ID(id)] {
        self = try Self.host(in: vpc, world, tables)
      } else {
        self = try Self.machine(of: Self.instance(id, in: world), world)
      }
    case .source(let address): self = try Self.machine(at: address, world)
    case .classic: self = try Self.classicHost(world, tables)
    case .internet:
      self.init(
        "the internet", in: "any", addresses: [Self.internetHost], resolvers: [Self.internetResolver], domain: nil)
    }
  }

  private static func instance(_ id: String, in world: borrowing World) throws(PlacementProblem) -> Instance {
    if let instance = world.instances[ID(id)] { return instance }
    let known = world.instances.values.lazy.filter { $0.state == .running }.map(\.id.rawValue)
    let near = nearestKey(to: id, among: known).map { " (is it \($0)?)" } ?? ""
    let some = known.sorted().prefix(instancesShown)
    let list = some.isEmpty ? "none" : some.joined(separator: ", ") + (known.count > some.count ? ", …" : "")
    throw PlacementProblem(description: "the world has no instance or VPC \(id)\(near); running: \(list)")
  }

  /// Instances that a refusal names.
  private static let instancesShown = 10

  private static func machine(of instance: Instance, _ world: borrowing World) throws(PlacementProblem) -> Placement {
    guard instance.state == .running else {
      throw PlacementProblem(description: "\(instance.id) is \(instance.state.rawValue): nothing runs on it")
    }
    let own = instance.addresses.map { IPAddress.v4($0.privateAddress) } + instance.ipv6Addresses.map { .v6($0) }
    guard !own.isEmpty else { throw PlacementProblem(description: "\(instance.id) has no private address") }
    guard let vpc = instance.vpcID.flatMap({ world.vpcs[$0] }) else {
      return Placement(
        instance.id.rawValue, in: "classic", addresses: own, resolvers: [.v4(ResolverAddress.classic)],
        domain: domain(of: instance.region))
    }
    return Self(instance.id.rawValue, own, in: vpc, world)
  }

  /// A machine in a VPC, with what its DHCP options say.
  private init(_ who: String, _ own: [IPAddress], in vpc: VPC, _ world: borrowing World) {
    let base = IPAddress.v4(ResolverAddress.basePlusTwo(of: vpc))
    var resolvers = [base, .v4(ResolverAddress.linkLocal)]
    if own.contains(where: \.isV6) { resolvers.append(.v6(ResolverAddress.linkLocalIPv6)) }
    self.init(
      who, in: vpc.id.rawValue, addresses: own, resolvers: resolvers, domain: Self.domain(of: vpc.region))
    if !vpc.enableDnsSupport { notes.append("\(vpc.id) has EnableDnsSupport off: its resolver answers nobody") }
    guard let id = vpc.dhcpOptionsID else { return }
    let options = world.dhcpOptions[id]?.configurations ?? [:]
    domain = options["domain-name"]?.joined(separator: " ")
    nameServers = (options["domain-name-servers"] ?? []).map { $0 == "AmazonProvidedDNS" ? base.description : $0 }
    if nameServers.isEmpty { notes.append("the DHCP options \(id) of \(vpc.id) name no DNS server") }
  }

  private static func domain(of region: Region) -> String {
    var text = RegionSuffixes(region).privateDomain.description
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  /// An instance's address, or one of the range of one VPC.
  private static func machine(at address: IPAddress, _ world: borrowing World) throws(PlacementProblem) -> Placement {
    let instances = world.instances.values.filter { instance in
      switch address {
      case .v4(let v4): instance.addresses.contains { $0.privateAddress == v4 }
      case .v6(let v6): instance.ipv6Addresses.contains(v6)
      }
    }
    if let one = instances.first, instances.count == 1 { return try machine(of: one, world) }
    guard instances.isEmpty else {
      let ids = instances.map(\.id.rawValue).sorted().joined(separator: ", ")
      throw PlacementProblem(description: "\(address) is the address of several: say which one, \(ids)")
    }
    let vpcs = world.vpcs.values.filter { vpc in
      switch address {
      case .v4(let v4): vpc.cidrBlocks.contains { $0.contains(v4) }
      case .v6(let v6): vpc.ipv6CIDRBlocks.contains { $0.contains(v6) }
      }
    }
    if let vpc = vpcs.first, vpcs.count == 1 { return Self("\(address)", [address], in: vpc, world) }
    let reason = vpcs.isEmpty ? "no instance and no VPC of the world has" : "several VPCs have"
    throw PlacementProblem(description: "\(reason) the address \(address): name an instance or a VPC")
  }

  // Somebody who is no instance has an address that nobody else has.

  private static func host(
    in vpc: VPC, _ world: borrowing World, _ tables: borrowing Tables
  ) throws(PlacementProblem) -> Placement {
    guard let network = tables.network(vpcID: vpc.id.rawValue) else {
      throw PlacementProblem(description: "the world has no VPC \(vpc.id)")
    }
    let last = vpc.cidrBlock.last.rawValue
    // The last address of a range is reserved, and the first four are.
    let first = max(vpc.cidrBlock.address.rawValue + 4, last - min(last, hostTries))
    for number in (first..<last).reversed() {
      let address = IPAddress.v4(IPv4Address(rawValue: number))
      guard case .vpcHost = tables.asker(source: address, network: network).kind else { continue }
      return Self("a host in \(vpc.id)", [address], in: vpc, world)
    }
    throw PlacementProblem(description: "\(vpc.id) has no address that is free")
  }

  private static func classicHost(
    _ world: borrowing World, _ tables: borrowing Tables
  ) throws(PlacementProblem) -> Placement {
    let last = CIDRBlock.ec2Classic.last.rawValue
    for number in ((last - hostTries)..<last).reversed() {
      let address = IPAddress.v4(IPv4Address(rawValue: number))
      guard case .classicHost = tables.asker(source: address, network: .classic).kind else { continue }
      let region = world.instances.values.first { $0.isClassic }?.region ?? .usEast1
      return Placement(
        "a host in EC2-Classic", in: "classic", addresses: [address], resolvers: [.v4(ResolverAddress.classic)],
        domain: domain(of: region))
    }
    throw PlacementProblem(description: "EC2-Classic has no address that is free")
  }
}

extension Placement {
  /// The addresses that a program there gets for a name.
  func addresses(of name: Name, _ snapshot: Snapshot) throws(PlacementProblem) -> [IPAddress] {
    guard let own = addresses.first.flatMap({ IPAddress($0) }) else { return [] }
    let network: Network =
      switch Self.scope(of: network) {
      case .classic: .classic
      case .automatic: .any
      case .vpc(let id): snapshot.tables.network(vpcID: id) ?? .any
      }
    let asker = snapshot.tables.asker(source: own, network: network)
    for type in [RecordType.a, .aaaa] {
      let explanation = snapshot.explain(asker, in: network, name: name, type: type)
      let found = explanation.answer.filter { $0.type == type }.compactMap { IPAddress(octets: $0.data) }
      if !found.isEmpty { return found }
    }
    throw PlacementProblem(description: "\(who) gets no address for \(name)")
  }
}

extension IPAddress {
  /// The data of an A or AAAA record.
  fileprivate init?(octets: [UInt8]) {
    switch octets.count {
    case 4: self = .v4(IPv4Address(rawValue: octets.reduce(0) { $0 << 8 | UInt32($1) }))
    case 16: self = .v6(IPv6Address(rawValue: octets.reduce(0) { $0 << 8 | UInt128($1) }))
    default: return nil
    }
  }
}
