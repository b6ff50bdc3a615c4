// Amazon EC2: which action stands where.

extension QueryService {
  static let ec2 = QueryService(
    name: "ec2", version: "2016-11-15", namespace: "http://ec2.amazonaws.com/doc/2016-11-15/", style: .ec2,
    operations: [
      classicLinkOperations, vpcOperations, vpcRangeOperations, subnetOperations, routeTableOperations,
      internetGatewayOperations, dhcpOperations, peeringOperations, securityGroupOperations,
      securityGroupRuleOperations, launchOperations, instanceOperations, instanceAttributeOperations,
      addressOperations, interfaceOperations, tagOperations, zoneOperations, accountOperations,
    ].reduce(into: [:]) { all, some in all.merge(some) { _, _ in preconditionFailure("an action stands twice") } })
}

extension [XML] {
  /// `<return>true</return>`: all that many calls say.
  static let done = [XML("return", true)]
}

extension XML {
  /// `nextToken` of a list that goes on; AWS leaves it out at the end.
  static func nextToken(_ token: String?) -> [XML] { token.map { [XML("nextToken", $0)] } ?? [] }
}
