"""The nine calls of ClassicLink: what they change in DNS, and what they refuse (semantics 4)."""
import stage

WORLD = """
Region: us-east-1
AccountId: "123456789012"
Vpcs:
  - {VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}
  - {VpcId: vpc-5e6f7a8b, CidrBlock: 10.1.0.0/16, EnableDnsHostnames: true, ClassicLinkEnabled: true}
  - {VpcId: vpc-0de00001, CidrBlock: 172.20.0.0/16, InstanceTenancy: dedicated}
  - {VpcId: vpc-0cc00001, CidrBlock: 10.90.0.0/16}
Instances:
  - {InstanceId: i-0aaa0001, PrivateIpAddress: 10.112.0.9, PublicIpAddress: 203.0.113.9}
  - {InstanceId: i-0aaa0002, PrivateIpAddress: 10.112.0.10, PublicIpAddress: 203.0.113.10}
  - {InstanceId: i-0aaa0003, State: {Name: stopped}}
  - {InstanceId: i-0bbb0002, VpcId: vpc-1a2b3c4d, PrivateIpAddress: 10.0.0.5, PublicIpAddress: 203.0.113.25}
SecurityGroups:
  - {GroupId: sg-2b2b2b2b, GroupName: web, VpcId: vpc-1a2b3c4d}
  - {GroupId: sg-3c3c3c3c, GroupName: other, VpcId: vpc-5e6f7a8b}
Requesters:
  - {SourceAddress: 127.0.1.11, InstanceId: i-0aaa0001}
  - {SourceAddress: 127.0.1.12, InstanceId: i-0bbb0002}
"""
NAME = "ec2-203-0-113-25.compute-1.amazonaws.com"
LINKED = "ec2-203-0-113-9.compute-1.amazonaws.com"


