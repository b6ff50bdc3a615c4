// Changes one by one: a snapshot that shares what did not change answers like one that is made anew.
import Cloud
import DNSWire
import TestSupport
import Testing

@testable import Resolution

@Suite("Changes")
struct UpdateTests {
  static let worldCount: UInt64 = 40

  /// Something that people do to a world that is there.
  private func change(_ world: World, using random: inout SeededNumbers) -> Change {
    if Bool.random(using: &random) { return Replacement.change(world, using: &random) }
    let vpc = ID<VPC>("vpc-0000000\(Int.random(in: 0..<4, using: &random))")
    let instance = ID<Instance>("i-0000000\(Int.random(in: 0..<20, using: &random))")
    let isOn = Bool.random(using: &random)
    let number = UInt8.random(in: 0...12, using: &random)
    switch Int.random(in: 0..<11, using: &random) {
    case 0: return .modifyVPCAttribute(vpc, .enableDnsSupport(isOn))
    case 1: return .modifyVPCAttribute(vpc, .enableDnsHostnames(isOn))
    case 2: return .setClassicLinkDnsSupport(vpc, isOn)
    case 3: return isOn ? .enableClassicLink(vpc) : .disableClassicLink(vpc)
    case 4, 5:
      let group = ID<SecurityGroup>(vpc.rawValue.replacing("vpc", with: "sg"))
      return .attachClassicLink(ClassicLink(instanceID: instance, vpcID: vpc, securityGroupIDs: [group]))
    case 6: return .detachClassicLink(instance, vpc)
    case 7: return .stopInstance(instance)
    case 8:
      let pair = AddressPair(
        privateAddress: IPv4Address(10, 0, 0, number), publicAddress: IPv4Address(203, 0, 113, number))
      return .startInstance(instance, addresses: isOn ? pair : nil)
    case 9:
      var options = VPCPeeringConnection.Options()
      options.allowDnsResolutionFromRemoteVpc = isOn
      return .modifyPeeringOptions(ID("pcx-0000000\(number % 3)"), requester: options, accepter: nil)
    default: return .setResolverConfig(ResolverConfig(vpcID: vpc, autodefinedReverse: isOn))
    }
  }

  /// Makes it a question of an instance about an instance, as people ask.
  private func aim(_ question: inout PropertyTests.Question, _ world: World, using random: inout SeededNumbers) {
    let instances = Array(world.instances.values)
    guard let asker = instances.randomElement(using: &random), let target = instances.randomElement(using: &random)
    else { return }
    let suffixes = RegionSuffixes(target.region)
    question.network = .any
    question.type = "A"
    if let address = asker.privateIPAddress { question.source = "\(address)" }
    let names = [
      target.addresses.first?.publicAddress.map { suffixes.publicHostname($0) },
      target.privateIPAddress.map { suffixes.privateHostname($0) }, resourceName(target.id, target.region),
    ].compactMap(\.self)
    question.name = names.randomElement(using: &random)?.description ?? question.name
  }

  private func expectSame(
    _ compilation: borrowing Compilation, _ world: World, using random: inout SeededNumbers, _ words: String
  ) throws -> Bool {
    let shared = compilation.snapshot
    let anew = Compiler.compile(world, generation: shared.generation)
    let (one, other) = (Stage(shared), Stage(anew))
    let instances = (0..<20).map { Who.resource("i-0000000\($0)") }
    let (known, expected) = (shared.tables.askers(instances), anew.tables.askers(instances))
    for (index, who) in instances.enumerated() {
      #expect((known[index] == nil) == (expected[index] == nil), "\(words): \(who)")
      if (known[index] == nil) != (expected[index] == nil) { return false }
    }
    for turn in 0..<40 {
      var question = PropertyTests.question(shared, using: &random)
      if turn % 2 == 0 { aim(&question, world, using: &random) }
      // The number of a network is another one in each snapshot.
      let network = shared.tables.vpcID(of: question.network).flatMap { anew.tables.network(vpcID: $0) }
      func ask(_ stage: Stage, _ network: Network) throws -> String {
        try stage.reply(
          question.name, question.type, from: question.source, on: network, isTCP: true, payload: nil)?.words
          ?? "silence"
      }
      let (seen, expected) = (try ask(one, question.network), try ask(other, network ?? question.network))
      #expect(seen == expected, "\(words): \(question)")
      if seen != expected { return false }
    }
    return true
  }

