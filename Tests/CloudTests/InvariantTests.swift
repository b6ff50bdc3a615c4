// Random changes never lead to a world that AWS could not have: judged by a checker that shares no code with the model.
import Cloud
import DNSWire
import Testing

/// Changes of one sequence.
private let steps = 300

@Suite struct InvariantTests {
  @Test(arguments: 0..<100)
  func randomChangesKeepTheInvariants(_ seed: Int) {
    var dice = Dice(seed: UInt64(seed))
    var world = World()
    var accepted = 0
    for _ in 0..<steps {
      let change = randomChange(&dice, world)
      do {
        try world.apply(change)
        accepted += 1
      } catch {
        #expect(!error.description.isEmpty)
      }
      let breaches = breaches(of: world)
      #expect(breaches.isEmpty, "seed \(seed), after \(change)")
      if !breaches.isEmpty { return }
    }
    #expect(accepted > 30)  // the dice must not roll only nonsense
  }

  /// The sequences reach the states that the checker looks at.
  @Test func theDiceReachLinksAndRefusals() {
    var links = 0
    var reasons: Set<String> = []
    for seed in 0..<60 {
      var dice = Dice(seed: UInt64(seed))
      var world = World()
      for _ in 0..<steps {
        do { try world.apply(randomChange(&dice, world)) } catch {
          reasons.insert(String("\(error.reason)".filter { !$0.isNumber }))
        }
        links += world.classicLinks.count
      }
    }
    #expect(links > 1000, "\(links)")
    #expect(reasons.count > 60, "\(reasons.count)")
  }
}

/// SplitMix64.
struct Dice: RandomNumberGenerator {
  var state: UInt64

