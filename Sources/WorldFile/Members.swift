// Reading the members of a mapping. A wrong type or value is reported where it stands and read as absent.
import DNSWire

struct Members {
  private enum Source {
    case node(Node)
    /// A mapping on a tape, by the number of its token.
    case tape(Tape, Int)
  }

  private let source: Source
  let report: Report
  /// Lengths of the names that there are, as in `Token`: most members that somebody asks for are absent.
  private let nameLengths: UInt64

  init(node: Node, report: Report) {
    source = .node(node)
    self.report = report
    nameLengths = .max
  }

  init(tape: Tape, at index: Int = 0, report: Report) {
    source = .tape(tape, index)
    self.report = report
    nameLengths = tape.tokens[index].nameLengths
  }

  private func mayHave(_ name: String) -> Bool { nameLengths & Token.lengthBit(name.utf8.count) != 0 }

  /// The mapping as a tree.
  var node: Node {
    switch source {
    case .node(let node): node
    case .tape(let tape, let index): tape.node(index)
    }
  }

  var spot: Spot {
    switch source {
    case .node(let node): node.spot
    case .tape(let tape, let index): tape.spot(index)
    }
  }

  var isMapping: Bool {
    switch source {
    case .node(let node): if case .mapping = node.value { true } else { false }
    case .tape(let tape, let index): tape.tokens[index].kind == .mapping
    }
  }

  func has(_ name: String) -> Bool {
    guard mayHave(name) else { return false }
    return switch source {
    case .node: self[name] != nil
    case .tape(let tape, let index): tape.member(name, of: index) != nil
    }
  }

  func spot(of name: String) -> Spot {
    switch source {
    case .node(let node): node[name]?.spot ?? node.spot
    case .tape(let tape, let index): tape.spot(tape.member(name, of: index) ?? index)
    }
  }

  /// Every reader of a tree comes through here, so that what nobody reads of an edited item can be told. An edited item
  /// is never a tape.
  private subscript(name: String) -> Node? {
    guard mayHave(name) else { return nil }
    switch source {
    case .node(let node):
      report.note(name, of: node.spot)
      return node[name]
    case .tape(let tape, let index): return tape.member(name, of: index).map { tape.node($0) }
    }
  }

  /// What `read` makes of the octets of a string on a tape; `nil` wherever the general way must be taken.
  func readText<T>(_ name: String, _ read: (Span<UInt8>) -> T?) -> T? {
    guard mayHave(name), case .tape(let tape, let index) = source else { return nil }
    return tape.member(name, of: index).flatMap { tape.readText($0, read) }
  }

  /// The members that are not known, in their order. Nobody is told that they were read: they change no answer.
  func others(besides known: KnownMembers) -> [Node.Member] {
    switch source {
    case .node(let node): node.members.filter { !known.contains($0.name) }
    case .tape(let tape, let index): tape.members(of: index, besides: known)
    }
  }

  // MARK: Optional members

  /// A string; `nil` when absent or empty, as AWS prints what is not set.
  func text(_ name: String) -> String? {
    guard mayHave(name) else { return nil }
    return value(name, "a string") { $0.string }.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// A string that people write without quotes although it looks like a number or a boolean.
  func looseText(_ name: String) -> String? {
    value(name, "a string") { node in
      switch node.value {
      case .string(let text), .number(let text): text
      case .boolean(let flag): "\(flag)"
      default: nil
      }
    }
  }

  func boolean(_ name: String) -> Bool? {
    value(name, "true or false") { node in if case .boolean(let flag) = node.value { flag } else { nil } }
  }

  /// `true`, or `{Value: true}` as describe-vpc-attribute prints it.
  func attribute(_ name: String) -> Bool? {
    value(name, "true or false") { node in
      if case .mapping = node.value { report.note("Value", of: node.spot) }
      return switch node["Value"]?.value ?? node.value {
      case .boolean(let flag): flag
      default: nil
      }
    }
  }

  func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
    value(name, "a whole number from \(range.lowerBound) to \(range.upperBound)") { node in
      guard case .number(let text) = node.value, let number = Int(text), range.contains(number) else { return nil }
      return number
    }
  }

  /// A string that `parse` understands; `nil` when absent or empty.
  func parsed<T: Equatable>(_ name: String, _ expected: @autoclosure () -> String, _ parse: (String) -> T?) -> T? {
    guard mayHave(name) else { return nil }
    return isEmpty(name) ? nil : value(name, expected()) { node in node.string.flatMap(parse) }
  }

  func domainName(_ name: String, octalEscapes: Bool = false) -> Name? {
    if isEmpty(name) { return nil }
    return value(name, "a domain name") { node in
      guard let text = node.string else { return nil }
      do throws(Name.TextError) {
        return try Name(octalEscapes ? decimalEscapes(text) : text)
      } catch {
        report.error(node.spot, "\(name): \(error)")
        return nil
      }
    }
  }

