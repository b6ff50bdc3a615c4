"""Floods: one asker who asks too much, holds too many connections or reads too slowly, and what the others notice."""
import os
import resource
import select
import socket
import struct
import subprocess
import threading
import time

import stage

LARGE = "large.example.com"
WORLD = """
Region: us-east-1
Vpcs:
  - {VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}
Instances:
  - {InstanceId: i-0bbb0001, VpcId: vpc-1a2b3c4d, PrivateIpAddress: 10.0.0.4}
  - {InstanceId: i-0bbb0002, VpcId: vpc-1a2b3c4d, PrivateIpAddress: 10.0.0.5}
Requesters:
  - {SourceAddress: 127.0.1.1, InstanceId: i-0bbb0001}
  - {SourceAddress: 127.0.2.1, InstanceId: i-0bbb0002}
HostedZones:
  - Id: ZLARGE
    Name: example.com.
    ResourceRecordSets:
      - {Name: "%s.", Type: TXT, TTL: 60, ResourceRecords: [%s]}
""" % (LARGE, ", ".join("{Value: '\"%03d%s\"'}" % (number, "x" * 240) for number in range(200)))
NAME = "ip-10-0-0-5.ec2.internal"
FLOODER, OTHER, NEIGHBOUR = "127.0.1.1", "127.0.2.1", "127.0.1.200"
A, TXT = 1, 16
# Questions of a flood between two of another asker: fewer than the server's socket holds, so that every loss is the
# server's doing.
BURST = 100
# What the server may grow by, whatever is done to it: 64 MB of what waits in connections, 8 KB for each of 4,096 slots,
# and its tables, which are touched bit by bit.
MOST_GROWTH = 160 << 20
if "ASAN_OPTIONS" in os.environ:
    # The sanitizer keeps what was given back, 256 MB of it, and its notes on all memory.
    MOST_GROWTH += 512 << 20


def question(number, name=NAME, kind=A):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack(">HHHHHH", number & 0xffff, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">HH", kind, 1)


def framed(message):
    return struct.pack(">H", len(message)) + message


class Asker:
    """A socket of one address."""

    def __init__(self, server, source, tcp=False, buffer=None):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM)
        if buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.socket.settimeout(stage.PATIENCE)
        self.socket.bind((source, 0))
        self.socket.connect(("127.0.0.1", server.port))
        self.number = 0

    def close(self):
        self.socket.close()

    def send(self, count=1):
        for _ in range(count):
            self.number += 1
            self.socket.send(question(self.number))

    def send_at_once(self, message):
        """Some dozens of the same, cut into datagrams by the kernel (udp(7), UDP_SEGMENT): faster than any worker."""
        self.socket.setsockopt(socket.IPPROTO_UDP, 103, len(message))
        self.socket.send(message * 60)
        self.socket.setsockopt(socket.IPPROTO_UDP, 103, 0)

    def ask(self):
        """The flags of the answer to one question, waited for."""
        self.send()
        answer = self.socket.recv(4096)
        assert struct.unpack(">H", answer[:2])[0] == self.number & 0xffff
        return struct.unpack(">H", answer[2:4])[0]

    def heard(self):
        """Flags of the answers that are here."""
        found, patience = [], self.socket.gettimeout()
        self.socket.setblocking(False)
        try:
            while True:
                found.append(struct.unpack(">H", self.socket.recv(4096)[2:4])[0])
        except OSError:
            pass
        self.socket.settimeout(patience)
        return found

    def ask_over_tcp(self):
        self.number += 1
        self.socket.sendall(framed(question(self.number)))
        return self.message()

    def message(self):
        """The next message of a stream; None at its end."""
        octets, count = b"", 2
        while len(octets) < count:
            try:
                more = self.socket.recv(count - len(octets))
            except ConnectionResetError:
                more = b""
            if not more:
                return None
            octets += more
            if len(octets) == 2 and count == 2:
                count = 2 + struct.unpack(">H", octets)[0]
        return octets[2:]


def is_truncated(flags):
    return flags & 0x0200 != 0


