"""A command in a sandbox while the machine around it changes, and its ways out: `exec` from the outside."""
import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
import unittest

import stage

WORLD = stage.EMPTY + "Instances: [{InstanceId: i-0aaa0001, PrivateIpAddress: 10.112.0.9}]\n"


class Sandbox(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="classiclink-dns-")
        self.addCleanup(shutil.rmtree, self.folder)
        with open(self.path("world.yaml"), "w") as file:
            file.write(WORLD)

    def path(self, name):
        return os.path.join(self.folder, name)

    def start(self, command, options=(), before=()):
        command = list(before) + [stage.PROGRAM, "exec", "--from", "i-0aaa0001", "--world", self.path("world.yaml")] \
            + list(options) + ["--"] + list(command)
        program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.addCleanup(program.stdout.close)
        self.addCleanup(lambda: program.poll() is None and program.kill())
        return program

    def end(self, program):
        said, _ = program.communicate(timeout=stage.PATIENCE)
        return program.returncode, said

    def mount(self, *arguments):
        subprocess.run(["mount"] + list(arguments), check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", arguments[-1]], check=True)


class Machine(Sandbox):
    def has_layers(self):
        """Before Linux 5.11 root alone had them."""
        for name in ["upper", "work", "test"]:
            os.mkdir(self.path(name))
        self.mount("-t", "tmpfs", "tmpfs", self.path("test"))
        for name in ["upper", "work", "all"]:
            os.mkdir(self.path("test/" + name))
        options = "lowerdir=/etc,upperdir=%s,workdir=%s" % (self.path("test/upper"), self.path("test/work"))
        return subprocess.run(["unshare", "-m", "mount", "-t", "overlay", "overlay", "-o", options,
                               self.path("test/all")], stderr=subprocess.DEVNULL).returncode == 0

    def test_a_new_resolv_conf_of_the_machine_changes_nothing_in_the_sandbox(self):
        if not self.has_layers():
            self.skipTest("this kernel gives no layers")
        # An /etc of the story's own, without what is mounted below the machine's.
        etc = self.path("etc")
        shutil.copytree("/etc", etc, symlinks=True)
        for name in ["resolv.conf", "nsswitch.conf"]:
            if os.path.lexists(os.path.join(etc, name)):
                os.unlink(os.path.join(etc, name))
            with open(os.path.join(etc, name), "w") as file:
                file.write("# of before\n")
        self.mount("--bind", etc, "/etc")
        program = self.start(["sh", "-c", "touch %s; while [ ! -e %s ]; do sleep 0.02; done; "
                              "cat /etc/resolv.conf /etc/nsswitch.conf" % (self.path("ready"), self.path("go"))])
        stage.until(lambda: os.path.exists(self.path("ready")), lambda: time.sleep(0.01))
        for name in ["/etc/resolv.conf", "/etc/nsswitch.conf"]:
            with open(name + ".new", "w") as file:
                file.write("# of after\n")
            os.rename(name + ".new", name)
        open(self.path("go"), "w").close()
        status, said = self.end(program)
        self.assertEqual(0, status, said)
        self.assertIn(b"nameserver 172.16.0.23", said)
        self.assertIn(b"hosts: files dns", said)
        self.assertNotIn(b"of after", said)

    def test_files_that_are_mounted_below_etc_stay(self):
        self.mount("-t", "tmpfs", "tmpfs", "/etc/ssl" if os.path.isdir("/etc/ssl") else "/etc/default")
        folder = "/etc/ssl" if os.path.isdir("/etc/ssl") else "/etc/default"
        open(folder + "/of-the-mount", "w").close()
        program = self.start(["sh", "-c", "ls %s; cat /etc/resolv.conf" % folder])
        status, said = self.end(program)
        self.assertEqual((0, True, True), (status, b"of-the-mount" in said, b"172.16.0.23" in said), said)

    def test_everybody_reads_etc_whatever_the_callers_umask(self):
        before = os.umask(0o077)
        self.addCleanup(os.umask, before)
        program = self.start(["stat", "-c", "%a", "/etc", "/etc/resolv.conf"])
        self.assertEqual((0, b"755\n644\n"), self.end(program))

    def test_arguments_need_not_be_utf_8(self):
        program = self.start(["printf", "%s|", b"caf\xe9", b"\xff\xfe", "--", "é"])
        self.assertEqual((0, b"caf\xe9|\xff\xfe|--|\xc3\xa9|"), self.end(program))


class Ways(Sandbox):
    def know_twin(self):
        """A host of two addresses."""
        with open(self.path("hosts"), "w") as file:
            file.write("::1 twin\n127.0.0.1 twin\n")
        self.mount("--bind", self.path("hosts"), "/etc/hosts")

    def test_a_udp_server_at_the_second_address_of_a_host_is_found(self):
        self.know_twin()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
            server.bind(("127.0.0.1", 0))
            server.settimeout(stage.PATIENCE)
            client = ("import socket; one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); "
                      "one.connect(('10.0.0.9', 99)); one.send(b'first'); print(one.recv(100)); "
                      "one.send(b'second'); print(one.recv(100))")
            program = self.start(["/usr/bin/python3", "-c", client],
                                 ["--connect", "10.0.0.9:99=twin:%d" % server.getsockname()[1]])
            for _ in range(2):
                octets, peer = server.recvfrom(100)
                server.sendto(b"echo " + octets, peer)
            self.assertEqual((0, b"b'echo first'\nb'echo second'\n"), self.end(program))

    def test_a_udp_server_that_begins_late_is_found_at_the_first_address_too(self):
        self.know_twin()
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as free:
            free.bind(("::1", 0))
            port = free.getsockname()[1]
        client = ("import socket; one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); one.settimeout(0.1)\n"
                  "one.connect(('10.0.0.9', 99))\n"
                  "for number in range(600):\n"
                  "    if number == 5: open(%r, 'w').close()\n"
                  "    try: one.send(b'x'); print(one.recv(100)); break\n"
                  "    except OSError: pass\n") % self.path("asked")
        program = self.start(["/usr/bin/python3", "-c", client], ["--connect", "10.0.0.9:99=twin:%d" % port])
        stage.until(lambda: os.path.exists(self.path("asked")), lambda: time.sleep(0.01))
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as server:
            server.bind(("::1", port))
            server.settimeout(stage.PATIENCE)
            octets, peer = server.recvfrom(100)
            server.sendto(b"echo", peer)
            self.assertEqual((0, b"b'echo'\n"), self.end(program))

    def test_a_relay_may_open_more_files_than_the_command(self):
        with contextlib.ExitStack() as open_now:
            server = open_now.enter_context(socket.create_server(("127.0.0.1", 0), backlog=100))
            client = ("import resource, socket\n"
                      "many = [socket.create_connection(('10.0.0.9', 99)) for _ in range(30)]\n"
                      "for one in many: one.sendall(b'x')\n"
                      "for one in many: assert one.recv(1) == b'y'\n"
                      "print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])")
            program = self.start(["/usr/bin/python3", "-c", client],
                                 ["--connect", "10.0.0.9:99=127.0.0.1:%d" % server.getsockname()[1]],
                                 before=["sh", "-c", 'ulimit -Sn 40; exec "$@"', "sh"])
            server.settimeout(stage.PATIENCE)
            taken = [open_now.enter_context(server.accept()[0]) for _ in range(30)]
            for one in taken:
                one.settimeout(stage.PATIENCE)
                self.assertEqual(b"x", one.recv(1))
                one.sendall(b"y")
            self.assertEqual((0, b"40\n"), self.end(program))


if __name__ == "__main__":
    stage.within_namespaces()
    stage.main()