class ClassicLink(stage.Stage):
    world = WORLD

    def setUp(self):
        super().setUp()
        self.ec2 = self.client("ec2")

    def link(self):
        self.ec2.enable_vpc_classic_link(VpcId="vpc-1a2b3c4d")
        self.ec2.attach_classic_link_vpc(InstanceId="i-0aaa0001", VpcId="vpc-1a2b3c4d", Groups=["sg-2b2b2b2b"])

    def test_each_call_shows_in_dns_when_it_returns(self):
        ask = lambda: (self.dig(NAME, source="127.0.1.11"), self.dig(LINKED, source="127.0.1.12"))
        public, private = (["203.0.113.25"], ["203.0.113.9"]), (["10.0.0.5"], ["10.112.0.9"])
        self.assertEqual(public, ask())
        self.link()
        self.assertEqual(public, ask())
        self.assertTrue(self.ec2.enable_vpc_classic_link_dns_support(VpcId="vpc-1a2b3c4d")["Return"])
        self.assertEqual(private, ask())  # S74
        self.assertTrue(self.ec2.disable_vpc_classic_link_dns_support(VpcId="vpc-1a2b3c4d")["Return"])
        self.assertEqual(public, ask())  # S77
        self.ec2.enable_vpc_classic_link_dns_support(VpcId="vpc-1a2b3c4d")
        self.ec2.modify_vpc_attribute(VpcId="vpc-1a2b3c4d", EnableDnsHostnames={"Value": False})
        self.assertEqual(public, ask())  # S75
        self.ec2.modify_vpc_attribute(VpcId="vpc-1a2b3c4d", EnableDnsHostnames={"Value": True})
        self.assertEqual(private, ask())
        self.ec2.detach_classic_link_vpc(InstanceId="i-0aaa0001", VpcId="vpc-1a2b3c4d")
        self.assertEqual(public[0], self.dig(NAME, source="127.0.1.11"))  # S20, S79
        self.assertTrue(self.ec2.disable_vpc_classic_link(VpcId="vpc-1a2b3c4d")["Return"])

    def test_they_describe_what_they_did(self):
        self.link()
        self.ec2.enable_vpc_classic_link_dns_support(VpcId="vpc-1a2b3c4d")
        enabled = self.ec2.describe_vpc_classic_link(
            Filters=[{"Name": "is-classic-link-enabled", "Values": ["true"]}])["Vpcs"]
        self.assertEqual(["vpc-1a2b3c4d", "vpc-5e6f7a8b"], [vpc["VpcId"] for vpc in enabled])
        support = self.ec2.describe_vpc_classic_link_dns_support(VpcIds=["vpc-1a2b3c4d"])["Vpcs"]
        self.assertEqual([{"VpcId": "vpc-1a2b3c4d", "ClassicLinkDnsSupported": True}], support)
        instances = self.ec2.describe_classic_link_instances(
            Filters=[{"Name": "vpc-id", "Values": ["vpc-1*"]}])["Instances"]
        self.assertEqual(
            [{"InstanceId": "i-0aaa0001", "VpcId": "vpc-1a2b3c4d", "Tags": [],
              "Groups": [{"GroupId": "sg-2b2b2b2b", "GroupName": "web"}]}], instances)

    def test_enabling_is_refused(self):
        enable = self.ec2.enable_vpc_classic_link
        self.refused("InvalidVpcID.NotFound", enable, VpcId="vpc-99999999")
        self.refused("InvalidVpcID.Malformed", enable, VpcId="vpc_1")
        self.refused("DisallowedForDedicatedTenancyNetwork", enable, VpcId="vpc-0de00001")  # S56
        self.refused("VpcCidrConflict", enable, VpcId="vpc-0cc00001")  # S44, S58
        self.refused("DryRunOperation", enable, VpcId="vpc-1a2b3c4d", DryRun=True)
        self.assertFalse(self.ec2.describe_vpc_classic_link(VpcIds=["vpc-1a2b3c4d"])["Vpcs"][0]["ClassicLinkEnabled"])

    def test_linking_is_refused(self):
        def attach(code, instance="i-0aaa0001", vpc="vpc-1a2b3c4d", groups=("sg-2b2b2b2b",)):
            self.refused(
                code, self.ec2.attach_classic_link_vpc, InstanceId=instance, VpcId=vpc, Groups=list(groups))

        attach("InvalidParameterValue")  # S9, decision 10
        self.ec2.enable_vpc_classic_link(VpcId="vpc-1a2b3c4d")
        attach("MissingParameter", groups=())  # S2, S12
        attach("InvalidGroup.NotFound", groups=["sg-3c3c3c3c"])  # S2
        attach("InvalidGroup.NotFound", groups=["sg-99999999"])
        attach("InvalidInstanceID.NotLinkable", instance="i-0bbb0002")  # S63
        attach("InvalidInstanceID.NotLinkable", instance="i-0aaa0003")  # S69
        attach("InvalidInstanceID.NotFound", instance="i-99999999")
        attach("InvalidVpcID.NotFound", vpc="vpc-99999999")
        self.link()
        attach("InstanceAlreadyLinked")  # S40
        attach("InstanceAlreadyLinked", vpc="vpc-5e6f7a8b", groups=["sg-3c3c3c3c"])  # S53

    def test_the_way_back_is_refused(self):
        self.link()
        self.refused("DependencyViolation", self.ec2.disable_vpc_classic_link, VpcId="vpc-1a2b3c4d")  # S22, S81
        self.refused(
            "InvalidParameterValue", self.ec2.detach_classic_link_vpc, InstanceId="i-0aaa0002", VpcId="vpc-1a2b3c4d")
        self.refused(
            "InvalidParameterValue", self.ec2.detach_classic_link_vpc, InstanceId="i-0aaa0001", VpcId="vpc-5e6f7a8b")

    def test_another_account_and_another_region_see_nothing(self):
        for stranger in [self.client("ec2", account="999999999999"), self.client("ec2", region="eu-west-1")]:
            self.assertEqual([], stranger.describe_vpcs()["Vpcs"])
            self.refused("InvalidVpcID.NotFound", stranger.enable_vpc_classic_link, VpcId="vpc-1a2b3c4d")  # S1, S55

    def test_what_is_not_known_is_refused_by_name(self):
        message = self.refused("InvalidAction", self.ec2.describe_spot_price_history)
        self.assertIn("DescribeSpotPriceHistory", message)
        message = self.refused(
            "UnknownParameter", self.ec2.create_vpc, CidrBlock="10.0.0.0/16", Ipv4IpamPoolId="ipam-pool-1")
        self.assertIn("Ipv4IpamPoolId", message)
        self.refused(
            "InvalidParameterValue", self.ec2.describe_vpcs, Filters=[{"Name": "no-such", "Values": ["x"]}])


if __name__ == "__main__":
    stage.main()
