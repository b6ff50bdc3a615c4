// The services that speak the query protocol, and how a request tells which one it means.

extension QueryService {
  static let all: [QueryService] = [.ec2, .rds, .redshift, .elastiCache, .elb, .elbV2, .autoScaling]

  /// By the version, which is each service's own, else by the credential scope.
  static func meant(version: String?, scope: String?) -> QueryService? {
    if let version, let service = all.first(where: { $0.version == version }) { return service }
    guard version == nil else { return nil }
    return all.first { $0.name == scope }
  }

  /// What a form means: the service, its action, and the action's parameters.
  /// - Parameter scope: The service in the scope of its credentials.
  static func call(
    _ fields: [(name: String, value: String)], scope: String?
  ) throws(AWSError) -> (service: QueryService, action: String, form: [(name: String, value: String)]) {
    guard let action = fields.first(where: { $0.name == "Action" })?.value else {
      throw AWSError("MissingAction", "The request must contain the parameter Action")
    }
    let version = fields.first { $0.name == "Version" }?.value
    guard let service = meant(version: version, scope: scope) else {
      throw AWSError(
        "NoSuchVersion", "There is no service of the version \(version ?? "") that has the action \(action)")
    }
    let form = fields.filter {
      !["Action", "Version"].contains($0.name) && !CredentialScope.queryParameters.contains($0.name)
    }
    return (service, action, form)
  }
}
