// Amazon ElastiCache: which action stands where, and what its XML calls things.
import Cloud

extension QueryService {
  static let elastiCache = QueryService(
    name: "elasticache", version: "2015-02-02", namespace: "http://elasticache.amazonaws.com/doc/2015-02-02/",
    operations: [
      cacheClusterOperations, cacheSecurityGroupOperations, SubnetGroups.elastiCache.operations,
    ].reduce(into: [:]) { all, some in all.merge(some) { _, _ in preconditionFailure("an action stands twice") } })
}

extension ElementNames {
  static let elastiCache = ElementNames([
    "CacheSecurityGroups": "CacheSecurityGroup", "EC2SecurityGroups": "EC2SecurityGroup", "Subnets": "Subnet",
  ])
}

extension SubnetGroups {
  static let elastiCache = SubnetGroups(
    kind: .cacheSubnetGroup, element: "CacheSubnetGroup", descriptionMember: "CacheSubnetGroupDescription",
    statusMember: nil, arn: ("ARN", "elasticache", "subnetgroup"), tagMember: nil,
    alreadyExists: "CacheSubnetGroupAlreadyExists", notFound: "CacheSubnetGroupNotFoundFault",
    inUse: "CacheSubnetGroupInUse", elements: .elastiCache,
    isUsed: { call, name in
      call.world.cacheClusters.values.contains { call.sees($0) && $0.details.text("CacheSubnetGroupName") == name }
    })
}
