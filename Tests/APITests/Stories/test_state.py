"""What calls did is there after a crash, and once exported and imported."""
import collections
import os
import random
import subprocess
import threading
import time
import unittest

from botocore.exceptions import BotoCoreError

import stage

# Rounds of the loop that kills the server; the time of one is its start.
KILLS = int(os.environ.get("KILLS", "100"))


ZONE = "example.com"
KINDS = ["CreateVpc", "DeleteVpc", "CreateTags", "ChangeResourceRecordSets"]


def told(vpc):
    """What a caller wants to find of his VPC: its network, and the value of its tag."""
    return vpc["CidrBlock"], next((tag["Value"] for tag in vpc.get("Tags", [])), None)


class Caller:
    """Makes one change after the other until the server is gone. Nobody else touches what is his, so he knows what
    must be there: all that was acknowledged, and of the one call that was under way all or nothing."""

    def __init__(self, number, ec2, route53, zone):
        self.ec2, self.route53, self.zone = ec2, route53, zone
        # What his VPCs are like, None for one that is deleted; and the values of two records that change together.
        self.vpcs, self.pair = {}, (None, None)
        self.names = ["%s%d.%s" % (side, number, ZONE) for side in ("left", "right")]
        # What the call under way wants: of which VPC, None for the records, and what it is to be like.
        self.wanted = None
        self.latest = collections.deque(maxlen=50)
        self.done, self.kept, self.lost = collections.Counter(), 0, 0
        self.error = None

    def call_until(self, kill):
        self.latest.clear()
        try:
            while True:
                mine = [vpc for vpc in self.vpcs if self.vpcs[vpc]]
                kind = random.choice(KINDS)
                if kind == "ChangeResourceRecordSets":
                    self.change_the_records()
                elif kind == "CreateVpc" or not mine:
                    kind = "CreateVpc"
                    self.create()
                else:
                    self.change_one(random.choice(mine), deletes=kind == "DeleteVpc")
                self.done[kind] += 1
                self.wanted = None
        except Exception as error:
            # A server that is gone says nothing; what it does say, and a connection that it closes before, is an error.
            if not kill.is_set() or not isinstance(error, BotoCoreError):
                self.error = error

    def create(self):
        network = "10.%d.%d.0/24" % (random.randrange(256), random.randrange(256))
        vpc = self.ec2.create_vpc(CidrBlock=network)["Vpc"]["VpcId"]
        self.vpcs[vpc] = (network, None)
        self.latest.append(vpc)

    def change_one(self, vpc, deletes):
        value = "%x" % random.getrandbits(64)
        new = None if deletes else (self.vpcs[vpc][0], value)
        self.wanted = (vpc, new)
        self.latest.append(vpc)
        if deletes:
            self.ec2.delete_vpc(VpcId=vpc)
        else:
            self.ec2.create_tags(Resources=[vpc], Tags=[{"Key": "value", "Value": value}])
        self.vpcs[vpc] = new

    def change_the_records(self):
        address = "10.%d.%d.%d" % tuple(random.randrange(256) for _ in range(3))
        self.wanted = (None, (address, address))
        self.route53.change_resource_record_sets(HostedZoneId=self.zone, ChangeBatch={"Changes": [
            {"Action": "UPSERT", "ResourceRecordSet": {"Name": name, "Type": "A", "TTL": 60,
                                                       "ResourceRecords": [{"Value": address}]}}
            for name in self.names]})
        self.pair = (address, address)

    def compare(self, test, records):
        """After the kill: what was touched last. What is there then must stay."""
        found = tuple(records.get(name) for name in self.names)
        self.pair = self.allowed(test, None, self.pair, found)
        reply = self.ec2.describe_vpcs(Filters=[{"Name": "vpc-id", "Values": list(self.latest) or ["none"]}])
        there = {vpc["VpcId"]: told(vpc) for vpc in reply["Vpcs"]}
        for vpc in set(self.latest):
            self.vpcs[vpc] = self.allowed(test, vpc, self.vpcs[vpc], there.get(vpc))
        self.wanted = None

    def allowed(self, test, vpc, acknowledged, found):
        if self.wanted and self.wanted[0] == vpc and found == self.wanted[1]:
            self.kept += 1
            return found
        self.lost += 1 if self.wanted and self.wanted[0] == vpc else 0
        test.assertEqual(acknowledged, found, vpc or self.names)
        return found


