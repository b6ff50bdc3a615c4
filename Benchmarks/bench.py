#!/usr/bin/env python3
"""Runs every measurement and writes one table. `make bench`, or `make bench QUICK=1`; README.md tells how to read it."""
import datetime
import hashlib
import json
import os
import platform
import re
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

import counts
import floods
import forwarding
import servers
import worlds
from servers import BIND, NSD, Dnsmasq, Echo, Explaining, Failure, Knot, Ours, Unbound
from worlds import Plan

HERE = os.path.dirname(os.path.abspath(__file__))
QUICK = os.environ.get("QUICK", "") not in ("", "0")
ONLY = [word for word in os.environ.get("ONLY", "").split(",") if word]
# Another build of the program, for `ONLY=before`.
BEFORE = os.environ.get("BEFORE")
ROUNDS = 2 if QUICK else 5
# Of figures that are shown beside a main one.
FEW_ROUNDS = 1 if QUICK else 3
SECONDS = 0.5 if QUICK else 1.5
WARM = 0.2 if QUICK else 0.3
# A file of this many questions (120 MB) is larger than the last-level cache of the machines that we know.
STREAM = 100_000 if QUICK else 1_500_000
SMALL_STREAM = 50_000 if QUICK else 300_000
# Instructions a question do not depend on how often it is asked; this many smooth the lengths of names.
COUNTED = 2_000 if QUICK else 10_000

TOOLS = os.path.join(HERE, ".build", "tools")
begin = time.monotonic()
rows = []
problems = []


def say(text):
    print("%5.0f s  %s" % (time.monotonic() - begin, text), file=sys.stderr, flush=True)


# Files

with open(worlds.__file__, "rb") as plan_file:
    CACHE = os.path.join(HERE, ".build", "worlds-" + hashlib.sha256(plan_file.read()).hexdigest()[:8])


def world_file(plan):
    return worlds.cached("%s/%s.json" % (CACHE, plan.title()), lambda path: worlds.write_world(plan, path))


def questions(plan, kind, count, **how):
    extra = "".join("-%s-%s" % (name, value.hex() if isinstance(value, bytes) else value)
                    for name, value in sorted(how.items()))
    path = "%s/%s-%s-%d%s.questions" % (CACHE, plan.title(), kind, count, extra)
    return worlds.cached(path, lambda draft: worlds.write_questions(plan, kind, draft, count, **how))


# Generators

def run(command, core=str(servers.GENERATOR_CORE), patience=60):
    done = subprocess.run(["taskset", "-c", core] + command, capture_output=True, text=True, timeout=patience)
    if done.stderr.strip() or done.returncode:
        note = "%s: %s" % (os.path.basename(command[0]), done.stderr.strip()[:300] or "exit status %d" % done.returncode)
        say(note)
        if done.returncode:
            problems.append(note)
    if not done.stdout.strip():
        raise Failure("%s said nothing: %s" % (command[0], done.stderr[:300]))
    return done.stdout


def flood(server, path, seconds=SECONDS, core=str(servers.GENERATOR_CORE), in_segments=False, sleeps=False):
    return json.loads(run(
        [TOOLS + "/flood", "-f", path, "-p", str(server.port), "-t", str(seconds), "-u", str(WARM), "-P",
         ",".join(map(str, server.pids()))] + ["-e"] * server.is_echo + ["-g"] * in_segments + ["-z"] * sleeps, core))


def streams(server, path, connections, depth, is_new=False):
    return json.loads(run(
        [TOOLS + "/streams", "-f", path, "-p", str(server.port), "-t", str(SECONDS), "-u", str(WARM), "-c",
         str(connections), "-d", str(depth), "-P", ",".join(map(str, server.pids()))] + (["-n"] if is_new else [])))


def latency(server, path, rate):
    found = json.loads(run(
        [TOOLS + "/latency", "-f", path, "-p", str(server.port), "-t", str(SECONDS), "-u", str(WARM), "-r", str(rate)]
        + (["-e"] if server.is_echo else [])))
    if found["wrong"] or not found["answers"]:
        problems.append("latency, %s: %d answers, %d of them wrong" % (server.title, found["answers"], found["wrong"]))
    return found


# The table

def number(value):
    if value >= 100_000:
        return "%.0f k" % (value / 1000)
    if value >= 1000:
        return "{:,.0f}".format(value)
    if value >= 100:
        return "%.0f" % value
    return "%.2f" % value if value < 10 else "%.1f" % value


