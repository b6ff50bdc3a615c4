// Making anew what changes have touched: behind the rows that are there, with the same functions that made those.
import Cloud
import DNSWire

/// The tables that are no part of a draft, after an update.
struct MovedTables: ~Copyable {
  var askerAddresses: AddressTable
  var askerRanges4: RangeTable
  var askerRanges6: RangeTable
  var resolverAddresses: AddressTable
  var links: AddressTable
  var classicRegion: UInt16
}

extension Draft {
  /// A draft behind the rows of `tables`.
  init(_ world: World, continuing tables: borrowing Tables, _ rowOf: consuming RowNumbers) {
    self.world = world
    expectsChanges = true
    self.rowOf = rowOf
    identifiers = TextStore(continuing: tables.identifiers)
    data = Growing(continuing: tables.data.base, tables.data.recent)
    regionRows = tables.regions
    vpcRows = tables.vpcs
    rangeRows = tables.ranges
    peerRows = tables.peers
    instanceRows = Growing(continuing: tables.instances.base, tables.instances.recent)
    publicAddresses = PublicAddressTableBuilder(continuing: tables.publicAddresses)
    domains = NameTableBuilder(continuing: tables.domains)
    domainRows = tables.domainRows
    domainLabels = tables.domainLabels
    apexes = NameTableBuilder(continuing: tables.apexes)
    publicZoneLabels = tables.publicZoneLabels
    ruleDomains = NameTableBuilder(continuing: tables.ruleDomains)
    ruleRows = tables.ruleRows
    targetSets = tables.targetSets
    nodes = NameTableBuilder(continuing: tables.nodes)
    zoneRows = tables.zoneRows
    nodeRows = Growing(continuing: tables.nodeRows.base, tables.nodeRows.recent)
    setRows = Growing(continuing: tables.setRows.base, tables.setRows.recent)
    endpoints = NameTableBuilder(continuing: tables.endpoints)
    endpointRows = tables.endpointRows
    resourceNames = NameTableBuilder(continuing: tables.resourceNames)
    resourceRows = Growing(continuing: tables.resourceRows.base, tables.resourceRows.recent)
  }

  /// Brings the rows up to the world after changes with these effects.
  mutating func update(_ tables: borrowing Tables, _ effects: Effects) -> MovedTables {
    let moves = update(effects.vpcs, tables)
    if effects.peerings || moves { addPeers() }
    var links = AddressTableBuilder(continuing: tables.links)
    var privateAddresses = effects.privateAddresses
    var publicAddresses = effects.publicAddresses
    for id in effects.instances {
      if let row = rowOf.instance[id] { links.remove(row, in: 0) }
      update(id)
      guard let instance = world.instances[id] else { continue }
      for pair in instance.addresses {
        privateAddresses.insert(Effects.PrivateAddress(vpcID: instance.vpcID, address: pair.privateAddress))
        if let address = pair.publicAddress { publicAddresses.insert(address) }
      }
    }
    for id in effects.links.union(effects.instances) {
      guard let row = rowOf.instance[id] else { continue }
      if let vpc = world.classicLinks[id].flatMap({ rowOf.vpc[$0.vpcID] }) {
        links.set(row, in: 0, to: vpc)
      } else {
        links.remove(row, in: 0)
      }
    }
    var servicesShow = false
    for address in publicAddresses where !update(publicAddress: address) {
      servicesShow = servicesShow || !world.holders(ofPublicAddress: address).isEmpty
    }
    // A service's address that somebody else showed as well.
    if effects.services || servicesShow { renewServices() }
    update(zones: effects.hostedZones)
    if effects.resolverRules { renewResolverRules() }
    var askers = AddressTableBuilder(continuing: tables.askerAddresses)
    for address in privateAddresses { update(address, &askers) }
    return MovedTables(
      askerAddresses: askers.finish(),
      askerRanges4: moves ? AskerRanges(world, rowOf).table4() : tables.askerRanges4.shared(),
      askerRanges6: moves || effects.ipv6Addresses ? table6() : tables.askerRanges6.shared(),
      resolverAddresses: moves ? Resolution.resolverAddresses(world, rowOf) : tables.resolverAddresses.shared(),
      links: links.finish(), classicRegion: regionOfClassicHosts(world, rowOf))
  }

  /// Looks at every instance: only where IPv6 addresses or ranges change.
  private func table6() -> RangeTable {
    var ranges = AskerRanges(world, rowOf)
    for instance in world.instances.values where !instance.ipv6Addresses.isEmpty {
      guard let row = rowOf.instance[instance.id] else { continue }
      let network = instance.vpcID.flatMap { rowOf.vpc[$0] } ?? Network.classic.rawValue
      for address in instance.ipv6Addresses { ranges.add(address, network, row) }
    }
    return ranges.table6()
  }

