"""What an account has in a Region is seen there by nobody else, and names are each account's and Region's own."""
import stage

OTHER = "222222222222"
DATABASE = dict(DBInstanceIdentifier="orders", Engine="mysql", DBInstanceClass="db.m1.small", MasterUsername="u",
                MasterUserPassword="password1", AllocatedStorage=5)
CLUSTER = dict(ClusterIdentifier="facts", NodeType="dc1.large", MasterUsername="u", MasterUserPassword="Password1")
CACHE = dict(CacheClusterId="pages", Engine="memcached", CacheNodeType="cache.m1.small", NumCacheNodes=1)
BALANCER = dict(LoadBalancerName="front", AvailabilityZones=["us-east-1a"],
                Listeners=[dict(Protocol="HTTP", LoadBalancerPort=80, InstancePort=80)])
CONFIGURATION = dict(LaunchConfigurationName="web", ImageId="ami-00000001", InstanceType="m1.small")


class Owners(stage.Restarting):
    """Three callers: one account in two Regions, and another account."""

    def callers(self, service):
        return (self.client(service), self.client(service, region="eu-west-1"), self.client(service, account=OTHER))

    def test_addresses(self):
        mine, abroad, other = self.callers("ec2")
        address = mine.allocate_address(Domain="vpc")
        for client in [abroad, other]:
            self.assertEqual([], client.describe_addresses()["Addresses"])
            self.refused("InvalidAllocationID.NotFound", client.release_address, AllocationId=address["AllocationId"])
        self.restart()
        mine, abroad, other = self.callers("ec2")
        self.assertEqual([], other.describe_addresses()["Addresses"])
        self.assertEqual(1, len(mine.describe_addresses()["Addresses"]))
        vpc = other.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnet = other.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
        self.refused(
            "AllocationIdNotFound", self.client("elbv2", account=OTHER).create_load_balancer, Name="n", Type="network",
            SubnetMappings=[dict(SubnetId=subnet, AllocationId=address["AllocationId"])])
        redshift = self.client("redshift", account=OTHER)
        redshift.create_cluster_subnet_group(ClusterSubnetGroupName="g", Description="d", SubnetIds=[subnet])
        self.refused("InvalidElasticIpFault", redshift.create_cluster, ElasticIp=address["PublicIp"],
                     ClusterSubnetGroupName="g", PubliclyAccessible=True, **CLUSTER)

    def test_dhcp_options(self):
        mine, abroad, other = self.callers("ec2")
        made = mine.create_dhcp_options(DhcpConfigurations=[{"Key": "domain-name", "Values": ["corp"]}])["DhcpOptions"]
        self.assertEqual("123456789012", made["OwnerId"])
        self.restart()
        mine, abroad, other = self.callers("ec2")
        for client in [abroad, other]:
            self.assertEqual([], client.describe_dhcp_options()["DhcpOptions"])
            self.refused("InvalidDhcpOptionID.NotFound", client.delete_dhcp_options,
                         DhcpOptionsId=made["DhcpOptionsId"])
        self.assertEqual([made["DhcpOptionsId"]],
                         [one["DhcpOptionsId"] for one in mine.describe_dhcp_options()["DhcpOptions"]])

    def test_groups_of_classic(self):
        mine, abroad, other = self.callers("ec2")
        groups = [client.create_security_group(GroupName="web", Description="d")["GroupId"]
                  for client in [mine, abroad, other]]
        self.assertEqual(3, len(set(groups)))
        for client, own in zip([mine, abroad, other], groups):
            for group in groups:
                if group != own:
                    self.refused("InvalidGroup.NotFound", client.delete_security_group, GroupId=group)
        defaults = {client.describe_security_groups(GroupNames=["default"])["SecurityGroups"][0]["GroupId"]
                    for client in [mine, abroad, other]}
        self.assertEqual(3, len(defaults))
        launched = abroad.run_instances(ImageId="ami-00000001", MinCount=1, MaxCount=1)["Instances"][0]
        self.assertIn(launched["SecurityGroups"][0]["GroupId"], defaults)
        self.restart()
        for client, own in zip(self.callers("ec2"), groups):
            self.assertEqual(own, client.describe_security_groups(GroupNames=["web"])["SecurityGroups"][0]["GroupId"])

    def check(self, service, create, describe, names, delete):
        """Each of the three makes one of the same name, sees it alone, and deletes it alone."""
        for client in self.callers(service):
            create(client)
        self.restart()
        mine, abroad, other = clients = self.callers(service)
        for client in clients:
            self.assertEqual(1, len(names(describe(client))), service)
        self.assertEqual(1, len({name for client in clients for name in names(describe(client))}), service)
        delete(other)
        self.assertEqual([1, 1, 0], [len(names(describe(client))) for client in clients], service)
        return clients

    def test_names_of_databases_and_caches(self):
        self.check("rds", lambda rds: rds.create_db_instance(**DATABASE), lambda rds: rds.describe_db_instances(),
                   lambda reply: [one["DBInstanceIdentifier"] for one in reply["DBInstances"]],
                   lambda rds: rds.delete_db_instance(DBInstanceIdentifier="orders", SkipFinalSnapshot=True))
        mine, abroad, other = self.callers("rds")
        self.refused("DBInstanceAlreadyExists", mine.create_db_instance, **DATABASE)
        found = abroad.describe_db_instances(DBInstanceIdentifier="orders")["DBInstances"][0]
        self.assertEqual("arn:aws:rds:eu-west-1:123456789012:db:orders", found["DBInstanceArn"])
        self.assertRegex(found["Endpoint"]["Address"], r"^orders\..*\.eu-west-1\.rds\.amazonaws\.com$")
        self.assertNotEqual(["NXDOMAIN"], self.dig(found["Endpoint"]["Address"]))
        self.check("redshift", lambda redshift: redshift.create_cluster(**CLUSTER),
                   lambda redshift: redshift.describe_clusters(),
                   lambda reply: [one["ClusterIdentifier"] for one in reply["Clusters"]],
                   lambda redshift: redshift.delete_cluster(
                       ClusterIdentifier="facts", SkipFinalClusterSnapshot=True))
        self.check("elasticache", lambda cache: cache.create_cache_cluster(**CACHE),
                   lambda cache: cache.describe_cache_clusters(),
                   lambda reply: [one["CacheClusterId"] for one in reply["CacheClusters"]],
                   lambda cache: cache.delete_cache_cluster(CacheClusterId="pages"))

    def test_the_default_cache_security_group_is_each_accounts(self):
        for account in ["123456789012", OTHER]:
            self.client("ec2", account=account).describe_security_groups(GroupNames=["default"])
            cache = self.client("elasticache", account=account)
            cache.authorize_cache_security_group_ingress(
                CacheSecurityGroupName="default", EC2SecurityGroupName="default", EC2SecurityGroupOwnerId=account)
            found = cache.describe_cache_security_groups()["CacheSecurityGroups"]
            self.assertEqual([("default", account)], [
                (group["CacheSecurityGroupName"], group["EC2SecurityGroups"][0]["EC2SecurityGroupOwnerId"])
                for group in found])

    def test_names_of_balancers_and_auto_scaling(self):
        def create(elb):
            zone = elb.meta.region_name + "a"
            elb.create_load_balancer(**dict(BALANCER, AvailabilityZones=[zone]))
        self.check("elb", create, lambda elb: elb.describe_load_balancers(),
                   lambda reply: [one["LoadBalancerName"] for one in reply["LoadBalancerDescriptions"]],
                   lambda elb: elb.delete_load_balancer(LoadBalancerName="front"))
        self.check("autoscaling", lambda scaling: scaling.create_launch_configuration(**CONFIGURATION),
                   lambda scaling: scaling.describe_launch_configurations(),
                   lambda reply: [one["LaunchConfigurationName"] for one in reply["LaunchConfigurations"]],
                   lambda scaling: scaling.delete_launch_configuration(LaunchConfigurationName="web"))


if __name__ == "__main__":
    stage.main()
