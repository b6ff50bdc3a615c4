// From a world back to a file: every resource as the item that the reader of world files makes it of.
import Cloud

/// A resource in AWS's JSON shape.
public struct WorldItem: Hashable, Sendable {
  /// The top-level key: `Vpcs`. `Settings` and `SupportedPlatforms` are no lists: each is there once, its id empty.
  public var list: String
  /// Unique in the list.
  public var id: String
  /// JSON on one line, the members always in the same order.
  public var body: String
}

public enum WorldWriter {
  /// The item that is read back as this resource.
  ///
  /// Region and account stand in it where the reader would take others for a file that says nothing of them.
  public static func item(of resource: Resource) -> WorldItem {
    let item = WrittenItem(resource)
    var printer = JSONPrinter()
    item.print(with: &printer)
    return WorldItem(list: item.list, id: item.id, body: String(decoding: printer.octets, as: UTF8.self))
  }

  /// The items of a whole world, one after the other. What the reader takes for granted is left out.
  public static func forEachItem<Failure>(
    of world: World, _ visit: (WorldItem) throws(Failure) -> Void
  ) throws(Failure) {
    for resource in world.resourcesBeforeInstances where !world.isUsual(resource) { try visit(item(of: resource)) }
    // One by one: there may be a million.
    for instance in world.instances.values { try visit(item(of: .instance(instance))) }
    for resource in world.resourcesBehindInstances { try visit(item(of: resource)) }
  }

  /// A whole world as one JSON document, keys and items in order, a member a line.
  /// - Parameter emit: Takes the text piece by piece.
  public static func write<Failure>(
    _ world: World, emit: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    var lists: [String: [WrittenItem]] = [:]
    for resource in world.resourcesInOrder where !world.isUsual(resource) {
      let item = WrittenItem(resource)
      lists[item.list, default: []].append(item)
    }
    try emit(Array("{".utf8))
    for (number, list) in lists.sorted(by: { $0.key < $1.key }).enumerated() {
      var start = JSONPrinter(indentation: indentation)
      start.printName(list.key)
      try emit(Array((number > 0 ? ",\n  " : "\n  ").utf8) + start.octets)
      try write(list.value, emit: emit)
    }
    try emit(Array((lists.isEmpty ? "}\n" : "\n}\n").utf8))
  }

  private static let indentation = 2

  private static func write<Failure>(
    _ items: [WrittenItem], emit: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    let isList = items[0].isInList
    let separator = Array(",\n    ".utf8)
    if isList { try emit(Array("[\n    ".utf8)) }
    for (number, item) in items.sorted(by: { $0.id < $1.id }).enumerated() {
      var printer = JSONPrinter(indentation: indentation, depth: isList ? 2 : 1)
      item.print(with: &printer)
      try emit(number > 0 ? separator + printer.octets : printer.octets)
    }
    if isList { try emit(Array("\n  ]".utf8)) }
  }
}

/// An item on its way to text.
struct WrittenItem {
  var list: String
  var id: String
  private var members: [(name: String, value: Detail)] = []
  /// In place of members: a list of texts.
  private var value: Detail?

  init(_ list: String, id: String) {
    self.list = list
    self.id = id
  }

  init(_ list: String, value: Detail) {
    self.init(list, id: "")
    self.value = value
  }

  var isInList: Bool { !id.isEmpty }

  func print(with printer: inout JSONPrinter) {
    if let value { printer.print(value) } else { printer.print(members) }
  }

  /// The next member; none for `nil`.
  mutating func add(_ name: String, _ value: Detail?) {
    if let value { members.append((name, value)) }
  }

  mutating func add(_ name: String, _ text: String?) { add(name, text.map { .text($0) }) }

  mutating func add(_ name: String, _ flag: Bool) { add(name, .boolean(flag)) }

  /// The next member, a list; none when it is empty.
  mutating func add(_ name: String, _ elements: [Detail]) {
    if !elements.isEmpty { add(name, .list(elements)) }
  }

  /// What is kept beside. Of a member that the model knows in part, its own part wins.
  mutating func add(_ details: Details) {
    for (name, detail) in details.sorted(by: { $0.key < $1.key }) {
      guard let index = members.firstIndex(where: { $0.name == name }) else {
        members.append((name, detail))
        continue
      }
      if case .mapping(let own) = members[index].value, case .mapping(let kept) = detail {
        members[index].value = .mapping(kept.merging(own) { _, own in own })
      }
    }
  }
}

extension World {
  /// What the reader takes for granted.
  fileprivate func isUsual(_ resource: Resource) -> Bool {
    switch resource {
    case .supportedPlatforms(let platforms): platforms == World().supportedPlatforms
    case .settings(let settings): settings == Settings()
    default: false
    }
  }
}
