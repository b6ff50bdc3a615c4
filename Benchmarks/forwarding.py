"""Names of others: ours and Unbound forward to the same NSD on the loopback network; and what a dead upstream costs."""
import os
import random
import socket
import struct
import threading
import time

import servers
import worlds

UPSTREAM_PORT, DEAD_PORT = 5401, 5402
DOMAIN = "bench.example"
# Names that everybody asks: they fit into every cache.
REPEATED = 1000
DEAD_RATE = 1000


class Upstream(servers.ZoneServer):
    """A wildcard: every name of two domains exists. The second has the name by which a server is known to be up."""
    title = "NSD as upstream"
    port = UPSTREAM_PORT

    def prepare(self):
        for origin in (DOMAIN, "amazonaws.com"):
            with open(self.path(origin + ".zone"), "w") as out:
                out.write(worlds.soa(origin) + "* A 192.0.2.1\n")

    def command(self):
        zones = "".join('zone:\n  name: "%s"\n  zonefile: "%s.zone"\n' % (origin, origin)
                        for origin in (DOMAIN, "amazonaws.com"))
        path = self.file("nsd.conf", """
server:
  server-count: 1
  ip-address: 127.0.0.1@%d
  username: ""
  zonesdir: "%s"
  database: ""
  pidfile: ""
  xfrdfile: "%s/xfrd.state"
  zonelistfile: "%s/zone.list"
  minimal-responses: yes
  rrl-ratelimit: 0
remote-control:
  control-enable: no
%s""" % (self.port, self.work, self.work, self.work, zones))
        return ["nsd", "-d", "-c", path]


class Forwarding(servers.Ours):
    port = 5403
    flags = ("--upstream", "127.0.0.1:%d" % UPSTREAM_PORT)


class DeadUpstream(servers.Ours):
    port = 5404
    flags = ("--upstream", "127.0.0.1:%d" % DEAD_PORT)


class ForwardingUnbound(servers.Unbound):
    title = "Unbound"
    port = 5405

    def prepare(self):
        self.file("unbound.conf", self.settings() + """  msg-cache-size: 32m
  rrset-cache-size: 64m
  outgoing-range: 8192
  num-queries-per-thread: 4096
  use-caps-for-id: yes
remote-control:
  control-enable: no
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@%d
""" % UPSTREAM_PORT)


def write_questions(plan, path, count, names):
    """`count` questions of the first asker: of so many names at random, or each of another name when that is 0."""
    generator = random.Random(1)
    with open(path, "wb", buffering=1 << 20) as out:
        out.write(b"CLQ1" + struct.pack("<II", count, 1) + struct.pack("<I", plan.asker(0)))
        for index in range(count):
            number = int(generator.random() * names) if names else index
            message = servers.question("n%d-%s.%s" % (number, os.path.basename(path).split(".")[0], DOMAIN))
            out.write(struct.pack("<HHBBH", 0, len(message), 0, 1, 4) + message + bytes([192, 0, 2, 1]))
    return path


def measure(bench, work):
    plan = worlds.Plan(100, 100)
    upstream = Upstream(plan, work)
    upstream.core = str(servers.GENERATOR_CORE)
    upstream.start()
    try:
        with bench.Group(plan, [Forwarding, ForwardingUnbound], work) as group:
            ours = group[0]
            repeated = write_questions(plan, os.path.join(work, "repeated.questions"), bench.SMALL_STREAM, REPEATED)
            for server in group:
                bench.flood(server, repeated)
            figures(bench, "names of others: repeated, %d names" % REPEATED, group, ours, lambda s, turn: repeated)
            fresh = {turn: write_questions(
                plan, os.path.join(work, "first%d.questions" % turn), bench.SMALL_STREAM, 0)
                for turn in range(bench.FEW_ROUNDS)}
            figures(bench, "names of others: asked for the first time", group, ours, lambda s, turn: fresh[turn],
                    sleeps=True)
            for server in group:
                bench.row("names of others: resident memory after that", server.title,
                          [server.memory() * 1024 / 1e6], "MB",
                          base=None if server is ours else ours.memory() * 1024 / 1e6)
    finally:
        upstream.stop()
    dead(bench, plan, work)


def figures(bench, figure, group, ours, path, sleeps=False):
    """Each server's rate. `sleeps`: the upstream, which answers on the generator's core, has to come to its turn."""
    found = {server: [] for server in group}
    for turn in range(bench.FEW_ROUNDS):
        for server in group if turn % 2 == 0 else reversed(group):
            found[server].append(bench.flood(server, path(server, turn), sleeps=sleeps))
    base = bench.statistics.median(one["qps"] for one in found[ours]) if found[ours] else None
    for server, results in found.items():
        lost = sum(one.get("lost", 0) for one in results)
        bench.row(figure, server.title, [one["qps"] for one in results], "/s", base=None if server is ours else base,
                  server_us=bench.statistics.median(one["server_us"] for one in results),
                  remark="%d lost" % lost if lost else "")


class Bystander:
    """Asks at a fixed rate and does not listen."""

    def __init__(self, plan, port, name):
        self.message, self.port, self.source = name, port, worlds.dotted(plan.asker(1))
        self.isOver = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.thread.start()

    def __exit__(self, *_):
        self.isOver.set()
        self.thread.join()

    def run(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.bind((self.source, 0))
            one.connect(("127.0.0.1", self.port))
            sent, begin = 0, time.monotonic()
            while not self.isOver.is_set():
                while sent < (time.monotonic() - begin) * DEAD_RATE:
                    try:
                        one.send(self.message(sent))
                    except OSError:
                        pass
                    sent += 1
                time.sleep(0.005)


def dead(bench, plan, work):
    """Our own names while others are asked for at an upstream that says nothing; beside it the same with own names."""
    silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    silent.bind(("127.0.0.1", DEAD_PORT))
    path = bench.questions(plan, "hit", bench.SMALL_STREAM)
    own = plan.public_name(0, 0)
    found = {"own": [], "dead": []}
    with bench.Group(plan, [DeadUpstream], work) as group:
        for turn in range(bench.ROUNDS):
            for kind in ("own", "dead") if turn % 2 == 0 else ("dead", "own"):
                def name(number):
                    return servers.question(own if kind == "own" else "d%d-%d.%s" % (turn, number, DOMAIN))
                with Bystander(plan, group[0].port, name):
                    found[kind].append(bench.flood(group[0], path))
    silent.close()
    base = bench.statistics.median(one["qps"] for one in found["dead"])
    for kind, title in (("dead", "%d/s of others, upstream dead" % DEAD_RATE), ("own", "%d/s of our own" % DEAD_RATE)):
        bench.row("our own names while somebody asks for", title, [one["qps"] for one in found[kind]], "/s",
                  base=None if kind == "dead" else base,
                  server_us=bench.statistics.median(one["server_us"] for one in found[kind]))
