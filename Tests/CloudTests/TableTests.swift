// The flat tables of ids and of held addresses, side by side with dictionaries.
import Testing

@testable import Cloud

@Suite struct Tables {
  @Test("Each id has the row in which it came, whatever its shape, and keeps it as the table grows")
  func rows() {
    let texts =
      (0..<3000).map { "i-" + String($0, radix: 16) } + (0..<500).map { "vpc-" + String($0 * 0x1_0000_0001, radix: 16) }
      + ["", "i-", "I-1", "database", "i-00", "i-000", "i-123456789abcdef01", "i-023456789abcdef01"]
    var table = IDTable<Instance>()
    for (row, text) in texts.enumerated() {
      #expect(table.row(of: ID(text)) == nil)
      #expect(table.add(ID(text)) == (row, true))
    }
    for (row, text) in texts.enumerated() {
      #expect(table.row(of: ID(text)) == row)
      #expect(table.add(ID(text)) == (row, false))
    }
    #expect(table.ids.map(\.rawValue) == texts)
  }

  @Test("Ids come and go, and a table of them knows what an array knows", arguments: 1...20)
  func removal(seed: UInt64) {
    var dice = Dice(seed: seed)
    var table = IDTable<Instance>()
    var counts = UseCounts<Instance>()
    var known: [ID<Instance>] = []
    for _ in 0..<3000 {
      // Neighbours, and texts that are no numbers.
      let number = dice.roll(200)
      let id = ID<Instance>((number % 5 == 0 ? "one-" : "i-") + String(number, radix: 16))
      if dice.chance(2) {
        let row = known.firstIndex(of: id)
        if row != nil { counts.add(-1, to: id) }
        #expect(table.remove(id) == row)
        if let row {
          known.swapAt(row, known.count - 1)
          known.removeLast()
        }
      } else {
        if table.add(id).isNew {
          known.append(id)
          counts.add(1, to: id)
        }
      }
    }
    #expect(table.ids == known)
    for (row, id) in known.enumerated() { #expect(table.row(of: id) == row) }
    for number in 0..<200 {
      let id = ID<Instance>("i-" + String(number, radix: 16))
      #expect(counts[id] == (known.contains(id) ? 1 : 0))
      #expect((table.row(of: id) != nil) == known.contains(id))
    }
  }

  @Test("Addresses come and go in crowded places, and a table of them knows what a dictionary knows", arguments: 1...20)
  func heldAddresses(seed: UInt64) {
    var state = seed
    func next(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % bound
    }
    var table = HeldAddresses()
    var known: [UInt64: UInt32] = [:]
    for step in 1...4000 {
      // Few networks and addresses, so that neighbours push each other away.
      let key = HeldAddresses.key(UInt32(next(3)), UInt32(next(200)))
      if next(5) < 2 {
        table.remove(key)
        known[key] = nil
      } else {
        table.update(key) { $0.resource = UInt32(step) }
        known[key] = UInt32(step)
      }
    }
    for network in 0..<UInt32(3) {
      for address in 0..<UInt32(200) {
        let key = HeldAddresses.key(network, address)
        #expect(table[key]?.resource == known[key])
      }
    }
  }
}
