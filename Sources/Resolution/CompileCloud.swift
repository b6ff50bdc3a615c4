// Compiling VPCs, peerings and instances, with the public addresses that each owner has.
import Cloud
import DNSWire

extension Draft {
  mutating func addVPCs() {
    let vpcIDs = world.vpcs.keys.sorted()
    for (index, id) in vpcIDs.enumerated() { rowOf.vpc[id] = UInt32(index) }
    for id in vpcIDs {
      if let vpc = world.vpcs[id] { add(vpc) }
    }
    addPeers()
  }

  /// Adds the row of a VPC, without its peers, zones and rules.
  mutating func add(_ vpc: VPC) {
    vpcRows.append(
      VPCRow(
        flags: flags(of: vpc), region: rowOf.region[vpc.region] ?? 0, owner: identifiers.add(vpc.ownerID),
        zoneLabels: 0,
        ruleLabels: 0, firstRange: UInt32(rangeRows.count), rangeCount: UInt16(vpc.cidrBlocks.count), peerCount: 0,
        firstPeer: 0,
        identifier: identifiers.add(vpc.id)))
    addNameServers(of: vpc, vpcRows.count - 1)
    for block in vpc.cidrBlocks { addRange(block) }
  }

  /// The DNS servers that the VPC's DHCP options hand out in the place of Amazon's (semantics 2.4).
  mutating func addNameServers(of vpc: VPC, _ row: Int) {
    let options = vpc.dhcpOptionsID.flatMap { world.dhcpOptions[$0] }
    guard let options, !options.customDomainNameServers.isEmpty else {
      vpcRows[row].dhcpOptions = none
      vpcRows[row].nameServers = none
      return
    }
    vpcRows[row].dhcpOptions = identifiers.add(options.id)
    vpcRows[row].nameServers = identifiers.add(
      options.customDomainNameServers.map { "\($0)" }.joined(separator: ", "))
  }

  func flags(of vpc: VPC) -> VPCRow.Flags {
    var flags: UInt8 = 0
    if vpc.enableDnsSupport { flags |= VPCRow.Flags.dnsSupport.rawValue }
    if vpc.enableDnsHostnames { flags |= VPCRow.Flags.dnsHostnames.rawValue }
    if vpc.classicLinkEnabled { flags |= VPCRow.Flags.classicLink.rawValue }
    if vpc.classicLinkDnsSupported { flags |= VPCRow.Flags.classicLinkDNS.rawValue }
    if world.resolverConfigs[vpc.id]?.autodefinedReverse ?? true {
      flags |= VPCRow.Flags.autodefinedReverse.rawValue
    }
    return VPCRow.Flags(rawValue: flags)
  }

  /// The active peerings of every VPC, in the order of their ids.
  mutating func addPeers() {
    let peerings = peeringsByVPC()
    peerRows = []
    for index in vpcRows.indices where vpcRows[index].peerCount > 0 { vpcRows[index].peerCount = 0 }
    for (id, peers) in peerings {
      guard let row = rowOf.vpc[id] else { continue }
      vpcRows[Int(row)].firstPeer = UInt32(peerRows.count)
      vpcRows[Int(row)].peerCount = UInt16(peers.count)
      for peer in peers {
        peerRows.append(
          PeerRow(
            vpc: rowOf.vpc[peer.side.vpcID] ?? none, allowsDNS: peer.side.options.allowDnsResolutionFromRemoteVpc,
            identifier: identifiers.add(peer.id)))
      }
    }
  }

  /// The range, and the reverse domains that Amazon defines for it: one for each block of 2 or 3 octets (semantics
  /// 3.4).
  mutating func addRange(_ block: CIDRBlock) {
    let octets = block.prefixLength <= 16 ? 2 : 3
    rangeRows.append(
      VPCRange(first: block.address.rawValue, last: block.last.rawValue, reverseOctets: UInt8(octets)))
    let step = UInt32(1) << UInt32(32 - 8 * octets)
    var start = block.address.rawValue & ~(step - 1)
    while true {
      let address = IPv4Address(rawValue: start)
      let labels = (0..<octets).reversed().map { String(address.octet($0)) } + ["in-addr", "arpa"]
      addDomain(name(labels), .privateReverse, space: Space.rangeReverse)
      guard block.last.rawValue - start >= step else { return }
      start += step
    }
  }

  private func peeringsByVPC() -> [ID<VPC>: [(id: ID<VPCPeeringConnection>, side: VPCPeeringConnection.Side)]] {
    var result: [ID<VPC>: [(id: ID<VPCPeeringConnection>, side: VPCPeeringConnection.Side)]] = [:]
    for peering in world.peerings.values.sorted(by: { $0.id < $1.id }) where peering.isActive {
      result[peering.requester.vpcID, default: []].append((peering.id, peering.accepter))
      result[peering.accepter.vpcID, default: []].append((peering.id, peering.requester))
    }
    return result
  }

  mutating func addInstances() {
    instanceRows.reserveCapacity(world.instances.count)
    identifiers.reserve(world.instances.count * 20)
    if expectsChanges { rowOf.instance.reserveCapacity(world.instances.count) }
    let referred = expectsChanges ? [] : referredInstances()
    // Borrowed one after the other: copies would count the references in each.
    let values = world.instances.values
    let instances = values.span
    for start in stride(from: 0, to: instances.count, by: AddressTableBuilder.rowsAtOnce) {
      let rows = start..<min(start + AddressTableBuilder.rowsAtOnce, instances.count)
      for row in rows { fetch(instances[row].addresses) }
      for row in rows { add(instances[row], referred) }
    }
    addInterfacesAndElasticIPs()
    addServiceAddresses()
  }

