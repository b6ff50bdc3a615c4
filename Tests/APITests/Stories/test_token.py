"""The token: who may call where others reach the API, and how clients bring it."""
import json
import os
import re
import resource
import socket
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.request

from botocore.exceptions import ClientError

import stage

TOKEN = "dGhlIHRva2VuIG9mIGEgdGVzdA=="
CREATE = b"Action=CreateVpc&Version=2016-11-15&CidrBlock=10.0.0.0/16"
WORLD = stage.EMPTY + """
Vpcs: [{VpcId: vpc-1a2b3c4d, CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}]
Instances:
  - {InstanceId: i-0bbb0002, VpcId: vpc-1a2b3c4d, PrivateIpAddress: 10.0.0.5, PublicIpAddress: 203.0.113.25}
"""


class Token(stage.Stage):
    world = WORLD

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="classiclink-dns-")
        self.addCleanup(folder.cleanup)
        self.file = os.path.join(folder.name, "token")
        with open(self.file, "w") as file:
            file.write(TOKEN + "\n")
        self.flags = ["--api-token", self.file]
        super().setUp()
        self.server.secret = TOKEN

    def ask(self, path="/", body=None, **headers):
        """Status and text of a plain request."""
        request = urllib.request.Request(
            self.server.url + path, data=body, headers={name.replace("_", "-"): text for name, text in headers.items()})
        try:
            with urllib.request.urlopen(request, timeout=stage.PATIENCE) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def test_an_sdk_has_it_as_its_secret_access_key(self):
        """One service of each protocol: EC2's and the other query, REST-XML with paths and queries, JSON."""
        vpc = self.client("ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
        self.client("ec2").create_tags(Resources=[vpc], Tags=[{"Key": "a b+c", "Value": "%/~ü* \"'"}])
        tags = self.client("ec2").describe_tags(Filters=[{"Name": "resource-id", "Values": [vpc]}])["Tags"]
        self.assertEqual([("a b+c", "%/~ü* \"'")], [(tag["Key"], tag["Value"]) for tag in tags])
        self.assertEqual([], self.client("rds").describe_db_instances()["DBInstances"])
        route53 = self.client("route53")
        zone = route53.create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"]["Id"]
        found = route53.list_resource_record_sets(
            HostedZoneId=zone, StartRecordName="*.a~b.example.com", StartRecordType="A", MaxItems="5")
        self.assertEqual(False, found["IsTruncated"])
        self.assertEqual([], self.client("route53resolver").list_resolver_endpoints()["ResolverEndpoints"])
        # The key's id is still the account.
        other = self.client("ec2", account="210987654321")
        self.assertEqual([], other.describe_vpcs()["Vpcs"])

    def test_the_aws_command_and_curl_have_it_too(self):
        environment = dict(os.environ, AWS_ACCESS_KEY_ID="123456789012", AWS_SECRET_ACCESS_KEY=TOKEN,
                           AWS_DEFAULT_REGION="us-east-1")
        done = subprocess.run(
            ["aws", "ec2", "describe-vpcs", "--endpoint-url", self.server.url, "--query", "Vpcs[].VpcId"],
            env=environment, stdout=subprocess.PIPE, check=True)
        self.assertEqual(["vpc-1a2b3c4d"], json.loads(done.stdout))
        form = ["-d", "Action=DescribeVpcs&Version=2016-11-15", self.server.url + "/"]
        for credentials in [["-H", "Authorization: Bearer " + TOKEN], ["-H", "Authorization: bearer " + TOKEN],
                            ["--aws-sigv4", "aws:amz:us-east-1:ec2", "--user", "123456789012:" + TOKEN]]:
            done = subprocess.run(["curl", "-s"] + credentials + form, stdout=subprocess.PIPE, check=True)
            self.assertIn(b"<vpcId>vpc-1a2b3c4d</vpcId>", done.stdout)

    def is_open(self, peer):
        peer.setblocking(False)
        try:
            return peer.recv(1) != b""
        except BlockingIOError:
            return True
        except ConnectionError:
            return False

    def test_who_has_no_token_keeps_nobody_out(self):
        """More connections of one address than there are in all, which send nothing."""
        port = int(self.server.url.rsplit(":", 1)[1])
        held = []
        for _ in range(1100):
            held.append(socket.create_connection(("127.0.0.1", port), source_address=("127.0.8.1", 0)))
            self.addCleanup(held[-1].close)
        self.assertEqual(200, self.ask("/healthz")[0])
        # In time: those that are left have not been closed for being idle.
        self.assertEqual(256, sum(map(self.is_open, held)))
        self.assertEqual(1, len(self.client("ec2").describe_vpcs()["Vpcs"]))

    def test_who_has_another_token_is_refused_in_each_services_words(self):
        wrong = TOKEN[:-1] + "?"
        for service, call, code, status in [
                ("ec2", "describe_vpcs", "AuthFailure", 401), ("rds", "describe_db_instances", "SignatureDoesNotMatch", 403),
                ("elbv2", "describe_load_balancers", "SignatureDoesNotMatch", 403),
                ("route53", "list_hosted_zones", "SignatureDoesNotMatch", 403),
                ("route53resolver", "list_resolver_rules", "InvalidSignatureException", 403)]:
            self.server.secret = wrong
            with self.assertRaises(ClientError) as caught:
                getattr(self.client(service), call)()
            reply = caught.exception.response
            self.assertEqual((code, status), (reply["Error"]["Code"], reply["ResponseMetadata"]["HTTPStatusCode"]), service)

    def test_who_has_none_changes_nothing_and_reads_nothing(self):
        for headers in [{}, {"Authorization": "Bearer "}, {"Authorization": "Bearer " + TOKEN[:-1]},
                        {"Authorization": "Bearer " + TOKEN + "x"}, {"Authorization": TOKEN},
                        {"Authorization": "Basic " + TOKEN}]:
            status, text = self.ask(body=CREATE, **headers)
            self.assertIn(status, (400, 403))
            self.assertRegex(text, "MissingAuthenticationToken|SignatureDoesNotMatch|IncompleteSignature")
            for page in ["/metrics", "/matrix", "/explain?from=internet&name=a.example", "/session?from=internet"]:
                self.assertEqual(401, self.ask(page, **headers)[0], page)
        self.assertEqual(403, self.ask("/2013-04-01/hostedzone")[0])
        self.assertEqual(403, self.ask(body=b"{}", X_Amz_Target="Route53Resolver.ListResolverRules")[0])
        # A link that carries its signature in the query.
        self.assertEqual(403, self.ask("/?" + CREATE.decode() + "&X-Amz-Signature=0")[0])
        self.assertEqual(1, len(self.client("ec2").describe_vpcs()["Vpcs"]))
        # What probes ask tells no secret.
        self.assertEqual([200, 200], [self.ask("/healthz")[0], self.ask("/readyz")[0]])
        self.assertEqual(200, self.ask("/metrics", Authorization="Bearer " + TOKEN)[0])

    def test_a_signed_request_cannot_be_changed(self):
        sent = {}

        def keep(request, **_):
            sent.update(url=request.url, body=request.body, headers=dict(request.headers))

        ec2 = self.client("ec2")
        ec2.meta.events.register("before-send.ec2.CreateVpc", keep)
        ec2.create_vpc(CidrBlock="10.7.0.0/16")
        text = {name: value.decode() if isinstance(value, bytes) else value for name, value in sent["headers"].items()}
        body = sent["body"].encode() if isinstance(sent["body"], str) else sent["body"]
        self.assertEqual(401, self.ask(body=body.replace(b"10.7.", b"10.8."), **text)[0])
        self.assertEqual(401, self.ask("/?Version=2016-11-15", body=body, **text)[0])
        moved = dict(text)
        date = next(name for name in text if name.lower() == "x-amz-date")
        moved[date] = text[date][:-2] + ("1Z" if text[date][-2] != "1" else "2Z")
        self.assertEqual(401, self.ask(body=body, **moved)[0])
        # Beside what is signed, nothing says who calls and where.
        name = next(name for name in text if name.lower() == "authorization")
        whole, credential = text[name], re.search("Credential=[^,]*, ", text[name])[0]
        other = credential.replace("123456789012", "999999999999").replace("us-east-1", "eu-west-1")
        for changed in [whole.replace(credential, other + credential), whole.replace(credential, credential + other),
                        whole.replace(credential, credential * 2), whole + ", " + other[:-2],
                        whole + ", SignedHeaders=host", whole + ", Signature=0", other + whole, whole + ", " + whole]:
            status, said = self.ask(body=body, **dict(text, **{name: changed}))
            self.assertEqual((400, True), (status, "IncompleteSignature" in said), changed)
        self.assertEqual(401, self.ask(body=body, **dict(text, **{name: whole.replace(credential, other)}))[0])
        for account, region in [("123456789012", "eu-west-1"), ("999999999999", "eu-west-1")]:
            self.assertEqual([], self.client("ec2", region=region, account=account).describe_vpcs()["Vpcs"])
        self.assertEqual(2, len(self.client("ec2").describe_vpcs()["Vpcs"]))

    def test_our_own_commands(self):
        self.assertEqual((0, ""), self.server.run(
            "healthcheck", "--dns", "127.0.0.1:%d" % self.server.port, "--url", self.server.url))
        name = "ec2-203-0-113-25.compute-1.amazonaws.com"
        run = ["exec", "--api", self.server.url, "--from", "i-0bbb0002"]
        command = ["--", "getent", "hosts", name]
        status, said = self.server.run(*run, *command)
        self.assertEqual(125, status)
        self.assertIn("--api-token", said)
        done = subprocess.run([stage.PROGRAM] + run + ["--api-token", self.file] + command, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, universal_newlines=True, timeout=stage.PATIENCE)
        self.assertEqual((0, "10.0.0.5"), (done.returncode, done.stdout.split(" ")[0]), done.stderr)


class TheDoor(unittest.TestCase):
    """What `serve` does with its flags before anything is served."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="classiclink-dns-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.world = self.write("world.yaml", stage.EMPTY)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    def serve(self, *flags):
        done = subprocess.run(
            [stage.PROGRAM, "serve", "--world", self.world, "--listen", "127.0.0.1:0"] + list(flags),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, timeout=stage.PATIENCE)
        self.assertEqual("", done.stdout)
        return done.returncode, done.stderr

    def test_others_reach_the_api_only_with_a_token(self):
        for place in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0", "10.0.0.1", "128.0.0.1:5380"]:
            status, said = self.serve("--api", place)
            self.assertEqual((64, True), (status, "--api-token FILE" in said), said)

    def test_with_a_token_it_listens_where_it_is_told(self):
        token = self.write("token", TOKEN)
        server = stage.Server(stage.EMPTY, ["--api-token", token, "--api", "0.0.0.0:0"])
        self.addCleanup(server.close)
        self.assertTrue(server.url.startswith("http://0.0.0.0:"), server.url)
        self.assertEqual(401, server.get("/metrics")[0])

    def test_a_file_that_is_no_token(self):
        for text, words in [("short", "16 characters"), ("", "16 characters"), ("two words of a token", "one word")]:
            status, said = self.serve("--api", "127.0.0.1:0", "--api-token", self.write("token", text))
            self.assertEqual((65, True), (status, words in said), said)
        status, said = self.serve("--api", "127.0.0.1:0", "--api-token", os.path.join(self.folder, "none"))
        self.assertEqual((66, True), (status, "there is no such file" in said), said)
        self.assertEqual(64, self.serve("--api-token", self.write("token", TOKEN))[0])


if __name__ == "__main__":
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    stage.main()
