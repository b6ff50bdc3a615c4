"""The unit for systemd in contrib: a systemd of the story's own starts it, with everything that it takes away."""
import glob
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
# What the story writes, as the machine sees it.
FOLDER = "/run/story"
ZONE = """
HostedZones:
  - Id: Z1
    Name: example.com
    ResourceRecordSets: [{Name: www.example.com, Type: A, TTL: 60, ResourceRecords: [{Value: 192.0.2.1}]}]
"""
HOST = "host-of-the-unit"
# The first process. What it must not change lies in memory, devices of the machine are none, and the program is where
# the unit expects it.
INIT = """
set -e
# Credentials are mounted by a process in a namespace of its own.
mount --make-rshared /
mount -t cgroup2 cgroup2 /sys/fs/cgroup
for file in /dev/console /dev/tty0 /dev/kmsg /proc/sys/fs/file-max; do
  [ ! -e $file ] || mount --bind /dev/null $file
done
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/system /run/etc %(folder)s
mount --bind "$FOLDER" %(folder)s
cp -a /etc/. /run/etc
mount --bind /run/etc /etc
echo %(host)s > /etc/hostname
rm -rf /etc/classiclink-dns
mkdir /etc/classiclink-dns
cp %(folder)s/world.yaml /etc/classiclink-dns
mount -t tmpfs tmpfs /var
mkdir -p /var/lib /var/log /var/tmp
mkdir -m 777 /var/open
mount -t tmpfs tmpfs /usr/local/bin
touch /usr/local/bin/classiclink-dns
mount --bind "$PROGRAM" /usr/local/bin/classiclink-dns
mount -t tmpfs tmpfs /tmp
ip link set lo up
exec %(systemd)s --system --log-target=console --show-status=false
""" % {"folder": FOLDER, "host": HOST, "systemd": SYSTEMD}
# Of all that a machine starts there are only the names that every unit waits for.
TARGETS = ["sysinit", "basic", "network-online", "shutdown"]
# Commands that everybody may run, but for what the unit takes away.
ATTEMPTS = """\
touch /var/open/file
unshare -U true
setarch -R true
chrt -o 0 true
/usr/bin/python3 -c 'import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)'
/usr/bin/python3 -c 'import mmap; mmap.mmap(-1, 4096, prot=7)'
"""
# Says which of them succeed.
TRY = """\
status=0
while read -r attempt; do
  if sh -c "$attempt" > /dev/null 2>&1; then echo "$attempt"; status=1; fi
done < %(folder)s/attempts
exit $status
""" % {"folder": FOLDER}
NAMESPACES = "-nmpiuCf --kill-child --mount-proc"
LOG = "/var/log/private/classiclink-dns/queries.jsonl"


def why_not():
    """Why systemd cannot be started here; None where it can."""
    if not os.path.exists(SYSTEMD):
        return "there is no systemd"
    # It makes users of its own for the unit (DynamicUser).
    with open("/proc/self/uid_map") as file:
        if os.geteuid() != 0 or int(file.read().split()[2]) < 65536:
            return "only root has other users"
    if "TSAN_OPTIONS" in os.environ or "ASAN_OPTIONS" in os.environ:
        return "a sanitizer needs what the unit takes away"
    libraries = subprocess.run(["ldd", stage.PROGRAM], stdout=subprocess.PIPE, universal_newlines=True).stdout
    if " /root/" in libraries or " /home/" in libraries:
        return "the libraries are at somebody's home, which the unit does not see"
    groups = "mount -t cgroup2 cgroup2 /sys/fs/cgroup && mkdir /sys/fs/cgroup/a && rmdir /sys/fs/cgroup/a"
    probe = subprocess.run(["unshare", "-Ur"] + NAMESPACES.split() + ["sh", "-c", groups], stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, universal_newlines=True)
    return probe.stdout.strip() or "there are no namespaces" if probe.returncode != 0 else None


