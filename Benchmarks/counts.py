#!/usr/bin/env python3
"""Counts that noise cannot touch: instructions, allocations and reference counts a question, by valgrind's callgrind over
a fixed replay. `counts.py PROGRAM` holds them against thresholds.json, as `make test` does.

Another kind of processor has another memcpy in the C library, so a threshold of instructions is five in a hundred above
what was measured; the zeros hold everywhere."""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import worlds

HERE = os.path.dirname(os.path.abspath(__file__))
KINDS = ["hit", "others", "zone", "view", "cname", "chain", "ptr", "nxdomain", "misses"]
# Instructions a question do not depend on how often it is asked; this many smooth the lengths of names.
QUESTIONS = 2_000

ALLOCATORS = re.compile(r"^(malloc|calloc|realloc|posix_memalign|aligned_alloc|swift_(slow)?[aA]lloc\w*)$")
RETAINS = re.compile(r"^_?swift_\w*retain\w*$", re.IGNORECASE)
RELEASES = re.compile(r"^_?swift_\w*release\w*$", re.IGNORECASE)


class Failure(Exception):
    pass


def title(kind, edns):
    return kind + (" with EDNS" if edns else "")


def read_callgrind(path):
    """Instructions, and calls of functions by name, of one dump."""
    names, calls, total, trigger, called = {}, {}, 0, None, None
    with open(path) as file:
        for line in file:
            match = re.match(r"c?fn=\((\d+)\)(?: (.*))?$", line.rstrip())
            if match:
                if match[2]:
                    names[match[1]] = re.sub(r"'\d+$", "", match[2])
                if line.startswith("cfn="):
                    called = names[match[1]]
            elif line.startswith("calls="):
                calls[called] = calls.get(called, 0) + int(line[6:].split()[0])
            elif line.startswith("desc: Trigger: Client Request: "):
                trigger = line.strip()[31:]
            elif line.startswith(("summary:", "totals:")):
                total = int(line.split()[1])
    return trigger, total, calls


def count(program, world, files, questions, work, flags=()):
    """For each `TITLE=FILE` what a question costs, by its title."""
    if not shutil.which("valgrind"):
        raise Failure("valgrind is not installed")
    # Debian's valgrind does not read all of DWARF 5; the names of functions are in the symbol table.
    stripped = os.path.join(work, "Replay")
    subprocess.run(["strip", "--strip-debug", "-o", stripped, program], check=True)
    out = tempfile.mkdtemp(dir=work)
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--instr-atstart=no", "--callgrind-out-file=%s/out" % out, stripped, world,
         "--count", str(questions)] + list(flags) + files, capture_output=True, text=True)
    if done.returncode:
        raise Failure(done.stderr[-400:])
    found = {}
    for path in sorted(glob.glob(out + "/out.*"), key=lambda p: int(p.rsplit(".", 1)[1])):
        trigger, total, calls = read_callgrind(path)
        if trigger is None:
            continue

        def a_question(pattern):
            return sum(n for name, n in calls.items() if pattern.match(name)) / questions
        found[trigger] = {"instructions": total / questions, "allocations": a_question(ALLOCATORS),
                          "retains": a_question(RETAINS), "releases": a_question(RELEASES)}
    return found


def main():
    if len(sys.argv) != 2:
        sys.exit("counts.py PROGRAM (Benchmarks/.build/release/Replay)")
    with open(os.path.join(HERE, "thresholds.json")) as file:
        thresholds = json.load(file)
    plan = worlds.Plan(100, 100)
    with tempfile.TemporaryDirectory() as work:
        world = os.path.join(work, "world.json")
        worlds.write_world(plan, world)
        files = []
        for edns in (False, True):
            for kind in KINDS:
                path = os.path.join(work, "%s-%s" % (kind, edns))
                worlds.write_questions(plan, kind, path, QUESTIONS, edns=edns)
                files.append("%s=%s" % (title(kind, edns), path))
        path = os.path.join(work, "hit-cookie")
        worlds.write_questions(plan, "hit", path, QUESTIONS, edns=True, options=worlds.COOKIE)
        files.append("hit with a cookie=%s" % path)
        try:
            found = count(sys.argv[1], world, files, QUESTIONS, work)
        except Failure as failure:
            sys.exit("Counts: %s" % failure)
    bad = []
    for name, limit in thresholds.items():
        if name not in found:
            bad.append("%s was not counted" % name)
            continue
        each = found[name]
        if each["instructions"] > limit:
            bad.append("%s takes %.0f instructions a question, and may take %d" % (name, each["instructions"], limit))
        for what in ("allocations", "retains", "releases"):
            if each[what]:
                bad.append("%s takes %g %s a question, and may take none" % (name, each[what], what))
    for name in found:
        if name not in thresholds:
            bad.append("%s has no threshold" % name)
    if bad:
        sys.exit("Counts past Benchmarks/thresholds.json:\n  " + "\n  ".join(bad))
    print("Counts: %d kinds of question within their thresholds; no allocation, no retain, no release" % len(found))


if __name__ == "__main__":
    main()
