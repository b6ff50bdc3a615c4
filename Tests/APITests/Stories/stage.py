"""A server of our own with its API, boto3 clients for it, and dig: what the stories beside this file play on."""
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

PROGRAM = os.environ.get("CLASSICLINK_DNS", os.path.join(
    os.path.dirname(__file__), "..", "..", "..", ".build", "debug", "classiclink-dns"))

# The world that most stories begin with: nothing but who asks from where.
EMPTY = """
Region: us-east-1
AccountId: "123456789012"
"""

# Source ports to ask from: enough for every worker to get some of the questions.
PORTS = 8
# In CI a skipped test is a failure, here as in scripts/test. These reasons alone are good there too.
MAY_BE_SKIPPED = [
    # test_unit, when scripts/sanitize plays it; scripts/test plays it without a sanitizer.
    "a sanitizer needs what the unit takes away",
]
# Seconds after which a server that has not started, or not ended, never will.
PATIENCE = 60


def preload(test, source):
    """LD_PRELOAD with a library made of a file beside this one, which is there as long as the test runs."""
    folder = tempfile.mkdtemp(prefix="classiclink-dns-")
    test.addCleanup(shutil.rmtree, folder)
    library = os.path.join(folder, "preload.so")
    subprocess.run(["clang", "-shared", "-fPIC", "-O1", "-o", library,
                    os.path.join(os.path.dirname(os.path.abspath(__file__)), source)], check=True)
    return ":".join(filter(None, [library, os.environ.get("LD_PRELOAD")]))


