// Hosted zones with their records in Route 53's shape, Resolver rules and configurations, settings as items.
import Cloud
import DNSWire
import ZoneFile

extension WrittenItem {
  init(_ zone: HostedZone) {
    self.init("HostedZones", id: zone.id.rawValue)
    add("Id", "/hostedzone/\(zone.id)")
    add("Name", octalEscapes(zone.name.description))
    add("Config", .mapping(["PrivateZone": .boolean(zone.isPrivate)]))
    add("VPCs", zone.vpcIDs.map { .mapping(["VPCId": .text($0.rawValue)]) })
    add("ResourceRecordSets", zone.recordSets.map(Detail.recordSet))
    add(zone.details)
  }

  init(_ rule: ResolverRule) {
    self.init("ResolverRules", id: rule.id.rawValue)
    add("Id", rule.id.rawValue)
    add("DomainName", rule.domainName.description)
    add("RuleType", rule.kind.rawValue)
    add(
      "TargetIps",
      rule.targets.map { target in
        switch target.address {
        case .v4(let address): .mapping(["Ip": .text(address), "Port": .number(target.port)])
        case .v6(let address): .mapping(["Ipv6": .text(address), "Port": .number(target.port)])
        }
      })
    add("VpcIds", rule.vpcIDs.map { .text($0.rawValue) })
    add(rule.details)
  }

  init(_ config: ResolverConfig) {
    self.init("ResolverConfigs", id: config.vpcID.rawValue)
    add("ResourceId", config.vpcID.rawValue)
    add("AutodefinedReverse", config.autodefinedReverse ? "ENABLED" : "DISABLED")
  }

  init(_ stored: StoredResource) {
    self.init(stored.key.kind.rawValue, id: stored.key.id)
    add(stored.key.kind.idMember, stored.key.id)
    add(stored.details)
  }

  init(_ settings: Settings) {
    self.init("Settings", id: "")
    let times = Members.timesToLiveNames.map { ($0.0, Detail.number(String(settings.timesToLive[keyPath: $0.1]))) }
    add("TTL", .mapping(Dictionary(uniqueKeysWithValues: times)))
    add("NegativeSOA", settings.negativeSOA)
    add("AdvertisedUDPPayload", .number(settings.advertisedUDPPayload))
    add("LargestUDPPayload", .number(settings.largestUDPPayload))
  }
}

extension Detail {
  fileprivate static func recordSet(_ set: ResourceRecordSet) -> Detail {
    var members: [String: Detail] = [
      "Name": .text(octalEscapes(set.name.description)), "Type": .text(set.type.description),
    ]
    switch set.content {
    case .records(let values):
      members["TTL"] = .number(String(set.ttl))
      members["ResourceRecords"] = .list(
        values.map { .mapping(["Value": .text(ResourceRecordSet.value(set.type, $0))]) })
    case .alias(let target):
      members["AliasTarget"] = .mapping(["DNSName": .text(octalEscapes(target.description))])
    }
    members["SetIdentifier"] = set.setIdentifier.map { .text($0) }
    if !set.isHealthy { members["Healthy"] = .boolean(false) }
    switch set.policy {
    case .simple: break
    case .multivalue: members["MultiValueAnswer"] = .boolean(true)
    case .weighted(let weight): members["Weight"] = .number(String(weight))
    case .failover(let isPrimary): members["Failover"] = .text(isPrimary ? "PRIMARY" : "SECONDARY")
    case .latency(let region): members["Region"] = .text(region.code)
    case .geolocation(let place): members["GeoLocation"] = .mapping(place.members.mapValues { .text($0) })
    }
    for (name, detail) in set.details {
      if case .mapping(let own)? = members[name], case .mapping(let kept) = detail {
        members[name] = .mapping(kept.merging(own) { _, own in own })
      } else if members[name] == nil {
        members[name] = detail
      }
    }
    return .mapping(members)
  }
}

extension ResourceRecordSet {
  /// A record's data as Route 53 prints a `Value`; as octets (RFC 3597 5) where text is missing, or says something else
  /// when it is read again: APL may be empty, LOC has several zeros, ldns reads no hash of odd length in NSEC3.
  public static func value(_ type: RecordType, _ data: [UInt8]) -> String {
    guard let text = ZoneFile.presentation(type: type, data: data), !text.isEmpty,
      type.isRoute53 || (try? ZoneFile.recordData(type: type, text: text)) == data
    else { return ZoneFile.unknownPresentation(data) }
    return octalEscapes(text)
  }
}

extension RecordType {
  /// The types that Route 53 stores (semantics 3.3).
  public static let route53: [RecordType] = [
    "SOA", "A", "TXT", "NS", "CNAME", "MX", "NAPTR", "PTR", "SRV", "SPF", "AAAA", "CAA", "DS", "TLSA", "SSHFP", "SVCB",
    "HTTPS",
  ].compactMap { RecordType($0) }

  private static let setOfRoute53 = Set(route53)

  fileprivate var isRoute53: Bool { Self.setOfRoute53.contains(self) }
}
