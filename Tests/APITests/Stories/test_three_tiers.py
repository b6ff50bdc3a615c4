"""The three tiers of S83-S89, built from nothing by calls alone, and asked from both ends of the link."""
import importlib.util
import json
import os
import re
import subprocess
import tempfile

import stage

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "zones", "three-tier")


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


# What AWS chooses: ids, addresses (dotted, or dashed in names), ranges of IPv6, and the letters and digits in the
# names of endpoints, load balancers and zones.
CHOSEN = re.compile(
    r"\b(?:vpc|subnet|sg|rtb|igw|i)-[0-9a-f]{8,17}\b|\b\d{1,3}([.-])(?:\d{1,3}\1){2}\d{1,3}\b(?!/)"
    r"|2001:db8:[0-9a-f:]+/56|(?<=/hostedzone/)\w+|(?<=\.)([a-z0-9]{12}|[a-z0-9]{6})(?=\.)|\b\d{9,10}\b"
    r"|\b[0-9a-f]{16}\b")


def meant(match):
    """What a chosen part stands for: an address with dots or with dashes is the same; the letters in an endpoint's name
    are each service's own, so they go with what follows."""
    if match.group(1):
        return match.group().replace("-", ".")
    return match.group() + match.string[match.end():].split(".amazonaws")[0] if match.group(2) else match.group()


class Renaming:
    """Which id, address or part of a name of one world is which of the other: one to one."""

    def __init__(self, there=None, back=None):
        self.there, self.back = dict(there or {}), dict(back or {})

    def copy(self):
        return Renaming(self.there, self.back)

    def fits(self, one, other):
        """Whether all that `one` says, `other` says as well."""
        if isinstance(one, dict):
            return isinstance(other, dict) and all(
                key in other and self.fits(value, other[key]) for key, value in one.items())
        if isinstance(one, list):
            return isinstance(other, list) and len(one) == len(other) and all(map(self.fits, one, other))
        if not isinstance(one, str) or not isinstance(other, str):
            return one == other
        return CHOSEN.sub("*", one) == CHOSEN.sub("*", other) and all(
            self.there.setdefault(meant(a), meant(b)) == meant(b)
            and self.back.setdefault(meant(b), meant(a)) == meant(a)
            for a, b in zip(CHOSEN.finditer(one), CHOSEN.finditer(other)))

    def translate(self, text):
        def other(match):
            found = self.there[meant(match)]
            if match.group(2):
                return found.split(".")[0]
            return found.replace(".", "-") if match.group(1) == "-" else found
        return CHOSEN.sub(other, text)


class TheWorldFile(stage.Stage):
    """zones/three-tier/build.py makes, by calls, what zones/three-tier/world.yaml says."""
    maxDiff = None

    def program(self, *arguments):
        done = subprocess.run([stage.PROGRAM] + list(arguments), stdout=subprocess.PIPE, check=True,
                              universal_newlines=True, timeout=stage.PATIENCE)
        return json.loads(done.stdout)

    def test_is_what_the_calls_make(self):
        self.server.close()
        state = os.path.join(self.folder(), "state.sqlite")
        self.server = stage.Server(state=state)
        self.addCleanup(self.server.close)
        specification = importlib.util.spec_from_file_location("build", os.path.join(FOLDER, "build.py"))
        build = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(build)
        made = build.build(self.client)
        written = self.program("export", "--world", os.path.join(FOLDER, "world.yaml"))
        built = self.program("export", "--state", state)

        # Item by item: each of the file has exactly one that fits among those that the calls have made.
        renaming = Renaming()
        rest = {kind: list(items) for kind, items in built.items() if isinstance(items, list)}
        first = ["Vpcs", "Subnets", "InternetGateways", "RouteTables", "Instances", "SecurityGroups"]
        kinds = first + sorted(set(written) - set(first) - {"Requesters"})
        for kind in kinds:
            if not isinstance(written[kind], list):
                self.assertEqual(written[kind], built[kind], kind)
                continue
            for item in written[kind]:
                fitting = []
                for other in rest[kind]:
                    attempt = renaming.copy()
                    if attempt.fits(item, other):
                        fitting.append((other, attempt))
                self.assertEqual(1, len(fitting), "%s of %s\n%s" % (item, kind, json.dumps(rest[kind], indent=1)))
                other, renaming = fitting[0]
                rest[kind].remove(other)
        # What is left AWS makes with a VPC or an account by itself, or it is how the calls put things into subnets.
        self.assertEqual(
            {"SecurityGroups": ["default", "default"], "RouteTables": 1, "NetworkInterfaces": 10, "DBSubnetGroups": 1,
             "ClusterSubnetGroups": 1, "CacheSubnetGroups": 1},
            {kind: [item["GroupName"] for item in items] if kind == "SecurityGroups" else len(items)
             for kind, items in rest.items() if items})
        self.assertEqual(made["web"], renaming.translate("i-0aaa0001"))
        self.assertEqual(made["orders"], renaming.translate("orders.c9akciq32abc.us-east-1.rds.amazonaws.com"))

        # Answer by answer: everybody who asks, every name.
        askers = ["i-0aaa0001", "i-0bbb0002", "i-0ccc0003", "i-0ddd0004", "vpc-1a2b3c4d", "vpc-5e6f7a8b", "classic",
                  "internet"]
        world = self.program("matrix", "--json", "--world", os.path.join(FOLDER, "world.yaml"),
                             *(word for asker in askers for word in ("--from", asker)))
        names = world["names"]
        self.assertGreater(len(names), 20)
        calls = self.program("matrix", "--json", "--state", state,
                             *(word for asker in askers for word in ("--from", renaming.translate(asker))),
                             *(word for name in names for word in ("--name", renaming.translate(name))))
        self.assertEqual(
            {(renaming.translate(cell["asker"]), renaming.translate(cell["name"])): shown(cell, renaming.translate)
             for cell in world["cells"]},
            {(cell["asker"], cell["name"]): shown(cell) for cell in calls["cells"]})

    def folder(self):
        folder = tempfile.TemporaryDirectory(prefix="classiclink-dns-")
        self.addCleanup(folder.cleanup)
        return folder.name


def shown(cell, translate=str):
    """A cell's answer. Whether an address is private follows from it and from the ranges, which are the same."""
    cell = cell["cell"]
    return (cell["status"], cell.get("code"), cell.get("rule"),
            sorted(translate(one["address"]) for one in cell.get("addresses", [])))


if __name__ == "__main__":
    stage.main()
