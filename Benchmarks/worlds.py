#!/usr/bin/env python3
"""Worlds to measure with, the questions that are asked, and the same names for other servers.

A world has so many VPCs of so many hosts; each VPC has an asker (a loopback source address, 127.1.0.1 and on; a world of
few VPCs has 100 askers all the same) and a private zone corp.internal of its own. Everything follows from the numbers and a seed, so the same call writes the same
files. Expected answers are worked out here, from the plan of the world, and not by any server.
"""
import os
import random
import struct

PRIVATE = (10 << 24)
PUBLIC = (52 << 24)
ASKERS = (127 << 24) + (1 << 16) + 1
# As many askers at least, so that a world of one VPC costs the kernel what one of a hundred does.
LEAST_ASKERS = 100
# Hosts of the largest world whose PTR records other servers hold.
MOST_REVERSED = 10_000
ZONE = "corp.internal"
# Hosts of a VPC that also have names in its private zone. In a large world they are few, so that its size is that of its
# instances.
ZONE_HOSTS, ZONE_HOSTS_OF_MANY = 100, 10
TTL = 60


def dotted(address):
    return "%d.%d.%d.%d" % (address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255)


def wire(name):
    out = bytearray()
    for label in name.split("."):
        out.append(len(label))
        out += label.encode()
    return bytes(out) + b"\0"


class Plan:
    """Which address each host has. Each VPC has a block of addresses that fits its hosts, none overlaps another."""

    def __init__(self, vpcs, hosts):
        self.vpcs, self.hosts = vpcs, hosts
        self.askers = max(vpcs, LEAST_ASKERS)
        self.zone_hosts = min(hosts, ZONE_HOSTS if vpcs < 1000 else ZONE_HOSTS_OF_MANY)
        self.bits = max(4, (hosts + 16).bit_length())

    def title(self):
        return "%dx%d" % (self.vpcs, self.hosts)

    def base(self, vpc):
        return PRIVATE + (vpc << self.bits)

    def private(self, vpc, host):
        return self.base(vpc) + 10 + host

    def public(self, vpc, host):
        return PUBLIC + (vpc << self.bits) + 10 + host

    def asker(self, index):
        """The address of an asker; it is in the VPC `index % vpcs`."""
        return ASKERS + index

    def public_name(self, vpc, host):
        return "ec2-%s.compute-1.amazonaws.com" % dotted(self.public(vpc, host)).replace(".", "-")

    def private_name(self, vpc, host):
        return "ip-%s.ec2.internal" % dotted(self.private(vpc, host)).replace(".", "-")

    def blocks(self, vpc):
        """CIDR blocks: a VPC's range is at most a /16."""
        if self.bits <= 16:
            return ["%s/%d" % (dotted(self.base(vpc)), 32 - self.bits)]
        return ["%s/16" % dotted(self.base(vpc) + (i << 16)) for i in range(1 << (self.bits - 16))]

    def zone_records(self, vpc):
        """(name, type, value) of the private zone: `db` in each with another address, the others with names of their own."""
        yield "db.%s" % ZONE, "A", dotted(self.base(vpc) + 5)
        for host in range(self.zone_hosts):
            yield "host-%d-%d.%s" % (vpc, host, ZONE), "A", dotted(self.private(vpc, host))
            yield "alias-%d-%d.%s" % (vpc, host, ZONE), "CNAME", "%s." % self.public_name(vpc, host)
            yield "cname-%d-%d.%s" % (vpc, host, ZONE), "CNAME", "host-%d-%d.%s." % (vpc, host, ZONE)