def row(figure, server, values, unit, base=None, limit=None, server_us=None, limit_us=None, generator_us=None,
        remark=""):
    """One line. `base` is ours, which is divided by it; `limit` and `limit_us` are the echo's rate and CPU."""
    median = statistics.median(values)
    spread = "" if len(values) < 2 else "%s–%s" % (number(min(values)), number(max(values)))
    rows.append([
        figure, server, "%s %s" % (number(median), unit), spread, "%.2f" % (median / limit) if limit else "",
        "%.2f" % (base / median) if base and median else "", "%.2f" % server_us if server_us is not None else "",
        "%.2f" % (limit_us / server_us) if limit_us and server_us else "",
        "%.2f" % generator_us if generator_us is not None else "", remark])
    say(" | ".join(cell for cell in rows[-1] if cell))
    return median


def rounds_of(figure, group, once, unit="/s", rounds=ROUNDS):
    """Each server once a round, the order turned round every second time; then a row for each. `once(server)` returns what
    a generator says."""
    results = {server: [] for server in group}
    for turn in range(rounds):
        for server in (group if turn % 2 == 0 else reversed(group)):
            try:
                results[server].append(once(server))
            except (Failure, subprocess.TimeoutExpired) as failure:
                problems.append("%s, %s: %s" % (figure, server.title, failure))
                say(problems[-1])
    medians = {s: statistics.median([r["qps"] for r in found]) for s, found in results.items() if found}
    limit = next((medians[s] for s in medians if s.is_echo), None)
    ours = next((medians[s] for s in medians if type(s) is Ours), None)
    micros = {s: statistics.median([r["server_us"] for r in found]) for s, found in results.items() if found}
    limit_us = next((micros[s] for s in micros if s.is_echo), None)
    for server, found in results.items():
        if not found:
            continue
        wrong, lost = sum(r["wrong"] for r in found), sum(r.get("lost", 0) + r.get("broken", 0) for r in found)
        remark = ", ".join(["%d wrong" % wrong] * (wrong > 0) + ["%d lost" % lost] * (lost > 0))
        if wrong:
            problems.append("%s, %s: %s" % (figure, server.title, remark))
        row(figure, server.title, [r["qps"] for r in found], unit, base=None if type(server) is Ours else ours,
            limit=limit, server_us=micros[server], limit_us=limit_us,
            generator_us=statistics.median([r["generator_us"] for r in found]), remark=remark)
    return medians


class Group:
    """Servers of one plan, running side by side; each waits while another is asked."""

    def __init__(self, plan, kinds, work, figure=None, ports=None):
        self.plan, self.figure = plan, figure
        self.members = []
        for kind in kinds:
            if not servers.is_installed(kind):
                problems.append("%s is not installed" % kind.title)
                continue
            self.members.append(kind(plan, work))

    def __enter__(self):
        Ours.world = world_file(self.plan)
        started, found = [], {}
        for server in self.members:
            say("starting %s, %s" % (server.title, self.plan.title()))
            try:
                found[server] = (server.start(), server.memory() * 1024 / 1e6)
                started.append(server)
            except Failure as failure:
                problems.append(str(failure))
                say(str(failure))
        self.members = started
        ours = next((found[s] for s in started if type(s) is Ours), None)
        for which, unit, name in ((0, "s", "start to first answer"), (1, "MB", "resident memory after the load")):
            for server in started:
                if self.figure and not server.is_echo:
                    row("%s: %s" % (self.figure, name), server.title, [found[server][which]], unit,
                        base=None if type(server) is Ours else ours and ours[which])
        return self.members

    def __exit__(self, *_):
        for server in self.members:
            server.stop()


def set_echo(members, path):
    """The echo's answers are as long as ours: asks ours what that is, and starts the echo anew."""
    ours = next((s for s in members if type(s) is Ours), None)
    for echo in members:
        if echo.is_echo and ours:
            found = flood(ours, path, seconds=0.2)
            more = max(0, round(found["answer_octets"] - found["question_octets"]))
            if more != echo.more:
                echo.stop()
                echo.more = more
                echo.start()


# Measurements

