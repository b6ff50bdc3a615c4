// The sample worlds tell the truth: what their comments, the README and `make run` promise is what dig prints.
import Foundation
import TestSupport
import Testing

@Suite("Sample worlds", .serialized)
struct SampleWorldTests {
  static let zones = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("zones").path

  /// The last line that `dig +short` prints to an asker at `source`; empty when there is none.
  static func ask(_ server: LiveServer, from source: String, _ question: String...) throws -> String {
    let arguments = ["@127.0.0.1", "-p", "\(server.port)", "-b", source, "+short"] + question
    return try dig(arguments).split(separator: "\n").last.map(String.init) ?? ""
  }

  @Test("three-tier: the link decides what the web server sees")
  func threeTier() throws {
    let server = try LiveServer(world: Self.zones + "/three-tier")
    let (web, application, unlinked, neighbour, internet) =
      ("127.0.1.11", "127.0.1.12", "127.0.1.13", "127.0.1.14", "127.0.0.1")
    let expected: [(name: String, answers: [String: String])] = [
      (
        "ec2-203-0-113-25.compute-1.amazonaws.com",
        [
          web: "10.0.0.5", application: "10.0.0.5", unlinked: "203.0.113.25", neighbour: "203.0.113.25",
          internet: "203.0.113.25",
        ]
      ),
      (
        "ec2-203-0-113-9.compute-1.amazonaws.com",
        [application: "10.112.0.9", unlinked: "10.112.0.9", neighbour: "203.0.113.9", internet: "203.0.113.9"]
      ),
      (
        "orders.c9akciq32abc.us-east-1.rds.amazonaws.com",
        [web: "10.0.0.110", unlinked: "203.0.113.110", internet: "203.0.113.110"]
      ),
      ("ledger.c9akciq32abc.us-east-1.rds.amazonaws.com", [web: "10.0.1.120", internet: "10.0.1.120"]),
      ("sales.c9akciq32abc.us-east-1.redshift.amazonaws.com", [web: "10.0.0.130", internet: "203.0.113.130"]),
      ("sessions.c9akci.0001.use1.cache.amazonaws.com", [web: "10.0.1.140", internet: "10.0.1.140"]),
      ("i-0ccc0003.ec2.internal", [web: "10.0.1.6", application: "10.0.1.6", neighbour: "", internet: ""]),
      ("db.corp.internal", [web: "10.0.1.6", application: "10.0.1.6", unlinked: "", neighbour: "", internet: ""]),
      ("orders.corp.internal", [web: "10.0.0.110"]),
      ("anything.dev.corp.internal", [application: "10.0.1.200"]),
      ("app.shop.example", [web: "10.0.0.5", unlinked: "203.0.113.25", internet: "203.0.113.25"]),
    ]
    for (name, answers) in expected {
      for (source, answer) in answers {
        #expect(try Self.ask(server, from: source, name, "A") == answer, "\(name) from \(source)")
      }
    }
  }

  @Test(
    "peering: the option on the side that owns the name decides",
    arguments: [
      ("127.0.1.21", "10.0.4.10"), ("127.0.1.22", "10.0.4.10"), ("127.0.1.23", "198.51.100.10"),
      ("127.0.1.24", "198.51.100.10"), ("127.0.1.25", "198.51.100.10"), ("127.0.1.26", "10.0.4.10"),
      ("127.0.1.27", "10.0.4.10"),
    ])
  func peering(source: String, answer: String) throws {
    let server = try LiveServer(world: Self.zones + "/peering")
    #expect(try Self.ask(server, from: source, "ec2-198-51-100-10.eu-west-1.compute.amazonaws.com") == answer)
  }

  @Test("peering: what goes one way does not go the other, and neither reaches the linked instance")
  func otherWay() throws {
    let server = try LiveServer(world: Self.zones + "/peering")
    let reports = "ec2-198-51-100-30.eu-west-1.compute.amazonaws.com"
    #expect(try Self.ask(server, from: "127.0.1.21", reports) == "172.21.4.30")
    #expect(try Self.ask(server, from: "127.0.1.27", reports) == "198.51.100.30")
    let linked = "ec2-198-51-100-70.eu-west-1.compute.amazonaws.com"
    #expect(try Self.ask(server, from: "127.0.1.21", linked) == "10.64.0.70")
    #expect(try Self.ask(server, from: "127.0.1.22", linked) == "198.51.100.70")
    // Peering carries no private zone.
    #expect(try Self.ask(server, from: "127.0.1.22", "orders.billing.internal") == "10.0.4.10")
    #expect(try Self.ask(server, from: "127.0.1.21", "invoices.billing.internal") == "")
  }

