// Databases, caches, clusters, load balancers and zones of a generated world.

extension WorldBuilder {
  mutating func addServices() {
    addDatabases()
    addRedshift()
    addCaches()
    addLoadBalancers()
  }

  // MARK: RDS

  /// Adds a DB instance and returns what is true of its endpoint.
  @discardableResult
  mutating func addDatabase(_ key: String, inVPC: Bool, isPublic: Bool, cluster: String? = nil) -> (String, Target) {
    let identifier = label("db-")
    let endpoint = home.databaseEndpoint(identifier, hash: label("c"))
    let inside = inVPC ? address(in: vRange) : classicAddress()
    var members: [(String, Value)] = [
      ("DBInstanceIdentifier", .text(identifier)),
      ("Endpoint", .object(["Address": .text(endpoint), "Port": .number(3306)])),
      ("PubliclyAccessible", .flag(isPublic)), ("PrivateIpAddress", .text("\(inside)")),
    ]
    if inVPC { members.append(("DBSubnetGroup", .object(["VpcId": .text(v)]))) }
    if let cluster { members.append(("DBClusterIdentifier", .text(cluster))) }
    if cluster == nil, inVPC, coin() {
      // A standby that nobody sees before a failover.
      members.append(("MultiAZ", .flag(true)))
      members.append(("StandbyPrivateIpAddress", .text("\(address(in: vRange))")))
    }
    var target = Target(name: endpoint, privateAddresses: [inside], privateTTL: 5, publicTTL: 5)
    if isPublic {
      let outside = publicAddress()
      members.append(("PublicIpAddress", .text("\(outside)")))
      target.publicAddresses = [outside]
      target.ends = [home.publicHostname(outside)]
      (target.privateTTL, target.publicTTL) = (20, 60)
    }
    text.add("DBInstances", region: home.code, members: members)
    targets[key] = target
    return (identifier, target)
  }

  mutating func addDatabases() {
    addDatabase("rds-public", inVPC: true, isPublic: true)
    addDatabase("rds-private", inVPC: true, isPublic: false)
    addDatabase("rds-classic", inVPC: false, isPublic: true)
    // Aurora: the writer endpoint of a public cluster, the reader endpoint of one that is not.
    for (key, isPublic) in [("aurora-public", true), ("aurora-private", false)] {
      let cluster = label("aurora-")
      let hash = label("c")
      let writer = addDatabase("writer", inVPC: true, isPublic: isPublic, cluster: cluster)
      let reader = addDatabase("reader", inVPC: true, isPublic: isPublic, cluster: cluster)
      let endpoints = (
        home.databaseEndpoint(cluster, hash: "cluster-\(hash)"),
        home.databaseEndpoint(cluster, hash: "cluster-ro-\(hash)")
      )
      text.add(
        "DBClusters", region: home.code,
        [
          "DBClusterIdentifier": .text(cluster), "Endpoint": .text(endpoints.0), "ReaderEndpoint": .text(endpoints.1),
          "DBClusterMembers": .list(
            [(writer.0, true), (reader.0, false)].map {
              .object(["DBInstanceIdentifier": .text($0.0), "IsClusterWriter": .flag($0.1)])
            }),
        ])
      let member = isPublic ? writer.1 : reader.1
      targets[key] = Target(
        name: isPublic ? endpoints.0 : endpoints.1, ends: member.ends.isEmpty ? [member.name] : member.ends,
        privateAddresses: member.privateAddresses, publicAddresses: member.publicAddresses,
        privateTTL: member.privateTTL, publicTTL: member.publicTTL)
    }
  }

  // MARK: Redshift

