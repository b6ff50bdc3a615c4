// Databases, Redshift and cache clusters, load balancers as items.
import Cloud
import DNSWire

extension WrittenItem {
  private mutating func add(vpcSecurityGroups groups: [ID<SecurityGroup>]) {
    add("VpcSecurityGroups", Detail.groups(groups, id: "VpcSecurityGroupId"))
  }

  private mutating func add(_ name: String, endpoint: Name?, port: Int?) {
    add(name, Detail.mappingUnlessEmpty(["Address": .host(endpoint), "Port": .number(port)]))
  }

  init(_ database: DBInstance) {
    self.init("DBInstances", id: database.id.rawValue)
    add("DBInstanceIdentifier", database.id.rawValue)
    add("Endpoint", endpoint: database.endpoint, port: database.port)
    add("PubliclyAccessible", database.publiclyAccessible)
    add("MultiAZ", database.multiAZ)
    add("DBSubnetGroup", database.vpcID.map { .mapping(["VpcId": .text($0.rawValue)]) })
    add("DBClusterIdentifier", database.clusterID?.rawValue)
    add(vpcSecurityGroups: database.securityGroupIDs)
    add("PrivateIpAddress", .text(database.privateIPAddress))
    add("PublicIpAddress", .text(database.publicIPAddress))
    add("StandbyPrivateIpAddress", .text(database.standbyPrivateIPAddress))
    add("StandbyPublicIpAddress", .text(database.standbyPublicIPAddress))
    let details = database.details
    add(
      region: database.region, impliedBy: details.text("DBInstanceArn").flatMap { Region(arn: $0) },
      details.text("AvailabilityZone").flatMap { Region(availabilityZone: $0) }, isInVPC: database.vpcID != nil)
    add(tags: database.tags, "TagList")
    add(details)
  }

  init(_ cluster: DBCluster) {
    self.init("DBClusters", id: cluster.id.rawValue)
    add("DBClusterIdentifier", cluster.id.rawValue)
    add("Endpoint", .host(cluster.endpoint))
    add("ReaderEndpoint", .host(cluster.readerEndpoint))
    add("Port", .number(cluster.port))
    add(
      "DBClusterMembers",
      cluster.members.map {
        .mapping(["DBInstanceIdentifier": .text($0.instanceID.rawValue), "IsClusterWriter": .boolean($0.isWriter)])
      })
    add(vpcSecurityGroups: cluster.securityGroupIDs)
    let details = cluster.details
    var zone: String?
    if case .list(let zones)? = details["AvailabilityZones"], case .text(let first)? = zones.first { zone = first }
    add(
      region: cluster.region, impliedBy: details.text("DBClusterArn").flatMap { Region(arn: $0) },
      zone.flatMap { Region(availabilityZone: $0) })
    add(tags: cluster.tags, "TagList")
    add(details)
  }

  init(_ cluster: RedshiftCluster) {
    self.init("Clusters", id: cluster.id.rawValue)
    add("ClusterIdentifier", cluster.id.rawValue)
    add("Endpoint", endpoint: cluster.endpoint, port: cluster.port)
    add("VpcId", cluster.vpcID?.rawValue)
    add("PubliclyAccessible", cluster.publiclyAccessible)
    if cluster.privateIPAddress != nil || cluster.publicIPAddress != nil {
      add(
        "ClusterNodes",
        .list([
          .mapping([
            "NodeRole": .text("LEADER"), "PrivateIPAddress": .text(cluster.privateIPAddress),
            "PublicIPAddress": .text(cluster.publicIPAddress),
          ])
        ]))
    }
    add(vpcSecurityGroups: cluster.securityGroupIDs)
    let details = cluster.details
    add(
      region: cluster.region, impliedBy: details.text("ClusterNamespaceArn").flatMap { Region(arn: $0) },
      details.text("AvailabilityZone").flatMap { Region(availabilityZone: $0) }, isInVPC: cluster.vpcID != nil)
    add(tags: cluster.tags)
    add(details)
  }

  init(_ cluster: CacheCluster) {
    self.init("CacheClusters", id: cluster.id.rawValue)
    add("CacheClusterId", cluster.id.rawValue)
    // A port without a name stands there too.
    let hasNodeEndpoint = cluster.nodes.contains { $0.endpoint != nil }
    if cluster.configurationEndpoint != nil || !hasNodeEndpoint {
      add("ConfigurationEndpoint", endpoint: cluster.configurationEndpoint, port: cluster.port)
    }
    add("VpcId", cluster.vpcID?.rawValue)
    add(
      "CacheNodes",
      cluster.nodes.map { node in
        .mapping([
          "CacheNodeId": .text(node.id),
          "Endpoint": node.endpoint.map {
            .mapping(["Address": .host($0), "Port": .number(cluster.port)])
          },
          "PrivateIpAddress": .text(node.privateIPAddress), "PublicIpAddress": .text(node.publicIPAddress),
        ])
      })
    add("SecurityGroups", Detail.groups(cluster.securityGroupIDs, id: "SecurityGroupId"))
    let details = cluster.details
    add(
      region: cluster.region, impliedBy: details.text("ARN").flatMap { Region(arn: $0) },
      details.text("PreferredAvailabilityZone").flatMap { Region(availabilityZone: $0) },
      isInVPC: cluster.vpcID != nil)
    add(tags: cluster.tags)
    add(details)
  }

  /// Addresses stand in a member of ours: the model does not know in which zone each is.
  init(_ balancer: LoadBalancer) {
    let id = balancer.id.rawValue
    let isARN = id.hasPrefix("arn:")
    let isClassic = balancer.generation == .classic
    self.init(isClassic ? "LoadBalancerDescriptions" : "LoadBalancers", id: id)
    add(isARN ? "LoadBalancerArn" : "LoadBalancerName", id)
    add("DNSName", .host(balancer.dnsName))
    add("Scheme", balancer.scheme.rawValue)
    if case .v2(let dualStack) = balancer.generation { add("IpAddressType", dualStack ? "dualstack" : "ipv4") }
    add(isClassic ? "VPCId" : "VpcId", balancer.vpcID?.rawValue)
    add(
      "LoadBalancerAddresses",
      balancer.publicAddresses.map { .mapping(["IpAddress": .text($0.description)]) }
        + balancer.privateAddresses.map { .mapping(["PrivateIPv4Address": .text($0.description)]) }
        + balancer.ipv6Addresses.map { .mapping(["IPv6Address": .text($0.description)]) })
    add("Instances", balancer.instanceIDs.map { .mapping(["InstanceId": .text($0.rawValue)]) })
    add(
      region: balancer.region, impliedBy: isARN ? Region(arn: id) : nil, balancer.zone, isInVPC: balancer.vpcID != nil)
    add(tags: balancer.tags)
    add(balancer.details)
  }
}

extension LoadBalancer {
  /// The Region of its first zone.
  fileprivate var zone: Region? {
    guard case .list(let zones)? = details["AvailabilityZones"], let first = zones.first else { return nil }
    switch (generation, first) {
    case (.classic, .text(let name)): return Region(availabilityZone: name)
    case (.v2, .mapping(let zone)): return zone.text("ZoneName").flatMap { Region(availabilityZone: $0) }
    default: return nil
    }
  }
}
