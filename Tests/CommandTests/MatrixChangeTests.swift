// What changes: `matrix --diff` and `matrix --set`, and the ways in which the command can be used wrongly.
import Foundation
import TestSupport
import Testing

@Suite struct MatrixChangeTests {
  private let world = ["--world", MatrixRun.sample("three-tier")]
  private let off = ["--set", "vpc-1a2b3c4d:ClassicLinkDnsSupported=false"]

  @Test func `the same world changes nothing, and one line says so`() throws {
    for more in [["--diff", MatrixRun.sample("three-tier")], ["--set", "vpc-1a2b3c4d:EnableDnsSupport=true"]] {
      for look in [[], ["--markdown"]] {
        let run = try MatrixRun(world + more + look)
        #expect(run.status == 0)
        #expect(run.said == "Nothing changes: 22 names, 6 askers.\n")
      }
      let run = try MatrixRun(world + more + ["--json"])
      #expect(run.status == 0)
      #expect(try run.document(MatrixChangesJSON.self).changes.isEmpty)
    }
  }

  @Test(arguments: [[], ["--json"], ["--markdown"]])
  func `--set is the world edited by hand`(look: [String]) throws {
    let edited = try MatrixWorldFolder(
      copyOf: "three-tier", replacing: "ClassicLinkDnsSupported: true", with: "ClassicLinkDnsSupported: false")
    let set = try MatrixRun(world + off + look)
    let diff = try MatrixRun(world + ["--diff", edited.path] + look)
    #expect(set.said == diff.said)
    #expect(set.said.contains("S17 vpc-1a2b3c4d DNS support off: public"))
    // Back from the edited world: --set changes the other side of --diff.
    let back = try MatrixRun(
      ["--world", edited.path, "--diff", edited.path, "--set", "vpc-1a2b3c4d:ClassicLinkDnsSupported=true"] + look)
    let forth = try MatrixRun(["--world", edited.path, "--diff", MatrixRun.sample("three-tier")] + look)
    #expect(back.said == forth.said)
    #expect(back.said.contains("S74 vpc-1a2b3c4d DNS support on: private"))
  }

  @Test func `only what looks different is a change, with the reason of the new answer`() throws {
    let before = try MatrixRun(world + ["--json"]).document(MatrixJSON.self)
    let edited = try MatrixWorldFolder(
      copyOf: "three-tier", replacing: "ClassicLinkDnsSupported: true", with: "ClassicLinkDnsSupported: false")
    let after = try MatrixRun(["--world", edited.path, "--json"]).document(MatrixJSON.self)
    let changes = try MatrixRun(world + off + ["--json"]).document(MatrixChangesJSON.self)
    var expected: [MatrixChangesJSON.Change] = []
    for name in before.names {
      for asker in before.askers {
        let (one, other) = (try #require(before[name, asker.who]), try #require(after[name, asker.who]))
        guard one.status != other.status || one.addresses != other.addresses else { continue }
        expected.append(MatrixChangesJSON.Change(name: name, asker: asker.who, before: one, after: other))
      }
    }
    #expect(changes.changes == expected)
    #expect(Set(expected.map(\.asker)) == ["i-0aaa0001", "vpc-1a2b3c4d", "i-0bbb0002"])
  }

  @Test func `an asker of one world only is named, not compared`() throws {
    let run = try MatrixRun(world + ["--diff", MatrixRun.sample("failover"), "--from", "i-0ccc0003", "--json"])
    let changes = try run.document(MatrixChangesJSON.self)
    #expect(changes.inOneWorld == ["i-0ccc0003"])
    #expect(changes.changes.isEmpty)
    let text = try MatrixRun(world + ["--diff", MatrixRun.sample("failover"), "--from", "i-0ccc0003"])
    #expect(text.said.contains("Only one of the two worlds has i-0ccc0003."))
  }

  @Test(
    arguments: [
      ([], 64, "--world"),
      (["--world", "three-tier", "--type", "ANY"], 64, "--type 'ANY'"),
      (["--world", "three-tier", "--type", "nonsense"], 64, "--type 'nonsense'"),
      (["--world", "three-tier", "--name", "a..b"], 64, "a label is empty"),
      (["--world", "three-tier", "--json", "--markdown"], 64, "exclude each other"),
      (["--world", "three-tier", "--color", "sometimes"], 64, "sometimes"),
      (["--world", "three-tier", "--set", "vpc-1a2b3c4d"], 64, "there is no value"),
      (["--world", "three-tier", "--from", "i-0aaa0002"], 64, "did you mean i-0aaa0001?"),
      (["--world", "three-tier", "--from", "clasic"], 64, "did you mean classic?"),
      (["--world", "three-tier", "--from", "nobody-at-all"], 64, "no such instance or VPC"),
      (["--world", "three-tier", "--set", "vpc-1a2b3c4d:EnableDnsSuport=false"], 65, "EnableDnsSupport"),
      (["--world", "nowhere"], 66, "nowhere"),
      (["--world", "three-tier", "--diff", "/nowhere"], 66, "/nowhere"),
    ] as [([String], Int32, String)])
  func `wrong use ends with its status and says what is wrong`(
    arguments: [String], status: Int32, reason: String
  ) throws {
    let paths = arguments.enumerated().map { index, text in
      index > 0 && arguments[index - 1] == "--world" ? MatrixRun.sample(text) : text
    }
    let run = try MatrixRun(paths)
    #expect(run.status == status)
    #expect(run.complained.contains(reason), "\(run.complained)")
    #expect(run.said.isEmpty)
  }
}
