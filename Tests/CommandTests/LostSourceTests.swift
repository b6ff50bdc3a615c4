// When the log says that who asks was lost on the way.
import DNSWire
import Testing
import Transport

@testable import ClassicLinkDNS

@Suite("The source was lost")
struct LostSourceTests {
  private func asked(_ total: UInt64, byStrangers strangers: UInt64) -> Counters {
    var counters = Counters()
    counters[.udpQueries] = total
    counters[.strangers] = strangers
    return counters
  }

  private func sources(_ texts: String...) -> Set<IPAddress> { Set(texts.compactMap { IPAddress($0) }) }

  @Test("Every question comes from one gateway: said once, when it is no chance")
  func gateway() {
    var lost = LostSource()
    #expect(lost.look(sources("172.17.0.1"), asked(1, byStrangers: 1)) == nil && lost.isUndecided)
    // A health check on the machine itself is nobody's gateway.
    #expect(lost.look(sources("172.17.0.1", "127.0.0.1"), asked(49, byStrangers: 49)) == nil && lost.isUndecided)
    #expect(
      lost.look(sources("172.17.0.1", "127.0.0.1"), asked(50, byStrangers: 50)) == IPAddress("172.17.0.1"))
    #expect(lost.look(sources("172.17.0.1"), asked(99, byStrangers: 99)) == nil && !lost.isUndecided)
  }

  @Test("Nothing is lost where somebody is known, where several ask, or where it is the internet or ourselves")
  func others() {
    for (sources, counters) in [
      (sources("172.17.0.1"), asked(100, byStrangers: 60)),
      (sources("10.0.0.1", "10.0.0.2"), asked(100, byStrangers: 100)),
      (sources("192.0.2.1"), asked(100, byStrangers: 100)), (sources("127.0.0.1"), asked(100, byStrangers: 100)),
    ] {
      var lost = LostSource()
      #expect(lost.look(sources, counters) == nil && !lost.isUndecided, "\(sources)")
    }
  }
}
