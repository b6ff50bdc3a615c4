// Changes by chance, and the way back: what a change touches is told before, and undone afterwards, and nothing else is
// ever different.
import DNSWire
import Testing

@testable import Cloud

@Suite struct UndoTests {
  static let seedCount = 40
  static let steps = 200

  @Test(
    "A change leaves everything else as it was, a refused one everything, and can be undone", arguments: 0..<seedCount)
  func everyChange(seed: Int) {
    var dice = Dice(seed: UInt64(9_000 + seed))
    var world = World()
    var made: [String: Int] = [:]
    for step in 0..<Self.steps {
      let change = randomChange(&dice, world)
      let words: Comment = "seed \(seed), step \(step), \(change)"
      let before = byID(world)
      let touched = world.touched(by: change)
      let kept = touched.map { ($0, world[$0]) }
      let wasTaken: Bool
      do {
        try world.apply(change)
        wasTaken = true
        made[String("\(change)".prefix { $0 != "(" }), default: 0] += 1
      } catch {
        wasTaken = false
      }
      let after = byID(world)
      let different = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }
      #expect(different.isSubset(of: wasTaken ? Set(touched) : []), words)
      if dice.chance(3) {
        world.restore(kept)
        #expect(byID(world) == before, words)
      }
      let index = differences(world)
      #expect(index == [], words)
      if different.isSubset(of: Set(touched)) == false || index != [] { return }
    }
    // The dice must not roll only nonsense.
    #expect(made["replace", default: 0] > 3 && made["remove", default: 0] > 3, "\(made)")
  }

  @Test("Several changes of one call are undone together, to what was first")
  func severalChanges() throws {
    var world = try World.small()
    let before = byID(world)
    var kept: [(ResourceID, Resource?)] = []
    for change in [
      Change.attachClassicLink(link("i-classic", "vpc-1", "sg-1")), .addElasticIP(elastic("203.0.113.80")),
      .remove(.instance(ID("i-classic"))), .addInstance(classic("i-classic", pair("10.112.0.9"))),
    ] {
      kept += world.touched(by: change).map { ($0, world[$0]) }
      try world.apply(change)
    }
    world.restore(kept)
    #expect(byID(world) == before)
    #expect(differences(world) == [])
    try world.apply(.attachClassicLink(link("i-classic", "vpc-1", "sg-1")))
  }

  private func byID(_ world: World) -> [ResourceID: Resource] {
    Dictionary(uniqueKeysWithValues: world.resources.map { ($0.id, $0) })
  }

  /// Where a world differs from the one that its resources make when they are added one after the other: in a resource,
  /// or in what the checks look up.
  private func differences(_ world: World) -> [String] {
    var fresh = World()
    for resource in world.resources {
      do { try fresh.apply(Change(adding: resource)) } catch { return ["\(resource.id) is refused: \(error)"] }
    }
    var found: [String] = []
    for (one, other) in zip(world.resources, fresh.resources) where one != other { found.append("\(one) \(other)") }
    let (mine, anew) = (lookups(world), lookups(fresh))
    for (name, value) in mine where anew[name] != value { found.append("\(name): \(value), not \(anew[name] ?? "")") }
    return found
  }

  private func lookups(_ world: World) -> [String: String] {
    func sorted<Key: Hashable, Element>(_ lists: [Key: [Element]]) -> String {
      lists.map { "\($0.key) \($0.value.map { "\($0)" }.sorted())" }.sorted().joined(separator: "; ")
    }
    func all<Key, Value>(_ values: [Key: Value]) -> String { values.map { "\($0)" }.sorted().joined(separator: "; ") }
    let vpcs = world.vpcs.keys.sorted()
    var ledger: [String] = []
    for network in vpcs.map({ Network.vpc($0) }) + [.classic(.usEast1), .classic(Region("eu-west-1"))] {
      for prefix in ["10.0.0.", "10.0.200.", "10.1.0.", "10.2.0.", "172.31.0.", "192.168.0."] {
        for last in 4..<10 {
          let entry = world.addresses[address("\(prefix)\(last)"), in: network]
          if let entry { ledger.append("\(network) \(prefix)\(last) \(entry)") }
        }
      }
    }
    for last in 0..<12 {
      let entry = world.addresses[publicAddress: address("203.0.113.\(last)")]
      if let entry { ledger.append("\(last) \(entry)") }
    }
    return [
      "ledger": ledger.joined(separator: "\n"),
      "ranges": vpcs.map { "\($0) \(world.vpcRows.row(of: $0).map { world.vpcBounds[$0] } as Any)" }.joined(),
      "vpc uses": vpcs.map { "\(world.vpcUses[$0])" }.joined(separator: " "),
      "dhcp uses": world.dhcpOptions.keys.sorted().map { "\(world.dhcpUses[$0])" }.joined(separator: " "),
      "subnet uses": world.subnets.keys.sorted().map { "\(world.subnetUses[$0])" }.joined(separator: " "),
      "group uses": world.securityGroups.keys.sorted().map { "\(world.groupUses[$0])" }.joined(separator: " "),
      "regions": "\(world.regionUses.regions.sorted())",
      "subnets": sorted(world.subnetIDs), "groups": sorted(world.groupIDs), "tables": sorted(world.routeTableIDs),
      "named": sorted(world.groupsThatName), "interfaces": sorted(world.interfaceIDs),
      "balancers": sorted(world.balancerIDs), "peerings": sorted(world.peeringIDs),
      "requesters": sorted(world.requestersOf), "sources": world.requesterSources.map { "\($0)" }.sorted().joined(),
      "endpoints": all(world.endpoints), "tables of subnets": all(world.routeTableOfSubnet),
      "links": all(world.linkCounts), "reached": all(world.classicPeeringCounts), "pairs": all(world.livePeerings),
      "default VPCs": all(world.defaultVPCs), "databases": all(world.databaseCounts),
      "interfaces of databases": sorted(world.databaseInterfaceIDs),
      "zones": all(world.zonesByNameAndVPC), "rules": all(world.rulesByDomainAndVPC),
    ]
  }
}
