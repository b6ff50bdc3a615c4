// Databases, Redshift and cache clusters, load balancers.
import Cloud
import DNSWire

extension Item {
  /// `regionOfVPC` serves services whose item says nothing about its Region.
  typealias RegionOfVPC = (ID<VPC>) -> Region?

  private func region(arn: String?, zone: String?, vpcID: ID<VPC>?, _ regionOfVPC: RegionOfVPC) -> Region {
    region(
      impliedBy: arn.flatMap { Region(arn: $0) }, zone.flatMap { Region(availabilityZone: $0) },
      vpcID.flatMap(regionOfVPC))
  }

  /// Whose it is stands in the details, unless its ARN or its VPC tells it.
  private func details(besides known: KnownMembers, arn: String, vpcID: ID<VPC>?) -> Details {
    var details = members.details(besides: known)
    if details["OwnerId"] == nil, members.text(arn) == nil, vpcID == nil, accountID != Account.usual {
      details["OwnerId"] = .text(accountID)
    }
    return details
  }

  private var vpcSecurityGroups: [ID<SecurityGroup>] { members.groups("VpcSecurityGroups", id: "VpcSecurityGroupId") }

  func dbInstance(_ regionOfVPC: RegionOfVPC) -> DBInstance {
    let vpcID: ID<VPC>? = members.members("DBSubnetGroup")?.id("VpcId")
    var database = DBInstance(
      id: ID(id),
      region: region(
        arn: members.text("DBInstanceArn"), zone: members.text("AvailabilityZone"), vpcID: vpcID, regionOfVPC),
      publiclyAccessible: members.boolean("PubliclyAccessible") ?? false)
    database.endpoint = members.endpointAddress("Endpoint")
    database.port = members.endpointPort("Endpoint")
    database.securityGroupIDs = vpcSecurityGroups
    database.multiAZ = members.boolean("MultiAZ") ?? false
    database.vpcID = vpcID
    database.clusterID = members.id("DBClusterIdentifier")
    database.privateIPAddress = members.ipv4("PrivateIpAddress")
    database.publicIPAddress = members.ipv4("PublicIpAddress")
    database.standbyPrivateIPAddress = members.ipv4("StandbyPrivateIpAddress")
    database.standbyPublicIPAddress = members.ipv4("StandbyPublicIpAddress")
    database.tags = members.tags("TagList")
    database.details = details(besides: .dbInstance, arn: "DBInstanceArn", vpcID: vpcID)
    return database
  }

  func dbCluster() -> DBCluster {
    let zone = members.texts("AvailabilityZones").first?.text
    var cluster = DBCluster(
      id: ID(id), region: region(arn: members.text("DBClusterArn"), zone: zone, vpcID: nil) { _ in nil })
    cluster.endpoint = members.domainName("Endpoint")
    cluster.readerEndpoint = members.domainName("ReaderEndpoint")
    // Its endpoints are names, so the port stands beside them.
    cluster.port = members.servicePort("Port")
    cluster.securityGroupIDs = vpcSecurityGroups
    cluster.members = members.list("DBClusterMembers").compactMap { member in
      guard
        let id: ID<DBInstance> = member.required("DBInstanceIdentifier", member.id("DBInstanceIdentifier"))
      else { return nil }
      return DBCluster.Member(instanceID: id, isWriter: member.boolean("IsClusterWriter") ?? false)
    }.sorted { $0.instanceID < $1.instanceID }
    cluster.tags = members.tags("TagList")
    cluster.details = details(besides: .dbCluster, arn: "DBClusterArn", vpcID: nil)
    return cluster
  }

  func redshiftCluster(_ regionOfVPC: RegionOfVPC) -> RedshiftCluster {
    let vpcID: ID<VPC>? = members.id("VpcId")
    var cluster = RedshiftCluster(
      id: ID(id),
      region: region(
        arn: members.text("ClusterNamespaceArn"), zone: members.text("AvailabilityZone"), vpcID: vpcID, regionOfVPC),
      publiclyAccessible: members.boolean("PubliclyAccessible") ?? false)
    cluster.endpoint = members.endpointAddress("Endpoint")
    cluster.port = members.endpointPort("Endpoint")
    cluster.vpcID = vpcID
    cluster.securityGroupIDs = vpcSecurityGroups
    // A cluster of one node calls it SHARED.
    let leader = members.list("ClusterNodes").first { ["LEADER", "SHARED"].contains($0.text("NodeRole")) }
    cluster.privateIPAddress = leader?.ipv4("PrivateIPAddress")
    cluster.publicIPAddress = leader?.ipv4("PublicIPAddress")
    cluster.tags = members.tags()
    cluster.details = details(besides: .redshiftCluster, arn: "ClusterNamespaceArn", vpcID: vpcID)
    return cluster
  }

