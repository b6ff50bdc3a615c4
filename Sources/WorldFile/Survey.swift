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
  /// Of the kind that was read last: most often that of the next item.
  private var idMembers: (kind: ItemKind, names: [String]) = (.vpc, ItemKind.vpc.idMembers)

  init(report: Report) { self.report = report }

  // MARK: Documents

  /// - Parameter progress: Is told how many octets are done.
  mutating func read(json octets: [UInt8], file: Int, _ progress: (Int) -> Void) {
    begin(Document(file: file, octets: octets))
    do throws(JSONError) {
      try walk(octets, progress)
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

  /// Octets between two reports: some milliseconds of work.
  private static let stepOfProgress = 1 << 21

  /// After so many elements it is worked out how many there are if all the rest of the file is like them. A table that
  /// grows step by step is moved each time.
  private static let elementsOfLongList = 10_000

  private mutating func walk(_ octets: [UInt8], _ progress: (Int) -> Void) throws(JSONError) {
    var next = Self.stepOfProgress
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
      let start = scanner.index
      var elements = 0
      var isFirstElement = true
      while try scanner.nextElement(isFirst: &isFirstElement) {
        _ = scanner.peek()
        let locator = scanner.index
        elements += 1
        if elements == Self.elementsOfLongList, let kind = key.itemKinds.first {
          catalog.reserveCapacity(kind, elements * (octets.count - start) / (locator - start))
        }
        if locator > next {
          progress(locator)
          next = locator + Self.stepOfProgress
        }
        if case .instances = key, let (id, plain) = PlainInstance.read(&scanner, { catalog.number(of: $0) }) {
          catalog.add(.instance, id, at: locator, plain: plain)
          continue
        }
        try scanner.scanValue()
        if let kind = usualKind(key, scanner), let id: ID<Item> = id(of: scanner, kind) {
          catalog.add(kind, id, at: locator)
        } else {
          let tape = Tape(scanner.tokens.map { $0 }, octets, file: document.file)
          takeElement(Members(tape: tape, report: report), of: name, key, at: locator)
        }
      }
    }
    try scanner.finish()
    for (name, spot) in scanner.repetitions { report.error(spot, "\"\(name)\" stands twice in one mapping") }
  }

  // MARK: Usual items

  /// The kind of an item of which nothing but its id must be known.
  private func usualKind(_ key: TopLevelKey, _ scanner: borrowing JSONScanner) -> ItemKind? {
    guard scanner.tokens[0].kind == .mapping else { return nil }
    switch key {
    // A zone and a requester are known by more, or less, than the text of a member.
    case .items(let kind): return kind == .hostedZone || kind == .requester ? nil : kind
    case .instances: return scanner.has("Groups") ? nil : .instance
    default: return nil
    }
  }

  /// `nil` also for an id that must be looked at more closely.
  private mutating func id(of scanner: borrowing JSONScanner, _ kind: ItemKind) -> ID<Item>? {
    if idMembers.kind != kind { idMembers = (kind, kind.idMembers) }
    return scanner.readText(ofMember: idMembers.names[0]) { $0.isEmpty ? nil : ID(validating: $0) }
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
      let item = Members(node: member.node, report: report)
      if mapping(item, "\(member.name) must be a mapping", [kind]) { add(kind, item) }
    default:
      guard case .list(let elements) = member.node.value else {
        report.error(member.node.spot, "\(member.name) must be a list, not \(member.node.kindInWords)")
        catalog.noteBroken(member.node, of: key.itemKinds)
        return
      }
      for element in elements {
        takeElement(Members(node: element, report: report), of: member.name, key, at: nil)
      }
    }
  }

  /// `locator` is `nil` when the element must be held.
  private mutating func takeElement(_ item: Members, of name: String, _ key: TopLevelKey, at locator: Int?) {
    guard mapping(item, "an element of \(name) must be a mapping", key.itemKinds) else { return }
    switch key {
    case .items(let kind): add(kind, item, at: locator)
    case .instances: add(isLink(item) ? .classicLink : .instance, item, at: locator)
    case .reservations:
      let account = item.looseText("OwnerId").map { catalog.account($0) } ?? 0
      for instance in item.list("Instances") {
        add(.instance, instance, at: locator == nil ? nil : instance.spot.offset, account: account)
      }
    case .associations: catalog.associations.append(item.node)
    case .item, .value, .ignored: break
    }
  }

  /// What describe-classic-link-instances prints: groups, and no state.
  private func isLink(_ item: Members) -> Bool { item.has("Groups") && !item.has("State") }

  private mutating func mapping(_ item: Members, _ rule: @autoclosure () -> String, _ kinds: [ItemKind]) -> Bool {
    if item.isMapping { return true }
    let node = item.node
    report.error(node.spot, "\(rule()), not \(node.kindInWords)")
    catalog.noteBroken(node, of: kinds)
    return false
  }

  private mutating func add(_ kind: ItemKind, _ item: Members, at locator: Int? = nil, account: UInt32 = 0) {
    let before = report.errorCount
    guard var id = self.id(of: item, kind) else {
      if report.errorCount == before {
        report.error(item.spot, kind.idMembers.joined(separator: " or ") + " is missing")
      }
      catalog.noteBroken(item.node, of: [kind])
      return
    }
    if kind == .requester { id = ID(requesterID(item, source: id.rawValue)) }
    if kind == .hostedZone {
      id = ID(kind.canonical(id.rawValue))
      zoneIDs.insert(id.rawValue)
    }
    catalog.add(kind, id, at: locator ?? document.hold(item.node), account: account)
  }

  private func id(of item: Members, _ kind: ItemKind) -> ID<Item>? {
    for name in kind.idMembers { if let id: ID<Item> = item.id(name) { return id } }
    return nil
  }

  /// One source may be several askers, each in its own network (world.md 2).
  private func requesterID(_ item: Members, source: String) -> String {
    var identity = item.text("InstanceId") ?? item.text("VpcId") ?? item.text("Network") ?? ""
    if identity == "classic", let region = item.text("Region") { identity += " \(region)" }
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
    add(.vpc, Members(node: Node(value: .mapping(members), spot: spot), report: report))
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
    add(.hostedZone, Members(node: node, report: report))
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
