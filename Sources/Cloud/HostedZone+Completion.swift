// What Route 53 makes of a zone: its own SOA and NS when there are none, and an order.
import DNSWire

extension HostedZone {
  /// TTL of Route 53's SOA, in seconds (SOANS).
  public static let soaTimeToLive: UInt32 = 900
  /// TTL of Route 53's NS records, in seconds (SOANS).
  public static let nsTimeToLive: UInt32 = 172_800

  /// More record sets than AWS allows before one asks for more (semantics 3.1): worth a warning, not a refusal.
  public var exceedsDefaultQuota: Bool { recordSets.count > Quotas.defaultRecordSetsPerHostedZone }

  /// With SOA and NS at the apex (semantics 3.3), sorted by name, type and identifier: as a world file is, so that of
  /// routed sets the same one is served whichever came first.
  var completed: HostedZone {
    var zone = self
    let apexTypes = Set(recordSets.lazy.filter { $0.name == name }.map(\.type))
    if !apexTypes.contains(.soa) { zone.recordSets.append(.amazonSOA(of: name)) }
    if !apexTypes.contains(.ns) { zone.recordSets.append(.amazonNS(of: name)) }
    let keys = zone.recordSets.map { CanonicalKey($0.name, $0.type) }
    zone.recordSets = keys.indices.sorted { left, right in
      if keys[left] != keys[right] { return keys[left] < keys[right] }
      return (zone.recordSets[left].setIdentifier ?? "", left) < (zone.recordSets[right].setIdentifier ?? "", right)
    }.map { zone.recordSets[$0] }
    return zone
  }
}

extension ResourceRecordSet {
  /// `ns-1536.awsdns-00.co.uk. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400`
  static func amazonSOA(of apex: Name) -> Self {
    let numbers: [UInt32] = [1, 7200, 900, 1_209_600, 86400]
    let mailbox = wire("awsdns-hostmaster", "amazon", "com")
    let data =
      nameServers[3] + mailbox + numbers.flatMap { number in [24, 16, 8, 0].map { UInt8(number >> $0 & 0xff) } }
    return Self(name: apex, type: .soa, ttl: HostedZone.soaTimeToLive, content: .records([data]))
  }

  static func amazonNS(of apex: Name) -> Self {
    Self(name: apex, type: .ns, ttl: HostedZone.nsTimeToLive, content: .records(nameServers))
  }

  private static let nameServers = [
    wire("ns-0", "awsdns-00", "com"),
    wire("ns-512", "awsdns-00", "net"),
    wire("ns-1024", "awsdns-00", "org"),
    wire("ns-1536", "awsdns-00", "co", "uk"),
  ]

  private static func wire(_ labels: String...) -> [UInt8] {
    labels.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
  }
}
