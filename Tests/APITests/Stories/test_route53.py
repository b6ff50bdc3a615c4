"""Route 53: hosted zones, their records and their VPCs, and what dig says right after each call (semantics 3)."""
import http.client
import itertools
import json
import os
import re
import subprocess
import urllib.parse
import urllib.request

import stage

WORLD = """
Region: us-east-1
AccountId: "123456789012"
Vpcs:
  - {VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}
  - {VpcId: vpc-5e6f7a8b, CidrBlock: 10.1.0.0/16, EnableDnsHostnames: true}
  - {VpcId: vpc-0cc00001, CidrBlock: 10.2.0.0/16, EnableDnsHostnames: true, OwnerId: "999999999999"}
Requesters:
  - {SourceAddress: 127.0.1.11, VpcId: vpc-1a2b3c4d}
  - {SourceAddress: 127.0.1.12, VpcId: vpc-5e6f7a8b}
  - {SourceAddress: 127.0.1.13, VpcId: vpc-0cc00001}
"""
INSIDE, OUTSIDE, STRANGER = "127.0.1.11", "127.0.1.12", "127.0.1.13"
VPC = {"VPCRegion": "us-east-1", "VPCId": "vpc-1a2b3c4d"}
OTHER = {"VPCRegion": "us-east-1", "VPCId": "vpc-5e6f7a8b"}
FOREIGN = {"VPCRegion": "us-east-1", "VPCId": "vpc-0cc00001"}


def records(name, kind, *values, ttl=300, **more):
    return dict(Name=name, Type=kind, TTL=ttl, ResourceRecords=[{"Value": value} for value in values], **more)


def alias(name, target, zone, kind="A"):
    return dict(Name=name, Type=kind,
                AliasTarget={"HostedZoneId": zone, "DNSName": target, "EvaluateTargetHealth": False})


class Route53(stage.Stage):
    world = WORLD

    def setUp(self):
        super().setUp()
        self.route53 = self.client("route53")
        self.references = ("reference-%d" % number for number in itertools.count())

    def create(self, name="example.com", vpc=VPC, client=None, **more):
        """The new zone's id without its prefix."""
        if vpc:
            more["VPC"] = vpc
        reply = (client or self.route53).create_hosted_zone(
            Name=name, CallerReference=next(self.references), **more)
        return reply["HostedZone"]["Id"].replace("/hostedzone/", "")

    def batch(self, *changes):
        return {"Changes": [{"Action": action, "ResourceRecordSet": set} for action, set in changes]}

    def change(self, zone, *changes):
        return self.route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=self.batch(*changes))

    def refuse(self, zone, *changes, code="InvalidChangeBatch"):
        return self.refused(
            code, self.route53.change_resource_record_sets, HostedZoneId=zone, ChangeBatch=self.batch(*changes))

    def sets(self, zone):
        pages = self.route53.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone)
        return [set for page in pages for set in page["ResourceRecordSets"]]