  /// True when ranges came, went or changed.
  private mutating func update(_ ids: Set<ID<VPC>>, _ tables: borrowing Tables) -> Bool {
    var moves = false
    for id in ids {
      switch (rowOf.vpc[id], world.vpcs[id]) {
      case (nil, let vpc?):
        rowOf.vpc[id] = UInt32(vpcRows.count)
        add(vpc)
        moves = true
      case (let row?, let vpc?):
        vpcRows[Int(row)].flags = flags(of: vpc)
        addNameServers(of: vpc, Int(row))
        // One that went and came again may be elsewhere.
        vpcRows[Int(row)].region = rowOf.region[vpc.region] ?? 0
        if tables.text(vpcRows[Int(row)].owner) != vpc.ownerID {
          vpcRows[Int(row)].owner = identifiers.add(vpc.ownerID)
        }
        guard !tables.hasRanges(vpc, row) else { continue }
        vpcRows[Int(row)].firstRange = UInt32(rangeRows.count)
        vpcRows[Int(row)].rangeCount = UInt16(vpc.cidrBlocks.count)
        for block in vpc.cidrBlocks { addRange(block) }
        moves = true
      case (let row?, nil):
        // The row stays, as the number of a network that is no more.
        rowOf.vpc[id] = nil
        vpcRows[Int(row)].flags = VPCRow.Flags(rawValue: 0)
        vpcRows[Int(row)].rangeCount = 0
        vpcRows[Int(row)].peerCount = 0
        vpcRows[Int(row)].identifier = identifiers.add("")
        moves = true
      case (nil, nil): break
      }
    }
    return moves
  }

  /// The row of an instance and its resource name. Where the row has to change, it is a new one.
  private mutating func update(_ id: ID<Instance>) {
    let known = rowOf.instance[id]
    countClassic(known, world.instances[id])
    if let known {
      let region = rowOf.region(numbered: instanceRows[Int(known)].region)
      if let name = region.flatMap({ resourceName(id, $0) }) { resourceNames.remove(name, in: 0) }
    }
    guard let instance = world.instances[id] else {
      rowOf.instance[id] = nil
      // Its row is shared with snapshots that still have it; one behind it takes the id away (`askers`).
      if var gone = known.map({ instanceRows[Int($0)] }) {
        gone.isGone = true
        instanceRows.append(gone)
      }
      return
    }
    let row = known.flatMap { hasRow(instance, $0) ? $0 : nil } ?? add(instance)
    rowOf.instance[id] = row
    addResourceName(of: instance, row)
  }

  private mutating func countClassic(_ known: UInt32?, _ instance: Instance?) {
    if let row = known.map({ instanceRows[Int($0)] }), row.vpc == none,
      let region = rowOf.region(numbered: row.region)
    {
      let left = rowOf.classicInstances[region, default: 0] - 1
      rowOf.classicInstances[region] = left > 0 ? left : nil
    }
    if let instance, instance.isClassic { rowOf.classicInstances[instance.region, default: 0] += 1 }
  }

  func hasRow(_ instance: Instance, _ row: UInt32) -> Bool {
    let known = instanceRows[Int(row)]
    return known.address == instance.privateIPAddress?.rawValue ?? none
      && known.vpc == instance.vpcID.flatMap { rowOf.vpc[$0] } ?? none && known.region == rowOf.region[instance.region]
  }

  /// An address that is in the world no more, or whose owner has another row. False when nothing is known of it, or
  /// only what a service says.
  @discardableResult
  private mutating func update(publicAddress address: IPv4Address) -> Bool {
    var row: PublicAddressRow?
    for holder in world.holders(ofPublicAddress: address) where row == nil {
      row = publicAddressRow(address, of: holder)
    }
    if let row {
      publicAddresses.set(address, to: row)
    } else if let elastic = world.elasticIPs[address] {
      publicAddresses.set(address, to: publicAddressRow(of: elastic))
    } else {
      publicAddresses.remove(address)
      return false
    }
    return true
  }

  private func publicAddressRow(_ address: IPv4Address, of holder: AddressHolder) -> PublicAddressRow? {
    switch holder {
    case .instance(let id):
      guard let instance = world.instances[id], let row = rowOf.instance[id] else { return nil }
      let pair = instance.addresses.first { $0.publicAddress == address }
      return pair.map { publicAddressRow($0, row) }
    case .networkInterface(let id):
      guard let interface = world.networkInterfaces[id] else { return nil }
      let pair = interface.addresses.first { $0.publicAddress == address }
      return pair.flatMap { publicAddressRow($0, of: interface) }
    case .elasticIP, .dbInstance, .redshiftCluster, .cacheCluster, .loadBalancer:
      return nil
    }
  }

