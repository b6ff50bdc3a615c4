// A service that speaks the query protocol: its name, its version, its actions.
import Cloud

/// What an action does. It reads its parameters to the last one: what is left unread is refused.
typealias Operation = @Sendable (inout Call, Parameters) throws(AWSError) -> [XML]

struct QueryService: Sendable {
  enum Style: Sendable {
    /// `<ActionResponse>` holds the result; `<Response><Errors>` an error.
    case ec2
    /// `<ActionResult>` in `<ActionResponse>`; `<ErrorResponse>`.
    case query
  }

  /// As in a credential scope, such as `ec2`.
  var name: String
  /// The version of the API, which no other service has.
  var version: String
  var namespace: String
  var style = Style.query
  var operations: [String: Operation]
  /// The service's own codes for errors that any service may have.
  var codes: [String: String] = [:]
  /// Only EC2's calls have `DryRun`.
  var knowsDryRun: Bool { style == .ec2 }

  /// Carries out a call; its parameters without `Action` and `Version`.
  func perform(_ action: String, _ parameters: Parameters, _ call: inout Call) throws(AWSError) -> [XML] {
    guard let operation = operations[action] else { throw .invalidAction(action, service: name) }
    let isDryRun = knowsDryRun ? try parameters.boolean("DryRun") ?? false : false
    let result = try operation(&call, parameters)
    try parameters.refuseUnread()
    if isDryRun {
      throw AWSError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", status: 412)
    }
    return result
  }

  func reply(_ action: String, _ result: [XML], requestID: String) -> XML {
    var root: XML
    switch style {
    case .ec2: root = XML("\(action)Response", [XML("requestId", requestID)] + result)
    case .query:
      root = XML(
        "\(action)Response",
        [XML("\(action)Result", result), XML("ResponseMetadata", [XML("RequestId", requestID)])])
    }
    root.namespace = namespace
    return root
  }

  func reply(_ error: AWSError, requestID: String) -> XML {
    var error = error
    error.code = codes[error.code] ?? error.code
    switch style {
    case .ec2:
      let element = XML("Error", [XML("Code", error.code), XML("Message", error.message)])
      return XML("Response", [XML("Errors", [element]), XML("RequestID", requestID)])
    case .query:
      return .errorResponse(error, namespace: namespace, requestID: requestID)
    }
  }
}

extension [String: String] {
  /// Of the services that call whatever is wrong with a parameter by one code.
  static let validation: Self = [
    "MissingParameter": "ValidationError", "InvalidParameterValue": "ValidationError",
    "InvalidParameterCombination": "ValidationError", "UnknownParameter": "ValidationError",
  ]
}

extension XML {
  /// An error of all services but EC2.
  static func errorResponse(_ error: AWSError, namespace: String, requestID: String) -> XML {
    let type = error.status >= 500 ? "Receiver" : "Sender"
    let element = XML("Error", [XML("Type", type), XML("Code", error.code), XML("Message", error.message)])
    var root = XML("ErrorResponse", [element, XML("RequestId", requestID)])
    root.namespace = namespace
    return root
  }
}
