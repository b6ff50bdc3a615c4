// What the files hold: for each item its id and where its parts stand. The items themselves are read again, one at a
// time, when all files are known, because an item may have parts in several files.
import Cloud

/// One YAML document or one JSON text: the scope of the defaults `Region` and `AccountId`.
final class Document {
  let file: Int
  /// Of a JSON text; empty for YAML.
  let octets: [UInt8]
  /// Items that stand nowhere as one piece of JSON: all of a YAML document, and what wrappers are made of.
  private var held: [Node] = []
  var region: Region?
  /// Its `Region` was reported: items without one of their own cannot be placed.
  var hasBrokenRegion = false
  var accountID: String?

  init(file: Int, octets: [UInt8] = []) {
    self.file = file
    self.octets = octets
  }

  /// Keeps a node and returns its locator.
  func hold(_ node: Node) -> Int {
    held.append(node)
    return ~(held.count - 1)
  }

  var spotsOfHeld: [Spot] { held.map(\.spot) }

  /// The item at a locator: an octet offset, or the complement of an index into what is held.
  func members(at locator: Int, _ report: Report) -> Members? {
    if locator < 0 { return Members(node: held[~locator], report: report) }
    let octets = octets
    var scanner = JSONScanner(octets.span, file: file, at: locator)
    do throws(JSONError) {
      try scanner.scanValue()
      return Members(tape: Tape(scanner.tokens, octets, file: file), report: report)
    } catch {
      return nil
    }
  }
}

struct Catalog {
  /// A part of an item.
  struct Part: BitwiseCopyable {
    var locator: Int
    var document: UInt32
    /// Index into `accounts`: the owner that a reservation gives to its instances.
    var account: UInt32
  }

  /// The items of one kind in the order in which they were met.
  struct Shelf: Sendable {
    private var table = IDTable<Item>()
    private(set) var firstParts: [Part] = []
    /// Of instances: those that were decoded on the way.
    private(set) var plainInstances: [PlainInstance?] = []
    private var furtherParts: [Int32: [Part]] = [:]

    var ids: [ID<Item>] { table.ids }
    var count: Int { table.count }

    mutating func add(_ part: Part, to id: ID<Item>, _ kind: ItemKind, _ plain: PlainInstance?) {
      let (row, isNew) = table.add(id)
      guard isNew else {
        furtherParts[Int32(row), default: []].append(part)
        return
      }
      firstParts.append(part)
      if kind == .instance { plainInstances.append(plain) }
    }

    func index(of id: String) -> Int? { table.row(of: ID(id)) }

    mutating func reserveCapacity(_ count: Int) {
      table.reserveCapacity(count)
      firstParts.reserveCapacity(count)
    }

    /// What is known of an instance that has one part.
    func plainInstance(_ index: Int) -> PlainInstance? {
      furtherParts.isEmpty || furtherParts[Int32(index)] == nil ? plainInstances[index] : nil
    }

    func furtherParts(_ index: Int) -> [Part] { furtherParts.isEmpty ? [] : furtherParts[Int32(index)] ?? [] }
  }

  /// The shelves that have items, each in the place of its kind: looked up for every item.
  struct Shelves: Sendable {
    private var shelves = [Shelf](repeating: Shelf(), count: ItemKind.allCases.count)

    subscript(kind: ItemKind) -> Shelf? {
      let shelf = shelves[Int(kind.rawValue)]
      return shelf.count > 0 ? shelf : nil
    }

    mutating func update(_ kind: ItemKind, _ change: (inout Shelf) -> Void) { change(&shelves[Int(kind.rawValue)]) }
  }

  private(set) var documents: [Document] = []
  private(set) var shelves = Shelves()
  private(set) var accounts: [String] = [""]
  private var accountNumbers: [String: UInt32] = ["": 0]
  private var vpcs = IDTable<VPC>()
  /// The VPCs that plain instances name, in the order in which they came.
  var namedVPCs: [ID<VPC>] { vpcs.ids }
  /// `ResolverRuleAssociations`, which add VPCs to rules.
  var associations: [Node] = []
  /// `ResourceRecordSets` at the top of a file, by the canonical id of the zone that the file is about.
  var recordSetPages: [String: [Node]] = [:]
  /// `SupportedPlatforms` and `AccountAttributes` as lists of platforms, each with its place.
  var platforms: [(names: Set<String>, spot: Spot)] = []
  var settings: [Node] = []
  /// Ids that stand in parts which were reported: what refers to them is not reported again.
  private(set) var brokenIDs: Set<String> = []

  /// What overrides put into items and take away, by index of the item.
  private(set) var edits: [ItemKind: [Int: [Edit]]] = [:]
  private(set) var removed: [ItemKind: Set<Int>] = [:]
  var settingsEdits: [Edit] = []

  mutating func open(_ document: Document) { documents.append(document) }

  mutating func add(_ kind: ItemKind, _ id: ID<Item>, at locator: Int, account: UInt32 = 0, plain: PlainInstance? = nil)
  {
    let part = Part(locator: locator, document: UInt32(documents.count - 1), account: account)
    shelves.update(kind) { $0.add(part, to: id, kind, plain) }
  }

  mutating func reserveCapacity(_ kind: ItemKind, _ count: Int) {
    shelves.update(kind) { $0.reserveCapacity(count) }
  }

  mutating func account(_ id: String) -> UInt32 {
    if let known = accountNumbers[id] { return known }
    let number = UInt32(accounts.count)
    accounts.append(id)
    accountNumbers[id] = number
    return number
  }

  /// The number of a VPC that a plain instance names.
  mutating func number(of id: ID<VPC>) -> Int32 {
    // Mostly that of the instance before.
    if let last = vpcs.ids.last, last == id { return Int32(vpcs.count - 1) }
    return Int32(vpcs.add(id).row)
  }

  var itemCount: Int { ItemKind.allCases.reduce(0) { $0 + (shelves[$1]?.count ?? 0) } }

  func has(_ kind: ItemKind) -> Bool { shelves[kind] != nil }

  mutating func edit(_ kind: ItemKind, _ index: Int, _ edit: Edit) {
    removed[kind]?.remove(index)
    edits[kind, default: [:]][index, default: []].append(edit)
  }

  /// Notes every id of these kinds that a part may have meant to define. A mapping in which none stands under its
  /// name, because that name is what is wrong, may mean any of its strings and keys.
  mutating func noteBroken(_ node: Node, of kinds: [ItemKind]) {
    let kinds = kinds.filter(\.ownsItsID)
    guard !kinds.isEmpty else { return }
    switch node.value {
    case .string(let text), .number(let text): brokenIDs.formUnion(kinds.map { $0.canonical(text) })
    case .list(let elements):
      for element in elements { noteBroken(element, of: kinds) }
    case .mapping(let members):
      let named = kinds.flatMap { kind in kind.idMembers.compactMap { node[$0]?.string }.map(kind.canonical) }
      brokenIDs.formUnion(named)
      for member in members {
        if case .mapping = member.node.value { brokenIDs.insert(member.name) }
        if case .list(let elements) = member.node.value {
          for case let element in elements where !element.members.isEmpty { noteBroken(element, of: kinds) }
        } else if named.isEmpty {
          noteBroken(member.node, of: kinds)
        }
      }
    default: break
    }
  }

  mutating func remove(_ kind: ItemKind, _ index: Int) { removed[kind, default: []].insert(index) }
}