def hundred(work):
    """100 VPCs of 100 hosts: the everyday world, and every kind of question."""
    plan = Plan(100, 100)
    figure = "100 VPCs × 100 hosts"
    path = questions(plan, "hit", STREAM)
    with Group(plan, [Echo, Ours, NSD, Knot, Unbound, BIND, Dnsmasq], work, figure) as group:
        set_echo(group, path)
        top = rounds_of(figure + ": hit", group, lambda s: flood(s, path))
        own = questions(plan, "hit", SMALL_STREAM, only_vpc=0)
        few = [s for s in group if type(s) in (Echo, Ours, NSD, Knot)]
        rounds_of(figure + ": hit, one client only", few, lambda s: flood(s, own), rounds=FEW_ROUNDS)
        rounds_of(figure + ": hit, one client only that sends and takes segments", few,
                  lambda s: flood(s, own, in_segments=True), rounds=FEW_ROUNDS)
        for kind, title, kinds in [
                ("nxdomain", "NXDOMAIN", (Echo, Ours, NSD, Knot)), ("misses", "20 % misses", (Echo, Ours, NSD, Knot)),
                ("cname", "CNAME in a zone", (Echo, Ours, NSD, Knot)),
                ("chain", "CNAME from a zone to a public hostname", (Echo, Ours, NSD)),
                ("ptr", "PTR", (Echo, Ours, NSD, Knot)), ("zone", "private zone", (Echo, Ours, NSD, Knot)),
                ("view", "private zone, one name with an answer for each asker", (Echo, Ours, Unbound, BIND)),
                ("others", "public address of another VPC's host", (Echo, Ours))]:
            one = questions(plan, kind, SMALL_STREAM)
            some = [s for s in group if type(s) in kinds]
            set_echo(some, one)
            rounds_of("%s: %s" % (figure, title), some, lambda s: flood(s, one, seconds=min(1, SECONDS)),
                      rounds=FEW_ROUNDS)
        set_echo(group, path)
        tcp(figure, [s for s in group if type(s) in (Ours, NSD, Knot)], plan)
        half(figure, [s for s in group if type(s) in (Echo, Ours, NSD)], path, top)
        if shutil.which("dnsperf"):
            perf(figure, [s for s in group if type(s) in (Ours, NSD, Knot)], plan, work)


def tcp(figure, group, plan):
    path = questions(plan, "hit", SMALL_STREAM, only_vpc=0)
    for connections, depth in ((1, 64), (100, 8), (1000, 2)):
        rounds_of("%s: TCP, %d connection%s, %d outstanding on each" % (
            figure, connections, "s" * (connections > 1), depth), group,
            lambda s: streams(s, path, connections, depth), rounds=FEW_ROUNDS)
    rounds_of(figure + ": TCP, a new connection for each question", group, lambda s: streams(s, path, 32, 1, True),
              rounds=FEW_ROUNDS)


def half(figure, group, path, top):
    """Every server at the same rate: half of what ours answers at most."""
    ours = next((s for s in group if type(s) is Ours), None)
    if ours is None or ours not in top:
        return
    rate = top[ours] / 2
    found = {s: [] for s in group}
    for turn in range(FEW_ROUNDS):
        for server in group:
            found[server].append(latency(server, path, rate))
    for key, name in (("p50_us", "p50"), ("p99_us", "p99"), ("p999_us", "p99.9")):
        medians = {s: statistics.median([r[key] for r in results]) for s, results in found.items()}
        limit = next((m for s, m in medians.items() if s.is_echo), None)
        for server, results in found.items():
            lost = sum(r["lost"] for r in results)
            row("%s: latency %s at %s questions/s" % (figure, name, number(rate)), server.title,
                [r[key] for r in results], "µs", base=None if server is ours else medians[ours], limit=limit,
                remark="%d lost" % lost if lost else "")


def perf(figure, group, plan, work):
    """What users know; it costs more than the server that it asks."""
    path = os.path.join(work, "dnsperf.txt")
    with open(path, "w") as out:
        for i in range(20_000):
            out.write("%s A\n" % plan.public_name(0, i * 7919 % plan.hosts))

    def once(server):
        before = servers_cpu(server)
        text = run(["dnsperf", "-s", "127.0.0.1", "-p", str(server.port), "-a", worlds.dotted(plan.asker(0)), "-d", path,
                    "-l", str(max(1, round(SECONDS))), "-q", "128", "-c", "1", "-T", "1"])
        rate = float(re.search(r"Queries per second:\s+([\d.]+)", text)[1])
        count = int(re.search(r"Queries completed:\s+(\d+)", text)[1])
        lost = int(re.search(r"Queries lost:\s+(\d+)", text)[1])
        return {"qps": rate, "wrong": 0, "lost": lost, "server_us": (servers_cpu(server) - before) * 1e6 / count,
                "generator_us": 0}

    rounds_of(figure + ": dnsperf", group, once, rounds=FEW_ROUNDS)