class Zones(Route53):
    def test_a_private_zone_is_there_for_its_vpc_alone(self):
        self.assertEqual(["REFUSED"], self.dig("www.example.com", source=INSIDE))
        reply = self.route53.create_hosted_zone(
            Name="Example.com", VPC=VPC, CallerReference="one", HostedZoneConfig={"Comment": "c", "PrivateZone": True})
        self.assertEqual(201, reply["ResponseMetadata"]["HTTPStatusCode"])
        zone = reply["HostedZone"]
        self.assertTrue(reply["Location"].endswith(zone["Id"]))
        self.assertEqual(("example.com.", {"Comment": "c", "PrivateZone": True}, 2),
                         (zone["Name"], zone["Config"], zone["ResourceRecordSetCount"]))
        self.assertEqual(VPC, reply["VPC"])
        self.assertEqual("INSYNC", reply["ChangeInfo"]["Status"])
        # Both orders of asking: nobody's answer is another's.
        for sources in [(INSIDE, OUTSIDE), (OUTSIDE, INSIDE)]:
            got = {source: self.dig("www.example.com", source=source) for source in sources}
            self.assertEqual({INSIDE: ["NXDOMAIN"], OUTSIDE: ["REFUSED"]}, got)
        self.change(zone["Id"], ("CREATE", records("www.example.com", "A", "192.0.2.1", "192.0.2.2")))
        for sources in [(OUTSIDE, INSIDE), (INSIDE, OUTSIDE)]:
            got = {source: sorted(self.server.dig("www.example.com", source=source)) for source in sources}
            self.assertEqual({INSIDE: ["192.0.2.1", "192.0.2.2"], OUTSIDE: ["REFUSED"]}, got)
        self.assertEqual(["ns-1536.awsdns-00.co.uk. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"],
                         self.dig("example.com", "SOA", source=INSIDE))

    def test_a_public_zone_is_there_for_everybody(self):
        zone = self.create(vpc=None)
        self.change(zone, ("CREATE", records("*.example.com", "TXT", '"a b" "c"')))
        for source in [INSIDE, OUTSIDE, "127.0.0.1"]:
            self.assertEqual(['"a b" "c"'], self.dig("any.example.com", "TXT", source=source))
        got = self.route53.get_hosted_zone(Id=zone)
        self.assertEqual(
            ["ns-0.awsdns-00.com", "ns-512.awsdns-00.net", "ns-1024.awsdns-00.org", "ns-1536.awsdns-00.co.uk"],
            got["DelegationSet"]["NameServers"])
        self.assertNotIn("VPCs", got)
        self.assertEqual("\\052.example.com.", self.sets(zone)[-1]["Name"])

    def test_what_is_made_is_described_and_removed(self):
        zone = self.create()
        self.assertEqual([VPC], self.route53.get_hosted_zone(Id=zone)["VPCs"])
        self.route53.update_hosted_zone_comment(Id=zone, Comment="new")
        self.assertEqual("new", self.route53.get_hosted_zone(Id=zone)["HostedZone"]["Config"]["Comment"])
        self.route53.update_hosted_zone_comment(Id=zone)
        self.assertNotIn("Comment", self.route53.get_hosted_zone(Id=zone)["HostedZone"]["Config"])
        self.assertEqual(1, self.route53.get_hosted_zone_count()["HostedZoneCount"])
        self.assertEqual(10000, self.route53.get_hosted_zone_limit(
            HostedZoneId=zone, Type="MAX_RRSETS_BY_ZONE")["Limit"]["Value"])
        self.assertEqual(1, self.route53.get_hosted_zone_limit(
            HostedZoneId=zone, Type="MAX_VPCS_ASSOCIATED_BY_ZONE")["Count"])
        www = records("www.example.com", "A", "192.0.2.1")
        self.change(zone, ("CREATE", www))
        self.refused("HostedZoneNotEmpty", self.route53.delete_hosted_zone, Id=zone)
        self.change(zone, ("DELETE", www))
        self.route53.delete_hosted_zone(Id=zone)
        self.refused("NoSuchHostedZone", self.route53.get_hosted_zone, Id=zone)
        self.assertEqual(["REFUSED"], self.dig("www.example.com", source=INSIDE))
        self.create()  # The VPC is free for another zone of the name.

    def test_zones_are_listed_by_pages(self):
        names = ["b.example.com", "example.com", "a.example.org", "a.example.com", "example.org"]
        zones = {self.create(name, vpc=None): name + "." for name in names}
        private = self.create("corp.internal")
        pages = list(self.route53.get_paginator("list_hosted_zones").paginate(PaginationConfig={"PageSize": 2}))
        self.assertEqual([2, 2, 2], [len(page["HostedZones"]) for page in pages])
        listed = [zone["Id"].split("/")[-1] for page in pages for zone in page["HostedZones"]]
        self.assertEqual(sorted(list(zones) + [private]), listed)
        # Debian's boto3 does not know this parameter yet.
        query = self.server.url + "/2013-04-01/hostedzone?hostedzonetype=PrivateHostedZone"
        with urllib.request.urlopen(query) as reply:
            self.assertEqual(["corp.internal."], re.findall("<Name>([^<]*)</Name>", reply.read().decode()))

        byname, start = [], {}
        while True:
            page = self.route53.list_hosted_zones_by_name(MaxItems="2", **start)
            byname += [zone["Name"] for zone in page["HostedZones"]]
            if not page["IsTruncated"]:
                break
            start = {"DNSName": page["NextDNSName"], "HostedZoneId": page["NextHostedZoneId"]}
        self.assertEqual(["example.com.", "a.example.com.", "b.example.com.", "corp.internal.", "example.org.",
                          "a.example.org."], byname)

        summaries = self.route53.list_hosted_zones_by_vpc(VPCId=VPC["VPCId"], VPCRegion="us-east-1")
        self.assertEqual([{"HostedZoneId": private, "Name": "corp.internal.",
                           "Owner": {"OwningAccount": "123456789012"}}], summaries["HostedZoneSummaries"])
        self.create("second.internal")
        first = self.route53.list_hosted_zones_by_vpc(VPCId=VPC["VPCId"], VPCRegion="us-east-1", MaxItems="1")
        second = self.route53.list_hosted_zones_by_vpc(
            VPCId=VPC["VPCId"], VPCRegion="us-east-1", MaxItems="1", NextToken=first["NextToken"])
        self.assertNotEqual(first["HostedZoneSummaries"], second["HostedZoneSummaries"])
        self.assertNotIn("NextToken", second)
        self.refused("InvalidPaginationToken", self.route53.list_hosted_zones_by_vpc,
                     VPCId=VPC["VPCId"], VPCRegion="us-east-1", NextToken="nonsense")
        self.refused("InvalidInput", self.route53.list_hosted_zones_by_vpc,
                     VPCId=FOREIGN["VPCId"], VPCRegion="us-east-1")

    def test_creating_is_refused(self):
        create = self.route53.create_hosted_zone
        create(Name="example.com", CallerReference="one", VPC=VPC)
        self.refused("HostedZoneAlreadyExists", create, Name="example.org", CallerReference="one")
        self.refused("ConflictingDomainExists", create, Name="EXAMPLE.com.", CallerReference="two", VPC=VPC)
        create(Name="sub.example.com", CallerReference="three", VPC=VPC)  # Overlapping is allowed.
        create(Name="example.com", CallerReference="four", VPC=OTHER)
        self.refused("InvalidVPCId", create, Name="example.org", CallerReference="x",
                     VPC={"VPCRegion": "us-east-1", "VPCId": "vpc-99999999"})
        self.refused("InvalidVPCId", create, Name="example.org", CallerReference="x",
                     VPC={"VPCRegion": "eu-west-1", "VPCId": "vpc-1a2b3c4d"})
        self.refused("NotAuthorizedException", create, Name="example.org", CallerReference="x", VPC=FOREIGN)
        for name in ["a..b", "a" * 64 + ".com", "b\u00fc.example", "*.example.org", "\\052.example.org",
                     "\\198.example.org"]:
            self.refused("InvalidDomainName", create, Name=name, CallerReference="x")
        self.refused("InvalidInput", create, Name="example.org", CallerReference="x",
                     HostedZoneConfig={"PrivateZone": True})
        message = self.refused("InvalidInput", create, Name="example.org", CallerReference="x", DelegationSetId="N1")
        self.assertIn("DelegationSetId", message)
        self.assertEqual(3, self.route53.get_hosted_zone_count()["HostedZoneCount"])

    def test_tags(self):
        zone = self.create()
        change = lambda **more: self.route53.change_tags_for_resource(
            ResourceType="hostedzone", ResourceId=zone, **more)
        change(AddTags=[{"Key": "b", "Value": "1"}, {"Key": "a", "Value": ""}])
        change(AddTags=[{"Key": "b", "Value": "2"}], RemoveTagKeys=["a"])
        tags = [{"Key": "b", "Value": "2"}]
        self.assertEqual({"ResourceType": "hostedzone", "ResourceId": zone, "Tags": tags},
                         self.route53.list_tags_for_resource(
                             ResourceType="hostedzone", ResourceId=zone)["ResourceTagSet"])
        sets = self.route53.list_tags_for_resources(ResourceType="hostedzone", ResourceIds=[zone])
        self.assertEqual([tags], [set["Tags"] for set in sets["ResourceTagSets"]])
        self.refused("NoSuchHostedZone", self.route53.list_tags_for_resource,
                     ResourceType="hostedzone", ResourceId="Z1")
        self.refused("NoSuchHealthCheck", self.route53.list_tags_for_resource,
                     ResourceType="healthcheck", ResourceId="abc")


