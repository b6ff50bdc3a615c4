"""Seeing what the server does: the query log, /metrics, health, and what systemd is told."""
import calendar
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import stage

WORLD = """
Region: us-east-1
Vpcs:
  - {VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true, ClassicLinkEnabled: true, OwnerId: "210987654321"}
  - {VpcId: vpc-5e6f7a8b, CidrBlock: 10.1.0.0/16, EnableDnsSupport: false}
Instances:
  - {InstanceId: i-0aaa0001, PrivateIpAddress: 10.112.0.9, PublicIpAddress: 203.0.113.9, OwnerId: "210987654321"}
  - {InstanceId: i-0aaa0002, PrivateIpAddress: 10.112.0.10}
  - {InstanceId: i-0bbb0002, VpcId: vpc-1a2b3c4d, PrivateIpAddress: 10.0.0.5, PublicIpAddress: 203.0.113.25, OwnerId: "210987654321"}
  - {InstanceId: i-0ccc0003, VpcId: vpc-5e6f7a8b, PrivateIpAddress: 10.1.0.5}
SecurityGroups:
  - {GroupId: sg-2b2b2b2b, GroupName: web, VpcId: vpc-1a2b3c4d, OwnerId: "210987654321"}
ClassicLinkInstances:
  - {InstanceId: i-0aaa0001, VpcId: vpc-1a2b3c4d, Groups: [{GroupId: sg-2b2b2b2b}]}
Requesters:
  - {SourceAddress: 127.0.1.11, InstanceId: i-0aaa0001}
  - {SourceAddress: 127.0.1.12, InstanceId: i-0bbb0002}
  - {SourceAddress: 127.0.1.13, InstanceId: i-0aaa0002}
  - {SourceAddress: 127.0.1.14, InstanceId: i-0ccc0003}
HostedZones:
  - Id: ZLARGE
    Name: example.com.
    ResourceRecordSets:
      - {Name: "large.example.com.", Type: TXT, TTL: 60, ResourceRecords: [%s]}
""" % ", ".join("{Value: '\"%03d%s\"'}" % (number, "x" * 180) for number in range(8))
NAME = "ec2-203-0-113-25.compute-1.amazonaws.com"


class Seeing(stage.Stage):
    """A server whose query log is a file."""
    world = WORLD

    def setUp(self):
        self.path = os.path.join(tempfile.mkdtemp(prefix="classiclink-dns-"), "queries.jsonl")
        self.addCleanup(shutil.rmtree, os.path.dirname(self.path))
        self.flags = ("--query-log", self.path) + tuple(type(self).flags)
        super().setUp()

    def lines(self, count, path=None):
        """The lines of the log, once there are `count` of them."""
        deadline = time.monotonic() + stage.PATIENCE
        while True:
            with open(path or self.path) as file:
                lines = [json.loads(line) for line in file if line.endswith("\n")]
            if len(lines) >= count or time.monotonic() > deadline:
                self.assertEqual(count, len(lines), lines)
                return lines
            time.sleep(0.01)