def servers_cpu(server):
    return sum(cpu_seconds("/proc/%d/stat" % pid) for pid in server.pids())


def cpu_seconds(path):
    """Of a process or a thread, from its `stat`."""
    with open(path) as file:
        words = file.read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def flat(work):
    """100 k names in one VPC."""
    one_kind(work, Plan(1, 100_000), "100 k names", [Echo, Ours, NSD, Knot, Dnsmasq], "hit", "hit")


def million(work):
    one_kind(work, Plan(1000, 1000), "1,000 VPCs × 1,000 hosts", [Echo, Ours, NSD, Knot, Unbound], "hit", "hit")


def askers(work):
    """As many askers as somebody really had, each with a VPC and a zone of its own."""
    one_kind(work, Plan(12_673, 1), "12,673 askers with a VPC and a zone each", [Echo, Ours], "view", "private zone",
             SMALL_STREAM, FEW_ROUNDS)


def one_kind(work, plan, figure, kinds, kind, title, count=STREAM, rounds=ROUNDS):
    """One kind of question to the servers of a world, with their start and memory."""
    path = questions(plan, kind, count)
    with Group(plan, kinds, work, figure) as group:
        set_echo(group, path)
        rounds_of("%s: %s" % (figure, title), group, lambda s: flood(s, path), rounds=rounds)


def growth(work):
    """The same program with one dimension grown: first names, then VPCs."""
    plans = [(Plan(1, 1000), "1 k names in 1 VPC"), (Plan(1000, 1), "1 k names in 1,000 VPCs")]
    if not QUICK:
        plans += [(Plan(1, 100_000), "100 k names in 1 VPC"), (Plan(1000, 1000), "1 M names in 1,000 VPCs")]
    running = []
    try:
        for index, (plan, title) in enumerate(plans):
            server = Ours(plan, work)
            server.port, server.world, server.title = 5400 + index, world_file(plan), title
            server.start()
            running.append((server, questions(plan, "hit", STREAM), []))
        for turn in range(FEW_ROUNDS):
            for server, path, found in running:
                found.append(flood(server, path))
        base = statistics.median([r["server_us"] for r in running[0][2]])
        for server, _, found in running:
            micros = statistics.median([r["server_us"] for r in found])
            row("growth: server CPU a question", server.title, [r["server_us"] for r in found], "µs",
                remark="%.2f × of the first" % (micros / base) if base else "")
    finally:
        for server, _, _ in running:
            server.stop()


def two_workers(work):
    """CPU a question of two workers against one; both cores belong to everybody, so only CPU counts here."""
    plan = Plan(100, 100)
    path = questions(plan, "hit", SMALL_STREAM)
    running = []
    try:
        for index, workers in enumerate((1, 2)):
            server = Ours(plan, work)
            server.port, server.world, server.core, server.workers = 5410 + index, world_file(plan), "0,1", workers
            server.start()
            running.append((server, []))
        for turn in range(FEW_ROUNDS):
            for server, found in running:
                found.append(flood(server, path, core="0,1"))
        base = statistics.median([r["server_us"] for r in running[0][1]])
        for server, found in running:
            micros = statistics.median([r["server_us"] for r in found])
            row("workers: server CPU a question, cores shared with the generator",
                "%d worker%s" % (server.workers, "s" * (server.workers > 1)), [r["server_us"] for r in found], "µs",
                remark="%.2f × of one" % (micros / base) if base else "")
    finally:
        for server, _ in running:
            server.stop()


