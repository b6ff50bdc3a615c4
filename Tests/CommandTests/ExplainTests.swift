// `explain` and `story` as a user meets them: what they print for the sample worlds, and how they end when misused.
import Foundation
import TestSupport
import Testing

/// One run of the program, without a terminal.
private struct Run {
  let status: Int32?
  let said: String
  let complained: String

  init(_ arguments: [String]) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("explain-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let program = try Program(arguments, in: folder, environment: ["NO_COLOR": nil])
    status = program.exitStatus()
    said = program.said
    complained = program.logged
  }

  /// `explain` on a sample world.
  static func explain(_ world: String, _ arguments: String...) throws -> Run {
    try Run(["explain", "--world", MatrixRun.sample(world)] + arguments)
  }
}

@Suite("explain and story, from the outside")
struct ExplainTests {
  private static let application = "ec2-203-0-113-25.compute-1.amazonaws.com"

  /// A question to a sample world; what it prints is Golden/explain-NAME.txt.
  struct Sample: Sendable, CustomTestStringConvertible {
    let name: String
    let world: String
    let arguments: [String]
    var testDescription: String { name }
  }

  static let samples = [
    Sample(name: "linked", world: "three-tier", arguments: ["--from", "i-0aaa0001", application]),
    Sample(name: "internet", world: "three-tier", arguments: ["--from", "internet", "db.corp.internal"]),
    Sample(
      name: "what-if", world: "three-tier",
      arguments: ["--from", "i-0aaa0001", application, "--set", "vpc-1a2b3c4d:ClassicLinkDnsSupported=false"]),
    Sample(
      name: "chain", world: "three-tier",
      arguments: ["--from", "classic", "orders.c9akciq32abc.us-east-1.rds.amazonaws.com"]),
    Sample(
      name: "silence", world: "three-tier",
      arguments: ["--from", "i-0bbb0002", application, "--set", "vpc-1a2b3c4d:EnableDnsSupport=false"]),
    Sample(name: "refused", world: "three-tier", arguments: ["--from", "i-0bbb0002", "www.example.com"]),
    Sample(name: "foreign", world: "three-tier", arguments: ["--from", "i-0bbb0002", "--at", "172.16.0.23", application]),
    Sample(name: "reverse", world: "three-tier", arguments: ["--from", "classic", "5.0.0.10.in-addr.arpa", "PTR"]),
    Sample(
      name: "failover", world: "failover",
      arguments: ["--from", "internet", "ledger.cluster-cd3fgh1jklmn.us-west-2.rds.amazonaws.com"]),
  ]

  @Test("What it prints is as it was looked at", arguments: samples)
  func golden(sample: Sample) throws {
    let run = try Run(["explain", "--world", MatrixRun.sample(sample.world)] + sample.arguments)
    #expect(run.status == 0, "\(run.complained)")
    let file = MatrixRun.package.appendingPathComponent("Tests/CommandTests/Golden/explain-\(sample.name).txt")
    if ProcessInfo.processInfo.environment["WRITE_GOLDEN"] != nil {
      try run.said.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try run.said == String(contentsOf: file, encoding: .utf8))
  }

  @Test("Wrong usage and unknown askers are 64, a missing world is 66, a broken one 65")
  func statuses() throws {
    #expect(try Run.explain("three-tier", "--from", "i-nobody", Self.application).status == 64)
    #expect(try Run.explain("three-tier", "--from", "internet", "a..b").status == 64)
    #expect(try Run.explain("three-tier", "--from", "internet", Self.application, "NOTATYPE").status == 64)
    #expect(try Run.explain("three-tier", "--from", "internet", "--at", "x", Self.application).status == 64)
    #expect(try Run.explain("three-tier", Self.application).status == 64)
    #expect(try Run.explain("no-such", "--from", "internet", Self.application).status == 66)
    let typo = try Run.explain(
      "three-tier", "--from", "internet", Self.application, "--set", "vpc-1a2b3c4d:ClassicLinkDnsSuported=true")
    #expect(typo.status == 65)
    #expect(typo.complained.contains("did you mean \"ClassicLinkDnsSupported\""))
  }

  @Test("JSON has the keys that docs/explain-json.md tells")
  func json() throws {
    let run = try Run.explain("three-tier", "--from", "i-0aaa0001", Self.application, "--json")
    let document = try #require(try JSONSerialization.jsonObject(with: Data(run.said.utf8)) as? [String: Any])
    #expect(Set(document.keys) == ["asker", "name", "type", "now", "alternatives"])
    let now = try #require(document["now"] as? [String: Any])
    #expect(now["code"] as? String == "NOERROR")
    #expect(now["reason"] as? String == "S74 vpc-1a2b3c4d DNS support on: private")
    #expect(now["citations"] as? [String] == ["S74", "S19"])
    let hop = try #require((now["hops"] as? [[String: Any]])?.first)
    #expect(hop["rule"] as? String == "classicLinkDNS")
    #expect(hop["row"] as? String == "1")
    #expect(hop["column"] as? String == "a3")
  }

  @Test("A story plays to its end, each answer as it says")
  func story() throws {
    let run = try Run(["story", MatrixRun.sample("three-tier")])
    #expect(run.status == 0, "\(run.complained)")
    #expect(run.said.contains("S74 vpc-1a2b3c4d DNS support on: private"))
    #expect(run.said.contains("S17 vpc-1a2b3c4d DNS support off: public"))
    #expect(!run.said.contains("\u{1b}"))
    #expect(try Run(["story", MatrixRun.sample("nowhere")]).status == 66)
  }

  @Test("A story that is not true ends with 65, and says in which line")
  func untrueStory() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("story-\(UUID().uuidString)")
    try FileManager.default.copyItem(at: URL(fileURLWithPath: MatrixRun.sample("three-tier")), to: folder)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("story.md")
    try "# Untrue\n\n    ask internet \(Self.application)\n    expect 10.0.0.5\n".write(
      to: file, atomically: true, encoding: .utf8)
    let run = try Run(["story", folder.path])
    #expect(run.status == 65)
    #expect(run.said.contains("line 3: expected 10.0.0.5, got 203.0.113.25"))
  }
}
