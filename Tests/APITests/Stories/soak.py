"""A long run under mixed load, every answer checked against what the last acknowledged change implies.

    soak.py [--seconds 3600] [--rate 500] [--report FILE] [--lie]

Two servers with two workers each: one whose world calls change (`--state`), one that reads files again (SIGHUP, now
and then broken ones). Behind both an NSD that is killed and started again. Questions over UDP and TCP from several
askers, by EDNS Client Subnet and by the PROXY protocol; connections that hang, garbage for every door, pages. Exit
status 1 on a wrong answer, or when memory or descriptors have grown.
"""
import argparse
import collections
import ipaddress
import math
import os
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback

import stage

# Who may speak for others, and how.
ECS, PROXY = "127.0.0.9", "127.0.0.8"
# Seconds that an answer may take. The server gives other servers some two of them.
PATIENCE = 20
# Seconds between two outages of NSD, how long one is, and for how long after it names of others may fail. A worker
# takes a dead server for dead for 5 s (`RecursionLimits`), and what fails then is remembered for another 5; the rest is
# for a busy machine. So a sixth of an hour is excused, and a worker that is slow to ask again is found.
BETWEEN, OUTAGE, GRACE = 172, 8, 20
# What a long run may grow by, in KiB of memory and in descriptors, and how long one has to be to tell.
MEMORY, DESCRIPTORS, LONG = 5 * 1024, 8, 300
# What it may have for a while, in KiB beside what it has at the end: a layer of recent rows that is compiled. And what
# the load may add to what there was before it: 40 MB after 100 s, for memories of answers, contexts of libunbound with
# their caches and connections, and hardly any after that.
PEAK, LOADED = 8 * 1024, 48 * 1024
# Changes before a long one: they fill the layer of recent rows (some 6 MB until all is compiled together) and SQLite's
# cache once, which at the pace of the load would take the better part of an hour.
FILLING = 4000
NSD = "/usr/sbin/nsd"
NSD_CONFIGURATION = """
server:
  server-count: 1
  ip-address: 127.0.0.1@%(port)d
  do-ip6: no
  username: ""
  zonesdir: "%(folder)s"
  database: ""
  pidfile: "%(folder)s/pid"
  logfile: "%(folder)s/nsd.log"
  xfrdfile: "%(folder)s/xfrd"
  xfrdir: "%(folder)s"
  zonelistfile: "%(folder)s/zones"
  rrl-ratelimit: 0
remote-control:
  control-enable: no
zone:
  name: example.org
  zonefile: example.org.zone
"""
FOREIGN_NAMES, FOREIGN_TTL = 40, 2
PRIVATE = ipaddress.ip_network("10.0.0.0/8")
FILES = """
Region: us-east-1
Vpcs: [{VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.0.0/16, EnableDnsHostnames: %s}]
Instances:
  - {InstanceId: i-0aaa0001, PrivateIpAddress: 10.112.0.9, PublicIpAddress: 203.0.113.9}
  - {InstanceId: i-0bbb0002, VpcId: vpc-1a2b3c4d, PrivateIpAddress: 10.0.0.5, PublicIpAddress: 203.0.113.25}
HostedZones: [{Id: Z1, Name: corp.example, ZoneFile: corp.zone}]
"""
HOSTNAME = "ec2-203-0-113-25.compute-1.amazonaws.com"


class Fact:
    """What a question must be answered with: of every change that is under way the old answer or the new one."""

    def __init__(self, answer):
        self.answers = collections.deque([answer], 16)
        self.first = 0
        self.acknowledged = 0
        self.lock = threading.Lock()

    def begin(self, answer):
        with self.lock:
            if len(self.answers) == self.answers.maxlen:
                self.first += 1
            self.answers.append(answer)

    def acknowledge(self):
        with self.lock:
            self.acknowledged = self.first + len(self.answers) - 1

    def allowed(self, since):
        """Answers to a question that was sent when `since` was the acknowledged one."""
        with self.lock:
            return list(self.answers)[max(0, since - self.first):]


def query(number, name, kind=1, subnet=None):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    data = b"" if subnet is None else struct.pack("!HHHBB", 8, 8, 1, 32, 0) + socket.inet_aton(subnet)
    options = struct.pack("!BHHIH", 0, 41, 1232, 0, len(data)) + data
    return struct.pack("!HHHHHH", number, 0x0100, 1, 0, 0, 1) + labels + struct.pack("!BHH", 0, kind, 1) + options