def change(work):
    """From a changed file and SIGHUP to the new answer."""
    for plan, title in [(Plan(100, 100), "100 VPCs × 100 hosts")] + (
            [] if QUICK else [(Plan(1000, 1000), "1,000 VPCs × 1,000 hosts")]):
        copy = os.path.join(work, "changing-%s.json" % plan.title())
        shutil.copyfile(world_file(plan), copy)
        name = "db." + worlds.ZONE
        old = '"Name":"%s.","Type":"A","TTL":60,"ResourceRecords":[{"Value":"%s"}]' % (
            name, worlds.dotted(plan.base(0) + 5))
        new = old.replace(worlds.dotted(plan.base(0) + 5), worlds.dotted(plan.base(0) + 6))
        ours = Ours(plan, work)
        ours.world = copy
        results = {}
        for server, path, before, after, origin in [
                (ours, copy, old, new, None),
                (NSD(plan, work), None, "db.%s. A %s" % (name[3:], worlds.dotted(plan.base(0) + 5)),
                 "db.%s. A %s" % (name[3:], worlds.dotted(plan.base(0) + 6)), worlds.ZONE)]:
            if not servers.is_installed(type(server)):
                continue
            server.start()
            if origin:
                path = server.path(origin + ".zone")
            try:
                results[server] = []
                for turn in range(1 if plan.hosts > 100 else 3):
                    one, other = (before, after) if turn % 2 == 0 else (after, before)
                    with open(path) as file:
                        text = file.read()
                    assert one in text, path
                    text = text.replace(one, other, 1)
                    if origin:
                        text = re.sub(r"hostmaster(\S+) \d+", lambda m: "hostmaster%s %d" % (m[1], turn + 2), text)
                    with open(path + ".new", "w") as file:
                        file.write(text)
                    # A file system may tell the time of a change by the second only.
                    stamp = time.time() + 2 * (turn + 1)
                    os.utime(path + ".new", (stamp, stamp))
                    os.replace(path + ".new", path)
                    results[server].append(until_changed(server, plan, name, 6 if turn % 2 == 0 else 5))
            except (Failure, AssertionError) as failure:
                problems.append("change, %s: %s" % (server.title, failure))
            finally:
                server.stop()
                if origin:
                    os.remove(server.path("prepared"))
        base = statistics.median(results[ours]) if results.get(ours) else None
        for server, found in results.items():
            if found:
                row("%s: SIGHUP after an edited record to its answer" % title, server.title, found, "ms",
                    base=None if server is ours else base)


def model_changes(work):
    """From a change in the model to its answer, in one process."""
    for plan in [Plan(100, 100)] + ([] if QUICK else [Plan(1000, 1000)]):
        text = run([replay_program(), world_file(plan), "--changes", "1000"], patience=300)
        for line in text.splitlines():
            found = json.loads(line)
            if "change" in found:
                row("%s: in the model to the answer" % plan.title(), found["change"], [found["median_us"]], "µs",
                    remark="at most %s µs" % number(found["most_us"]))


def until_changed(server, plan, name, last):
    message = servers.question(name)
    expected = (plan.base(0) + last).to_bytes(4, "big")
    start = time.monotonic()
    os.kill(server.process.pid, signal.SIGHUP)
    while time.monotonic() - start < 60:
        answer = servers.ask(worlds.dotted(plan.asker(0)), message, server.port)
        if answer and answer[-4:] == expected:
            return (time.monotonic() - start) * 1000
    raise Failure("no new answer within a minute")


# The control plane

# Calls at once, in the figure with many callers.
CALLERS = 32
# Changes a second, while questions are asked.
POURING = 2000


