"""The unit for systemd in contrib: a systemd of the story's own starts it, with everything that it takes away."""
import json
import os
import shutil
import subprocess
import tempfile
import time
import unittest

import stage

UNIT = "classiclink-dns.service"
CONTRIB = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "contrib", UNIT)
SYSTEMD = "/usr/lib/systemd/systemd"
ZONE = """
HostedZones:
  - Id: Z1
    Name: example.com
    ResourceRecordSets: [{Name: www.example.com, Type: A, TTL: 60, ResourceRecords: [{Value: 192.0.2.1}]}]
"""
# The first process: what it must not change lies in memory, and the program is where the unit expects it.
INIT = """
set -e
# Credentials are mounted by a process in a namespace of its own.
mount --make-rshared /
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/system /run/etc
cp -a /etc/. /run/etc
mount --bind /run/etc /etc
mkdir /etc/classiclink-dns
cp "$FOLDER/world.yaml" /etc/classiclink-dns
mount -t tmpfs tmpfs /var
mkdir -p /var/lib /var/log /var/tmp
mount -t tmpfs tmpfs /usr/local/bin
touch /usr/local/bin/classiclink-dns
mount --bind "$PROGRAM" /usr/local/bin/classiclink-dns
ip link set lo up
exec %s --system --log-target=console --show-status=false
""" % SYSTEMD
# Of all that a machine starts there are only the names that every unit waits for.
TARGETS = ["sysinit", "basic", "network-online", "shutdown"]


def why_not():
    """Why systemd cannot be started here; None where it can."""
    if not os.path.exists(SYSTEMD):
        return "there is no systemd"
    # It makes users of its own for the unit (DynamicUser).
    with open("/proc/self/uid_map") as file:
        if os.geteuid() != 0 or int(file.read().split()[2]) < 65536:
            return "only root has other users"
    if subprocess.run(["unshare", "-Un", "true"], stderr=subprocess.DEVNULL).returncode != 0:
        return "there are no user namespaces"
    if "TSAN_OPTIONS" in os.environ or "ASAN_OPTIONS" in os.environ:
        return "a sanitizer needs what the unit takes away"
    libraries = subprocess.run(["ldd", stage.PROGRAM], stdout=subprocess.PIPE, universal_newlines=True).stdout
    if " /root/" in libraries or " /home/" in libraries:
        return "the libraries are at somebody's home, which the unit does not see"
    return None