  /// Who asks from this address, in its own network and in any.
  private func update(_ place: Effects.PrivateAddress, _ askers: inout AddressTableBuilder) {
    let address = place.address
    if let network = place.vpcID.map({ rowOf.vpc[$0] }) ?? Network.classic.rawValue {
      set(address, in: network, world.instances(holding: address, inVPC: place.vpcID), &askers)
    }
    var everywhere = world.instances(holding: address, inVPC: nil)
    for (id, row) in rowOf.vpc where has(row, address) { everywhere += world.instances(holding: address, inVPC: id) }
    set(address, in: Network.any.rawValue, everywhere, &askers)
  }

  private func has(_ vpc: UInt32, _ address: IPv4Address) -> Bool {
    let row = vpcRows[Int(vpc)]
    return rangeRows[Int(row.firstRange)..<Int(row.firstRange) + Int(row.rangeCount)]
      .contains { $0.first <= address.rawValue && address.rawValue <= $0.last }
  }

  private func set(
    _ address: IPv4Address, in network: UInt32, _ owners: [ID<Instance>], _ askers: inout AddressTableBuilder
  ) {
    let key = address.rawValue
    // What a `Requesters` line says goes before (world.md 2.3).
    if let known = askers.value(of: key, in: network), AskerCode(rawValue: known).isRequester { return }
    let rows = owners.compactMap { rowOf.instance[$0] }
    switch rows.count {
    case 0: askers.remove(key, in: network)
    case 1: askers.set(key, in: network, to: AskerCode(.instance, index: rows[0]).rawValue)
    default: askers.set(key, in: network, to: AskerCode(.ambiguous).rawValue)
    }
  }

  private mutating func renewServices() {
    endpoints = NameTableBuilder()
    endpointRows = []
    for service in serviceAddresses() { update(publicAddress: service.address) }
    addServiceAddresses()
    addEndpoints()
  }

  private mutating func renewResolverRules() {
    ruleDomains = NameTableBuilder()
    ruleRows = []
    targetSets = [[]]
    for index in vpcRows.indices where vpcRows[index].ruleLabels != 0 { vpcRows[index].ruleLabels = 0 }
    addResolverRules()
  }

  /// The zones are added anew, whole; nobody comes to the rows that they had. All leave before one comes: a name may
  /// pass from one to another.
  private mutating func update(zones ids: Set<ID<HostedZone>>) {
    var publicNames: Set<Name> = []
    for id in ids {
      guard let place = rowOf.zone.removeValue(forKey: id) else { continue }
      if place.isPrivate {
        for vpc in place.vpcIDs.compactMap({ rowOf.vpc[$0] }) { apexes.remove(place.name, in: vpc) }
      } else {
        apexes.remove(place.name, in: Space.publicZones)
        publicNames.insert(place.name)
      }
    }
    for zone in ids.compactMap({ world.hostedZones[$0] }) {
      if zone.isPrivate { add(zone) } else { publicNames.insert(zone.name) }
    }
    guard !publicNames.isEmpty else { return }
    // Of public zones of one name the last one is served, as when everything is compiled.
    let sameName = world.hostedZones.values.filter { !$0.isPrivate && publicNames.contains($0.name) }
    for one in sameName.sorted(by: { $0.id < $1.id }) { add(one) }
  }

  /// The tables after the update.
  consuming func finish(continuing tables: borrowing Tables, _ moved: consuming MovedTables) -> Tables {
    Tables(
      askerAddresses: moved.askerAddresses, askerRanges4: moved.askerRanges4, askerRanges6: moved.askerRanges6,
      resolverAddresses: moved.resolverAddresses, links: moved.links, classicRegion: moved.classicRegion,
      vpcs: vpcRows, ranges: rangeRows, peers: peerRows, instances: InstanceRows(instanceRows), regions: regionRows,
      publicAddresses: publicAddresses.finish(),
      domains: domains.finish(), domainRows: domainRows, publicReverseDomain: tables.publicReverseDomain,
      domainLabels: domainLabels, apexes: apexes.finish(), publicZoneLabels: publicZoneLabels,
      ruleDomains: ruleDomains.finish(), ruleRows: ruleRows, targetSets: targetSets, nodes: nodes.finish(),
      zoneRows: zoneRows,
      nodeRows: NodeRows(nodeRows), setRows: SetRows(setRows), endpoints: endpoints.finish(),
      endpointRows: endpointRows, resourceNames: resourceNames.finish(), resourceRows: ResourceRows(resourceRows),
      data: OctetStore(data), identifiers: OctetStore(identifiers.octets), phrases: tables.phrases,
      citations: tables.citations, explains: tables.explains, rules: tables.rules, timesToLive: tables.timesToLive,
      hasNegativeSOA: tables.hasNegativeSOA, syntheticSOA: tables.syntheticSOA,
      advertisedUDPPayload: tables.advertisedUDPPayload, largestUDPPayload: tables.largestUDPPayload)
  }
}
