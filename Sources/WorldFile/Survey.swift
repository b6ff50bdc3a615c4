// The first pass: walks every file once, item by item, and notes in the catalog what is where.
import Cloud
import DNSWire

struct Survey {
  var catalog = Catalog()
  let report: Report
  /// A text broke off or was no mapping: what it does not say would be reported as missing all over the others.
  private(set) var isBroken = false

  private var document = Document(file: 0)
  /// Values of the document at hand that belong together, by key.
  private var values: [String: Node.Member] = [:]
  private var zoneIDs: Set<String> = []

  init(report: Report) { self.report = report }

  // MARK: Documents

  mutating func read(json octets: [UInt8], file: Int) {
    begin(Document(file: file, octets: octets))
    do throws(JSONError) {
      try walk(octets)
    } catch {
      report.error(Spot(file: file, offset: error.offset), error.message)
      isBroken = true
    }
    end()
  }

  mutating func read(yaml root: Node, file: Int) {
    begin(Document(file: file))
    if case .mapping(let members) = root.value {
      for member in members { take(member) }
    } else {
      isNoMapping(root)
    }
    end()
  }

  private mutating func isNoMapping(_ root: Node) {
    report.error(root.spot, "a world file must be a mapping, not \(root.kindInWords)")
    isBroken = true
  }

  private mutating func begin(_ next: Document) {
    document = next
    values = [:]
    zoneIDs = []
    catalog.open(next)
  }

  private mutating func walk(_ octets: [UInt8]) throws(JSONError) {
    var scanner = JSONScanner(octets.span, file: document.file)
    try scanner.skipByteOrderMark()
    guard scanner.peek() == UInt8(ascii: "{") else {
      let root = try scanner.value()
      isNoMapping(root)
      return
    }
    try scanner.open("{")
    var isFirst = true
    var keys: Set<String> = []
    while let (name, spot) = try scanner.nextMember(isFirst: &isFirst) {
      if !keys.insert(name).inserted { report.error(spot, "\"\(name)\" stands twice in one mapping") }
      guard scanner.peek() == UInt8(ascii: "["), let key = TopLevelKey(name), key.isListOfItems else {
        take(Node.Member(name: name, spot: spot, node: try scanner.value()))
        continue
      }
      try scanner.open("[")
      var isFirstElement = true
      while try scanner.nextElement(isFirst: &isFirstElement) {
        _ = scanner.peek()
        let locator = scanner.index
        takeElement(try scanner.value(), of: name, key, at: locator)
      }
    }
    try scanner.finish()
    for (name, spot) in scanner.repetitions { report.error(spot, "\"\(name)\" stands twice in one mapping") }
  }

  // MARK: Top level

  private mutating func take(_ member: Node.Member) {
    guard let key = TopLevelKey(member.name) else {
      let nearest = nearestKey(to: member.name, among: TopLevelKey.suggestions)
      report.error(
        member.spot, "unknown key \"\(member.name)\"" + (nearest.map { "; did you mean \"\($0)\"?" } ?? ""))
      let meant = nearest.flatMap { TopLevelKey($0) }
      catalog.noteBroken(member.node, of: meant?.itemKinds ?? ItemKind.allCases)
      return
    }
    guard !member.node.isNull else { return }
    switch key {
    case .ignored: break
    case .value: values[member.name] = member
    case .item(let kind):
      if mapping(member.node, "\(member.name) must be a mapping", [kind]) { add(kind, member.node) }
    default:
      guard case .list(let elements) = member.node.value else {
        report.error(member.node.spot, "\(member.name) must be a list, not \(member.node.kindInWords)")
        catalog.noteBroken(member.node, of: key.itemKinds)
        return
      }
      for element in elements { takeElement(element, of: member.name, key, at: nil) }
    }
  }

  /// `locator` is `nil` when the element must be held.
  private mutating func takeElement(_ node: Node, of name: String, _ key: TopLevelKey, at locator: Int?) {
    guard mapping(node, "an element of \(name) must be a mapping", key.itemKinds) else { return }
    switch key {
    case .items(let kind): add(kind, node, at: locator)
    case .instances: add(isLink(node) ? .classicLink : .instance, node, at: locator)
    case .reservations:
      let reservation = Members(node: node, report: report)
      let account = reservation.looseText("OwnerId").map { catalog.account($0) } ?? 0
      for instance in reservation.list("Instances") {
        add(.instance, instance.node, at: locator == nil ? nil : instance.spot.offset, account: account)
      }
    case .associations: catalog.associations.append(node)
    case .item, .value, .ignored: break
    }
  }

