// Elastic Load Balancing, version 1: Classic load balancers.
import Cloud

extension QueryService {
  static let elb = QueryService(
    name: "elasticloadbalancing", version: "2012-06-01",
    namespace: "http://elasticloadbalancing.amazonaws.com/doc/2012-06-01/",
    operations: [
      classicLoadBalancerOperations, registrationOperations, classicLoadBalancerTagOperations,
    ].reduce(into: [:]) { all, some in all.merge(some) { _, _ in preconditionFailure("an action stands twice") } },
    codes: .validation)
}
