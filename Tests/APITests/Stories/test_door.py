"""The door: who may call at all, and what a peer that behaves badly costs the others."""
import os
import re
import socket
import sqlite3
import threading
import urllib.error
import urllib.request

import stage

CREATE = "Action=CreateVpc&Version=2016-11-15&CidrBlock=10.0.0.0/16"


class Door(stage.Stage):
    def vpcs(self):
        return self.client("ec2").describe_vpcs()["Vpcs"]

    def ask(self, path="/", body=None, **headers):
        """Status and text of a plain request."""
        request = urllib.request.Request(
            self.server.url + path, data=body and body.encode(),
            headers={name.replace("_", "-"): value for name, value in headers.items()})
        try:
            with urllib.request.urlopen(request, timeout=stage.PATIENCE) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def test_a_web_page_cannot_call(self):
        self.assertEqual(403, self.ask(body=CREATE, Origin="http://evil.example")[0])
        self.assertEqual(403, self.ask(body=CREATE, Sec_Fetch_Site="cross-site")[0])
        self.assertEqual(403, self.ask(body=CREATE, Sec_Fetch_Site="same-site")[0])
        for host in ["evil.example", "[::1]x.evil", "[::1].evil:80", "localhost.evil", "127.0.0.1.evil", "[evil"]:
            self.assertEqual(403, self.ask(body=CREATE, Host=host)[0], host)
        for host in ["[::1]:80", "[::1]", "LOCALHOST:1", "127.0.0.1"]:
            self.assertEqual(200, self.ask("/healthz", Host=host)[0], host)
        # This machine by names to which browsers do not say where a request comes from.
        for host in ["0.0.0.0", "0.0.0.0:5380", "[::]", "[::]:5380", "[::ffff:0.0.0.0]", "[0:0::0]"]:
            self.assertEqual(403, self.ask("/healthz", Host=host)[0], host)
            self.assertEqual(403, self.ask(body=CREATE, Host=host)[0], host)
        # What an image in a page asks for, from a browser that says nothing.
        for link in ["/?" + CREATE, "/?" + CREATE + "&X-Amz-Signature=0",
                     "/?" + CREATE + "&X-Amz-Credential=AKID/20260101/us-east-1/ec2/aws4_request&X-Amz-Signature=0"]:
            status, text = self.ask(link)
            self.assertEqual((403, True), (status, "MissingAuthenticationToken" in text))
        self.assertEqual([], self.vpcs())
        # A person's own browser.
        self.assertEqual(200, self.ask("/healthz", Sec_Fetch_Site="none")[0])
        self.assertEqual(200, self.ask(body=CREATE)[0])
        self.assertEqual(1, len(self.vpcs()))

    def test_a_region_that_none_can_be_is_refused(self):
        for region in ["y" * 64, "a.b", " ", "US-EAST-1", "é", ""]:
            scope = "AWS4-HMAC-SHA256 Credential=AKID/20260101/%s/ec2/aws4_request, Signature=0" % region
            status, text = self.ask(body=CREATE, Authorization=scope.encode().decode("latin-1"))
            # A blank ends a member, and what comes then is none.
            code = (403, "SignatureDoesNotMatch") if region != " " else (400, "IncompleteSignature")
            self.assertEqual(code, (status, re.search("<Code>(.*)</Code>", text)[1]), region)
        self.assertEqual(["REFUSED"], self.dig("example.org"))

    def talk(self, *requests):
        """All that is said on one connection, to its end."""
        with socket.create_connection(("127.0.0.1", int(self.server.url.rsplit(":", 1)[1]))) as peer:
            peer.settimeout(stage.PATIENCE)
            peer.sendall(b"".join(request.encode() for request in requests))
            peer.shutdown(socket.SHUT_WR)
            said = b""
            while True:
                octets = peer.recv(65536)
                if not octets:
                    return said.decode()
                said += octets

    def test_head_is_answered_without_a_body(self):
        """Else the body would be the next reply of the connection."""
        last = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
        for path, host, status in [
                ("/healthz", "localhost", 200), ("/metrics", "localhost", 200), ("/matrix", "localhost", 200),
                ("/nothing", "localhost", 404), ("/healthz", "evil.example", 403), ("/", "localhost", 405),
                ("/2013-04-01/hostedzone", "localhost", None)]:
            heads = self.talk("HEAD %s HTTP/1.1\r\nHost: %s\r\n\r\n" % (path, host), last).split("\r\n\r\n")
            self.assertEqual(3, len(heads), path)
            self.assertTrue(heads[0].startswith("HTTP/1.1 %s" % (status or "")), heads[0])
            self.assertTrue(heads[1].startswith("HTTP/1.1 200 OK\r\n"), heads[1])
            self.assertEqual("ok\n", heads[2][-3:])
            length = int(re.search(r"(?i)\r\ncontent-length: (\d+)", heads[0])[1])
            self.assertLess(0, length, path)
            if path == "/healthz" and status == 200:
                self.assertEqual(len(heads[2]), length)

    def test_a_request_has_one_host(self):
        asks = lambda version, *hosts: self.talk(
            "GET /healthz HTTP/%s\r\n%s\r\n" % (version, "".join("Host: %s\r\n" % host for host in hosts)))
        for version, hosts in [("1.1", []), ("1.1", ["localhost", "evil.example"]), ("1.1", ["localhost"] * 2),
                               ("1.0", ["localhost"] * 2)]:
            self.assertRegex(asks(version, *hosts), r"\AHTTP/1\.[01] 400 ", (version, hosts))
        # What a balancer's probe sends.
        for version, hosts in [("1.0", []), ("1.0", ["localhost"]), ("1.1", ["localhost"])]:
            self.assertRegex(asks(version, *hosts), r"\AHTTP/1\.[01] 200 ", (version, hosts))
        # One that was right before it is answered, and nothing after it.
        said = self.talk("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET /healthz HTTP/1.1\r\n\r\n",
                         "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s" % (len(CREATE), CREATE))
        self.assertEqual(["200", "400"], re.findall(r"HTTP/1\.1 (\d+) ", said))
        self.assertEqual([], self.vpcs())

    def test_a_member_of_a_signature_stands_once(self):
        one = "Credential=999999999999/20260101/eu-west-1/ec2/aws4_request"
        for members in [[one, one], ["Credential=AKID/20260101/us-east-1/ec2/aws4_request", one],
                        [one, "Signature=0", "Signature=1"], [one, "Signature"], [one, "=1"]]:
            status, text = self.ask(body=CREATE, Authorization="AWS4-HMAC-SHA256 " + ", ".join(members))
            self.assertEqual((400, True), (status, "IncompleteSignature" in text), members)
        self.assertEqual([], self.client("ec2", region="eu-west-1", account="999999999999").describe_vpcs()["Vpcs"])
        self.assertEqual([], self.vpcs())

    def test_a_request_that_never_ends_does_not_keep_the_server(self):
        with socket.create_connection(("127.0.0.1", int(self.server.url.rsplit(":", 1)[1]))) as peer:
            peer.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nAct")
            self.assertEqual(1, len(self.make().split()))
            self.assertEqual(0, self.server.stop())

    def test_a_body_that_cannot_be_read_says_so(self):
        for encoding, body in [("chunked", b"ZZ\r\n"), ("chunked", b"-5\r\n")]:
            with socket.create_connection(("127.0.0.1", int(self.server.url.rsplit(":", 1)[1]))) as peer:
                peer.settimeout(stage.PATIENCE)
                peer.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: %s\r\n\r\n" % encoding.encode()
                             + body)
                self.assertIn(b"HTTP/1.1 400 ", peer.recv(4096))

    def make(self):
        return self.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]

    def test_filters_have_limits(self):
        ec2 = self.client("ec2")
        self.refused("FilterLimitExceeded", ec2.describe_vpcs, Filters=[
            {"Name": "vpc-id", "Values": ["*a*"] * 150}, {"Name": "state", "Values": ["*b*"] * 51}])
        self.refused("InvalidParameterValue", ec2.describe_vpcs, Filters=[
            {"Name": "vpc-id", "Values": ["*a" * 2000]}])

    def test_the_table_is_there_while_calls_come_in(self):
        ends = threading.Event()

        def change():
            ec2 = self.client("ec2")
            while not ends.is_set():
                vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
                ec2.delete_vpc(VpcId=vpc)

        callers = [threading.Thread(target=change) for _ in range(4)]
        for caller in callers:
            caller.start()
        try:
            for _ in range(60):
                status, text = self.server.get("/matrix")
                self.assertEqual(200, status, text)
        finally:
            ends.set()
            for caller in callers:
                caller.join()


class AFirstStartThatWasKilled(stage.Stage):
    def test_leaves_a_state_that_can_be_used(self):
        self.server.close()
        state = os.path.join(self.server.folder, "state")
        os.makedirs(self.server.folder, exist_ok=True)
        # What is there between the first commit of the first start and the second.
        with sqlite3.connect(state) as base:
            base.execute("CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
        base.close()
        self.server = stage.Server(state=state)
        self.addCleanup(self.server.close)
        self.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")


if __name__ == "__main__":
    stage.main()
