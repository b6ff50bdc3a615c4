"""Load balancers of both versions: their names, and who may be registered (S25, S26)."""
import stage

WORLD = """
Region: us-east-1
AccountId: "123456789012"
Vpcs:
  - {VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true, ClassicLinkEnabled: true}
  - {VpcId: vpc-5e6f7a8b, CidrBlock: 10.1.0.0/16}
Subnets:
  - {SubnetId: subnet-0000000a, VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}
  - {SubnetId: subnet-0000000b, VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1b}
  - {SubnetId: subnet-0000001a, VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.3.0/24, AvailabilityZone: us-east-1a}
  - {SubnetId: subnet-000000ff, VpcId: vpc-5e6f7a8b, CidrBlock: 10.1.1.0/24, AvailabilityZone: us-east-1b}
SecurityGroups:
  - {GroupId: sg-0de0de0d, GroupName: default, VpcId: vpc-1a2b3c4d}
  - {GroupId: sg-2b2b2b2b, GroupName: web, VpcId: vpc-1a2b3c4d}
  - {GroupId: sg-3c3c3c3c, GroupName: web, VpcId: vpc-5e6f7a8b}
Addresses:
  - {PublicIp: 203.0.113.77, AllocationId: eipalloc-00000001, Domain: vpc}
Instances:
  - {InstanceId: i-0aaa0001, PrivateIpAddress: 10.112.0.9, PublicIpAddress: 203.0.113.9,
     Placement: {AvailabilityZone: us-east-1a}}
  - {InstanceId: i-0aaa0002, PrivateIpAddress: 10.112.0.10, Placement: {AvailabilityZone: us-east-1e}}
  - {InstanceId: i-0aaa0003, PrivateIpAddress: 10.112.0.11, Placement: {AvailabilityZone: us-east-1a}}
  - {InstanceId: i-0bbb0002, VpcId: vpc-1a2b3c4d, PrivateIpAddress: 10.0.9.5, PublicIpAddress: 203.0.113.25}
  - {InstanceId: i-0ccc0001, VpcId: vpc-5e6f7a8b, PrivateIpAddress: 10.1.9.5}
ClassicLinkInstances:
  - {InstanceId: i-0aaa0001, VpcId: vpc-1a2b3c4d, Groups: [{GroupId: sg-2b2b2b2b}]}
  - {InstanceId: i-0aaa0002, VpcId: vpc-1a2b3c4d, Groups: [{GroupId: sg-2b2b2b2b}]}
Requesters:
  - {SourceAddress: 127.0.1.11, InstanceId: i-0aaa0001}
  - {SourceAddress: 127.0.1.12, InstanceId: i-0bbb0002}
"""
LINKED, INSIDE = "127.0.1.11", "127.0.1.12"
LISTENER = {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 8080}
SUBNETS = ["subnet-0000000a", "subnet-0000000b"]


