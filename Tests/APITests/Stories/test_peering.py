"""Peering connections between Regions and accounts, and their options in DNS (semantics 1.1, 4.1-4.4, S49-S51)."""
import stage

WORLD = """
Region: us-east-1
AccountId: "123456789012"
Vpcs:
  - {VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}
  - {VpcId: vpc-5e6f7a8b, CidrBlock: 172.20.0.0/16, EnableDnsHostnames: true}
  - {VpcId: vpc-0cc00001, CidrBlock: 10.0.128.0/20}
  - {VpcId: vpc-0ee00001, CidrBlock: 172.21.0.0/16, OwnerId: "999999999999"}
  - {VpcId: vpc-0ff00001, CidrBlock: 172.22.0.0/16, Region: eu-west-1}
Instances:
  - {InstanceId: i-0bbb0001, VpcId: vpc-1a2b3c4d, PrivateIpAddress: 10.0.0.5, PublicIpAddress: 203.0.113.25}
Requesters:
  - {SourceAddress: 127.0.1.14, VpcId: vpc-5e6f7a8b}
"""
NAME = "ec2-203-0-113-25.compute-1.amazonaws.com"


class Peering(stage.Stage):
    world = WORLD

    def setUp(self):
        super().setUp()
        self.ec2 = self.client("ec2")

    def ask(self, peer="vpc-5e6f7a8b", **more):
        return self.ec2.create_vpc_peering_connection(
            VpcId="vpc-1a2b3c4d", PeerVpcId=peer, **more)["VpcPeeringConnection"]

    def accepted(self, peer="vpc-5e6f7a8b"):
        identity = self.ask(peer)["VpcPeeringConnectionId"]
        self.ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=identity)
        return identity

    def status(self, identity, ec2=None):
        found = (ec2 or self.ec2).describe_vpc_peering_connections(VpcPeeringConnectionIds=[identity])
        return found["VpcPeeringConnections"][0]["Status"]["Code"]

    def test_an_option_shows_in_dns_when_the_call_returns(self):
        identity = self.accepted()
        ask = lambda: self.dig(NAME, source="127.0.1.14")
        self.assertEqual(["203.0.113.25"], ask())
        on = self.ec2.modify_vpc_peering_connection_options(
            VpcPeeringConnectionId=identity,
            RequesterPeeringConnectionOptions={"AllowDnsResolutionFromRemoteVpc": True})
        self.assertEqual({"AllowDnsResolutionFromRemoteVpc": True}, on["RequesterPeeringConnectionOptions"])
        self.assertNotIn("AccepterPeeringConnectionOptions", on)
        self.assertEqual(["10.0.0.5"], ask())
        # What is not named stays.
        self.ec2.modify_vpc_peering_connection_options(
            VpcPeeringConnectionId=identity,
            RequesterPeeringConnectionOptions={"AllowEgressFromLocalClassicLinkToRemoteVpc": True})
        self.assertEqual(["10.0.0.5"], ask())
        self.ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=identity)
        self.assertEqual(["203.0.113.25"], ask())
        self.assertEqual("deleted", self.status(identity))

    def test_the_way_to_a_peer_s_classic_instances_is_a_route(self):  # S51
        identity = self.accepted()
        table = self.ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": ["vpc-5e6f7a8b"]}])
        option = lambda isOn: self.ec2.modify_vpc_peering_connection_options(
            VpcPeeringConnectionId=identity,
            AccepterPeeringConnectionOptions={"AllowEgressFromLocalVpcToRemoteClassicLink": isOn})
        self.assertEqual([], table["RouteTables"])
        made = self.ec2.create_route_table(VpcId="vpc-5e6f7a8b")["RouteTable"]["RouteTableId"]
        routes = lambda: [route["DestinationCidrBlock"] for route in self.ec2.describe_route_tables(
            RouteTableIds=[made])["RouteTables"][0]["Routes"]]
        self.ec2.create_route(
            RouteTableId=made, DestinationCidrBlock="10.0.0.0/16", VpcPeeringConnectionId=identity)
        self.refused("CidrConflict", option, isOn=True)
        self.ec2.delete_route(RouteTableId=made, DestinationCidrBlock="10.0.0.0/16")
        option(True)
        self.assertIn("10.0.0.0/8", routes())
        self.refused("CidrConflict", self.ec2.create_route, RouteTableId=made, DestinationCidrBlock="10.0.0.0/16",
                     VpcPeeringConnectionId=identity)
        option(False)
        self.assertNotIn("10.0.0.0/8", routes())

    def test_another_account_answers_for_itself(self):
        stranger = self.client("ec2", account="999999999999")
        self.refused("InvalidVpcID.NotFound", self.ask, peer="vpc-0ee00001")
        made = self.ask("vpc-0ee00001", PeerOwnerId="999999999999")
        self.assertEqual("pending-acceptance", made["Status"]["Code"])
        self.assertNotIn("CidrBlock", made["AccepterVpcInfo"])
        identity = made["VpcPeeringConnectionId"]
        self.refused("OperationNotPermitted", self.ec2.accept_vpc_peering_connection, VpcPeeringConnectionId=identity)
        accepted = stranger.accept_vpc_peering_connection(VpcPeeringConnectionId=identity)["VpcPeeringConnection"]
        self.assertEqual(("active", "172.21.0.0/16"), (
            accepted["Status"]["Code"], accepted["AccepterVpcInfo"]["CidrBlock"]))
        self.refused("OperationNotPermitted", stranger.modify_vpc_peering_connection_options,
                     VpcPeeringConnectionId=identity,
                     RequesterPeeringConnectionOptions={"AllowDnsResolutionFromRemoteVpc": True})
        self.refused("InvalidVpcPeeringConnectionID.NotFound",
                     self.client("ec2", account="888888888888").describe_vpc_peering_connections,
                     VpcPeeringConnectionIds=[identity])

    def test_another_region_has_no_classiclink(self):
        there = self.client("ec2", region="eu-west-1")
        identity = self.ask("vpc-0ff00001", PeerRegion="eu-west-1")["VpcPeeringConnectionId"]
        self.refused("OperationNotPermitted", self.ec2.accept_vpc_peering_connection, VpcPeeringConnectionId=identity)
        there.accept_vpc_peering_connection(VpcPeeringConnectionId=identity)
        self.assertEqual("active", self.status(identity, there))
        self.refused("OperationNotPermitted", self.ec2.modify_vpc_peering_connection_options,
                     VpcPeeringConnectionId=identity,
                     RequesterPeeringConnectionOptions={"AllowEgressFromLocalClassicLinkToRemoteVpc": True})

    def test_states_follow_each_other(self):
        identity = self.ask()["VpcPeeringConnectionId"]
        self.refused("VpcPeeringConnectionAlreadyExists", self.ask)
        self.refused("OperationNotPermitted", self.ec2.modify_vpc_peering_connection_options,
                     VpcPeeringConnectionId=identity,
                     RequesterPeeringConnectionOptions={"AllowDnsResolutionFromRemoteVpc": True})
        self.ec2.reject_vpc_peering_connection(VpcPeeringConnectionId=identity)
        self.assertEqual("rejected", self.status(identity))
        for call in [self.ec2.accept_vpc_peering_connection, self.ec2.reject_vpc_peering_connection,
                     self.ec2.delete_vpc_peering_connection]:
            self.refused("InvalidStateTransition", call, VpcPeeringConnectionId=identity)
        identity = self.accepted()
        self.refused("InvalidStateTransition", self.ec2.accept_vpc_peering_connection, VpcPeeringConnectionId=identity)
        self.refused(
            "MissingParameter", self.ec2.modify_vpc_peering_connection_options, VpcPeeringConnectionId=identity)

    def test_a_peering_is_refused(self):
        failed = self.ask("vpc-0cc00001")
        self.assertEqual("failed", failed["Status"]["Code"])
        self.refused("InvalidStateTransition", self.ec2.accept_vpc_peering_connection,
                     VpcPeeringConnectionId=failed["VpcPeeringConnectionId"])
        self.refused("InvalidParameterValue", self.ask, peer="vpc-1a2b3c4d")
        self.refused("InvalidVpcPeeringConnectionID.NotFound", self.ec2.accept_vpc_peering_connection,
                     VpcPeeringConnectionId="pcx-99999999")
        self.refused("InvalidVpcPeeringConnectionId.Malformed", self.ec2.accept_vpc_peering_connection,
                     VpcPeeringConnectionId="pcx_1")
        self.ec2.modify_vpc_attribute(VpcId="vpc-5e6f7a8b", EnableDnsHostnames={"Value": False})
        self.refused("InvalidVpcPeeringConnectionState.DnsHostnamesDisabled",
                     self.ec2.modify_vpc_peering_connection_options, VpcPeeringConnectionId=self.accepted(),
                     RequesterPeeringConnectionOptions={"AllowDnsResolutionFromRemoteVpc": True})

    def test_filters_choose(self):
        active = self.accepted()
        self.ask("vpc-0cc00001")
        found = self.ec2.describe_vpc_peering_connections(
            Filters=[{"Name": "status-code", "Values": ["active"]},
                     {"Name": "requester-vpc-info.vpc-id", "Values": ["vpc-1a2b3c4d"]}])["VpcPeeringConnections"]
        self.assertEqual([active], [one["VpcPeeringConnectionId"] for one in found])


if __name__ == "__main__":
    stage.main()
