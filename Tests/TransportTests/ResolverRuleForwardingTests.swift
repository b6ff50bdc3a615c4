// Resolver rules that forward (semantics 3.4): whose server is asked for whom, and that nobody hears another's answer.
import DNSWire
import Glibc
import Resolution
import TestSupport
import Testing
import Transport

@Suite struct ResolverRuleForwardingTests {
  private func rule(_ kind: String, _ domain: String, _ vpcs: String, to upstream: Upstream? = nil) -> String {
    ForwardingStage.rule(kind, domain, vpcs, to: upstream?.port)
  }

  private static let first = "NOERROR; a.corp.example 192.0.2.1"
  private static let second = "NOERROR; a.corp.example 192.0.2.2"
  private static let common = "NOERROR; a.corp.example 192.0.2.100"

  /// Everybody's answer for one name, in each order of asking, again from the cache.
  @Test(arguments: [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]])
  func `two VPCs with rules for one name, and who has none, each hear their own`(order: [Int]) throws {
    let one = try Upstream(["a.corp.example 300 A 192.0.2.1"])
    let two = try Upstream(["a.corp.example 300 A 192.0.2.2"])
    let all = try Upstream(["a.corp.example 300 A 192.0.2.100"])
    defer { for each in [one, two, all] { each.stop() } }
    let stage = try ForwardingStage(
      [all],
      rules: [
        rule("FORWARD", "corp.example", "vpc-00000001", to: one),
        rule("FORWARD", "corp.example", "vpc-00000002", to: two),
      ])
    let cells = [
      (Who.inFirst, Self.first), (.linked, Self.first), (.inSecond, Self.second), (.internet, Self.common),
    ]
    for _ in 0..<3 {
      for index in order {
        for transport in LoopbackSocket.Transport.allCases {
          #expect(try stage.ask("a.corp.example", from: cells[index].0, by: transport) == cells[index].1)
        }
      }
    }
    #expect([one, two, all].map { $0.questions.count } == [1, 1, 1])
  }

  @Test func `a rule whose server is the upstream as well, and records that nobody may keep`() throws {
    let both = try Upstream(["a.corp.example 0 A 192.0.2.1", "a.example 0 A 192.0.2.100"])
    defer { both.stop() }
    let stage = try ForwardingStage([both], rules: [rule("FORWARD", "corp.example", "vpc-00000001", to: both)])
    for _ in 0..<3 {
      #expect(try stage.ask("a.corp.example") == Self.first)
      #expect(try stage.ask("a.example") == "NOERROR; a.example 192.0.2.100")
      #expect(try stage.ask("a.corp.example", from: .internet) == Self.first)
    }
  }

  @Test func `the most specific rule decides, and SYSTEM takes a part out of FORWARD`() throws {
    let corp = try Upstream(["a.corp.example 300 A 192.0.2.1", "a.sub.corp.example 300 A 192.0.2.1"])
    let deep = try Upstream(["a.deep.sub.corp.example 300 A 192.0.2.3"])
    let all = try Upstream(["a.sub.corp.example 300 A 192.0.2.100", "www.example 300 A 192.0.2.100"])
    defer { for each in [corp, deep, all] { each.stop() } }
    let stage = try ForwardingStage(
      [all],
      rules: [
        rule("FORWARD", "corp.example", "vpc-00000001", to: corp),
        rule("SYSTEM", "sub.corp.example", "vpc-00000001"),
        rule("FORWARD", "deep.sub.corp.example", "vpc-00000001", to: deep),
      ])
    #expect(try stage.ask("a.corp.example") == Self.first)
    #expect(try stage.ask("a.sub.corp.example") == "NOERROR; a.sub.corp.example 192.0.2.100")
    #expect(try stage.ask("a.deep.sub.corp.example") == "NOERROR; a.deep.sub.corp.example 192.0.2.3")
    #expect(try stage.ask("www.example") == "NOERROR; www.example 192.0.2.100")
  }

  @Test func `a rule for everything leaves private zones and autodefined domains alone, one for their domain does not`()
    throws
  {
    let root = try Upstream(["out.in.example 300 A 192.0.2.1", "ip-10-0-0-5.ec2.internal 300 A 192.0.2.1"])
    defer { root.stop() }
    let stage = try ForwardingStage([], rules: [rule("FORWARD", ".", "vpc-00000001", to: root)]) { $0.reach = .rules }
    #expect(try stage.ask("ip-10-0-0-5.ec2.internal") == "NOERROR; ip-10-0-0-5.ec2.internal 10.0.0.5")
    #expect(try stage.ask("out.in.example") == "NXDOMAIN; out.in.example www.example; SOA example")
    // Without an upstream of its own, who has no rule is refused.
    #expect(try stage.ask("www.example", from: .inSecond) == "REFUSED; EDE 20")
    try stage.change([
      rule("FORWARD", "in.example", "vpc-00000001", to: root),
      rule("FORWARD", "ec2.internal", "vpc-00000001", to: root),
    ])
    #expect(try stage.ask("out.in.example") == "NOERROR; out.in.example 192.0.2.1")
    #expect(try stage.ask("ip-10-0-0-5.ec2.internal") == "NOERROR; ip-10-0-0-5.ec2.internal 192.0.2.1")
    #expect(try stage.ask("ip-10-0-0-5.ec2.internal", from: .inSecond).hasSuffix(" 10.0.0.5"))
  }

  @Test func `a chain from one VPC's server goes on where that VPC's rules say`() throws {
    let corp = try Upstream(["a.corp.example 300 CNAME www.example", "www.example 300 A 192.0.2.66"])
    let all = try Upstream(["www.example 300 A 192.0.2.100", "x.example 300 CNAME a.corp.example"])
    defer { for each in [corp, all] { each.stop() } }
    let stage = try ForwardingStage([all], rules: [rule("FORWARD", "corp.example", "vpc-00000001", to: corp)])
    #expect(try stage.ask("a.corp.example") == "NOERROR; a.corp.example www.example; www.example 192.0.2.100")
    #expect(
      try stage.ask("x.example")
        == "NOERROR; x.example a.corp.example; a.corp.example www.example; www.example 192.0.2.100")
  }

  @Test func `a change of rules is in force at once, also for who waits`() throws {
    let slow = try Upstream(["a.corp.example 300 A 192.0.2.1"], manner: .silent)
    let two = try Upstream(["a.corp.example 300 A 192.0.2.2"])
    let all = try Upstream(["a.corp.example 300 A 192.0.2.100"])
    defer { for each in [slow, two, all] { each.stop() } }
    let stage = try ForwardingStage([all], rules: [rule("FORWARD", "corp.example", "vpc-00000001", to: slow)])
    let client = try Client(to: stage.server.boundAddresses[0], isStream: false, from: "127.0.1.12")
    try client.send(Message.question(id: 1, name: "a.corp.example", type: 1))
    while slow.questions.isEmpty { usleep(1000) }
    try stage.change([rule("FORWARD", "corp.example", "vpc-00000001", to: two)])
    #expect(try stage.ask("a.corp.example") == Self.second)
    // libunbound asks again before it gives up.
    slow.behave(.good)
    let late = try Reply(client.receive())
    #expect(late.answer.map(\.text) == ["192.0.2.2"], "\(late)")
    try stage.change([])
    #expect(try stage.ask("a.corp.example") == Self.common)
    try stage.change([rule("FORWARD", "corp.example", "vpc-00000001", to: slow)])
    #expect(try stage.ask("a.corp.example") == Self.first)
  }
}
