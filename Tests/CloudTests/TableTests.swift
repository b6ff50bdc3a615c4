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
