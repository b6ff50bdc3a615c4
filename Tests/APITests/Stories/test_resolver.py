"""Route 53 Resolver: rules, query logs, reverse rules, endpoints; what dig says right after (semantics 3.4)."""
import http.client
import itertools
import urllib.parse

import stage

WORLD = """
Region: us-east-1
AccountId: "123456789012"
Vpcs:
  - {VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true, ClassicLinkEnabled: true,
     ClassicLinkDnsSupported: true}
  - {VpcId: vpc-5e6f7a8b, CidrBlock: 10.1.0.0/16, EnableDnsHostnames: true}
  - {VpcId: vpc-0de00001, CidrBlock: 172.20.0.0/16, InstanceTenancy: dedicated}
Subnets:
  - {SubnetId: subnet-0aaa0001, VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.0.0/24}
  - {SubnetId: subnet-0aaa0002, VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.1.0/24}
  - {SubnetId: subnet-0bbb0001, VpcId: vpc-5e6f7a8b, CidrBlock: 10.1.0.0/24}
  - {SubnetId: subnet-0ddd0001, VpcId: vpc-0de00001, CidrBlock: 172.20.0.0/24}
SecurityGroups:
  - {GroupId: sg-2b2b2b2b, GroupName: dns, VpcId: vpc-1a2b3c4d}
Instances:
  - {InstanceId: i-0aaa0001, PrivateIpAddress: 10.112.0.9, PublicIpAddress: 203.0.113.9}
  - {InstanceId: i-0bbb0001, VpcId: vpc-1a2b3c4d, PrivateIpAddress: 10.0.0.5}
ClassicLinkInstances:
  - {InstanceId: i-0aaa0001, VpcId: vpc-1a2b3c4d, Groups: [{GroupId: sg-2b2b2b2b}]}
HostedZones:
  - {Id: Z1, Name: example.com, VPCs: [{VPCId: vpc-1a2b3c4d}, {VPCId: vpc-5e6f7a8b}], ResourceRecordSets: [
      {Name: www.example.com, Type: A, TTL: 60, ResourceRecords: [{Value: 192.0.2.1}]}]}
Requesters:
  - {SourceAddress: 127.0.1.11, VpcId: vpc-1a2b3c4d}
  - {SourceAddress: 127.0.1.12, VpcId: vpc-5e6f7a8b}
  - {SourceAddress: 127.0.1.13, InstanceId: i-0aaa0001}
"""
INSIDE, OUTSIDE, LINKED = "127.0.1.11", "127.0.1.12", "127.0.1.13"
VPC, OTHER = "vpc-1a2b3c4d", "vpc-5e6f7a8b"
LOGS = "arn:aws:logs:us-east-1:123456789012:log-group:/dns"


class Resolver(stage.Stage):
    world = WORLD

    def setUp(self):
        super().setUp()
        self.resolver = self.client("route53resolver")
        self.requests = ("request-%d" % number for number in itertools.count())

    def endpoint(self, direction="OUTBOUND", subnets=("subnet-0aaa0001", "subnet-0aaa0002"), **more):
        return self.resolver.create_resolver_endpoint(
            CreatorRequestId=next(self.requests), Direction=direction, SecurityGroupIds=["sg-2b2b2b2b"],
            IpAddresses=[{"SubnetId": subnet} for subnet in subnets], **more)["ResolverEndpoint"]

    def rule(self, domain="example.com", kind="FORWARD", **more):
        if kind == "FORWARD":
            more.setdefault("ResolverEndpointId", self.out)
            more.setdefault("TargetIps", [{"Ip": "192.0.2.53"}])
        return self.resolver.create_resolver_rule(
            CreatorRequestId=next(self.requests), DomainName=domain, RuleType=kind, **more)["ResolverRule"]


