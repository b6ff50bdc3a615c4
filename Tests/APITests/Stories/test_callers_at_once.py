"""Many callers on one VPC: each call is carried out whole, one after the other."""
import threading

from botocore.exceptions import ClientError

import stage

CALLERS = 16


class CallersAtOnce(stage.Stage):
    flags = ("--trust", "127.0.0.1/32=ecs")

    def setUp(self):
        super().setUp()
        self.ec2 = self.client("ec2")
        self.vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.ec2.modify_vpc_attribute(VpcId=self.vpc, EnableDnsHostnames={"Value": True})
        self.ec2.enable_vpc_classic_link(VpcId=self.vpc)

    def at_once(self, call):
        """`call(number, ec2)` by each caller; what they returned, or the code they were refused with."""
        ended = [None] * CALLERS
        start = threading.Barrier(CALLERS)

        def run(number):
            ec2 = self.client("ec2")
            start.wait(stage.PATIENCE)
            try:
                ended[number] = call(number, ec2)
            except ClientError as error:
                ended[number] = error.response["Error"]["Code"]

        callers = [threading.Thread(target=run, args=(number,)) for number in range(CALLERS)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join(stage.PATIENCE)
        return ended

    def run_one(self, ec2, **where):
        return ec2.run_instances(ImageId="ami-1a2b3c4d", MinCount=1, MaxCount=1, **where)["Instances"][0]

    def test_no_address_is_given_twice(self):
        subnet = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock="10.0.0.0/28")["Subnet"]["SubnetId"]
        ended = self.at_once(lambda number, ec2: self.run_one(ec2, SubnetId=subnet)["PrivateIpAddress"])
        addresses = [one for one in ended if one.startswith("10.")]
        self.assertEqual(11, len(set(addresses)))
        self.assertEqual(11, len(addresses))
        self.assertEqual({"InsufficientFreeAddressesInSubnet"}, set(ended) - set(addresses))

    def test_an_instance_is_linked_once(self):  # S53
        web = self.run_one(self.ec2, InstanceType="m1.small")["InstanceId"]
        vpcs, groups = [], []
        for number in range(CALLERS):
            vpc = self.ec2.create_vpc(CidrBlock="172.20.%d.0/24" % number)["Vpc"]["VpcId"]
            self.ec2.enable_vpc_classic_link(VpcId=vpc)
            vpcs.append(vpc)
            groups.append(self.ec2.create_security_group(
                GroupName="link", Description="link", VpcId=vpc)["GroupId"])
        ended = self.at_once(lambda number, ec2: ec2.attach_classic_link_vpc(
            InstanceId=web, VpcId=vpcs[number], Groups=[groups[number]])["Return"])
        self.assertEqual(1, ended.count(True))
        links = self.ec2.describe_classic_link_instances()["Instances"]
        self.assertEqual([vpcs[ended.index(True)]], [link["VpcId"] for link in links])

    def test_dns_says_what_the_last_call_did(self):
        subnet = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
        application = self.run_one(self.ec2, NetworkInterfaces=[
            {"DeviceIndex": 0, "SubnetId": subnet, "AssociatePublicIpAddress": True}])
        web = self.run_one(self.ec2, InstanceType="m1.small")
        group = self.ec2.describe_security_groups(
            Filters=[{"Name": "vpc-id", "Values": [self.vpc]}])["SecurityGroups"][0]["GroupId"]
        self.ec2.attach_classic_link_vpc(InstanceId=web["InstanceId"], VpcId=self.vpc, Groups=[group])
        for _ in range(3):
            self.at_once(lambda number, ec2: [
                ec2.enable_vpc_classic_link_dns_support, ec2.disable_vpc_classic_link_dns_support,
            ][number % 2](VpcId=self.vpc)["Return"])
            is_on, = [vpc["ClassicLinkDnsSupported"] for vpc in
                      self.ec2.describe_vpc_classic_link_dns_support(VpcIds=[self.vpc])["Vpcs"]]
            address = application["PrivateIpAddress" if is_on else "PublicIpAddress"]  # S74, S17
            self.assertEqual([address], self.server.dig(
                application["PublicDnsName"], subnet=web["PrivateIpAddress"]))


if __name__ == "__main__":
    stage.main()
