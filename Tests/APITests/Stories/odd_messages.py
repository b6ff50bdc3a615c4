"""Messages that are odd, wrong or hostile, octet by octet: what the story of BIND brings to two servers."""
import struct

NAME, MISSING, FOREIGN = "one.wire.test", "nobody.wire.test", "www.example.com"
A, SOA, TXT, OPT, IXFR, AXFR, ANY_TYPE = 1, 6, 16, 41, 251, 252, 255
IN, CH, HS, NONE, ANY_CLASS = 1, 3, 4, 254, 255
RD, AD, CD = 0x0100, 0x0020, 0x0010
NSID, ECS, EXPIRE, COOKIE, KEEPALIVE, PADDING, CHAIN, KEY_TAG, ERROR = 3, 8, 9, 10, 11, 12, 13, 14, 15
# A client's cookie, and one of RFC 9018's shape that nobody made.
CLIENT = bytes(range(1, 9))
FORGED = CLIENT + bytes([1, 0, 0, 0]) + bytes(12)


def name(text):
    return b"".join(bytes([len(label)]) + label.encode() for label in text.split(".") if label) + b"\0"


def question(of=NAME, kind=A, class_=IN):
    return name(of) + struct.pack(">HH", kind, class_)


def record(of, kind, class_, data, ttl=0):
    return name(of) + struct.pack(">HHIH", kind, class_, ttl, len(data)) + data


def option(code, data=b""):
    return struct.pack(">HH", code, len(data)) + data


def opt(options=b"", version=0, flags=0, payload=1232, of=""):
    return record(of, OPT, payload, options, version << 16 | flags)


def message(*questions, flags=RD, answers=(), authority=(), additional=(), counts=None, after=b""):
    """A message; `counts` where its header does not tell the truth."""
    sections = [questions, answers, authority, additional]
    head = struct.pack(">6H", 0, flags, *(counts or [len(section) for section in sections]))
    return head + b"".join(b"".join(section) for section in sections) + after


def asks(*arguments, edns=None, **more):
    """One question, and an OPT record if there is one to be."""
    return message(question(*arguments), additional=[] if edns is None else [edns], **more)


def opcode(code):
    return code << 11 | RD


HIDDEN = question("wire.test", SOA)
OLD = record("wire.test", SOA, IN, name("ns1.wire.test") + name("hostmaster.wire.test") + struct.pack(
    ">5I", 0, 7200, 900, 1209600, 60))
TSIG = record("nobody", 250, ANY_CLASS, name("hmac-sha256") + struct.pack(">HIHH", 0, 0, 300, 16) + bytes(16)
              + struct.pack(">3H", 0, 0, 0))
SHORT_A = record("x", A, IN, b"abc")
LOST = record("x", 2, IN, b"\xc0\xff")

# RFC 8906, section 8, and more flags.
MESSAGES = {
    "8.1.1 an SOA": asks("wire.test", SOA, flags=0),
    "8.1.2 an unknown type": asks("wire.test", 1000, flags=0),
    "8.1.3.1 CD": asks("wire.test", SOA, flags=CD),
    "8.1.3.2 AD": asks("wire.test", SOA, flags=AD),
    "8.1.3.3 a reserved bit": asks("wire.test", SOA, flags=0x40),
    "8.1.3.4 RD": asks("wire.test", SOA),
    "8.1.4 an unknown opcode": message(flags=15 << 11),
    "8.1.4 with every flag": message(flags=15 << 11 | 0x07ff),
    "8.2.1 EDNS": asks("wire.test", SOA, edns=opt()),
    "8.2.2 version 1": asks("wire.test", SOA, edns=opt(version=1)),
    "8.2.3 an unknown option": asks("wire.test", SOA, edns=opt(option(100))),
    "8.2.4 unknown flags": asks("wire.test", SOA, edns=opt(flags=0x40)),
    "8.2.5 version 1, unknown flags": asks("wire.test", SOA, edns=opt(version=1, flags=0x40)),
    "8.2.6 version 1, an unknown option": asks("wire.test", SOA, edns=opt(option(100), version=1)),
    "8.2.7 cut off": asks("s800.wire.test", TXT, edns=opt(flags=0x8000, payload=512)),
    "8.2.8 DO": asks("wire.test", SOA, edns=opt(flags=0x8000)),
    "8.2.9 version 1, DO": asks("wire.test", SOA, edns=opt(version=1, flags=0x8000)),
    "8.2.10 several options": asks("wire.test", SOA, edns=opt(
        option(NSID) + option(ECS, bytes([0, 1, 0, 0])) + option(EXPIRE) + option(COOKIE, CLIENT))),
    "AA": asks(flags=0x0400), "TC": asks(flags=0x0200), "RA": asks(flags=0x80), "all flags": asks(flags=0x07ff),
    "an answer": asks(flags=0x8100), "a bare answer": message(flags=0x8000),
    "an answer that is none": asks(flags=0x8100, after=b"\1"),
}

