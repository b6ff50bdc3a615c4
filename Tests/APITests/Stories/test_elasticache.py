"""ElastiCache: nodes, the configuration endpoint, and the cache security groups of EC2-Classic (S126-S141)."""
import stage

WORLD = """
Region: us-east-1
AccountId: "123456789012"
Vpcs:
  - {VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true, ClassicLinkEnabled: true}
  - {VpcId: vpc-0de00001, CidrBlock: 172.20.0.0/16, InstanceTenancy: dedicated}
Subnets:
  - {SubnetId: subnet-0000000a, VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}
  - {SubnetId: subnet-0000000b, VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1b}
  - {SubnetId: subnet-000000de, VpcId: vpc-0de00001, CidrBlock: 172.20.1.0/24, AvailabilityZone: us-east-1a}
SecurityGroups:
  - {GroupId: sg-0de0de0d, GroupName: default, VpcId: vpc-1a2b3c4d}
  - {GroupId: sg-2b2b2b2b, GroupName: cache, VpcId: vpc-1a2b3c4d}
  - {GroupId: sg-1a1a1a1a, GroupName: web}
Instances:
  - {InstanceId: i-0aaa0001, PrivateIpAddress: 10.112.0.9, PublicIpAddress: 203.0.113.9}
  - {InstanceId: i-0bbb0002, VpcId: vpc-1a2b3c4d, PrivateIpAddress: 10.0.9.5, PublicIpAddress: 203.0.113.25}
CacheClusters:
  - {CacheClusterId: brought, VpcId: vpc-1a2b3c4d, Engine: memcached,
     ConfigurationEndpoint: {Address: brought.abc123.cfg.use1.cache.amazonaws.com, Port: 11211},
     CacheNodes: [
       {CacheNodeId: "0001", Endpoint: {Address: brought.abc123.0001.use1.cache.amazonaws.com, Port: 11211}}]}
Requesters:
  - {SourceAddress: 127.0.1.11, InstanceId: i-0aaa0001}
  - {SourceAddress: 127.0.1.12, InstanceId: i-0bbb0002}
"""
CLASSIC, INSIDE = "127.0.1.11", "127.0.1.12"
ACCOUNT = "123456789012"


