"""The long run (`make soak`), short: no wrong answer, nothing left open. Growth of memory only a long one can tell."""
import os
import re
import subprocess
import sys
import unittest

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


if __name__ == "__main__":
    stage.main()
