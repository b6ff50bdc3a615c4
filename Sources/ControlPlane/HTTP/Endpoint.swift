// The one door for calls: HTTP in, the service that is meant, HTTP out.
import Cloud
import DNSWire
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Answers HTTP requests of AWS clients and of people.
public struct Endpoint: HTTPResponder {
  public typealias Context = BasicRequestContext

  /// A page that is no call of AWS, such as `/explain`: the part of the path and the query, decoded.
  public typealias Page = @Sendable (_ query: [String: String]) async -> Steward.Reply

  let steward: Steward
  /// Names that a `Host` header may hold beside loopback and addresses.
  private let hosts: Set<String>
  private let pages: [String: Page]
  /// `nil` where everybody may call.
  private let admission: Admission?
  private let defaults: Caller
  let logger: Logger

  /// - Parameter token: What who calls must have; `nil` for nothing.
  /// - Parameter clock: How old a signature is, it tells.
  public init(
    steward: Steward, hosts: Set<String> = [], pages: [String: Page] = [:], token: APIToken? = nil, account: String,
    region: Region, clock: @escaping @Sendable () -> Timestamp, logger: Logger
  ) {
    self.steward = steward
    self.hosts = hosts
    self.pages = pages
    admission = token.map { Admission(token: $0, clock: clock) }
    self.logger = logger
    defaults = Caller(account: account, region: region)
  }

  var asksForToken: Bool { admission != nil }

  public func respond(to request: Request, context: Context) async throws -> Response {
    let requestID = Self.newRequestID()
    var headers = HTTPFields()
    headers[.requestID] = requestID
    let reply: Steward.Reply
    if let refusal = stranger(request) {
      reply = Steward.Reply(status: 403, contentType: "text/plain", body: refusal + "\n")
    } else {
      reply = await answer(request, requestID)
    }
    CallMetrics.count(status: reply.status)
    headers[.contentType] = reply.contentType
    for header in reply.headers { if let name = HTTPField.Name(header.name) { headers[name] = header.value } }
    let response = Response(
      status: .init(code: reply.status), headers: headers, body: .init(byteBuffer: ByteBuffer(string: reply.body)))
    // Without the body, but with its length (RFC 9110 9.3.2): a client would take it for the next reply.
    return request.method == .head ? response.createHeadResponse() : response
  }

  /// Why a request may come from a web page of somebody else: forms cross origins, and a name may be made to lead here.
  private func stranger(_ request: Request) -> String? {
    if let origin = request.headers[.origin] {
      return "classiclink-dns answers no browser: the request has the Origin \(origin)"
    }
    // An image or a link needs no Origin; browsers say this instead.
    if let site = request.headers[.fetchSite], site != "none", site != "same-origin" {
      return "classiclink-dns answers no page of somebody else: the request has Sec-Fetch-Site \(site)"
    }
    guard let authority = request.head.authority else { return nil }
    guard let host = Self.host(of: authority) else { return "The Host \(authority) is neither a name nor an address" }
    if host == "localhost" || hosts.contains(host) { return nil }
    if let address = IPAddress(host) {
      // It leads to this machine, and browsers say less of themselves to it than to loopback.
      guard address.isUnspecified, !asksForToken else { return nil }
      return "The Host \(authority) is no address of a server"
    }
    return "classiclink-dns does not answer to the Host \(host): name it with --api-host \(host)"
  }

  /// Without its port; `nil` for what has none of the forms of RFC 3986 3.2, or is longer than a name can be.
  private static func host(of authority: String) -> String? {
    guard authority.utf8.count <= 300 else { return nil }
    let text = authority.lowercased()
    let isBracketed = text.hasPrefix("[")
    let end = text.firstIndex(of: isBracketed ? "]" : ":")
    let host = text[..<(end ?? text.endIndex)].dropFirst(isBracketed ? 1 : 0)
    let rest = end.map { text[$0...].dropFirst(isBracketed ? 1 : 0) } ?? ""
    guard end != nil || !isBracketed, rest.isEmpty || rest.first == ":",
      rest.dropFirst().allSatisfy({ $0.isASCII && $0.isNumber })
    else { return nil }
    return String(host)
  }

  private func answer(_ request: Request, _ requestID: String) async -> Steward.Reply {
    if let page = pages[request.uri.path] {
      guard request.method == .get || request.method == .head else {
        return Steward.Reply(status: 405, contentType: "text/plain", body: "GET only\n")
      }
      let refusal = refusal(ofPage: request)
      if let refusal, !Self.openPages.contains(request.uri.path) { return refusal }
      var query: [String: String] = [:]
      for (name, value) in request.uri.queryParameters { query[String(name)] = String(value) }
      var reply = await page(query)
      if refusal != nil { reply.body = reply.status == 200 ? "ok\n" : "not ready\n" }
      return reply
    }
    if let service = Self.restService(request.uri.path) { return await rest(service, request, requestID) }
    guard request.uri.path == "/" else {
      return Steward.Reply(status: 404, contentType: "text/plain", body: "There is nothing at \(request.uri.path)\n")
    }
    if let target = request.headers[.target] { return await json(target, request) }
    do throws(AWSError) {
      return try await query(request, requestID)
    } catch {
      // A form of which perhaps not even the service is known: EC2's form of an error, which all clients show.
      let scope = CredentialScope(request.headers[.authorization])
      let service = QueryService.meant(version: nil, scope: scope?.service) ?? .ec2
      return Self.reply(service.reply(error, requestID: requestID), status: error.status)
    }
  }