class Classic(stage.Stage):
    world = WORLD

    def setUp(self):
        super().setUp()
        self.elb = self.client("elb")

    def create(self, name="front", **more):
        if "AvailabilityZones" not in more:
            more.setdefault("Subnets", SUBNETS)
        return self.elb.create_load_balancer(LoadBalancerName=name, Listeners=[LISTENER], **more)["DNSName"]

    def describe(self, name="front"):
        return self.elb.describe_load_balancers(LoadBalancerNames=[name])["LoadBalancerDescriptions"][0]

    def register(self, *ids, name="front"):
        reply = self.elb.register_instances_with_load_balancer(
            LoadBalancerName=name, Instances=[{"InstanceId": id} for id in ids])
        return [instance["InstanceId"] for instance in reply["Instances"]]

    def test_an_internet_facing_one_and_an_internal_one(self):
        name = self.create()
        self.assertRegex(name, r"^front-\d+\.us-east-1\.elb\.amazonaws\.com$")
        public = sorted(self.dig(name, source=LINKED))
        self.assertEqual(2, len(public))
        self.assertRegex(public[0], r"^198\.18\.")  # row 13
        self.assertEqual(public, sorted(self.dig(name, source=INSIDE)))
        internal = self.create("back", Scheme="internal", SecurityGroups=["sg-2b2b2b2b"])
        self.assertTrue(internal.startswith("internal-back-"))
        private = sorted(self.dig(internal, source=LINKED))
        self.assertRegex(private[0], r"^10\.0\.1\.")  # row 14
        self.assertRegex(private[1], r"^10\.0\.2\.")
        self.assertEqual(private, sorted(self.dig(internal, source="127.0.0.1")))
        described = self.describe("back")
        self.assertEqual(
            (internal, "internal", "vpc-1a2b3c4d", ["us-east-1a", "us-east-1b"], SUBNETS, ["sg-2b2b2b2b"]),
            tuple(described[member] for member in
                  ["DNSName", "Scheme", "VPCId", "AvailabilityZones", "Subnets", "SecurityGroups"]))
        self.assertEqual(8080, described["ListenerDescriptions"][0]["Listener"]["InstancePort"])
        self.elb.delete_load_balancer(LoadBalancerName="back")
        self.assertNotIn(private[0], self.dig(internal, source=LINKED))
        self.elb.delete_load_balancer(LoadBalancerName="back")
        self.assertEqual(["front"], [balancer["LoadBalancerName"] for balancer in
                                     self.elb.describe_load_balancers()["LoadBalancerDescriptions"]])

    def test_on_the_classic_platform(self):
        name = self.create(AvailabilityZones=["us-east-1a", "us-east-1e"])
        self.assertRegex(self.dig(name)[0], r"^198\.19\.")
        self.assertNotIn("VPCId", self.describe())
        self.assertEqual(["i-0aaa0003"], self.register("i-0aaa0003"))
        self.refused("InvalidInstance", lambda: self.register("i-0bbb0002"))
        self.refused("InvalidScheme", self.create, name="back", AvailabilityZones=["us-east-1a"], Scheme="internal")

    def test_a_linked_instance_whose_zone_has_a_subnet(self):
        self.create()
        self.assertEqual(["i-0aaa0001", "i-0bbb0002"], self.register("i-0aaa0001", "i-0bbb0002"))  # S25
        self.assertEqual(["i-0aaa0001", "i-0bbb0002"], self.register("i-0aaa0001"))
        self.refused("InvalidInstance", lambda: self.register("i-0aaa0002"))  # no subnet in its zone
        self.refused("InvalidInstance", lambda: self.register("i-0aaa0003"))  # not linked
        self.refused("InvalidInstance", lambda: self.register("i-0ccc0001"))
        self.refused("InvalidInstance", lambda: self.register("i-99999999"))
        health = self.elb.describe_instance_health(LoadBalancerName="front")["InstanceStates"]
        self.assertEqual([("i-0aaa0001", "InService"), ("i-0bbb0002", "InService")],
                         [(state["InstanceId"], state["State"]) for state in health])
        rest = self.elb.deregister_instances_from_load_balancer(
            LoadBalancerName="front", Instances=[{"InstanceId": "i-0bbb0002"}])["Instances"]
        self.assertEqual([{"InstanceId": "i-0aaa0001"}], rest)
        self.refused("InvalidInstance", self.elb.deregister_instances_from_load_balancer, LoadBalancerName="front",
                     Instances=[{"InstanceId": "i-0bbb0002"}])
        self.refused("InvalidInstance", self.elb.describe_instance_health, LoadBalancerName="front",
                     Instances=[{"InstanceId": "i-0bbb0002"}])
        self.client("ec2").detach_classic_link_vpc(InstanceId="i-0aaa0001", VpcId="vpc-1a2b3c4d")
        self.assertEqual([], self.describe()["Instances"])

    def test_what_aws_refuses(self):
        self.create()
        create = lambda code, **more: stage.Stage.refused(self, code, self.create, **more)
        create("DuplicateLoadBalancerName")
        create("SubnetNotFound", name="back", Subnets=["subnet-99999999"])
        create("InvalidConfigurationRequest", name="back", Subnets=["subnet-0000000a", "subnet-0000001a"])
        create("InvalidConfigurationRequest", name="back", Subnets=["subnet-0000000a", "subnet-000000ff"])
        create("InvalidSecurityGroup", name="back", SecurityGroups=["sg-3c3c3c3c"])
        create("InvalidScheme", name="back", Scheme="outside")
        create("DuplicateTagKeys", name="back", Tags=[{"Key": "a"}, {"Key": "a"}])
        create("ValidationError", name="back-")
        self.refused("UnsupportedProtocol", self.elb.create_load_balancer, LoadBalancerName="back", Subnets=SUBNETS,
                     Listeners=[dict(LISTENER, Protocol="UDP")])
        self.refused("CertificateNotFound", self.elb.create_load_balancer, LoadBalancerName="back", Subnets=SUBNETS,
                     Listeners=[dict(LISTENER, Protocol="HTTPS")])
        self.refused("LoadBalancerNotFound", self.elb.describe_load_balancers, LoadBalancerNames=["none"])
        self.refused("LoadBalancerNotFound", lambda: self.register("i-0aaa0001", name="none"))

    def test_tags(self):
        self.create(Tags=[{"Key": "a", "Value": "1"}])
        self.elb.add_tags(LoadBalancerNames=["front"], Tags=[{"Key": "b", "Value": "2"}])
        self.elb.remove_tags(LoadBalancerNames=["front"], Tags=[{"Key": "a"}])
        self.assertEqual([{"LoadBalancerName": "front", "Tags": [{"Key": "b", "Value": "2"}]}],
                         self.elb.describe_tags(LoadBalancerNames=["front"])["TagDescriptions"])


