"""How the server ends: at a signal that comes twice, while it still reads the world, and beside its successor."""
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import stage

# In a process namespace of its own the server is process 1, as it is in a container.
AS_PROCESS_1 = ["unshare", "-pf"] if os.geteuid() == 0 else ["unshare", "-Upf"]


class Stopping(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="classiclink-dns-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.ports = os.path.join(self.folder, "ports.json")

    def file(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    def start(self, world, *more, before=(), ports=None):
        command = list(before) + [stage.PROGRAM, "serve", "--world", world, "--listen", "127.0.0.1:0",
                                  "--port-file", ports or self.ports]
        with open(os.path.join(self.folder, "log"), "ab") as log:
            server = subprocess.Popen(command + list(more), stdout=subprocess.PIPE, stderr=log)
        self.addCleanup(server.stdout.close)
        self.addCleanup(lambda: server.poll() is None and server.kill())
        return server

    def wait_for(self, server, path):
        stage.until(lambda: os.path.exists(path) or server.poll() is not None, lambda: time.sleep(0.01))
        self.assertIsNone(server.poll())


class Signals(Stopping):
    def test_two_at_once_are_one_wish(self):
        """timeout(1) signals the process, then its group."""
        server = self.start(self.file("world.yaml", stage.EMPTY))
        self.wait_for(server, self.ports)
        server.send_signal(signal.SIGTERM)
        server.send_signal(signal.SIGINT)
        self.assertEqual(0, server.wait(stage.PATIENCE))
        self.assertFalse(os.path.exists(self.ports))

    @unittest.skipIf(subprocess.run(AS_PROCESS_1 + ["true"], stderr=subprocess.DEVNULL).returncode,
                     "namespaces are forbidden here")
    def test_process_1_ends_while_it_reads_the_world(self):
        # A pipe from which nothing comes: the reading ends when the server does.
        world = os.path.join(self.folder, "world.yaml")
        os.mkfifo(world)
        writer = os.open(world, os.O_RDWR)
        self.addCleanup(os.close, writer)
        parent = self.start(world, before=AS_PROCESS_1)
        children = "/proc/%d/task/%d/children" % (parent.pid, parent.pid)

        def ask():
            # The very first signals may come before the program has begun.
            with open(children) as file:
                for child in file.read().split():
                    os.kill(int(child), signal.SIGTERM)
            time.sleep(0.02)
        stage.until(lambda: parent.poll() is not None, ask)
        self.assertEqual(128 + signal.SIGTERM, parent.returncode)
        self.assertEqual(b"", parent.stdout.read())


class PortFiles(Stopping):
    def test_a_server_leaves_the_file_of_its_successor(self):
        world = self.file("world.yaml", stage.EMPTY)
        old = self.start(world)
        self.wait_for(old, self.ports)
        new = self.start(world)

        def told():
            with open(self.ports) as file:
                return json.load(file)["pid"]
        stage.until(lambda: told() == new.pid, lambda: time.sleep(0.01))
        old.send_signal(signal.SIGTERM)
        self.assertEqual(0, old.wait(stage.PATIENCE))
        self.assertEqual(new.pid, told())
        new.send_signal(signal.SIGTERM)
        self.assertEqual(0, new.wait(stage.PATIENCE))
        self.assertFalse(os.path.exists(self.ports))

    def test_a_pipe_that_nobody_reads_is_an_error(self):
        os.mkfifo(self.ports)
        server = self.start(self.file("world.yaml", stage.EMPTY))
        self.assertEqual(69, server.wait(stage.PATIENCE))

    def test_a_pipe_that_somebody_reads_is_written_to(self):
        os.mkfifo(self.ports)
        reader = os.open(self.ports, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        server = self.start(self.file("world.yaml", stage.EMPTY))
        stage.until(lambda: server.stdout.readline() or server.poll() is not None, lambda: None)
        self.assertEqual(server.pid, json.loads(os.read(reader, 4096))["pid"])
        server.send_signal(signal.SIGTERM)
        self.assertEqual(0, server.wait(stage.PATIENCE))
        self.assertTrue(os.path.exists(self.ports))


if __name__ == "__main__":
    stage.main()