  @Test("A snapshot that shares with the one before answers like one made anew", arguments: 0..<worldCount)
  func sameAsAnew(seed: UInt64) throws {
    var random = SeededNumbers(seed: 7_000 + seed)
    let changes = RandomWorld(using: &random).changes
    var world = World()
    _ = world.takeEffects()
    var compilation = Compilation(world, generation: 1)
    for index in 0..<changes.count + 70 {
      let change = index < changes.count ? changes[index] : change(world, using: &random)
      let before = world.touched(by: change).map { ($0, world[$0]) }
      try? world.apply(change)
      if Int.random(in: 0..<9, using: &random) == 0 { world.restore(before) }
      // Sometimes several changes go into one snapshot.
      guard Int.random(in: 0..<3, using: &random) > 0 else { continue }
      compilation.update(world, world.takeEffects())
      guard try expectSame(compilation, world, using: &random, "seed \(seed), change \(index), \(change)") else {
        return
      }
    }
  }

  /// A slot of 16 octets and a row of 16 for each instance, and two of 12 for the asker that it is.
  @Test("What grows with a world is shown to who wants it in large pages")
  func arrays() throws {
    final class Octets: ArrayVisitor {
      var count = 0
      func visit<Row: BitwiseCopyable>(_ rows: Span<Row>) { count += rows.count * MemoryLayout<Row>.stride }
    }
    var world = World()
    let few = Octets()
    let many = Octets()
    Compiler.compile(world, generation: 1).tables.showArrays(to: few)
    for number in UInt8(1)...200 { try world.apply(.addInstance(classic(number))) }
    Compiler.compile(world, generation: 2).tables.showArrays(to: many)
    #expect(many.count - few.count >= 200 * (16 + 16 + 2 * 12))
  }