def write_world(plan, path):
    """One JSON file in AWS's shapes."""
    with open(path, "w", buffering=1 << 20) as out:
        put = out.write
        put('{"Region":"us-east-1","Vpcs":[\n')
        for v in range(plan.vpcs):
            blocks = plan.blocks(v)
            more = "" if len(blocks) == 1 else ',"CidrBlockAssociationSet":[%s]' % ",".join(
                '{"CidrBlock":"%s"}' % block for block in blocks)
            put('%s{"VpcId":"vpc-%08x","CidrBlock":"%s"%s,"EnableDnsHostnames":true}\n' % (
                "," if v else "", v + 1, blocks[0], more))
        put('],"Instances":[\n')
        for v in range(plan.vpcs):
            put(",\n" * (v > 0) + ",\n".join(
                '{"InstanceId":"i-%017x","VpcId":"vpc-%08x","PrivateIpAddress":"%s","PublicIpAddress":"%s"}' % (
                    v * plan.hosts + h + 1, v + 1, dotted(plan.private(v, h)), dotted(plan.public(v, h)))
                for h in range(plan.hosts)))
        put('\n],"HostedZones":[\n')
        for v in range(plan.vpcs):
            sets = ",".join(
                '{"Name":"%s.","Type":"%s","TTL":%d,"ResourceRecords":[{"Value":"%s"}]}' % (name, kind, TTL, value)
                for name, kind, value in plan.zone_records(v))
            put('%s{"Id":"/hostedzone/Z%08d","Name":"%s.","Config":{"PrivateZone":true},'
                '"VPCs":[{"VPCRegion":"us-east-1","VPCId":"vpc-%08x"}],"ResourceRecordSets":[%s]}\n' % (
                    "," if v else "", v + 1, ZONE, v + 1, sets))
        put('],"Requesters":[\n')
        put(",\n".join('{"SourceAddress":"%s","VpcId":"vpc-%08x"}' % (
            dotted(plan.asker(a)), a % plan.vpcs + 1) for a in range(plan.askers)))
        put("\n]}\n")


# Questions

A, PTR = 1, 12
HEADER = struct.pack(">HHHHHH", 0, 0x0100, 1, 0, 0, 0)
HEADER_EDNS = struct.pack(">HHHHHH", 0, 0x0100, 1, 0, 0, 1)
# A client's cookie (RFC 7873), as dig sends one.
COOKIE = struct.pack(">HHQ", 10, 8, 0x0102030405060708)


def kinds(plan):
    """What a question can be: each a function of VPC, host and random numbers to name, type, RCODE, ANCOUNT, RDATA."""
    zone_hosts = plan.zone_hosts

    def address(value):
        return struct.pack(">I", value)

    def hit(v, h, r):
        return plan.public_name(v, h), A, 0, 1, address(plan.private(v, h))

    def others(v, h, r):
        other = (v + 1 + r.randrange(plan.vpcs - 1)) % plan.vpcs
        return plan.public_name(other, h), A, 0, 1, address(plan.public(other, h))

    def nxdomain(v, h, r):
        return "none-%d.%s" % (r.randrange(1 << 30), ZONE), A, 3, 0, b""

    def chain(v, h, r):
        return "alias-%d-%d.%s" % (v, h % zone_hosts, ZONE), A, 0, 2, address(plan.private(v, h % zone_hosts))

    def cname(v, h, r):
        return "cname-%d-%d.%s" % (v, h % zone_hosts, ZONE), A, 0, 2, address(plan.private(v, h % zone_hosts))

    def reverse(v, h, r):
        back = ".".join(reversed(dotted(plan.private(v, h)).split(".")))
        return back + ".in-addr.arpa", PTR, 0, 1, wire(plan.private_name(v, h))

    def zone(v, h, r):
        return "host-%d-%d.%s" % (v, h % zone_hosts, ZONE), A, 0, 1, address(plan.private(v, h % zone_hosts))

    def view(v, h, r):
        return "db.%s" % ZONE, A, 0, 1, address(plan.base(v) + 5)

    def misses(v, h, r):
        return (nxdomain if r.random() < 0.2 else hit)(v, h, r)

    return {"hit": hit, "others": others, "nxdomain": nxdomain, "chain": chain, "cname": cname,
            "ptr": reverse, "zone": zone, "view": view, "misses": misses}