class Floods(stage.Stage):
    world = WORLD

    def asker(self, source, **how):
        asker = Asker(self.server, source, **how)
        self.addCleanup(asker.close)
        return asker

    def flood(self, flooders, other, bursts, burst=BURST):
        """Bursts of the flooders, a question of the other asker after each: all of those are answered in full."""
        for _ in range(bursts):
            for flooder in flooders:
                flooder.send(burst // len(flooders))
            self.assertFalse(is_truncated(other.ask()))

    def flood_until(self, counter, flooders, other):
        """As much as it takes, however slow the machine is."""
        stage.until(lambda: self.server.metrics()[counter] > 0, lambda: self.flood(flooders, other, bursts=20))

    def drown(self, flooder, message):
        """A flood that comes faster than it is taken out of the socket: its source is shut out."""
        def send():
            for _ in range(200):
                flooder.send_at_once(message)

        before = self.server.metrics()["classiclink_dns_shut_outs_total"]
        stage.until(lambda: self.server.metrics()["classiclink_dns_shut_outs_total"] > before, send)

    def is_answered(self, source):
        """By dig, which asks again: what a slow build has not taken out yet of a flood leaves no room in its socket."""
        self.assertEqual(["10.0.0.5"], self.server.dig(NAME, source=source, extra=["+tries=10", "+time=2"]))

    def memory(self):
        with open("/proc/%d/status" % self.server.process.pid) as file:
            return next(int(line.split()[1]) << 10 for line in file if line.startswith("VmRSS:"))


class NoLimits(Floods):
    def test_nobody_is_limited_unless_asked_for(self):
        asker = self.asker(FLOODER)
        for _ in range(5000):
            self.assertFalse(is_truncated(asker.ask()))
        counted = self.server.metrics()
        self.assertEqual(5000, counted["classiclink_dns_responses_total"])
        for series in ('rate_limited_total{action="drop"}', 'rate_limited_total{action="slip"}',
                       "packet_quota_drops_total", "drops_total"):
            self.assertEqual(0, counted["classiclink_dns_" + series], series)

    def test_a_source_that_holds_connections_leaves_room_for_others(self):
        held = [self.asker(FLOODER, tcp=True) for _ in range(1100)]
        refused = 'classiclink_dns_tcp_connections_refused_total{limit="%s"}'
        stage.until(lambda: self.server.metrics()[refused % "client"] == 76, lambda: time.sleep(0.01))
        self.assertIsNotNone(self.asker(OTHER, tcp=True).ask_over_tcp())
        self.assertIsNotNone(held[0].ask_over_tcp())
        self.assertEqual(0, self.server.metrics()[refused % "all"])

    def test_descriptors_run_out_and_come_back(self):
        pid = self.server.process.pid
        before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        # A few more than there are.
        most = len(os.listdir("/proc/%d/fd" % pid)) + 10
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (most, before[1]))
        udp = self.asker(OTHER)
        held = []
        for _ in range(60):
            held.append(self.asker(FLOODER, tcp=True))
            # Datagrams need no descriptor.
            udp.ask()
        served = [asker for asker in self.asked(held, wait=False) if asker.message() is not None]
        self.assertTrue(0 < len(served) <= 10, len(served))
        # Who is idle makes room for those behind him, also when he asks often enough for nobody to end him by himself.
        other = self.asker(OTHER, tcp=True)
        other.socket.sendall(framed(question(1)))

        def ask_now_and_then():
            for asker in held:
                try:
                    asker.socket.send(framed(question(1)), socket.MSG_DONTWAIT)
                except OSError:
                    pass
            time.sleep(2)
        stage.until(lambda: select.select([other.socket], [], [], 0)[0], ask_now_and_then)
        self.assertIsNotNone(other.message())
        for asker in held:
            asker.close()
        self.assertIsNotNone(self.asker(OTHER, tcp=True).ask_over_tcp())
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
        many = [self.asker(OTHER, tcp=True) for _ in range(60)]
        self.assertTrue(all(asker.ask_over_tcp() for asker in many))
        udp.ask()

    def test_who_may_open_few_files_is_told_at_the_start(self):
        for most, connections, is_told in [(500, 4096, True), (500, 200, False)]:
            server = subprocess.Popen(
                ["prlimit", "--nofile=%d:%d" % (most, most), stage.PROGRAM, "serve"] + self.server.worlds + [
                 "--listen", "127.0.0.1:0", "--tcp-connections", str(connections)],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
            self.assertIn("listens", server.stdout.readline())
            server.terminate()
            self.assertEqual(is_told, "may have %d open files" % most in server.communicate()[1])
            self.assertEqual(0, server.returncode)

    def test_who_gets_small_sockets_is_told_at_the_start(self):
        server = subprocess.Popen(
            [stage.PROGRAM, "serve"] + self.server.worlds + ["--listen", "127.0.0.1:0"],
            env=dict(os.environ, LD_PRELOAD=stage.preload(self, "buffer.c")),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
        self.assertIn("listens", server.stdout.readline())
        server.terminate()
        self.assertIn("the kernel lets 208 KB of questions wait in a socket, not 4096", server.communicate()[1])
        self.assertEqual(0, server.returncode)

    def asked(self, askers, wait):
        """Those of the askers whose connection is served: the others wait to be accepted."""
        for asker in askers:
            asker.socket.sendall(framed(question(1)))
        deadline = time.monotonic() + stage.PATIENCE
        while True:
            ready = []
            for asker in askers:
                asker.socket.setblocking(False)
                try:
                    if asker.socket.recv(1, socket.MSG_PEEK):
                        ready.append(asker)
                except BlockingIOError:
                    pass
                asker.socket.settimeout(stage.PATIENCE)
            if ready and not wait or len(ready) == len(askers) or time.monotonic() > deadline:
                return ready

    def test_memory_stays_within_bounds(self):
        other = self.asker(OTHER)
        other.ask()
        before = self.memory()
        flooder = self.asker(FLOODER)
        self.flood([flooder], other, bursts=500)
        # An accept storm: connections that come and go, and those that stay.
        for _ in range(3):
            storm = [self.asker("127.0.3.%d" % (1 + number % 4), tcp=True) for number in range(2000)]
            for asker in storm[::2]:
                asker.ask_over_tcp()
            self.assertLess(self.memory(), before + MOST_GROWTH)
            for asker in storm:
                asker.close()
            other.ask()
        # Peers that ask for 50 KB over and over, and read nothing; peers whose longest of questions never ends.
        readers = [self.asker("127.0.4.1", tcp=True, buffer=4096) for number in range(50)]
        writers = [self.asker("127.0.4.%d" % (2 + number % 2), tcp=True) for number in range(1600)]
        for asker in readers:
            asker.socket.sendall(framed(question(1, LARGE, TXT)) * 40)
            self.assertFalse(is_truncated(other.ask()))
        for asker in writers:
            asker.socket.sendall(b"\xff\xff" + bytes(65_000))
            self.assertFalse(is_truncated(other.ask()))
        self.assertIsNotNone(self.asker(OTHER, tcp=True).ask_over_tcp())
        self.assertLess(self.memory(), before + MOST_GROWTH)
        counted = self.server.metrics()
        self.assertGreater(counted['classiclink_dns_tcp_connections_cut_total{cause="room"}'], 0)
        # In the end all of them are cut, and what they held goes back.
        stage.until(lambda: self.server.metrics()["classiclink_dns_tcp_connections"] < 100, other.ask)
        self.assertGreater(self.server.metrics()['classiclink_dns_tcp_connections_cut_total{cause="slow"}'], 0)
        self.assertLess(self.memory(), before + MOST_GROWTH)


class RateLimit(Floods):
    flags = ("--rate-limit", "500")

    def test_the_flooder_is_limited_and_another_loses_nothing(self):
        begin = time.monotonic()
        flooders, other = [self.asker(FLOODER) for _ in range(4)], self.asker(OTHER)
        self.flood(flooders, other, bursts=200)
        seconds = time.monotonic() - begin

        def differ():
            """By how many; and what else was answered to the flooders."""
            counted = self.server.metrics()
            slipped = counted['classiclink_dns_rate_limited_total{action="slip"}']
            return (abs(counted['classiclink_dns_rate_limited_total{action="drop"}'] - slipped),
                    counted["classiclink_dns_responses_total"] - slipped - 200)

        # Of those past the limit every second one is answered, with TC: in each second of its own. Workers count for
        # themselves, and are done when they are.
        stage.until(lambda: differ()[0] <= seconds + 2, lambda: time.sleep(0.01))
        # Each second that was begun had its 500 answers; the other asker had 200.
        self.assertLessEqual(differ()[1], 500 * (int(seconds) + 2))
        heard = [flags for flooder in flooders for flags in flooder.heard()]
        self.assertTrue(any(map(is_truncated, heard)))

    def test_who_floods_far_too_much_is_shut_out_until_the_second_is_over(self):
        flooder = self.asker(FLOODER)
        self.drown(flooder, question(1))
        # It is let in again, also when nobody else asks.
        flooder.socket.settimeout(0.2)

        def ask():
            try:
                self.heard = flooder.ask()
            except (OSError, AssertionError):
                flooder.heard()

        self.heard = None
        stage.until(lambda: self.heard is not None and not is_truncated(self.heard), ask)
        self.is_answered(OTHER)

    def test_the_addresses_of_a_prefix_share_the_limit(self):
        self.flood_until('classiclink_dns_rate_limited_total{action="drop"}',
                         [self.asker(FLOODER), self.asker(NEIGHBOUR)], self.asker(OTHER))

    def test_over_tcp_there_is_no_limit(self):
        asker = self.asker(FLOODER, tcp=True)
        for _ in range(5000):
            self.assertIsNotNone(asker.ask_over_tcp())
        self.assertEqual(0, self.server.metrics()['classiclink_dns_rate_limited_total{action="drop"}'])


class ComingBack(Floods):
    flags = ("--rate-limit", "1,slip=1", "--nsid", "n" * 128)

    def test_an_answer_that_says_so_is_no_longer_than_its_question(self):
        asker = self.asker(FLOODER)
        plain = question(7)
        # Of the server's name (NSID, option 3), which others are told in full.
        message = plain[:10] + b"\0\1" + plain[12:] + b"\0" + struct.pack(">HHIHHH", 41, 1232, 0, 4, 3, 0)
        answer = b"\0\0\0"
        while not answer[2] & 2:
            asker.socket.send(message)
            answer = asker.socket.recv(4096)
        self.assertLessEqual(len(answer), len(message))

    def test_dig_comes_back_over_tcp(self):
        # The prefix is over its limit all the while, though not so far that it is shut out: somebody asks in its name.
        is_over = threading.Event()
        flooder = self.asker(FLOODER)

        def flood():
            while not is_over.wait(0.002):
                flooder.send()

        thread = threading.Thread(target=flood)
        thread.start()
        try:
            for _ in range(20):
                self.assertEqual(["10.0.0.5"], self.server.dig(NAME, source=FLOODER))
        finally:
            is_over.set()
            thread.join()
        counted = self.server.metrics()
        self.assertGreater(counted['classiclink_dns_requests_total{proto="tcp"}'], 0)
        self.assertEqual(0, counted['classiclink_dns_rate_limited_total{action="drop"}'])


class Proven(Floods):
    flags = ("--rate-limit", "100,slip=1")

    def message(self, cookie):
        """A question with a COOKIE option (RFC 7873)."""
        option = struct.pack(">HH", 10, len(cookie)) + cookie
        plain = question(7)
        return (plain[:10] + b"\0\1" + plain[12:] + b"\0" + struct.pack(">HHIH", 41, 1232, 0, len(option)) + option)

    def ask(self, asker, cookie):
        """The answer's flags, and the whole cookie in it."""
        asker.socket.send(self.message(cookie))
        answer = asker.socket.recv(4096)
        place = answer.index(struct.pack(">HH", 10, 24) + cookie[:8])
        return struct.unpack(">H", answer[2:4])[0], answer[place + 4:place + 28]

    def ask_until_limited(self, asker, cookie):
        """The whole cookie in an answer that is TC alone."""
        answers = []

        def burst():
            for _ in range(BURST):
                asker.socket.send(self.message(cookie))
            for _ in range(BURST):
                asker.socket.recv(4096)

        def is_limited():
            answers.append(self.ask(asker, cookie))
            return is_truncated(answers[-1][0])

        stage.until(is_limited, burst)
        return answers[-1][1]

    def test_who_brings_back_a_cookie_is_not_limited_and_nobody_else_can_use_it(self):
        asker, thief = self.asker(FLOODER), self.asker(NEIGHBOUR)
        # Also the answer that says to come by TCP brings one.
        cookie = self.ask_until_limited(asker, b"12345678")
        for _ in range(500):
            self.assertFalse(is_truncated(self.ask(asker, cookie)[0]))
        self.ask_until_limited(thief, cookie)
        self.ask_until_limited(asker, cookie[:-1] + bytes([cookie[-1] ^ 1]))
        self.assertFalse(is_truncated(self.ask(asker, cookie)[0]))

    def test_floods_in_its_name_take_nothing_from_who_has_a_cookie(self):
        asker, other, forger = self.asker(FLOODER), self.asker(OTHER), self.asker(FLOODER)
        cookie = self.ask(asker, b"12345678")[1]
        # Thousands a second more than the limit, though not more than the server can look at.
        for _ in range(100):
            self.flood([forger], other, bursts=1)
            # Each is answered, if only with TC: then the worker that has them is not behind.
            for _ in range(BURST):
                forger.socket.recv(4096)
            self.assertFalse(is_truncated(self.ask(asker, cookie)[0]))
        counted = self.server.metrics()
        self.assertGreater(counted['classiclink_dns_rate_limited_total{action="slip"}'], 0)
        self.assertEqual(0, counted["classiclink_dns_shut_outs_total"])

    def test_a_cookie_is_no_leave_to_flood(self):
        flooder = self.asker(FLOODER)
        cookie = self.ask(flooder, b"12345678")[1]
        self.drown(flooder, self.message(cookie))
        self.assertGreater(self.server.metrics()['classiclink_dns_rate_limited_total{action="drop"}'], 0)
        self.is_answered(OTHER)


class Exempt(Floods):
    flags = ("--rate-limit", "500,slip=0,ipv4-prefix=32", "--rate-limit-exempt", "127.0.1.0/25")

    def test_exempt_askers_have_no_limit_and_prefixes_are_as_long_as_told(self):
        exempt, neighbour, other = self.asker(FLOODER), self.asker(NEIGHBOUR), self.asker(OTHER)
        self.flood([exempt], other, bursts=50)
        self.assertEqual(0, self.server.metrics()['classiclink_dns_rate_limited_total{action="drop"}'])
        self.flood_until('classiclink_dns_rate_limited_total{action="drop"}', [neighbour], other)
        self.assertEqual(0, self.server.metrics()['classiclink_dns_rate_limited_total{action="slip"}'])
        self.assertFalse(any(map(is_truncated, neighbour.heard())))


class Named(Floods):
    flags = ("--rate-limit", "500", "--trust", "127.0.9.0/24=ecs")

    def test_behind_a_resolver_that_is_trusted_each_asker_has_a_limit_of_its_own(self):
        resolver = self.asker("127.0.9.1")

        def burst(address, count):
            option = struct.pack(">HHHBB", 8, 8, 1, 32, 0) + socket.inet_aton(address)
            record = b"\0" + struct.pack(">HHIH", 41, 1232, 0, len(option)) + option
            message = bytearray(question(7) + record)
            message[11] = 1
            for _ in range(count):
                resolver.socket.send(message)

        for number in range(60):
            burst("192.0.%d.1" % number, 100)
            resolver.socket.recv(4096)
        # As many as came from the resolver by then, and none was over: each was of another prefix.
        stage.until(lambda: self.server.metrics()['classiclink_dns_requests_total{proto="udp"}'] == 6000, resolver.heard)
        self.assertEqual(0, self.server.metrics()['classiclink_dns_rate_limited_total{action="drop"}'])
        stage.until(lambda: self.server.metrics()['classiclink_dns_rate_limited_total{action="drop"}'] > 0,
                    lambda: burst("192.0.2.1", 100))


class BehindAProxy(Floods):
    flags = ("--rate-limit", "100", "--trust", "127.0.9.0/24=proxy")
    dropped = 'classiclink_dns_rate_limited_total{action="drop"}'

    def test_each_asker_has_a_limit_of_its_own_and_a_customers_ipv6_addresses_share_one(self):
        proxy = self.asker("127.0.9.1")
        asked = 0

        def ask(address):
            addresses = socket.inet_pton(socket.AF_INET6, address) + bytes(16)
            proxy.socket.send(b"\r\n\r\n\0\r\nQUIT\n\x21\x22" + struct.pack(">H", 36) + addresses
                              + struct.pack(">HH", 4321, 53) + question(7))

        # Far more than the limit in all, each /56 less.
        for number in range(40):
            for _ in range(50):
                ask("2001:db8:0:%x00::1" % number)
            asked += 50
            stage.until(lambda: self.server.metrics()['classiclink_dns_requests_total{proto="udp"}'] == asked,
                        proxy.heard)
        self.assertEqual(0, self.server.metrics()[self.dropped])
        # No address of this /56 asks more than once.
        fresh = iter(range(1 << 24))

        def ask_from_many():
            for _ in range(200):
                number = next(fresh)
                ask("2001:db8:1:%x::%x" % (number & 0xff, number >> 8))
            proxy.heard()

        stage.until(lambda: self.server.metrics()[self.dropped] > 0, ask_from_many)


class Quota(Floods):
    flags = ("--packet-quota",)

    def test_an_interface_has_1024_packets_a_second_as_at_amazons(self):
        begin = time.monotonic()
        flooders, other = [self.asker(FLOODER) for _ in range(4)], self.asker(OTHER)
        self.flood(flooders, other, bursts=300)
        neighbour = self.asker(NEIGHBOUR)
        for _ in range(100):
            self.assertFalse(is_truncated(neighbour.ask()))
        seconds = time.monotonic() - begin
        counted = self.server.metrics()
        self.assertGreater(counted["classiclink_dns_packet_quota_drops_total"], 0)
        # Of both others each question was answered.
        self.assertLessEqual(counted["classiclink_dns_responses_total"] - 400, 1024 * (int(seconds) + 2))
        self.assertFalse(any(is_truncated(flags) for flooder in flooders for flags in flooder.heard()))
        self.server.stop()
        log = self.server.logged()
        self.assertEqual(1, log.count("127.0.1.1 sends more than 1024 packets a second"), log)
        self.assertEqual(1, log.count("sends more than"), log)

    def test_over_tcp_what_is_past_it_is_not_answered_either(self):
        asker = self.asker(FLOODER, tcp=True)
        stage.until(lambda: self.server.metrics()["classiclink_dns_packet_quota_drops_total"] > 0,
                    lambda: asker.socket.sendall(framed(question(1)) * 500) or asker.heard())


class Few(Floods):
    flags = ("--tcp-connections", "40", "--tcp-connections-per-client", "5")

    def test_each_source_has_its_share_of_connections_over_all_workers(self):
        # Five each, whichever worker got them.
        for source in ("127.0.5.1", "127.0.5.2", "127.0.5.3"):
            held = [self.asker(source, tcp=True) for _ in range(9)]
            self.assertEqual(5, sum(self.served(asker) for asker in held))
            # Whoever goes makes room.
            for asker in held:
                asker.close()
            stage.until(lambda: self.server.metrics()["classiclink_dns_tcp_connections"] == 0, lambda: None)
        counted = self.server.metrics()
        self.assertEqual(12, counted['classiclink_dns_tcp_connections_refused_total{limit="client"}'])
        self.assertEqual(15, counted["classiclink_dns_tcp_connections_total"])

    def test_all_connections_are_had_however_they_are_dealt_out_and_no_more(self):
        held = [self.asker("127.0.6.%d" % (1 + number // 5), tcp=True) for number in range(40)]
        self.assertTrue(all(self.served(asker) for asker in held))
        for number in range(10):
            self.served(self.asker("127.0.7.%d" % (1 + number // 5), tcp=True))
        counted = self.server.metrics()
        self.assertLessEqual(counted["classiclink_dns_tcp_connections"], 40)
        self.assertEqual(0, counted['classiclink_dns_tcp_connections_refused_total{limit="client"}'])

    def served(self, asker):
        try:
            return asker.ask_over_tcp() is not None
        except OSError:
            return False


if __name__ == "__main__":
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    stage.main()