  @Test("A flag, a link and a new instance leave the rows of everything else where they are")
  func sharing() throws {
    var world = World()
    let (vpc, group) = (ID<VPC>("vpc-0000000a"), ID<SecurityGroup>("sg-0000000a"))
    var first = VPC(id: vpc, region: .usEast1, ownerID: "1", cidrBlock: try #require(CIDRBlock("172.31.0.0/16")))
    first.classicLinkEnabled = true
    try world.apply(.addVPC(first))
    try world.apply(.addSecurityGroup(SecurityGroup(id: group, name: "g", ownerID: "1", vpcID: vpc)))
    for number in UInt8(1)...200 { try world.apply(.addInstance(classic(number))) }
    var inVPC = Instance(id: ID("i-0000aaaa"), region: .usEast1, ownerID: "1")
    inVPC.vpcID = vpc
    inVPC.addresses = [
      AddressPair(privateAddress: IPv4Address(172, 31, 0, 9), publicAddress: IPv4Address(198, 51, 100, 9))
    ]
    try world.apply(.addInstance(inVPC))
    try world.apply(.modifyVPCAttribute(vpc, .enableDnsHostnames(true)))
    _ = world.takeEffects()
    var compilation = Compilation(world, generation: 1)
    let base = compilation.snapshot.tables.instances.base.count
    #expect(base == 201)
    let link = ClassicLink(instanceID: ID("i-00000001"), vpcID: vpc, securityGroupIDs: [group])
    for (change, answer) in [
      (Change.attachClassicLink(link), "198.51.100.9"), (.setClassicLinkDnsSupport(vpc, true), "172.31.0.9"),
      (.detachClassicLink(link.instanceID, vpc), "198.51.100.9"), (.attachClassicLink(link), "172.31.0.9"),
      (.addInstance(classic(201)), "172.31.0.9"), (.stopInstance(link.instanceID), "198.51.100.9"),
    ] {
      try world.apply(change)
      compilation.update(world, world.takeEffects())
      let seen = try Stage(compilation.snapshot).ask("ec2-198-51-100-9.compute-1.amazonaws.com", from: "10.9.9.1")
      #expect(seen.contains(answer), "\(change): \(seen)")
    }
    #expect(compilation.snapshot.generation == 7)
    #expect(compilation.snapshot.tables.instances.base.count == base)
    // The new instance, and the one that was stopped: it has no address any more.
    #expect(compilation.snapshot.tables.instances.recent.count == 2)
  }

  @Test("An instance that was terminated can be asked as no longer, until it is there again")
  func terminated() throws {
    var world = World()
    for number in UInt8(1)...2 { try world.apply(.addInstance(classic(number))) }
    _ = world.takeEffects()
    var compilation = Compilation(world, generation: 1)
    let gone = ID<Instance>("i-00000001")
    for (change, isThere) in [(Change.remove(.instance(gone)), false), (.addInstance(classic(1)), true)] {
      try world.apply(change)
      compilation.update(world, world.takeEffects())
      let askers = compilation.snapshot.tables.askers([.resource(gone.rawValue), .resource("i-00000002")])
      #expect((askers[0] != nil) == isThere, "\(change)")
      #expect(askers[1] != nil)
    }
  }

  @Test("A database's interface and a second public zone of one name are seen as when all is compiled")
  func interfacesAndPublicZones() throws {
    var world = World()
    let vpc = ID<VPC>("vpc-0000000a")
    try world.apply(
      .addVPC(VPC(id: vpc, region: .usEast1, ownerID: "1", cidrBlock: try #require(CIDRBlock("10.0.0.0/16")))))
    var database = DBInstance(id: ID("shop"), region: .usEast1, publiclyAccessible: false)
    database.vpcID = vpc
    let endpoint = try Name("shop.ab.us-east-1.rds.amazonaws.com")
    database.endpoint = endpoint
    try world.apply(.addDBInstance(database))
    try world.apply(.addHostedZone(zone("Z9", [10, 9, 9, 9])))
    _ = world.takeEffects()
    var compilation = Compilation(world, generation: 1)
    var interface = NetworkInterface(id: ID("eni-0000000a"), vpcID: vpc)
    interface.networkInterfaceDescription = "RDSNetworkInterface"
    interface.addresses = [AddressPair(privateAddress: IPv4Address(10, 0, 0, 8), publicAddress: nil)]
    for change in try [Change.addNetworkInterface(interface), .addHostedZone(zone("Z1", [10, 1, 1, 1]))] {
      try world.apply(change)
      compilation.update(world, world.takeEffects())
      let (shared, anew) = (Stage(compilation.snapshot), Stage(Compiler.compile(world, generation: 1)))
      for name in [endpoint.description, "www.example.com"] {
        let expected = try anew.ask(name, from: "10.0.0.9")
        #expect(try shared.ask(name, from: "10.0.0.9") == expected, "\(change): \(name)")
      }
    }
    #expect(try Stage(compilation.snapshot).ask(endpoint.description, from: "10.0.0.9").contains("10.0.0.8"))
    #expect(try Stage(compilation.snapshot).ask("www.example.com", from: "10.0.0.9").contains("10.9.9.9"))
  }

  private func zone(_ id: String, _ address: [UInt8]) throws -> HostedZone {
    var zone = HostedZone(id: ID(id), name: try Name("example.com"), isPrivate: false, vpcIDs: [])
    zone.recordSets = [
      ResourceRecordSet(name: try Name("www.example.com"), type: .a, ttl: 60, content: .records([address]))
    ]
    return zone
  }

  private func classic(_ number: UInt8) -> Instance {
    let digits = String(number, radix: 16)
    var instance = Instance(
      id: ID("i-" + String(repeating: "0", count: 8 - digits.count) + digits), region: .usEast1, ownerID: "1")
    instance.addresses = [
      AddressPair(privateAddress: IPv4Address(10, 9, 9, number), publicAddress: IPv4Address(203, 0, 113, number))
    ]
    return instance
  }
}
