// From an override to the item that it changes: ids, the short forms, and what is unknown.
import Cloud

extension Catalog {
  /// Notes what the override changes, or reports why it fits nowhere.
  mutating func apply(_ override: Override, file: Int, _ report: Report) {
    // What is wrong with that item is reported already.
    let id = override.item.split(separator: "/").last.map(String.init) ?? override.item
    if brokenIDs.contains(id) { return }
    do throws(EditFailure) {
      try apply(override, file: file)
    } catch {
      report.error(Spot(file: file, offset: 0), error.message)
    }
  }

  private mutating func apply(_ override: Override, file: Int) throws(EditFailure) {
    let edit = Edit(path: override.path, value: override.value.placed(inFile: file))
    if override.item == "Settings" {
      settingsEdits.append(edit)
      return
    }
    let target = try target(override.item)
    switch (target.kind, edit.path) {
    case (.instance, [.member("ClassicLink")]): try link(id(of: target), edit)
    case (.vpc, [.member("AutodefinedReverse")]):
      try setAutodefinedReverse(id(of: target), edit)
    case (.peering, let path):
      self.edit(
        .peering, target.index,
        Edit(path: try peeringPath(path, of: target), value: edit.value))
    default:
      try checkIsNotTheID(edit, target)
      self.edit(target.kind, target.index, edit)
    }
  }

  // MARK: Items by id

  private struct Target {
    var kind: ItemKind
    var index: Int
    /// The VPC in `pcx-…:vpc-…`.
    var side: String?
  }

  private func id(of target: Target) -> String { shelves[target.kind]?.ids[target.index].rawValue ?? "" }

  /// Kinds whose id is the id of something else: these are meant only when their key is written.
  private static let borrowedIDs: Set<ItemKind> = [.classicLink, .resolverConfig]

  private func target(_ text: String) throws(EditFailure) -> Target {
    var kinds = ItemKind.allCases.filter { !Self.borrowedIDs.contains($0) }
    var id = text
    if let slash = text.firstIndex(of: "/"), let key = TopLevelKey(String(text[..<slash])) {
      kinds = key.itemKinds
      id = String(text[text.index(after: slash)...])
    }
    let found = targets(id, among: kinds)
    if found.count > 1 { throw EditFailure(message: ambiguity(id, found)) }
    if let target = found.first { return target }
    if kinds.contains(.peering), let colon = id.lastIndex(of: ":"),
      let index = shelves[.peering]?.index(of: String(id[..<colon]))
    {
      return Target(kind: .peering, index: index, side: String(id[id.index(after: colon)...]))
    }
    let ids = kinds.flatMap { shelves[$0]?.ids ?? [] }.map(\.rawValue)
    let nearest = nearestKey(to: id, among: ids + (kinds.count > 1 ? ["Settings"] : []))
    let place = kinds.count == 1 ? " in \(kinds[0].topLevelKey)" : ""
    throw EditFailure(
      message: "there is nothing with the id \(id)\(place)" + (nearest.map { "; did you mean \($0)?" } ?? ""))
  }

  private func targets(_ id: String, among kinds: [ItemKind]) -> [Target] {
    var found: [Target] = []
    for kind in kinds {
      guard let shelf = shelves[kind] else { continue }
      if let index = shelf.index(of: kind.canonical(id)) {
        found.append(Target(kind: kind, index: index))
      } else if kind == .requester, let source = requesterSource(id) {
        let key = requesterKey(source, "")
        found += shelf.ids.indices.filter { shelf.ids[$0].rawValue.hasPrefix(key) }.map {
          Target(kind: kind, index: $0)
        }
      } else if kind == .loadBalancer {
        found += loadBalancers(named: id).map { Target(kind: kind, index: $0) }
      }
    }
    return found
  }

  /// Load balancers with an ARN also go by their name and their DNS name.
  private func loadBalancers(named name: String) -> [Int] {
    let silent = Report()
    return (shelves[.loadBalancer]?.ids.indices ?? 0..<0).filter { index in
      guard let members = item(.loadBalancer, index, silent)?.members else { return false }
      return [members.text("LoadBalancerName"), members.text("DNSName")].contains(name)
    }
  }

  private func ambiguity(_ id: String, _ found: [Target]) -> String {
    let keys = Set(found.map(\.kind.topLevelKey)).sorted()
    guard keys.count > 1 else { return "\(id) is \(found.count) items of \(keys[0])" }
    return "\(id) is in " + keys.joined(separator: " and in ") + ": write "
      + keys.map { "\($0)/\(id)" }.joined(separator: " or ")
  }

  /// What tells an item from the others stays: with another id it would be another item.
  private func checkIsNotTheID(_ edit: Edit, _ target: Target) throws(EditFailure) {
    guard target.kind != .requester, case .member(let name)? = edit.path.first,
      let members = item(target.kind, target.index, Report())?.members
    else { return }
    let names = target.kind.idMembers
    let used = names.firstIndex { members.has($0) } ?? 0
    guard names[...used].contains(name) else { return }
    throw EditFailure(message: "\(name) is what \(id(of: target)) is known by")
  }

