"""Floods: what another asker loses while one source asks as fast as a core can, and what memory storms cost."""
import json
import select
import socket
import struct
import subprocess
import threading
import time

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
    """Asks at a fixed rate, and tells apart which questions were answered."""

    def __init__(self, plan, port):
        self.source, self.port = worlds.dotted(plan.asker(1)), port
        self.message = servers.question(plan.public_name(0, 0))
        self.is_over = threading.Event()
        self.sent, self.answered, self.truncated, self.times = {}, set(), 0, []
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
                        answer = one.recv(4096)
                        number = struct.unpack(">H", answer[:2])[0]
                        if number not in self.answered:
                            self.times.append(time.monotonic() - self.sent[number])
                        self.answered.add(number)
                        self.truncated += answer[2] >> 1 & 1
                except OSError:
                    pass

    def lost(self):
        return len(self.sent) - len(self.answered)


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
    with bench.Group(plan, [Open], work) as group:
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
            rates.append(json.loads(flood.communicate(timeout=60)[0])["rate"])
            time.sleep(0.2)
        found.append(100 * asker.lost() / len(asker.sent))
        times += asker.times
        truncated += asker.truncated
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
    bench.row("another's questions lost in a storm of connections", server.title, [100 * asker.lost() / len(asker.sent)],
              "%", remark="%s connections/s; memory %.0f, %.0f, %.0f MB" % (
                  bench.number(opened / took), before, during, resident(server)))


def slow_readers(bench, plan, server):
    """Peers that ask and ask, and read nothing."""
    message = servers.question(plan.public_name(0, 0))
    framed = (struct.pack(">H", len(message)) + message) * 20_000
    before, during, held = resident(server), 0, []
    with Asker(plan, server.port) as asker:
        for number in range(SLOW // 10 if bench.QUICK else SLOW):
            try:
                one = connect(SOURCES[number % len(SOURCES)], server.port, 4096)
                one.setblocking(False)
                one.send(framed)
                one.send(framed)
                held.append(one)
            except OSError:
                pass
            if number % 50 == 0:
                during = max(during, resident(server))
        time.sleep(1)
        during = max(during, resident(server))
    for one in held:
        one.close()
    time.sleep(1)
    bench.row("another's questions lost beside peers that ask and do not read", server.title,
              [100 * asker.lost() / len(asker.sent)], "%", remark="%d peers; memory %.0f, %.0f, %.0f MB" % (
                  len(held), before, during, resident(server)))
