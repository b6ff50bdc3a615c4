// S106, S107: a DNS server on an instance needs both TCP and UDP 53; with UDP alone, truncated answers are lost.
import Cloud
import DNSWire

extension World {
  /// One finding for each rule or DHCP options set and each of its servers.
  func dnsTargetProtocols() -> [Finding] {
    let servers = dnsServers()
    guard !servers.isEmpty else { return [] }
    // One walk over the instances, however many servers are named.
    let wanted = Set(servers.map(\.address))
    var holders: [IPv4Address: [Instance]] = [:]
    for instance in instances.values {
      for pair in instance.addresses where wanted.contains(pair.privateAddress) {
        holders[pair.privateAddress, default: []].append(instance)
      }
    }
    let interfaceGroups = InterfaceGroups(self)
    var seen: Set<Finding> = []
    return servers.compactMap { server in
      guard let instance = reached(holders[server.address] ?? [], from: server.vpcID),
        let finding = finding(server, instance, interfaceGroups), seen.insert(finding).inserted
      else { return nil }
      return finding
    }
  }

  /// A DNS server that somebody is sent to.
  private struct Server {
    var item: Finding.Item
    var address: IPv4Address
    var port: Int
    /// From where it is asked.
    var vpcID: ID<VPC>
  }

  private func dnsServers() -> [Server] {
    var servers: [Server] = []
    for rule in resolverRules.values.sorted(by: { $0.id < $1.id }) where rule.kind == .forward {
      for target in rule.targets {
        guard case .v4(let address) = target.address else { continue }
        for vpc in rule.vpcIDs.sorted() {
          servers.append(Server(item: .resolverRule(rule.id), address: address, port: Int(target.port), vpcID: vpc))
        }
      }
    }
    for vpc in vpcs(where: { $0.dhcpOptionsID != nil }) {
      guard let options = vpc.dhcpOptionsID.flatMap({ dhcpOptions[$0] }) else { continue }
      for case .v4(let address) in options.customDomainNameServers {
        servers.append(Server(item: .dhcpOptions(options.id), address: address, port: dnsPort, vpcID: vpc.id))
      }
    }
    return servers
  }

  /// The instance that a packet from the VPC reaches: one of the VPC, else a linked one, else the only one there is.
  private func reached(_ holders: [Instance], from vpcID: ID<VPC>) -> Instance? {
    holders.first { $0.vpcID == vpcID } ?? holders.first { classicLinks[$0.id]?.vpcID == vpcID }
      ?? (holders.count == 1 ? holders[0] : nil)
  }

  private func finding(
    _ server: Server, _ instance: Instance, _ interfaceGroups: InterfaceGroups
  ) -> Finding? {
    // A link's groups decide on the VPC's traffic (S37).
    let link = classicLinks[instance.id].flatMap { $0.vpcID == server.vpcID ? $0 : nil }
    let ids = link?.securityGroupIDs ?? interfaceGroups[instance].sorted()
    let rules = ids.compactMap { securityGroups[$0] }.flatMap(\.ingress)
    guard !ids.isEmpty else { return nil }
    let missing = ["tcp", "udp"].filter { name in !rules.contains { $0.allows(name, server.port) } }
    guard !missing.isEmpty else { return nil }
    let protocols = missing.map { "\($0.uppercased()) \(server.port)" }
    return Finding(
      .dnsTargetProtocol, server.item,
      "\(server.item.id) names \(server.address) as a DNS server: \(list(ids)) of \(instance.id) "
        + (ids.count == 1 ? "does" : "do") + " not let in \(list(protocols))",
      mend:
        "allow inbound \(list(protocols)) from the servers' clients in \(ids.count == 1 ? "" : "one of ")\(list(ids))")
  }
}

private let dnsPort = 53