class Machine:
    """Namespaces in which systemd is the first process, and root is root of these alone."""

    def __init__(self, folder):
        self.log = open(os.path.join(folder, "log"), "w+")
        environment = dict(os.environ, FOLDER=folder, PROGRAM=os.path.abspath(stage.PROGRAM), container="other",
                           SYSTEMD_UNIT_PATH=FOLDER)
        # It ends with the story, whatever ends that. Its users must be there before the first program that needs them.
        command = 'read go && exec setpriv --pdeathsig KILL unshare %s sh -c "$0"' % NAMESPACES
        self.process = subprocess.Popen(["unshare", "-U", "sh", "-c", command, INIT], stdin=subprocess.PIPE,
                                        stdout=self.log, stderr=self.log, env=environment, cwd="/")
        try:
            self.boot("/proc/%d/" % self.process.pid)
        except BaseException:
            self.kill()
            raise

    def boot(self, process):
        own = os.readlink("/proc/self/ns/user")
        stage.until(lambda: os.readlink(process + "ns/user") != own, self.pause)
        for users in ["uid_map", "gid_map"]:
            with open(process + users, "w") as file:
                file.write("0 0 65536")
        self.process.stdin.write(b"\n")
        self.process.stdin.close()
        stage.until(lambda: self.is_systemd(process + "task/%d/children" % self.process.pid), self.pause)

    def is_systemd(self, children):
        with open(children) as file:
            self.first = file.read().strip()
        return self.first != "" and os.readlink("/proc/%s/exe" % self.first) == SYSTEMD

    def pause(self):
        time.sleep(0.01)
        if self.process.poll() is not None:
            self.log.seek(0)
            raise AssertionError("it ended: " + self.log.read())

    def run(self, *command, within="-a"):
        """What a command says inside."""
        return subprocess.run(["nsenter", "-t", self.first, within] + list(command), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, universal_newlines=True, cwd="/", timeout=stage.PATIENCE).stdout

    def ask(self, *command):
        """What a client says that has nothing of the machine but its network."""
        return self.run(*command, within="-n")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.log.close()

    def close(self):
        try:
            # So that it removes its control groups, but for that in which it is itself.
            self.run("systemctl", "--force", "exit")
            self.process.wait(stage.PATIENCE)
        finally:
            self.kill()
            for scope in glob.glob(self.control_group() + "/init.scope"):
                os.rmdir(scope)

    def control_group(self):
        """The folder of the control group (version 2) that all of it is in."""
        with open("/proc/self/mounts") as file:
            mounts = [line.split()[1] for line in file if line.split()[2] == "cgroup2"]
        with open("/proc/self/cgroup") as file:
            group = next((line.rstrip("\n")[3:] for line in file if line.startswith("0::")), "/")
        return (mounts + ["/sys/fs/cgroup"])[0] + group.rstrip("/")


REASON = why_not()


@unittest.skipIf(REASON, REASON)
class Unit(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="classiclink-dns-")
        self.addCleanup(shutil.rmtree, self.folder)
        os.chmod(self.folder, 0o755)
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
        return self.machine.ask("dig", "@127.0.0.1", "+short", "+tries=1", "+time=20", name).split()

    def calls(self, *arguments):
        said = self.machine.ask("aws", "--endpoint-url", "http://127.0.0.1:5380", "--output", "json", "ec2", *arguments)
        self.assertEqual("{", said[:1], said)
        return json.loads(said)

    def page(self, path, *options):
        """The status of a page of the API."""
        return self.machine.ask("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}",
                                "http://127.0.0.1:5380" + path, *options)

    def test_within_the_unit_it_serves_and_keeps_what_calls_do(self):
        self.assertEqual("Serving generation 1", self.shown("StatusText"))
        self.assertEqual(["192.0.2.1"], self.dig("www.example.com"))
        vpc = self.calls("create-vpc", "--cidr-block", "10.9.0.0/16")["Vpc"]["VpcId"]
        self.systemctl("restart", UNIT)
        self.is_ready()
        self.assertEqual([vpc], [one["VpcId"] for one in self.calls("describe-vpcs")["Vpcs"]])
        self.assertEqual(["192.0.2.1"], self.dig("www.example.com"))
        self.systemctl("stop", UNIT)
        self.assertEqual(["inactive", "success"], [self.shown("ActiveState"), self.shown("Result")])
        questions = self.machine.run("cat", LOG).splitlines()
        self.assertEqual(2, len(questions), questions)

    def test_its_log_is_begun_anew_at_sighup(self):
        self.dig("www.example.com")
        process = self.shown("MainPID")
        self.machine.run("mv", LOG, LOG + ".1")
        self.systemctl("kill", "--signal=HUP", UNIT)
        stage.until(lambda: self.machine.run("ls", LOG).strip() == LOG, lambda: time.sleep(0.01))
        # One that died of the signal would have been started again, and have begun a log as well.
        self.assertEqual(process, self.shown("MainPID"))

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

    def test_what_the_unit_takes_away_is_gone(self):
        self.write("attempts", ATTEMPTS)
        self.write("try", TRY)
        # All of it succeeds outside of the unit.
        self.assertEqual(ATTEMPTS, self.machine.run("sh", FOLDER + "/try"))
        self.restart_with("ExecStartPre=/bin/sh %s/try" % FOLDER)

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
        self.restart_with("LoadCredential=token:%s/token" % FOLDER,
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
        said = self.machine.ask("dig", "@127.0.0.1", "+nsid", "www.example.com")
        self.assertIn('("%s")' % HOST, said)


if __name__ == "__main__":
    stage.main()