# What is wrong with the question, or behind it.
MESSAGES.update({
    "a question": asks(), "in mixed case": asks("oNe.WIRE.test"), "of nobody": asks(MISSING),
    "of others": asks(FOREIGN), "of others, with EDNS": asks(FOREIGN, edns=opt()),
    "the root": asks("", 2), "a whole name": asks(
        ".".join(["a" * 63] * 3 + ["b" * 51, "wire.test"])),
    "no question": message(), "no question, EDNS": message(additional=[opt()]),
    "two questions": message(question(), HIDDEN),
    "two questions, EDNS": message(question(), HIDDEN, additional=[opt()]),
    "two questions, a cookie": message(question(), HIDDEN, additional=[opt(option(COOKIE, CLIENT))]),
    "two questions of one name": message(question(), question(NAME, TXT)),
    "two questions of one name, EDNS": message(question(), question(NAME, TXT), additional=[opt()]),
    "twice the same question": message(question(), question()),
    "three questions": message(question(), question(), question()),
    "two questions, one there": asks(counts=(2, 0, 0, 0)), "256 questions": asks(counts=(256, 0, 0, 0)),
    "one question, none there": message(counts=(1, 0, 0, 0)),
    "one question, two there": message(question(), HIDDEN, counts=(1, 0, 0, 0)),
    "a compressed name": message(b"\xc0\x0c\0\1\0\1", counts=(1, 0, 0, 0)),
    "a name that points ahead": message(b"\1a\xc0\x12\0\1\0\1\0", counts=(1, 0, 0, 0)),
    "a label of type 01": message(b"\x41a\0\0\1\0\1", counts=(1, 0, 0, 0)),
    "a label of type 10": message(b"\x81a\0\0\1\0\1", counts=(1, 0, 0, 0)),
    "a name that does not end": message(b"\1a", counts=(1, 0, 0, 0)),
    "a name of 256 octets": asks(".".join(["a" * 63] * 3 + ["b" * 52, "wire.test"])),
    "a question without its class": message(name(NAME) + b"\0\1", counts=(1, 0, 0, 0)),
    "half a class": message(name(NAME) + b"\0\1\0", counts=(1, 0, 0, 0)),
    "an octet too many": asks(after=b"\0"), "100 octets too many": asks(after=bytes(100)),
    "an octet behind OPT": asks(edns=opt(), after=b"\0"),
    "an answer section that is not there": asks(counts=(1, 1, 0, 0)),
    "an authority section that is not there": asks(counts=(1, 0, 1, 0)),
    "an additional section that is not there": asks(counts=(1, 0, 0, 1)),
    "OPT, and one more that is not there": asks(edns=opt(), counts=(1, 0, 0, 2)),
    "an A in the answer section": asks(answers=[record("x", A, IN, b"abcd")]),
    "an A in the authority section": asks(authority=[record("x", A, IN, b"abcd")]),
    "an A before OPT": message(question(), additional=[record("x", A, IN, b"abcd"), opt()]),
    "an A behind OPT": message(question(), additional=[opt(), record("x", A, IN, b"abcd")]),
    "an A of three octets": asks(answers=[SHORT_A]), "an A of three octets, EDNS": asks(answers=[SHORT_A], edns=opt()),
    "a pointer that leads nowhere": asks(answers=[LOST]),
    "half a record": asks(after=record("x", A, IN, b"abcd")[:-2], counts=(1, 0, 0, 1)),
    "TSIG with an unknown key": message(question(), additional=[TSIG]),
    "OPT, and TSIG with an unknown key": message(question(), additional=[opt(), TSIG]),
    "TSIG not last": message(question(), additional=[TSIG, opt()]),
    "SIG(0)": message(question(), additional=[record("", 24, ANY_CLASS, struct.pack(">HBBIIIH", 0, 8, 0, 0, 0, 0, 1)
                                                     + name("nobody") + bytes(8))]),
    "5,000 octets": asks(edns=opt(option(PADDING, bytes(5000)))),
    "4,000 octets": asks(edns=opt(option(PADDING, bytes(4000)))),
})
MESSAGES.update({"%d octets" % size: asks()[:size] for size in range(12)})

