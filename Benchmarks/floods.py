"""Floods: what another asker loses while one source asks as fast as a core can, and what memory storms cost."""
import collections
import json
import re
import select
import socket
import struct
import subprocess
import threading
import time
import urllib.request

import servers
import worlds

# Of the asker who asks now and then, a second: less than the limit.
RATE = 400
LIMIT = "500"
# Seconds for which an answer may come after the flood has ended: long enough for a full socket to be emptied.
PATIENCE = 2
FLOODER = "127.0.66.1"
# Sources of connections, so that no one's share is in the way.
SOURCES = ["127.0.%d.1" % number for number in range(70, 75)]
STORM, SLOW = 4000, 4000


class Open(servers.Ours):
    title = "classiclink-dns"
    port = 5407


class Watched(Open):
    """Tells what it did with connections."""
    flags = ("--api", "127.0.0.1:5413")


class Limited(servers.Ours):
    title = "with --rate-limit " + LIMIT
    port = 5408
    flags = ("--rate-limit", LIMIT)


class LimitedByQuota(servers.Ours):
    title = "with --packet-quota"
    port = 5409
    flags = ("--packet-quota",)


class NSD(servers.NSD):
    title = "NSD"
    port = 5410


class LimitedNSD(servers.NSD):
    """NSD with its own limit, as far as Debian's has one."""
    title = "NSD with rrl-ratelimit " + LIMIT
    port = 5411

    def command(self):
        command = super().command()
        with open(command[-1]) as file:
            text = file.read()
        self.file("nsd.conf", text.replace("rrl-ratelimit: 0", "rrl-ratelimit: %s\n  rrl-size: 65536" % LIMIT))
        return command


