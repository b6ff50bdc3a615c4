"""The three tiers of S83-S89, built from nothing by calls alone, and asked from both ends of the link."""
import stage


class ThreeTiers(stage.Stage):
    # Whoever builds a world by calls does not know the ids before: the askers are told by address alone.
    flags = ("--trust", "127.0.0.1/32=ecs")

    def build(self):
        ec2 = self.ec2 = self.client("ec2")
        self.vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        ec2.modify_vpc_attribute(VpcId=self.vpc, EnableDnsHostnames={"Value": True})
        subnets = [ec2.create_subnet(VpcId=self.vpc, CidrBlock=block, AvailabilityZone=zone)["Subnet"]["SubnetId"]
                   for block, zone in [("10.0.0.0/24", "us-east-1a"), ("10.0.1.0/24", "us-east-1b")]]
        web = ec2.create_security_group(GroupName="web-classic", Description="HTTPS from the internet")["GroupId"]
        self.authorize("ingress", web, 443, IpRanges=[{"CidrIp": "0.0.0.0/0"}])  # S84
        linked, application, database = [
            ec2.create_security_group(GroupName=name, Description=name, VpcId=self.vpc)["GroupId"]
            for name in ["web-linked", "application", "database"]]
        for group in [linked, application, database]:
            ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[
                {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
        for port, one, other in [(6001, linked, application), (6004, application, database)]:  # S85-S88
            self.authorize("egress", one, port, UserIdGroupPairs=[{"GroupId": other}])
            self.authorize("ingress", other, port, UserIdGroupPairs=[{"GroupId": one}])
        run = lambda **more: ec2.run_instances(
            ImageId="ami-1a2b3c4d", MinCount=1, MaxCount=1, **more)["Instances"][0]
        self.web = run(InstanceType="m3.medium", SecurityGroupIds=[web])
        self.application = run(InstanceType="t3.small", NetworkInterfaces=[{
            "DeviceIndex": 0, "SubnetId": subnets[0], "AssociatePublicIpAddress": True, "Groups": [application]}])
        self.database = run(InstanceType="t3.small", SubnetId=subnets[1], SecurityGroupIds=[database])
        ec2.enable_vpc_classic_link(VpcId=self.vpc)
        ec2.attach_classic_link_vpc(InstanceId=self.web["InstanceId"], VpcId=self.vpc, Groups=[linked])

    def authorize(self, direction, group, port, **peers):
        call = getattr(self.ec2, "authorize_security_group_" + direction)
        call(GroupId=group, IpPermissions=[dict(peers, IpProtocol="tcp", FromPort=port, ToPort=port)])

    def ask(self, name, asker):
        return self.server.dig(name, subnet=asker["PrivateIpAddress"])

    def test_names_turn_private_with_dns_support(self):
        self.build()
        name, back = self.application["PublicDnsName"], self.web["PublicDnsName"]
        # What the internet sees, and what the two sides see before: S17, S18.
        self.assertEqual([self.application["PublicIpAddress"]], self.server.dig(name))
        self.assertEqual([self.application["PublicIpAddress"]], self.ask(name, self.web))
        self.assertEqual([self.web["PublicIpAddress"]], self.ask(back, self.application))
        self.ec2.enable_vpc_classic_link_dns_support(VpcId=self.vpc)  # S74
        self.assertEqual([self.application["PrivateIpAddress"]], self.ask(name, self.web))
        self.assertEqual([self.web["PrivateIpAddress"]], self.ask(back, self.application))
        self.assertEqual([self.application["PublicIpAddress"]], self.server.dig(name))
        self.assertEqual([self.database["PrivateIpAddress"]], self.ask(self.database["PrivateDnsName"], self.web))
        self.ec2.stop_instances(InstanceIds=[self.web["InstanceId"]])  # S21
        self.assertEqual(["NXDOMAIN"], self.ask(back, self.application))


if __name__ == "__main__":
    stage.main()
