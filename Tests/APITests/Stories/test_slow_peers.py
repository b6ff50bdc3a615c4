"""Peers that are slow on purpose: none of them holds a connection for ever, and one that is only slow is served."""
import concurrent.futures
import http.client
import os
import socket
import tempfile
import time

import stage

TOKEN = "dGhlIHRva2VuIG9mIGEgdGVzdA=="
HOST = b"Host: localhost\r\n"
# Seconds between two octets: often enough for whoever counts from the last one.
PAUSE = 5
# A body of which nearly nothing comes.
LONG = HOST + b"Content-Length: 100000\r\n\r\n"


class SlowPeers(stage.Stage):
    """All at once: each waits for the same half minute."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="classiclink-dns-")
        self.addCleanup(folder.cleanup)
        file = os.path.join(folder.name, "token")
        with open(file, "w") as out:
            out.write(TOKEN)
        self.flags = ["--api-token", file]
        super().setUp()
        self.port = int(self.server.url.rsplit(":", 1)[1])

    def connect(self):
        peer = socket.create_connection(("127.0.0.1", self.port))
        self.addCleanup(peer.close)
        return peer

    def waits(self):
        deadline = time.monotonic() + 2 * stage.PATIENCE
        while time.monotonic() < deadline:
            yield
            time.sleep(PAUSE)
        raise AssertionError("the connection is still open")

    def drip(self, head, drop):
        """What came before the server closed the connection, into which something dropped all the time."""
        peer = self.connect()
        peer.sendall(head)
        peer.setblocking(False)
        said = b""
        for _ in self.waits():
            try:
                if drop:
                    peer.send(drop)
                while True:
                    octets = peer.recv(65536)
                    if not octets:
                        return said
                    said += octets
            except BlockingIOError:
                pass
            except ConnectionError:
                return said

    def never_read(self):
        """Requests without end, and nobody takes the replies."""
        peer = socket.socket()
        self.addCleanup(peer.close)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        peer.connect(("127.0.0.1", self.port))
        own = peer.getsockname()[1]
        peer.settimeout(1)
        try:
            while True:
                peer.sendall(b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n")
        except (socket.timeout, ConnectionError):
            pass
        for _ in self.waits():
            if not self.is_established(own):
                return True

    def is_established(self, other):
        return any(state == "01" for state, _ in self.ends(other))

    def ends(self, other):
        """State and inode of the server's end of a connection: `ss` is not everywhere."""
        ends = ["0100007F:%04X" % port for port in (self.port, other)]
        with open("/proc/net/tcp") as file:
            rows = [line.split() for line in file][1:]
        return [(row[3], row[9]) for row in rows if row[1:3] == ends]

    def refused_in_front(self):
        """Good requests behind one that is refused, and a peer that never hangs up: what the server said, when it has
        let go of its end."""
        peer = self.connect()
        good = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
        peer.sendall(b"GET /healthz HTTP/1.1\r\n\r\n" + good + good)
        said = b""
        while octets := peer.recv(65536):
            said += octets
        for _ in self.waits():
            if all(inode == "0" for _, inode in self.ends(peer.getsockname()[1])):
                return said

    def is_only_slow(self):
        """A call whose body comes in pieces, and another one on its connection a while later."""
        body = b"Action=DescribeVpcs&Version=2016-11-15"
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=stage.PATIENCE)
        self.addCleanup(client.close)
        statuses, sockets = [], []
        for pieces in [5, 1]:
            client.putrequest("POST", "/")
            client.putheader("Authorization", "Bearer " + TOKEN)
            client.putheader("Content-Length", str(len(body)))
            client.endheaders()
            size = -(-len(body) // pieces)
            for start in range(0, len(body), size):
                time.sleep(PAUSE)
                client.send(body[start:start + size])
            sockets.append(client.sock)
            reply = client.getresponse()
            reply.read()
            statuses.append(reply.status)
        self.assertIs(*sockets)
        return statuses

    def test_none_holds_a_connection(self):
        with concurrent.futures.ThreadPoolExecutor(max_workers=16) as all_at_once:
            drip = lambda head, drop=b"x": all_at_once.submit(self.drip, head, drop)
            nothing, header = drip(b"", b""), drip(b"GET /healthz HTTP/1.1\r\n", b"a: b\r\n")
            answered = {
                b"200": drip(b"GET /healthz HTTP/1.1\r\n" + LONG), b"401": drip(b"GET /metrics HTTP/1.1\r\n" + LONG),
                b"404": drip(b"GET /nothing HTTP/1.1\r\n" + LONG), b"408": drip(b"POST / HTTP/1.1\r\n" + LONG),
                b"413": drip(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1000000000\r\n\r\n" + b"x" * (3 << 20))}
            idle = drip(b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n", b"")
            reader = all_at_once.submit(self.never_read)
            slow = all_at_once.submit(self.is_only_slow)
            refused = all_at_once.submit(self.refused_in_front)
        self.assertEqual(b"", nothing.result())
        self.assertEqual(b"", header.result())
        for status, said in answered.items():
            self.assertIn(b"HTTP/1.1 " + status, said.result(), status)
        self.assertIn(b"HTTP/1.1 200", idle.result())
        self.assertTrue(reader.result())
        self.assertIn(b"HTTP/1.1 400", refused.result())
        self.assertEqual([200, 200], slow.result())


if __name__ == "__main__":
    stage.main()