class QueryLog(Seeing):
    flags = ("--trust", "127.0.0.3/32=ecs")

    def test_a_line_has_the_fields_of_route_53_resolver(self):
        before = time.time()
        self.server.dig(NAME, source="127.0.1.12", port=40001)
        line = self.lines(1)[0]
        stamp = calendar.timegm(time.strptime(line.pop("query_timestamp"), "%Y-%m-%dT%H:%M:%SZ"))
        self.assertTrue(before - 2 <= stamp <= time.time() + 2, stamp)
        ours = line.pop("classiclink_dns")
        self.assertEqual({
            "version": "1.100000", "account_id": "210987654321", "region": "us-east-1", "vpc_id": "vpc-1a2b3c4d",
            "query_name": NAME + ".", "query_type": "A", "query_class": "IN", "rcode": "NOERROR",
            "answers": [{"Rdata": "10.0.0.5", "Type": "A", "Class": "IN"}], "srcaddr": "127.0.1.12",
            "srcport": "40001", "transport": "UDP", "srcids": {"instance": "i-0bbb0002"}}, line)
        self.assertEqual({
            "asker": "instance", "column": "a4", "rules": ["sameVPC"], "network": "any",
            "listener": "127.0.0.1:%d" % self.server.port, "generation": 1, "extended_errors": []}, ours)

    def test_who_asked_for_what_is_not_everybodys_to_read(self):
        self.assertEqual(0, os.stat(self.path).st_mode & 0o007)

    def test_a_linked_instance_is_in_the_log_of_its_vpc_while_dns_support_is_on(self):
        ec2 = self.client("ec2", account="210987654321")
        self.server.dig(NAME, source="127.0.1.11")
        ec2.enable_vpc_classic_link_dns_support(VpcId="vpc-1a2b3c4d")
        self.server.dig(NAME, source="127.0.1.11", tcp=True)
        off, on = self.lines(2)
        self.assertNotIn("vpc_id", off)
        self.assertEqual("vpc-1a2b3c4d", on["vpc_id"])
        self.assertEqual(["a2", "a3"], [line["classiclink_dns"]["column"] for line in (off, on)])
        self.assertEqual(["203.0.113.25", "10.0.0.5"], [line["answers"][0]["Rdata"] for line in (off, on)])
        self.assertEqual(["UDP", "TCP"], [line["transport"] for line in (off, on)])
        self.assertEqual([1, 2], [line["classiclink_dns"]["generation"] for line in (off, on)])
        self.assertEqual("vpc-1a2b3c4d", off["classiclink_dns"]["linked_vpc_id"])

    def test_every_answer_has_a_line_remembered_ones_too(self):
        for port in range(41000, 41000 + stage.PORTS):
            for _ in range(2):
                self.server.dig(NAME, source="127.0.1.12", port=port)
        self.assertEqual(2 * stage.PORTS, len(self.lines(2 * stage.PORTS)))

    def test_who_else_asks(self):
        self.server.dig("nosuch.example.com")
        self.server.dig(NAME, source="127.0.1.13")
        internet, classic = self.lines(2)
        for key in ("account_id", "region", "vpc_id"):
            self.assertNotIn(key, internet)
        self.assertEqual(("NXDOMAIN", [], {}), (internet["rcode"], internet["answers"], internet["srcids"]))
        self.assertEqual("internet", internet["classiclink_dns"]["asker"])
        self.assertEqual(("123456789012", "us-east-1"), (classic["account_id"], classic["region"]))
        self.assertNotIn("vpc_id", classic)

    def test_an_answer_that_is_too_long_is_cut_and_says_so(self):
        self.assertEqual(8, len(self.server.dig("large.example.com", "TXT", tcp=True)))
        line = self.lines(1)[0]
        self.assertEqual("large.example.com.", line["query_name"])
        self.assertEqual(2, len(line["answers"]))
        self.assertEqual('"000%s"' % ("x" * 180), line["answers"][0]["Rdata"])
        self.assertGreater(line["classiclink_dns"]["octets"], 8 * 180)

    def test_a_forwarder_names_the_asker(self):
        self.server.dig(NAME, source="127.0.0.3", extra=["+subnet=10.112.0.9/32"])
        line = self.lines(1)[0]
        self.assertEqual("10.112.0.9", line["srcaddr"])
        self.assertEqual("i-0aaa0001", line["srcids"]["instance"])
        self.assertEqual("127.0.0.3", line["classiclink_dns"]["forwarder"])

    def test_who_has_no_dns_support_gets_no_answer_and_no_line(self):
        self.server.dig("whoami", "TXT", source="127.0.1.14", extra=["CH"])
        with self.assertRaises(subprocess.CalledProcessError):
            self.server.dig(NAME, source="127.0.1.14", patience=1)
        self.server.dig(NAME, source="127.0.1.12")
        whoami, answered = self.lines(2)
        self.assertEqual(("CH", "whoami."), (whoami["query_class"], whoami["query_name"]))
        self.assertEqual("127.0.1.12", answered["srcaddr"])

    def test_a_rotation_leaves_no_gap(self):
        self.server.dig(NAME, source="127.0.1.12")
        self.lines(1)
        os.rename(self.path, self.path + ".1")
        self.server.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + stage.PATIENCE
        while not os.path.exists(self.path) and time.monotonic() < deadline:
            time.sleep(0.01)
        self.server.dig(NAME, source="127.0.1.12")
        self.assertEqual(1, len(self.lines(1)))
        self.assertEqual(1, len(self.lines(1, self.path + ".1")))

    def test_a_line_that_an_earlier_server_left_unfinished_stays_alone(self):
        self.assertEqual(0, self.server.stop())
        with open(self.path, "w") as file:
            file.write('{"version":"1.100')
        self.server.start()
        self.server.dig(NAME, source="127.0.1.12")

        def text():
            with open(self.path) as file:
                return file.read()
        stage.until(lambda: text().endswith("\n"), lambda: time.sleep(0.01))
        torn, line = text().splitlines()
        self.assertEqual(('{"version":"1.100', NAME + "."), (torn, json.loads(line)["query_name"]))

    def test_a_world_that_changes_again_lends_nothing_to_an_answer_of_before(self):
        """Each question is asked with DNS support on, which is then taken away at once."""
        ec2 = self.client("ec2", account="210987654321")
        packet = stage.question(NAME)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
            asker.settimeout(stage.PATIENCE)
            asker.bind(("127.0.1.11", 0))
            asker.connect(("127.0.0.1", self.server.port))
            for _ in range(20):
                ec2.enable_vpc_classic_link_dns_support(VpcId="vpc-1a2b3c4d")
                asker.send(packet)
                asker.recv(4096)
                ec2.disable_vpc_classic_link_dns_support(VpcId="vpc-1a2b3c4d")
        for line in self.lines(20):
            self.assertEqual(["10.0.0.5"], [record["Rdata"] for record in line["answers"]])
            ours = line["classiclink_dns"]
            known = (line.get("vpc_id"), ours.get("column"), "rules" in ours)
            self.assertIn(known, [("vpc-1a2b3c4d", "a3", True), (None, None, False)])

    def test_what_waits_is_written_at_the_end(self):
        for _ in range(3):
            self.server.dig(NAME, source="127.0.1.12")
        self.assertEqual(0, self.server.stop())
        with open(self.path) as file:
            self.assertEqual(3, len(file.readlines()))

    def test_a_log_that_cannot_be_opened_is_an_error_at_the_start(self):
        status, said = self.server.run(
            "serve", "--world", self.server.worlds[1], "--listen", "127.0.0.1:0", "--query-log", "/no/such/folder")
        self.assertEqual(69, status)
        self.assertIn("/no/such/folder", said)


