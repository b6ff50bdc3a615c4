"""Auto Scaling: instances that are launched into EC2-Classic and linked at once (S27)."""
import stage

WORLD = """
Region: us-east-1
AccountId: "123456789012"
Vpcs:
  - {VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true, ClassicLinkEnabled: true,
     ClassicLinkDnsSupported: true}
  - {VpcId: vpc-5e6f7a8b, CidrBlock: 10.1.0.0/16}
Subnets:
  - {SubnetId: subnet-0000000a, VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}
  - {SubnetId: subnet-0000000b, VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1b}
SecurityGroups:
  - {GroupId: sg-0de0de0d, GroupName: default, VpcId: vpc-1a2b3c4d}
  - {GroupId: sg-2b2b2b2b, GroupName: web, VpcId: vpc-1a2b3c4d}
  - {GroupId: sg-1a1a1a1a, GroupName: web}
Instances:
  - {InstanceId: i-0bbb0002, VpcId: vpc-1a2b3c4d, PrivateIpAddress: 10.0.9.5, PublicIpAddress: 203.0.113.25}
Requesters:
  - {SourceAddress: 127.0.1.12, InstanceId: i-0bbb0002}
"""
INSIDE = "127.0.1.12"
ZONES = ["us-east-1a", "us-east-1b"]