  private mutating func fetch(_ pairs: AddressPairs) {
    for pair in pairs {
      if let address = pair.publicAddress { publicAddresses.fetch(address) }
    }
  }

  private mutating func add(_ instance: Instance, _ referred: Set<ID<Instance>>) {
    let row = add(instance)
    if instance.isClassic { rowOf.classicInstances[instance.region, default: 0] += 1 }
    if expectsChanges || !referred.isEmpty && referred.contains(instance.id) { rowOf.instance[instance.id] = row }
    for pair in instance.addresses {
      if let address = pair.publicAddress { publicAddresses.set(address, to: publicAddressRow(pair, row)) }
    }
    addResourceName(of: instance, row)
  }

  /// Adds the row of an instance, without its names.
  mutating func add(_ instance: Instance) -> UInt32 {
    let address = instance.privateIPAddress?.rawValue ?? none
    let identifier = identifiers.add(instance.id)
    if let last = lastPlace, last.vpcID == instance.vpcID, last.region == instance.region {
      instanceRows.append(
        InstanceRow(vpc: last.vpcRow, region: last.regionRow, address: address, identifier: identifier))
    } else {
      let vpc = instance.vpcID.flatMap { rowOf.vpc[$0] } ?? none
      let region = rowOf.region[instance.region] ?? 0
      instanceRows.append(InstanceRow(vpc: vpc, region: region, address: address, identifier: identifier))
      lastPlace = (instance.vpcID, instance.region, vpc, region)
    }
    return UInt32(instanceRows.count - 1)
  }

  func publicAddressRow(_ pair: AddressPair, _ row: UInt32) -> PublicAddressRow {
    let instance = instanceRows[Int(row)]
    return PublicAddressRow(
      privateAddress: pair.privateAddress.rawValue, vpc: instance.vpc, instance: row, region: instance.region,
      isClassic: instance.vpc == none)
  }

  /// Only these rows are looked for by the instance's id when nothing is going to change.
  private func referredInstances() -> Set<ID<Instance>> {
    var ids = Set(world.classicLinks.keys)
    for requester in world.requesters {
      if case .instance(let id) = requester.identity { ids.insert(id) }
    }
    ids.formUnion(world.networkInterfaces.values.compactMap(\.instanceID))
    ids.formUnion(world.elasticIPs.values.compactMap(\.instanceID))
    return ids
  }

  mutating func addResourceName(of instance: Instance, _ row: UInt32) {
    let options = world.resourceNameOptions(of: instance)
    guard let whole = world.resourceName(of: instance, options) else { return }
    let ttl = world.settings.timesToLive.resourceName
    let first = UInt32(setRows.count)
    if options.enableResourceNameDnsARecord, let address = instance.privateIPAddress {
      addSet(.a, ttl: ttl, [octets(address)])
    }
    if options.enableResourceNameDnsAAAARecord, let address = instance.ipv6Addresses.first {
      addSet(.aaaa, ttl: ttl, [octets(address)])
    }
    let node = addNode(firstSet: first)
    resourceNames.set(whole, in: 0, to: UInt32(resourceRows.count))
    resourceRows.append(ResourceRow(instance: row, node: node))
  }

  private func isKnown(_ publicAddress: IPv4Address) -> Bool { publicAddresses[publicAddress] != nil }

  private mutating func addInterfacesAndElasticIPs() {
    for interface in world.networkInterfaces.values {
      for pair in interface.addresses {
        guard let address = pair.publicAddress, !isKnown(address),
          let row = publicAddressRow(pair, of: interface)
        else { continue }
        publicAddresses.set(address, to: row)
      }
    }
    for elastic in world.elasticIPs.values where !isKnown(elastic.publicIP) {
      publicAddresses.set(elastic.publicIP, to: publicAddressRow(of: elastic))
    }
  }

  func publicAddressRow(_ pair: AddressPair, of interface: NetworkInterface) -> PublicAddressRow? {
    guard let vpc = world.vpcs[interface.vpcID], let row = rowOf.vpc[vpc.id] else { return nil }
    return PublicAddressRow(
      privateAddress: pair.privateAddress.rawValue, vpc: row,
      instance: interface.instanceID.flatMap { rowOf.instance[$0] } ?? none,
      region: rowOf.region[vpc.region] ?? 0, isClassic: false)
  }

  /// Not associated: the name exists, and nothing private stands behind it (decision 16).
  func publicAddressRow(of elastic: ElasticIP) -> PublicAddressRow {
    let instance = elastic.instanceID.flatMap { world.instances[$0] }
    let interface = elastic.networkInterfaceID.flatMap { world.networkInterfaces[$0] }
    let vpc = instance?.vpcID ?? interface?.vpcID
    let address = elastic.privateIPAddress ?? instance?.privateIPAddress ?? interface?.addresses.first?.privateAddress
    return PublicAddressRow(
      privateAddress: address?.rawValue ?? none, vpc: vpc.flatMap { rowOf.vpc[$0] } ?? none,
      instance: instance.flatMap { rowOf.instance[$0.id] } ?? none, region: rowOf.region[elastic.region] ?? 0,
      isClassic: instance?.isClassic ?? false)
  }
}

/// RDATA of an A record.
func octets(_ address: IPv4Address) -> [UInt8] { (0..<4).map { address.octet($0) } }

/// RDATA of an AAAA record.
func octets(_ address: IPv6Address) -> [UInt8] { (0..<16).map { address.octet($0) } }