class FullDisk(stage.Stage):
    """A log on which nothing can be written."""
    world = WORLD
    flags = ("--query-log", "/dev/full")

    def test_answers_go_on_and_the_loss_is_counted(self):
        for _ in range(3):
            self.assertEqual(["10.0.0.5"], self.server.dig(NAME, source="127.0.1.12"))
        deadline = time.monotonic() + stage.PATIENCE
        while "classiclink_dns_query_log_dropped_total 3\n" not in self.server.get("/metrics")[1]:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        self.assertEqual(0, self.server.stop())
        self.assertEqual(1, self.server.logged().count("the query log is not written"))


class SleepingReader(stage.Stage):
    """A log that is a pipe whose reader sleeps: the pipe is full soon."""
    world = WORLD
    workers = 4

    def setUp(self):
        self.path = os.path.join(tempfile.mkdtemp(prefix="classiclink-dns-"), "queries.jsonl")
        self.addCleanup(shutil.rmtree, os.path.dirname(self.path))
        os.mkfifo(self.path)
        reader = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        self.flags = ("--query-log", self.path, "--workers", str(self.workers))
        super().setUp()

    def test_is_not_waited_for_at_the_end(self):
        """With every ring full, a wait for each write would take longer than anybody's patience."""
        for _ in range(20 * self.workers):
            stage.ask_often(self.server.port, 1000)
        self.assertEqual(0, self.server.stop())

    def test_does_not_hold_up_a_rotation(self):
        stage.ask_often(self.server.port, 1000)
        os.rename(self.path, self.path + ".1")
        self.server.process.send_signal(signal.SIGHUP)
        last = {}

        def has_line():
            if os.path.exists(self.path):
                with open(self.path) as file:
                    for line in file:
                        if line.endswith("\n"):
                            last.update(json.loads(line))
            return last.get("query_type") == "AAAA"
        stage.until(has_line, lambda: self.server.dig(NAME, "AAAA"))


