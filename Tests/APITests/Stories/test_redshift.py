"""Redshift: an endpoint that leads to the leader, public or not (S28-S30)."""
import stage

WORLD = """
Region: us-east-1
AccountId: "123456789012"
Vpcs:
  - {VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true, ClassicLinkEnabled: true}
Subnets:
  - {SubnetId: subnet-0000000a, VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}
  - {SubnetId: subnet-0000000b, VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1b}
SecurityGroups:
  - {GroupId: sg-0de0de0d, GroupName: default, VpcId: vpc-1a2b3c4d}
Addresses:
  - {PublicIp: 203.0.113.77, AllocationId: eipalloc-00000001, Domain: vpc}
  - {PublicIp: 203.0.113.78, Domain: standard}
Instances:
  - {InstanceId: i-0aaa0001, PrivateIpAddress: 10.112.0.9, PublicIpAddress: 203.0.113.9}
  - {InstanceId: i-0bbb0002, VpcId: vpc-1a2b3c4d, PrivateIpAddress: 10.0.9.5, PublicIpAddress: 203.0.113.25}
ClassicLinkInstances:
  - {InstanceId: i-0aaa0001, VpcId: vpc-1a2b3c4d, Groups: [{GroupId: sg-0de0de0d}]}
Requesters:
  - {SourceAddress: 127.0.1.11, InstanceId: i-0aaa0001}
  - {SourceAddress: 127.0.1.12, InstanceId: i-0bbb0002}
"""
LINKED, INSIDE = "127.0.1.11", "127.0.1.12"


