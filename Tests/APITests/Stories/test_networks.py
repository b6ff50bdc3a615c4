"""VPCs with more ranges, internet gateways, subnets, route tables, DHCP options (semantics 4.3, 4.4, S41-S45)."""
import stage


class Networks(stage.Stage):
    def setUp(self):
        super().setUp()
        self.ec2 = self.client("ec2")
        self.vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]

    def subnet(self, block="10.0.0.0/24", **more):
        return self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=block, **more)["Subnet"]["SubnetId"]

    def tables(self, **more):
        tables = self.ec2.describe_route_tables(**more)["RouteTables"]
        return {table["RouteTableId"]: {route["DestinationCidrBlock"] for route in table["Routes"]} for table in tables}

    def test_a_subnet_is_made_described_and_removed(self):
        made = self.ec2.create_subnet(
            VpcId=self.vpc, CidrBlock="10.0.0.0/28", AvailabilityZone="us-east-1b",
            TagSpecifications=[{"ResourceType": "subnet", "Tags": [{"Key": "Name", "Value": "web"}]}])["Subnet"]
        self.assertEqual((11, "us-east-1b", False),
                         (made["AvailableIpAddressCount"], made["AvailabilityZone"], made["MapPublicIpOnLaunch"]))
        self.ec2.modify_subnet_attribute(SubnetId=made["SubnetId"], MapPublicIpOnLaunch={"Value": True})
        self.ec2.modify_subnet_attribute(SubnetId=made["SubnetId"], PrivateDnsHostnameTypeOnLaunch="resource-name")
        self.ec2.modify_subnet_attribute(
            SubnetId=made["SubnetId"], EnableResourceNameDnsARecordOnLaunch={"Value": True})
        found = self.ec2.describe_subnets(
            Filters=[{"Name": "tag:Name", "Values": ["w*"]}, {"Name": "vpc-id", "Values": [self.vpc]}])["Subnets"]
        self.assertEqual([made["SubnetId"]], [subnet["SubnetId"] for subnet in found])
        self.assertTrue(found[0]["MapPublicIpOnLaunch"])
        self.assertEqual({"HostnameType": "resource-name", "EnableResourceNameDnsARecord": True,
                          "EnableResourceNameDnsAAAARecord": False}, found[0]["PrivateDnsNameOptionsOnLaunch"])
        self.ec2.delete_subnet(SubnetId=made["SubnetId"])
        self.assertEqual([], self.ec2.describe_subnets()["Subnets"])

    def test_a_subnet_is_refused(self):
        self.subnet()
        refuse = lambda code, block, **more: self.refused(
            code, self.ec2.create_subnet, VpcId=self.vpc, CidrBlock=block, **more)
        refuse("InvalidSubnet.Conflict", "10.0.0.128/25")
        refuse("InvalidSubnet.Range", "10.1.0.0/24")
        refuse("InvalidSubnet.Range", "10.0.1.0/29")
        # AWS takes the range that an address lies in.
        self.assertEqual("10.0.2.0/24", self.ec2.create_subnet(
            VpcId=self.vpc, CidrBlock="10.0.2.1/24")["Subnet"]["CidrBlock"])
        refuse("InvalidParameterValue", "10.0.1.0/24", AvailabilityZone="us-east-1z")
        self.refused("InvalidVpcID.NotFound", self.ec2.create_subnet, VpcId="vpc-99999999", CidrBlock="10.0.1.0/24")
        self.refused("InvalidSubnetID.NotFound", self.ec2.delete_subnet, SubnetId="subnet-99999999")
        self.refused("DependencyViolation", self.ec2.delete_vpc, VpcId=self.vpc)
        self.refused("InvalidParameterCombination", self.ec2.modify_subnet_attribute, SubnetId=self.ids()[0],
                     MapPublicIpOnLaunch={"Value": True}, PrivateDnsHostnameTypeOnLaunch="ip-name")

    def ids(self):
        return [subnet["SubnetId"] for subnet in self.ec2.describe_subnets()["Subnets"]]

    def test_subnets_come_in_pages(self):
        made = sorted(self.subnet("10.0.%d.0/24" % number) for number in range(7))
        pages = list(self.ec2.get_paginator("describe_subnets").paginate(PaginationConfig={"PageSize": 5}))
        self.assertEqual([5, 2], [len(page["Subnets"]) for page in pages])
        self.assertEqual(made, [subnet["SubnetId"] for page in pages for subnet in page["Subnets"]])
        self.refused("InvalidPaginationToken", self.ec2.describe_subnets, NextToken="nonsense")

    def test_a_vpc_gets_a_second_range_and_loses_it(self):
        association = self.ec2.associate_vpc_cidr_block(VpcId=self.vpc, CidrBlock="100.64.0.0/16")
        self.assertEqual("100.64.0.0/16", association["CidrBlockAssociation"]["CidrBlock"])
        subnet = self.subnet("100.64.1.0/24")
        gone = association["CidrBlockAssociation"]["AssociationId"]
        self.refused("DependencyViolation", self.ec2.disassociate_vpc_cidr_block, AssociationId=gone)
        self.ec2.delete_subnet(SubnetId=subnet)
        self.ec2.disassociate_vpc_cidr_block(AssociationId=gone)
        vpc = self.ec2.describe_vpcs()["Vpcs"][0]
        self.assertEqual(["10.0.0.0/16"], [entry["CidrBlock"] for entry in vpc["CidrBlockAssociationSet"]])
        first = vpc["CidrBlockAssociationSet"][0]["AssociationId"]
        self.refused("OperationNotPermitted", self.ec2.disassociate_vpc_cidr_block, AssociationId=first)
        self.refused("InvalidCidrBlockAssociationID.NotFound", self.ec2.disassociate_vpc_cidr_block,
                     AssociationId="vpc-cidr-assoc-1")
        self.refused("CidrConflict", self.ec2.associate_vpc_cidr_block, VpcId=self.vpc, CidrBlock="10.0.0.0/20")

    def test_a_vpc_gets_ranges_of_ipv6(self):
        other = self.ec2.create_vpc(CidrBlock="10.1.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]
        first, = other["Ipv6CidrBlockAssociationSet"]
        self.assertRegex(first["Ipv6CidrBlock"], r"^2001:db8:[0-9a-f:]+::/56$")
        second = self.ec2.associate_vpc_cidr_block(
            VpcId=self.vpc, AmazonProvidedIpv6CidrBlock=True)["Ipv6CidrBlockAssociation"]
        self.assertNotEqual(first["Ipv6CidrBlock"], second["Ipv6CidrBlock"])
        found = {vpc["VpcId"]: vpc for vpc in self.ec2.describe_vpcs()["Vpcs"]}
        self.assertEqual([second], [dict(one, Ipv6CidrBlockState=second["Ipv6CidrBlockState"])
                                    for one in found[self.vpc]["Ipv6CidrBlockAssociationSet"]])
        self.ec2.disassociate_vpc_cidr_block(AssociationId=second["AssociationId"])
        self.assertNotIn("Ipv6CidrBlockAssociationSet", {vpc["VpcId"]: vpc for vpc in self.ec2.describe_vpcs()["Vpcs"]}[
            self.vpc])
        self.refused("InvalidCidrBlockAssociationID.NotFound", self.ec2.disassociate_vpc_cidr_block,
                     AssociationId=second["AssociationId"])
        self.refused("InvalidParameterCombination", self.ec2.associate_vpc_cidr_block, VpcId=self.vpc,
                     CidrBlock="100.64.0.0/16", AmazonProvidedIpv6CidrBlock=True)
        self.refused("MissingParameter", self.ec2.associate_vpc_cidr_block, VpcId=self.vpc)

    def test_an_internet_gateway_comes_and_goes(self):
        ec2 = self.ec2
        gateway = ec2.create_internet_gateway(TagSpecifications=[
            {"ResourceType": "internet-gateway", "Tags": [{"Key": "Name", "Value": "door"}]}])["InternetGateway"]
        self.assertEqual([], gateway["Attachments"])
        one = dict(InternetGatewayId=gateway["InternetGatewayId"])
        table, = self.tables()
        self.refused("InvalidParameterCombination", ec2.create_route, RouteTableId=table,
                     DestinationCidrBlock="0.0.0.0/0", GatewayId=one["InternetGatewayId"])
        self.refused("Gateway.NotAttached", ec2.detach_internet_gateway, VpcId=self.vpc, **one)
        ec2.attach_internet_gateway(VpcId=self.vpc, **one)
        self.refused("Resource.AlreadyAssociated", ec2.attach_internet_gateway, VpcId=self.vpc, **one)
        second = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.refused("InvalidParameterValue", ec2.attach_internet_gateway, VpcId=self.vpc, InternetGatewayId=second)
        found = ec2.describe_internet_gateways(Filters=[
            {"Name": "attachment.vpc-id", "Values": [self.vpc]}, {"Name": "tag:Name", "Values": ["door"]}])
        self.assertEqual([[{"VpcId": self.vpc, "State": "available"}]],
                         [gateway["Attachments"] for gateway in found["InternetGateways"]])
        self.refused("DependencyViolation", ec2.delete_internet_gateway, **one)
        self.refused("DependencyViolation", ec2.delete_vpc, VpcId=self.vpc)
        ec2.detach_internet_gateway(VpcId=self.vpc, **one)
        ec2.delete_internet_gateway(**one)
        self.refused("InvalidInternetGatewayID.NotFound", ec2.delete_internet_gateway, **one)
        self.refused("InvalidInternetGatewayID.NotFound", ec2.create_route, RouteTableId=table,
                     DestinationCidrBlock="0.0.0.0/0", GatewayId=one["InternetGatewayId"])
        # Another account sees none of it.
        self.assertEqual([], self.client("ec2", account="210987654321").describe_internet_gateways()["InternetGateways"])
        ec2.delete_vpc(VpcId=self.vpc)

    def test_a_second_range_inside_10_8_does_not_go_with_classiclink(self):  # VPCCIDR
        self.ec2.enable_vpc_classic_link(VpcId=self.vpc)
        self.refused("VpcCidrConflict", self.ec2.associate_vpc_cidr_block, VpcId=self.vpc, CidrBlock="10.9.0.0/16")
        self.ec2.associate_vpc_cidr_block(VpcId=self.vpc, CidrBlock="10.1.0.0/16")

    def gateway(self, vpc):
        gateway = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        return gateway

    def test_the_route_to_classic_comes_and_goes(self):
        gateway = self.gateway(self.vpc)
        before = set(self.tables())
        self.assertEqual([{"10.0.0.0/16"}], list(self.tables().values()))
        self.ec2.enable_vpc_classic_link(VpcId=self.vpc)
        both = {"10.0.0.0/16", "10.0.0.0/8"}
        self.assertEqual([both], list(self.tables().values()))  # S41
        later = self.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]
        self.assertEqual(both, {route["DestinationCidrBlock"] for route in later["Routes"]})  # S42
        self.refused("CidrConflict", self.ec2.create_route, RouteTableId=later["RouteTableId"],
                     DestinationCidrBlock="10.7.0.0/16", GatewayId=gateway)  # S45
        self.refused("InvalidParameterValue", self.ec2.delete_route, RouteTableId=later["RouteTableId"],
                     DestinationCidrBlock="10.0.0.0/8")
        self.ec2.disable_vpc_classic_link(VpcId=self.vpc)
        self.assertEqual([{"10.0.0.0/16"}] * 2, list(self.tables().values()))  # S43
        self.ec2.create_route(
            RouteTableId=later["RouteTableId"], DestinationCidrBlock="10.7.0.0/16", GatewayId=gateway)
        self.refused("VpcCidrConflict", self.ec2.enable_vpc_classic_link, VpcId=self.vpc)  # S44, S58
        self.ec2.delete_route(RouteTableId=later["RouteTableId"], DestinationCidrBlock="10.7.0.0/16")
        self.ec2.delete_route_table(RouteTableId=later["RouteTableId"])
        self.assertEqual(before, set(self.tables()))

    def test_routes_are_made_replaced_and_removed(self):
        table, = self.tables()
        gateway = self.gateway(self.vpc)
        route = dict(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")
        self.ec2.create_route(GatewayId=gateway, **route)
        self.refused("RouteAlreadyExists", self.ec2.create_route, GatewayId=gateway, **route)
        self.ec2.replace_route(NatGatewayId="nat-1a2b3c4d", **route)
        found = self.ec2.describe_route_tables(
            Filters=[{"Name": "route.nat-gateway-id", "Values": ["nat-1a2b3c4d"]}])["RouteTables"][0]["Routes"]
        self.assertEqual(("nat-1a2b3c4d", "active", "CreateRoute"),
                         (found[1]["NatGatewayId"], found[1]["State"], found[1]["Origin"]))
        self.ec2.delete_route(**route)
        self.refused("InvalidRoute.NotFound", self.ec2.delete_route, **route)
        self.refused("InvalidParameterValue", self.ec2.replace_route, GatewayId=gateway, **route)
        self.refused("MissingParameter", self.ec2.create_route, **route)
        self.refused("InvalidInstanceID.NotFound", self.ec2.create_route, InstanceId="i-99999999", **route)
        self.refused("DependencyViolation", self.ec2.delete_route_table, RouteTableId=table)

    def test_subnets_follow_a_table_of_their_own(self):
        subnet = self.subnet()
        main, = self.tables()
        one, other = [self.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"] for _ in "12"]
        first = self.ec2.associate_route_table(RouteTableId=one, SubnetId=subnet)["AssociationId"]
        self.refused("Resource.AlreadyAssociated", self.ec2.associate_route_table, RouteTableId=other, SubnetId=subnet)
        self.refused("DependencyViolation", self.ec2.delete_route_table, RouteTableId=one)
        second = self.ec2.replace_route_table_association(AssociationId=first, RouteTableId=other)["NewAssociationId"]
        self.assertEqual([other], list(self.tables(
            Filters=[{"Name": "association.subnet-id", "Values": [subnet]}])))
        self.ec2.disassociate_route_table(AssociationId=second)
        self.refused("InvalidAssociationID.NotFound", self.ec2.disassociate_route_table, AssociationId=second)
        own = self.ec2.describe_route_tables(RouteTableIds=[main])["RouteTables"][0]["Associations"][0]
        self.assertTrue(own["Main"])
        self.ec2.replace_route_table_association(
            AssociationId=own["RouteTableAssociationId"], RouteTableId=one)
        self.assertEqual([one], list(self.tables(Filters=[{"Name": "association.main", "Values": ["true"]}])))

    def test_dhcp_options_are_made_associated_and_removed(self):
        options = self.ec2.create_dhcp_options(DhcpConfigurations=[
            {"Key": "domain-name-servers", "Values": ["10.0.0.53", "AmazonProvidedDNS"]},
            {"Key": "domain-name", "Values": ["corp.example"]}])["DhcpOptions"]
        self.assertEqual(["domain-name", "domain-name-servers"],
                         [entry["Key"] for entry in options["DhcpConfigurations"]])
        self.ec2.associate_dhcp_options(DhcpOptionsId=options["DhcpOptionsId"], VpcId=self.vpc)
        self.assertEqual(options["DhcpOptionsId"], self.ec2.describe_vpcs()["Vpcs"][0]["DhcpOptionsId"])
        self.refused("DependencyViolation", self.ec2.delete_dhcp_options, DhcpOptionsId=options["DhcpOptionsId"])
        self.ec2.associate_dhcp_options(DhcpOptionsId="default", VpcId=self.vpc)
        self.assertEqual(1, len(self.ec2.describe_dhcp_options(
            Filters=[{"Name": "key", "Values": ["domain-name"]}])["DhcpOptions"]))
        self.ec2.delete_dhcp_options(DhcpOptionsId=options["DhcpOptionsId"])
        self.refused("InvalidDhcpOptionID.NotFound", self.ec2.associate_dhcp_options,
                     DhcpOptionsId=options["DhcpOptionsId"], VpcId=self.vpc)
        self.refused("InvalidParameterValue", self.ec2.create_dhcp_options,
                     DhcpConfigurations=[{"Key": "domain-name-servers", "Values": ["somewhere"]}])

    def test_regions_and_zones_are_there(self):
        self.assertIn("us-east-1", [region["RegionName"] for region in self.ec2.describe_regions()["Regions"]])
        zones = self.client("ec2", region="eu-west-1").describe_availability_zones()["AvailabilityZones"]
        self.assertEqual(["eu-west-1a", "eu-west-1b", "eu-west-1c"], [zone["ZoneName"] for zone in zones])

    def test_tags_are_set_on_anything(self):
        subnet = self.subnet()
        self.ec2.create_tags(
            Resources=[self.vpc, subnet], Tags=[{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "1"}])
        self.ec2.delete_tags(Resources=[self.vpc], Tags=[{"Key": "a"}, {"Key": "b", "Value": "other"}])
        tags = self.ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [self.vpc]}])["Tags"]
        self.assertEqual([{"Key": "b", "Value": "2", "ResourceId": self.vpc, "ResourceType": "vpc"}], tags)
        self.refused("InvalidSubnetID.NotFound", self.ec2.create_tags,
                     Resources=["subnet-99999999"], Tags=[{"Key": "a", "Value": "1"}])
        self.refused("InvalidID", self.ec2.create_tags, Resources=["x"], Tags=[{"Key": "a", "Value": "1"}])


if __name__ == "__main__":
    stage.main()
