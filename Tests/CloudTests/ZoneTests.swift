// Hosted zones: their VPCs, and what record sets may stand beside each other.
import Cloud
import DNSWire
import Testing

private func wire(_ text: String) -> [UInt8] { name(text).wire }

private func a(_ text: String, _ addresses: [UInt8]..., edit: (inout ResourceRecordSet) -> Void = { _ in })
  -> ResourceRecordSet
{
  set(text, .a, addresses.isEmpty ? [[192, 0, 2, 1]] : addresses, edit: edit)
}

private func set(
  _ text: String, _ type: RecordType, _ values: [[UInt8]], edit: (inout ResourceRecordSet) -> Void = { _ in }
) -> ResourceRecordSet {
  var set = ResourceRecordSet(name: name(text), type: type, ttl: 300, content: .records(values))
  edit(&set)
  return set
}

private func alias(_ text: String, _ type: RecordType, _ target: String) -> ResourceRecordSet {
  ResourceRecordSet(name: name(text), type: type, ttl: 0, content: .alias(name(target)))
}

private func routed(_ text: String, _ policy: ResourceRecordSet.Policy, _ identifier: String?) -> ResourceRecordSet {
  a(text) { ($0.policy, $0.setIdentifier) = (policy, identifier) }
}

private let soa: [UInt8] = wire("ns.corp") + wire("admin.corp") + [UInt8](repeating: 1, count: 20)

/// The faults of a private zone `corp` with these sets, by index.
private func faults(_ sets: ResourceRecordSet...) -> [Int: [Refusal.RecordSetFault]] {
  var result: [Int: [Refusal.RecordSetFault]] = [:]
  for problem in privateZone("Z", "corp", "vpc-1", sets: sets).problems() {
    guard case .recordSet(_, _, let fault) = problem.refusal.reason else { continue }
    result[problem.index, default: []].append(fault)
  }
  return result
}

@Suite struct ZoneAssociationTests {
  @Test func aPrivateZoneHasVPCsAndAPublicOneHasNone() throws {
    var world = try World.small()
    world.refuses(
      .addHostedZone(privateZone("Z1", "corp")), .privateZoneWithoutVPC(ID("Z1")), member: "VPCs")
    var zone = privateZone("Z1", "corp", "vpc-1")
    zone.isPrivate = false
    world.refuses(.addHostedZone(zone), .publicZoneWithVPC(ID("Z1")))
    world.refuses(
      .addHostedZone(privateZone("Z1", "corp", "vpc-9")), .notFound(kind: "VPC", id: "vpc-9"), member: "VPCs")
    world.refuses(.addHostedZone(privateZone("Z1", "corp", "vpc-1", "vpc-1")), .vpcTwice(ID("vpc-1")))
  }

  @Test func aVPCSeesOneZoneOfAName() throws {  // semantics 3.1
    var world = try World.small()
    try world.apply(.addHostedZone(privateZone("Z1", "corp.internal", "vpc-1")))
    world.refuses(
      .addHostedZone(privateZone("Z2", "CORP.internal", "vpc-2", "vpc-1")),
      .zoneNameTwice(name("corp.internal"), ID("vpc-1"), ID("Z1")), member: "Name")
    try world.apply(.addHostedZone(privateZone("Z2", "corp.internal", "vpc-2")))
    try world.apply(.addHostedZone(privateZone("Z3", "sub.corp.internal", "vpc-1")))
    world.refuses(.addHostedZone(privateZone("Z3", "x", "vpc-1")), .alreadyExists(kind: "hosted zone", id: "Z3"))
  }

  @Test func noZoneBeginsWithAWildcard() throws {  // semantics 3.3
    var world = try World.small()
    for text in ["*.corp", "*", "\\042.corp"] {
      world.refuses(
        .addHostedZone(privateZone("Z1", text, "vpc-1")), .wildcardZone(name(text)), member: "Name",
        reads: "\(name(text)) begins with a wildcard, which no zone's name does")
    }
    try world.apply(.addHostedZone(privateZone("Z1", "a.*.corp", "vpc-1")))
  }