  /// AWS prints no VPC of a cache cluster, but `SecurityGroups` only of one in a VPC: `vpcOfGroup` tells which.
  func cacheCluster(_ regionOfVPC: RegionOfVPC, vpcOfGroup: (ID<SecurityGroup>) -> ID<VPC>?) -> CacheCluster {
    let groups = members.groups("SecurityGroups", id: "SecurityGroupId")
    let vpcID: ID<VPC>? = members.id("VpcId") ?? groups.lazy.compactMap(vpcOfGroup).first
    var cluster = CacheCluster(
      id: ID(id),
      region: region(
        arn: members.text("ARN"), zone: members.text("PreferredAvailabilityZone"), vpcID: vpcID, regionOfVPC))
    cluster.configurationEndpoint = members.endpointAddress("ConfigurationEndpoint")
    cluster.vpcID = vpcID
    cluster.securityGroupIDs = groups
    let nodes = members.list("CacheNodes")
    // One parameter of CreateCacheCluster: the nodes cannot differ. Redis has no configuration endpoint.
    let ports = [members.endpointPort("ConfigurationEndpoint")] + nodes.map { $0.endpointPort("Endpoint") }
    cluster.port = ports.lazy.compactMap(\.self).first
    cluster.nodes = nodes.enumerated().map { position, node in
      // By hand they may be left out.
      var result = CacheCluster.Node(id: node.looseText("CacheNodeId") ?? CacheCluster.Node.id(position + 1))
      result.endpoint = node.endpointAddress("Endpoint")
      result.privateIPAddress = node.ipv4("PrivateIpAddress")
      result.publicIPAddress = node.ipv4("PublicIpAddress")
      return result
    }.sorted { $0.id < $1.id }
    cluster.tags = members.tags()
    cluster.details = details(besides: .cacheCluster, arn: "ARN", vpcID: vpcID)
    return cluster
  }

  /// `nil` without a report for a Gateway Load Balancer, which has no name.
  func loadBalancer(_ regionOfVPC: RegionOfVPC) -> LoadBalancer? {
    if members.text("Type") == "gateway" { return nil }
    guard let name = members.required("DNSName", members.domainName("DNSName")) else { return nil }
    let arn = members.text("LoadBalancerArn")
    // Version 2 writes VpcId and has an ARN or a type; a Classic one is known by VPCId or by neither.
    let isV2 = arn != nil || members.has("Type") || members.has("VpcId") || members.has("IpAddressType")
    let vpcID: ID<VPC>? = members.id(isV2 ? "VpcId" : "VPCId")
    let zones = isV2 ? members.list("AvailabilityZones") : []
    let zone = isV2 ? zones.first?.text("ZoneName") : members.texts("AvailabilityZones").first?.text
    let isDualStack = (members.text("IpAddressType") ?? "ipv4").hasPrefix("dualstack")
    var balancer = LoadBalancer(
      id: ID(id), region: region(arn: arn, zone: zone, vpcID: vpcID, regionOfVPC), dnsName: name,
      scheme: members.choice("Scheme", among: [LoadBalancer.Scheme.internetFacing, .internal]) ?? .internetFacing,
      generation: isV2 ? .v2(dualStack: isDualStack) : .classic)
    balancer.vpcID = vpcID
    for address in zones.flatMap({ $0.list("LoadBalancerAddresses") }) + members.list("LoadBalancerAddresses") {
      if let ip = address.ipv4("IpAddress") { balancer.publicAddresses.append(ip) }
      if let ip = address.ipv4("PrivateIPv4Address") { balancer.privateAddresses.append(ip) }
      if let ip = address.ipv6("IPv6Address") { balancer.ipv6Addresses.append(ip) }
    }
    balancer.instanceIDs = members.list("Instances").compactMap { $0.required("InstanceId", $0.id("InstanceId")) }
    balancer.tags = members.tags()
    balancer.details = details(besides: .loadBalancer, arn: "LoadBalancerArn", vpcID: vpcID)
    if arn == nil { balancer.details["LoadBalancerName"] = nil }
    return balancer
  }
}