class Caches(stage.Stage):
    world = WORLD

    def setUp(self):
        super().setUp()
        self.cache = self.client("elasticache")

    def group(self, name="main", subnets=("subnet-0000000a", "subnet-0000000b")):
        return self.cache.create_cache_subnet_group(
            CacheSubnetGroupName=name, CacheSubnetGroupDescription="both zones",
            SubnetIds=list(subnets))["CacheSubnetGroup"]

    def create(self, name="sessions", **more):
        parameters = dict(CacheClusterId=name, Engine="memcached", CacheNodeType="cache.m3.medium", NumCacheNodes=1)
        parameters.update(more)
        return self.cache.create_cache_cluster(**parameters)["CacheCluster"]

    def nodes(self, name="sessions"):
        cluster = self.cache.describe_cache_clusters(CacheClusterId=name, ShowCacheNodeInfo=True)["CacheClusters"][0]
        return {node["CacheNodeId"]: node["Endpoint"]["Address"] for node in cluster["CacheNodes"]}

    def ask(self, name, source):
        return [data for data in self.dig(name, source=source) if not data.endswith(".")]

    def test_a_subnet_that_has_too_few_addresses(self):
        """One call takes the last of them, and gives them back; nobody waits for ever for another."""
        ec2 = self.client("ec2")
        small = ec2.create_subnet(VpcId="vpc-1a2b3c4d", CidrBlock="10.0.3.0/28")["Subnet"]["SubnetId"]
        self.group(subnets=[small])
        self.refused("InsufficientFreeAddressesInSubnet", self.create, CacheSubnetGroupName="main", NumCacheNodes=12)
        self.create(CacheSubnetGroupName="main", NumCacheNodes=11)
        self.refused("InsufficientFreeAddressesInSubnet", self.cache.modify_cache_cluster, CacheClusterId="sessions",
                     NumCacheNodes=12)
        self.assertEqual(11, len(self.nodes()))

    def test_memcached_in_a_vpc(self):
        self.group()
        made = self.create(CacheSubnetGroupName="main", NumCacheNodes=2, AZMode="cross-az",
                           SecurityGroupIds=["sg-2b2b2b2b"])
        configuration = made["ConfigurationEndpoint"]
        self.assertRegex(configuration["Address"], r"^sessions\.[a-z0-9]{6}\.cfg\.use1\.cache\.amazonaws\.com$")
        self.assertEqual(("available", 11211), (made["CacheClusterStatus"], configuration["Port"]))
        self.assertEqual("Multiple", made["PreferredAvailabilityZone"])
        zones = [node["CustomerAvailabilityZone"] for node in made["CacheNodes"]]
        self.assertEqual(["us-east-1a", "us-east-1b"], zones)
        self.assertNotIn("CacheNodes", self.cache.describe_cache_clusters()["CacheClusters"][0])
        nodes = self.nodes()
        self.assertRegex(nodes["0001"], r"^sessions\.[a-z0-9]{6}\.0001\.use1\.cache\.amazonaws\.com$")
        for source in [CLASSIC, INSIDE, "127.0.0.1"]:
            self.assertRegex(self.ask(nodes["0001"], source)[0], r"^10\.0\.1\.")  # S136
            self.assertRegex(self.ask(nodes["0002"], source)[0], r"^10\.0\.2\.")
        # One node is answered, then another.
        answers = {self.server.dig(configuration["Address"], source=INSIDE)[0] for _ in range(40)}
        self.assertEqual({name + "." for name in nodes.values()}, answers)
        self.cache.modify_cache_cluster(CacheClusterId="sessions", NumCacheNodes=3, ApplyImmediately=True,
                                        NewAvailabilityZones=["us-east-1b"])
        self.assertRegex(self.ask(self.nodes()["0003"], INSIDE)[0], r"^10\.0\.2\.")
        self.cache.modify_cache_cluster(CacheClusterId="sessions", NumCacheNodes=1, ApplyImmediately=True,
                                        CacheNodeIdsToRemove=["0001", "0003"])
        self.assertEqual(["0002"], list(self.nodes()))
        self.assertEqual([nodes["0002"] + "."], self.dig(configuration["Address"], source=INSIDE)[:1])
        self.cache.delete_cache_cluster(CacheClusterId="sessions")
        self.assertFalse([data for data in self.dig(nodes["0002"], source=INSIDE) if data.startswith("10.")])
        self.cache.delete_cache_subnet_group(CacheSubnetGroupName="main")

    def test_a_cluster_of_the_world_grows_in_its_vpc(self):
        """Its group is told by no file: any subnet of the VPC will do."""
        self.cache.modify_cache_cluster(CacheClusterId="brought", NumCacheNodes=2)
        self.assertRegex(self.ask(self.nodes("brought")["0002"], INSIDE)[0], r"^10\.0\.1\.")

    def test_redis_has_one_node(self):
        self.group()
        made = self.create(Engine="redis", CacheSubnetGroupName="main", PreferredAvailabilityZone="us-east-1b")
        self.assertNotIn("ConfigurationEndpoint", made)
        node = made["CacheNodes"][0]
        self.assertEqual(6379, node["Endpoint"]["Port"])  # S134
        self.assertRegex(self.ask(node["Endpoint"]["Address"], CLASSIC)[0], r"^10\.0\.2\.")
        self.refused("InvalidParameterValue", self.cache.modify_cache_cluster, CacheClusterId="sessions",
                     NumCacheNodes=2)
        self.refused("InvalidParameterValue", self.create, name="other", Engine="redis", NumCacheNodes=2)

    def test_on_the_classic_platform(self):
        made = self.create()
        self.assertEqual([{"CacheSecurityGroupName": "default", "Status": "active"}], made["CacheSecurityGroups"])
        node = self.nodes()["0001"]
        self.assertRegex(self.ask(node, CLASSIC)[0], r"^10\.")
        self.assertRegex(self.ask(node, INSIDE)[0], r"^198\.19\.")  # S24

    def test_cache_security_groups(self):
        group = self.cache.create_cache_security_group(CacheSecurityGroupName="Front", Description="web")
        self.assertEqual(("front", ACCOUNT, []), tuple(
            group["CacheSecurityGroup"][member]
            for member in ["CacheSecurityGroupName", "OwnerId", "EC2SecurityGroups"]))
        web = dict(CacheSecurityGroupName="front", EC2SecurityGroupName="web", EC2SecurityGroupOwnerId=ACCOUNT)
        authorize = self.cache.authorize_cache_security_group_ingress
        revoke = self.cache.revoke_cache_security_group_ingress
        authorized = authorize(**web)["CacheSecurityGroup"]["EC2SecurityGroups"]  # S139
        self.assertEqual([{"EC2SecurityGroupName": "web", "EC2SecurityGroupOwnerId": ACCOUNT, "Status": "authorized"}],
                         authorized)
        self.refused("AuthorizationAlreadyExists", authorize, **web)
        self.refused("CacheSecurityGroupNotFound", authorize, **dict(web, CacheSecurityGroupName="none"))
        self.refused("InvalidParameterValue", authorize, **dict(web, EC2SecurityGroupName="none"))
        self.create(CacheSecurityGroupNames=["front"])
        self.refused("InvalidCacheSecurityGroupState", self.cache.delete_cache_security_group,
                     CacheSecurityGroupName="front")
        self.cache.modify_cache_cluster(CacheClusterId="sessions", CacheSecurityGroupNames=["default"])
        self.assertEqual([], revoke(**web)["CacheSecurityGroup"]["EC2SecurityGroups"])  # S141
        self.refused("AuthorizationNotFound", revoke, **web)
        self.refused("CacheSecurityGroupNotFound", revoke, **dict(web, CacheSecurityGroupName="none"))
        self.refused("CacheSecurityGroupAlreadyExists", self.cache.create_cache_security_group,
                     CacheSecurityGroupName="front", Description="web")
        # S140: there is a default group from the start.
        authorize(**dict(web, CacheSecurityGroupName="default"))
        named = {group["CacheSecurityGroupName"]: len(group["EC2SecurityGroups"])
                 for group in self.cache.describe_cache_security_groups()["CacheSecurityGroups"]}
        self.assertEqual({"default": 1, "front": 0}, named)
        self.cache.delete_cache_security_group(CacheSecurityGroupName="front")
        self.refused("CacheSecurityGroupNotFound", self.cache.describe_cache_security_groups,
                     CacheSecurityGroupName="front")
        self.refused("InvalidCacheSecurityGroupState", self.cache.delete_cache_security_group,
                     CacheSecurityGroupName="default")

    def test_what_aws_refuses(self):
        group = self.group()
        self.assertEqual([group], self.cache.describe_cache_subnet_groups()["CacheSubnetGroups"])
        self.refused("CacheSubnetGroupAlreadyExists", self.group)
        self.refused("InvalidSubnet", self.group, name="other", subnets=["subnet-99999999"])
        self.refused("InvalidSubnet", self.group, name="other", subnets=["subnet-0000000a", "subnet-000000de"])
        self.group("lonely", ["subnet-000000de"])
        self.create(CacheSubnetGroupName="main")
        create = lambda code, **more: stage.Stage.refused(self, code, self.create, **more)
        create("CacheClusterAlreadyExists")
        create("InvalidVPCNetworkStateFault", name="other", CacheSubnetGroupName="lonely")
        create("CacheSubnetGroupNotFoundFault", name="other", CacheSubnetGroupName="none")
        create("CacheSecurityGroupNotFound", name="other", CacheSecurityGroupNames=["none"])
        create("InvalidParameterCombination", name="other", CacheSubnetGroupName="main",
               CacheSecurityGroupNames=["default"])
        create("InvalidParameterValue", name="other", Engine="dbm")
        create("InvalidParameterCombination", name="other", AZMode="cross-az")
        self.refused("CacheSubnetGroupInUse", self.cache.delete_cache_subnet_group, CacheSubnetGroupName="main")
        cache = self.cache
        for call in [cache.delete_cache_cluster, cache.describe_cache_clusters, cache.modify_cache_cluster]:
            self.refused("CacheClusterNotFound", call, CacheClusterId="none")
        self.refused("InvalidParameterCombination", self.cache.modify_cache_cluster, CacheClusterId="sessions",
                     CacheNodeIdsToRemove=["0001"])


class WithoutClassic(stage.Stage):
    world = WORLD.split("Instances:")[0].replace(", ClassicLinkEnabled: true", "").replace(
        "  - {GroupId: sg-1a1a1a1a, GroupName: web}\n", "") + """
SupportedPlatforms: [VPC]
"""

    def test_there_are_no_cache_security_groups(self):
        cache = self.client("elasticache")
        self.refused("InvalidParameterValue", cache.create_cache_security_group, CacheSecurityGroupName="front",
                     Description="web")  # S129, S131
        self.assertEqual([], cache.describe_cache_security_groups()["CacheSecurityGroups"])
        self.refused("CacheSubnetGroupNotFoundFault", cache.create_cache_cluster, CacheClusterId="sessions",
                     Engine="redis", CacheNodeType="cache.m3.medium")


if __name__ == "__main__":
    stage.main()
