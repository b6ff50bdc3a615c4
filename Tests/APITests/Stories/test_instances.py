"""Instances from launch to end, in EC2-Classic and in a VPC, and what DNS says after each step (semantics 2.3, 4.5)."""
import stage


class Instances(stage.Stage):
    def setUp(self):
        super().setUp()
        self.ec2 = self.client("ec2")

    def run_one(self, **more):
        more = dict(dict(ImageId="ami-1a2b3c4d", MinCount=1, MaxCount=1), **more)
        return self.ec2.run_instances(**more)["Instances"][0]

    def network(self, **attributes):
        self.vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.ec2.modify_vpc_attribute(VpcId=self.vpc, EnableDnsHostnames={"Value": True})
        self.subnet = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
        self.ec2.modify_subnet_attribute(SubnetId=self.subnet, MapPublicIpOnLaunch={"Value": True})

    def one(self, instance_id):
        return self.ec2.describe_instances(InstanceIds=[instance_id])["Reservations"][0]["Instances"][0]

    def test_a_classic_instance_lives_and_ends(self):
        made = self.run_one(InstanceType="m3.medium", KeyName="mine", Placement={"AvailabilityZone": "us-east-1b"})
        identity = made["InstanceId"]
        self.assertNotIn("VpcId", made)
        self.assertTrue(made["PrivateIpAddress"].startswith("10."))
        self.assertEqual(("running", "us-east-1b", "mine"), (
            made["State"]["Name"], made["Placement"]["AvailabilityZone"], made["KeyName"]))
        self.assertEqual([made["PublicIpAddress"]], self.dig(made["PublicDnsName"]))
        change = self.ec2.stop_instances(InstanceIds=[identity])["StoppingInstances"][0]
        self.assertEqual(("running", "stopped"), (change["PreviousState"]["Name"], change["CurrentState"]["Name"]))
        self.assertEqual(["NXDOMAIN"], self.dig(made["PublicDnsName"]))
        self.assertEqual("", self.one(identity)["PublicDnsName"])
        self.ec2.start_instances(InstanceIds=[identity])
        again = self.one(identity)
        self.assertNotEqual(made["PrivateIpAddress"], again["PrivateIpAddress"])  # semantics 4.5
        self.assertEqual([again["PublicIpAddress"]], self.dig(again["PublicDnsName"]))
        self.ec2.reboot_instances(InstanceIds=[identity])
        self.ec2.terminate_instances(InstanceIds=[identity])
        self.assertEqual(["NXDOMAIN"], self.dig(again["PublicDnsName"]))
        self.ec2.get_waiter("instance_terminated").wait(InstanceIds=[identity])
        self.refused("IncorrectInstanceState", self.ec2.start_instances, InstanceIds=[identity])

    def test_an_instance_in_a_vpc_keeps_its_private_address(self):
        self.network()
        made = self.run_one(SubnetId=self.subnet, InstanceType="t3.micro", PrivateIpAddress="10.0.0.9")
        self.assertEqual(("10.0.0.9", self.vpc), (made["PrivateIpAddress"], made["VpcId"]))
        self.assertEqual("ip-10-0-0-9.ec2.internal", made["PrivateDnsName"])
        self.assertEqual([made["PublicIpAddress"]], self.dig(made["PublicDnsName"]))
        interface = self.ec2.describe_network_interfaces(
            Filters=[{"Name": "attachment.instance-id", "Values": [made["InstanceId"]]}])["NetworkInterfaces"][0]
        self.assertEqual(made["NetworkInterfaces"][0]["NetworkInterfaceId"], interface["NetworkInterfaceId"])
        self.assertEqual(("in-use", "10.0.0.9", made["PublicIpAddress"]), (
            interface["Status"], interface["PrivateIpAddress"], interface["Association"]["PublicIp"]))
        self.ec2.stop_instances(InstanceIds=[made["InstanceId"]])
        stopped = self.one(made["InstanceId"])
        self.assertEqual("10.0.0.9", stopped["PrivateIpAddress"])
        self.assertNotIn("PublicIpAddress", stopped)
        self.ec2.start_instances(InstanceIds=[made["InstanceId"]])
        again = self.one(made["InstanceId"])
        self.assertEqual([again["PublicIpAddress"]], self.dig(again["PublicDnsName"]))
        self.refused("DependencyViolation", self.ec2.delete_subnet, SubnetId=self.subnet)
        self.ec2.terminate_instances(InstanceIds=[made["InstanceId"]])
        self.assertEqual([], self.ec2.describe_network_interfaces()["NetworkInterfaces"])
        self.ec2.delete_subnet(SubnetId=self.subnet)
        self.ec2.delete_vpc(VpcId=self.vpc)

    def test_public_names_follow_the_attributes_of_the_vpc(self):
        self.network()
        identity = self.run_one(SubnetId=self.subnet)["InstanceId"]
        self.assertTrue(self.one(identity)["PublicDnsName"].startswith("ec2-"))
        self.ec2.modify_vpc_attribute(VpcId=self.vpc, EnableDnsHostnames={"Value": False})
        self.assertEqual("", self.one(identity)["PublicDnsName"])

    def test_an_interface_says_where_and_how(self):
        self.network()
        group = self.ec2.create_security_group(GroupName="web", Description="web", VpcId=self.vpc)["GroupId"]
        made = self.run_one(NetworkInterfaces=[{
            "DeviceIndex": 0, "SubnetId": self.subnet, "AssociatePublicIpAddress": False, "Groups": [group],
            "PrivateIpAddress": "10.0.0.20", "Description": "the first"}])
        self.assertNotIn("PublicIpAddress", made)
        self.assertEqual([group], [entry["GroupId"] for entry in made["SecurityGroups"]])
        self.assertEqual("the first", made["NetworkInterfaces"][0]["Description"])
        self.refused("InvalidParameterCombination", self.run_one, SubnetId=self.subnet,
                     NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": self.subnet}])

    def test_the_same_token_launches_once(self):
        first = self.run_one(ClientToken="abc", MaxCount=2)
        again = self.ec2.run_instances(ImageId="ami-1a2b3c4d", MinCount=1, MaxCount=2, ClientToken="abc")
        self.assertEqual(first["InstanceId"], again["Instances"][0]["InstanceId"])
        everything = self.ec2.describe_instances()["Reservations"]
        self.assertEqual([2], [len(reservation["Instances"]) for reservation in everything])
        self.refused("IdempotentParameterMismatch", self.run_one, ClientToken="abc", InstanceType="m3.large")

    def test_a_launch_is_refused(self):
        self.network()
        self.refused("VPCResourceNotSpecified", self.run_one, InstanceType="t2.micro")
        self.refused("InvalidParameterValue", self.run_one, InstanceType="tiny")
        self.refused("InvalidAMIID.Malformed", self.run_one, ImageId="image")
        self.refused("InvalidParameterValue", self.run_one, MinCount=2)
        self.refused("InvalidSubnetID.NotFound", self.run_one, SubnetId="subnet-99999999")
        self.refused("InvalidParameterCombination", self.run_one, PrivateIpAddress="10.4.0.9")
        self.refused("InvalidParameterValue", self.run_one, SubnetId=self.subnet, PrivateIpAddress="10.0.9.9")
        self.run_one(SubnetId=self.subnet, PrivateIpAddress="10.0.0.9")
        self.refused("InvalidIPAddress.InUse", self.run_one, SubnetId=self.subnet, PrivateIpAddress="10.0.0.9")
        group = self.ec2.create_security_group(GroupName="web", Description="web", VpcId=self.vpc)["GroupId"]
        self.refused("InvalidParameterCombination", self.run_one, SecurityGroupIds=[group])
        self.refused("InvalidGroup.NotFound", self.run_one, SecurityGroups=["nobody"])
        self.refused("DryRunOperation", self.run_one, DryRun=True)
        message = self.refused("UnknownParameter", self.run_one, LaunchTemplate={"LaunchTemplateId": "lt-1"})
        self.assertIn("LaunchTemplate.LaunchTemplateId", message)

    def test_a_subnet_can_be_full(self):
        self.network()
        small = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock="10.0.1.0/28")["Subnet"]["SubnetId"]
        made = self.ec2.run_instances(ImageId="ami-1a2b3c4d", MinCount=5, MaxCount=20, SubnetId=small)["Instances"]
        self.assertEqual(11, len(made))
        self.refused("InsufficientFreeAddressesInSubnet", self.run_one, SubnetId=small)
        self.assertEqual(0, self.ec2.describe_subnets(SubnetIds=[small])["Subnets"][0]["AvailableIpAddressCount"])

    def test_attributes_change_when_they_may(self):
        self.network()
        classic = self.run_one(InstanceType="m3.medium", UserData="hello")["InstanceId"]
        inside = self.run_one(SubnetId=self.subnet)["InstanceId"]
        modify = self.ec2.modify_instance_attribute
        self.refused("IncorrectInstanceState", modify, InstanceId=classic, InstanceType={"Value": "m3.large"})
        self.ec2.stop_instances(InstanceIds=[classic])
        modify(InstanceId=classic, InstanceType={"Value": "m3.large"})
        self.refused("VPCResourceNotSpecified", modify, InstanceId=classic, InstanceType={"Value": "t3.micro"})
        self.assertEqual("m3.large", self.one(classic)["InstanceType"])
        data = self.ec2.describe_instance_attribute(InstanceId=classic, Attribute="userData")["UserData"]["Value"]
        self.assertEqual("aGVsbG8=", data)
        default = self.ec2.describe_security_groups(GroupNames=["default"])["SecurityGroups"][0]["GroupId"]
        other = self.ec2.create_security_group(GroupName="other", Description="other")["GroupId"]
        self.assertEqual([default], [group["GroupId"] for group in self.one(classic)["SecurityGroups"]])
        self.refused("InvalidParameterCombination", modify, InstanceId=classic, Groups=[other])  # semantics 4.5
        group = self.ec2.create_security_group(GroupName="web", Description="web", VpcId=self.vpc)["GroupId"]
        modify(InstanceId=inside, Groups=[group])
        self.assertEqual([group], [entry["GroupId"] for entry in self.one(inside)["NetworkInterfaces"][0]["Groups"]])
        modify(InstanceId=inside, DisableApiTermination={"Value": True})
        self.refused("OperationNotPermitted", self.ec2.terminate_instances, InstanceIds=[classic, inside])
        self.assertEqual("stopped", self.one(classic)["State"]["Name"])
        self.refused("InvalidParameterCombination", modify, InstanceId=inside,
                     DisableApiTermination={"Value": False}, EbsOptimized={"Value": True})

    def test_resource_names_can_be_turned_on(self):
        self.network()
        made = self.run_one(SubnetId=self.subnet)
        asker = self.one(made["InstanceId"])["PrivateDnsNameOptions"]
        self.assertFalse(asker["EnableResourceNameDnsARecord"])
        self.ec2.modify_private_dns_name_options(
            InstanceId=made["InstanceId"], EnableResourceNameDnsARecord=True)
        self.assertTrue(self.one(made["InstanceId"])["PrivateDnsNameOptions"]["EnableResourceNameDnsARecord"])
        self.refused("IncorrectInstanceState", self.ec2.modify_private_dns_name_options,
                     InstanceId=made["InstanceId"], PrivateDnsHostnameType="resource-name")
        self.ec2.stop_instances(InstanceIds=[made["InstanceId"]])
        self.ec2.modify_private_dns_name_options(
            InstanceId=made["InstanceId"], PrivateDnsHostnameType="resource-name")
        self.assertEqual(made["InstanceId"] + ".ec2.internal", self.one(made["InstanceId"])["PrivateDnsName"])

    def test_a_linked_instance_is_not_in_the_vpc_and_loses_its_link(self):
        self.network()
        classic = self.run_one()["InstanceId"]
        inside = self.run_one(SubnetId=self.subnet)["InstanceId"]
        group = self.ec2.create_security_group(GroupName="web", Description="web", VpcId=self.vpc)["GroupId"]
        self.ec2.enable_vpc_classic_link(VpcId=self.vpc)
        link = dict(InstanceId=classic, VpcId=self.vpc, Groups=[group])
        self.ec2.attach_classic_link_vpc(**link)
        found = self.ec2.describe_instances(Filters=[{"Name": "vpc-id", "Values": [self.vpc]}])["Reservations"]
        self.assertEqual([[inside]], [[one["InstanceId"] for one in entry["Instances"]] for entry in found])  # S16
        self.refused("DependencyViolation", self.ec2.delete_security_group, GroupId=group)
        self.ec2.stop_instances(InstanceIds=[classic])
        self.assertEqual([], self.ec2.describe_classic_link_instances()["Instances"])  # S21
        self.refused("InvalidInstanceID.NotLinkable", self.ec2.attach_classic_link_vpc, **link)  # S69
        self.ec2.start_instances(InstanceIds=[classic])
        self.assertEqual([], self.ec2.describe_classic_link_instances()["Instances"])  # S54
        self.ec2.attach_classic_link_vpc(**link)
        self.ec2.terminate_instances(InstanceIds=[classic])
        self.ec2.disable_vpc_classic_link(VpcId=self.vpc)

    def test_filters_choose_and_pages_end(self):
        for name in "abcdefg":
            self.run_one(TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": name}]}])
        found = self.ec2.describe_instances(Filters=[{"Name": "tag:Name", "Values": ["b", "c"]},
                                                     {"Name": "instance-state-name", "Values": ["running"]}])
        self.assertEqual(2, len(found["Reservations"]))
        pages = list(self.ec2.get_paginator("describe_instances").paginate(PaginationConfig={"PageSize": 5}))
        self.assertEqual([5, 2], [len(page["Reservations"]) for page in pages])
        self.refused("InvalidInstanceID.NotFound", self.ec2.describe_instances, InstanceIds=["i-99999999"])
        self.refused("InvalidInstanceID.Malformed", self.ec2.describe_instances, InstanceIds=["nonsense"])
        self.assertEqual([], self.client("ec2", account="999999999999").describe_instances()["Reservations"])


class WithoutClassic(stage.Stage):
    world = stage.EMPTY + "SupportedPlatforms: [VPC]\n"

    def test_a_launch_needs_a_subnet(self):
        ec2 = self.client("ec2")
        self.refused("VPCIdNotSpecified", ec2.run_instances, ImageId="ami-1a2b3c4d", MinCount=1, MaxCount=1)
        self.refused("VPCIdNotSpecified", ec2.create_security_group, GroupName="web", Description="web")
        self.assertEqual("vpc", ec2.allocate_address()["Domain"])
        self.refused("UnsupportedOperation", ec2.allocate_address, Domain="standard")  # S5
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.refused("UnsupportedOperation", ec2.enable_vpc_classic_link, VpcId=vpc)


if __name__ == "__main__":
    stage.main()
