"""Where the program writes: outputs that are full or closed, a log that callers would write into, and a query log on
standard output."""
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import stage

COMMANDS = {
    "check": ["check", "--world", "WORLD"],
    "check --json": ["check", "--json", "--world", "WORLD"],
    "explain": ["explain", "--world", "WORLD", "--from", "internet", "www.example.com"],
    "explain --json": ["explain", "--world", "WORLD", "--json", "--from", "internet", "www.example.com"],
    "explain --set": ["explain", "--world", "WORLD", "--from", "internet", "--set",
                      "vpc-1a2b3c4d:EnableDnsSupport=false", "www.example.com"],
    "matrix": ["matrix", "--world", "WORLD"],
    "matrix --json": ["matrix", "--json", "--world", "WORLD"],
    "matrix --markdown": ["matrix", "--markdown", "--world", "WORLD"],
    "matrix --set": ["matrix", "--world", "WORLD", "--set", "vpc-1a2b3c4d:EnableDnsSupport=false"],
    "export": ["export", "--world", "WORLD"],
    "journal": ["journal", "--state", "STATE"],
    "journal --json": ["journal", "--json", "--state", "STATE"],
    "story": ["story", os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../zones/three-tier")],
}
WORLD = stage.EMPTY + "Vpcs: [{VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.0.0/16}]\n"


class InAFolder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="classiclink-dns-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.world = self.path("world.yaml")
        with open(self.world, "w") as file:
            file.write(WORLD)

    def path(self, name):
        return os.path.join(self.folder, name)

    def run_command(self, arguments, output="", **more):
        """With a redirection of the shell."""
        return subprocess.run(["sh", "-c", 'exec "$@" ' + output, "sh", stage.PROGRAM] + list(arguments),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True,
                              timeout=stage.PATIENCE, **more)


class Outputs(InAFolder):
    def test_what_could_not_be_said_is_no_success(self):
        state = self.path("state")
        self.assertEqual(0, self.run_command(["import", "--state", state, "--world", self.world]).returncode)
        for name, words in COMMANDS.items():
            command = [{"WORLD": self.world, "STATE": state}.get(word, word) for word in words]
            with self.subTest(name):
                done = self.run_command(command)
                self.assertEqual((0, False), (done.returncode, done.stdout == ""), done.stderr)
                for output in [">/dev/full", ">&-"]:
                    done = self.run_command(command, output)
                    self.assertEqual((69, True), (done.returncode, "standard output" in done.stderr), done.stderr)

    def test_what_is_missing_is_66(self):
        start = ["serve", "--world", self.world, "--listen", "127.0.0.1:0"]
        for more in [["--recurse", "--root-hints", "/no/such"], ["--state", "/no/such"],
                     ["--upstream", "127.0.0.1:9", "--validate", "--trust-anchor", "/no/such"]]:
            done = self.run_command(start + more)
            self.assertEqual((66, True), (done.returncode, "/no/such" in done.stderr), done.stderr)

    def test_a_file_does_not_take_the_place_of_a_closed_descriptor(self):
        """What the server says must not stand in its files."""
        for output in [">&-", "2>&-", "<&- >&- 2>&-"]:
            ports, queries = self.path("ports"), self.path("queries")
            server = subprocess.Popen(
                ["sh", "-c", 'exec "$@" ' + output, "sh", stage.PROGRAM, "serve", "--world", self.world,
                 "--listen", "127.0.0.1:0", "--port-file", ports, "--query-log", queries],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.addCleanup(lambda server=server: server.poll() is None and server.kill())
            stage.until(lambda: os.path.exists(ports), lambda: time.sleep(0.01))
            server.send_signal(signal.SIGTERM)
            self.assertEqual(0, server.wait(stage.PATIENCE))
            with open(queries) as file:
                self.assertEqual("", file.read(), output)

    def test_a_query_log_on_standard_output_is_alone_there(self):
        ports = self.path("ports")
        with open(self.path("log"), "w+") as log, open(self.path("out"), "w+") as out:
            server = subprocess.Popen([stage.PROGRAM, "serve", "--world", self.world, "--listen", "127.0.0.1:0",
                                       "--port-file", ports, "--query-log", "-"], stdout=out, stderr=log)
            self.addCleanup(lambda: server.poll() is None and server.kill())
            stage.until(lambda: os.path.exists(ports), lambda: time.sleep(0.01))
            with open(ports) as file:
                stage.ask_often(json.load(file)["listeners"][0]["port"], 3)
            server.send_signal(signal.SIGTERM)
            self.assertEqual(0, server.wait(stage.PATIENCE))
            out.seek(0)
            self.assertEqual(["whoami."] * 3, [json.loads(line)["query_name"] for line in out])
            log.seek(0)
            self.assertIn("classiclink-dns listens on", log.read())


class Log(stage.Stage):
    flags = ["--verbose"]

    def test_a_caller_writes_no_line_of_his_own(self):
        self.server.post(Action="Describe\nforged\x1b[2J\u2028\u202e")
        self.assertIn(r"ec2:Describe\nforged\u{1B}[2J\u{2028}\u{202E} refused", self.server.logged())


if __name__ == "__main__":
    stage.main()
