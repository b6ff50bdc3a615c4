// What an item says beside that which answers are made of: kept, so that a describe call can tell it again.
import Cloud

/// Names of members that are not kept as details, grouped by length: a name is compared with few of them.
struct KnownMembers: Sendable {
  private let names: [[String]]
  /// Of a member of which only a part is known, that part; also of each element of a list.
  let parts: [String: KnownMembers]

  init(_ names: [String], parts: [String: [String]] = [:]) {
    var byLength: [[String]] = []
    for name in names {
      let length = name.utf8.count
      while byLength.count <= length { byLength.append([]) }
      byLength[length].append(name)
    }
    self.names = byLength
    self.parts = parts.mapValues { KnownMembers($0) }
  }

  /// The names with so many octets.
  func names(octets: Int) -> [String] { octets < names.count ? names[octets] : [] }

  func contains(_ name: String) -> Bool { names(octets: name.utf8.count).contains(name) }
}

extension KnownMembers {
  /// What is read, and what follows from other facts: names, states in words, the other side of a reference.
  static let instance = KnownMembers(
    [
      "InstanceId", "State", "PrivateIpAddress", "PublicIpAddress", "Ipv6Address", "VpcId", "SubnetId",
      "SecurityGroups", "NetworkInterfaces", "PrivateDnsNameOptions", "InstanceType", "Tags", "Region", "OwnerId",
      "PrivateDnsName", "PublicDnsName", "StateReason", "StateTransitionReason",
      // With it and without a state an instance would be a link.
      "Groups",
    ], parts: ["Placement": ["AvailabilityZone"]])

  static let peering = KnownMembers([
    "VpcPeeringConnectionId", "RequesterVpcInfo", "AccepterVpcInfo", "Status", "Tags", "Region",
  ])

  static let dbInstance = KnownMembers(
    [
      "DBInstanceIdentifier", "VpcSecurityGroups", "PubliclyAccessible", "MultiAZ", "DBClusterIdentifier",
      "PrivateIpAddress", "PublicIpAddress", "StandbyPrivateIpAddress", "StandbyPublicIpAddress", "TagList", "Region",
      "DbInstancePort",
    ], parts: ["Endpoint": ["Address", "Port"], "DBSubnetGroup": ["VpcId"]])

  static let dbCluster = KnownMembers([
    "DBClusterIdentifier", "Endpoint", "ReaderEndpoint", "Port", "VpcSecurityGroups", "DBClusterMembers", "TagList",
    "Region",
  ])

  static let redshiftCluster = KnownMembers(
    [
      "ClusterIdentifier", "PubliclyAccessible", "VpcId", "VpcSecurityGroups", "ClusterNodes", "Tags", "Region",
    ], parts: ["Endpoint": ["Address", "Port"]])

  static let cacheCluster = KnownMembers([
    "CacheClusterId", "ConfigurationEndpoint", "VpcId", "SecurityGroups", "CacheNodes", "Tags", "Region",
  ])

  /// Its id is one of three members; the other two are kept.
  static let loadBalancer = KnownMembers(
    [
      "LoadBalancerArn", "DNSName", "Scheme", "IpAddressType", "VPCId", "VpcId", "LoadBalancerAddresses", "Instances",
      "Tags", "Region",
    ], parts: ["AvailabilityZones": ["LoadBalancerAddresses"]])

  static let hostedZone = KnownMembers(
    ["Id", "Name", "VPCs", "ResourceRecordSets", "ZoneFile", "ResourceRecordSetCount", "Region", "OwnerId"],
    parts: ["Config": ["PrivateZone"]])

  static let recordSet = KnownMembers(
    [
      "Name", "Type", "TTL", "ResourceRecords", "SetIdentifier", "Healthy", "MultiValueAnswer", "Weight", "Failover",
      "Region", "GeoLocation",
    ], parts: ["AliasTarget": ["DNSName"]])

  static let resolverRule = KnownMembers(["Id", "DomainName", "RuleType", "TargetIps", "VpcIds"])
}

extension Members {
  /// The members that are not known, as they stand; of one of which parts are known, the rest.
  func details(besides known: KnownMembers) -> Details {
    var details: Details = [:]
    for member in others(besides: known) {
      let part = known.parts[member.name]
      if let detail = Detail(member.node, besides: part) { details[member.name] = detail }
    }
    return details
  }
}

extension Detail {
  /// `nil` for nothing, for what several parts of an item say differently, and where nothing is left beside the part
  /// that is known.
  init?(_ node: Node, besides known: KnownMembers? = nil) {
    switch node.value {
    case .null, .differing: return nil
    case .boolean(let flag): self = .boolean(flag)
    case .number(let text): self = JSONNumber.isOne(text) ? .number(text) : .text(text)
    case .string(let text): self = .text(text)
    case .list(let elements):
      let details = elements.compactMap { Detail(element: $0, besides: known) }
      if known != nil, !details.isEmpty, details.allSatisfy({ $0 == .mapping([:]) }) { return nil }
      self = .list(details)
    case .mapping(let members):
      let details = Self.mapping(members, besides: known)
      if known != nil, details.isEmpty { return nil }
      self = .mapping(details)
    }
  }

  /// An element keeps its place, also when nothing of it is left.
  private init?(element: Node, besides known: KnownMembers?) {
    if case .mapping(let members) = element.value {
      self = .mapping(Self.mapping(members, besides: known))
    } else {
      self.init(element)
    }
  }

  private static func mapping(_ members: [Node.Member], besides known: KnownMembers?) -> [String: Detail] {
    var details: [String: Detail] = [:]
    for member in members where known?.contains(member.name) != true {
      if let detail = Detail(member.node) { details[member.name] = detail }
    }
    return details
  }
}

/// YAML writes numbers that are none in JSON: `0x10`, `007`, `.5`.
enum JSONNumber {
  static func isOne(_ text: String) -> Bool {
    var rest = text.utf8[...]
    func digits() -> Int {
      let count = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
      rest = rest.dropFirst(count)
      return count
    }
    func take(_ octets: String) -> Bool {
      guard let first = rest.first, octets.utf8.contains(first) else { return false }
      rest = rest.dropFirst()
      return true
    }
    _ = take("-")
    let startsWithZero = rest.first == UInt8(ascii: "0")
    let whole = digits()
    guard whole == 1 || whole > 1 && !startsWithZero else { return false }
    if take("."), digits() == 0 { return false }
    if take("eE") {
      _ = take("+-")
      if digits() == 0 { return false }
    }
    return rest.isEmpty
  }
}

extension [Token] {
  /// The members of a mapping that are not known.
  func members(of mapping: Int, besides known: KnownMembers, _ octets: Span<UInt8>, file: Int) -> [Node.Member] {
    var result: [Node.Member] = []
    var child = mapping + 1
    while child < self[mapping].next {
      let token = self[child]
      if token.name.isEscaped || !isNamed(token, among: known.names(octets: token.name.count), octets) {
        let spot = Spot(file: file, offset: token.name.start - 1)
        result.append(
          Node.Member(name: nameText(token, octets), spot: spot, node: node(child, octets, file: file)))
      }
      child = token.next
    }
    return result
  }

  private func isNamed(_ token: Token, among names: [String], _ octets: Span<UInt8>) -> Bool {
    for name in names where isEqual(octets, token.name, name.utf8Span.span) { return true }
    return false
  }
}