  /// What describe-classic-link-instances prints: groups, and no state.
  private func isLink(_ node: Node) -> Bool { node["Groups"] != nil && node["State"] == nil }

  private mutating func mapping(_ node: Node, _ rule: String, _ kinds: [ItemKind]) -> Bool {
    if case .mapping = node.value { return true }
    report.error(node.spot, "\(rule), not \(node.kindInWords)")
    catalog.noteBroken(node, of: kinds)
    return false
  }

  private mutating func add(_ kind: ItemKind, _ node: Node, at locator: Int? = nil, account: UInt32 = 0) {
    let item = Members(node: node, report: report)
    let before = report.errorCount
    guard let id = kind.idMembers.lazy.compactMap({ item.text($0) }).first else {
      if report.errorCount == before {
        report.error(node.spot, kind.idMembers.joined(separator: " or ") + " is missing")
      }
      catalog.noteBroken(node, of: [kind])
      return
    }
    let canonical = kind == .requester ? requesterID(item, source: id) : kind.canonical(id)
    if kind == .hostedZone { zoneIDs.insert(canonical) }
    catalog.add(kind, canonical, at: locator ?? document.hold(node), account: account)
  }

  /// One source may be several askers, each in its own network (world.md 2).
  private func requesterID(_ item: Members, source: String) -> String {
    let identity = item.text("InstanceId") ?? item.text("VpcId") ?? item.text("Network") ?? ""
    return requesterSource(source).map { requesterKey($0, identity) } ?? "\(source) \(identity)"
  }

  // MARK: The end of a document

  private mutating func end() {
    let spot = values.values.map(\.node.spot).min() ?? Spot(file: document.file, offset: 0)
    let root = Node(value: .mapping(Array(values.values)), spot: spot)
    let top = Members(node: root, report: report)
    let before = report.errorCount
    document.region = top.text("Region").map { Region($0) }
    document.hasBrokenRegion = report.errorCount > before
    document.accountID = top.looseText("AccountId")
    takePlatforms(top)
    if let settings = top.members("Settings") { catalog.settings.append(settings.node) }
    takeVPCAttribute(top)
    takeHostedZone(top)
    takeRecordSets(top)
  }

  private mutating func takePlatforms(_ top: Members) {
    let before = report.errorCount
    let names = Set(top.texts("SupportedPlatforms").map(\.text))
    if top.has("SupportedPlatforms"), report.errorCount == before {
      catalog.platforms.append((names, top.spot(of: "SupportedPlatforms")))
    }
    for attribute in top.list("AccountAttributes") where attribute.text("AttributeName") == "supported-platforms" {
      let names = attribute.list("AttributeValues").compactMap { $0.text("AttributeValue") }
      catalog.platforms.append((Set(names), attribute.spot))
    }
  }

  /// `{"VpcId": …, "EnableDnsSupport": {"Value": true}}`
  private mutating func takeVPCAttribute(_ top: Members) {
    let members = ["VpcId", "EnableDnsSupport", "EnableDnsHostnames"].compactMap { values[$0] }
    guard !members.isEmpty else { return }
    let spot = members.map(\.spot).min() ?? top.spot
    add(.vpc, Node(value: .mapping(members), spot: spot))
  }

  /// `{"HostedZone": {…}, "VPCs": […]}`
  private mutating func takeHostedZone(_ top: Members) {
    guard let zone = top.members("HostedZone") else {
      if let member = values["VPCs"] {
        report.error(member.spot, "VPCs stands beside a HostedZone; for a list of VPCs the key is \"Vpcs\"")
        catalog.noteBroken(member.node, of: [.vpc])
      }
      return
    }
    var node = zone.node
    node.value = .mapping(node.members + [values["VPCs"]].compactMap(\.self))
    add(.hostedZone, node)
  }

  private mutating func takeRecordSets(_ top: Members) {
    guard let page = values["ResourceRecordSets"] else { return }
    guard zoneIDs.count == 1, let zoneID = zoneIDs.first else {
      report.error(
        page.spot,
        "ResourceRecordSets does not say its zone: put it into an item of HostedZones, or beside the only zone of a "
          + "file"
      )
      return
    }
    let node = Node(value: .mapping([page]), spot: page.spot)
    catalog.recordSetPages[zoneID, default: []].append(node)
  }
}

extension TopLevelKey {
  fileprivate var isListOfItems: Bool {
    switch self {
    case .items, .instances, .reservations, .associations: true
    case .item, .value, .ignored: false
    }
  }
}
