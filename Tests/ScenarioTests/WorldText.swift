// World files as text: one tree of values, written as JSON or as YAML, its members in any order.
import TestSupport

enum Value: Sendable {
  case text(String)
  case number(Int)
  case flag(Bool)
  case list([Value])
  case object([(String, Value)])

  static func object(_ members: KeyValuePairs<String, Value>) -> Value { .object(members.map { ($0.key, $0.value) }) }

  /// The same value with every object's members in a new order.
  func shuffled(using random: inout some RandomNumberGenerator) -> Value {
    switch self {
    case .text, .number, .flag: return self
    case .list(let items): return .list(items.map { $0.shuffled(using: &random) })
    case .object(let members):
      return .object(members.map { ($0.0, $0.1.shuffled(using: &random)) }.shuffled(using: &random))
    }
  }

  /// The same value with another one at the end of a path of members.
  func edited(_ path: ArraySlice<String>, to value: Value) -> Value {
    guard let name = path.first else { return value }
    guard case .object(var members) = self else { return Value.object([]).edited(path, to: value) }
    if let index = members.firstIndex(where: { $0.0 == name }) {
      members[index].1 = members[index].1.edited(path.dropFirst(), to: value)
    } else {
      members.append((name, Value.object([]).edited(path.dropFirst(), to: value)))
    }
    return .object(members)
  }

  var json: String {
    switch self {
    case .text(let text): return "\"\(text)\""
    case .number(let number): return String(number)
    case .flag(let flag): return String(flag)
    case .list(let items): return "[" + items.map(\.json).joined(separator: ", ") + "]"
    case .object(let members):
      return "{" + members.map { "\"\($0.0)\": \($0.1.json)" }.joined(separator: ",\n") + "}"
    }
  }

  /// Block style outside, flow style for what is small.
  func yaml(indent: String = "") -> String {
    switch self {
    case .text(let text): return "\"\(text)\""
    case .number, .flag: return json
    case .list(let items):
      if items.isEmpty { return "[]" }
      return items.map { item in
        let inner = item.yaml(indent: indent + "  ")
        return "\n\(indent)- " + (inner.hasPrefix("\n") ? String(inner.dropFirst(3 + indent.count)) : inner)
      }.joined()
    case .object(let members):
      if members.isEmpty { return "{}" }
      return members.map { "\n\(indent)\($0.0): \($0.1.yaml(indent: indent + "  "))" }.joined()
    }
  }
}

/// Collects items and deals them out to files: which file, in which form and in which order is left to chance.
struct WorldText {
  private struct Item {
    let key: String
    let region: String?
    let members: [(String, Value)]
  }
  private var items: [Item] = []
  private var zoneFiles: [WorldTextFile] = []
  let homeRegion: String
  let otherRegion: String

  init(homeRegion: String, otherRegion: String) {
    self.homeRegion = homeRegion
    self.otherRegion = otherRegion
  }

  /// An item of the list `key`; `region` is `nil` where AWS's item has none.
  mutating func add(_ key: String, region: String?, _ members: KeyValuePairs<String, Value>) {
    items.append(Item(key: key, region: region, members: members.map { ($0.key, $0.value) }))
  }

  mutating func add(_ key: String, region: String?, members: [(String, Value)]) {
    items.append(Item(key: key, region: region, members: members))
  }

  mutating func addZoneFile(name: String, text: String) {
    zoneFiles.append(WorldTextFile(name: name, text: text))
  }

  /// Edits every part of an item that has the member, or else adds it to the first part; says whether there was one.
  @discardableResult
  mutating func edit(_ keys: Set<String>, where id: (String, String), _ path: [String], to value: Value) -> Bool {
    func isMeant(_ item: Item) -> Bool {
      keys.contains(item.key) && item.members.contains { $0.0 == id.0 && $0.1.json == "\"\(id.1)\"" }
    }
    let parts = items.indices.filter { isMeant(items[$0]) }
    guard let first = parts.first else { return false }
    let holders = parts.filter { index in items[index].members.contains { $0.0 == path[0] } }
    for index in holders.isEmpty ? [first] : holders {
      let item = items[index]
      guard case .object(let members) = Value.object(item.members).edited(path[...], to: value) else { continue }
      items[index] = Item(key: item.key, region: item.region, members: members)
    }
    return true
  }

  /// Takes out the link of an instance, whichever of its two forms it has.
  mutating func removeLink(of instance: String) {
    items.removeAll { item in
      item.members.contains { $0.0 == "Groups" } && item.members.contains { $0.1.json == "\"\(instance)\"" }
    }
  }

  func files(using random: inout some RandomNumberGenerator) -> [WorldTextFile] {
    let count = Int.random(in: 1...5, using: &random)
    var dealt = Array(repeating: [Item](), count: count)
    for item in items.shuffled(using: &random) { dealt[Int.random(in: 0..<count, using: &random)].append(item) }
    var result: [WorldTextFile] = []
    for (index, items) in dealt.enumerated() {
      let region = Int.random(in: 0..<4, using: &random) == 0 ? otherRegion : homeRegion
      var lists: [(String, [Value])] = []
      for item in items {
        // An item states its Region where the file's is another one, and sometimes where it would not need to.
        let states = item.region.map { $0 != region || Int.random(in: 0..<4, using: &random) == 0 } ?? false
        let members = item.members + (states ? [("Region", Value.text(item.region ?? ""))] : [])
        var key = item.key
        var value = Value.object(members)
        // What describe-classic-link-instances prints has no State and comes without the wrapper.
        if key == "Instances", item.members.contains(where: { $0.0 == "State" }), Bool.random(using: &random) {
          key = "Reservations"
          value = .object(["OwnerId": .text("123456789012"), "Groups": .list([]), "Instances": .list([value])])
        }
        if let at = lists.firstIndex(where: { $0.0 == key }) {
          lists[at].1.append(value)
        } else {
          lists.append((key, [value]))
        }
      }
      let members: [(String, Value)] =
        [("Region", .text(region)), ("AccountId", .text("123456789012"))] + lists.map { ($0.0, .list($0.1)) }
      let whole = Value.object(members).shuffled(using: &random)
      let form = ["yaml", "yml", "json"].randomElement(using: &random) ?? "json"
      let text = form == "json" ? whole.json : String(whole.yaml().dropFirst())
      let name = "part-\(Int.random(in: 0..<1000, using: &random))-\(index).\(form)"
      result.append(WorldTextFile(name: name, text: text + "\n"))
    }
    return result + zoneFiles
  }
}