class Metrics(Seeing):
    def test_questions_and_calls_are_counted(self):
        before = self.server.metrics()
        self.assertEqual(1, before["classiclink_dns_generation"])
        ec2 = self.client("ec2", account="210987654321")
        ec2.enable_vpc_classic_link_dns_support(VpcId="vpc-1a2b3c4d")
        self.refused("InvalidVpcID.NotFound", ec2.enable_vpc_classic_link, VpcId="vpc-99999999")
        for _ in range(3):
            self.server.dig(NAME, source="127.0.1.12")
        self.server.dig(NAME, source="127.0.1.12", tcp=True)
        self.lines(4)
        # A worker shows its counters at the end of a turn, just after its answers.
        deadline = time.monotonic() + stage.PATIENCE
        while True:
            after = self.server.metrics()
            grown = lambda name: after[name] - before.get(name, 0)
            if grown("classiclink_dns_responses_total") >= 4 or time.monotonic() > deadline:
                break
            time.sleep(0.01)
        self.assertEqual(3, grown('classiclink_dns_requests_total{proto="udp"}'))
        self.assertEqual(1, grown('classiclink_dns_requests_total{proto="tcp"}'))
        self.assertEqual(4, grown("classiclink_dns_responses_total"))
        self.assertEqual(1, grown("classiclink_dns_tcp_connections_total"))
        # dig sends a cookie of its own with each question.
        self.assertEqual(4, grown('classiclink_dns_cookies_total{state="new"}'))
        self.assertEqual(0, grown('classiclink_dns_cookies_total{state="valid"}'))
        self.assertEqual(4, grown("classiclink_dns_query_log_lines_total"))
        self.assertEqual(0, grown("classiclink_dns_query_log_dropped_total"))
        self.assertEqual(1, grown('classiclink_dns_api_calls_total{service="ec2",outcome="ok"}'))
        self.assertEqual(1, grown('classiclink_dns_api_calls_total{service="ec2",outcome="refused"}'))
        self.assertEqual(1, grown('classiclink_dns_http_requests_total{code="400"}'))
        self.assertEqual(2, after["classiclink_dns_generation"])
        self.assertGreater(after["process_resident_memory_bytes"], 1 << 20)

    def test_names_that_clients_invent_make_no_series(self):
        before = set(self.server.metrics())
        for number in range(20):
            self.server.get("/?Action=Invented%d&Version=2016-11-15" % number)
            self.server.get("/?Action=DescribeVpcs&Version=invented-%d" % number)
        self.assertLess(len(set(self.server.metrics()) - before), 5)


class State(stage.Stage):
    def setUp(self):
        folder = tempfile.mkdtemp(prefix="classiclink-dns-")
        self.addCleanup(shutil.rmtree, folder)
        self.server = stage.Server(WORLD, state=os.path.join(folder, "state"))
        self.addCleanup(self.server.close)

    def test_commits_are_timed(self):
        self.client("ec2", account="210987654321").enable_vpc_classic_link_dns_support(VpcId="vpc-1a2b3c4d")
        text = self.server.get("/metrics")[1]
        self.assertIn("classiclink_dns_commit_duration_seconds_count 1\n", text)
        self.assertIn('classiclink_dns_commit_duration_seconds_bucket{le="+Inf"} 1\n', text)