def proxy_header(source, is_stream):
    return (b"\r\n\r\n\x00\r\nQUIT\n\x21" + (b"\x11" if is_stream else b"\x12") + struct.pack("!H", 12)
            + socket.inet_aton(source) + socket.inet_aton("10.0.0.2") + struct.pack("!HH", 4000, 53))


def read_name(message, place):
    """A name that may be compressed, and where it ends."""
    labels, end = [], None
    while message[place]:
        if message[place] >= 0xc0:
            end = end or place + 2
            place = struct.unpack("!H", message[place:place + 2])[0] & 0x3fff
        else:
            labels.append(message[place + 1:place + 1 + message[place]].decode().lower())
            place += message[place] + 1
    return ".".join(labels), end or place + 1


def lifetimes(owner, address):
    """The TTLs that a record may have: those of others count down, ours are docs/semantics.md's (decision 2)."""
    if owner.endswith("example.org"):
        return range(FOREIGN_TTL + 1)
    return (20,) if owner.startswith("ec2-") and ipaddress.ip_address(address) in PRIVATE else (60,)


def answer(message, question):
    """`(RCODE, the addresses)` of a well-formed answer: ours has QR, RD and RA, and never AA (decision 3)."""
    def claim(holds, what):
        if not holds:
            raise AssertionError("%s: %r, to %r" % (what, message, question))
    flags, questions, records = struct.unpack("!HHH", message[2:8])
    claim(flags & ~15 == 0x8180, "flags %#06x" % flags)
    owner, place = read_name(question, 12)
    place += 4
    claim(questions == 1 and message[12:place] == question[12:place], "another question")
    addresses = []
    for _ in range(records):
        name, place = read_name(message, place)
        claim(name == owner, "a record of %s" % name)
        kind, _, ttl, length = struct.unpack("!HHIH", message[place:place + 10])
        place += 10
        claim(kind in (1, 5), "a record of type %d" % kind)
        address = socket.inet_ntoa(message[place:place + length]) if kind == 1 else None
        claim(ttl in lifetimes(name, address), "a TTL of %d" % ttl)
        if kind == 1:
            addresses.append(address)
        else:
            owner = read_name(message, place)[0]
        place += length
    return flags & 15, tuple(sorted(addresses))


SERVFAIL, NXDOMAIN = (2, ()), (3, ())


