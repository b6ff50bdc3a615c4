"""Manners on the wire beside BIND 9.18: the same odd messages to both, over UDP and TCP, and the same answers but for
the table "Where BIND does otherwise" of docs/manners.md."""
import collections
import os
import re
import shutil
import socket
import struct
import subprocess
import tempfile
import time
import unittest

import odd_messages
import stage

NAMED = "/usr/sbin/named"
MANNERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "docs", "manners.md")
ZONE = """
$ORIGIN wire.test.
$TTL 60
@ IN SOA ns1 hostmaster 1 7200 900 1209600 60
@ IN NS ns1
ns1 IN A 192.0.2.53
@ IN MX 10 ns1
one IN CNAME two.sub
two.sub IN CNAME Three.Sub
three.sub IN A 192.0.2.4
three.sub IN A 192.0.2.5
s800 IN TXT %s
s9k0 IN TXT %s
""" % tuple(" ".join('"%s"' % ("x" * 200) for _ in range(count)) for count in [4, 45])
WORLD = """
Region: us-east-1
HostedZones: [{Id: ZWIRE, Name: wire.test., ZoneFile: wire.test.zone}]
"""
# No recursion, as our world has no other servers to ask, and no transfers.
CONFIGURATION = """
options {
  directory "%(folder)s";
  pid-file none;
  session-keyfile none;
  listen-on port %(port)d { 127.0.0.1; };
  listen-on-v6 { none; };
  allow-query { any; };
  recursion no;
  allow-transfer { none; };
  notify no;
  empty-zones-enable no;
  dnssec-validation no;
  minimal-responses yes;
  server-id "here";
  hostname "here";
};
controls { };
zone "wire.test" { type primary; file "wire.test.zone"; };
"""


# Opcodes but for QUERY, NOTIFY and UPDATE.
OPCODES = [1, 2, 3] + list(range(6, 16))
BOTH = ["UDP", "TCP"]
EVERYTHING = "NOERROR, question, %d answers"
# Who ignores what he does not know answers as ever: the name is an alias of an alias of two addresses.
AS_EVER = EVERYTHING % 4

# The rows of the table: its first column, what BIND says, what we say, and the messages that tell.
Row = collections.namedtuple("Row", "what bind ours messages over", defaults=[BOTH])
NO_COOKIE = "no question, a cookie that is not good"
WITH_RECORD = "no question, a cookie and another record"
BROKEN_OPT = "an OPT record that is broken or one of two, or a record behind it that is not there"
TWO = "two questions"
BROKEN_VERSION = "version 1 with broken options"
TAKES_PART = "NOTIFY, UPDATE"
OF_OTHERS = "Client Subnet, EXPIRE"
WRONG = "Client Subnet, EXPIRE, key tag or extended error that is none, in a question"
UNREAD = ("a record behind the question that cannot be read: TSIG not last, an A of three octets, a pointer that leads"
          " nowhere")
