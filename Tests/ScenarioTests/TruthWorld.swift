// A random world that holds every role of the truth table, and what is true of each role, from one seed.
import TestSupport

/// A world as text, and what to ask of it.
struct TruthWorld: Sendable {
  /// Who asks: a source address that `Requesters` names, and the address that the asker really has in its network.
  struct Door: Sendable {
    let source: Octets
    /// `nil` on the internet.
    var native: (address: Octets, network: String)?
  }

  /// A line of the table made concrete.
  struct Case: Sendable {
    let line: TruthLine
    let door: Door
    let question: String
    let type: String
    let expectation: Expectation?
  }

  let seed: UInt64
  let variant: WorldVariant
  let files: [WorldTextFile]
  let cases: [Case]
}

/// The world of a seed in one state of V and of the link. Ids, Regions, ranges and order come from the seed; the roles
/// and what is true of them do not.
func makeWorld(seed: UInt64, variant: WorldVariant) -> TruthWorld {
  var builder = WorldBuilder(seed: seed, variant: variant)
  builder.addNetworks()
  builder.addServices()
  builder.addZones()
  let files = builder.text.files(using: &builder.random)
  let cases = TruthTable.lines.filter { $0.applies(to: variant) }.map { line in
    let place = line.sameRegion ? line.asker : line.asker + "-other"
    guard let door = builder.doors[place] else { fatalError("nobody is \(place): \(line)") }
    guard let target = builder.targets["\(line.name)/\(place)"] ?? builder.targets[line.name] else {
      fatalError("nothing is \(line.name): \(line)")
    }
    return TruthWorld.Case(
      line: line, door: door, question: target.name, type: line.type,
      expectation: Expectation(line.expected, type: line.type, of: target))
  }
  return TruthWorld(seed: seed, variant: variant, files: files, cases: cases.shuffled(using: &builder.random))
}

/// The files of the same world after somebody has edited them by hand.
func makeFiles(seed: UInt64, variant: WorldVariant, edit: (inout WorldText) -> Void) -> [WorldTextFile] {
  var builder = WorldBuilder(seed: seed, variant: variant)
  builder.addNetworks()
  builder.addServices()
  builder.addZones()
  edit(&builder.text)
  return builder.text.files(using: &builder.random)
}

struct WorldBuilder {
  let variant: WorldVariant
  let home: RegionNames
  let other: RegionNames
  var random: SeededNumbers
  var text: WorldText
  var targets: [String: Target] = [:]
  var doors: [String: TruthWorld.Door] = [:]

  var v = ""
  var vRange = Range4(0, 0)
  /// A second range of V, outside RFC 1918 (row 5b).
  var outsideRange = Range4(0, 0)
  /// A group of V.
  var group = ""
  /// VPCs that are peered with V, and those of them in the other Region.
  var peers: [String] = []
  var remote: Set<String> = []
  private var used: Set<Octets> = []
  var usedSlices: Set<Octets> = []
  private var usedText: Set<String> = []

  /// First address and prefix length.
  struct Range4 {
    let first: UInt32
    let length: Int
    init(_ first: UInt32, _ length: Int) {
      self.first = first
      self.length = length
    }
    var size: UInt32 { 1 << UInt32(32 - length) }
    var text: String { "\(Octets(first))/\(length)" }
  }

  init(seed: UInt64, variant: WorldVariant) {
    random = SeededNumbers(seed: seed)
    self.variant = variant
    (home, other) = RegionNames.pairs[Int.random(in: 0..<RegionNames.pairs.count, using: &random)]
    text = WorldText(homeRegion: home.code, otherRegion: other.code)
  }

  // MARK: Chance

  mutating func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
  mutating func coin() -> Bool { Bool.random(using: &random) }

  /// `vpc-1a2b3c4d`, or the longer form.
  mutating func id(_ prefix: String) -> String {
    let digits = Array("0123456789abcdef")
    let length = coin() ? 8 : 17
    while true {
      let fresh = "\(prefix)-" + String((0..<length).map { _ in digits[pick(0...15)] })
      if usedText.insert(fresh).inserted { return fresh }
    }
  }

  /// A label that no other name of the world has.
  mutating func label(_ prefix: String) -> String {
    let letters = Array("abcdefghijklmnopqrstuvwxyz")
    while true {
      let fresh = prefix + String((0..<6).map { _ in letters[pick(0...25)] })
      if usedText.insert(fresh).inserted { return fresh }
    }
  }

