// A service that speaks JSON 1.1: the target header tells the action, objects go in and come out.
import Cloud
import WorldFile

/// What an action does; it reads its parameters to the last one, and returns the members of its reply.
typealias JSONOperation = @Sendable (inout Call, Parameters) throws(AWSError) -> Details

struct JSONService: Sendable {
  /// As in a credential scope, such as `route53resolver`.
  var name: String
  /// What stands before the dot in `X-Amz-Target`.
  var target: String
  var operations: [String: JSONOperation]
  /// The service's own words for errors that any service may have.
  var translate: @Sendable (AWSError) -> AWSError

  static let all: [JSONService] = [.resolver]

  /// The service and the action that a target means.
  static func meant(_ target: String) throws(AWSError) -> (service: JSONService, action: String) {
    let parts = target.split(separator: ".", maxSplits: 1)
    guard parts.count == 2, let service = all.first(where: { $0.target == parts[0] }) else {
      throw AWSError("UnknownOperationException", "There is no service with the target \(target)")
    }
    return (service, String(parts[1]))
  }

  func perform(_ action: String, _ parameters: Parameters, _ call: inout Call) throws(AWSError) -> Details {
    guard let operation = operations[action] else { throw .invalidAction(action, service: name) }
    let result = try operation(&call, parameters)
    try parameters.refuseUnread()
    return result
  }

  /// The members of the object in a body; none in an empty one.
  static func fields(_ body: [UInt8]) throws(AWSError) -> [(name: String, value: String)] {
    guard !body.isEmpty else { return [] }
    let members: Details
    do throws(JSONText.Problem) {
      members = try JSONText.object(body)
    } catch {
      throw AWSError("SerializationException", "\(error)")
    }
    return try Parameters.fields(of: members)
  }

  static func body(_ error: AWSError) -> Details { ["__type": .text(error.code), "Message": .text(error.message)] }
}
