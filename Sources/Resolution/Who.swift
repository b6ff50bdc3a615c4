// Somebody to ask as: an instance, a VPC's host, an address, EC2-Classic, the internet (world.md 3).
import DNSWire

public enum Who: Hashable, Sendable {
  /// An instance id or a VPC id.
  case resource(String)
  case source(IPAddress)
  /// Some unlinked EC2-Classic host.
  case classic
  case internet

  public init(_ text: String) {
    switch text {
    case "classic": self = .classic
    case "internet": self = .internet
    default: self = IPAddress(text).map(Who.source) ?? .resource(text)
    }
  }
}

extension Who: CustomStringConvertible {
  public var description: String {
    switch self {
    case .resource(let id): id
    case .source(let address): address.description
    case .classic: "classic"
    case .internet: "internet"
    }
  }
}

extension Tables {
  /// The asker that `who` means; `nil` when the world has no such instance or VPC.
  /// - Parameter network: The network in which the question arrives; it matters for a source address.
  public borrowing func asker(_ who: Who, in network: Network = .any) -> Asker? {
    askers([who], in: network)[0]
  }

  /// The asker that each of `whos` means, in their order; looks at the instances once, however many are asked for.
  public borrowing func askers(_ whos: [Who], in network: Network = .any) -> [Asker?] {
    let instances = instances(whos)
    return whos.map { asker($0, in: network, instances) }
  }

  private borrowing func asker(_ who: Who, in network: Network, _ instances: [String: UInt32]) -> Asker? {
    var asker = Asker()
    switch who {
    case .internet: asker = Asker()
    case .source(let address): return self.asker(source: address, network: network)
    case .classic: asker = self.asker(AskerCode(.classicHost, index: UInt32(classicRegion)))
    case .resource(let id):
      if let vpc = self.network(vpcID: id) {
        asker = self.asker(AskerCode(.vpcHost, index: vpc.rawValue))
      } else if let instance = instances[id] {
        asker = self.asker(AskerCode(.instance, index: instance))
      } else {
        return nil
      }
    }
    asker.isForeign = isForeign(asker, in: network)
    return asker
  }

  /// The rows of those instances that `whos` name: of an id's rows the last one. Looks at every instance: not for a
  /// packet's path.
  private borrowing func instances(_ whos: [Who]) -> [String: UInt32] {
    // Most instances are told apart from all that are wanted by the hash of their octets, without making a text.
    var wanted: Set<UInt64> = []
    for case .resource(let id) in whos { wanted.insert(hash(id.utf8)) }
    var rows: [String: UInt32] = [:]
    guard !wanted.isEmpty else { return rows }
    for index in 0..<instances.count {
      guard wanted.contains(hash(octets(ofText: instances[index].identifier))) else { continue }
      rows[text(instances[index].identifier)] = instances[index].isGone ? nil : UInt32(index)
    }
    return rows
  }

  /// Every VPC's id, in order.
  public borrowing func vpcIDs() -> [String] {
    var result: [String] = []
    for index in vpcs.indices { result.append(text(vpcs[index].identifier)) }
    return result
  }
}

/// FNV-1a.
private func hash(_ octets: some Sequence<UInt8>) -> UInt64 {
  octets.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}