  /// The seed is mixed before it is used: states that differ by a multiple of the step below would give every seed
  /// the same numbers, shifted.
  init(seed: UInt64) {
    state = seed
    state = next()
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  mutating func roll(_ sides: Int) -> Int { Int.random(in: 0..<sides, using: &self) }
  mutating func chance(_ one: Int) -> Bool { roll(one) == 0 }
  mutating func pick<T>(_ items: [T]) -> T { items[roll(items.count)] }
  /// A few ids only, so that changes meet.
  mutating func id(_ prefix: String) -> String { "\(prefix)-\(roll(5))" }
}

let cidrs = ["10.0.0.0/16", "10.1.0.0/16", "10.0.128.0/17", "10.2.0.0/16", "172.31.0.0/16", "192.168.0.0/24"]

func privateAddress(_ dice: inout Dice) -> IPv4Address {
  address(dice.pick(["10.0.0.", "10.0.200.", "10.1.0.", "10.2.0.", "172.31.0.", "192.168.0."]) + "\(4 + dice.roll(6))")
}
func publicAddress(_ dice: inout Dice) -> IPv4Address { address("203.0.113.\(dice.roll(12))") }

private func region(_ dice: inout Dice) -> Region { dice.chance(8) ? Region("eu-west-1") : .usEast1 }

func somePair(_ dice: inout Dice) -> AddressPair {
  AddressPair(
    privateAddress: privateAddress(&dice), publicAddress: dice.chance(2) ? publicAddress(&dice) : nil)
}

func options(_ dice: inout Dice) -> VPCPeeringConnection.Options {
  var options = VPCPeeringConnection.Options()
  options.allowDnsResolutionFromRemoteVpc = dice.chance(3)
  options.allowEgressFromLocalClassicLinkToRemoteVpc = dice.chance(4)
  options.allowEgressFromLocalVpcToRemoteClassicLink = dice.chance(3)
  return options
}

/// A link that may well be accepted: an EC2-Classic instance, an enabled VPC and its groups, from what there is.
private func likelyLink(_ dice: inout Dice, _ world: World) -> Change {
  let instances = world.instances.values.filter { $0.vpcID == nil }.map { $0.id }.sorted()
  let groups = world.securityGroups.values.filter { $0.vpcID.flatMap { world.vpcs[$0] }?.classicLinkEnabled == true }
  let sorted = groups.sorted { $0.id < $1.id }
  guard !instances.isEmpty, !sorted.isEmpty else { return .addInstance(classic(dice.id("i"))) }
  let group = dice.pick(sorted)
  return .attachClassicLink(
    ClassicLink(
      instanceID: dice.pick(instances), vpcID: group.vpcID ?? ID("vpc-none"), securityGroupIDs: [group.id]))
}

/// Adding and the changes of attributes; now and then something that is there is replaced or removed.
func randomChange(_ dice: inout Dice, _ world: World) -> Change {
  if dice.chance(3) { return randomReplacement(&dice, world) }
  switch dice.roll(38) {
  case 0, 1, 2:
    return .addVPC(
      vpc(dice.id("vpc"), dice.pick(cidrs)) {
        $0.region = region(&dice)
        $0.classicLinkEnabled = dice.chance(2)
        if dice.chance(4) { $0.secondaryCIDRBlocks = [range(dice.pick(cidrs))] }
        if dice.chance(6) { $0.instanceTenancy = .dedicated }
      })
  case 3:
    return .addSubnet(
      subnet(dice.id("subnet"), dice.id("vpc"), dice.pick(["10.0.0.0/24", "10.0.0.0/20", "172.31.0.0/20"])) {
        if dice.chance(2) { $0.availabilityZone = dice.pick(["a", "b"]) }
        if dice.chance(2) { $0.privateDnsNameOptionsOnLaunch = PrivateDnsNameOptions() }
      })
  case 4, 5:
    return .addRouteTable(
      table(
        dice.id("rtb"), dice.id("vpc"),
        dice.pick([[], [("10.0.0.0/16", "local")], [("10.5.0.0/16", "pcx-1")], [("10.0.0.0/8", "local")]])
      ) {
        $0.isMain = dice.chance(3)
        if dice.chance(3) { $0.subnetIDs = [ID(dice.id("subnet"))] }
      })
  case 6, 7, 8:
    return .addSecurityGroup(
      group(dice.id("sg"), dice.chance(5) ? nil : dice.id("vpc")) {
        if dice.chance(4) { $0.name = "default" }
        if dice.chance(3) { $0.ingress = [permission(dice.id("sg"))] }
      })
  case 9, 10, 11:
    return .addInstance(
      classic(dice.id("i"), somePair(&dice)) {
        $0.region = region(&dice)
        if dice.chance(4) { $0.state = .stopped }
        if dice.chance(8) { $0.ipv6Addresses = [address6("2001:db8::1")] }
        if dice.chance(8) { $0.ownerID = "999999999999" }
        if dice.chance(2) { $0.availabilityZone = dice.pick(["a", "b"]) }
        if dice.chance(4) { $0.securityGroupIDs = [ID(dice.id("sg"))] }
      })
  case 12, 13:
    return .addInstance(
      inside(dice.id("vpc"), dice.id("i"), somePair(&dice), somePair(&dice)) {
        $0.region = region(&dice)
        if dice.chance(3) { $0.addresses = AddressPairs($0.addresses.dropLast()) }
        if dice.chance(4) { $0.securityGroupIDs = [ID(dice.id("sg"))] }
        if dice.chance(4) { $0.subnetID = ID(dice.id("subnet")) }
      })
  case 14, 15:
    return .addNetworkInterface(
      interface(dice.id("eni"), dice.id("vpc"), somePair(&dice), of: dice.chance(2) ? dice.id("i") : nil))
  case 16, 17:
    var elastic = ElasticIP(publicIP: publicAddress(&dice), region: .usEast1, domain: dice.pick([.standard, .vpc]))
    if dice.chance(2) { elastic.instanceID = ID(dice.id("i")) }
    if dice.chance(3) { elastic.networkInterfaceID = ID(dice.id("eni")) }
    return .addElasticIP(elastic)
  case 18, 19, 20:
    return likelyLink(&dice, world)
  case 21:
    return .attachClassicLink(
      ClassicLink(
        instanceID: ID(dice.id("i")), vpcID: ID(dice.id("vpc")),
        securityGroupIDs: (0..<dice.roll(3)).map { _ in ID(dice.id("sg")) }))
  case 22:
    return .addPeering(
      peering(dice.id("pcx"), dice.id("vpc"), dice.id("vpc")) {
        ($0.requester.options, $0.accepter.options) = (options(&dice), options(&dice))
        if dice.chance(4) { $0.status = dice.pick(["pending-acceptance", "deleted"]) }
      })
  case 23:
    return .addDBInstance(
      database(dice.id("db"), dice.chance(4) ? nil : dice.id("vpc")) {
        $0.endpoint = name("\(dice.id("end")).example")
        if dice.chance(3) { $0.clusterID = ID(dice.id("cluster")) }
        if dice.chance(2) { $0.privateIPAddress = privateAddress(&dice) }
        if dice.chance(2) { $0.publicIPAddress = publicAddress(&dice) }
        if dice.chance(2) { ($0.multiAZ, $0.standbyPrivateIPAddress) = (true, privateAddress(&dice)) }
      })
  case 24:
    var cache = CacheCluster(id: ID(dice.id("cache")), region: .usEast1)
    cache.vpcID = dice.chance(4) ? nil : ID(dice.id("vpc"))
    cache.configurationEndpoint = name("\(dice.id("end")).example")
    var node = CacheCluster.Node(id: "0001")
    node.privateIPAddress = privateAddress(&dice)
    if dice.chance(3) { node.publicIPAddress = publicAddress(&dice) }
    cache.nodes = [node]
    return .addCacheCluster(cache)
  case 25: return .addHostedZone(privateZone(dice.id("Z"), dice.pick(["corp", "a.corp"]), dice.id("vpc")))
  case 26: return .enableClassicLink(ID(dice.id("vpc")))
  case 27: return .disableClassicLink(ID(dice.id("vpc")))
  case 28: return .detachClassicLink(ID(dice.id("i")), ID(dice.id("vpc")))
  case 29:
    return .modifyPeeringOptions(
      ID(dice.id("pcx")), requester: dice.chance(2) ? options(&dice) : nil, accepter: options(&dice))
  case 30: return .startInstance(ID(dice.id("i")), addresses: dice.chance(2) ? somePair(&dice) : nil)
  case 31: return .stopInstance(ID(dice.id("i")))
  case 32: return .failover(ID(dice.id("db")))
  case 33:
    var balancer = LoadBalancer(
      id: ID(dice.id("lb")), region: .usEast1, dnsName: name("\(dice.id("lb")).elb.example"),
      scheme: .internetFacing, generation: .classic)
    balancer.vpcID = dice.chance(4) ? nil : ID(dice.id("vpc"))
    if dice.chance(2) { balancer.instanceIDs = [ID(dice.id("i"))] }
    if dice.chance(3) { balancer.privateAddresses = [privateAddress(&dice)] }
    return .addLoadBalancer(balancer)
  case 34:
    var cluster = DBCluster(id: ID(dice.id("cluster")), region: .usEast1)
    cluster.endpoint = name("\(dice.id("end")).example")
    cluster.members = Set((0..<dice.roll(3)).map { _ in dice.id("db") }).sorted()
      .map { DBCluster.Member(instanceID: ID($0), isWriter: $0 == "db-1") }
    return .addDBCluster(cluster)
  case 35:
    let identity: Requester.Identity = dice.pick([
      .instance(ID(dice.id("i"))), .vpc(ID(dice.id("vpc"))), .classic(region(&dice)), .internet,
    ])
    return .addRequester(Requester(source: .v4(range("127.0.0.\(dice.roll(5))/32")), identity: identity))
  case 36:
    var rule = ResolverRule(id: ID(dice.id("rslvr")), domainName: name(dice.pick(["corp", "a.corp"])), kind: .system)
    if dice.chance(2) { rule.vpcIDs = [ID(dice.id("vpc"))] }
    return .addResolverRule(rule)
  case 37:
    return dice.chance(2)
      ? .setResolverConfig(ResolverConfig(vpcID: ID(dice.id("vpc")), autodefinedReverse: dice.chance(2)))
      : .addStored(StoredResource(.targetGroup, dice.id("tg")))
  default:
    return .modifyVPCAttribute(
      ID(dice.id("vpc")), dice.chance(2) ? .enableDnsHostnames(dice.chance(2)) : .enableDnsSupport(dice.chance(3)))
  }
}

// MARK: The checker

/// What AWS could not have, in words; empty for a world that holds.
private func breaches(of world: World) -> [String] {
  linkBreaches(world) + vpcBreaches(world) + addressBreaches(world) + otherBreaches(world)
}

private func linkBreaches(_ world: World) -> [String] {
  var found: [String] = []
  for (id, link) in world.classicLinks {
    guard let instance = world.instances[id], let vpc = world.vpcs[link.vpcID] else {
      found.append("\(id): the link dangles")
      continue
    }
    if instance.vpcID != nil { found.append("\(id): linked and in a VPC") }
    if instance.state != .running { found.append("\(id): linked and \(instance.state)") }
    if !vpc.classicLinkEnabled { found.append("\(id): linked to a VPC that is not enabled") }
    if vpc.region != instance.region || vpc.ownerID != instance.ownerID { found.append("\(id): linked too far") }
    if link.securityGroupIDs.isEmpty { found.append("\(id): linked without a group") }
    for group in link.securityGroupIDs where world.securityGroups[group]?.vpcID != link.vpcID {
      found.append("\(id): linked with \(group)")
    }
  }
  return found
}

private func vpcBreaches(_ world: World) -> [String] {
  var found: [String] = []
  let inTen = { (range: CIDRBlock) in range.address.octet(0) == 10 }
  let isAllowed = { (range: CIDRBlock) in !inTen(range) || range.address.octet(1) <= 1 }
  for vpc in world.vpcs.values where vpc.classicLinkEnabled {
    if vpc.instanceTenancy != .default { found.append("\(vpc.id): enabled and dedicated") }
    if !vpc.cidrBlocks.allSatisfy(isAllowed) { found.append("\(vpc.id): enabled with \(vpc.cidrBlocks)") }
  }
  var reached = Set(world.vpcs.values.filter { $0.classicLinkEnabled }.map { $0.id })
  for peering in world.peerings.values where peering.status == "active" {
    for side in [peering.requester, peering.accepter] {
      if side.options.allowEgressFromLocalVpcToRemoteClassicLink { reached.insert(side.vpcID) }
    }
    guard let one = world.vpcs[peering.requester.vpcID], let other = world.vpcs[peering.accepter.vpcID] else {
      found.append("\(peering.id): dangles")
      continue
    }
    for a in one.cidrBlocks { for b in other.cidrBlocks where a.overlaps(b) { found.append("\(peering.id): overlap") } }
    let classic = [peering.requester.options, peering.accepter.options].contains {
      $0.allowEgressFromLocalClassicLinkToRemoteVpc || $0.allowEgressFromLocalVpcToRemoteClassicLink
    }
    if classic, one.region != other.region { found.append("\(peering.id): ClassicLink across Regions") }
  }
  for balancer in world.loadBalancers.values {
    for id in balancer.instanceIDs where !isReached(world.instances[id], by: balancer, world) {
      found.append("\(balancer.id): \(id)")
    }
  }
  for table in world.routeTables.values {
    let automatic = table.routes.filter { $0.destination == range("10.0.0.0/8") && $0.target == "local" }
    if automatic.count != (reached.contains(table.vpcID) ? 1 : 0) { found.append("\(table.id): route to Classic") }
    if reached.contains(table.vpcID), table.routes.contains(where: { inTen($0.destination) && $0.target != "local" }) {
      found.append("\(table.id): conflicting route")
    }
  }
  let subnets = Array(world.subnets.values)
  for (index, one) in subnets.enumerated() {
    guard let block = one.cidrBlock, let vpc = world.vpcs[one.vpcID] else { continue }
    if !vpc.cidrBlocks.contains(where: { $0.contains(block) }) { found.append("\(one.id): outside") }
    for other in subnets[(index + 1)...] where other.vpcID == one.vpcID && other.cidrBlock?.overlaps(block) == true {
      found.append("\(one.id): overlaps \(other.id)")
    }
  }
  return found
}

/// S25.
private func isReached(_ instance: Instance?, by balancer: LoadBalancer, _ world: World) -> Bool {
  guard let instance else { return false }
  if instance.vpcID == balancer.vpcID { return true }
  let zones = world.subnets.values.filter { $0.vpcID == balancer.vpcID }.compactMap(\.availabilityZone)
  return instance.vpcID == nil && world.classicLinks[instance.id]?.vpcID == balancer.vpcID
    && instance.availabilityZone.map(zones.contains) == true
}

/// Who shows an address: a resource, or an interface of an instance or of a service.
private struct Shown {
  var who: String
  var network: String
  var isInterface: Bool
  var instance: String?
  var pair: (IPv4Address?, IPv4Address?)
}

private func shownAddresses(_ world: World) -> [Shown] {
  var shown: [Shown] = []
  let network = { (vpc: ID<VPC>?, region: Region) in vpc?.rawValue ?? "classic \(region)" }
  for one in world.instances.values {
    for pair in one.addresses {
      shown.append(
        Shown(
          who: one.id.rawValue, network: network(one.vpcID, one.region), isInterface: false,
          instance: one.id.rawValue, pair: (pair.privateAddress, pair.publicAddress)))
    }
  }
  for one in world.networkInterfaces.values {
    for pair in one.addresses {
      shown.append(
        Shown(
          who: one.id.rawValue, network: one.vpcID.rawValue, isInterface: true, instance: one.instanceID?.rawValue,
          pair: (pair.privateAddress, pair.publicAddress)))
    }
  }
  for one in world.dbInstances.values {
    for pair in [
      (one.privateIPAddress, one.publicIPAddress), (one.standbyPrivateIPAddress, one.standbyPublicIPAddress),
    ] {
      shown.append(
        Shown(who: one.id.rawValue, network: network(one.vpcID, one.region), isInterface: false, pair: pair))
    }
  }
  for one in world.cacheClusters.values {
    for node in one.nodes {
      shown.append(
        Shown(
          who: one.id.rawValue, network: network(one.vpcID, one.region), isInterface: false,
          pair: (node.privateIPAddress, node.publicIPAddress)))
    }
  }
  return shown
}

private func addressBreaches(_ world: World) -> [String] {
  var found: [String] = []
  let shown = shownAddresses(world)
  for one in shown {
    guard let address = one.pair.0 else { continue }
    if let vpc = world.vpcs[ID(one.network)] {
      if !vpc.cidrBlocks.contains(where: { $0.contains(address) }) { found.append("\(one.who): \(address) outside") }
    } else if address.octet(0) != 10 {
      found.append("\(one.who): \(address) in Classic")
    }
  }
  for (index, one) in shown.enumerated() {
    for other in shown[(index + 1)...] {
      let samePrivate = one.pair.0 != nil && one.pair.0 == other.pair.0 && one.network == other.network
      let samePublic = one.pair.1 != nil && one.pair.1 == other.pair.1
      guard samePrivate || samePublic else { continue }
      let isOneHolder =
        one.isInterface != other.isInterface && one.instance == other.instance && one.network == other.network
      if !isOneHolder { found.append("\(one.who) and \(other.who): \(one.pair)") }
      if samePrivate, let a = one.pair.1, let b = other.pair.1, a != b { found.append("\(one.who): two mappings") }
      if samePublic, let a = one.pair.0, let b = other.pair.0, a != b { found.append("\(one.who): two mappings") }
    }
  }
  for elastic in world.elasticIPs.values {
    let holders = shown.filter { $0.pair.1 == elastic.publicIP }
    if elastic.instanceID == nil, elastic.networkInterfaceID == nil {
      if !holders.isEmpty { found.append("\(elastic.publicIP): unused and shown by \(holders.map { $0.who })") }
    } else if holders.isEmpty {
      found.append("\(elastic.publicIP): used and shown by nobody")
    }
    guard let instance = elastic.instanceID.flatMap({ world.instances[$0] }) else { continue }
    if (instance.vpcID == nil) != (elastic.domain == .standard) { found.append("\(elastic.publicIP): S59") }
    if !holders.contains(where: { $0.instance == instance.id.rawValue }) { found.append("\(elastic.publicIP): astray") }
  }
  return found
}

private func otherBreaches(_ world: World) -> [String] {
  var found: [String] = []
  for one in world.instances.values where one.vpcID == nil {
    if !one.ipv6Addresses.isEmpty { found.append("\(one.id): S8") }
    if one.state == .stopped, !one.addresses.isEmpty { found.append("\(one.id): stopped with addresses") }
  }
  for one in world.instances.values {
    for group in one.securityGroupIDs {
      if let known = world.securityGroups[group] {
        if known.vpcID != one.vpcID { found.append("\(one.id): \(group)") }
      } else {
        found.append("\(one.id): \(group) dangles")
      }
    }
  }
  for one in world.cacheClusters.values where one.vpcID != nil {
    if one.nodes.contains(where: { $0.publicIPAddress != nil }) { found.append("\(one.id): S136") }
  }
  let names =
    world.dbInstances.values.compactMap(\.endpoint) + world.cacheClusters.values.compactMap(\.configurationEndpoint)
  if Set(names).count != names.count { found.append("an endpoint twice") }
  var seen: Set<String> = []
  for zone in world.hostedZones.values {
    for vpc in zone.vpcIDs where !seen.insert("\(zone.name) \(vpc)").inserted { found.append("\(zone.id): name twice") }
    if zone.vpcIDs.isEmpty == zone.isPrivate { found.append("\(zone.id): VPCs") }
  }
  return found
}
