"""The servers that are compared: each an ordinary process on a loopback port, with files of its own in a temporary
directory, started and stopped here by its process id. None is a system service."""
import os
import shutil
import signal
import socket
import struct
import subprocess
import time

import worlds

SERVER_CORE, GENERATOR_CORE = 0, 1
START_SECONDS = 240


class Failure(Exception):
    pass


def descendants(pid):
    """The process and its children: NSD answers in a child."""
    found = [pid]
    for one in found:
        try:
            for thread in os.listdir("/proc/%d/task" % one):
                with open("/proc/%d/task/%s/children" % (one, thread)) as file:
                    found += [int(word) for word in file.read().split()]
        except OSError:
            pass
    return found


def resident_kilobytes(pid):
    """Proportional share, so that pages which children share with their parent count once."""
    total = 0
    for one in descendants(pid):
        try:
            with open("/proc/%d/smaps_rollup" % one) as file:
                total += sum(int(line.split()[1]) for line in file if line.startswith("Pss:"))
        except OSError:
            pass
    return total


def ask(source, message, port, timeout=0.05):
    """One question over UDP; the answer, or None."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind((source, 0))
        one.connect(("127.0.0.1", port))
        one.settimeout(timeout)
        try:
            one.send(message)
            return one.recv(4096)
        except OSError:
            return None


def question(name, kind=worlds.A):
    return worlds.HEADER + worlds.wire(name) + struct.pack(">HH", kind, 1)


class Server:
    """A process that answers. A subclass writes its files in `prepare` and gives its command."""
    title = "?"
    port = 0
    is_echo = False
    core = str(SERVER_CORE)

    def __init__(self, plan, work):
        self.plan = plan
        self.work = os.path.join(work, "%s-%s" % (type(self).__name__.lower(), plan.title()))
        self.process = None

    def prepare(self):
        pass

    def file(self, name, text):
        path = os.path.join(self.work, name)
        with open(path, "w") as out:
            out.write(text)
        return path

    def path(self, name):
        return os.path.join(self.work, name)

    def start(self):
        """Starts it and waits for its first right answer; returns the seconds that took."""
        if not os.path.exists(self.path("prepared")):
            os.makedirs(self.work, exist_ok=True)
            self.prepare()
            self.file("prepared", "")
        log = open(self.path("log"), "wb")
        begin = time.monotonic()
        self.process = subprocess.Popen(
            ["taskset", "-c", self.core] + self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True)
        message = question(self.plan.public_name(0, 0))
        while True:
            answer = ask(worlds.dotted(self.plan.asker(0)), message, self.port)
            if answer and (self.is_echo or answer[3] & 15 == 0 and answer[7] == 1):
                return time.monotonic() - begin
            if self.process.poll() is not None or time.monotonic() - begin > START_SECONDS:
                self.stop()
                with open(self.path("log"), errors="replace") as file:
                    raise Failure("%s did not start: %s" % (self.title, file.read()[-600:]))
            if not answer:
                time.sleep(0.002)

    def pids(self):
        return descendants(self.process.pid)

    def memory(self):
        return resident_kilobytes(self.process.pid)

    def stop(self):
        if self.process is None:
            return
        family = self.pids()
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            for pid in family:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            self.process.wait()
        self.process = None


class Echo(Server):
    title = "bare echo"
    port = 5390
    is_echo = True
    more = 16

    def command(self):
        return [os.path.join(os.path.dirname(os.path.abspath(__file__)), ".build/tools/echo"), "-p", str(self.port), "-a",
                str(self.more)]


class Ours(Server):
    title = "classiclink-dns"
    port = 5391
    program = None
    world = None
    workers = 1
    flags = ()

    def command(self):
        return [self.program, "serve", "--world", self.world, "--listen", "127.0.0.1:%d" % self.port, "--workers",
                str(self.workers), "--log-level", "error"] + list(self.flags)


class Explaining(Ours):
    title = "classiclink-dns --explain"
    port = 5392
    flags = ("--explain",)


class ZoneServer(Server):
    """Without views: the names of all VPCs in one zone, as a server would hold them that knows one asker only."""

    def prepare(self):
        for origin, write in worlds.ZONES:
            write(self.plan, self.path(origin + ".zone"), range(self.plan.vpcs))


class NSD(ZoneServer):
    title = "NSD"
    port = 5393

    def command(self):
        zones = "".join('zone:\n  name: "%s"\n  zonefile: "%s.zone"\n' % (origin, origin) for origin, _ in worlds.ZONES)
        path = self.file("nsd.conf", """
server:
  server-count: 1
  ip-address: 127.0.0.1@%d
  do-ip6: no
  username: ""
  zonesdir: "%s"
  database: ""
  pidfile: "%s/pid"
  xfrdfile: "%s/xfrd.state"
  xfrdir: "%s"
  zonelistfile: "%s/zone.list"
  hide-version: yes
  minimal-responses: yes
  rrl-ratelimit: 0
  tcp-count: 2000
  tcp-timeout: 30
  receive-buffer-size: 4194304
  round-robin: no
