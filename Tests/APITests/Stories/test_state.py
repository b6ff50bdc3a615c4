"""What calls did is there after a crash, and once exported and imported."""
import os
import random
import subprocess
import threading
import unittest

import stage

# Rounds of the loop that kills the server; the time of one is its start.
KILLS = int(os.environ.get("KILLS", "100"))


class State(unittest.TestCase):
    def setUp(self):
        self.server = stage.Server(world=None, state=os.path.join(os.path.realpath("/tmp"), "state-%d" % os.getpid()))
        self.addCleanup(self.server.close)
        self.addCleanup(self.remove)

    def remove(self):
        for ending in ["", "-wal", "-shm", ".lock"]:
            if os.path.exists(self.server.state + ending):
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
        acknowledged = {}
        kills = 0
        while kills < KILLS or len(acknowledged) <= KILLS:
            kills += 1
            self.assertLess(kills, 20 * KILLS)
            ec2 = self.server.client("ec2")
            stops = threading.Event()

            def create():
                while not stops.is_set():
                    network = "10.%d.%d.0/24" % (random.randrange(256), random.randrange(256))
                    try:
                        acknowledged[ec2.create_vpc(CidrBlock=network)["Vpc"]["VpcId"]] = network
                    except Exception:
                        return

            callers = [threading.Thread(target=create) for _ in range(4)]
            for caller in callers:
                caller.start()
            stops.wait(random.uniform(0.02, 0.15))
            self.server.kill()
            stops.set()
            for caller in callers:
                caller.join()
            self.server.start()
        there = {}
        for page in self.server.client("ec2").get_paginator("describe_vpcs").paginate():
            there.update((vpc["VpcId"], vpc["CidrBlock"]) for vpc in page["Vpcs"])
        self.assertEqual({}, {vpc: network for vpc, network in acknowledged.items() if there.get(vpc) != network})

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
