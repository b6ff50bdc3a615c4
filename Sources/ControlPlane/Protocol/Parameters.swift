// The parameters of a query call as a tree, which knows what has been read: what nobody reads is refused by name.
import Cloud
import DNSWire

/// A structure of parameters: all of a call, or one such as `Filter.1`.
///
/// `Filter.1.Value.2=x` is read as `structures("Filter")[0].texts("Value")[1]`. Lists of the query protocol have one
/// more level (`Subnets.member.1`, `VpcSecurityGroupIds.VpcSecurityGroupId.1`), which is skipped.
struct Parameters {
  private final class Node {
    var value: String?
    var children: [String: Node] = [:]
    var isRead = false
  }

  private let node: Node
  /// The name of this structure, with a final dot; empty for the call.
  private let prefix: String

  private init(node: Node, prefix: String) {
    self.node = node
    self.prefix = prefix
  }

  /// - Parameter fields: A name at most once (`Form.fields`).
  init(_ fields: [(name: String, value: String)]) throws(AWSError) {
    node = Node()
    prefix = ""
    for field in fields {
      guard field.name.utf8.count <= CallLimits.parameterNameOctets else { throw .longName }
      let parts = field.name.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count <= CallLimits.parameterDepth, !parts.contains("") else {
        throw .malformed("there is no parameter \(field.name)")
      }
      var place = node
      for part in parts {
        let next = place.children[String(part)] ?? Node()
        place.children[String(part)] = next
        place = next
      }
      place.value = field.value
    }
  }

  /// The whole name of a member, as the caller wrote it.
  func name(of member: String) -> String { prefix + member }

  private func find(_ name: String) -> Node? {
    var place: Node? = node
    for part in name.split(separator: ".") { place = place?.children[String(part)] }
    return place
  }

  // MARK: Values

  /// The value of a member (`VpcId`, `EnableDnsSupport.Value`); `nil` when it is absent.
  func text(_ name: String) -> String? {
    guard let found = find(name), let value = found.value else { return nil }
    found.isRead = true
    return value
  }

  func required(_ name: String) throws(AWSError) -> String {
    guard let value = text(name), !value.isEmpty else { throw .missing(self.name(of: name)) }
    return value
  }

  func boolean(_ name: String) throws(AWSError) -> Bool? {
    guard let value = text(name) else { return nil }
    switch value.lowercased() {
    case "true": return true
    case "false": return false
    default: throw .invalid(self.name(of: name), value, "it must be true or false")
    }
  }

  func integer(_ name: String, in range: ClosedRange<Int>) throws(AWSError) -> Int? {
    guard let value = text(name) else { return nil }
    guard let number = Int(value), range.contains(number) else {
      throw .invalid(self.name(of: name), value, "it must be from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// A value that `parse` understands.
  func parsed<Value>(
    _ name: String, _ expected: @autoclosure () -> String, _ parse: (String) -> Value?
  ) throws(AWSError) -> Value? {
    guard let value = text(name) else { return nil }
    guard let parsed = parse(value) else { throw .invalid(self.name(of: name), value, expected()) }
    return parsed
  }

  /// One of the values of an enumeration whose raw values are AWS's.
  func choice<Value: RawRepresentable<String> & CaseIterable>(
    _ name: String, _: Value.Type = Value.self
  ) throws(AWSError) -> Value? {
    try parsed(name, "it must be one of " + Value.allCases.map(\.rawValue).joined(separator: ", ")) {
      Value(rawValue: $0)
    }
  }

  // MARK: Lists and structures

  /// The elements of a list, by their numbers.
  private func elements(_ name: String) throws(AWSError) -> [(name: String, node: Node)] {
    guard let found = find(name) else { return [] }
    var list = found
    var path = name
    // An empty list of the query protocol is sent as an empty value.
    if list.children.isEmpty, list.value == "" {
      list.isRead = true
      return []
    }
    if list.children.count == 1, let only = list.children.first, UInt(only.key) == nil {
      list = only.value
      path += "." + only.key
    }
    var numbered: [(number: UInt, name: String, node: Node)] = []
    for child in list.children {
      guard let number = UInt(child.key) else { throw .unknownParameters([prefix + path + "." + child.key]) }
      numbered.append((number, path + "." + child.key, child.value))
    }
    return numbered.sorted { $0.number < $1.number }.map { ($0.name, $0.node) }
  }

  /// - Throws: `InvalidParameterValue` for more than a call may name: each is looked for among all that there is.
  func texts(_ name: String) throws(AWSError) -> [String] {
    var values: [String] = []
    let elements = try elements(name)
    guard elements.count <= CallLimits.ids else {
      throw .invalid(self.name(of: name), "\(elements.count) of them", "it has at most \(CallLimits.ids)")
    }
    for element in elements {
      guard let value = element.node.value else { throw .missing(prefix + element.name) }
      element.node.isRead = true
      values.append(value)
    }
    return values
  }

  func structures(_ name: String) throws(AWSError) -> [Parameters] {
    try elements(name).map { Parameters(node: $0.node, prefix: prefix + $0.name + ".") }
  }

  /// The members of a structure; `nil` when none is given.
  func structure(_ name: String) -> Parameters? {
    find(name).map { Parameters(node: $0, prefix: prefix + name + ".") }
  }

  func has(_ name: String) -> Bool { find(name) != nil }

  /// Every value, by its name, in the order of the names.
  var all: [(name: String, value: String)] {
    func values(_ node: Node, _ path: String) -> [(name: String, value: String)] {
      node.children.sorted { $0.key < $1.key }.flatMap { name, child in
        (child.value.map { [(path + name, $0)] } ?? []) + values(child, path + name + ".")
      }
    }
    return values(node, prefix)
  }

  // MARK: What is left

  /// Refuses the parameters that nobody has read. The first few are named.
  func refuseUnread() throws(AWSError) {
    var names: [String] = []
    collect(node, prefix, &names)
    guard names.isEmpty else { throw .unknownParameters(Array(names.prefix(5))) }
  }

  private func collect(_ node: Node, _ path: String, _ names: inout [String]) {
    for (name, child) in node.children.sorted(by: { $0.key < $1.key }) {
      if child.value != nil, !child.isRead { names.append(path + name) }
      collect(child, path + name + ".", &names)
    }
  }
}

extension Parameters {
  func id<Kind>(_ name: String) -> ID<Kind>? { text(name).map { ID($0) } }
  func requiredID<Kind>(_ name: String) throws(AWSError) -> ID<Kind> { ID(try required(name)) }
  func ids<Kind>(_ name: String) throws(AWSError) -> [ID<Kind>] { try texts(name).map { ID($0) } }

  func cidrBlock(_ name: String) throws(AWSError) -> CIDRBlock? {
    try parsed(name, "it must be a range such as 10.0.0.0/16, without host bits") { CIDRBlock($0) }
  }
  func ipv4(_ name: String) throws(AWSError) -> IPv4Address? {
    try parsed(name, "it must be an IPv4 address") { IPv4Address($0) }
  }
}