  @Test func threeHundredVPCsAndNoMore() throws {
    var world = World()
    let ids = (0...Quotas.vpcsPerHostedZone).map { "vpc-\($0)" }
    for id in ids { try world.apply(.addVPC(vpc(id, "172.31.0.0/16"))) }
    var zone = HostedZone(id: ID("Z1"), name: name("corp"), isPrivate: true, vpcIDs: ids.map { ID($0) })
    world.refuses(.addHostedZone(zone), .tooManyVPCs(301))
    zone.vpcIDs.removeLast()
    try world.apply(.addHostedZone(zone))
  }

  @Test func tenThousandRecordsAndMoreAreTaken() throws {
    var world = try World.small()
    var zone = privateZone("Z1", "corp", "vpc-1")
    zone.recordSets = (0..<Quotas.defaultRecordSetsPerHostedZone).map { a("h\($0).corp") }
    #expect(!zone.exceedsDefaultQuota)
    zone.recordSets.append(a("one-more.corp"))
    #expect(zone.exceedsDefaultQuota)
    try world.apply(.addHostedZone(zone))
    #expect(world.hostedZones[ID("Z1")]?.recordSets.count == 10_003)
  }

  @Test func route53AddsItsOwnSOAAndNS() throws {  // semantics 3.3
    var world = try World.small()
    try world.apply(
      .addHostedZone(privateZone("Z1", "corp", "vpc-1", sets: [a("z.corp"), a("b.a.corp"), a("a.corp"), a("corp")])))
    let sets = try #require(world.hostedZones[ID("Z1")]).recordSets
    #expect(
      sets.map { "\($0.name) \($0.type)" } == [
        "corp. A", "corp. NS", "corp. SOA", "a.corp. A", "b.a.corp. A", "z.corp. A",
      ])
    #expect(sets[1].ttl == 172_800)
    #expect(
      sets[1].content
        == .records([
          wire("ns-0.awsdns-00.com"), wire("ns-512.awsdns-00.net"), wire("ns-1024.awsdns-00.org"),
          wire("ns-1536.awsdns-00.co.uk"),
        ]))
    #expect(sets[2].ttl == 900)
    let numbers: [UInt8] = [0, 0, 0, 1, 0, 0, 28, 32, 0, 0, 3, 132, 0, 18, 117, 0, 0, 1, 81, 128]
    #expect(
      sets[2].content
        == .records([wire("ns-1536.awsdns-00.co.uk") + wire("awsdns-hostmaster.amazon.com") + numbers]))
  }

  @Test func routedSetsStandByTheirIdentifiers() throws {
    // Whichever came first: a state that is read again answers with the same one.
    for identifiers in [["b", "a", "c"], ["c", "b", "a"]] {
      var world = try World.small()
      let sets = identifiers.map { routed("w.corp", .weighted(1), $0) }
      try world.apply(.addHostedZone(privateZone("Z1", "corp", "vpc-1", sets: sets)))
      #expect(world.hostedZones[ID("Z1")]?.recordSets.compactMap(\.setIdentifier) == ["a", "b", "c"])
    }
  }

  @Test func aZonesOwnSOAAndNSStay() throws {
    var world = try World.small()
    let own = [set("corp", .soa, [soa]), set("corp", .ns, [wire("ns.corp")])]
    try world.apply(.addHostedZone(privateZone("Z1", "corp", "vpc-1", sets: own)))
    #expect(world.hostedZones[ID("Z1")]?.recordSets == own.reversed())
  }

  @Test func orderIsByLabelsFromTheRight() throws {  // RFC 4034 6.1
    var world = try World.small()
    let texts = [
      "example", "a.example", "yljkjljk.a.example", "Z.a.example", "zABC.a.EXAMPLE", "z.example", "*.z.example",
    ]
    try world.apply(
      .addHostedZone(privateZone("Z1", "example", "vpc-1", sets: texts.reversed().map { set($0, .txt, [[1, 65]]) })))
    let sorted = try #require(world.hostedZones[ID("Z1")]).recordSets.filter { $0.type == .txt }
    #expect(sorted.map(\.name) == texts.map(name))
  }

  @Test func theFirstProblemIsTheRefusal() throws {
    var world = try World.small()
    world.refuses(
      .addHostedZone(privateZone("Z1", "corp", "vpc-1", sets: [a("www.corp"), a("www.example")])),
      .recordSet(name: name("www.example"), type: .a, .outsideZone(name("corp"))), member: "Name",
      reads: "www.example. A: the name is not in the zone corp.")
    #expect(world.hostedZones.isEmpty)
    try world.apply(.addHostedZone(privateZone("Z1", "corp", "vpc-1")))  // nothing was left behind
  }
}

