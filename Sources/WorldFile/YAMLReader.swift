// YAML by Yams: its tree becomes our nodes, typed by the core schema of YAML 1.2, where only `true` and `false` are
// booleans and what is quoted is a string.
import Yams

/// What is wrong with a YAML text.
struct YAMLFailure: Error {
  var line: Int
  var column: Int
  var message: String
}

struct YAMLReader {
  /// Nodes that a text may stand for, for each of its octets: without aliases a node takes at least one, and a short
  /// text of nested aliases cannot fill the memory.
  private static let nodesPerOctet = 10
  /// What any text may stand for.
  private static let fewNodes = 10_000
  /// As in JSON.
  static let deepest = JSONScanner.deepest
  /// Yams keeps a pointer to the octets of its string, which only a string too long to live inside its own value has.
  private static let leastOctets = 16

  private let file: Int
  private var left: Int

  /// The root of every document in `text`, empty ones left out; reading ends at the first error.
  static func documents(_ text: String, file: Int) -> (roots: [Node], error: YAMLFailure?) {
    if let before = endlessKey(in: text) {
      let message = "more than \(mostAliases) aliases, and what looks like a key that is no string"
      return ([], YAMLFailure(before, message: message))
    }
    var padded = text
    while padded.utf8.count < leastOctets { padded += "\n" }
    var roots: [Node] = []
    do {
      let parser = try Parser(yaml: padded, resolver: .basic, encoding: .utf8)
      while let root = try parser.nextRoot() {
        var reader = YAMLReader(file: file, left: fewNodes + nodesPerOctet * text.utf8.count)
        let node = try reader.convert(root, depth: 0)
        if !node.isNull { roots.append(node) }
      }
      return (roots, nil)
    } catch let error as YAMLFailure {
      return (roots, error)
    } catch let error as YamlError {
      return (roots, YAMLFailure(error, in: text).clamped(to: text))
    } catch {
      return (roots, YAMLFailure(line: 1, column: 1, message: "\(error)"))
    }
  }

  private mutating func convert(_ node: Yams.Node, depth: Int) throws(YAMLFailure) -> Node {
    let spot = spot(of: node)
    left -= 1
    guard left > 0 else { throw failure(spot, "the aliases stand for too many values") }
    if case .scalar(let scalar) = node { return Node(value: Self.value(of: scalar), spot: spot) }
    guard depth < Self.deepest else { throw failure(spot, "nested more than \(Self.deepest) levels deep") }
    switch node {
    case .sequence(let sequence):
      var elements: [Node] = []
      elements.reserveCapacity(sequence.count)
      for element in sequence { elements.append(try convert(element, depth: depth + 1)) }
      return Node(value: .list(elements), spot: spot)
    case .mapping(let mapping): return Node(value: .mapping(try members(of: mapping, depth: depth)), spot: spot)
    // Yams puts the anchored node in an alias's place, so that this one is not met.
    case .scalar, .alias: throw failure(spot, "a value must stand here")
    }
  }

  private mutating func members(of mapping: Yams.Node.Mapping, depth: Int) throws(YAMLFailure) -> [Node.Member] {
    var members: [Node.Member] = []
    var inherited: [Node.Member] = []
    for (key, value) in mapping {
      let spot = spot(of: key)
      guard case .scalar(let name) = key else { throw failure(spot, "a key must be a string") }
      let node = try convert(value, depth: depth + 1)
      if name.string == "<<", name.style == .plain {
        inherited += try mergeKey(node)
      } else {
        members.append(Node.Member(name: name.string, spot: spot, node: node))
      }
    }
    // Own members come before inherited ones, earlier inherited ones before later ones.
    var names = Set(members.map(\.name))
    for member in inherited where names.insert(member.name).inserted { members.append(member) }
    return members
  }

  /// `<<: *one` or `<<: [*one, *other]`.
  private func mergeKey(_ node: Node) throws(YAMLFailure) -> [Node.Member] {
    switch node.value {
    case .mapping(let members): return members
    case .list(let nodes):
      var members: [Node.Member] = []
      for node in nodes {
        guard case .mapping(let own) = node.value else {
          throw failure(node.spot, "<< takes a mapping or a list of them")
        }
        members += own
      }
      return members
    default: throw failure(node.spot, "<< takes a mapping or a list of them")
    }
  }

  private static func value(of scalar: Yams.Node.Scalar) -> Node.Value {
    let text = scalar.string
    guard scalar.style == .plain, !scalar.tag.description.hasSuffix(":str") else { return .string(text) }
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .boolean(true)
    case "false", "False", "FALSE": return .boolean(false)
    default: return isNumber(text) ? .number(text) : .string(text)
    }
  }

  /// YAML 1.2 10.3.2: `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`, hexadecimal and octal.
  private static func isNumber(_ text: String) -> Bool {
    var rest = text.utf8[...]
    func digits() -> Int {
      let count = rest.prefix { (0x30...0x39).contains($0) }.count
      rest = rest.dropFirst(count)
      return count
    }
    func take(_ octets: [UInt8]) -> Bool {
      guard let first = rest.first, octets.contains(first) else { return false }
      rest = rest.dropFirst()
      return true
    }
    if text.hasPrefix("0x") { return text.count > 2 && text.dropFirst(2).allSatisfy(\.isHexDigit) }
    if text.hasPrefix("0o") { return text.count > 2 && text.dropFirst(2).allSatisfy { ("0"..."7").contains($0) } }
    _ = take([UInt8(ascii: "-"), UInt8(ascii: "+")])
    var count = digits()
    if take([UInt8(ascii: ".")]) { count += digits() }
    guard count > 0 else { return false }
    if take([UInt8(ascii: "e"), UInt8(ascii: "E")]) {
      _ = take([UInt8(ascii: "-"), UInt8(ascii: "+")])
      guard digits() > 0 else { return false }
    }
    return rest.isEmpty
  }

  private func spot(of node: Yams.Node) -> Spot {
    Spot(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
  }

  private func failure(_ spot: Spot, _ message: String) -> YAMLFailure {
    YAMLFailure(line: spot.line, column: spot.column, message: message)
  }
}

extension YAMLFailure {
  /// A place behind the end, where only padding is, becomes the end.
  fileprivate func clamped(to text: String) -> YAMLFailure {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    let end = (lines.count, (lines.last?.unicodeScalars.count ?? 0) + 1)
    return (line, column) > end ? YAMLFailure(line: end.0, column: end.1, message: message) : self
  }

  /// Right behind `before`.
  init(_ before: Substring, message: String) {
    line = before.reduce(1) { $1.isNewline ? $0 + 1 : $0 }
    column = before.reversed().prefix { !$0.isNewline }.reduce(1) { $0 + $1.unicodeScalars.count }
    self.message = message
  }

  fileprivate init(_ error: YamlError, in text: String) {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      self.init(line: mark.line, column: mark.column, message: (context.map { "\($0.text), " } ?? "") + problem)
    case .duplicatedKeysInMapping(let names, let context):
      let list = names.map { "\"\($0)\"" }.joined(separator: ", ")
      // The mark is that of the first name in the list.
      let second = RepeatedKey.secondPlace(of: names.first ?? "", first: context.mark, in: text)
      let place = second ?? (context.mark.line, context.mark.column)
      self.init(line: place.line, column: place.column, message: "\(list) stands twice in one mapping")
    case .reader(let problem, let offset, _, _):
      self.init(text.prefix(offset ?? 0), message: problem)
    default:
      self.init(line: 1, column: 1, message: "\(error)")
    }
  }
}
