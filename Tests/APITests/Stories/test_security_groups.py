"""Security groups and their rules, in a VPC and in EC2-Classic (semantics 4.3, 4.5, 6.1)."""
import stage

HTTPS = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


class SecurityGroups(stage.Stage):
    def setUp(self):
        super().setUp()
        self.ec2 = self.client("ec2")
        self.vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]

    def make(self, name="web", **more):
        return self.ec2.create_security_group(GroupName=name, Description="for " + name, **more)["GroupId"]

    def one(self, identity):
        return self.ec2.describe_security_groups(GroupIds=[identity])["SecurityGroups"][0]

    def test_a_group_of_a_vpc(self):
        group = self.make(VpcId=self.vpc)
        self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[HTTPS])
        self.ec2.authorize_security_group_ingress(
            GroupId=group, IpProtocol="6", FromPort=443, ToPort=443, CidrIp="10.0.0.0/8")
        self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[
            {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group, "Description": "us"}],
             "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}])
        found = self.one(group)
        self.assertEqual(["tcp", "-1"], [entry["IpProtocol"] for entry in found["IpPermissions"]])
        self.assertEqual([{"CidrIp": "0.0.0.0/0"}, {"CidrIp": "10.0.0.0/8"}], found["IpPermissions"][0]["IpRanges"])
        pair = found["IpPermissions"][1]["UserIdGroupPairs"][0]
        self.assertEqual((group, "us"), (pair["GroupId"], pair["Description"]))
        self.assertEqual("-1", found["IpPermissionsEgress"][0]["IpProtocol"])
        self.ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[
            {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
        self.ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[HTTPS])
        rules = self.ec2.describe_security_group_rules(
            Filters=[{"Name": "group-id", "Values": [group]}])["SecurityGroupRules"]
        self.assertEqual(5, len(rules))
        outbound, = [rule["SecurityGroupRuleId"] for rule in rules if rule["IsEgress"]]
        self.ec2.revoke_security_group_egress(GroupId=group, SecurityGroupRuleIds=[outbound])
        self.assertEqual([], self.one(group)["IpPermissionsEgress"])
        self.ec2.delete_security_group(GroupId=group)
        self.refused("InvalidGroup.NotFound", self.ec2.delete_security_group, GroupId=group)

    def test_rules_are_refused(self):
        group = self.make(VpcId=self.vpc)
        authorize = lambda code, **more: self.refused(
            code, self.ec2.authorize_security_group_ingress, GroupId=group, **more)
        permit = lambda code, **more: authorize(code, IpPermissions=[dict(HTTPS, **more)])
        self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[HTTPS])
        permit("InvalidPermission.Duplicate")
        permit("InvalidPermission.Malformed", IpRanges=[{"CidrIp": "10.0.0.0/33"}])
        permit("InvalidParameterValue", IpProtocol="nonsense")
        permit("InvalidParameterValue", FromPort=444)
        permit("MissingParameter", IpRanges=[])
        permit("InvalidGroup.NotFound", UserIdGroupPairs=[{"GroupId": "sg-99999999"}])
        authorize("MissingParameter")
        authorize("MissingParameter", IpProtocol="tcp", FromPort=1, ToPort=2)
        self.refused("InvalidPermission.NotFound", self.ec2.revoke_security_group_ingress, GroupId=group,
                     IpPermissions=[dict(HTTPS, ToPort=444)])
        self.assertEqual(1, len(self.one(group)["IpPermissions"]))

    def test_groups_are_refused(self):
        group = self.make(VpcId=self.vpc)
        other = self.make("other", VpcId=self.vpc)
        self.refused("InvalidGroup.Duplicate", self.make, VpcId=self.vpc)
        self.refused("InvalidParameterValue", self.make, name="default", VpcId=self.vpc)
        self.refused("InvalidParameterValue", self.make, name="sg-web", VpcId=self.vpc)
        self.refused("InvalidVpcID.NotFound", self.make, VpcId="vpc-99999999")
        self.refused("InvalidGroupId.Malformed", self.ec2.delete_security_group, GroupId="web")
        default, = self.ec2.describe_security_groups(Filters=[
            {"Name": "group-name", "Values": ["default"]}, {"Name": "vpc-id", "Values": [self.vpc]}])["SecurityGroups"]
        self.refused("CannotDelete", self.ec2.delete_security_group, GroupId=default["GroupId"])
        self.ec2.authorize_security_group_ingress(GroupId=other, IpPermissions=[
            {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]}])
        self.refused("DependencyViolation", self.ec2.delete_security_group, GroupId=group)

    def test_groups_of_classic(self):
        group = self.make("old")
        self.assertNotIn("VpcId", self.one(group))
        self.ec2.authorize_security_group_ingress(GroupName="old", IpPermissions=[HTTPS])
        self.ec2.authorize_security_group_ingress(GroupName="old", IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "UserIdGroupPairs": [{"GroupName": "old"}]}])
        self.assertEqual("old", self.one(group)["IpPermissions"][1]["UserIdGroupPairs"][0]["GroupName"])
        self.assertEqual([], self.one(group)["IpPermissionsEgress"])
        # What is not there is told, not refused.
        unknown = self.ec2.revoke_security_group_ingress(
            GroupName="old", IpProtocol="tcp", FromPort=5, ToPort=5, CidrIp="0.0.0.0/0")["UnknownIpPermissions"]
        self.assertEqual([5], [entry["FromPort"] for entry in unknown])
        self.refused("InvalidParameterValue", self.ec2.authorize_security_group_egress, GroupId=group,
                     IpPermissions=[HTTPS])
        self.refused("InvalidParameterValue", self.ec2.authorize_security_group_ingress, GroupId=group,
                     IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
        self.refused("InvalidGroup.Duplicate", self.make, name="old")
        self.refused("InvalidGroup.Reserved", self.make, name="default")
        self.ec2.run_instances(ImageId="ami-1a2b3c4d", MinCount=1, MaxCount=1, SecurityGroups=["old", "default"])
        self.refused("InvalidGroup.InUse", self.ec2.delete_security_group, GroupName="old")
        self.refused("InvalidGroup.Reserved", self.ec2.delete_security_group, GroupName="default")

    def test_a_peer_s_group_may_be_named(self):  # S114
        peer = self.ec2.create_vpc(CidrBlock="172.20.0.0/16")["Vpc"]["VpcId"]
        group, other = self.make(VpcId=self.vpc), self.make("far", VpcId=peer)
        pair = dict(GroupId=group, IpPermissions=[{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": other}]}])
        self.refused("InvalidGroup.NotFound", self.ec2.authorize_security_group_ingress, **pair)
        made = self.ec2.create_vpc_peering_connection(VpcId=self.vpc, PeerVpcId=peer)["VpcPeeringConnection"]
        self.ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=made["VpcPeeringConnectionId"])
        self.ec2.authorize_security_group_ingress(**pair)


if __name__ == "__main__":
    stage.main()