ROWS = [
    Row(NO_COOKIE, "NOERROR, EDNS 0 COOKIE", "BADCOOKIE, EDNS 0 COOKIE", ["a cookie that nobody made, no question"]),
    Row(WITH_RECORD, "SERVFAIL, EDNS 0 COOKIE", "NOERROR, EDNS 0 COOKIE", [
        "a cookie, no question, an A", "a cookie, no question, an answer"]),
    Row(BROKEN_OPT, "FORMERR, question", "FORMERR, question, EDNS 0", [
        "two OPT records", "two OPT records, of others", "too long an option", "half an option",
        "an option that says 65,535 octets", "version 1, two OPT records", "version 0, then version 1",
        "OPT, and one more that is not there"]),
    Row(BROKEN_VERSION, "FORMERR, question", "BADVERS, question, EDNS 0", [
        "version 1, options that do not fit", "version 1, half an option"]),
    Row(BROKEN_VERSION, "FORMERR, question, EDNS 0", "BADVERS, question, EDNS 0", ["version 1, a cookie of 3 octets"]),
    Row("version 1 with two questions", "FORMERR", "BADVERS, EDNS 0", ["version 1, two questions"]),
    Row(TWO, "FORMERR, 2 questions", "FORMERR", ["two questions of one name"]),
    Row(TWO, "FORMERR, 2 questions, EDNS 0", "FORMERR, EDNS 0", ["two questions of one name, EDNS"]),
    Row(TWO, "FORMERR", "FORMERR, EDNS 0", ["two questions, EDNS"]),
    Row(TWO, "FORMERR", "FORMERR, EDNS 0 COOKIE", ["two questions, a cookie"]),
    Row(TAKES_PART, "NOERROR, question", "NOTIMP", ["NOTIFY"]),
    Row(TAKES_PART, "NOERROR, question, EDNS 0", "NOTIMP, EDNS 0", ["NOTIFY, EDNS"]),
    Row(TAKES_PART, "REFUSED, question", "NOTIMP", ["UPDATE"]),
    Row(TAKES_PART, "REFUSED, question, EDNS 0", "NOTIMP, EDNS 0", ["UPDATE, EDNS"]),
    Row(TAKES_PART, "NOTAUTH, question", "NOTIMP", ["NOTIFY of others", "UPDATE of others"]),
    Row(TAKES_PART, "FORMERR", "NOTIMP", ["NOTIFY without a question", "UPDATE without a question"]),
    Row(TAKES_PART, "BADVERS, question, EDNS 0", "BADVERS, EDNS 0", ["NOTIFY, version 1", "UPDATE, version 1"]),
    Row("another opcode with two questions", "FORMERR", "NOTIMP", [
        "opcode %d, two questions" % code for code in OPCODES]),
    Row("another opcode with two OPT records", "FORMERR", "NOTIMP, EDNS 0", [
        "opcode %d, two OPT records" % code for code in OPCODES]),
    Row("another opcode with a cookie of 3 octets", "FORMERR, EDNS 0", "NOTIMP, EDNS 0", [
        "opcode %d, a cookie of 3 octets" % code for code in OPCODES]),
    Row("a second cookie, of 3 octets", "FORMERR, question, EDNS 0", AS_EVER + ", EDNS 0 COOKIE", [
        "a second cookie of 3 octets"]),
    Row(OF_OTHERS, AS_EVER + ", EDNS 0 ECS", AS_EVER + ", EDNS 0", ["Client Subnet"]),
    Row(OF_OTHERS, EVERYTHING % 1 + ", EDNS 0 EXPIRE", EVERYTHING % 1 + ", EDNS 0", ["EXPIRE"]),
    Row(OF_OTHERS, EVERYTHING % 1 + ", EDNS 0 NSID ECS EXPIRE COOKIE", EVERYTHING % 1 + ", EDNS 0 NSID COOKIE", [
        "8.2.10 several options"]),
    Row(WRONG, "FORMERR, question, EDNS 0", AS_EVER + ", EDNS 0", [
        "EXPIRE of 3 octets", "key tag of nothing", "key tag of 3 octets", "an extended error of 1 octet",
        "Client Subnet of nothing", "Client Subnet of 1 octet", "Client Subnet of too few octets",
        "Client Subnet of too many octets", "Client Subnet with bits behind its prefix", "Client Subnet of 33 bits",
        "Client Subnet of an unknown family"]),
    Row(WRONG, "FORMERR, question", AS_EVER + ", EDNS 0", ["Client Subnet with a scope"]),
    Row("keepalive with data over TCP", AS_EVER + ", EDNS 0 KEEPALIVE", "FORMERR, question, EDNS 0 KEEPALIVE", [
        "keepalive with data", "keepalive of 1 octet"], ["TCP"]),
    Row("TSIG with a key that nobody knows", "NOTAUTH, question, TSIG", AS_EVER, ["TSIG with an unknown key"]),
    Row("TSIG with a key that nobody knows", "NOTAUTH, question, TSIG, EDNS 0", AS_EVER + ", EDNS 0", [
        "OPT, and TSIG with an unknown key"]),
    Row(UNREAD, "FORMERR, question", AS_EVER, ["an A of three octets", "a pointer that leads nowhere"]),
    Row(UNREAD, "FORMERR, question", AS_EVER + ", EDNS 0", ["an A of three octets, EDNS", "TSIG not last"]),
    Row("AXFR of a zone that nobody has", "NOTAUTH, question", "REFUSED, question", ["AXFR of others"]),
    Row("a datagram of more than 4,096 octets", AS_EVER + ", EDNS 0", "nothing", ["5,000 octets"], ["UDP"]),
    Row("over TCP a response, or less than 12 octets", "an end", "nothing", [
        "an answer", "a bare answer", "an answer that is none"] + ["%d octets" % size for size in range(12)], ["TCP"]),
    Row("ANY", EVERYTHING % 3, EVERYTHING % 1, ["ANY", "class CH, ANY"]),
    Row("RRSIG, NSEC, KEY or SIG of an alias", "NOERROR, question", EVERYTHING % 2, [
        "type %d" % kind for kind in [24, 25, 46, 47]]),
    Row("version.server.", "REFUSED, question", EVERYTHING % 1, ["version.server."]),
    Row("authors.bind.", EVERYTHING % 20, "REFUSED, question", ["authors.bind."], ["TCP"]),
    Row("authors.bind.", "NOERROR, cut off, question, 18 answers", "REFUSED, question", ["authors.bind."], ["UDP"]),
    Row("id.server. of another type than TXT", "NOERROR, question", "REFUSED, question", ["class CH, another type"]),
]
# The row that every message tells of which is answered from the zone.
AUTHORITY = "a zone's own data"

