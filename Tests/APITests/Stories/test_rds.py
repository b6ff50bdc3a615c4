"""RDS: endpoints that answer as soon as a database is made, move with a failover, and are gone with it (S28-S33)."""
import stage

WORLD = """
Region: us-east-1
AccountId: "123456789012"
Vpcs:
  - {VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true, ClassicLinkEnabled: true}
Subnets:
  - {SubnetId: subnet-0000000a, VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}
  - {SubnetId: subnet-0000000b, VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1b}
  - {SubnetId: subnet-0000001a, VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.3.0/24, AvailabilityZone: us-east-1a}
SecurityGroups:
  - {GroupId: sg-0de0de0d, GroupName: default, VpcId: vpc-1a2b3c4d}
  - {GroupId: sg-2b2b2b2b, GroupName: database, VpcId: vpc-1a2b3c4d}
Instances:
  - {InstanceId: i-0aaa0001, PrivateIpAddress: 10.112.0.9, PublicIpAddress: 203.0.113.9}
  - {InstanceId: i-0bbb0002, VpcId: vpc-1a2b3c4d, PrivateIpAddress: 10.0.9.5, PublicIpAddress: 203.0.113.25}
ClassicLinkInstances:
  - {InstanceId: i-0aaa0001, VpcId: vpc-1a2b3c4d, Groups: [{GroupId: sg-2b2b2b2b}]}
Requesters:
  - {SourceAddress: 127.0.1.11, InstanceId: i-0aaa0001}
  - {SourceAddress: 127.0.1.12, InstanceId: i-0bbb0002}
"""
LINKED, INSIDE, INTERNET = "127.0.1.11", "127.0.1.12", "127.0.0.1"
SUBNETS = ["subnet-0000000a", "subnet-0000000b"]