# Types, classes and opcodes.
MESSAGES.update({"type %d" % kind: asks(NAME, kind) for kind in [
    0, 2, 3, 4, 5, 10, 24, 25, 28, 30, 39, 41, 43, 46, 47, 48, 50, 64, 65, 99, 100, 127, 128, 129, 200, 248, 249, 250,
    253, 254, 256, 257, 32768, 65280, 65535]})
MESSAGES.update({"type %d, EDNS" % kind: asks(NAME, kind, edns=opt()) for kind in [41, 128, 200, 249, 250, 253, 254]})
MESSAGES.update({
    "AXFR": asks("wire.test", AXFR), "AXFR of others": asks(FOREIGN, AXFR), "AXFR, EDNS": asks(
        "wire.test", AXFR, edns=opt()),
    "IXFR without an SOA": asks("wire.test", IXFR), "IXFR": asks("wire.test", IXFR, authority=[OLD]),
    "IXFR without an SOA, EDNS": asks("wire.test", IXFR, edns=opt()),
    "ANY": asks("wire.test", ANY_TYPE), "ANY of one RRset": asks(NAME, ANY_TYPE),
})
MESSAGES.update({"class %d" % class_: asks(NAME, A, class_) for class_ in [
    0, 2, HS, 5, NONE, ANY_CLASS, 256, 0x8001, 65280, 65535]})
MESSAGES.update({"class %d, EDNS" % class_: asks(NAME, A, class_, edns=opt()) for class_ in [
    0, 2, HS, NONE, ANY_CLASS, 0x8001]})
MESSAGES.update({
    "class CH, a name of the zone": asks(NAME, TXT, CH), "class CH, another type": asks("id.server", A, CH),
    "version.bind.": asks("VERSION.Bind", TXT, CH), "version.server.": asks("version.server", TXT, CH),
    "id.server.": asks("id.server", TXT, CH), "hostname.bind.": asks("hostname.bind", TXT, CH),
    "authors.bind.": asks("authors.bind", TXT, CH), "class CH, ANY": asks("id.server", ANY_TYPE, CH),
})
# NOTIFY and UPDATE are no opcodes like the others: BIND takes part in them.
for code in [1, 2, 3] + list(range(6, 16)):
    MESSAGES.update({
        "opcode %d" % code: asks(flags=opcode(code)),
        "opcode %d, no question" % code: message(flags=code << 11),
        "opcode %d, EDNS" % code: asks(flags=opcode(code), edns=opt()),
        "opcode %d, no question, EDNS" % code: message(flags=opcode(code), additional=[opt()]),
        "opcode %d, version 1" % code: asks(flags=opcode(code), edns=opt(version=1)),
        "opcode %d, no question, version 1" % code: message(flags=opcode(code), additional=[opt(version=1)]),
        "opcode %d, two OPT records" % code: message(question(), flags=opcode(code), additional=[opt(), opt()]),
        "opcode %d, a cookie" % code: asks(flags=opcode(code), edns=opt(option(COOKIE, CLIENT))),
        "opcode %d, a cookie of 3 octets" % code: asks(flags=opcode(code), edns=opt(option(COOKIE, b"123"))),
        "opcode %d, two questions" % code: message(question(), HIDDEN, flags=opcode(code)),
        "opcode %d, a class of nobody's" % code: asks(NAME, A, 65280, flags=opcode(code)),
        "opcode %d, octets too many" % code: asks(flags=opcode(code), after=b"\0"),
    })
MESSAGES.update({
    "IQUERY": message(flags=opcode(1), answers=[record("", A, IN, b"abcd")]),
    "DSO": message(flags=6 << 11, after=struct.pack(">HHII", 1, 8, 15000, 15000)),
    "NOTIFY": asks("wire.test", SOA, flags=opcode(4) | 0x0400),
    "NOTIFY, EDNS": asks("wire.test", SOA, flags=opcode(4) | 0x0400, edns=opt()),
    "NOTIFY of others": asks(FOREIGN, SOA, flags=opcode(4) | 0x0400),
    "NOTIFY without a question": message(flags=opcode(4)),
    "NOTIFY, version 1": asks(flags=opcode(4), edns=opt(version=1)),
    "UPDATE": asks("wire.test", SOA, flags=opcode(5)),
    "UPDATE, EDNS": asks("wire.test", SOA, flags=opcode(5), edns=opt()),
    "UPDATE of others": asks(FOREIGN, SOA, flags=opcode(5)), "UPDATE without a question": message(flags=opcode(5)),
    "UPDATE, version 1": asks(flags=opcode(5), edns=opt(version=1)),
})