class Rules(Resolver):
    def setUp(self):
        super().setUp()
        self.out = self.endpoint()["Id"]

    def test_a_rule_holds_where_it_is_associated(self):
        ask = lambda source: self.dig("www.example.com", source=source)
        self.assertEqual([["192.0.2.1"]] * 3, [ask(source) for source in (INSIDE, OUTSIDE, LINKED)])
        rule = self.rule()["Id"]
        self.assertEqual(["192.0.2.1"], ask(INSIDE))
        reply = self.resolver.associate_resolver_rule(ResolverRuleId=rule, VPCId=VPC, Name="here")
        association = reply["ResolverRuleAssociation"]
        self.assertEqual((rule, VPC, "COMPLETE", "here"), tuple(
            association[name] for name in ("ResolverRuleId", "VPCId", "Status", "Name")))
        # Nothing is forwarded yet: the name would need another server, and the private zone has it no more.
        for sources in [(INSIDE, OUTSIDE, LINKED), (LINKED, OUTSIDE, INSIDE)]:
            got = {source: ask(source) for source in sources}
            self.assertEqual({INSIDE: ["REFUSED"], OUTSIDE: ["192.0.2.1"], LINKED: ["REFUSED"]}, got)  # R11
        system = self.rule("www.example.com", "SYSTEM")["Id"]
        self.resolver.associate_resolver_rule(ResolverRuleId=system, VPCId=VPC)
        self.assertEqual(["192.0.2.1"], ask(INSIDE))
        self.resolver.disassociate_resolver_rule(ResolverRuleId=system, VPCId=VPC)
        self.assertEqual(["REFUSED"], ask(INSIDE))
        self.resolver.disassociate_resolver_rule(ResolverRuleId=rule, VPCId=VPC)
        self.assertEqual(["192.0.2.1"], ask(INSIDE))
        self.resolver.delete_resolver_rule(ResolverRuleId=rule)
        self.refused("ResourceNotFoundException", self.resolver.get_resolver_rule, ResolverRuleId=rule)

    def test_they_describe_what_they_did(self):
        made = self.rule(Name="corp", TargetIps=[{"Ip": "192.0.2.53", "Port": 5353}, {"Ip": "192.0.2.55"}],
                         Tags=[{"Key": "a", "Value": "1"}])
        self.assertEqual(("example.com.", "FORWARD", "COMPLETE", "corp", self.out, "123456789012", "NOT_SHARED"), tuple(
            made[name] for name in (
                "DomainName", "RuleType", "Status", "Name", "ResolverEndpointId", "OwnerId", "ShareStatus")))
        self.assertEqual([{"Ip": "192.0.2.53", "Port": 5353}, {"Ip": "192.0.2.55", "Port": 53}], made["TargetIps"])
        self.assertEqual("arn:aws:route53resolver:us-east-1:123456789012:resolver-rule/" + made["Id"], made["Arn"])
        self.assertEqual(made, self.resolver.get_resolver_rule(ResolverRuleId=made["Id"])["ResolverRule"])
        updated = self.resolver.update_resolver_rule(
            ResolverRuleId=made["Id"], Config={"Name": "new", "TargetIps": [{"Ip": "192.0.2.54"}]})["ResolverRule"]
        self.assertEqual(("new", [{"Ip": "192.0.2.54", "Port": 53}]), (updated["Name"], updated["TargetIps"]))
        system = self.rule("sub.example.com", "SYSTEM")
        self.assertNotIn("TargetIps", system)
        self.refused("InvalidParameterException", self.resolver.update_resolver_rule,
                     ResolverRuleId=system["Id"], Config={"ResolverEndpointId": made["ResolverEndpointId"]})
        pages = list(self.resolver.get_paginator("list_resolver_rules").paginate(PaginationConfig={"PageSize": 1}))
        self.assertEqual([1, 1, 1], [len(page["ResolverRules"]) for page in pages])
        self.assertEqual(["rslvr-autodefined-rr-internet-resolver"] + sorted([made["Id"], system["Id"]]),
                         [rule["Id"] for page in pages for rule in page["ResolverRules"]])
        found = self.resolver.list_resolver_rules(Filters=[{"Name": "TYPE", "Values": ["SYSTEM"]}])["ResolverRules"]
        self.assertEqual([system["Id"]], [rule["Id"] for rule in found])

        associations = [self.resolver.associate_resolver_rule(ResolverRuleId=made["Id"], VPCId=vpc)
                        ["ResolverRuleAssociation"] for vpc in (VPC, OTHER)]
        self.assertEqual(associations[0], self.resolver.get_resolver_rule_association(
            ResolverRuleAssociationId=associations[0]["Id"])["ResolverRuleAssociation"])
        pages = self.resolver.get_paginator("list_resolver_rule_associations").paginate(
            PaginationConfig={"PageSize": 1})
        self.assertEqual(sorted(one["Id"] for one in associations),
                         [one["Id"] for page in pages for one in page["ResolverRuleAssociations"]])
        found = self.resolver.list_resolver_rule_associations(Filters=[{"Name": "VPCId", "Values": [OTHER]}])
        self.assertEqual([associations[1]], found["ResolverRuleAssociations"])

    def test_rules_are_refused(self):
        create = self.resolver.create_resolver_rule
        fine = dict(CreatorRequestId="x", DomainName="example.com", RuleType="FORWARD",
                    TargetIps=[{"Ip": "192.0.2.53"}], ResolverEndpointId=self.out)
        without = lambda name: {key: value for key, value in fine.items() if key != name}
        for wrong in [without("TargetIps"), without("ResolverEndpointId"),
                      dict(fine, RuleType="SYSTEM"), dict(fine, RuleType="RECURSIVE"), dict(fine, Name="123"),
                      dict(fine, TargetIps=[{"Ip": "300.0.2.53"}]),
                      dict(fine, TargetIps=[{"Ip": "192.0.2.53", "Port": 70000}])]:
            self.refused("InvalidParameterException", create, **wrong)
        self.refused("InvalidParameterException", create, **dict(fine, DomainName="a..b"))
        self.refused("ResourceNotFoundException", create, **dict(fine, ResolverEndpointId="rslvr-out-1"))
        inbound = self.endpoint("INBOUND")["Id"]
        self.refused("InvalidParameterException", create, **dict(fine, ResolverEndpointId=inbound))
        rule = create(**fine)["ResolverRule"]["Id"]
        self.refused("ResourceExistsException", create, **fine)
        second = self.rule()["Id"]
        associate = self.resolver.associate_resolver_rule
        associate(ResolverRuleId=rule, VPCId=VPC)
        self.refused("ResourceExistsException", associate, ResolverRuleId=rule, VPCId=VPC)
        self.refused("ResourceExistsException", associate, ResolverRuleId=second, VPCId=VPC)
        self.refused("ResourceNotFoundException", associate, ResolverRuleId=rule, VPCId="vpc-99999999")
        self.refused("ResourceNotFoundException", associate, ResolverRuleId="rslvr-rr-1", VPCId=VPC)
        self.refused("ResourceInUseException", self.resolver.delete_resolver_rule, ResolverRuleId=rule)
        self.refused("ResourceNotFoundException", self.resolver.disassociate_resolver_rule,
                     ResolverRuleId=rule, VPCId=OTHER)
        self.refused("ResourceNotFoundException", self.resolver.get_resolver_rule_association,
                     ResolverRuleAssociationId="rslvr-rrassoc-1")
        self.refused("InvalidParameterException", self.resolver.list_resolver_rules,
                     Filters=[{"Name": "Colour", "Values": ["red"]}])
        self.refused("InvalidNextTokenException", self.resolver.list_resolver_rules, NextToken="x")
        for stranger in [self.client("route53resolver", account="999999999999"),
                         self.client("route53resolver", region="eu-west-1")]:
            self.assertNotIn(rule, [one["Id"] for one in stranger.list_resolver_rules()["ResolverRules"]])
            self.refused("ResourceNotFoundException", stranger.get_resolver_rule, ResolverRuleId=rule)

    def test_tags(self):
        rule = self.rule(Tags=[{"Key": "a", "Value": "1"}])
        log = self.resolver.create_resolver_query_log_config(
            Name="log", DestinationArn=LOGS, CreatorRequestId="x")["ResolverQueryLogConfig"]
        for arn in [rule["Arn"], log["Arn"]]:
            self.resolver.tag_resource(
                ResourceArn=arn, Tags=[{"Key": "a", "Value": "2"}, {"Key": "b", "Value": ""}])
            self.assertEqual([{"Key": "a", "Value": "2"}, {"Key": "b", "Value": ""}],
                             self.resolver.list_tags_for_resource(ResourceArn=arn)["Tags"])
            self.resolver.untag_resource(ResourceArn=arn, TagKeys=["a"])
            self.assertEqual([{"Key": "b", "Value": ""}],
                             self.resolver.list_tags_for_resource(ResourceArn=arn)["Tags"])
        self.refused("ResourceNotFoundException", self.resolver.list_tags_for_resource,
                     ResourceArn=rule["Arn"].replace("123456789012", "999999999999"))
        self.refused("InvalidParameterException", self.resolver.list_tags_for_resource, ResourceArn="x")