class Healthcheck(stage.Stage):
    world = WORLD

    def check(self, *arguments):
        return self.server.run("healthcheck", *arguments)

    def test_a_server_that_runs_and_one_that_does_not(self):
        dns, url = "127.0.0.1:%d" % self.server.port, self.server.url
        self.assertEqual((0, ""), self.check("--dns", dns))
        self.assertEqual((0, ""), self.check("--dns", dns, "--url", url))
        self.assertEqual((0, ""), self.check("--dns", dns, "--url", url.replace("127.0.0.1", "localhost") + "/"))
        self.assertEqual(0, self.server.stop())
        status, said = self.check("--dns", dns)
        self.assertEqual(1, status)
        self.assertIn(dns, said)

    def test_a_server_that_says_nothing_is_not_waited_for(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent, socket.socket() as mute:
            silent.bind(("127.0.0.1", 0))
            mute.bind(("127.0.0.1", 0))
            mute.listen()
            status, said = self.check("--timeout", "0.2", "--dns", "127.0.0.1:%d" % silent.getsockname()[1])
            self.assertEqual((1, True), (status, "does not answer" in said), said)
            status, said = self.check("--timeout", "0.2", "--dns", "127.0.0.1:%d" % self.server.port,
                                      "--url", "http://127.0.0.1:%d" % mute.getsockname()[1])
            self.assertEqual((1, True), (status, "/readyz" in said), said)

    def test_wrong_usage(self):
        for arguments in [("--url", "https://127.0.0.1"), ("--url", "http://example.com"), ("--dns", "nowhere"),
                          ("--timeout", "0")]:
            self.assertEqual(64, self.check(*arguments)[0], arguments)


class ServiceManager(stage.Stage):
    """The test is systemd: it listens where NOTIFY_SOCKET says."""
    world = WORLD

    def play(self, address, name):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(address)
            manager.settimeout(stage.PATIENCE)
            server = stage.Server(WORLD, environment={"NOTIFY_SOCKET": name})
            self.addCleanup(server.close)
            said = lambda: dict(line.split("=", 1) for line in manager.recv(4096).decode().splitlines())
            self.assertEqual({"READY": "1", "STATUS": "Serving generation 1"}, said())
            self.assertEqual(["10.0.0.5"], server.dig(NAME, source="127.0.1.12"))
            before = time.clock_gettime(time.CLOCK_MONOTONIC)
            server.process.send_signal(signal.SIGHUP)
            reloading = said()
            self.assertEqual("1", reloading["RELOADING"])
            after = time.clock_gettime(time.CLOCK_MONOTONIC)
            self.assertTrue(before <= int(reloading["MONOTONIC_USEC"]) / 1e6 <= after)
            self.assertEqual({"READY": "1", "STATUS": "Serving generation 2"}, said())
            server.process.send_signal(signal.SIGTERM)
            self.assertEqual({"STOPPING": "1"}, said())
            self.assertEqual(0, server.process.wait(stage.PATIENCE))

    def test_by_a_path(self):
        path = os.path.join(self.server.folder, "notify")
        self.play(path, path)

    def test_by_an_abstract_name(self):
        name = "classiclink-dns-%d" % os.getpid()
        self.play("\0" + name, "@" + name)


class AWorldWithoutTheVPCOfAListener(stage.Stage):
    """SIGHUP puts the world of the files in the place of what calls made: unless a listener would be nobody's."""
    world = WORLD
    flags = ("--listen", "127.0.0.1:0=vpc-1a2b3c4d")

    def hang_up(self, world, says):
        with open(self.server.worlds[1], "w") as file:
            file.write(world)
        self.server.process.send_signal(signal.SIGHUP)
        stage.until(lambda: says in self.server.logged(), lambda: time.sleep(0.01))

    def vpcs(self):
        return {vpc["VpcId"] for vpc in self.client("ec2").describe_vpcs()["Vpcs"]}

    def test_is_not_taken(self):
        made = self.client("ec2").create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]
        self.hang_up("Vpcs: [{VpcId: vpc-77777777, CidrBlock: 10.7.0.0/16}]", "the world was not changed")
        self.assertEqual({"vpc-5e6f7a8b", made}, self.vpcs())
        self.assertEqual(["203.0.113.25"], self.dig(NAME))
        self.hang_up(WORLD + "\nDhcpOptions: []\n", "a new world is in force")
        self.assertEqual({"vpc-5e6f7a8b"}, self.vpcs())


if __name__ == "__main__":
    stage.main()
