// What the workers count, on its way from the worker that counts to whoever looks.
import Testing

@testable import Transport

@Suite("Counters")
struct CountersTests {
  @Test("Each counter has a place of its own, and workers are added up")
  func places() {
    var counters = Counters()
    for counter in Counter.allCases { counters[counter] = UInt64(counter.rawValue) + 1 }
    let published = PublishedCounters()
    published.store(counters)
    let sum = published.load() + published.load()
    for counter in Counter.allCases { #expect(sum[counter] == 2 * (UInt64(counter.rawValue) + 1)) }
  }
}
