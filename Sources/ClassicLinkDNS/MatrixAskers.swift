// Who asks in the matrix: those that were named, or those whose views of a world can differ.
import Cloud
import DNSWire
import Resolution
import WorldFile

struct MatrixAskers {
  /// Columns that are worked out unless `--from` names some; past these a table says nothing to anybody.
  static let limit = 200

  var whos: [Who]
  /// Askers that the limit leaves out.
  var leftOut = 0
}

extension MatrixAskers {
  /// Each once, in this order.
  init(unique whos: [Who]) {
    var seen: Set<Who> = []
    self.whos = whos.filter { seen.insert($0).inserted }
  }

  /// Of two worlds.
  func union(_ other: Self) -> Self {
    var result = Self(unique: whos + other.whos)
    result.leftOut = max(leftOut, other.leftOut)
    return result
  }

  /// Linked instances, EC2-Classic, VPCs, those that `Requesters` name, the internet.
  init(of world: World, _ snapshot: Snapshot) {
    var whos = Self.linkedInstances(world).map { Who.resource($0.rawValue) }
    let links = world.classicLinks.count
    let hasClassic = world.supportedPlatforms.contains("EC2")
    if hasClassic { whos.append(.classic) }
    whos += world.vpcs.keys.sorted().map { .resource($0.rawValue) }
    for requester in world.requesters {
      switch requester.identity {
      case .instance(let id): whos.append(.resource(id.rawValue))
      case .vpc(let id): whos.append(.resource(id.rawValue))
      case .classic: whos += Self.otherClassicHost(requester, snapshot).map { [$0] } ?? []
      case .internet: break
      }
    }
    var seen: Set<Who> = []
    whos = whos.filter { seen.insert($0).inserted }
    let everybody = links + whos.count { !world.isLinked($0) }
    let shown = whos.prefix(Self.limit)
    leftOut = everybody - shown.count
    self.whos = shown + [.internet]
  }

  /// All of them by id; of very many the first of each VPC.
  private static func linkedInstances(_ world: World) -> [ID<Instance>] {
    guard world.classicLinks.count > limit else { return world.classicLinks.keys.sorted() }
    var first: [ID<VPC>: ID<Instance>] = [:]
    for link in world.classicLinks.values {
      first[link.vpcID] = first[link.vpcID].map { min($0, link.instanceID) } ?? link.instanceID
    }
    return first.sorted { $0.key < $1.key }.map(\.value)
  }

  /// The source address, where it means a Classic host of another Region than `classic` does.
  private static func otherClassicHost(_ requester: Requester, _ snapshot: Snapshot) -> Who? {
    let address: IPAddress =
      switch requester.source {
      case .v4(let block): .v4(block.address)
      case .v6(let block): .v6(block.address)
      }
    let asker = snapshot.tables.asker(source: address, network: .any)
    return asker.region == snapshot.tables.asker(.classic)?.region ? nil : .source(address)
  }
}

extension World {
  fileprivate func isLinked(_ who: Who) -> Bool {
    guard case .resource(let id) = who else { return false }
    return classicLinks[ID(id)] != nil
  }

  /// What somebody probably meant who asks as `who`.
  func nearestAsker(to who: Who) -> String? {
    nearestKey(
      to: who.description,
      among: ["classic", "internet"] + vpcs.keys.map(\.rawValue) + instances.keys.map(\.rawValue))
  }
}
