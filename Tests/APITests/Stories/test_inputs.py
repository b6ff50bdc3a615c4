"""What people write in calls: what AWS puts right, what it refuses, and that nothing of it spoils the state."""
import unicodedata

import stage

COMPOSED = unicodedata.normalize("NFC", "l\u00e9")
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)
CONFIGURATION = dict(ImageId="ami-00000001", InstanceType="m1.small")


class Restarting(stage.Restarting):
    def setUp(self):
        super().setUp()
        self.ec2 = self.client("ec2")

    def restart(self):
        super().restart()
        self.ec2 = self.client("ec2")

    def vpc(self, range="10.0.0.0/16"):
        return self.ec2.create_vpc(CidrBlock=range)["Vpc"]["VpcId"]

    def table(self, vpc):
        found = self.ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])
        return found["RouteTables"][0]["RouteTableId"]

    def instance(self, **more):
        return self.ec2.run_instances(ImageId="ami-00000001", MinCount=1, MaxCount=1, **more)["Instances"][0]


class Inputs(Restarting):
    def test_a_route_has_one_target_of_the_right_kind(self):
        table = self.table(self.vpc())
        route = dict(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")
        for name in ["GatewayId", "NatGatewayId", "TransitGatewayId", "VpcEndpointId"]:
            self.refused("MissingParameter", self.ec2.create_route, **dict(route, **{name: ""}))
        for code, name, target in [
                ("NatGatewayMalformed", "NatGatewayId", "local"), ("NatGatewayMalformed", "NatGatewayId", "igw-1"),
                ("InvalidTransitGatewayID.Malformed", "TransitGatewayId", "nat-1"),
                ("InvalidVpcEndpointId.Malformed", "VpcEndpointId", "vgw-1"),
                ("InvalidInternetGatewayId.Malformed", "GatewayId", "nat-1")]:
            self.refused(code, self.ec2.create_route, **dict(route, **{name: target}))
        self.ec2.create_route(GatewayId="vgw-1a2b3c4d", **route)
        self.restart()
        routes = self.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
        self.assertIn("vgw-1a2b3c4d", [route.get("GatewayId") for route in routes])

    def test_two_spellings_of_one_text_are_two_names(self):
        scaling = self.client("autoscaling")
        names = lambda: sorted(one["LaunchConfigurationName"]
                               for one in scaling.describe_launch_configurations()["LaunchConfigurations"])
        scaling.create_launch_configuration(LaunchConfigurationName=COMPOSED, **CONFIGURATION)
        scaling.create_launch_configuration(LaunchConfigurationName=DECOMPOSED, **CONFIGURATION)
        self.assertEqual(sorted([COMPOSED, DECOMPOSED]), names())
        scaling.delete_launch_configuration(LaunchConfigurationName=DECOMPOSED)
        vpc = self.vpc()
        for value in [COMPOSED, DECOMPOSED]:
            self.ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": value}])
        self.restart()
        scaling = self.client("autoscaling")
        self.assertEqual([COMPOSED], names())
        self.assertEqual(DECOMPOSED, self.ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Tags"][0]["Value"])

    def test_a_token_means_what_is_left_of_its_call(self):
        subnet = self.ec2.create_subnet(VpcId=self.vpc(), CidrBlock="10.0.0.0/28")["Subnet"]["SubnetId"]
        run = lambda: [one["InstanceId"] for one in self.ec2.run_instances(
            ImageId="ami-1", MinCount=1, MaxCount=20, SubnetId=subnet, ClientToken="same")["Instances"]]
        first = run()
        self.assertEqual(11, len(first))
        self.ec2.terminate_instances(InstanceIds=first[:3])
        self.assertEqual(first, run())
        # A restart forgets who was terminated; as long as it knows one of them, the call has been made.
        self.restart()
        self.assertEqual(first[3:], run())
        self.ec2.terminate_instances(InstanceIds=first[3:])
        self.restart()
        self.assertEqual(first, run())

    def test_host_bits_are_cut_off(self):
        vpc = self.vpc("172.20.0.1/16")
        self.assertEqual("172.20.0.0/16", self.ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["CidrBlock"])
        subnet = self.ec2.create_subnet(VpcId=vpc, CidrBlock="172.20.1.7/24")["Subnet"]
        self.assertEqual("172.20.1.0/24", subnet["CidrBlock"])
        self.ec2.create_route(RouteTableId=self.table(vpc), DestinationCidrBlock="192.0.2.9/24", GatewayId="vgw-1")
        for text in ["10.0.0.0", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/016", "x/16"]:
            self.refused("InvalidParameterValue", self.ec2.create_vpc, CidrBlock=text)

    def test_only_addresses_of_the_internet_can_be_chosen(self):
        for text in ["10.0.0.9", "192.168.1.1", "0.0.0.0", "127.0.0.1", "169.254.1.1", "224.0.0.1", "255.255.255.255"]:
            self.refused("InvalidParameterValue", self.ec2.allocate_address, Domain="vpc", Address=text)
        self.assertEqual("203.0.113.7", self.ec2.allocate_address(Domain="vpc", Address="203.0.113.7")["PublicIp"])

    def test_a_token_of_a_route_table_is_of_one_vpc(self):
        one, other = self.vpc(), self.vpc("172.16.0.0/16")
        make = lambda vpc, token: self.server.post(Action="CreateRouteTable", VpcId=vpc, ClientToken=token)
        table = lambda reply: reply.split("<routeTableId>")[1].split("<")[0]
        self.assertNotEqual(table(make(one, "")), table(make(one, "")))
        self.assertEqual(table(make(one, "t")), table(make(one, "t")))
        self.assertIn("IdempotentParameterMismatch", make(other, "t"))

    def test_a_range_of_a_vpc_that_reaches_classic_through_its_peer(self):
        one, other = self.vpc("172.16.0.0/16"), self.vpc("10.0.0.0/16")
        peering = self.ec2.create_vpc_peering_connection(VpcId=one, PeerVpcId=other)
        peering = peering["VpcPeeringConnection"]["VpcPeeringConnectionId"]
        self.ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
        self.ec2.modify_vpc_peering_connection_options(
            VpcPeeringConnectionId=peering,
            RequesterPeeringConnectionOptions={"AllowEgressFromLocalVpcToRemoteClassicLink": True})
        self.refused("VpcCidrConflict", self.ec2.associate_vpc_cidr_block, VpcId=one, CidrBlock="10.5.0.0/16")
        self.ec2.associate_vpc_cidr_block(VpcId=one, CidrBlock="100.64.0.0/16")

    def test_groups_of_a_link(self):
        vpc = self.vpc()
        self.ec2.enable_vpc_classic_link(VpcId=vpc)
        instance = self.instance()
        link = dict(InstanceId=instance["InstanceId"], VpcId=vpc)
        self.refused("InvalidGroup.NotFound", self.ec2.attach_classic_link_vpc,
                     Groups=[instance["SecurityGroups"][0]["GroupId"]], **link)
        group = self.ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])
        group = group["SecurityGroups"][0]["GroupId"]
        self.ec2.attach_classic_link_vpc(Groups=[group, group], **link)
        found = self.ec2.describe_classic_link_instances()["Instances"][0]
        self.assertEqual([group], [one["GroupId"] for one in found["Groups"]])
        self.ec2.detach_classic_link_vpc(**link)
        message = self.refused("InvalidParameterValue", self.ec2.detach_classic_link_vpc, **link)
        self.assertTrue(message.startswith(instance["InstanceId"]), message)  # an id is written as it is

    def test_instances_that_are_named(self):
        made = self.ec2.run_instances(ImageId="ami-00000001", MinCount=2, MaxCount=2)["Instances"]
        first, second = sorted(one["InstanceId"] for one in made)
        found = self.ec2.describe_instances(InstanceIds=[first, first])["Reservations"]
        self.assertEqual(1, len(found[0]["Instances"]))
        self.refused("InvalidParameterCombination", self.ec2.describe_instances, InstanceIds=[first], MaxResults=5)
        self.ec2.terminate_instances(InstanceIds=[first])
        found = self.ec2.describe_instances(InstanceIds=[first, second])["Reservations"][0]
        self.assertEqual("default", found["Groups"][0]["GroupName"])

    def test_an_instance_that_may_not_be_stopped(self):
        instance = self.instance(DisableApiStop=True)["InstanceId"]
        self.refused("OperationNotPermitted", self.ec2.stop_instances, InstanceIds=[instance])
        self.ec2.modify_instance_attribute(InstanceId=instance, DisableApiStop={"Value": False})
        self.ec2.stop_instances(InstanceIds=[instance])

    def test_zones_that_there_are(self):
        elb = self.client("elb")
        self.refused("ValidationError", elb.create_load_balancer, LoadBalancerName="a",
                     AvailabilityZones=["us-east-1zzz"],
                     Listeners=[dict(Protocol="HTTP", LoadBalancerPort=80, InstancePort=80)])
        self.refused("InvalidVPCNetworkStateFault", self.client("rds").create_db_instance, DBInstanceIdentifier="a",
                     Engine="mysql", DBInstanceClass="db.m1.small", MasterUsername="u", MasterUserPassword="password1",
                     AllocatedStorage=5, AvailabilityZone="us-east-1zzz")

    def test_places_of_route_53(self):
        route53 = self.client("route53")
        zone = route53.create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"]["Id"]
        change = lambda identifier, **place: route53.change_resource_record_sets(
            HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": dict(
                Name="g.example.com", Type="A", TTL=60, SetIdentifier=identifier, GeoLocation=place,
                ResourceRecords=[{"Value": "192.0.2.1"}])}]})
        change("namibia", CountryCode="NA")
        change("north america", ContinentCode="NA")
        change("california", CountryCode="US", SubdivisionCode="CA")
        change("else", CountryCode="*")
        for place in [dict(SubdivisionCode="CA"), dict(ContinentCode="EU", CountryCode="FR"),
                      dict(CountryCode="FR", SubdivisionCode="CA"), dict(ContinentCode="XX"),
                      dict(CountryCode="US", SubdivisionCode="??")]:
            self.refused("InvalidInput", change, identifier="wrong", **place)
        self.restart()
        found = self.client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
        self.assertEqual(
            {"namibia": {"CountryCode": "NA"}, "north america": {"ContinentCode": "NA"},
             "california": {"CountryCode": "US", "SubdivisionCode": "CA"}, "else": {"CountryCode": "*"}},
            {one["SetIdentifier"]: one["GeoLocation"] for one in found if "GeoLocation" in one})

    def test_what_a_deleted_vpc_leaves(self):
        vpc, own = self.vpc(), self.vpc("172.16.0.0/16")
        route53, resolver = self.client("route53"), self.client("route53resolver")
        where = lambda vpc: {"VPCId": vpc, "VPCRegion": "us-east-1"}
        zone = route53.create_hosted_zone(Name="corp", CallerReference="1", VPC=where(own))["HostedZone"]["Id"]
        route53.create_vpc_association_authorization(HostedZoneId=zone, VPC=where(vpc))
        config = resolver.create_resolver_query_log_config(
            Name="q", CreatorRequestId="1", DestinationArn="arn:aws:s3:::bucket")["ResolverQueryLogConfig"]["Id"]
        resolver.associate_resolver_query_log_config(ResolverQueryLogConfigId=config, ResourceId=vpc)
        self.ec2.delete_vpc(VpcId=vpc)
        self.assertEqual([], route53.list_vpc_association_authorizations(HostedZoneId=zone)["VPCs"])
        self.assertEqual([], resolver.list_resolver_query_log_config_associations()[
            "ResolverQueryLogConfigAssociations"])

    def test_the_rule_that_aws_has(self):
        resolver = self.client("route53resolver")
        rule = resolver.list_resolver_rules()["ResolverRules"][0]
        self.assertEqual(("rslvr-autodefined-rr-internet-resolver", ".", "RECURSIVE"),
                         (rule["Id"], rule["DomainName"], rule["RuleType"]))
        self.assertEqual(rule, resolver.get_resolver_rule(ResolverRuleId=rule["Id"])["ResolverRule"])


