// Elastic Load Balancing, version 2: Application and Network Load Balancers, their listeners and target groups.
import Cloud

extension QueryService {
  static let elbV2 = QueryService(
    name: "elasticloadbalancing", version: "2015-12-01",
    namespace: "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
    operations: [
      loadBalancerOperations, targetGroupOperations, targetOperations, listenerOperations, balancerTagOperations,
    ].reduce(into: [:]) { all, some in all.merge(some) { _, _ in preconditionFailure("an action stands twice") } },
    codes: .validation)
}