  mutating func addRedshift() {
    for (key, inVPC, isPublic) in [
      ("redshift-public", true, true), ("redshift-private", true, false), ("redshift-classic", false, true),
    ] {
      let identifier = label("dw-")
      let endpoint = home.redshiftEndpoint(identifier, hash: label("c"))
      let inside = inVPC ? address(in: vRange) : classicAddress()
      let outside = publicAddress()
      var members: [(String, Value)] = [
        ("ClusterIdentifier", .text(identifier)),
        ("Endpoint", .object(["Address": .text(endpoint), "Port": .number(5439)])),
        ("PubliclyAccessible", .flag(isPublic)),
      ]
      if inVPC { members.append(("VpcId", .text(v))) }
      var leader: [(String, Value)] = [("NodeRole", .text("LEADER")), ("PrivateIPAddress", .text("\(inside)"))]
      if isPublic { leader.append(("PublicIPAddress", .text("\(outside)"))) }
      let compute: [(String, Value)] = [
        ("NodeRole", .text("COMPUTE-0")),
        ("PrivateIPAddress", .text("\(inVPC ? address(in: vRange) : classicAddress())")),
      ]
      members.append(("ClusterNodes", .list([.object(leader), .object(compute)].shuffled(using: &random))))
      text.add("Clusters", region: home.code, members: members)
      targets[key] = Target(
        name: endpoint, ends: isPublic ? [home.publicHostname(outside)] : [], privateAddresses: [inside],
        publicAddresses: isPublic ? [outside] : [], privateTTL: isPublic ? 20 : 60)
    }
  }

  // MARK: ElastiCache

  mutating func addCaches() {
    for (key, inVPC) in [("cache", true), ("cache-classic", false)] {
      let identifier = label("c-")
      let hash = label("h")
      let configuration = home.cacheEndpoint(identifier, hash: hash, part: "cfg")
      var nodes: [Value] = []
      var all: [Target] = []
      for part in ["0001", "0002"] {
        let endpoint = home.cacheEndpoint(identifier, hash: hash, part: part)
        let inside = inVPC ? address(in: vRange) : classicAddress()
        var node: [(String, Value)] = [
          ("CacheNodeId", .text(part)),
          ("Endpoint", .object(["Address": .text(endpoint), "Port": .number(11211)])),
          ("PrivateIpAddress", .text("\(inside)")),
        ]
        var target = Target(name: endpoint, privateAddresses: [inside])
        if !inVPC {
          // On the Classic platform a node's name leads to an ec2-... name, as IRET298 saw it.
          let outside = publicAddress()
          node.append(("PublicIpAddress", .text("\(outside)")))
          target.publicAddresses = [outside]
          target.ends = [home.publicHostname(outside)]
          target.privateTTL = 20
        }
        nodes.append(.object(node))
        all.append(target)
      }
      var members: [(String, Value)] = [
        ("CacheClusterId", .text(identifier)), ("Engine", .text("memcached")),
        ("ConfigurationEndpoint", .object(["Address": .text(configuration), "Port": .number(11211)])),
        ("CacheNodes", .list(nodes)),
      ]
      if inVPC { members.append(("VpcId", .text(v))) }
      text.add("CacheClusters", region: home.code, members: members)
      targets[key] = all[pick(0...1)]
      targets["\(key)-cfg"] = Target(
        name: configuration, ends: all.flatMap { $0.ends.isEmpty ? [$0.name] : $0.ends },
        privateAddresses: all.flatMap(\.privateAddresses), publicAddresses: all.flatMap(\.publicAddresses),
        oneIsEnough: true, privateTTL: inVPC ? 60 : 20)
    }
  }

  // MARK: Load balancers

