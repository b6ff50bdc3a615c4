// The second pass: reads each item again, decodes it and applies it to the world, in the order of their references.
import Cloud
import DNSWire
import ZoneFile

struct Builder {
  private(set) var world = World()
  private(set) var files: FileTable

  private let catalog: Catalog
  private let report: Report
  /// Ids of items that were reported: what refers to them is not reported again.
  private var failed: Set<String> = []
  private var associated = AssociatedAddresses()
  /// Interfaces that an instance shows, with the instance: they need no item of their own.
  private var shownInterfaces: [String: String] = [:]
  /// VPCs of which the files list a security group.
  private var vpcsWithGroups: Set<ID<VPC>> = []
  /// The records of the zone at hand, in its order.
  private var placedRecords: [PlacedRecordSet] = []

  init(catalog: Catalog, files: FileTable, report: Report) {
    self.catalog = catalog
    self.files = files
    self.report = report
    failed = catalog.brokenIDs
  }

  mutating func build() {
    addSettings()
    addPlatforms()
    each(.dhcpOptions) { _, item in .addDHCPOptions(item.dhcpOptions()) }
    each(.vpc) { _, item in item.vpc().map { .addVPC($0) } }
    each(.subnet) { _, item in item.subnet().map { .addSubnet($0) } }
    each(.routeTable) { _, item in item.routeTable().map { .addRouteTable($0) } }
    each(.securityGroup) { _, item in .addSecurityGroup(item.securityGroup()) }
    collectElasticIPs()
    addInstances()
    each(.networkInterface) { builder, item in builder.networkInterface(item) }
    each(.elasticIP) { builder, item in builder.elasticIP(item) }
    each(.classicLink) { _, item in item.classicLink().map { .attachClassicLink($0) } }
    each(.peering) { _, item in item.peering().map { .addPeering($0) } }
    vpcsWithGroups = Set(world.securityGroups.values.compactMap(\.vpcID))
    each(.dbInstance) { builder, item in builder.dbInstance(item) }
    each(.dbCluster) { builder, item in builder.dbCluster(item) }
    each(.redshiftCluster) { builder, item in builder.redshiftCluster(item) }
    each(.cacheCluster) { builder, item in builder.cacheCluster(item) }
    each(.loadBalancer) { builder, item in builder.loadBalancer(item) }
    each(.hostedZone) { builder, item in builder.hostedZone(item) }
    addResolverRules()
    each(.resolverConfig) { _, item in item.resolverConfig().map { .setResolverConfig($0) } }
    // The world keeps requesters in the order in which they come: one that no file's order changes.
    each(.requester, sorted: true) { _, item in item.requester().map { .addRequester($0) } }
    for kind in ItemKind.allCases {
      if let stored = kind.stored { each(kind) { _, item in .addStored(item.stored(stored)) } }
    }
  }

  // MARK: One way for every item

  /// Decodes each item of a kind and applies what `decode` makes of it, unless something was wrong with it.
  private mutating func each(
    _ kind: ItemKind, sorted: Bool = false, _ decode: (inout Builder, Item) -> Change?
  ) {
    guard let shelf = catalog.shelves[kind] else { return }
    let order = sorted ? shelf.ids.indices.sorted { shelf.ids[$0] < shelf.ids[$1] } : nil
    for position in shelf.ids.indices { take(kind, shelf, order?[position] ?? position, decode) }
  }

  private mutating func take(
    _ kind: ItemKind, _ shelf: Catalog.Shelf, _ index: Int, _ decode: (inout Builder, Item) -> Change?
  ) {
    if catalog.removed[kind]?.contains(index) == true { return }
    let before = report.errorCount
    let edits = catalog.edits[kind]?[index] ?? []
    if !edits.isEmpty { report.startReading() }
    guard let item = catalog.item(kind, shelf, index, edits, report) else {
      _ = report.endReading()
      return
    }
    // A state may come from a version that took any number: it is served.
    if files.entries[item.spot.file].rowIDs == nil { kind.checkCounts(of: item) }
    let fits = report.errorCount == before
    let change = decode(&self, item)
    if !edits.isEmpty {
      let reading = report.endReading()
      // An item that is skipped, such as a terminated instance, is not read to its end.
      if fits, change != nil || report.errorCount > before { checkAreRead(edits, of: item, reading) }
    }
    if report.errorCount == before, !item.lacksRegion, let change { apply(change, item) }
    if report.errorCount > before || item.lacksRegion, kind.ownsItsID { failed.insert(item.id.rawValue) }
  }

