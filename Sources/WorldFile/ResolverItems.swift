// Resolver rules and configurations, requesters, settings.
import Cloud
import DNSWire

extension Item {
  func resolverRule() -> ResolverRule? {
    let name = members.required("DomainName", members.domainName("DomainName"))
    let kinds: [ResolverRule.Kind] = [.forward, .system, .recursive, .delegate]
    let kind = members.required("RuleType", members.choice("RuleType", among: kinds))
    guard let name, let kind else { return nil }
    var rule = ResolverRule(id: ID(id), domainName: name, kind: kind)
    rule.targets = members.list("TargetIps").compactMap { $0.target() }
    rule.vpcIDs = members.texts("VpcIds").map { ID($0.text) }
    rule.details = members.details(besides: .resolverRule)
    // No answer depends on it, but the calls of one Region show its rules alone.
    if let givenRegion { rule.details["Region"] = .text(givenRegion.code) }
    return rule
  }

  func resolverConfig() -> ResolverConfig? {
    let value = members.parsed("AutodefinedReverse", "ENABLED or DISABLED") { text -> Bool? in
      switch text {
      case "DISABLED", "DISABLING": false
      // A VPC that follows the local setting has the default.
      case "ENABLED", "ENABLING", "USE_LOCAL_RESOURCE_SETTING", "UPDATING_TO_USE_LOCAL_RESOURCE_SETTING": true
      default: nil
      }
    }
    return members.required("AutodefinedReverse", value).map { ResolverConfig(vpcID: ID(id), autodefinedReverse: $0) }
  }

  func requester() -> Requester? {
    let before = members.report.errorCount
    let address = members.parsed("SourceAddress", "an IPv4 or IPv6 address") { text in
      IPAddress(text) == nil ? nil : requesterSource(text)
    }
    let range = members.parsed("SourceCidr", "a range such as 10.0.0.0/16, without bits after the prefix") { text in
      IPAddress(text) == nil ? requesterSource(text) : nil
    }
    if members.has("SourceAddress"), members.has("SourceCidr") {
      members.report.error(members.spot(of: "SourceCidr"), "SourceAddress and SourceCidr exclude each other")
    }
    let networks = members.parsed("Network", "classic or internet") { ["classic", "internet"].contains($0) ? $0 : nil }
    var identities: [Requester.Identity] = []
    if let id = members.text("InstanceId") { identities.append(.instance(ID(id))) }
    if let id = members.text("VpcId") { identities.append(.vpc(ID(id))) }
    if let networks { identities.append(networks == "classic" ? .classic(region()) : .internet) }
    guard let source = address ?? range, members.report.errorCount == before else { return nil }
    guard identities.count == 1 else {
      members.report.error(members.spot, "exactly one of InstanceId, VpcId and Network must be given")
      return nil
    }
    return Requester(source: source, identity: identities[0])
  }
}

extension Members {
  /// The port of a DNS server that is not told otherwise (RFC 1035 4.2).
  private static let dnsPort = 53

  fileprivate func target() -> ResolverRule.Target? {
    let port = integer("Port", in: 1...Int(UInt16.max)) ?? Self.dnsPort
    let address = ipv4("Ip").map { IPAddress.v4($0) } ?? ipv6("Ipv6").map { .v6($0) }
    guard let address else {
      if !has("Ip"), !has("Ipv6") { report.error(spot, "Ip or Ipv6 is missing") }
      return nil
    }
    return ResolverRule.Target(address: address, port: UInt16(port))
  }

  static let settingNames = ["TTL", "NegativeSOA", "AdvertisedUDPPayload", "LargestUDPPayload"]
  /// Members of `TTL`, by kind of name (decision 2).
  static var timesToLiveNames: [(String, WritableKeyPath<TimesToLive, UInt32>)] {
    [
      ("PrivateHostname", \.privateHostname), ("PublicHostname", \.publicHostname), ("SplitHorizon", \.splitHorizon),
      ("ResourceName", \.resourceName), ("Pointer", \.pointer), ("Database", \.database), ("Redshift", \.redshift),
      ("Cache", \.cache), ("LoadBalancer", \.loadBalancer), ("Negative", \.negative),
    ]
  }

  /// `Settings`: a mistyped key here would be without effect and without a word, so it is an error.
  func settings() -> Settings {
    var settings = Settings()
    refuseMembers(notAmong: Self.settingNames)
    settings.negativeSOA = boolean("NegativeSOA") ?? settings.negativeSOA
    if let octets = integer("AdvertisedUDPPayload", in: Self.payloads) {
      settings.advertisedUDPPayload = UInt16(octets)
    }
    if let octets = integer("LargestUDPPayload", in: Self.payloads) { settings.largestUDPPayload = UInt16(octets) }
    if let ttl = members("TTL") { settings.timesToLive = ttl.timesToLive() }
    return settings
  }

  /// From what every client takes (RFC 6891 6.2.3) to what we ever send (decision 21).
  private static let payloads = Limits.plainUDPOctets...Limits.largestUDPOctets
  /// RFC 2181 8.
  static let ttlRange = 0...Int(Int32.max)

  private func timesToLive() -> TimesToLive {
    var times = TimesToLive()
    let known = Self.timesToLiveNames
    refuseMembers(notAmong: known.map(\.0))
    for (name, path) in known {
      if let seconds = integer(name, in: Self.ttlRange) { times[keyPath: path] = UInt32(seconds) }
    }
    return times
  }

  private func refuseMembers(notAmong known: [String]) {
    for member in node.members where !known.contains(member.name) {
      let nearest = nearestKey(to: member.name, among: known)
      report.error(
        member.spot, "unknown setting \"\(member.name)\"" + (nearest.map { "; did you mean \"\($0)\"?" } ?? ""))
    }
  }
}
