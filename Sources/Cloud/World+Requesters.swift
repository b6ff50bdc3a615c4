// Requesters: in one network a source is one asker.
import DNSWire

/// A source in the network where it asks; `network` is nil for the internet.
struct RequesterKey: Hashable {
  var network: Network?
  var source: Requester.Source
}

extension World {
  mutating func add(_ requester: Requester) throws(Refusal) {
    let key = RequesterKey(network: try network(of: requester), source: requester.source)
    guard requesterSources.insert(key).inserted else {
      throw Refusal(.requesterTwice(requester.source), member: requester.source.member)
    }
    requesters.append(requester)
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
      return .classic(region)
    case .internet: return nil
    }
  }
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