class Asker:
    """Asks at a fixed rate for a host of its own VPC, to which every server has the same answer, and tells apart which
    questions got it. TC alone is none: who does not flood is to have the whole of it."""

    def __init__(self, plan, port):
        self.source, self.port = worlds.dotted(plan.asker(1)), port
        self.message = servers.question(plan.public_name(1, 0))
        self.right = plan.private(1, 0).to_bytes(4, "big")
        self.is_over = threading.Event()
        # The moment of each question by its number, and of its answer.
        self.sent, self.answered = {}, {}
        self.truncated = self.wrong = 0
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.thread.join()

    def run(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.bind((self.source, 0))
            one.connect(("127.0.0.1", self.port))
            one.setblocking(False)
            begin, end = time.monotonic(), None
            while end is None or time.monotonic() < end and len(self.answered) < len(self.sent):
                if end is None:
                    while len(self.sent) < (time.monotonic() - begin) * RATE:
                        number = len(self.sent)
                        self.sent[number] = time.monotonic()
                        try:
                            one.send(struct.pack(">H", number & 0xffff) + self.message[2:])
                        except OSError:
                            pass
                    if self.is_over.is_set():
                        end = time.monotonic() + PATIENCE
                select.select([one], [], [], 0.001)
                try:
                    while True:
                        self.hear(one.recv(4096))
                except OSError:
                    pass

    def hear(self, answer):
        number = int.from_bytes(answer[:2], "big")
        if len(answer) > 2 and answer[2] & 2:
            self.truncated += 1
        elif (len(answer) > 12 and answer[2] & 0x80 and answer[3] & 15 == 0 and answer[6:8] == b"\0\1"
                and answer.endswith(self.right) and number in self.sent):
            self.answered.setdefault(number, time.monotonic())
        else:
            self.wrong += 1

    def lost(self, begin=float("-inf"), end=float("inf")):
        """In a hundred of the questions of that time."""
        asked = [number for number, moment in self.sent.items() if begin <= moment <= end]
        return 100 * sum(number not in self.answered for number in asked) / len(asked)

    def complain(self, bench, figure):
        if self.wrong:
            bench.problems.append("%s: %d wrong answers to another" % (figure, self.wrong))

    def times(self, begin, end):
        return [moment - self.sent[number] for number, moment in self.answered.items()
                if begin <= self.sent[number] <= end]


def resident(server):
    return server.memory() * 1024 / 1e6


def blast(bench, server, path, seconds, flags=()):
    return subprocess.Popen(
        ["taskset", "-c", str(servers.GENERATOR_CORE), bench.TOOLS + "/blast", "-f", path, "-p", str(server.port), "-s",
         FLOODER, "-t", str(seconds)] + list(flags), stdout=subprocess.PIPE, text=True)


def measure(bench, work):
    plan = worlds.Plan(100, 100)
    path = bench.questions(plan, "hit", bench.SMALL_STREAM, only_vpc=0)
    kinds = [Open, Limited, LimitedByQuota] + ([] if bench.QUICK else [NSD, LimitedNSD])
    with bench.Group(plan, kinds, work) as group:
        for title, flags in (("one source", []), ("one source, in segments", ["-g"]), ("forged sources", ["-x"])):
            for server in group:
                losses(bench, plan, server, path, title, flags)
    with bench.Group(plan, [Watched], work) as group:
        storm(bench, plan, group[0])
        slow_readers(bench, plan, group[0])


def losses(bench, plan, server, path, title, flags):
    seconds = 2 if bench.QUICK else 5
    found, rates, before, during, times, truncated = [], [], resident(server), 0, [], 0
    for _ in range(bench.FEW_ROUNDS):
        with Asker(plan, server.port) as asker:
            time.sleep(0.3)
            flood = blast(bench, server, path, seconds, flags)
            time.sleep(seconds / 2)
            during = max(during, resident(server))
            said = json.loads(flood.communicate(timeout=60)[0])
        # Only what was asked while the flood lasted.
        found.append(asker.lost(said["begin"], said["end"]))
        times += asker.times(said["begin"], said["end"])
        rates.append(said["rate"])
        truncated += asker.truncated
        asker.complain(bench, "flood from %s, %s" % (title, server.title))
    times.sort()
    bench.row("another's questions lost in a flood from %s" % title, server.title, found, "%",
              remark="%s questions/s of the flood, p99 %s ms%s; memory %.0f, %.0f, %.0f MB" % (
                  bench.number(bench.statistics.median(rates)),
                  bench.number(1000 * times[len(times) * 99 // 100]) if times else "?",
                  ", %d truncated" % truncated if truncated else "", before, during, resident(server)))


def connect(source, port, buffer=None):
    one = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if buffer:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        # Thousands of them at the size that the kernel chooses would use up its memory for all of TCP.
        one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16 * buffer)
    one.bind((source, 0))
    one.settimeout(10)
    one.connect(("127.0.0.1", port))
    return one


def storm(bench, plan, server):
    """Connections as fast as they are taken; half of them ask."""
    message = servers.question(plan.public_name(0, 0))
    framed = struct.pack(">H", len(message)) + message
    before, during, opened = resident(server), 0, 0
    begin = time.monotonic()
    with Asker(plan, server.port) as asker:
        while time.monotonic() - begin < (2 if bench.QUICK else 10):
            held = []
            for number in range(STORM):
                try:
                    held.append(connect(SOURCES[number % len(SOURCES)], server.port))
                    if number % 2:
                        held[-1].send(framed)
                except OSError:
                    pass
            during = max(during, resident(server))
            opened += len(held)
            for one in held:
                one.close()
    took = time.monotonic() - begin
    asker.complain(bench, "storm of connections")
    bench.row("another's questions lost in a storm of connections", server.title, [asker.lost()], "%",
              remark="%s connections/s; memory %.0f, %.0f, %.0f MB" % (
                  bench.number(opened / took), before, during, resident(server)))


def slow_readers(bench, plan, server):
    """Peers that ask and ask, and read nothing."""
    message = servers.question(plan.public_name(0, 0))
    framed = (struct.pack(">H", len(message)) + message) * 20_000
    before, during, peers, refused, earlier = resident(server), 0, [], 0, cuts()
    with Asker(plan, server.port) as asker:
        for number in range(SLOW // 10 if bench.QUICK else SLOW):
            try:
                one = connect(SOURCES[number % len(SOURCES)], server.port, 4096)
            except OSError:
                refused += 1
                continue
            peers.append(one)
            one.setblocking(False)
            rest = memoryview(framed)
            try:
                while rest:
                    rest = rest[one.send(rest):]
            except OSError:
                # No more has room, which is what was to be reached; or the server has ended it, which is counted below.
                pass
            if number % 50 == 0:
                during = max(during, resident(server))
        time.sleep(1)
        during = max(during, resident(server))
    asker.complain(bench, "peers that do not read")
    cut = sum(map(is_cut, peers))
    counted = ", ".join("%s %d" % each for each in (cuts() - earlier).items())
    for one in peers:
        one.close()
    time.sleep(1)
    bench.row("another's questions lost beside peers that ask and do not read", server.title, [asker.lost()], "%",
              remark="%d peers held, %d cut (%s), %d not connected; memory %.0f, %.0f, %.0f MB" % (
                  len(peers) - cut, cut, counted or "none counted", refused, before, during, resident(server)))


def is_cut(one):
    """Whether the other side has ended it, or reset it."""
    poll = select.poll()
    poll.register(one, select.POLLRDHUP)
    return bool(poll.poll(0))


def cuts():
    """What the server says it has cut, by cause. Connections that it did not take at all are not among them."""
    with urllib.request.urlopen("http://%s/metrics" % Watched.flags[1], timeout=10) as page:
        text = page.read().decode()
    found = re.findall(r'^classiclink_dns_tcp_connections_cut_total\{cause="(\w+)"\} (\d+)', text, re.MULTILINE)
    return collections.Counter({cause: int(count) for cause, count in found})
