// Decision 22 (S33): an endpoint whose address nobody told us is answered with SERVFAIL.
import Cloud
import DNSWire

extension World {
  func unknownAddresses() -> [Finding] {
    databases() + clusters() + redshift() + caches() + balancers()
  }

  private func finding(_ item: Finding.Item, _ endpoint: Name, lacks what: String, mend: String) -> Finding {
    Finding(
      .unknownAddress, item, "\(endpoint) is answered with SERVFAIL: \(item.kind) \(item.id) has no \(what)", mend: mend
    )
  }

  private func databases() -> [Finding] {
    dbInstances.values.sorted { $0.id < $1.id }.compactMap { database in
      let (privateAddress, publicAddress) = addresses(of: database)
      guard let endpoint = database.endpoint,
        let lacking = lacking(privateAddress, publicAddress, database.vpcID, database.publiclyAccessible)
      else { return nil }
      return finding(
        .dbInstance(database.id), endpoint, lacks: lacking,
        mend: "add \(lacking) to \(database.id), as its network interface "
          + "\(NetworkInterface.databaseDescription) shows it (S33)")
    }
  }

  private func clusters() -> [Finding] {
    dbClusters.values.sorted { $0.id < $1.id }.compactMap { cluster in
      let members = cluster.members.compactMap { dbInstances[$0.instanceID]?.endpoint }
      guard let endpoint = cluster.endpoint ?? cluster.readerEndpoint, members.isEmpty else { return nil }
      return finding(
        .dbCluster(cluster.id), endpoint, lacks: "member with an endpoint",
        mend: "add the DB instances of \(cluster.id) and name them in DBClusterMembers")
    }
  }

  private func redshift() -> [Finding] {
    redshiftClusters.values.sorted { $0.id < $1.id }.compactMap { cluster in
      guard let endpoint = cluster.endpoint,
        let lacking = lacking(
          cluster.privateIPAddress, cluster.publicIPAddress, cluster.vpcID, cluster.publiclyAccessible)
      else { return nil }
      return finding(
        .redshiftCluster(cluster.id), endpoint, lacks: lacking,
        mend: "add the leader with its addresses to ClusterNodes of \(cluster.id)")
    }
  }

  private func caches() -> [Finding] {
    cacheClusters.values.sorted { $0.id < $1.id }.compactMap { cluster in
      let item = Finding.Item.cacheCluster(cluster.id)
      let named = cluster.nodes.filter { $0.endpoint != nil }
      if let endpoint = cluster.configurationEndpoint, named.isEmpty {
        return finding(
          item, endpoint, lacks: "node with an endpoint", mend: "add CacheNodes with their Endpoint to \(cluster.id)")
      }
      let unknown = named.filter { node in
        node.privateIPAddress == nil && (cluster.vpcID != nil || node.publicIPAddress == nil)
      }
      guard let endpoint = unknown.first?.endpoint else { return nil }
      return finding(
        item, endpoint, lacks: "PrivateIpAddress of node \(list(unknown.map(\.id)))",
        mend: "add PrivateIpAddress to the CacheNodes of \(cluster.id)")
    }
  }

  private func balancers() -> [Finding] {
    loadBalancers.values.sorted { $0.id < $1.id }.compactMap { balancer in
      let isInternal = balancer.scheme == .internal
      let isDualStack =
        switch balancer.generation {
        case .classic: false
        case .v2(let dualStack): dualStack
        }
      guard (isInternal ? balancer.privateAddresses : balancer.publicAddresses).isEmpty,
        !isDualStack || balancer.ipv6Addresses.isEmpty
      else { return nil }
      let member = isInternal ? "PrivateIPv4Address" : "IpAddress"
      return finding(
        .loadBalancer(balancer.id), balancer.dnsName, lacks: member,
        mend: "add LoadBalancerAddresses with \(member) to \(balancer.id)")
    }
  }

  /// The member that the endpoint needs and that is not there. On the Classic platform either address will do.
  private func lacking(
    _ privateAddress: IPv4Address?, _ publicAddress: IPv4Address?, _ vpcID: ID<VPC>?, _ isPublic: Bool
  ) -> String? {
    if isPublic { return publicAddress == nil ? "PublicIpAddress" : nil }
    if vpcID == nil, publicAddress != nil { return nil }
    return privateAddress == nil ? "PrivateIpAddress" : nil
  }
}
