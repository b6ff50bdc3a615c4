// S135, S137, S95, S96: a database or cache port that is open to 0.0.0.0/0 in a group that the service carries.
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

extension World {
  /// One finding for each group and kind of service.
  func openServicePorts() -> [Finding] {
    var services: [ID<SecurityGroup>: Set<Service>] = [:]
    let holders = serviceAddresses()
    for interface in networkInterfaces.values where interface.instanceID == nil {
      // An interface whose description says nothing may still have a service's address.
      let holder = interface.addresses.lazy.compactMap { pair in
        holders[VPCAddress(vpcID: interface.vpcID, address: pair.privateAddress)]
      }.first
      guard let service = Service(interface: interface) ?? holder else { continue }
      for group in interface.securityGroupIDs { services[group, default: []].insert(service) }
    }
    guard !services.isEmpty else { return [] }
    let interfaceGroups = InterfaceGroups(self)
    return services.sorted { $0.key < $1.key }.flatMap { id, services -> [Finding] in
      guard let group = securityGroups[id] else { return [] }
      return services.sorted { $0.rawValue < $1.rawValue }.compactMap { finding(group, $0, interfaceGroups) }
    }
  }

  private func finding(
    _ group: SecurityGroup, _ service: Service, _ interfaceGroups: InterfaceGroups
  ) -> Finding? {
    let open = group.ingress.filter(\.isOpenToAll)
    let ports = service.ports.filter { port in open.contains { $0.allows("tcp", port) } }
    guard !ports.isEmpty else { return nil }
    let exposed = instances.values.filter { instance in
      instance.addresses.contains { $0.publicAddress != nil } && interfaceGroups[instance].contains(group.id)
    }.map(\.id).sorted()
    // S136: the service itself may have no public address; an instance that shares its group may.
    let also = exposed.isEmpty ? "" : ", and is on \(list(exposed)), which the internet reaches"
    return Finding(
      .openServicePort, .securityGroup(group.id),
      "\(group.id) of \(service.rawValue) lets everybody in on TCP \(list(ports))\(also)",
      mend: "name the group or the range of its clients as the source, in a group that only \(service.rawValue) has")
  }

  private func serviceAddresses() -> [VPCAddress: Service] {
    var result: [VPCAddress: Service] = [:]
    func add(_ vpcID: ID<VPC>?, _ address: IPv4Address?, _ service: Service) {
      if let vpcID, let address { result[VPCAddress(vpcID: vpcID, address: address)] = service }
    }
    for database in dbInstances.values { add(database.vpcID, database.privateIPAddress, .database) }
    for cluster in redshiftClusters.values { add(cluster.vpcID, cluster.privateIPAddress, .redshift) }
    for cluster in cacheClusters.values {
      for node in cluster.nodes { add(cluster.vpcID, node.privateIPAddress, .cache) }
    }
    return result
  }
}

private struct VPCAddress: Hashable {
  var vpcID: ID<VPC>
  var address: IPv4Address
}