def control(work):
    """Changes by the API with a state on the disk: how long a reply takes, how many there are a second, and what they
    cost those who ask meanwhile; and the start from a state."""
    plan, title = (Plan(100, 100), "100 VPCs × 100 hosts") if QUICK else (Plan(1000, 1000), "1,000 VPCs × 1,000 hosts")
    figure = "control plane, %s: " % title
    folder = os.path.join(HERE, ".build", "state")
    os.makedirs(folder, exist_ok=True)
    state = os.path.join(folder, "%s.sqlite" % plan.title())
    for ending in ("", "-wal", "-shm", ".lock"):
        if os.path.exists(state + ending):
            os.remove(state + ending)
    begin_import = time.monotonic()
    subprocess.run([Ours.program, "import", "--state", state, "--world", world_file(plan)], check=True)
    row(figure + "import of the world file", Ours.title, [time.monotonic() - begin_import], "s")

    ours, nsd = Calling(plan, work, state), NSD(plan, work)
    starts = {ours: [], nsd: []}
    for _ in range(1 if QUICK else 3):
        for server in starts:
            if servers.is_installed(type(server)):
                starts[server].append(server.start())
                server.stop()
    base = statistics.median(starts[ours])
    for server, found in starts.items():
        if found:
            row(figure + "start from the state to first answer", server.title, found, "s",
                base=None if server is ours else base)

    bodies = os.path.join(work, "calls.txt")
    # Each VPC is one connection's, so that each call changes something.
    vpcs = plan.vpcs // CALLERS * CALLERS
    with open(bodies, "w") as out:
        for action in ("Enable", "Disable"):
            for v in range(vpcs):
                out.write("Action=%sVpcClassicLinkDnsSupport&Version=2016-11-15&VpcId=vpc-%08x\n" % (action, v + 1))
    ours.core = "0,1"
    ours.start()
    try:
        bare, alone, many = [], [], []
        for _ in range(FEW_ROUNDS):
            bare.append(bare_commit(folder))
            alone.append(calls(ours, bodies, 1))
            many.append(calls(ours, bodies, CALLERS))
        commit = statistics.median(bare)
        row(figure + "a bare commit of SQLite, a row and a line of the journal", "SQLite", bare, "ms")
        reply = row(figure + "reply to a change, one caller", Ours.title, [r["p50_ms"] for r in alone], "ms")
        rows[-1][-1] = "%.2f × the bare commit; at most 1.5 × + 2 ms: %.2f ms" % (reply / commit, 1.5 * commit + 2)
        row(figure + "durable changes, %d callers" % CALLERS, Ours.title, [r["rate"] for r in many], "/s",
            remark="p99 %.1f ms" % statistics.median([r["p99_ms"] for r in many]))
        pouring(ours, plan, bodies, figure)
    finally:
        ours.stop()


class Calling(Ours):
    def __init__(self, plan, work, state):
        super().__init__(plan, work)
        self.port = 5420
        self.flags = ("--api", "127.0.0.1:5421", "--state", state)

    def command(self):
        command = super().command()
        at = command.index("--world")
        return command[:at] + command[at + 2:]


def calls(server, bodies, count, rate=0):
    found = json.loads(run([TOOLS + "/calls", "-f", bodies, "-p", "5421", "-c", str(count), "-t", str(SECONDS), "-u",
                            str(WARM), "-r", str(rate)], core="0,1"))
    if found["wrong"]:
        problems.append("control: %d calls were refused" % found["wrong"])
    return found


def bare_commit(folder):
    """Milliseconds of a commit as small as ours, on the same disk."""
    path = os.path.join(folder, "bare.sqlite")
    base = sqlite3.connect(path, isolation_level=None)
    base.execute("PRAGMA journal_mode = WAL")
    base.execute("PRAGMA synchronous = FULL")
    base.execute("CREATE TABLE IF NOT EXISTS rows (list TEXT, id TEXT, body TEXT, PRIMARY KEY (list, id))")
    base.execute("CREATE TABLE IF NOT EXISTS journal (number INTEGER PRIMARY KEY, text TEXT)")
    times = []
    for number in range(300):
        start = time.monotonic()
        base.execute("BEGIN IMMEDIATE")
        base.execute("INSERT OR REPLACE INTO rows VALUES ('Vpcs', ?, ?)", ("vpc-%d" % (number % 100), "x" * 300))
        base.execute("INSERT INTO journal (text) VALUES (?)", ("x" * 700,))
        base.execute("COMMIT")
        times.append((time.monotonic() - start) * 1000)
    base.close()
    for ending in ("", "-wal", "-shm"):
        if os.path.exists(path + ending):
            os.remove(path + ending)
    return statistics.median(times)


