"""The long run (`make soak`), short: no wrong answer, nothing left open. Growth of memory only a long one can tell."""
import os
import re
import socket
import struct
import subprocess
import sys
import unittest

import soak
import stage

SOAK = [sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), "soak.py"), "--report", "/dev/null"]
SECONDS = 15


class Soak(unittest.TestCase):
    def soak(self, *flags):
        done = subprocess.run(SOAK + list(flags), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              universal_newlines=True)
        return done.returncode, done.stdout

    def test_every_answer_is_what_the_last_change_implies(self):
        status, said = self.soak("--seconds", str(SECONDS), "--rate", "300")
        self.assertEqual(0, status, said)
        # It was no idle run.
        counts = [int(number) for number in re.findall(r"\d+", said)]
        for count in counts[:4]:
            self.assertGreater(count, 0, said)

    def test_a_wrong_answer_is_found(self):
        status, said = self.soak("--seconds", str(SECONDS), "--lie")
        self.assertEqual(1, status, said)
        self.assertIn("192.0.2.254", said)


class Answers(unittest.TestCase):
    """What the long run takes for an answer."""

    def read(self, flags=0x8180, asked="www.corp.internal", owner=b"\xc0\x0c", kind=1, ttl=60):
        message = (struct.pack("!6H", 7, flags, 1, 1, 0, 0) + stage.question(asked)[12:] + owner
                   + struct.pack("!HHIH", kind, 1, ttl, 4) + socket.inet_aton("192.0.2.1"))
        return soak.answer(message, stage.question("www.corp.internal"))

    def test_a_right_one_is_read(self):
        self.assertEqual((0, ("192.0.2.1",)), self.read())
        self.assertEqual((2, ("192.0.2.1",)), self.read(flags=0x8182))

    def test_one_that_is_not_well_formed_is_found(self):
        # In turn a question, an opcode, AA, TC, no RD, no RA, a bit that is 0, AD.
        for flags in (0x0180, 0xa180, 0x8580, 0x8380, 0x8080, 0x8100, 0x81c0, 0x81a0):
            self.assertRaises(AssertionError, self.read, flags=flags)
        for wrong in ({"asked": "www.corp.example"}, {"owner": b"\xc0\x10"}, {"kind": 16}, {"ttl": 61}, {"ttl": 0}):
            self.assertRaises(AssertionError, self.read, **wrong)


if __name__ == "__main__":
    stage.main()