  /// A mistyped member of a file is ignored as AWS's own unused ones are; in an override it would answer as if nothing
  /// had been asked.
  private func checkAreRead(_ edits: [Edit], of item: Item, _ reading: Reading) {
    for edit in edits where !edit.path.isEmpty {
      guard let stray = reading.stray(edit, in: item.members.node) else { continue }
      let nearest = nearestKey(to: stray.member, among: stray.known)
      report.error(
        edit.spot,
        "no answer depends on \"\(stray.member)\" of \(item.kind.topLevelKey)/\(item.id)"
          + (nearest.map { "; did you mean \"\($0)\"?" } ?? ""))
    }
  }

  private mutating func apply(_ change: Change, _ item: Item) {
    do throws(Refusal) {
      try world.apply(change)
    } catch {
      if case .addHostedZone(let zone) = change, refuseRecords(of: zone) { return }
      refuse(error, item.members)
      // Also when the refusal itself is only a consequence.
      if item.kind.ownsItsID { failed.insert(item.id.rawValue) }
    }
  }

  /// Reports a refusal at the id that it is about, else at its member, else at the item.
  private func refuse(_ refusal: Refusal, _ members: Members) {
    var spot = members.spot
    let member = refusal.member.flatMap { members.node.firstValue(of: $0) }
    if let member { spot = member.spot }
    if case .notFound(_, let id) = refusal.reason {
      if failed.contains(id) { return }
      if let named = (member ?? members.node).firstString(id) { spot = named.spot }
    }
    report.error(spot, refusal.description)
  }

  /// Holds the VPCs alone: a closure that held the builder would copy all of it for each item.
  private var regionOfVPC: Item.RegionOfVPC {
    let vpcs = world.vpcs
    return { vpcs[$0]?.region }
  }

  // MARK: Values of the whole world

  private mutating func addSettings() {
    guard
      var node = Node.merge(catalog.settings)
        ?? catalog.settingsEdits.first.map({ edit in
          Node(value: .mapping([]), spot: edit.spot)
        })
    else { return }
    for edit in catalog.settingsEdits { node = node.edited(edit, report) }
    let members = Members(node: node, report: report)
    let settings = members.settings()
    do throws(Refusal) { try world.apply(.setSettings(settings)) } catch { refuse(error, members) }
  }

  private mutating func addPlatforms() {
    guard let first = catalog.platforms.first else { return }
    for other in catalog.platforms.dropFirst() where other.names != first.names {
      report.error(other.spot, "the supported platforms differ from those", other: first.spot)
    }
    do throws(Refusal) {
      try world.apply(.setSupportedPlatforms(first.names))
    } catch {
      report.error(first.spot, error.description)
    }
  }

  // MARK: Instances and their addresses

  /// Elastic IP addresses are looked at before the instances, which may not show them.
  private mutating func collectElasticIPs() {
    guard let shelf = catalog.shelves[.elasticIP] else { return }
    let silent = Report()
    for index in shelf.ids.indices {
      guard let item = catalog.item(.elasticIP, index, silent) else { continue }
      if let address = item.elasticIP(regionOfTarget: { _, _ in nil }) {
        associated.add(address, at: item.members.spot(of: "PublicIp"))
      }
    }
  }

  private mutating func addInstances() {
    guard let shelf = catalog.shelves[.instance] else { return }
    // With room for some that come later: the first of them would move all the others.
    world.reserveCapacity(instances: shelf.count + shelf.count / 8)
    let isUntouched = catalog.edits[.instance] == nil && catalog.removed[.instance] == nil && associated.isEmpty
    let namedVPCs = catalog.namedVPCs.map { (id: $0, region: world.vpcs[$0]?.region) }
    var defaults: Defaults?
    for index in shelf.ids.indices {
      if isUntouched, let plain = shelf.plainInstance(index) {
        let part = shelf.firstParts[index]
        if defaults?.areOf(part) != true { defaults = Defaults(of: part, catalog) }
        if let defaults, add(plain, ID(shelf.ids[index]), namedVPCs, defaults) { continue }
      }
      take(.instance, shelf, index) { builder, item in builder.instance(item) }
    }
  }

  /// What the instances of one list have in common.
  private struct Defaults {
    private let document: UInt32
    private let account: UInt32
    let region: Region?
    let ownerID: String

    /// `nil` where the Region was reported: that is for the general way.
    init?(of part: Catalog.Part, _ catalog: Catalog) {
      let whole = catalog.documents[Int(part.document)]
      guard !whole.hasBrokenRegion else { return nil }
      document = part.document
      account = part.account
      region = whole.region
      ownerID = catalog.accountID(of: part)
    }