CODES = {0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED", 9: "NOTAUTH",
         16: "BADVERS", 23: "BADCOOKIE"}
AA, TC = 0x0400, 0x0200
# Opcode, RD, Z, AD and CD. RA is not among them: BIND has no recursion here.
BITS = 0x7800 | 0x0100 | 0x0040 | 0x0020 | 0x0010
TSIG = 250
# Names of options. Those of extended errors are left out: each server has reasons of its own.
OPTIONS = {3: "NSID", 8: "ECS", 9: "EXPIRE", 10: "COOKIE", 11: "KEEPALIVE"}
EXTENDED_ERROR = 15


class Answer:
    """What an answer says, in words, its bits, and whether it has AA; nothing may stand behind its last record."""

    def __init__(self, octets, asked):
        flags, questions, answers, authority, additional = struct.unpack(">5H", octets[2:12])
        self.bits, self.has_authority = flags & BITS, flags & AA != 0
        self.octets, self.place, self.words, edns, is_signed = octets, 12, [], [], False
        for _ in range(questions):
            self.pass_name()
            self.place += 4
        # One question comes back to the octet; of several the second may be compressed.
        is_echo = questions != 1 or octets[12:self.place] == asked[12:self.place]
        for _ in range(answers + authority + additional):
            self.pass_name()
            kind, _, ttl, size = struct.unpack(">HHIH", octets[self.place:self.place + 10])
            self.place += 10 + size
            is_signed = is_signed or kind == TSIG
            if kind == odd_messages.OPT:
                edns.append((ttl, octets[self.place - size:self.place]))
        code = flags & 15 | (edns[0][0] >> 24 << 4 if edns else 0)
        words = [CODES.get(code, "code %d" % code), "cut off" if flags & TC else "",
                 "" if not questions else "question" if questions == 1 else "%d questions" % questions,
                 "" if is_echo else "another than was asked", "%d answers" % answers if answers else "",
                 "TSIG" if is_signed else ""] + [self.told(*one) for one in edns]
        if self.place != len(octets):
            words.append("octets behind it")
        self.words = ", ".join(word for word in words if word)

    def pass_name(self):
        while self.octets[self.place] not in (0, *range(0xc0, 0x100)):
            self.place += self.octets[self.place] + 1
        self.place += 1 if self.octets[self.place] == 0 else 2

    @staticmethod
    def told(ttl, data):
        """An OPT record: its version, its flags and the names of its options."""
        place, codes = 0, []
        while place < len(data):
            code, size = struct.unpack(">HH", data[place:place + 4])
            place += 4 + size
            codes.append(code)
        names = [OPTIONS.get(code, "option %d" % code) for code in sorted(codes) if code != EXTENDED_ERROR]
        flags = ttl & 0xffff
        return " ".join(["EDNS %d" % (ttl >> 16 & 255)] + (["flags %04x" % flags] if flags else []) + names)


class Silence:
    """No answer, or the end of the connection."""

    def __init__(self, words):
        self.words, self.bits, self.has_authority = words, None, False