class Records(Route53):
    def test_create_upsert_and_delete_show_at_once(self):
        zone = self.create()
        ask = lambda: self.dig("www.example.com", source=INSIDE)
        self.change(zone, ("CREATE", records("www.example.com", "A", "192.0.2.1")))
        self.assertEqual(["192.0.2.1"], ask())
        self.change(zone, ("UPSERT", records("WWW.example.com.", "A", "192.0.2.2", ttl=60)))
        self.assertEqual(["192.0.2.2"], ask())
        self.change(zone, ("UPSERT", records("new.example.com", "A", "192.0.2.3")))
        self.assertEqual(["192.0.2.3"], self.dig("new.example.com", source=INSIDE))
        self.change(zone, ("DELETE", records("www.example.com", "A", "192.0.2.2", ttl=60)),
                    ("CREATE", records("www.example.com", "CNAME", "new.example.com")))
        self.assertEqual(["new.example.com.", "192.0.2.3"], ask())
        self.assertEqual(["REFUSED"], self.dig("www.example.com", source=OUTSIDE))
        self.change(zone, ("DELETE", records("new.example.com", "A", "192.0.2.3")))
        self.assertEqual(["NXDOMAIN"], self.dig("new.example.com", source=INSIDE))

    def test_every_type_comes_back_as_it_went_in(self):
        zone = self.create()
        values = {
            "AAAA": "2001:db8::1", "CAA": '0 issue "ca.example.net"', "MX": "10 mail.example.com.",
            "NAPTR": '100 50 "s" "z3950+I2L+I2C" "" _z3950._tcp.example.com.', "PTR": "www.example.com.",
            "SPF": '"v=spf1 -all"', "SRV": "1 10 5269 xmpp.example.com.", "TXT": '"a\\"b" "c"',
            "DS": "12345 3 1 123456789ABCDEF67890123456789ABCDEF67890",
            "TLSA": "3 0 1 7CE75513E08F36F8B08C0DB3E1B1AE1D4F0B8AEF7B95C3C9F61D6F2E7B1D6E46",
            "SSHFP": "4 2 7CE75513E08F36F8B08C0DB3E1B1AE1D4F0B8AEF7B95C3C9F61D6F2E7B1D6E46",
            "HTTPS": '1 . alpn="h2"', "SVCB": '1 svc.example.com. port="8443"', "NS": "ns.example.net.",
        }
        self.change(zone, *[("CREATE", records(kind.lower() + ".example.com", kind, value))
                            for kind, value in values.items()])
        listed = {set["Type"]: set["ResourceRecords"][0]["Value"] for set in self.sets(zone)
                  if set["Name"] != "example.com."}
        for kind, value in values.items():
            strip = lambda text: text.replace(" ", "").lower()
            if kind in ("HTTPS", "SVCB"):
                strip = lambda text: text.replace(" ", "").replace('"', "").lower()
            self.assertEqual(strip(value), strip(listed[kind]), kind)
        self.change(zone, *[("DELETE", set) for set in self.sets(zone) if set["Name"] != "example.com."])
        self.assertEqual(2, len(self.sets(zone)))

    def test_aliases(self):
        zone = self.create()
        self.change(zone, ("CREATE", records("www.example.com", "A", "192.0.2.1")),
                    ("CREATE", alias("example.com", "www.example.com", zone)),
                    ("CREATE", alias("lb.example.com", "x.elb.amazonaws.com", "Z35SXDOTRQ7X7K")))
        self.assertEqual(["192.0.2.1"], self.dig("example.com", source=INSIDE))
        apex, balancer = [set["AliasTarget"] for set in self.sets(zone) if "AliasTarget" in set]
        self.assertEqual({"HostedZoneId": zone, "DNSName": "www.example.com.", "EvaluateTargetHealth": False}, apex)
        self.assertEqual("Z35SXDOTRQ7X7K", balancer["HostedZoneId"])
        self.assertIn("does not lie within", self.refuse(
            zone, ("CREATE", alias("a.example.com", "www.example.org", zone))))
        self.assertIn("target was not found", self.refuse(
            zone, ("CREATE", alias("a.example.com", "none.example.com", zone))))
        self.refuse(zone, ("CREATE", alias("a.example.com", "a.example.com", zone)))
        self.change(zone, ("DELETE", alias("example.com", "www.example.com", zone)))
        self.assertEqual(["NOERROR"], self.dig("example.com", source=INSIDE))

    def test_routing_policies(self):
        zone = self.create()
        weighted = [records("w.example.com", "A", "192.0.2.%d" % number, SetIdentifier=str(number), Weight=number)
                    for number in (0, 1)]
        failover = [records("f.example.com", "A", "192.0.2.1", SetIdentifier="p", Failover="PRIMARY"),
                    records("f.example.com", "A", "192.0.2.2", SetIdentifier="s", Failover="SECONDARY")]
        latency = records("l.example.com", "A", "192.0.2.3", SetIdentifier="e", Region="eu-west-1")
        places = [records("g.example.com", "A", "192.0.2.4", SetIdentifier="eu", GeoLocation={"ContinentCode": "EU"}),
                  records("g.example.com", "A", "192.0.2.5", SetIdentifier="ca",
                          GeoLocation={"CountryCode": "US", "SubdivisionCode": "CA"}),
                  records("g.example.com", "A", "192.0.2.6", SetIdentifier="all", GeoLocation={"CountryCode": "*"})]
        multi = records("m.example.com", "A", "192.0.2.7", SetIdentifier="m", MultiValueAnswer=True)
        self.change(zone, *[("CREATE", set) for set in weighted + failover + [latency] + places + [multi]])
        self.assertEqual(["192.0.2.1"], self.dig("f.example.com", source=INSIDE))
        self.assertEqual(["192.0.2.1"], self.dig("w.example.com", source=INSIDE))
        self.assertEqual(["192.0.2.7"], self.dig("m.example.com", source=INSIDE))
        key = lambda set: (set["Name"], set["SetIdentifier"])
        sent = sorted((dict(set, Name=set["Name"] + ".")
                       for set in weighted + failover + [latency] + places + [multi]), key=key)
        self.assertEqual(sent, sorted((set for set in self.sets(zone) if "SetIdentifier" in set), key=key))

        self.assertIn("Missing field 'SetIdentifier'", self.refuse(
            zone, ("CREATE", records("x.example.com", "A", "192.0.2.1", Weight=1)), code="InvalidInput"))
        self.assertIn("found none", self.refuse(
            zone, ("CREATE", records("x.example.com", "A", "192.0.2.1", SetIdentifier="x")), code="InvalidInput"))
        self.assertIn("more than one", self.refuse(zone, ("CREATE", records(
            "x.example.com", "A", "192.0.2.1", SetIdentifier="x", Weight=1, Region="us-east-1")), code="InvalidInput"))
        self.assertIn("type DS cannot have a routing policy", self.refuse(zone, ("CREATE", records(
            "x.example.com", "DS", "1 8 2 " + "00" * 32, SetIdentifier="x", Weight=1))))
        self.assertIn("cannot be a multivalue answer", self.refuse(zone, ("CREATE", dict(
            alias("x.example.com", "w.example.com", zone), SetIdentifier="x", MultiValueAnswer=True))))
        self.assertIn("as a non-latency set exists", self.refuse(zone, ("CREATE", records(
            "w.example.com", "A", "192.0.2.1", SetIdentifier="x", Region="us-east-1"))))
        self.assertIn("as other RRSets exist", self.refuse(
            zone, ("CREATE", records("w.example.com", "A", "192.0.2.1"))))
        self.refuse(zone, ("CREATE", records(
            "f.example.com", "A", "192.0.2.9", SetIdentifier="x", Failover="PRIMARY")))
        self.refuse(zone, ("CREATE", records(
            "x.example.com", "A", "192.0.2.1", SetIdentifier="x", Weight=256)), code="InvalidInput")
        self.refuse(zone, ("CREATE", records(
            "x.example.com", "A", "192.0.2.1", SetIdentifier="x", Region="US-EAST-1")), code="InvalidInput")
        self.change(zone, *[("CREATE", records("o.example.com", "A", "192.0.2.%d" % number, SetIdentifier=identifier,
                                               Weight=1)) for number, identifier in [(8, "b"), (9, "a")]])
        self.assertEqual(["192.0.2.9"], self.dig("o.example.com", source=INSIDE))
        for name, kind, value, members in [
                ("example.com", "NS", "ns.example.net", {"Weight": 1}),
                ("example.com", "SOA", "a. b. 1 2 3 4 5", {"Weight": 1}),
                ("c.example.com", "CNAME", "a.example.com", {"MultiValueAnswer": True})]:
            self.refuse(zone, ("UPSERT", records(name, kind, value, SetIdentifier="x", **members)))
        self.refuse(zone, ("CREATE", records("c.example.com", "A", "192.0.2.1", Weight=1, SetIdentifier="x" * 129)),
                    code="InvalidInput")
        for refused in [{"HealthCheckId": "abc"}]:
            self.refuse(zone, ("CREATE", records("x.example.com", "A", "192.0.2.1", **refused)),
                        code="NoSuchHealthCheck")
        for name, value in [("TrafficPolicyInstanceId", "abc"),
                            ("CidrRoutingConfig", {"CollectionId": "0" * 8 + "-0000-0000-0000-" + "0" * 12,
                                                   "LocationName": "here"}),
                            ("GeoProximityLocation", {"AWSRegion": "us-east-1"})]:
            if name in str(self.route53.meta.service_model.shape_for("ResourceRecordSet").members.keys()):
                self.assertIn(name, self.refuse(
                    zone, ("CREATE", records("x.example.com", "A", "192.0.2.1", **{name: value})),
                    code="InvalidInput"))

    def test_a_value_is_no_zone_file(self):
        """What means something in a zone file alone is refused: it would be lost, or become something else."""
        zone = self.create()
        for kind, value in [("TXT", '"v=DKIM1"; "k=rsa"'), ("TXT", '"a" ( "b" ) "c"'), ("TXT", '"\\198"'),
                            ("CAA", '0 issue letsencrypt.org;"x"'), ("A", "\\# 4 01020304"), ("CNAME", "@"),
                            ("CNAME", "a\\198.example.com"), ("MX", "10 @"), ("SRV", "1 1 1 foo ; bar"),
                            ("SVCB", '1 . alpn="h2"x'), ("PTR", "foo;bar"), ("NS", 'a.b ; "c')]:
            self.refuse(zone, ("CREATE", records("w.example.com", kind, value)))
        self.refuse(zone, ("UPSERT", records("example.com", "SOA", "ns.x. h.x. 1 2h 15m 2w 1d")))
        self.refuse(zone, ("CREATE", records("\\198.example.com", "A", "192.0.2.1")))
        fine = ['"v=DKIM1; k=rsa"', '"(" "a\\073b" "\\100"']
        self.change(zone, ("CREATE", records("w.example.com", "TXT", *fine)))
        self.assertEqual(['"v=DKIM1; k=rsa"', '"(" "a;b" "@"'],
                         [one["Value"] for one in self.sets(zone)[-1]["ResourceRecords"]])

    def test_a_batch_is_all_or_nothing_and_says_everything(self):
        zone = self.create()
        self.change(zone, ("CREATE", records("www.example.com", "A", "192.0.2.1")))
        before = self.sets(zone)
        message = self.refuse(
            zone, ("CREATE", records("fine.example.com", "A", "192.0.2.9")),
            ("CREATE", records("www.example.com", "A", "192.0.2.1")),
            ("DELETE", records("none.example.com", "A", "192.0.2.1")),
            ("CREATE", records("www.example.org", "A", "192.0.2.1")),
            ("CREATE", records("bad.example.com", "A", "1.2.3")),
            ("CREATE", records("example.com", "CNAME", "www.example.com")))
        for part in [
                "Tried to create resource record set [name='www.example.com.', type='A'] but it already exists",
                "Tried to delete resource record set [name='none.example.com.', type='A'] but it was not found",
                "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) encountered with '1.2.3'",
                "RRSet with DNS name www.example.org. is not permitted in zone example.com.",
                "RRSet of type CNAME with DNS name example.com. is not permitted at apex in zone example.com."]:
            self.assertIn(part, message)
        self.assertEqual(("[", "]"), (message[0], message[-1]))
        self.assertEqual(before, self.sets(zone))
        self.assertEqual(["NXDOMAIN"], self.dig("fine.example.com", source=INSIDE))

    def test_what_a_zone_cannot_hold_is_refused(self):
        zone = self.create()
        self.change(zone, ("CREATE", records("www.example.com", "A", "192.0.2.1")),
                    ("CREATE", records("alias.example.com", "CNAME", "www.example.com")))
        soa, = [set for set in self.sets(zone) if set["Type"] == "SOA"]
        ns, = [set for set in self.sets(zone) if set["Type"] == "NS"]
        create = lambda *arguments, **more: ("CREATE", records(*arguments, **more))
        for part, change in [
                ("conflicts with other records", create("www.example.com", "CNAME", "example.org")),
                ("conflicting RRSet of type CNAME", create("alias.example.com", "TXT", '"x"')),
                ("ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) encountered with '1.2.3'",
                 create("a.example.com", "A", "1.2.3")),
                ("AAAARRDATAIllegalIPv6Address", create("a.example.com", "AAAA", "1.2.3.4")),
                ("Value should be enclosed in quotation marks", create("a.example.com", "TXT", "plain")),
                ("MXRRDATAIllegal", create("a.example.com", "MX", "mail.example.com")),
                # Twelve thousand characters for more octets than a value's length can say.
                ("HTTPSRRDATAIllegal (the value of ipv6hint has 65536 octets",
                 create("a.example.com", "HTTPS", "1 . ipv6hint=" + ",".join(["::"] * 4096))),
                ("DomainLabelEmpty", create("a..example.com", "A", "192.0.2.1")),
                ("Duplicate Resource Record: '192.0.2.1'", create("a.example.com", "A", "192.0.2.1", "192.0.2.1")),
                ("Cannot have more than 400", create(
                    "a.example.com", "A", *["192.0.%d.%d" % (n // 250, n % 250) for n in range(401)])),
                ("cannot have more than one record", create("c.example.com", "CNAME", "a.example", "b.example")),
                ("wildcard", create("*.example.com", "NS", "ns.example.net")),
                ("of type SOA", create("a.example.com", "SOA", soa["ResourceRecords"][0]["Value"])),
                ("exactly one SOA", ("DELETE", soa)), ("at least one NS", ("DELETE", ns)),
                ("do not match", ("DELETE", records("www.example.com", "A", "192.0.2.2"))),
                ("do not match", ("DELETE", records("www.example.com", "A", "192.0.2.1", ttl=1)))]:
            self.assertIn(part, self.refuse(zone, change))
        self.assertIn("invalid set of changes for a resource record set 'A a.example.com.'", self.refuse(
            zone, create("a.example.com", "A", "192.0.2.1"), create("a.example.com", "A", "192.0.2.2")))
        bare = {"Name": "a.example.com", "Type": "A"}
        self.assertIn("found none", self.refuse(zone, ("CREATE", bare), code="InvalidInput"))
        self.assertIn("more than one", self.refuse(
            zone, ("CREATE", dict(alias("a.example.com", "www.example.com", zone), TTL=1)), code="InvalidInput"))
        self.assertIn("enum value set", self.refuse(
            zone, create("a.example.com", "DNAME", "example.org"), code="InvalidInput"))
        self.refuse(zone, ("REPLACE", records("a.example.com", "A", "192.0.2.1")), code="InvalidInput")
        self.refuse(zone, create("a.example.com", "A", "192.0.2.1", ttl=2 ** 31), code="InvalidInput")
        self.refused("NoSuchHostedZone", self.route53.change_resource_record_sets, HostedZoneId="Z1",
                     ChangeBatch=self.batch(create("a.example.com", "A", "192.0.2.1")))
        # The name servers and the SOA may be others.
        self.change(zone, ("UPSERT", records("example.com", "NS", "ns.example.net", ttl=60)))
        self.assertEqual(["ns.example.net."], self.dig("example.com", "NS", source=INSIDE))

    def test_a_thousand_changes_at_once_and_lists_over_pages(self):
        zone = self.create()
        sets = [records("n%04d.example.com" % n, "A", "192.0.%d.%d" % (n // 250, n % 250)) for n in range(1000)]
        self.change(zone, *[("CREATE", set) for set in sets])
        self.assertEqual(["192.0.3.249"], self.dig("n0999.example.com", source=INSIDE))
        self.assertIn("1000", self.refuse(
            zone, *[("CREATE", records("x" + set["Name"], "A", "192.0.2.1")) for set in sets + sets[:1]]))
        self.assertIn("1000", self.refuse(zone, *[("UPSERT", set) for set in sets[:501]]))
        self.assertIn("32000", self.refuse(
            zone, *[("CREATE", records("t%d.example.com" % n, "TXT", '"%s" "%s"' % ("a" * 250, "b" * 250)))
                    for n in range(65)]))
        pages = list(self.route53.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone))
        self.assertEqual([300, 300, 300, 102], [len(page["ResourceRecordSets"]) for page in pages])
        listed = [set["Name"] for page in pages for set in page["ResourceRecordSets"]]
        self.assertEqual(["example.com."] * 2 + [set["Name"] + "." for set in sets], listed)
        self.change(zone, *[("DELETE", set) for set in sets])
        self.assertEqual(["NXDOMAIN"], self.dig("n0999.example.com", source=INSIDE))

    def test_pages_begin_anywhere(self):
        zone = self.create()
        self.change(
            zone, *[("CREATE", records("w.example.com", "A", "192.0.2.%s" % n, SetIdentifier=n, Weight=1))
                    for n in "312"],
            ("CREATE", records("w.example.com", "TXT", '"t"')), ("CREATE", records("a.w.example.com", "A", "192.0.2.9")))
        found, start = [], {}
        while True:
            page = self.route53.list_resource_record_sets(HostedZoneId=zone, MaxItems="1", **start)
            found += [(set["Name"], set["Type"], set.get("SetIdentifier")) for set in page["ResourceRecordSets"]]
            if not page["IsTruncated"]:
                break
            start = {"StartRecordName": page["NextRecordName"], "StartRecordType": page["NextRecordType"]}
            if "NextRecordIdentifier" in page:
                start["StartRecordIdentifier"] = page["NextRecordIdentifier"]
        w = "w.example.com."
        self.assertEqual([("example.com.", "NS", None), ("example.com.", "SOA", None), (w, "A", "1"), (w, "A", "2"),
                          (w, "A", "3"), (w, "TXT", None), ("a.w.example.com.", "A", None)], found)
        tail = self.route53.list_resource_record_sets(HostedZoneId=zone, StartRecordName="x.example.com")
        self.assertEqual([], tail["ResourceRecordSets"])
        self.refused("InvalidInput", self.route53.list_resource_record_sets, HostedZoneId=zone, StartRecordType="A")
        self.refused("InvalidInput", self.route53.list_resource_record_sets, HostedZoneId=zone, MaxItems="0")

    def test_a_change_is_in_sync_at_once(self):
        zone = self.create()
        reply = self.route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=dict(
            self.batch(("CREATE", records("www.example.com", "A", "192.0.2.1"))), Comment="why"))["ChangeInfo"]
        self.assertEqual("why", reply["Comment"])
        again = self.route53.get_change(Id=reply["Id"])["ChangeInfo"]
        self.assertEqual((reply["Id"], "INSYNC", reply["SubmittedAt"]),
                         (again["Id"], again["Status"], again["SubmittedAt"]))
        for id in ["C1", "C2682N5HXP0BZ4", "x", reply["Id"] + "0"]:
            self.refused("NoSuchChange", self.route53.get_change, Id=id)

    def test_an_answer_can_be_tried(self):
        zone = self.create()
        self.change(zone, ("CREATE", records("www.example.com", "A", "192.0.2.1")))
        test = lambda **more: self.route53.test_dns_answer(
            HostedZoneId=zone, RecordName="www.example.com", RecordType="A", **more)
        answer = test()
        self.assertEqual((["192.0.2.1"], "NOERROR"), (answer["RecordData"], answer["ResponseCode"]))
        self.assertEqual("REFUSED", test(ResolverIP=OUTSIDE)["ResponseCode"])
        self.assertEqual(["192.0.2.1"], test(ResolverIP=OUTSIDE, EDNS0ClientSubnetIP=INSIDE)["RecordData"])
        # A subnet that is more than one address is nobody, as in a question with that option.
        for mask, code in [("32", "NOERROR"), ("24", "REFUSED"), ("0", "REFUSED")]:
            self.assertEqual(code, test(
                ResolverIP=OUTSIDE, EDNS0ClientSubnetIP=INSIDE, EDNS0ClientSubnetMask=mask)["ResponseCode"])
        self.assertEqual("REFUSED", test(
            EDNS0ClientSubnetIP="2001:db8::1", EDNS0ClientSubnetMask="128")["ResponseCode"])
        self.assertIn("EDNS0ClientSubnetMask", self.refused(
            "InvalidInput", test, EDNS0ClientSubnetIP=INSIDE, EDNS0ClientSubnetMask="33"))
        self.refused("InvalidInput", self.route53.test_dns_answer,
                     HostedZoneId=zone, RecordName="www.example.org", RecordType="A")


class Brought(Route53):
    """Record sets that a world brings and no call makes."""
    world = WORLD + """
HostedZones:
  - Id: Z1
    Name: example.com
    Config: {PrivateZone: true}
    VPCs: [{VPCId: vpc-1a2b3c4d, VPCRegion: us-east-1}]
    ResourceRecordSets:
      - {Name: a.example.com, Type: DNAME, TTL: 60, ResourceRecords: [{Value: example.net}]}
      - {Name: a.example.com, Type: LOC, TTL: 60, ResourceRecords: [{Value: 52 22 23 N 4 53 32 E 0m}]}
      - {Name: b.example.com, Type: A, TTL: 60, SetIdentifier: x, Region: US-EAST-1,
         ResourceRecords: [{Value: 192.0.2.3}]}
      - {Name: h.example.com, Type: A, TTL: 60, SetIdentifier: one, Weight: 1, HealthCheckId: abc, Healthy: false,
         ResourceRecords: [{Value: 192.0.2.1}]}
      - {Name: h.example.com, Type: A, TTL: 60, SetIdentifier: two, Weight: 1, ResourceRecords: [{Value: 192.0.2.2}]}
"""

    def test_a_health_check_stays_with_its_set(self):
        one, two = [set for set in self.sets("Z1") if set["Name"] == "h.example.com."]
        self.assertEqual("abc", one["HealthCheckId"])
        self.refuse("Z1", ("UPSERT", dict(two, HealthCheckId="abc")), code="NoSuchHealthCheck")
        self.refuse("Z1", ("UPSERT", dict(one, HealthCheckId="def")), code="NoSuchHealthCheck")
        self.change("Z1", ("UPSERT", one))
        self.assertEqual([one, two], self.sets("Z1")[-2:])
        # And it goes on to say that the set is not healthy.
        self.assertEqual(["192.0.2.2"], self.dig("h.example.com", source=INSIDE))
        self.refuse("Z1", ("DELETE", {name: one[name] for name in one if name != "HealthCheckId"}))
        self.change("Z1", ("DELETE", one))
        self.assertEqual([two], self.sets("Z1")[-1:])

    def test_what_no_call_makes_is_deleted_by_one(self):
        [set] = [set for set in self.sets("Z1") if set["Name"] == "b.example.com."]
        self.assertEqual("US-EAST-1", set["Region"])
        self.refuse("Z1", ("UPSERT", set), code="InvalidInput")
        self.change("Z1", ("DELETE", set))
        self.assertNotIn(set, self.sets("Z1"))

    def test_pages_go_on_at_any_type(self):
        pages = self.route53.get_paginator("list_resource_record_sets").paginate(
            HostedZoneId="Z1", PaginationConfig={"PageSize": 1})
        self.assertEqual(["NS", "SOA", "DNAME", "LOC", "A", "A", "A"],
                         [set["Type"] for page in pages for set in page["ResourceRecordSets"]])
        self.refused("InvalidInput", self.route53.list_resource_record_sets,
                     HostedZoneId="Z1", StartRecordName="a.example.com", StartRecordType="NONE")


class Associations(Route53):
    def test_a_zone_is_seen_where_it_is_associated(self):
        zone = self.create()
        self.change(zone, ("CREATE", records("www.example.com", "A", "192.0.2.1")))
        ask = lambda: (self.dig("www.example.com", source=INSIDE), self.dig("www.example.com", source=OUTSIDE))
        self.assertEqual((["192.0.2.1"], ["REFUSED"]), ask())
        reply = self.route53.associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC=OTHER, Comment="both")
        self.assertEqual(("INSYNC", "both"), (reply["ChangeInfo"]["Status"], reply["ChangeInfo"]["Comment"]))
        self.assertEqual((["192.0.2.1"], ["192.0.2.1"]), ask())
        self.assertEqual([VPC, OTHER], self.route53.get_hosted_zone(Id=zone)["VPCs"])
        self.route53.disassociate_vpc_from_hosted_zone(HostedZoneId=zone, VPC=VPC)
        self.assertEqual((["REFUSED"], ["192.0.2.1"]), ask())
        self.refused("LastVPCAssociation", self.route53.disassociate_vpc_from_hosted_zone, HostedZoneId=zone, VPC=OTHER)
        self.assertEqual((["REFUSED"], ["192.0.2.1"]), ask())

    def test_associating_is_refused(self):
        zone, public = self.create(), self.create(vpc=None)
        associate = self.route53.associate_vpc_with_hosted_zone
        disassociate = self.route53.disassociate_vpc_from_hosted_zone
        self.refused("PublicZoneVPCAssociation", associate, HostedZoneId=public, VPC=VPC)
        self.refused("ConflictingDomainExists", associate, HostedZoneId=zone, VPC=VPC)
        self.create(vpc=OTHER)
        self.refused("ConflictingDomainExists", associate, HostedZoneId=zone, VPC=OTHER)
        self.refused("VPCAssociationNotFound", disassociate, HostedZoneId=zone, VPC=OTHER)
        nobody = {"VPCRegion": "us-east-1", "VPCId": "vpc-99999999"}
        self.refused("InvalidVPCId", associate, HostedZoneId=zone, VPC=nobody)
        self.refused("InvalidVPCId", disassociate, HostedZoneId=zone, VPC=nobody)
        self.refused("NoSuchHostedZone", associate, HostedZoneId="Z1", VPC=VPC)

    def test_another_account_needs_an_authorization(self):
        zone = self.create()
        self.change(zone, ("CREATE", records("www.example.com", "A", "192.0.2.1")))
        other = self.client("route53", account="999999999999")
        associate = dict(HostedZoneId=zone, VPC=FOREIGN)
        self.refused("NotAuthorizedException", other.associate_vpc_with_hosted_zone, **associate)
        self.refused("NotAuthorizedException", self.route53.associate_vpc_with_hosted_zone, **associate)
        authorized = self.route53.create_vpc_association_authorization(**associate)
        self.assertEqual((zone, FOREIGN), (authorized["HostedZoneId"], authorized["VPC"]))
        self.assertEqual([FOREIGN], self.route53.list_vpc_association_authorizations(HostedZoneId=zone)["VPCs"])
        self.assertEqual(["REFUSED"], self.dig("www.example.com", source=STRANGER))
        other.associate_vpc_with_hosted_zone(**associate)
        self.assertEqual(["192.0.2.1"], self.dig("www.example.com", source=STRANGER))
        self.route53.delete_vpc_association_authorization(**associate)
        self.assertEqual([], self.route53.list_vpc_association_authorizations(HostedZoneId=zone)["VPCs"])
        self.refused("VPCAssociationAuthorizationNotFound",
                     self.route53.delete_vpc_association_authorization, **associate)
        # An association outlives its authorization; whose VPC it is may end it.
        self.assertEqual(["192.0.2.1"], self.dig("www.example.com", source=STRANGER))
        other.disassociate_vpc_from_hosted_zone(**associate)
        self.assertEqual(["REFUSED"], self.dig("www.example.com", source=STRANGER))
        self.refused("NotAuthorizedException", other.associate_vpc_with_hosted_zone, **associate)

    def test_another_account_sees_no_zone(self):
        zone = self.create()
        other = self.client("route53", account="999999999999")
        self.assertEqual([], other.list_hosted_zones()["HostedZones"])
        for call in [other.get_hosted_zone, other.delete_hosted_zone]:
            self.refused("NoSuchHostedZone", call, Id=zone)
        self.refused("NoSuchHostedZone", other.create_vpc_association_authorization, HostedZoneId=zone, VPC=FOREIGN)
        self.refused("NoSuchHostedZone", other.associate_vpc_with_hosted_zone, HostedZoneId=zone, VPC=VPC)
        self.create(client=other, vpc=FOREIGN)

    def test_authorizations_come_by_pages(self):
        zone = self.create()
        for vpc in [OTHER, FOREIGN]:
            self.route53.create_vpc_association_authorization(HostedZoneId=zone, VPC=vpc)
        first = self.route53.list_vpc_association_authorizations(HostedZoneId=zone, MaxResults="1")
        rest = self.route53.list_vpc_association_authorizations(HostedZoneId=zone, NextToken=first["NextToken"])
        self.assertEqual([FOREIGN, OTHER], first["VPCs"] + rest["VPCs"])
        self.route53.delete_hosted_zone(Id=zone)
        public = self.create(vpc=None)
        self.refused("PublicZoneVPCAssociation", self.route53.create_vpc_association_authorization,
                     HostedZoneId=public, VPC=FOREIGN)


class Door(Route53):
    """What comes to the door as XML, and what does not."""

    def send(self, method, path, body=""):
        url = urllib.parse.urlparse(self.server.url)
        connection = http.client.HTTPConnection(url.hostname, url.port)
        connection.request(method, path, body)
        reply = connection.getresponse()
        text = reply.read().decode()
        connection.close()
        return reply.status, text

    def create_with(self, body):
        return self.send("POST", "/2013-04-01/hostedzone", body)

    def test_what_is_empty_is_no_policy_and_no_identifier(self):
        zone = self.create()
        for members in ["<SetIdentifier>x</SetIdentifier><Region></Region>", "<SetIdentifier/><Weight>1</Weight>",
                        "<SetIdentifier>x</SetIdentifier><Weight/>", "<SetIdentifier>x</SetIdentifier><Failover/>",
                        "<SetIdentifier>x</SetIdentifier><GeoLocation><CountryCode/></GeoLocation>",
                        "<SetIdentifier>x</SetIdentifier><GeoLocation/>"]:
            status, text = self.send("POST", "/2013-04-01/hostedzone/%s/rrset/" % zone, (
                "<ChangeResourceRecordSetsRequest><ChangeBatch><Changes><Change><Action>CREATE</Action>"
                "<ResourceRecordSet><Name>w.example.com</Name><Type>A</Type>%s<TTL>60</TTL><ResourceRecords>"
                "<ResourceRecord><Value>192.0.2.1</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>"
                "</Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>") % members)
            self.assertEqual((400, True), (status, "<Code>InvalidInput</Code>" in text), (members, text))

    def test_unknown_parameters_are_refused_by_name(self):
        for path, name in [("hostedzone?colour=red", "colour"), ("hostedzonecount?x=1", "x")]:
            status, text = self.send("GET", "/2013-04-01/" + path)
            self.assertEqual(400, status)
            self.assertIn(name, text)
            self.assertIn("<Code>InvalidInput</Code>", text)
        fine = "<Name>example.com</Name><CallerReference>x</CallerReference>"
        status, text = self.create_with("<CreateHostedZoneRequest>%s<Colour>red</Colour></CreateHostedZoneRequest>" % fine)
        self.assertEqual(400, status)
        self.assertIn("Colour", text)
        status, text = self.send("GET", "/2013-04-01/healthcheck")
        self.assertEqual(404, status)
        self.assertIn("<Code>InvalidAction</Code>", text)
        self.assertIn("GET /2013-04-01/healthcheck", text)
        self.assertEqual(0, self.route53.get_hosted_zone_count()["HostedZoneCount"])

    def test_hostile_xml_ends_in_an_error(self):
        root = "<CreateHostedZoneRequest>%s</CreateHostedZoneRequest>"
        bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + root % "<Name>&b;</Name>"
        outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + root % "<Name>&a;</Name>"
        for body in [bomb, outside, root % "<Name>&a;</Name>", "<a>" * 100000, root % ("<a>" * 100000), "<", "&#0;",
                     root % "<Name>x</Nam>", root % "<Name>x", root % "x<Name>y</Name>", root % "<Name/><Name/>",
                     "<Other/>", "plain", root % "<Name a=b>x</Name>", root % "" + "<x/>", "\xff"]:
            status, text = self.create_with(body)
            self.assertEqual(400, status, body[:80])
            self.assertIn("<Code>InvalidInput</Code>", text)
        self.assertEqual(413, self.create_with("<a>" + "x" * (3 << 20))[0])
        status, _ = self.create_with(
            '<?xml version="1.0"?><!-- c --><r:CreateHostedZoneRequest xmlns:r="urn:x">\n <r:Name><![CDATA[example]]>.com'
            "</r:Name><r:CallerReference>&#65;&amp;&#x42;</r:CallerReference>\n</r:CreateHostedZoneRequest>\n")
        self.assertEqual(201, status)
        zone, = self.route53.list_hosted_zones()["HostedZones"]
        self.assertEqual(("example.com.", "A&B"), (zone["Name"], zone["CallerReference"]))

    def test_the_aws_command(self):
        def aws(*arguments):
            output = subprocess.run(
                ["aws", "--endpoint-url", self.server.url, "route53"] + list(arguments), stdout=subprocess.PIPE,
                check=True, env=dict(os.environ, AWS_ACCESS_KEY_ID="123456789012", AWS_SECRET_ACCESS_KEY="secret",
                                     AWS_DEFAULT_REGION="us-east-1", AWS_PAGER="")).stdout
            return json.loads(output)

        zone = aws("create-hosted-zone", "--name", "example.com", "--caller-reference", "x",
                   "--vpc", "VPCRegion=us-east-1,VPCId=vpc-1a2b3c4d")["HostedZone"]["Id"]
        change = aws("change-resource-record-sets", "--hosted-zone-id", zone, "--change-batch",
                     json.dumps(self.batch(("CREATE", records("www.example.com", "A", "192.0.2.1")))))
        self.assertEqual("INSYNC", change["ChangeInfo"]["Status"])
        self.assertEqual(["192.0.2.1"], self.dig("www.example.com", source=INSIDE))
        sets = aws("list-resource-record-sets", "--hosted-zone-id", zone)["ResourceRecordSets"]
        self.assertEqual(["NS", "SOA", "A"], [set["Type"] for set in sets])


if __name__ == "__main__":
    stage.main()
