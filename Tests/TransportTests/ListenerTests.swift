// `--listen` texts (world.md 2.1).
import DNSWire
import Testing
import Transport

@Suite struct ListenerTests {
  @Test(arguments: [
    ("127.0.0.1", "127.0.0.1:5300", Listener.Scope.automatic),
    ("10.0.0.2:53=vpc-1a2b3c4d", "10.0.0.2:53", .vpc("vpc-1a2b3c4d")),
    ("172.16.0.23=classic", "172.16.0.23:5300", .classic),
    ("0.0.0.0:0", "0.0.0.0:0", .automatic),
    ("[::1]:53=classic", "[::1]:53", .classic),
    ("[2001:db8::1]", "[2001:db8::1]:5300", .automatic),
    ("::1", "[::1]:5300", .automatic),
    ("::=vpc-1", "[::]:5300", .vpc("vpc-1")),
  ])
  func `an address, its port and its network`(text: String, shown: String, scope: Listener.Scope) throws {
    let listener = try Listener(text)
    #expect(listener.description == shown)
    #expect(listener.scope == scope)
  }

  @Test(arguments: [
    "", ":53", "localhost", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:+5", "127.0.0.1:5300=", "127.0.0.1=internet",
    "127.0.0.1=vpc-", "[::1", "[::1]53", "[127.0.0.1]:53", "2001:db8::1::2", "::ffff:127.0.0.1", "127.0.0.1:53:53",
  ])
  func `what fits no listener is refused with its text`(text: String) {
    #expect { try Listener(text) } throws: { "\($0)".contains("'\(text)'") }
  }
}
