// Calls of JSON 1.1: from the request to the Steward, and back as an object.
import Cloud
import HTTPTypes
import Hummingbird
import Logging
import WorldFile

extension Endpoint {
  /// - Parameter target: `X-Amz-Target`, such as `Route53Resolver.CreateResolverRule`.
  func json(_ target: String, _ request: Request) async -> Steward.Reply {
    var translate: @Sendable (AWSError) -> AWSError = { $0 }
    do throws(AWSError) {
      let (service, action) = try JSONService.meant(target)
      translate = service.translate
      guard request.method == .post else {
        throw AWSError("InvalidAction", "\(request.method.rawValue) is no call", status: 405)
      }
      let fields = try JSONService.fields(try await body(of: request))
      let caller = try caller(of: request)
      let result = await steward.perform("\(service.name):\(action)", by: caller) {
        call throws(AWSError) in
        Self.reply(try service.perform(action, try Parameters(fields), &call), status: 200)
      }
      return try result.get()
    } catch {
      let own = translate(error)
      logger.debug("\(target) refused", metadata: ["code": "\(own.code)"])
      return Self.reply(JSONService.body(own), status: own.status)
    }
  }

  private static func reply(_ members: Details, status: Int) -> Steward.Reply {
    Steward.Reply(
      status: status, contentType: "application/x-amz-json-1.1", body: JSONText.text(.mapping(members)))
  }
}

extension HTTPField.Name {
  static let target = Self("X-Amz-Target")!
}