class Named:
    """BIND, on a port of the loopback network."""

    def __init__(self, folder):
        self.log = os.path.join(folder, "named.log")
        # Debian's profile of AppArmor lets the program of that path read nothing here.
        program = shutil.copy(NAMED, folder)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        configuration = os.path.join(folder, "named.conf")
        with open(configuration, "w") as file:
            file.write(CONFIGURATION % {"folder": folder, "port": self.port})
        with open(self.log, "w") as log:
            self.process = subprocess.Popen([program, "-g", "-4", "-n", "1", "-c", configuration], stdout=log,
                                            stderr=log)
        stage.until(self.answers, lambda: time.sleep(0.01))

    def answers(self):
        with open(self.log) as file:
            said = file.read()
        # It goes on without a port that it does not get, and without a zone that it does not like.
        if self.process.poll() is not None or re.search("could not listen|not loaded", said):
            raise AssertionError("BIND does not serve: " + said)
        return " running\n" in said

    def version(self):
        """What it is, for who reads of a difference."""
        return subprocess.run([NAMED, "-v"], stdout=subprocess.PIPE, universal_newlines=True).stdout

    def close(self):
        self.process.kill()
        self.process.wait()


def numbered(octets, number):
    return struct.pack(">H", number) + octets[2:] if len(octets) > 1 else octets


# What is sent behind a message, which has the number 1: a question that everybody answers.
NEXT = odd_messages.asks("wire.test", odd_messages.TXT)


def over_udp(port, octets):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.settimeout(stage.PATIENCE)
        asker.connect(("127.0.0.1", port))
        asker.send(numbered(octets, 1))
        # Datagrams that are read together may be answered in any order; who sent the third has the answers to the first
        # two, if there are two.
        for number in [2, 3]:
            asker.send(numbered(NEXT, number))
            while True:
                reply = asker.recv(65535)
                if reply[:2] == b"\0\1":
                    return Answer(reply, octets)
                if reply[:2] == bytes([0, number]):
                    break
    return Silence("nothing")


def over_tcp(port, octets):
    with socket.create_connection(("127.0.0.1", port), stage.PATIENCE) as asker, asker.makefile("rb") as replies:
        messages = [numbered(octets, 1), numbered(NEXT, 2)]
        asker.sendall(b"".join(struct.pack(">H", len(one)) + one for one in messages))
        try:
            size = replies.read(2)
            if len(size) < 2:
                return Silence("an end")
            reply = replies.read(struct.unpack(">H", size)[0])
        except ConnectionResetError:
            return Silence("an end")
    return Answer(reply, octets) if reply[:2] == b"\0\1" else Silence("nothing")


class BesideBIND(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        folder = tempfile.mkdtemp(prefix="classiclink-dns-")
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        for name, text in [("wire.test.zone", ZONE), ("world.yaml", WORLD)]:
            with open(os.path.join(folder, name), "w") as file:
                file.write(text)
        cls.named = Named(folder)
        cls.addClassCleanup(cls.named.close)
        cls.server = stage.Server(os.path.join(folder, "world.yaml"), flags=["--nsid", "here"], folder=folder)
        cls.addClassCleanup(cls.server.close)

    def test_each_message_gets_the_same_answer_but_for_the_rows_of_the_table(self):
        told = {(message, over): (row.bind, row.ours) for row in ROWS for message in row.messages for over in row.over}
        expected, found = {}, {}
        for message, octets in odd_messages.MESSAGES.items():
            for over, ask in [("UDP", over_udp), ("TCP", over_tcp)]:
                bind, ours = ask(self.named.port, octets), ask(self.server.port, octets)
                key = (message, over)
                # One that has vanished is a difference as well.
                if bind.words != ours.words or key in told:
                    found[key] = (bind.words, ours.words)
                    expected[key] = told.get(key, "the same")
                if bind.bits is not None and ours.bits is not None:
                    self.assertEqual(bind.bits, ours.bits, "%s over %s" % key)
                self.assertFalse(ours.has_authority, "%s over %s" % key)
        self.assertEqual(expected, found, self.named.version())
        self.assertEqual(set(), told.keys() - found.keys(), "no such messages")

    def test_bind_says_that_the_zone_is_its_own(self):
        for ask in [over_udp, over_tcp]:
            octets = odd_messages.MESSAGES["a question"]
            answers = [ask(port, octets) for port in (self.named.port, self.server.port)]
            self.assertEqual([(AS_EVER, True), (AS_EVER, False)], [(one.words, one.has_authority) for one in answers])

    def test_the_table_has_these_rows(self):
        with open(MANNERS) as file:
            section = file.read().split("## Where BIND does otherwise")[1].split("\n## ")[0]
        rows = re.findall(r"^\| (.*?) \|", section, re.MULTILINE)
        self.assertEqual(["message", "---"], rows[:2])
        self.assertEqual(sorted({row.what for row in ROWS} | {AUTHORITY}), sorted(rows[2:]))


if __name__ == "__main__":
    stage.main()