class AddressesOfServices(Restarting):
    """An Elastic IP address that a service shows is not the caller's to move."""

    def setUp(self):
        super().setUp()
        vpc = self.vpc()
        self.subnets = [self.ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.%d.0/24" % number)["Subnet"]["SubnetId"]
                        for number in [0, 1]]
        self.address = self.ec2.allocate_address(Domain="vpc")

    def check(self, name):
        before = self.dig(name)
        instance = self.instance(SubnetId=self.subnets[0])["InstanceId"]
        allocation = self.address["AllocationId"]
        self.refused("AuthFailure", self.ec2.disassociate_address, PublicIp=self.address["PublicIp"])
        self.refused("AuthFailure", self.ec2.associate_address, AllocationId=allocation, InstanceId=instance,
                     AllowReassociation=True)
        found = self.ec2.describe_addresses(AllocationIds=[allocation])["Addresses"][0]
        self.refused("AuthFailure", self.ec2.associate_address, NetworkInterfaceId=found["NetworkInterfaceId"],
                     AllocationId=self.ec2.allocate_address(Domain="vpc")["AllocationId"], AllowReassociation=True)
        self.restart()
        self.assertEqual(before, self.dig(name))

    def test_of_a_network_load_balancer(self):
        elb = self.client("elbv2")
        made = elb.create_load_balancer(Name="n", Type="network", SubnetMappings=[
            dict(SubnetId=self.subnets[0], AllocationId=self.address["AllocationId"])])["LoadBalancers"][0]
        self.check(made["DNSName"])
        self.client("elbv2").delete_load_balancer(LoadBalancerArn=made["LoadBalancerArn"])
        self.ec2.release_address(AllocationId=self.address["AllocationId"])

    def test_of_a_redshift_cluster(self):
        redshift = self.client("redshift")
        redshift.create_cluster_subnet_group(ClusterSubnetGroupName="g", Description="d", SubnetIds=self.subnets)
        made = redshift.create_cluster(
            ClusterIdentifier="r", NodeType="dc1.large", MasterUsername="u", MasterUserPassword="Password1",
            ClusterSubnetGroupName="g", PubliclyAccessible=True, ElasticIp=self.address["PublicIp"])["Cluster"]
        self.check("r." + made.get("Endpoint", {}).get("Address", "").split(".", 1)[1])


class FullOfGroups(stage.Stage):
    """EC2-Classic with all the security groups but one that it may have."""
    world = stage.EMPTY + "SecurityGroups:\n" + "".join(
        "  - {GroupId: sg-%08x, GroupName: g%d, Description: d}\n" % (number, number) for number in range(1, 500))

    def test_groups_and_rules_of_classic_have_limits(self):
        ec2 = self.client("ec2")
        ec2.create_security_group(GroupName="last", Description="d")
        self.refused("SecurityGroupLimitExceeded", ec2.create_security_group, GroupName="more", Description="d")
        rules = lambda ports: [dict(IpProtocol="tcp", FromPort=port, ToPort=port, IpRanges=[{"CidrIp": "0.0.0.0/0"}])
                               for port in ports]
        ec2.authorize_security_group_ingress(GroupName="g1", IpPermissions=rules(range(1, 101)))
        self.refused("RulesPerSecurityGroupLimitExceeded", ec2.authorize_security_group_ingress, GroupName="g1",
                     IpPermissions=rules([101]))


if __name__ == "__main__":
    stage.main()
