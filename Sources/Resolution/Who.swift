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
    var asker = Asker()
    switch who {
    case .internet: asker = Asker()
    case .source(let address): return self.asker(source: address, network: network)
    case .classic: asker = self.asker(AskerCode(.classicHost, index: UInt32(classicRegion)))
    case .resource(let id):
      if let vpc = self.network(vpcID: id) {
        asker = self.asker(AskerCode(.vpcHost, index: vpc.rawValue))
      } else if let instance = instance(id) {
        asker = self.asker(AskerCode(.instance, index: instance))
      } else {
        return nil
      }
    }
    asker.isForeign = isForeign(asker, in: network)
    return asker
  }

  /// The row of an instance by its id. Looks at every instance: not for a packet's path.
  private borrowing func instance(_ id: String) -> UInt32? {
    let wanted = Array(id.utf8)
    for index in instances.indices {
      let start = Int(instances[index].identifier)
      guard Int(identifiers.octets[start]) == wanted.count else { continue }
      if identifiers.octets[(start + 1)...].starts(with: wanted) { return UInt32(index) }
    }
    return nil
  }

  /// Every VPC's id, in order.
  public borrowing func vpcIDs() -> [String] {
    var result: [String] = []
    for index in vpcs.indices { result.append(text(vpcs[index].identifier)) }
    return result
  }
}