  @Test("failover: endpoints and record sets lead to the one that is in service")
  func failover() throws {
    let server = try LiveServer(world: Self.zones + "/failover")
    let (linked, unlinked) = ("127.0.1.31", "127.0.1.33")
    let orders = "orders.cd3fgh1jklmn.us-west-2.rds.amazonaws.com"
    #expect(try Self.ask(server, from: linked, orders) == "10.0.2.10")
    #expect(try Self.ask(server, from: unlinked, orders) == "192.0.2.10")
    #expect(try Self.ask(server, from: linked, "ip-10-0-2-10.us-west-2.compute.internal") == "10.0.2.10")
    let suffix = "cd3fgh1jklmn.us-west-2.rds.amazonaws.com"
    #expect(try Self.ask(server, from: linked, "ledger.cluster-\(suffix)") == "10.0.2.21")
    #expect(try Self.ask(server, from: linked, "ledger.cluster-ro-\(suffix)") == "10.0.3.22")
    let node = try Self.ask(server, from: linked, "sessions.q1w2e3.cfg.usw2.cache.amazonaws.com")
    #expect(["10.0.2.31", "10.0.3.32"].contains(node))
    #expect(try Self.ask(server, from: linked, "www.corp.internal") == "10.0.1.5")
    #expect(try Self.ask(server, from: linked, "api.corp.internal") == "10.0.1.41")
    #expect(try Self.ask(server, from: linked, "corp.internal", "A") == "10.0.1.5")
    #expect(try Self.ask(server, from: linked, "orders.corp.internal") == "10.0.2.10")
  }

  @Test("failover: after the databases have changed places the endpoint moves, the ip-... name does not (S31)")
  func afterFailover() throws {
    let text = try String(contentsOfFile: Self.zones + "/failover/world.yaml", encoding: .utf8)
    let exchanges = [
      ("PrivateIpAddress: 10.0.2.10", "PrivateIpAddress: 10.0.3.10"),
      ("StandbyPrivateIpAddress: 10.0.3.10", "StandbyPrivateIpAddress: 10.0.2.10"),
      ("PublicIpAddress: 192.0.2.10", "PublicIpAddress: 192.0.2.11"),
      ("StandbyPublicIpAddress: 192.0.2.11", "StandbyPublicIpAddress: 192.0.2.10"),
    ]
    let lines = text.components(separatedBy: "\n").map { line in
      let bare = line.trimmingCharacters(in: .whitespaces)
      return exchanges.first { $0.0 == bare }.map { line.replacingOccurrences(of: $0.0, with: $0.1) } ?? line
    }
    #expect(lines.joined(separator: "\n") != text)
    let server = try LiveServer([WorldTextFile(name: "world.yaml", text: lines.joined(separator: "\n"))])
    let orders = "orders.cd3fgh1jklmn.us-west-2.rds.amazonaws.com"
    #expect(try Self.ask(server, from: "127.0.1.31", orders) == "10.0.3.10")
    #expect(try Self.ask(server, from: "127.0.1.33", orders) == "192.0.2.11")
    #expect(try Self.ask(server, from: "127.0.1.31", "ip-10-0-2-10.us-west-2.compute.internal") == "10.0.2.10")
  }

  @Test("classic-resolver: the linked instance is answered with the VPC's view, the unlinked one is not (S64)")
  func classicResolver() throws {
    let server = try LiveServer(world: Self.zones + "/classic-resolver")
    #expect(try Self.ask(server, from: "127.0.1.41", "build.lab.internal") == "172.16.4.4")
    #expect(try Self.ask(server, from: "127.0.1.43", "build.lab.internal") == "")
    let name = "ec2-203-0-113-44.compute-1.amazonaws.com"
    #expect(try Self.ask(server, from: "127.0.1.41", name) == "172.16.4.4")
    #expect(try Self.ask(server, from: "127.0.1.43", name) == "203.0.113.44")
  }
}