  /// Probes of health have no token, and get no more than a yes or no.
  private static let openPages: Set<String> = ["/healthz", "/readyz"]

  private func refusal(ofPage request: Request) -> Steward.Reply? {
    guard let admission else { return nil }
    do throws(AWSError) {
      try admission.check(request, body: [])
      return nil
    } catch {
      var reply = Steward.Reply(status: 401, contentType: "text/plain", body: "\(error.code): \(error.message)\n")
      reply.headers = [("WWW-Authenticate", "Bearer")]
      return reply
    }
  }

  /// A call of the query protocol.
  private func query(_ request: Request, _ requestID: String) async throws(AWSError) -> Steward.Reply {
    let fields: [(name: String, value: String)]
    if request.method == .post {
      fields = try Form.fields(try await body(of: request))
    } else if request.method == .get {
      fields = try Form.fields((request.uri.query ?? "").utf8)
      // What a link can be made to, whatever stands in it: a header no page of somebody else can set.
      guard request.headers[.authorization] != nil else {
        throw AWSError(
          "MissingAuthenticationToken", "A call by GET must be signed in its header; or use POST", status: 403)
      }
      try admission?.check(request, body: [])
    } else {
      throw AWSError("InvalidAction", "\(request.method.rawValue) is no call", status: 405)
    }
    let (service, action, form) = try QueryService.call(
      fields, scope: CredentialScope(request.headers[.authorization])?.service)
    let caller = try caller(of: request)
    let result = await steward.perform("\(service.name):\(action)", by: caller) { call throws(AWSError) in
      let result = try service.perform(action, try Parameters(form), &call)
      return Self.reply(service.reply(action, result, requestID: requestID), status: 200)
    }
    switch result {
    case .success(let reply): return reply
    case .failure(let error):
      logger.debug("\(service.name):\(action) refused", metadata: ["code": "\(error.code)"])
      return Self.reply(service.reply(error, requestID: requestID), status: error.status)
    }
  }

  func caller(of request: Request) throws(AWSError) -> Caller {
    guard let header = request.headers[.authorization] else { return defaults }
    guard !SignatureMembers.isMeant(by: header) || SignatureMembers(header) != nil else {
      throw AWSError(
        "IncompleteSignature", "The header Authorization has what is no member of a signature, or a member twice")
    }
    return try CredentialScope(header)?.caller(defaults) ?? defaults
  }

  /// The octets that came with a request, from somebody who may call.
  func body(of request: Request) async throws(AWSError) -> [UInt8] {
    let body = request.body
    let octets: [UInt8]?
    do {
      octets = try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
        group.addTask { Array(buffer: try await body.collect(upTo: CallLimits.bodyOctets)) }
        group.addTask {
          try await Task.sleep(for: .seconds(CallLimits.requestSeconds))
          return nil
        }
        defer { group.cancelAll() }
        return try await group.next() ?? nil
      }
    } catch is NIOTooManyBytesError {
      throw AWSError(
        "RequestEntityTooLarge", "The request is longer than \(CallLimits.bodyOctets) octets", status: 413)
    } catch is CancellationError {
      throw AWSError("ServiceUnavailable", "The server is stopping", status: 503)
    } catch {
      throw AWSError("MalformedQueryString", "The request's body cannot be read as its headers say")
    }
    guard let octets else {
      throw AWSError(
        "RequestTimeout", "The request did not come in within \(CallLimits.requestSeconds) seconds", status: 408)
    }
    try admission?.check(request, body: octets)
    return octets
  }

  static func reply(_ document: XML, status: Int) -> Steward.Reply {
    Steward.Reply(status: status, contentType: "text/xml;charset=UTF-8", body: document.document)
  }
}

extension HTTPField.Name {
  fileprivate static let requestID = Self("x-amzn-RequestId")!
  fileprivate static let fetchSite = Self("Sec-Fetch-Site")!
}

extension IPAddress {
  /// 0.0.0.0 and `::`: who connects to it reaches himself.
  fileprivate var isUnspecified: Bool {
    switch self {
    case .v4(let address): address.rawValue == 0
    case .v6(let address): address.rawValue == 0 || address.mappedIPv4?.rawValue == 0
    }
  }
}