    func areOf(_ part: Catalog.Part) -> Bool { part.document == document && part.account == account }
  }

  /// Adds an instance of which everything is known; `false` when there is something to say about it, which is for the
  /// general way.
  private mutating func add(
    _ plain: PlainInstance, _ id: ID<Instance>, _ namedVPCs: [(id: ID<VPC>, region: Region?)], _ defaults: Defaults
  ) -> Bool {
    let vpc = plain.vpcNumber.map { namedVPCs[$0] }
    var instance = Instance(
      id: id, region: defaults.region ?? vpc?.region ?? .usEast1, ownerID: defaults.ownerID)
    instance.vpcID = vpc?.id
    instance.addresses = plain.addresses
    do throws(Refusal) {
      try world.apply(.addInstance(instance))
      return true
    } catch {
      return false
    }
  }

  private mutating func instance(_ item: Item) -> Change? {
    if !failed.isEmpty, !item.members.has("VpcId"), let subnet = item.members.text("SubnetId"),
      failed.contains(subnet)
    {
      // Its VPC cannot be known.
      failed.insert(item.id.rawValue)
      return nil
    }
    let subnets = world.subnets
    let instance = item.instance(
      publicAddresses: associated, vpcOfSubnet: { subnets[$0]?.vpcID }, regionOfVPC: regionOfVPC)
    if catalog.has(.elasticIP) {
      for interface in item.members.interfaces() {
        if let id = interface.text("NetworkInterfaceId") { shownInterfaces[id] = item.id.rawValue }
      }
    }
    return instance.map { .addInstance($0) }
  }

  private func networkInterface(_ item: Item) -> Change? {
    guard var interface = item.networkInterface() else { return nil }
    for entry in associated.of(interface: item.id.rawValue) {
      let wanted = entry.privateAddress ?? interface.addresses.first?.privateAddress
      guard let index = interface.addresses.firstIndex(where: { $0.privateAddress == wanted }) else { continue }
      // One that shows another public address keeps it; the Elastic IP address is then refused at its own place.
      if interface.addresses[index].publicAddress == nil {
        interface.addresses[index].publicAddress = entry.publicAddress
      }
    }
    return .addNetworkInterface(interface)
  }

  private func elasticIP(_ item: Item) -> Change? {
    let address = item.elasticIP { instance, interface in
      instance.flatMap { world.instances[$0]?.region }
        ?? interface.flatMap { world.networkInterfaces[$0] }.flatMap { regionOfVPC($0.vpcID) }
    }
    guard var address else { return nil }
    if let interface = address.networkInterfaceID, world.networkInterfaces[interface] == nil,
      let instance = address.instanceID, shownInterfaces[interface.rawValue] == instance.rawValue
    {
      address.networkInterfaceID = nil
    }
    return .addElasticIP(address)
  }

  // MARK: Services and their groups

  /// What a service says of its groups, as far as the files can tell: describe-db-instances must load without
  /// describe-security-groups. Every VPC has a group, so where none is listed nobody asked AWS for them, and an unknown
  /// group is left out; where one is listed, an unknown group stays and is refused.
  private func known(_ groups: [ID<SecurityGroup>], in vpcID: ID<VPC>?) -> [ID<SecurityGroup>] {
    if let vpcID, vpcsWithGroups.contains(vpcID) { return groups }
    return groups.filter { world.securityGroups[$0] != nil }
  }

  private func dbInstance(_ item: Item) -> Change {
    var database = item.dbInstance(regionOfVPC)
    database.securityGroupIDs = known(database.securityGroupIDs, in: database.vpcID)
    return .addDBInstance(database)
  }

  private func dbCluster(_ item: Item) -> Change {
    var cluster = item.dbCluster()
    // The item names its subnet group, not its VPC: it is that of its members.
    let vpcID = cluster.members.lazy.compactMap { world.dbInstances[$0.instanceID]?.vpcID }.first
    cluster.securityGroupIDs = known(cluster.securityGroupIDs, in: vpcID)
    return .addDBCluster(cluster)
  }

  private func loadBalancer(_ item: Item) -> Change? {
    guard var balancer = item.loadBalancer(regionOfVPC) else { return nil }
    // As with groups: describe-load-balancers must load without describe-instances.
    if world.instances.count == 0 { balancer.instanceIDs = [] }
    return .addLoadBalancer(balancer)
  }

  private func redshiftCluster(_ item: Item) -> Change {
    var cluster = item.redshiftCluster(regionOfVPC)
    cluster.securityGroupIDs = known(cluster.securityGroupIDs, in: cluster.vpcID)
    return .addRedshiftCluster(cluster)
  }

