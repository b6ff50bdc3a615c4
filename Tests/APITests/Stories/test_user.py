"""`serve --user`: root opens port 53 and goes; what is heard, read and written afterwards is a plain user's doing."""
import glob
import json
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import stage

NOBODY = pwd.getpwnam("nobody")
NAME = "www.example.com"
WORLD = stage.EMPTY + """
HostedZones:
  - {Id: Z1, Name: example.com, ResourceRecordSets: [{Name: www.example.com, Type: A, TTL: 60, ResourceRecords: [{Value: %s}]}]}
"""


class Folder(unittest.TestCase):
    """A folder of the user's; the story is played in a network namespace, where ports below 1024 are root's."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="classiclink-dns-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        if os.geteuid() == 0:
            os.chown(self.folder, NOBODY.pw_uid, NOBODY.pw_gid)
        self.path = os.path.join(self.folder, "world.yaml")
        self.write("192.0.2.1")

    def write(self, address, mode=0o644):
        with open(self.path, "w") as file:
            file.write(WORLD % address)
        os.chmod(self.path, mode)

    def serve(self, *flags, **more):
        server = stage.Server(self.path, ["--listen", "127.0.0.1:53"] + list(flags), folder=self.folder, **more)
        self.addCleanup(server.close)
        with open(os.path.join(self.folder, "ports.json")) as file:
            self.assertEqual(53, json.load(file)["listeners"][1]["port"])
        server.port = 53
        return server

    def fails(self, *flags, program=()):
        done = subprocess.run(
            list(program) + [stage.PROGRAM, "serve", "--world", self.path] + list(flags), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, universal_newlines=True, timeout=stage.PATIENCE)
        self.assertEqual("", done.stdout)
        return done.returncode, done.stderr


class AsRoot(Folder):
    def threads(self, server):
        """What the kernel says of each thread: the lines of its status."""
        all_threads = []
        for path in glob.glob("/proc/%d/task/*/status" % server.process.pid):
            with open(path) as file:
                all_threads.append(dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line))
        self.assertGreater(len(all_threads), 3)
        return all_threads

    def has_no_rights(self, server, user, group, groups):
        for thread in self.threads(server):
            self.assertEqual(["\t".join([str(user)] * 4), "\t".join([str(group)] * 4), groups],
                             [thread["Uid"], thread["Gid"], thread["Groups"].split()], thread["Name"])
            for name in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]:
                self.assertEqual(0, int(thread[name], 16), (name, thread["Name"]))
            self.assertEqual("1", thread["NoNewPrivs"], thread["Name"])

    def test_everything_works_without_a_right(self):
        state = os.path.join(self.folder, "state")
        server = self.serve("--user", "nobody", "--query-log", os.path.join(self.folder, "queries"), state=state)
        groups = [str(group) for group in os.getgrouplist("nobody", NOBODY.pw_gid)]
        self.has_no_rights(server, NOBODY.pw_uid, NOBODY.pw_gid, groups)
        self.assertEqual(["192.0.2.1"], server.dig_all(NAME))
        self.assertEqual(["192.0.2.1"], server.dig(NAME, tcp=True))
        vpc = server.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        os.rename(os.path.join(self.folder, "queries"), os.path.join(self.folder, "queries.1"))
        server.process.send_signal(signal.SIGHUP)
        stage.until(lambda: os.path.exists(os.path.join(self.folder, "queries")), lambda: time.sleep(0.01))
        self.assertIn("process_open_fds", server.get("/metrics")[1])
        for name in ["state", "state-wal", "state-shm", "state.lock", "queries", "ports.json"]:
            self.assertEqual(NOBODY.pw_uid, os.stat(os.path.join(self.folder, name)).st_uid, name)
        # Root may put a program on a machine of the world, by the same door as before.
        name = "ip-10-0-0-9.ec2.internal"
        done = subprocess.run(
            [stage.PROGRAM, "exec", "--api", server.url, "--from", vpc, "--", "getent", "hosts", name],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
        self.assertEqual((2, ""), (done.returncode, done.stderr))
        self.has_no_rights(server, NOBODY.pw_uid, NOBODY.pw_gid, groups)
        self.assertEqual(0, server.stop(), server.logged())
        self.assertFalse(os.path.exists(os.path.join(self.folder, "ports.json")))
        # And again, with what it left.
        server = self.serve("--user", "nobody", state=state)
        self.assertEqual([vpc], [one["VpcId"] for one in server.client("ec2").describe_vpcs()["Vpcs"]])

    def test_a_group_in_place_of_the_users(self):
        server = self.serve("--user", "%d:4711" % NOBODY.pw_uid)
        self.has_no_rights(server, NOBODY.pw_uid, 4711, ["4711"])
        self.assertEqual(["192.0.2.1"], server.dig_all(NAME))

    def test_a_user_without_an_entry(self):
        os.chown(self.folder, 54321, 54321)
        server = self.serve("--user", "54321:54321")
        self.has_no_rights(server, 54321, 54321, ["54321"])

    def test_a_world_that_the_user_may_not_read(self):
        server = self.serve("--user", "nobody")
        self.write("192.0.2.2", mode=0o600)
        server.process.send_signal(signal.SIGHUP)
        stage.until(lambda: "the world was not changed" in server.logged(), lambda: time.sleep(0.01))
        self.assertIn(self.path + ": error: the file cannot be read: no permission", server.logged())
        self.assertEqual(["192.0.2.1"], server.dig_all(NAME))
        os.chmod(self.path, 0o644)
        server.process.send_signal(signal.SIGHUP)
        stage.until(lambda: "a new world is in force" in server.logged(), lambda: time.sleep(0.01))
        self.assertEqual(["192.0.2.2"], server.dig_all(NAME))
        # At the start it is an error, not a surprise at the first reload.
        server.stop()
        os.chmod(self.path, 0o600)
        status, said = self.fails("--listen", "127.0.0.1:0", "--user", "nobody")
        self.assertEqual((65, True), (status, "no permission" in said), said)

    def test_a_token_may_be_roots_alone(self):
        token = os.path.join(self.folder, "token")
        with open(token, "w") as file:
            file.write("a-token-that-is-roots")
        os.chmod(token, 0o600)
        server = self.serve("--user", "nobody", "--api-token", token)
        self.assertEqual(401, server.get("/metrics")[0])

    def test_a_folder_that_is_not_the_users(self):
        os.chown(self.folder, 0, 0)
        os.chmod(self.folder, 0o755)
        state = os.path.join(self.folder, "state")
        for flags, place in [(["--state", state], state + ".lock"),
                             (["--query-log", os.path.join(self.folder, "log")], os.path.join(self.folder, "log")),
                             (["--port-file", os.path.join(self.folder, "ports")], os.path.join(self.folder, "ports"))]:
            status, said = self.fails("--listen", "127.0.0.1:53", "--user", "nobody", *flags)
            self.assertEqual((77, True, True), (status, place in said, "ermission denied" in said), said)
        # A state that root made before.
        os.chown(self.folder, NOBODY.pw_uid, NOBODY.pw_gid)
        subprocess.run([stage.PROGRAM, "import", "--state", state, "--world", self.path], check=True)
        status, said = self.fails("--listen", "127.0.0.1:53", "--user", "nobody", "--state", state)
        self.assertEqual((77, True), (status, state in said), said)

    def test_the_apis_port_is_opened_by_the_user(self):
        status, said = self.fails("--listen", "127.0.0.1:53", "--user", "nobody", "--api", "127.0.0.1:80")
        self.assertEqual(69, status)
        self.assertIn("--api 127.0.0.1:80: ", said)
        self.assertIn("ermission denied", said)


class AsSomebody(Folder):
    def test_who_is_no_user(self):
        for user, words in [("no-such-user", "there is no user no-such-user"), ("nobody:no-such-group", "no group"),
                            ("root", "root"), ("0:0", "root"), ("", "no user"), ("54321", "54321:GROUP")]:
            status, said = self.fails("--listen", "127.0.0.1:0", "--user", user)
            self.assertEqual((64, True), (status, words in said), said)

    def test_only_root_becomes_another(self):
        # Nobody may not look into the folder in which the program was built: he gets a copy.
        copy = shutil.copy(stage.PROGRAM, self.folder)
        self.addCleanup(setattr, stage, "PROGRAM", stage.PROGRAM)
        stage.PROGRAM = copy
        setpriv = ["setpriv", "--reuid=nobody", "--regid=%d" % NOBODY.pw_gid, "--clear-groups"]
        status, said = self.fails("--listen", "127.0.0.1:0", "--user", "54321:54321", program=setpriv)
        self.assertEqual((77, True), (status, "only root becomes another user" in said), said)


if __name__ == "__main__":
    if os.geteuid() == 0:
        stage.within_namespaces(network=True, as_root=True)
    elif os.environ.get("CI") == "true":
        raise SystemExit("CI has to run this story as root")
    else:
        # Nobody else can become somebody.
        del AsRoot, AsSomebody.test_only_root_becomes_another
    stage.main()