  /// The members of a mapping.
  func members(_ name: String) -> Members? {
    guard mayHave(name) else { return nil }
    if case .tape(let tape, let index) = source {
      guard let member = tape.member(name, of: index) else { return nil }
      guard tape.tokens[member].kind == .mapping else {
        wrongType(name, tape.node(member), "a mapping")
        return nil
      }
      return Members(tape: tape, at: member, report: report)
    }
    guard let node = self[name] else { return nil }
    switch node.value {
    case .mapping: return Members(node: node, report: report)
    case .differing(let nodes): differ(name, nodes)
    default: wrongType(name, node, "a mapping")
    }
    return nil
  }

  /// The elements of a list, each of which must be a mapping.
  func list(_ name: String) -> [Members] {
    guard mayHave(name) else { return [] }
    if case .tape(let tape, let index) = source {
      guard let list = tape.member(name, of: index) else { return [] }
      guard tape.tokens[list].kind == .list else {
        wrongType(name, tape.node(list), "a list")
        return []
      }
      return tape.tokens.children(of: list).compactMap { element in
        mapping(name, Members(tape: tape, at: element, report: report))
      }
    }
    return elements(name).compactMap { mapping(name, Members(node: $0, report: report)) }
  }

  private func mapping(_ name: String, _ element: Members) -> Members? {
    if element.isMapping { return element }
    report.error(element.spot, "an element of \(name) must be a mapping, not \(element.node.kindInWords)")
    return nil
  }

  /// The elements of a list, each of which must be a string.
  func texts(_ name: String) -> [(text: String, spot: Spot)] {
    elements(name).compactMap { element in
      if let text = element.string { return (text, element.spot) }
      report.error(element.spot, "an element of \(name) must be a string, not \(element.kindInWords)")
      return nil
    }
  }

  private func elements(_ name: String) -> [Node] {
    guard let node = self[name] else { return [] }
    switch node.value {
    case .list(let nodes): return nodes
    case .differing(let nodes): differ(name, nodes)
    default: wrongType(name, node, "a list")
    }
    return []
  }

  // MARK: Required members

  /// The value, or a report that it is missing unless it was there and wrong.
  func required<T>(_ name: String, _ value: T?) -> T? {
    if value == nil {
      if !has(name) {
        report.error(spot, "\(name) is missing")
      } else if isEmpty(name) {
        report.error(spot(of: name), "\(name) is empty")
      }
    }
    return value
  }

  // MARK: One rule for every value

  private func isEmpty(_ name: String) -> Bool { self[name]?.string == "" }

  /// Reads a member. Parts that are written differently but mean the same are fine (`10.0.0.1`, names with and without
  /// a final dot).
  private func value<T: Equatable>(
    _ name: String, _ expected: @autoclosure () -> String, _ read: (Node) -> T?
  ) -> T? {
    guard let node = self[name] else { return nil }
    guard case .differing(let nodes) = node.value else { return single(name, node, expected(), read) }
    let values = nodes.map { single(name, $0, expected(), read) }
    guard let first = values.first, let value = first, values.allSatisfy({ $0 != nil }) else { return nil }
    guard values.allSatisfy({ $0 == value }) else {
      differ(name, nodes)
      return nil
    }
    return value
  }

  private func single<T>(
    _ name: String, _ node: Node, _ expected: @autoclosure () -> String, _ read: (Node) -> T?
  ) -> T? {
    let before = report.errorCount
    if let value = read(node) { return value }
    if report.errorCount == before { wrongType(name, node, expected()) }
    return nil
  }

  private func wrongType(_ name: String, _ node: Node, _ expected: String) {
    switch node.value {
    case .string(let text): report.error(node.spot, "\(name) must be \(expected), not \"\(shortened(text))\"")
    case .number(let text) where expected == "a string":
      report.error(node.spot, "\(name) must be a string: write \"\(shortened(text))\" in quotes")
    case .boolean(let flag) where expected == "a string":
      report.error(node.spot, "\(name) must be a string: write \"\(flag)\" in quotes")
    case .number(let text): report.error(node.spot, "\(name) must be \(expected), not \(shortened(text))")
    default: report.error(node.spot, "\(name) must be \(expected), not \(node.kindInWords)")
    }
  }

  private func differ(_ name: String, _ nodes: [Node]) {
    guard let first = nodes.first else { return }
    for node in nodes.dropFirst() {
      report.error(node.spot, "\(name) differs from its value", other: first.spot)
    }
  }
}

/// Characters of a wrong value that a message repeats: enough to find it, and one line.
let shownCharacters = 60

private func shortened(_ text: String) -> String {
  text.count <= shownCharacters ? text : text.prefix(shownCharacters) + "…"
}
