// Requesters: in one network a source is one asker.
import DNSWire

/// A source in the network where it asks; `network` is nil for the internet.
struct RequesterKey: Hashable {
  var network: Network?
  var source: Requester.Source
}

extension World {
  mutating func add(_ requester: Requester) throws(Refusal) {
    let key = try key(of: requester)
    guard !requesterSources.contains(key) else {
      throw Refusal(.requesterTwice(requester.source), member: requester.source.member)
    }
    requesters.append(requester)
    enroll(requester, true)
  }

  /// - Parameter requester: One whose instance is there.
  mutating func enroll(_ requester: Requester, _ isThere: Bool) {
    if let key = try? key(of: requester) {
      if isThere { requesterSources.insert(key) } else { requesterSources.remove(key) }
    }
    switch requester.identity {
    case .instance, .vpc: requestersOf.set(requester, of: requester.identity, isThere)
    case .classic, .internet: break
    }
    if case .classic(let region) = requester.identity { regionUses.add(isThere ? 1 : -1, to: region) }
  }

  /// The lines of something that is about to go: AWS knows nothing of them, so they cannot hold it back.
  mutating func removeRequesters(of identity: Requester.Identity) {
    for requester in requestersOf[identity] ?? [] { remove(requester) }
  }

  func find(_ requester: Requester) throws(Refusal) {
    guard requesters.contains(requester) else {
      throw Refusal(.notFound(kind: "requester", id: requester.source.description), member: requester.source.member)
    }
  }

  mutating func remove(_ requester: Requester) {
    guard let index = requesters.firstIndex(of: requester) else { return }
    enroll(requester, false)
    requesters.remove(at: index)
    effects?.everything = true
  }

  private func key(of requester: Requester) throws(Refusal) -> RequesterKey {
    RequesterKey(network: try network(of: requester), source: requester.source)
  }

  private func network(of requester: Requester) throws(Refusal) -> Network? {
    switch requester.identity {
    case .instance(let id):
      let instance = try find(id, in: instances, kind: "instance", member: "InstanceId")
      return Network(vpcID: instance.vpcID, region: instance.region)
    case .vpc(let id): return .vpc(try findVPC(id).id)
    case .classic(let region):
      guard supportsClassic else {
        throw Refusal(.classicNotSupported(kind: "requester", id: requester.source.description), member: "Network")
      }
      try check(region)
      return .classic(region)
    case .internet: return nil
    }
  }
}

extension Requester {
  /// All that it says: what it is sorted by.
  var words: String { "\(source) \(identity)" }
}

extension Requester.Source {
  /// The member of a world file (world.md 1) that holds such a source.
  fileprivate var member: String {
    switch self {
    case .v4(let range): range.prefixLength == 32 ? "SourceAddress" : "SourceCidr"
    case .v6(let range): range.prefixLength == 128 ? "SourceAddress" : "SourceCidr"
    }
  }
}