class State(unittest.TestCase):
    def setUp(self):
        self.server = stage.Server(world=None, state=os.path.join(os.path.realpath("/tmp"), "state-%d" % os.getpid()))
        self.addCleanup(self.server.close)
        self.addCleanup(self.remove)

    def remove(self):
        for ending in ["", "-wal", "-shm", ".lock"]:
            if os.path.lexists(self.server.state + ending):
                os.remove(self.server.state + ending)

    def run_program(self, *arguments):
        return subprocess.run(
            [stage.PROGRAM] + list(arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)

    def test_a_clean_stop_and_a_start(self):
        ec2 = self.server.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        ec2.enable_vpc_classic_link(VpcId=vpc)
        self.assertEqual(0, self.server.stop())
        self.server.start()
        vpcs = self.server.client("ec2").describe_vpc_classic_link()["Vpcs"]
        self.assertEqual([(vpc, True)], [(one["VpcId"], one["ClassicLinkEnabled"]) for one in vpcs])

    def test_the_state_may_be_a_link(self):
        self.server.stop()
        self.remove()
        place = self.server.state + ".place"
        self.addCleanup(lambda: [os.remove(place + ending) for ending in ["", "-wal", "-shm", ".lock"]
                                 if os.path.exists(place + ending)])
        os.symlink(place, self.server.state)
        self.server.start()
        vpc = self.server.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.server.kill()
        self.server.start()
        self.assertIn(vpc, [one["VpcId"] for one in self.server.client("ec2").describe_vpcs()["Vpcs"]])
        self.assertTrue(os.path.islink(self.server.state))
        # Whoever calls it by its own name finds it taken.
        other = self.run_program("serve", "--listen", "127.0.0.1:0", "--api", "127.0.0.1:0", "--state", place)
        self.assertIn("in use by process %d" % self.server.process.pid, other.stderr)

    def test_no_acknowledged_change_is_lost_when_the_server_is_killed(self):
        # Always the same port, which nobody is given who takes any (ip_local_port_range): clients are slow to make.
        self.server.stop()
        self.server.flags = ["--api", "127.0.0.1:%d" % random.randrange(25001, 32767)]
        self.server.start()
        ec2, route53 = self.server.client("ec2"), self.server.client("route53")
        zone = route53.create_hosted_zone(Name=ZONE, CallerReference="1")["HostedZone"]["Id"]
        callers = [Caller(number, ec2, route53, zone) for number in range(4)]
        kills = 0
        while kills < KILLS or any(sum(caller.done[kind] for caller in callers) <= KILLS // 5 for kind in KINDS):
            kills += 1
            self.assertLess(kills, 20 * KILLS)
            kill = threading.Event()
            threads = [threading.Thread(target=caller.call_until, args=(kill,)) for caller in callers]
            for thread in threads:
                thread.start()
            time.sleep(random.uniform(0.02, 0.15))
            kill.set()
            self.server.kill()
            for thread in threads:
                thread.join()
            self.server.start()
            records = self.records(route53, zone)
            for caller in callers:
                self.assertIsNone(caller.error)
                caller.compare(self, records)
        there = {}
        for page in ec2.get_paginator("describe_vpcs").paginate():
            there.update((vpc["VpcId"], told(vpc)) for vpc in page["Vpcs"])
        self.maxDiff = 1000
        for caller in callers:
            self.assertEqual(caller.vpcs, {vpc: there.get(vpc) for vpc in caller.vpcs})
            # What is answered is what the calls say.
            self.assertEqual(list(caller.pair), [self.server.dig(name)[0] if caller.pair[0] else None
                                                 for name in caller.names])
        print("%d kills; acknowledged: %s; under way at a kill: %d there, %d not" % (
            kills, dict(sum((caller.done for caller in callers), collections.Counter())),
            sum(caller.kept for caller in callers), sum(caller.lost for caller in callers)))

    @staticmethod
    def records(route53, zone):
        sets = route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
        return {one["Name"].rstrip("."): one["ResourceRecords"][0]["Value"] for one in sets if one["Type"] == "A"}

    def test_a_change_is_on_the_disk_before_its_reply(self):
        """Counted from outside, by strace: one caller costs one fdatasync a change; many callers share them."""
        trace = os.path.join(self.server.folder, "trace")
        tracer = subprocess.Popen(
            ["strace", "-f", "-q", "-e", "trace=fdatasync,fsync", "-o", trace, "-p", str(self.server.process.pid)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(tracer.kill)
        vpc = self.server.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        stage.until(lambda: self.syncs(trace) > 0, lambda: self.server.client("ec2").create_tags(
            Resources=[vpc], Tags=[{"Key": "attached", "Value": str(random.random())}]))

        changes = 40
        before = self.syncs(trace)
        self.change_in_turn(vpc, "alone", changes)
        alone = self.syncs(trace) - before
        self.assertGreaterEqual(alone, changes)
        # One a change; a checkpoint of the log, now and then, has two of its own.
        self.assertLessEqual(alone, changes + 4)

        before = self.syncs(trace)
        callers = [threading.Thread(target=self.change_in_turn, args=(vpc, "caller%d" % number, changes // 4))
                   for number in range(16)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        together = self.syncs(trace) - before
        self.assertGreater(together, 0)
        self.assertLess(together, 16 * (changes // 4))
        tracer.kill()
        tracer.wait(stage.PATIENCE)
        tags = self.server.client("ec2").describe_tags(
            Filters=[{"Name": "resource-id", "Values": [vpc]}])["Tags"]
        # The last value of each caller.
        self.assertEqual({"caller%d" % number: str(changes // 4 - 1) for number in range(16)},
                         {tag["Key"]: tag["Value"] for tag in tags if tag["Key"].startswith("caller")})

    def change_in_turn(self, vpc, key, times):
        ec2 = self.server.client("ec2")
        for number in range(times):
            ec2.create_tags(Resources=[vpc], Tags=[{"Key": key, "Value": str(number)}])

    @staticmethod
    def syncs(trace):
        if not os.path.exists(trace):
            return 0
        with open(trace) as file:
            return sum("sync(" in line for line in file)

    def test_an_export_is_imported_equal(self):
        ec2 = self.server.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=[
            {"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": "ünï \"quoted\""}]}])["Vpc"]["VpcId"]
        ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
        ec2.enable_vpc_classic_link_dns_support(VpcId=vpc)
        self.server.stop()
        first = os.path.join(self.server.folder, "first.json")
        self.assertEqual(0, self.run_program("export", "--state", self.server.state, "--output", first).returncode)
        other = os.path.join(self.server.folder, "other")
        self.assertEqual(0, self.run_program("import", "--state", other, "--world", first).returncode)
        with open(first) as file:
            self.assertEqual(file.read(), self.run_program("export", "--state", other).stdout)

    def test_a_device_is_written_to_and_not_replaced(self):
        for path in ["/dev/stdout", "/dev/null"]:
            device = os.stat(path, follow_symlinks=False)
            done = self.run_program("export", "--state", self.server.state, "--output", path)
            self.assertEqual((0, ""), (done.returncode, done.stderr))
            self.assertEqual(device.st_ino, os.stat(path, follow_symlinks=False).st_ino)
            if path == "/dev/stdout":
                self.assertEqual("{", done.stdout[:1])

    def test_the_journal_tells_who_did_what(self):
        ec2 = self.server.client("ec2", account="210987654321")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        ec2.enable_vpc_classic_link_dns_support(VpcId=vpc)
        with self.assertRaises(Exception):
            ec2.enable_vpc_classic_link(VpcId="vpc-99999999")
        journal = self.run_program("journal", "--state", self.server.state).stdout
        self.assertIn("ec2:CreateVpc", journal)
        self.assertIn("210987654321", journal)
        self.assertIn("ec2:EnableVpcClassicLinkDnsSupport", journal)
        self.assertNotIn("ec2:EnableVpcClassicLink\n", journal)

    def test_the_journal_tells_of_a_zone_what_changed_in_it(self):
        route53 = self.server.client("route53")
        zone = route53.create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"]["Id"]
        for name in ["one", "two"]:
            route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [
                {"Action": "CREATE", "ResourceRecordSet": {"Name": name + ".example.com", "Type": "A", "TTL": 60,
                                                           "ResourceRecords": [{"Value": "203.0.113.1"}]}}]})
        last = self.run_program("journal", "--state", self.server.state, "--last", "1").stdout
        self.assertIn("two.example.com.", last)
        self.assertNotIn("one.example.com.", last)

    def test_a_second_server_is_told_that_the_state_is_in_use(self):
        second = self.run_program("serve", "--state", self.server.state, "--listen", "127.0.0.1:0")
        self.assertNotEqual(0, second.returncode)
        self.assertIn("in use", second.stderr)

    def test_a_damaged_state_is_refused(self):
        ec2 = self.server.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        for _ in range(200):
            ec2.create_security_group(GroupName=os.urandom(8).hex(), Description="x" * 250, VpcId=vpc)
        self.assertEqual(0, self.server.stop())
        with open(self.server.state, "rb") as file:
            whole = file.read()
        page = 4096
        self.assertGreater(len(whole), 40 * page)
        # A page of the middle, an odd one and an even one: one is of the rows, the other of the journal, or both are.
        for number in [20, 21]:
            with open(self.server.state, "wb") as file:
                file.write(whole[:number * page] + os.urandom(page) + whole[(number + 1) * page:])
            done = self.run_program("serve", "--state", self.server.state, "--listen", "127.0.0.1:0")
            self.assertEqual(65, done.returncode)
            self.assertRegex(done.stderr, "damaged|malformed")
        with open(self.server.state, "wb") as file:
            file.write(whole)
        self.server.start()
        self.assertEqual([vpc], [one["VpcId"] for one in self.server.client("ec2").describe_vpcs()["Vpcs"]])

    def test_a_state_takes_the_world_of_the_files_once(self):
        self.server.stop()
        self.remove()
        world = os.path.join(self.server.folder, "world.yaml")
        with open(world, "w") as file:
            file.write("Region: us-east-1\nVpcs: [{VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.0.0/16}]\n")
        self.server.worlds = ["--world", world]
        self.server.start()
        ec2 = self.server.client("ec2")
        self.assertEqual(["vpc-1a2b3c4d"], [vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"]])
        self.server.client("ec2").create_vpc(CidrBlock="10.1.0.0/16")
        self.server.kill()
        self.server.start()
        self.assertEqual(2, len(self.server.client("ec2").describe_vpcs()["Vpcs"]))
        self.assertIn("--world is not read", self.server.logged())


if __name__ == "__main__":
    stage.main()
