// Calls of REST-XML: from the request to the Steward, and back as a document.
import HTTPTypes
import Hummingbird
import Logging

extension Endpoint {
  /// The service whose paths begin like this one.
  static func restService(_ path: String) -> RESTService? {
    path.hasPrefix("/\(RESTService.route53.version)/") ? .route53 : nil
  }

  func rest(_ service: RESTService, _ request: Request, _ requestID: String) async -> Steward.Reply {
    do throws(AWSError) {
      let (route, inURI) = try service.action(
        request.method.rawValue, path: request.uri.path, query: request.uri.query ?? "")
      let fields = inURI + (try service.fields(route.action, body: try await body(of: request)))
      let caller = try caller(of: request)
      let result = await steward.perform("\(service.name):\(route.action)", by: caller) {
        call throws(AWSError) in
        let result = try service.perform(route.action, try Parameters(fields), &call)
        var reply = Self.reply(service.reply(route.action, result), status: route.status)
        if let location = service.location(result), route.status == 201 {
          reply.headers.append(("Location", location))
        }
        return reply
      }
      return try result.get()
    } catch {
      let own = service.translate(error)
      logger.debug("\(service.name) refused", metadata: ["code": "\(own.code)"])
      return Self.reply(
        .errorResponse(own, namespace: service.namespace, requestID: requestID), status: own.status)
    }
  }
}