def pouring(server, plan, bodies, figure):
    """The worker has a core of its own; everything else, the generators too, shares the other one. So the worker's CPU
    a question tells what a change costs those who ask, and the rate tells what the neighbours cost."""
    path = questions(plan, "hit", SMALL_STREAM)
    worker = next(thread for thread in threads(server.process.pid) if thread_name(thread) == "dns-0")
    for thread in threads(server.process.pid):
        os.sched_setaffinity(thread, {servers.SERVER_CORE if thread == worker else servers.GENERATOR_CORE})
    rate = flood(server, path)["qps"] / 3
    quiet, busy, done = [], [], []
    for turn in range(FEW_ROUNDS * 2):
        caller = None
        if turn % 2:
            caller = subprocess.Popen(
                ["taskset", "-c", str(servers.GENERATOR_CORE), TOOLS + "/calls", "-f", bodies, "-p", "5421", "-c",
                 str(CALLERS), "-t", str(SECONDS + 1), "-u", "0", "-r", str(POURING)], stdout=subprocess.PIPE)
            time.sleep(0.3)
        before = thread_cpu(server.process.pid, worker)
        found = latency(server, path, rate)
        found["worker_us"] = (thread_cpu(server.process.pid, worker) - before) * 1e6 / (rate * (SECONDS + WARM))
        (busy if turn % 2 else quiet).append(found)
        if caller:
            done.append(json.loads(caller.communicate(timeout=30)[0])["rate"])
    base = statistics.median([r["worker_us"] for r in quiet])
    for title, found in (("no changes", quiet), ("%s changes/s" % number(statistics.median(done)), busy)):
        row(figure + "the worker's CPU a question at %s questions/s" % number(rate), title,
            [r["worker_us"] for r in found], "µs",
            remark="%.2f × of without, %d lost of %s" % (
                statistics.median([r["worker_us"] for r in found]) / base, sum(r["lost"] for r in found),
                number(rate * SECONDS * len(found))))


def threads(pid):
    return [int(name) for name in os.listdir("/proc/%d/task" % pid)]


def thread_name(thread):
    with open("/proc/%d/comm" % thread) as file:
        return file.read().strip()


def thread_cpu(pid, thread):
    return cpu_seconds("/proc/%d/task/%d/stat" % (pid, thread))


# Exact counts

def exact(work):
    """Instructions, allocations and reference counts a question: the same on every run."""
    cases = [("100x100", kind, False) for kind in counts.KINDS] + [("100x100", "hit", True)]
    explained = [(title, kind, True) for title, kind, _ in cases[:-1]]
    runs = [(Plan(100, 100), cases, []), (Plan(100, 100), explained, ["--explain"])]
    for plan in [Plan(1, 1000), Plan(1000, 1)] + ([] if QUICK else [Plan(1, 100_000)]):
        runs.append((plan, [(plan.title(), "hit", False)], []))
    for plan, asked, flags in runs:
        files = [counts.title(kind, edns) + "=" + (
            questions(plan, kind, COUNTED, edns=True) if edns else questions(plan, kind, COUNTED))
            for _, kind, edns in asked]
        say("counting %s %s" % (plan.title(), " ".join(flags)))
        try:
            found = counts.count(replay_program(), world_file(plan), files, COUNTED, work, flags)
        except counts.Failure as failure:
            problems.append("counts, %s: %s" % (plan.title(), failure))
            continue
        for title, each in found.items():
            row("exact: instructions a question, %s" % plan.title(), title + (" and --explain" if flags else ""),
                [each["instructions"]], "", remark="%g allocations, %g retains, %g releases" % (
                    each["allocations"], each["retains"], each["releases"]))


def in_process(work):
    """The resolver's own time, without the kernel: what grows when the world does."""
    for plan in [Plan(1, 1000), Plan(1000, 1), Plan(100, 100)] + (
            [] if QUICK else [Plan(1, 100_000), Plan(1000, 1000)]):
        path = questions(plan, "hit", STREAM)
        text = run([replay_program(), world_file(plan), "--count", str(STREAM), "hit=" + path], patience=300)
        for line in text.splitlines():
            found = json.loads(line)
            if "title" in found:
                row("in process: CPU a question, no sockets", plan.title(), [found["nanoseconds"]], "ns")
            else:
                row("in process: world read", plan.title(), [found["read_s"]], "s")
                row("in process: world compiled", plan.title(), [found["compile_s"]], "s")


def replay_program():
    return os.path.join(HERE, ".build", "release", "Replay")


class Before(Ours):
    title = "the program BEFORE"
    port = 5412

    def command(self):
        return [BEFORE] + super().command()[1:]