class Others(Resolver):
    def test_reverse_rules_reach_linked_instances(self):
        name = "5.0.0.10.in-addr.arpa"
        ask = lambda: [self.dig(name, "PTR", source=source) for source in (INSIDE, LINKED)]
        self.assertEqual([["ip-10-0-0-5.ec2.internal."]] * 2, ask())
        self.assertEqual("ENABLED", self.resolver.get_resolver_config(
            ResourceId=VPC)["ResolverConfig"]["AutodefinedReverse"])
        self.assertEqual([], self.resolver.list_resolver_configs()["ResolverConfigs"])
        config = self.resolver.update_resolver_config(
            ResourceId=VPC, AutodefinedReverseFlag="DISABLE")["ResolverConfig"]
        self.assertEqual((VPC, "DISABLED"), (config["ResourceId"], config["AutodefinedReverse"]))
        self.assertEqual([["NXDOMAIN"]] * 2, ask())  # Decision 15: private names end here.
        self.assertEqual([config], self.resolver.list_resolver_configs()["ResolverConfigs"])
        self.resolver.update_resolver_config(ResourceId=VPC, AutodefinedReverseFlag="ENABLE")
        self.assertEqual([["ip-10-0-0-5.ec2.internal."]] * 2, ask())
        update = self.resolver.update_resolver_config
        self.refused("InvalidParameterException", update,
                     ResourceId=VPC, AutodefinedReverseFlag="USE_LOCAL_RESOURCE_SETTING")
        self.refused("ResourceNotFoundException", update, ResourceId="vpc-99999999", AutodefinedReverseFlag="ENABLE")
        self.refused("ResourceNotFoundException", self.resolver.get_resolver_config, ResourceId="vpc-99999999")

    def test_query_logs_are_kept(self):
        create = self.resolver.create_resolver_query_log_config
        config = create(Name="log", DestinationArn=LOGS, CreatorRequestId="x")["ResolverQueryLogConfig"]
        self.assertEqual(("log", LOGS, "CREATED", 0, "NOT_SHARED"), tuple(
            config[name] for name in ("Name", "DestinationArn", "Status", "AssociationCount", "ShareStatus")))
        associate = self.resolver.associate_resolver_query_log_config
        association = associate(
            ResolverQueryLogConfigId=config["Id"], ResourceId=VPC)["ResolverQueryLogConfigAssociation"]
        self.assertEqual((config["Id"], VPC, "ACTIVE", "NONE"), tuple(
            association[name] for name in ("ResolverQueryLogConfigId", "ResourceId", "Status", "Error")))
        self.assertEqual(association, self.resolver.get_resolver_query_log_config_association(
            ResolverQueryLogConfigAssociationId=association["Id"])["ResolverQueryLogConfigAssociation"])
        self.assertEqual(1, self.resolver.get_resolver_query_log_config(
            ResolverQueryLogConfigId=config["Id"])["ResolverQueryLogConfig"]["AssociationCount"])
        other = create(Name="two", DestinationArn="arn:aws:s3:::bucket", CreatorRequestId="y")["ResolverQueryLogConfig"]
        pages = list(self.resolver.get_paginator("list_resolver_query_log_configs").paginate(
            PaginationConfig={"PageSize": 1}))
        self.assertEqual(sorted([config["Id"], other["Id"]]),
                         [one["Id"] for page in pages for one in page["ResolverQueryLogConfigs"]])
        self.assertEqual(2, pages[0]["TotalCount"])
        listed = self.resolver.list_resolver_query_log_config_associations(
            Filters=[{"Name": "ResourceId", "Values": [VPC]}])
        self.assertEqual([association], listed["ResolverQueryLogConfigAssociations"])

        self.refused("ResourceExistsException", create, Name="log", DestinationArn=LOGS, CreatorRequestId="x")
        self.refused("InvalidParameterException", create, Name="log", DestinationArn="arn:aws:sqs:x", CreatorRequestId="z")
        self.refused("ResourceExistsException", associate, ResolverQueryLogConfigId=config["Id"], ResourceId=VPC)
        self.refused("ResourceNotFoundException", associate, ResolverQueryLogConfigId="rslvr-qlc-1", ResourceId=VPC)
        self.refused("ResourceNotFoundException", associate,
                     ResolverQueryLogConfigId=config["Id"], ResourceId="vpc-99999999")
        delete = self.resolver.delete_resolver_query_log_config
        self.refused("InvalidRequestException", delete, ResolverQueryLogConfigId=config["Id"])
        disassociate = self.resolver.disassociate_resolver_query_log_config
        disassociate(ResolverQueryLogConfigId=config["Id"], ResourceId=VPC)
        self.refused("ResourceNotFoundException", disassociate, ResolverQueryLogConfigId=config["Id"], ResourceId=VPC)
        delete(ResolverQueryLogConfigId=config["Id"])
        self.refused("ResourceNotFoundException", self.resolver.get_resolver_query_log_config,
                     ResolverQueryLogConfigId=config["Id"])

    def test_endpoints_hold_their_addresses(self):
        made = self.endpoint(Name="out")
        self.assertEqual(("OUTBOUND", VPC, "OPERATIONAL", 2, ["sg-2b2b2b2b"]), tuple(
            made[name] for name in ("Direction", "HostVPCId", "Status", "IpAddressCount", "SecurityGroupIds")))
        self.assertEqual(made, self.resolver.get_resolver_endpoint(ResolverEndpointId=made["Id"])["ResolverEndpoint"])
        self.assertEqual([made], self.resolver.list_resolver_endpoints(
            Filters=[{"Name": "HostVPCId", "Values": [VPC]}])["ResolverEndpoints"])
        addresses = self.resolver.list_resolver_endpoint_ip_addresses(ResolverEndpointId=made["Id"])["IpAddresses"]
        self.assertEqual(["subnet-0aaa0001", "subnet-0aaa0002"], sorted(one["SubnetId"] for one in addresses))
        one, two = [{"SubnetId": "subnet-0aaa0001", "Ip": "10.0.0.200"}, {"SubnetId": "subnet-0aaa0002"}]
        fine = dict(CreatorRequestId="x", Direction="OUTBOUND", SecurityGroupIds=["sg-2b2b2b2b"],
                    IpAddresses=[one, two])

        def wrong(code, *addresses, **more):
            if addresses:
                more["IpAddresses"] = list(addresses)
            self.refused(code, self.resolver.create_resolver_endpoint, **dict(fine, **more))

        held, = [address["Ip"] for address in addresses if address["SubnetId"] == one["SubnetId"]]
        wrong("InvalidRequestException", two, dict(one, Ip=held))
        wrong("InvalidParameterException", two, dict(one, Ip="10.0.0.2"))
        wrong("InvalidParameterException", *[two] * 21)
        wrong("InvalidRequestException", one, {"SubnetId": "subnet-0bbb0001"})
        wrong("InvalidRequestException", *[{"SubnetId": "subnet-0ddd0001"}] * 2)
        wrong("ResourceNotFoundException", one, {"SubnetId": "subnet-99999999"})
        wrong("ResourceNotFoundException", SecurityGroupIds=["sg-99999999"])
        wrong("InvalidParameterException", Direction="SIDEWAYS")
        # None of the refused calls has left an address behind.
        second = self.resolver.create_resolver_endpoint(**fine)["ResolverEndpoint"]["Id"]
        self.resolver.delete_resolver_endpoint(ResolverEndpointId=second)
        self.out = made["Id"]
        rule = self.rule()["Id"]
        self.refused("InvalidRequestException", self.resolver.delete_resolver_endpoint, ResolverEndpointId=self.out)
        self.resolver.delete_resolver_rule(ResolverRuleId=rule)
        self.resolver.delete_resolver_endpoint(ResolverEndpointId=self.out)
        self.refused("ResourceNotFoundException", self.resolver.get_resolver_endpoint, ResolverEndpointId=self.out)


