"""Calls that ask for much with few octets: each is refused by its code before it takes the memory or the time."""
import urllib.error
import urllib.request

import stage

RUN = dict(ImageId="ami-00000001", MinCount=1, MaxCount=1000)
# Every address of the classic pool but one, of which a world knows that somebody has it.
POOL = """
Region: us-east-1
AccountId: "123456789012"
Addresses:
""" + "".join("  - {PublicIp: 198.19.%d.%d, Domain: standard}\n" % (third, last) for third in range(256)
              for last in range(1, 255) if (third, last) != (7, 7))

ARN = "arn:aws:elasticloadbalancing:us-east-1:123456789012:"
BALANCER = ARN + "loadbalancer/net/many/1"
GROUPS = 4000
# A listener for each of many target groups: who looks through all of them for each group is not done before the client
# gives up.
LISTENERS = """
Region: us-east-1
AccountId: "123456789012"
Vpcs:
  - {VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.0.0/16}
LoadBalancers:
  - {LoadBalancerArn: "%s", LoadBalancerName: many, Type: network, VpcId: vpc-1a2b3c4d,
     DNSName: many-1.elb.us-east-1.amazonaws.com}
""" % BALANCER + "TargetGroups:\n" + "".join(
    '  - {TargetGroupArn: "%stargetgroup/g%d/1", TargetGroupName: g%d, Protocol: TCP, Port: 80, VpcId: vpc-1a2b3c4d}\n'
    % (ARN, number, number) for number in range(GROUPS)) + "Listeners:\n" + "".join(
    '  - {ListenerArn: "%slistener/net/many/1/%d", LoadBalancerArn: "%s", Port: %d, Protocol: TCP,\n'
    '     DefaultActions: [{Type: forward, TargetGroupArn: "%stargetgroup/g%d/1"}]}\n'
    % (ARN, number, BALANCER, number + 1, ARN, number) for number in range(GROUPS))


