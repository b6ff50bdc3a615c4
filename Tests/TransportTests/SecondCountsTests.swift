// How much somebody has asked in a second, counted by workers whose clocks are not one.
import Testing

@testable import Transport

@Suite struct SecondCountsTests {
  private let hash: UInt64 = 0x1234_5678_9abc_def0

  @Test func `each second begins anew`() {
    let counts = SecondCounts()
    for expected in 1...5 { #expect(counts.add(hash, second: 7) == expected) }
    #expect(counts.add(hash, second: 8) == 1)
    #expect(counts.add(hash &+ 1 << 40, second: 8) == 1)
    #expect(counts.add(hash, second: 8) == 2)
  }

  @Test func `a worker that is behind counts on in the second of the others`() {
    let counts = SecondCounts()
    for expected in 1...5 { #expect(counts.add(hash, second: 0x1_0000) == expected) }
    for expected in 6...9 { #expect(counts.add(hash, second: 0xffff) == expected) }
    #expect(counts.add(hash, second: 0x1_0000) == 10)
    #expect(counts.add(hash, second: 0x1_0001) == 1)
    #expect(counts.add(hash, second: 0xffff) == 2)
  }

  @Test func `who is new takes the place of who asked least, and never of a flooder`() {
    let counts = SecondCounts()
    // Of one set, which has four places.
    func add(_ who: UInt64) -> Int { counts.add(0x10 | who << 40, second: 7) }
    for (who, times) in [(1, 100), (2, 50), (3, 20), (4, 10)] as [(UInt64, Int)] {
      for expected in 1...times { #expect(add(who) == expected) }
    }
    // Forged sources drive out each other.
    for forged in 10...1000 as ClosedRange<UInt64> { #expect(add(forged) == 1) }
    #expect(add(1) == 101 && add(2) == 51 && add(3) == 21)
    #expect(add(4) == 1)
  }

  @Test func `what was long ago is forgotten`() {
    let counts = SecondCounts()
    for _ in 1...5 { _ = counts.add(hash, second: 40_000) }
    for later in [40_003, 60_000, 40_000 + 0xffff, 100_000] as [UInt64] {
      #expect(counts.add(hash, second: later) == 1)
    }
  }
}