class Door(Resolver):
    def send(self, target, body):
        url = urllib.parse.urlparse(self.server.url)
        connection = http.client.HTTPConnection(url.hostname, url.port)
        connection.request("POST", "/", body, {"X-Amz-Target": target})
        reply = connection.getresponse()
        text = reply.read().decode()
        connection.close()
        return reply.status, text

    def test_what_is_not_known_is_refused_by_name(self):
        message = self.refused("InvalidAction", self.resolver.list_firewall_configs)
        self.assertIn("ListFirewallConfigs", message)
        for body, part in [('{"Colour": "red"}', "Colour"), ('{"Filters": [{"Name": "Name", "Values": ["x"], "x": 1}]}',
                                                              "Filters.1.x"), ('{"a.b": 1}', "a.b")]:
            status, text = self.send("Route53Resolver.ListResolverRules", body)
            self.assertEqual(400, status)
            self.assertIn('"__type":"InvalidParameterException"', text)
            self.assertIn(part, text)
        status, text = self.send("Nobody.ListResolverRules", "{}")
        self.assertEqual(400, status)
        self.assertIn("UnknownOperationException", text)

    def test_hostile_json_ends_in_an_error(self):
        for body in ["{", "[]", "x", '{"a": 1, "a": 2}', '{"a":' * 100000, "[" * 100000, "\xff", '"text"']:
            status, text = self.send("Route53Resolver.ListResolverRules", body)
            self.assertEqual(400, status, body[:40])
            self.assertIn("SerializationException", text)
        self.assertEqual(200, self.send("Route53Resolver.ListResolverRules", "")[0])


if __name__ == "__main__":
    stage.main()
