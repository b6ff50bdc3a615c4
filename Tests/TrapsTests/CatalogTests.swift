// The catalog as a whole: every trap can be named, and an empty world has none.
import Cloud
import Foundation
import Testing
import Traps

@Suite("The catalog of traps")
struct CatalogTests {
  @Test("Every trap has a name for programs, a title and references that look like ours", arguments: Trap.allCases)
  func names(trap: Trap) {
    #expect(trap.rawValue.wholeMatch(of: #/[a-z0-9]+(-[a-z0-9]+)*/#) != nil)
    #expect(!trap.title.isEmpty && !trap.title.hasSuffix("."))
    for reference in trap.references {
      #expect(reference.wholeMatch(of: #/S\d+|R\d+|row \d+|decision \d+/#) != nil, "\(reference)")
    }
  }

  @Test("docs/check-json.md lists every trap, in order and with its references")
  func documentation() throws {
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(contentsOf: package.appendingPathComponent("docs/check-json.md"), encoding: .utf8)
    let table = try #require(text.components(separatedBy: "## The traps").last)
    let rows = table.matches(of: #/(?m)^\| `([a-z0-9-]+)` \| ([^|]*)\|/#).dropFirst().map { match in
      "\(match.output.1): " + match.output.2.trimmingCharacters(in: .whitespaces)
    }
    #expect(rows == Trap.allCases.map { "\($0.rawValue): \($0.references.joined(separator: ", "))" })
  }

  @Test("An empty world has no trap, and neither has a plain one")
  func nothing() throws {
    var world = World()
    #expect(world.findings().isEmpty)
    for change in [vpc("vpc-1", "10.0.0.0/16"), instance("i-1", "10.9.0.9"), instance("i-2", in: "vpc-1", "10.0.0.5")] {
      try world.apply(change)
    }
    #expect(world.findings().isEmpty)
  }
}
