// The services that speak the query protocol, and how a request tells which one it means.

extension QueryService {
  static let all: [QueryService] = [.ec2, .rds, .redshift, .elastiCache, .elb, .elbV2, .autoScaling]

  /// By the version, which is each service's own, else by the credential scope.
  static func meant(version: String?, scope: String?) -> QueryService? {
    if let version, let service = all.first(where: { $0.version == version }) { return service }
    guard version == nil else { return nil }
    return all.first { $0.name == scope }
  }
}