class Machine:
    """Namespaces in which systemd is the first process, and root is root of these alone."""

    def __init__(self, folder):
        environment = dict(os.environ, FOLDER=folder, PROGRAM=os.path.abspath(stage.PROGRAM), container="other",
                           SYSTEMD_UNIT_PATH=folder)
        self.log = open(os.path.join(folder, "log"), "w+")
        command = 'read go && exec unshare -nmpiuf --kill-child --mount-proc sh -c "$0"'
        self.process = subprocess.Popen(["unshare", "-U", "sh", "-c", command, INIT], stdin=subprocess.PIPE,
                                        stdout=self.log, stderr=self.log, env=environment, cwd="/")
        process = "/proc/%d/" % self.process.pid
        stage.until(lambda: os.readlink(process + "ns/user") != os.readlink("/proc/self/ns/user"), lambda: time.sleep(0.01))
        for users in ["uid_map", "gid_map"]:
            with open(process + users, "w") as file:
                file.write("0 0 65536")
        self.process.stdin.write(b"\n")
        self.process.stdin.close()
        children = process + "task/%d/children" % self.process.pid
        self.first = None

        def look():
            with open(children) as file:
                self.first = file.read().strip() or None
            time.sleep(0.01)

        stage.until(lambda: self.first and os.readlink("/proc/%s/exe" % self.first) == SYSTEMD, look)

    def run(self, *command, **options):
        """What a command says inside."""
        return subprocess.run(["nsenter", "-t", self.first, "-a"] + list(command), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, universal_newlines=True, cwd="/", **options).stdout

    def close(self):
        # So that it takes its control groups with it.
        self.run("systemctl", "--force", "exit")
        try:
            self.process.wait(stage.PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


REASON = why_not()


@unittest.skipIf(REASON, REASON)
class Unit(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="classiclink-dns-")
        self.addCleanup(shutil.rmtree, self.folder)
        shutil.copy(CONTRIB, self.folder)
        self.write("world.yaml", stage.EMPTY + ZONE)
        for target in TARGETS:
            self.write(target + ".target", "[Unit]\nDefaultDependencies=no\n")
        self.write("default.target", "[Unit]\nDefaultDependencies=no\nWants=%s\n" % UNIT)
        self.machine = Machine(self.folder)
        self.addCleanup(self.machine.close)
        self.is_ready()

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)

    def systemctl(self, *arguments):
        return self.machine.run("systemctl", "--no-pager", *arguments)

    def shown(self, name):
        return self.systemctl("show", "--property=" + name, "--value", UNIT).strip()

    def is_ready(self):
        stage.until(lambda: self.shown("ActiveState") in ("active", "failed"), lambda: time.sleep(0.01))
        self.assertEqual("active", self.shown("ActiveState"), self.systemctl("status", "--full", UNIT))

    def dig(self, name):
        return self.machine.run("dig", "@127.0.0.1", "+short", "+time=5", name).split()

    def calls(self, *arguments):
        said = self.machine.run("aws", "--endpoint-url", "http://127.0.0.1:5380", "--output", "json", "ec2", *arguments)
        self.assertEqual("{", said[:1], said)
        return json.loads(said)

    def page(self, path, *options):
        """The status of a page of the API."""
        return self.machine.run("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}",
                                "http://127.0.0.1:5380" + path, *options)

    def test_within_the_unit_it_serves_and_keeps_what_calls_do(self):
        self.assertEqual("Serving generation 1", self.shown("StatusText"))
        self.assertEqual(["192.0.2.1"], self.dig("www.example.com"))
        vpc = self.calls("create-vpc", "--cidr-block", "10.9.0.0/16")["Vpc"]["VpcId"]
        self.systemctl("kill", "--signal=HUP", UNIT)
        self.systemctl("restart", UNIT)
        self.is_ready()
        self.assertEqual([vpc], [one["VpcId"] for one in self.calls("describe-vpcs")["Vpcs"]])
        self.assertEqual(["192.0.2.1"], self.dig("www.example.com"))
        self.systemctl("stop", UNIT)
        self.assertEqual(["inactive", "success"], [self.shown("ActiveState"), self.shown("Result")])
        questions = self.machine.run("cat", "/var/log/private/classiclink-dns/queries.jsonl").splitlines()
        self.assertEqual(2, len(questions), questions)

    def test_it_has_no_right_but_that_to_its_port(self):
        with open("/proc/%s/root/proc/%s/status" % (self.machine.first, self.shown("MainPID"))) as file:
            status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
        # Users that systemd hands out.
        self.assertTrue(all(61184 <= int(user) <= 65519 for user in status["Uid"].split()), status["Uid"])
        for rights in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]:
            # CAP_NET_BIND_SERVICE (capabilities(7)).
            self.assertEqual(1 << 10, int(status[rights], 16), rights)
        self.assertEqual("1", status["NoNewPrivs"])
        # A filter (proc(5)).
        self.assertEqual("2", status["Seccomp"])

    def restart_with(self, *settings, options="", without=""):
        """As an administrator changes a unit: in a drop-in, the command with other options."""
        with open(CONTRIB) as file:
            lines = file.read().replace("\\\n", "").splitlines()
        start = next(line for line in lines if line.startswith("ExecStart="))
        self.assertIn(without, start)
        start = start.replace(without, "")
        self.write(UNIT + ".d/options.conf", "\n".join(["[Service]", *settings, "ExecStart=", start + " " + options]))
        self.systemctl("daemon-reload")
        self.systemctl("restart", UNIT)
        self.is_ready()

    def test_a_token_comes_as_a_credential(self):
        self.write("token", "open-sesame-1001-nights\n")
        self.restart_with("LoadCredential=token:%s/token" % self.folder,
                          options="--api 0.0.0.0:5380 --api-token %d/token")
        self.assertEqual("401", self.page("/matrix"))
        self.assertEqual("200", self.page("/matrix", "-H", "Authorization: Bearer open-sesame-1001-nights"))

    def test_a_reload_reads_the_world_again(self):
        # As the unit says of systemd before 253. The world is that of the files, not of a state.
        self.restart_with("ExecReload=/bin/kill -HUP $MAINPID", without="--state %S/classiclink-dns/world.sqlite")
        self.machine.run("sed", "-i", "s/192.0.2.1/192.0.2.2/", "/etc/classiclink-dns/world.yaml")
        self.assertEqual("", self.systemctl("reload", UNIT))
        stage.until(lambda: self.dig("www.example.com") == ["192.0.2.2"], lambda: time.sleep(0.01))

    def test_it_knows_the_name_of_its_host(self):
        self.restart_with(options="--nsid hostname")
        said = self.machine.run("dig", "@127.0.0.1", "+nsid", "www.example.com")
        self.assertIn('("%s")' % os.uname().nodename, said)


if __name__ == "__main__":
    stage.main()