  mutating func addLoadBalancers() {
    for (key, isInternal, isClassic) in [
      ("lb-facing", false, true), ("lb-internal", true, true), ("lb-facing-v2", false, false),
      ("lb-internal-v2", true, false),
    ] {
      let identifier = label("lb-")
      let name = home.loadBalancer((isInternal ? "internal-" : "") + "\(identifier)-\(pick(100_000...999_999))")
      let count = pick(1...3)
      let inside = (0..<count).map { _ in address(in: vRange) }
      let outside = isInternal ? [] : (0..<count).map { _ in publicAddress() }
      let addresses = inside.indices.map { index in
        var members: [(String, Value)] = [("PrivateIPv4Address", .text("\(inside[index])"))]
        if !isInternal { members.append(("IpAddress", .text("\(outside[index])"))) }
        return Value.object(members)
      }
      let scheme = Value.text(isInternal ? "internal" : "internet-facing")
      if isClassic {
        text.add(
          "LoadBalancerDescriptions", region: home.code,
          [
            "LoadBalancerName": .text(identifier), "DNSName": .text(name), "Scheme": scheme, "VPCId": .text(v),
            "LoadBalancerAddresses": .list(addresses),
          ])
      } else {
        let arn =
          "arn:aws:elasticloadbalancing:\(home.code):123456789012:loadbalancer/net/\(identifier)/0123456789abcdef"
        text.add(
          "LoadBalancers", region: home.code,
          [
            "LoadBalancerArn": .text(arn), "LoadBalancerName": .text(identifier), "DNSName": .text(name),
            "Scheme": scheme, "Type": .text("network"), "VpcId": .text(v),
            "AvailabilityZones": .list(
              addresses.map { .object(["ZoneName": .text("\(home.code)a"), "LoadBalancerAddresses": .list([$0])]) }),
          ])
      }
      let target = Target(name: name, privateAddresses: inside, publicAddresses: outside)
      targets[key] = target
      if key == "lb-facing" {
        var dual = target
        dual = Target(name: "dualstack.\(name)", privateAddresses: inside, publicAddresses: outside)
        dual.ends = [dual.name, name]
        targets["lb-facing-dualstack"] = dual
      }
    }
  }

  // MARK: Zones

  mutating func addZones() {
    for (prefix, vpcs) in [("", [v]), ("p-", peers)] {
      // One private zone has a public twin of the same name, the other has not.
      let twin = label("corp") + ".example"
      let alone = label("alone") + ".test"
      let inside = Octets([10, 20, UInt8(pick(0...255)), UInt8(pick(1...254))])
      let outside = publicAddress()
      let onlyPublic = publicAddress()
      addZone(twin, vpcs: vpcs, records: [("db", inside)])
      addZone(twin, vpcs: [], records: [("db", outside), ("shop", onlyPublic)])
      addZone(alone, vpcs: vpcs, records: [("db", inside)])
      targets["\(prefix)phz"] = Target(
        name: "db.\(twin)", privateAddresses: [inside], publicAddresses: [outside], privateTTL: 300, publicTTL: 300)
      targets["\(prefix)phz-alone"] = Target(name: "db.\(alone)", privateAddresses: [inside], privateTTL: 300)
      targets["\(prefix)phz-missing"] = Target(name: "shop.\(twin)", publicAddresses: [onlyPublic], publicTTL: 300)
    }
  }

  /// A zone with a master file or with record sets in Route 53's shape. No VPC: a public zone.
  mutating func addZone(_ name: String, vpcs: [String], records: [(String, Octets)]) {
    let zone = label("Z").uppercased()
    var members: [(String, Value)] = [
      ("Id", .text("/hostedzone/\(zone)")), ("Name", .text("\(name).")),
      ("Config", .object(["PrivateZone": .flag(!vpcs.isEmpty)])),
    ]
    if !vpcs.isEmpty {
      members.append(
        (
          "VPCs",
          .list(vpcs.map { .object(["VPCRegion": .text(region(of: $0)), "VPCId": .text($0)]) })
        ))
    }
    if coin() {
      let file = "\(zone.lowercased()).zone"
      let lines =
        [
          "$ORIGIN \(name).", "$TTL 300", "@ IN SOA ns.invalid. host.invalid. 1 7200 900 1209600 300",
          "@ IN NS ns.invalid.",
        ]
        + records.map { "\($0.0) IN A \($0.1)" }
      text.addZoneFile(name: file, text: lines.joined(separator: "\n") + "\n")
      members.append(("ZoneFile", .text(file)))
    } else {
      members.append(
        (
          "ResourceRecordSets",
          .list(
            records.map {
              .object([
                "Name": .text("\($0.0).\(name)."), "Type": .text("A"), "TTL": .number(300),
                "ResourceRecords": .list([.object(["Value": .text("\($0.1)")])]),
              ])
            })
        ))
    }
    text.add("HostedZones", region: nil, members: members)
  }

  private func region(of vpc: String) -> String { remote.contains(vpc) ? other.code : home.code }
}