# EDNS: the record, its version and flags, and what is in it.
MESSAGES.update({
    "EDNS": asks(edns=opt()), "EDNS, of nobody": asks(MISSING, edns=opt()), "DO": asks(edns=opt(flags=0x8000)),
    "unknown EDNS flags": asks(edns=opt(flags=0x7fff)), "all EDNS flags": asks(edns=opt(flags=0xffff)),
    "an extended code": asks(edns=record("", OPT, 1232, b"", 0xff000000)),
    "two OPT records": message(question(), additional=[opt(), opt()]),
    "two OPT records, of others": message(question(FOREIGN), additional=[opt(), opt()]),
    "OPT in the answer section": asks(answers=[opt()]), "OPT in the authority section": asks(authority=[opt()]),
    "OPT in the answer section, version 1": asks(answers=[opt(version=1)]),
    "OPT with a name": asks(edns=opt(of="a")), "OPT with a name, of others": asks(FOREIGN, edns=opt(of="a")),
    "too long an option": asks(edns=opt(b"\0\x0a\0\x09\1")), "half an option": asks(edns=opt(b"\0\x0a\0")),
    "an option that says 65,535 octets": asks(edns=opt(b"\xfd\xe9\xff\xff")),
    "OPT longer than the message": asks(edns=opt()[:-2] + b"\0\x09"),
    "an unknown option": asks(edns=opt(option(65001, b"12"))),
    "an unknown option thrice": asks(edns=opt(option(65001) * 3)), "option 0": asks(edns=opt(option(0))),
    "option 65535": asks(edns=opt(option(65535, b"1"))), "version 1": asks(edns=opt(version=1)),
    "version 255": asks(edns=opt(version=255)), "version 1, of others": asks(FOREIGN, edns=opt(version=1)),
    "version 1, options that do not fit": asks(edns=opt(b"\0\x08\0\x63\1", version=1)),
    "version 1, half an option": asks(edns=opt(b"\0\x08\0", version=1)),
    "version 1, a cookie": asks(edns=opt(option(COOKIE, CLIENT), version=1)),
    "version 1, a cookie of 3 octets": asks(edns=opt(option(COOKIE, b"123"), version=1)),
    "version 1, NSID": asks(edns=opt(option(NSID), version=1)),
    "version 1, Client Subnet": asks(edns=opt(option(ECS, bytes([0, 1, 0, 0])), version=1)),
    "version 1, two OPT records": message(question(), additional=[opt(version=1), opt()]),
    "version 0, then version 1": message(question(), additional=[opt(), opt(version=1)]),
    "version 1, no question": message(additional=[opt(version=1)]),
    "version 1, two questions": message(question(), HIDDEN, additional=[opt(version=1)]),
    "version 1, class ANY": asks(NAME, A, ANY_CLASS, edns=opt(version=1)),
    "version 1, an unknown class": asks(NAME, A, 65280, edns=opt(version=1)),
    "version 1, type OPT": asks(NAME, OPT, edns=opt(version=1)),
    "version 1, type TSIG": asks(NAME, 250, edns=opt(version=1)),
    "version 1, AXFR": asks("wire.test", AXFR, edns=opt(version=1)),
    "version 1, class CH": asks("version.bind", TXT, CH, edns=opt(version=1)),
})
MESSAGES.update({"a payload of %d" % size: asks("s800.wire.test", TXT, edns=opt(payload=size)) for size in [
    0, 1, 511, 512, 1232, 4096, 65535]})
MESSAGES["800 octets without EDNS"] = asks("s800.wire.test", TXT)
MESSAGES["9,000 octets"] = asks("s9k0.wire.test", TXT, edns=opt(payload=65535))

# Options: cookies of all lengths, and those of others that BIND knows.
MESSAGES.update({"a cookie of %d octets" % size: asks(edns=opt(option(COOKIE, b"7" * size))) for size in [
    0, 1, 7, 8, 9, 15, 16, 17, 24, 32, 40, 41, 100]})