class Databases(stage.Stage):
    world = WORLD

    def setUp(self):
        super().setUp()
        self.rds = self.client("rds")
        self.ec2 = self.client("ec2")

    def group(self, name="main"):
        return self.rds.create_db_subnet_group(
            DBSubnetGroupName=name, DBSubnetGroupDescription="both zones", SubnetIds=SUBNETS)["DBSubnetGroup"]

    def create(self, name="orders", **more):
        parameters = dict(
            DBInstanceIdentifier=name, Engine="postgres", DBInstanceClass="db.m3.medium", AllocatedStorage=20,
            MasterUsername="root", MasterUserPassword="a long secret".replace(" ", "-"), DBSubnetGroupName="main")
        parameters.update(more)
        parameters = {name: value for name, value in parameters.items() if value is not None}
        return self.rds.create_db_instance(**parameters)["DBInstance"]

    def address(self, name="orders"):
        database = self.rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
        return database["Endpoint"]["Address"]

    def addresses(self, name, source):
        """The addresses at the end of the chain: of a public database the answer begins with a CNAME."""
        return [data for data in self.dig(name, source=source) if not data.endswith(".")]

    def test_a_private_database_answers_at_once_and_is_gone_at_once(self):
        self.group()
        made = self.create(VpcSecurityGroupIds=["sg-2b2b2b2b"], Tags=[{"Key": "tier", "Value": "data"}])
        self.assertEqual("available", made["DBInstanceStatus"])
        self.assertEqual(5432, made["Endpoint"]["Port"])
        self.assertEqual("vpc-1a2b3c4d", made["DBSubnetGroup"]["VpcId"])
        self.assertEqual("us-east-1a", made["AvailabilityZone"])
        self.assertFalse(made["PubliclyAccessible"])
        self.assertEqual([{"VpcSecurityGroupId": "sg-2b2b2b2b", "Status": "active"}], made["VpcSecurityGroups"])
        self.assertEqual([{"Key": "tier", "Value": "data"}], made["TagList"])
        name = made["Endpoint"]["Address"]
        self.assertRegex(name, r"^orders\.[a-z0-9]{12}\.us-east-1\.rds\.amazonaws\.com$")
        private = self.dig(name, source=LINKED)
        self.assertRegex(private[0], r"^10\.0\.1\.\d+$")  # S29
        self.assertEqual(private, self.dig(name, source=INTERNET))
        self.assertEqual("available", self.rds.describe_db_instances()["DBInstances"][0]["DBInstanceStatus"])
        self.rds.delete_db_instance(DBInstanceIdentifier="orders", SkipFinalSnapshot=True)
        self.assertNotEqual(private, self.dig(name, source=LINKED))
        self.assertEqual([], self.rds.describe_db_instances()["DBInstances"])
        # Its address is free, and its name is the same when it is made again.
        self.assertEqual(name, self.create()["Endpoint"]["Address"])

    def test_publicly_accessible_and_not(self):
        self.group()
        self.create(PubliclyAccessible=True)
        name = self.address()
        ask = lambda source: self.addresses(name, source)
        self.assertRegex(self.dig(name, source=LINKED)[0], r"^ec2-[0-9-]+\.compute-1\.amazonaws\.com\.$")
        public, private = ask(LINKED), ask(INSIDE)
        self.assertRegex(public[0], r"^198\.18\.")  # S28
        self.assertRegex(private[0], r"^10\.0\.1\.")
        self.ec2.enable_vpc_classic_link_dns_support(VpcId="vpc-1a2b3c4d")
        self.assertEqual(private, ask(LINKED))  # S30
        self.ec2.disable_vpc_classic_link_dns_support(VpcId="vpc-1a2b3c4d")
        self.rds.modify_db_instance(DBInstanceIdentifier="orders", PubliclyAccessible=False)
        self.assertEqual((private, private), (ask(LINKED), ask(INTERNET)))
        modified = self.rds.modify_db_instance(
            DBInstanceIdentifier="orders", PubliclyAccessible=True, ApplyImmediately=True)["DBInstance"]
        self.assertTrue(modified["PubliclyAccessible"])
        self.assertRegex(ask(INTERNET)[0], r"^198\.18\.")
        self.assertEqual(private, ask(INSIDE))

    def test_a_failover_moves_the_endpoint_and_no_private_name(self):
        self.group()
        made = self.create(MultiAZ=True, PubliclyAccessible=True)
        name = made["Endpoint"]["Address"]
        self.assertEqual(("us-east-1a", "us-east-1b"), (made["AvailabilityZone"], made["SecondaryAvailabilityZone"]))
        ask = lambda: (self.addresses(name, INSIDE), self.addresses(name, LINKED))
        before = ask()
        self.assertRegex(before[0][0], r"^10\.0\.1\.")
        fixed = "ip-%s.ec2.internal" % before[0][0].replace(".", "-")
        self.assertEqual(before[0], self.dig(fixed, source=LINKED))  # S30
        moved = self.rds.reboot_db_instance(DBInstanceIdentifier="orders", ForceFailover=True)["DBInstance"]
        self.assertEqual("us-east-1b", moved["AvailabilityZone"])
        after = ask()
        self.assertRegex(after[0][0], r"^10\.0\.2\.")  # S31
        self.assertNotEqual(before[1], after[1])
        self.assertEqual(before[0], self.dig(fixed, source=LINKED))
        self.rds.reboot_db_instance(DBInstanceIdentifier="orders")
        self.assertEqual(after, ask())
        self.rds.reboot_db_instance(DBInstanceIdentifier="orders", ForceFailover=True)
        self.assertEqual(before, ask())
        self.rds.modify_db_instance(DBInstanceIdentifier="orders", MultiAZ=False)
        self.refused("InvalidDBInstanceState", self.rds.reboot_db_instance, DBInstanceIdentifier="orders",
                     ForceFailover=True)
        self.rds.modify_db_instance(DBInstanceIdentifier="orders", MultiAZ=True)
        self.rds.reboot_db_instance(DBInstanceIdentifier="orders", ForceFailover=True)
        self.assertRegex(ask()[0][0], r"^10\.0\.2\.")

    def test_without_a_group_it_is_on_the_classic_platform(self):
        made = self.create(DBSubnetGroupName=None)
        self.assertNotIn("DBSubnetGroup", made)
        self.assertTrue(made["PubliclyAccessible"])
        name = made["Endpoint"]["Address"]
        self.assertRegex(self.addresses(name, LINKED)[0], r"^10\.")
        self.assertRegex(self.addresses(name, INSIDE)[0], r"^198\.19\.")  # S24
        self.refused("InvalidParameterCombination", self.rds.modify_db_instance, DBInstanceIdentifier="orders",
                     PubliclyAccessible=False)
        self.rds.delete_db_instance(DBInstanceIdentifier="orders", SkipFinalSnapshot=True)

    def test_a_cluster_follows_its_writer(self):
        self.group()
        cluster = self.rds.create_db_cluster(
            DBClusterIdentifier="ledger", Engine="aurora-mysql", MasterUsername="root",
            MasterUserPassword="secret-secret", DBSubnetGroupName="main",
            VpcSecurityGroupIds=["sg-2b2b2b2b"])["DBCluster"]
        self.assertEqual(("available", 3306), (cluster["Status"], cluster["Port"]))
        for number, zone in [(1, "us-east-1a"), (2, "us-east-1b")]:
            self.rds.create_db_instance(
                DBInstanceIdentifier="ledger-%d" % number, DBClusterIdentifier="ledger", Engine="aurora-mysql",
                DBInstanceClass="db.r5.large", AvailabilityZone=zone)
        ask = lambda member: self.dig(cluster[member], source=INSIDE)
        writer = lambda: [data for data in ask("Endpoint") if data.startswith("ledger-")][0].split(".")[0]
        reader = lambda: [data for data in ask("ReaderEndpoint") if data.startswith("ledger-")][0].split(".")[0]
        self.assertEqual(("ledger-1", "ledger-2"), (writer(), reader()))
        members = self.rds.failover_db_cluster(DBClusterIdentifier="ledger")["DBCluster"]["DBClusterMembers"]
        self.assertEqual([("ledger-1", False), ("ledger-2", True)],
                         [(member["DBInstanceIdentifier"], member["IsClusterWriter"]) for member in members])
        self.assertEqual(("ledger-2", "ledger-1"), (writer(), reader()))
        fail = self.rds.failover_db_cluster
        self.refused("InvalidDBClusterStateFault", fail, DBClusterIdentifier="ledger",
                     TargetDBInstanceIdentifier="ledger-2")
        fail(DBClusterIdentifier="ledger", TargetDBInstanceIdentifier="ledger-1")
        self.assertEqual("ledger-1", writer())
        self.rds.modify_db_cluster(DBClusterIdentifier="ledger", BackupRetentionPeriod=7, ApplyImmediately=True)
        described = self.rds.describe_db_clusters(Filters=[{"Name": "db-cluster-id", "Values": ["ledger"]}])
        self.assertEqual(7, described["DBClusters"][0]["BackupRetentionPeriod"])
        self.refused("InvalidDBClusterStateFault", self.rds.delete_db_cluster, DBClusterIdentifier="ledger",
                     SkipFinalSnapshot=True)
        self.rds.delete_db_instance(DBInstanceIdentifier="ledger-1")
        self.assertEqual("ledger-2", writer())
        self.refused("InvalidDBClusterStateFault", fail, DBClusterIdentifier="ledger")
        self.rds.delete_db_instance(DBInstanceIdentifier="ledger-2")
        self.rds.delete_db_cluster(DBClusterIdentifier="ledger", SkipFinalSnapshot=True)
        self.assertEqual([], self.rds.describe_db_clusters()["DBClusters"])

    def test_groups_of_subnets(self):
        group = self.group()
        self.assertEqual(("main", "vpc-1a2b3c4d", "Complete"),
                         (group["DBSubnetGroupName"], group["VpcId"], group["SubnetGroupStatus"]))
        self.assertEqual([("subnet-0000000a", "us-east-1a"), ("subnet-0000000b", "us-east-1b")],
                         [(subnet["SubnetIdentifier"], subnet["SubnetAvailabilityZone"]["Name"])
                          for subnet in group["Subnets"]])
        self.assertEqual([group], self.rds.describe_db_subnet_groups()["DBSubnetGroups"])
        create = lambda code, **more: self.refused(code, self.rds.create_db_subnet_group, **dict(
            dict(DBSubnetGroupName="other", DBSubnetGroupDescription="x", SubnetIds=SUBNETS), **more))
        create("DBSubnetGroupAlreadyExists", DBSubnetGroupName="Main")
        create("InvalidSubnet", SubnetIds=["subnet-99999999"])
        create("DBSubnetGroupDoesNotCoverEnoughAZs", SubnetIds=["subnet-0000000a", "subnet-0000001a"])
        create("InvalidParameterValue", DBSubnetGroupName="default")
        self.create()
        self.refused("InvalidDBSubnetGroupStateFault", self.rds.delete_db_subnet_group, DBSubnetGroupName="main")
        self.rds.delete_db_instance(DBInstanceIdentifier="orders", SkipFinalSnapshot=True)
        self.rds.delete_db_subnet_group(DBSubnetGroupName="main")
        self.refused("DBSubnetGroupNotFoundFault", self.rds.describe_db_subnet_groups, DBSubnetGroupName="main")

    def test_tags(self):
        self.group()
        arn = self.create()["DBInstanceArn"]
        self.rds.add_tags_to_resource(ResourceName=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
        self.rds.add_tags_to_resource(ResourceName=arn, Tags=[{"Key": "a", "Value": "3"}])
        self.rds.remove_tags_from_resource(ResourceName=arn, TagKeys=["b"])
        self.assertEqual([{"Key": "a", "Value": "3"}], self.rds.list_tags_for_resource(ResourceName=arn)["TagList"])
        self.refused("DBInstanceNotFound", self.rds.list_tags_for_resource, ResourceName=arn + "x")
        group = self.rds.describe_db_subnet_groups()["DBSubnetGroups"][0]["DBSubnetGroupArn"]
        self.rds.add_tags_to_resource(ResourceName=group, Tags=[{"Key": "a", "Value": "1"}])
        self.assertEqual(1, len(self.rds.list_tags_for_resource(ResourceName=group)["TagList"]))

    def test_what_aws_refuses(self):
        self.group()
        self.create()
        create = lambda code, **more: stage.Stage.refused(self, code, self.create, **more)
        create("DBInstanceAlreadyExists")
        create("DBSubnetGroupNotFoundFault", name="second", DBSubnetGroupName="none")
        create("InvalidParameterValue", name="second", Engine="dbase")
        create("InvalidParameterValue", name="-second")
        create("InvalidParameterValue", name="second", VpcSecurityGroupIds=["sg-99999999"])
        create("InvalidParameterValue", name="second", MasterUserPassword="short")
        create("InvalidVPCNetworkStateFault", name="second", AvailabilityZone="us-east-1f")
        create("InvalidParameterCombination", name="second", Engine="aurora")
        create("DBClusterNotFoundFault", name="second", Engine="aurora", DBClusterIdentifier="none")
        create("UnknownParameter", name="second", TdeCredentialArn="x")
        for call in [self.rds.modify_db_instance, self.rds.reboot_db_instance, self.rds.describe_db_instances]:
            self.refused("DBInstanceNotFound", call, DBInstanceIdentifier="none")
        self.refused("InvalidParameterCombination", self.rds.delete_db_instance, DBInstanceIdentifier="orders")
        self.rds.modify_db_instance(DBInstanceIdentifier="orders", DeletionProtection=True)
        self.refused("InvalidParameterCombination", self.rds.delete_db_instance, DBInstanceIdentifier="orders",
                     SkipFinalSnapshot=True)
        self.refused("DBInstanceNotFound", self.client("rds", account="999999999999").describe_db_instances,
                     DBInstanceIdentifier="orders")
        self.assertEqual([], self.client("rds", region="eu-west-1").describe_db_instances()["DBInstances"])

    def test_pages(self):
        self.group()
        for number in range(25):
            self.create(name="db%02d" % number)
        pages = list(self.rds.get_paginator("describe_db_instances").paginate(PaginationConfig={"PageSize": 20}))
        self.assertEqual([20, 5], [len(page["DBInstances"]) for page in pages])
        self.assertEqual(25, len({self.dig(database["Endpoint"]["Address"])[0]
                                  for page in pages for database in page["DBInstances"]}))


if __name__ == "__main__":
    stage.main()
