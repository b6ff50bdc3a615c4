// Requests that are trees, in XML or JSON, as the dotted names of a form: one reader of parameters for all protocols.
import Cloud

extension Parameters {
  /// Fields of the elements in a request's root.
  /// - Parameter lists: Elements that hold a list, with the name of their items: `["Changes": "Change"]`.
  static func fields(
    of root: XMLElement, lists: [String: String]
  ) throws(AWSError) -> [(name: String, value: String)] {
    var fields: [(name: String, value: String)] = []
    try add(root, "", lists, &fields)
    return fields
  }

  private static func add(
    _ element: XMLElement, _ prefix: String, _ lists: [String: String], _ fields: inout [(name: String, value: String)]
  ) throws(AWSError) {
    let item = lists[element.name]
    var seen: Set<String> = []
    for (index, child) in element.children.enumerated() {
      var name = try Parameters.name(prefix, child.name)
      if let item {
        guard child.name == item else { throw .unknownParameters([name]) }
        name += ".\(index + 1)"
      } else if child.name.contains(".") || !seen.insert(child.name).inserted {
        throw AWSError("MalformedInput", "The element \(name) is misspelt or stands twice")
      }
      if child.children.isEmpty {
        try add(name, child.text, &fields)
      } else {
        try add(child, name + ".", lists, &fields)
      }
    }
  }

  /// Fields of a JSON object. An empty list is an empty value, as in a form; a `null` is never there.
  static func fields(of members: [String: Detail]) throws(AWSError) -> [(name: String, value: String)] {
    var fields: [(name: String, value: String)] = []
    try add(members, "", &fields)
    return fields
  }

  private static func add(
    _ members: [String: Detail], _ prefix: String, _ fields: inout [(name: String, value: String)]
  ) throws(AWSError) {
    for (name, value) in members.sorted(by: { $0.key < $1.key }) {
      let whole = try Parameters.name(prefix, name)
      guard !name.isEmpty, !name.contains(".") else { throw .unknownParameters([whole]) }
      try add(value, whole, &fields)
    }
  }

  private static func add(
    _ value: Detail, _ name: String, _ fields: inout [(name: String, value: String)]
  ) throws(AWSError) {
    switch value {
    case .text(let text), .number(let text): try add(name, text, &fields)
    case .boolean(let flag): try add(name, "\(flag)", &fields)
    case .list(let elements) where elements.isEmpty: try add(name, "", &fields)
    case .list(let elements):
      for (index, element) in elements.enumerated() {
        try add(element, Parameters.name(name, ".\(index + 1)"), &fields)
      }
    case .mapping(let members): try add(members, name + ".", &fields)
    }
  }

  /// A tree says the name of a branch once, and each of its leaves says it again: so their number and their names have
  /// bounds of their own, where those of a form are bounded by its octets.
  private static func add(
    _ name: String, _ value: String, _ fields: inout [(name: String, value: String)]
  ) throws(AWSError) {
    guard fields.count < CallLimits.parameters else {
      throw .malformed("more than \(CallLimits.parameters) parameters")
    }
    fields.append((name, value))
  }

  private static func name(_ prefix: String, _ member: String) throws(AWSError) -> String {
    guard prefix.utf8.count + member.utf8.count <= CallLimits.parameterNameOctets else { throw .longName }
    return prefix + member
  }
}