MESSAGES.update({
    "a cookie that nobody made": asks(edns=opt(option(COOKIE, FORGED))),
    "a second cookie": asks(edns=opt(option(COOKIE, CLIENT) * 2)),
    "a second cookie of 3 octets": asks(edns=opt(option(COOKIE, CLIENT) + option(COOKIE, b"123"))),
    "a first cookie of 3 octets": asks(edns=opt(option(COOKIE, b"123") + option(COOKIE, CLIENT))),
    "a cookie, of others": asks(FOREIGN, edns=opt(option(COOKIE, CLIENT))),
    "a cookie, class NONE": asks(NAME, A, NONE, edns=opt(option(COOKIE, CLIENT))),
    "a cookie, type TSIG": asks(NAME, 250, edns=opt(option(COOKIE, CLIENT))),
    "a cookie, no question": message(additional=[opt(option(COOKIE, CLIENT))]),
    "a cookie, no question, CD and AD": message(flags=RD | CD | AD, additional=[opt(option(COOKIE, CLIENT))]),
    "a cookie that nobody made, no question": message(additional=[opt(option(COOKIE, FORGED))]),
    "a cookie of 3 octets, no question": message(additional=[opt(option(COOKIE, b"123"))]),
    "a cookie, no question, an A": message(additional=[record("x", A, IN, b"abcd"), opt(option(COOKIE, CLIENT))]),
    "a cookie, no question, an answer": message(answers=[record("x", A, IN, b"abcd")], additional=[
        opt(option(COOKIE, CLIENT))]),
    "a cookie, no question, octets too many": message(additional=[opt(option(COOKIE, CLIENT))], after=b"\0"),
    "NSID": asks(edns=opt(option(NSID))), "NSID thrice": asks(edns=opt(option(NSID) * 3)),
    "NSID with data": asks(edns=opt(option(NSID, b"x"))), "EXPIRE": asks("wire.test", SOA, edns=opt(option(EXPIRE))),
    "EXPIRE of 4 octets": asks(edns=opt(option(EXPIRE, bytes(4)))),
    "EXPIRE of 3 octets": asks(edns=opt(option(EXPIRE, bytes(3)))),
    "keepalive": asks(edns=opt(option(KEEPALIVE))), "keepalive twice": asks(edns=opt(option(KEEPALIVE) * 2)),
    "keepalive with data": asks(edns=opt(option(KEEPALIVE, b"\0\1"))),
    "keepalive of 1 octet": asks(edns=opt(option(KEEPALIVE, b"\0"))),
    "padding": asks(edns=opt(option(PADDING, bytes(10)))),
    "padding that is not zero": asks(edns=opt(option(PADDING, b"\1" * 10))),
    "CHAIN": asks(edns=opt(option(CHAIN, name("test")))),
    "CHAIN that is no name": asks(edns=opt(option(CHAIN, b"\x3f"))),
    "key tag": asks(edns=opt(option(KEY_TAG, b"\0\1"))), "key tag of nothing": asks(edns=opt(option(KEY_TAG))),
    "key tag of 3 octets": asks(edns=opt(option(KEY_TAG, b"\0\1\2"))),
    "an extended error": asks(edns=opt(option(ERROR, b"\0\0"))),
    "an extended error of 1 octet": asks(edns=opt(option(ERROR, b"\0"))),
    "Client Subnet": asks(edns=opt(option(ECS, bytes([0, 1, 24, 0, 192, 0, 2])))),
    "Client Subnet of nothing": asks(edns=opt(option(ECS))),
    "Client Subnet of 1 octet": asks(edns=opt(option(ECS, b"\0"))),
    "Client Subnet of too few octets": asks(edns=opt(option(ECS, bytes([0, 1, 24, 0, 192])))),
    "Client Subnet of too many octets": asks(edns=opt(option(ECS, bytes([0, 1, 24, 0, 192, 0, 2, 0])))),
    "Client Subnet with bits behind its prefix": asks(edns=opt(option(ECS, bytes([0, 1, 20, 0, 192, 0, 255])))),
    "Client Subnet with a scope": asks(edns=opt(option(ECS, bytes([0, 1, 24, 24, 192, 0, 2])))),
    "Client Subnet of 33 bits": asks(edns=opt(option(ECS, bytes([0, 1, 33, 0, 192, 0, 2, 1, 0])))),
    "Client Subnet of an unknown family": asks(edns=opt(option(ECS, bytes([0, 9, 8, 0, 1])))),
})
