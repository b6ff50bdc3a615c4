// A service that speaks REST-XML: a method and a path tell the action, its parameters stand in path, query and body.
import Cloud

struct RESTService: Sendable {
  /// A method with a path, and which action it is.
  struct Route: Sendable {
    fileprivate enum Part: Sendable, Equatable {
      case literal(String)
      /// `{Name}`: a parameter.
      case parameter(String)
    }

    var method: String
    fileprivate var parts: [Part]
    /// The parameters of the query: the name there, the member's name in the model.
    fileprivate var query: [String: String]
    var action: String
    /// Of a reply without an error.
    var status: Int

    /// - Parameter pattern: As in the model, such as `GET hostedzone/{Id}?maxitems=MaxItems`.
    init(_ pattern: String, _ action: String, status: Int = 200) {
      let words = pattern.split(separator: " ", maxSplits: 1)
      let sides = words[1].split(separator: "?", maxSplits: 1)
      method = String(words[0])
      parts = sides[0].split(separator: "/").map { part in
        part.hasPrefix("{") ? .parameter(String(part.dropFirst().dropLast())) : .literal(String(part))
      }
      let names = sides.count > 1 ? sides[1].split(separator: "&") : []
      query = names.reduce(into: [:]) { query, name in
        let sides = name.split(separator: "=")
        query[String(sides[0])] = String(sides[1])
      }
      self.action = action
      self.status = status
    }

    /// The parameters in the path; `nil` when this is another one.
    fileprivate func parameters(of path: [String]) -> [(name: String, value: String)]? {
      guard path.count == parts.count else { return nil }
      var fields: [(name: String, value: String)] = []
      for (part, text) in zip(parts, path) {
        switch part {
        case .literal(let literal): if text != literal { return nil }
        case .parameter(let name): fields.append((name, text))
        }
      }
      return fields
    }
  }

  /// As in a credential scope, such as `route53`.
  var name: String
  /// The first part of each path.
  var version: String
  var namespace: String
  var routes: [Route]
  var operations: [String: Operation]
  /// Elements of requests that hold a list, with the name of their items.
  var lists: [String: String]
  /// The service's own words for errors that any service may have.
  var translate: @Sendable (AWSError) -> AWSError
  /// The address of what a call has made, from its result.
  var location: @Sendable ([XML]) -> String?

  /// The action that a request means, and the parameters in its path and query.
  func action(
    _ method: String, path: String, query: String
  ) throws(AWSError) -> (route: Route, fields: [(name: String, value: String)]) {
    var parts: [String] = []
    for part in path.split(separator: "/").dropFirst() { parts.append(try Form.text(part.utf8)) }
    for route in routes where route.method == method {
      guard var fields = route.parameters(of: parts) else { continue }
      for field in try Form.fields(query.utf8) where !CredentialScope.queryParameters.contains(field.name) {
        guard let member = route.query[field.name] else { throw .unknownParameters([field.name]) }
        fields.append((member, field.value))
      }
      return (route, fields)
    }
    throw .invalidAction("\(method) \(path)", service: name)
  }

  /// The parameters in a body; none in an empty one.
  func fields(_ action: String, body: [UInt8]) throws(AWSError) -> [(name: String, value: String)] {
    guard !body.isEmpty else { return [] }
    let root = try XMLReader.root(of: body)
    guard root.name == "\(action)Request" else {
      throw AWSError("MalformedInput", "\(root.name) is not valid, expected \(action)Request")
    }
    return try Parameters.fields(of: root, lists: lists)
  }

  func perform(_ action: String, _ parameters: Parameters, _ call: inout Call) throws(AWSError) -> [XML] {
    guard let operation = operations[action] else { throw .invalidAction(action, service: name) }
    let result = try operation(&call, parameters)
    try parameters.refuseUnread()
    return result
  }

  func reply(_ action: String, _ result: [XML]) -> XML {
    var root = XML("\(action)Response", result)
    root.namespace = namespace
    return root
  }
}
