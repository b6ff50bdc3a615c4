// What a security group lets in (S95, S106): protocol names and numbers, port ranges, everybody.
import Cloud
import DNSWire

extension SecurityGroup.Permission {
  /// The numbers that AWS prints for names too (S91, S106).
  private static let numbers = ["tcp": "6", "udp": "17"]

  /// Whether some source may reach `port` over `name`, `tcp` or `udp`. A rule without ports has all of them.
  func allows(_ name: String, _ port: Int) -> Bool {
    if ipProtocol == "-1" { return true }
    guard ipProtocol.lowercased() == name || ipProtocol == Self.numbers[name] else { return false }
    guard let fromPort, let toPort, fromPort >= 0 else { return true }
    return fromPort <= port && port <= toPort
  }

  /// 0.0.0.0/0 or ::/0 is a source.
  var isOpenToAll: Bool { ipRanges.contains { $0.prefixLength == 0 } || ipv6Ranges.contains { $0.prefixLength == 0 } }
}

/// The groups of the network interfaces of each instance.
struct InterfaceGroups {
  private var groups: [ID<Instance>: Set<ID<SecurityGroup>>] = [:]

  init(_ world: World) {
    for interface in world.networkInterfaces.values {
      if let id = interface.instanceID { groups[id, default: []].formUnion(interface.securityGroupIDs) }
    }
  }

  /// The groups that decide on an instance's traffic; those of a link, which are for the VPC's traffic only (S37), are
  /// not among them.
  subscript(instance: Instance) -> Set<ID<SecurityGroup>> {
    (groups[instance.id] ?? []).union(instance.securityGroupIDs)
  }
}
