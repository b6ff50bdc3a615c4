"""Elastic IP addresses of both kinds: where they lead, what DNS says, and what AWS refuses (S59, semantics 4.5)."""
import stage


def hostname(address):
    return "ec2-%s.compute-1.amazonaws.com" % address.replace(".", "-")


class Addresses(stage.Stage):
    def setUp(self):
        super().setUp()
        self.ec2 = self.client("ec2")
        self.vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.subnet = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
        self.classic, self.inside = self.run_one(), self.run_one(SubnetId=self.subnet)

    def run_one(self, **more):
        return self.ec2.run_instances(ImageId="ami-1a2b3c4d", MinCount=1, MaxCount=1, **more)["Instances"][0]

    def one(self, instance):
        found = self.ec2.describe_instances(InstanceIds=[instance["InstanceId"]])
        return found["Reservations"][0]["Instances"][0]

    def test_an_address_of_a_vpc(self):
        made = self.ec2.allocate_address(Domain="vpc")
        self.assertEqual([made["PublicIp"]], self.dig(hostname(made["PublicIp"])))
        self.assertNotIn("PublicIpAddress", self.inside)
        association = self.ec2.associate_address(
            AllocationId=made["AllocationId"], InstanceId=self.inside["InstanceId"])["AssociationId"]
        self.assertEqual(made["PublicIp"], self.one(self.inside)["PublicIpAddress"])
        found = self.ec2.describe_addresses(AllocationIds=[made["AllocationId"]])["Addresses"][0]
        self.assertEqual((self.inside["InstanceId"], self.inside["PrivateIpAddress"], association), (
            found["InstanceId"], found["PrivateIpAddress"], found["AssociationId"]))
        self.refused("InvalidIPAddress.InUse", self.ec2.release_address, AllocationId=made["AllocationId"])
        self.ec2.stop_instances(InstanceIds=[self.inside["InstanceId"]])
        self.assertEqual(made["PublicIp"], self.one(self.inside)["PublicIpAddress"])
        self.ec2.disassociate_address(AssociationId=association)
        self.assertNotIn("PublicIpAddress", self.one(self.inside))
        self.refused("InvalidAssociationID.NotFound", self.ec2.disassociate_address, AssociationId=association)
        self.ec2.release_address(AllocationId=made["AllocationId"])
        self.assertEqual(["NXDOMAIN"], self.dig(hostname(made["PublicIp"])))
        self.refused("InvalidAllocationID.NotFound", self.ec2.release_address, AllocationId=made["AllocationId"])

    def test_an_address_moves_when_it_may(self):
        made = self.ec2.allocate_address(Domain="vpc")["AllocationId"]
        other = self.run_one(SubnetId=self.subnet)
        self.ec2.associate_address(AllocationId=made, InstanceId=self.inside["InstanceId"])
        move = dict(AllocationId=made, InstanceId=other["InstanceId"])
        self.refused("Resource.AlreadyAssociated", self.ec2.associate_address, **move)
        self.ec2.associate_address(AllowReassociation=True, **move)
        self.assertNotIn("PublicIpAddress", self.one(self.inside))
        self.assertIn("PublicIpAddress", self.one(other))
        self.ec2.terminate_instances(InstanceIds=[other["InstanceId"]])
        self.assertEqual("", self.ec2.describe_addresses()["Addresses"][0]["InstanceId"])

    def test_an_address_of_classic(self):
        made = self.ec2.allocate_address()
        self.assertEqual("standard", made["Domain"])
        self.assertNotIn("AllocationId", made)
        before = self.classic["PublicIpAddress"]
        self.ec2.associate_address(PublicIp=made["PublicIp"], InstanceId=self.classic["InstanceId"])
        self.assertEqual([made["PublicIp"]], self.dig(hostname(made["PublicIp"])))
        self.assertEqual(["NXDOMAIN"], self.dig(hostname(before)))
        self.ec2.disassociate_address(PublicIp=made["PublicIp"])
        own = self.one(self.classic)["PublicIpAddress"]
        self.assertNotEqual(made["PublicIp"], own)
        self.assertEqual([own], self.dig(hostname(own)))
        self.ec2.associate_address(PublicIp=made["PublicIp"], InstanceId=self.classic["InstanceId"])
        self.ec2.stop_instances(InstanceIds=[self.classic["InstanceId"]])
        self.assertEqual("", self.ec2.describe_addresses(PublicIps=[made["PublicIp"]])["Addresses"][0]["InstanceId"])
        self.ec2.release_address(PublicIp=made["PublicIp"])
        self.assertEqual([], self.ec2.describe_addresses()["Addresses"])

    def test_the_two_kinds_do_not_mix(self):  # S59
        inside = self.ec2.allocate_address(Domain="vpc")["AllocationId"]
        outside = self.ec2.allocate_address(Domain="standard")["PublicIp"]
        group = self.ec2.create_security_group(GroupName="web", Description="web", VpcId=self.vpc)["GroupId"]
        self.ec2.enable_vpc_classic_link(VpcId=self.vpc)
        self.ec2.attach_classic_link_vpc(InstanceId=self.classic["InstanceId"], VpcId=self.vpc, Groups=[group])
        self.refused("InvalidParameterCombination", self.ec2.associate_address, AllocationId=inside,
                     InstanceId=self.classic["InstanceId"])
        self.refused("InvalidParameterCombination", self.ec2.associate_address, PublicIp=outside,
                     InstanceId=self.inside["InstanceId"])
        self.refused("InvalidAddress.NotFound", self.ec2.release_address, PublicIp="192.0.2.1")
        self.refused("MissingParameter", self.ec2.release_address)


if __name__ == "__main__":
    stage.main()