@Suite struct RecordSetTests {
  @Test func everyProblemIsToldWithItsPlace() {
    #expect(
      faults(a("www.example"), a("ok.corp"), a("www.corp"), a("www.corp"), set("x.corp", .soa, [soa]))
        == [0: [.outsideZone(name("corp"))], 3: [.twice], 4: [.soaBelowApex]])
    #expect(faults(a("corp"), a("www.corp"), set("www.corp", .txt, [[1, 65]])) == [:])
  }

  @Test func aCNAMEStandsAlone() {  // RFC 1034 3.6.2
    let cname = set("www.corp", .cname, [wire("a.corp")])
    #expect(faults(cname, a("a.corp")) == [:])
    #expect(faults(a("www.corp"), cname) == [1: [.cnameBesideOtherData(.a)]])
    #expect(faults(cname, set("www.corp", .dname, [wire("b.corp")])) == [0: [.cnameBesideOtherData(.dname)]])
    #expect(faults(cname, cname) == [1: [.twice]])
    #expect(faults(set("www.corp", .cname, [wire("a.corp"), wire("b.corp")])) == [0: [.severalRecords]])
    #expect(faults(set("corp", .cname, [wire("a.corp")])) == [0: [.cnameAtApex]])
    #expect(faults(cname, set("www.corp", RecordType(rawValue: 46), [[1]])) == [:])  // RFC 4035 2.5
  }

  /// Each is looked at once, not beside all the others.
  @Test(.timeLimit(.minutes(1))) func manyRoutedCNAMEsAreOneName() {
    let sets = (0..<50_000).map { index in
      set("www.corp", .cname, [wire("a.corp")]) { ($0.policy, $0.setIdentifier) = (.weighted(1), "\(index)") }
    }
    #expect(privateZone("Z", "corp", "vpc-1", sets: sets).problems().isEmpty)
  }

  @Test func nothingIsBelowADNAME() {  // RFC 6672 2.4
    let dname = set("old.corp", .dname, [wire("new.corp")])
    #expect(faults(dname, a("old.corp"), a("new.corp"), a("hold.corp")) == [:])
    #expect(
      faults(a("x.old.corp"), dname, a("y.x.old.corp"))
        == [0: [.belowDNAME(name("old.corp"))], 2: [.belowDNAME(name("old.corp"))]])
    #expect(faults(set("corp", .dname, [wire("new")]), a("corp")) == [:])
  }

  @Test func oneSOAAtTheApex() {
    #expect(faults(set("corp", .soa, [soa])) == [:])
    #expect(faults(set("corp", .soa, [soa]), set("corp", .soa, [soa])) == [1: [.severalRecords]])
    #expect(faults(set("corp", .soa, [soa, soa + []])) == [0: [.severalRecords, .valueTwice]])
  }

  @Test func wildcardsAnswerEverythingButNS() {
    #expect(faults(a("*.corp"), a("*.x.corp")) == [:])
    #expect(faults(set("*.corp", .ns, [wire("ns.corp")])) == [0: [.wildcardNS]])
  }

  @Test func valuesFitTheirType() {
    #expect(faults(set("w.corp", .a, [[1, 2, 3]])) == [0: [.malformedValue]])
    #expect(faults(set("w.corp", .aaaa, [[1, 2, 3, 4]])) == [0: [.malformedValue]])
    #expect(faults(set("w.corp", .cname, [[5, 1]])) == [0: [.malformedValue]])
    #expect(faults(set("w.corp", .mx, [[0]])) == [0: [.malformedValue]])
    #expect(faults(set("w.corp", .mx, [[0, 10] + wire("mail.corp")])) == [:])
    #expect(faults(set("w.corp", .srv, [[0, 0, 0, 0, 0, 1] + wire("mail.corp") + [0]])) == [0: [.malformedValue]])
    #expect(faults(set("w.corp", .txt, [[3, 65]])) == [0: [.malformedValue]])
    #expect(faults(set("w.corp", .txt, [[]])) == [0: [.malformedValue]])
    #expect(faults(set("corp", .soa, [soa + [1]])) == [0: [.malformedValue]])
    #expect(faults(set("w.corp", .a, [])) == [0: [.empty]])
    #expect(faults(a("w.corp", [1, 2, 3, 4], [1, 2, 3, 4])) == [0: [.valueTwice]])
    #expect(faults(set("w.corp", .any, [[1]])) == [0: [.notADataType]])
    #expect(faults(set("w.corp", RecordType(rawValue: 65280), [[1]])) == [:])
    #expect(faults(a("w.corp") { $0.ttl = 0x8000_0000 }) == [0: [.timeToLive(0x8000_0000)]])
  }

  @Test func fourHundredValuesAndNoMore() {
    let values = (0...400).map { [10, 0, UInt8($0 >> 8), UInt8($0 & 255)] }
    #expect(faults(set("w.corp", .a, values)) == [0: [.tooManyValues(401)]])
    #expect(faults(set("w.corp", .a, values.dropLast())) == [:])
  }

  @Test func aliasesInTheZonePointToASetOfTheirType() {  // semantics 3.3
    #expect(faults(alias("corp", .a, "www.corp"), a("www.corp")) == [:])
    #expect(faults(alias("corp", .aaaa, "www.corp"), a("www.corp")) == [0: [.aliasTargetMissing(name("www.corp"))]])
    #expect(
      faults(alias("corp", .a, "www.corp"), set("www.corp", .cname, [wire("x.corp")]))
        == [0: [.aliasTargetMissing(name("www.corp"))]])
    #expect(
      faults(alias("corp", .cname, "www.corp"), set("www.corp", .cname, [wire("x.corp")])) == [0: [.cnameAtApex]])
    #expect(faults(alias("corp", .a, "lb-1.us-east-1.elb.amazonaws.com")) == [:])
    #expect(faults(alias("w.corp", .a, "W.corp")) == [0: [.aliasToItself]])
    #expect(faults(alias("w.corp", .ns, "elsewhere.example")) == [0: [.aliasOfThisType]])
  }

  @Test func routedSetsAreToldApart() {
    #expect(faults(routed("w.corp", .weighted(1), "one"), routed("w.corp", .weighted(1), "two")) == [:])
    #expect(faults(routed("w.corp", .weighted(1), nil)) == [0: [.setIdentifierMissing]])
    #expect(
      faults(routed("w.corp", .multivalue, "one"), routed("w.corp", .multivalue, "one"))
        == [1: [.setIdentifierTwice("one")]])
    #expect(
      faults(routed("w.corp", .weighted(1), "one"), routed("w.corp", .multivalue, "two")) == [1: [.mixedPolicies]])
    #expect(faults(a("w.corp"), routed("w.corp", .weighted(1), "two")) == [1: [.mixedPolicies]])
    #expect(faults(routed("w.corp", .simple, "one")) == [0: [.setIdentifierUnexpected("one")]])
    #expect(faults(routed("w.corp", .weighted(256), "one")) == [0: [.weight(256)]])
    #expect(
      faults(routed("w.corp", .failover(isPrimary: true), "1"), routed("w.corp", .failover(isPrimary: false), "2"))
        == [:])
    #expect(
      faults(routed("w.corp", .failover(isPrimary: true), "1"), routed("w.corp", .failover(isPrimary: true), "2"))
        == [1: [.policyValueTwice]])
    #expect(
      faults(routed("w.corp", .latency(.usEast1), "1"), routed("w.corp", .latency(.usEast1), "2"))
        == [1: [.policyValueTwice]])
    #expect(
      faults(routed("w.corp", .geolocation(.country("*")), "1"), routed("w.corp", .geolocation(.country("US")), "2"))
        == [:])
  }

  @Test func placesThatRoute53TellsApart() {
    #expect(GeoLocation(continent: "NA", country: nil, subdivision: nil) == .continent("NA"))
    #expect(GeoLocation(continent: nil, country: "NA", subdivision: nil) == .country("NA"))  // Namibia
    #expect(GeoLocation(continent: nil, country: "*", subdivision: nil) == .country("*"))
    #expect(GeoLocation(continent: nil, country: "US", subdivision: "CA") == .state("CA"))
    for (continent, country, subdivision): (String?, String?, String?) in [
      (nil, nil, nil), ("XX", nil, nil), ("EU", "FR", nil), (nil, "france", nil), (nil, nil, "CA"), (nil, "FR", "CA"),
      (nil, "US", "??"),
    ] {
      #expect(GeoLocation(continent: continent, country: country, subdivision: subdivision) == nil)
    }
  }
}
