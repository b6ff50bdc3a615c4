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
      var name = prefix + child.name
      if let item {
        guard child.name == item else { throw .unknownParameters([name]) }
        name += ".\(index + 1)"
      } else if child.name.contains(".") || !seen.insert(child.name).inserted {
        throw AWSError("MalformedInput", "The element \(name) is misspelt or stands twice")
      }
      if child.children.isEmpty {
        fields.append((name, child.text))
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
      guard !name.isEmpty, !name.contains(".") else { throw .unknownParameters([prefix + name]) }
      try add(value, prefix + name, &fields)
    }
  }

  private static func add(
    _ value: Detail, _ name: String, _ fields: inout [(name: String, value: String)]
  ) throws(AWSError) {
    switch value {
    case .text(let text), .number(let text): fields.append((name, text))
    case .boolean(let flag): fields.append((name, "\(flag)"))
    case .list(let elements) where elements.isEmpty: fields.append((name, ""))
    case .list(let elements):
      for (index, element) in elements.enumerated() { try add(element, "\(name).\(index + 1)", &fields) }
    case .mapping(let members): try add(members, name + ".", &fields)
    }
  }
}
