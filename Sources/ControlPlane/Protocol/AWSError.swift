// What a call is refused with: AWS's code, a sentence, and the HTTP status.

public struct AWSError: Error, Hashable, Sendable {
  /// As AWS spells it, such as `InvalidVpcID.NotFound`.
  public var code: String
  public var message: String
  public var status: Int

  public init(_ code: String, _ message: String, status: Int = 400) {
    self.code = code
    self.message = message
    self.status = status
  }
}

extension AWSError {
  static func missing(_ parameter: String) -> AWSError {
    AWSError("MissingParameter", "The request must contain the parameter \(parameter)")
  }

  /// The request as a whole, before anybody asks what it means.
  static func malformed(_ reason: String) -> AWSError {
    AWSError("MalformedQueryString", "The query string is malformed: \(reason)")
  }

  static let longName = malformed("a parameter's name has more than \(CallLimits.parameterNameOctets) octets")

  static func invalid(_ parameter: String, _ value: String, _ expected: String) -> AWSError {
    AWSError("InvalidParameterValue", "Value (\(value)) for parameter \(parameter) is invalid: \(expected)")
  }

  static func invalidCombination(_ message: String) -> AWSError { AWSError("InvalidParameterCombination", message) }

  /// A call that AWS knows, or a mistyped one; we do not have it.
  static func invalidAction(_ action: String, service: String) -> AWSError {
    AWSError("InvalidAction", "The action \(action) is not valid for \(service) of classiclink-dns")
  }

  /// A parameter that nobody has read: it is refused by name instead of being ignored.
  static func unknownParameters(_ names: [String]) -> AWSError {
    let list = names.joined(separator: ", ")
    return AWSError(
      "UnknownParameter",
      names.count == 1
        ? "The parameter \(list) is not recognized: classiclink-dns does not implement it for this action"
        : "The parameters \(list) are not recognized: classiclink-dns does not implement them for this action")
  }

  static func internalFailure(_ message: String) -> AWSError { AWSError("InternalError", message, status: 500) }
}