class Warehouses(stage.Stage):
    world = WORLD

    def setUp(self):
        super().setUp()
        self.redshift = self.client("redshift")
        self.group = self.redshift.create_cluster_subnet_group(
            ClusterSubnetGroupName="main", Description="both zones",
            SubnetIds=["subnet-0000000a", "subnet-0000000b"])["ClusterSubnetGroup"]

    def create(self, name="facts", **more):
        parameters = dict(ClusterIdentifier=name, NodeType="dc2.large", MasterUsername="root",
                          MasterUserPassword="Secret-secret1", ClusterSubnetGroupName="main")
        parameters.update(more)
        parameters = {name: value for name, value in parameters.items() if value is not None}
        return self.redshift.create_cluster(**parameters)["Cluster"]

    def ask(self, name, source):
        return [data for data in self.dig(name, source=source) if not data.endswith(".")]

    def test_public_and_not(self):
        made = self.create(PubliclyAccessible=True, NumberOfNodes=2, ClusterType="multi-node")
        name = made["Endpoint"]["Address"]
        self.assertRegex(name, r"^facts\.[a-z0-9]{12}\.us-east-1\.redshift\.amazonaws\.com$")
        self.assertEqual(
            ("available", 5439, 2), (made["ClusterStatus"], made["Endpoint"]["Port"], made["NumberOfNodes"]))
        leader = made["ClusterNodes"][0]
        self.assertEqual("LEADER", leader["NodeRole"])
        self.assertEqual([leader["PublicIPAddress"]], self.ask(name, LINKED))  # S28
        self.assertEqual([leader["PrivateIPAddress"]], self.ask(name, INSIDE))
        self.redshift.modify_cluster(ClusterIdentifier="facts", PubliclyAccessible=False)
        self.assertEqual([leader["PrivateIPAddress"]], self.ask(name, LINKED))  # S29
        again = self.redshift.modify_cluster(
            ClusterIdentifier="facts", PubliclyAccessible=True, ClusterType="single-node")["Cluster"]
        self.assertEqual(["SHARED"], [node["NodeRole"] for node in again["ClusterNodes"]])
        self.assertEqual([again["ClusterNodes"][0]["PublicIPAddress"]], self.ask(name, LINKED))
        self.redshift.delete_cluster(ClusterIdentifier="facts", SkipFinalClusterSnapshot=True)
        self.assertNotIn(leader["PrivateIPAddress"], self.dig(name, source=INSIDE))
        self.assertEqual([], self.redshift.describe_clusters()["Clusters"])

    def test_an_elastic_ip_address(self):
        made = self.create(PubliclyAccessible=True, ElasticIp="203.0.113.77")
        name = made["Endpoint"]["Address"]
        self.assertEqual("203.0.113.77", made["ElasticIpStatus"]["ElasticIp"])
        self.assertEqual(["203.0.113.77"], self.ask(name, LINKED))
        self.assertRegex(self.ask(name, INSIDE)[0], r"^10\.0\.1\.")
        self.refused("InvalidElasticIpFault", self.create, name="other", PubliclyAccessible=True,
                     ElasticIp="203.0.113.77")
        self.redshift.modify_cluster(ClusterIdentifier="facts", PubliclyAccessible=False)
        self.assertRegex(self.ask(name, LINKED)[0], r"^10\.0\.1\.")
        self.redshift.modify_cluster(
            ClusterIdentifier="facts", PubliclyAccessible=True, ElasticIp="203.0.113.77")
        self.assertEqual(["203.0.113.77"], self.ask(name, LINKED))
        self.redshift.delete_cluster(ClusterIdentifier="facts", SkipFinalClusterSnapshot=True)
        self.create(PubliclyAccessible=True, ElasticIp="203.0.113.77")
        self.assertEqual(["203.0.113.77"], self.ask(name, LINKED))

    def test_on_the_classic_platform(self):
        made = self.create(ClusterSubnetGroupName=None)
        self.assertTrue(made["PubliclyAccessible"])
        self.assertNotIn("VpcId", made)
        node = made["ClusterNodes"][0]
        self.assertEqual([node["PrivateIPAddress"]], self.ask(made["Endpoint"]["Address"], LINKED))
        self.assertEqual([node["PublicIPAddress"]], self.ask(made["Endpoint"]["Address"], INSIDE))  # S24

    def test_what_aws_refuses(self):
        self.create(Tags=[{"Key": "a", "Value": "1"}])
        self.assertEqual(1, len(self.redshift.describe_clusters(TagKeys=["a"])["Clusters"]))
        self.assertEqual([], self.redshift.describe_clusters(TagValues=["2"])["Clusters"])
        create = lambda code, **more: stage.Stage.refused(self, code, self.create, **more)
        create("ClusterAlreadyExists")
        create("ClusterSubnetGroupNotFoundFault", name="other", ClusterSubnetGroupName="none")
        create("InvalidParameterCombination", name="other", ClusterType="multi-node")
        create("InvalidElasticIpFault", name="other", PubliclyAccessible=True, ElasticIp="203.0.113.78")
        create("InvalidParameterCombination", name="other", ElasticIp="203.0.113.77")
        self.refused("ClusterNotFound", self.redshift.modify_cluster, ClusterIdentifier="none")
        self.refused("ClusterNotFound", self.redshift.describe_clusters, ClusterIdentifier="none")
        self.refused("InvalidParameterCombination", self.redshift.delete_cluster, ClusterIdentifier="facts")
        self.refused("InvalidClusterSubnetGroupStateFault", self.redshift.delete_cluster_subnet_group,
                     ClusterSubnetGroupName="main")
        self.refused("ClusterSubnetGroupAlreadyExists", self.redshift.create_cluster_subnet_group,
                     ClusterSubnetGroupName="main", Description="x", SubnetIds=["subnet-0000000a"])
        self.redshift.delete_cluster(ClusterIdentifier="facts", SkipFinalClusterSnapshot=True)
        self.assertEqual([self.group], self.redshift.describe_cluster_subnet_groups()["ClusterSubnetGroups"])
        self.redshift.delete_cluster_subnet_group(ClusterSubnetGroupName="main")
        self.refused("ClusterSubnetGroupNotFoundFault", self.redshift.delete_cluster_subnet_group,
                     ClusterSubnetGroupName="main")


if __name__ == "__main__":
    stage.main()