  // MARK: Short forms

  private static let sides = ["Requester": "RequesterVpcInfo", "Accepter": "AccepterVpcInfo"]

  /// `Requester.…`, `Accepter.…` and `pcx-…:vpc-…:…` stand for the peering options of that side.
  private func peeringPath(_ path: [MemberStep], of target: Target) throws(EditFailure) -> [MemberStep] {
    var path = path
    var side: String?
    if let vpc = target.side {
      let members = item(.peering, target.index, Report())?.members
      let vpcs = Self.sides.values.sorted().map { (side: $0, id: members?.members($0)?.text("VpcId") ?? "nothing") }
      side = vpcs.first { $0.id == vpc }?.side
      guard side != nil else {
        throw EditFailure(
          message: "\(vpc) is not a side of \(id(of: target)), which is between "
            + vpcs.map(\.id).joined(separator: " and "))
      }
    } else if case .member(let name)? = path.first, let info = Self.sides[name] {
      side = info
      path.removeFirst()
    }
    guard let side else {
      if path == [.member("VpcPeeringConnectionId")] {
        throw EditFailure(message: "VpcPeeringConnectionId is what the peering is known by")
      }
      return path
    }
    return [.member(side), .member("PeeringOptions")] + path
  }

  private mutating func setAutodefinedReverse(_ vpc: String, _ edit: Edit) throws(EditFailure) {
    var value = edit.value
    switch value.value {
    case .boolean(let flag): value.value = .string(flag ? "ENABLED" : "DISABLED")
    case .string("ENABLED"), .string("DISABLED"): break
    default: throw EditFailure(message: "AutodefinedReverse must be true or false, not \(value.kindInWords)")
    }
    if let index = shelves[.resolverConfig]?.index(of: vpc) {
      self.edit(.resolverConfig, index, Edit(path: edit.path, value: value))
    } else {
      add(.resolverConfig, vpc, [("AutodefinedReverse", value)], edit.spot)
    }
  }

  /// `ClassicLink=vpc-…` and `ClassicLink=none`.
  private mutating func link(_ instance: String, _ edit: Edit) throws(EditFailure) {
    let index = shelves[.classicLink]?.index(of: instance)
    guard case .string(let vpc) = edit.value.value else {
      throw EditFailure(message: "ClassicLink must be a VPC id or none, not \(edit.value.kindInWords)")
    }
    if vpc == "none" {
      if let index { remove(.classicLink, index) }
      return
    }
    if brokenIDs.contains(vpc) { return }
    guard shelves[.vpc]?.index(of: vpc) != nil else {
      let nearest = nearestKey(to: vpc, among: (shelves[.vpc]?.ids ?? []).map(\.rawValue))
      throw EditFailure(message: "there is no VPC \(vpc)" + (nearest.map { "; did you mean \($0)?" } ?? ""))
    }
    let groups = try groups(forLinkOf: instance, to: vpc, index)
    let spot = edit.spot
    func text(_ text: String) -> Node { Node(value: .string(text), spot: spot) }
    let list = groups.map { id in
      Node(value: .mapping([Node.Member(name: "GroupId", spot: spot, node: text(id))]), spot: spot)
    }
    let members = [("VpcId", text(vpc)), ("Groups", Node(value: .list(list), spot: spot))]
    guard let index else { return add(.classicLink, instance, members, spot) }
    let item = Node(value: .mapping(members.map { Node.Member(name: $0.0, spot: spot, node: $0.1) }), spot: spot)
    self.edit(.classicLink, index, Edit(path: [], value: item))
  }

  /// A link needs groups of its VPC (S2): those of the link that there was, else the first of the VPC.
  private func groups(forLinkOf instance: String, to vpc: String, _ link: Int?) throws(EditFailure) -> [String] {
    let silent = Report()
    var ofVPC: Set<String> = []
    for (index, id) in (shelves[.securityGroup]?.ids ?? []).enumerated()
    where item(.securityGroup, index, silent)?.members.text("VpcId") == vpc { ofVPC.insert(id.rawValue) }
    if let link, let shelf = shelves[.classicLink] {
      let written = item(.classicLink, shelf, link, [], silent)
      let old = written?.members.groups("Groups").map(\.rawValue) ?? []
      let kept = old.filter { ofVPC.contains($0) }
      if !kept.isEmpty { return kept }
    }
    guard let first = ofVPC.min() else {
      throw EditFailure(message: "\(vpc) has no security group, and a link of \(instance) needs one of it (S2)")
    }
    return [first]
  }

  /// An item that no file holds.
  private mutating func add(_ kind: ItemKind, _ id: String, _ members: [(String, Node)], _ spot: Spot) {
    let document = Document(file: spot.file)
    open(document)
    let node = Node(
      value: .mapping(members.map { Node.Member(name: $0.0, spot: spot, node: $0.1) }), spot: spot)
    add(kind, ID(id), at: document.hold(node))
  }
}