  private func cacheCluster(_ item: Item) -> Change {
    var cluster = item.cacheCluster(regionOfVPC) { world.securityGroups[$0]?.vpcID }
    cluster.securityGroupIDs = known(cluster.securityGroupIDs, in: cluster.vpcID)
    return .addCacheCluster(cluster)
  }

  // MARK: Zones and rules

  private mutating func hostedZone(_ item: Item) -> Change? {
    let before = report.errorCount
    guard var zone = item.hostedZone(regionOfVPC) else { return nil }
    var records = item.members.recordSets()
    for page in catalog.recordSetPages[item.id.rawValue] ?? [] {
      records += Members(node: page, report: report).recordSets()
    }
    if let path = item.members.text("ZoneFile") {
      records += readZoneFile(path, of: item, origin: zone.name)
    }
    let keys = records.map { CanonicalKey($0.set.name, $0.set.type) }
    records = records.indices.sorted { left, right in
      if keys[left] != keys[right] { return keys[left] < keys[right] }
      return (records[left].set.setIdentifier ?? "", records[left].spot)
        < (records[right].set.setIdentifier ?? "", records[right].spot)
    }.map { records[$0] }
    zone.recordSets = records.map(\.set)
    for record in records {
      if let warning = record.set.sizeWarning { report.warning(record.spot, warning) }
    }
    // A broken record is left out: what others say about it cannot be judged.
    guard report.errorCount == before else { return nil }
    placedRecords = records
    return .addHostedZone(zone)
  }

  /// Says of a zone that was refused what is wrong with its records, all of it; `false` when it is something else.
  private func refuseRecords(of zone: HostedZone) -> Bool {
    let problems = zone.problems()
    for problem in problems {
      let record = placedRecords[problem.index]
      if let members = record.members {
        refuse(problem.refusal, members)
      } else {
        report.error(record.spot, problem.refusal.description)
      }
    }
    return !problems.isEmpty
  }

  private mutating func readZoneFile(_ name: String, of item: Item, origin: Name) -> [PlacedRecordSet] {
    let spot = item.members.spot(of: "ZoneFile")
    // An override stands where the item does.
    let isOverride = files.entries[spot.file].isOverride
    let path = path(name, besides: files.entries[isOverride ? item.spot.file : spot.file].path)
    guard files.entries.count < Spot.mostFiles else {
      report.error(spot, "more than \(Spot.mostFiles) files")
      return []
    }
    // Noted before it is read: a file that is missing is one to watch.
    let file = files.add(path)
    let text: [UInt8]
    do throws(PathError) {
      text = try octets(ofFile: path)
    } catch {
      switch error {
      case .missing: report.error(spot, "there is no file \(path)")
      case .unreadable(let reason): report.error(spot, "\(path): \(reason)")
      }
      return []
    }
    let (records, problems) = ZoneFile.read(text, origin: origin)
    for problem in problems {
      report.error(Spot(file: file, line: problem.line, column: problem.column), problem.message)
    }
    if records.isEmpty, problems.isEmpty { files.markBlank(file) }
    return recordSets(of: records, file: file, report: report)
  }

  private mutating func addResolverRules() {
    var vpcIDs: [String: Set<ID<VPC>>] = [:]
    let ruleIDs = Set((catalog.shelves[.resolverRule]?.ids ?? []).map(\.rawValue))
    for node in catalog.associations {
      let association = Members(node: node, report: report)
      guard let rule = association.required("ResolverRuleId", association.text("ResolverRuleId")),
        let vpc: ID<VPC> = association.required("VPCId", association.id("VPCId"))
      else { continue }
      if ruleIDs.contains(rule) {
        vpcIDs[rule, default: []].insert(vpc)
        guard world.vpcs[vpc] == nil, !failed.contains(vpc.rawValue) else { continue }
        report.error(association.spot(of: "VPCId"), "there is no VPC \(vpc)")
      } else if !failed.contains(rule) {
        report.error(association.spot(of: "ResolverRuleId"), "there is no Resolver rule \(rule)")
      }
    }
    let known = world.vpcs
    each(.resolverRule) { _, item in
      guard var rule = item.resolverRule() else { return nil }
      let associated = (vpcIDs[item.id.rawValue] ?? []).filter { known[$0] != nil && !rule.vpcIDs.contains($0) }
      rule.vpcIDs = (rule.vpcIDs + associated).sorted()
      return .addResolverRule(rule)
    }
  }
}