def before(work):
    """This program beside an older one of ours, in twice the rounds: what a change costs."""
    for plan in (Plan(100, 100), Plan(1, 100_000)):
        with Group(plan, [Ours, Before], work, plan.title()) as group:
            for kind, title, how in [
                    ("hit", "hit", {}), ("misses", "misses", {}), ("cname", "cname", {}),
                    ("hit", "hit with EDNS", {"edns": True}),
                    # To who knows no cookies this is one option more to skip, and no cookie comes back.
                    ("hit", "hit with a cookie (an older one may have none)", {"edns": True, "options": worlds.COOKIE})]:
                path = questions(plan, kind, SMALL_STREAM, **how)
                rounds_of("%s: %s" % (plan.title(), title), group, lambda s: flood(s, path), rounds=2 * ROUNDS)
            path = questions(plan, "hit", SMALL_STREAM, only_vpc=0)
            rounds_of("%s: TCP, 100 connections" % plan.title(), group, lambda s: streams(s, path, 100, 8),
                      rounds=2 * ROUNDS)


def names_of_others(work):
    forwarding.measure(sys.modules[__name__], work)


def one_who_floods(work):
    floods.measure(sys.modules[__name__], work)


PARTS = {"counts": exact, "hundred": hundred, "flat": flat, "million": million, "askers": askers, "growth": growth,
         "in_process": in_process, "workers": two_workers, "change": change,
         "model": model_changes, "control": control, "forwarding": names_of_others,
         "floods": one_who_floods}
QUICK_PARTS = ["counts", "hundred", "growth", "change", "model", "control"]


def machine():
    with open("/proc/cpuinfo") as file:
        model = re.search(r"model name\s*: (.*)", file.read())
    try:
        cache = subprocess.run(["getconf", "LEVEL3_CACHE_SIZE"], capture_output=True, text=True).stdout.strip()
    except OSError:
        cache = ""
    return "%s, %d cores, last-level cache %s MB, Linux %s" % (
        model[1] if model else platform.machine(), os.cpu_count(),
        int(cache) // (1 << 20) if cache.isdigit() else "?", platform.release())


def versions():
    found = []
    for command in (["nsd", "-v"], ["knotd", "--version"], ["unbound", "-V"], ["named", "-v"], ["dnsmasq", "--version"]):
        if shutil.which(command[0]):
            done = subprocess.run(command, capture_output=True, text=True)
            line = (done.stdout + done.stderr).strip().splitlines()[0]
            number = re.search(r"\d+\.\d+(\.\d+)?", line)
            found.append("%s %s" % (command[0], number[0] if number else "?"))
    return ", ".join(found)


def table(loads):
    head = ["figure", "server", "median", "least–most", "÷ echo", "ours ÷ it", "server µs", "echo µs ÷ it", "generator µs", "remark"]
    lines = ["# Benchmarks", "",
             "Written by `make bench%s` on %s. %s. Load average %.1f at the start, %.1f at the end; a busy machine gives" % (
                 " QUICK=1" if QUICK else "", datetime.date.today(), machine(), loads[0], loads[1]),
             "figures that mean nothing, but for the exact counts. Compared with %s." % versions(), "",
             "How to read this: [Benchmarks/README.md](../Benchmarks/README.md).", "",
             "| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    previous = None
    for cells in rows:
        lines.append("| " + " | ".join(["″" if cells[0] == previous else cells[0]] + cells[1:]) + " |")
        previous = cells[0]
    if problems:
        lines += ["", "Problems:", ""] + ["- " + problem.replace("\n", " ") for problem in problems]
    return "\n".join(lines) + "\n"


def main():
    load = os.getloadavg()[0]
    Ours.program = os.path.join(HERE, "..", ".build", "release", "classiclink-dns")
    if BEFORE:
        PARTS["before"] = before
    chosen = ONLY or (QUICK_PARTS if QUICK else list(PARTS))
    unknown = [name for name in chosen if name not in PARTS]
    if unknown:
        sys.exit("ONLY knows %s, not %s" % (", ".join(PARTS), ", ".join(unknown)))
    if load > 0.5:
        say("the machine is busy (load %.1f): only the exact counts will mean anything" % load)
    work = tempfile.mkdtemp(prefix="classiclink-bench-")
    try:
        for name in chosen:
            try:
                PARTS[name](work)
            except (Failure, subprocess.SubprocessError) as failure:
                problems.append("%s: %s" % (name, failure))
                say(problems[-1])
    finally:
        shutil.rmtree(work, ignore_errors=True)
    text = table((load, os.getloadavg()[0]))
    sys.stdout.write(text)
    # A part of the measurements does not replace the whole.
    if not ONLY:
        with open(os.path.join(HERE, "..", "docs", "benchmarks.md"), "w") as out:
            out.write(text)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
