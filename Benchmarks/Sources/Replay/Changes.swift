// From a change in the model to the answer that shows it: a flag, a link, a new instance, in a world of any size.
import Cloud
import DNSWire
import Resolution

/// Makes changes to a world that `worlds.py` wrote, and looks after each whether its answer is there.
enum Changes {
  struct WrongAnswer: Error, CustomStringConvertible {
    var description: String
  }

  /// A line of JSON for each kind of change: the median and the largest of many, in microseconds.
  static func measure(_ world: consuming World, times: Int) throws {
    guard let vpc = world.vpcs.values.min(by: { $0.id < $1.id }),
      let host = world.instances.values.first(where: { $0.vpcID == vpc.id }),
      let pair = host.addresses.first, let publicAddress = pair.publicAddress
    else { throw WrongAnswer(description: "the first VPC has no host with a public address") }
    var stage = Stage(world, vpc, RegionSuffixes(vpc.region).publicHostname(publicAddress))
    let (inside, outside) = (pair.privateAddress, publicAddress)
    let group = ID<SecurityGroup>("sg-00000b0b")
    let asker = IPv4Address(10, 255, 0, 1)
    try stage.change(.enableClassicLink(vpc.id))
    try stage.change(
      .addSecurityGroup(SecurityGroup(id: group, name: "linked", ownerID: vpc.ownerID, vpcID: vpc.id)))
    try stage.change(.addInstance(instance(0, vpc)))
    let link = ClassicLink(instanceID: instance(0, vpc).id, vpcID: vpc.id, securityGroupIDs: [group])
    try stage.change(.attachClassicLink(link))
    var flags: [Double] = []
    var links: [Double] = []
    var instances: [Double] = []
    for turn in 0..<times {
      let isOn = turn % 2 == 0
      flags.append(try stage.time(.setClassicLinkDnsSupport(vpc.id, isOn), asker, isOn ? inside : outside))
    }
    try stage.change(.setClassicLinkDnsSupport(vpc.id, true))
    for turn in 0..<times {
      let isOff = turn % 2 == 0
      links.append(
        try stage.time(
          isOff ? .detachClassicLink(link.instanceID, vpc.id) : .attachClassicLink(link), asker,
          isOff ? outside : inside))
    }
    for turn in 1...times {
      let new = instance(UInt32(turn), vpc)
      guard let pair = new.addresses.first, let address = pair.publicAddress else { continue }
      stage.name = RegionSuffixes(vpc.region).publicHostname(address)
      instances.append(try stage.time(.addInstance(new), asker, pair.privateAddress))
    }
    for (title, found) in [("a flag", flags), ("a link", links), ("a new instance", instances)] {
      let sorted = found.sorted()
      print(#"{"change":"\#(title)","median_us":\#(sorted[sorted.count / 2]),"most_us":\#(sorted[sorted.count - 1])}"#)
    }
  }

  private static func instance(_ number: UInt32, _ vpc: VPC) -> Instance {
    let digits = String(number, radix: 16)
    var instance = Instance(
      id: ID("i-c" + String(repeating: "0", count: 16 - digits.count) + digits), region: vpc.region,
      ownerID: vpc.ownerID)
    instance.addresses = [
      AddressPair(
        privateAddress: IPv4Address(rawValue: IPv4Address(10, 255, 0, 1).rawValue + number),
        publicAddress: IPv4Address(rawValue: IPv4Address(198, 18, 0, 1).rawValue + number))
    ]
    return instance
  }

  /// The world, what is made from it, and a name that is asked for.
  private struct Stage: ~Copyable {
    private var world: World
    private var compilation: Compilation
    private var scratch = Scratch()
    var name: Name

    init(_ world: consuming World, _ vpc: VPC, _ name: Name) {
      self.world = world
      self.name = name
      _ = self.world.takeEffects()
      compilation = Compilation(self.world, generation: 1)
    }

    mutating func change(_ change: Change) throws {
      try world.apply(change)
      compilation.update(world, world.takeEffects())
    }

    /// Microseconds until the answer is `address`.
    mutating func time(_ change: Change, _ source: IPv4Address, _ address: IPv4Address) throws -> Double {
      let start = Replay.nanoseconds()
      try self.change(change)
      let seen = ask(source)
      let end = Replay.nanoseconds()
      guard seen == address else {
        throw WrongAnswer(description: "after \(change) \(name) is \(seen), not \(address)")
      }
      return Double(end - start) / 1000
    }

    private mutating func ask(_ source: IPv4Address) -> IPv4Address {
      let message = Query.message(name: name, type: .a)
      let arrival = Arrival(
        source: .v4(source), destination: .v4(IPv4Address(127, 0, 0, 1)), port: 53, network: .any, isTCP: false,
        trustsClientSubnet: false)
      var room = message + [UInt8](repeating: 0, count: Limits.plainUDPOctets - message.count)
      var out = room.mutableSpan
      let count = answer(
        compilation.snapshot.tables, generation: 1, arrival, messageOf: message.count, in: &out, scratch: &scratch)
      // The OPT record has eleven octets; before it stands the address.
      guard count >= 27 else { return IPv4Address(rawValue: 0) }
      return IPv4Address(out[count - 15], out[count - 14], out[count - 13], out[count - 12])
    }
  }
}
