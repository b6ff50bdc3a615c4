// The truth table over random worlds, in process: every cell and sub-case, whatever the ids, Regions, ranges and order.
import Resolution
import Testing

@Suite("Truth table, in process")
struct TruthTableTests {
  /// Worlds to try: enough that each variant meets each Region, form and order many times over.
  static let worlds: UInt64 = 1_000
  static let batch: UInt64 = 50

  /// A wrong rule shows in every world: so many faults are told, and then no more of the batch.
  static let faultsTold = 10

  @Test("Every cell holds in 1,000 random worlds", arguments: Array(stride(from: 0, to: worlds, by: Int(batch))))
  func cells(first: UInt64) throws {
    var told = 0
    for seed in first..<(first + Self.batch) {
      let world = makeWorld(seed: seed, variant: WorldVariant.all[Int(seed) % WorldVariant.all.count])
      let product: InProcess
      do { product = try InProcess(world.files) } catch {
        Issue.record("seed \(seed), \(world.variant): the world does not load: \(error)")
        return
      }
      for (index, one) in world.cases.enumerated() {
        let packet = one.packet(id: UInt16(truncatingIfNeeded: index))
        for (way, reply) in product.everyWay(one, packet) {
          guard let fault = one.fault(in: reply, asked: packet) else { continue }
          Issue.record("seed \(seed), \(world.variant): \(one.question) from \(way): \(fault). \(one.line)")
          told += 1
          if told == Self.faultsTold { return }
        }
      }
    }
  }

  /// Rules that no cell of the table needs, each with the test that does.
  static let coveredElsewhere: [Rule: String] = [
    .foreignResolver: ruleStories, .classicResolver: ruleStories, .localName: ruleStories, .publicDNS: ruleStories,
    .resolverRule: ruleStories,
  ]
  /// It switches off every rule, one at a time, and wants its story to change.
  private static let ruleStories = "ResolutionTests/RuleStories.ruleCounts"

  @Test("Without any one rule some cell turns red", arguments: Rule.allCases.filter { coveredElsewhere[$0] == nil })
  func everyRuleCounts(rule: Rule) throws {
    let isMissed = try WorldVariant.all.enumerated().contains { offset, variant in
      let world = makeWorld(seed: 7_000 + UInt64(offset), variant: variant)
      let product = try InProcess(world.files, switchedOff: [rule])
      return world.cases.enumerated().contains { index, one in
        let packet = one.packet(id: UInt16(truncatingIfNeeded: index))
        return product.everyWay(one, packet).contains { one.fault(in: $0.reply, asked: packet) != nil }
      }
    }
    #expect(isMissed, "\(rule) can be deleted and no cell notices")
  }
}
