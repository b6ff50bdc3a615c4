"""A command in a sandbox while the machine around it changes, and its ways out: `exec` from the outside."""
import os
import shutil
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
    def test_arguments_need_not_be_utf_8(self):
        program = self.start(["printf", "%s|", b"caf\xe9", b"\xff\xfe", "--", "é"])
        self.assertEqual((0, b"caf\xe9|\xff\xfe|--|\xc3\xa9|"), self.end(program))


if __name__ == "__main__":
    stage.within_namespaces()
    stage.main()
