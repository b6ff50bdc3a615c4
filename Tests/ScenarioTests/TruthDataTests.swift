// The table and the generated worlds themselves: complete, and as promised.
import TestSupport
import Testing

@Suite("Truth table, as data")
struct TruthDataTests {
  static let rows = [
    "1", "2", "3", "4", "5", "5b", "6", "7", "8", "9", "10", "11", "11b", "12", "13", "14", "15", "15b", "16", "16b",
    "17",
  ]
  static let askers = (1...11).map { "a\($0)" }

  @Test("Every row has a cell for every asker")
  func isComplete() {
    let cells = Set(TruthTable.lines.map { "\($0.row) \($0.asker)" })
    for row in Self.rows {
      for asker in Self.askers { #expect(cells.contains("\(row) \(asker)"), "row \(row), \(asker)") }
    }
    #expect(Set(TruthTable.lines.map(\.row)) == Set(Self.rows))
  }

  @Test("A peered VPC with ClassicLink options only sees what one without options sees (R2)")
  func trafficOptionsChangeNothing() {
    func column(_ asker: String) -> Set<String> {
      let lines = TruthTable.lines.filter { $0.asker == asker && $0.sameRegion }
      return Set(lines.map { "\($0.row) \($0.name) \($0.type) \($0.expected)" })
    }
    #expect(column("a9") == column("a7"))
  }

  @Test("A VPC without DNS support gets no answer, whatever the name (a11)")
  func silence() {
    for line in TruthTable.lines { #expect((line.asker == "a11") == (line.expected == .timeout), "\(line)") }
  }

  @Test("Every line is asked in some variant of the world")
  func everyLineIsAsked() {
    for line in TruthTable.lines {
      #expect(WorldVariant.all.contains { line.applies(to: $0) }, "\(line)")
    }
  }

  @Test("No question of a world has two true answers", arguments: WorldVariant.all)
  func isConsistent(variant: WorldVariant) {
    for seed in 0..<UInt64(20) {
      var seen: [String: Expectation?] = [:]
      for one in makeWorld(seed: seed, variant: variant).cases {
        let key = "\(one.door.source) \(one.question) \(one.type)"
        if let earlier = seen.updateValue(one.expectation, forKey: key) {
          #expect(earlier == one.expectation, "seed \(seed): \(key)")
        }
      }
    }
  }

  @Test("A seed gives the same world each time, another seed another one")
  func isRepeatable() {
    let one = makeWorld(seed: 5, variant: WorldVariant.all[0])
    let again = makeWorld(seed: 5, variant: WorldVariant.all[0])
    let other = makeWorld(seed: 6, variant: WorldVariant.all[0])
    #expect(one.files.map(\.text) == again.files.map(\.text))
    #expect(one.cases.map(\.question) == again.cases.map(\.question))
    #expect(one.files.map(\.text) != other.files.map(\.text))
  }
}