def write_questions(plan, kind, path, count, seed=1, edns=False, only_vpc=None, options=b""):
    """`count` questions of random askers and hosts, or of one asker only."""
    make = kinds(plan)[kind]
    generator = random.Random("%s %s %d" % (plan.title(), kind, seed))
    tail = struct.pack(">BHHIH", 0, 41, 1232, 0, len(options)) + options if edns else b""
    header = HEADER_EDNS if edns else HEADER
    sources = [plan.asker(a) for a in (range(plan.askers) if only_vpc is None else [only_vpc])]
    with open(path, "wb", buffering=1 << 20) as out:
        out.write(b"CLQ1" + struct.pack("<II", count, len(sources)) + struct.pack("<%dI" % len(sources), *sources))
        for i in range(count):
            source = 0 if only_vpc is not None else int(generator.random() * plan.askers)
            v = only_vpc if only_vpc is not None else source % plan.vpcs
            h = int(generator.random() * plan.hosts)
            name, kind_of, code, answers, data = make(v, h, generator)
            message = header + wire(name) + struct.pack(">HH", kind_of, 1) + tail
            out.write(struct.pack("<HHBBH", source, len(message), code, answers, len(data)))
            out.write(message)
            out.write(data)


def soa(origin):
    return ("$ORIGIN %s.\n$TTL %d\n@ IN SOA ns.%s. hostmaster.%s. 1 3600 600 86400 60\n@ IN NS ns.%s.\nns IN A 127.0.0.1\n"
            % (origin, TTL, origin, origin, origin))


def write_zone(plan, path, vpcs, origin="compute-1.amazonaws.com"):
    """The public hostnames of these VPCs with their private addresses, as an RFC 1035 master file."""
    end = len(origin) + 1
    with open(path, "w", buffering=1 << 20) as out:
        out.write(soa(origin))
        for v in vpcs:
            out.write("".join("%s A %s\n" % (plan.public_name(v, h)[:-end], dotted(plan.private(v, h)))
                              for h in range(plan.hosts)))


def write_corp_zone(plan, path, vpcs):
    with open(path, "w", buffering=1 << 20) as out:
        out.write(soa(ZONE))
        seen = set()
        for v in vpcs:
            for name, kind, value in plan.zone_records(v):
                if name not in seen:
                    out.write("%s. %s %s\n" % (name, kind, value))
                seen.add(name)
            # Only the first VPC's `db`: one zone cannot answer each asker differently.
            seen = {"db.%s" % ZONE}


def write_reverse_zone(plan, path, vpcs):
    """PTR records, in worlds of which they are asked: elsewhere they would only double what a server holds."""
    if plan.vpcs * plan.hosts > MOST_REVERSED:
        vpcs = []
    with open(path, "w", buffering=1 << 20) as out:
        out.write(soa("10.in-addr.arpa"))
        for v in vpcs:
            for h in range(plan.hosts):
                a = plan.private(v, h)
                out.write("%d.%d.%d PTR %s.\n" % (a & 255, a >> 8 & 255, a >> 16 & 255, plan.private_name(v, h)))


ZONES = [("compute-1.amazonaws.com", write_zone), (ZONE, write_corp_zone), ("10.in-addr.arpa", write_reverse_zone)]


def cached(path, write):
    """A file that is written whole or not at all, and only once."""
    if not os.path.exists(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        draft = path + ".new"
        write(draft)
        os.replace(draft, path)
    return path


if __name__ == "__main__":
    import sys
    if len(sys.argv) < 4:
        sys.exit("worlds.py VPCS HOSTS world FILE | VPCS HOSTS KIND FILE COUNT")
    the_plan = Plan(int(sys.argv[1]), int(sys.argv[2]))
    if sys.argv[3] == "world":
        write_world(the_plan, sys.argv[4])
    else:
        write_questions(the_plan, sys.argv[3], sys.argv[4], int(sys.argv[5]))
