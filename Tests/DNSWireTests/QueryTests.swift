// Reading what others send: whole, cut off, and with an octet changed.
import DNSWire
import Testing

@Suite("Queries")
struct QueryTests {
  private static func read(_ message: [UInt8]) -> (Query, Query.Judgement, name: [UInt8]) {
    var query = Query()
    var name = FoldedName()
    var octets = message
    let span = octets.mutableSpan
    let judgement = query.read(span, count: message.count, name: &name)
    return (query, judgement, wire(&name))
  }

  private static func isQuery(_ judgement: Query.Judgement) -> Bool {
    if case .query = judgement { return true }
    return false
  }

  @Test("What dig sends is understood")
  func captures() throws {
    #expect(Captures.queries.count >= 12)
    let read = Captures.queries.map(Self.read)
    func subnet(_ index: Int) -> IPAddress? {
      read[index].0.clientSubnetAddress
    }
    #expect(
      read.map { Name(wire: $0.name)?.description }[..<4] == [
        "www.example.com.", "ec2-203-0-113-25.compute-1.amazonaws.com.",
        "orders.c9akciq32abc.us-east-1.rds.amazonaws.com.", "5.0.0.10.in-addr.arpa.",
      ])
    #expect(read.map { $0.0.type.description }[..<4] == ["A", "A", "AAAA", "PTR"])
    #expect(read.map { $0.0.hasEDNS }[..<4] == [false, true, true, true])
    #expect(read.map { $0.0.payloadSize }[..<4] == [512, 1232, 1232, 4096])
    #expect(read[2].0.dnssecOK && read[2].0.checkingDisabled && read[2].0.recursionDesired)
    #expect(!read[7].0.recursionDesired && read[7].0.recordClass == .chaos)
    #expect(subnet(4) == IPAddress("10.0.0.5"))
    #expect(subnet(5) == IPAddress("2001:db8:1a2b::5"))
    #expect(read[6].0.clientSubnetSize == 7 && subnet(6) == nil)
    #expect(Name(wire: read[5].name)?.description == "db.corp.internal.")
    for (index, item) in read.enumerated() where index != 8 { #expect(Self.isQuery(item.1), "\(index)") }
    if case .badVers = read[8].1 {} else { Issue.record("EDNS version 1 is \(read[8].1)") }
    #expect(read[10].name == [0])
  }

  @Test("Of an unknown EDNS version the options are not read (RFC 6891 6.1.3)")
  func laterVersion() {
    let header: [UInt8] = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1]
    let options: [UInt8] = [0, 8, 0, 99, 1]
    func judge(version: UInt8) -> (Query, Query.Judgement) {
      let opt: [UInt8] = [0, 0, 41, 4, 208, 0, version, 0, 0, 0, UInt8(options.count)] + options
      let read = Self.read(header + [0, 0, 1, 0, 1] + opt)
      return (read.0, read.1)
    }
    let (query, later) = judge(version: 1)
    if case .badVers = later {} else { Issue.record("version 1 is \(later)") }
    #expect(query.hasEDNS && query.clientSubnetSize == 0)
    let (_, known) = judge(version: 0)
    if case .formErr = known {} else { Issue.record("version 0 is \(known)") }
  }

  @Test("No message that is cut off is a query, and no change of one octet leads out of the message")
  func mutations() {
    for message in Captures.queries {
      for count in message.indices { #expect(!Self.isQuery(Self.read(Array(message[..<count])).1)) }
      Captures.each(message) { changed in
        let (query, judgement, name) = Self.read(changed)
        // One comparison, many cases: an expectation each would take longer than all the rest.
        let isInside =
          query.questionEnd <= max(12, changed.count)
          && query.clientSubnetSize <= changed.count
          && query.payloadSize >= 512 && Name(wire: name) != nil
        if !isInside { Issue.record("\(changed)") }
        if Self.isQuery(judgement), query.questionEnd != 12 + name.count + 4 { Issue.record("\(changed)") }
        if query.clientSubnetSize > 0 { _ = query.clientSubnetAddress }
      }
    }
  }

  @Test("Random octets are no trap")
  func noise() {
    var random = SplitMix(seed: 3)
    for _ in 0..<5000 {
      var message = (0..<Int.random(in: 0...120, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      if message.count >= 12, Bool.random(using: &random) {
        message.replaceSubrange(2..<12, with: [1, 0, 0, 1, 0, 0, 0, 0, 0, UInt8.random(in: 0...3, using: &random)])
      }
      let (query, _, _) = Self.read(message)
      #expect(query.questionEnd <= max(12, message.count))
    }
  }
}
