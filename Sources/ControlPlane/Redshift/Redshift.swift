// Amazon Redshift: which action stands where, and what its XML calls things.
import Cloud

extension QueryService {
  static let redshift = QueryService(
    name: "redshift", version: "2012-12-01", namespace: "http://redshift.amazonaws.com/doc/2012-12-01/",
    operations: redshiftClusterOperations.merging(SubnetGroups.redshift.operations) { _, _ in
      preconditionFailure("an action stands twice")
    })
}

extension ElementNames {
  static let redshift = ElementNames([
    "ClusterParameterGroups": "ClusterParameterGroup", "ClusterSecurityGroups": "ClusterSecurityGroup",
    "IamRoles": "ClusterIamRole", "Subnets": "Subnet", "Tags": "Tag",
  ])
}

extension SubnetGroups {
  static let redshift = SubnetGroups(
    kind: .clusterSubnetGroup, element: "ClusterSubnetGroup", descriptionMember: "Description",
    statusMember: "SubnetGroupStatus", arn: nil, tagMember: "Tags", alreadyExists: "ClusterSubnetGroupAlreadyExists",
    notFound: "ClusterSubnetGroupNotFoundFault", inUse: "InvalidClusterSubnetGroupStateFault", elements: .redshift,
    isUsed: { call, name in
      call.world.redshiftClusters.values.contains { call.sees($0) && $0.details.text("ClusterSubnetGroupName") == name }
    })
}

extension NetworkInterface {
  /// What the interface of a Redshift cluster says of itself (S33).
  static let redshiftDescription = "RedshiftNetworkInterface"
}
