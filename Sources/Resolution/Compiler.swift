// From the world to the tables: everything that does not depend on the question is worked out here, once a generation.
import Cloud
import DNSWire

public enum Compiler {
  /// The snapshot of a world.
  /// - Parameter explains: Answers carry the reason of their verdicts, where the asker knows EDNS (RFC 8914).
  /// - Parameter switchedOff: Rules to take away, for tests that show what each of them does.
  public static func compile(
    _ world: World, generation: UInt64, explains: Bool = false, switchedOff: Set<Rule> = []
  ) -> Snapshot {
    var draft = Draft(world, expectsChanges: false)
    draft.addEverything()
    return Snapshot(
      generation: generation, tables: draft.finish(rules: RuleSet(without: switchedOff), explains: explains))
  }
}

/// The tables while they grow.
struct Draft: ~Copyable {
  let world: World
  let expectsChanges: Bool
  var rowOf = RowNumbers()
  /// Where the last instance was: the next one is mostly there too, and looking for it costs more than all the rest.
  var lastPlace: (vpcID: ID<VPC>?, region: Region, vpcRow: UInt32, regionRow: UInt16)?
  var identifiers = TextStore()
  var data = Growing<UInt8>()
  var regionRows: [RegionRow] = []
  var vpcRows: [VPCRow] = []
  var rangeRows: [VPCRange] = []
  var peerRows: [PeerRow] = []
  var instanceRows = Growing<InstanceRow>()
  var publicAddresses: PublicAddressTableBuilder
  var domains = NameTableBuilder()
  var domainRows: [DomainRow] = []
  var domainLabels: UInt64 = 0
  var apexes = NameTableBuilder()
  var publicZoneLabels: UInt64 = 0
  var ruleDomains = NameTableBuilder()
  var ruleRows: [RuleRow] = []
  var targetSets: [[ServerAddress]] = [[]]
  var nodes = NameTableBuilder()
  var zoneRows: [ZoneRow] = []
  var nodeRows = Growing<NodeRow>()
  var setRows = Growing<SetRow>()
  var endpoints = NameTableBuilder()
  var endpointRows: [EndpointRow] = []
  var resourceNames = NameTableBuilder()
  var resourceRows = Growing<ResourceRow>()

  /// - Parameter expectsChanges: The row numbers of everything are kept, for `Compilation`.
  init(_ world: World, expectsChanges: Bool) {
    self.world = world
    self.expectsChanges = expectsChanges
    publicAddresses = PublicAddressTableBuilder(expected: world.instances.count)
  }

  mutating func addEverything() {
    addRegions()
    addVPCs()
    addInstances()
    addZones()
    addResolverRules()
    addEndpoints()
  }

  consuming func finish(rules: RuleSet, explains: Bool) -> Tables {
    let phrases = Phrase.allCases.map { identifiers.add($0.text) }
    let citations = Citation.allCases.map { identifiers.add($0.text) }
    let ttl = world.settings.timesToLive
    let syntheticSOA = addSet(
      .soa, ttl: ttl.negative,
      [startOfAuthority(minimum: ttl.negative)])
    domains.set(name(["whoami"]), in: Space.chaos, to: ChaosName.whoami)
    for labels in [["version", "bind"], ["version", "server"]] {
      domains.set(name(labels), in: Space.chaos, to: ChaosName.version)
    }
    for labels in [["hostname", "bind"], ["id", "server"]] {
      domains.set(name(labels), in: Space.chaos, to: ChaosName.identity)
    }
    let publicReverse = addAuthority(name(["in-addr", "arpa"]))
    let askers = AskerDraft(world, rowOf, instanceRows)
    let askerRanges4 = askers.ranges.table4()
    let askerRanges6 = askers.ranges.table6()
    var links = AddressTableBuilder(expected: world.classicLinks.count)
    for link in world.classicLinks.values {
      guard let instance = rowOf.instance[link.instanceID], let vpc = rowOf.vpc[link.vpcID] else { continue }
      links.set(instance, in: 0, to: vpc)
    }
    return Tables(
      askerAddresses: askers.addresses.finish(), askerRanges4: askerRanges4,
      askerRanges6: askerRanges6, resolverAddresses: resolverAddresses(world, rowOf),
      links: links.finish(), classicRegion: regionOfClassicHosts(world, rowOf), vpcs: vpcRows, ranges: rangeRows,
      peers: peerRows, instances: InstanceRows(instanceRows), regions: regionRows,
      publicAddresses: publicAddresses.finish(), domains: domains.finish(), domainRows: domainRows,
      publicReverseDomain: publicReverse, domainLabels: domainLabels, apexes: apexes.finish(),
      publicZoneLabels: publicZoneLabels, ruleDomains: ruleDomains.finish(), ruleRows: ruleRows,
      targetSets: targetSets, nodes: nodes.finish(),
      zoneRows: zoneRows, nodeRows: NodeRows(nodeRows),
      setRows: SetRows(setRows), endpoints: endpoints.finish(), endpointRows: endpointRows,
      resourceNames: resourceNames.finish(), resourceRows: ResourceRows(resourceRows), data: OctetStore(data),
      identifiers: OctetStore(identifiers.octets), phrases: phrases, citations: citations, explains: explains,
      rules: rules,
      timesToLive: TTLRow(
        privateHostname: ttl.privateHostname, publicHostname: ttl.publicHostname, splitHorizon: ttl.splitHorizon,
        pointer: ttl.pointer, negative: ttl.negative),
      hasNegativeSOA: world.settings.negativeSOA, syntheticSOA: syntheticSOA,
      advertisedUDPPayload: world.settings.advertisedUDPPayload,
      largestUDPPayload: world.settings.largestUDPPayload)
  }
}

/// Texts of up to 255 octets, each after its length.
struct TextStore {
  private(set) var octets = Growing<UInt8>()

  init() {}

  init(continuing store: borrowing OctetStore) { octets = Growing(continuing: store.base, store.recent) }

  mutating func reserve(_ count: Int) { octets.reserveCapacity(count) }

  /// The offset of the text.
  mutating func add(_ text: String) -> UInt32 { add { $0 += text.utf8 } }

  /// The offset of the text of an id, of which no `String` is made.
  mutating func add<Resource>(_ id: ID<Resource>) -> UInt32 { add { id.append(to: &$0) } }

  private mutating func add(_ write: (inout [UInt8]) -> Void) -> UInt32 {
    let offset = octets.count
    octets.append(0)
    octets.append(write)
    let count = octets.count - offset - 1
    if count > 255 { octets.removeLast(count - 255) }
    octets[offset] = UInt8(min(count, 255))
    return UInt32(offset)
  }
}

/// 172.16.0.23 is EC2-Classic; the base + 2 of a primary range is that VPC, unless several VPCs share it (world.md
/// 2.1).
func resolverAddresses(_ world: World, _ rowOf: RowNumbers) -> AddressTable {
  var networks: [UInt32: UInt32] = [:]
  for vpc in world.vpcs.values {
    guard let index = rowOf.vpc[vpc.id] else { continue }
    let address = ResolverAddress.basePlusTwo(of: vpc).rawValue
    networks[address] = networks[address] == nil ? index : Network.any.rawValue
  }
  networks[ResolverAddress.classic.rawValue] = Network.classic.rawValue
  var table = AddressTableBuilder(expected: networks.count)
  for (address, network) in networks where network != Network.any.rawValue { table.set(address, in: 0, to: network) }
  return table.finish()
}
