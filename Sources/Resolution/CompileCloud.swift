// Compiling VPCs, peerings and instances, with the public addresses that each owner has.
import Cloud
import DNSWire

extension Draft {
  mutating func addVPCs() {
    vpcIDs = world.vpcs.keys.sorted()
    for (index, id) in vpcIDs.enumerated() { vpcIndex[id] = UInt32(index) }
    let peerings = peeringsByVPC()
    for id in vpcIDs {
      guard let vpc = world.vpcs[id] else { continue }
      var flags: UInt8 = 0
      if vpc.enableDnsSupport { flags |= VPCRow.Flags.dnsSupport.rawValue }
      if vpc.enableDnsHostnames { flags |= VPCRow.Flags.dnsHostnames.rawValue }
      if vpc.classicLinkEnabled { flags |= VPCRow.Flags.classicLink.rawValue }
      if vpc.classicLinkDnsSupported { flags |= VPCRow.Flags.classicLinkDNS.rawValue }
      if world.resolverConfigs[id]?.autodefinedReverse ?? true { flags |= VPCRow.Flags.autodefinedReverse.rawValue }
      let firstRange = UInt32(rangeRows.count)
      for block in vpc.cidrBlocks { addRange(block) }
      let firstPeer = UInt32(peerRows.count)
      for peer in peerings[id] ?? [] {
        peerRows.append(
          PeerRow(
            vpc: vpcIndex[peer.side.vpcID] ?? none, allowsDNS: peer.side.options.allowDnsResolutionFromRemoteVpc,
            identifier: identifiers.add(peer.id.rawValue)))
      }
      vpcRows.append(
        VPCRow(
          flags: VPCRow.Flags(rawValue: flags), region: regionIndex[vpc.region] ?? 0, zoneLabels: 0, ruleLabels: 0,
          firstRange: firstRange, rangeCount: UInt16(UInt32(rangeRows.count) - firstRange),
          peerCount: UInt16(UInt32(peerRows.count) - firstPeer), firstPeer: firstPeer,
          identifier: identifiers.add(id.rawValue)))
    }
  }

  /// The range, and the reverse domains that Amazon defines for it: one for each block of 2 or 3 octets (semantics
  /// 3.4).
  private mutating func addRange(_ block: CIDRBlock) {
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
    publicAddressRows.reserveCapacity(world.instances.count)
    // Only the rows that something refers to by the instance's id are ever looked for.
    let referred = referredInstances()
    for instance in world.instances.values {
      let index = UInt32(instanceRows.count)
      if !referred.isEmpty, referred.contains(instance.id) { instanceIndex[instance.id] = index }
      let vpc = instance.vpcID.flatMap { vpcIndex[$0] } ?? none
      let region = regionIndex[instance.region] ?? 0
      let options = world.resourceNameOptions(of: instance)
      instanceRows.append(
        InstanceRow(
          vpc: vpc, region: region,
          address: instance.privateIPAddress?.rawValue ?? none, identifier: identifiers.add(instance.id.rawValue)))
      for pair in instance.addresses {
        guard let address = pair.publicAddress else { continue }
        addPublicAddress(
          address, pair.privateAddress, region: region, vpc: vpc, instance: index, isClassic: instance.isClassic)
      }
      addResourceName(of: instance, index, options)
    }
    addInterfacesAndElasticIPs()
    addServiceAddresses()
  }

  private func referredInstances() -> Set<ID<Instance>> {
    var ids = Set(world.classicLinks.keys)
    for requester in world.requesters {
      if case .instance(let id) = requester.identity { ids.insert(id) }
    }
    ids.formUnion(world.networkInterfaces.values.compactMap(\.instanceID))
    ids.formUnion(world.elasticIPs.values.compactMap(\.instanceID))
    return ids
  }

  private mutating func addResourceName(of instance: Instance, _ index: UInt32, _ options: PrivateDnsNameOptions) {
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
    resourceRows.append(ResourceRow(instance: index, node: node))
  }

  mutating func addPublicAddress(
    _ address: IPv4Address, _ privateAddress: IPv4Address?, region: UInt16, vpc: UInt32, instance: UInt32 = none,
    isClassic: Bool
  ) {
    let row = PublicAddressRow(
      privateAddress: privateAddress?.rawValue ?? none, vpc: vpc, instance: instance, region: region,
      isClassic: isClassic)
    if let known = publicAddresses.value(of: address.rawValue, in: 0), publicAddressRows.isRecent(Int(known)) {
      publicAddressRows[Int(known)] = row
    } else {
      publicAddresses.set(address.rawValue, in: 0, to: UInt32(publicAddressRows.count))
      publicAddressRows.append(row)
    }
  }

  private func isKnown(_ publicAddress: IPv4Address) -> Bool {
    publicAddresses.value(of: publicAddress.rawValue, in: 0) != nil
  }

  private mutating func addInterfacesAndElasticIPs() {
    for interface in world.networkInterfaces.values {
      guard let vpc = world.vpcs[interface.vpcID], let index = vpcIndex[vpc.id] else { continue }
      for pair in interface.addresses {
        guard let address = pair.publicAddress, !isKnown(address) else { continue }
        addPublicAddress(
          address, pair.privateAddress, region: regionIndex[vpc.region] ?? 0, vpc: index,
          instance: interface.instanceID.flatMap { instanceIndex[$0] } ?? none, isClassic: false)
      }
    }
    for elastic in world.elasticIPs.values where !isKnown(elastic.publicIP) {
      let region = regionIndex[elastic.region] ?? 0
      let instance = elastic.instanceID.flatMap { world.instances[$0] }
      let interface = elastic.networkInterfaceID.flatMap { world.networkInterfaces[$0] }
      let vpc = instance?.vpcID ?? interface?.vpcID
      // Not associated: the name exists, and nothing private stands behind it (decision 16).
      addPublicAddress(
        elastic.publicIP,
        elastic.privateIPAddress ?? instance?.privateIPAddress ?? interface?.addresses.first?.privateAddress,
        region: region, vpc: vpc.flatMap { vpcIndex[$0] } ?? none,
        instance: instance.flatMap { instanceIndex[$0.id] } ?? none, isClassic: instance?.isClassic ?? false)
    }
  }
}

/// RDATA of an A record.
func octets(_ address: IPv4Address) -> [UInt8] { (0..<4).map { address.octet($0) } }

/// RDATA of an AAAA record.
func octets(_ address: IPv6Address) -> [UInt8] { (0..<16).map { address.octet($0) } }