remote-control:
  control-enable: no
%s""" % (self.port, self.work, self.work, self.work, self.work, self.work, zones))
        return ["nsd", "-d", "-c", path]


class Knot(ZoneServer):
    title = "Knot"
    port = 5394

    def command(self):
        zones = "".join('  - domain: "%s"\n    file: "%s.zone"\n    semantic-checks: off\n' % (origin, origin)
                        for origin, _ in worlds.ZONES)
        path = self.file("knot.conf", """
server:
    listen: 127.0.0.1@%d
    rundir: "%s"
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
    tcp-max-clients: 2000
    tcp-idle-timeout: 30
    tcp-reuseport: off
log:
  - target: stderr
    any: error
control:
    listen: "%s/knot.sock"
database:
    storage: "%s"
template:
  - id: default
    storage: "%s"
    journal-content: none
    zonefile-sync: -1
zone:
%s""" % (self.port, self.work, self.work, self.work, self.work, zones))
        return ["knotd", "-c", path]


class Unbound(Server):
    title = "Unbound, a view a VPC"
    port = 5395

    def settings(self):
        """The server clause, as far as it is the same for every purpose."""
        return """
server:
  interface: 127.0.0.1@%d
  do-daemonize: no
  use-syslog: no
  verbosity: 0
  username: ""
  chroot: ""
  directory: "%s"
  pidfile: "%s/pid"
  num-threads: 1
  module-config: "iterator"
  so-rcvbuf: 4m
  minimal-responses: yes
  do-not-query-localhost: no
  access-control: 127.0.0.0/8 allow
""" % (self.port, self.work, self.work)

    def prepare(self):
        plan = self.plan
        with open(self.path("unbound.conf"), "w", buffering=1 << 20) as out:
            out.write(self.settings())
            for a in range(plan.askers):
                out.write("  access-control-view: %s/32 v%d\n" % (worlds.dotted(plan.asker(a)), a % plan.vpcs))
            out.write("remote-control:\n  control-enable: no\n")
            for v in range(plan.vpcs):
                out.write('view:\n  name: "v%d"\n  local-zone: "compute-1.amazonaws.com." static\n'
                          '  local-zone: "%s." static\n' % (v, worlds.ZONE))
                out.write("".join('  local-data: "%s. 60 A %s"\n' % (plan.public_name(v, h), worlds.dotted(plan.private(v, h)))
                                  for h in range(plan.hosts)))
                out.write("".join('  local-data: "%s. 60 %s %s"\n' % record for record in plan.zone_records(v)))

    def command(self):
        return ["unbound", "-d", "-c", self.path("unbound.conf")]


class BIND(Server):
    title = "BIND, a view a VPC"
    port = 5396

    def prepare(self):
        plan = self.plan
        with open(self.path("named.conf"), "w") as out:
            out.write("""
options {
  directory "%s"; pid-file "%s/pid"; session-keyfile "%s/session"; listen-on port %d { 127.0.0.1; }; listen-on-v6 { none; };
  recursion no; minimal-responses yes; notify no; empty-zones-enable no; allow-query { any; }; dnssec-validation no;
  max-cache-size 2m;
};
controls { };
""" % (self.work, self.work, self.work, self.port))
            for v in range(plan.vpcs):
                out.write('view "v%d" {\n  match-clients { %s; };\n' % (
                    v, "; ".join(worlds.dotted(plan.asker(a)) for a in range(v, plan.askers, plan.vpcs))))
                for origin, write in worlds.ZONES:
                    name = "%d-%s.zone" % (v, origin)
                    write(plan, self.path(name), [v])
                    out.write('  zone "%s" { type primary; file "%s"; check-names ignore; };\n' % (origin, name))
                out.write("};\n")

    def command(self):
        return ["named", "-g", "-n", "1", "-c", self.path("named.conf")]


class Dnsmasq(Server):
    title = "dnsmasq"
    port = 5397

    def prepare(self):
        plan = self.plan
        with open(self.path("hosts"), "w", buffering=1 << 20) as out:
            for v in range(plan.vpcs):
                out.write("".join("%s %s\n" % (worlds.dotted(plan.private(v, h)), plan.public_name(v, h))
                                  for h in range(plan.hosts)))

    def command(self):
        return ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=%d" % self.port,
                "--listen-address=127.0.0.1", "--bind-interfaces", "--no-resolv", "--no-hosts", "--cache-size=0",
                "--addn-hosts=" + self.path("hosts"), "--pid-file=" + self.path("pid"), "--user=root",
                "--local-ttl=60", "--local=/#/", "--dns-forward-max=10000", "--log-facility=-"]


PACKAGES = {NSD: ("nsd", "nsd"), Knot: ("knotd", "knot"), Unbound: ("unbound", "unbound"), BIND: ("named", "bind9"),
            Dnsmasq: ("dnsmasq", "dnsmasq-base")}


def is_installed(kind):
    return kind not in PACKAGES or shutil.which(PACKAGES[kind][0]) is not None