class Version2(stage.Stage):
    world = WORLD

    def setUp(self):
        super().setUp()
        self.elb = self.client("elbv2")

    def create(self, name="front", **more):
        if "SubnetMappings" not in more:
            more.setdefault("Subnets", SUBNETS)
        return self.elb.create_load_balancer(Name=name, **more)["LoadBalancers"][0]

    def group(self, name="web", **more):
        parameters = dict(Name=name, Protocol="HTTP", Port=8080, VpcId="vpc-1a2b3c4d")
        parameters.update(more)
        return self.elb.create_target_group(**parameters)["TargetGroups"][0]["TargetGroupArn"]

    def test_an_application_load_balancer(self):
        made = self.create()
        self.assertRegex(made["DNSName"], r"^front-\d+\.us-east-1\.elb\.amazonaws\.com$")
        self.assertEqual(("active", "application", "ipv4", ["sg-0de0de0d"]),
                         (made["State"]["Code"], made["Type"], made["IpAddressType"], made["SecurityGroups"]))
        self.assertEqual([("us-east-1a", "subnet-0000000a"), ("us-east-1b", "subnet-0000000b")],
                         [(zone["ZoneName"], zone["SubnetId"]) for zone in made["AvailabilityZones"]])
        self.assertRegex(self.dig(made["DNSName"], source=INSIDE)[0], r"^198\.18\.")
        internal = self.create("back", Scheme="internal")["DNSName"]
        for source in [LINKED, INSIDE]:
            self.assertRegex(sorted(self.dig(internal, source=source))[0], r"^10\.0\.1\.")
        self.assertEqual([made], self.elb.describe_load_balancers(Names=["front"])["LoadBalancers"])
        self.elb.delete_load_balancer(LoadBalancerArn=made["LoadBalancerArn"])
        self.assertFalse(self.dig(made["DNSName"], source=INSIDE)[0].startswith("198.18."))
        self.refused("LoadBalancerNotFound", self.elb.describe_load_balancers, Names=["front"])
        self.refused("LoadBalancerNotFound", self.elb.describe_load_balancers,
                     LoadBalancerArns=[made["LoadBalancerArn"]])

    def test_a_network_load_balancer_with_an_address_of_its_own(self):
        made = self.create(Type="network", SubnetMappings=[
            {"SubnetId": "subnet-0000000a", "AllocationId": "eipalloc-00000001"}, {"SubnetId": "subnet-0000000b"}])
        self.assertRegex(made["DNSName"], r"^front-[0-9a-f]{16}\.elb\.us-east-1\.amazonaws\.com$")
        self.assertEqual([{"IpAddress": "203.0.113.77", "AllocationId": "eipalloc-00000001"}],
                         made["AvailabilityZones"][0]["LoadBalancerAddresses"])
        self.assertIn("203.0.113.77", self.dig(made["DNSName"]))
        self.refused("ResourceInUse", self.create, name="other", Type="network", SubnetMappings=[
            {"SubnetId": "subnet-0000000a", "AllocationId": "eipalloc-00000001"}])
        self.elb.delete_load_balancer(LoadBalancerArn=made["LoadBalancerArn"])
        again = self.create(Type="network", SubnetMappings=[
            {"SubnetId": "subnet-0000000a", "AllocationId": "eipalloc-00000001"}])
        self.assertEqual(["203.0.113.77"], self.dig(again["DNSName"]))

    def test_targets_and_listeners(self):
        balancer = self.create()["LoadBalancerArn"]
        group = self.group()
        register = lambda *ids: self.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": id} for id in ids])
        register("i-0bbb0002")
        describe = lambda: self.elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        health = lambda: [(target["Target"]["Id"], target["Target"]["Port"], target["TargetHealth"]["State"])
                          for target in describe()]
        self.assertEqual([("i-0bbb0002", 8080, "unused")], health())
        forward = [{"Type": "forward", "TargetGroupArn": group}]
        listener = self.elb.create_listener(
            LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=forward)["Listeners"][0]
        self.assertEqual(group, listener["DefaultActions"][0]["TargetGroupArn"])
        self.assertEqual([("i-0bbb0002", 8080, "healthy")], health())
        described = self.elb.describe_target_groups(Names=["web"])["TargetGroups"][0]
        self.assertEqual([balancer], described["LoadBalancerArns"])
        self.assertEqual(1, len(self.elb.describe_target_groups(LoadBalancerArn=balancer)["TargetGroups"]))
        self.refused("DuplicateListener", self.elb.create_listener, LoadBalancerArn=balancer, Protocol="HTTP", Port=80,
                     DefaultActions=forward)
        self.refused("UnsupportedProtocol", self.elb.create_listener, LoadBalancerArn=balancer, Protocol="UDP", Port=53,
                     DefaultActions=forward)
        self.refused("TargetGroupNotFound", self.elb.create_listener, LoadBalancerArn=balancer, Protocol="HTTP",
                     Port=81, DefaultActions=[{"Type": "forward", "TargetGroupArn": group + "0"}])
        self.elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=81, DefaultActions=[
            {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "StatusCode": "HTTP_301"}}])
        self.assertEqual(2, len(self.elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"]))
        for id in ["i-0ccc0001", "i-0aaa0001", "i-99999999"]:
            self.refused("InvalidTarget", lambda: register(id))
        self.refused("ResourceInUse", self.elb.delete_target_group, TargetGroupArn=group)
        self.elb.deregister_targets(TargetGroupArn=group, Targets=[{"Id": "i-0bbb0002"}])
        self.refused("InvalidTarget", self.elb.deregister_targets, TargetGroupArn=group, Targets=[{"Id": "i-0bbb0002"}])
        self.elb.delete_listener(ListenerArn=listener["ListenerArn"])
        self.refused("ListenerNotFound", self.elb.describe_listeners, ListenerArns=[listener["ListenerArn"]])
        self.elb.delete_target_group(TargetGroupArn=group)
        self.refused("TargetGroupNotFound", lambda: register("i-0bbb0002"))
        # A linked instance is a target by its address.
        group = self.group("addresses", TargetType="ip")
        register("10.112.0.9")
        self.refused("ValidationError", lambda: register("203.0.113.9"))

    def test_what_is_made_once_more_with_the_same_settings_is_there(self):
        made = self.create(Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
        self.assertEqual(made, self.create(
            Subnets=SUBNETS[::-1], Tags=[{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "1"}]))
        for other in [dict(Scheme="internal"), dict(Type="network"), dict(Tags=[{"Key": "a"}])]:
            self.assertIn("different settings", self.refused("DuplicateLoadBalancerName", self.create, **other))
        fixed = [{"SubnetId": "subnet-0000000a", "AllocationId": "eipalloc-00000001"}, {"SubnetId": "subnet-0000000b"}]
        made = self.create("fixed", Type="network", SubnetMappings=fixed)
        self.assertEqual(made, self.create("fixed", Type="network", SubnetMappings=fixed))
        self.refused("DuplicateLoadBalancerName", self.create, name="fixed", Type="network")
        group = self.group(TargetType="ip")
        self.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": "10.0.1.9"}])
        self.assertEqual(group, self.group(TargetType="ip"))
        self.elb.add_tags(ResourceArns=[group], Tags=[{"Key": "c", "Value": "1"}])
        self.refused("DuplicateTargetGroupName", self.group, TargetType="ip")
        self.elb.remove_tags(ResourceArns=[group], TagKeys=["c"])
        self.assertEqual(group, self.group(TargetType="ip"))
        self.assertEqual(1, len(self.elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]))

    def test_parameters_have_the_codes_of_load_balancing(self):
        for client, call, given in [
                ("elb", "create_load_balancer", dict(LoadBalancerName="x", Listeners=[], Subnets=SUBNETS)),
                ("elb", "describe_load_balancers", dict(PageSize=500)),
                ("elbv2", "describe_tags", dict(ResourceArns=[])),
                ("elbv2", "describe_load_balancers", dict(Marker="zz")),
                ("autoscaling", "describe_auto_scaling_groups", dict(MaxRecords=101)),
                ("autoscaling", "describe_launch_configurations", dict(MaxRecords=0))]:
            with self.subTest(call=call):
                self.refused("ValidationError", getattr(self.client(client), call), **given)

    def test_what_aws_refuses(self):
        arn = self.create(Tags=[{"Key": "a", "Value": "1"}])["LoadBalancerArn"]
        create = lambda code, **more: stage.Stage.refused(self, code, self.create, **more)
        create("DuplicateLoadBalancerName")
        create("SubnetNotFound", name="back", Subnets=["subnet-0000000a", "subnet-99999999"])
        create("InvalidConfigurationRequest", name="back", Subnets=["subnet-0000000a"])
        create("InvalidConfigurationRequest", name="back", Subnets=["subnet-0000000a", "subnet-0000001a"])
        create("InvalidSecurityGroup", name="back", SecurityGroups=["sg-3c3c3c3c"])
        create("AllocationIdNotFound", name="back", Type="network", SubnetMappings=[
            {"SubnetId": "subnet-0000000a", "AllocationId": "eipalloc-99999999"}])
        create("InvalidConfigurationRequest", name="back", IpAddressType="dualstack")
        create("ValidationError", name="back", Type="gateway")
        self.group()
        self.refused("DuplicateTargetGroupName", self.group, Port=8081)
        self.refused("ValidationError", self.group, name="other", VpcId="vpc-99999999")
        self.elb.add_tags(ResourceArns=[arn], Tags=[{"Key": "b", "Value": "2"}])
        self.elb.remove_tags(ResourceArns=[arn], TagKeys=["a"])
        self.assertEqual([{"ResourceArn": arn, "Tags": [{"Key": "b", "Value": "2"}]}],
                         self.elb.describe_tags(ResourceArns=[arn])["TagDescriptions"])
        self.refused("LoadBalancerNotFound", self.elb.describe_tags, ResourceArns=[arn + "0"])


if __name__ == "__main__":
    stage.main()