  /// A public address of a documentation range, once.
  mutating func publicAddress() -> Octets {
    let ranges: [[UInt8]] = [[203, 0, 113], [198, 51, 100], [192, 0, 2]]
    while true {
      let fresh = Octets(ranges[pick(0...2)] + [UInt8(pick(1...254))])
      if used.insert(fresh).inserted { return fresh }
    }
  }

  /// An address of EC2-Classic, once.
  mutating func classicAddress() -> Octets {
    while true {
      let fresh = Octets([10, UInt8(pick(2...254)), UInt8(pick(0...255)), UInt8(pick(1...254))])
      if used.insert(fresh).inserted { return fresh }
    }
  }

  /// An address of a VPC's range that is not one of AWS's own four, once.
  mutating func address(in range: Range4) -> Octets {
    while true {
      let fresh = Octets(range.first + UInt32.random(in: 4..<(range.size - 1), using: &random))
      if used.insert(fresh).inserted { return fresh }
    }
  }

  /// A loopback address to ask from, once.
  mutating func sourceAddress() -> Octets {
    while true {
      let fresh = Octets([127, UInt8(pick(1...254)), UInt8(pick(0...255)), UInt8(pick(1...254))])
      if used.insert(fresh).inserted { return fresh }
    }
  }

  // MARK: Askers

  mutating func addDoor(_ keys: [String], instance: String, address: Octets, network: String) {
    let source = sourceAddress()
    text.add("Requesters", region: home.code, ["SourceAddress": .text("\(source)"), "InstanceId": .text(instance)])
    for key in keys { doors[key] = TruthWorld.Door(source: source, native: (address, network)) }
  }

  /// Some host of a VPC that is no instance of the world.
  mutating func addDoor(_ keys: [String], vpc: String, range: Range4) {
    let source = sourceAddress()
    text.add("Requesters", region: home.code, ["SourceCidr": .text("\(source)/32"), "VpcId": .text(vpc)])
    let native = address(in: range)
    for key in keys { doors[key] = TruthWorld.Door(source: source, native: (native, vpc)) }
  }

  mutating func addInternetDoor() {
    let source = sourceAddress()
    if coin() {
      text.add("Requesters", region: home.code, ["SourceAddress": .text("\(source)"), "Network": .text("internet")])
    }
    doors["a10"] = TruthWorld.Door(source: source, native: nil)
  }

  // MARK: Instances

  @discardableResult
  mutating func addInstance(
    vpc: String?, private privateAddress: Octets, public publicAddress: Octets?, region: RegionNames,
    more: [(String, Value)] = []
  ) -> String {
    let instance = id("i")
    var members: [(String, Value)] = [
      ("InstanceId", .text(instance)), ("PrivateIpAddress", .text("\(privateAddress)")),
      ("State", .object(["Code": .number(16), "Name": .text("running")])),
    ]
    if let vpc { members.append(("VpcId", .text(vpc))) }
    if let publicAddress { members.append(("PublicIpAddress", .text("\(publicAddress)"))) }
    text.add("Instances", region: region.code, members: members + more)
    return instance
  }

  /// An instance with a public address; its public hostname becomes the target `key`.
  mutating func addHost(_ key: String, vpc: String?, range: Range4?, region: RegionNames) -> (String, Octets, Octets) {
    let inside = range.map { address(in: $0) } ?? classicAddress()
    let outside = publicAddress()
    let instance = addInstance(vpc: vpc, private: inside, public: outside, region: region)
    targets[key] = hostname(private: inside, public: outside, region: region)
    return (instance, inside, outside)
  }

  func hostname(private inside: Octets, public outside: Octets, region: RegionNames) -> Target {
    Target(
      name: region.publicHostname(outside), privateAddresses: [inside], publicAddresses: [outside], privateTTL: 20)
  }

  mutating func link(_ instance: String, to vpc: String, group: String) {
    let groups = Value.list([.object(["GroupId": .text(group)])])
    // The second form is what describe-classic-link-instances prints.
    text.add(
      coin() ? "ClassicLinkInstances" : "Instances", region: home.code,
      ["InstanceId": .text(instance), "VpcId": .text(vpc), "Groups": groups])
  }
}