class Upstream:
    """NSD, which is there or not."""

    def __init__(self, folder):
        self.folder = folder
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.bind(("127.0.0.1", 0))
            self.port = one.getsockname()[1]
        with open(os.path.join(folder, "nsd.conf"), "w") as file:
            file.write(NSD_CONFIGURATION % {"port": self.port, "folder": folder})
        with open(os.path.join(folder, "example.org.zone"), "w") as file:
            file.write("$TTL %d\n@ SOA ns.example.org. h.example.org. 1 60 60 60 2\n@ NS ns.example.org.\n"
                       "ns A 127.0.0.1\napp CNAME %s.\n" % (FOREIGN_TTL, HOSTNAME))
            for number in range(FOREIGN_NAMES):
                file.write("n%d A 198.51.100.%d\n" % (number, number))
        self.process, self.failed_until = None, 0
        # When failures were excused, and how long after an outage the last one was asked for.
        self.excuses, self.latest = [], 0
        self.start()

    def start(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.settimeout(0.1)
            for _ in range(300):
                # It ends where somebody else has its port for a moment to ask from.
                if self.process is None or self.process.poll() is not None:
                    self.process = subprocess.Popen(
                        [NSD, "-d", "-c", os.path.join(self.folder, "nsd.conf")], stdout=subprocess.DEVNULL,
                        stderr=subprocess.DEVNULL, start_new_session=True)
                try:
                    one.sendto(query(1, "n0.example.org"), ("127.0.0.1", self.port))
                    if one.recv(4096):
                        break
                except OSError:
                    time.sleep(0.05)
            else:
                raise AssertionError("NSD does not answer")

    def kill(self):
        # It answers in a child, of a group of its own.
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def fail(self, pause):
        """Is away for as long as that pause takes."""
        # Two outages may be near, and no second is counted twice.
        gone = max(time.monotonic(), self.failed_until)
        self.failed_until = math.inf
        self.kill()
        pause()
        self.start()
        self.back = time.monotonic()
        self.failed_until = self.back + GRACE
        self.excuses.append((gone, self.failed_until))

    def may_fail(self, since):
        if since < self.failed_until < math.inf:
            self.latest = max(self.latest, since - self.back)
        return since < self.failed_until


class Asker(threading.Thread):
    """Asks questions at a pace until the end."""

    def __init__(self, run, server, questions, pace, is_stream=False, sources=(ECS,)):
        super().__init__(daemon=True)
        self.run_of, self.server, self.questions, self.pace = run, server, questions, pace
        self.is_stream, self.sources = is_stream, sources
        self.count = self.number = 0

    def connect(self):
        kind = socket.SOCK_STREAM if self.is_stream else socket.SOCK_DGRAM
        one = socket.socket(socket.AF_INET, kind)
        one.settimeout(PATIENCE)
        self.source = random.choice(self.sources)
        one.bind((self.source, 0))
        one.connect(("127.0.0.1", self.server.port))
        return one

    def run(self):
        next_time = time.monotonic()
        while not self.run_of.is_over():
            try:
                with self.connect() as one:
                    self.begins = True
                    # A source port for some questions: the kernel then chooses the worker anew.
                    for _ in range(random.randrange(1, 20)):
                        self.ask(one)
                        next_time = max(next_time + 1 / self.pace, time.monotonic() - 1)
                        time.sleep(max(0, next_time - time.monotonic()))
                        if self.run_of.is_over():
                            break
            except Exception:
                self.run_of.wrong(traceback.format_exc())
                return

    def ask(self, one):
        """One question, or over TCP up to three at once."""
        asked = []
        octets = b""
        for _ in range(random.randrange(1, 4) if self.is_stream else 1):
            who, name, fact = random.choice(self.questions)
            # No two that are under way have the same.
            self.number = number = (self.number + 1) % 65536
            head = b""
            if self.source == PROXY and (self.begins or not self.is_stream):
                head = proxy_header(self.proxied(who), self.is_stream)
                self.begins = False
            message = query(number, name, subnet=who if self.source == ECS else None)
            if self.source == PROXY and self.is_stream:
                who, name, fact = self.of_the_same()
                message = query(number, name)
            asked.append((number, message, who, name, fact, fact.acknowledged, time.monotonic()))
            octets += head + (struct.pack("!H", len(message)) if self.is_stream else b"") + message
        one.sendall(octets)
        waiting = {number: rest for number, *rest in asked}
        while waiting:
            reply = self.receive(one)
            number = struct.unpack("!H", reply[:2])[0]
            if number not in waiting:
                raise AssertionError("an answer to no question: %r" % reply)
            message, *rest = waiting.pop(number)
            self.check(answer(reply, message), *rest)
        self.count += len(asked)

    def proxied(self, who):
        self.speaks_for = who
        return who

    def of_the_same(self):
        """A header names the asker for the whole connection."""
        mine = [one for one in self.questions if one[0] == self.speaks_for]
        return random.choice(mine)

    def receive(self, one):
        try:
            if not self.is_stream:
                return one.recv(65535)
            length = struct.unpack("!H", self.exactly(one, 2))[0]
            return self.exactly(one, length)
        except socket.timeout:
            raise AssertionError("no answer within %d seconds" % PATIENCE)

    @staticmethod
    def exactly(one, count):
        octets = b""
        while len(octets) < count:
            more = one.recv(count - len(octets))
            if not more:
                raise AssertionError("the connection was closed")
            octets += more
        return octets

    def check(self, got, who, name, fact, since, sent):
        allowed = fact.allowed(since)
        if got in allowed:
            return
        if got == SERVFAIL and name.endswith("example.org") and self.run_of.upstream.may_fail(sent):
            self.run_of.failures += 1
            return
        self.run_of.wrong("%s asked %s and got %s, not one of %s" % (who, name, got, allowed))


class Run:
    def __init__(self, seconds, rate, lie=False, report=None):
        self.seconds, self.rate, self.report = seconds, rate, report
        self.problems = []
        self.failures = self.changes = self.reloads = self.outages = self.garbage = 0
        self.ends = time.monotonic() + seconds
        self.folder = tempfile.mkdtemp(prefix="classiclink-dns-")
        self.cleanups = [lambda: shutil.rmtree(self.folder, ignore_errors=True)]
        self.samples = []
        try:
            self.begin(lie)
        except BaseException:
            self.close()
            raise

    def begin(self, lie):
        nsd = os.path.join(self.folder, "nsd")
        os.mkdir(nsd)
        self.upstream = Upstream(nsd)
        self.cleanups.append(lambda: self.upstream.process.poll() is None and self.upstream.kill())
        others = ["--upstream", "127.0.0.1:%d" % self.upstream.port, "--query-log", "/dev/null"]
        self.called = stage.Server(
            flags=["--trust", ECS + "/32=ecs"] + others, state=os.path.join(self.folder, "state"))
        self.cleanups.append(self.called.close)
        self.corp = os.path.join(self.folder, "corp.zone")
        self.files = os.path.join(self.folder, "world.yaml")
        self.write_files(1)
        self.read = stage.Server(self.files, ["--trust", ECS + "/32=ecs", "--trust", PROXY + "/32=proxy"] + others)
        self.cleanups.append(self.read.close)
        self.foreign = [("n%d.example.org" % number, Fact((0, ("198.51.100.%d" % number,))))
                        for number in range(FOREIGN_NAMES)]
        self.make_called_world()
        if lie:
            # Of a name that no change makes true again.
            fact = self.foreign[0][1]
            fact.begin((0, ("192.0.2.254",)))
            fact.acknowledge()

    def is_over(self):
        return time.monotonic() >= self.ends or bool(self.problems)

    def wrong(self, problem):
        self.problems.append(problem)

    # What calls change

    def make_called_world(self):
        self.ec2, self.route53 = self.called.client("ec2"), self.called.client("route53")
        ec2 = self.ec2
        self.vpc, subnet = self.make_network("10.0.0.0/16")
        vpc_of_zone, other_subnet = self.make_network("172.31.0.0/16")
        group = ec2.create_security_group(VpcId=self.vpc, GroupName="web", Description="web")["GroupId"]
        inside, user = self.launch(SubnetId=subnet), self.launch(SubnetId=other_subnet)
        linked, other = self.launch(), self.launch()
        ec2.enable_vpc_classic_link(VpcId=self.vpc)
        ec2.attach_classic_link_vpc(InstanceId=linked["InstanceId"], VpcId=self.vpc, Groups=[group])
        self.zone = self.route53.create_hosted_zone(
            Name="corp.internal", CallerReference="1", VPC={"VPCRegion": "us-east-1", "VPCId": vpc_of_zone},
            HostedZoneConfig={"PrivateZone": True})["HostedZone"]["Id"]
        self.put("192.0.2.1")
        who = {name: one["PrivateIpAddress"] for name, one in
               [("inside", inside), ("linked", linked), ("other", other), ("user", user)]}
        self.private, self.public = (0, (who["inside"],)), (0, (inside["PublicIpAddress"],))
        hostname = inside["PublicDnsName"]
        # What the linked instance sees changes with DNS support, what the VPC sees with its hostnames.
        self.seen_linked, self.seen_inside = Fact(self.public), Fact(self.private)
        self.name_of_zone = Fact((0, ("192.0.2.1",)))
        self.called_questions = [
            (who["linked"], hostname, self.seen_linked), (who["inside"], hostname, self.seen_inside),
            (who["other"], hostname, Fact(self.public)), ("192.0.2.77", hostname, Fact(self.public)),
            (who["user"], "www.corp.internal", self.name_of_zone),
            (who["user"], "none.corp.internal", Fact(NXDOMAIN)),
            (who["other"], "ip-%s.ec2.internal" % who["linked"].replace(".", "-"), Fact((0, (who["linked"],)))),
        ] + [(who["user"], name, fact) for name, fact in self.foreign]
        self.support = False
        self.hostnames = True

    def make_network(self, block):
        vpc = self.ec2.create_vpc(CidrBlock=block)["Vpc"]["VpcId"]
        self.ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
        return vpc, self.ec2.create_subnet(VpcId=vpc, CidrBlock=block[:-2] + "20")["Subnet"]["SubnetId"]

    def launch(self, **more):
        if "SubnetId" in more:
            more = {"NetworkInterfaces": [{"DeviceIndex": 0, "SubnetId": more["SubnetId"],
                                           "AssociatePublicIpAddress": True}]}
        made = self.ec2.run_instances(ImageId="ami-1", MinCount=1, MaxCount=1, **more)["Instances"][0]["InstanceId"]
        return self.ec2.describe_instances(InstanceIds=[made])["Reservations"][0]["Instances"][0]

    def put(self, address):
        self.route53.change_resource_record_sets(HostedZoneId=self.zone, ChangeBatch={"Changes": [
            {"Action": "UPSERT", "ResourceRecordSet": {"Name": "www.corp.internal", "Type": "A", "TTL": 60,
                                                       "ResourceRecords": [{"Value": address}]}}]})

    def change(self, *facts):
        """Acknowledges what the call between did."""
        for fact in facts:
            fact.acknowledge()
        self.changes += 1

    def see_linked(self):
        self.seen_linked.begin(self.private if self.support and self.hostnames else self.public)

    def toggle_support(self):
        self.support = not self.support
        self.see_linked()
        call = (self.ec2.enable_vpc_classic_link_dns_support if self.support
                else self.ec2.disable_vpc_classic_link_dns_support)
        call(VpcId=self.vpc)
        self.change(self.seen_linked)

    def toggle_hostnames(self):
        self.hostnames = not self.hostnames
        self.see_linked()
        self.seen_inside.begin(self.private if self.hostnames else self.public)
        self.ec2.modify_vpc_attribute(VpcId=self.vpc, EnableDnsHostnames={"Value": self.hostnames})
        self.change(self.seen_linked, self.seen_inside)

    def change_record(self):
        address = "192.0.2.%d" % random.randrange(1, 200)
        self.name_of_zone.begin((0, (address,)))
        self.put(address)
        self.change(self.name_of_zone)

    def churn(self):
        """An instance comes and goes: its name is there at once, and gone at once."""
        one = self.launch()
        self.changes += 1
        question = [("192.0.2.78", one["PublicDnsName"], Fact((0, (one["PublicIpAddress"],))))]
        self.ask_now(question)
        self.ec2.terminate_instances(InstanceIds=[one["InstanceId"]])
        self.changes += 1
        self.ask_now([question[0][:2] + (Fact(NXDOMAIN),)])

    def ask_now(self, questions):
        asker = Asker(self, self.called, questions, 1)
        with asker.connect() as one:
            asker.begins = True
            asker.ask(one)

    def keep_calling(self):
        while not self.is_over():
            random.choice([self.toggle_support, self.toggle_hostnames, self.change_record, self.change_record,
                           self.change_record, self.churn])()
            # Changes without an effect that is asked for, and calls that are refused.
            self.ec2.create_tags(Resources=[self.vpc], Tags=[{"Key": "n", "Value": str(self.changes % 7)}])
            try:
                self.ec2.enable_vpc_classic_link(VpcId="vpc-99999999")
                self.wrong("a VPC that is not there was changed")
            except Exception as error:
                if "InvalidVpcID.NotFound" not in str(error):
                    raise
            time.sleep(random.uniform(0, 0.4))

    # What is read again

    def write_files(self, edition, hostnames=True, is_whole=True):
        zone = "www 60 A 192.0.2.%d\n" % (edition % 250 + 1)
        for path, text in [(self.corp, zone), (self.files, FILES % str(hostnames).lower())]:
            with open(path, "w") as file:
                file.write(text if is_whole or path == self.corp else text[:len(text) // 2])

    def make_read_questions(self):
        self.edition, self.hostname_of_file = Fact((0, ("192.0.2.2",))), Fact((0, ("10.0.0.5",)))
        inside, classic = "10.0.0.5", "10.112.0.9"
        self.read_questions = [
            (inside, HOSTNAME, self.hostname_of_file), (classic, HOSTNAME, Fact((0, ("203.0.113.25",)))),
            (inside, "www.corp.example", self.edition), (classic, "www.corp.example", self.edition),
            (inside, "app.example.org", self.hostname_of_file),
        ]

    def keep_reloading(self):
        number, generation = 1, 1
        while not self.is_over():
            number += 1
            hostnames = random.random() < 0.5
            is_whole = random.random() < 0.8
            if is_whole:
                generation += 1
                self.edition.begin((0, ("192.0.2.%d" % (number % 250 + 1),)))
                self.hostname_of_file.begin((0, ("10.0.0.5" if hostnames else "203.0.113.25",)))
            self.write_files(number, hostnames, is_whole)
            self.read.process.send_signal(signal.SIGHUP)
            words = "ready, generation %d%s" % (generation, "\n" if is_whole else "; the world was not read again")
            stage.until(lambda: self.read.get("/readyz")[1].startswith(words), lambda: time.sleep(0.02))
            if is_whole:
                self.edition.acknowledge()
                self.hostname_of_file.acknowledge()
            self.reloads += 1
            time.sleep(random.uniform(0.2, 2))

    # What goes wrong outside

    def keep_failing(self):
        while not self.is_over():
            self.pause(min(BETWEEN, self.seconds / 4))
            if self.is_over():
                break
            self.outages += 1
            self.upstream.fail(lambda: self.pause(min(OUTAGE, self.seconds / 8)))

    def pause(self, seconds):
        end = time.monotonic() + seconds
        while not self.is_over() and time.monotonic() < end:
            time.sleep(0.1)

    def keep_disturbing(self):
        """Garbage for every door, and connections that hang."""
        hanging = collections.deque()
        doors = [self.called, self.read]
        while not self.is_over():
            server = random.choice(doors)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
                one.bind((random.choice(["127.0.0.1", ECS, PROXY]), 0))
                for _ in range(10):
                    octets = random.choice([os.urandom(random.randrange(1, 600)),
                                            query(7, "www.corp.internal")[:random.randrange(1, 40)],
                                            proxy_header("10.0.0.5", False)[:random.randrange(1, 28)]])
                    one.sendto(octets, ("127.0.0.1", server.port))
            api = int(server.url.rsplit(":", 1)[1])
            for port, octets in [(server.port, random.choice([b"\x00", b"\xff\xff" + os.urandom(100), b"\x00\x05abc",
                                                              struct.pack("!H", 40) + os.urandom(40)])),
                                 (api, random.choice([b"POST / HTTP/1.1\r\nHost: me\r\nContent-Length: 9\r\n\r\nA",
                                                      os.urandom(50), b"GET /nothing HTTP/1.1\r\n\r\n"]))]:
                one = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
                one.settimeout(PATIENCE)
                one.connect(("127.0.0.1", port))
                try:
                    one.sendall(octets)
                except OSError:
                    pass
                hanging.append(one)
            while len(hanging) > 60:
                hanging.popleft().close()
            self.garbage += 12
            for page, expected in [("/metrics", 200), ("/readyz", 200), ("/explain?from=x&name=%00", 400),
                                   ("/explain?from=internet&name=" + HOSTNAME, 200)]:
                status, text = server.get(page)
                if status != expected or not text:
                    self.wrong("%s: %d %s" % (page, status, text))
            time.sleep(0.5)
        for one in hanging:
            one.close()

    # What is measured

    @staticmethod
    def measure(server):
        """KiB in memory, descriptors, threads, KiB in memory at most."""
        pid = server.process.pid
        with open("/proc/%d/status" % pid) as file:
            status = dict(line.split(":", 1) for line in file)
        return (int(status["VmRSS"].split()[0]), len(os.listdir("/proc/%d/fd" % pid)), int(status["Threads"]),
                int(status["VmHWM"].split()[0]))

    def measure_quiet(self, server):
        """Before the load: the median of five, from which on the kernel keeps the most memory anew (proc(5))."""
        rows = []
        for _ in range(5):
            rows.append(self.measure(server))
            time.sleep(0.2)
        with open("/proc/%d/clear_refs" % server.process.pid, "w") as file:
            file.write("5")
        return sorted(rows)[2]

    def sample(self):
        row = (time.monotonic() - self.began, self.measure(self.called), self.measure(self.read),
               os.path.getsize(self.called.state) >> 10)
        self.samples.append(row)
        return row

    def guarded(self, body):
        def run():
            try:
                body()
            except Exception:
                self.wrong(traceback.format_exc())
        return threading.Thread(target=run, daemon=True)

    def go(self):
        self.make_read_questions()
        if self.seconds >= LONG:
            for number in range(FILLING):
                self.put("192.0.2.%d" % (number % 250 + 2))
            self.put("192.0.2.1")
        self.began = time.monotonic()
        self.ends = self.began + self.seconds
        share = self.rate / 100
        own = self.called_questions[:-FOREIGN_NAMES]
        self.askers = [
            Asker(self, self.called, own, 30 * share), Asker(self, self.called, own, 15 * share, is_stream=True),
            Asker(self, self.called, self.called_questions, 4 * share),
            Asker(self, self.called, self.called_questions, 1 * share, is_stream=True),
            Asker(self, self.read, self.read_questions[:-1], 20 * share),
            Asker(self, self.read, self.read_questions[:-1], 15 * share, sources=[PROXY]),
            Asker(self, self.read, self.read_questions[:-1], 10 * share, is_stream=True, sources=[ECS, PROXY]),
            Asker(self, self.read, self.read_questions, 5 * share),
        ]
        quiet = [self.measure_quiet(server) for server in (self.called, self.read)]
        threads = self.askers + [self.guarded(body) for body in (
            self.keep_calling, self.keep_reloading, self.keep_failing, self.keep_disturbing)]
        for thread in threads:
            thread.start()
        interval = min(10, self.seconds / 5)
        while not self.is_over():
            self.pause(interval)
            self.say("%6d s  calls %d KiB, %d fds, %d threads; files %d KiB, %d fds, %d threads; state %d KiB" % (
                lambda row: (row[0],) + row[1][:3] + row[2][:3] + (row[3],))(self.sample()))
        for thread in threads:
            thread.join(3 * PATIENCE)
            if thread.is_alive():
                self.wrong("a thread of the load does not end")
        for server in (self.called, self.read):
            if server.process.poll() is not None:
                self.wrong("a server has ended: " + server.logged()[-2000:])
        if not self.problems:
            self.judge(quiet)
        return not self.problems

    def judge(self, quiet):
        # What was open for the load is closed by both sides; then as many are open as before it.
        for index, (server, before) in enumerate(zip((self.called, self.read), quiet)):
            deadline = time.monotonic() + 3 * PATIENCE
            while self.measure(server)[1] > before[1] + DESCRIPTORS and time.monotonic() < deadline:
                time.sleep(0.2)
            now = self.measure(server)
            if now[1] > before[1] + DESCRIPTORS:
                self.wrong("descriptors have grown from %d to %d" % (before[1], now[1]))
            # The first fifth warms up: caches fill, connections come.
            rows = [row[1 + index][0] for row in self.samples if row[0] > self.seconds / 5]
            if self.seconds >= LONG and len(rows) > 8:
                first, last = (sorted(part)[len(part) // 2] for part in (rows[:5], rows[-5:]))
                self.say("%s: memory %d KiB before the load, %d KiB, at the end %d KiB: %+d KiB; at most %d KiB; "
                         "descriptors %d, at the end %d" % (("calls", "files")[index], before[0], first, last,
                                                            last - first, now[3], before[1], now[1]))
                for more, bound, how in [(last - first, MEMORY, "has grown by"), (now[3] - last, PEAK, "once had"),
                                         (last - before[0], LOADED, "has grown since before the load by")]:
                    if more > bound:
                        self.wrong("memory %s %d KiB more" % (how, more))

    def say(self, line):
        if self.report:
            with open(self.report, "a") as file:
                file.write(line + "\n")

    def close(self):
        self.ends = 0
        for cleanup in reversed(self.cleanups):
            cleanup()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--rate", type=float, default=500, help="questions a second")
    parser.add_argument("--report", default="/dev/stderr", help="a file for a line every ten seconds")
    parser.add_argument("--lie", action="store_true", help="expect one wrong answer, to see that it is found")
    options = parser.parse_args()
    run = Run(options.seconds, options.rate, options.lie, options.report)
    try:
        is_good = run.go()
        asked = sum(asker.count for asker in run.askers)
        excused = sum(max(0, min(end, run.ends) - begin) for begin, end in run.upstream.excuses)
        print("%d questions, %d changes, %d reloads, %d outages of the upstream (%d questions failed meanwhile, the "
              "last %.0f s after its end; excused %.0f %% of the time), %d pieces of garbage" % (
                  asked, run.changes, run.reloads, run.outages, run.failures, run.upstream.latest,
                  100 * excused / run.seconds, run.garbage))
        for problem in run.problems[:5]:
            print("wrong: " + problem)
        return 0 if is_good else 1
    finally:
        run.close()


if __name__ == "__main__":
    sys.exit(main())