class Server:
    """`classiclink-dns serve` on ports of its own choice, in a folder that goes with it; `secret` is the
    clients' secret access key."""

    def __init__(self, world=EMPTY, flags=(), state=None, folder=None, environment=None,
                 secret="secret"):
        self.folder = folder or tempfile.mkdtemp(prefix="classiclink-dns-")
        self.flags = list(flags)
        self.state = state
        self.secret = secret
        self.environment = dict(os.environ, **(environment or {}))
        self.worlds = []
        self.log = None
        if world is not None:
            path = world if os.path.exists(world) else os.path.join(self.folder, "world.yaml")
            if path != world:
                with open(path, "w") as file:
                    file.write(world)
            self.worlds = ["--world", path]
        self.start()

    def start(self):
        ports = os.path.join(self.folder, "ports.json")
        if os.path.exists(ports):
            os.remove(ports)
        command = [PROGRAM, "serve", "--listen", "127.0.0.1:0", "--workers", "2", "--api", "127.0.0.1:0",
                   "--port-file", ports] + self.worlds + self.flags
        if self.state:
            command += ["--state", self.state]
        if self.log:
            self.log.close()
        self.log = open(os.path.join(self.folder, "log"), "ab")
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=self.log,
                                        env=self.environment)
        deadline = time.monotonic() + PATIENCE
        while not os.path.exists(ports):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError("the server did not start: " + self.logged())
            time.sleep(0.01)
        with open(ports) as file:
            doors = json.load(file)
        self.port = doors["listeners"][0]["port"]
        self.url = doors["api"]

    def get(self, path):
        """A page of the API's port: its status and its text."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=PATIENCE) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def metrics(self):
        """The series of /metrics; each family is told once, before its series."""
        status, text = self.get("/metrics")
        assert status == 200, text
        series, told = {}, []
        for line in text.splitlines():
            if line.startswith("# TYPE "):
                told.append(line.split()[2])
            elif not line.startswith("#"):
                match = re.fullmatch(r'([a-z_]+)(\{[^}]*\})? (\S+)', line)
                assert match, line
                assert match[1].startswith(told[-1]), line
                series[match[1] + (match[2] or "")] = float(match[3])
        assert len(told) == len(set(told)), told
        return series

    def post(self, **form):
        """A call as a form, for parameters that an older boto3 does not know: the reply's text."""
        request = urllib.request.Request(
            self.url, data=urllib.parse.urlencode(dict(form, Version="2016-11-15")).encode())
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
                return reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.read().decode()

    def run(self, *arguments):
        """Another command of the program: its exit status and what it says of errors."""
        done = subprocess.run([PROGRAM] + list(arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              universal_newlines=True, timeout=PATIENCE)
        return done.returncode, done.stderr

    def logged(self):
        with open(os.path.join(self.folder, "log"), errors="replace") as file:
            return file.read()

    def kill(self):
        """Nothing of the program runs any more; the system still writes what it has, as it would not after a power
        failure."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def close(self):
        if self.process.poll() is None:
            self.kill()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def client(self, service, region="us-east-1", account="123456789012"):
        """A boto3 client; the account is told by the access key."""
        return boto3.client(
            service, endpoint_url=self.url, region_name=region, aws_access_key_id=account,
            aws_secret_access_key=self.secret, config=Config(retries={"max_attempts": 0}))

    def dig(self, name, kind="A", source="127.0.0.1", port=0, tcp=False, subnet=None, extra=(), patience=20):
        """The answer section's data, one line a record; the RCODE where it is empty. With `subnet` as the host that has
        this address, where the server trusts our word (`--trust`)."""
        command = ["dig", "@127.0.0.1", "-p", str(self.port), "-b", "%s#%d" % (source, port), name, kind,
                   "+tries=1", "+time=%d" % patience, "+noall", "+answer", "+comments"] + list(extra)
        if tcp:
            command.append("+tcp")
        if subnet:
            command.append("+subnet=%s/32" % subnet)
        # One in some 28,000 gets the server's own port to ask from, which both share (SO_REUSEPORT), and hears itself.
        output = itself = "query response not set"
        while itself in output:
            output = subprocess.run(command, stdout=subprocess.PIPE, check=True, universal_newlines=True).stdout
        self.said = output
        data = [line.split(None, 4)[4] for line in output.splitlines() if line and not line.startswith(";")]
        if data:
            return data
        for line in output.splitlines():
            if "status: " in line:
                return [line.split("status: ")[1].split(",")[0]]
        raise AssertionError("no answer: " + output)

    def dig_all(self, name, kind="A", source="127.0.0.1"):
        """The one answer that every worker gives: asked from several source ports."""
        answers = {tuple(self.dig(name, kind, source)): self.said for _ in range(PORTS)}
        assert len(answers) == 1, "workers differ:\n" + "\n".join(answers.values())
        return list(answers.popitem()[0])


class Stage(unittest.TestCase):
    """A story: each test has a server of its own."""
    maxDiff = None
    world = EMPTY
    flags = ()

    def setUp(self):
        self.server = Server(self.world, self.flags)
        self.addCleanup(self.server.close)
        self.dig = self.server.dig_all

    def client(self, service, **more):
        return self.server.client(service, **more)

    def refused(self, code, call, **parameters):
        """The call is refused with this code; returns the message."""
        with self.assertRaises(ClientError) as caught:
            call(**parameters)
        error = caught.exception.response["Error"]
        self.assertEqual(code, error["Code"], error["Message"])
        return error["Message"]


def question(name, kind=1, of=1):
    """A question as a packet."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.rstrip(".").split("."))
    return struct.pack(">6H", 7, 0x100, 1, 0, 0, 0) + labels + struct.pack(">BHH", 0, kind, of)


def ask_often(port, count):
    """Asks for whoami. so often, each time after the answer to the last question."""
    packet = question("whoami", 16, 3)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.settimeout(PATIENCE)
        asker.connect(("127.0.0.1", port))
        for _ in range(count):
            asker.send(packet)
            asker.recv(4096)


class Restarting(Stage):
    """A story with a state: what was acknowledged is read again."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="classiclink-dns-")
        self.addCleanup(self.folder.cleanup)
        self.server = Server(self.world, self.flags, state=os.path.join(self.folder.name, "state"))
        self.addCleanup(self.server.close)
        self.dig = self.server.dig_all

    def restart(self):
        self.server.kill()
        self.server.start()


def until(holds, attempt):
    """Makes attempts until it holds."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError("it never came to pass")
        attempt()


def within_namespaces(network=False, as_root=False):
    """Goes on in a mount namespace of the story's own, and in a network namespace. Where root has no right to that, and
    for everybody else, a user namespace gives it; with `as_root`, the story then goes on where it is."""
    mark = "STORY_IN_NAMESPACES"
    if os.environ.get(mark) == str(os.getpid()):
        return
    command = ["unshare", "-m"] + (["-n"] if network else [])
    if os.geteuid() != 0 or subprocess.run(command + ["true"], stderr=subprocess.DEVNULL).returncode != 0:
        if as_root:
            return
        command.append("-Ur")
    os.environ[mark] = str(os.getpid())
    lo = "ip link set lo up && " if network else ""
    os.execvp(command[0], command + ["sh", "-c", lo + 'exec "$0" "$@"', sys.executable] + sys.argv)


def main():
    result = unittest.main(verbosity=2, exit=False).result
    skipped = ["%s: %s" % (test, reason) for test, reason in result.skipped if reason not in MAY_BE_SKIPPED]
    if skipped and os.environ.get("CI") == "true":
        sys.exit("\n".join(["Skipped, which is a failure in CI:"] + skipped))
    sys.exit(not result.wasSuccessful() or result.testsRun + len(result.skipped) == 0)
