// S135, S137, S95, S96: a database or cache port that is open to 0.0.0.0/0 or ::/0 in a group that the service carries.
// The service's own groups and port decide; where it names none, its network interface's groups and the usual ports.
import Cloud
import DNSWire

/// A kind of service, known by the interface it uses (S33).
private enum Service: String {
  case database = "RDS"
  case cache = "ElastiCache"
  case redshift = "Redshift"

  /// TCP ports (S96, S134).
  var ports: [Int] {
    switch self {
    case .database: [1433, 1521, 3306, 5432]
    case .cache: [6379, 11211]
    case .redshift: [5439]
    }
  }

  init?(interface: NetworkInterface) {
    let text = interface.networkInterfaceDescription
    if text == NetworkInterface.databaseDescription {
      self = .database
    } else if let service = [Service.cache, .redshift].first(where: { text.hasPrefix($0.rawValue) }) {
      self = service
    } else {
      return nil
    }
  }
}

/// What one database, cluster or cache says of itself.
private struct Holder {
  var service: Service
  var vpcID: ID<VPC>?
  var privateAddresses: [IPv4Address]
  var groups: [ID<SecurityGroup>]
  var port: Int?

  var ports: [Int] { port.map { [$0] } ?? service.ports }
}

/// The ports to look at in each group, by the kind of service that carries it.
private typealias PortsOfGroups = [ID<SecurityGroup>: [Service: Set<Int>]]

extension World {
  /// One finding for each group and kind of service.
  func openServicePorts() -> [Finding] {
    let carried = portsOfGroups()
    guard !carried.isEmpty else { return [] }
    let exposed = exposedInstances(in: carried)
    return carried.sorted { $0.key < $1.key }.flatMap { id, services -> [Finding] in
      guard let group = securityGroups[id] else { return [] }
      return services.sorted { $0.key.rawValue < $1.key.rawValue }.compactMap { service, ports in
        finding(group, service, ports.sorted(), exposed[id] ?? [])
      }
    }
  }

  /// The instances with a public address of each of these groups, by id: looked at once, however many groups there are.
  private func exposedInstances(in carried: PortsOfGroups) -> [ID<SecurityGroup>: [ID<Instance>]] {
    let interfaceGroups = InterfaceGroups(self)
    var exposed: [ID<SecurityGroup>: [ID<Instance>]] = [:]
    for instance in instances.values where instance.addresses.contains(where: { $0.publicAddress != nil }) {
      for group in interfaceGroups[instance] where carried[group] != nil {
        exposed[group, default: []].append(instance.id)
      }
    }
    return exposed.mapValues { $0.sorted() }
  }

  /// What the services say of themselves; of the others, what their network interfaces say.
  private func portsOfGroups() -> PortsOfGroups {
    let holders = serviceHolders()
    var own: PortsOfGroups = [:]
    var byAddress: [VPCAddress: Holder] = [:]
    for holder in holders {
      for group in holder.groups { own[group, default: [:]][holder.service, default: []].formUnion(holder.ports) }
      guard let vpcID = holder.vpcID else { continue }
      for address in holder.privateAddresses { byAddress[VPCAddress(vpcID: vpcID, address: address)] = holder }
    }
    var result = own
    for interface in networkInterfaces.values where interface.instanceID == nil {
      // An interface whose description says nothing may still have a service's address.
      let holder = interface.addresses.lazy.compactMap { pair in
        byAddress[VPCAddress(vpcID: interface.vpcID, address: pair.privateAddress)]
      }.first
      if let holder, !holder.groups.isEmpty { continue }
      guard let service = holder?.service ?? Service(interface: interface) else { continue }
      for group in interface.securityGroupIDs {
        // AWS does not say whose interface it is. A service of this kind that names the group tells the port better
        // than a guess.
        if holder == nil, own[group]?[service] != nil { continue }
        result[group, default: [:]][service, default: []].formUnion(holder?.ports ?? service.ports)
      }
    }
    return result
  }

  private func finding(
    _ group: SecurityGroup, _ service: Service, _ candidates: [Int], _ exposed: [ID<Instance>]
  ) -> Finding? {
    let open = group.ingress.filter(\.isOpenToAll)
    let ports = candidates.filter { port in open.contains { $0.allows("tcp", port) } }
    guard !ports.isEmpty else { return nil }
    // S136: the service itself may have no public address; an instance that shares its group may.
    let also = exposed.isEmpty ? "" : ", and is on \(list(exposed)), which the internet reaches"
    return Finding(
      .openServicePort, .securityGroup(group.id),
      "\(group.id) of \(service.rawValue) lets everybody in on TCP \(list(ports))\(also)",
      mend: "name the group or the range of its clients as the source, in a group that only \(service.rawValue) has")
  }

  private func serviceHolders() -> [Holder] {
    dbInstances.values.map {
      Holder(
        service: .database, vpcID: $0.vpcID, privateAddresses: [$0.privateIPAddress].compactMap(\.self),
        groups: $0.securityGroupIDs, port: $0.port)
    }
      + dbClusters.values.map {
        Holder(service: .database, privateAddresses: [], groups: $0.securityGroupIDs, port: $0.port)
      }
      + redshiftClusters.values.map {
        Holder(
          service: .redshift, vpcID: $0.vpcID, privateAddresses: [$0.privateIPAddress].compactMap(\.self),
          groups: $0.securityGroupIDs, port: $0.port)
      }
      + cacheClusters.values.map {
        Holder(
          service: .cache, vpcID: $0.vpcID, privateAddresses: $0.nodes.compactMap(\.privateIPAddress),
          groups: $0.securityGroupIDs, port: $0.port)
      }
  }
}

private struct VPCAddress: Hashable {
  var vpcID: ID<VPC>
  var address: IPv4Address
}