class Groups(stage.Stage):
    world = WORLD

    def setUp(self):
        super().setUp()
        self.scaling = self.client("autoscaling")
        self.ec2 = self.client("ec2")

    def configure(self, name="linked", **more):
        parameters = dict(
            LaunchConfigurationName=name, ImageId="ami-00000001", InstanceType="m3.medium", SecurityGroups=["web"],
            ClassicLinkVPCId="vpc-1a2b3c4d", ClassicLinkVPCSecurityGroups=["sg-2b2b2b2b"])
        parameters.update(more)
        parameters = {name: value for name, value in parameters.items() if value is not None}
        self.scaling.create_launch_configuration(**parameters)

    def group(self, name="front", **more):
        parameters = dict(AutoScalingGroupName=name, LaunchConfigurationName="linked", MinSize=0, MaxSize=4,
                          DesiredCapacity=2, AvailabilityZones=ZONES)
        parameters.update(more)
        self.scaling.create_auto_scaling_group(**parameters)

    def linked(self):
        return sorted(instance["InstanceId"] for instance in self.ec2.describe_classic_link_instances()["Instances"])

    def instances(self, name="front"):
        group = self.scaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"][0]
        return [instance["InstanceId"] for instance in group["Instances"]]

    def test_instances_are_linked_when_they_are_launched(self):
        self.configure()
        configuration = self.scaling.describe_launch_configurations()["LaunchConfigurations"][0]
        self.assertEqual(("vpc-1a2b3c4d", ["sg-2b2b2b2b"]), (
            configuration["ClassicLinkVPCId"], configuration["ClassicLinkVPCSecurityGroups"]))
        self.group(Tags=[{"Key": "tier", "Value": "web", "PropagateAtLaunch": True}])
        self.assertEqual(2, len(self.instances()))
        self.assertEqual(sorted(self.instances()), self.linked())
        described = self.ec2.describe_classic_link_instances()["Instances"][0]
        self.assertEqual({"vpc-1a2b3c4d"}, {described["VpcId"]})
        self.assertIn({"Key": "aws:autoscaling:groupName", "Value": "front"}, described["Tags"])
        self.assertIn({"Key": "tier", "Value": "web"}, described["Tags"])
        self.scaling.set_desired_capacity(AutoScalingGroupName="front", DesiredCapacity=3)
        self.assertEqual((3, sorted(self.instances())), (len(self.instances()), self.linked()))
        self.scaling.update_auto_scaling_group(AutoScalingGroupName="front", MaxSize=1)
        self.assertEqual((1, sorted(self.instances())), (len(self.instances()), self.linked()))
        alone = self.scaling.describe_auto_scaling_instances()["AutoScalingInstances"]
        self.assertEqual([("front", "InService", "linked")], [
            (instance["AutoScalingGroupName"], instance["LifecycleState"], instance["LaunchConfigurationName"])
            for instance in alone])
        self.refused("ResourceInUse", self.scaling.delete_auto_scaling_group, AutoScalingGroupName="front")
        self.refused("ResourceInUse", self.scaling.delete_launch_configuration, LaunchConfigurationName="linked")
        self.scaling.delete_auto_scaling_group(AutoScalingGroupName="front", ForceDelete=True)
        self.assertEqual([], self.linked())
        self.scaling.delete_launch_configuration(LaunchConfigurationName="linked")
        self.assertEqual([], self.scaling.describe_launch_configurations()["LaunchConfigurations"])

    def test_they_stand_behind_a_load_balancer(self):
        elb = self.client("elb")
        elb.create_load_balancer(LoadBalancerName="front", Subnets=["subnet-0000000a", "subnet-0000000b"], Listeners=[
            {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 8080}])
        self.configure()
        self.group(LoadBalancerNames=["front"])
        registered = lambda: sorted(
            instance["InstanceId"] for instance in
            elb.describe_load_balancers()["LoadBalancerDescriptions"][0]["Instances"])
        self.assertEqual(sorted(self.instances()), registered())  # S25
        self.scaling.set_desired_capacity(AutoScalingGroupName="front", DesiredCapacity=1)
        self.assertEqual((1, self.instances()), (len(registered()), registered()))  # S26
        # A zone without a subnet: nothing is launched.
        self.refused("InvalidInstance", self.group, name="other", LoadBalancerNames=["front"],
                     AvailabilityZones=["us-east-1c"])
        self.assertEqual(self.instances(), self.linked())

    def test_into_subnets(self):
        self.configure("inside", ClassicLinkVPCId=None, ClassicLinkVPCSecurityGroups=None,
                       SecurityGroups=["sg-2b2b2b2b"])
        self.group(LaunchConfigurationName="inside", VPCZoneIdentifier="subnet-0000000a,subnet-0000000b",
                   AvailabilityZones=[])
        group = self.scaling.describe_auto_scaling_groups()["AutoScalingGroups"][0]
        self.assertEqual(ZONES, sorted(instance["AvailabilityZone"] for instance in group["Instances"]))
        self.assertEqual([], self.linked())

    def test_tags_of_aws_stay_and_are_in_nobodys_way(self):
        self.configure()
        self.group(DesiredCapacity=1)
        instance = self.instances()[0]
        own = {"Key": "aws:autoscaling:groupName", "Value": "front"}
        tags = lambda: self.ec2.describe_instances(
            InstanceIds=[instance])["Reservations"][0]["Instances"][0]["Tags"]
        many = [{"Key": "k%02d" % number, "Value": "v"} for number in range(50)]
        self.ec2.create_tags(Resources=[instance, instance], Tags=many)
        self.assertEqual([own] + many, tags())
        self.refused("TagLimitExceeded", self.ec2.create_tags, Resources=[instance], Tags=[{"Key": "k", "Value": ""}])
        for change in [self.ec2.create_tags, self.ec2.delete_tags]:
            self.refused("InvalidParameterValue", change, Resources=[instance], Tags=[own])
        self.ec2.delete_tags(Resources=[instance], Tags=[{"Key": "k00", "Value": "w"}, {"Key": "k01", "Value": "v"},
                                                         {"Key": "k02"}])
        self.assertEqual([own] + many[:1] + many[3:], tags())
        self.ec2.delete_tags(Resources=[instance])
        self.assertEqual([own], tags())

    def test_tags_of_a_group_are_those_that_its_instances_may_have(self):
        self.configure()
        tag = lambda key, value="": {"Key": key, "Value": value, "PropagateAtLaunch": True}
        for tags in [[tag("a"), tag("a")], [tag("aws:a")], [tag("a", "x" * 257)], [tag("x" * 129)],
                     [tag(str(number)) for number in range(51)]]:
            self.refused("ValidationError", self.group, Tags=tags)
        self.group(Tags=[tag(str(number)) for number in range(50)])

    def test_pages_of_names_that_are_the_same_text_in_other_octets(self):
        names = sorted(["l\u00e9", "le\u0301", "\u0301", "\u0301x", "a", "z"])
        for name in names:
            self.configure(name)
        listed, token = [], {}
        while token is not None:
            page = self.scaling.describe_launch_configurations(MaxRecords=1, **token)
            listed += [one["LaunchConfigurationName"] for one in page["LaunchConfigurations"]]
            token = {"NextToken": page["NextToken"]} if "NextToken" in page else None
        self.assertEqual(names, sorted(listed))
        one = self.scaling.describe_launch_configurations(LaunchConfigurationNames=["le\u0301"])
        self.assertEqual(["le\u0301"], [one["LaunchConfigurationName"] for one in one["LaunchConfigurations"]])
        self.group(LaunchConfigurationName="l\u00e9", DesiredCapacity=0)
        self.scaling.delete_launch_configuration(LaunchConfigurationName="le\u0301")
        self.refused("ResourceInUse", self.scaling.delete_launch_configuration, LaunchConfigurationName="l\u00e9")
        # In another account the name is taken here, and stands behind a colon.
        other = self.client("autoscaling", account="222222222222")
        other.create_launch_configuration(
            LaunchConfigurationName="\u0301", ImageId="ami-1", InstanceType="m1.small")
        self.assertEqual(["\u0301"], [one["LaunchConfigurationName"] for one in (
            other.describe_launch_configurations()["LaunchConfigurations"])])

    def test_what_aws_refuses(self):
        self.configure()
        configure = lambda code, **more: stage.Stage.refused(self, code, self.configure, **more)
        configure("AlreadyExists")
        configure("ValidationError", name="other", ClassicLinkVPCSecurityGroups=None)
        configure("ValidationError", name="other", ClassicLinkVPCId=None)
        configure("ValidationError", name="other", ClassicLinkVPCId="vpc-99999999")
        configure("ValidationError", name="other", ClassicLinkVPCId="vpc-5e6f7a8b")  # not enabled
        configure("ValidationError", name="other", ClassicLinkVPCSecurityGroups=["sg-1a1a1a1a"])
        configure("ValidationError", name="other", ImageId=None)
        group = lambda code, **more: stage.Stage.refused(self, code, self.group, **more)
        group("ValidationError", LaunchConfigurationName="none")
        group("ValidationError", DesiredCapacity=5)
        group("ValidationError", MinSize=5)
        group("ValidationError", AvailabilityZones=["eu-west-1a"])
        group("ValidationError", VPCZoneIdentifier="subnet-0000000a", AvailabilityZones=[])  # S63
        group("LoadBalancerNotFound", LoadBalancerNames=["none"])
        self.group(DesiredCapacity=0)
        group("AlreadyExists")
        self.refused("ValidationError", self.scaling.set_desired_capacity, AutoScalingGroupName="front",
                     DesiredCapacity=5)
        for call in [self.scaling.update_auto_scaling_group, self.scaling.delete_auto_scaling_group]:
            self.refused("ValidationError", call, AutoScalingGroupName="none")
        self.refused("ValidationError", self.scaling.delete_launch_configuration, LaunchConfigurationName="none")
        self.scaling.delete_auto_scaling_group(AutoScalingGroupName="front")


if __name__ == "__main__":
    stage.main()