class Greedy(stage.Stage):
    def setUp(self):
        super().setUp()
        self.ec2 = self.client("ec2")

    def vpc(self):
        vpc = self.ec2.create_vpc(CidrBlock="172.20.0.0/16")["Vpc"]["VpcId"]
        return vpc, self.ec2.create_subnet(VpcId=vpc, CidrBlock="172.20.0.0/28")["Subnet"]["SubnetId"]

    def send(self, path, body, **headers):
        request = urllib.request.Request(self.server.url + path, data=body.encode(), headers={
            name.replace("_", "-"): value for name, value in headers.items()})
        with self.assertRaises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request, timeout=stage.PATIENCE)
        return caught.exception.code, caught.exception.read().decode()

    def test_a_name_above_many_leaves(self):
        target = "Route53Resolver.ListResolverRules"
        rules, change = "/", "/2013-04-01/hostedzone/Z1/rrset"
        root = "<ChangeResourceRecordSetsRequest>%s</ChangeResourceRecordSetsRequest>"
        for name, leaves in [("A" * 500000, 100000), ("A" * 257, 2), ("A", 20001)]:
            for path, body in [
                    (rules, '{"%s":[%s]}' % (name, ",".join("1" * leaves))),
                    (change, root % ("<%s><Changes>%s</Changes></%s>" % (name, "<Change/>" * leaves, name)))]:
                with self.subTest(path=path, name=len(name), leaves=leaves):
                    status, text = self.send(path, body, **({"X_Amz_Target": target} if path == rules else {}))
                    self.assertEqual(400, status)
                    self.assertRegex(text, "octets|parameters|not recognized|misspelt")
        status, text = self.send("/", "Action=DescribeVpcs&Version=2016-11-15&%s=1" % ("A" * 257))
        self.assertIn("MalformedQueryString", text)
        self.assertEqual([], self.ec2.describe_vpcs()["Vpcs"])

    def test_texts_that_a_thousand_instances_would_have(self):
        long = "x" * 30000
        for code, given in [
                ("InvalidParameterValue", dict(ImageId="ami-" + long)),
                ("InvalidAMIID.Malformed", dict(ImageId="ami-É")),
                ("InvalidParameterValue", dict(UserData=long)), ("InvalidParameterValue", dict(KeyName=long)),
                ("InvalidParameterValue", dict(InstanceType="m1." + long)),
                ("InvalidParameterValue", dict(KernelId=long)), ("InvalidParameterValue", dict(ClientToken=long)),
                ("InvalidParameterValue", dict(IamInstanceProfile={"Name": long})),
                ("InvalidParameterValue", dict(Placement={"GroupName": long}))]:
            with self.subTest(given=list(given)):
                self.refused(code, self.ec2.run_instances, **dict(RUN, **given))
        scaling = self.client("autoscaling")
        for name in ["ImageId", "UserData", "SpotPrice", "IamInstanceProfile"]:
            with self.subTest(name=name):
                with self.assertRaises(stage.ClientError):
                    scaling.create_launch_configuration(**dict(dict(
                        LaunchConfigurationName="long", ImageId="ami-1", InstanceType="m1.small"), **{name: long}))
        # As much as AWS takes: 16 KB.
        self.ec2.run_instances(**dict(RUN, MaxCount=1, UserData="x" * 16384))
        instance = self.ec2.describe_instances()["Reservations"][0]["Instances"][0]["InstanceId"]
        self.ec2.stop_instances(InstanceIds=[instance])
        self.refused("InvalidParameterValue", self.ec2.modify_instance_attribute, InstanceId=instance,
                     UserData={"Value": b"x" * 16387})

    def test_lists_without_end(self):
        ids = lambda prefix: ["%s-%x" % (prefix, number) for number in range(1001)]
        wrong = "InvalidParameterValue"
        for code, call, name, values in [
                (wrong, self.ec2.describe_instances, "InstanceIds", ids("i")),
                (wrong, self.ec2.describe_addresses, "AllocationIds", ids("eipalloc")),
                (wrong, self.ec2.describe_addresses, "PublicIps", ["198.18.0.1"] * 1001),
                (wrong, self.ec2.describe_security_groups, "GroupNames", ids("g")),
                ("ValidationError", self.client("elbv2").describe_target_groups, "Names", ids("g"))]:
            with self.subTest(name=name):
                self.assertIn("1001", self.refused(code, call, **{name: values}))
        self.refused("InvalidInstanceID.NotFound", self.ec2.describe_instances, InstanceIds=ids("i")[:1000])

    def test_patterns_without_end(self):
        find = lambda values: self.ec2.describe_instances(Filters=[{"Name": "tag:k", "Values": values}])
        self.assertIn("16384", self.refused("InvalidParameterValue", find, values=["a*" * 1000 + "b"] * 9))
        find(["a*" * 1000 + "b"] * 8)
        find(["a" * 2000] * 100)

    def test_rules_targets_and_routes_without_end(self):
        vpc, _ = self.vpc()
        group = self.ec2.create_security_group(GroupName="many", Description="d", VpcId=vpc)["GroupId"]
        permission = lambda first, count: [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "IpRanges": [
            {"CidrIp": "20.0.%d.%d/32" % (number >> 8, number & 255)} for number in range(first, first + count)]}]
        allow = lambda permissions: self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=permissions)
        self.refused("RulesPerSecurityGroupLimitExceeded", allow, permissions=permission(0, 1001))
        allow(permission(0, 1000))
        self.refused("InvalidPermission.Duplicate", allow, permissions=permission(999, 1))
        self.refused("RulesPerSecurityGroupLimitExceeded", allow, permissions=permission(1000, 1))
        # Ranges of IPv6 are counted apart, and what is there is taken back with one call.
        v6 = [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2,
               "Ipv6Ranges": [{"CidrIpv6": "2001:db8::%x/128" % number} for number in range(600)]}]
        allow(v6)
        self.refused("InvalidParameterValue", allow, permissions=[
            {"IpProtocol": "tcp", "FromPort": 3, "ToPort": 3,
             "IpRanges": [{"CidrIp": "20.1.0.0/16", "Description": "x" * 1025}]}])
        self.ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=permission(1, 999) + v6)
        self.assertEqual(permission(0, 1)[0]["IpRanges"], self.ec2.describe_security_groups(
            GroupIds=[group])["SecurityGroups"][0]["IpPermissions"][0]["IpRanges"])

        balancers = self.client("elbv2")
        arn = balancers.create_target_group(
            Name="many", Protocol="TCP", Port=80, VpcId=vpc, TargetType="ip")["TargetGroups"][0]["TargetGroupArn"]
        targets = lambda first, count: [
            {"Id": "10.9.%d.%d" % (number >> 8, number & 255), "Port": 80} for number in range(first, first + count)]
        register = lambda targets: balancers.register_targets(TargetGroupArn=arn, Targets=targets)
        self.refused("TooManyTargets", register, targets=targets(0, 1001))
        register(targets(0, 1000))
        register(targets(0, 1000))
        self.refused("TooManyTargets", register, targets=targets(1000, 1))
        balancers.deregister_targets(TargetGroupArn=arn, Targets=targets(1, 999))
        self.assertEqual(targets(0, 1), [health["Target"] for health in balancers.describe_target_health(
            TargetGroupArn=arn)["TargetHealthDescriptions"]])

        table = self.ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"][0]
        route = lambda number: self.ec2.create_route(
            RouteTableId=table["RouteTableId"], GatewayId="vgw-1",
            DestinationCidrBlock="20.%d.%d.0/24" % (number >> 8, number & 255))
        for number in range(999):
            route(number)
        self.refused("RouteLimitExceeded", route, number=999)

    def test_addresses_that_a_subnet_keeps_for_itself(self):
        _, subnet = self.vpc()
        run = lambda last: self.ec2.run_instances(
            ImageId="ami-1", MinCount=1, MaxCount=1, SubnetId=subnet, PrivateIpAddress="172.20.0.%d" % last)
        for last in [0, 1, 2, 3, 15, 16]:
            self.refused("InvalidParameterValue", run, last=last)
        for last in [4, 14]:
            run(last)


class LastAddress(stage.Stage):
    world = POOL

    def test_a_balancer_in_two_zones_with_one_address_left(self):
        balancers = self.client("elb")
        make = lambda zones: balancers.create_load_balancer(
            LoadBalancerName="last", AvailabilityZones=["us-east-1" + zone for zone in zones],
            Listeners=[{"Protocol": "TCP", "LoadBalancerPort": 80, "InstancePort": 80}])
        self.refused("InsufficientAddressCapacity", make, zones="ab")
        make("a")


class Listeners(stage.Stage):
    world = LISTENERS

    def test_the_target_groups_of_a_balancer_with_many_listeners(self):
        groups = self.client("elbv2").describe_target_groups(LoadBalancerArn=BALANCER)["TargetGroups"]
        self.assertEqual([[BALANCER]] * 400, [group["LoadBalancerArns"] for group in groups])


if __name__ == "__main__":
    stage.main()
