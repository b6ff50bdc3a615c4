// Compiling the endpoints of services, and the public addresses that stand behind them.
import Cloud
import DNSWire

extension Draft {
  /// Decision 16: databases and clusters have `ec2-…` names like instances.
  mutating func addServiceAddresses() {
    for service in serviceAddresses() {
      // Its interface or its Elastic IP address may have told the same already.
      if let known = publicAddresses[service.address], known.privateAddress != none { continue }
      publicAddresses.set(service.address, to: service.row)
    }
  }

  func serviceAddresses() -> [(address: IPv4Address, row: PublicAddressRow)] {
    var result: [(address: IPv4Address, row: PublicAddressRow)] = []
    func add(_ address: IPv4Address?, _ privateAddress: IPv4Address?, _ region: Region, _ vpcID: ID<VPC>?) {
      guard let address else { return }
      let row = PublicAddressRow(
        privateAddress: privateAddress?.rawValue ?? none, vpc: vpcID.flatMap { rowOf.vpc[$0] } ?? none,
        instance: none, region: rowOf.region[region] ?? 0, isClassic: vpcID == nil)
      result.append((address, row))
    }
    for database in world.dbInstances.values {
      let addresses = world.addresses(of: database)
      add(addresses.publicAddress, addresses.privateAddress, database.region, database.vpcID)
      add(database.standbyPublicIPAddress, database.standbyPrivateIPAddress, database.region, database.vpcID)
    }
    for cluster in world.redshiftClusters.values {
      add(cluster.publicIPAddress, cluster.privateIPAddress, cluster.region, cluster.vpcID)
    }
    for cluster in world.cacheClusters.values {
      for node in cluster.nodes { add(node.publicIPAddress, node.privateIPAddress, cluster.region, cluster.vpcID) }
    }
    return result
  }

  mutating func addEndpoints() {
    var all: [Endpoint] = []
    for database in world.dbInstances.values { all += world.endpoints(of: database) }
    for cluster in world.dbClusters.values { all += world.endpoints(of: cluster) }
    for cluster in world.redshiftClusters.values { all += world.endpoints(of: cluster) }
    for cluster in world.cacheClusters.values { all += world.endpoints(of: cluster) }
    for balancer in world.loadBalancers.values { all += world.endpoints(of: balancer) }
    for endpoint in all { add(endpoint) }
  }

  private mutating func add(_ endpoint: Endpoint) {
    let first = UInt32(setRows.count)
    var isUnknown = false
    switch endpoint.content {
    case .canonicalNames(let names):
      addSet(
        .cname, ttl: endpoint.ttl, names.map { $0.lowercased.wire }, kind: names.count > 1 ? .rotating : .records)
    case .addresses(let v4, let v6):
      if !v4.isEmpty { addSet(.a, ttl: endpoint.ttl, v4.map(octets)) }
      if !v6.isEmpty { addSet(.aaaa, ttl: endpoint.ttl, v6.map(octets)) }
    case .unknown:
      isUnknown = true
    }
    let node = addNode(firstSet: first)
    endpoints.set(endpoint.name, in: 0, to: UInt32(endpointRows.count))
    endpointRows.append(
      EndpointRow(
        node: node, domain: addAuthority(endpoint.name.parent ?? .root), rule: endpoint.rule,
        vpc: endpoint.vpcID.flatMap { rowOf.vpc[$0] } ?? none, identifier: identifiers.add(endpoint.resource),
        isPublic: endpoint.isPublic, isUnknown: isUnknown))
  }
}
