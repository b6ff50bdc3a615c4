"""Disks that fail, files that vanish, clocks that go back: what happened is said, and answers go on."""
import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time

from botocore.exceptions import ClientError

import stage

NAME = "www.example.com"
ZONE = """
HostedZones:
  - {Id: Z1, Name: example.com, ResourceRecordSets: [{Name: www.example.com, Type: A, TTL: 60, ResourceRecords: [{Value: %s}]}]}
"""
# Seconds of an hour, and of a year.
HOUR, YEAR = 3600, 365 * 24 * 3600


class OnADisk(stage.Stage):
    """A server whose state lies on a disk of its own."""
    disk_octets = 1 << 20

    def setUp(self):
        self.disk = tempfile.mkdtemp(prefix="classiclink-dns-")
        self.addCleanup(shutil.rmtree, self.disk)
        self.mount("-t", "tmpfs", "-o", "size=%d" % self.disk_octets, "tmpfs", self.disk)
        self.addCleanup(subprocess.run, ["umount", "-l", self.disk], check=True)
        self.state = os.path.join(self.disk, "state")
        self.server = stage.Server(stage.EMPTY, state=self.state)
        self.addCleanup(self.server.close)
        self.route53 = self.client("route53")
        self.zone = self.route53.create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"]["Id"]
        self.put("192.0.2.1")

    def start(self):
        self.server.start()
        self.route53 = self.client("route53")

    def mount(self, *arguments):
        subprocess.run(["mount"] + list(arguments), check=True)

    def put(self, address):
        self.change(self.route53.change_resource_record_sets, address)

    def change(self, call, address):
        call(HostedZoneId=self.zone, ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": {
            "Name": NAME, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": address}]}}]})

    def is_not_kept(self, words, address="192.0.2.66"):
        """The call fails and says why; nobody ever sees what it wanted."""
        message = self.refused("InternalError", lambda: self.put(address))
        self.assertIn(words, message)
        self.assertIn(self.state, message)
        status, text = self.server.get("/readyz")
        self.assertEqual((503, True), (status, words in text), text)
        self.assertIn(words, self.server.logged())
        return message

    def answers(self, address):
        self.assertEqual([address], self.server.dig_all(NAME))

    def works_again(self, address="192.0.2.2"):
        self.put(address)
        self.answers(address)
        self.assertEqual(200, self.server.get("/readyz")[0])
        self.assertIn("is kept again", self.server.logged())
        self.server.kill()
        self.server.start()
        self.answers(address)

    def test_a_full_disk(self):
        with open(os.path.join(self.disk, "full"), "wb", buffering=0) as full:
            try:
                while True:
                    full.write(bytes(4096))
            except OSError:
                pass
        # The log of the state has room that was taken before; then it is over.
        kept, failed = "192.0.2.1", None
        for number in range(200):
            address = "198.51.100.%d" % number
            try:
                self.put(address)
                kept = address
            except ClientError:
                failed = address
                break
        self.assertIsNotNone(failed)
        self.answers(kept)
        self.is_not_kept("there is no room left on the disk")
        self.is_not_kept("there is no room left on the disk", "192.0.2.67")
        self.answers(kept)
        # Told once, not for each call.
        self.assertEqual(1, self.server.logged().count("cannot be kept"))
        # A start on the full disk serves what was acknowledged.
        self.server.kill()
        self.server.start()
        self.route53 = self.client("route53")
        self.answers(kept)
        self.is_not_kept("there is no room left on the disk")
        os.remove(os.path.join(self.disk, "full"))
        self.works_again()

    def test_a_disk_that_takes_no_writes(self):
        """A disk that turned read-only under us, and one that fails, as strace plays them to the server."""
        for call, error, words in [("pwrite64", "EROFS", "Read-only file system"), ("pwrite64", "EIO", "Input/output error"),
                                   ("fdatasync", "EIO", "Input/output error"), ("pwrite64", "EDQUOT", "no room left")]:
            with self.injected(call, error):
                stage.until(lambda: not self.keeps_a_comment(), lambda: None)
                self.is_not_kept(words)
                self.answers("192.0.2.1")
            stage.until(self.keeps_a_comment, lambda: None)
            self.answers("192.0.2.1")
        self.works_again()

    def keeps_a_comment(self):
        try:
            self.route53.update_hosted_zone_comment(Id=self.zone, Comment=str(time.monotonic()))
            return True
        except ClientError:
            return False

    def injected(self, call, error):
        tracer = subprocess.Popen(
            ["strace", "-f", "-q", "-e", "trace=" + call, "-e", "inject=%s:error=%s" % (call, error), "-o", "/dev/null",
             "-p", str(self.server.process.pid)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        class Injection:
            def __enter__(self):
                return self

            def __exit__(self, *_):
                tracer.terminate()
                try:
                    tracer.wait(10)
                except subprocess.TimeoutExpired:
                    # It waits for a thread that has no turn; the kernel lets all of them go.
                    tracer.kill()
                    tracer.wait()

        return Injection()

    def test_a_start_on_a_disk_that_can_only_be_read(self):
        self.server.stop()
        self.mount("-o", "remount,ro", self.disk)
        status, said = self.server.run("serve", "--state", self.state, "--listen", "127.0.0.1:0")
        self.assertEqual((77, True, True), (status, self.state in said, "Read-only file system" in said), said)
        self.mount("-o", "remount,rw", self.disk)
        self.server.start()
        self.answers("192.0.2.1")

    def test_the_state_is_deleted_under_us(self):
        for name in [self.state, self.state + "-wal"]:
            os.rename(name, name + ".away")
            self.assertIn(name + " was deleted", self.is_not_kept("was deleted or cut, or another file put in its place"))
            self.answers("192.0.2.1")
            self.assertEqual(1, len(self.route53.list_hosted_zones()["HostedZones"]))
            # Another file does not help, and is not touched.
            shutil.copy(name + ".away", name)
            before = os.stat(name)
            self.is_not_kept("was deleted or cut, or another file put in its place", "192.0.2.67")
            after = os.stat(name)
            self.assertEqual((before.st_size, before.st_mtime_ns), (after.st_size, after.st_mtime_ns))
            os.rename(name + ".away", name)
            self.put("192.0.2.1")
        self.works_again()

    def test_the_state_is_cut_under_us(self):
        log = self.state + "-wal"
        for name, octets in [(log, 0), (log, 5000), (self.state, 0), (self.state, 5000)]:
            self.put("192.0.2.1")
            with open(name, "r+b") as file:
                file.truncate(octets)
            other = self.state if name == log else log
            left = os.stat(other).st_size
            # Not once, and not for ever after.
            for address in ["192.0.2.66", "192.0.2.67"]:
                self.assertIn(name + " was", self.is_not_kept("was deleted or cut", address))
            self.answers("192.0.2.1")
            self.assertEqual(0, self.server.stop())
            # What is there still is for who can make something of it.
            self.assertEqual(left, os.stat(other).st_size)
            for ending in ["", "-wal", "-shm"]:
                if os.path.exists(self.state + ending):
                    os.remove(self.state + ending)
            self.server.start()
            self.route53 = self.client("route53")
            self.zone = self.route53.create_hosted_zone(Name="example.com", CallerReference="2")["HostedZone"]["Id"]
            self.put("192.0.2.1")

    def test_an_older_copy_is_written_over_the_state(self):
        away = tempfile.mkdtemp(prefix="classiclink-dns-")
        self.addCleanup(shutil.rmtree, away)
        # One that is shorter than the state, and one of its length.
        others = [os.path.join(away, name) for name in ["older", "newer"]]
        for path, addresses in [(others[0], 30)] + 5 * [(others[1], 2)]:
            self.server.stop()
            shutil.copy(self.state, path)
            self.start()
            for number in reversed(range(addresses)):
                self.put("192.0.2.%d" % number)
            self.server.stop()
            size = os.stat(self.state).st_size
            if path == others[1] and os.stat(path).st_size == size:
                break
            self.start()
        self.assertEqual([True, False], [os.stat(path).st_size < size for path in others])
        whole = os.path.join(away, "whole")
        shutil.copy(self.state, whole)
        for path in others:
            self.start()
            self.answers("192.0.2.0")
            with open(path, "rb") as copy, open(self.state, "r+b") as state:
                state.write(copy.read())
                state.truncate()
            # What was acknowledged is not in it, so nothing more is acknowledged.
            for address in ["192.0.2.66", "192.0.2.67"]:
                self.is_not_kept("another file put in its place", address)
            self.answers("192.0.2.0")
            self.server.stop()
            for ending in ["-wal", "-shm"]:
                if os.path.exists(self.state + ending):
                    os.remove(self.state + ending)
            shutil.copy(whole, self.state)
        self.start()
        self.put("192.0.2.2")
        self.answers("192.0.2.2")

    def test_the_log_may_be_emptied_into_the_state_by_others(self):
        for address in ["192.0.2.2", "192.0.2.3"]:
            with contextlib.closing(sqlite3.connect(self.state)) as other:
                self.assertEqual((0, 0, 0), other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone())
            self.assertEqual(0, os.stat(self.state + "-wal").st_size)
            self.put(address)
            self.answers(address)
        self.server.stop()
        self.server.start()
        self.answers("192.0.2.3")

    def test_others_may_make_the_state_shorter(self):
        for number in range(30):
            self.put("192.0.2.%d" % number)
        with contextlib.closing(sqlite3.connect(self.state, isolation_level=None)) as other:
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            self.put("192.0.2.30")
            size = os.stat(self.state).st_size
            other.execute("DELETE FROM journal WHERE number < (SELECT max(number) FROM journal)")
            other.execute("VACUUM")
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        self.assertLess(os.stat(self.state).st_size, size)
        self.put("192.0.2.31")
        self.server.kill()
        self.server.start()
        self.answers("192.0.2.31")

    def test_the_state_is_deleted_for_good(self):
        for ending in ["", "-wal", "-shm", ".lock"]:
            os.remove(self.state + ending)
        self.is_not_kept("was deleted")
        self.answers("192.0.2.1")
        self.assertEqual(0, self.server.stop())
        # Nothing is left: it begins with its world, and says nothing of what was lost, since it cannot know.
        self.server.start()
        self.assertEqual(["REFUSED"], self.server.dig_all(NAME))


class LogOnADisk(stage.Stage):
    """A query log on a small disk of its own."""
    disk_octets = 64 << 10

    def setUp(self):
        disk = tempfile.mkdtemp(prefix="classiclink-dns-")
        self.addCleanup(shutil.rmtree, disk)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%d" % self.disk_octets, "tmpfs", disk], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", disk], check=True)
        self.path = os.path.join(disk, "queries.jsonl")
        self.filler = os.path.join(disk, "filler")
        with open(self.filler, "wb") as file:
            file.write(b"x" * (self.disk_octets // 2))
        self.flags = ("--query-log", self.path)
        super().setUp()

    def lines(self):
        with open(self.path) as file:
            return file.read().split("\n")

    def test_what_is_there_is_counted_and_the_next_line_begins_anew(self):
        asked = 400
        stage.ask_often(self.server.port, asked)
        number = lambda name: self.server.metrics()["classiclink_dns_query_log_%s_total" % name]
        stage.until(lambda: number("lines") + number("dropped") >= asked, lambda: time.sleep(0.01))
        *whole, torn = self.lines()
        self.assertEqual((len(whole), asked - len(whole)), (number("lines"), number("dropped")))
        self.assertNotEqual("", torn, "the disk ended between two lines")
        os.truncate(self.filler, 0)
        # A restart, and no word of what the last server was doing.
        self.server.kill()
        self.server.start()
        stage.ask_often(self.server.port, 1)
        stage.until(lambda: len(self.lines()) == len(whole) + 3, lambda: time.sleep(0.01))
        self.assertEqual(torn, self.lines()[len(whole)])
        self.assertEqual("whoami.", json.loads(self.lines()[-2])["query_name"])


class Files(stage.Stage):
    """A world of files that are read again."""

    def setUp(self):
        folder = tempfile.mkdtemp(prefix="classiclink-dns-")
        self.addCleanup(shutil.rmtree, folder)
        self.path = os.path.join(folder, "world.yaml")
        self.zone = os.path.join(folder, "corp.zone")
        self.whole = stage.EMPTY + ZONE % "192.0.2.1" + "  - {Id: Z2, Name: corp.example, ZoneFile: corp.zone}\n"
        self.write(self.whole, "www 60 A 192.0.2.7\n")
        self.server = stage.Server(self.path)
        self.addCleanup(self.server.close)

    def write(self, world=None, zone=None):
        for path, text in [(self.path, world), (self.zone, zone)]:
            if text is not None:
                with open(path, "w") as file:
                    file.write(text)

    def reload(self, words):
        before = len(self.server.logged())
        self.server.process.send_signal(signal.SIGHUP)
        stage.until(lambda: words in self.server.logged()[before:], lambda: time.sleep(0.01))
        return self.server.logged()[before:]

    def is_refused(self, place, words):
        said = self.reload("the world was not changed")
        self.assertRegex(said, place)
        self.assertIn(words, said)
        self.assertEqual(["192.0.2.1"], self.server.dig_all(NAME))
        self.assertEqual(["192.0.2.7"], self.server.dig_all("www.corp.example"))
        status, text = self.server.get("/readyz")
        self.assertEqual(200, status)
        self.assertRegex(text, "^ready, generation 1; the world was not read again: .*" + place)
        self.assertIn("classiclink_dns_last_reload_successful 0\n", self.server.get("/metrics")[1])

    def test_what_is_not_whole_changes_nothing(self):
        self.write(self.whole[:self.whole.index("Value: 192")])
        self.is_refused(r"world\.yaml:\d+:\d+: ", "world.yaml")
        os.remove(self.path)
        self.is_refused(r"world\.yaml: ", "no such file or folder")
        # As an editor or a copy leaves it for a moment.
        for nothing in ["", "# all of it\n"]:
            self.write(nothing)
            self.is_refused(r"world\.yaml: ", "there is nothing in it")
        # Whoever would write into it never comes.
        os.remove(self.path)
        os.mkfifo(self.path)
        self.is_refused(r"world\.yaml: ", "nobody writes into the pipe")
        os.remove(self.path)
        self.write(self.whole)
        os.remove(self.zone)
        self.is_refused(r"world\.yaml:7:44: ", "there is no file " + self.zone)
        self.write(zone="; all of it\n")
        self.is_refused(r"corp\.zone: ", "there is nothing in it")
        self.write(zone="www 60 A 192.0.2.8\nmail 60 MX 10")
        self.is_refused(r"corp\.zone:2", "")
        self.write(zone="@ 60 SOA ns hostmaster 1 60 60 60 60\n")
        self.reload("a new world is in force")
        self.assertEqual(["NXDOMAIN"], self.server.dig_all("www.corp.example"))
        self.write(zone="www 60 A 192.0.2.8\n")
        self.reload("a new world is in force")
        self.assertEqual(["192.0.2.8"], self.server.dig_all("www.corp.example"))
        self.assertEqual((200, "ready, generation 3\n"), self.server.get("/readyz"))
        self.assertIn("classiclink_dns_last_reload_successful 1\n", self.server.get("/metrics")[1])

    def test_one_file_of_several_says_nothing_any_more(self):
        folder = os.path.dirname(self.path)
        other = os.path.join(folder, "other.yaml")
        with open(other, "w") as file:
            file.write("# Not yet.\n")
        self.server.close()
        self.server = stage.Server(folder)
        self.addCleanup(self.server.close)
        # What said nothing before may do so again.
        self.reload("a new world is in force")
        os.truncate(self.path, 0)
        self.assertIn(self.path + ": there is nothing in it", self.reload("the world was not changed"))
        self.assertEqual(["192.0.2.1"], self.server.dig_all(NAME))
        self.write("{}")
        self.reload("a new world is in force")
        self.assertEqual(["REFUSED"], self.server.dig_all(NAME))

    def test_an_open_file_that_is_cut_ends_nothing(self):
        """As an editor that writes in place leaves it for a moment."""
        for length in range(0, len(self.whole), 17):
            self.write(self.whole[:length])
            before = len(self.server.logged())
            self.server.process.send_signal(signal.SIGHUP)
            stage.until(lambda: "the world was not changed" in self.server.logged()[before:]
                        or "a new world is in force" in self.server.logged()[before:], lambda: time.sleep(0.005))
        self.write(self.whole)
        self.reload("a new world is in force")
        self.assertEqual(["192.0.2.1"], self.server.dig_all(NAME))


class Clock(stage.Stage):
    """A server whose wall clock is what a file says, by a library that is loaded before the system's."""
    token = "a-token-for-the-clock"

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="classiclink-dns-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.offset = os.path.join(self.folder, "offset")
        self.set_clock(0)
        token = os.path.join(self.folder, "token")
        with open(token, "w") as file:
            file.write(self.token)
        self.server = stage.Server(
            flags=["--api-token", token], state=os.path.join(self.folder, "state"), secret=self.token,
            environment={"LD_PRELOAD": stage.preload(self, "clock.c"), "CLOCK_OFFSET_FILE": self.offset})
        self.addCleanup(self.server.close)

    def set_clock(self, seconds):
        """To so many seconds beside the true time."""
        with open(self.offset + ".new", "w") as file:
            file.write("%d\n" % seconds)
        os.rename(self.offset + ".new", self.offset)

    def bearer(self, body):
        """A call that no clock decides on."""
        done = subprocess.run(
            ["curl", "-s", "-H", "Authorization: Bearer " + self.token, "-d", body, self.server.url],
            stdout=subprocess.PIPE, universal_newlines=True, check=True)
        return done.stdout

    def make(self, network):
        text = self.bearer("Action=CreateVpc&Version=2016-11-15&CidrBlock=" + network)
        return text.split("<vpcId>")[1].split("<")[0]

    def test_changes_keep_their_order_when_the_clock_is_set_back(self):
        made = [self.make("10.0.0.0/16")]
        for seconds in [-YEAR, -YEAR - HOUR, YEAR, -50 * YEAR, 0]:
            self.set_clock(seconds)
            made.append(self.make("10.%d.0.0/16" % len(made)))
            self.assertEqual(["REFUSED"], self.server.dig_all(NAME))
        self.assertEqual(len(made), len(set(made)))
        self.server.kill()
        self.set_clock(-2 * YEAR)
        self.server.start()
        text = self.bearer("Action=DescribeVpcs&Version=2016-11-15")
        self.assertEqual(sorted(made), sorted(part.split("<")[0] for part in text.split("<vpcId>")[1:]))
        journal = subprocess.run([stage.PROGRAM, "journal", "--state", self.server.state], stdout=subprocess.PIPE,
                                 universal_newlines=True, check=True).stdout
        # By number, whatever the time says; the time says what the clock said.
        self.assertEqual(made, sorted(made, key=journal.index))
        years = [int(line.split("T")[0][-10:-6]) for line in journal.splitlines() if "ec2:CreateVpc" in line]
        now = time.gmtime().tm_year
        self.assertEqual(len(made), len(years))
        self.assertTrue(years[1] < years[0] < years[3] and years[4] < now - 40, years)

    def test_an_instance_that_was_terminated_is_remembered_across_the_jump(self):
        text = self.bearer("Action=RunInstances&Version=2016-11-15&ImageId=ami-1&MinCount=1&MaxCount=1")
        instance = text.split("<instanceId>")[1].split("<")[0]
        self.bearer("Action=TerminateInstances&Version=2016-11-15&InstanceId.1=" + instance)
        for seconds in [-YEAR, 0]:
            self.set_clock(seconds)
            self.assertIn(instance, self.bearer("Action=DescribeInstances&Version=2016-11-15"))
        self.set_clock(2 * HOUR)
        self.assertNotIn(instance, self.bearer("Action=DescribeInstances&Version=2016-11-15"))

    def test_a_signature_of_another_time_is_refused_and_says_so(self):
        ec2 = self.client("ec2")
        for seconds in [-14 * 60, 14 * 60]:
            self.set_clock(seconds)
            ec2.describe_vpcs()
        for seconds in [-16 * 60, 16 * 60, -YEAR]:
            self.set_clock(seconds)
            self.assertIn("15 minutes apart", self.refused("RequestExpired", ec2.describe_vpcs))
            self.refused("SignatureDoesNotMatch", self.client("rds").describe_db_instances)
        self.set_clock(0)
        ec2.describe_vpcs()


if __name__ == "__main__":
    stage.within_namespaces()
    stage.main()
